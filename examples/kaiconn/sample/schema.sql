-- The database of the sample company: an ordinary one, for SQLite and PostgreSQL.

CREATE TABLE customers (
  id integer PRIMARY KEY,
  phone varchar(20) NOT NULL UNIQUE,
  email varchar(120),
  password_hash varchar(100) NOT NULL,
  nickname varchar(60),
  avatar varchar(200),
  last_ip varchar(45),
  created_at timestamp NOT NULL
);
CREATE INDEX customers_email ON customers (email);

CREATE TABLE devices (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  model varchar(60) NOT NULL,
  os_version varchar(40),
  imei varchar(15),
  mac varchar(17),
  android_id varchar(16),
  bound_at timestamp NOT NULL
);
CREATE INDEX devices_customer ON devices (customer_id);

CREATE TABLE device_logs (
  id integer PRIMARY KEY,
  device_id integer NOT NULL REFERENCES devices (id),
  event varchar(40) NOT NULL,
  ip varchar(45),
  happened_at timestamp NOT NULL
);
CREATE INDEX device_logs_device ON device_logs (device_id);

CREATE TABLE push_tokens (
  id integer PRIMARY KEY,
  device_id integer NOT NULL REFERENCES devices (id),
  token varchar(64) NOT NULL,
  created_at timestamp NOT NULL
);
CREATE INDEX push_tokens_device ON push_tokens (device_id);

CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  status varchar(20) NOT NULL,
  ordered_at timestamp NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id);

CREATE TABLE order_lines (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders (id),
  product varchar(80) NOT NULL,
  quantity integer NOT NULL,
  price numeric(10, 2) NOT NULL
);
CREATE INDEX order_lines_order ON order_lines (order_id);

CREATE TABLE tickets (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  subject varchar(200) NOT NULL,
  opened_at timestamp NOT NULL
);
CREATE INDEX tickets_customer ON tickets (customer_id);

CREATE TABLE messages (
  id integer PRIMARY KEY,
  ticket_id integer NOT NULL REFERENCES tickets (id),
  sender varchar(10) NOT NULL,
  body text NOT NULL,
  sent_at timestamp NOT NULL
);
CREATE INDEX messages_ticket ON messages (ticket_id);
