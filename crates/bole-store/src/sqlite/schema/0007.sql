-- Sessions of the console. Of the token only the hash.
CREATE TABLE sessions (
    token      BLOB PRIMARY KEY NOT NULL CONSTRAINT session_token_size CHECK (length(token) = 32),
    -- The key that was shown; none on the machine itself.
    key        BLOB CONSTRAINT session_key_size CHECK (length(key) = 8),
    blind      INTEGER NOT NULL,
    began_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_end ON sessions (expires_at);
