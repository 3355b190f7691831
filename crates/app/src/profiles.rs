//! Saved connections: what they say is in the store, their secrets are in the keychain or nowhere.

pub(crate) mod dial;
mod draft;
mod rows;
mod secrets;
mod trials;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use driver::{Ask, NeverAsk, Profile};
use uuid::Uuid;

use crate::{
    App, Face,
    api::{
        AppError, ConnectionProfile, DriverForm, Environment, ErrorCode, HopReport, ParsedTarget, PasswordPolicy,
        ProfileDraft, Safety, ServerFacts, TestReport, Topic,
    },
    connections::WindowAsk,
    interchange,
    platform::{home::make_private, lock::FileLock},
    registry::PASSWORD,
    sample,
    store::now_ms,
};

pub(crate) use draft::{name_key, one_line, valid};
pub(crate) use rows::trust;
pub(crate) use secrets::{HeldSecrets, Secrets};
pub(crate) use trials::Trials;

/// Who wrote a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The person at this computer: what they typed may run.
    Person,
    /// A file, which may be anybody's.
    File,
}

/// The sample's id: always listed, never removed.
pub(crate) const SAMPLE: &str = "sample";
const SAMPLE_NAME: &str = "Sample shop";

impl App {
    /// The drivers and their connect forms.
    pub fn drivers(&self) -> Vec<DriverForm> {
        self.registry.forms()
    }

    /// Saved connections, the sample included: by name, the sample last.
    ///
    /// # Errors
    /// As the store says.
    pub async fn profiles(&self) -> Result<Vec<ConnectionProfile>, AppError> {
        let mut profiles: Vec<ConnectionProfile> =
            rows::all(self.store.read()).await?.into_iter().map(|row| self.shown(row)).collect();
        profiles.push(self.sample_profile().await?);
        Ok(profiles)
    }

    /// One saved connection.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn profile(&self, id: &str) -> Result<ConnectionProfile, AppError> {
        if id == SAMPLE {
            return self.sample_profile().await;
        }
        self.row(id).await.map(|row| self.shown(row))
    }

    /// The saved connection of this name, without regard to case; an id does as well.
    ///
    /// # Errors
    /// As the store says.
    pub async fn profile_named(&self, name: &str) -> Result<Option<ConnectionProfile>, AppError> {
        let key = draft::name_key(name);
        let profiles = self.profiles().await?;
        let named = profiles.iter().find(|profile| draft::name_key(&profile.name) == key);
        Ok(named.or_else(|| profiles.iter().find(|profile| profile.id == name)).cloned())
    }

    /// Saves a connection; its password goes to the keychain or nowhere.
    ///
    /// # Errors
    /// `AlreadyExists` for a name in use; `InvalidStatement` for a field that is missing or not understood;
    /// `KeychainUnavailable` when a password shall be kept and cannot be. Nothing is changed then.
    pub async fn save_profile(&self, draft: ProfileDraft) -> Result<ConnectionProfile, AppError> {
        self.save(draft, Origin::Person).await
    }

    /// As [`App::save_profile`], for a draft a person typed or one that was read from a file.
    pub(crate) async fn save(&self, draft: ProfileDraft, origin: Origin) -> Result<ConnectionProfile, AppError> {
        let old = match draft.id.as_deref() {
            Some(SAMPLE) => return Err(sample_stays("changed")),
            Some(id) => Some(self.row(id).await?),
            None => None,
        };
        let driver = self.registry.get(&draft.driver)?.clone();
        let checked = draft::check(draft, driver.as_ref(), &self.held)?;
        let id = old.as_ref().map_or_else(|| Uuid::new_v4().to_string(), |old| old.id.clone());
        self.require_free_name(&checked.name, &id).await?;
        let kept = old.as_ref().map_or(&[] as &[String], |old| old.secret_fields.as_slice());
        let was = old.as_ref().map(|old| old.safety);
        let change = secrets::Change::new(&checked, driver.as_ref(), old.as_ref().map(|old| old.driver.as_str()), kept);
        let (command, trusted) = draft::consent(&checked, driver.id(), old.as_ref(), origin)?;
        let undo = change.apply(&self.keychain, &id).await?;
        let row = rows::Row {
            id: id.clone(),
            name_key: draft::name_key(&checked.name),
            name: checked.name,
            folder: checked.group,
            colour: checked.colour,
            environment: checked.environment,
            safety: checked.safety,
            driver: driver.id().to_owned(),
            values: checked.values,
            password: checked.policy,
            command,
            trusted,
            favourite: checked.favourite.unwrap_or_else(|| old.as_ref().is_some_and(|old| old.favourite)),
            schemas: checked
                .schemas
                .clone()
                .unwrap_or_else(|| old.as_ref().map_or_else(Vec::new, |old| old.schemas.clone())),
            actor: checked.actor,
            recorded: checked.recorded.unwrap_or_else(|| old.as_ref().is_none_or(|old| old.recorded)),
            secret_fields: change.fields_after(),
            created_ms: old.map_or_else(now_ms, |old| old.created_ms),
            server: None,
            last_used_ms: None,
        };
        if let Err(error) = rows::put(&self.store, &row).await {
            // The keychain goes back to where the store is.
            undo.revert(&self.keychain, &id).await;
            return Err(name_taken(error, &row.name));
        }
        if let Some(reference) = &checked.reference {
            self.held.take(reference);
        }
        if row.safety == Safety::ReadOnly && was != Some(Safety::ReadOnly) {
            // What is open could still write.
            self.disconnect(&id).await?;
        }
        self.keep_catalogs(&id, row.recorded).await;
        self.held.forget_asked(&id, PASSWORD);
        for name in checked.others.keys() {
            self.held.forget_answer(&id, name);
        }
        if let (PasswordPolicy::Ask, Some(secret)) = (row.password, checked.password) {
            self.held.asked(&id, PASSWORD, secret);
        }
        self.events.changed(&[Topic::Profiles], Some(&id));
        self.profile(&id).await
    }

    /// Copies a connection under a new name, its stored password too.
    ///
    /// # Errors
    /// `NotFound`; `KeychainUnavailable` when its secrets cannot be copied, and then nothing is.
    pub async fn duplicate_profile(&self, id: &str) -> Result<ConnectionProfile, AppError> {
        let shown = self.profile(id).await?;
        let (fields, trusted) = match id {
            SAMPLE => (Vec::new(), None),
            id => self.row(id).await.map(|row| (row.secret_fields, row.trusted))?,
        };
        let name = draft::copy_name(&shown.name, &self.profiles().await?);
        let copy = rows::Row {
            id: Uuid::new_v4().to_string(),
            name_key: draft::name_key(&name),
            name,
            folder: shown.group,
            colour: shown.colour,
            environment: shown.environment,
            safety: shown.safety,
            driver: shown.driver,
            values: shown.values,
            password: shown.password,
            command: shown.password_command,
            trusted,
            favourite: shown.favourite,
            schemas: shown.schemas,
            recorded: shown.recorded,
            actor: shown.actor,
            secret_fields: fields,
            created_ms: now_ms(),
            server: None,
            last_used_ms: None,
        };
        let copied = secrets::copy(&self.keychain, id, &copy.id, &copy.secret_fields).await?;
        if let Err(error) = rows::put(&self.store, &copy).await {
            copied.revert(&self.keychain, &copy.id).await;
            return Err(name_taken(error, &copy.name));
        }
        self.events.changed(&[Topic::Profiles], Some(&copy.id));
        self.profile(&copy.id).await
    }

    /// Removes a connection and its stored password.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for the sample; `KeychainUnavailable` when its secrets cannot be removed: it then stays,
    /// so that no secret is left behind unseen.
    pub async fn remove_profile(&self, id: &str) -> Result<(), AppError> {
        if id == SAMPLE {
            return Err(sample_stays("removed"));
        }
        let row = self.row(id).await?;
        self.disconnect(id).await?;
        for field in &row.secret_fields {
            self.keychain.delete(id, field).await?;
        }
        rows::remove(&self.store, id).await?;
        self.forget_edits(id).await?;
        self.forget_lookup_labels(id).await?;
        self.forget_layouts(id).await?;
        self.forget_advice(id).await?;
        self.forget_policies(id).await?;
        self.forget_diagrams(id).await?;
        self.forget_structure(id).await?;
        self.forget_migrations(id).await?;
        self.forget_catalogs(id).await;
        self.kept.refuse(id, false);
        self.held.forget_all(id);
        self.events.changed(&[Topic::Profiles], Some(id));
        Ok(())
    }

    /// Marks a connection as a favourite, or no longer; the sample can be one too.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_favourite(&self, id: &str, favourite: bool) -> Result<(), AppError> {
        self.mark(id, Some(favourite), None).await
    }

    /// Sets the schemas that are shown of a connection, `*` standing for any letters; none shows all.
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatement` for far too many.
    pub async fn set_schemas(&self, id: &str, schemas: Vec<String>) -> Result<(), AppError> {
        self.mark(id, None, Some(draft::schemas(schemas)?)).await
    }

    async fn mark(&self, id: &str, favourite: Option<bool>, schemas: Option<Vec<String>>) -> Result<(), AppError> {
        if id != SAMPLE {
            self.row(id).await?;
        }
        rows::mark(&self.store, id, favourite, schemas.as_deref()).await?;
        self.events.changed(&[Topic::Profiles], Some(id));
        Ok(())
    }

    /// Reads a URL or file path into the form's values.
    ///
    /// # Errors
    /// `InvalidStatement` when it is neither, `Unsupported` for a scheme no driver reads. The text is never repeated.
    pub async fn parse_target(&self, text: &str) -> Result<ParsedTarget, AppError> {
        let text = text.trim();
        let driver = self.registry.for_target(text)?;
        let parsed = interchange::with_service(driver.as_ref(), text).await?;
        let mut values = parsed.values;
        // Where a driver put it among the values after all.
        let secret = values.remove(PASSWORD).map(driver::Secret::new).or(parsed.secret);
        let profile = Profile { name: String::new(), driver: driver.id().to_owned(), values };
        let name = draft::suggested_name(driver.as_ref(), &profile);
        Ok(ParsedTarget {
            driver: profile.driver,
            values: profile.values,
            name,
            password_reference: secret.filter(|secret| !secret.is_empty()).map(|secret| self.held.hold(secret)),
            warnings: parsed.warnings,
        })
    }

    /// Connects as `connect` does, tells each hop as it ends, and closes again. [`App::stop_test`] with the same
    /// `test_id` gives the attempt up.
    ///
    /// # Errors
    /// Only for a draft that cannot be tried at all; what went wrong on the way is in the report.
    pub async fn test_profile(
        &self,
        draft: ProfileDraft,
        test_id: &str,
        on_hop: impl Fn(HopReport) + Send + Sync + 'static,
    ) -> Result<TestReport, AppError> {
        let driver = self.registry.get(&draft.driver)?.clone();
        let id = draft.id.clone();
        let checked = draft::check(draft, driver.as_ref(), &self.held)?;
        let mut secrets = self.draft_secrets(id.as_deref(), &checked).await?;
        let command = self.draft_command(id.as_deref(), &checked, driver.id()).await?;
        let profile = Profile { name: checked.name, driver: driver.id().to_owned(), values: checked.values };
        let ask = self.asker()?;
        let read_only = checked.safety == Safety::ReadOnly;
        let begun = Instant::now();
        let hops = Arc::new(dial::Hops::watched(move |hop| on_hop(dial::shown(hop.clone()))));
        let mut trial = self.trials.begin(test_id);
        let attempt = async {
            if let Some(command) = &command {
                secrets.password = Some(hops.command(command, &profile).await?);
            }
            let terms = dial::Terms { secrets, ask, timeout: self.connect_timeout(), read_only };
            dial::dial_watched(driver.as_ref(), &profile, terms, Arc::clone(&hops)).await.map_err(AppError::from)
        };
        let outcome = tokio::select! {
            outcome = attempt => outcome,
            // Dropping the attempt closes what it has opened.
            () = trial.stopped() => Err(AppError::new(ErrorCode::Cancelled, "You stopped the test.")),
        };
        drop(trial);
        let hops = hops.take().into_iter().map(dial::shown).collect();
        let (server, error) = match outcome {
            Ok(connection) => {
                let server = dial::facts(connection.control().server());
                connection.close().await;
                (Some(server), None)
            }
            Err(error) => (None, Some(error)),
        };
        Ok(TestReport { server, hops, error, elapsed_ms: dial::elapsed_ms(begun) })
    }

    /// Gives a test up; nothing where it has ended. Always local and immediate.
    pub fn stop_test(&self, test_id: &str) {
        self.trials.stop(test_id);
    }

    /// The sample's profile; makes the database where it is missing.
    ///
    /// # Errors
    /// `Exhausted` for a full disk, `Forbidden` for a folder that cannot be written.
    pub async fn open_sample(&self) -> Result<ConnectionProfile, AppError> {
        let (path, lock) = (self.sample_path(), self.home().join("sample.lock"));
        tokio::task::spawn_blocking(move || make_sample(&path, &lock))
            .await
            .map_err(|_| AppError::internal("making the sample was interrupted"))??;
        self.sample_profile().await
    }

    /// Who answers for a connection that is tried: the windows; a terminal is asked before.
    fn asker(&self) -> Result<Arc<dyn Ask>, AppError> {
        Ok(match self.face() {
            // What is answered for a test serves the test: no connection is named that it could be kept for.
            Face::Window => Arc::new(WindowAsk::new(&self.shared()?, "")),
            Face::Cli => Arc::new(NeverAsk),
        })
    }

    /// Whether a connection's statements are recorded, as saved now: another window may have changed it.
    pub(crate) async fn is_recorded(&self, id: &str) -> Result<bool, AppError> {
        rows::recorded(self.store.read(), id).await
    }

    /// The connections of which nothing is recorded.
    pub(crate) async fn unrecorded(&self) -> Result<Vec<String>, AppError> {
        rows::unrecorded(self.store.read()).await
    }

    /// Notes that a connection was opened, and what answered.
    pub(crate) async fn note_use(&self, id: &str, server: Option<&ServerFacts>) -> Result<(), AppError> {
        let server = server.map(|server| format!("{} {}", server.product, server.version));
        rows::note_use(&self.store, id, server.as_deref()).await?;
        self.events.changed(&[Topic::Profiles], Some(id));
        Ok(())
    }

    /// A saved connection as a driver takes it.
    pub(crate) fn driver_profile(shown: &ConnectionProfile) -> Profile {
        Profile { name: shown.name.clone(), driver: shown.driver.clone(), values: shown.values.clone() }
    }

    /// How long a connection attempt may take.
    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.current_settings().connect_timeout_s.into())
    }

    fn sample_path(&self) -> PathBuf {
        self.home().join("sample.db")
    }

    async fn sample_profile(&self) -> Result<ConnectionProfile, AppError> {
        let (server, last_used_ms) = rows::use_of(self.store.read(), SAMPLE).await?.unzip();
        let (favourite, schemas) = rows::marks_of(self.store.read(), SAMPLE).await?;
        let values = [("file".to_owned(), self.sample_path().to_string_lossy().into_owned())];
        let row = rows::Row {
            id: SAMPLE.to_owned(),
            name: SAMPLE_NAME.to_owned(),
            name_key: String::new(),
            folder: None,
            colour: None,
            environment: Environment::Local,
            safety: Safety::Free,
            driver: "sqlite".to_owned(),
            values: values.into(),
            password: PasswordPolicy::None,
            command: None,
            trusted: None,
            favourite,
            schemas,
            recorded: true,
            actor: None,
            secret_fields: Vec::new(),
            created_ms: 0,
            server: server.flatten(),
            last_used_ms,
        };
        Ok(ConnectionProfile { sample: true, ..self.shown(row) })
    }

    async fn row(&self, id: &str) -> Result<rows::Row, AppError> {
        rows::one(self.store.read(), id).await?.ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, "This connection is not saved any more.")
                .with_hint("It was removed in another window or in the terminal.")
        })
    }

    fn shown(&self, row: rows::Row) -> ConnectionProfile {
        let untrusted_command = row.untrusted();
        let profile = Profile { name: row.name, driver: row.driver, values: row.values };
        // A connection of a driver this program does not have is shown, and cannot be opened.
        let (label, target) = match self.registry.get(&profile.driver) {
            Ok(driver) => (driver.label().to_owned(), driver.target(&profile)),
            Err(_) => (profile.driver.clone(), String::new()),
        };
        ConnectionProfile {
            id: row.id,
            name: profile.name,
            group: row.folder,
            colour: row.colour,
            environment: row.environment,
            safety: row.safety,
            driver: profile.driver,
            driver_label: label,
            values: profile.values,
            password: row.password,
            password_command: row.command,
            untrusted_command,
            favourite: row.favourite,
            schemas: row.schemas,
            recorded: row.recorded,
            stored_secrets: row.secret_fields,
            actor: row.actor,
            target,
            server: row.server,
            last_used_ms: row.last_used_ms,
            sample: false,
        }
    }

    async fn require_free_name(&self, name: &str, id: &str) -> Result<(), AppError> {
        let key = draft::name_key(name);
        let taken =
            self.profiles().await?.into_iter().find(|other| other.id != id && draft::name_key(&other.name) == key);
        match taken {
            Some(other) => Err(exists(&other.name)),
            None => Ok(()),
        }
    }
}

impl Environment {
    /// What a new connection of this environment may change unless a person says otherwise.
    pub fn default_safety(self) -> Safety {
        match self {
            Environment::Production => Safety::ConfirmWrites,
            Environment::Local | Environment::Development | Environment::Staging => Safety::Free,
        }
    }
}

/// Makes the sample where it is missing, older than this program's, or no database any more; what was there stays
/// beside it.
fn make_sample(path: &Path, lock: &Path) -> Result<(), AppError> {
    // Two windows that ask at once make it once.
    let _making = FileLock::take(lock, Duration::from_secs(120))?;
    if path.exists() {
        if sample_is_current(path) {
            return Ok(());
        }
        let old = path.with_file_name("sample.old.db");
        match fs::rename(path, &old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(AppError::file(&error, path, "moved")),
            _ => {}
        }
    }
    sample::generate(path)?;
    make_private(path).map_err(|error| AppError::file(&error, path, "protected"))
}

fn sample_is_current(path: &Path) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let version = rusqlite::Connection::open_with_flags(path, flags)
        .and_then(|sample| sample.query_row("PRAGMA user_version", [], |row| row.get::<_, i32>(0)));
    match version {
        Ok(version) => version >= sample::VERSION,
        Err(error) => !matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)),
    }
}

fn exists(name: &str) -> AppError {
    AppError::new(ErrorCode::AlreadyExists, format!("There is already a connection called “{name}”."))
        .with_hint("Choose another name; upper and lower case make no difference.")
}

/// Another process may take the name between our look and our write.
fn name_taken(error: sqlx::Error, name: &str) -> AppError {
    match &error {
        sqlx::Error::Database(cause) if cause.is_unique_violation() => exists(name),
        _ => error.into(),
    }
}

fn sample_stays(done: &str) -> AppError {
    AppError::new(ErrorCode::Forbidden, format!("The sample connection cannot be {done}."))
        .with_hint("Duplicate it and change the copy.")
}

#[cfg(test)]
mod tests;
