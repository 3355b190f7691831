//! Definitions and the statements between them, held against real servers.
//!
//! `schema/ENGINE/*.sql` each make a database. From every one of them to every other, the statements are written, run in one
//! transaction, and the database is read again: nothing may differ from what was wanted. So each is made from nothing, changed
//! into each other, and taken back.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

#[path = "schema/cases.rs"]
mod cases;
#[path = "advisor/engines.rs"]
mod engines;
#[path = "schema/online.rs"]
mod online;

use std::{collections::BTreeMap, fs, path::Path};

use catalog::Scope;
use driver::{
    Connection, Event, Role, Session, Statement,
    alter::{AlterStatement, Application, Applied},
};
use engines::{Server, run};
use schema::{Comparison, Definition, Options, Verb, plan, proposed};

/// Where definitions are written down.
fn scripts(engine: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(engine);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

async fn read(connection: &dyn Connection, version: u32) -> Definition {
    read_as(connection, schema::Server::postgres(version)).await
}

async fn read_as(connection: &dyn Connection, server: schema::Server) -> Definition {
    let catalog = connection.control().catalog(&Scope::complete()).await.unwrap();
    let wanted = Definition::wanted_texts(&catalog, server);
    let texts = connection.control().ddl().unwrap().definitions(&wanted).await.unwrap();
    Definition::of_texts(&catalog, server, &texts.into_iter().collect()).unwrap()
}

/// Applies a plan as the program does: batch by batch, over the facet for it.
async fn apply(connection: &dyn Connection, plan: &schema::Plan) -> Result<(), String> {
    let alter = connection.control().alter().unwrap();
    let step = |place: &usize| &plan.steps[*place];
    for batch in plan.batches() {
        let statements = batch.steps.iter().map(step);
        let wanted = Application {
            before: batch.before.iter().map(|place| step(place).sql.clone()).collect(),
            statements: statements
                .map(|step| AlterStatement { sql: step.sql.clone(), check: step.verb == Verb::Check })
                .collect(),
            transaction: batch.transaction,
            keep: true,
            lock_timeout_ms: 5_000,
            script: false,
        };
        match alter.apply(&wanted, &()).await.map_err(|error| error.to_string())? {
            Applied::Done { .. } => {}
            Applied::Locked { statement, said, .. } | Applied::Refused { statement, said } => {
                let text =
                    batch.steps.get(statement).map_or("the end of the transaction", |place| &plan.steps[*place].sql);
                return Err(format!("{text}\n  {}", said.message));
            }
        }
    }
    Ok(())
}

/// How many rows a statement gives.
async fn rows_of(session: &dyn Session, text: &str) -> usize {
    let mut running = session.run(Statement::new(text));
    let mut rows = 0;
    while let Some(event) = running.next().await {
        if let Event::Batch(batch) = event.unwrap() {
            rows += batch.num_rows();
        }
    }
    rows
}

async fn make(connection: &dyn Connection, script: &str, dialect: &sql::Dialect) {
    let session = connection.open(Role::Session).await.unwrap();
    for statement in sql::split(script, dialect) {
        let text = &script[statement.span.start..statement.span.end];
        run(&*session, text).await.unwrap_or_else(|error| panic!("{text}\n{error}"));
    }
}

/// Every definition becomes every other one.
async fn holds_between_all(server: &Server, engine: &str, of: schema::Server) {
    let scripts = scripts(engine);
    let mut wanted = BTreeMap::new();
    for (name, script) in &scripts {
        let scratch = server.scratch().await;
        let connection = server.connect_to(&scratch, None).await;
        make(&*connection, script, of.dialect()).await;
        let definition = read_as(&*connection, of).await;
        assert!(name == "empty" || definition.objects.len() > 10, "{name}: {:?}", definition.objects.keys());
        wanted.insert(name.clone(), definition);
        connection.close().await;
        server.drop(scratch).await;
    }
    let mut failures = Vec::new();
    for (from, script) in &scripts {
        for (to, definition) in wanted.iter().filter(|(to, _)| *to != from) {
            let scratch = server.scratch().await;
            let connection = server.connect_to(&scratch, None).await;
            make(&*connection, script, of.dialect()).await;
            let plan = plan(&wanted[from], definition, &Options::default()).unwrap();
            match apply(&*connection, &plan).await {
                Err(failure) => failures.push(format!("{from} -> {to}: {failure}\n{}", plan.script())),
                Ok(()) => {
                    let left = Comparison::between(&read_as(&*connection, of).await, definition);
                    if !left.is_empty() {
                        failures.push(format!("{from} -> {to}: {:#?}\n{}", left.differences, plan.script()));
                    }
                }
            }
            connection.close().await;
            server.drop(scratch).await;
        }
    }
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_definition_becomes_every_other_on_mariadb() {
    let Some(server) = Server::mariadb().await else { return };
    holds_between_all(&server, "mariadb", schema::Server::mariadb(101_100)).await;
}

async fn holds_on_postgres(major: u16) {
    let Some(found) = tests::servers::postgres(major) else { return };
    let of = schema::Server::postgres(u32::from(major) * 10_000);
    holds_between_all(&Server::postgres(&found).await, "postgres", of).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_definition_becomes_every_other_on_sqlite() {
    holds_between_all(&Server::sqlite(), "sqlite", schema::Server::sqlite(3_050_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_definition_becomes_every_other_on_postgres_15() {
    holds_on_postgres(15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_definition_becomes_every_other_on_postgres_18() {
    holds_on_postgres(18).await;
}

/// A database of its own, made by a script.
async fn made(server: &Server, script: &str) -> (engines::Scratch, std::sync::Arc<dyn Connection>) {
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    make(&*connection, script, sql::dialect::postgres()).await;
    (scratch, connection)
}

async fn on_postgres_18() -> Option<Server> {
    Some(Server::postgres(&tests::servers::postgres(18)?).await)
}

/// Whether a query finds anything.
async fn finds(connection: &dyn Connection, condition: &str) -> bool {
    let session = connection.open(Role::Session).await.unwrap();
    let ask = format!("select 1 / (select count(*) from ({condition}) found)");
    run(&*session, &ask).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_outlive_what_becomes_of_their_columns_and_types() {
    let Some(server) = on_postgres_18().await else { return };
    let (old, from) = made(
        &server,
        "create type mood as enum ('glad', 'sad', 'so so');
         create table t (id int primary key, mood mood default 'glad', moods mood[], n int, at timestamptz, gone text);
         create view v as select id, mood from t where n > 1;
         insert into t values (1, 'sad', '{glad,sad}', 7, '2026-01-02 03:04+00', 'x');",
    )
    .await;
    let (new, to) = made(
        &server,
        "create type mood as enum ('sad', 'glad', 'wild');
         create table t (id bigint primary key, mood mood default 'wild', moods mood[], n numeric(10,2), at date, more text not null default 'm');
         create view v as select id, mood from t where n > 1.5;",
    )
    .await;
    let (before, after) = (read(&*from, 180_000).await, read(&*to, 180_000).await);
    let found = plan(&before, &after, &Options::default()).unwrap();
    let losing: Vec<&str> =
        found.steps.iter().filter(|step| step.loses.is_some()).map(|step| step.sql.as_str()).collect();
    assert!(losing.contains(&"ALTER TABLE public.t DROP COLUMN gone"), "{losing:?}");
    apply(&*from, &found).await.unwrap();
    assert!(Comparison::between(&read(&*from, 180_000).await, &after).is_empty());
    assert!(
        finds(
            &*from,
            "select from t where id = 1 and mood = 'sad' and moods = '{glad,sad}' and n = 7 and at = '2026-01-02' and more = 'm'"
        )
        .await
    );
    assert!(finds(&*from, "select from v where mood = 'sad'").await);
    for (scratch, connection) in [(old, from), (new, to)] {
        connection.close().await;
        server.drop(scratch).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rename_that_was_said_keeps_the_rows_and_one_that_was_not_is_only_proposed() {
    let Some(server) = on_postgres_18().await else { return };
    let (old, from) = made(
        &server,
        "create table people (id int generated always as identity primary key, mail text not null check (mail <> ''), age int);
         create index people_mail on people (lower(mail));
         create table orders (id int primary key, person int references people (id));
         create view adults as select id, mail from people where age >= 18;
         alter table people enable row level security;
         create policy own on people using (mail = current_user);
         insert into people (mail, age) values ('a@b', 30);",
    )
    .await;
    let (new, to) = made(
        &server,
        "create table customers (id int generated always as identity primary key, email text not null, age int,
           constraint people_mail_check check (email <> ''));
         create index people_mail on customers (lower(email));
         create table orders (id int primary key, person int references customers (id));
         create view adults as select id, email from customers where age >= 18;
         alter table customers enable row level security;
         create policy own on customers using (email = current_user);
         alter table customers rename constraint customers_pkey to people_pkey;",
    )
    .await;
    let (before, after) = (read(&*from, 180_000).await, read(&*to, 180_000).await);
    let table = proposed(&before, &after);
    assert_eq!(table.len(), 1, "{table:?}");
    assert_eq!((table[0].from.name.as_str(), table[0].to.name.as_str()), ("people", "customers"));
    let column = catalog::ObjectKey::column(&table[0].to, "mail");
    let email = catalog::ObjectKey { name: "email".to_owned(), ..column.clone() };
    let renames = vec![table[0].clone(), schema::Rename { from: column, to: email }];
    let found = plan(&before, &after, &Options { renames, ..Options::default() }).unwrap();
    assert!(found.steps.iter().all(|step| step.loses.is_none()), "{}", found.script());
    apply(&*from, &found).await.unwrap();
    let left = Comparison::between(&read(&*from, 180_000).await, &after);
    assert!(left.is_empty(), "{left:#?}\n{}", found.script());
    assert!(finds(&*from, "select from adults where email = 'a@b'").await);
    for (scratch, connection) in [(old, from), (new, to)] {
        connection.close().await;
        server.drop(scratch).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_survives_being_written_down() {
    let Some(server) = on_postgres_18().await else { return };
    let (scratch, connection) = made(&server, &scripts("postgres")["secured"]).await;
    let found = read(&*connection, 180_000).await;
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Definition>(&text).unwrap(), found);
    connection.close().await;
    server.drop(scratch).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_extension_brought_goes_and_comes_with_it() {
    let Some(server) = on_postgres_18().await else { return };
    let (old, from) = made(&server, "create table t (id int);").await;
    let (new, to) = made(&server, "create extension pg_trgm; create table t (id int, name text); create index on t using gin (name gin_trgm_ops);").await;
    let (before, after) = (read(&*from, 180_000).await, read(&*to, 180_000).await);
    assert!(after.objects.keys().all(|key| key.kind != catalog::ObjectKind::Routine), "{:?}", after.objects.keys());
    for (connection, one, other) in [(&from, &before, &after), (&to, &after, &before)] {
        apply(&**connection, &plan(one, other, &Options::default()).unwrap()).await.unwrap();
        let left = Comparison::between(&read(&**connection, 180_000).await, other);
        assert!(left.is_empty(), "{left:#?}");
    }
    for (scratch, connection) in [(old, from), (new, to)] {
        connection.close().await;
        server.drop(scratch).await;
    }
}

/// Whether it is so.
async fn holds(connection: &dyn Connection, condition: &str) -> bool {
    let session = connection.open(Role::Session).await.unwrap();
    rows_of(&*session, &format!("select 1 where {condition}")).await == 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_of_sqlite_that_is_made_anew_keeps_its_rows_their_numbers_and_those_that_refer_to_them() {
    let server = Server::sqlite();
    let dialect = sql::dialect::sqlite();
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    make(
        &*connection,
        "create table people (id integer primary key autoincrement, name text);
         create table orders (id integer primary key, person integer references people (id) on delete cascade);
         create table loose (a, b);
         insert into people (name) values ('Ann'), ('Bob'), ('Cyd');
         delete from people where id = 3;
         insert into orders values (1, 1), (2, 2);
         insert into loose (rowid, a, b) values (7, 'x', 1.5), (9, x'00', null);",
        dialect,
    )
    .await;
    let wanted = server.scratch().await;
    let other = server.connect_to(&wanted, None).await;
    make(
        &*other,
        "create table people (id integer primary key autoincrement, name text not null default 'nobody' check (name <> ''));
         create table orders (id integer primary key, person integer references people (id) on delete cascade);
         create table loose (a text, b);",
        dialect,
    )
    .await;
    let of = schema::Server::sqlite(3_050_000);
    let (before, after) = (read_as(&*connection, of).await, read_as(&*other, of).await);
    apply(&*connection, &plan(&before, &after, &Options::default()).unwrap()).await.unwrap();
    assert!(Comparison::between(&read_as(&*connection, of).await, &after).is_empty());
    for condition in [
        "(select group_concat(id || name) from people) = '1Ann,2Bob'",
        "(select count(*) from orders) = 2",
        "(select group_concat(rowid || typeof(a)) from loose) = '7text,9blob'",
    ] {
        assert!(holds(&*connection, condition).await, "{condition}");
    }
    // A number that was given out once is not given again.
    make(&*connection, "insert into people (name) values ('Dan')", dialect).await;
    assert!(holds(&*connection, "(select max(id) from people) = 4").await);
    for (scratch, connection) in [(scratch, connection), (wanted, other)] {
        connection.close().await;
        server.drop(scratch).await;
    }
}
