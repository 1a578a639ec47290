-- +goose Up
-- What a buyer gave with a submission that the distributor has no place for. The order it became is in the submission.
CREATE TABLE wishes (
    buyer_id      TEXT NOT NULL CHECK (buyer_id <> ''),
    submission_id TEXT NOT NULL CHECK (submission_id <> ''),
    number        TEXT NOT NULL CHECK (length(number) <= 50),
    day           INTEGER NOT NULL CHECK (day % 86400000000 = 0),  -- its midnight in UTC
    search        TEXT NOT NULL,
    PRIMARY KEY (buyer_id, submission_id),
    CHECK (number <> '' OR day <> 0)
) STRICT, WITHOUT ROWID;

-- Texts that a buyer writes into notes again and again.
CREATE TABLE note_templates (
    id       INTEGER NOT NULL PRIMARY KEY,
    buyer_id TEXT NOT NULL CHECK (buyer_id <> ''),
    name     TEXT NOT NULL UNIQUE CHECK (name <> ''),            -- in addresses
    text     TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    UNIQUE (buyer_id, text)
) STRICT;
