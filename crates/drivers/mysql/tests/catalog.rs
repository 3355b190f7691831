#![allow(clippy::unwrap_used, clippy::panic)]
//! What is read of a server's catalog, on a real one.

mod common {
    pub mod server;
}

#[path = "common/shapes.rs"]
mod shapes;

use std::time::{Duration, Instant};

use catalog::{
    Action, Catalog, ConstraintKind, Enabled, Kind, Known, ObjectKey, ObjectKind, RelationKind, RoutineKind, Scope,
};
use common::server::{Server, run, server};
use driver::{Code, Comparison, Connection, Filter, KeySource, PageRequest, Role, Sort, Statement};

async fn prepare(server: &Server, database: &str, texts: &[&str]) -> std::sync::Arc<dyn Connection> {
    let (connection, session) = server.session().await;
    for text in [format!("drop database if exists {database}"), format!("create database {database} charset utf8mb4")] {
        run(&*session, &text).await.ok();
    }
    run(&*session, &format!("use {database}")).await.ok();
    for text in texts {
        run(&*session, text).await.ok();
    }
    connection
}

fn complete(database: &str) -> Scope {
    Scope { schemas: Some(vec![database.to_owned()]), ..Scope::complete() }
}

const SHOP: &[&str] = &[
    "create table p (id int unsigned auto_increment primary key comment 'the key', `na``me` varchar(20) collate utf8mb4_bin not null \
     default 'it''s', full varchar(50) as (concat(`na``me`, '!')) stored, half int as (id + 1) virtual, \
     at timestamp default current_timestamp on update current_timestamp, n int null, unique key n2 (n, `na``me`), \
     key part (`na``me`(5), n desc), fulltext key words (full), constraint positive check (n > 0)) \
     engine=innodb row_format=compressed comment='Products'",
    "create table c (id bigint primary key, p int unsigned, constraint c_p foreign key (p) references p (id) \
     on delete cascade on update set null)",
    "create table parted (id int, d date) partition by range (year(d)) (partition p0 values less than (2000), \
     partition p1 values less than maxvalue)",
    "create view v as select id, n from p",
    "create trigger t before insert on c for each row set new.id = new.id + 1",
    "create function f(a int, b varchar(9)) returns int deterministic comment 'adds' return a + 1",
    "create procedure pr(in a int, out b int) sql security invoker begin set b = a; end",
    "create sequence s start with 5 increment by 2 maxvalue 99 cycle",
    "create table bare (a int)",
    "create sequence s2 start with 7",
    "create table below (id int, d date) partition by range (year(d)) subpartition by hash (to_days(d)) subpartitions 2 \
     (partition p0 values less than (2000), partition p1 values less than maxvalue)",
    "create event nightly on schedule every 1 day starts '2030-01-02 03:04:05' disable comment 'sweeps' do delete from bare",
    "create event once on schedule at '2037-01-01 00:00:00' on completion preserve do set @a = 'x;y'",
];

#[tokio::test]
async fn everything_a_database_holds_is_read() {
    let Some(server) = server() else { return };
    let connection = prepare(&server, "catalog_all", SHOP).await;
    let catalog = connection.control().catalog(&complete("catalog_all")).await.unwrap();
    catalog.complete(&Kind::ALL).unwrap();
    assert_eq!(catalog.search_path, ["rowhouse"]);
    let p = catalog.relation(catalog.find_relation(Some("catalog_all"), "p").unwrap()).unwrap();
    assert_eq!((p.row().kind, p.row().comment.as_deref()), (RelationKind::Table, Some("Products")));
    assert_eq!(p.row().options[..2], ["ENGINE=InnoDB", "CHARSET=utf8mb4"]);
    assert!(matches!(p.row().bytes, Known::Value(bytes) if bytes > 0));
    let columns = p.columns();
    let names: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.native_type.as_str())).collect();
    assert_eq!(names[..3], [("id", "int(10) unsigned"), ("na`me", "varchar(20)"), ("full", "varchar(50)")]);
    assert!(columns[0].identity.is_some());
    assert_eq!(columns[0].comment.as_deref(), Some("the key"));
    assert_eq!(
        (columns[1].default.as_deref(), columns[1].collation.as_deref()),
        (Some("'it''s'"), Some("utf8mb4_bin"))
    );
    assert_eq!(columns[1].nullable, Known::Value(false));
    let stored: Vec<_> = columns.iter().filter_map(|column| column.generated.as_ref()).map(|one| one.stored).collect();
    assert_eq!(stored, [true, false]);
    assert_eq!(columns[4].default.as_deref(), Some("current_timestamp() on update current_timestamp()"));
    assert_eq!(columns[5].default, None);
    assert_eq!(p.primary_key().unwrap().columns, ["id"]);
    let unique = p.constraints().iter().find(|one| one.kind == ConstraintKind::Unique).unwrap();
    assert_eq!(unique.columns, ["n", "na`me"]);
    let check = p.constraints().iter().find(|one| one.kind == ConstraintKind::Check).unwrap();
    assert_eq!(check.definition, Known::Value("CHECK (`n` > 0)".into()));
    let part = p.indexes().iter().find(|index| index.name == "part").unwrap();
    assert_eq!((part.keys[0].text.as_str(), part.keys[0].expression), ("`na``me`(5)", true));
    assert!(part.keys[1].descending);
    let c = catalog.relation(catalog.find_relation(Some("catalog_all"), "c").unwrap()).unwrap();
    let key = &c.foreign_keys()[0];
    assert_eq!((key.on_delete, key.on_update), (Action::Cascade, Action::SetNull));
    assert_eq!((key.referenced, &key.referenced_columns), (Some(p.id()), &vec!["id".to_owned()]));
    assert_eq!((c.triggers()[0].name.as_str(), c.triggers()[0].timing.as_deref()), ("t", Some("BEFORE")));
    let parted = catalog.relation(catalog.find_relation(Some("catalog_all"), "parted").unwrap()).unwrap();
    assert_eq!(parted.row().kind, RelationKind::PartitionedTable);
    assert_eq!(parted.row().partition_key.as_deref(), Some("RANGE (year(`d`))"));
    assert!(
        parted.row().options.contains(&"PARTITION `p1` VALUES LESS THAN MAXVALUE".to_owned()),
        "{:?}",
        parted.row().options
    );
    let v = catalog.relation(catalog.find_relation(Some("catalog_all"), "v").unwrap()).unwrap();
    assert!(matches!(&v.row().definition, Known::Value(text) if text.contains("select")));
    let routines: Vec<_> =
        catalog.routines.iter().map(|one| (one.kind, one.name.as_str(), one.arguments.as_deref())).collect();
    assert_eq!(
        routines,
        [
            (RoutineKind::Function, "f", Some("a int(11), b varchar(9)")),
            (RoutineKind::Procedure, "pr", Some("a int(11), OUT b int(11)")),
        ]
    );
    let below = catalog.relation(catalog.find_relation(Some("catalog_all"), "below").unwrap()).unwrap();
    let key = below.row().partition_key.as_deref();
    assert_eq!(key, Some("RANGE (year(`d`)) SUBPARTITION BY HASH (to_days(`d`))"));
    let bounds = below.row().options.iter().filter(|option| option.starts_with("PARTITION")).count();
    assert_eq!(bounds, 2, "{:?}", below.row().options);
    let nightly = catalog.events.iter().find(|event| event.name == "nightly").unwrap();
    assert_eq!(
        (nightly.schedule.as_str(), nightly.enabled, nightly.preserved),
        ("EVERY 1 DAY STARTS '2030-01-02 03:04:05'", Enabled::Disabled, false)
    );
    assert_eq!((&nightly.last_run, nightly.comment.as_deref()), (&Known::Value(None), Some("sweeps")));
    assert_eq!(nightly.definition, Known::Value("delete from bare".into()));
    let once = catalog.events.iter().find(|event| event.name == "once").unwrap();
    assert_eq!(
        (once.schedule.as_str(), once.enabled, once.preserved),
        ("AT '2037-01-01 00:00:00'", Enabled::Origin, true)
    );
    let schema = &catalog.schemas[0];
    assert_eq!(
        (schema.encoding.as_deref(), schema.collation.as_deref()),
        (Some("utf8mb4"), Some("utf8mb4_general_ci"))
    );
    assert_eq!((catalog.sequences[1].name.as_str(), catalog.sequences[1].start), ("s2", Some(7)));
    let s = &catalog.sequences[0];
    assert_eq!((s.name.as_str(), s.start, s.increment, s.maximum, s.cycle), ("s", Some(5), Some(2), Some(99), true));
    assert!(catalog.find_relation(Some("catalog_all"), "s").is_none());
    assert!(catalog.roles.iter().any(|role| role.name == "rowhouse@%" && role.superuser));
}

#[tokio::test]
async fn definitions_are_the_servers_own() {
    let Some(server) = server() else { return };
    let connection = prepare(&server, "catalog_ddl", SHOP).await;
    let ddl = connection.control().ddl().unwrap();
    let key = |kind, name: &str, signature: Option<&str>| ObjectKey {
        kind,
        signature: signature.map(str::to_owned),
        ..ObjectKey::relation(None, Some("catalog_ddl"), name)
    };
    for (key, words) in [
        (key(ObjectKind::Relation, "c", None), "CREATE TABLE `c`"),
        (key(ObjectKind::Relation, "c", None), "before insert on c"),
        (key(ObjectKind::Relation, "v", None), "VIEW"),
        (key(ObjectKind::Sequence, "s", None), "CREATE SEQUENCE `s`"),
        (key(ObjectKind::Routine, "f", Some("function")), "FUNCTION `f`"),
        (key(ObjectKind::Routine, "pr", Some("procedure")), "PROCEDURE `pr`"),
        (key(ObjectKind::Routine, "pr", None), "PROCEDURE `pr`"),
        (key(ObjectKind::Trigger, "t", Some("c")), "trigger t before"),
        (key(ObjectKind::Event, "nightly", None), "ON SCHEDULE EVERY 1 DAY"),
        (key(ObjectKind::Index, "part", Some("p")), "ADD KEY `part` (`na``me`(5),`n` DESC)"),
        (key(ObjectKind::Constraint, "c_p", Some("c")), "ADD CONSTRAINT `c_p` FOREIGN KEY"),
        (key(ObjectKind::Index, "PRIMARY", Some("p")), "ADD PRIMARY KEY (`id`)"),
        (key(ObjectKind::Column, "n", Some("p")), "ADD `n` int(11)"),
        (
            ObjectKey { kind: ObjectKind::Schema, ..ObjectKey::relation(None, None, "catalog_ddl") },
            "CREATE DATABASE `catalog_ddl`",
        ),
        (ObjectKey { kind: ObjectKind::Role, ..ObjectKey::relation(None, None, "rowhouse_tls@%") }, "GRANT USAGE"),
    ] {
        let text = ddl.definition(&key).await.unwrap_or_else(|error| panic!("{key:?}: {error:?}"));
        assert!(text.contains(words), "{key:?}: {text}");
        assert!(!text.contains("PASSWORD"), "{text}");
    }
    let missing = ddl.definition(&key(ObjectKind::Routine, "nothing", None)).await.unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
}

#[tokio::test]
async fn many_definitions_at_once_are_the_single_ones() {
    let Some(server) = server() else { return };
    let more = [
        "create trigger after_it after insert on c for each row set @a = new.id",
        "create trigger second before insert on c for each row follows t set new.id = new.id + 2",
        "create trigger `before``it` before delete on c for each row set @a = old.id",
        "create trigger on_bare after update on bare for each row set @a = 1",
        "create table gone (a int)",
        "create view broken as select a from gone",
        "drop table gone",
    ];
    let texts: Vec<&str> = SHOP.iter().copied().chain(more).collect();
    let connection = prepare(&server, "catalog_bulk", &texts).await;
    let (other, session) = server.session().await;
    let mut schemas = vec!["catalog_bulk".to_owned()];
    // Names of tables that differ in case only are two tables' where the server tells them apart.
    if other.control().server().facts.get("lower_case_table_names").map(String::as_str) == Some("0") {
        for text in
            ["create table `Bare` (a int)", "create trigger on_other after update on `Bare` for each row set @b = 1"]
        {
            run(&*session, "use catalog_bulk").await.ok();
            run(&*session, text).await.ok();
        }
    }
    schemas.push("catalog_few".to_owned());
    prepare(
        &server,
        "catalog_few",
        &["create table x (a int)", "create trigger tx before insert on x for each row set @a = 1"],
    )
    .await;
    let scope = Scope { schemas: Some(schemas), ..Scope::complete() };
    let catalog = connection.control().catalog(&scope).await.unwrap();
    let mut keys = Vec::new();
    for walker in catalog.walk_relations() {
        let (relation, signature) = (walker.key(), Some(walker.row().name.clone()));
        let of = |kind, name: &str| ObjectKey {
            kind,
            name: name.to_owned(),
            signature: signature.clone(),
            ..relation.clone()
        };
        keys.extend(walker.columns().iter().map(|one| of(ObjectKind::Column, &one.name)));
        keys.extend(walker.indexes().iter().map(|one| of(ObjectKind::Index, &one.name)));
        keys.extend(walker.triggers().iter().map(|one| of(ObjectKind::Trigger, &one.name)));
        keys.push(ObjectKey::relation(None, Some(walker.schema()), &format!("{} gone", relation.name)));
        keys.push(relation);
    }
    let of = |kind, name: &str| ObjectKey { kind, ..ObjectKey::relation(None, Some("catalog_bulk"), name) };
    keys.extend(catalog.routines.iter().map(|one| of(ObjectKind::Routine, &one.name)));
    keys.extend(catalog.sequences.iter().map(|one| of(ObjectKind::Sequence, &one.name)));
    keys.extend(catalog.events.iter().map(|one| of(ObjectKind::Event, &one.name)));
    keys.push(of(ObjectKind::Schema, "catalog_bulk"));
    keys.push(of(ObjectKind::Policy, "none"));
    keys.push(ObjectKey::relation(None, Some("no such schema"), "x"));
    keys.extend(keys.first().cloned());
    let ddl = connection.control().ddl().unwrap();
    let mut single = Vec::new();
    for key in &keys {
        if let Ok(text) = ddl.definition(key).await {
            single.push((key.clone(), text));
        }
    }
    assert_eq!(ddl.definitions(&keys).await.unwrap(), single);
    let text = |name: &str| {
        let found = single.iter().find(|(key, _)| key.kind == ObjectKind::Relation && key.name == name);
        found.unwrap().1.to_string()
    };
    assert_eq!(text("c").matches("CREATE DEFINER").count(), 4, "{}", text("c"));
    assert!(text("bare").contains("on_bare") && !text("bare").contains("on_other"), "{}", text("bare"));
    assert!(text("x").contains("tx before insert"));
    run(&*session, "drop database catalog_few").await.ok();
}

#[tokio::test]
async fn a_tables_character_set_is_the_servers_word_and_not_its_collations_name() {
    let Some(server) = server() else { return };
    let tables = [
        ("general", "charset utf8mb4 collate utf8mb4_general_ci", "utf8mb4"),
        ("old", "charset latin1 collate latin1_swedish_ci", "latin1"),
        ("bytes", "charset binary", "binary"),
        ("short", "charset utf8mb3 collate utf8mb3_bin", "utf8mb3"),
        ("wide", "charset utf8mb4 collate uca1400_as_cs", "utf8mb4"),
        ("wider", "charset utf16 collate uca1400_ai_ci", "utf16"),
    ];
    let (connection, _) = server.session().await;
    let number = connection.control().server().version_number;
    let has_uca = connection.control().server().product == "MariaDB" && number >= 101_001;
    let tables: Vec<_> = tables.into_iter().filter(|(_, text, _)| has_uca || !text.contains("uca1400")).collect();
    let texts: Vec<String> =
        tables.iter().map(|(name, options, _)| format!("create table {name} (a varchar(9)) {options}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).chain(["create view v as select a from old"]).collect();
    let connection = prepare(&server, "catalog_charsets", &texts).await;
    let catalog = connection.control().catalog(&complete("catalog_charsets")).await.unwrap();
    for (name, _, charset) in tables {
        let found = catalog.relation(catalog.find_relation(Some("catalog_charsets"), name).unwrap()).unwrap();
        assert!(found.row().options.contains(&format!("CHARSET={charset}")), "{name}: {:?}", found.row().options);
    }
    let view = catalog.relation(catalog.find_relation(Some("catalog_charsets"), "v").unwrap()).unwrap();
    assert!(!view.row().options.iter().any(|option| option.starts_with("CHARSET")), "{:?}", view.row().options);
}

#[tokio::test]
async fn what_a_login_may_not_read_is_denied() {
    let Some(server) = server() else { return };
    let all = server.connect(&[]).await.unwrap().control().catalog(&Scope::complete()).await.unwrap();
    let everywhere = all.grants.iter().find(|grant| {
        grant.object.kind == ObjectKind::Database && grant.grantee == "rowhouse@%" && grant.privilege == "SELECT"
    });
    assert_eq!(everywhere.map(|grant| (grant.object.name.as_str(), grant.grantable)), Some(("*", true)));
    let connection = server.connect(&[("user", "rowhouse_reader"), ("schema", "")]).await.unwrap();
    let catalog = connection.control().catalog(&Scope::complete()).await.unwrap();
    assert_eq!(catalog.coverage[&Kind::Roles], Known::Denied);
    assert_eq!(catalog.coverage[&Kind::Policies], Known::Unsupported);
    assert_eq!(catalog.coverage[&Kind::Columns], Known::Value(()));
}

async fn pages(
    connection: &dyn Connection,
    database: &str,
    table: &str,
    sort: &[(&str, bool)],
) -> (KeySource, Vec<String>) {
    let control = connection.control();
    let catalog: Catalog = control.catalog(&Scope::relation(Some(database), table)).await.unwrap();
    let session = connection.open(Role::Browse).await.unwrap();
    let scan = control.scan().unwrap();
    let (mut after, mut found, mut offset) = (None, Vec::new(), 0);
    loop {
        let request = PageRequest {
            relation: ObjectKey::relation(None, Some(database), table),
            filters: Vec::new(),
            sort: sort
                .iter()
                .map(|(column, descending)| Sort { column: (*column).to_owned(), descending: *descending })
                .collect(),
            after: after.take(),
            offset,
            limit: 2,
        };
        let page = scan.page(&catalog, &request).unwrap();
        let finished = common::server::finish(session.run(page.statement)).await;
        finished.ok();
        let rows = &finished.sets[0].1;
        for row in rows {
            let text = |cell: &Option<Vec<u8>>| cell.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            found.push(text(&row[0]).unwrap());
            after = Some(page.key.iter().map(|column| text(&row[*column])).collect());
        }
        offset += rows.len() as u64;
        if rows.len() < 2 || found.len() > 50 {
            return (page.source, found);
        }
    }
}

#[tokio::test]
async fn pages_continue_behind_keys_of_every_type() {
    let Some(server) = server() else { return };
    let connection = prepare(
        &server,
        "catalog_pages",
        &[
            "set sql_mode = ''",
            "create table k (id int primary key, f float, vb varbinary(9), e enum('z','a','m'), bt bit(9), t varchar(9), \
             d date, dc decimal(9,3))",
            "insert into k values (1, 1.1, x'00', 'z', 1, 'B', '0000-00-00', 1.1), (2, 1.1, x'00ff', 'a', 300, 'b', null, -1), \
             (3, 2.2, x'27', 'm', 300, 'it''s', '2024-01-01', 0), (4, null, null, null, null, null, null, null), \
             (5, 2.2, x'5c', 'a', 2, '\\\\', '2024-01-01', 5), (6, 1e-20, x'', 'z', 0, '', '1000-01-01', 99999.999)",
            "create table u (a varchar(9) not null, b int not null, unique (a, b))",
            "insert into u values ('x', 1), ('X', 2), ('y', 1), ('a', 9), ('b', 8)",
            "create table bare (a int)",
            "insert into bare values (1), (1), (2)",
        ],
    )
    .await;
    for column in ["id", "f", "vb", "e", "bt", "t", "d", "dc"] {
        for descending in [false, true] {
            let (source, mut found) = pages(&*connection, "catalog_pages", "k", &[(column, descending)]).await;
            found.sort();
            assert_eq!((source, found.join("")), (KeySource::PrimaryKey, "123456".to_owned()), "{column} {descending}");
        }
    }
    let (source, found) = pages(&*connection, "catalog_pages", "u", &[]).await;
    assert_eq!((source, found.join("")), (KeySource::UniqueIndex, "abxXy".to_owned()));
    let (source, found) = pages(&*connection, "catalog_pages", "bare", &[]).await;
    assert_eq!((source, found.len()), (KeySource::Offset, 3));

    let catalog = connection.control().catalog(&Scope::relation(Some("catalog_pages"), "k")).await.unwrap();
    let session = connection.open(Role::Browse).await.unwrap();
    let key = ObjectKey::relation(None, Some("catalog_pages"), "k");
    for (column, comparison, values, wanted) in [
        ("f", Comparison::Equal, vec!["1.1"], "2"),
        ("f", Comparison::NotEqual, vec!["1.1"], "4"),
        ("f", Comparison::In, vec!["1.1", "2.2"], "4"),
        ("vb", Comparison::Equal, vec!["0x00ff"], "1"),
        ("e", Comparison::Equal, vec!["a"], "2"),
        ("bt", Comparison::Greater, vec!["1"], "3"),
        ("t", Comparison::Contains, vec!["T'"], "1"),
        ("t", Comparison::StartsWith, vec!["b"], "2"),
        ("t", Comparison::Equal, vec!["\\"], "1"),
        ("id", Comparison::Contains, vec!["3"], "1"),
        ("t", Comparison::Like, vec!["%'%"], "1"),
        ("d", Comparison::IsNull, vec![], "2"),
        ("dc", Comparison::LessOrEqual, vec!["0"], "2"),
        ("id", Comparison::Equal, vec!["1 or 1=1"], "1"),
    ] {
        let filter = Filter {
            column: column.to_owned(),
            comparison,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let count: Statement = connection.control().scan().unwrap().count(&catalog, &key, &[filter.into()]).unwrap();
        let counted = common::server::finish(session.run(count.clone())).await;
        counted.ok();
        assert_eq!(counted.first().unwrap(), wanted, "{}", count.text);
    }
}

#[tokio::test]
async fn a_thousand_tables_are_read_at_once() {
    let Some(server) = server() else { return };
    let (connection, session) = server.session().await;
    run(&*session, "drop database if exists catalog_many").await.ok();
    run(&*session, "create database catalog_many").await.ok();
    run(&*session, "use catalog_many").await.ok();
    for i in 0..1000 {
        let text =
            format!("create table t{i} (id int primary key, a varchar(9), b int, c datetime, key (b)) engine=innodb");
        run(&*session, &text).await.ok();
    }
    let scope = Scope { schemas: Some(vec!["catalog_many".to_owned()]), ..Scope::default() };
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        let catalog = connection.control().catalog(&scope).await.unwrap();
        best = best.min(began.elapsed());
        assert_eq!((catalog.relations.len(), catalog.columns.len()), (1000, 4000));
    }
    eprintln!("the lean catalog of 1,000 tables: {best:?}");
    let keys: Vec<_> = (0..1000).map(|i| ObjectKey::relation(None, Some("catalog_many"), &format!("t{i}"))).collect();
    let began = Instant::now();
    assert_eq!(connection.control().ddl().unwrap().definitions(&keys).await.unwrap().len(), 1000);
    eprintln!("their definition texts: {:?}", began.elapsed());
    run(&*session, "drop database catalog_many").await.ok();
}
