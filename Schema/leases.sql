-- What is on its way: uploads, and requests of runs. No facts: losing this file costs time, not data.

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

-- Runs whose requests are being sent: until fal has answered, no other process may offer to pay for them again.
CREATE TABLE IF NOT EXISTS runClaim (
    run TEXT NOT NULL CHECK (length(run) >= 1),
    nonce TEXT NOT NULL,
    claimedUntil INTEGER NOT NULL,
    PRIMARY KEY (run, nonce)
) STRICT, WITHOUT ROWID;
