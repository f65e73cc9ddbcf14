-- What pictures look like, derived from their bytes and dear to make again. Losing this file costs time, not data.
-- The file's user_version is that of the code that made the fingerprints; what else there is has its version in each row.
-- Small rows that are read together stay together, apart from the fat ones, which are found by the small one's id.

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

-- One small row for each picture that was drawn, or could not be: `problem` says why. 32 bytes of digest, 27 of placeholder, at most 9 of
-- colours: a page holds hundreds.
CREATE TABLE IF NOT EXISTS look (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    version INTEGER NOT NULL,
    placeholder BLOB,
    -- Red, green and blue of each, the colour of most pixels first.
    colours BLOB CHECK (length(colours) % 3 = 0),
    isAnimated INTEGER NOT NULL CHECK (isAnimated IN (0, 1)),
    -- The file ends too early: a part of the picture is missing.
    isPartial INTEGER NOT NULL CHECK (isPartial IN (0, 1)),
    problem TEXT,
    CHECK ((placeholder IS NULL) = (problem IS NOT NULL))
) STRICT;

-- The thumbnails of a look, by its id and thus in the order of making: those that are scrolled through together lie together. Two tables,
-- since a grid reads one size and a large one would lie between. One of 512 pixels is missing where the picture has no more than 256.
CREATE TABLE IF NOT EXISTS thumbnail256 (
    id INTEGER PRIMARY KEY,
    mediaType TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS thumbnail512 (
    id INTEGER PRIMARY KEY,
    mediaType TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
