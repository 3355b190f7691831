//! Tables that are read with others' rows: parents of INHERITS and partitioned tables.

use catalog::Scope;
use driver::KeySource;

use crate::{
    pages::{all, request, sort},
    server::{rows, servers},
};

/// A parent whose key holds for its own rows only, with children and a grandchild that repeat it, and one that holds NULL
/// where the server allows it to.
const FAMILY: &str = "create table parent (id integer primary key, v text);
    create table child () inherits (parent);
    create table other_child (more integer) inherits (parent);
    create table grandchild () inherits (child);
    create index on child (id);
    insert into parent select i, 'parent' from generate_series(1, 12) i;
    insert into child select i / 2, 'child' from generate_series(1, 20) i;
    insert into other_child select i, 'other', i from generate_series(1, 12) i;
    insert into grandchild select 7, 'grandchild' from generate_series(1, 9);";

#[tokio::test]
async fn a_parents_pages_show_every_row_of_its_children_once() {
    for server in servers() {
        let database = server.database().await;
        database.run(FAMILY).await;
        if server.major < 18 {
            let nulls =
                "alter table child alter id drop not null; insert into child values (null, 'none'), (null, 'none')";
            database.run(nulls).await;
        }
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        let wanted = |order: &str| driver::Statement::new(format!("select id, v from parent order by {order}"));
        for (order, sorts) in [
            ("id, tableoid, ctid", vec![]),
            ("v, id, tableoid, ctid", vec![sort("v", false)]),
            ("id desc, tableoid, ctid", vec![sort("id", true)]),
        ] {
            let wanted = rows(&mut client, &wanted(order)).await;
            assert!(wanted.len() >= 53, "{}", wanted.len());
            for size in 1..=11 {
                let mut request = request("parent");
                request.sort = sorts.clone();
                let found = all(&mut client, control, &catalog, request, size).await;
                assert_eq!(found, wanted, "PostgreSQL {}, {order}, pages of {size}", server.major);
            }
        }
        let page = control.scan().unwrap().page(&catalog, &request("parent")).unwrap();
        assert_eq!((page.source, page.visible_columns), (KeySource::RowId, 2));
        // A child without children of its own is read as any table.
        let leaf = control.scan().unwrap().page(&catalog, &request("other_child")).unwrap();
        assert!(!leaf.statement.text.contains("tableoid"), "{}", leaf.statement.text);
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn a_parent_without_any_key_is_paged_whole() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table bare (v integer); create table bare_child () inherits (bare);
                 insert into bare select 1 from generate_series(1, 30); insert into bare_child select * from bare;",
            )
            .await;
        let connection = database.open().await;
        let catalog = connection.control().catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        for size in [1, 7, 59, 60, 61] {
            let found = all(&mut client, connection.control(), &catalog, request("bare"), size).await;
            assert_eq!(found.len(), 60, "pages of {size}");
        }
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn a_partitioned_tables_pages_show_every_row_once_with_and_without_a_key() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table keyed (id integer, part integer, v text, primary key (part, id)) partition by list (part);
                 create table keyed_1 partition of keyed for values in (1);
                 create table keyed_2 partition of keyed for values in (2) partition by range (id);
                 create table keyed_2_low partition of keyed_2 for values from (minvalue) to (10);
                 create table keyed_2_high partition of keyed_2 for values from (10) to (maxvalue);
                 insert into keyed select i, p, 'v' || i % 3 from generate_series(1, 20) i, generate_series(1, 2) p;
                 create table bare (id integer) partition by hash (id);
                 create table bare_0 partition of bare for values with (modulus 2, remainder 0);
                 create table bare_1 partition of bare for values with (modulus 2, remainder 1);
                 insert into bare select generate_series(1, 5000);",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        for table in ["keyed", "keyed_2"] {
            let page = control.scan().unwrap().page(&catalog, &request(table)).unwrap();
            assert_eq!(page.source, KeySource::PrimaryKey);
            let statement = driver::Statement::new(format!("select * from {table} order by v, part, id"));
            let wanted = rows(&mut client, &statement).await;
            for size in 1..=9 {
                let mut request = request(table);
                request.sort = vec![sort("v", false)];
                assert_eq!(all(&mut client, control, &catalog, request, size).await, wanted, "{table} by {size}");
            }
        }
        // Where the server would read the partitions by several processes, their order would change from page to page.
        for setting in [
            "set parallel_setup_cost = 0",
            "set parallel_tuple_cost = 0",
            "set min_parallel_table_scan_size = 0",
            "alter table bare_0 set (parallel_workers = 2)",
            "alter table bare_1 set (parallel_workers = 2)",
        ] {
            crate::server::run(&mut client, setting).await;
        }
        let page = control.scan().unwrap().page(&catalog, &request("bare")).unwrap();
        assert_eq!(page.source, KeySource::Offset);
        let mut explained = page.statement.clone();
        explained.text = format!("explain {}", explained.text).into();
        let plan: String = rows(&mut client, &explained).await.into_iter().flatten().flatten().collect();
        assert!(!plan.contains("Gather"), "{plan}");
        let mut found = all(&mut client, control, &catalog, request("bare"), 700).await;
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 5000);
        client.close().await;
        database.drop().await;
    }
}
