-- +goose Up
-- Moments are microseconds since 1970 in UTC, 0 for none. Money and what else may have a fraction is TEXT: the shortest exact
-- decimal, as decimal.Decimal writes and reads it, never a number of the engine; quantities of pieces are whole INTEGERs.
-- Every table that belongs to a buyer says so in buyer_id, which is his login byte for byte.

CREATE TABLE accounts (
    buyer_id     TEXT NOT NULL PRIMARY KEY CHECK (buyer_id <> ''),
    edit_right   TEXT NOT NULL CHECK (edit_right IN ('', 'none', 'edit')),
    signed_in_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;

-- The current generation of each buyer's cart. What it was when it was sent is in the submission.
CREATE TABLE carts (
    buyer_id TEXT NOT NULL PRIMARY KEY CHECK (buyer_id <> ''),
    id       TEXT NOT NULL UNIQUE CHECK (id <> ''),
    version  INTEGER NOT NULL CHECK (version > 0),
    note     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE cart_lines (
    buyer_id TEXT NOT NULL REFERENCES carts (buyer_id) ON DELETE CASCADE,
    item_id  TEXT NOT NULL CHECK (item_id <> ''),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
    added_in INTEGER NOT NULL,                   -- the cart's version that brought the line: their order
    added_at INTEGER NOT NULL,
    PRIMARY KEY (buyer_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
    id           TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    buyer_id     TEXT NOT NULL CHECK (buyer_id <> ''),
    cart_id      TEXT NOT NULL CHECK (cart_id <> ''),
    cart_version INTEGER NOT NULL,
    note         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('PREPARED', 'BASELINED', 'SENDING', 'UNKNOWN', 'NEEDS_BUYER',
                     'CONFIRMED', 'NOT_SENT', 'REJECTED', 'PROBABLY_NOT_CREATED', 'CLOSED', 'LATE_FOUND')),
    is_open      INTEGER NOT NULL GENERATED ALWAYS AS (state IN ('PREPARED', 'BASELINED', 'SENDING', 'UNKNOWN', 'NEEDS_BUYER')) STORED,
    epoch        INTEGER NOT NULL CHECK (epoch >= 0),
    baseline     TEXT NOT NULL,                  -- order numbers as a JSON array
    baseline_at  INTEGER NOT NULL,
    sent_at      INTEGER NOT NULL,
    answered     INTEGER NOT NULL CHECK (answered IN (0, 1)),
    order_id     TEXT NOT NULL,
    evidence     TEXT NOT NULL,
    fault_kind   TEXT NOT NULL,
    fault_text   TEXT NOT NULL,
    reads_ok     INTEGER NOT NULL CHECK (reads_ok >= 0),
    last_read_at INTEGER NOT NULL,
    next_read_at INTEGER NOT NULL,
    note_sent    INTEGER NOT NULL CHECK (note_sent IN (0, 1)),
    note_error   TEXT NOT NULL,
    sealed       BLOB,                           -- the buyer's credentials, sealed; gone once nothing is left to find out
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    UNIQUE (cart_id, cart_version),
    CHECK (sealed IS NULL OR state NOT IN ('CONFIRMED', 'NOT_SENT', 'REJECTED')),
    CHECK (state <> 'CONFIRMED' OR order_id <> '')
) STRICT;

CREATE UNIQUE INDEX submissions_one_open ON submissions (buyer_id) WHERE is_open = 1;
-- One order explains one submission.
CREATE UNIQUE INDEX submissions_one_order ON submissions (buyer_id, order_id) WHERE order_id <> '';

CREATE TABLE submission_lines (
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    buyer_id      TEXT NOT NULL CHECK (buyer_id <> ''),
    position      INTEGER NOT NULL,
    item_id       TEXT NOT NULL CHECK (item_id <> ''),
    name          TEXT NOT NULL,
    quantity      INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
    price         TEXT NOT NULL CHECK (price NOT GLOB '*[^0-9.]*' AND price GLOB '[0-9]*'),
    PRIMARY KEY (submission_id, position),
    UNIQUE (submission_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission_events (
    id            INTEGER NOT NULL PRIMARY KEY,
    submission_id TEXT NOT NULL REFERENCES submissions (id),
    buyer_id      TEXT NOT NULL CHECK (buyer_id <> ''),
    state         TEXT NOT NULL,
    at            INTEGER NOT NULL
) STRICT;

CREATE INDEX submission_events_of ON submission_events (submission_id);

-- Each login keeps its own copies of the orders it was shown, even where the distributor shows several logins the same ones.
CREATE TABLE orders (
    buyer_id       TEXT NOT NULL CHECK (buyer_id <> ''),
    id             TEXT NOT NULL CHECK (id <> ''),
    created_at     INTEGER NOT NULL,
    status         TEXT NOT NULL,                -- the distributor's word, also one outside his dictionary
    currency       TEXT NOT NULL,
    type           TEXT NOT NULL,
    line_count     INTEGER NOT NULL,
    goods_count    TEXT NOT NULL,
    sum            TEXT NOT NULL,
    invoice_number TEXT NOT NULL,
    invoice_date   INTEGER NOT NULL,
    payment_number TEXT NOT NULL,
    payment_date   INTEGER NOT NULL,
    transfer       TEXT NOT NULL,                -- links as a JSON array
    note           TEXT NOT NULL,
    read_at        INTEGER NOT NULL,
    lines_read_at  INTEGER NOT NULL,
    search         TEXT NOT NULL,                -- the texts that are searched, folded; so also below
    PRIMARY KEY (buyer_id, id),
    CHECK (goods_count GLOB '[-0-9]*' AND goods_count NOT GLOB '*[^-0-9.]*'),
    CHECK (sum GLOB '[-0-9]*' AND sum NOT GLOB '*[^-0-9.]*')
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_newest ON orders (buyer_id, created_at DESC, id DESC);

CREATE TABLE order_lines (
    buyer_id    TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    position    INTEGER NOT NULL,
    item_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    quantity    TEXT NOT NULL,
    reserved    TEXT NOT NULL,
    unit_price  TEXT NOT NULL,
    total_price TEXT NOT NULL,
    customs     TEXT NOT NULL,                   -- declarations as a JSON array
    search      TEXT NOT NULL,
    PRIMARY KEY (buyer_id, order_id, position),
    FOREIGN KEY (buyer_id, order_id) REFERENCES orders (buyer_id, id) ON DELETE CASCADE,
    CHECK (quantity GLOB '[-0-9]*' AND quantity NOT GLOB '*[^-0-9.]*'),
    CHECK (reserved GLOB '[-0-9]*' AND reserved NOT GLOB '*[^-0-9.]*'),
    CHECK (unit_price GLOB '[-0-9]*' AND unit_price NOT GLOB '*[^-0-9.]*'),
    CHECK (total_price GLOB '[-0-9]*' AND total_price NOT GLOB '*[^-0-9.]*')
) STRICT, WITHOUT ROWID;

CREATE TABLE order_observations (
    id       INTEGER NOT NULL PRIMARY KEY,
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    order_id TEXT NOT NULL,
    status   TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

CREATE INDEX order_observations_of ON order_observations (buyer_id, order_id);

CREATE TABLE order_notes (
    id       INTEGER NOT NULL PRIMARY KEY,
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    order_id TEXT NOT NULL,
    text     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    sent     INTEGER NOT NULL CHECK (sent IN (0, 1)),
    error    TEXT NOT NULL,
    search   TEXT NOT NULL
) STRICT;

CREATE INDEX order_notes_of ON order_notes (buyer_id, order_id);

CREATE TABLE order_reads (
    buyer_id TEXT NOT NULL PRIMARY KEY CHECK (buyer_id <> ''),
    read_at  INTEGER NOT NULL                    -- when GetOrders was last copied whole
) STRICT;

CREATE TABLE audit (
    id       INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    buyer_id TEXT NOT NULL,                      -- empty where nobody was signed in
    request  TEXT NOT NULL,
    name     TEXT NOT NULL CHECK (name <> ''),
    detail   TEXT NOT NULL
) STRICT;

CREATE INDEX audit_at ON audit (at);

-- What happened stays written as it was.
-- +goose StatementBegin
CREATE TRIGGER submission_events_stay BEFORE UPDATE ON submission_events BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER submission_events_keep BEFORE DELETE ON submission_events BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER order_observations_stay BEFORE UPDATE ON order_observations BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER order_observations_keep BEFORE DELETE ON order_observations BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_stay BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_keep BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
