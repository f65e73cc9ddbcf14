-- How far an upload in parts has come, so that a restart sends only the rest. What the storage said about it is kept as
-- text that only the client of fal reads. No fact: losing it costs time, not data.

CREATE TABLE partialUpload (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    host TEXT NOT NULL,
    access TEXT NOT NULL,
    lifetime TEXT NOT NULL,
    state TEXT NOT NULL CHECK (length(state) >= 1),
    changedAt INTEGER NOT NULL,
    PRIMARY KEY (digest, host, access, lifetime)
) STRICT, WITHOUT ROWID;
