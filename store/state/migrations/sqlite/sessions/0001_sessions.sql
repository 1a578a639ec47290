-- +goose Up
-- A token is known here only by its SHA-256 in hexadecimal. Moments are microseconds since 1970 in UTC.

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY CHECK (length(token_hash) = 64),
    buyer_id   TEXT NOT NULL,                    -- empty before sign-in
    data       BLOB NOT NULL,                    -- sealed with a key that needs the token
    created_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_buyer ON sessions (buyer_id);

-- Sessions that have ended. A request that was under way meanwhile must not bring one back.
CREATE TABLE ended_sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    until      INTEGER NOT NULL                  -- no request lives that long
) STRICT;
