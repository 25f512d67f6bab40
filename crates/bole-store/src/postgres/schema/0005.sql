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

-- What recruiters note. Resumes are named by their hash and belong to no other table: by it they are found when a person
-- is to be forgotten.
CREATE TABLE decision (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resume  BYTEA NOT NULL CONSTRAINT decision_resume_size CHECK (octet_length(resume) = 32),
    profile TEXT COLLATE "C" NOT NULL CONSTRAINT decision_profile_size CHECK (octet_length(profile) <= 200),
    choice  TEXT COLLATE "C" NOT NULL CONSTRAINT decision_choice CHECK (choice IN ('advance', 'hold', 'decline', 'open')),
    author  TEXT COLLATE "C" NOT NULL CONSTRAINT decision_author_size CHECK (octet_length(author) <= 200),
    at      BIGINT NOT NULL
);

CREATE INDEX decision_resume ON decision (resume, number);

CREATE TABLE note (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id     BYTEA NOT NULL UNIQUE CONSTRAINT note_id_size CHECK (octet_length(id) = 16),
    resume BYTEA NOT NULL CONSTRAINT note_resume_size CHECK (octet_length(resume) = 32),
    text   TEXT COLLATE "C" NOT NULL CONSTRAINT note_size CHECK (octet_length(text) <= 16384),
    author TEXT COLLATE "C" NOT NULL CONSTRAINT note_author_size CHECK (octet_length(author) <= 200),
    at     BIGINT NOT NULL
);

CREATE INDEX note_resume ON note (resume, number);

CREATE TABLE shortlist (
    id         BYTEA PRIMARY KEY NOT NULL CONSTRAINT shortlist_id_size CHECK (octet_length(id) = 16),
    name       TEXT COLLATE "C" NOT NULL CONSTRAINT shortlist_name_size CHECK (octet_length(name) <= 200),
    profile    TEXT COLLATE "C" NOT NULL CONSTRAINT shortlist_profile_size CHECK (octet_length(profile) <= 200),
    field      TEXT COLLATE "C" NOT NULL CONSTRAINT shortlist_field_size CHECK (octet_length(field) <= 200),
    author     TEXT COLLATE "C" NOT NULL CONSTRAINT shortlist_author_size CHECK (octet_length(author) <= 200),
    created_at BIGINT NOT NULL
);

CREATE INDEX shortlist_time ON shortlist (created_at, id);

CREATE TABLE shortlist_entry (
    shortlist BYTEA NOT NULL REFERENCES shortlist (id) ON DELETE CASCADE,
    resume    BYTEA NOT NULL CONSTRAINT entry_resume_size CHECK (octet_length(resume) = 32),
    -- When the resume was first put there, by which the list is ordered.
    first_at  BIGINT NOT NULL,
    run       TEXT COLLATE "C" CONSTRAINT entry_run_size CHECK (octet_length(run) = 16),
    place     BIGINT,
    score     BIGINT,
    author    TEXT COLLATE "C" NOT NULL CONSTRAINT entry_author_size CHECK (octet_length(author) <= 200),
    at        BIGINT NOT NULL,
    PRIMARY KEY (shortlist, resume)
);

CREATE INDEX shortlist_entry_resume ON shortlist_entry (resume);

-- A portal's submissions in one state, page by page.
CREATE INDEX submission_listed ON submission (portal, state, message_id) WHERE state <> 'accepting';
