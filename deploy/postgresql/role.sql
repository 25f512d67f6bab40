-- The user and the database of Bole, made once by the administrator: psql -f role.sql. The password is what the file holds.
\set ON_ERROR_STOP on
\set password `cat /run/secrets/store-password`
-- Of an empty password PostgreSQL makes none.
SELECT :'password' = '' AS is_empty \gset
\if :is_empty
DO $$ BEGIN RAISE 'no password in /run/secrets/store-password, or the user of psql may not read it'; END $$;
\endif
CREATE ROLE bole LOGIN PASSWORD :'password';
-- Texts compare by their bytes, on every machine alike.
CREATE DATABASE bole OWNER bole ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE bole FROM PUBLIC;
