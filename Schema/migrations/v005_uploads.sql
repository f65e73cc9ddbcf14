-- Where our bytes are on other people's machines. A claim is the right to perform one upload until its lease ends; it
-- is no fact, lives only here, and losing it costs time, not data.

CREATE TABLE upload (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    host TEXT NOT NULL,
    access TEXT NOT NULL CHECK (access IN ('public')),
    url TEXT NOT NULL UNIQUE CHECK (length(url) >= 1),
    byteCount INTEGER NOT NULL CHECK (byteCount >= 1),
    uploadedAt INTEGER NOT NULL,
    expiresAt INTEGER,
    lostAt INTEGER
) STRICT;

CREATE INDEX uploadByDigest ON upload (digest, host, access);

CREATE TABLE uploadClaim (
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    host TEXT NOT NULL,
    access TEXT NOT NULL,
    nonce TEXT NOT NULL,
    claimedUntil INTEGER NOT NULL,
    PRIMARY KEY (digest, host, access)
) STRICT, WITHOUT ROWID;
