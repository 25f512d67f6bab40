-- Who may do what. Of the secret only the hash.
CREATE TABLE api_key (
    id         BLOB PRIMARY KEY NOT NULL CONSTRAINT key_id_size CHECK (length(id) = 8),
    name       TEXT NOT NULL CONSTRAINT key_name_size CHECK (octet_length(name) <= 200),
    role       TEXT NOT NULL CONSTRAINT key_role CHECK (role IN ('portal', 'recruiter', 'ops', 'admin')),
    portal     TEXT CONSTRAINT key_portal CHECK ((role = 'portal') = (portal IS NOT NULL)),
    -- Names, sorted, as a JSON array; none for all.
    fields     TEXT CONSTRAINT key_fields CHECK (fields IS NULL OR role = 'recruiter' AND octet_length(fields) <= 65536),
    secret     BLOB NOT NULL CONSTRAINT key_secret_size CHECK (length(secret) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- Each entry's hash is over the hash of the one before and its own record.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    record TEXT NOT NULL CONSTRAINT audit_record_size CHECK (octet_length(record) <= 65536),
    hash   BLOB NOT NULL CONSTRAINT audit_hash_size CHECK (length(hash) = 32)
) STRICT;

-- The personal text of entries, apart, so that it can be deleted and the chain still holds.
CREATE TABLE audit_text (
    number INTEGER PRIMARY KEY REFERENCES audit (number),
    salt   BLOB NOT NULL CONSTRAINT audit_salt_size CHECK (length(salt) = 16),
    text   TEXT NOT NULL CONSTRAINT audit_text_size CHECK (octet_length(text) <= 65536)
) STRICT;
