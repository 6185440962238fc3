-- A session that came out of a bundle: nobody records into it any more, and what its outbox holds is never sent from here.
CREATE TABLE bundle (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    made_at_us INTEGER NOT NULL,
    made_by    TEXT    NOT NULL, -- the version of Plateside that made it
    pixels     TEXT    NOT NULL  -- full: every body is here; none: bodies of images are left out
) STRICT;

-- Bodies in files that were left out of the bundle, by their digest: references, never damage.
CREATE TABLE left_out (
    sha256 BLOB    PRIMARY KEY,
    bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
