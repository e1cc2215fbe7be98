-- The database of the sample vendor: an ordinary one, for SQLite and PostgreSQL.

CREATE TABLE customers (
  id integer PRIMARY KEY,
  name varchar(60) NOT NULL,
  phone varchar(20) NOT NULL UNIQUE,
  email varchar(120),
  address varchar(200)
);
CREATE INDEX customers_email ON customers (email);

CREATE TABLE usage (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  entry varchar(60) NOT NULL,
  ip varchar(45),
  location varchar(60),
  at_time timestamp NOT NULL
);
CREATE INDEX usage_customer ON usage (customer_id);

CREATE TABLE calls (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  subject varchar(80) NOT NULL,
  called_at timestamp NOT NULL
);
CREATE INDEX calls_customer ON calls (customer_id);
