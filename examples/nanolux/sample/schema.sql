-- The database of the sample company: an ordinary one, for SQLite and PostgreSQL.

CREATE TABLE accounts (
  id integer PRIMARY KEY,
  email varchar(120) NOT NULL UNIQUE,
  user_name varchar(60) NOT NULL,
  portrait varchar(200),
  phone varchar(20),
  created_at timestamp NOT NULL
);
CREATE INDEX accounts_phone ON accounts (phone);

CREATE TABLE payment_methods (
  id integer PRIMARY KEY,
  account_id integer NOT NULL REFERENCES accounts (id),
  method varchar(60) NOT NULL,
  added_at timestamp NOT NULL
);
CREATE INDEX payment_methods_account ON payment_methods (account_id);

CREATE TABLE devices (
  id integer PRIMARY KEY,
  account_id integer NOT NULL REFERENCES accounts (id),
  information varchar(80) NOT NULL,
  bound_at timestamp NOT NULL
);
CREATE INDEX devices_account ON devices (account_id);

CREATE TABLE device_events (
  id integer PRIMARY KEY,
  device_id integer NOT NULL REFERENCES devices (id),
  event varchar(40) NOT NULL,
  happened_at timestamp NOT NULL
);
CREATE INDEX device_events_device ON device_events (device_id);
