//! What a server can do to a connection, with a scripted one.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use driver::{
    Secret, Transaction,
    fake::{FakeBuilder, FakeDriver, Step, integer_batch, repeat},
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::until;
use crate::{
    App, Face, Parts,
    api::*,
    keychain::Keychain,
    registry::Registry,
    runs::tests::{last_progress, next, outcomes, to_the_end},
    testing::{self, Memory},
};

struct Fake {
    app: Arc<App>,
    server: FakeDriver,
    profile: String,
    _home: TempDir,
}

fn numbers(rows: i64) -> Vec<Step> {
    let batch = integer_batch(0..rows);
    vec![Step::Head(batch.schema()), Step::Rows(batch)]
}

fn script_of(builder: FakeBuilder) -> FakeBuilder {
    builder
        .on("select 1", |_, _| numbers(1))
        .on("select 2", |_, _| numbers(2))
        .on("select endless", |_, _| repeat(None, 500))
        .on("select slow", |_, _| vec![Step::Wait(Duration::from_secs(60))])
        .on("begin", |_, _| vec![Step::Transaction(Transaction::Open)])
        .on("select dies", |_, _| vec![Step::Die("the server was shot".to_owned())])
        .on("insert into t values (1)", |_, memory| match memory.read_only {
            true => vec![Step::Fail(driver::Error::new(driver::Code::Forbidden, "read only"))],
            false => vec![Step::Tag("INSERT 0 1".to_owned(), Some(1))],
        })
}

impl Fake {
    async fn open(builder: FakeBuilder, policy: PasswordPolicy, settings: Settings) -> Fake {
        let home = testing::home();
        let server = script_of(builder).build();
        let parts = Parts {
            keychain: Keychain::over(Arc::new(Memory::default())),
            registry: Registry::of(vec![Arc::new(server.clone())]),
        };
        let app = testing::open_parts(home.path(), Face::Window, parts).await;
        app.save_settings(settings).await.unwrap();
        let draft = ProfileDraft {
            driver: "fake".to_owned(),
            values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
            password_policy: policy,
            ..super::draft("Fake", home.path(), Safety::Free)
        };
        let profile = app.save_profile(draft).await.unwrap().id;
        Fake { app, server, profile, _home: home }
    }

    async fn plain() -> Fake {
        Fake::open(FakeDriver::builder("1"), PasswordPolicy::None, Settings::default()).await
    }

    async fn start(&self, tab: &str, text: &str) -> (String, mpsc::UnboundedReceiver<RunEvent>) {
        let request = RunRequest {
            tab_id: tab.to_owned(),
            profile_id: self.profile.clone(),
            database: None,
            text: text.to_owned(),
            parameters: Vec::new(),
            go_on: false,
            manual_transactions: false,
            confirmed: None,
            actor: None,
        };
        let (sender, events) = mpsc::unbounded_channel();
        (self.app.run(request, sender).await.unwrap().started().unwrap(), events)
    }

    async fn play(&self, tab: &str, text: &str) -> Vec<RunEvent> {
        let (_, mut events) = self.start(tab, text).await;
        to_the_end(&mut events).await
    }
}

#[tokio::test]
async fn who_waits_for_an_attempt_shares_its_failure_and_nobody_is_asked_twice() {
    let fake = Fake::open(FakeDriver::builder("1").password("hunter2"), PasswordPolicy::Ask, Settings::default()).await;
    let mut events = fake.app.events();
    let (app, profile) = (Arc::clone(&fake.app), fake.profile.clone());
    let connecting = tokio::spawn(async move { app.connect(&profile).await });
    let id = loop {
        if let AppEvent::Question { id, question: QuestionKind::Password { .. }, .. } = events.recv().await.unwrap() {
            break id;
        }
    };
    // The explorer looks while the question stands.
    let (app, profile) = (Arc::clone(&fake.app), fake.profile.clone());
    let looking = tokio::spawn(async move { app.tree(&profile, None, 0, 10).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    fake.app.answer(&id, AnswerInput::Refused).unwrap();
    let error = connecting.await.unwrap().unwrap_err();
    let looked = tokio::time::timeout(Duration::from_secs(20), looking).await.expect("it asks again");
    assert_eq!(looked.unwrap().unwrap_err().code, error.code);
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, AppEvent::Question { .. }), "asked again");
    }
}

#[tokio::test]
async fn a_question_is_asked_answered_once_and_the_answer_kept_where_it_was_wanted() {
    let fake =
        Fake::open(FakeDriver::builder("1").password("hunter2"), PasswordPolicy::Keychain, Settings::default()).await;
    let mut events = fake.app.events();
    let (app, profile) = (Arc::clone(&fake.app), fake.profile.clone());
    let connecting = tokio::spawn(async move { app.connect(&profile).await });
    let id = loop {
        if let AppEvent::Question { id, question: QuestionKind::Password { .. }, .. } = events.recv().await.unwrap() {
            break id;
        }
    };
    let answer = || AnswerInput::Secret { secret: Secret::new("hunter2".to_owned()), remember: true };
    fake.app.answer(&id, answer()).unwrap();
    assert_eq!(connecting.await.unwrap().unwrap().phase, ConnectionPhase::Open);
    assert_eq!(fake.app.answer(&id, answer()).unwrap_err().code, ErrorCode::NotFound);
    fake.app.disconnect(&fake.profile).await.unwrap();
    assert_eq!(fake.app.connect(&fake.profile).await.unwrap().phase, ConnectionPhase::Open, "from the keychain now");
}

#[tokio::test]
async fn a_question_of_an_attempt_that_was_given_up_is_closed() {
    let fake = Fake::open(FakeDriver::builder("1").password("hunter2"), PasswordPolicy::Ask, Settings::default()).await;
    let mut events = fake.app.events();
    let (app, profile) = (Arc::clone(&fake.app), fake.profile.clone());
    let connecting = tokio::spawn(async move { app.connect(&profile).await });
    until(|| matches!(events.try_recv(), Ok(AppEvent::Question { .. }))).await;
    fake.app.disconnect(&fake.profile).await.unwrap();
    assert_eq!(connecting.await.unwrap().unwrap_err().code, ErrorCode::Cancelled);
    until(|| matches!(events.try_recv(), Ok(AppEvent::QuestionClosed { .. }))).await;
}

#[tokio::test]
async fn at_the_session_limit_idle_readers_give_way_and_others_are_kept() {
    let settings = Settings { session_limit: 3, ..Settings::default() };
    let fake = Fake::open(FakeDriver::builder("1"), PasswordPolicy::None, settings).await;
    fake.play("a", "select 1").await;
    fake.play("b", "insert into t values (1)").await;
    assert_eq!(fake.app.connection_states()[0].sessions, 3);
    fake.play("c", "insert into t values (1)").await;
    assert!(fake.app.tab_session("a").is_none(), "it had only read");
    let refused = outcomes(&fake.play("d", "select 1").await);
    let [StatementOutcome::Failed { error, .. }] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!(error.code, ErrorCode::Exhausted);
    assert_eq!(fake.app.tab_session("b").unwrap().link, "up");
    fake.app.close_session("b").await.unwrap();
    assert!(matches!(outcomes(&fake.play("d", "select 1").await)[..], [StatementOutcome::Completed { .. }]));
}

#[tokio::test]
async fn a_lost_session_is_told_and_the_next_run_says_what_is_gone() {
    let fake = Fake::plain().await;
    let mut events = fake.app.events();
    let ended = outcomes(&fake.play("t", "select dies; select 1").await);
    let [StatementOutcome::Failed { error, .. }, StatementOutcome::Skipped] = &ended[..] else { panic!("{ended:?}") };
    assert_eq!(error.code, ErrorCode::Unreachable);
    assert_eq!(fake.app.tab_session("t").unwrap().link, "lost");
    until(|| matches!(events.try_recv(), Ok(AppEvent::Session { session }) if session.link == "lost")).await;
    let history =
        HistoryQuery { text: "dies".to_owned(), profile_id: None, before: None, limit: 1, ..HistoryQuery::default() };
    assert_eq!(fake.app.history(history).await.unwrap()[0].outcome, "lost");
    let again = fake.play("t", "select 1").await;
    let said =
        again.iter().any(|event| matches!(event, RunEvent::Notice { notice, .. } if notice.message.contains("lost")));
    assert!(said, "{again:?}");
    assert!(matches!(outcomes(&again)[..], [StatementOutcome::Completed { .. }]));
    // One that dies while idle is seen as well.
    let id = fake.app.tab_session("t").unwrap().server_id.unwrap();
    assert!(fake.server.kill(&id, "the cable was pulled"));
    until(|| fake.app.tab_session("t").unwrap().link == "lost").await;
}

#[tokio::test]
async fn a_cancel_stops_the_statement_and_skips_the_rest() {
    let fake = Fake::plain().await;
    let (run, mut events) = fake.start("t", "select slow; select 1").await;
    while !matches!(next(&mut events).await, RunEvent::StatementStarted { .. }) {}
    let refused = fake.app.run(
        RunRequest {
            tab_id: "t".to_owned(),
            profile_id: fake.profile.clone(),
            database: None,
            text: "select 1".to_owned(),
            parameters: Vec::new(),
            go_on: false,
            manual_transactions: false,
            confirmed: None,
            actor: None,
        },
        mpsc::unbounded_channel().0,
    );
    assert_eq!(refused.await.unwrap_err().code, ErrorCode::Conflict, "one script at a time");
    fake.app.cancel_run(&run).await.unwrap();
    let ended = to_the_end(&mut events).await;
    assert!(matches!(outcomes(&ended)[..], [StatementOutcome::Cancelled { .. }, StatementOutcome::Skipped]));
    assert!(matches!(outcomes(&fake.play("t", "select 1").await)[..], [StatementOutcome::Completed { .. }]));
    fake.app.cancel_run(&run).await.unwrap();
}

#[tokio::test]
async fn a_long_result_pauses_reads_on_when_told_and_stops() {
    let fake =
        Fake::open(FakeDriver::builder("1"), PasswordPolicy::None, Settings { row_cap: 1_000, ..Settings::default() })
            .await;
    let (_, mut events) = fake.start("t", "select endless; select 2").await;
    let mut seen = Vec::new();
    let paused_at = async |events: &mut mpsc::UnboundedReceiver<RunEvent>, seen: &mut Vec<RunEvent>, rows: u64| loop {
        let event = next(events).await;
        seen.push(event.clone());
        if let RunEvent::Progress { progress } = event
            && matches!(progress.state, HoldState::Paused { .. })
            && progress.rows == rows
        {
            return progress.hold_id;
        }
    };
    let hold = paused_at(&mut events, &mut seen, 1_000).await;
    let first = seen.iter().position(|event| matches!(event, RunEvent::Progress { progress } if progress.rows > 0));
    assert!(first.is_some_and(|first| first < 6), "the first rows come at once: {seen:?}");
    fake.app.hold_more(&hold).await.unwrap();
    paused_at(&mut events, &mut seen, 2_000).await;
    fake.app.hold_stop(&hold).await.unwrap();
    let ended = to_the_end(&mut events).await;
    let [StatementOutcome::Completed { rows: 2_000, .. }, StatementOutcome::Completed { .. }] = outcomes(&ended)[..]
    else {
        panic!("{ended:?}")
    };
    assert!(matches!(last_progress(&ended, &hold).state, HoldState::Truncated { .. }));
    // A script that only waits at its cap gives way to the next.
    let (_, mut events) = fake.start("t", "select endless").await;
    paused_at(&mut events, &mut seen, 1_000).await;
    assert!(matches!(outcomes(&fake.play("t", "select 1").await)[..], [StatementOutcome::Completed { .. }]));
}

#[tokio::test]
async fn closing_a_session_stops_what_runs_and_leaves_the_rows() {
    let fake =
        Fake::open(FakeDriver::builder("1"), PasswordPolicy::None, Settings { row_cap: 1_000, ..Settings::default() })
            .await;
    let (_, mut events) = fake.start("t", "select endless").await;
    let hold = loop {
        if let RunEvent::ResultSet { head, .. } = next(&mut events).await {
            break head.hold_id;
        }
    };
    fake.app.close_session("t").await.unwrap();
    to_the_end(&mut events).await;
    assert!(fake.app.tab_session("t").is_none());
    assert!(fake.app.hold_window(&hold, 0, 10, vec![0]).await.is_ok());
    until(|| fake.server.sessions() <= 1 && fake.app.connection_states()[0].sessions == 1).await;
}

#[tokio::test]
async fn idle_sessions_are_closed_only_when_nothing_would_be_lost() {
    let fake = Fake::plain().await;
    fake.play("reads", "select 1").await;
    fake.play("transaction", "begin").await;
    fake.app.live.tabs.sweep(&fake.app, &fake.profile, Duration::from_secs(600));
    assert!(fake.app.tab_session("reads").is_some(), "not long enough");
    fake.app.live.tabs.sweep(&fake.app, &fake.profile, Duration::ZERO);
    assert!(fake.app.tab_session("reads").is_none());
    assert_eq!(fake.app.tab_session("transaction").unwrap().transaction, "open");
}
