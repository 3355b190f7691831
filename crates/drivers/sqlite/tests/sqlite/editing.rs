//! Single rows change exactly, whatever they hold.

use std::{path::Path, sync::Arc};

use catalog::{Catalog, ObjectKey, Scope};
use driver::{
    Again, CellValue, Change, Code, Connection, Edit, KeySource, NewValue, Original, PageRequest, RowDelete, RowInsert,
    RowKey, RowUpdate, Session, ViolationKind, arrow::CellClass,
};

use crate::support::{Cell, connect, fails, finish, folder, make, profile_with, run, session, try_connect, works};

/// A file, its catalog and a session to write with.
struct Bench {
    connection: Arc<dyn Connection>,
    session: Arc<dyn Session>,
    catalog: Catalog,
    _folder: tempfile::TempDir,
}

/// A row as a page gives it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    key: RowKey,
    cells: Vec<Cell>,
}

impl Bench {
    async fn new(sql: &str) -> Bench {
        let folder = folder();
        let path = folder.path().join("f.db");
        make(&path, sql);
        Bench::open(&path, folder, &[]).await
    }

    async fn open(path: &Path, folder: tempfile::TempDir, values: &[(&str, &str)]) -> Bench {
        let connection = try_connect(&profile_with(path, values), false).await.unwrap();
        let session = session(&*connection).await;
        let catalog = connection.control().catalog(&Scope::complete()).await.unwrap();
        Bench { connection, session, catalog, _folder: folder }
    }

    fn edit(&self) -> &dyn Edit {
        self.connection.control().edit().unwrap()
    }

    async fn rows(&self, table: &str) -> Vec<Row> {
        let request =
            PageRequest { relation: key(table), filters: vec![], sort: vec![], after: None, offset: 0, limit: 100_000 };
        let page = self.connection.control().scan().unwrap().page(&self.catalog, &request).unwrap();
        let identity = page.identity.clone().unwrap();
        let finished = finish(self.session.run(page.statement)).await;
        finished.end.as_ref().unwrap();
        let row = |mut cells: Vec<Cell>| {
            let key = identity.iter().map(|at| String::from_utf8(cells[*at].1.clone()).unwrap()).collect();
            cells.truncate(page.visible_columns);
            Row { key: RowKey(key), cells }
        };
        finished.rows().into_iter().map(row).collect()
    }

    fn update(&self, table: &str, row: &Row, originals: Vec<Original>, set: Vec<(String, NewValue)>) -> Change {
        let update = RowUpdate { key: row.key.clone(), originals, set };
        self.edit().update(&self.catalog, &key(table), &update).unwrap()
    }

    /// How many rows a change touches.
    async fn affected(&self, change: &Change) -> u64 {
        works(&*self.session, &change.text).await.end.unwrap().affected_rows.unwrap()
    }

    async fn matching(&self, table: &str, row: &Row, originals: &[Original]) -> String {
        let text = self.edit().matching(&self.catalog, &key(table), &row.key, originals).unwrap();
        works(&*self.session, &text).await.one()
    }

    fn columns(&self, table: &str) -> Vec<String> {
        let id = self.catalog.find_relation(Some("main"), table).unwrap();
        self.catalog.relation(id).unwrap().columns().iter().map(|column| column.name.clone()).collect()
    }
}

fn key(table: &str) -> ObjectKey {
    ObjectKey::relation(None, Some("main"), table)
}

fn held(cell: &Cell) -> CellValue {
    CellValue { bytes: (cell.0 != CellClass::Null).then(|| cell.1.clone()), class: Some(cell.0 as u8) }
}

fn original(column: &str, cell: &Cell) -> Original {
    Original { column: column.to_owned(), value: held(cell) }
}

fn text(value: &str) -> NewValue {
    NewValue::Text(value.to_owned())
}

/// Every storage class at its ends, twins that SQLite calls equal, and texts that are hard to write.
const ODD: [&str; 43] = [
    "NULL",
    "''",
    "'a'",
    "'A'",
    "'a '",
    "'A  '",
    "'é'",
    "'e' || char(769)",
    "'it''s'",
    "'NULL'",
    "'x''61'''",
    "'a' || char(0) || 'b'",
    "'a' || char(0)",
    "char(0)",
    "CAST(x'61ff' AS TEXT)",
    "CAST(x'ff00fe' AS TEXT)",
    "char(55357)",
    "x''",
    "x'61'",
    "x'00ff'",
    "0",
    "5",
    "5.0",
    "'5'",
    "'5.0'",
    "' 5'",
    "-5",
    "9223372036854775807",
    "-9223372036854775807 - 1",
    "9223372036854775808.0",
    "9007199254740993",
    "9007199254740992.0",
    "0.1",
    "0.1 + 0.2",
    "1e23",
    "1.7976931348623157e308",
    "5e-324",
    "2.2250738585072011e-308",
    "9e999",
    "-9e999",
    "-0.0",
    "1e15",
    "'🚀;--'",
];

fn odd_table(head: &str, columns: &[&str]) -> String {
    let mut text = format!("{head};");
    for (index, value) in ODD.iter().enumerate() {
        let values = vec![*value; columns.len()].join(", ");
        text.push_str(&format!("INSERT INTO odd(id, other, {}) VALUES ({index}, 'o', {values});", columns.join(", ")));
    }
    text
}

/// Each cell of a table: as an original it finds its own row and no other value, and writing it back changes nothing.
async fn every_cell_is_exact(bench: &Bench, table: &str) {
    let columns = bench.columns(table);
    let rows = bench.rows(table).await;
    assert!(!rows.is_empty());
    for (at, row) in rows.iter().enumerate() {
        let mut seen = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let cell = &row.cells[index];
            if column != "other" {
                let set = vec![("other".to_owned(), text(&format!("n{at}")))];
                let change = bench.update(table, row, vec![original(column, cell)], set);
                assert_eq!(bench.affected(&change).await, 1, "{column} {cell:?}\n{}", change.text);
                if index > 0 {
                    let back = vec![(column.clone(), NewValue::Held(held(cell)))];
                    let change = bench.update(table, row, vec![], back);
                    assert_eq!(bench.affected(&change).await, 1, "{}", change.text);
                }
                seen.push((index, cell));
            }
        }
        // No other row's value is taken for this one.
        for (index, cell) in seen {
            for other in rows.iter().filter(|other| other.cells[index] != *cell) {
                let theirs = original(&columns[index], &other.cells[index]);
                let count = bench.matching(table, row, std::slice::from_ref(&theirs)).await;
                // The sign of zero is a number's only difference that no function of SQLite's shows.
                let zeros = [&cell.1, &other.cells[index].1]
                    .iter()
                    .all(|digits| digits.as_slice() == b"0.0" || digits.as_slice() == b"-0.0");
                assert!(count == "0" || zeros, "{} {cell:?} {theirs:?}", columns[index]);
            }
        }
    }
    let mut after = bench.rows(table).await;
    for (row, before) in after.iter_mut().zip(&rows) {
        let other = columns.iter().position(|column| column == "other").unwrap();
        row.cells[other] = before.cells[other].clone();
        assert_eq!(row, before, "writing back what is held changes nothing");
    }
    assert_eq!(after.len(), rows.len());
}

#[tokio::test]
async fn every_value_under_every_affinity_and_collation_finds_its_row_and_is_written_back_unchanged() {
    let columns = ["i", "t", "b", "r", "n", "nc", "rt", "bare", "\"any\""];
    let sql = odd_table(
        "CREATE TABLE odd(id INTEGER PRIMARY KEY, other TEXT, i INTEGER, t TEXT, b BLOB, r REAL, n NUMERIC,
         nc TEXT COLLATE NOCASE, rt VARCHAR(9) COLLATE RTRIM, bare, \"any\" ANY)",
        &columns,
    );
    every_cell_is_exact(&Bench::new(&sql).await, "odd").await;
}

#[tokio::test]
async fn strict_tables_and_files_in_utf16_are_no_less_exact() {
    let sql = odd_table(
        "CREATE TABLE odd(id INTEGER PRIMARY KEY, other TEXT, a ANY, b ANY COLLATE NOCASE) STRICT",
        &["a", "b"],
    );
    every_cell_is_exact(&Bench::new(&sql).await, "odd").await;
    let mut sql = String::from(
        "PRAGMA encoding = 'UTF-16le'; CREATE TABLE odd(id TEXT NOT NULL PRIMARY KEY, other TEXT, t TEXT COLLATE NOCASE) WITHOUT ROWID;",
    );
    for (index, value) in
        ODD.iter().enumerate().filter(|(_, value)| !value.contains("AS TEXT") && !value.contains("55357"))
    {
        sql.push_str(&format!("INSERT INTO odd VALUES ('k🚀' || char(0) || {index}, 'o', {value});"));
    }
    every_cell_is_exact(&Bench::new(&sql).await, "odd").await;
}

#[tokio::test]
async fn keys_of_every_class_and_collation_name_one_row() {
    let mut sql = String::from("CREATE TABLE odd(id NOT NULL, other TEXT, PRIMARY KEY (id)) WITHOUT ROWID;");
    let twins = ["5.0", "0.0", "9007199254740992.0", "-0.0"];
    for value in ODD.iter().filter(|value| **value != "NULL" && !twins.contains(value)) {
        sql.push_str(&format!("INSERT INTO odd VALUES ({value}, 'o');"));
    }
    let bench = Bench::new(&sql).await;
    every_cell_is_exact(&bench, "odd").await;
    for row in bench.rows("odd").await {
        let text = bench.edit().reread(&bench.catalog, &key("odd"), std::slice::from_ref(&row.key)).unwrap();
        let found = works(&*bench.session, &text).await.rows();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0][..2], row.cells[..]);
        assert_eq!(String::from_utf8(found[0][2].1.clone()).unwrap(), row.key.0[0]);
        let plan = works(&*bench.session, &format!("EXPLAIN QUERY PLAN {text}")).await.texts();
        assert!(plan[0][3].as_deref().unwrap().starts_with("SEARCH"), "{plan:?}");
    }
    let bench = Bench::new(
        "CREATE TABLE n(k TEXT COLLATE NOCASE NOT NULL, i INTEGER NOT NULL, v, PRIMARY KEY (k, i));
         INSERT INTO n VALUES ('Key', 1, 'x'), ('key', 2, 'y'), ('abc', 'abc', 'z')",
    )
    .await;
    for row in bench.rows("n").await {
        let change = bench.update("n", &row, vec![], vec![("v".into(), text("new"))]);
        assert_eq!(bench.affected(&change).await, 1);
        let plan = works(&*bench.session, &format!("EXPLAIN QUERY PLAN {}", change.text)).await.texts();
        assert!(plan[0][3].as_deref().unwrap().starts_with("SEARCH"), "{plan:?}");
    }
    let other_case = Row { key: RowKey(vec!["T4B4559".into(), "1".into()]), cells: vec![] };
    assert_eq!(bench.matching("n", &other_case, &[]).await, "0", "a key of another case is another row's");
}

#[tokio::test]
async fn what_names_a_row_is_the_best_key_that_is_never_null() {
    let bench = Bench::new(
        "CREATE TABLE alias(id INTEGER PRIMARY KEY, v);
         CREATE TABLE nullable(id TEXT PRIMARY KEY, v);
         CREATE TABLE declared(id TEXT NOT NULL PRIMARY KEY, v);
         CREATE TABLE lone(a INT NOT NULL, v, UNIQUE (a));
         CREATE TABLE partial(a INT NOT NULL, v); CREATE UNIQUE INDEX p ON partial(a) WHERE a > 0;
         CREATE TABLE hidden(rowid, v);
         CREATE TABLE buried(rowid, _rowid_, oid, v);
         CREATE TABLE \"Row\"\"id\"(\"we\"\"ird\" INTEGER PRIMARY KEY, v);
         CREATE VIEW seen AS SELECT * FROM alias;
         CREATE VIRTUAL TABLE words USING fts5(w);
         INSERT INTO hidden VALUES ('x', 1);",
    )
    .await;
    let target = |table: &str| bench.edit().target(&bench.catalog, &key(table));
    for (table, source, names) in [
        ("alias", KeySource::PrimaryKey, "id"),
        ("nullable", KeySource::RowId, "rowid"),
        ("declared", KeySource::PrimaryKey, "id"),
        ("lone", KeySource::UniqueIndex, "a"),
        ("partial", KeySource::RowId, "rowid"),
        ("hidden", KeySource::RowId, "_rowid_"),
        ("Row\"id", KeySource::PrimaryKey, "we\"ird"),
    ] {
        let target = target(table).unwrap();
        assert_eq!((target.source, target.key.join(",").as_str()), (source, names), "{table}");
        assert_eq!(target.warnings.len(), usize::from(source == KeySource::RowId));
    }
    for table in ["buried", "seen", "words", "sqlite_schema"] {
        let error = target(table).unwrap_err();
        assert!(matches!(error.code, Code::Unsupported | Code::NotFound), "{table}: {error}");
    }
    let row = bench.rows("hidden").await.remove(0);
    let change =
        bench.update("hidden", &row, vec![original("rowid", &row.cells[0])], vec![("rowid".into(), text("y"))]);
    assert_eq!(bench.affected(&change).await, 1);
}

#[tokio::test]
async fn what_is_typed_follows_the_columns_affinity_and_says_which_rows_it_wrote() {
    let bench = Bench::new(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER DEFAULT 7, x TEXT DEFAULT abc, b DEFAULT \"q\"\"r\", d DEFAULT (1 + 1),
         c INT AS (i * 2), s TEXT AS (x) STORED, m NUMERIC DEFAULT -1.5, w DEFAULT CURRENT_DATE, z DEFAULT x'00')",
    )
    .await;
    let target = bench.edit().target(&bench.catalog, &key("t")).unwrap();
    let column = |name: &str| target.columns.iter().find(|column| column.name == name).unwrap();
    assert!(column("c").read_only.is_some() && column("s").not_inserted.is_some() && column("i").read_only.is_none());
    assert!(column("b").mixed && !column("i").mixed && !column("x").mixed);
    let row = |values: &[(&str, NewValue)]| RowInsert {
        values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let number = |digits: &str| NewValue::Number(digits.to_owned());
    let mut rows = vec![
        row(&[("i", text("12")), ("x", text("12")), ("b", text("12")), ("m", text("12.50"))]),
        row(&[("i", text("x")), ("x", number("1.50")), ("b", number("12")), ("m", NewValue::Bytes(vec![0, 255]))]),
        row(&[("i", NewValue::Null), ("x", text("")), ("b", NewValue::Null), ("m", NewValue::Null)]),
        row(&[("i", NewValue::Default), ("x", text("a\0b"))]),
        row(&[]),
    ];
    let mut keys = Vec::new();
    let mut statements = 0;
    while !rows.is_empty() {
        let change = bench.edit().insert(&bench.catalog, &key("t"), &rows).unwrap();
        let finished = works(&*bench.session, &change.text).await;
        assert_eq!(finished.end.as_ref().unwrap().affected_rows, Some(change.rows as u64));
        assert_eq!(change.again, Again::Returned);
        keys.extend(finished.texts().into_iter().map(|row| RowKey(row.into_iter().map(Option::unwrap).collect())));
        rows.drain(..change.rows);
        statements += 1;
    }
    assert_eq!(statements, 3, "rows with the same columns go together");
    let text_of = bench.edit().reread(&bench.catalog, &key("t"), &keys).unwrap();
    let found = works(&*bench.session, &text_of).await.rows();
    use CellClass::{Bytes, Integer, Null, Real, Text};
    let cell = |class, bytes: &str| (class, bytes.as_bytes().to_vec());
    assert_eq!(found[0][1..4], [cell(Integer, "12"), cell(Text, "12"), cell(Text, "12")]);
    assert_eq!(found[0][7], cell(Real, "12.5"));
    assert_eq!(found[1][1..4], [cell(Text, "x"), cell(Text, "1.50"), cell(Integer, "12")]);
    assert_eq!(found[1][7], (Bytes, vec![0, 255]));
    assert_eq!(found[2][1..4], [cell(Null, ""), cell(Text, ""), cell(Null, "")]);
    assert_eq!(found[3][1..5], [cell(Integer, "7"), cell(Text, "a\0b"), cell(Text, "q\"r"), cell(Integer, "2")]);
    // An update gives each column the same default as an insert.
    let names = ["i", "x", "b", "d", "m", "w", "z"];
    let all = names.iter().map(|name| ((*name).to_owned(), NewValue::Default)).collect();
    let first = Row { key: keys[0].clone(), cells: vec![] };
    assert_eq!(bench.affected(&bench.update("t", &first, vec![], all)).await, 1);
    let rows = bench.rows("t").await;
    assert_eq!(rows[0].cells[1..], rows[4].cells[1..]);
    let refused = RowUpdate { key: keys[0].clone(), originals: vec![], set: vec![("id".into(), NewValue::Default)] };
    assert_eq!(bench.edit().update(&bench.catalog, &key("t"), &refused).unwrap_err().code, Code::InvalidStatement);
}

#[tokio::test]
async fn a_changed_key_is_told_and_a_row_is_found_no_more_once_it_changed() {
    let bench =
        Bench::new("CREATE TABLE t(k TEXT NOT NULL PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', 2)").await;
    let rows = bench.rows("t").await;
    let change = bench.update("t", &rows[0], vec![], vec![("k".into(), text("c"))]);
    assert_eq!(change.again, Again::Returned);
    assert_eq!(works(&*bench.session, &change.text).await.one(), "T63");
    assert_eq!(bench.affected(&change).await, 0, "the old key names nothing now");
    let stale = vec![Original { column: "v".into(), value: CellValue { bytes: Some(b"3".to_vec()), class: Some(3) } }];
    assert_eq!(bench.affected(&bench.update("t", &rows[1], stale.clone(), vec![("v".into(), text("x"))])).await, 0);
    let delete = |originals| RowDelete { key: rows[1].key.clone(), originals };
    let edit = bench.edit();
    let missed = edit.delete(&bench.catalog, &key("t"), &delete(stale)).unwrap();
    assert_eq!(bench.affected(&missed).await, 0);
    let met = edit.delete(&bench.catalog, &key("t"), &delete(vec![original("v", &rows[1].cells[1])])).unwrap();
    assert_eq!(bench.affected(&met).await, 1);
    for wrong in ["", "T6", "X'6", "1; DROP TABLE t", "NULL", "Tzz", "1 OR 1"] {
        let row = RowDelete { key: RowKey(vec![wrong.into()]), originals: vec![] };
        assert_eq!(edit.delete(&bench.catalog, &key("t"), &row).unwrap_err().code, Code::InvalidStatement, "{wrong}");
    }
}

#[tokio::test]
async fn a_frame_keeps_or_undoes_all_of_it_alone_and_within_a_transaction() {
    let bench = Bench::new("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a')").await;
    let context = driver::ValueContext::default();
    for within in [false, true] {
        let frame = bench.edit().frame(&bench.catalog, &key("t"), &context, within).unwrap();
        let [set, forget, back] = frame.savepoint.clone().unwrap();
        let all = async |texts: &[String]| {
            for text in texts {
                works(&*bench.session, text).await;
            }
        };
        if within {
            works(&*bench.session, "BEGIN").await;
        }
        all(&frame.begin).await;
        works(&*bench.session, "UPDATE t SET v = 'b'").await;
        all(&frame.rollback).await;
        assert_eq!(works(&*bench.session, "SELECT v FROM t").await.one(), "a");
        all(&frame.begin).await;
        all(std::slice::from_ref(&set)).await;
        works(&*bench.session, "UPDATE t SET v = 'b'").await;
        all(&[back, forget.clone(), set]).await;
        assert_eq!(works(&*bench.session, "SELECT v FROM t").await.one(), "a");
        works(&*bench.session, "UPDATE t SET v = v || 'c'").await;
        all(&[forget]).await;
        all(&frame.commit).await;
        assert_eq!(works(&*bench.session, "SELECT v FROM t").await.one(), "ac");
        if within {
            works(&*bench.session, "ROLLBACK").await;
        }
        works(&*bench.session, "UPDATE t SET v = 'a'").await;
    }
}

#[tokio::test]
async fn the_rule_behind_an_error_is_named_with_its_columns() {
    let bench = Bench::new(
        "CREATE TABLE parent(id INTEGER PRIMARY KEY, v TEXT);
         CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT NOT NULL, \"u, 1\" TEXT, u2 TEXT, low INT CHECK (low > 0),
           span INT, p INT REFERENCES parent, CONSTRAINT twins UNIQUE (\"u, 1\", u2), CONSTRAINT \"in order\" CHECK (span > id));
         CREATE UNIQUE INDEX by_pair ON t(u2 || low);
         CREATE UNIQUE INDEX by_n ON t(n);
         CREATE TABLE s(a INTEGER NOT NULL, \"b c\" REAL, d INT PRIMARY KEY) STRICT;
         CREATE TABLE late(p INT REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO parent VALUES (1, 'x'); INSERT INTO t VALUES (1, 'n', 'a', 'b', 5, 9, 1);",
    )
    .await;
    use ViolationKind::{Check, NotNull, NotOfType, Reference, Referenced, Unique};
    for (table, text, kind, constraint, columns) in [
        ("t", "UPDATE t SET n = NULL", NotNull, None, "n"),
        ("t", "INSERT INTO t VALUES (1, 'm', 'x', 'y', 1, 9, 1)", Unique, None, "id"),
        ("t", "INSERT INTO t VALUES (2, 'm', 'a', 'b', 1, 9, 1)", Unique, Some("twins"), "u, 1|u2"),
        ("t", "INSERT INTO t VALUES (2, 'n', 'x', 'y', 1, 9, 1)", Unique, Some("by_n"), "n"),
        ("t", "INSERT INTO t VALUES (2, 'm', 'x', 'b', 5, 9, 1)", Unique, Some("by_pair"), "u2|low"),
        ("t", "UPDATE t SET low = 0", Check, None, "low"),
        ("t", "UPDATE t SET span = 0", Check, Some("in order"), "id|span"),
        ("t", "UPDATE t SET p = 99", Reference, None, "p"),
        ("t", "UPDATE t SET id = 'x'", NotOfType, None, "id"),
        ("parent", "DELETE FROM parent", Referenced, None, ""),
        ("s", "INSERT INTO s VALUES ('x', 1, 1)", NotOfType, None, "a"),
        ("s", "INSERT INTO s VALUES (1, 'x', 1)", NotOfType, None, "b c"),
    ] {
        let error = fails(&*bench.session, text).await;
        let found = bench.edit().violation(&bench.catalog, &key(table), &error).unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(
            (found.kind, found.constraint.as_deref(), found.columns.join("|").as_str()),
            (kind, constraint, columns),
            "{text}"
        );
    }
    works(&*bench.session, "BEGIN IMMEDIATE").await;
    works(&*bench.session, "INSERT INTO late VALUES (99)").await;
    let error = fails(&*bench.session, "COMMIT").await;
    let found = bench.edit().violation(&bench.catalog, &key("late"), &error).unwrap();
    assert_eq!((found.kind, found.columns), (Reference, vec!["p".to_owned()]));
    works(&*bench.session, "ROLLBACK").await;
    let other = run(&*bench.session, "SELECT nothing").await.end.unwrap_err();
    assert_eq!(bench.edit().violation(&bench.catalog, &key("t"), &other), None);
}

#[tokio::test]
async fn it_is_said_when_foreign_keys_are_not_enforced() {
    let folder = folder();
    let path = folder.path().join("f.db");
    make(
        &path,
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p); CREATE TABLE z(id INTEGER PRIMARY KEY)",
    );
    let bench = Bench::open(&path, folder, &[("foreign_keys", "off")]).await;
    for (table, count) in [("p", 1), ("c", 1), ("z", 0)] {
        assert_eq!(bench.edit().target(&bench.catalog, &key(table)).unwrap().warnings.len(), count, "{table}");
    }
    let connection = connect(Path::new(":memory:")).await;
    assert!(connection.control().edit().is_some());
}
