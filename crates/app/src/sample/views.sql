CREATE INDEX addresses_by_customer ON addresses (customer_id);
CREATE INDEX customers_by_lower_name ON customers (lower(name));
CREATE INDEX products_by_category ON products (category_id, price DESC);
CREATE INDEX orders_by_customer ON orders (customer_id, ordered_at DESC);
CREATE INDEX orders_by_day ON orders (date(ordered_at));
CREATE INDEX orders_waiting ON orders (ordered_at) WHERE status IN ('pending', 'paid');
CREATE INDEX order_items_by_product ON order_items (product_id);
CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX shipments_by_order ON shipments (order_id);
CREATE INDEX shipments_on_their_way ON shipments (shipped_at) WHERE delivered_at IS NULL;
CREATE INDEX reviews_by_product ON reviews (product_id, stars);
CREATE INDEX audit_by_subject ON audit_events (subject, at);

-- Every category with its depth and full name.
CREATE VIEW category_tree AS
WITH RECURSIVE tree (id, parent_id, depth, full_name) AS (
  SELECT id, parent_id, 0, name FROM categories WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, c.parent_id, t.depth + 1, t.full_name || ' › ' || c.name
  FROM categories AS c JOIN tree AS t ON c.parent_id = t.id
)
SELECT id, parent_id, depth, full_name FROM tree;

CREATE VIEW order_overview AS
SELECT o.id, o.ordered_at, o.status, c.name AS customer, c.email, count(i.line) AS lines, o.total
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
LEFT JOIN order_items AS i ON i.order_id = o.id
GROUP BY o.id;

-- Revenue by month, with a running total and the change against the month before.
CREATE VIEW monthly_revenue AS
SELECT month,
       revenue,
       round(sum(revenue) OVER (ORDER BY month), 2) AS running_total,
       round(revenue - lag(revenue) OVER (ORDER BY month), 2) AS change
FROM (
  SELECT strftime('%Y-%m', ordered_at) AS month, round(sum(total), 2) AS revenue
  FROM orders
  WHERE status NOT IN ('cancelled', 'refunded')
  GROUP BY 1
);

CREATE VIEW best_sellers AS
SELECT p.id, p.sku, p.name, sum(i.quantity) AS sold, round(sum(i.line_total), 2) AS revenue,
       rank() OVER (PARTITION BY p.category_id ORDER BY sum(i.quantity) DESC) AS place_in_category
FROM products AS p JOIN order_items AS i ON i.product_id = p.id
GROUP BY p.id;

CREATE VIEW low_stock AS
SELECT w.name AS warehouse, p.sku, p.name, s.quantity, s.reorder_at
FROM inventory AS s
JOIN products AS p ON p.id = s.product_id
JOIN warehouses AS w ON w.id = s.warehouse_id
WHERE s.quantity < s.reorder_at AND NOT p.discontinued;

CREATE VIEW product_ratings AS
SELECT p.id, p.name, count(r.id) AS reviews, round(avg(r.stars), 2) AS stars
FROM products AS p LEFT JOIN reviews AS r ON r.product_id = p.id
GROUP BY p.id;

-- Keeps the history of prices.
CREATE TRIGGER products_price_changed AFTER UPDATE OF price ON products
WHEN old.price <> new.price
BEGIN
  INSERT OR REPLACE INTO price_history (product_id, valid_from, price)
  VALUES (new.id, date('now'), new.price);
END;

-- Writes down who gave an order up.
CREATE TRIGGER orders_cancelled AFTER UPDATE OF status ON orders
WHEN new.status = 'cancelled' AND old.status <> 'cancelled'
BEGIN
  INSERT INTO audit_events (at, actor, action, payload, trace)
  VALUES (unixepoch() * 1000, new.employee_id, 'cancel', json_object('table', 'orders', 'id', new.id, 'was', old.status), 0);
END;

CREATE TRIGGER order_items_keep_delivered BEFORE DELETE ON order_items
WHEN (SELECT status FROM orders WHERE id = old.order_id) = 'delivered'
BEGIN
  SELECT raise(ABORT, 'the items of a delivered order are kept');
END;

CREATE TRIGGER low_stock_reorder INSTEAD OF UPDATE OF reorder_at ON low_stock
BEGIN
  UPDATE inventory SET reorder_at = new.reorder_at
  WHERE product_id = (SELECT id FROM products WHERE sku = old.sku)
    AND warehouse_id = (SELECT id FROM warehouses WHERE name = old.warehouse);
END;
