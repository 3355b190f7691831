#![allow(clippy::unwrap_used, clippy::panic)]
//! Sessions, locks and sizes of real servers.

mod common {
    pub mod server;
}

use std::{sync::Arc, time::Duration};

use common::server::{Server, servers};
use driver::{
    Activity, Blocker, Code, ConnectContext, Connection, Doing, Driver, Error, Event, Moment, Outcome, Profile, Role,
    Run, Secret, Session, Signal, Signalled, Statement, Target,
};
use driver_postgres::PostgresDriver;

async fn connect(server: &Server, user: &str) -> Arc<dyn Connection> {
    let port = server.port.to_string();
    let values = [("host", "127.0.0.1"), ("port", &port), ("user", user), ("database", "postgres")];
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let profile = Profile { name: "test".into(), driver: "postgres".into(), values };
    let context = ConnectContext::unattended(Some(Secret::new(server.password.clone())));
    PostgresDriver.connect(&profile, context).await.unwrap()
}

fn activity(connection: &Arc<dyn Connection>) -> &dyn Activity {
    connection.control().activity().unwrap()
}

async fn finish(mut run: Run) -> Result<(), Error> {
    while let Some(event) = tokio::time::timeout(Duration::from_secs(60), run.next()).await.unwrap() {
        if let Event::Done(summary) = event? {
            assert_eq!(summary.outcome, Outcome::Completed);
        }
    }
    Ok(())
}

async fn all(session: &dyn Session, texts: &[&str]) {
    for text in texts {
        finish(session.run(Statement::new(*text))).await.unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }
}

/// Waits for the moment that is wanted.
async fn until(activity: &dyn Activity, what: &str, wanted: impl Fn(&Moment) -> bool) -> Moment {
    let mut last = Moment::default();
    for _ in 0..300 {
        last = activity.now().await.unwrap();
        if wanted(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("30 s later not yet: {what}: {last:#?}")
}

fn id(session: &dyn Session) -> String {
    session.state().borrow().server_id.clone().unwrap()
}

fn target(session: &dyn Session) -> Target {
    Target { session: id(session), ..Target::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_locks_names_who_waits_for_whom_and_ends_with_its_head() {
    for server in servers() {
        let connection = connect(&server, "postgres").await;
        let mut sessions = Vec::new();
        for _ in 0..3 {
            sessions.push(connection.open(Role::Session).await.unwrap());
        }
        let [head, middle, last] = &sessions[..] else { panic!() };
        all(
            &**head,
            &[
                "drop schema if exists \"act Chain\" cascade",
                "create schema \"act Chain\"",
                "create table \"act Chain\".t (id int primary key, v int)",
                "insert into \"act Chain\".t values (1, 0), (2, 0)",
                "begin",
                "update \"act Chain\".t set v = 1 where id = 1",
            ],
        )
        .await;
        all(&**middle, &["begin", "update \"act Chain\".t set v = 2 where id = 2"]).await;
        let second = middle.run(Statement::new("update \"act Chain\".t set v = 2 where id = 1"));
        let ids = [id(&**head), id(&**middle), id(&**last)];
        let edge = |moment: &Moment, waiter: &str, blocker: &str| {
            let by = Blocker::Session(blocker.to_owned());
            moment.waits.iter().find(|wait| wait.waiter == waiter && wait.blocker == by).cloned()
        };
        let activity = activity(&connection);
        until(activity, "the middle waits", |moment| edge(moment, &ids[1], &ids[0]).is_some()).await;
        let third = last.run(Statement::new("update \"act Chain\".t set v = 3 where id = 2"));
        let moment = until(activity, "the last waits", |moment| edge(moment, &ids[2], &ids[1]).is_some()).await;

        let first = edge(&moment, &ids[1], &ids[0]).unwrap();
        assert_eq!(first.object.as_deref(), Some("row of \"act Chain\".t"), "PostgreSQL {}", server.major);
        assert_eq!((first.wanted.as_deref(), first.held.as_deref()), (Some("ShareLock"), Some("ExclusiveLock")));
        assert!(first.waiting_ms.is_some());
        let of_ours: Vec<_> = moment.waits.iter().filter(|wait| ids.contains(&wait.waiter)).collect();
        assert_eq!(of_ours.len(), 2, "nobody else is in the way: {:#?}", moment.waits);
        let seen = |id: &str| moment.sessions.iter().find(|session| session.id == id).unwrap().clone();
        assert_eq!(seen(&ids[0]).doing, Doing::IdleInTransaction);
        assert!(seen(&ids[0]).transaction_ms.is_some() && seen(&ids[0]).ours);
        assert_eq!(seen(&ids[1]).doing, Doing::Active);
        assert_eq!(seen(&ids[1]).waits_for.as_deref(), Some("Lock: transactionid"));
        assert!(seen(&ids[2]).statement.unwrap().contains("set v = 3"));
        let asking: Vec<_> = moment.sessions.iter().filter(|session| session.asking).collect();
        assert_eq!((asking.len(), asking[0].ours), (1, true));
        assert!(moment.sessions.iter().any(|session| session.background.as_deref() == Some("checkpointer")));
        assert_eq!(moment.unseen, [""; 0]);

        // The head goes, and with it what the others waited for.
        assert_eq!(activity.signal(&target(&**head), Signal::Cancel).await.unwrap(), Signalled::Idle);
        let became = activity.signal(&target(&**head), Signal::Kill).await.unwrap();
        assert!(matches!(became, Signalled::Done | Signalled::Accepted), "{became:?}");
        finish(second).await.unwrap();
        all(&**middle, &["commit"]).await;
        finish(third).await.unwrap();
        let gone = activity.signal(&target(&**head), Signal::Kill).await.unwrap();
        assert_eq!(gone, Signalled::Gone);
        all(&**middle, &["drop schema \"act Chain\" cascade"]).await;
        connection.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_a_table_and_one_without_a_table_are_told_apart() {
    for server in servers() {
        let connection = connect(&server, "postgres").await;
        let (one, two) = (connection.open(Role::Session).await.unwrap(), connection.open(Role::Session).await.unwrap());
        all(&*one, &["drop table if exists act_held", "create table act_held (v int)", "begin"]).await;
        all(&*one, &["lock table act_held in share mode", "select pg_advisory_lock(4294967297)"]).await;
        for (text, object, wanted, held) in [
            ("insert into act_held values (1)", "public.act_held", "RowExclusiveLock", "ShareLock"),
            ("select pg_advisory_lock(4294967297)", "advisory lock 4294967297", "ExclusiveLock", "ExclusiveLock"),
        ] {
            let run = two.run(Statement::new(text));
            let waiter = id(&*two);
            let activity = activity(&connection);
            let moment = until(activity, text, |moment| moment.waits.iter().any(|wait| wait.waiter == waiter)).await;
            let wait = moment.waits.iter().find(|wait| wait.waiter == waiter).unwrap();
            assert_eq!(wait.object.as_deref(), Some(object));
            assert_eq!(wait.blocker, Blocker::Session(id(&*one)));
            assert_eq!((wait.wanted.as_deref(), wait.held.as_deref()), (Some(wanted), Some(held)));
            let became = activity.signal(&target(&*two), Signal::Cancel).await.unwrap();
            assert!(matches!(became, Signalled::Done | Signalled::Accepted), "{became:?}");
            assert_eq!(finish(run).await.unwrap_err().code, Code::Cancelled);
        }
        all(&*one, &["rollback", "select pg_advisory_unlock_all()", "drop table act_held"]).await;
        connection.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_without_the_right_is_told_what_it_does_not_see_and_may_not_end() {
    for server in servers() {
        let connection = connect(&server, "postgres").await;
        let worker = connection.open(Role::Session).await.unwrap();
        let role = "do $$ begin create role act_reader login; exception when duplicate_object then null; end $$";
        let password = format!("alter role act_reader password '{}'", server.password);
        all(&*worker, &[role, &password, "drop table if exists act_seen", "create table act_seen (v int)", "begin"])
            .await;
        all(&*worker, &["lock table act_seen"]).await;
        let waiting = connection.open(Role::Session).await.unwrap();
        let run = waiting.run(Statement::new("insert into act_seen values (1)"));

        let reader = connect(&server, "act_reader").await;
        let (worker_id, waiting_id) = (id(&*worker), id(&*waiting));
        let activity = activity(&reader);
        let moment =
            until(activity, "the wait", |moment| moment.waits.iter().any(|wait| wait.waiter == waiting_id)).await;
        let seen = moment.sessions.iter().find(|session| session.id == worker_id).unwrap();
        assert_eq!((seen.doing, seen.statement.as_deref(), seen.doing_ms), (Doing::Hidden, None, None));
        assert_eq!(seen.user.as_deref(), Some("postgres"), "whose it is may be known");
        let own = moment.sessions.iter().find(|session| session.asking).unwrap();
        assert_eq!((own.doing, own.ours), (Doing::Active, true));
        assert!(moment.unseen[0].contains("pg_read_all_stats"), "{:?}", moment.unseen);
        let wait = moment.waits.iter().find(|wait| wait.waiter == waiting_id).unwrap();
        assert_eq!((&wait.blocker, wait.object.as_deref()), (&Blocker::Session(worker_id), Some("public.act_seen")));
        for signal in [Signal::Cancel, Signal::Kill] {
            let refused = activity.signal(&target(&*waiting), signal).await.unwrap_err();
            assert_eq!(refused.code, Code::Forbidden, "{refused:?}");
        }
        all(&*worker, &["rollback"]).await;
        finish(run).await.unwrap();
        all(&*worker, &["drop table act_seen"]).await;
        reader.close().await;
        connection.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizes_and_uses_are_told_and_a_table_that_is_held_keeps_nobody_waiting() {
    for server in servers() {
        let connection = connect(&server, "postgres").await;
        let session = connection.open(Role::Session).await.unwrap();
        all(
            &*session,
            &[
                "drop schema if exists act_sizes cascade",
                "create schema act_sizes",
                "create table act_sizes.t (id int primary key, v text)",
                "create index t_v on act_sizes.t (v)",
                "insert into act_sizes.t select i, repeat('x', 100) || i from generate_series(1, 5000) i",
                "delete from act_sizes.t where id <= 1000",
                "analyze act_sizes.t",
                "create table act_sizes.parts (id int) partition by range (id)",
                "create materialized view act_sizes.m as select 1 as one",
                "set enable_seqscan = off",
                "select * from act_sizes.t where id = 4000",
            ],
        )
        .await;
        let activity = activity(&connection);
        let mut sizes = activity.sizes().await.unwrap();
        let find = |sizes: &driver::Sizes, name: &str| {
            let of =
                |table: &&driver::TableSize| table.key.schema.as_deref() == Some("act_sizes") && table.key.name == name;
            sizes.tables.iter().find(of).cloned().unwrap()
        };
        // What a session counted is told a moment later.
        for _ in 0..300 {
            let table = find(&sizes, "t");
            if table.dead_rows.is_some_and(|rows| rows > 0) && table.index_scans.is_some_and(|scans| scans > 0) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            // Its own next statement lets an idle session tell what it has counted.
            all(&*session, &["select * from act_sizes.t where id = 4000"]).await;
            sizes = activity.sizes().await.unwrap();
        }
        let table = find(&sizes, "t");
        assert_eq!((table.rows, table.busy), (Some(4000), false));
        assert!(table.table_bytes.unwrap() > 500_000 && table.index_bytes.unwrap() > 100_000);
        assert_eq!(table.total_bytes, Some(table.table_bytes.unwrap() + table.index_bytes.unwrap()));
        assert!(table.dead_rows.unwrap() > 0 && table.analyzed_ms.is_some() && table.index_scans.unwrap() > 0);
        assert_eq!(find(&sizes, "parts").kind.as_deref(), Some("partitioned"));
        assert_eq!(find(&sizes, "parts").total_bytes, None, "its partitions are listed by themselves");
        assert_eq!(find(&sizes, "m").kind.as_deref(), Some("materialized view"));
        let index = |name: &str| {
            let of =
                |index: &&driver::IndexSize| index.key.schema.as_deref() == Some("act_sizes") && index.key.name == name;
            sizes.indexes.iter().find(of).cloned().unwrap()
        };
        assert_eq!((index("t_v").scans, index("t_v").unique, index("t_v").primary), (Some(0), false, false));
        assert!(index("t_pkey").primary && index("t_pkey").unique && index("t_pkey").scans.unwrap() > 0);
        assert_eq!(index("t_v").key.signature.as_deref(), Some("t"));
        assert!(index("t_v").bytes.unwrap() > 0 && index("t_v").valid);
        assert!(!sizes.counts_rows);
        if server.major >= 16 {
            assert!(index("t_pkey").used_ms.is_some());
        }

        all(&*session, &["begin", "lock table act_sizes.t"]).await;
        let held = activity.sizes().await.unwrap();
        let table = find(&held, "t");
        assert!(table.busy && table.table_bytes.unwrap() > 500_000, "{table:?}");
        all(&*session, &["rollback", "drop schema act_sizes cascade"]).await;
        connection.close().await;
    }
}
