-- What makes two runs the same wish, and in what the answer differed from it. Both are derived from the rows that are
-- there already when this file is applied to an older catalog, by the same code that derives them from an entry.

ALTER TABLE generation ADD COLUMN recipeDigest BLOB CHECK (recipeDigest IS NULL OR length(recipeDigest) = 32);

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
