-- +goose Up
-- When an item joined the assortment; 0 for what was there when the assortment was first read.
ALTER TABLE items ADD COLUMN first_at INTEGER NOT NULL DEFAULT 0;

CREATE INDEX items_first ON items (first_at);
