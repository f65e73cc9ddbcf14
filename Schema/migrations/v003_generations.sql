-- What was asked of a model, and what came of it. Seeds are 64-bit unsigned numbers kept in a signed column: the same
-- bits, so that those above 2^63 - 1 read as negative.

CREATE TABLE generation (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) = 16),
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters)),
    plannedWidth INTEGER NOT NULL CHECK (plannedWidth >= 1),
    plannedHeight INTEGER NOT NULL CHECK (plannedHeight >= 1),
    seed INTEGER,
    state TEXT NOT NULL
        CHECK (state IN ('planned', 'sending', 'submitted', 'finished', 'failed', 'cancelled')),
    host TEXT NOT NULL,
    requestID TEXT,
    statusURL TEXT,
    responseURL TEXT,
    cancelURL TEXT,
    reason TEXT,
    reasonCode TEXT,
    response TEXT CHECK (response IS NULL OR json_valid(response)),
    plannedAt INTEGER NOT NULL,
    changedAt INTEGER NOT NULL,
    CHECK (state <> 'submitted' OR requestID IS NOT NULL)
) STRICT;

CREATE INDEX generationUnfinished ON generation (state) WHERE state IN ('planned', 'sending', 'submitted');

CREATE TABLE generationInput (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    url TEXT,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationInputByURL ON generationInput (url) WHERE url IS NOT NULL;
CREATE INDEX generationInputByDigest ON generationInput (digest);

CREATE TABLE generationOutput (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    asset INTEGER NOT NULL REFERENCES asset (id),
    isFlagged INTEGER CHECK (isFlagged IN (0, 1)),
    url TEXT,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationOutputByAsset ON generationOutput (asset);
