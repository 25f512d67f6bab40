-- Documents of which a reader, and every one before it, can make no better reading than the one that serves.
CREATE TABLE kept_reading (
    document BIGINT PRIMARY KEY REFERENCES document (number),
    reader   BIGINT NOT NULL
);
