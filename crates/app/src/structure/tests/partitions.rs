//! Partitions: made, attached, detached, divided otherwise, and back.

use super::{
    applying::{Made, run, same},
    *,
};

fn key(text: &str, expression: bool) -> StructurePartitionKey {
    StructurePartitionKey { text: text.to_owned(), expression }
}

fn years(from: &str, to: &str) -> StructureBound {
    StructureBound::Range { from: vec![from.to_owned()], to: vec![to.to_owned()] }
}

fn partition(table: &ObjectRef, name: &str, bound: StructureBound) -> StructureEdit {
    StructureEdit::CreatePartition {
        table: table.clone(),
        schema: None,
        name: name.to_owned(),
        bound,
        partition_by: None,
        row_security: false,
    }
}

const LOG: &str = "CREATE TABLE log (id int NOT NULL, at date NOT NULL DEFAULT current_date, what text REFERENCES words, PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
    CREATE INDEX ON log (what);
    CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    INSERT INTO log VALUES (1, '2025-05-05', 'a');";

#[tokio::test]
async fn a_table_is_divided_and_its_partitions_divided_again() {
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", "CREATE TABLE plain (id int)").await else { return };
    let shop = &made.shop;
    let before = shop.defined().await;
    let by = |way, keys| StructurePartitioning { way, keys };
    let log = made.table("log");
    let create = |keys: Vec<StructurePartitionKey>| StructureEdit::CreateTable {
        schema: log.schema.clone(),
        name: "log".to_owned(),
        columns: vec![column("at", "date"), column("Who", "text")],
        primary_key: Vec::new(),
        row_security: true,
        partition_by: Some(by(StructurePartitionWay::Range, keys)),
        comment: None,
    };
    for wrong in [vec![], vec![key(" ", false)]] {
        assert_eq!(shop.stage(vec![create(wrong)]).await.unwrap_err().code, ErrorCode::InvalidStatement);
    }
    shop.staged(create(vec![key("at", false)])).await;
    let further = by(StructurePartitionWay::List, vec![key("lower(\"Who\")", true)]);
    let StructureEdit::CreatePartition { table, schema, name, bound, row_security, .. } =
        partition(&log, "log_2026", years("2026-01-01", "MAXVALUE"))
    else {
        panic!()
    };
    shop.staged(StructureEdit::CreatePartition {
        table,
        schema,
        name,
        bound,
        row_security,
        partition_by: Some(further),
    })
    .await;
    let inner = made.table("log_2026");
    let people = StructureBound::List { values: vec!["ada".into(), "o'hara".into(), "NULL".into()] };
    shop.staged(partition(&inner, "log_2026_a", people)).await;
    shop.staged(partition(&inner, "log_2026_rest", StructureBound::Default)).await;
    for (edit, code) in [
        (partition(&log, "x", StructureBound::List { values: vec!["1".into()] }), ErrorCode::InvalidStatement),
        (partition(&log, "x", StructureBound::Range { from: vec![], to: vec![] }), ErrorCode::InvalidStatement),
        (partition(&made.table("plain"), "x", StructureBound::Default), ErrorCode::InvalidStatement),
        (partition(&log, "log_2026", years("1", "2")), ErrorCode::AlreadyExists),
        (partition(&inner, "x", StructureBound::Default), ErrorCode::AlreadyExists),
    ] {
        assert_eq!(shop.stage(vec![edit.clone()]).await.unwrap_err().code, code, "{edit:?}");
    }
    let page = shop.page(inner.clone()).await;
    let told = page.partitions.unwrap();
    assert_eq!(told.by.as_deref(), Some("LIST (lower(\"Who\"))"));
    assert_eq!(told.form.unwrap().keys, [key("lower(\"Who\")", true)]);
    assert_eq!(told.of.unwrap().1, "FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)");
    let names: Vec<&str> = told.partitions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["log_2026_a", "log_2026_rest"]);
    let applied = shop.applied().await;
    run(shop, "INSERT INTO log VALUES ('2026-02-02', 'O''Hara'), ('2026-02-02', NULL), ('2027-01-01', 'x')").await;
    shop.staged(StructureEdit::TakeBack { applied }).await;
    let review = shop.review().await;
    assert!(review.lossy.iter().any(|text| text.contains("rows of the table")), "{:#?}", review.lossy);
    shop.applied().await;
    same(&before, &shop.defined().await);
    made.remove().await;
}

#[tokio::test]
async fn what_is_detached_keeps_what_it_had_and_is_attached_again() {
    let text = format!("CREATE TABLE words (word text PRIMARY KEY); INSERT INTO words VALUES ('a'); {LOG}");
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", &text).await else { return };
    let (shop, log, old) = (&made.shop, made.table("log"), made.table("log_2025"));
    let before = shop.defined().await;
    shop.staged(StructureEdit::DetachPartition { partition: old.clone() }).await;
    let page = shop.page(old.clone()).await;
    assert_eq!((page.columns.len(), page.keys.len(), page.foreign_keys.len(), page.indexes.len()), (3, 1, 1, 1));
    let review = shop.review().await;
    let texts: Vec<&str> = review.steps.iter().map(|step| step.sql.as_str()).collect();
    assert_eq!(texts, ["ALTER TABLE public.log DETACH PARTITION public.log_2025"], "nothing is made that it has");
    assert_eq!(review.steps[0].locks[0].lock, "ACCESS EXCLUSIVE");
    let online = review.steps[0].online.as_ref().unwrap();
    assert!(online.offered && online.sql.contains("CONCURRENTLY"), "{online:?}");
    let wanted = shop.defined().await;
    shop.applied().await;
    assert_ne!(wanted, shop.defined().await);
    let alone = shop.defined().await;
    assert_eq!(shop.page(old.clone()).await.foreign_keys.len(), 1);
    let attach =
        |bound: StructureBound| StructureEdit::AttachPartition { table: log.clone(), partition: old.clone(), bound };
    let error = shop.stage(vec![StructureEdit::AttachPartition {
        table: log.clone(),
        partition: made.table("words"),
        bound: years("2020-01-01", "2021-01-01"),
    }]);
    let error = error.await.unwrap_err();
    assert!(error.message.contains("no column"), "{}", error.message);
    shop.staged(attach(years("2025-01-01", "2026-01-01"))).await;
    let review = shop.review().await;
    let locks: Vec<(&str, &str)> =
        review.steps[0].locks.iter().map(|one| (one.table.as_str(), one.lock.as_str())).collect();
    assert!(locks.contains(&("public.log", "SHARE UPDATE EXCLUSIVE")), "{locks:?}");
    assert!(locks.contains(&("public.log_2025", "ACCESS EXCLUSIVE")), "{locks:?}");
    let applied = shop.applied().await;
    same(&before, &shop.defined().await);
    shop.staged(StructureEdit::TakeBack { applied }).await;
    shop.applied().await;
    same(&alone, &shop.defined().await);
    shop.staged(attach(years("2025-01-01", "2026-01-01"))).await;
    shop.applied().await;
    // Beside others, each in no transaction; a check says what was in it.
    shop.staged(StructureEdit::DetachPartition { partition: old.clone() }).await;
    shop.staged(partition(&log, "log_2027", years("2027-01-01", "2028-01-01"))).await;
    let new = made.table("log_2027");
    let online = vec![shop.page(old.clone()).await.object, shop.page(new).await.object];
    let review = shop.app.review_structure(&shop.profile, None, online.clone()).await.unwrap();
    let texts: Vec<&str> = review.steps.iter().map(|step| step.sql.as_str()).collect();
    assert_eq!(texts[0], "ALTER TABLE public.log DETACH PARTITION public.log_2025 CONCURRENTLY");
    assert!(texts[1].starts_with("CREATE TABLE public.log_2027 (LIKE public.log"), "{texts:?}");
    let told = shop.app.apply_structure(&shop.profile, None, &review.digest, online, 2_000, None).await.unwrap();
    assert!(matches!(told, StructureApplied::Applied { .. }), "{told:#?}");
    let page = shop.page(log.clone()).await;
    let names: Vec<String> = page.partitions.unwrap().partitions.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["log_2027"]);
    made.remove().await;
}

#[tokio::test]
async fn a_partitioned_table_goes_with_its_partitions() {
    let text = format!("CREATE TABLE words (word text PRIMARY KEY); INSERT INTO words VALUES ('a'); {LOG}");
    let Some(made) = Made::on("ROWHOUSE_TEST_POSTGRES_18_URL", &text).await else { return };
    let shop = &made.shop;
    shop.staged(StructureEdit::Drop { object: made.table("log") }).await;
    let review = shop.review().await;
    let texts: Vec<&str> = review.steps.iter().map(|step| step.sql.as_str()).collect();
    assert_eq!(texts, ["DROP TABLE public.log_2025", "DROP TABLE public.log"]);
    shop.applied().await;
    made.remove().await;
}

#[tokio::test]
async fn mariadb_divides_by_a_clause() {
    let Some(made) = Made::on("ROWHOUSE_TEST_MARIADB_URL", "CREATE TABLE log (id int NOT NULL PRIMARY KEY)").await
    else {
        return;
    };
    let (shop, log) = (&made.shop, made.table("log"));
    let before = shop.defined().await;
    let by =
        |clause: Option<&str>| StructureEdit::PartitionBy { table: log.clone(), clause: clause.map(str::to_owned) };
    assert_eq!(shop.stage(vec![by(Some("nonsense"))]).await.unwrap_err().code, ErrorCode::InvalidStatement);
    let end = |to: &str| StructureBound::Range { from: Vec::new(), to: vec![to.to_owned()] };
    assert_eq!(shop.stage(vec![partition(&log, "p1", end("20"))]).await.unwrap_err().code, ErrorCode::InvalidStatement);
    shop.staged(by(Some(
        "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION rest VALUES LESS THAN MAXVALUE);",
    )))
    .await;
    let applied = shop.applied().await;
    run(shop, "INSERT INTO log VALUES (5), (15), (25)").await;
    let divided = shop.defined().await;
    shop.staged(partition(&log, "p1", end("20"))).await;
    let review = shop.review().await;
    assert!(review.steps[0].sql.contains("REORGANIZE PARTITION `rest` INTO"), "{}", review.steps[0].sql);
    let names = |page: StructurePage| -> Vec<(String, Option<StructureChange>)> {
        page.partitions.unwrap().partitions.into_iter().map(|one| (one.name, one.change)).collect()
    };
    let added = Some(StructureChange::Added);
    assert_eq!(names(shop.page(log.clone()).await), [("p0".into(), None), ("p1".into(), added), ("rest".into(), None)]);
    let second = shop.applied().await;
    shop.staged(StructureEdit::DropPartition { table: log.clone(), name: "p1".to_owned() }).await;
    let review = shop.review().await;
    assert_eq!(review.steps[0].sql, "ALTER TABLE `log`\nDROP PARTITION `p1`");
    assert_eq!(review.steps[0].loses.as_deref(), Some("the rows of the partition"));
    shop.staged(StructureEdit::DiscardAll).await;
    shop.staged(StructureEdit::TakeBack { applied: second }).await;
    shop.applied().await;
    same(&divided, &shop.defined().await);
    shop.staged(StructureEdit::TakeBack { applied }).await;
    shop.applied().await;
    same(&before, &shop.defined().await);
    made.remove().await;
}

#[tokio::test]
async fn sqlite_divides_nothing() {
    let shop = Shop::open().await;
    assert_eq!(shop.app.structure_abilities(&shop.profile, None).await.unwrap().partitions, None);
    let error = shop.stage(vec![partition(&table("orders"), "x", StructureBound::Default)]).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}
