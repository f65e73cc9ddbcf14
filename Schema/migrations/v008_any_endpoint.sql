-- Runs of endpoints that nobody has described: what size comes back is not known beforehand, and what comes back may be no
-- picture. And how a request was to be handed to the queue.

ALTER TABLE generation RENAME COLUMN plannedWidth TO formerWidth;
ALTER TABLE generation RENAME COLUMN plannedHeight TO formerHeight;
ALTER TABLE generation ADD COLUMN plannedWidth INTEGER CHECK (plannedWidth >= 1);
ALTER TABLE generation ADD COLUMN plannedHeight INTEGER
    CHECK (plannedHeight >= 1) CHECK ((plannedWidth IS NULL) = (plannedHeight IS NULL));
UPDATE generation SET plannedWidth = formerWidth, plannedHeight = formerHeight;
ALTER TABLE generation DROP COLUMN formerWidth;
ALTER TABLE generation DROP COLUMN formerHeight;

ALTER TABLE generation ADD COLUMN terms TEXT CHECK (terms IS NULL OR json_valid(terms));

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
