//! A server that goes away and comes back.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use catalog::{Catalog, Scope};
use driver::{
    Cast, Code, ConnectContext, Connection, Control, Driver, Error, Field, Limits, Model, ParsedUrl, Profile, Role,
    Server, Session, fake::FakeDriver,
};

use super::{draft, until};
use crate::{
    Face, Parts,
    api::*,
    keychain::Keychain,
    registry::Registry,
    testing::{self, Memory},
};

/// The scripted driver with a plug to pull.
struct Plugged {
    inner: FakeDriver,
    pulled: Arc<AtomicBool>,
    pings: Arc<AtomicU32>,
}

struct PluggedConnection {
    inner: Arc<dyn Connection>,
    pulled: Arc<AtomicBool>,
    pings: Arc<AtomicU32>,
}

#[async_trait]
impl Driver for Plugged {
    fn id(&self) -> &'static str {
        self.inner.id()
    }
    fn label(&self) -> &'static str {
        self.inner.label()
    }
    fn model(&self) -> Model {
        self.inner.model()
    }
    fn language(&self) -> driver::Language {
        self.inner.language()
    }
    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn fields(&self) -> &'static [Field] {
        self.inner.fields()
    }
    fn schemes(&self) -> &'static [&'static str] {
        self.inner.schemes()
    }
    fn cast(&self) -> &'static dyn Cast {
        self.inner.cast()
    }
    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        self.inner.parse_url(text)
    }
    fn target(&self, profile: &Profile) -> String {
        self.inner.target(profile)
    }
    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        let inner = self.inner.connect(profile, context).await?;
        let (pulled, pings) = (Arc::clone(&self.pulled), Arc::clone(&self.pings));
        Ok(Arc::new(PluggedConnection { inner, pulled, pings }))
    }
}

#[async_trait]
impl Connection for PluggedConnection {
    fn control(&self) -> &dyn Control {
        self
    }
    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        self.inner.open(role).await
    }
    async fn close(&self) {
        self.inner.close().await;
    }
}

#[async_trait]
impl Control for PluggedConnection {
    fn server(&self) -> &Server {
        self.inner.control().server()
    }
    fn language(&self) -> driver::Language {
        self.inner.control().language()
    }
    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        self.inner.control().catalog(scope).await
    }
    async fn ping(&self) -> Result<(), Error> {
        self.pings.fetch_add(1, Ordering::AcqRel);
        match self.pulled.load(Ordering::Acquire) {
            true => Err(Error::new(Code::Unreachable, "Nothing answers.")),
            false => Ok(()),
        }
    }
}

/// A window with a connection to a scripted server, its plug and the count of signs of life it was asked for.
struct Watched {
    app: Arc<crate::App>,
    profile: String,
    pulled: Arc<AtomicBool>,
    pings: Arc<AtomicU32>,
    _home: tempfile::TempDir,
}

impl Watched {
    async fn open() -> Watched {
        let home = testing::home();
        let (pulled, pings) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let driver =
            Plugged { inner: FakeDriver::builder("1").build(), pulled: Arc::clone(&pulled), pings: Arc::clone(&pings) };
        let keychain = Keychain::over(Arc::new(Memory::default()));
        let parts = Parts { keychain, registry: Registry::of(vec![Arc::new(driver)]) };
        let app = testing::open_parts(home.path(), Face::Window, parts).await;
        let draft = ProfileDraft {
            driver: "fake".to_owned(),
            values: BTreeMap::from([("host".to_owned(), "fake".to_owned())]),
            ..draft("Fake", home.path(), Safety::Free)
        };
        let profile = app.save_profile(draft).await.unwrap().id;
        app.connect(&profile).await.unwrap();
        Watched { app, profile, pulled, pings, _home: home }
    }

    fn phase(&self) -> ConnectionPhase {
        self.app.connection_states().pop().unwrap().phase
    }

    fn pings(&self) -> u32 {
        self.pings.load(Ordering::Acquire)
    }
}

#[tokio::test]
async fn a_lost_server_is_told_with_the_next_try_and_found_again() {
    let watched = Watched::open().await;
    let (app, profile) = (&watched.app, &watched.profile);
    watched.pulled.store(true, Ordering::Release);
    app.live.find(profile).unwrap().look_now();
    until(|| matches!(watched.phase(), ConnectionPhase::Lost { retry_at_ms: Some(_), .. })).await;
    watched.pulled.store(false, Ordering::Release);
    until(|| watched.phase() == ConnectionPhase::Open).await;
    watched.pulled.store(true, Ordering::Release);
    app.live.find(profile).unwrap().look_now();
    until(|| matches!(watched.phase(), ConnectionPhase::Lost { .. })).await;
    app.disconnect(profile).await.unwrap();
    assert!(app.connection_states().is_empty(), "closing does not wait for the server");
}

#[tokio::test]
async fn a_server_is_left_alone_while_nobody_is_there_and_looked_at_when_somebody_comes() {
    let watched = Watched::open().await;
    until(|| watched.pings() > 1).await;
    watched.app.live.attention.leave();
    // One look may have begun.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let before = watched.pings();
    watched.pulled.store(true, Ordering::Release);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(watched.pings(), before);
    assert_eq!(watched.phase(), ConnectionPhase::Open);
    watched.app.attend();
    until(|| matches!(watched.phase(), ConnectionPhase::Lost { .. })).await;
}
