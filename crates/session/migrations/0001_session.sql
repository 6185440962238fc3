-- A session: messages as received, what was decoded from them, what people and Plateside added, all in one order, `seq`.
-- Numbers of rows that share a message: id = seq * 65536 + index of the record in its message.
-- No foreign keys: every key is paid per message; `verify` checks them all.

PRAGMA application_id = 1347179332; -- "PLSD"
PRAGMA user_version = 1;            -- the newest migration's number

CREATE TABLE session (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    id           TEXT    NOT NULL, -- UUID
    created_at_us INTEGER NOT NULL,
    cluster      TEXT    NOT NULL,
    profile_name TEXT    NOT NULL,
    profile_toml TEXT    NOT NULL,
    overlay_of   TEXT,             -- the session that this one's decisions are about
    keeps_bodies INTEGER NOT NULL  -- 0: a replay's scratch copy, messages by digest only
) STRICT;

-- One topic in one of its lives.
CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    cluster     TEXT    NOT NULL,
    topic       TEXT    NOT NULL,
    incarnation INTEGER NOT NULL,
    kind        TEXT    NOT NULL, -- results, images, layouts, ...
    UNIQUE (cluster, topic, incarnation)
) STRICT;

-- One commit.
CREATE TABLE batch (
    first_seq      INTEGER PRIMARY KEY,
    last_seq       INTEGER NOT NULL,
    received_at_us INTEGER NOT NULL
) STRICT;

-- Where a commit's messages of one partition begin: finds a message by its offset without an index over messages.
CREATE TABLE batch_range (
    source       INTEGER NOT NULL,
    partition    INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    first_seq    INTEGER NOT NULL, -- batch.first_seq
    PRIMARY KEY (source, partition, first_offset)
) STRICT, WITHOUT ROWID;

-- Messages as received. (source, partition, offset) is unique because the one writer refuses any offset below `position.next`;
-- an index that says the same costs a quarter of the recorder's speed, and `verify` checks it.
CREATE TABLE message (
    seq          INTEGER PRIMARY KEY,
    source       INTEGER NOT NULL,
    partition    INTEGER NOT NULL,
    offset       INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    key          BLOB,
    headers      BLOB, -- wire::Headers, NULL for none
    body         BLOB,
    body_sha     BLOB, -- the body lies in images/ under this SHA-256
    digest       BLOB  -- the message's digest, where its body is not in this row
) STRICT;

CREATE TABLE plate (
    id      INTEGER PRIMARY KEY,
    run     TEXT NOT NULL,
    barcode TEXT NOT NULL,
    UNIQUE (run, barcode)
) STRICT;

CREATE TABLE feature_list (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE, -- plate::FeatureList::digest
    names  BLOB NOT NULL         -- per name: length u32 little-endian, UTF-8
) STRICT;

CREATE TABLE result (
    id           INTEGER PRIMARY KEY,
    plate        INTEGER NOT NULL,
    format       INTEGER NOT NULL,
    well         INTEGER NOT NULL, -- row * 256 + column
    site         INTEGER,
    read_at_ms   INTEGER,
    feature_list INTEGER NOT NULL,
    bits         BLOB    NOT NULL  -- f64 little-endian, one a name; NaNs say why there is no number
) STRICT;

-- In which stretches of 4,096 seqs a plate has results: finds a plate's rows without an index over results, which costs a
-- fifth of the recorder's speed and touches a page per plate in every commit.
CREATE TABLE plate_segment (
    plate   INTEGER NOT NULL,
    segment INTEGER NOT NULL, -- (seq - 1) / 4096
    PRIMARY KEY (plate, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE layout (
    id     INTEGER PRIMARY KEY,
    plate  INTEGER NOT NULL,
    format INTEGER NOT NULL,
    body   TEXT    NOT NULL -- JSON
) STRICT;
CREATE INDEX layout_plate ON layout (plate);

CREATE TABLE image (
    id             INTEGER PRIMARY KEY,
    plate          INTEGER NOT NULL,
    format         INTEGER NOT NULL,
    well           INTEGER NOT NULL,
    site           INTEGER NOT NULL,
    z              INTEGER NOT NULL,
    t              INTEGER NOT NULL,
    channel        TEXT    NOT NULL,
    page           INTEGER NOT NULL,
    content_type   TEXT,
    bytes          INTEGER, -- of an inline body; NULL for a link
    link           TEXT,
    sha256         BLOB,
    chunk_id       TEXT,
    chunk_index    INTEGER,
    chunk_count    INTEGER,
    piece_sha256   BLOB,    -- of the body, where it is a piece of a file
    pixel_um       REAL,
    acquired_at_ms INTEGER
) STRICT;
CREATE INDEX image_well ON image (plate, well);

CREATE TABLE stage (
    id          INTEGER PRIMARY KEY,
    plate       INTEGER NOT NULL,
    stage       TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    at_ms       INTEGER NOT NULL,
    instrument  TEXT,
    by          TEXT,
    note        TEXT,
    correlation TEXT
) STRICT;

-- Messages from which nothing could be read; their bytes are the message's.
CREATE TABLE undecoded (
    id     INTEGER PRIMARY KEY,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE alert (
    seq         INTEGER PRIMARY KEY,
    plate       INTEGER NOT NULL,
    feature     TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    positive    TEXT    NOT NULL,
    negative    TEXT    NOT NULL,
    level       TEXT    NOT NULL,
    value_bits  INTEGER,          -- f64 as its bits: SQLite keeps neither NaN nor the sign of zero
    limit_bits  INTEGER NOT NULL,
    n_positive  INTEGER NOT NULL,
    n_negative  INTEGER NOT NULL,
    cause_seq   INTEGER NOT NULL,
    rules       TEXT    NOT NULL
) STRICT;

-- What people did and Plateside decided: a hash chain.
CREATE TABLE local (
    seq       INTEGER PRIMARY KEY,
    at_ms     INTEGER NOT NULL,
    by        TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    body      TEXT    NOT NULL, -- JSON
    prev_hash BLOB    NOT NULL,
    hash      BLOB    NOT NULL
) STRICT;

-- How far each partition is read.
CREATE TABLE position (
    source            INTEGER NOT NULL,
    partition         INTEGER NOT NULL,
    next              INTEGER NOT NULL,
    last_offset       INTEGER NOT NULL,
    last_timestamp_ms INTEGER NOT NULL,
    last_digest       BLOB    NOT NULL,
    PRIMARY KEY (source, partition)
) STRICT, WITHOUT ROWID;

-- The history digest after each closed segment of 4,096 seqs.
CREATE TABLE history (
    segment INTEGER PRIMARY KEY, -- covers seqs segment * 4096 + 1 ..= (segment + 1) * 4096
    head    BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoint (
    seq          INTEGER PRIMARY KEY, -- the last seq that it covers
    at_us        INTEGER NOT NULL,
    history_head BLOB    NOT NULL
) STRICT;

-- Messages of one partition since the checkpoint before.
CREATE TABLE checkpoint_range (
    checkpoint   INTEGER NOT NULL, -- checkpoint.seq
    source       INTEGER NOT NULL,
    partition    INTEGER NOT NULL,
    first_offset INTEGER NOT NULL,
    next_offset  INTEGER NOT NULL,
    messages     INTEGER NOT NULL,
    digest       BLOB    NOT NULL,
    PRIMARY KEY (checkpoint, source, partition)
) STRICT, WITHOUT ROWID;
