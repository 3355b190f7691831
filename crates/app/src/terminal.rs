//! What the terminal needs: a target opened by name, address or path, and statements as raw streams.
//!
//! Rows do not pass through held results here: they flow from the server to the output at the reader's pace, in
//! constant memory. Safety levels, history and secrets are those of the window.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use catalog::{Catalog, ObjectKey, Scope};
use driver::{
    Ask, Driver, Language, Outcome, Profile, Role, Run, Secret, Session, SessionState, Summary, row_security::Actor,
};

use crate::{
    App,
    acting::words,
    api::{
        AppError, ConnectionProfile, Environment, ErrorCode, Generate, GenerateLook, GenerateOffer, ObjectPage,
        ObjectRef, ParameterValue, PasswordPolicy, RelationPage, RunConsent, Safety, ServerFacts, StatementMark,
        SweepQuestion,
    },
    connections::{Connected, Opened, Permit, lock},
    explorer::Place,
    history::{Ending, Recorded, Sending},
    profiles::dial::elapsed_ms,
    runs::{Asked, Sent, Standing, guard, marks, prepare},
    text::Positions,
};

/// The environment variable a password may stand in.
pub const PASSWORD_VARIABLE: &str = "ROWHOUSE_PASSWORD";

/// How to open a target.
pub struct Opening {
    /// A saved connection's name or id, `sample`, an address, or the path of a database file.
    pub target: String,
    /// Another database of that server.
    pub database: Option<String>,
    /// Refuse writes, whatever the connection's safety level says.
    pub read_only: bool,
    /// A password that comes before the stored one; see [`environment_password`].
    pub password: Option<Secret>,
    /// Who answers questions.
    pub ask: Arc<dyn Ask>,
    /// Who is told, before anything is dialled, what of an address was not understood and is left aside.
    pub warn: fn(&str),
}

/// What a target means.
#[derive(Debug)]
pub struct Target {
    /// The connection; one that is not saved has no id.
    pub profile: ConnectionProfile,
    /// The password that stood in an address.
    pub password: Option<Secret>,
    /// What of an address was not understood, as sentences.
    pub warnings: Vec<String>,
}

/// The password in [`PASSWORD_VARIABLE`], if it is set and not empty.
pub fn environment_password() -> Option<Secret> {
    std::env::var(PASSWORD_VARIABLE).ok().filter(|password| !password.is_empty()).map(Secret::new)
}

/// An open target. Dropping it closes it.
pub struct Terminal {
    app: Arc<App>,
    connected: Arc<Connected>,
    opened: Arc<Opened>,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.connected.end();
    }
}

impl App {
    /// What a target means, without opening it.
    ///
    /// # Errors
    /// `NotFound` for what is neither a saved name nor a file; `InvalidStatement`, `Unsupported` for an address that
    /// cannot be read.
    pub async fn resolve_target(&self, target: &str) -> Result<Target, AppError> {
        let target = target.trim();
        if let Some(saved) = self.profile_named(target).await? {
            let profile = if saved.sample { self.open_sample().await? } else { saved };
            return Ok(Target { profile, password: None, warnings: Vec::new() });
        }
        let driver = self.registry.for_target(target)?;
        let addressed = driver.schemes().iter().any(|scheme| {
            target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && target.get(scheme.len()..).is_some_and(|rest| rest.starts_with(':'))
        });
        if !addressed && !Path::new(target).exists() {
            return Err(AppError::new(
                ErrorCode::NotFound,
                format!("There is no saved connection and no file called “{}”.", without_password(target)),
            )
            .with_hint(
                "`rowhouse connections list` shows what is saved; an address looks like postgres://host/database.",
            ));
        }
        let parsed = crate::interchange::with_service(driver.as_ref(), target).await?;
        let mut values = parsed.values;
        let secret = values.remove(crate::registry::PASSWORD).map(Secret::new).or(parsed.secret);
        let profile = Profile { name: String::new(), driver: driver.id().to_owned(), values };
        let line = driver.target(&profile);
        let shown = ConnectionProfile {
            id: String::new(),
            name: line.clone(),
            group: None,
            colour: None,
            environment: Environment::Local,
            safety: Safety::Free,
            driver: profile.driver,
            driver_label: driver.label().to_owned(),
            values: profile.values,
            password: PasswordPolicy::None,
            password_command: None,
            untrusted_command: None,
            favourite: false,
            schemas: Vec::new(),
            recorded: true,
            stored_secrets: Vec::new(),
            actor: None,
            target: line,
            server: None,
            last_used_ms: None,
            sample: false,
        };
        let password = secret.filter(|secret| !secret.is_empty());
        Ok(Target { profile: shown, password, warnings: parsed.warnings })
    }

    /// Whether a target is the name of a saved connection.
    ///
    /// # Errors
    /// As the store says.
    pub async fn is_saved(&self, target: &str) -> Result<bool, AppError> {
        Ok(self.profile_named(target.trim()).await?.is_some())
    }

    /// Opens a target. The password comes from the opening, the address, the keychain, the driver's own files
    /// (`~/.pgpass`), or who is asked, in this order.
    ///
    /// # Errors
    /// As [`App::resolve_target`] and [`App::connect`].
    pub async fn open_target(&self, opening: Opening) -> Result<Terminal, AppError> {
        let Target { profile, password: addressed, warnings } = self.resolve_target(&opening.target).await?;
        warnings.iter().for_each(|warning| (opening.warn)(warning));
        let driver = Arc::clone(self.registry.get(&profile.driver)?);
        let app = self.shared()?;
        let password = opening.password.or(addressed);
        let connected = Connected::for_terminal(&app, profile, driver, opening.ask, password, opening.read_only);
        let opened = connected.open(opening.database.as_deref()).await?;
        Ok(Terminal { app, connected, opened })
    }
}

impl Terminal {
    /// The connection; without an id when it is not saved.
    pub fn profile(&self) -> &ConnectionProfile {
        &self.connected.profile
    }

    /// The driver, for casts and limits.
    pub fn driver(&self) -> &Arc<dyn Driver> {
        &self.connected.driver
    }

    /// How it reads SQL, as probed.
    ///
    /// # Errors
    /// `Unsupported` for a database that reads something else.
    pub fn dialect(&self) -> Result<&sql::Dialect, AppError> {
        self.opened.sql().map(|dialect| &**dialect)
    }

    /// The language, as probed.
    pub fn language(&self) -> &Language {
        &self.opened.language
    }

    /// Whose types and definitions the catalog's are; `None` for engines that are not known that well.
    pub fn engine(&self) -> Option<schema::Engine> {
        crate::registry::defines(self.driver().as_ref(), &self.opened.connection.control().server().product)
    }

    /// The server.
    pub fn server(&self) -> ServerFacts {
        crate::profiles::dial::facts(self.opened.connection.control().server())
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn place(&self) -> (&Arc<Connected>, &Arc<Opened>) {
        (&self.connected, &self.opened)
    }

    /// Whether writes are refused.
    pub fn read_only(&self) -> bool {
        self.connected.read_only
    }

    /// Reads the catalog.
    ///
    /// # Errors
    /// As the driver says.
    pub async fn catalog(&self, scope: &Scope) -> Result<Catalog, AppError> {
        self.opened.shelf.ask(self.opened.connection.as_ref(), scope).await
    }

    /// A catalog in words, as the explorer's pages say it: every relation, and every other object that has a page.
    pub fn pages(&self, catalog: &Catalog) -> (Vec<RelationPage>, Vec<ObjectPage>) {
        pages(catalog, self.language())
    }

    /// The statements that would make an object again.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`; `Unsupported` for a kind or a server without definitions.
    pub async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, AppError> {
        let ddl = self.opened.connection.control().ddl().ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, "This server does not tell how its objects were made.")
        })?;
        Ok(ddl.definition(key).await?)
    }

    /// The statements of a script, and how faces list them.
    pub fn split(&self, script: &str) -> (Vec<sql::Statement>, Vec<StatementMark>) {
        let pieces = self.opened.language.split(script);
        let marks = marks(script, &pieces, &Positions::new(script), &self.opened.language);
        (pieces, marks)
    }

    /// Where a script holds passwords and keys, as bytes: a face that quotes it covers them.
    pub fn secrets(&self, script: &str) -> Vec<std::ops::Range<usize>> {
        self.opened.language.secret_spans(script).into_iter().map(|span| span.start..span.end).collect()
    }

    /// Reads a whole file for what its columns are, and looks the table up.
    ///
    /// # Errors
    /// As [`App::import_look`].
    pub async fn import_look(&self, look: &crate::api::FileLook) -> Result<crate::api::FileContents, AppError> {
        crate::transfers::preview(&self.connected, &self.opened, look).await
    }

    /// The columns of a table's primary key; none where it has none. Without a schema it is the table a statement would mean.
    ///
    /// # Errors
    /// `NotFound` for a table that is not there; as the driver says.
    pub async fn primary_key(&self, schema: Option<&str>, table: &str) -> Result<Vec<String>, AppError> {
        crate::transfers::primary_key(&self.opened, &ObjectKey::relation(None, schema, table)).await
    }

    /// Whether a person says yes to an import before it begins.
    pub fn import_asks(&self) -> bool {
        crate::transfers::asks(&self.connected)
    }

    /// Starts an import; [`Filling::next`] tells what happens.
    pub fn import(&self, request: crate::api::FileImport) -> Filling {
        let (app, connected, opened) = (Arc::clone(&self.app), Arc::clone(&self.connected), Arc::clone(&self.opened));
        Filling::import(app, connected, opened, request)
    }

    pub(crate) fn whole(&self) -> Place {
        Place { connected: Arc::clone(&self.connected), opened: Arc::clone(&self.opened), acting: None }
    }

    /// Tables that made-up rows can go into, when a table or a schema is named.
    ///
    /// # Errors
    /// As [`App::generate_offer`].
    pub async fn generate_offer(&self, object: &ObjectRef) -> Result<GenerateOffer, AppError> {
        crate::generate::offer(&self.whole(), object).await
    }

    /// What would be made up.
    ///
    /// # Errors
    /// As [`App::generate_look`].
    pub async fn generate_look(&self, request: &Generate) -> Result<GenerateLook, AppError> {
        crate::generate::look(&self.whole(), request).await
    }

    /// Makes rows up; [`Filling::next`] tells what happens.
    pub fn generate(&self, request: Generate) -> Filling {
        Filling::generate(Arc::clone(&self.app), self.whole(), request)
    }

    /// Opens a session to run statements in.
    ///
    /// # Errors
    /// As connecting.
    pub async fn session(&self) -> Result<TerminalSession<'_>, AppError> {
        let (session, permit) = self.opened.session(&self.connected, Role::Session).await?;
        let consent = Mutex::default();
        Ok(TerminalSession { terminal: self, session, acting: None, file: None, consent, _permit: permit })
    }
}

/// A catalog in words: every relation, and every other object that has a page.
pub(crate) fn pages(catalog: &Catalog, language: &Language) -> (Vec<RelationPage>, Vec<ObjectPage>) {
    // Only along a path that the session chooses can a name mean something else than was meant.
    let on_path = language.default_schema().is_some();
    (crate::explorer::page::pages(catalog), crate::explorer::object::pages(catalog, on_path))
}

/// A session of an open target.
pub struct TerminalSession<'a> {
    terminal: &'a Terminal,
    session: Arc<dyn Session>,
    /// As whom it runs everything; `None` is the login.
    acting: Option<Arc<Actor>>,
    /// Where rows are written, for the audit trail.
    file: Option<String>,
    /// The script a person has said yes to.
    consent: Mutex<Option<String>>,
    _permit: Permit,
}

impl<'a> TerminalSession<'a> {
    /// Says that what comes back is written to a file: the audit trail then has every statement that reads, as an export.
    pub fn writing_to(mut self, file: &Path) -> Self {
        let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        self.file = Some(whole.to_string_lossy().into_owned());
        self
    }

    pub(crate) fn terminal(&self) -> &Terminal {
        self.terminal
    }

    /// What is known of the session now.
    pub fn state(&self) -> SessionState {
        self.session.state().borrow().clone()
    }

    /// The driver's session itself, for notices while idle.
    pub fn session(&self) -> &Arc<dyn Session> {
        &self.session
    }

    /// What a person is asked before this script runs; none where it changes the whole of nothing, or `consent` answers it.
    ///
    /// # Errors
    /// `Forbidden` for a yes without the name it was to be given with.
    pub async fn question(
        &self,
        script: &str,
        parameters: &[ParameterValue],
        consent: Option<&RunConsent>,
    ) -> Result<Option<SweepQuestion>, AppError> {
        let question = self.asked(script, parameters).question(consent).await?;
        if question.is_none() {
            *lock(&self.consent) = Some(script.to_owned());
        }
        Ok(question)
    }

    fn asked<'q>(&'q self, text: &'q str, parameters: &'q [ParameterValue]) -> Asked<'q> {
        let (connected, opened) = self.terminal.place();
        Asked {
            connected,
            opened: Some(Arc::clone(opened)),
            language: opened.language.clone(),
            database: None,
            text,
            parameters,
            settings: self.terminal.app.current_settings(),
            session: Some(Standing::of(self.session.as_ref())),
            acting: self.acting.clone(),
        }
    }

    /// Sends one statement of a script, after the read-only guard, and records it in the history.
    ///
    /// # Errors
    /// `Forbidden` from the guard, and for a script that changes the whole of something and to which [`Self::question`] was
    /// not answered; then nothing was sent; `InvalidStatement` for a placeholder without a value.
    /// What the server says comes by the run.
    pub async fn start<'s>(
        &self,
        script: &'s str,
        piece: &sql::Statement,
        parameters: &[ParameterValue],
        timeout: Option<Duration>,
    ) -> Result<Started<'a, 's>, AppError> {
        let (app, language) = (&self.terminal.app, &self.terminal.opened.language);
        if self.terminal.connected.read_only {
            guard(piece.text(script), language, &Positions::new(script), piece.span.start)?;
        }
        let agreed = lock(&self.consent).as_deref() == Some(script);
        if !agreed && self.asked(piece.text(script), parameters).is_asked() {
            return Err(AppError::new(ErrorCode::Forbidden, "The statement was not sent: nobody has said yes to it."));
        }
        let sent = prepare(script, piece, language, parameters, timeout)?;
        let profile = self.terminal.profile();
        let database = self.state().database;
        let recorded = app
            .history_begin(Sending {
                profile_id: Some(profile.id.as_str()).filter(|id| !id.is_empty()),
                profile_name: &profile.name,
                database: database.as_deref(),
                text: piece.text(script),
                language,
                acting: self.acting.as_deref().map(words).as_deref(),
                file: self.file.as_deref(),
            })
            .await;
        let recorded = match recorded {
            Ok(recorded) => Some(recorded),
            Err(error) => {
                tracing::warn!(%error, "a statement is missing in the history");
                None
            }
        };
        let run = self.session.run(sent.statement.clone());
        Ok(Started { run, app: &self.terminal.app, script, sent, recorded, begun: Instant::now() })
    }

    /// Closes the session; what runs is stopped.
    pub async fn close(self) {
        self.session.close().await;
    }
}

/// A statement on its way. Read `run` to its end, then call [`Started::finish`].
pub struct Started<'a, 's> {
    /// Its events and its cancel.
    pub run: Run,
    app: &'a Arc<App>,
    script: &'s str,
    sent: Sent,
    recorded: Option<Recorded>,
    begun: Instant,
}

impl Started<'_, '_> {
    /// Where a byte of the statement as sent stands in the script.
    pub fn place(&self, byte: usize) -> usize {
        self.sent.place(byte)
    }

    /// Records how it ended. An error's range counts from the script's start, in UTF-16 units.
    ///
    /// # Errors
    /// The statement's own error, placed in the script.
    pub async fn finish(self, end: Result<Summary, driver::Error>) -> Result<Summary, AppError> {
        let end = end.map_err(|error| self.sent.located(error, &Positions::new(self.script)));
        if let Some(recorded) = self.recorded {
            let ending = match &end {
                Ok(summary) if summary.outcome == Outcome::Cancelled => Ending::Cancelled,
                Ok(summary) => Ending::Completed { rows: Some(summary.affected_rows.unwrap_or(0).max(summary.rows)) },
                Err(error) if error.code == ErrorCode::Unreachable => Ending::Lost,
                Err(error) if error.code == ErrorCode::Cancelled => Ending::Cancelled,
                Err(error) => Ending::Failed {
                    message: &error.message,
                    code: error.native.as_ref().map(|native| native.code.as_str()),
                },
            };
            if let Err(error) = self.app.history_finish(recorded, ending, elapsed_ms(self.begun)).await {
                tracing::warn!(%error, "the history does not say how a statement ended");
            }
        }
        end
    }
}

mod acting;
mod filling;
#[cfg(test)]
mod tests;

pub use filling::Filling;

/// A target as a message may show it: an address of an unknown kind may hold a password too.
fn without_password(target: &str) -> String {
    match target.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, place)) => format!("{scheme}://…@{place}"),
            None => target.to_owned(),
        },
        None => target.to_owned(),
    }
}

/// A text that may have addresses in it, as a message may show it.
pub fn without_passwords(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for word in text.split_inclusive(|sign: char| sign.is_whitespace() || sign == '\'') {
        found.push_str(&without_password(word));
    }
    found
}

#[cfg(test)]
mod redaction {
    use super::{without_password, without_passwords};

    #[test]
    fn nor_does_one_that_quotes_it() {
        let said = "error: unexpected argument 'postgres://me:se@cret@db/x' found\n  see 'rowhouse --help'";
        assert_eq!(without_passwords(said), said.replace("me:se@cret", "…"));
    }

    #[test]
    fn a_message_shows_no_password_of_an_address() {
        assert_eq!(without_password("nosuch://me:se@cret@db:1/x"), "nosuch://…@db:1/x");
        assert_eq!(without_password("shop-prod"), "shop-prod");
        assert_eq!(without_password("x://host/db"), "x://host/db");
    }
}
