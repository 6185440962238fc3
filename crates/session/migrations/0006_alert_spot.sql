-- Where on its plate an alert of a rule about wells or sites begins: alerts of whole plates and runs have no row.
CREATE TABLE alert_spot (
    seq  INTEGER PRIMARY KEY, -- alert.seq
    well INTEGER NOT NULL,
    site INTEGER              -- from 1
) STRICT;

PRAGMA user_version = 6;
