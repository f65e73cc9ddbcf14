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

CREATE TABLE assetTag (
    asset INTEGER NOT NULL REFERENCES asset (id),
    tag TEXT NOT NULL COLLATE NOCASE CHECK (length(tag) >= 1),
    isPresent INTEGER NOT NULL CHECK (isPresent IN (0, 1)),
    entry TEXT NOT NULL,
    PRIMARY KEY (asset, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX assetTagByTag ON assetTag (tag, asset) WHERE isPresent = 1;

CREATE TABLE namedSet (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) >= 1),
    createdAt INTEGER NOT NULL,
    isPresent INTEGER NOT NULL CHECK (isPresent IN (0, 1)),
    entry TEXT NOT NULL
) STRICT;

CREATE TABLE setMember (
    namedSet INTEGER NOT NULL REFERENCES namedSet (id),
    asset INTEGER NOT NULL REFERENCES asset (id),
    sortKey TEXT NOT NULL,
    isPresent INTEGER NOT NULL CHECK (isPresent IN (0, 1)),
    entry TEXT NOT NULL,
    PRIMARY KEY (namedSet, asset)
) STRICT, WITHOUT ROWID;

CREATE INDEX setMemberByAsset ON setMember (asset, namedSet) WHERE isPresent = 1;

CREATE TABLE generation (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) = 16),
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters)),
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
    changedAt INTEGER NOT NULL, recipeDigest BLOB CHECK (recipeDigest IS NULL OR length(recipeDigest) = 32), plannedWidth INTEGER CHECK (plannedWidth >= 1), plannedHeight INTEGER
    CHECK (plannedHeight >= 1) CHECK ((plannedWidth IS NULL) = (plannedHeight IS NULL)), terms TEXT CHECK (terms IS NULL OR json_valid(terms)),
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

CREATE TABLE searchItem (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('reference', 'generated')),
    asset INTEGER NOT NULL REFERENCES asset (id),
    generation INTEGER REFERENCES generation (id),
    position INTEGER CHECK (position >= 0),
    seed INTEGER,
    createdAt INTEGER NOT NULL,
    CHECK ((kind = 'generated') = (generation IS NOT NULL)),
    CHECK ((generation IS NULL) = (position IS NULL))
) STRICT;

CREATE UNIQUE INDEX searchItemOfReference ON searchItem (asset) WHERE generation IS NULL;

CREATE UNIQUE INDEX searchItemOfOutput ON searchItem (generation, position) WHERE generation IS NOT NULL;

CREATE INDEX searchItemByAsset ON searchItem (asset);

CREATE INDEX searchItemBySeed ON searchItem (seed) WHERE seed IS NOT NULL;

CREATE TABLE searchText (
    id INTEGER PRIMARY KEY REFERENCES searchItem (id),
    prompt TEXT NOT NULL,
    names TEXT NOT NULL,
    tags TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE searchIndex USING fts5 (
    prompt, names, tags,
    content = 'searchText', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TRIGGER searchTextInserted AFTER INSERT ON searchText BEGIN
    INSERT INTO searchIndex (rowid, prompt, names, tags) VALUES (new.id, new.prompt, new.names, new.tags);
END;

CREATE TRIGGER searchTextDeleted AFTER DELETE ON searchText BEGIN
    INSERT INTO searchIndex (searchIndex, rowid, prompt, names, tags)
    VALUES ('delete', old.id, old.prompt, old.names, old.tags);
END;

CREATE TRIGGER searchTextUpdated AFTER UPDATE ON searchText BEGIN
    INSERT INTO searchIndex (searchIndex, rowid, prompt, names, tags)
    VALUES ('delete', old.id, old.prompt, old.names, old.tags);
    INSERT INTO searchIndex (rowid, prompt, names, tags) VALUES (new.id, new.prompt, new.names, new.tags);
END;

CREATE TABLE upload (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    host TEXT NOT NULL,
    access TEXT NOT NULL CHECK (access IN ('public', 'private')),
    url TEXT NOT NULL UNIQUE CHECK (length(url) >= 1),
    byteCount INTEGER NOT NULL CHECK (byteCount >= 1),
    uploadedAt INTEGER NOT NULL,
    lifetime TEXT NOT NULL CHECK (length(lifetime) >= 1),
    expiresAt INTEGER,
    expiryBasis TEXT NOT NULL CHECK (expiryBasis IN ('sent', 'account_default', 'unknown')),
    checkedAt INTEGER,
    lostAt INTEGER,
    source BLOB CHECK (length(source) = 32),
    copy TEXT CHECK (length(copy) >= 1),
    CHECK ((source IS NULL) = (copy IS NULL))
) STRICT;

CREATE INDEX uploadByDigest ON upload (digest, host, access);

CREATE INDEX uploadBySource ON upload (source, copy) WHERE source IS NOT NULL;

CREATE TABLE uploadClaim (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    copy TEXT NOT NULL,
    host TEXT NOT NULL,
    access TEXT NOT NULL,
    lifetime TEXT NOT NULL,
    nonce TEXT NOT NULL,
    claimedUntil INTEGER NOT NULL,
    PRIMARY KEY (digest, copy, host, access, lifetime)
) STRICT, WITHOUT ROWID;

CREATE TABLE plannedUpload (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    copy TEXT CHECK (length(copy) >= 1),
    access TEXT NOT NULL CHECK (access IN ('public', 'private')),
    lifetime TEXT NOT NULL CHECK (length(lifetime) >= 1),
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationByRecipe ON generation (recipeDigest);

CREATE TABLE generationDrift (
    generation INTEGER NOT NULL REFERENCES generation (id),
    number INTEGER NOT NULL CHECK (number >= 0),
    kind TEXT NOT NULL CHECK (length(kind) >= 1),
    position INTEGER CHECK (position >= 0),
    asked TEXT,
    got TEXT,
    kept BLOB CHECK (kept IS NULL OR length(kept) = 32),
    PRIMARY KEY (generation, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationDriftByKind ON generationDrift (kind, generation);

CREATE TABLE generationFile (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    fileExtension TEXT NOT NULL CHECK (length(fileExtension) >= 1),
    mediaType TEXT,
    byteCount INTEGER NOT NULL CHECK (byteCount >= 0),
    url TEXT,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE partialUpload (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    host TEXT NOT NULL,
    access TEXT NOT NULL,
    lifetime TEXT NOT NULL,
    state TEXT NOT NULL CHECK (length(state) >= 1),
    changedAt INTEGER NOT NULL,
    PRIMARY KEY (digest, host, access, lifetime)
) STRICT, WITHOUT ROWID;
