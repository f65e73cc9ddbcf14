-- Uploads under way: no facts. Losing this file costs time, not data.

CREATE TABLE IF NOT EXISTS uploadClaim (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    copy TEXT NOT NULL,
    host TEXT NOT NULL,
    access TEXT NOT NULL,
    lifetime TEXT NOT NULL,
    nonce TEXT NOT NULL,
    claimedUntil INTEGER NOT NULL,
    PRIMARY KEY (digest, copy, host, access, lifetime)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS partialUpload (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    host TEXT NOT NULL,
    access TEXT NOT NULL,
    lifetime TEXT NOT NULL,
    state TEXT NOT NULL CHECK (length(state) >= 1),
    changedAt INTEGER NOT NULL,
    PRIMARY KEY (digest, host, access, lifetime)
) STRICT, WITHOUT ROWID;
