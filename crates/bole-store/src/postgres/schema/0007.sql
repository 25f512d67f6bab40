-- Sessions of the console. Of the token only the hash.
CREATE TABLE sessions (
    token      BYTEA PRIMARY KEY CONSTRAINT session_token_size CHECK (octet_length(token) = 32),
    -- The key that was shown; none on the machine itself.
    key        BYTEA CONSTRAINT session_key_size CHECK (octet_length(key) = 8),
    blind      BIGINT NOT NULL,
    began_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_end ON sessions (expires_at);
