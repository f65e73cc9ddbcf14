-- The ledger says more: for whom and how long an upload was asked to live, why its end is believed, when it was last found,
-- and of which asset it is a copy. What was written before knew only public links and the account's own lifetime.

DROP INDEX uploadByDigest;
ALTER TABLE upload RENAME TO uploadBefore;

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

INSERT INTO upload (id, digest, host, access, url, byteCount, uploadedAt, lifetime, expiresAt, expiryBasis, lostAt)
SELECT id, digest, host, access, url, byteCount, uploadedAt, 'default', expiresAt,
       iif(expiresAt IS NULL, 'account_default', 'unknown'), lostAt
FROM uploadBefore;

DROP TABLE uploadBefore;

CREATE INDEX uploadByDigest ON upload (digest, host, access);
CREATE INDEX uploadBySource ON upload (source, copy) WHERE source IS NOT NULL;

-- Claims are no facts; nothing is lost with them.
DROP TABLE uploadClaim;

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

-- How the references of a generation are to be sent; no rows when as they are, for everybody, for the account's own time.
CREATE TABLE plannedUpload (
    generation INTEGER NOT NULL REFERENCES generation (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    copy TEXT CHECK (length(copy) >= 1),
    access TEXT NOT NULL CHECK (access IN ('public', 'private')),
    lifetime TEXT NOT NULL CHECK (length(lifetime) >= 1),
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;
