#![allow(clippy::unwrap_used, clippy::panic)]
//! What a session hands over is exact and says where it comes from, whatever the login or the database is set to.

mod common {
    pub mod connecting;
    pub mod server;
}

use arrow_array::{Array, RecordBatch, cast::AsArray, types::UInt8Type};
use arrow_schema::Schema;
use common::{
    connecting::{all, connect, session_of, text},
    server::{run, servers},
};
use driver::{
    Event, Role, Session, Statement,
    arrow::{self, CellClass, ORIGIN},
};

async fn result(session: &dyn Session, statement: &str) -> (Schema, RecordBatch) {
    let events = all(session, Statement::new(statement)).await.unwrap();
    let schema = events.iter().find_map(|event| match event {
        Event::ResultSet(schema, _) => Some(schema.as_ref().clone()),
        _ => None,
    });
    let batch = events.into_iter().find_map(|event| match event {
        Event::Batch(batch) => Some(batch),
        _ => None,
    });
    (schema.unwrap(), batch.unwrap())
}

/// `schema.relation.column` of every column, `-` where there is none.
fn origins(schema: &Schema) -> Vec<String> {
    let origin = |field: &std::sync::Arc<arrow_schema::Field>| {
        field.metadata().get(ORIGIN).map_or("-".to_owned(), |origin| origin.replace('\u{1f}', "."))
    };
    schema.fields().iter().map(origin).collect()
}

#[tokio::test]
async fn a_results_columns_say_which_relation_and_column_they_come_from() {
    for server in servers() {
        let mut client = server.client().await;
        run(&mut client, "drop schema if exists \"orig in\" cascade").await;
        run(&mut client, "create schema \"orig in\"").await;
        run(&mut client, "create table \"orig in\".a (id int primary key, gone int, \"B ü\" text)").await;
        run(&mut client, "alter table \"orig in\".a drop column gone").await;
        run(&mut client, "create view \"orig in\".v as select id as renamed, 1 as one from \"orig in\".a").await;
        run(&mut client, "insert into \"orig in\".a values (1, 'x')").await;
        let (_connection, session) = session_of(&server, &[]).await;
        let from = "select x.id as i, upper(x.\"B ü\"), y.\"B ü\", v.renamed, x.ctid, 5 from \"orig in\".a x, \"orig in\".a y, \"orig in\".v";
        let (schema, _) = result(&*session, from).await;
        let wanted = ["orig in.a.id", "-", "orig in.a.B ü", "orig in.v.renamed", "orig in.a.ctid", "-"];
        assert_eq!(origins(&schema), wanted);
        // A new name is known at once where this session gave it.
        all(&*session, Statement::new("alter table \"orig in\".a rename to b")).await.unwrap();
        let (schema, _) = result(&*session, "select id from \"orig in\".b").await;
        assert_eq!(origins(&schema), ["orig in.b.id"]);
        // What only its own transaction can see has no name yet.
        all(&*session, Statement::new("begin")).await.unwrap();
        all(&*session, Statement::new("create table \"orig in\".unseen as select 1 as v")).await.unwrap();
        let (schema, _) = result(&*session, "select v from \"orig in\".unseen").await;
        assert_eq!(origins(&schema), ["-"]);
        all(&*session, Statement::new("commit")).await.unwrap();
        let (schema, _) = result(&*session, "select v from \"orig in\".unseen").await;
        assert_eq!(origins(&schema), ["orig in.unseen.v"]);
        run(&mut client, "drop schema \"orig in\" cascade").await;
        client.close().await;
    }
}

fn classes(schema: &Schema, batch: &RecordBatch, column: usize) -> Option<Vec<u8>> {
    let at = arrow::class_column(schema, column)?;
    Some(batch.column(at).as_primitive::<UInt8Type>().values().to_vec())
}

#[tokio::test]
async fn bytes_that_are_no_text_are_marked_and_kept() {
    const NULL: u8 = CellClass::Null as u8;
    const TEXT: u8 = CellClass::Text as u8;
    const INVALID: u8 = CellClass::InvalidText as u8;
    for server in servers() {
        let (_connection, session) = session_of(&server, &[("database", "sql_ascii")]).await;
        all(&*session, Statement::new("create temp table t (id int, v text, n numeric, a text[])")).await.unwrap();
        let rows =
            "insert into t values (1, E'a\\xff\\xfe', 1.5, array[E'\\xe9']), (2, 'é', 2, '{}'), (3, null, null, null)";
        all(&*session, Statement::new(rows)).await.unwrap();
        let (schema, batch) = result(&*session, "select * from t order by id").await;
        assert_eq!((arrow::visible_columns(&schema), schema.fields().len()), (4, 6), "{schema:?}");
        assert_eq!(batch.column(1).as_binary::<i32>().value(0), b"a\xff\xfe", "the exact bytes");
        assert_eq!(batch.column(1).as_binary::<i32>().value(1), "é".as_bytes());
        assert!(batch.column(1).is_null(2));
        assert_eq!(classes(&schema, &batch, 1), Some(vec![INVALID, TEXT, NULL]));
        assert_eq!(classes(&schema, &batch, 3), Some(vec![INVALID, TEXT, NULL]));
        assert_eq!(classes(&schema, &batch, 2), None, "a number is ASCII");
        // An empty result has the same head.
        let events = all(&*session, Statement::new("select v from t where false")).await.unwrap();
        assert!(matches!(&events[0], Event::ResultSet(schema, _) if arrow::class_column(schema, 0) == Some(1)));
        // The same of a database that knows its encoding, once a person asks for another.
        let (_connection, session) = session_of(&server, &[]).await;
        let (schema, _) = result(&*session, "select 'é'::text").await;
        assert_eq!(schema.fields().len(), 1, "UTF-8 is promised");
        all(&*session, Statement::new("set client_encoding = 'LATIN1'")).await.unwrap();
        let (schema, batch) = result(&*session, "select 'e' || chr(233)").await;
        assert_eq!(batch.column(0).as_binary::<i32>().value(0), b"e\xe9");
        assert_eq!(classes(&schema, &batch, 0), Some(vec![INVALID]));
    }
}

#[tokio::test]
async fn browsing_is_exact_whatever_the_login_is_set_to_and_an_editor_shows_it() {
    for server in servers() {
        let mut client = server.client().await;
        run(&mut client, "drop role if exists rounding").await;
        run(&mut client, &format!("create role rounding login password '{}'", server.password)).await;
        for setting in [
            "extra_float_digits = -3",
            "datestyle = 'SQL, DMY'",
            "intervalstyle = 'sql_standard'",
            "bytea_output = 'escape'",
            "timezone = 'Asia/Tokyo'",
        ] {
            run(&mut client, &format!("alter role rounding set {setting}")).await;
        }
        let values = "select (0.1::float8 + 0.2::float8)::text || '|' || '2024-02-01 00:00+00'::timestamptz || '|' || '1 mon -1 day'::interval \
                      || '|' || '\\x00'::bytea::text || '|' || '02/01/2024'::date";
        let connection = connect(&server, &[("user", "rounding")], false).await.unwrap();
        let browse = connection.open(Role::Browse).await.unwrap();
        let exact = "0.30000000000000004|2024-02-01 09:00:00+09|1 mon -1 days|\\x00|2024-01-02";
        assert_eq!(text(&*browse, values).await, exact);
        assert!(browse.state().borrow().settings.is_empty());
        // An editor has what its login has, and says that floats are rounded.
        let editor = connection.open(Role::Session).await.unwrap();
        assert_eq!(text(&*editor, values).await, "0.3|01/02/2024 09:00:00 JST|+0-1 -1 +0:00:00|\\000|02/01/2024");
        let shown = editor.state().borrow().settings.clone();
        assert_eq!((shown.len(), shown[0].name.as_str()), (1, "extra_float_digits"));
        all(&*editor, Statement::new(shown[0].choices[0].1.as_str())).await.unwrap();
        assert!(editor.state().borrow().settings.is_empty());
        assert!(text(&*editor, values).await.starts_with("0.30000000000000004|"));
        editor.close().await;
        browse.close().await;
        connection.close().await;
        run(&mut client, "drop role rounding").await;
        client.close().await;
    }
}
