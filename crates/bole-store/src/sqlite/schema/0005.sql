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

-- What recruiters note. Resumes are named by their hash and belong to no other table: by it they are found when a person
-- is to be forgotten.
CREATE TABLE decision (
    number  INTEGER PRIMARY KEY,
    resume  BLOB NOT NULL CONSTRAINT decision_resume_size CHECK (length(resume) = 32),
    profile TEXT NOT NULL CONSTRAINT decision_profile_size CHECK (octet_length(profile) <= 200),
    choice  TEXT NOT NULL CONSTRAINT decision_choice CHECK (choice IN ('advance', 'hold', 'decline', 'open')),
    author  TEXT NOT NULL CONSTRAINT decision_author_size CHECK (octet_length(author) <= 200),
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX decision_resume ON decision (resume, number);

CREATE TABLE note (
    number INTEGER PRIMARY KEY,
    id     BLOB NOT NULL UNIQUE CONSTRAINT note_id_size CHECK (length(id) = 16),
    resume BLOB NOT NULL CONSTRAINT note_resume_size CHECK (length(resume) = 32),
    text   TEXT NOT NULL CONSTRAINT note_size CHECK (octet_length(text) <= 16384),
    author TEXT NOT NULL CONSTRAINT note_author_size CHECK (octet_length(author) <= 200),
    at     INTEGER NOT NULL
) STRICT;

CREATE INDEX note_resume ON note (resume, number);

CREATE TABLE shortlist (
    id         BLOB PRIMARY KEY NOT NULL CONSTRAINT shortlist_id_size CHECK (length(id) = 16),
    name       TEXT NOT NULL CONSTRAINT shortlist_name_size CHECK (octet_length(name) <= 200),
    profile    TEXT NOT NULL CONSTRAINT shortlist_profile_size CHECK (octet_length(profile) <= 200),
    field      TEXT NOT NULL CONSTRAINT shortlist_field_size CHECK (octet_length(field) <= 200),
    author     TEXT NOT NULL CONSTRAINT shortlist_author_size CHECK (octet_length(author) <= 200),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX shortlist_time ON shortlist (created_at, id);

CREATE TABLE shortlist_entry (
    shortlist BLOB NOT NULL REFERENCES shortlist (id) ON DELETE CASCADE,
    resume    BLOB NOT NULL CONSTRAINT entry_resume_size CHECK (length(resume) = 32),
    -- When the resume was first put there, by which the list is ordered.
    first_at  INTEGER NOT NULL,
    run       TEXT CONSTRAINT entry_run_size CHECK (octet_length(run) = 16),
    place     INTEGER,
    score     INTEGER,
    author    TEXT NOT NULL CONSTRAINT entry_author_size CHECK (octet_length(author) <= 200),
    at        INTEGER NOT NULL,
    PRIMARY KEY (shortlist, resume)
) STRICT, WITHOUT ROWID;

CREATE INDEX shortlist_entry_resume ON shortlist_entry (resume);

-- A portal's submissions in one state, page by page.
CREATE INDEX submission_listed ON submission (portal, state, message_id) WHERE state <> 'accepting';
