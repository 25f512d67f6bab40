-- When an artifact was first kept; not known of older ones.
ALTER TABLE artifact ADD COLUMN kept_at BIGINT;
