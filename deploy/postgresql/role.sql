-- The user and the database of Bole, made once by the administrator: psql -f role.sql. The password is what the file holds.
\set password `cat /run/secrets/store-password`
CREATE ROLE bole LOGIN PASSWORD :'password';
-- Texts compare by their bytes, on every machine alike.
CREATE DATABASE bole OWNER bole ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE bole FROM PUBLIC;
