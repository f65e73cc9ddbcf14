-- What a search can answer with, one narrow row each: an imported picture, or one output of a generation. Ids follow
-- the order of time, so that "newest first" is the id backwards.

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
