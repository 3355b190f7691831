//! What an unprivileged login sees, and what a held lock does.

use catalog::{Kind, Known, Scope};
use driver::Code;

use crate::server::{run, servers};

const READER: &str = "rowhouse_catalog_reader";

async fn reader(database: &crate::server::Database, password: &str) {
    let text = format!(
        "do $$ begin
           if not exists (select from pg_roles where rolname = '{READER}') then create role {READER} login; end if;
         exception when duplicate_object or unique_violation then null; end $$;
         alter role {READER} password '{password}' nosuperuser"
    );
    database.run(&text).await;
}

#[tokio::test]
async fn what_the_login_may_not_read_is_denied_and_the_rest_is_there() {
    for server in servers() {
        let database = server.database().await;
        reader(&database, &server.password()).await;
        database
            .run(
                "create schema closed; create table closed.t (id serial primary key, note text);
                 create table public.open (id integer); create sequence public.numbers;
                 insert into closed.t (note) values ('x'); grant select on public.open to rowhouse_catalog_reader;
                 grant select on public.numbers to rowhouse_catalog_reader;
                 revoke select on pg_policy, pg_auth_members from public; revoke connect on database template1 from public",
            )
            .await;
        let connection = database.open_as(READER).await;
        let control = connection.control();
        let catalog = control.catalog(&Scope::complete()).await.unwrap();
        for kind in Kind::ALL {
            let wanted = match kind {
                Kind::Policies | Kind::Roles => Known::Denied,
                Kind::Events => Known::Unsupported,
                _ => Known::Value(()),
            };
            assert_eq!(catalog.coverage.get(&kind), Some(&wanted), "{kind:?} on {}", server.major);
        }
        let schema = |name: &str| catalog.schemas.iter().find(|schema| schema.name == name).unwrap();
        assert_eq!(schema("closed").may_use, Known::Value(false));
        assert_eq!(schema("public").may_use, Known::Value(true));
        let relation = |schema, name| {
            catalog.relation(catalog.find_relation(Some(schema), name).unwrap()).unwrap().row().may_select.clone()
        };
        assert_eq!(relation("closed", "t"), Known::Value(false), "it is listed, and said to be closed");
        assert_eq!(relation("public", "open"), Known::Value(true));
        let value =
            |name: &str| catalog.sequences.iter().find(|sequence| sequence.name == name).unwrap().last_value.clone();
        assert_eq!(value("t_id_seq"), Known::Denied);
        assert_eq!(value("numbers"), Known::Value(None), "never used");

        database.run("revoke select on all tables in schema pg_catalog from public").await;
        let error = control.catalog(&Scope { kinds: vec![Kind::Relations], ..Scope::default() }).await.unwrap_err();
        assert_eq!(error.code, Code::Forbidden);
        database.drop().await;
    }
}

#[tokio::test]
async fn a_relation_that_somebody_holds_is_read_without_waiting_for_it() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create table held (id integer primary key, twice integer generated always as (id * 2) stored, note text default 'n');
                 create index held_expression on held (lower(note)) where id > 0;
                 create policy p on held using (id > 1);
                 create table free (id integer primary key);
                 create view looks as select * from held",
            )
            .await;
        let mut holder = database.connect().await;
        run(&mut holder, "begin; lock table held in access exclusive mode").await;
        let connection = database.open().await;
        let control = connection.control();
        let started = std::time::Instant::now();
        let catalog = control.catalog(&Scope { kinds: Kind::ALL.to_vec(), ..Scope::default() }).await.unwrap();
        assert!(started.elapsed().as_secs() < 8, "it waited for the lock");
        for (kind, wanted) in [
            (Kind::Relations, Known::Value(())),
            (Kind::Columns, Known::NotLoaded),
            (Kind::Indexes, Known::NotLoaded),
            (Kind::Policies, Known::NotLoaded),
            (Kind::Constraints, Known::Value(())),
        ] {
            assert_eq!(catalog.coverage.get(&kind), Some(&wanted), "{kind:?} on {}", server.major);
        }
        let walker = |name| catalog.relation(catalog.find_relation(Some("public"), name).unwrap()).unwrap();
        assert_eq!(walker("held").columns().len(), 3);
        assert_eq!(
            walker("held").columns()[2].default.as_deref(),
            Some("'n'::text"),
            "an ordinary default needs no lock"
        );
        assert_eq!(walker("held").row().bytes, Known::NotLoaded);
        assert!(matches!(walker("free").row().bytes, Known::Value(_)));

        let complete = control.catalog(&Scope::complete()).await.unwrap();
        assert_eq!(
            complete.coverage.get(&Kind::Relations),
            Some(&Known::NotLoaded),
            "the view's query reads a held table"
        );
        run(&mut holder, "rollback").await;
        let complete = control.catalog(&Scope::complete()).await.unwrap();
        assert_eq!(complete.complete(&Kind::ALL), Ok(()));
        database.drop().await;
    }
}

#[tokio::test]
async fn a_lost_control_connection_is_opened_again() {
    for server in servers() {
        let database = server.database().await;
        let connection = database.open().await;
        let control = connection.control();
        control.ping().await.unwrap();
        let mut other = database.connect().await;
        run(
            &mut other,
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        )
        .await;
        let catalog = control.catalog(&Scope::default()).await.unwrap();
        assert_eq!(catalog.database.as_deref(), Some(database.name.as_str()));
        database.drop().await;
    }
}

#[tokio::test]
async fn a_scope_narrows_what_is_read() {
    for server in servers() {
        let database = server.database().await;
        database
            .run(
                "create schema a; create schema b; create table b.target (id integer primary key, x integer);
                 create table a.t (id integer primary key, target integer references b.target, check (id > 0)); create table a.u (id integer);
                 create type b.mood as enum ('x')",
            )
            .await;
        let connection = database.open().await;
        let control = connection.control();
        let narrow = Scope { schemas: Some(vec!["a".to_owned()]), ..Scope::default() };
        let catalog = control.catalog(&narrow).await.unwrap();
        assert_eq!(catalog.schemas.len(), 1);
        assert_eq!(catalog.relations.len(), 2);
        assert!(catalog.types.is_empty());
        let key = &catalog.foreign_keys[0];
        assert_eq!((key.references.1.as_str(), key.referenced_columns.as_slice()), ("target", &["id".to_owned()][..]));
        assert_eq!(key.referenced, None, "it is outside the scope");
        assert!(catalog.constraints.iter().all(|constraint| constraint.definition == Known::NotLoaded));

        let one = control.catalog(&Scope::relation(Some("a"), "t")).await.unwrap();
        assert_eq!((one.relations.len(), one.columns.len()), (1, 2));
        assert!(one.constraints.iter().all(|constraint| constraint.definition.value().is_some()));
        assert_eq!(
            one.find_relation(Some("a"), "t").map(|id| one.relation(id).unwrap().constraints().len() >= 2),
            Some(true)
        );

        let names = Scope { kinds: vec![Kind::Constraints], ..narrow };
        let catalog = control.catalog(&names).await.unwrap();
        assert!(catalog.columns.is_empty(), "not asked for, though their names are needed");
        assert!(catalog.constraints.iter().any(|constraint| constraint.columns == ["id"]));
        assert_eq!(catalog.coverage.keys().collect::<Vec<_>>(), [&Kind::Constraints]);

        let system = Scope { include_system: true, ..Scope::default() };
        let catalog = control.catalog(&system).await.unwrap();
        assert!(catalog.find_relation(Some("pg_catalog"), "pg_class").is_some());
        assert!(catalog.schemas.iter().any(|schema| schema.name == "information_schema" && schema.system));
        database.drop().await;
    }
}
