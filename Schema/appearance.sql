-- What pictures look like, derived from their bytes and dear to make again. Losing this file costs time, not data.
-- The file's user_version is that of the code that made the fingerprints. Thumbnails, placeholders and colours get tables of their own here,
-- each keyed by digest and with its version, so that the small rows that are read together stay together.

-- One row for each picture that was looked at. `value` is NULL for one that has no fingerprint, and `problem` says why.
-- Ids are given in order and rows are never removed one by one: the greatest id is their number.
CREATE TABLE IF NOT EXISTS fingerprint (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    version INTEGER NOT NULL,
    value BLOB CHECK (length(value) = 16),
    problem TEXT,
    CHECK ((value IS NULL) = (problem IS NOT NULL))
) STRICT;

-- The same values packed, 1024 ids to a page, 16 bytes each: a million are read in milliseconds.
CREATE TABLE IF NOT EXISTS fingerprintPage (
    id INTEGER PRIMARY KEY,
    items BLOB NOT NULL
) STRICT;
