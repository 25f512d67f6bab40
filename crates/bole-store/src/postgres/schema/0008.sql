-- What hints at the person of a document: `name:` and the name in normal form, and the contacts of who gave no name, which
-- are no keys. Of those who gave one the contacts are in `contact`.
CREATE TABLE clue (
    clue     TEXT COLLATE "C" NOT NULL,
    document BIGINT NOT NULL REFERENCES document (number),
    PRIMARY KEY (clue, document)
);

CREATE INDEX clue_document ON clue (document);

-- Names without a contact were not kept so far.
INSERT INTO clue (clue, document) SELECT DISTINCT 'name:' || name, document FROM contact ORDER BY 1, 2;
