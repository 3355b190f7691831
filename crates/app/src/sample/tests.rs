#![allow(clippy::unwrap_used, clippy::panic)]
use std::{path::Path, time::Instant};

use rusqlite::{Connection, types::Value};

use super::*;

fn one<T: rusqlite::types::FromSql>(connection: &Connection, text: &str) -> T {
    connection.query_row(text, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn names(connection: &Connection, kind: &str) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )
        .unwrap();
    statement.query_map([kind], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn made(folder: &Path) -> Connection {
    let path = folder.join("sample.db");
    generate(&path).unwrap();
    Connection::open(&path).unwrap()
}

#[test]
fn two_samples_are_the_same_bytes_and_nothing_lies_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("a.db"), folder.path().join("b.db")];
    for path in &paths {
        let begun = Instant::now();
        generate(path).unwrap();
        println!("made in {:?}", begun.elapsed());
    }
    let [first, second] = paths.map(|path| std::fs::read(path).unwrap());
    assert!(first == second, "{} and {} bytes differ", first.len(), second.len());
    println!("{} bytes", first.len());
    generate(&folder.path().join("a.db")).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "a second time replaces the first");
}

#[test]
fn the_summary_is_true() {
    let folder = tempfile::tempdir().unwrap();
    let connection = made(folder.path());
    let tables = names(&connection, "table");
    let mut rows = 0_i64;
    for table in &tables {
        let count: i64 = one(&connection, &format!("SELECT count(*) FROM {table}"));
        println!("{table}: {count}");
        assert!(count > 0, "{table} is empty");
        rows += count;
    }
    let views = names(&connection, "view");
    for view in &views {
        let count: i64 = one(&connection, &format!("SELECT count(*) FROM {view}"));
        assert!(count > 0, "{view} is empty");
    }
    let found = Summary { tables: tables.len() as u32, views: views.len() as u32, rows: u64::try_from(rows).unwrap() };
    assert_eq!(found, summary());
    assert!(found.tables >= 14 && found.rows >= 58_000);
    assert_eq!(one::<i32>(&connection, "PRAGMA user_version"), VERSION);
    assert_eq!(one::<String>(&connection, "PRAGMA journal_mode"), "delete");
}

#[test]
fn every_reference_leads_somewhere_and_the_file_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let connection = made(folder.path());
    let dangling: i64 = one(&connection, "SELECT count(*) FROM pragma_foreign_key_check");
    assert_eq!(dangling, 0);
    assert_eq!(one::<String>(&connection, "PRAGMA integrity_check"), "ok");
    let sums = "SELECT count(*) FROM orders o WHERE abs(total - (SELECT sum(line_total) FROM order_items WHERE order_id = o.id)) > 0.05";
    assert_eq!(one::<i64>(&connection, sums), 0, "totals are those of their lines");
}

#[test]
fn it_holds_what_makes_a_table_hard_to_show() {
    let folder = tempfile::tempdir().unwrap();
    let connection = made(folder.path());
    let some = |text: &str| {
        let count: i64 = one(&connection, text);
        assert!(count > 0, "none: {text}");
    };
    some("SELECT count(*) FROM categories WHERE parent_id IS NOT NULL");
    some("SELECT count(*) FROM employees WHERE manager_id IS NOT NULL");
    some("SELECT count(*) FROM customers WHERE phone IS NULL");
    some("SELECT count(*) FROM customers WHERE phone = ''");
    some("SELECT count(*) FROM customers WHERE name GLOB '*[א-ת]*'");
    some("SELECT count(*) FROM customers WHERE name GLOB '*[ا-ي]*'");
    some("SELECT count(*) FROM reviews WHERE body LIKE '%👍%'");
    some("SELECT count(*) FROM reviews WHERE length(CAST(body AS BLOB)) > 4096");
    some("SELECT count(*) FROM products WHERE barcode = 9223372036854775807");
    some("SELECT count(*) FROM audit_events WHERE trace = -9223372036854775807 - 1");
    some("SELECT count(*) FROM audit_events WHERE json_extract(payload, '$.changes.n[1]') IS NOT NULL");
    some("SELECT count(*) FROM products WHERE price LIKE '%.99'");
    some("SELECT count(*) FROM product_images WHERE substr(png, 2, 3) = CAST('PNG' AS BLOB)");
    some("SELECT count(*) FROM pragma_table_list WHERE strict AND wr");
    some("SELECT count(*) FROM pragma_table_xinfo('order_items') WHERE hidden = 3");
    some("SELECT count(*) FROM pragma_table_xinfo('products') WHERE hidden = 2");
    some("SELECT count(*) FROM pragma_index_list('orders') WHERE partial");
    some("SELECT count(*) FROM monthly_revenue WHERE change IS NOT NULL");
    some("SELECT count(*) FROM sqlite_stat1");
    let kinds: i64 = one(&connection, "SELECT count(DISTINCT typeof(value)) FROM settings");
    assert_eq!(kinds, 5, "every storage class");
    assert!(names(&connection, "trigger").len() >= 4);
}

#[test]
fn its_triggers_work() {
    let folder = tempfile::tempdir().unwrap();
    let connection = made(folder.path());
    connection.execute("UPDATE products SET price = '1.00' WHERE id = 1", []).unwrap();
    let price: String =
        one(&connection, "SELECT price FROM price_history WHERE product_id = 1 ORDER BY valid_from DESC LIMIT 1");
    assert_eq!(price, "1.00");
    let before: i64 = one(&connection, "SELECT count(*) FROM audit_events");
    connection.execute("UPDATE orders SET status = 'cancelled' WHERE status = 'pending'", []).unwrap();
    assert!(one::<i64>(&connection, "SELECT count(*) FROM audit_events") > before);
    let delivered: i64 = one(&connection, "SELECT id FROM orders WHERE status = 'delivered' LIMIT 1");
    assert!(connection.execute("DELETE FROM order_items WHERE order_id = ?1", [delivered]).is_err());
    let (sku, warehouse): (String, String) = connection
        .query_row("SELECT sku, warehouse FROM low_stock LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    connection
        .execute("UPDATE low_stock SET reorder_at = 0 WHERE sku = ?1 AND warehouse = ?2", (sku, warehouse))
        .unwrap();
    let _: Value = one(&connection, "SELECT value FROM settings LIMIT 1");
}

#[test]
fn a_place_that_cannot_be_written_is_told_and_stays_clean() {
    let folder = tempfile::tempdir().unwrap();
    let error = generate(&folder.path().join("no/such/sample.db")).unwrap_err();
    assert!(matches!(error, SampleError::Io { .. }));
    assert!(error.to_string().contains("could not be written"));
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("x"), b"").unwrap();
    assert!(generate(&taken).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file is left");
}
