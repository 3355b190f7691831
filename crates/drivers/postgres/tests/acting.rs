#![allow(clippy::unwrap_used, clippy::panic)]
//! Statements that run as somebody else than the login, on real servers: whose rows they see, what is refused, what is noticed,
//! and that nothing of it outlives the transaction.

mod common {
    pub mod connecting;
    pub mod server;
}

use std::{sync::Arc, time::Duration};

use common::{
    connecting::{all, connect, text},
    server::{Server, pooled, run, servers},
};
use driver::{
    Acting, Code, Connection, CopyFeed, Error, Event, LeftActor, Outcome, Role, Session, Statement, Summary,
    Transaction, row_security::Actor,
};

/// A role with one of three rows, in a database of its own.
struct Stage {
    connection: Arc<dyn Connection>,
    session: Arc<dyn Session>,
    ann: Arc<dyn Session>,
    database: String,
}

fn ann(database: &str) -> Actor {
    Actor {
        role: Some(format!("{database}_\"ann\"")),
        claims: Some("{\"sub\": \"ann\"}".to_owned()),
        settings: vec![("app.tenant".to_owned(), "seven".to_owned())],
        ..Actor::default()
    }
}

async fn database(server: &Server, name: &str) -> String {
    let database = format!("rh_acting_{name}");
    let role = format!("\"{database}_\"\"ann\"\"\"");
    let mut client = server.client().await;
    run(&mut client, &format!("drop database if exists {database} with (force)")).await;
    run(&mut client, &format!("create database {database}")).await;
    run(&mut client, &format!("drop role if exists {role}")).await;
    run(&mut client, &format!("create role {role}")).await;
    run(&mut client, &format!("alter role {role} set app.own = 'of the role'")).await;
    client.close().await;
    let mut client = server.client_of(&database).await;
    for statement in [
        "create table docs (id int primary key, owner text)".to_owned(),
        "insert into docs values (1, 'ann'), (2, 'bob'), (3, 'bob')".to_owned(),
        "alter table docs enable row level security".to_owned(),
        "create policy own on docs using (owner = current_setting('request.jwt.claims', true)::jsonb ->> 'sub')"
            .to_owned(),
        format!("grant select, insert, update, delete on docs to {role}"),
        "create table late (id int unique deferrable initially deferred)".to_owned(),
        format!("grant select, insert on late to {role}"),
        "create function escape() returns int language plpgsql as $$ begin reset role; delete from docs; return 1; end $$"
            .to_owned(),
        "create function other_claims() returns text language sql as \
         $$ select set_config('request.jwt.claims', '{\"sub\": \"bob\"}', false) $$"
            .to_owned(),
    ] {
        let events = run(&mut client, &statement).await;
        assert!(!format!("{events:?}").contains("Failed"), "{statement}: {events:?}");
    }
    client.close().await;
    database
}

impl Stage {
    async fn new(server: &Server, name: &str) -> Stage {
        Stage::over(server, name, &[]).await
    }

    async fn over(server: &Server, name: &str, changes: &[(&str, &str)]) -> Stage {
        let database = database(server, name).await;
        let changes: Vec<_> = [("database", database.as_str())].iter().chain(changes).copied().collect();
        let connection = connect(server, &changes, false).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        let ann = Acting::over(Arc::clone(&session), Some(Arc::new(ann(&database))));
        Stage { connection, session, ann, database }
    }

    /// The session is the login's, and nothing was changed by it.
    async fn is_untouched(&self, why: &str) {
        let who = "select current_user || ' ' || session_user || ' ' || coalesce(current_setting('request.jwt.claims', true), '') || \
                   coalesce(current_setting('app.tenant', true), '')";
        assert_eq!(text(&*self.session, who).await, "postgres postgres ", "{why}");
        assert_eq!(text(&*self.session, "select count(*)::text from docs").await, "3", "{why}");
        assert_eq!(self.session.state().borrow().transaction, Transaction::Idle, "{why}");
    }

    async fn drop(self, server: &Server) {
        self.session.close().await;
        self.connection.close().await;
        let mut client = server.client().await;
        run(&mut client, &format!("drop database {} with (force)", self.database)).await;
        run(&mut client, &format!("drop role \"{}_\"\"ann\"\"\"", self.database)).await;
    }
}

fn both() -> impl Iterator<Item = Server> {
    servers().into_iter().filter(|server| matches!(server.major, 15 | 18))
}

async fn summary(session: &dyn Session, statement: &str) -> Result<Summary, Error> {
    let events = all(session, Statement::new(statement)).await?;
    match events.into_iter().last() {
        Some(Event::Done(summary)) => Ok(summary),
        other => panic!("{other:?}"),
    }
}

fn left(user: Option<&str>, settings: &[&str], undone: bool) -> Option<LeftActor> {
    let settings = settings.iter().map(|name| (*name).to_owned()).collect();
    Some(LeftActor { user: user.map(str::to_owned), settings, undone })
}

#[tokio::test]
async fn each_statement_is_the_actors_and_the_next_without_one_the_logins() {
    for server in both() {
        let stage = Stage::new(&server, "each").await;
        for _ in 0..3 {
            assert_eq!(text(&*stage.ann, "select count(*)::text from docs").await, "1");
            let who = "select current_user || ' ' || session_user || ' ' || current_setting('app.tenant')";
            assert_eq!(text(&*stage.ann, who).await, format!("{}_\"ann\" postgres seven", stage.database));
            stage.is_untouched("after a read").await;
        }
        let statement = Statement::new("select id::text from docs where owner = $1").with_values([Some("bob")]);
        let events = all(&*stage.ann, statement).await.unwrap();
        assert!(matches!(events.last(), Some(Event::Done(done)) if done.rows == 0), "{events:?}");
        let error = summary(&*stage.ann, "insert into docs values (9, 'bob')").await.unwrap_err();
        assert_eq!(error.native.unwrap().code, "42501");
        let done = summary(&*stage.ann, "update docs set owner = owner").await.unwrap();
        assert_eq!((done.affected_rows, done.tag.as_deref(), done.left), (Some(1), Some("UPDATE 1"), None));
        assert_eq!(done.transaction, Transaction::Idle);
        // Nothing is hidden by the empty statement either.
        assert_eq!(summary(&*stage.ann, "-- nothing").await.unwrap().tag, None);
        stage.is_untouched("after a write").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn what_waits_for_the_commit_is_an_error_of_the_statement() {
    for server in both() {
        let stage = Stage::new(&server, "late").await;
        let error = summary(&*stage.ann, "insert into late values (1), (1)").await.unwrap_err();
        assert_eq!((error.code, error.native.unwrap().code.as_str()), (Code::ConstraintViolated, "23505"));
        assert_eq!(text(&*stage.session, "select count(*)::text from late").await, "0");
        stage.is_untouched("after a failed commit").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn leaving_the_actor_is_noticed_and_taken_back() {
    for server in both() {
        let stage = Stage::new(&server, "left").await;
        for (statement, expected) in [
            ("reset role", left(Some("postgres"), &[], true)),
            ("set role none", left(Some("postgres"), &[], true)),
            ("set role pg_monitor", left(Some("pg_monitor"), &[], true)),
            ("reset session authorization", left(Some("postgres"), &[], true)),
            ("set session authorization pg_monitor", left(Some("pg_monitor"), &[], true)),
            ("set request.jwt.claims = '{}'", left(None, &["request.jwt.claims"], true)),
            ("set local app.tenant = 'eight'", left(None, &["app.tenant"], true)),
            ("reset all", left(None, &["request.jwt.claims", "app.tenant"], true)),
            ("set application_name = 'mine'", None),
        ] {
            let done = summary(&*stage.ann, statement).await.unwrap();
            assert_eq!(done.left, expected, "{statement}");
            stage.is_untouched(statement).await;
            assert_eq!(text(&*stage.ann, "select count(*)::text from docs").await, "1", "{statement}");
        }
        assert_eq!(
            text(&*stage.session, "select current_setting('application_name')").await,
            "mine",
            "a setting stays"
        );
        // What does more than switch is refused, with what it did.
        for (statement, said) in [
            ("select escape()", "“postgres”"),
            ("do $$ begin reset role; delete from docs; end $$", "“postgres”"),
            ("select other_claims()", "request.jwt.claims"),
            ("delete from docs where other_claims() is not null", "request.jwt.claims"),
        ] {
            let error = summary(&*stage.ann, statement).await.unwrap_err();
            assert!(error.code == Code::Forbidden && error.message.contains(said), "{statement}: {error:?}");
            stage.is_untouched(statement).await;
        }
        for (statement, code) in [
            ("select 1; reset role", Code::InvalidStatement),
            ("commit; delete from docs", Code::InvalidStatement),
            ("discard all", Code::Unsupported),
            ("vacuum docs", Code::Unsupported),
            ("create index concurrently on docs (owner)", Code::Unsupported),
            ("do $$ begin delete from docs; commit; end $$", Code::Unsupported),
            ("commit and chain", Code::InvalidStatement),
        ] {
            let error = summary(&*stage.ann, statement).await.unwrap_err();
            assert_eq!(error.code, code, "{statement}: {error:?}");
            assert_eq!(
                error.code != Code::Unsupported,
                !error.hint.unwrap_or_default().contains("as the login"),
                "{statement}"
            );
            stage.is_untouched(statement).await;
        }
        for statement in ["commit", "rollback", "end", "abort"] {
            assert_eq!(summary(&*stage.ann, statement).await.unwrap().left, None, "{statement}");
            stage.is_untouched(statement).await;
        }
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn a_persons_own_transaction_is_the_actors_from_its_beginning() {
    for server in both() {
        let stage = Stage::new(&server, "own").await;
        let count = "select count(*)::text from docs";
        let done = summary(&*stage.ann, "begin isolation level repeatable read").await.unwrap();
        assert_eq!((done.transaction, done.tag.as_deref()), (Transaction::Open, Some("BEGIN")));
        assert_eq!(text(&*stage.ann, count).await, "1");
        assert_eq!(text(&*stage.ann, "show transaction_isolation").await, "repeatable read");
        // Nobody else's statement runs in it.
        assert_eq!(summary(&*stage.session, count).await.unwrap_err().code, Code::Conflict);
        let bob =
            Acting::over(Arc::clone(&stage.session), Some(Arc::new(Actor { claims: None, ..ann(&stage.database) })));
        assert_eq!(summary(&*bob, count).await.unwrap_err().code, Code::Conflict);
        assert_eq!(text(&*stage.ann, count).await, "1", "a refusal leaves it alone");
        summary(&*stage.ann, "savepoint a").await.unwrap();
        let done = summary(&*stage.ann, "reset role").await.unwrap();
        assert_eq!(done.left, left(Some("postgres"), &[], false));
        let done = summary(&*stage.ann, count).await.unwrap();
        assert_eq!(done.left, left(Some("postgres"), &[], false), "what follows is told too");
        summary(&*stage.ann, "rollback to a").await.unwrap();
        assert_eq!(text(&*stage.ann, count).await, "1", "a savepoint was the actor's");
        summary(&*stage.ann, "delete from docs").await.unwrap();
        summary(&*stage.ann, "rollback and chain").await.unwrap();
        assert_eq!(text(&*stage.ann, count).await, "1", "the next one is the actor's too");
        summary(&*stage.ann, "commit and chain").await.unwrap();
        assert_eq!(text(&*stage.ann, count).await, "1");
        summary(&*stage.ann, "set role pg_monitor").await.unwrap();
        summary(&*stage.ann, "set request.jwt.claims = '{\"sub\": \"bob\"}'").await.unwrap();
        // The face that ends a transaction says nothing of the actor.
        summary(&*stage.session, "commit").await.unwrap();
        stage.is_untouched("what was set for the session in place of the actor").await;
        // An error inside.
        summary(&*stage.ann, "begin").await.unwrap();
        assert!(summary(&*stage.ann, "select 1/0").await.is_err());
        assert_eq!(stage.session.state().borrow().transaction, Transaction::Failed);
        assert_eq!(summary(&*stage.ann, count).await.unwrap_err().native.unwrap().code, "25P02");
        summary(&*stage.ann, "rollback").await.unwrap();
        stage.is_untouched("after an error").await;
        // One that the login began is not taken over.
        summary(&*stage.session, "begin").await.unwrap();
        assert_eq!(summary(&*stage.ann, count).await.unwrap_err().code, Code::Conflict);
        summary(&*stage.session, "savepoint a").await.unwrap();
        assert!(summary(&*stage.session, "select 1/0").await.is_err());
        assert!(summary(&*stage.ann, count).await.is_err());
        summary(&*stage.session, "rollback to a").await.unwrap();
        summary(&*stage.session, "rollback").await.unwrap();
        stage.is_untouched("at the end").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn an_actor_that_cannot_be_is_told_and_nothing_runs() {
    for server in both() {
        let stage = Stage::new(&server, "refused").await;
        let mut client = server.client().await;
        for statement in [
            "drop role if exists rh_acting_plain".to_owned(),
            format!("create role rh_acting_plain login password '{}'", server.password),
        ] {
            run(&mut client, &statement).await;
        }
        let whom = [("user", "rh_acting_plain"), ("database", stage.database.as_str())];
        let connection = connect(&server, &whom, false).await.unwrap();
        let plain = connection.open(Role::Session).await.unwrap();
        let acting = |actor| Acting::over(Arc::clone(&plain), Some(Arc::new(actor)));
        for statement in ["select 1", "begin"] {
            let error = summary(&*acting(ann(&stage.database)), statement).await.unwrap_err();
            let hint = error.hint.clone().unwrap_or_default();
            assert!(error.code == Code::Forbidden && error.message.contains("not a member"), "{error:?}");
            assert!(hint.contains("GRANT") && hint.contains("TO \"rh_acting_plain\""), "{hint}");
            assert_eq!(plain.state().borrow().transaction, Transaction::Idle, "{statement}");
        }
        for (actor, code) in [
            (Actor { role: Some("no such; role".to_owned()), ..Actor::default() }, Code::NotFound),
            (Actor { claims: Some("{".to_owned()), ..Actor::default() }, Code::InvalidStatement),
            (
                Actor { settings: vec![("work_mem".to_owned(), "lots".to_owned())], ..Actor::default() },
                Code::InvalidStatement,
            ),
            (
                Actor { settings: vec![("log_statement".to_owned(), "none".to_owned())], ..Actor::default() },
                Code::Forbidden,
            ),
        ] {
            let check = connection.control().act_as().unwrap().check(&actor).await.unwrap_err();
            assert_eq!(check.code, code, "{actor:?}: {check:?}");
            for statement in ["select 1", "begin"] {
                let error = summary(&*acting(actor.clone()), statement).await.unwrap_err();
                assert_eq!(error.code, code, "{statement}, {actor:?}: {error:?}");
                assert_eq!(plain.state().borrow().transaction, Transaction::Idle, "{statement}");
            }
            assert_eq!(text(&*plain, "select current_user || 1").await, "rh_acting_plain1");
        }
        let control = stage.connection.control().act_as().unwrap();
        let checked = control.check(&ann(&stage.database)).await.unwrap();
        assert_eq!((checked.user, checked.bypasses), (format!("{}_\"ann\"", stage.database), false));
        assert_eq!(checked.role_settings, [("app.own".to_owned(), "of the role".to_owned())]);
        let may = |roles: Vec<driver::ActorRole>| {
            roles.into_iter().find(|role| role.name.ends_with("refused_\"ann\"")).map(|role| role.may)
        };
        assert_eq!(may(control.roles().await.unwrap()), Some(true));
        assert_eq!(may(connection.control().act_as().unwrap().roles().await.unwrap()), Some(false));
        connection.close().await;
        plain.close().await;
        run(&mut client, "drop role rh_acting_plain").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn settings_of_the_role_are_applied_where_the_actor_says_so() {
    for server in both() {
        let stage = Stage::new(&server, "settings").await;
        let own = "select coalesce(current_setting('app.own', true), '')";
        assert_eq!(text(&*stage.ann, own).await, "");
        let applied = Actor { apply_role_settings: true, ..ann(&stage.database) };
        let applied = Acting::over(Arc::clone(&stage.session), Some(Arc::new(applied)));
        assert_eq!(text(&*applied, own).await, "of the role");
        assert_eq!(text(&*stage.session, own).await, "");
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn rows_stream_while_the_transaction_is_open_and_a_cancel_leaves_nothing() {
    for server in both() {
        let stage = Stage::new(&server, "streams").await;
        let mut streamed = stage.ann.run(Statement::new("select repeat('x', 1000) from generate_series(1, 2000000)"));
        let mut rows = 0;
        while rows < 20_000 {
            match streamed.next().await.unwrap().unwrap() {
                Event::Batch(batch) => rows += batch.num_rows(),
                Event::Done(summary) => panic!("{summary:?}"),
                _ => {}
            }
        }
        assert_eq!(stage.session.state().borrow().transaction, Transaction::Idle, "its state is told at its end");
        drop(streamed);
        stage.is_untouched("after a run that nobody read on").await;
        let mut sleeping = stage.ann.run(Statement::new("select pg_sleep(60)"));
        tokio::time::sleep(Duration::from_millis(200)).await;
        sleeping.cancel.cancel().await.unwrap();
        let mut last = None;
        while let Some(event) = sleeping.next().await {
            last = Some(event);
        }
        assert!(matches!(&last, Some(Ok(Event::Done(done))) if done.outcome == Outcome::Cancelled), "{last:?}");
        stage.is_untouched("after a cancel").await;
        let limited = Statement::new("select pg_sleep(60)").with_timeout(Duration::from_millis(100));
        assert_eq!(all(&*stage.ann, limited).await.unwrap_err().code, Code::TimedOut);
        stage.is_untouched("after its time was over").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn rows_are_copied_as_the_actor_both_ways() {
    for server in both() {
        let stage = Stage::new(&server, "copies").await;
        let copy = |text: &str, bytes: &'static [u8]| Statement {
            copy: CopyFeed::Bytes(bytes.into()),
            ..Statement::new(text)
        };
        let done = all(&*stage.ann, copy("copy late from stdin", b"1\n2\n")).await.unwrap();
        assert!(matches!(done.last(), Some(Event::Done(done)) if done.affected_rows == Some(2)), "{done:?}");
        assert_eq!(text(&*stage.session, "select count(*)::text from late").await, "2");
        let refused = all(&*stage.ann, copy("copy late from stdin", b"x\n")).await.unwrap_err();
        assert_eq!(refused.native.unwrap().code, "22P02");
        // COPY FROM is not for tables with row security: the server says so.
        let refused = all(&*stage.ann, copy("copy docs from stdin", b"9\tbob\n")).await.unwrap_err();
        assert_eq!(refused.native.unwrap().code, "0A000");
        let out = all(&*stage.ann, Statement::new("copy docs to stdout")).await.unwrap();
        let copied: usize =
            out.iter().map(|event| if let Event::Batch(batch) = event { batch.num_rows() } else { 0 }).sum();
        assert!(
            copied > 0 && matches!(out.last(), Some(Event::Done(done)) if done.tag.as_deref() == Some("COPY 1")),
            "{out:?}"
        );
        stage.is_untouched("after copies").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn read_only_holds_for_an_actor_too() {
    for server in both() {
        let stage = Stage::new(&server, "reads").await;
        let connection = connect(&server, &[("database", stage.database.as_str())], true).await.unwrap();
        let session = connection.open(Role::Session).await.unwrap();
        let acting = Acting::over(Arc::clone(&session), Some(Arc::new(ann(&stage.database))));
        for _ in 0..2 {
            assert_eq!(text(&*acting, "select count(*)::text from docs").await, "1");
            let error = summary(&*acting, "update docs set owner = owner").await.unwrap_err();
            assert_eq!(error.code, Code::Forbidden, "{error:?}");
            let error = summary(&*acting, "select escape()").await.unwrap_err();
            assert_eq!(error.code, Code::Forbidden, "{error:?}");
        }
        summary(&*acting, "begin").await.unwrap();
        assert_eq!(
            text(&*acting, "select count(*)::text || current_setting('transaction_read_only') from docs").await,
            "1on"
        );
        summary(&*acting, "commit").await.unwrap();
        session.close().await;
        connection.close().await;
        stage.is_untouched("after reading").await;
        stage.drop(&server).await;
    }
}

#[tokio::test]
async fn behind_a_pooler_it_is_the_transactions_too() {
    for mode in ["session", "transaction"] {
        let Some((server, port)) = pooled(mode) else { return };
        let name = format!("pooled_{mode}");
        let stage = Stage::over(&server, &name, &[("port", port.to_string().as_str())]).await;
        let browse = stage.connection.open(Role::Browse).await.unwrap();
        let browsing = Acting::over(Arc::clone(&browse), Some(Arc::new(ann(&stage.database))));
        for _ in 0..3 {
            for (acting, plain) in [(&stage.ann, &stage.session), (&browsing, &browse)] {
                assert_eq!(text(&**acting, "select count(*)::text from docs").await, "1", "{mode}");
                assert_eq!(text(&**acting, "select 0.1::float8 + 0.2::float8").await, "0.30000000000000004", "{mode}");
                assert_eq!(
                    text(&**plain, "select count(*)::text || current_user from docs").await,
                    "3postgres",
                    "{mode}"
                );
            }
        }
        let done = summary(&*stage.ann, "reset role").await.unwrap();
        assert_eq!(done.left, left(Some("postgres"), &[], true), "{mode}");
        summary(&*stage.ann, "begin").await.unwrap();
        assert_eq!(text(&*stage.ann, "select count(*)::text from docs").await, "1", "{mode}");
        assert_eq!(text(&*browse, "select count(*)::text from docs").await, "3", "{mode}: another server session");
        summary(&*stage.ann, "rollback").await.unwrap();
        stage.is_untouched(mode).await;
        browse.close().await;
        stage.drop(&server).await;
    }
}
