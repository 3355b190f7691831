#![allow(clippy::unwrap_used, clippy::panic)]
//! What the advisor is told of real servers: who holds what open, who follows, what takes room and time, what an index would bring.

mod common {
    pub mod server;
}

use std::{sync::Arc, time::Duration};

use catalog::{
    Told,
    facts::{Facts, FollowerKind, IndexTrial, OpenTransaction},
};
use common::server::{Server, servers};
use driver::{Advice, ConnectContext, Connection, Driver, Event, Outcome, Profile, Role, Secret, Session, Statement};
use driver_postgres::PostgresDriver;

async fn connect(server: &Server, user: &str, database: &str) -> Arc<dyn Connection> {
    let port = server.port.to_string();
    let values = [("host", "127.0.0.1"), ("port", &port), ("user", user), ("database", database)];
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let profile = Profile { name: "test".into(), driver: "postgres".into(), values };
    let context = ConnectContext::unattended(Some(Secret::new(server.password.clone())));
    PostgresDriver.connect(&profile, context).await.unwrap()
}

async fn run(session: &dyn Session, text: &str) -> Result<(), String> {
    let mut run = session.run(Statement::new(text));
    while let Some(event) = run.next().await {
        if let Event::Done(summary) = event.map_err(|error| error.message)? {
            assert_eq!(summary.outcome, Outcome::Completed);
        }
    }
    Ok(())
}

async fn all(session: &dyn Session, texts: &[&str]) {
    for text in texts {
        run(session, text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

/// A database of the test's own on a server.
struct Own {
    keeper: Arc<dyn Session>,
    connection: Arc<dyn Connection>,
    session: Arc<dyn Session>,
    database: String,
}

impl Own {
    async fn new(server: &Server, name: &str) -> Own {
        let database = format!("advice_{name}_{}", std::process::id());
        let keeper = connect(server, "postgres", "postgres").await.open(Role::Session).await.unwrap();
        all(&*keeper, &[&format!("create database {database}")]).await;
        let connection = connect(server, "postgres", &database).await;
        let session = connection.open(Role::Session).await.unwrap();
        Own { keeper, connection, session, database }
    }

    fn advice(&self) -> &dyn Advice {
        self.connection.control().advice().unwrap()
    }

    async fn facts(&self) -> Facts {
        self.advice().facts().await.unwrap()
    }

    async fn end(self) {
        drop(self.session);
        self.connection.close().await;
        all(&*self.keeper, &[&format!("drop database {} with (force)", self.database)]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_others_up_is_told_with_all_who_wait() {
    for server in servers() {
        let own = Own::new(&server, "waits").await;
        all(&*own.session, &["create table t (id int primary key)", "begin", "lock table t"]).await;
        let (second, third) =
            (own.connection.open(Role::Session).await.unwrap(), own.connection.open(Role::Session).await.unwrap());
        all(&*second, &["begin"]).await;
        let waiting = second.run(Statement::new("lock table t"));
        let other = connect(&server, "postgres", &own.database).await;
        let advice = other.control().advice().unwrap();
        let held = |count: i64| async move {
            let mut last = Vec::new();
            for _ in 0..200 {
                let facts = advice.facts().await.unwrap();
                last = facts.transactions.value().unwrap().old.clone();
                if last.iter().any(|one| one.waiting == count) {
                    return last;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            panic!("20 s later not yet {count}: {last:#?}")
        };
        held(1).await;
        let waits_too = third.run(Statement::new("select from t"));
        let seen = held(2).await;
        let head: Vec<&OpenTransaction> = seen.iter().filter(|one| one.waiting == 2).collect();
        assert_eq!(head.len(), 1, "{seen:#?}");
        assert_eq!(head[0].session, own.session.state().borrow().server_id);
        assert!(head[0].idle_ms.is_some() && head[0].user == "postgres" && head[0].age_ms >= head[0].idle_ms.unwrap());
        // The third waits for the second, which stands before it in the queue.
        assert_eq!(seen.iter().filter(|one| one.waiting == 1).count(), 1, "{seen:#?}");
        drop((waiting, waits_too));
        all(&*own.session, &["rollback"]).await;
        other.close().await;
        own.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn room_places_slots_and_statistics_are_told() {
    for server in servers() {
        let own = Own::new(&server, "state").await;
        let slot = format!("advice_{}", std::process::id());
        all(
            &*own.session,
            &[
                "create table full_one as select n, 'note ' || n as note from generate_series(1, 30000) n",
                "create table \"half One\" (id int, part int, note text) with (autovacuum_enabled = off)",
                "insert into \"half One\" select n, case when n % 4 = 0 then n end, 'note ' || n from generate_series(1, 60000) n",
                "create index \"of id\" on \"half One\" (id, part)",
                "delete from \"half One\" where id % 3 > 0",
                "create statistics together on id, part from \"half One\"",
                "vacuum analyze \"half One\"",
                "vacuum analyze full_one",
                &format!("select pg_create_physical_replication_slot('{slot}', true)"),
            ],
        )
        .await;
        let facts = own.facts().await;
        all(&*own.session, &[&format!("select pg_drop_replication_slot('{slot}')")]).await;

        let bloat = facts.bloat.known().unwrap();
        let of = |name: &str, index: Option<&str>| {
            bloat.iter().find(|one| one.table == name && one.index.as_deref() == index).unwrap()
        };
        let wasted = |name: &str, index: Option<&str>| {
            let one = of(name, index);
            one.wasted_bytes.unwrap() as f64 / one.bytes as f64
        };
        assert!((0.55..0.75).contains(&wasted("half One", None)), "{bloat:#?}");
        assert!((0.5..0.8).contains(&wasted("half One", Some("of id"))), "{bloat:#?}");
        assert!(wasted("full_one", None) < 0.05, "{bloat:#?}");
        assert_eq!(bloat[0].table, "half One", "the most wasteful comes first");
        assert!(of("half One", None).last_vacuum_ms.is_some());

        let connections = facts.connections.value().unwrap();
        assert!(connections.used >= 2 && connections.most > connections.used, "{connections:?}");
        let follower = facts.followers.value().unwrap().iter().find(|one| one.name == slot).unwrap();
        assert_eq!((follower.kind, follower.active, follower.lost), (FollowerKind::Slot, Some(false), false));
        assert!(follower.behind_bytes.is_some());
        assert!(!facts.archiving.value().unwrap().on);
        let columns = facts.columns.value().unwrap();
        let part = columns.iter().find(|column| column.column == "part").unwrap();
        assert!((part.nulls - 0.75).abs() < 0.02 && part.different != 0.0, "{part:?}");
        assert_eq!(facts.extended_statistics.value().unwrap()[0].columns, ["id", "part"]);
        let written = facts.tables.value().unwrap().iter().find(|table| table.name == "half One").unwrap();
        assert!(written.written_rows.is_some());
        own.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_are_told_where_they_are_counted_and_else_why_not() {
    for server in servers() {
        let own = Own::new(&server, "counted").await;
        let reason = |facts: Facts| match facts.statements {
            Told::NotEvaluated(reason) => reason,
            told => panic!("{told:#?}"),
        };
        assert_eq!(reason(own.facts().await), "the extension pg_stat_statements is not installed");
        all(&*own.session, &["create schema \"count er\"", "create extension pg_stat_statements schema \"count er\""])
            .await;
        // The servers for the tests count in every version but 15.
        let counted = run(&*own.session, "select count(*) from \"count er\".pg_stat_statements").await.is_ok();
        assert_eq!(counted, server.major != 15, "{}", server.major);
        if !counted {
            assert!(reason(own.facts().await).contains("shared_preload_libraries"));
        } else {
            all(&*own.session, &["select 4711 as asked", "select 4712 as asked"]).await;
            let facts = own.facts().await;
            let told = facts.statements.known().unwrap();
            let asked = told.iter().find(|one| one.query == "select $1 as asked").unwrap();
            assert_eq!((asked.calls, asked.rows, asked.role.as_deref()), (2, 2, Some("postgres")));
            assert!(asked.total_ms > 0.0 && (asked.mean_ms * 2.0 - asked.total_ms).abs() < 0.001);
            assert!(told.is_sorted_by(|a, b| a.total_ms >= b.total_ms) && told.len() <= catalog::facts::MOST);
        }
        own.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_without_rights_is_told_less_and_that_it_is_less() {
    for server in servers() {
        let own = Own::new(&server, "low").await;
        let role = format!("advice_low_{}", std::process::id());
        let text = format!("create role {role} login password '{}'", server.password);
        all(&*own.session, &[&text, "create table t (id int)", "begin", "select from t"]).await;
        let low = connect(&server, &role, &own.database).await;
        let facts = low.control().advice().unwrap().facts().await.unwrap();
        assert!(facts.transactions.value().unwrap().hidden >= 1, "{:?}", facts.transactions);
        assert!(facts.connections.value().unwrap().used >= 2);
        assert!(facts.bloat.known().is_some() && facts.columns.value().is_some());
        low.close().await;
        all(&*own.session, &["rollback"]).await;
        let keeper = Arc::clone(&own.keeper);
        own.end().await;
        all(&*keeper, &[&format!("drop role {role}")]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_is_not_there_is_planned_with_as_who_searches() {
    for server in servers() {
        let own = Own::new(&server, "hypo").await;
        let trial = |columns: &[&str], compared: &[&str], role: &str| IndexTrial {
            schema: "public".into(),
            table: "no tes".into(),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            compared: compared.iter().map(|name| (*name).to_owned()).collect(),
            role: role.to_owned(),
        };
        let reader = format!("advice_reader_{}", std::process::id());
        let trials = [
            trial(&["the owner"], &[], &reader),
            trial(&["the owner"], &[], "postgres"),
            trial(&["kind"], &["kind"], "postgres"),
            trial(&["id", "kind"], &["id", "kind"], "postgres"),
            trial(&["id"], &["id"], "nobody of this name"),
            trial(&["gone"], &["gone"], "postgres"),
        ];
        let without = own.advice().index_costs(&trials).await.unwrap();
        assert_eq!(without, Told::NotEvaluated("the extension hypopg is not installed".to_owned()));
        if let Err(error) = run(&*own.session, "create extension hypopg").await {
            assert!(error.contains("is not available"), "{error}");
            own.end().await;
            continue;
        }
        all(
            &*own.session,
            &[
                &format!("create role {reader}"),
                "create table \"no tes\" (id int, \"the owner\" text, kind int)",
                "insert into \"no tes\" select n, 'user ' || n % 3000, 1 from generate_series(1, 40000) n",
                "alter table \"no tes\" enable row level security",
                &format!("grant select on \"no tes\" to {reader}"),
                "create policy own on \"no tes\" using (\"the owner\" = (select current_setting('app.user', true)))",
                "analyze",
            ],
        )
        .await;
        let costs = own.advice().index_costs(&trials).await.unwrap();
        let told: Vec<(&[String], &str, bool)> = costs
            .known()
            .unwrap()
            .iter()
            .map(|cost| (cost.trial.columns.as_slice(), cost.trial.role.as_str(), cost.after * 5.0 < cost.before))
            .collect();
        let names = |index: usize| trials[index].columns.as_slice();
        // No policy filters the owner, so that an index is of no use to them; one value in all rows is found by none.
        let wanted = [
            (names(0), reader.as_str(), true),
            (names(1), "postgres", false),
            (names(2), "postgres", false),
            (names(3), "postgres", true),
        ];
        assert_eq!(told, wanted, "{costs:#?}");
        let keeper = Arc::clone(&own.keeper);
        own.end().await;
        all(&*keeper, &[&format!("drop role {reader}")]).await;
    }
}
