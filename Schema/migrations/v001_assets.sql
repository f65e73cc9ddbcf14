-- What was taken in, and how far each segment of the journal has been read.

CREATE TABLE journalPosition (
    replica TEXT NOT NULL,
    segment INTEGER NOT NULL CHECK (segment >= 1),
    byteOffset INTEGER NOT NULL CHECK (byteOffset >= 0),
    lastEntry TEXT NOT NULL,
    PRIMARY KEY (replica, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    format TEXT NOT NULL,
    storedWidth INTEGER NOT NULL CHECK (storedWidth BETWEEN 1 AND 2147483647),
    storedHeight INTEGER NOT NULL CHECK (storedHeight BETWEEN 1 AND 2147483647),
    orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
    hasAlpha INTEGER NOT NULL CHECK (hasAlpha IN (0, 1)),
    bitDepth INTEGER NOT NULL CHECK (bitDepth >= 1),
    channels INTEGER CHECK (channels >= 1),
    colorProfile TEXT,
    frameCount INTEGER NOT NULL CHECK (frameCount >= 1),
    byteCount INTEGER NOT NULL CHECK (byteCount >= 1),
    note TEXT,
    inspectedBy TEXT NOT NULL,
    addedAt INTEGER NOT NULL
) STRICT;

CREATE TABLE recipe (
    asset INTEGER PRIMARY KEY REFERENCES asset (id),
    generator TEXT NOT NULL,
    certainty TEXT NOT NULL CHECK (certainty IN ('certain', 'likely')),
    rule TEXT NOT NULL,
    prompt TEXT,
    negativePrompt TEXT,
    seed INTEGER,
    steps INTEGER,
    guidance REAL,
    sampler TEXT,
    model TEXT,
    width INTEGER CHECK (width >= 1),
    height INTEGER CHECK (height >= 1),
    CHECK ((width IS NULL) = (height IS NULL))
) STRICT;

CREATE TABLE origin (
    asset INTEGER NOT NULL REFERENCES asset (id),
    entry TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    at INTEGER NOT NULL,
    path TEXT,
    generation TEXT,
    CHECK ((path IS NULL) <> (generation IS NULL)),
    PRIMARY KEY (asset, entry, position)
) STRICT, WITHOUT ROWID;
