-- Events that people made here, as they go out to others: written in the transaction that made the event.
CREATE TABLE outbox (
    seq           INTEGER PRIMARY KEY, -- local.seq of the event
    event         TEXT    NOT NULL UNIQUE, -- ce_id
    source        TEXT    NOT NULL,    -- ce_source: which installation made it, and so sends it
    key           BLOB    NOT NULL,
    headers       BLOB    NOT NULL,    -- wire::Headers
    body          BLOB    NOT NULL,
    delivered_seq INTEGER              -- where the session says that the broker has it: a local record, or the event read back
) STRICT;
CREATE INDEX outbox_waiting ON outbox (seq) WHERE delivered_seq IS NULL;

-- What a person has begun and not signed: kept as typed, part of no digest.
CREATE TABLE draft (
    name  TEXT    PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    body  TEXT    NOT NULL -- JSON
) STRICT;

PRAGMA user_version = 3;
