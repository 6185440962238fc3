-- cache.db beside session.db: what can be made again from it. Another version is thrown away, never migrated.
-- Statements end with a semicolon at the end of a line, and no other line ends so.

-- Which session it is of, and a commit of it: a session that was put back from a copy has another one there.
CREATE TABLE cache (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    session         TEXT    NOT NULL,
    anchor_seq      INTEGER NOT NULL, -- nothing in here relies on a later entry
    anchor_first    INTEGER NOT NULL, -- the commit that holds it: batch.first_seq
    anchor_us       INTEGER NOT NULL  -- batch.received_at_us
) STRICT;

-- Plates have numbers of their own here.
CREATE TABLE plate (
    id      INTEGER PRIMARY KEY,
    run     TEXT NOT NULL,
    barcode TEXT NOT NULL,
    UNIQUE (run, barcode)
) STRICT;

CREATE TABLE layout (
    digest BLOB PRIMARY KEY, -- plate::digest::layout_digest
    body   TEXT NOT NULL     -- JSON
) STRICT, WITHOUT ROWID;

-- A plate after everything up to seq.
CREATE TABLE snapshot (
    id      INTEGER PRIMARY KEY,
    plate   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    ordinal INTEGER NOT NULL, -- its place on the board
    bytes   BLOB    NOT NULL, -- plate::Board::snapshot
    UNIQUE (plate, seq)
) STRICT;

-- At seq every plate's last snapshot held all of its records up to from_seq.
CREATE TABLE pass (
    seq      INTEGER PRIMARY KEY,
    from_seq INTEGER NOT NULL,
    runs     BLOB    NOT NULL -- plate::Board::snapshot_runs at seq
) STRICT;

-- A feature of a plate that the board does not track, after everything up to upto_seq.
CREATE TABLE feature_column (
    id       INTEGER PRIMARY KEY,
    plate    INTEGER NOT NULL,
    feature  TEXT    NOT NULL,
    upto_seq INTEGER NOT NULL,
    bytes    BLOB    NOT NULL, -- plate::FeatureOffers
    UNIQUE (plate, feature, upto_seq)
) STRICT;
