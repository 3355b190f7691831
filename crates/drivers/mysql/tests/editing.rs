#![allow(clippy::unwrap_used, clippy::panic)]
//! Single rows change exactly, whatever they hold.

mod common {
    pub mod server;
    pub mod types;
}

use std::sync::Arc;

use catalog::{Catalog, ObjectKey, Scope};
use common::{
    server::{run, server},
    types::TYPES,
};
use driver::{
    Again, CellValue, Change, Code, Connection, Edit, KeySource, NewValue, Original, PageRequest, Role, RowDelete,
    RowInsert, RowKey, RowUpdate, Session, ValueContext, ViolationKind,
};

/// A database of its own, its catalog, and sessions to read and to save with.
struct Bench {
    connection: Arc<dyn Connection>,
    session: Arc<dyn Session>,
    save: Arc<dyn Session>,
    catalog: Catalog,
    schema: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    key: RowKey,
    cells: Vec<Option<Vec<u8>>>,
}

impl Bench {
    async fn new(name: &str, statements: &[&str]) -> Option<Bench> {
        let connection = server()?.connect(&[]).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        let schema = format!("rowhouse_edit_{name}");
        for text in [
            format!("drop database if exists {schema}"),
            format!("create database {schema} character set utf8mb4"),
            format!("use {schema}"),
            "set sql_mode = ''".to_owned(),
        ] {
            run(&*session, &text).await.ok();
        }
        for text in statements {
            run(&*session, text).await.ok();
        }
        let scope = Scope { schemas: Some(vec![schema.clone()]), ..Scope::complete() };
        let catalog = connection.control().catalog(&scope).await.unwrap();
        let save = connection.open(Role::Scratch).await.unwrap();
        Some(Bench { connection, session, save, catalog, schema })
    }

    async fn end(self) {
        run(&*self.session, &format!("drop database {}", self.schema)).await.ok();
    }

    fn edit(&self) -> &dyn Edit {
        self.connection.control().edit().unwrap()
    }

    fn key(&self, table: &str) -> ObjectKey {
        ObjectKey::relation(None, Some(&self.schema), table)
    }

    async fn rows(&self, table: &str) -> Vec<Row> {
        let relation = self.key(table);
        let request = PageRequest { relation, filters: vec![], sort: vec![], after: None, offset: 0, limit: 1000 };
        let page = self.connection.control().scan().unwrap().page(&self.catalog, &request).unwrap();
        let identity = page.identity.clone().unwrap();
        let finished = run(&*self.session, &page.statement.text).await;
        finished.ok();
        let row = |cells: &Vec<Option<Vec<u8>>>| {
            let key = identity.iter().map(|at| String::from_utf8(cells[*at].clone().unwrap()).unwrap()).collect();
            Row { key: RowKey(key), cells: cells[..page.visible_columns].to_vec() }
        };
        finished.sets[0].1.iter().map(row).collect()
    }

    fn columns(&self, table: &str) -> Vec<String> {
        let id = self.catalog.find_relation(Some(&self.schema), table).unwrap();
        self.catalog.relation(id).unwrap().columns().iter().map(|column| column.name.clone()).collect()
    }

    fn update(&self, table: &str, row: &Row, originals: Vec<Original>, set: Vec<(String, NewValue)>) -> Change {
        let update = RowUpdate { key: row.key.clone(), originals, set };
        self.edit().update(&self.catalog, &self.key(table), &update).unwrap()
    }

    async fn saved(&self, text: &str) -> u64 {
        let finished = run(&*self.save, text).await;
        match &finished.end {
            Some(Ok(summary)) => summary.affected_rows.unwrap_or(0),
            other => panic!("{text}: {other:?}"),
        }
    }

    async fn begin(&self, table: &str, context: &ValueContext, within: bool) -> driver::Frame {
        let frame = self.edit().frame(&self.catalog, &self.key(table), context, within).unwrap();
        for text in &frame.begin {
            self.saved(text).await;
        }
        frame
    }

    async fn count(&self, table: &str, row: &Row, originals: &[Original]) -> String {
        let text = self.edit().matching(&self.catalog, &self.key(table), &row.key, originals).unwrap();
        let finished = run(&*self.save, &text).await;
        finished.ok();
        String::from_utf8(finished.sets[0].1[0][0].clone().unwrap()).unwrap()
    }
}

fn held(cell: &Option<Vec<u8>>) -> CellValue {
    CellValue { bytes: cell.clone(), class: None }
}

fn original(column: &str, cell: &Option<Vec<u8>>) -> Original {
    Original { column: column.to_owned(), value: held(cell) }
}

fn text(value: &str) -> NewValue {
    NewValue::Text(value.to_owned())
}

async fn every_cell_is_exact(name: &str, engine: &str) {
    let declared: Vec<String> = TYPES.iter().enumerate().map(|(at, (native, _))| format!("c{at} {native}")).collect();
    let create =
        format!("create table odd (id int primary key, other varchar(9), {}) engine={engine}", declared.join(", "));
    let most = TYPES.iter().map(|(_, values)| values.len()).max().unwrap();
    let mut statements = vec![create, "set time_zone = '+00:00'".to_owned()];
    // The last row is NULL throughout.
    for row in 0..=most {
        let value = |(_, values): &(&str, &[&'static str])| {
            values.get(row).copied().unwrap_or(if row < most { values[0] } else { "null" })
        };
        let values: Vec<&str> = TYPES.iter().map(value).collect();
        statements.push(format!("insert into odd values ({row}, 'o', {})", values.join(", ")));
    }
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let Some(bench) = Bench::new(name, &statements).await else { return };
    for zone in ["+00:00", "+05:45"] {
        run(&*bench.session, &format!("set time_zone = '{zone}'")).await.ok();
        let context = ValueContext { time_zone: zone.to_owned(), ..ValueContext::default() };
        let frame = bench.begin("odd", &context, false).await;
        exact(&bench).await;
        for text in &frame.commit {
            bench.saved(text).await;
        }
    }
    bench.end().await;
}

async fn exact(bench: &Bench) {
    let columns = bench.columns("odd");
    // Read by the saving session, which may hold the lock.
    let reread = |keys: Vec<RowKey>| {
        let text = bench.edit().reread(&bench.catalog, &bench.key("odd"), &keys).unwrap();
        async move {
            let finished = run(&*bench.save, &text).await;
            finished.ok();
            finished.sets[0].1.clone()
        }
    };
    let keys: Vec<RowKey> = (0..=12).map(|id: usize| RowKey(vec![id.to_string()])).collect();
    let before = reread(keys.clone()).await;
    assert_eq!(before.len(), TYPES.iter().map(|(_, values)| values.len()).max().unwrap() + 1);
    for cells in &before {
        let key = RowKey(vec![String::from_utf8(cells.last().unwrap().clone().unwrap()).unwrap()]);
        let row = Row { key, cells: cells.clone() };
        for (at, column) in columns.iter().enumerate().skip(2) {
            let cell = &cells[at];
            let set = vec![("other".to_owned(), text("n"))];
            let change = bench.update("odd", &row, vec![original(column, cell)], set);
            assert_eq!(bench.saved(&change.text).await, 1, "{}\n{}", TYPES[at - 2].0, change.text);
            let back = bench.update("odd", &row, vec![], vec![(column.clone(), NewValue::Held(held(cell)))]);
            assert_eq!(bench.saved(&back.text).await, 1, "what is set to itself was found: {}", back.text);
            let mut others: Vec<&Option<Vec<u8>>> =
                before.iter().map(|other| &other[at]).filter(|other| *other != cell).collect();
            others.dedup();
            for other in others {
                let count = bench.count("odd", &row, &[original(column, other)]).await;
                assert_eq!(count, "0", "{} {cell:?} is not {other:?}", TYPES[at - 2].0);
            }
        }
    }
    for (after, before) in reread(keys).await.iter().zip(&before) {
        for (at, column) in columns.iter().enumerate().filter(|(_, column)| *column != "other") {
            assert_eq!(after[at], before[at], "{column} after writing back what it held");
        }
    }
}

#[tokio::test]
async fn every_type_finds_its_row_and_is_written_back_unchanged() {
    every_cell_is_exact("innodb", "InnoDB").await;
}

#[tokio::test]
async fn a_table_without_transactions_is_locked_and_no_less_exact() {
    every_cell_is_exact("myisam", "MyISAM").await;
}

#[tokio::test]
async fn what_a_print_does_not_tell_is_kept_where_a_value_is_written_back() {
    let Some(bench) = Bench::new(
        "kept",
        &[
            "create table t (id int primary key, f float, e enum('a'))",
            "insert into t values (1, 1.2345678, 'no such')",
        ],
    )
    .await
    else {
        return;
    };
    let row = bench.rows("t").await.remove(0);
    assert_eq!(row.cells[2].as_deref(), Some(&b""[..]), "what is none of the choices");
    let frame = bench.begin("t", &ValueContext::default(), false).await;
    let originals = vec![original("f", &row.cells[1]), original("e", &row.cells[2])];
    let back = |at: usize, name: &str| (name.to_owned(), NewValue::Held(held(&row.cells[at])));
    let change = bench.update("t", &row, originals, vec![back(1, "f"), back(2, "e")]);
    assert_eq!(bench.saved(&change.text).await, 1, "{}", change.text);
    for text in &frame.commit {
        bench.saved(text).await;
    }
    let exact = run(&*bench.session, "select f + 0e0, e + 0 from t").await.sets[0].1[0].clone();
    let exact: Vec<_> = exact.into_iter().map(|cell| String::from_utf8(cell.unwrap()).unwrap()).collect();
    assert_eq!(exact, ["1.2345677614212036", "0"]);
    bench.end().await;
}

#[tokio::test]
async fn a_lock_keeps_others_out_until_it_is_let_go() {
    let Some(bench) = Bench::new(
        "lock",
        &["create table t (id int primary key, v int) engine=MyISAM", "insert into t values (1, 1), (2, 2)"],
    )
    .await
    else {
        return;
    };
    let key = bench.key("t");
    let target = bench.edit().target(&bench.catalog, &key).unwrap();
    assert!(!target.can_roll_back && target.warnings.len() == 1, "{target:?}");
    let within = bench.edit().frame(&bench.catalog, &key, &ValueContext::default(), true);
    assert_eq!(within.unwrap_err().code, Code::Unsupported, "a lock would commit the person's transaction");
    let frame = bench.begin("t", &ValueContext::default(), false).await;
    assert!(frame.savepoint.is_none());
    run(&*bench.session, "set session lock_wait_timeout = 1").await.ok();
    let refused = run(&*bench.session, "update t set v = 9").await.error().clone();
    assert_eq!(refused.code, Code::Conflict, "{refused}");
    let row = Row { key: RowKey(vec!["1".into()]), cells: vec![] };
    assert_eq!(bench.count("t", &row, &[original("v", &Some(b"1".to_vec()))]).await, "1");
    let insert = |id: &str| RowInsert { values: vec![("id".into(), text(id))] };
    let change = bench.edit().insert(&bench.catalog, &key, &[insert("3"), insert("4")]).unwrap();
    assert_eq!(change.rows, 1, "one by one, because none is taken back");
    assert_eq!(bench.saved(&change.text).await, 1);
    for text in &frame.rollback {
        bench.saved(text).await;
    }
    run(&*bench.session, "update t set v = 9").await.ok();
    bench.end().await;
}

#[tokio::test]
async fn keys_of_every_form_name_one_row_and_are_found_by_the_index() {
    let mut statements = Vec::new();
    let keyed = [
        "bigint",
        "bigint unsigned",
        "decimal(65,30)",
        "float",
        "double",
        "bit(64)",
        "varchar(20)",
        "varchar(20) character set latin1",
        "varbinary(9)",
        "date",
        "datetime(6)",
        "time(6)",
        "year",
        "enum('it''s','back\\\\slash','','q\"x','A')",
        "set('a','b','c d')",
        "uuid",
        "inet6",
    ];
    for (at, native) in keyed.iter().enumerate() {
        let values = TYPES.iter().find(|(name, _)| name == native).unwrap().1;
        statements.push(format!("create table k{at} (k {native} not null primary key, v int)"));
        for value in values {
            statements.push(format!("insert ignore into k{at} values ({value}, 1)"));
        }
    }
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    let Some(bench) = Bench::new("keys", &statements).await else { return };
    bench.begin("k0", &ValueContext::default(), false).await;
    for (at, native) in keyed.iter().enumerate() {
        let table = format!("k{at}");
        let rows = bench.rows(&table).await;
        for row in &rows {
            let change = bench.update(&table, row, vec![original("k", &row.cells[0])], vec![("v".into(), text("2"))]);
            assert_eq!(bench.saved(&change.text).await, 1, "{native}\n{}", change.text);
            let finished = run(&*bench.save, &format!("explain {}", change.text)).await;
            finished.ok();
            let access = String::from_utf8_lossy(finished.sets[0].1[0][3].as_deref().unwrap_or_default()).into_owned();
            assert!(access != "ALL" && access != "index", "{native}: {access}\n{}", change.text);
        }
        let keys: Vec<RowKey> = rows.iter().map(|row| row.key.clone()).collect();
        let text = bench.edit().reread(&bench.catalog, &bench.key(&table), &keys).unwrap();
        let finished = run(&*bench.save, &text).await;
        finished.ok();
        assert_eq!(finished.sets[0].1.len(), rows.len(), "{native}\n{text}");
        for found in &finished.sets[0].1 {
            assert!(keys.iter().any(|key| key.0[0].as_bytes() == found[2].as_deref().unwrap()), "{native}: {found:?}");
        }
    }
    let other_case = Row { key: RowKey(vec!["aB".into()]), cells: vec![] };
    assert_eq!(bench.count("k6", &other_case, &[]).await, "0", "a key of another case is another row's");
    run(&*bench.save, "rollback").await.ok();
    bench.end().await;
}

#[tokio::test]
async fn rows_that_were_inserted_or_moved_are_found_again() {
    let Some(bench) = Bench::new(
        "again",
        &[
            "create table t (id int auto_increment primary key, v varchar(9) default 'none', n int, g int as (n * 2) stored, \
             up timestamp default current_timestamp on update current_timestamp, e enum('a','b') not null default 'b')",
            "create table w (k varchar(9) primary key, v int)",
            "insert into w values ('a', 1)",
        ],
    )
    .await
    else {
        return;
    };
    let target = bench.edit().target(&bench.catalog, &bench.key("t")).unwrap();
    assert_eq!(
        (target.source, target.key.as_slice(), target.can_roll_back),
        (KeySource::PrimaryKey, &["id".to_owned()][..], true)
    );
    let column = |name: &str| target.columns.iter().find(|column| column.name == name).unwrap();
    assert_eq!(column("e").choices, ["a", "b"]);
    assert!(column("g").read_only.is_some() && column("g").not_inserted.is_some());
    assert_eq!(
        (column("id").default.as_deref(), column("up").default.as_deref()),
        (Some("AUTO_INCREMENT"), Some("current_timestamp()"))
    );
    let frame = bench.begin("t", &ValueContext::default(), false).await;
    let row = |values: &[(&str, NewValue)]| RowInsert {
        values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let mut rows = vec![
        row(&[("v", text("it's")), ("n", text("7"))]),
        row(&[("v", NewValue::Null), ("n", NewValue::Default)]),
        row(&[("v", NewValue::Default)]),
        row(&[("id", text("0")), ("v", text(""))]),
        row(&[]),
    ];
    let mut found = Vec::new();
    while !rows.is_empty() {
        let change = bench.edit().insert(&bench.catalog, &bench.key("t"), &rows).unwrap();
        assert_eq!(change.again, Again::Returned);
        let finished = run(&*bench.save, &change.text).await;
        finished.ok();
        assert_eq!(finished.ok().affected_rows, Some(change.rows as u64), "{}", change.text);
        found.extend(finished.sets[0].1.iter().map(|row| String::from_utf8(row[0].clone().unwrap()).unwrap()));
        rows.drain(..change.rows);
    }
    assert_eq!(found, ["1", "2", "3", "0", "4"], "a zero is a zero");
    let keys: Vec<RowKey> = found.iter().map(|id| RowKey(vec![id.clone()])).collect();
    let text_of = bench.edit().reread(&bench.catalog, &bench.key("t"), &keys).unwrap();
    let finished = run(&*bench.save, &text_of).await;
    finished.ok();
    let cell = |id: &str, at: usize| {
        let row = finished.sets[0].1.iter().find(|row| row[0].as_deref() == Some(id.as_bytes())).unwrap();
        row[at].as_ref().map(|bytes| String::from_utf8(bytes.clone()).unwrap())
    };
    assert_eq!((cell("1", 1).as_deref(), cell("1", 3).as_deref()), (Some("it's"), Some("14")));
    assert_eq!((cell("2", 1), cell("3", 1).as_deref(), cell("0", 1).as_deref()), (None, Some("none"), Some("")));
    // A key that moved is asked for.
    let w = &bench.rows("w").await[0];
    let change = bench.update("w", w, vec![], vec![("k".into(), text("it's \\"))]);
    assert_eq!(bench.saved(&change.text).await, 1);
    let Again::Ask(question) = &change.again else { panic!("{:?}", change.again) };
    let finished = run(&*bench.save, question).await;
    finished.ok();
    assert_eq!(finished.sets[0].1[0][0].as_deref(), Some(&b"it's \\"[..]));
    assert_eq!(bench.saved(&change.text).await, 0, "the old key names nothing now");
    let delete =
        RowDelete { key: RowKey(vec!["it's \\".into()]), originals: vec![original("v", &Some(b"1".to_vec()))] };
    let delete = bench.edit().delete(&bench.catalog, &bench.key("w"), &delete).unwrap();
    assert_eq!(bench.saved(&delete.text).await, 1);
    for text in &frame.rollback {
        bench.saved(text).await;
    }
    assert_eq!(bench.rows("w").await.len(), 1, "all of it was undone");
    bench.end().await;
}

#[tokio::test]
async fn within_a_persons_transaction_the_settings_come_back() {
    let Some(mut bench) = Bench::new(
        "within",
        &["create table t (id int primary key, v varchar(9), d date)", "insert into t values (1, 'a', '0000-00-00')"],
    )
    .await
    else {
        return;
    };
    bench.save = bench.connection.open(Role::Session).await.unwrap();
    let settings = "select @@sql_mode, @@time_zone, @@innodb_lock_wait_timeout, @@lock_wait_timeout, @@character_set_client, \
                    @@character_set_results, @@collation_connection";
    for text in [
        "set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,NO_ZERO_DATE,TRADITIONAL', time_zone = '+03:00', innodb_lock_wait_timeout = 77",
        "start transaction",
    ] {
        bench.saved(text).await;
    }
    let before = run(&*bench.save, settings).await.sets[0].1.clone();
    let context = ValueContext { time_zone: "-02:00".to_owned(), ..ValueContext::default() };
    let row = Row { key: RowKey(vec!["1".into()]), cells: vec![] };
    for keep in [false, true] {
        let frame = bench.begin("t", &context, true).await;
        let zone = run(&*bench.save, "select @@time_zone").await.sets[0].1[0][0].clone();
        assert_eq!(zone.as_deref(), Some(&b"-02:00"[..]));
        let originals = vec![original("v", &Some(b"a".to_vec())), original("d", &Some(b"0000-00-00".to_vec()))];
        let set =
            vec![("v".into(), text("it's \\")), ("d".into(), NewValue::Held(held(&Some(b"0000-00-00".to_vec()))))];
        assert_eq!(bench.saved(&bench.update("t", &row, originals, set).text).await, 1);
        for text in if keep { &frame.commit } else { &frame.rollback } {
            bench.saved(text).await;
        }
        let found = run(&*bench.save, &format!("select v from {}.t", bench.schema)).await.sets[0].1[0][0].clone();
        assert_eq!(found.as_deref(), Some(if keep { &b"it's \\"[..] } else { &b"a"[..] }));
        assert_eq!(run(&*bench.save, settings).await.sets[0].1, before);
    }
    run(&*bench.save, "rollback").await.ok();
    bench.end().await;
}

#[tokio::test]
async fn what_cannot_be_told_apart_is_refused_with_a_reason() {
    let Some(bench) = Bench::new(
        "refused",
        &[
            "create table bare (v int)",
            "create table part (v varchar(300) not null, unique (v(10)))",
            "create table nullable (v int unique)",
            "create table uniq (a int not null, b int not null, unique both_of (a, b))",
            "create view seen as select * from uniq",
            "create table stamped (id int primary key, ts timestamp not null default current_timestamp)",
        ],
    )
    .await
    else {
        return;
    };
    let target = |table: &str| bench.edit().target(&bench.catalog, &bench.key(table));
    for table in ["bare", "part", "nullable", "seen"] {
        let error = target(table).unwrap_err();
        assert_eq!(error.code, Code::Unsupported, "{table}: {error}");
        assert!(error.hint.is_some());
    }
    let found = target("uniq").unwrap();
    assert_eq!((found.source, found.key.join(",").as_str()), (KeySource::UniqueIndex, "a,b"));
    let update =
        RowUpdate { key: RowKey(vec!["1".into()]), originals: vec![], set: vec![("ts".into(), NewValue::Null)] };
    let refused = bench.edit().update(&bench.catalog, &bench.key("stamped"), &update).unwrap_err();
    assert_eq!(refused.code, Code::InvalidStatement, "NULL would become the present moment");
    for wrong in ["", "x", "1; drop table uniq", "1 or 1"] {
        let delete = RowDelete { key: RowKey(vec![wrong.into(), "1".into()]), originals: vec![] };
        assert!(bench.edit().delete(&bench.catalog, &bench.key("uniq"), &delete).is_err(), "{wrong}");
    }
    bench.end().await;
}

#[tokio::test]
async fn nothing_is_cut_and_the_rule_behind_an_error_is_named_with_its_columns() {
    let Some(bench) = Bench::new(
        "rules",
        &[
            "create table parent (id int primary key, v text)",
            "create table t (id int primary key, n varchar(5) not null, u1 int, u2 int, tiny tinyint, e enum('a','b'), d date, \
             p int, j json, low int check (low > 0), g point, unique key twins (u1, u2), \
             constraint ordered check (u1 < u2), constraint of_parent foreign key (p) references parent (id))",
            "insert into parent values (1, 'x')",
            "insert into t values (1, 'n', 1, 2, 3, 'a', '2024-01-01', 1, '{}', 1, null)",
        ],
    )
    .await
    else {
        return;
    };
    bench.begin("t", &ValueContext::default(), false).await;
    use ViolationKind::{Check, NotNull, NotOfType, OutOfRange, Reference, Referenced, TooLong, Unique};
    let one = RowKey(vec!["1".into()]);
    for (column, value, kind, constraint, columns) in [
        ("n", NewValue::Null, NotNull, None, "n"),
        ("n", text("longer than five"), TooLong, None, "n"),
        ("tiny", text("128"), OutOfRange, None, "tiny"),
        ("tiny", text("n"), NotOfType, None, "tiny"),
        ("e", text("c"), NotOfType, None, "e"),
        ("d", text("2024-02-30"), NotOfType, None, "d"),
        ("d", text("d"), NotOfType, None, "d"),
        ("p", text("99"), Reference, Some("of_parent"), "p"),
        ("u2", text("1"), Check, Some("ordered"), "u1|u2"),
        ("low", text("0"), Check, Some("low"), "low"),
        ("j", text("{"), NotOfType, Some("j"), "j"),
        ("g", NewValue::Bytes(vec![1, 2]), NotOfType, None, ""),
    ] {
        let update = RowUpdate { key: one.clone(), originals: vec![], set: vec![(column.to_owned(), value)] };
        let change = bench.edit().update(&bench.catalog, &bench.key("t"), &update).unwrap();
        let error = run(&*bench.save, &change.text).await.error().clone();
        let found =
            bench.edit().violation(&bench.catalog, &bench.key("t"), &error).unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(
            (found.kind, found.constraint.as_deref(), found.columns.join("|").as_str()),
            (kind, constraint, columns),
            "{error}"
        );
    }
    for (table, statement, kind, constraint, columns) in [
        ("t", "insert into t (id, u1, u2) values (1, 5, 6)", NotNull, None, "n"),
        ("t", "insert into t (id, n) values (1, 'x')", Unique, Some("PRIMARY"), "id"),
        ("t", "insert into t (id, n, u1, u2) values (2, 'x', 1, 2)", Unique, Some("twins"), "u1|u2"),
        ("parent", "delete from parent", Referenced, Some("of_parent"), "id"),
    ] {
        let statement = statement.replacen(" t ", &format!(" {}.t ", bench.schema), 1).replacen(
            " parent",
            &format!(" {}.parent", bench.schema),
            1,
        );
        let error = run(&*bench.save, &statement).await.error().clone();
        let found =
            bench.edit().violation(&bench.catalog, &bench.key(table), &error).unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(
            (found.kind, found.constraint.as_deref(), found.columns.join("|").as_str()),
            (kind, constraint, columns),
            "{error}"
        );
    }
    run(&*bench.save, "rollback").await.ok();
    bench.end().await;
}
