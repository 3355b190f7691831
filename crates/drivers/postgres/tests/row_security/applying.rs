//! Changes in one transaction: kept, tried out, refused, and waiting for a lock that somebody holds.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog::Scope;
use driver::{
    Alter, Code, Error,
    alter::{AlterStatement, Application, Applied, Fate, Witness},
};

use crate::{
    server::{run, servers},
    stage::Stage,
};

fn application(statements: &[&str], keep: bool) -> Application {
    Application::together(statements.iter().copied(), keep, 300)
}

async fn apply(stage: &Stage, wanted: &Application) -> Applied {
    stage.connection.control().alter().unwrap().apply(wanted, &()).await.unwrap()
}

#[tokio::test]
async fn changes_are_kept_together_or_not_at_all() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        let change = [
            "create policy fresh on s.closed using (id = 1)",
            "comment on policy fresh on s.closed is 'it''s'",
            "alter table s.closed force row level security",
        ];
        let tried = apply(&stage, &application(&change, false)).await;
        assert!(matches!(tried, Applied::Done { kept: false, .. }), "{tried:?}");
        assert_eq!(stage.all().await, before, "a check leaves nothing");
        let wrong = [change[0], change[1], "create policy second on s.closed using (nope)", change[2]];
        for keep in [false, true] {
            match apply(&stage, &application(&wrong, keep)).await {
                Applied::Refused { statement: 2, said } => {
                    // Where, the server does not say of a policy.
                    assert!(said.native.code == "42703" && said.message.contains("nope"), "{said:?}");
                }
                other => panic!("{other:?}"),
            }
            assert_eq!(stage.all().await, before, "nothing of it stays");
        }
        let kept = apply(&stage, &application(&change, true)).await;
        assert!(matches!(kept, Applied::Done { kept: true, .. }), "{kept:?}");
        let found = stage.desk.ask("select count(*)::text from pg_policy where polname = 'fresh'").await.unwrap();
        assert_eq!(found, [Some("1".to_owned())]);
        let undone = ["alter table s.closed no force row level security", "drop policy fresh on s.closed"];
        apply(&stage, &application(&undone, true)).await;
        let security = stage.connection.control().alter().unwrap();
        for text in ["commit", "drop policy own on s.docs; commit", "set role x", ""] {
            assert!(security.apply(&application(&[text], true), &()).await.is_err(), "{text}");
        }
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}

#[tokio::test]
async fn who_holds_the_lock_is_named() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        let mut other = stage.desk.database.connect().await;
        run(&mut other, "set application_name = 'a long report'; begin").await;
        run(&mut other, "select count(*) from s.docs where id > 0").await;
        let wanted = application(&["comment on table s.closed is null", "drop policy own on s.docs"], true);
        match apply(&stage, &wanted).await {
            Applied::Locked { statement: 1, holders, said } => {
                assert_eq!(said.native.code, "55P03");
                let [holder] = holders.as_slice() else { panic!("{holders:?}") };
                assert_eq!(holder.user.as_deref(), Some("postgres"));
                assert_eq!(holder.application.as_deref(), Some("a long report"));
                assert_eq!(holder.statement.as_deref(), Some("select count(*) from s.docs where id > 0"));
                assert!(holder.session.is_some() && holder.age_ms.is_some(), "{holder:?}");
            }
            other => panic!("{other:?}"),
        }
        run(&mut other, "rollback").await;
        other.close().await;
        assert_eq!(stage.all().await, before);
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}

/// Keeps what it hears, with what the server says of it then.
struct Hears<'a> {
    security: &'a dyn Alter,
    heard: Mutex<Vec<(String, Fate)>>,
    refuses: bool,
}

#[async_trait]
impl Witness for Hears<'_> {
    async fn about_to_commit(&self, mark: &str) -> Result<(), Error> {
        let fate = self.security.fate(mark).await?;
        self.heard.lock().unwrap().push((mark.to_owned(), fate));
        if self.refuses { Err(Error::new(Code::Internal, "the disk is full")) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_transaction_is_named_before_it_is_committed_and_its_fate_told_afterwards() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        let connection = Arc::clone(&stage.connection);
        let security = connection.control().alter().unwrap();
        let hears = |refuses| Hears { security, heard: Mutex::default(), refuses };
        let before = stage.all().await;
        let change = application(&["alter table s.closed force row level security"], true);
        let refusing = hears(true);
        let refused = security.apply(&change, &refusing).await.unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), (Code::Internal, "the disk is full"));
        assert_eq!(stage.all().await, before, "what cannot be written down is not kept");
        let hearing = hears(false);
        assert!(matches!(security.apply(&change, &hearing).await.unwrap(), Applied::Done { kept: true, .. }));
        for (witness, fate) in [(&refusing, Fate::RolledBack), (&hearing, Fate::Committed)] {
            let heard = witness.heard.lock().unwrap().clone();
            let [(mark, then)] = heard.as_slice() else { panic!("{heard:?}") };
            assert_eq!((*then, security.fate(mark).await.unwrap()), (Fate::Running, fate), "{mark}");
        }
        let silent = hears(false);
        let tried = Application { keep: false, ..change };
        assert!(matches!(security.apply(&tried, &silent).await.unwrap(), Applied::Done { kept: false, .. }));
        assert!(silent.heard.lock().unwrap().is_empty(), "what is only tried has no end to be found out");
        for nonsense in ["4000000000000", "", "x"] {
            assert_eq!(security.fate(nonsense).await.unwrap(), Fate::NotKnown, "{nonsense}");
        }
        stage.drop().await;
    }
}

#[tokio::test]
async fn who_holds_the_lock_is_named_while_the_control_session_waits_itself() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut stage = Stage::new(&server).await;
        let mut other = stage.desk.database.connect().await;
        run(&mut other, "begin; lock table s.docs in access share mode").await;
        let mut catalogs = stage.desk.database.connect().await;
        run(&mut catalogs, "begin; lock table pg_catalog.pg_publication in access exclusive mode").await;
        let connection = Arc::clone(&stage.connection);
        let reading = tokio::spawn(async move { connection.control().catalog(&Scope::complete()).await.map(drop) });
        let waiting = "select count(*)::text from pg_locks where not granted and relation = 'pg_publication'::regclass";
        while stage.desk.ask(waiting).await.unwrap() != [Some("1".to_owned())] {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        match apply(&stage, &application(&["drop policy own on s.docs"], true)).await {
            Applied::Locked { holders, .. } => assert_eq!(holders.len(), 1, "{holders:?}"),
            other => panic!("{other:?}"),
        }
        assert!(!reading.is_finished());
        run(&mut catalogs, "rollback").await;
        reading.await.unwrap().unwrap();
        run(&mut other, "rollback").await;
        for client in [other, catalogs] {
            client.close().await;
        }
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}

#[tokio::test]
async fn a_script_may_hold_blocks_and_change_its_session_and_never_ends_the_transaction() {
    for server in servers().into_iter().filter(|server| server.major == 18) {
        let mut stage = Stage::new(&server).await;
        let before = stage.all().await;
        let change =
            ["set local lock_timeout = '5s'", "do $$ begin execute 'create table of_a_block (id int)'; end $$"];
        let plain = application(&change, true);
        let alter = stage.connection.control().alter().unwrap();
        assert_eq!(alter.apply(&plain, &()).await.unwrap_err().code, Code::InvalidStatement);
        let script = Application { script: true, ..plain };
        for ends in ["commit", "rollback", "begin"] {
            let mut wanted = script.clone();
            wanted.statements.push(AlterStatement { sql: ends.to_owned(), check: false });
            assert_eq!(alter.apply(&wanted, &()).await.unwrap_err().code, Code::InvalidStatement, "{ends}");
        }
        let mut hidden = script.clone();
        hidden.statements.push(AlterStatement { sql: "do $$ begin commit; end $$".to_owned(), check: false });
        assert!(matches!(apply(&stage, &hidden).await, Applied::Refused { statement: 2, .. }));
        assert_eq!(stage.all().await, before, "nothing of all that stays");
        assert!(matches!(apply(&stage, &script).await, Applied::Done { kept: true, .. }));
        let found = stage.desk.ask("select to_regclass('of_a_block')::text").await.unwrap();
        assert_eq!(found, [Some("of_a_block".to_owned())]);
        stage.desk.ask("drop table of_a_block").await.unwrap();
        stage.is_quiet(2).await;
        stage.drop().await;
    }
}
