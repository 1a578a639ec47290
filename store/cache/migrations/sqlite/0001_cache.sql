-- +goose Up
-- Everything here can be read again from the distributor. Moments are microseconds since 1970 in UTC, 0 for none.

CREATE TABLE categories (
    id       TEXT NOT NULL PRIMARY KEY,
    parent   TEXT NOT NULL,
    name     TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

-- Items that left the assortment stay, with gone_at: carts and orders still name them.
CREATE TABLE items (
    id       TEXT NOT NULL PRIMARY KEY,
    category TEXT NOT NULL,
    body     TEXT NOT NULL,                      -- catalog.Item as JSON
    hash     BLOB NOT NULL,                      -- SHA-256 of body
    added    INTEGER NOT NULL,                   -- the load that brought it, 0 outside loads
    changed  INTEGER NOT NULL,                   -- the load that changed it last
    gone_at  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE loads (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,  -- never given twice
    started_at   INTEGER NOT NULL,
    committed_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE staged_items (
    load     INTEGER NOT NULL REFERENCES loads (id) ON DELETE CASCADE,
    id       TEXT NOT NULL,
    category TEXT NOT NULL,
    body     TEXT NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (load, id)
) STRICT, WITHOUT ROWID;

-- An answer that would lose too much waits here until it has been read often enough.
CREATE TABLE quarantine (
    subject TEXT NOT NULL PRIMARY KEY,
    digest  BLOB NOT NULL,
    reads   INTEGER NOT NULL CHECK (reads > 0)
) STRICT;

-- A body holds the offers of one category as one buyer or many are told them; whose and of when is in price_chunks.
CREATE TABLE price_bodies (
    hash BLOB NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE price_chunks (
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    category TEXT NOT NULL,
    hash     BLOB NOT NULL REFERENCES price_bodies (hash),
    read_at  INTEGER NOT NULL,
    PRIMARY KEY (buyer_id, category)
) STRICT, WITHOUT ROWID;

CREATE INDEX price_chunks_hash ON price_chunks (hash);

CREATE TABLE price_lists (
    buyer_id    TEXT NOT NULL PRIMARY KEY CHECK (buyer_id <> ''),
    complete_at INTEGER NOT NULL
) STRICT;

CREATE TABLE rate (
    only   INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    rub    TEXT NOT NULL,                        -- exact decimal
    set_at INTEGER NOT NULL
) STRICT;

CREATE TABLE fits (
    item_id  TEXT NOT NULL,
    brand    TEXT NOT NULL,
    category TEXT NOT NULL,
    model    TEXT NOT NULL,
    PRIMARY KEY (item_id, brand, category, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id          INTEGER NOT NULL PRIMARY KEY,
    job         TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL DEFAULT 0,
    done        INTEGER NOT NULL DEFAULT 0,
    failed      TEXT NOT NULL DEFAULT '',        -- the kind of the failure
    detail      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX runs_started ON runs (started_at);
