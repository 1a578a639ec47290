-- +goose Up
-- When the status before an observed one was last read; 0 where there was none, and where it was not kept yet.
ALTER TABLE order_observations ADD COLUMN before_at INTEGER NOT NULL DEFAULT 0;

-- What a buyer ordered, each item once under each of its names: words are looked for here and not in every line.
CREATE TABLE order_goods (
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    item_id  TEXT NOT NULL,
    search   TEXT NOT NULL,
    PRIMARY KEY (buyer_id, item_id, search)
) STRICT, WITHOUT ROWID;

INSERT INTO order_goods (buyer_id, item_id, search) SELECT DISTINCT buyer_id, item_id, search FROM order_lines;

ALTER TABLE order_lines DROP COLUMN search;

CREATE INDEX orders_status ON orders (buyer_id, status, created_at);

CREATE INDEX orders_unread ON orders (buyer_id, created_at) WHERE lines_read_at = 0;

-- Texts are looked through in the order they are listed in, without reading the orders themselves.
DROP INDEX orders_newest;
CREATE INDEX orders_newest ON orders (buyer_id, created_at DESC, id DESC, status, search);
