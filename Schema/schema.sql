-- The catalog: a fold over the journal. A program of another version folds it again, so nothing here is ever migrated.
-- Schema/README.md says what each table is.

CREATE TABLE fold (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version TEXT NOT NULL
) STRICT;

CREATE TABLE journalPosition (
    replica TEXT NOT NULL,
    segment INTEGER NOT NULL CHECK (segment >= 1),
    byteOffset INTEGER NOT NULL CHECK (byteOffset >= 0),
    lastEntry BLOB NOT NULL CHECK (length(lastEntry) = 16),
    PRIMARY KEY (replica, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE word (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE blob (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    fileExtension TEXT CHECK (length(fileExtension) >= 1),
    byteCount INTEGER CHECK (byteCount >= 0)
) STRICT;

CREATE TABLE asset (
    id INTEGER PRIMARY KEY REFERENCES blob (id),
    format TEXT,
    storedWidth INTEGER CHECK (storedWidth BETWEEN 1 AND 2147483647),
    storedHeight INTEGER CHECK (storedHeight BETWEEN 1 AND 2147483647),
    orientation INTEGER CHECK (orientation BETWEEN 1 AND 8),
    hasAlpha INTEGER CHECK (hasAlpha IN (0, 1)),
    bitDepth INTEGER CHECK (bitDepth >= 1),
    channels INTEGER CHECK (channels >= 1),
    colorProfile TEXT,
    frameCount INTEGER CHECK (frameCount >= 1),
    byteCount INTEGER CHECK (byteCount >= 1),
    note TEXT,
    unread TEXT,
    factsBy BLOB CHECK (length(factsBy) = 16),
    inspectedBy BLOB CHECK (length(inspectedBy) = 16),
    addedAt INTEGER
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
    otherPrompts TEXT CHECK (json_array_length(otherPrompts) >= 1),
    settings TEXT CHECK (json_array_length(settings) >= 1),
    CHECK ((width IS NULL) = (height IS NULL))
) STRICT;

CREATE TABLE recipeSeed (
    asset INTEGER NOT NULL REFERENCES asset (id),
    place INTEGER NOT NULL CHECK (place >= 0),
    seed INTEGER NOT NULL,
    PRIMARY KEY (asset, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX recipeSeedBySeed ON recipeSeed (seed, asset);

CREATE TABLE origin (
    asset INTEGER NOT NULL REFERENCES asset (id),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    at INTEGER NOT NULL,
    path TEXT NOT NULL,
    encodedPath TEXT,
    PRIMARY KEY (asset, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE assetTag (
    asset INTEGER NOT NULL REFERENCES asset (id),
    tag TEXT NOT NULL COLLATE NOCASE CHECK (length(tag) >= 1),
    isPresent INTEGER NOT NULL CHECK (isPresent IN (0, 1)),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    PRIMARY KEY (asset, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX assetTagByTag ON assetTag (tag, asset) WHERE isPresent = 1;

CREATE TABLE namedSet (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(key) >= 1),
    name TEXT,
    createdAt INTEGER,
    CHECK ((name IS NULL) = (createdAt IS NULL))
) STRICT;

CREATE TABLE setEvent (
    namedSet INTEGER NOT NULL REFERENCES namedSet (id),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    place INTEGER NOT NULL CHECK (place >= -1),
    change TEXT NOT NULL CHECK (change IN ('created', 'joined', 'left', 'arranged', 'deleted')),
    asset INTEGER REFERENCES asset (id),
    at INTEGER,
    name TEXT,
    CHECK ((place = -1) = (asset IS NULL)),
    CHECK ((asset IS NULL) = (name IS NOT NULL)),
    CHECK ((asset IS NULL) = (at IS NOT NULL)),
    PRIMARY KEY (namedSet, entry, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX setEventByAsset ON setEvent (namedSet, asset, entry) WHERE asset IS NOT NULL;

CREATE INDEX setEventDeleted ON setEvent (namedSet, entry) WHERE change = 'deleted';

CREATE TABLE setMember (
    namedSet INTEGER NOT NULL REFERENCES namedSet (id),
    asset INTEGER NOT NULL REFERENCES asset (id),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    place INTEGER NOT NULL CHECK (place >= 0),
    PRIMARY KEY (namedSet, asset)
) STRICT, WITHOUT ROWID;

CREATE INDEX setMemberInOrder ON setMember (namedSet, entry, place);

CREATE INDEX setMemberByAsset ON setMember (asset, namedSet);

-- What a person says of a picture, a run, a set or a member of it: 0 stands where nothing of that kind is concerned.
CREATE TABLE register (
    field TEXT NOT NULL
        CHECK (field IN ('title', 'note', 'rating', 'favourite', 'trashed', 'query', 'cover', 'role')),
    asset INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    namedSet INTEGER NOT NULL,
    value ANY,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    CHECK (field <> 'rating' OR value IS NULL OR (typeof(value) = 'integer' AND value BETWEEN 1 AND 5)),
    CHECK (field NOT IN ('favourite', 'trashed') OR value IS NULL OR value = 1),
    PRIMARY KEY (field, asset, generation, namedSet)
) STRICT, WITHOUT ROWID;

-- What people said, line by line, so that it can be undone and told; `fact` is the journal's line, `name` the action's.
CREATE TABLE curation (
    id INTEGER PRIMARY KEY,
    entry BLOB NOT NULL UNIQUE CHECK (length(entry) = 16),
    op BLOB NOT NULL CHECK (length(op) = 16),
    name TEXT NOT NULL CHECK (length(name) = 13),
    reverts BLOB CHECK (length(reverts) = 16),
    at INTEGER NOT NULL,
    verb TEXT NOT NULL,
    replica INTEGER REFERENCES word (id),
    fact TEXT NOT NULL
) STRICT;

CREATE INDEX curationByAction ON curation (op, entry);

CREATE INDEX curationByName ON curation (name);

CREATE INDEX curationByReverted ON curation (reverts, op) WHERE reverts IS NOT NULL;

CREATE TABLE curationSubject (
    kind TEXT NOT NULL CHECK (kind IN ('asset', 'run', 'set')),
    subject INTEGER NOT NULL,
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    PRIMARY KEY (kind, subject, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE generation (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (length(name) = 16),
    state TEXT NOT NULL
        CHECK (state IN ('planned', 'sending', 'submitted', 'finished', 'failed', 'cancelled')),
    stateBy BLOB CHECK (length(stateBy) = 16),
    changedAt INTEGER,
    plannedBy BLOB CHECK (length(plannedBy) = 16),
    plannedAt INTEGER,
    plannedIn INTEGER REFERENCES word (id),
    model INTEGER REFERENCES word (id),
    host INTEGER REFERENCES word (id),
    recipeKey INTEGER,
    askedSeed INTEGER,
    answeredSeed INTEGER,
    plannedWidth INTEGER CHECK (plannedWidth >= 1),
    plannedHeight INTEGER CHECK (plannedHeight >= 1),
    isDriftDerived INTEGER NOT NULL DEFAULT 0 CHECK (isDriftDerived IN (0, 1)),
    prompt TEXT,
    parameters TEXT,
    terms TEXT,
    filing TEXT,
    requestedAt INTEGER,
    sentBy BLOB CHECK (length(sentBy) = 16),
    sentAt INTEGER,
    submittedBy BLOB CHECK (length(submittedBy) = 16),
    requestID TEXT,
    statusURL TEXT,
    responseURL TEXT,
    cancelURL TEXT,
    reason TEXT,
    reasonCode TEXT,
    plannedImages INTEGER CHECK (plannedImages >= 0),
    outputCount INTEGER NOT NULL DEFAULT 0 CHECK (outputCount >= 0),
    outputPixels INTEGER NOT NULL DEFAULT 0 CHECK (outputPixels >= 0),
    billedBy BLOB CHECK (length(billedBy) = 16),
    billedUnits REAL CHECK (billedUnits >= 0),
    billedPrice REAL,
    billedUnit INTEGER REFERENCES word (id),
    billedCurrency INTEGER REFERENCES word (id),
    CHECK ((billedBy IS NULL) = (billedUnits IS NULL)),
    CHECK ((plannedWidth IS NULL) = (plannedHeight IS NULL)),
    CHECK ((plannedBy IS NULL) = (prompt IS NULL)),
    CHECK (requestedAt IS NULL OR plannedBy IS NOT NULL),
    CHECK ((submittedBy IS NULL) = (requestID IS NULL))
) STRICT;

CREATE INDEX generationUnfinished ON generation (state, plannedBy)
    WHERE state IN ('planned', 'sending', 'submitted');

CREATE INDEX generationByTime ON generation (plannedAt, plannedBy) WHERE plannedBy IS NOT NULL;

CREATE INDEX generationByRecipe ON generation (recipeKey) WHERE recipeKey IS NOT NULL;

CREATE INDEX generationByRequest ON generation (requestID) WHERE requestID IS NOT NULL;

-- Attempts to submit, by their entries: those before the newest (`at` is when), and those that were refused.
CREATE TABLE generationAttempt (
    generation INTEGER NOT NULL REFERENCES generation (id),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    at INTEGER,
    isRefused INTEGER NOT NULL DEFAULT 0 CHECK (isRefused IN (0, 1)),
    PRIMARY KEY (generation, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE price (
    endpoint TEXT NOT NULL CHECK (length(endpoint) >= 1),
    host INTEGER NOT NULL REFERENCES word (id),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    at INTEGER NOT NULL,
    amount REAL NOT NULL CHECK (amount >= 0),
    unit TEXT NOT NULL CHECK (length(unit) >= 1),
    currency TEXT NOT NULL CHECK (length(currency) >= 1),
    PRIMARY KEY (endpoint, host, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE generationAnswer (
    generation INTEGER PRIMARY KEY REFERENCES generation (id),
    response TEXT NOT NULL
) STRICT;

CREATE TABLE generationArrival (
    generation INTEGER PRIMARY KEY REFERENCES generation (id),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    at INTEGER NOT NULL,
    fact TEXT NOT NULL
) STRICT;

CREATE TABLE generationInput (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    asset INTEGER REFERENCES blob (id),
    url TEXT,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationInputByURL ON generationInput (url) WHERE url IS NOT NULL;

CREATE INDEX generationInputByAsset ON generationInput (asset) WHERE asset IS NOT NULL;

CREATE TABLE generationOutput (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    asset INTEGER NOT NULL REFERENCES asset (id),
    isFlagged INTEGER CHECK (isFlagged IN (0, 1)),
    url TEXT,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationOutputByAsset ON generationOutput (asset);

CREATE TABLE generationFile (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    blob INTEGER NOT NULL REFERENCES blob (id),
    fileExtension TEXT NOT NULL CHECK (length(fileExtension) >= 1),
    mediaType TEXT,
    byteCount INTEGER NOT NULL CHECK (byteCount >= 0),
    url TEXT,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE generationDrift (
    generation INTEGER NOT NULL REFERENCES generation (id),
    number INTEGER NOT NULL CHECK (number >= 0),
    kind TEXT NOT NULL CHECK (length(kind) >= 1),
    position INTEGER CHECK (position >= 0),
    asked TEXT,
    got TEXT,
    kept INTEGER REFERENCES blob (id),
    PRIMARY KEY (generation, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX generationDriftByKind ON generationDrift (kind, generation);

CREATE TABLE plannedUpload (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    copy TEXT CHECK (length(copy) >= 1),
    access TEXT NOT NULL CHECK (access IN ('public', 'private')),
    lifetime TEXT NOT NULL CHECK (length(lifetime) >= 1),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE upload (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE CHECK (length(url) >= 1),
    entry BLOB CHECK (length(entry) = 16),
    digest BLOB CHECK (length(digest) = 32),
    host TEXT,
    access TEXT CHECK (access IN ('public', 'private')),
    byteCount INTEGER CHECK (byteCount >= 1),
    uploadedAt INTEGER,
    lifetime TEXT CHECK (length(lifetime) >= 1),
    expiresAt INTEGER,
    expiryBasis TEXT CHECK (expiryBasis IN ('sent', 'account_default', 'unknown')),
    source BLOB CHECK (length(source) = 32),
    copy TEXT CHECK (length(copy) >= 1),
    checkedBy BLOB CHECK (length(checkedBy) = 16),
    checkedAt INTEGER,
    lostBy BLOB CHECK (length(lostBy) = 16),
    lostAt INTEGER,
    CHECK ((source IS NULL) = (copy IS NULL)),
    CHECK ((entry IS NULL) = (digest IS NULL))
) STRICT;

CREATE INDEX uploadByDigest ON upload (digest, host, access) WHERE digest IS NOT NULL;

CREATE INDEX uploadServed ON upload (expiresAt, host) WHERE entry IS NOT NULL AND (lostBy IS NULL OR lostBy < entry);

CREATE INDEX uploadBySource ON upload (source, copy) WHERE source IS NOT NULL;

-- What `stats` and `cost` say of everything, kept while rows change; a fold in bulk makes it at the end. Only whole numbers are summed, so that the
-- order of arrival does not matter: what was billed is told apart by its units.
CREATE TABLE assetTally (
    format TEXT NOT NULL,
    assets INTEGER NOT NULL,
    byteCount INTEGER NOT NULL,
    PRIMARY KEY (format)
) STRICT, WITHOUT ROWID;

CREATE TABLE runTally (
    day INTEGER NOT NULL,
    model INTEGER NOT NULL,
    host INTEGER NOT NULL,
    state TEXT NOT NULL,
    isSized INTEGER NOT NULL,
    units REAL NOT NULL,
    price REAL NOT NULL,
    unit INTEGER NOT NULL,
    currency INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    images INTEGER NOT NULL,
    pixels INTEGER NOT NULL,
    outputs INTEGER NOT NULL,
    outputPixels INTEGER NOT NULL,
    PRIMARY KEY (day, model, host, state, isSized, units, price, unit, currency)
) STRICT, WITHOUT ROWID;

CREATE VIEW currentRunTally AS
SELECT plannedAt / 86400000 AS day, model, host, state, plannedWidth IS NOT NULL AS isSized,
       coalesce(billedUnits, -1.0) AS units, coalesce(billedPrice, -1.0) AS price, coalesce(billedUnit, 0) AS unit,
       coalesce(billedCurrency, 0) AS currency, count(*) AS runs, sum(coalesce(plannedImages, 1)) AS images,
       sum(coalesce(plannedWidth * plannedHeight, 0) * coalesce(plannedImages, 1)) AS pixels,
       sum(outputCount) AS outputs, sum(outputPixels) AS outputPixels
FROM generation
WHERE plannedBy IS NOT NULL AND (state IN ('sending', 'submitted', 'finished') OR billedBy IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

CREATE TRIGGER runTallyInserted AFTER INSERT ON generation BEGIN
    INSERT INTO runTally (day, model, host, state, isSized, units, price, unit, currency, runs, images, pixels, outputs, outputPixels)
    SELECT NEW.plannedAt / 86400000, NEW.model, NEW.host, NEW.state, NEW.plannedWidth IS NOT NULL, coalesce(NEW.billedUnits, -1.0),
            coalesce(NEW.billedPrice, -1.0), coalesce(NEW.billedUnit, 0), coalesce(NEW.billedCurrency, 0), 1, coalesce(NEW.plannedImages, 1),
            coalesce(NEW.plannedWidth * NEW.plannedHeight, 0) * coalesce(NEW.plannedImages, 1), NEW.outputCount, NEW.outputPixels WHERE NEW.plannedBy IS NOT NULL AND (NEW.state IN ('sending', 'submitted', 'finished') OR NEW.billedBy IS NOT NULL)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs, images = images + excluded.images, pixels = pixels + excluded.pixels,
        outputs = outputs + excluded.outputs, outputPixels = outputPixels + excluded.outputPixels;
END;

CREATE TRIGGER runTallyUpdated AFTER UPDATE ON generation
WHEN OLD.plannedBy IS NOT NULL AND (OLD.state IN ('sending', 'submitted', 'finished') OR OLD.billedBy IS NOT NULL) OR NEW.plannedBy IS NOT NULL AND (NEW.state IN ('sending', 'submitted', 'finished') OR NEW.billedBy IS NOT NULL)
BEGIN
    INSERT INTO runTally (day, model, host, state, isSized, units, price, unit, currency, runs, images, pixels, outputs, outputPixels)
    SELECT OLD.plannedAt / 86400000, OLD.model, OLD.host, OLD.state, OLD.plannedWidth IS NOT NULL, coalesce(OLD.billedUnits, -1.0),
            coalesce(OLD.billedPrice, -1.0), coalesce(OLD.billedUnit, 0), coalesce(OLD.billedCurrency, 0), -1, -coalesce(OLD.plannedImages, 1),
            -coalesce(OLD.plannedWidth * OLD.plannedHeight, 0) * coalesce(OLD.plannedImages, 1), -OLD.outputCount, -OLD.outputPixels WHERE OLD.plannedBy IS NOT NULL AND (OLD.state IN ('sending', 'submitted', 'finished') OR OLD.billedBy IS NOT NULL)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs, images = images + excluded.images, pixels = pixels + excluded.pixels,
        outputs = outputs + excluded.outputs, outputPixels = outputPixels + excluded.outputPixels;
    INSERT INTO runTally (day, model, host, state, isSized, units, price, unit, currency, runs, images, pixels, outputs, outputPixels)
    SELECT NEW.plannedAt / 86400000, NEW.model, NEW.host, NEW.state, NEW.plannedWidth IS NOT NULL, coalesce(NEW.billedUnits, -1.0),
            coalesce(NEW.billedPrice, -1.0), coalesce(NEW.billedUnit, 0), coalesce(NEW.billedCurrency, 0), 1, coalesce(NEW.plannedImages, 1),
            coalesce(NEW.plannedWidth * NEW.plannedHeight, 0) * coalesce(NEW.plannedImages, 1), NEW.outputCount, NEW.outputPixels WHERE NEW.plannedBy IS NOT NULL AND (NEW.state IN ('sending', 'submitted', 'finished') OR NEW.billedBy IS NOT NULL)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs, images = images + excluded.images, pixels = pixels + excluded.pixels,
        outputs = outputs + excluded.outputs, outputPixels = outputPixels + excluded.outputPixels;
    DELETE FROM runTally WHERE runs = 0 AND day = OLD.plannedAt / 86400000;
END;

CREATE TRIGGER assetTallyInserted AFTER INSERT ON asset WHEN NEW.addedAt IS NOT NULL BEGIN
    INSERT INTO assetTally (format, assets, byteCount)
    VALUES (coalesce(NEW.format, ''), 1, coalesce(NEW.byteCount, 0))
    ON CONFLICT DO UPDATE SET assets = assets + 1, byteCount = byteCount + excluded.byteCount;
END;

CREATE TRIGGER assetTallyUpdated AFTER UPDATE OF format, byteCount, addedAt ON asset
WHEN OLD.addedAt IS NOT NULL OR NEW.addedAt IS NOT NULL
BEGIN
    UPDATE assetTally SET assets = assets - 1, byteCount = byteCount - coalesce(OLD.byteCount, 0)
    WHERE format = coalesce(OLD.format, '') AND OLD.addedAt IS NOT NULL;
    INSERT INTO assetTally (format, assets, byteCount)
    SELECT coalesce(NEW.format, ''), 1, coalesce(NEW.byteCount, 0) WHERE NEW.addedAt IS NOT NULL
    ON CONFLICT DO UPDATE SET assets = assets + 1, byteCount = byteCount + excluded.byteCount;
    DELETE FROM assetTally WHERE assets = 0;
END;

-- How many pictures have each tag, whether they are in the trash or not; tags in small ASCII letters.
CREATE TABLE tagTally (
    tag TEXT NOT NULL,
    assets INTEGER NOT NULL,
    PRIMARY KEY (tag)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tagTallyInserted AFTER INSERT ON assetTag WHEN NEW.isPresent = 1 BEGIN
    INSERT INTO tagTally (tag, assets) VALUES (lower(NEW.tag), 1) ON CONFLICT DO UPDATE SET assets = assets + 1;
END;

CREATE TRIGGER tagTallyUpdated AFTER UPDATE OF isPresent ON assetTag WHEN OLD.isPresent <> NEW.isPresent BEGIN
    INSERT INTO tagTally (tag, assets) VALUES (lower(NEW.tag), NEW.isPresent - OLD.isPresent)
    ON CONFLICT DO UPDATE SET assets = assets + excluded.assets;
    DELETE FROM tagTally WHERE tag = lower(NEW.tag) AND assets = 0;
END;

CREATE TRIGGER tagTallyDeleted AFTER DELETE ON assetTag WHEN OLD.isPresent = 1 BEGIN
    UPDATE tagTally SET assets = assets - 1 WHERE tag = lower(OLD.tag);
    DELETE FROM tagTally WHERE tag = lower(OLD.tag) AND assets = 0;
END;

-- One thing that a search can answer with. Size is as seen; `promptKey` names the prompt of the run that made it, for telling equal ones.
CREATE TABLE searchItem (
    id INTEGER PRIMARY KEY,
    tie INTEGER NOT NULL,
    asset INTEGER NOT NULL REFERENCES asset (id),
    generation INTEGER REFERENCES generation (id),
    position INTEGER CHECK (position >= 0),
    seed INTEGER,
    createdAt INTEGER NOT NULL,
    rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
    isFavourite INTEGER NOT NULL DEFAULT 0 CHECK (isFavourite IN (0, 1)),
    isTrashed INTEGER NOT NULL DEFAULT 0 CHECK (isTrashed IN (0, 1)),
    width INTEGER,
    height INTEGER,
    format TEXT,
    model INTEGER REFERENCES word (id),
    promptKey INTEGER CHECK (promptKey <> 0),
    CHECK ((generation IS NULL) = (position IS NULL))
) STRICT;

-- How many items there are of each kind, so that no one counts a million.
CREATE TABLE itemTally (
    isImported INTEGER NOT NULL,
    isFavourite INTEGER NOT NULL,
    isTrashed INTEGER NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (isImported, isFavourite, isTrashed)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER itemTallyInserted AFTER INSERT ON searchItem BEGIN
    INSERT INTO itemTally (isImported, isFavourite, isTrashed, items)
    VALUES (NEW.generation IS NULL, NEW.isFavourite, NEW.isTrashed, 1) ON CONFLICT DO UPDATE SET items = items + 1;
END;

CREATE TRIGGER itemTallyUpdated AFTER UPDATE OF isFavourite, isTrashed ON searchItem
WHEN OLD.isFavourite <> NEW.isFavourite OR OLD.isTrashed <> NEW.isTrashed
BEGIN
    INSERT INTO itemTally (isImported, isFavourite, isTrashed, items)
    VALUES (NEW.generation IS NULL, NEW.isFavourite, NEW.isTrashed, 1) ON CONFLICT DO UPDATE SET items = items + 1;
    UPDATE itemTally SET items = items - 1
    WHERE isImported = (OLD.generation IS NULL) AND isFavourite = OLD.isFavourite AND isTrashed = OLD.isTrashed;
    DELETE FROM itemTally WHERE items = 0;
END;

CREATE TRIGGER itemTallyDeleted AFTER DELETE ON searchItem BEGIN
    UPDATE itemTally SET items = items - 1
    WHERE isImported = (OLD.generation IS NULL) AND isFavourite = OLD.isFavourite AND isTrashed = OLD.isTrashed;
    DELETE FROM itemTally WHERE items = 0;
END;

CREATE INDEX searchItemByAsset ON searchItem (asset);

CREATE INDEX searchItemBySeed ON searchItem (seed) WHERE seed IS NOT NULL;

CREATE INDEX searchItemBySize ON searchItem (width * height);

CREATE INDEX searchItemByModel ON searchItem (model) WHERE model IS NOT NULL;

CREATE INDEX searchItemByRating ON searchItem (rating) WHERE rating > 0;

CREATE INDEX searchItemFavourite ON searchItem (id) WHERE isFavourite = 1;

CREATE INDEX searchItemTrashed ON searchItem (id) WHERE isTrashed = 1;

CREATE INDEX searchItemImported ON searchItem (id) WHERE generation IS NULL;

-- Items whose id is not their time, as when a machine's clock stood wrong.
CREATE INDEX searchItemAstray ON searchItem (createdAt)
    WHERE abs(createdAt - 1577836800000 - (id >> 22)) > 1000;

CREATE TABLE assetText (
    asset INTEGER PRIMARY KEY REFERENCES asset (id),
    prompt TEXT NOT NULL,
    names TEXT NOT NULL,
    tags TEXT NOT NULL,
    more TEXT NOT NULL,
    notes TEXT NOT NULL
) STRICT;

CREATE VIEW searchText AS
SELECT searchItem.id AS id,
       CASE WHEN searchItem.generation IS NULL THEN coalesce(assetText.prompt, '')
            ELSE coalesce(generation.prompt, '') END AS prompt,
       coalesce(assetText.names, '') AS names,
       coalesce(assetText.tags, '') AS tags,
       CASE WHEN searchItem.generation IS NULL THEN coalesce(assetText.more, '') ELSE '' END AS more,
       coalesce(assetText.notes, '') || CASE WHEN searchItem.generation IS NULL THEN '' ELSE
           coalesce((SELECT char(10) || group_concat(value, char(10)) FROM register
                     WHERE field IN ('title', 'note') AND asset = 0 AND register.generation = searchItem.generation
                           AND namedSet = 0), '') END AS notes
FROM searchItem
LEFT JOIN generation ON generation.id = searchItem.generation
LEFT JOIN assetText ON assetText.asset = searchItem.asset;

CREATE VIEW currentAssetText AS
SELECT asset.id AS asset,
       coalesce(recipe.prompt, '') AS prompt,
       coalesce((SELECT group_concat(name, char(10))
                 FROM (SELECT DISTINCT replace(path, rtrim(path, replace(path, '/', '')), '') AS name
                       FROM origin WHERE origin.asset = asset.id ORDER BY path)), '') AS names,
       coalesce((SELECT group_concat(tag, char(10))
                 FROM (SELECT tag FROM assetTag
                       WHERE assetTag.asset = asset.id AND isPresent = 1 ORDER BY tag)), '') AS tags,
       trim(coalesce((SELECT group_concat(value, char(10)) FROM json_each(recipe.otherPrompts)), '') || char(10)
            || coalesce(asset.unread, ''), char(10)) AS more,
       trim(coalesce((SELECT group_concat(value, char(10)) FROM register
                      WHERE field IN ('title', 'note') AND register.asset = asset.id AND generation = 0
                            AND namedSet = 0), '') || char(10)
            || coalesce(asset.note, ''), char(10)) AS notes
FROM asset
LEFT JOIN recipe ON recipe.asset = asset.id;

-- The words of searchIndex, and how many items had each when they were counted. More than there are, never fewer.
CREATE TABLE searchWord (
    text TEXT PRIMARY KEY,
    itemCount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE searchIndex USING fts5 (
    prompt, names, tags, more, notes,
    content = 'searchText', content_rowid = 'id',
    tokenize = 'words 1', columnsize = 0
);
