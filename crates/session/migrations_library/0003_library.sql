-- library.db: summaries over all sessions. Everything here can be read again from the sessions, but for what a person had
-- verified, which can be verified again: a file of another version is deleted and made anew.

CREATE TABLE session (
    path          TEXT    PRIMARY KEY, -- the session's folder
    -- What its files looked like when it was read: unchanged ones are not opened again.
    db_bytes      INTEGER NOT NULL,
    db_mtime_ns   INTEGER NOT NULL,
    wal_bytes     INTEGER NOT NULL,
    wal_mtime_ns  INTEGER NOT NULL,
    unreadable    TEXT,                -- why it could not be read; the columns down to `activity` are then as they were
    id            TEXT    NOT NULL,
    created_at_us INTEGER NOT NULL,
    cluster       TEXT    NOT NULL,
    profile_name  TEXT    NOT NULL,
    overlay_of    TEXT,
    first_us      INTEGER,
    last_us       INTEGER,
    last_seq      INTEGER NOT NULL,
    messages      INTEGER NOT NULL,
    undecoded     INTEGER NOT NULL,
    images        INTEGER NOT NULL,
    locals        INTEGER NOT NULL,
    decisions     INTEGER NOT NULL,
    unsent        INTEGER NOT NULL,
    attention     INTEGER NOT NULL,
    fail          INTEGER NOT NULL,
    database_bytes INTEGER NOT NULL,
    images_bytes  INTEGER NOT NULL,
    activity      BLOB    NOT NULL,    -- u32 little-endian a bin
    -- The seq that the plates' lines are of; 0: only their names are known.
    plates_seq    INTEGER NOT NULL,
    -- The last verification, and what the files looked like then.
    verified_at_us INTEGER,
    verified_stamp TEXT,
    problems      INTEGER,
    finding       TEXT,
    first_bad     INTEGER,             -- the first entry with which something is wrong, where it has a place among them
    bundle        TEXT                 -- what of pixels the bundle held that it came out of; NULL for a recording
) STRICT;

CREATE TABLE plate (
    path           TEXT    NOT NULL,
    run            TEXT    NOT NULL,
    barcode        TEXT    NOT NULL,
    format         INTEGER,
    wells_in       INTEGER NOT NULL,
    wells_expected INTEGER NOT NULL,
    complete       INTEGER NOT NULL,
    images         INTEGER NOT NULL,
    feature        TEXT,               -- the first headline feature
    z_prime        REAL,
    undefined      TEXT,               -- why there is no Z'
    level          TEXT,               -- of the worst rule that has something to say
    PRIMARY KEY (path, run, barcode)
) STRICT, WITHOUT ROWID;
