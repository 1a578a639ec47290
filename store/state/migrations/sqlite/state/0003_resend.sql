-- +goose Up
ALTER TABLE submissions ADD COLUMN parent_id TEXT NOT NULL DEFAULT '';       -- the submission that this one repeats, knowing of it
ALTER TABLE submissions ADD COLUMN allowed TEXT NOT NULL DEFAULT '[]';       -- orders with the same lines that its buyer knew of
ALTER TABLE submissions ADD COLUMN twin TEXT NOT NULL DEFAULT '';            -- one that he did not know of: nothing was sent
ALTER TABLE submissions ADD COLUMN dismissed TEXT NOT NULL DEFAULT '[]';     -- orders that are not this one, by his word
ALTER TABLE submissions ADD COLUMN rest TEXT NOT NULL DEFAULT '[]';          -- what stays in the cart when this has become an order

-- Those of which an order may still turn up.
CREATE INDEX submissions_watched ON submissions (sent_at) WHERE state IN ('PROBABLY_NOT_CREATED', 'CLOSED');
CREATE INDEX submissions_unfinished ON submissions (created_at) WHERE is_open = 1;
CREATE INDEX submissions_unsettled ON submissions (buyer_id, sent_at) WHERE state IN ('PROBABLY_NOT_CREATED', 'CLOSED', 'LATE_FOUND');
CREATE INDEX submissions_children ON submissions (buyer_id, parent_id) WHERE parent_id <> '';
CREATE INDEX submission_events_unknown ON submission_events (submission_id, id) WHERE state = 'UNKNOWN';
