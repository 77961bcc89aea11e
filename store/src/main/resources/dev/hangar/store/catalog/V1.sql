-- What a store knows of its tables, format 1. Plain SQL, for SQLite and PostgreSQL alike.
-- Times are seconds since 1970 and nanoseconds of them. Each checksum is CRC32C over the row's other values.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  amount BIGINT NOT NULL,
  checksum BIGINT NOT NULL
);

CREATE TABLE tables (
  id BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  current_version BIGINT NOT NULL,
  checksum BIGINT NOT NULL
);

CREATE TABLE versions (
  table_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  origin BYTEA NOT NULL,
  schema_message BYTEA NOT NULL,
  data_rows BIGINT NOT NULL,
  data_bytes BIGINT NOT NULL,
  batches BIGINT NOT NULL,
  created_second BIGINT NOT NULL,
  created_nano BIGINT NOT NULL,
  expires_second BIGINT,
  expires_nano BIGINT NOT NULL,
  keep_versions BIGINT NOT NULL,
  checksum BIGINT NOT NULL,
  PRIMARY KEY (table_id, version)
);

-- A part is in the versions of its table from first_version to before end_version.
CREATE TABLE parts (
  id TEXT NOT NULL PRIMARY KEY,
  table_id BIGINT NOT NULL,
  part_position BIGINT NOT NULL,
  file_bytes BIGINT NOT NULL,
  footer_checksum BIGINT NOT NULL,
  data_rows BIGINT NOT NULL,
  data_bytes BIGINT NOT NULL,
  batches BIGINT NOT NULL,
  first_version BIGINT NOT NULL,
  end_version BIGINT NOT NULL,
  checksum BIGINT NOT NULL
);

CREATE INDEX parts_of_table ON parts (table_id, end_version);

CREATE TABLE uploads (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  origin BYTEA NOT NULL,
  options TEXT NOT NULL,
  expires_second BIGINT NOT NULL,
  expires_nano BIGINT NOT NULL,
  checksum BIGINT NOT NULL
);

CREATE TABLE upload_parts (
  upload_id TEXT NOT NULL,
  part_number BIGINT NOT NULL,
  schema_message BYTEA NOT NULL,
  id TEXT NOT NULL,
  file_bytes BIGINT NOT NULL,
  footer_checksum BIGINT NOT NULL,
  data_rows BIGINT NOT NULL,
  data_bytes BIGINT NOT NULL,
  batches BIGINT NOT NULL,
  checksum BIGINT NOT NULL,
  PRIMARY KEY (upload_id, part_number)
);

CREATE TABLE idempotency_keys (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_second BIGINT NOT NULL,
  created_nano BIGINT NOT NULL,
  checksum BIGINT NOT NULL
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_second, created_nano);

-- How many rows belong to an owner, and the sum of their checksums: what shows that a row is gone.
CREATE TABLE tallies (
  owner TEXT NOT NULL PRIMARY KEY,
  row_count BIGINT NOT NULL,
  checksum_sum BIGINT NOT NULL,
  checksum BIGINT NOT NULL
);
