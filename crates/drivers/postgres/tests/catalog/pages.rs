//! Paging sees every row once and in the server's own order, whatever the type, the sort and the size of a page.

use catalog::{Catalog, ObjectKey, Scope};
use driver::{Code, Comparison, Control, Filter, KeySource, PageRequest, Sort};
use driver_postgres::wire::Client;

use crate::server::{rows, servers};

pub(crate) fn request(name: &str) -> PageRequest {
    PageRequest {
        relation: ObjectKey::relation(None, Some("public"), name),
        filters: Vec::new(),
        sort: Vec::new(),
        after: None,
        offset: 0,
        limit: 1000,
    }
}

pub(crate) fn sort(column: &str, descending: bool) -> Sort {
    Sort { column: column.to_owned(), descending }
}

fn filter(column: &str, comparison: Comparison, values: &[&str]) -> driver::Condition {
    Filter { column: column.to_owned(), comparison, values: values.iter().map(|value| (*value).to_owned()).collect() }
        .into()
}

/// Every row of a relation, page by page: visible columns only.
pub(crate) async fn all(
    client: &mut Client,
    control: &dyn Control,
    catalog: &Catalog,
    mut request: PageRequest,
    size: u32,
) -> Vec<Vec<Option<String>>> {
    let mut found: Vec<Vec<Option<String>>> = Vec::new();
    request.limit = size;
    loop {
        let page = control.scan().unwrap().page(catalog, &request).unwrap();
        let batch = rows(client, &page.statement).await;
        let count = batch.len();
        if let Some(last) = batch.last() {
            request.after = Some(page.key.iter().map(|place| last[*place].clone()).collect());
        }
        request.offset += count as u64;
        found.extend(batch.into_iter().map(|mut row| {
            row.truncate(page.visible_columns);
            row
        }));
        if count < size as usize {
            return found;
        }
        assert!(found.len() < 10_000, "it never ends: {}", page.statement.text);
    }
}

/// Columns of many types with NULLs, equal values and values at the edges of their order.
const TYPES: &[(&str, &str)] = &[
    ("integer", "1,-1,0,2147483647,-2147483648,1"),
    ("bigint", "9223372036854775807,-9223372036854775808,0,0"),
    ("numeric", "NaN,1.0,1.00,-5,0,123456789012345678901234567890.5,0.1"),
    ("double precision", "NaN,Infinity,-Infinity,0,-0,0.1,1e300,5e-324"),
    ("real", "NaN,Infinity,46.45,0.1,-1"),
    ("boolean", "t,f,t"),
    ("text", "a,A,ä,Z,z,,a b,a%b,🚀,NULL"),
    ("text collate \"C\"", "a,A,ä,Z,z,"),
    ("character varying(5)", "ab,a,b"),
    ("character(4)", "a,ab,b "),
    ("\"char\"", "a,b,A"),
    ("name", "x,y,X"),
    ("bytea", "\\x00,\\xff,\\x,\\x0041"),
    ("uuid", "00000000-0000-0000-0000-000000000001,ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ("date", "2024-02-29,infinity,-infinity,0044-03-15 BC"),
    ("time", "00:00,23:59:59.999999,24:00"),
    ("timetz", "10:00+02,08:00+00,09:00-05"),
    ("timestamp", "2024-03-31 02:30:00.123456,infinity,0044-03-15 01:00 BC"),
    ("timestamptz", "2024-03-31 02:30:00.123456+02,infinity,-infinity,2024-03-31 00:30:00.123456+00"),
    ("interval", "1 mon,30 days,720:00,-1 day"),
    ("inet", "10.0.0.1,::1,10.0.0.0/8"),
    ("cidr", "10.0.0.0/8,192.168.0.0/16"),
    ("macaddr", "08:00:2b:01:02:03"),
    ("bit(3)", "101,000"),
    ("bit varying", "1,11,0"),
    ("money", "1.50,-2,0"),
    ("jsonb", "{\"a\":1};[1];\"x\";null"),
    ("json", "{\"a\":1};[1, 2];null"),
    ("xml", "<a/>,<b>x</b>"),
    ("point", "(1;2),(0;0)"),
    ("box", "(1;1);(0;0)"),
    ("int4range", "[1;5),empty,(;)"),
    ("integer[]", "{1;2},{},{NULL},{1}"),
    ("text[]", "{a;b},{\"x y\"}"),
    ("tsvector", "a:1 b:2,c:1"),
    ("oid", "1,4294967295"),
    ("regclass", "pg_class,pg_type"),
    ("pg_lsn", "0/16B3748,0/1"),
    ("public.mood", "happy,sad"),
    ("public.positive", "5,2,9"),
    ("public.pair", "(1;a),(2;b),(1;)"),
];

#[tokio::test]
async fn every_page_size_sees_every_row_once_in_the_servers_order() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create type mood as enum ('sad', 'ok', 'happy'); create domain positive as integer check (value > 0);
                 create type pair as (a integer, b text)",
            )
            .await;
        let mut text = String::new();
        for (number, (native, values)) in TYPES.iter().enumerate() {
            text.push_str(&format!(
                "create table t{number} (id integer generated always as identity primary key, v {native});"
            ));
            // A semicolon stands for a comma within a value, except where it stands between values that hold commas.
            let values: Vec<String> = match *native {
                "jsonb" | "json" => values.split(';').map(str::to_owned).collect(),
                "box" => vec![values.replace(';', ",")],
                _ => values.split(',').map(|value| value.replace(';', ",")).collect(),
            };
            for value in values.iter().map(String::as_str).chain(values.iter().map(String::as_str).take(2)) {
                text.push_str(&format!("insert into t{number} (v) values ('{value}');"));
            }
            text.push_str(&format!("insert into t{number} (v) values (null), (null);"));
        }
        database.run(&text).await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        for (number, (native, _)) in TYPES.iter().enumerate() {
            let name = format!("t{number}");
            for descending in [false, true] {
                let direction = if descending { "desc" } else { "asc" };
                let by = match *native {
                    "json" | "xml" | "point" | "box" => "v::text",
                    _ => "v",
                };
                let ordered = driver::Statement::new(format!("select * from {name} order by {by} {direction}, id"));
                let wanted = rows(&mut client, &ordered).await;
                for size in 1..=u32::try_from(wanted.len() + 1).unwrap() {
                    let mut request = request(&name);
                    request.sort = vec![sort("v", descending)];
                    let found = all(&mut client, control, &catalog, request, size).await;
                    assert_eq!(found, wanted, "{native} {direction} by {size} on {}", server.major);
                }
            }
        }
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn the_key_is_the_best_there_is() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table keyed (a integer, b integer, note text, primary key (b, a));
                 insert into keyed select g % 7, g, case when g % 3 > 0 then (g % 4)::text end from generate_series(1, 40) g;
                 create table uniquely (a integer not null, b text unique, c integer not null unique);
                 insert into uniquely select g, null, 100 - g from generate_series(1, 30) g;
                 create table bare (v text); insert into bare select (g % 5)::text from generate_series(1, 30) g; delete from bare where v = '3';
                 create table nothing (); insert into nothing default values; insert into nothing default values;
                 create view seen as select * from keyed;
                 create table parted (id integer, v integer) partition by range (id);
                 create table parted_1 partition of parted for values from (0) to (100); insert into parted select g, g from generate_series(1, 20) g;
                 create table named (r regclass primary key); insert into named values ('pg_class'), ('keyed'), ('pg_type')",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        let row_id = if server.major >= 14 { KeySource::RowId } else { KeySource::Offset };
        for (name, source, count) in [
            ("keyed", KeySource::PrimaryKey, 40),
            ("uniquely", KeySource::UniqueIndex, 30),
            ("bare", row_id, 24),
            ("nothing", row_id, 2),
            ("seen", KeySource::Offset, 40),
            ("parted", KeySource::Offset, 20),
            ("parted_1", row_id, 20),
            ("named", KeySource::PrimaryKey, 3),
        ] {
            let page = control.scan().unwrap().page(&catalog, &request(name)).unwrap();
            assert_eq!(page.source, source, "{name}");
            for size in [1, 2, 3, 7, 100] {
                assert_eq!(
                    all(&mut client, control, &catalog, request(name), size).await.len(),
                    count,
                    "{name} by {size}"
                );
            }
        }
        // Both directions, NULLs in the middle of the order, and a filter.
        for (order, sorts) in [
            ("note desc, a, b", vec![sort("note", true), sort("a", false)]),
            ("a desc, note, b", vec![sort("a", true), sort("note", false)]),
            ("note, b desc, a", vec![sort("note", false), sort("b", true)]),
            ("b desc, a desc", vec![sort("b", true), sort("a", true)]),
        ] {
            let ordered = driver::Statement::new(format!("select * from keyed where a > 1 order by {order}"));
            let wanted = rows(&mut client, &ordered).await;
            for size in 1..=9 {
                let mut request = request("keyed");
                request.sort = sorts.clone();
                request.filters = vec![filter("a", Comparison::Greater, &["1"])];
                assert_eq!(all(&mut client, control, &catalog, request, size).await, wanted, "{order} by {size}");
            }
        }
        let mut sorted = request("bare");
        sorted.sort = vec![sort("v", true)];
        if server.major >= 14 {
            assert_eq!(all(&mut client, control, &catalog, sorted, 5).await.len(), 24);
        }
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn filters_say_what_a_person_means() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create type mood as enum ('sad', 'ok');
                 create table t (id integer primary key, s text, n numeric, m mood, j json, r regclass, v varchar(3), a integer[]);
                 insert into t values (1, '50%', 1.5, 'sad', '{\"a\":1}', 'pg_class', 'abc', '{1,2}'), (2, '50x', 2, 'ok', '[]', 'pg_type', 'x', '{}'),
                   (3, 'a_b\\c', null, null, null, null, null, null), (4, 'AXB', -1, 'sad', null, null, 'abc', '{3}')",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let mut client = database.connect().await;
        for (column, comparison, values, wanted) in [
            ("s", Comparison::Contains, vec!["%"], "1"),
            ("s", Comparison::Contains, vec!["_B\\"], "3"),
            ("s", Comparison::StartsWith, vec!["ax"], "4"),
            ("s", Comparison::Like, vec!["50_"], "1,2"),
            ("n", Comparison::Equal, vec!["1.50"], "1"),
            ("n", Comparison::NotEqual, vec!["2"], "1,3,4"),
            ("n", Comparison::Less, vec!["1.5"], "4"),
            ("n", Comparison::LessOrEqual, vec!["1.5"], "1,4"),
            ("n", Comparison::GreaterOrEqual, vec!["1.5"], "1,2"),
            ("n", Comparison::Contains, vec!["1"], "1,4"),
            ("n", Comparison::In, vec!["2", "-1"], "2,4"),
            ("n", Comparison::In, vec![], ""),
            ("n", Comparison::IsNull, vec![], "3"),
            ("m", Comparison::Equal, vec!["sad"], "1,4"),
            ("m", Comparison::In, vec!["ok", "sad"], "1,2,4"),
            ("m", Comparison::Greater, vec!["sad"], "2"),
            ("j", Comparison::Equal, vec!["[]"], "2"),
            ("j", Comparison::IsNotNull, vec![], "1,2"),
            ("r", Comparison::Equal, vec!["pg_type"], "2"),
            ("r", Comparison::In, vec!["pg_type", "pg_class"], "1,2"),
            ("v", Comparison::In, vec!["abc", "a\"b\\c,"], "1,4"),
            ("v", Comparison::Equal, vec!["abcd"], ""),
            ("a", Comparison::Equal, vec!["{1,2}"], "1"),
            ("s", Comparison::In, vec!["NULL", "50%"], "1"),
        ] {
            let mut request = request("t");
            request.filters = vec![filter(column, comparison, &values)];
            let page = control.scan().unwrap().page(&catalog, &request).unwrap();
            let found = rows(&mut client, &page.statement).await;
            let ids: Vec<String> = found.into_iter().filter_map(|row| row[0].clone()).collect();
            assert_eq!(ids.join(","), wanted, "{column} {comparison:?} {values:?}");
            let count = control.scan().unwrap().count(&catalog, &request.relation, &request.filters).unwrap();
            assert_eq!(rows(&mut client, &count).await[0][0], Some(ids.len().to_string()));
        }
        let mut wrong = request("t");
        wrong.filters = vec![filter("gone", Comparison::IsNull, &[])];
        assert_eq!(control.scan().unwrap().page(&catalog, &wrong).unwrap_err().code, Code::NotFound);
        wrong.filters = vec![filter("n", Comparison::Equal, &[])];
        assert_eq!(control.scan().unwrap().page(&catalog, &wrong).unwrap_err().code, Code::InvalidStatement);
        assert_eq!(control.scan().unwrap().page(&catalog, &request("gone")).unwrap_err().code, Code::NotFound);
        let mut wrong = request("t");
        wrong.after = Some(Vec::new());
        assert_eq!(control.scan().unwrap().page(&catalog, &wrong).unwrap_err().code, Code::InvalidStatement);
        client.close().await;
        database.drop().await;
    }
}

#[tokio::test]
async fn a_table_without_a_key_is_read_in_the_files_order_without_sorting_it() {
    for server in servers().into_iter().filter(|server| server.major >= 14) {
        let database = server.database().await;
        database
            .run("create table big (v text); insert into big select repeat('x', 500) from generate_series(1, 100000)")
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        let page = control.scan().unwrap().page(&catalog, &request("big")).unwrap();
        let mut client = database.connect().await;
        let mut explain = page.statement.clone();
        explain.text = format!("explain {}", explain.text).into();
        let plan = rows(&mut client, &explain).await;
        let plan: String = plan.into_iter().flatten().flatten().collect();
        assert!(plan.contains("Tid Range Scan") && !plan.contains("Sort") && !plan.contains("Parallel"), "{plan}");
        client.close().await;
        database.drop().await;
    }
}
