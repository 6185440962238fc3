-- Small pictures of pages of images that were left out of a bundle: previews/ab/cdef…-P.png, named by the body's digest and the
-- page. A row says what the original is; the file is pixels alone, so that its width and height are the row's, halved.
CREATE TABLE preview (
    sha256      BLOB    NOT NULL, -- of the body that was left out
    page        INTEGER NOT NULL,
    file_sha256 BLOB    NOT NULL, -- of the preview's file
    file_bytes  INTEGER NOT NULL,
    level       INTEGER NOT NULL, -- how often it is shrunk by 2
    width       INTEGER NOT NULL, -- of the original, as all that follows
    height      INTEGER NOT NULL,
    format      TEXT    NOT NULL, -- tiff, png, jpeg
    sample      TEXT    NOT NULL, -- what a sample is, as u16
    bits        INTEGER NOT NULL, -- of a sample that are used
    low         REAL    NOT NULL, -- what an intensity of 0 and of 65,535 stand for
    high        REAL    NOT NULL,
    PRIMARY KEY (sha256, page)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 5;
