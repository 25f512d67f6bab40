-- Documents, submissions and all that hangs on them. Numbers instead of hashes join the tables, so that new rows go
-- to the end of each tree and a commit writes few pages.

CREATE TABLE document (
    number      INTEGER PRIMARY KEY,
    id          BLOB NOT NULL UNIQUE CONSTRAINT document_id_size CHECK (length(id) = 32),
    -- The submission by which its content was decided; none as long as only messages were at fault.
    first       INTEGER REFERENCES submission (number) DEFERRABLE INITIALLY DEFERRED,
    -- The earliest date of all its submissions, as year * 10000 + month * 100 + day; none before the first is decided.
    as_of       INTEGER,
    -- Whether that date comes from a message that kept the contract.
    as_of_sound INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE submission (
    number        INTEGER PRIMARY KEY,
    portal        TEXT NOT NULL CONSTRAINT portal_size CHECK (octet_length(portal) BETWEEN 1 AND 63),
    message_id    TEXT NOT NULL CONSTRAINT message_id_size CHECK (octet_length(message_id) BETWEEN 1 AND 255),
    document      INTEGER NOT NULL REFERENCES document (number),
    state         TEXT NOT NULL,
    reason        TEXT NOT NULL,
    detail        TEXT CONSTRAINT detail_size CHECK (octet_length(detail) <= 4096),
    attempt       INTEGER NOT NULL CONSTRAINT attempt_range CHECK (attempt > 0),
    duplicate_of  INTEGER REFERENCES submission (number),
    document_date INTEGER NOT NULL,
    source_name   TEXT CONSTRAINT source_name_size CHECK (octet_length(source_name) <= 4096),
    candidate_ref TEXT CONSTRAINT candidate_ref_size CHECK (octet_length(candidate_ref) <= 4096),
    field         TEXT CONSTRAINT field_size CHECK (octet_length(field) <= 4096),
    consent       TEXT CONSTRAINT consent_size CHECK (octet_length(consent) <= 4096),
    -- Microseconds since 1970, as all times.
    received_at   INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    UNIQUE (portal, message_id),
    CONSTRAINT duplicate_link CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT;

CREATE INDEX submission_document ON submission (document, portal, message_id);
CREATE INDEX submission_state ON submission (portal, state, reason);
CREATE INDEX submission_queued ON submission (changed_at) WHERE state = 'queued';
CREATE INDEX submission_source ON submission (source_name, received_at) WHERE source_name IS NOT NULL;
CREATE INDEX submission_duplicate ON submission (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- One table under the hood, so that it is searched by the indices of `submission`.
CREATE VIEW submission_record AS
SELECT
    number, document, portal, message_id, state, reason, detail, attempt, duplicate_of, document_date, source_name,
    candidate_ref, field, consent, received_at, changed_at,
    (SELECT id FROM document WHERE document.number = submission.document) AS document_id,
    (SELECT portal FROM submission AS first WHERE first.number = submission.duplicate_of) AS first_portal,
    (SELECT message_id FROM submission AS first WHERE first.number = submission.duplicate_of) AS first_message_id
FROM submission;

CREATE TABLE transition (
    submission INTEGER NOT NULL REFERENCES submission (number),
    sequence   INTEGER NOT NULL,
    state      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (submission, sequence)
) STRICT, WITHOUT ROWID;

-- Counted when a submission first leaves `accepting`, apart from the rows of `submission`, so that the law can fail.
CREATE TABLE ledger (
    portal   TEXT PRIMARY KEY,
    received INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    position INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    event    TEXT NOT NULL
) STRICT;

CREATE TABLE original (
    document INTEGER PRIMARY KEY REFERENCES document (number),
    bytes    BLOB NOT NULL CONSTRAINT original_size CHECK (length(bytes) <= 16777216)
) STRICT;

CREATE TABLE reading (
    document INTEGER NOT NULL REFERENCES document (number),
    reader   INTEGER NOT NULL,
    bytes    BLOB NOT NULL CONSTRAINT reading_size CHECK (length(bytes) <= 16777216),
    PRIMARY KEY (document, reader)
) STRICT;

CREATE TABLE evidence (
    lexicon  BLOB NOT NULL CONSTRAINT lexicon_size CHECK (length(lexicon) = 32),
    document INTEGER NOT NULL REFERENCES document (number),
    reader   INTEGER NOT NULL,
    bytes    BLOB NOT NULL CONSTRAINT evidence_size CHECK (length(bytes) <= 16777216),
    PRIMARY KEY (lexicon, document, reader)
) STRICT;

CREATE TABLE artifact (
    kind TEXT NOT NULL,
    hash BLOB NOT NULL CONSTRAINT artifact_hash_size CHECK (length(hash) = 32),
    text TEXT NOT NULL CONSTRAINT artifact_size CHECK (octet_length(text) <= 16777216),
    PRIMARY KEY (kind, hash)
) STRICT;

-- What tells that two documents are of one person. The order of the key makes the first and the last name under
-- which a contact is seen one search each.
CREATE TABLE contact (
    contact  TEXT NOT NULL,
    name     TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document (number),
    PRIMARY KEY (contact, name, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_document ON contact (document);

CREATE TABLE candidate (
    portal        TEXT NOT NULL,
    candidate_ref TEXT NOT NULL,
    document      INTEGER NOT NULL REFERENCES document (number),
    PRIMARY KEY (portal, candidate_ref, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX candidate_document ON candidate (document);

-- Where a document stood from one position of the change log up to, and without, another.
CREATE TABLE standing (
    document      INTEGER NOT NULL REFERENCES document (number),
    from_position INTEGER NOT NULL,
    to_position   INTEGER,
    as_of         INTEGER NOT NULL,
    reason        TEXT,
    reader        INTEGER,
    person        BLOB CONSTRAINT person_size CHECK (length(person) = 16),
    PRIMARY KEY (document, from_position),
    CONSTRAINT standing_condition CHECK ((reason IS NULL) = (reader IS NOT NULL) AND (reader IS NULL) = (person IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX standing_now ON standing (document) WHERE to_position IS NULL;
CREATE INDEX standing_person ON standing (person) WHERE to_position IS NULL AND person IS NOT NULL;
