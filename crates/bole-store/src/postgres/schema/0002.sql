-- Portals whose messages are consumed.
CREATE TABLE portal (
    name      TEXT COLLATE "C" PRIMARY KEY CONSTRAINT portal_name_size CHECK (octet_length(name) BETWEEN 1 AND 63),
    is_paused BIGINT NOT NULL,
    added_at  BIGINT NOT NULL
);

-- How far each follower of the change log is, and who follows for it until when.
CREATE TABLE follower (
    name       TEXT COLLATE "C" PRIMARY KEY
        CONSTRAINT follower_name_size CHECK (octet_length(name) BETWEEN 1 AND 255),
    position   BIGINT NOT NULL,
    holder     BYTEA CONSTRAINT holder_size CHECK (octet_length(holder) = 16),
    expires_at BIGINT NOT NULL
);

ALTER TABLE submission ADD COLUMN traceparent TEXT COLLATE "C"
    CONSTRAINT traceparent_size CHECK (octet_length(traceparent) <= 4096);

CREATE OR REPLACE VIEW submission_record AS
SELECT
    s.number, s.document, s.portal, s.message_id, s.state, s.reason, s.detail, s.attempt, s.duplicate_of,
    s.document_date, s.source_name, s.candidate_ref, s.field, s.consent, s.received_at, s.changed_at,
    d.id AS document_id, f.portal AS first_portal, f.message_id AS first_message_id, s.traceparent
FROM submission s
JOIN document d ON d.number = s.document
LEFT JOIN submission f ON f.number = s.duplicate_of;

CREATE INDEX submission_quarantined ON submission (portal, message_id) WHERE state = 'quarantined';

-- Replayed submissions that the queue still has to be given.
CREATE TABLE publication (
    submission BIGINT PRIMARY KEY REFERENCES submission (number),
    -- A publisher has taken it up since it was last replayed.
    is_taken   BIGINT NOT NULL
);

-- By the hash, so that bytes can be kept before it is known which number their document has. What lies outside the rows
-- is not touched.
ALTER TABLE original ADD COLUMN hash BYTEA;

UPDATE original SET hash = d.id FROM document d WHERE d.number = original.document;

ALTER TABLE original DROP COLUMN document;

ALTER TABLE original RENAME COLUMN hash TO document;

ALTER TABLE original
    ADD PRIMARY KEY (document),
    ADD CONSTRAINT original_document_size CHECK (octet_length(document) = 32);

-- Packed already; and what is found in a resume of usual length fits in its row, which spares two rows elsewhere.
ALTER TABLE evidence ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE evidence SET (toast_tuple_target = 8160);

-- What only grows need not be vacuumed for that: a burst of originals would be written once more while it lasts.
ALTER TABLE original
    SET (autovacuum_vacuum_insert_threshold = -1, toast.autovacuum_vacuum_insert_threshold = -1);

ALTER TABLE reading
    SET (autovacuum_vacuum_insert_threshold = -1, toast.autovacuum_vacuum_insert_threshold = -1);

ALTER TABLE evidence
    SET (autovacuum_vacuum_insert_threshold = -1, toast.autovacuum_vacuum_insert_threshold = -1);
