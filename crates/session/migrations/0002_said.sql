-- What is said about a plate, a well or a site: flags, tasks and reviews, each as the JSON that wire reads back.
CREATE TABLE said (
    id    INTEGER PRIMARY KEY,
    plate INTEGER NOT NULL,
    kind  TEXT    NOT NULL, -- flags, tasks, reviews
    well  INTEGER,          -- row * 256 + column; NULL: the whole plate
    site  INTEGER,
    body  TEXT    NOT NULL
) STRICT;
CREATE INDEX said_plate ON said (plate, kind);

PRAGMA user_version = 2;
