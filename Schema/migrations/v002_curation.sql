-- What a person said about assets. A row stays when a tag or a member is taken away, with the entry that did it, so
-- that the last writer wins in whatever order entries arrive.

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
