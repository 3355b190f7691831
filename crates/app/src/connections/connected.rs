//! One profile's connection: its phase and the databases that are open.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, Weak, atomic::AtomicU32},
};

use driver::{Ask, Code, Driver, Language, PatientAsk, Secret};
use tokio::sync::{Notify, watch};

use super::{Opened, Permit, WindowAsk, lock};
use crate::{
    App,
    api::{AppError, ConnectionPhase, ConnectionProfile, ErrorCode, PasswordPolicy, Safety, ServerFacts, Topic},
    explorer::CatalogKey,
    profiles::{Secrets, dial},
    registry::PASSWORD,
};

/// The field of a connect form that chooses one of a server's databases.
const DATABASE: &str = "database";
/// The same of servers on which one connection reaches every database.
const SCHEMA: &str = "schema";

/// A profile's connection, open or on the way.
pub(crate) struct Connected {
    pub(crate) app: Weak<App>,
    /// As saved when it was opened.
    pub(crate) profile: ConnectionProfile,
    pub(crate) driver: Arc<dyn Driver>,
    /// Whether every outlet refuses what writes.
    pub(crate) read_only: bool,
    ask: Asker,
    /// The same, for drivers: it knows when a person is asked.
    pub(crate) asking: Arc<PatientAsk>,
    pub(super) phase: Mutex<ConnectionPhase>,
    /// The profile's own database under `None`, others by name.
    opens: Mutex<BTreeMap<Option<String>, Arc<Opened>>>,
    opening: tokio::sync::Mutex<()>,
    /// How many attempts have failed, by database, and how the last one did.
    failures: Mutex<BTreeMap<Option<String>, (u64, AppError)>>,
    pub(super) used: AtomicU32,
    ended: watch::Sender<bool>,
    /// Wakes whoever watches the server.
    pub(super) look: Notify,
}

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connected").field("profile", &self.profile.name).finish_non_exhaustive()
    }
}

/// Who answers questions.
enum Asker {
    Window(Arc<WindowAsk>),
    Other(Arc<dyn Ask>, Option<Secret>),
    /// Who answers for the connection that it is beside of, and has its secrets.
    Beside(Arc<Connected>),
}

impl Connected {
    pub(crate) fn new(
        app: &Arc<App>,
        profile: ConnectionProfile,
        driver: Arc<dyn Driver>,
        ask: Arc<WindowAsk>,
        read_only: bool,
    ) -> Arc<Self> {
        Connected::with(app, profile, driver, Asker::Window(ask), read_only)
    }

    /// For a face without windows: `password` comes before what is stored.
    pub(crate) fn for_terminal(
        app: &Arc<App>,
        profile: ConnectionProfile,
        driver: Arc<dyn Driver>,
        ask: Arc<dyn Ask>,
        password: Option<Secret>,
        read_only: bool,
    ) -> Arc<Self> {
        Connected::with(app, profile, driver, Asker::Other(ask, password), read_only)
    }

    /// One more connection to the same server, to a database of it where it is named, that ends by itself. It has no id: nothing is
    /// kept of it and nobody is told.
    pub(crate) fn beside(app: &Arc<App>, other: &Arc<Connected>, database: Option<String>) -> Arc<Self> {
        let mut profile = ConnectionProfile { id: String::new(), ..other.profile.clone() };
        let has = |name: &&str| other.driver.fields().iter().any(|field| field.name == *name);
        if let (Some(database), Some(field)) = (database, [DATABASE, SCHEMA].into_iter().find(has)) {
            profile.values.insert(field.to_owned(), database);
        }
        Connected::with(app, profile, Arc::clone(&other.driver), Asker::Beside(Arc::clone(other)), other.read_only)
    }

    fn with(
        app: &Arc<App>,
        profile: ConnectionProfile,
        driver: Arc<dyn Driver>,
        ask: Asker,
        read_only: bool,
    ) -> Arc<Self> {
        let asking = match &ask {
            Asker::Window(ask) => Arc::clone(ask) as Arc<dyn Ask>,
            Asker::Other(ask, _) => Arc::clone(ask),
            Asker::Beside(other) => Arc::clone(&other.asking) as Arc<dyn Ask>,
        };
        Arc::new(Connected {
            app: Arc::downgrade(app),
            read_only: read_only || profile.safety == Safety::ReadOnly,
            profile,
            driver,
            ask,
            asking: Arc::new(PatientAsk::new(asking)),
            phase: Mutex::new(ConnectionPhase::Closed),
            opens: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            failures: Mutex::default(),
            used: AtomicU32::new(0),
            ended: watch::Sender::new(false),
            look: Notify::new(),
        })
    }

    pub(crate) fn app(&self) -> Result<Arc<App>, AppError> {
        self.app.upgrade().ok_or_else(|| AppError::internal("the core is closing"))
    }

    pub(crate) fn session_limit(&self) -> u32 {
        self.app.upgrade().map_or(1, |app| app.current_settings().session_limit)
    }

    /// Whether the server has databases beside the profile's own.
    pub(crate) fn has_databases(&self) -> bool {
        self.driver.fields().iter().any(|field| field.name == DATABASE)
    }

    /// The profile's own database, when it is open.
    pub(crate) fn main(&self) -> Option<Arc<Opened>> {
        lock(&self.opens).get(&None).cloned()
    }

    /// The language of one of its databases, as probed where one is open.
    pub(crate) fn language_of(&self, database: Option<&str>) -> Language {
        match self.opened(database).or_else(|| self.main()) {
            Some(opened) => opened.language.clone(),
            None => self.driver.language(),
        }
    }

    /// Every open database, the profile's own first.
    pub(crate) fn opens(&self) -> Vec<Arc<Opened>> {
        lock(&self.opens).values().cloned().collect()
    }

    /// The open database of this name, if it is open.
    pub(crate) fn opened(&self, database: Option<&str>) -> Option<Arc<Opened>> {
        // The key is found under the same lock.
        let key = self.key(database);
        lock(&self.opens).get(&key).cloned()
    }

    /// Where the catalog of one of its databases is kept; those of a terminal and of addresses that nobody saved are not.
    pub(crate) fn kept(&self, database: Option<&str>) -> Option<CatalogKey> {
        let known = matches!(self.ask, Asker::Window(_)) && !self.profile.id.is_empty();
        let lasting = known && self.driver.lasts(&App::driver_profile(&self.profile));
        lasting.then(|| CatalogKey::of(&self.profile, self.key(database).as_deref()))
    }

    /// The name of a database that is not the profile's own.
    pub(crate) fn key(&self, database: Option<&str>) -> Option<String> {
        let database = database.filter(|_| self.has_databases())?;
        let own = self.main().and_then(|main| main.database());
        let own = own.or_else(|| self.profile.values.get(DATABASE).cloned());
        (own.as_deref() != Some(database)).then(|| database.to_owned())
    }

    /// The connection to one database; `None` is the profile's own. Opens it where it is not open. Calls that come while one
    /// is at it share its outcome.
    ///
    /// # Errors
    /// As [`App::connect`]; `Exhausted` at the session limit.
    pub(crate) async fn open(self: &Arc<Self>, database: Option<&str>) -> Result<Arc<Opened>, AppError> {
        let key = self.key(database);
        if let Some(opened) = lock(&self.opens).get(&key) {
            return Ok(Arc::clone(opened));
        }
        let failed = |key: &Option<String>| lock(&self.failures).get(key).cloned();
        let before = failed(&key).map_or(0, |(times, _)| times);
        let _one = self.opening.lock().await;
        if let Some(opened) = lock(&self.opens).get(&key) {
            return Ok(Arc::clone(opened));
        }
        if self.is_ended() {
            return Err(disconnected());
        }
        // Who waited for an attempt shares its failure: nobody is asked twice, and no login is refused twice.
        if let Some((_, error)) = failed(&key).filter(|(times, _)| *times > before) {
            return Err(error);
        }
        let permit = self.permit()?;
        if key.is_none() {
            self.set_phase(ConnectionPhase::Connecting);
        }
        match self.dial(key.clone(), permit).await {
            Ok(opened) => self.keep(key, opened).await,
            Err(error) => {
                let times = failed(&key).map_or(0, |(times, _)| times);
                lock(&self.failures).insert(key.clone(), (times + 1, error.clone()));
                if key.is_none() && !self.is_ended() {
                    self.set_phase(ConnectionPhase::Failed { error: error.clone() });
                }
                Err(error)
            }
        }
    }

    /// Whether a refused login may be tried again with a fresh password.
    pub(super) fn is_renewable(&self) -> bool {
        self.profile.password == PasswordPolicy::Command
    }

    /// Opens a database anew in place of `old`, whose password the server takes no more: a token that ran out. Who comes
    /// second gets what the first has opened.
    ///
    /// # Errors
    /// As [`Connected::open`].
    pub(super) async fn renew(self: &Arc<Self>, old: &Arc<Opened>) -> Result<Arc<Opened>, AppError> {
        let _one = self.opening.lock().await;
        let place = |wanted: &Arc<Opened>| {
            let opens = lock(&self.opens);
            opens.iter().find(|(_, opened)| Arc::ptr_eq(opened, wanted)).map(|(key, _)| key.clone())
        };
        let Some(key) = place(old) else {
            let database = old.database();
            return self.opened(database.as_deref()).ok_or_else(disconnected);
        };
        let permit = self.permit()?;
        let fresh = self.dial(key.clone(), permit).await?;
        {
            let mut opens = lock(&self.opens);
            if self.is_ended() {
                drop(opens);
                fresh.close();
                return Err(disconnected());
            }
            opens.insert(key, Arc::clone(&fresh));
        }
        old.close();
        if matches!(self.ask, Asker::Window(_)) {
            fresh.shelf.read_in_background(&fresh, self);
        }
        Ok(fresh)
    }

    async fn dial(self: &Arc<Self>, key: Option<String>, permit: Permit) -> Result<Arc<Opened>, AppError> {
        let app = self.app()?;
        let mut profile = App::driver_profile(&self.profile);
        if let Some(database) = &key {
            profile.values.insert(DATABASE.to_owned(), database.clone());
        }
        let secrets = tokio::select! {
            // A keychain that asks, or a command that runs, is no reason to wait.
            () = self.until_ended() => return Err(disconnected()),
            secrets = self.secrets(&app) => secrets?,
        };
        let terms = dial::Terms {
            secrets,
            ask: Arc::clone(&self.asking) as Arc<dyn Ask>,
            timeout: app.connect_timeout(),
            read_only: self.read_only,
        };
        let dialled = tokio::select! {
            () = self.until_ended() => return Err(disconnected()),
            dialled = dial::dial(self.driver.as_ref(), &profile, terms) => dialled,
        };
        match dialled {
            Ok(connection) => {
                self.settle_answers(&app).await;
                Ok(Opened::new(self, key, connection, permit))
            }
            Err(error) => {
                if error.code == Code::Unauthenticated {
                    let refused = error.secret.unwrap_or(PASSWORD);
                    app.held.forget_asked(&self.profile.id, refused);
                    if let Asker::Window(ask) = &self.ask {
                        ask.forget(refused);
                    }
                }
                Err(error.into())
            }
        }
    }

    async fn secrets(&self, app: &Arc<App>) -> Result<Secrets, AppError> {
        match &self.ask {
            Asker::Window(ask) => {
                let mut secrets = app.secrets_of(&self.profile).await?;
                // What was answered for this connection opens its other databases too.
                for (name, answered) in ask.answered() {
                    match name.as_str() {
                        PASSWORD => secrets.password = Some(answered.secret),
                        _ => drop(secrets.others.insert(name, answered.secret)),
                    }
                }
                Ok(secrets)
            }
            // An address that is not saved has no entries.
            Asker::Other(_, password) if self.profile.id.is_empty() => {
                Ok(Secrets { password: password.clone(), ..Secrets::default() })
            }
            Asker::Other(_, Some(password)) => Ok(Secrets {
                password: Some(password.clone()),
                ..app.stored_secrets(&self.profile).await.unwrap_or_default()
            }),
            Asker::Other(_, None) => app.secrets_of(&self.profile).await,
            Asker::Beside(other) => Box::pin(other.secrets(app)).await,
        }
    }

    /// Keeps what was answered where the profile and the person say, now that it was taken.
    pub(super) async fn settle_answers(&self, app: &Arc<App>) {
        let Asker::Window(ask) = &self.ask else { return };
        for (name, answered) in ask.answered() {
            if name != PASSWORD || self.profile.password == PasswordPolicy::Ask {
                app.held.asked(&self.profile.id, &name, answered.secret.clone());
            }
            // The connection works without; the next one asks again.
            if answered.remember
                && let Err(error) = app.remember_secret(&self.profile.id, &name, &answered.secret).await
            {
                tracing::warn!(%error, name, "a secret could not be kept in the keychain");
            }
        }
        ask.settled();
    }

    async fn keep(self: &Arc<Self>, key: Option<String>, opened: Arc<Opened>) -> Result<Arc<Opened>, AppError> {
        let app = self.app()?;
        {
            let mut opens = lock(&self.opens);
            // `end` sets the mark before it takes the list, so nothing is left behind.
            if self.is_ended() {
                drop(opens);
                opened.close();
                return Err(disconnected());
            }
            opens.insert(key.clone(), Arc::clone(&opened));
        }
        if key.is_none() {
            self.set_phase(ConnectionPhase::Open);
            if !self.profile.id.is_empty() {
                let server = self.server();
                if let Err(error) = app.note_use(&self.profile.id, server.as_ref()).await {
                    tracing::warn!(%error, "the use of a connection could not be noted");
                }
            }
            if matches!(self.ask, Asker::Window(_)) {
                tokio::spawn(super::watching::watch(Arc::downgrade(self)));
            }
        }
        app.events.changed(&[Topic::Connections], Some(&self.profile.id));
        if matches!(self.ask, Asker::Window(_)) {
            opened.shelf.read_in_background(&opened, self);
        }
        Ok(opened)
    }

    /// The server's facts, once it was reached.
    pub(crate) fn server(&self) -> Option<ServerFacts> {
        self.main().map(|main| dial::facts(main.connection.control().server()))
    }

    pub(super) fn is_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Whether a new attempt needs a new connection.
    pub(super) fn is_stale(&self) -> bool {
        self.is_ended() || matches!(*lock(&self.phase), ConnectionPhase::Failed { .. }) && lock(&self.opens).is_empty()
    }

    /// Whether it may be opened without being asked: not after a failure, which a person tries again.
    pub(crate) fn may_try(&self) -> bool {
        !self.is_ended() && !matches!(*lock(&self.phase), ConnectionPhase::Failed { .. } | ConnectionPhase::Lost { .. })
    }

    /// Why the last attempt failed, where nobody has tried again.
    ///
    /// # Errors
    /// That failure.
    pub(crate) fn refused(&self) -> Result<(), AppError> {
        match &*lock(&self.phase) {
            ConnectionPhase::Failed { error } if lock(&self.opens).is_empty() => Err(error.clone()),
            _ => Ok(()),
        }
    }

    pub(crate) async fn until_ended(&self) {
        let mut ended = self.ended.subscribe();
        // The sender lives as long as `self`.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Closes everything, local and immediate.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
        let opens = std::mem::take(&mut *lock(&self.opens));
        if let Some(app) = self.app.upgrade() {
            app.live.tabs.end_all_of(&app, &self.profile.id);
        }
        for opened in opens.into_values() {
            opened.close();
        }
        self.set_phase(ConnectionPhase::Closed);
    }
}

fn disconnected() -> AppError {
    AppError::new(ErrorCode::Cancelled, "The connection was closed meanwhile.").with_hint("Connect again.")
}
