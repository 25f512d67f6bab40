-- Documents of which a reader, and every one before it, can make no better reading than the one that serves.
CREATE TABLE kept_reading (
    document INTEGER PRIMARY KEY REFERENCES document (number),
    reader   INTEGER NOT NULL
) STRICT;
