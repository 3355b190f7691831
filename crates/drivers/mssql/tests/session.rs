#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]
//! Sessions against a scripted server. No SQL Server has been asked.

#[allow(dead_code)]
mod common {
    pub mod scripted;
    pub mod tokens;
}

use std::{sync::Arc, time::Duration};

use arrow_array::cast::AsArray;
use common::{
    scripted::{Encryption, Reply, Request, Scripted},
    tokens::{self, types},
};
use driver::{
    Code, ConnectContext, Connection, Driver, Error, Event, Link, Outcome, Profile, Role, Secret, Session, Severity,
    Statement, Summary, Transaction,
};
use driver_mssql::SqlServer;

/// A batch, and what is said to it.
type Answer = (&'static str, fn() -> Reply);

const SOON: Duration = Duration::from_secs(10);

fn profile(port: u16, more: &[(&str, &str)]) -> Profile {
    let mut values: std::collections::BTreeMap<String, String> =
        more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    values.insert("host".into(), "localhost".into());
    values.insert("port".into(), port.to_string());
    values.insert("user".into(), "ann".into());
    Profile { name: "scripted".into(), driver: "mssql".into(), values }
}

fn context() -> ConnectContext {
    ConnectContext::unattended(Some(Secret::new("s3cret".to_owned())))
}

/// What every server says of itself and its sessions; the rest as a test wants it.
async fn server(answers: &'static [Answer]) -> Scripted {
    Scripted::start(Encryption::Off, move |request| answer(request, answers)).await
}

fn answer(request: &Request, answers: &[Answer]) -> Reply {
    let text = if request.kind == 1 { request.text() } else { String::new() };
    if let Some((_, reply)) = answers.iter().find(|(wanted, _)| *wanted == text) {
        return reply();
    }
    if text.starts_with("SELECT CAST(@@SPID") {
        let row = ["57", "ann", "shop", "dbo", "Latin1_General_CI_AS", "us_english"].map(Some);
        return Reply::Tokens(tokens::texts(&[""; 6], &[&row]));
    }
    if text.starts_with("SELECT CAST(SERVERPROPERTY") {
        let row = ["16.0.4200.1", "Developer Edition (64-bit)", "3"].map(Some);
        return Reply::Tokens(tokens::texts(&[""; 3], &[&row]));
    }
    Reply::Tokens(tokens::done(0, 0, 0))
}

async fn connect(server: &Scripted) -> Arc<dyn Connection> {
    SqlServer.connect(&profile(server.port, &[]), context()).await.unwrap()
}

async fn session(server: &Scripted) -> (Arc<dyn Connection>, Arc<dyn Session>) {
    let connection = connect(server).await;
    let session = connection.open(Role::Session).await.unwrap();
    (connection, session)
}

struct Told {
    words: Vec<String>,
    end: Result<Summary, Error>,
}

/// A run to its end, in words.
async fn told(run: driver::Run) -> Told {
    let mut run = run;
    let mut words = Vec::new();
    loop {
        match tokio::time::timeout(SOON, run.next()).await.unwrap().unwrap() {
            Ok(Event::ResultSet(schema, _)) => {
                let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                words.push(format!("columns {}", names.join(",")));
            }
            Ok(Event::Batch(batch)) => {
                let first = batch.column(0).as_binary_opt::<i32>();
                let text = first.map_or("…".into(), |cells| String::from_utf8_lossy(cells.value(0)).into_owned());
                words.push(format!("{} rows: {text}", batch.num_rows()));
            }
            Ok(Event::Notice(notice)) => {
                words.push(format!("{:?} {}: {}", notice.severity, notice.label, notice.message))
            }
            Ok(Event::Done(summary)) => return Told { words, end: Ok(summary) },
            Err(error) => return Told { words, end: Err(error) },
        }
    }
}

#[tokio::test]
async fn a_connection_knows_its_server_and_a_session_itself() {
    let server = server(&[]).await;
    let (connection, session) = session(&server).await;
    let known = connection.control().server();
    assert_eq!(
        (known.product.as_str(), known.version.as_str(), known.version_number),
        ("SQL Server", "16.0.4200.1", 16_004_200)
    );
    assert_eq!(known.facts["read_only"], "no");
    let state = session.state().borrow().clone();
    assert_eq!((state.database.as_deref(), state.user.as_deref()), (Some("shop"), Some("ann")));
    assert_eq!((state.server_id.as_deref(), state.search_path.as_deref()), (Some("57"), Some("dbo")));
    session.ping().await.unwrap();
    connection.control().ping().await.unwrap();
    assert!(!server.sent(6).is_empty(), "a sign of life is asked for without a batch");
    session.close().await;
    assert_eq!(session.state().borrow().link, Link::Closed);
    let error = told(session.run(Statement::new("select 1"))).await.end.unwrap_err();
    assert_eq!(error.code, Code::Unreachable);
}

#[tokio::test]
async fn a_run_hands_over_results_notices_and_the_first_error_with_its_place() {
    let server = server(&[("select 1\nselect x/0 from t", || {
        Reply::Tokens(
            [
                tokens::texts(&["a", "b"], &[&[Some("é"), None]]).into_iter().collect::<Vec<_>>(),
                tokens::info(0, "printed"),
                tokens::info(8153, "Warning: Null value is eliminated by an aggregate or other SET operation."),
                tokens::error(8134, 16, "Divide by zero error encountered.", 2),
                tokens::done(0x13, 0xc1, 0),
                tokens::error_in("dbo.p", 50000, "raised", 9),
                tokens::texts(&["c"], &[&[Some("after")]]),
            ]
            .concat(),
        )
    })])
    .await;
    let (_connection, session) = session(&server).await;
    let told = told(session.run(Statement::new("select 1\nselect x/0 from t"))).await;
    assert_eq!(
        told.words,
        [
            "columns a,b",
            "1 rows: é",
            "Info Message: printed",
            "Warning Message: Warning: Null value is eliminated by an aggregate or other SET operation.",
            "Warning Msg 50000: raised",
            "columns c",
            "1 rows: after",
        ]
    );
    let error = told.end.unwrap_err();
    let span = error.span.unwrap();
    assert_eq!((error.code, span.start, span.end), (Code::InvalidStatement, 9, 26));
    let native = error.native.unwrap();
    assert_eq!((native.code.as_str(), native.context.as_deref()), ("8134", Some("line 2")));
    assert_eq!(session.state().borrow().link, Link::Up);
}

#[tokio::test]
async fn changed_rows_are_counted_and_read_ones_are_not() {
    let server = server(&[
        ("triggered", || Reply::Tokens([tokens::done_within(0x11, 0xc3, 9), tokens::done(0x10, 0xc5, 1)].concat())),
        ("exec p", || Reply::Tokens([tokens::done_within(0x11, 0xc3, 4), tokens::done(0, 0xe0, 0)].concat())),
        ("update", || {
            Reply::Tokens(
                [tokens::done(0x11, 0xc5, 3), tokens::done(0x11, 0xc1, 9), tokens::done(0x10, 0xc4, 2)].concat(),
            )
        }),
    ])
    .await;
    let (_connection, session) = session(&server).await;
    let summary = told(session.run(Statement::new("update"))).await.end.unwrap();
    assert_eq!((summary.outcome, summary.affected_rows), (Outcome::Completed, Some(5)));
    let triggered = told(session.run(Statement::new("triggered"))).await.end.unwrap();
    assert_eq!(triggered.affected_rows, Some(1), "what triggers changed is not what the batch did");
    assert_eq!(told(session.run(Statement::new("exec p"))).await.end.unwrap().affected_rows, Some(4));
    let summary = told(session.run(Statement::new("nothing"))).await.end.unwrap();
    assert_eq!(summary.affected_rows, None);
}

fn endless() -> Reply {
    let head = tokens::columns(&[("v", types::nvarchar(100))]);
    Reply::Endless(head, tokens::row(&[tokens::text_cell(Some("a row of the endless result"))]).repeat(400))
}

#[tokio::test]
async fn a_cancel_is_acknowledged_by_the_server_before_the_run_ends() {
    let server = server(&[("endless", endless), ("sleep", || Reply::Hang(Vec::new()))]).await;
    let (_connection, session) = session(&server).await;
    for text in ["endless", "sleep"] {
        let before = server.sent(6).len();
        let mut run = session.run(Statement::new(text));
        let cancel = run.cancel.clone();
        if text == "endless" {
            while !matches!(run.next().await.unwrap().unwrap(), Event::Batch(_)) {}
        } else {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(session.state().borrow().running.is_some());
        let (cancelled, told) = tokio::join!(cancel.cancel(), told(run));
        cancelled.unwrap();
        assert_eq!(told.end.unwrap().outcome, Outcome::Cancelled, "{text}");
        assert_eq!(server.sent(6).len(), before + 1);
        // A cancel of a run that is over hits nothing.
        cancel.cancel().await.unwrap();
        assert_eq!(server.sent(6).len(), before + 1);
        let after = told_of(&session, "after").await;
        assert_eq!(after.end.unwrap().outcome, Outcome::Completed);
        assert!(after.words.is_empty());
    }
}

async fn told_of(session: &Arc<dyn Session>, text: &'static str) -> Told {
    told(session.run(Statement::new(text))).await
}

#[tokio::test]
async fn a_dropped_run_is_cancelled_and_the_next_one_never_sees_its_rows() {
    let server = server(&[("endless", endless)]).await;
    let (_connection, session) = session(&server).await;
    let mut run = session.run(Statement::new("endless"));
    while !matches!(run.next().await.unwrap().unwrap(), Event::Batch(_)) {}
    drop(run);
    let after = told_of(&session, "after").await;
    assert!(after.words.is_empty());
    assert_eq!(after.end.unwrap().outcome, Outcome::Completed);
    assert_eq!(server.sent(6).len(), 1);
}

#[tokio::test]
async fn a_reader_that_stops_reading_stops_the_server() {
    let server = server(&[("endless", endless)]).await;
    let (_connection, session) = session(&server).await;
    let run = session.run(Statement::new("endless"));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let before = server.written();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(server.written(), before, "nothing more is taken while nobody reads");
    assert!(before < 64 << 20, "{before} bytes were taken for nobody");
    drop(run);
}

#[tokio::test]
async fn a_limit_of_time_stops_a_run() {
    let server = server(&[("sleep", || Reply::Hang(Vec::new()))]).await;
    let (_connection, session) = session(&server).await;
    let statement = Statement::new("sleep").with_timeout(Duration::from_millis(200));
    let error = told(session.run(statement)).await.end.unwrap_err();
    assert_eq!(error.code, Code::TimedOut);
    assert_eq!(session.state().borrow().link, Link::Up);
}

#[tokio::test]
async fn a_cancel_that_nobody_acknowledges_is_told_as_such() {
    let server = server(&[("sleep", || Reply::Deaf(Vec::new()))]).await;
    let (_connection, session) = session(&server).await;
    let mut run = session.run(Statement::new("sleep"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let error = tokio::time::timeout(SOON, run.cancel.cancel()).await.unwrap().unwrap_err();
    assert_eq!(error.code, Code::Unreachable);
    assert!(tokio::time::timeout(Duration::from_millis(50), run.next()).await.is_err(), "the run goes on");
    session.close().await;
    assert_eq!(session.state().borrow().link, Link::Closed);
}

/// What a server says to KILL, and what the run then ends with.
#[tokio::test]
async fn a_session_that_ignores_its_cancel_is_ended_from_outside_where_that_may_be() {
    for allowed in [true, false] {
        let ended = Arc::new(tokio::sync::Notify::new());
        let end = Arc::clone(&ended);
        let server = Scripted::start(Encryption::Off, move |request| {
            let text = if request.kind == 1 { request.text() } else { String::new() };
            match text.as_str() {
                "sleep" => Reply::DeafUntil(Arc::clone(&end)),
                "KILL 57" if allowed => {
                    end.notify_one();
                    Reply::Tokens(tokens::done(0, 0, 0))
                }
                "KILL 57" => {
                    let said = tokens::error(6102, 14, "User does not have permission to use the KILL statement.", 1);
                    Reply::Tokens([said, tokens::done(2, 0, 0)].concat())
                }
                _ => answer(request, &[]),
            }
        })
        .await;
        let (connection, session) = session(&server).await;
        let mut run = session.run(Statement::new("sleep"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(run.cancel.cancel().await.unwrap_err().code, Code::Unreachable);
        let event = tokio::time::timeout(SOON, run.next()).await.unwrap().unwrap();
        if allowed {
            let error = event.unwrap_err();
            assert!(error.code == Code::Unreachable && error.message.contains("KILL"), "{error:?}");
            let mut state = session.state();
            state.wait_for(|state| state.link != Link::Up).await.unwrap();
        } else {
            let Ok(Event::Notice(notice)) = event else { panic!("{event:?}") };
            assert_eq!((notice.severity, notice.code.as_deref()), (Severity::Warning, Some("6102")));
            assert!(notice.message.contains("permission"), "{notice:?}");
            assert_eq!(session.state().borrow().link, Link::Up, "it goes on, and can still be closed");
        }
        let asked = server.sent(1).iter().filter(|request| request.text() == "KILL 57").count();
        assert_eq!(asked, 1, "asked once");
        assert!(connection.control().ping().await.is_ok());
    }
}

#[tokio::test]
async fn transactions_and_databases_are_seen() {
    let server = server(&[
        ("begin tran", || Reply::Tokens([tokens::transaction_begun(7), tokens::done(0, 0xd4, 0)].concat())),
        ("rollback", || Reply::Tokens([tokens::transaction_ended(10, 7), tokens::done(0, 0xd2, 0)].concat())),
        ("use other", || {
            let said =
                [tokens::changed(1, "other", "shop"), tokens::info(5701, "Changed database context to 'other'.")];
            Reply::Tokens([said.concat(), tokens::done(0, 0, 0)].concat())
        }),
    ])
    .await;
    let (_connection, session) = session(&server).await;
    assert_eq!(told_of(&session, "begin tran").await.end.unwrap().transaction, Transaction::Open);
    assert_eq!(session.state().borrow().transaction, Transaction::Open);
    assert_eq!(told_of(&session, "rollback").await.end.unwrap().transaction, Transaction::Idle);
    let told = told_of(&session, "use other").await;
    assert!(told.words.is_empty(), "said by the state, not twice: {:?}", told.words);
    assert_eq!(session.state().borrow().database.as_deref(), Some("other"));
}

#[tokio::test]
async fn a_read_only_session_sends_nothing_that_writes() {
    let server = server(&[]).await;
    let context = ConnectContext { read_only: true, ..context() };
    let connection = SqlServer.connect(&profile(server.port, &[]), context).await.unwrap();
    assert_eq!(connection.control().server().facts["read_only"], "guard");
    let session = connection.open(Role::Session).await.unwrap();
    assert!(session.state().borrow().read_only);
    let error = told_of(&session, "select 1 delete from t").await.end.unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
    told_of(&session, "select 1").await.end.unwrap();
    let sent: Vec<String> =
        server.sent(1).iter().map(Request::text).filter(|text| text.starts_with("select 1")).collect();
    assert_eq!(sent, ["select 1"]);
}

#[tokio::test]
async fn values_go_beside_the_text() {
    let server = server(&[]).await;
    let (_connection, session) = session(&server).await;
    told(session.run(Statement::new("select @1, @2").with_values([Some("a"), None]))).await.end.unwrap();
    assert_eq!(server.sent(3).len(), 1);
    let mut statement = Statement::new("select 1").with_values([Some("a")]);
    statement.parameters[0].name = "x int = (select 1); --".into();
    let error = told(session.run(statement)).await.end.unwrap_err();
    assert_eq!(error.code, Code::InvalidStatement);
    assert_eq!(server.sent(3).len(), 1, "a name that is none is not sent");
}

#[tokio::test]
async fn a_server_that_hangs_up_or_ends_the_session_is_told_with_its_last_words() {
    let server = server(&[
        ("die", || Reply::HangUp(Vec::new())),
        ("killed", || {
            let last =
                tokens::error(596, 21, "Cannot continue the execution because the session is in the kill state.", 1);
            Reply::HangUp([last, tokens::done(2, 0, 0)].concat())
        }),
    ])
    .await;
    for (text, word) in [("die", "lost"), ("killed", "kill state")] {
        let (_connection, session) = session(&server).await;
        let error = told_of(&session, text).await.end.unwrap_err();
        assert_eq!(error.code, Code::Unreachable, "{text}");
        let mut state = session.state();
        let state = tokio::time::timeout(SOON, state.wait_for(|state| state.link != Link::Up)).await.unwrap().unwrap();
        assert!(matches!(&state.link, Link::Lost(why) if why.contains(word)), "{:?}", state.link);
    }
}

#[tokio::test]
async fn encryption_is_tried_first_on_this_computer_and_never_left_out_elsewhere() {
    let server = server(&[]).await;
    let connection = connect(&server).await;
    assert_eq!(server.sent(18).len(), 2, "with encryption, which this server has not, then without");
    assert_eq!(server.sent(16).len(), 1);
    connection.close().await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = SqlServer.connect(&profile(server.port, &[("sslmode", mode)]), context()).await.err().unwrap();
        assert_eq!(error.code, Code::Unreachable, "{mode}");
    }
    assert_eq!(server.sent(16).len(), 1, "no password goes where nobody encrypts");
}

#[tokio::test]
async fn a_refused_password_is_not_repeated_in_the_error() {
    let refused = Scripted::start(Encryption::Off, |_| {
        Reply::Tokens([tokens::error(18456, 14, "Login failed for user 'ann'.", 1), tokens::done(2, 0, 0)].concat())
    })
    .await;
    let error = SqlServer.connect(&profile(refused.port, &[]), context()).await.err().unwrap();
    assert_eq!(error.code, Code::Unauthenticated);
    assert!(!format!("{error:?}").contains("s3cret"));
    let missing = Scripted::start(Encryption::Off, |_| {
        let text = "Cannot open database \"nowhere\" requested by the login. The login failed.";
        Reply::Tokens([tokens::error(4060, 11, text, 1), tokens::error(18456, 14, "Login failed.", 1)].concat())
    })
    .await;
    let error = SqlServer.connect(&profile(missing.port, &[("database", "nowhere")]), context()).await.err().unwrap();
    assert_eq!(error.code, Code::NotFound);
}

#[tokio::test]
async fn a_message_of_low_severity_is_no_error() {
    let server =
        server(&[("low", || Reply::Tokens([tokens::info(50000, "low"), tokens::done(0, 0, 0)].concat()))]).await;
    let (_connection, session) = session(&server).await;
    let told = told_of(&session, "low").await;
    assert_eq!(told.words, [format!("{:?} Message: low", Severity::Info)]);
}
