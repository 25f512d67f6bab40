-- Which history the positions of the change log are of; one row. A store that was restored has another.
CREATE TABLE history (
    id BYTEA PRIMARY KEY CONSTRAINT history_id_size CHECK (octet_length(id) = 16)
);

INSERT INTO history (id) VALUES (uuid_send(gen_random_uuid()));
