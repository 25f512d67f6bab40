-- Portals whose messages are consumed.
CREATE TABLE portal (
    name      TEXT PRIMARY KEY CONSTRAINT portal_name_size CHECK (octet_length(name) BETWEEN 1 AND 63),
    is_paused INTEGER NOT NULL,
    added_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
