-- The database of the sample shop: an ordinary one, for SQLite and PostgreSQL.

CREATE TABLE members (
  id integer PRIMARY KEY,
  phone varchar(20) NOT NULL UNIQUE,
  email varchar(120),
  wechat varchar(40),
  nickname varchar(60),
  joined_at timestamp NOT NULL
);
CREATE INDEX members_email ON members (email);

CREATE TABLE wishes (
  id integer PRIMARY KEY,
  member_id integer NOT NULL REFERENCES members (id),
  product varchar(80) NOT NULL
);
CREATE INDEX wishes_member ON wishes (member_id);

CREATE TABLE orders (
  id integer PRIMARY KEY,
  member_id integer NOT NULL REFERENCES members (id),
  consignee_name varchar(60) NOT NULL,
  consignee_phone varchar(20) NOT NULL,
  consignee_address varchar(200) NOT NULL,
  ordered_at timestamp NOT NULL
);
CREATE INDEX orders_member ON orders (member_id);

CREATE TABLE order_lines (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders (id),
  product varchar(80) NOT NULL
);
CREATE INDEX order_lines_order ON order_lines (order_id);

CREATE TABLE chats (
  id integer PRIMARY KEY,
  member_id integer NOT NULL REFERENCES members (id),
  body varchar(400) NOT NULL,
  sent_at timestamp NOT NULL
);
CREATE INDEX chats_member ON chats (member_id);
