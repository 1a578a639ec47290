-- +goose Up
-- What the distributor recommends beside an item: a JSON array of item ids, in its order.
CREATE TABLE related (
    item_id TEXT NOT NULL PRIMARY KEY,
    ids     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
