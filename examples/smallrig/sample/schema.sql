-- The database of the sample web shop: an ordinary one, for SQLite and PostgreSQL.

CREATE TABLE customers (
  id integer PRIMARY KEY,
  name varchar(80) NOT NULL,
  email varchar(120) NOT NULL UNIQUE,
  phone varchar(20),
  address varchar(200),
  screen_name varchar(40),
  joined_at timestamp NOT NULL
);
CREATE INDEX customers_phone ON customers (phone);

CREATE TABLE visits (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  ip varchar(45) NOT NULL,
  page varchar(200) NOT NULL,
  beacon varchar(40),
  at timestamp NOT NULL
);
CREATE INDEX visits_customer ON visits (customer_id);

CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  bill varchar(40) NOT NULL,
  ordered_at timestamp NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id);

CREATE TABLE order_lines (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders (id),
  product varchar(80) NOT NULL
);
CREATE INDEX order_lines_order ON order_lines (order_id);

CREATE TABLE warranties (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  claim varchar(200) NOT NULL
);
CREATE INDEX warranties_customer ON warranties (customer_id);

CREATE TABLE letters (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  body varchar(400) NOT NULL,
  received_at timestamp NOT NULL
);
CREATE INDEX letters_customer ON letters (customer_id);

CREATE TABLE answers (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  answer varchar(200) NOT NULL
);
CREATE INDEX answers_customer ON answers (customer_id);
