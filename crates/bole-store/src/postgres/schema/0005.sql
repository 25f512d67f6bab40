-- Who may do what. Of the secret only the hash.
CREATE TABLE api_key (
    id         BYTEA PRIMARY KEY CONSTRAINT key_id_size CHECK (octet_length(id) = 8),
    name       TEXT COLLATE "C" NOT NULL CONSTRAINT key_name_size CHECK (octet_length(name) <= 200),
    role       TEXT COLLATE "C" NOT NULL CONSTRAINT key_role CHECK (role IN ('portal', 'recruiter', 'ops', 'admin')),
    portal     TEXT COLLATE "C" CONSTRAINT key_portal CHECK ((role = 'portal') = (portal IS NOT NULL)),
    -- Names, sorted, as a JSON array; none for all.
    fields     TEXT COLLATE "C"
        CONSTRAINT key_fields CHECK (fields IS NULL OR role = 'recruiter' AND octet_length(fields) <= 65536),
    secret     BYTEA NOT NULL CONSTRAINT key_secret_size CHECK (octet_length(secret) = 32),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

-- Each entry's hash is over the hash of the one before and its own record.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    record TEXT COLLATE "C" NOT NULL CONSTRAINT audit_record_size CHECK (octet_length(record) <= 65536),
    hash   BYTEA NOT NULL CONSTRAINT audit_hash_size CHECK (octet_length(hash) = 32)
);

-- The personal text of entries, apart, so that it can be deleted and the chain still holds.
CREATE TABLE audit_text (
    number BIGINT PRIMARY KEY REFERENCES audit (number),
    salt   BYTEA NOT NULL CONSTRAINT audit_salt_size CHECK (octet_length(salt) = 16),
    text   TEXT COLLATE "C" NOT NULL CONSTRAINT audit_text_size CHECK (octet_length(text) <= 65536)
);
