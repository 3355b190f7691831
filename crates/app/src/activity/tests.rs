#![allow(clippy::unwrap_used, clippy::panic)]
use std::{collections::BTreeMap, time::Duration};

use driver::fake::{FakeBuilder, FakeDriver, Step};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::*;
use crate::{
    Face, Parts,
    connections::tests::{Shop, until},
    keychain::Keychain,
    registry::Registry,
    testing::{self, Memory},
};

struct Server {
    app: Arc<App>,
    profile: String,
    _home: TempDir,
}

impl Server {
    async fn open(environment: Environment, safety: Safety, of: impl Fn(FakeBuilder) -> FakeBuilder) -> Server {
        let slow = |builder: FakeBuilder| builder.on("select slow", |_, _| vec![Step::Wait(Duration::from_secs(600))]);
        let server = of(slow(FakeDriver::builder("1"))).build();
        let home = testing::home();
        let parts = Parts {
            keychain: Keychain::over(Arc::new(Memory::default())),
            registry: Registry::of(vec![Arc::new(server)]),
        };
        let app = testing::open_parts(home.path(), Face::Window, parts).await;
        let draft = ProfileDraft {
            name: "shop".to_owned(),
            driver: "fake".to_owned(),
            values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
            password_policy: PasswordPolicy::None,
            environment,
            safety,
            ..ProfileDraft::default()
        };
        let profile = app.save_profile(draft).await.unwrap().id;
        app.connect(&profile).await.unwrap();
        Server { app, profile, _home: home }
    }

    /// Starts what takes long, and gives the session that does it.
    async fn slow(&self) -> (ActivitySession, mpsc::UnboundedReceiver<RunEvent>) {
        let request = RunRequest {
            tab_id: "tab".to_owned(),
            profile_id: self.profile.clone(),
            database: None,
            text: "select slow".to_owned(),
            parameters: Vec::new(),
            go_on: false,
            manual_transactions: false,
            confirmed: None,
            actor: None,
        };
        let (sender, events) = mpsc::unbounded_channel();
        self.app.run(request, sender).await.unwrap();
        for _ in 0..600 {
            let moment = self.app.activity(&self.profile).await.unwrap();
            if let Some(found) = moment.sessions.into_iter().find(|session| session.doing == SessionDoing::Active) {
                return (found, events);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nothing runs");
    }

    fn request(&self, session: &ActivitySession, signal: SessionSignal, confirmed: bool) -> SignalRequest {
        SignalRequest {
            profile_id: self.profile.clone(),
            session: session.id.clone(),
            opened: session.opened.clone(),
            statement_id: session.statement_id.clone(),
            signal,
            confirmed,
        }
    }

    async fn audit(&self) -> Vec<AuditEntry> {
        self.app.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap()
    }
}

async fn ends(mut events: mpsc::UnboundedReceiver<RunEvent>) {
    let end = async {
        while let Some(event) = events.recv().await {
            if matches!(event, RunEvent::Finished { .. }) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), end).await.unwrap();
}

#[tokio::test]
async fn a_statement_is_cancelled_at_once_and_a_session_ended_after_a_yes_and_both_are_in_the_trail() {
    let server = Server::open(Environment::Local, Safety::Free, FakeBuilder::activity).await;
    assert!(server.app.connection_states()[0].can_watch);
    let (slow, events) = server.slow().await;
    let cancel = server.request(&slow, SessionSignal::Cancel, false);
    let answer = server.app.signal_session(cancel.clone()).await.unwrap();
    assert!(matches!(answer, SignalAnswer::Sent { .. }), "{answer:?}");
    ends(events).await;
    let (again, events) = server.slow().await;
    let stale = SignalRequest { session: again.id.clone(), opened: again.opened.clone(), ..cancel };
    let answer = server.app.signal_session(stale).await.unwrap();
    assert!(
        matches!(&answer, SignalAnswer::Needless { message } if message.contains("another statement")),
        "{answer:?}"
    );
    let kill = server.request(&again, SessionSignal::Kill, false);
    let answer = server.app.signal_session(kill.clone()).await.unwrap();
    let SignalAnswer::Confirm { title, statement, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(title, format!("End session {} of fake?", again.id));
    assert_eq!(statement.as_deref(), Some("select slow"));
    assert_eq!(server.audit().await.len(), 2, "a question is no deed");
    let kill = SignalRequest { confirmed: true, ..kill };
    assert!(matches!(server.app.signal_session(kill.clone()).await.unwrap(), SignalAnswer::Sent { .. }));
    ends(events).await;
    let mut last = None;
    for _ in 0..600 {
        last = Some(server.app.signal_session(kill.clone()).await.unwrap());
        if matches!(last, Some(SignalAnswer::Needless { .. })) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(matches!(&last, Some(SignalAnswer::Needless { message }) if message.ends_with("is gone.")), "{last:?}");
    let trail = server.audit().await;
    let line =
        trail.iter().find(|line| line.command == "KILL" && line.outcome.as_deref() == Some("completed")).unwrap();
    assert_eq!((line.text.as_str(), line.kind), (format!("kill {}", again.id).as_str(), AuditKind::Write));
    assert_eq!(line.targets, [format!("session {} of fake", again.id)]);
    assert_eq!(trail.iter().filter(|line| line.command == "CANCEL").count(), 2);
    let refused = trail.iter().find(|line| line.outcome.as_deref() == Some("failed")).unwrap();
    assert!(refused.error.is_some());
}

#[tokio::test]
async fn production_asks_before_a_cancel_too_and_names_itself() {
    let server = Server::open(Environment::Production, Safety::Free, FakeBuilder::activity).await;
    let (slow, events) = server.slow().await;
    let answer = server.app.signal_session(server.request(&slow, SessionSignal::Cancel, false)).await.unwrap();
    let SignalAnswer::Confirm { title, description, statement, confirm } = answer else { panic!("{answer:?}") };
    assert!(title.contains(&slow.id) && title.contains("fake"), "{title}");
    assert!(description.contains("shop is production"), "{description}");
    assert_eq!((statement.as_deref(), confirm.as_str()), (Some("select slow"), "Cancel statement"));
    let answer = server.app.signal_session(server.request(&slow, SessionSignal::Cancel, true)).await.unwrap();
    assert!(matches!(answer, SignalAnswer::Sent { .. }), "{answer:?}");
    ends(events).await;
}

#[tokio::test]
async fn a_read_only_connection_watches_and_signals_nobody() {
    let server = Server::open(Environment::Local, Safety::ReadOnly, FakeBuilder::activity).await;
    let (slow, _events) = server.slow().await;
    for signal in [SessionSignal::Cancel, SessionSignal::Kill] {
        let error = server.app.signal_session(server.request(&slow, signal, true)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Forbidden);
        assert!(error.message.contains("read-only") && error.hint.unwrap().contains("safety level"));
    }
    assert_eq!(server.audit().await, []);
    let moment = server.app.activity(&server.profile).await.unwrap();
    let still = moment.sessions.iter().find(|session| session.id == slow.id).unwrap();
    assert_eq!(still.statement_id, slow.statement_id, "it goes on");
}

#[tokio::test]
async fn what_has_no_sessions_says_so_and_what_is_not_open_is_not_opened() {
    let shop = Shop::open().await;
    let error = shop.app.activity(&shop.profile).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unreachable);
    assert!(shop.app.connection_states().is_empty(), "nobody connected");
    assert!(!shop.app.connect(&shop.profile).await.unwrap().can_watch);
    for error in
        [shop.app.activity(&shop.profile).await.unwrap_err(), shop.app.activity_sizes(&shop.profile).await.unwrap_err()]
    {
        assert_eq!(error.code, ErrorCode::Unsupported);
        assert!(error.message.starts_with("SQLite"), "{}", error.message);
    }
    let request = SignalRequest {
        profile_id: shop.profile.clone(),
        session: "1".to_owned(),
        opened: None,
        statement_id: None,
        signal: SessionSignal::Kill,
        confirmed: true,
    };
    assert_eq!(shop.app.signal_session(request).await.unwrap_err().code, ErrorCode::Unsupported);
    shop.app.disconnect(&shop.profile).await.unwrap();
    until(|| shop.app.connection_states().is_empty()).await;
}

#[tokio::test]
async fn a_session_whose_name_is_nonsense_is_refused_before_anything_is_sent() {
    let server = Server::open(Environment::Local, Safety::Free, FakeBuilder::activity).await;
    let (slow, _events) = server.slow().await;
    for nonsense in ["", "1; drop table t", "é"] {
        let session = ActivitySession { id: nonsense.to_owned(), ..slow.clone() };
        let error = server.app.signal_session(server.request(&session, SessionSignal::Kill, true)).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidStatement, "{nonsense}");
    }
    assert_eq!(server.audit().await, []);
}
