//! Many definition texts at once are those that are asked for one by one.

use std::{sync::Arc, time::Instant};

use catalog::{Catalog, ObjectKey, ObjectKind, Scope};
use driver::{Code, Ddl};

use crate::{
    golden::{cases, is_for},
    server::{TestServer, run, servers},
};

fn key(kind: ObjectKind, schema: Option<&str>, name: &str, signature: Option<&str>) -> ObjectKey {
    ObjectKey {
        database: None,
        schema: schema.map(str::to_owned),
        kind,
        name: name.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

/// The oldest and the newest server there is.
fn ends() -> Vec<TestServer> {
    let mut servers = servers();
    if servers.len() > 2 {
        servers.drain(1..servers.len() - 1);
    }
    servers
}

/// Every object there is, and some that are not there.
fn everything(catalog: &Catalog) -> Vec<ObjectKey> {
    let mut keys = Vec::new();
    for walker in catalog.walk_relations() {
        let (schema, name) = (Some(walker.schema()), walker.row().name.as_str());
        keys.push(walker.key());
        let constraints = walker.constraints().iter().filter_map(|one| one.name.as_deref());
        let named = constraints.chain(walker.foreign_keys().iter().filter_map(|one| one.name.as_deref()));
        keys.extend(named.map(|one| key(ObjectKind::Constraint, schema, one, Some(name))));
        keys.extend(walker.indexes().iter().map(|one| key(ObjectKind::Index, schema, &one.name, None)));
        keys.extend(walker.triggers().iter().map(|one| key(ObjectKind::Trigger, schema, &one.name, Some(name))));
        keys.extend(walker.policies().iter().map(|one| key(ObjectKind::Policy, schema, &one.name, Some(name))));
        keys.push(key(ObjectKind::Relation, schema, &format!("{name} gone"), None));
    }
    for one in catalog.routines.iter() {
        let schema = Some(catalog.schema_name(one.schema));
        keys.push(key(ObjectKind::Routine, schema, &one.name, one.identity_arguments.as_deref()));
        keys.push(key(ObjectKind::Routine, schema, &one.name, None));
    }
    keys.extend(
        catalog.types.iter().map(|one| key(ObjectKind::Type, Some(catalog.schema_name(one.schema)), &one.name, None)),
    );
    for one in catalog.sequences.iter() {
        keys.push(key(ObjectKind::Sequence, Some(catalog.schema_name(one.schema)), &one.name, None));
    }
    keys.extend(catalog.schemas.iter().map(|one| key(ObjectKind::Schema, None, &one.name, None)));
    keys.extend(catalog.extensions.iter().map(|one| key(ObjectKind::Extension, None, &one.name, None)));
    for kind in [ObjectKind::Relation, ObjectKind::Routine, ObjectKind::Type, ObjectKind::Sequence, ObjectKind::Index] {
        keys.push(key(kind, Some("public"), "no such thing", None));
        keys.push(key(kind, None, "without a schema", None));
    }
    keys.push(key(ObjectKind::Database, None, "has none", None));
    // Asked for twice.
    keys.extend(keys.first().cloned());
    keys
}

async fn one_by_one(ddl: &dyn Ddl, keys: &[ObjectKey]) -> Vec<(ObjectKey, Arc<str>)> {
    let mut found = Vec::new();
    for key in keys {
        match ddl.definition(key).await {
            Ok(text) => found.push((key.clone(), text)),
            Err(error) => assert!(matches!(error.code, Code::NotFound | Code::Unsupported), "{key:?}: {error:?}"),
        }
    }
    found
}

#[tokio::test]
async fn many_texts_at_once_are_the_single_ones() {
    for server in ends() {
        for (name, text) in cases() {
            if !is_for(&text, &server) {
                continue;
            }
            let database = server.database().await;
            database.run(&text).await;
            let connection = database.open().await;
            let control = connection.control();
            let keys = everything(&control.catalog(&Scope::complete()).await.unwrap());
            let ddl = control.ddl().unwrap();
            let (single, many) = (one_by_one(ddl, &keys).await, ddl.definitions(&keys).await.unwrap());
            for (single, many) in single.iter().zip(&many) {
                assert_eq!(single, many, "{name} on {}", server.major);
            }
            assert_eq!(single.len(), many.len(), "{name} on {}", server.major);
            assert!(!many.is_empty() && many.len() < keys.len(), "{name}: {} of {}", many.len(), keys.len());
            database.drop().await;
        }
    }
}

#[tokio::test]
async fn names_of_any_characters_are_asked_for() {
    let names = ["a,b", "{c}", "d\"e", "f\\g", "NULL", "null", " ", "h'i", "🚀", "$1", "j\nk", "%I", "ÄÖ"];
    for server in ends() {
        let database = server.database().await;
        for name in names {
            let quoted = format!("\"{}\"", name.replace('"', "\"\""));
            database
                .run(&format!(
                    "create schema {quoted}; create table {quoted}.{quoted} ({quoted} int primary key);
                     comment on column {quoted}.{quoted}.{quoted} is 'odd'; create sequence {quoted}.s;
                     create type {quoted}.e as enum ('a'); create function {quoted}.{quoted}() returns int language sql as 'select 1'"
                ))
                .await;
        }
        let connection = database.open().await;
        let control = connection.control();
        let keys = everything(&control.catalog(&Scope::complete()).await.unwrap());
        let ddl = control.ddl().unwrap();
        let many = ddl.definitions(&keys).await.unwrap();
        assert_eq!(many, one_by_one(ddl, &keys).await, "on {}", server.major);
        for name in names {
            let relation = key(ObjectKind::Relation, Some(name), name, None);
            assert!(many.iter().any(|(key, text)| key.name == relation.name && text.contains("'odd'")), "{name:?}");
        }
        database.drop().await;
    }
}

#[tokio::test]
async fn what_somebody_locks_does_not_keep_the_others_from_their_texts() {
    for server in ends() {
        let database = server.database().await;
        database
            .run(
                "create table a (a int); create table held (a int default 1 check (a > 0)); create table b (a int);
                 create index on held ((a + 1)); create view v as select * from held; create view w as select * from a;",
            )
            .await;
        let mut holder = database.connect().await;
        run(&mut holder, "begin; lock table held in access exclusive mode").await;
        let connection = database.open().await;
        let ddl = connection.control().ddl().unwrap();
        let keys: Vec<_> =
            ["a", "held", "v", "b", "w"].map(|name| key(ObjectKind::Relation, Some("public"), name, None)).into();
        let found = ddl.definitions(&keys).await.unwrap();
        let names: Vec<_> = found.iter().map(|(key, _)| key.name.as_str()).filter(|name| name.len() == 1).collect();
        // Whether the view needs its table to be printed is the server's affair.
        let others: Vec<_> = names.into_iter().filter(|name| *name != "v").collect();
        assert_eq!(others, ["a", "b", "w"], "on {}", server.major);
        run(&mut holder, "rollback").await;
        holder.close().await;
        assert_eq!(ddl.definitions(&keys).await.unwrap(), one_by_one(ddl, &keys).await);
        assert_eq!(ddl.definitions(&keys).await.unwrap().len(), 5);
        database.drop().await;
    }
}

#[tokio::test]
async fn a_thousand_tables_have_their_texts_at_once() {
    let Some(server) = servers().pop() else { return };
    let database = server.database().await;
    database
        .run(
            "do $$ begin for i in 1..1000 loop
               execute format('create table t%s (id bigint generated always as identity primary key, parent bigint
                 references t%s, %s)', i, greatest(i - 1, 1),
                 (select string_agg(format('c%s %s', n, (array['int', 'text not null default ''x''', 'numeric(10,2)',
                   'timestamptz', 'varchar(30)'])[n % 5 + 1]), ', ') from generate_series(1, 28) n));
               execute format('create index on t%s (parent)', i);
               execute format('create index on t%s (lower(c1))', i);
               execute format('create index on t%s (c2, c3) where c5 is not null', i);
             end loop; end $$",
        )
        .await;
    let connection = database.open().await;
    let ddl = connection.control().ddl().unwrap();
    let keys: Vec<_> = (1..=1000).map(|i| key(ObjectKind::Relation, Some("public"), &format!("t{i}"), None)).collect();
    for round in 1..=3 {
        let began = Instant::now();
        let found = ddl.definitions(&keys).await.unwrap();
        println!("the texts of 1,000 tables on {}, {round}: {:?}", server.major, began.elapsed());
        assert_eq!(found.len(), 1000);
    }
    let some: Vec<_> = keys.iter().step_by(97).cloned().collect();
    assert_eq!(ddl.definitions(&some).await.unwrap(), one_by_one(ddl, &some).await);
    database.drop().await;
}
