//! The one way to open a connection, for a test and for real.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use driver::{
    Answer, Ask, Code, ConnectContext, Connection, Driver, Error, Hop, HopOutcome, Profile, Question, Secret, Server,
};

use super::Secrets;
use crate::{
    api::{AppError, HopReport, PasswordCommand, ServerFacts},
    passwords::{self, Purpose},
};

/// How a connection is to be opened.
pub(crate) struct Terms {
    /// Its secrets.
    pub(crate) secrets: Secrets,
    /// Who answers questions.
    pub(crate) ask: Arc<dyn Ask>,
    /// The longest time it may take, waiting for people apart.
    pub(crate) timeout: Duration,
    /// Whether writes are refused.
    pub(crate) read_only: bool,
}

/// How much longer than its own limit a driver is waited for before it is given up.
const GRACE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(200);

/// Opens a connection. Dropping the future gives the attempt up.
pub(crate) async fn dial(driver: &dyn Driver, profile: &Profile, terms: Terms) -> Result<Arc<dyn Connection>, Error> {
    dial_watched(driver, profile, terms, Arc::default()).await
}

/// As [`dial`], with the hops readable while they pass.
pub(crate) async fn dial_watched(
    driver: &dyn Driver,
    profile: &Profile,
    terms: Terms,
    hops: Arc<Hops>,
) -> Result<Arc<dyn Connection>, Error> {
    let asking = Arc::new(AtomicUsize::new(0));
    let context = ConnectContext {
        password: terms.secrets.password,
        secrets: terms.secrets.others,
        ask: Arc::new(Counted { inner: terms.ask, asking: Arc::clone(&asking) }),
        read_only: terms.read_only,
        application_name: "rowhouse".to_owned(),
        timeout: terms.timeout,
        hops: Arc::new(move |hop| hops.add(hop)),
    };
    tokio::select! {
        outcome = driver.connect(profile, context) => outcome,
        () = overdue(terms.timeout + GRACE, &asking) => Err(Error::new(
            Code::TimedOut,
            format!("{} did not answer within {} s.", driver.target(profile), terms.timeout.as_secs()),
        )
        .with_hint("Is it the right address, and is the server up? The settings have a longer limit.")),
    }
}

/// Who is told of each hop.
type Watch = Box<dyn Fn(&Hop) + Send + Sync>;

/// The hops of one attempt, in order, and who is told of each as it ends.
#[derive(Default)]
pub(crate) struct Hops {
    passed: Mutex<Vec<Hop>>,
    watch: Option<Watch>,
}

impl Hops {
    pub(crate) fn watched(watch: impl Fn(&Hop) + Send + Sync + 'static) -> Self {
        Hops { passed: Mutex::default(), watch: Some(Box::new(watch)) }
    }

    /// Runs the command for the password, which is a hop like others.
    ///
    /// # Errors
    /// As [`passwords::run`].
    pub(crate) async fn command(&self, command: &PasswordCommand, profile: &Profile) -> Result<Secret, AppError> {
        let begun = Instant::now();
        let purpose = Purpose { name: &profile.name, driver: &profile.driver, values: &profile.values };
        let outcome = passwords::run(command, purpose).await;
        self.add(Hop {
            name: "Password command".to_owned(),
            detail: command.argv.first().filter(|_| !command.shell).map_or("shell", String::as_str).to_owned(),
            outcome: if outcome.is_ok() { HopOutcome::Done } else { HopOutcome::Failed },
            elapsed_ms: elapsed_ms(begun),
        });
        outcome
    }

    fn add(&self, hop: Hop) {
        if let Some(watch) = &self.watch {
            watch(&hop);
        }
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).push(hop);
    }

    pub(crate) fn take(&self) -> Vec<Hop> {
        std::mem::take(&mut *self.passed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Ends when so much time has passed in which nobody was being asked.
async fn overdue(limit: Duration, asking: &AtomicUsize) {
    let mut waited = Duration::ZERO;
    while waited < limit {
        tokio::time::sleep(TICK).await;
        if asking.load(Ordering::Relaxed) == 0 {
            waited += TICK;
        }
    }
}

/// Knows whether a person is being asked: that time is theirs.
struct Counted {
    inner: Arc<dyn Ask>,
    asking: Arc<AtomicUsize>,
}

/// Counts down also when the question is given up.
struct Asking<'a>(&'a AtomicUsize);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[async_trait]
impl Ask for Counted {
    async fn ask(&self, question: Question) -> Answer {
        self.asking.fetch_add(1, Ordering::Relaxed);
        let _asking = Asking(&self.asking);
        self.inner.ask(question).await
    }
}

/// A hop as faces see it.
pub(crate) fn shown(hop: Hop) -> HopReport {
    HopReport { name: hop.name, detail: hop.detail, ok: hop.outcome == HopOutcome::Done, elapsed_ms: hop.elapsed_ms }
}

/// A server as faces see it.
pub(crate) fn facts(server: &Server) -> ServerFacts {
    ServerFacts { product: server.product.clone(), version: server.version.clone(), facts: server.facts.clone() }
}

pub(crate) fn elapsed_ms(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}
