-- +goose Up
-- Changes of lines of orders at the distributor, a row a call, written before it is made.
CREATE TABLE order_edits (
    id           TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    buyer_id     TEXT NOT NULL CHECK (buyer_id <> ''),
    order_id     TEXT NOT NULL CHECK (order_id <> ''),
    item_id      TEXT NOT NULL CHECK (item_id <> ''),
    plan         TEXT NOT NULL CHECK (plan <> ''),        -- the first step of the same wish
    step         INTEGER NOT NULL CHECK (step >= 0),
    cart_id      TEXT NOT NULL,                           -- the cart whose line it carries out; empty for none
    before       TEXT NOT NULL CHECK (before GLOB '[0-9]*' AND before NOT GLOB '*[^0-9.]*'),
    wanted       TEXT NOT NULL CHECK (wanted GLOB '[0-9]*' AND wanted NOT GLOB '*[^0-9.]*'),
    act          TEXT NOT NULL CHECK (act IN ('add', 'remove', 'remove-line')),
    count        TEXT NOT NULL CHECK (count GLOB '[0-9]*' AND count NOT GLOB '*[^0-9.]*'),
    state        TEXT NOT NULL CHECK (state IN ('WAITING', 'PLANNED', 'SENDING', 'DONE', 'DIFFERS', 'UNCHANGED', 'REFUSED', 'NOT_SENT', 'UNKNOWN')),
    is_open      INTEGER NOT NULL GENERATED ALWAYS AS (state IN ('PLANNED', 'SENDING', 'UNKNOWN')) STORED,
    epoch        INTEGER NOT NULL CHECK (epoch >= 0),
    answered     INTEGER NOT NULL CHECK (answered IN (0, 1)),
    fault_kind   TEXT NOT NULL,
    fault_text   TEXT NOT NULL,
    shows        TEXT NOT NULL CHECK (shows GLOB '[-0-9]*' AND shows NOT GLOB '*[^-0-9.]*'),
    reserved     TEXT NOT NULL CHECK (reserved GLOB '[-0-9]*' AND reserved NOT GLOB '*[^-0-9.]*'),
    status       TEXT NOT NULL,
    read_at      INTEGER NOT NULL,
    next_read_at INTEGER NOT NULL,
    sent_at      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    UNIQUE (plan, step),
    CHECK (before <> wanted),
    CHECK (sent_at > 0 OR state NOT IN ('SENDING', 'UNKNOWN', 'REFUSED', 'UNCHANGED')),
    CHECK (state <> 'WAITING' OR step > 0)
) STRICT;

-- At most one change of an order is under way or unknown.
CREATE UNIQUE INDEX order_edits_one_open ON order_edits (buyer_id, order_id) WHERE is_open = 1;
CREATE INDEX order_edits_carts ON order_edits (buyer_id, cart_id) WHERE cart_id <> '' AND state IN ('WAITING', 'PLANNED', 'SENDING', 'UNKNOWN');
CREATE INDEX order_edits_newest ON order_edits (buyer_id, order_id, created_at DESC);

CREATE TABLE order_edit_events (
    id       INTEGER NOT NULL PRIMARY KEY,
    edit_id  TEXT NOT NULL REFERENCES order_edits (id),
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    state    TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

CREATE INDEX order_edit_events_of ON order_edit_events (edit_id);

-- What a buyer chose to do about the part of a line that is not reserved.
CREATE TABLE rescues (
    id         INTEGER NOT NULL PRIMARY KEY,
    buyer_id   TEXT NOT NULL CHECK (buyer_id <> ''),
    order_id   TEXT NOT NULL CHECK (order_id <> ''),
    item_id    TEXT NOT NULL CHECK (item_id <> ''),
    choice     TEXT NOT NULL CHECK (choice IN ('equivalent', 'wait', 'drop', 'cart', 'note')),
    quantity   TEXT NOT NULL CHECK (quantity GLOB '[0-9]*' AND quantity NOT GLOB '*[^0-9.]*'),
    other_item TEXT NOT NULL,                             -- the equivalent, where one was taken
    due        INTEGER NOT NULL,                          -- when goods in transit were promised for
    plan       TEXT NOT NULL,                             -- of the changes that carry it out
    state      TEXT NOT NULL CHECK (state IN ('WAITING', 'HANDED', 'CLOSED')),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    CHECK (choice <> 'equivalent' OR other_item <> ''),
    CHECK ((choice = 'wait') = (state <> 'HANDED'))
) STRICT;

CREATE UNIQUE INDEX rescues_one_wait ON rescues (buyer_id, order_id, item_id) WHERE state = 'WAITING';
CREATE INDEX rescues_newest ON rescues (buyer_id, order_id, created_at DESC);

-- +goose StatementBegin
CREATE TRIGGER order_edit_events_stay BEFORE UPDATE ON order_edit_events BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER order_edit_events_keep BEFORE DELETE ON order_edit_events BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- +goose StatementEnd
