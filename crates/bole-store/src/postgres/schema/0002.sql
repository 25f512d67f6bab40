-- Portals whose messages are consumed.
CREATE TABLE portal (
    name      TEXT COLLATE "C" PRIMARY KEY CONSTRAINT portal_name_size CHECK (octet_length(name) BETWEEN 1 AND 63),
    is_paused BIGINT NOT NULL,
    added_at  BIGINT NOT NULL
);
