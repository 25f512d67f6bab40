-- Portals whose messages are consumed.
CREATE TABLE portal (
    name      TEXT PRIMARY KEY CONSTRAINT portal_name_size CHECK (octet_length(name) BETWEEN 1 AND 63),
    is_paused INTEGER NOT NULL,
    added_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each follower of the change log is, and who follows for it until when.
CREATE TABLE follower (
    name       TEXT PRIMARY KEY CONSTRAINT follower_name_size CHECK (octet_length(name) BETWEEN 1 AND 255),
    position   INTEGER NOT NULL,
    holder     BLOB CONSTRAINT holder_size CHECK (length(holder) = 16),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE submission ADD COLUMN traceparent TEXT CONSTRAINT traceparent_size CHECK (octet_length(traceparent) <= 4096);

DROP VIEW submission_record;

-- One table under the hood, so that it is searched by the indices of `submission`.
CREATE VIEW submission_record AS
SELECT
    number, document, portal, message_id, state, reason, detail, attempt, duplicate_of, document_date, source_name,
    candidate_ref, field, consent, received_at, changed_at,
    (SELECT id FROM document WHERE document.number = submission.document) AS document_id,
    (SELECT portal FROM submission AS first WHERE first.number = submission.duplicate_of) AS first_portal,
    (SELECT message_id FROM submission AS first WHERE first.number = submission.duplicate_of) AS first_message_id,
    traceparent
FROM submission;

CREATE INDEX submission_quarantined ON submission (portal, message_id) WHERE state = 'quarantined';

-- Replayed submissions that the queue still has to be given.
CREATE TABLE publication (
    submission INTEGER PRIMARY KEY REFERENCES submission (number),
    -- A publisher has taken it up since it was last replayed.
    is_taken   INTEGER NOT NULL
) STRICT;

-- By the hash, so that bytes can be kept before it is known which number their document has.
ALTER TABLE original RENAME TO original_by_number;

CREATE TABLE original (
    document BLOB PRIMARY KEY NOT NULL CONSTRAINT original_document_size CHECK (length(document) = 32),
    bytes    BLOB NOT NULL CONSTRAINT original_size CHECK (length(bytes) <= 16777216)
) STRICT;

INSERT INTO original (document, bytes)
SELECT d.id, o.bytes FROM original_by_number o JOIN document d ON d.number = o.document ORDER BY o.document;

DROP TABLE original_by_number;
