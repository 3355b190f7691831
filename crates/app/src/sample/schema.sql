-- The sample shop: bricks, tiles, tools and things for the home.
-- Amounts of money are text with exactly two decimals; moments are ISO 8601 in UTC, but for the audit trail's.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value ANY -- keeps whatever kind of value it is given
) STRICT, WITHOUT ROWID;

CREATE TABLE countries (
  code     TEXT PRIMARY KEY CHECK (length(code) = 2),
  name     TEXT NOT NULL UNIQUE,
  currency TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE employees (
  id         INTEGER PRIMARY KEY,
  manager_id INTEGER REFERENCES employees (id) ON DELETE SET NULL, -- NULL for the one at the top
  name       TEXT NOT NULL,
  email      TEXT NOT NULL COLLATE NOCASE UNIQUE,
  title      TEXT NOT NULL,
  hired_on   DATE NOT NULL,
  salary     DECIMAL(10, 2) CONSTRAINT salary_is_positive CHECK (salary > 0)
);

CREATE TABLE customers (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  email        TEXT NOT NULL COLLATE NOCASE CONSTRAINT one_account_per_email UNIQUE,
  name         TEXT NOT NULL,
  phone        TEXT, -- NULL: never asked; empty: asked and not given
  company      TEXT,
  newsletter   BOOLEAN NOT NULL DEFAULT 0 CHECK (newsletter IN (0, 1)),
  credit_limit NUMERIC(12, 2),
  tags         JSON NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  created_at   TIMESTAMP NOT NULL,
  notes        TEXT
);

CREATE TABLE addresses (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  kind        TEXT NOT NULL CHECK (kind IN ('billing', 'delivery')),
  line1       TEXT NOT NULL,
  line2       TEXT,
  city        TEXT NOT NULL,
  postal_code TEXT,
  country     TEXT NOT NULL REFERENCES countries (code),
  latitude    REAL,
  longitude   REAL
);

CREATE TABLE categories (
  id        INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories (id),
  name      TEXT NOT NULL,
  path      TEXT NOT NULL UNIQUE,
  position  INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE suppliers (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  country     TEXT NOT NULL REFERENCES countries (code),
  contact     JSON CHECK (contact IS NULL OR json_valid(contact)),
  rating      REAL CHECK (rating BETWEEN 0 AND 5),
  active      BOOLEAN NOT NULL DEFAULT 1
);

CREATE TABLE products (
  id           INTEGER PRIMARY KEY,
  sku          TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  description  TEXT,
  category_id  INTEGER NOT NULL REFERENCES categories (id),
  price        TEXT NOT NULL CONSTRAINT price_has_cents CHECK (price GLOB '[0-9]*.[0-9][0-9]'),
  cost         TEXT NOT NULL,
  margin       REAL GENERATED ALWAYS AS (round(1.0 - CAST(cost AS REAL) / CAST(price AS REAL), 4)) VIRTUAL,
  weight_kg    REAL,
  attributes   TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(attributes)),
  barcode      INTEGER UNIQUE,
  discontinued INTEGER NOT NULL DEFAULT 0,
  created_at   TEXT NOT NULL
) STRICT;

CREATE TABLE product_suppliers (
  product_id  INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  supplier_id INTEGER NOT NULL REFERENCES suppliers (id) ON DELETE RESTRICT,
  lead_days   INTEGER NOT NULL,
  PRIMARY KEY (product_id, supplier_id)
) WITHOUT ROWID;

CREATE TABLE product_images (
  id         INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  alt_text   TEXT NOT NULL DEFAULT '',
  png        BLOB NOT NULL, -- a small picture
  UNIQUE (product_id, position)
);

CREATE TABLE warehouses (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  city    TEXT NOT NULL,
  country TEXT NOT NULL REFERENCES countries (code),
  manager INTEGER REFERENCES employees (id)
);

CREATE TABLE inventory (
  warehouse_id INTEGER NOT NULL REFERENCES warehouses (id),
  product_id   INTEGER NOT NULL REFERENCES products (id),
  quantity     INTEGER NOT NULL CHECK (quantity >= 0),
  reorder_at   INTEGER NOT NULL DEFAULT 10,
  counted_on   TEXT,
  PRIMARY KEY (warehouse_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE coupons (
  code        TEXT PRIMARY KEY NOT NULL,
  percent_off INTEGER CHECK (percent_off BETWEEN 1 AND 90),
  amount_off  TEXT,
  valid_from  DATE NOT NULL,
  valid_until DATE,
  max_uses    BIGINT NOT NULL DEFAULT 9223372036854775807, -- as good as endless
  CHECK ((percent_off IS NULL) <> (amount_off IS NULL))
);

CREATE TABLE orders (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  address_id  INTEGER REFERENCES addresses (id) ON DELETE SET NULL,
  employee_id INTEGER REFERENCES employees (id), -- who took it; NULL for the web shop
  coupon_code TEXT REFERENCES coupons (code),
  status      TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded')),
  ordered_at  TIMESTAMP NOT NULL,
  total       DECIMAL(12, 2) NOT NULL,
  note        TEXT
);

CREATE TABLE order_items (
  order_id         INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  line             INTEGER NOT NULL,
  product_id       INTEGER NOT NULL REFERENCES products (id),
  quantity         INTEGER NOT NULL CHECK (quantity > 0),
  unit_price       TEXT NOT NULL,
  discount_percent INTEGER NOT NULL DEFAULT 0,
  line_total       REAL GENERATED ALWAYS AS (round(unit_price * quantity * (100 - discount_percent) / 100.0, 2)) STORED,
  PRIMARY KEY (order_id, line)
) WITHOUT ROWID;

CREATE TABLE payments (
  id        INTEGER PRIMARY KEY,
  order_id  INTEGER NOT NULL REFERENCES orders (id),
  method    TEXT NOT NULL,
  amount    TEXT NOT NULL,
  currency  TEXT NOT NULL DEFAULT 'EUR',
  paid_at   TEXT,
  reference TEXT UNIQUE
) STRICT;

CREATE TABLE refunds (
  id         INTEGER PRIMARY KEY,
  payment_id INTEGER NOT NULL REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED,
  amount     TEXT NOT NULL,
  reason     TEXT,
  made_at    TEXT NOT NULL,
  made_by    INTEGER REFERENCES employees (id)
) STRICT;

CREATE TABLE shipments (
  id           INTEGER PRIMARY KEY,
  order_id     INTEGER NOT NULL REFERENCES orders (id),
  warehouse_id INTEGER NOT NULL REFERENCES warehouses (id),
  carrier      TEXT NOT NULL,
  tracking     TEXT UNIQUE,
  shipped_at   TIMESTAMP,
  delivered_at TIMESTAMP,
  CHECK (delivered_at IS NULL OR delivered_at >= shipped_at)
);

CREATE TABLE reviews (
  id          INTEGER PRIMARY KEY,
  product_id  INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  customer_id INTEGER REFERENCES customers (id) ON DELETE SET NULL,
  stars       INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
  title       TEXT,
  body        TEXT NOT NULL DEFAULT '',
  language    TEXT NOT NULL DEFAULT 'en',
  written_on  DATE NOT NULL
);

CREATE TABLE price_history (
  product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
  valid_from TEXT NOT NULL,
  price      TEXT NOT NULL,
  PRIMARY KEY (product_id, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL, -- milliseconds since 1970
  actor   INTEGER REFERENCES employees (id),
  action  TEXT NOT NULL,
  payload JSON NOT NULL CHECK (json_valid(payload)),
  subject TEXT GENERATED ALWAYS AS (payload ->> '$.table') VIRTUAL,
  trace   BIGINT NOT NULL -- any 64 bits
);
