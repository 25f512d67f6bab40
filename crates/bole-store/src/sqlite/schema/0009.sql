-- Which history the positions of the change log are of; one row. A store that was restored has another.
CREATE TABLE history (
    id BLOB PRIMARY KEY NOT NULL CONSTRAINT history_id_size CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;

INSERT INTO history (id) VALUES (randomblob(16));
