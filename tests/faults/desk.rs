//! A core as the window opens it, in a home of its own, and what a person does with it.
#![allow(dead_code, reason = "every suite uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    sync::Arc,
    time::{Duration, Instant},
};

use app::{App, Face, Options, api::*};
use tempfile::TempDir;
use tests::servers;
use tokio::sync::mpsc;

/// What is promised of a lost server.
pub const NOTICED: Duration = Duration::from_secs(5);
/// What a busy machine may take beyond what is promised.
pub const LATE: Duration = Duration::from_secs(8);
/// Until what must come at all has come.
pub const EVENTUALLY: Duration = Duration::from_secs(90);

/// A server, as a profile's values say it.
#[derive(Clone)]
pub struct Place {
    pub driver: &'static str,
    pub values: BTreeMap<String, String>,
    pub password: Option<String>,
}

impl Place {
    pub fn new(driver: &'static str, password: Option<&str>, values: &[(&str, &str)]) -> Place {
        Place { driver, password: password.map(str::to_owned), values: BTreeMap::new() }.with(values)
    }

    /// The same with other values.
    pub fn with(&self, values: &[(&str, &str)]) -> Place {
        let mut place = self.clone();
        place.values.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        place
    }
}

/// The newest PostgreSQL server.
pub fn postgres() -> Option<Place> {
    let server = servers::postgres(18)?;
    let port = server.port.to_string();
    Some(Place::new(
        "postgres",
        Some(&server.password),
        &[
            ("host", "127.0.0.1"),
            ("port", &port),
            ("user", "postgres"),
            ("database", "postgres"),
            ("sslmode", "disable"),
        ],
    ))
}

/// What every login of the newest PostgreSQL server can be asked past the program.
pub fn psql(text: &str) -> String {
    let server = servers::postgres(18).unwrap();
    psql_at(&server.url(), text)
}

pub fn psql_at(url: &str, text: &str) -> String {
    let program = servers::postgres(18).unwrap().client_bin.join("psql");
    let output = std::process::Command::new(program)
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// How a script ended.
#[derive(Debug)]
pub struct Ran {
    pub outcomes: Vec<StatementOutcome>,
    pub hold: Option<String>,
}

impl Ran {
    pub fn completed(&self) -> bool {
        self.outcomes.iter().all(|outcome| matches!(outcome, StatementOutcome::Completed { .. }))
    }

    pub fn error(&self) -> Option<&AppError> {
        self.outcomes.iter().find_map(|outcome| match outcome {
            StatementOutcome::Failed { error, .. } => Some(error),
            _ => None,
        })
    }
}

pub struct Desk {
    pub app: Arc<App>,
    pub home: TempDir,
}

impl Desk {
    pub async fn open() -> Desk {
        let home = tempfile::tempdir().unwrap();
        let app = App::open(Options { home: Some(home.path().join("home")), face: Face::Window }).await.unwrap();
        Desk { app, home }
    }

    /// A form filled in. The password comes from a command, so that no keychain is touched.
    pub fn draft(&self, name: &str, place: &Place) -> ProfileDraft {
        let command = place.password.as_ref().map(|password| {
            let file = self.home.path().join(format!("password of {name}"));
            fs::write(&file, password).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            PasswordCommand { argv: vec!["cat".to_owned(), file.display().to_string()], shell: false, timeout_s: 30 }
        });
        ProfileDraft {
            name: name.to_owned(),
            driver: place.driver.to_owned(),
            values: place.values.clone(),
            password_policy: if command.is_some() { PasswordPolicy::Command } else { PasswordPolicy::None },
            password_command: command,
            ..ProfileDraft::default()
        }
    }

    /// Saves a connection; its id.
    pub async fn save(&self, name: &str, place: &Place) -> String {
        self.app.save_profile(self.draft(name, place)).await.unwrap().id
    }

    /// Saves a connection and opens it.
    pub async fn connect(&self, name: &str, place: &Place) -> String {
        let profile = self.save(name, place).await;
        self.app.connect(&profile).await.unwrap();
        profile
    }

    pub fn phase(&self, profile: &str) -> ConnectionPhase {
        let states = self.app.connection_states();
        states
            .into_iter()
            .find(|state| state.profile_id == profile)
            .map_or(ConnectionPhase::Closed, |state| state.phase)
    }

    pub fn is_open(&self, profile: &str) -> bool {
        self.phase(profile) == ConnectionPhase::Open
    }

    /// Told as lost, with the time of the next try.
    pub fn is_lost(&self, profile: &str) -> bool {
        matches!(self.phase(profile), ConnectionPhase::Lost { retry_at_ms: Some(_), .. })
    }

    pub fn link(&self, tab: &str) -> String {
        self.app.tab_session(tab).map_or_else(|| "none".to_owned(), |session| session.link)
    }

    /// Waits until something is so, as somebody who is there; how long that took.
    pub async fn until(&self, what: &str, limit: Duration, mut so: impl FnMut() -> bool) -> Duration {
        let begun = Instant::now();
        while !so() {
            assert!(begun.elapsed() < limit, "waited {limit:?} for {what}: {:?}", self.app.connection_states());
            self.app.attend();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }

    pub async fn start(&self, tab: &str, profile: &str, text: &str) -> (String, mpsc::UnboundedReceiver<RunEvent>) {
        let request = RunRequest {
            tab_id: tab.to_owned(),
            profile_id: profile.to_owned(),
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

    /// Starts a script and waits until its first statement was sent.
    pub async fn begin(&self, tab: &str, profile: &str, text: &str) -> (String, mpsc::UnboundedReceiver<RunEvent>) {
        let (run, mut events) = self.start(tab, profile, text).await;
        loop {
            let event = tokio::time::timeout(EVENTUALLY, events.recv()).await.expect("nothing was sent").unwrap();
            if matches!(event, RunEvent::StatementStarted { .. }) {
                return (run, events);
            }
        }
    }

    pub async fn run(&self, tab: &str, profile: &str, text: &str) -> Ran {
        let (_, events) = self.start(tab, profile, text).await;
        ended(events).await
    }

    /// Runs again and again until the script completes: the connection may be on its way back.
    pub async fn run_until_it_completes(&self, tab: &str, profile: &str, text: &str) -> Ran {
        let begun = Instant::now();
        loop {
            let ran = self.run(tab, profile, text).await;
            if ran.completed() {
                return ran;
            }
            assert!(begun.elapsed() < EVENTUALLY, "{ran:?}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// The first cell of held rows.
    pub async fn cell(&self, hold: &str) -> String {
        String::from_utf8(self.app.hold_cell(hold, 0, 0, 0, 1000).await.unwrap()).unwrap()
    }
}

/// Reads a script's events to their end.
pub async fn ended(mut events: mpsc::UnboundedReceiver<RunEvent>) -> Ran {
    let mut ran = Ran { outcomes: Vec::new(), hold: None };
    loop {
        match tokio::time::timeout(EVENTUALLY, events.recv()).await.expect("a script that never ends").unwrap() {
            RunEvent::ResultSet { head, .. } => ran.hold = Some(head.hold_id),
            RunEvent::StatementDone { outcome, .. } => ran.outcomes.push(outcome),
            RunEvent::Finished { .. } => return ran,
            _ => {}
        }
    }
}

/// Fails where something that must be immediate was not.
pub async fn at_once<T>(what: &str, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{what} took {:?}", begun.elapsed());
    done
}
