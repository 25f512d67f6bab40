-- Documents, submissions and all that hangs on them. Numbers instead of hashes join the tables, so that new rows go
-- to the end of each tree and a commit writes few pages. Text sorts by its bytes, as everywhere else.

-- How many migrations these tables have seen; one row.
CREATE TABLE bole_schema (
    version BIGINT NOT NULL
);

INSERT INTO bole_schema (version) VALUES (0);

CREATE TABLE document (
    number      BIGINT PRIMARY KEY,
    id          BYTEA NOT NULL UNIQUE CONSTRAINT document_id_size CHECK (octet_length(id) = 32),
    -- The submission by which its content was decided; none as long as only messages were at fault.
    first       BIGINT,
    -- The earliest date of all its submissions, as year * 10000 + month * 100 + day; none before the first is decided.
    as_of       BIGINT,
    -- Whether that date comes from a message that kept the contract.
    as_of_sound BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE submission (
    number        BIGINT PRIMARY KEY,
    portal        TEXT COLLATE "C" NOT NULL CONSTRAINT portal_size CHECK (octet_length(portal) BETWEEN 1 AND 63),
    message_id    TEXT COLLATE "C" NOT NULL CONSTRAINT message_id_size CHECK (octet_length(message_id) BETWEEN 1 AND 255),
    document      BIGINT NOT NULL REFERENCES document (number),
    state         TEXT COLLATE "C" NOT NULL,
    reason        TEXT COLLATE "C" NOT NULL,
    detail        TEXT COLLATE "C" CONSTRAINT detail_size CHECK (octet_length(detail) <= 4096),
    attempt       BIGINT NOT NULL CONSTRAINT attempt_range CHECK (attempt > 0),
    duplicate_of  BIGINT REFERENCES submission (number),
    document_date BIGINT NOT NULL,
    source_name   TEXT COLLATE "C" CONSTRAINT source_name_size CHECK (octet_length(source_name) <= 4096),
    candidate_ref TEXT COLLATE "C" CONSTRAINT candidate_ref_size CHECK (octet_length(candidate_ref) <= 4096),
    field         TEXT COLLATE "C" CONSTRAINT field_size CHECK (octet_length(field) <= 4096),
    consent       TEXT COLLATE "C" CONSTRAINT consent_size CHECK (octet_length(consent) <= 4096),
    -- Microseconds since 1970, as all times.
    received_at   BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    UNIQUE (portal, message_id),
    CONSTRAINT duplicate_link CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
);

ALTER TABLE document ADD CONSTRAINT document_first
    FOREIGN KEY (first) REFERENCES submission (number) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX submission_document ON submission (document, portal, message_id);
CREATE INDEX submission_state ON submission (portal, state, reason);
CREATE INDEX submission_queued ON submission (changed_at) WHERE state = 'queued';
-- A path may be longer than what a tree takes for a key.
CREATE INDEX submission_source ON submission USING hash (source_name) WHERE source_name IS NOT NULL;
CREATE INDEX submission_duplicate ON submission (duplicate_of) WHERE duplicate_of IS NOT NULL;

CREATE VIEW submission_record AS
SELECT
    s.number, s.document, s.portal, s.message_id, s.state, s.reason, s.detail, s.attempt, s.duplicate_of,
    s.document_date, s.source_name, s.candidate_ref, s.field, s.consent, s.received_at, s.changed_at,
    d.id AS document_id, f.portal AS first_portal, f.message_id AS first_message_id
FROM submission s
JOIN document d ON d.number = s.document
LEFT JOIN submission f ON f.number = s.duplicate_of;

CREATE TABLE transition (
    submission BIGINT NOT NULL REFERENCES submission (number),
    sequence   BIGINT NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    attempt    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (submission, sequence)
);

-- Counted when a submission first leaves `accepting`, apart from the rows of `submission`, so that the law can fail.
CREATE TABLE ledger (
    portal   TEXT COLLATE "C" PRIMARY KEY,
    received BIGINT NOT NULL
);

CREATE TABLE change (
    position BIGINT PRIMARY KEY,
    at       BIGINT NOT NULL,
    event    TEXT COLLATE "C" NOT NULL
);

CREATE TABLE original (
    document BIGINT PRIMARY KEY REFERENCES document (number),
    bytes    BYTEA NOT NULL CONSTRAINT original_size CHECK (octet_length(bytes) <= 16777216)
);

-- Outside the row and as it is: a file that is packed already would only be packed in vain.
ALTER TABLE original ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE reading (
    document BIGINT NOT NULL REFERENCES document (number),
    reader   BIGINT NOT NULL,
    bytes    BYTEA NOT NULL CONSTRAINT reading_size CHECK (octet_length(bytes) <= 16777216),
    PRIMARY KEY (document, reader)
);

ALTER TABLE reading ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE evidence (
    lexicon  BYTEA NOT NULL CONSTRAINT lexicon_size CHECK (octet_length(lexicon) = 32),
    document BIGINT NOT NULL REFERENCES document (number),
    reader   BIGINT NOT NULL,
    bytes    BYTEA NOT NULL CONSTRAINT evidence_size CHECK (octet_length(bytes) <= 16777216),
    PRIMARY KEY (lexicon, document, reader)
);

CREATE TABLE artifact (
    kind TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL CONSTRAINT artifact_hash_size CHECK (octet_length(hash) = 32),
    text TEXT COLLATE "C" NOT NULL CONSTRAINT artifact_size CHECK (octet_length(text) <= 16777216),
    PRIMARY KEY (kind, hash)
);

-- What tells that two documents are of one person. The order of the key makes the first and the last name under
-- which a contact is seen one search each.
CREATE TABLE contact (
    contact  TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    document BIGINT NOT NULL REFERENCES document (number),
    PRIMARY KEY (contact, name, document)
);

CREATE INDEX contact_document ON contact (document);

CREATE TABLE candidate (
    portal        TEXT COLLATE "C" NOT NULL,
    candidate_ref TEXT COLLATE "C" NOT NULL,
    document      BIGINT NOT NULL REFERENCES document (number),
    PRIMARY KEY (portal, candidate_ref, document)
);

CREATE INDEX candidate_document ON candidate (document);

-- Where a document stood from one position of the change log up to, and without, another.
CREATE TABLE standing (
    document      BIGINT NOT NULL REFERENCES document (number),
    from_position BIGINT NOT NULL,
    to_position   BIGINT,
    as_of         BIGINT NOT NULL,
    reason        TEXT COLLATE "C",
    reader        BIGINT,
    person        BYTEA CONSTRAINT person_size CHECK (octet_length(person) = 16),
    PRIMARY KEY (document, from_position),
    CONSTRAINT standing_condition CHECK ((reason IS NULL) = (reader IS NOT NULL) AND (reader IS NULL) = (person IS NULL))
);

CREATE UNIQUE INDEX standing_now ON standing (document) WHERE to_position IS NULL;
CREATE INDEX standing_person ON standing (person) WHERE to_position IS NULL AND person IS NOT NULL;
