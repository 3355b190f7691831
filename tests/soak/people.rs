//! People at their desks: each works on one connection in a few tabs, takes errors as they come, and never waits for ever.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::api::{BrowseRequest, CompletionRequest, ErrorCode, ObjectRef, RunEvent, StatementOutcome};
use tokio::{sync::watch, time::timeout};

use super::desk::{Desk, Ran, ended};

/// Nothing a person does may take longer, whatever the server does.
const PATIENCE: Duration = Duration::from_secs(75);

/// The same numbers for the same seed.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end.max(1)
    }
}

/// What was done, and how often it went well or wrong.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<String, u64>>>);

impl Tally {
    pub fn note(&self, what: &str) {
        *self.0.lock().unwrap().entry(what.to_owned()).or_default() += 1;
    }

    pub fn count(&self, what: &str) -> u64 {
        self.0.lock().unwrap().get(what).copied().unwrap_or(0)
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (what, times) in self.0.lock().unwrap().iter() {
            write!(f, "{what} {times}, ")?;
        }
        Ok(())
    }
}

#[derive(Clone)]
pub struct Person {
    pub desk: Arc<Desk>,
    pub name: &'static str,
    pub profile: String,
    pub driver: &'static str,
    /// A statement that takes some seconds, one with many rows, and one that begins a write.
    pub slow: &'static str,
    pub many: &'static str,
    pub write: &'static str,
    pub table: ObjectRef,
    pub tally: Tally,
    pub dice: Dice,
}

impl Person {
    pub fn tabs(&self) -> Vec<String> {
        (0..3).map(|number| format!("{} {number}", self.name)).collect()
    }

    /// Works until told to stop.
    pub async fn work(mut self, stop: watch::Receiver<bool>) -> Person {
        while !*stop.borrow() {
            let action = self.dice.below(14);
            if timeout(PATIENCE, self.act(action)).await.is_err() {
                panic!("{}: action {action} hangs", self.name);
            }
            self.desk.app.attend();
            tokio::time::sleep(Duration::from_millis(20 + self.dice.below(150))).await;
        }
        self
    }

    async fn act(&mut self, action: u64) {
        let tabs = self.tabs();
        let tab = &tabs[self.dice.below(3) as usize];
        match action {
            0..=4 => {
                self.run(tab, "select 1").await;
            }
            5 | 6 => self.cancelled(tab).await,
            7 => self.many(tab).await,
            8 => self.browse().await,
            9 => self.look_around().await,
            10 => {
                self.run(tab, self.write).await;
                // Its transaction is open: what becomes of it is the server's to say.
                self.desk.app.close_session(tab).await.unwrap();
            }
            11 => self.desk.app.close_session(tab).await.unwrap(),
            12 => {
                self.desk.app.disconnect(&self.profile).await.unwrap();
                let outcome = self.desk.app.connect(&self.profile).await.map(drop);
                self.noted("connect", outcome.err().map(|error| (error.code, error.message)));
            }
            _ => {
                if let Some((_, events)) = self.begun(tab, self.slow).await {
                    self.desk.app.close_session(tab).await.unwrap();
                    ended(events).await;
                }
            }
        }
    }

    fn noted(&self, what: &str, error: Option<(ErrorCode, String)>) {
        let Some((code, message)) = error else {
            let who = if what == "run" { format!("{} ", self.name) } else { String::new() };
            return self.tally.note(&format!("{who}{what} ok"));
        };
        // A fault of ours is no fault of the wire's.
        assert!(!matches!(code, ErrorCode::Internal | ErrorCode::Corrupt), "{}: {what}: {message}", self.name);
        self.tally.note(&format!("{what} {code:?}"));
    }

    async fn started(&self, tab: &str, text: &str) -> Option<tokio::sync::mpsc::UnboundedReceiver<RunEvent>> {
        Some(self.begun(tab, text).await?.1)
    }

    async fn begun(&self, tab: &str, text: &str) -> Option<(String, tokio::sync::mpsc::UnboundedReceiver<RunEvent>)> {
        let request = app::api::RunRequest {
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
        let (sender, events) = tokio::sync::mpsc::unbounded_channel();
        match self.desk.app.run(request, sender).await {
            Ok(answer) => Some((answer.started().expect("a person is asked"), events)),
            Err(error) => {
                self.noted("start", Some((error.code, error.message)));
                None
            }
        }
    }

    async fn run(&self, tab: &str, text: &str) -> Option<Ran> {
        let ran = ended(self.started(tab, text).await?).await;
        self.noted("run", ran.error().map(|error| (error.code, error.message.clone())));
        if let Some(hold) = &ran.hold {
            self.desk.app.hold_release(hold).await.unwrap();
        }
        Some(ran)
    }

    async fn cancelled(&mut self, tab: &str) {
        let Some((run, events)) = self.begun(tab, self.slow).await else { return };
        tokio::time::sleep(Duration::from_millis(self.dice.below(600))).await;
        self.desk.app.cancel_run(&run).await.unwrap();
        let ran = ended(events).await;
        if ran.outcomes.iter().any(|outcome| matches!(outcome, StatementOutcome::Cancelled { .. })) {
            self.tally.note("cancel ok");
        }
        if let Some(hold) = ran.hold {
            self.desk.app.hold_release(&hold).await.unwrap();
        }
    }

    async fn many(&self, tab: &str) {
        let Some(events) = self.started(tab, self.many).await else { return };
        let ran = ended(events).await;
        self.noted("many rows", ran.error().map(|error| (error.code, error.message.clone())));
        let Some(hold) = ran.hold else { return };
        drop(self.desk.app.hold_window(&hold, 10, 100, vec![0, 1]).await);
        self.desk.app.hold_release(&hold).await.unwrap();
    }

    async fn browse(&self) {
        let request = BrowseRequest {
            profile_id: self.profile.clone(),
            object: self.table.clone(),
            filters: Vec::new(),
            sort: Vec::new(),
            actor: None,
        };
        match self.desk.app.browse(request).await {
            Ok(browsed) => {
                self.noted("browse", None);
                drop(self.desk.app.browse_more(&browsed.head.hold_id).await);
                self.desk.app.hold_release(&browsed.head.hold_id).await.unwrap();
            }
            Err(error) => self.noted("browse", Some((error.code, error.message))),
        }
    }

    async fn look_around(&self) {
        let tree = self.desk.app.tree(&self.profile, None, 0, 50).await.map(drop);
        self.noted("tree", tree.err().map(|error| (error.code, error.message)));
        drop(self.desk.app.search_catalog(Some(&self.profile), "soak", 20).await);
        drop(
            self.desk
                .app
                .complete(CompletionRequest {
                    tab_id: self.tabs().pop(),
                    profile_id: Some(self.profile.clone()),
                    database: None,
                    driver: self.driver.to_owned(),
                    text: "select * from so".to_owned(),
                    caret: 16,
                    explicit: true,
                })
                .await,
        );
    }
}
