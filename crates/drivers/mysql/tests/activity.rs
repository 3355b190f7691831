#![allow(clippy::unwrap_used, clippy::panic)]
//! Sessions, locks and sizes of a real server.

mod common {
    pub mod server;
}

use std::time::Duration;

use common::server::{finish, run, server};
use driver::{Activity, Blocker, Code, Doing, Moment, Role, Secret, Session, Signal, Signalled, Statement, Target};

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

async fn all(session: &dyn Session, texts: &[&str]) {
    for text in texts {
        run(session, text).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_row_locks_names_who_waits_for_whom_and_ends_with_its_head() {
    let Some(server) = server() else { return };
    let connection = server.connect(&[]).await.unwrap();
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(connection.open(Role::Session).await.unwrap());
    }
    let [head, middle, last] = &sessions[..] else { panic!() };
    all(
        &**head,
        &[
            "create or replace table act_chain (id int primary key, v int) engine=innodb",
            "insert into act_chain values (1, 0), (2, 0)",
            "begin",
            "update act_chain set v = 1 where id = 1",
        ],
    )
    .await;
    for session in [middle, last] {
        all(&**session, &["set innodb_lock_wait_timeout = 120"]).await;
    }
    all(&**middle, &["begin", "update act_chain set v = 2 where id = 2"]).await;
    let second = middle.run(Statement::new("update act_chain set v = 2 where id = 1"));
    let ids = [id(&**head), id(&**middle), id(&**last)];
    let edge = |moment: &Moment, waiter: &str, blocker: &str| {
        let by = Blocker::Session(blocker.to_owned());
        moment.waits.iter().find(|wait| wait.waiter == waiter && wait.blocker == by).cloned()
    };
    let activity = connection.control().activity().unwrap();
    until(activity, "the middle waits", |moment| edge(moment, &ids[1], &ids[0]).is_some()).await;
    let third = last.run(Statement::new("update act_chain set v = 3 where id = 2"));
    let moment = until(activity, "the last waits", |moment| edge(moment, &ids[2], &ids[1]).is_some()).await;

    let first = edge(&moment, &ids[1], &ids[0]).unwrap();
    assert_eq!(first.object.as_deref(), Some("row of rowhouse.act_chain"));
    assert_eq!((first.wanted.as_deref(), first.held.as_deref()), (Some("X"), Some("X")));
    assert!(first.waiting_ms.is_some());
    assert_eq!(moment.waits.iter().filter(|wait| ids.contains(&wait.waiter)).count(), 2, "{:#?}", moment.waits);
    let seen = |id: &str| moment.sessions.iter().find(|session| session.id == id).unwrap().clone();
    assert_eq!((seen(&ids[0]).doing, seen(&ids[0]).ours), (Doing::IdleInTransaction, true));
    assert!(seen(&ids[0]).transaction_ms.is_some());
    assert_eq!(seen(&ids[1]).doing, Doing::Active);
    assert!(seen(&ids[1]).waits_for.is_some());
    assert!(seen(&ids[2]).statement.unwrap().contains("set v = 3"));
    assert_eq!(moment.sessions.iter().filter(|session| session.asking).count(), 1);

    assert_eq!(activity.signal(&target(&**head), Signal::Cancel).await.unwrap(), Signalled::Idle);
    let became = activity.signal(&target(&**head), Signal::Kill).await.unwrap();
    assert!(matches!(became, Signalled::Done | Signalled::Accepted), "{became:?}");
    finish(second).await.ok();
    all(&**middle, &["commit"]).await;
    finish(third).await.ok();
    assert_eq!(activity.signal(&target(&**head), Signal::Kill).await.unwrap(), Signalled::Gone);
    all(&**middle, &["drop table act_chain"]).await;
    connection.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_table_is_listed_also_where_nobody_tells_who_holds_it() {
    let Some(server) = server() else { return };
    let connection = server.connect(&[]).await.unwrap();
    let (one, two) = (connection.open(Role::Session).await.unwrap(), connection.open(Role::Session).await.unwrap());
    all(&*one, &["create or replace table act_meta (v int)", "begin", "select * from act_meta"]).await;
    all(&*two, &["set lock_wait_timeout = 120"]).await;
    let altering = two.run(Statement::new("alter table act_meta add w int"));
    let waiter = id(&*two);
    let activity = connection.control().activity().unwrap();
    let moment = until(activity, "the wait", |moment| moment.waits.iter().any(|wait| wait.waiter == waiter)).await;
    let wait = moment.waits.iter().find(|wait| wait.waiter == waiter).unwrap();
    match &wait.blocker {
        Blocker::Unknown => assert!(moment.unseen.iter().any(|said| said.contains("performance_schema"))),
        blocker => assert_eq!(*blocker, Blocker::Session(id(&*one))),
    }
    let became = activity.signal(&target(&*two), Signal::Cancel).await.unwrap();
    assert!(matches!(became, Signalled::Done | Signalled::Accepted), "{became:?}");
    assert_eq!(finish(altering).await.error().code, Code::Cancelled);
    all(&*one, &["rollback", "drop table act_meta"]).await;
    connection.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_without_process_is_told_what_it_does_not_see_and_may_not_end() {
    let Some(server) = server() else { return };
    let connection = server.connect(&[]).await.unwrap();
    let worker = connection.open(Role::Session).await.unwrap();
    let user = format!("create or replace user act_reader@'%' identified by '{}'", server.password);
    all(&*worker, &[&user]).await;
    let sleeping = worker.run(Statement::new("select sleep(600)"));
    let worker_id = id(&*worker);
    let all_seen = connection.control().activity().unwrap();
    until(all_seen, "it sleeps", |moment| {
        moment.sessions.iter().any(|session| session.id == worker_id && session.doing == Doing::Active)
    })
    .await;

    let context = driver::ConnectContext::unattended(Some(Secret::new(server.password.clone())));
    let reader = server.connect_with(&[("user", "act_reader"), ("schema", "")], context).await.unwrap();
    let activity = reader.control().activity().unwrap();
    let moment = activity.now().await.unwrap();
    assert!(moment.sessions.iter().all(|session| session.user.as_deref() == Some("act_reader")), "{moment:#?}");
    assert!(moment.sessions.iter().any(|session| session.asking));
    assert!(moment.unseen.iter().any(|said| said.contains("PROCESS")), "{:?}", moment.unseen);
    for signal in [Signal::Cancel, Signal::Kill] {
        let refused = activity.signal(&target(&*worker), signal).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "{refused:?}");
    }
    let sizes = activity.sizes().await.unwrap();
    assert!(sizes.unseen.iter().any(|said| said.contains("innodb_index_stats")), "{:?}", sizes.unseen);
    let became = all_seen.signal(&target(&*worker), Signal::Kill).await.unwrap();
    assert!(matches!(became, Signalled::Done | Signalled::Accepted), "{became:?}");
    assert_eq!(finish(sleeping).await.error().code, Code::Unreachable);
    reader.close().await;
    let other = connection.open(Role::Session).await.unwrap();
    all(&*other, &["drop user act_reader@'%'"]).await;
    connection.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sizes_are_told_and_what_is_not_counted_is_said() {
    let Some(server) = server() else { return };
    let connection = server.connect(&[]).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    all(
        &*session,
        &[
            "create or replace table act_sizes (id int primary key, v varchar(200), index v (v)) engine=innodb",
            "insert into act_sizes select seq, repeat('x', 100) from seq_1_to_5000",
            "create or replace table act_parts (id int primary key) engine=innodb \
             partition by range (id) (partition a values less than (10), partition b values less than maxvalue)",
            "analyze table act_sizes, act_parts",
        ],
    )
    .await;
    let sizes = connection.control().activity().unwrap().sizes().await.unwrap();
    let table = |name: &str| sizes.tables.iter().find(|table| table.key.name == name).cloned().unwrap();
    let found = table("act_sizes");
    assert!(found.rows.unwrap() > 1000 && found.table_bytes.unwrap() > 100_000 && found.index_bytes.unwrap() > 0);
    assert_eq!(found.total_bytes, Some(found.table_bytes.unwrap() + found.index_bytes.unwrap()));
    assert!(found.kind.as_deref() == Some("InnoDB") && found.free_bytes.is_some());
    assert_eq!(table("act_parts").kind.as_deref(), Some("InnoDB, partitioned"));
    let indexes: Vec<_> =
        sizes.indexes.iter().filter(|index| index.key.signature.as_deref() == Some("act_sizes")).collect();
    assert_eq!(indexes.len(), 2);
    assert!(indexes.iter().any(|index| index.key.name == "PRIMARY" && index.primary && index.unique));
    let counted = indexes.iter().all(|index| index.scans.is_some());
    let said = sizes.unseen.iter().any(|said| said.contains("does not count"));
    assert!(counted != said, "{:?}", sizes.unseen);
    all(&*session, &["drop table act_sizes", "drop table act_parts"]).await;
    connection.close().await;
}
