-- +goose Up
-- When somebody last did something here: at sign-in, and with what he posted.
ALTER TABLE accounts ADD COLUMN active_at INTEGER NOT NULL DEFAULT 0;

-- What a buyer was offered for an item from a moment on, until the next row of the item; only for items he buys, has in his
-- cart, watches or looked at, and only when it changed. Thinned with age.
CREATE TABLE sightings (
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    item_id  TEXT NOT NULL CHECK (item_id <> ''),
    at       INTEGER NOT NULL,
    price    TEXT NOT NULL CHECK (price NOT GLOB '*[^0-9.]*'),  -- empty: on request
    branch   TEXT NOT NULL CHECK (branch GLOB '[-0-9]*' AND branch NOT GLOB '*[^-0-9.]*'),
    main     TEXT NOT NULL CHECK (main GLOB '[-0-9]*' AND main NOT GLOB '*[^-0-9.]*'),
    transit  TEXT NOT NULL CHECK (transit GLOB '[-0-9]*' AND transit NOT GLOB '*[^-0-9.]*'),
    due      INTEGER NOT NULL,                   -- when what is in transit was promised for
    PRIMARY KEY (buyer_id, item_id, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX sightings_newest ON sightings (buyer_id, at);

-- Items whose page a buyer opened, and when last.
CREATE TABLE looks (
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    item_id  TEXT NOT NULL CHECK (item_id <> ''),
    at       INTEGER NOT NULL,
    PRIMARY KEY (buyer_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE watches (
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    item_id  TEXT NOT NULL CHECK (item_id <> ''),
    since    INTEGER NOT NULL,
    price    TEXT NOT NULL CHECK (price NOT GLOB '*[^0-9.]*'),  -- wanted, or less; empty: any
    branch   INTEGER NOT NULL CHECK (branch IN (0, 1)),         -- wanted there
    main     INTEGER NOT NULL CHECK (main IN (0, 1)),
    PRIMARY KEY (buyer_id, item_id)
) STRICT, WITHOUT ROWID;

-- The distributor's rate is everybody's.
CREATE TABLE rates (
    set_at INTEGER NOT NULL PRIMARY KEY,
    rub    TEXT NOT NULL CHECK (rub <> '' AND rub NOT GLOB '*[^0-9.]*')
) STRICT;

-- Lines of orders found with less ordered or reserved than before, by somebody else than their buyer.
CREATE TABLE order_cuts (
    id              INTEGER NOT NULL PRIMARY KEY,
    buyer_id        TEXT NOT NULL CHECK (buyer_id <> ''),
    order_id        TEXT NOT NULL,
    item_id         TEXT NOT NULL,
    name            TEXT NOT NULL,
    at              INTEGER NOT NULL,
    quantity_before TEXT NOT NULL CHECK (quantity_before NOT GLOB '*[^-0-9.]*'),
    quantity_after  TEXT NOT NULL CHECK (quantity_after NOT GLOB '*[^-0-9.]*'),
    reserved_before TEXT NOT NULL CHECK (reserved_before NOT GLOB '*[^-0-9.]*'),
    reserved_after  TEXT NOT NULL CHECK (reserved_after NOT GLOB '*[^-0-9.]*')
) STRICT;

CREATE INDEX order_cuts_newest ON order_cuts (buyer_id, at);

CREATE INDEX order_lines_item ON order_lines (buyer_id, item_id);

CREATE INDEX order_observations_newest ON order_observations (buyer_id, at);

-- +goose StatementBegin
CREATE TRIGGER order_cuts_stay BEFORE UPDATE ON order_cuts BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
