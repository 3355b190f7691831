//! Connecting: from a profile to an open connection, and one more session on it.

pub(crate) mod fields;
mod option_file;
mod probe;
mod settings;
pub(crate) mod url;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use dial::{PASSWORD_ATTEMPTS, Way, tls::Encryption};
use driver::{Answer, ConnectContext, Connection, Error, Profile, Question, Role, Secret, Session};
use route::{Route, TlsMode, Trace};
use zeroize::Zeroizing;

pub(crate) use settings::Settings;

use crate::{
    cancel::Beside,
    control::{ControlSession, MySqlControl, OpenClient, settle},
    dialect,
    error::broken,
    session::{MySqlSession, Parts},
    wire::{self, Client, Login, Started},
};

/// What sessions that a person does not write in are called.
const SCRATCH: &str = "scratch";

/// All that is needed to open one more connection to the same place with the same login.
struct Opener {
    route: Route,
    login: Login,
    application_name: String,
}

#[async_trait]
impl OpenClient for Opener {
    async fn open(&self, role: &str) -> Result<Client, Error> {
        let mut login = self.login.clone();
        login.attributes = attributes(&self.application_name, role);
        // Where rows are saved, a row that was found is a row that was changed.
        login.found_rows = role == SCRATCH;
        Ok(Client::connect(&self.route, &login, &mut Trace::default()).await.map_err(broken)?.0)
    }
}

/// How we name ourselves, as the server's own clients do.
fn attributes(application_name: &str, role: &str) -> Vec<(String, String)> {
    [
        ("program_name", format!("{application_name} {role}")),
        ("_client_name", "rowhouse".to_owned()),
        ("_client_version", env!("CARGO_PKG_VERSION").to_owned()),
        ("_os", std::env::consts::OS.to_owned()),
        ("_pid", std::process::id().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// An open connection.
struct MySqlConnection {
    opener: Arc<Opener>,
    beside: Arc<dyn Beside>,
    control: MySqlControl,
    facts: dialect::Facts,
    read_only: bool,
    ask: Arc<dyn driver::Ask>,
    target: String,
}

#[async_trait]
impl Connection for MySqlConnection {
    fn control(&self) -> &dyn driver::Control {
        &self.control
    }

    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        let name = match role {
            Role::Browse => "browse",
            Role::Session => "session",
            Role::Scratch => SCRATCH,
        };
        let client = self.opener.open(name).await?;
        let session = MySqlSession::start(Parts {
            client,
            beside: Arc::clone(&self.beside),
            vigil: self.control.vigil(),
            facts: self.facts,
            read_only: self.read_only,
            browse: role == Role::Browse,
            ask: Arc::clone(&self.ask),
            target: self.target.clone(),
        });
        let session: Arc<dyn Session> = Arc::new(session.await?);
        self.control.own().note(&session);
        Ok(session)
    }

    async fn close(&self) {
        self.control.close().await;
    }
}

/// Opens the control connection.
pub(crate) async fn connect(profile: &Profile, mut context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
    route::install_crypto();
    // A mistake in the profile comes before anything is read.
    Settings::read(profile)?;
    let mut profile = profile.clone();
    let options = tokio::task::spawn_blocking(option_file::read).await.unwrap_or_default();
    let stored = options.complete(&mut profile);
    let from_file = stored.is_some() && context.password.as_ref().is_none_or(|password| password.is_empty());
    if from_file {
        context.password = stored;
    }
    let settings = Settings::read(&profile)?;
    let attempt = |context| Attempt { settings, context, from_file, passphrase: None, way: Way::default() }.run();
    driver::within_limit(context, attempt).await
}

struct Attempt {
    settings: Settings,
    context: ConnectContext,
    /// The password is that of an option file.
    from_file: bool,
    /// What opens the client key.
    passphrase: Option<Secret>,
    /// What lies between.
    way: Way,
}

impl Attempt {
    async fn run(mut self) -> Result<Arc<dyn Connection>, Error> {
        self.passphrase = self.unlock().await?;
        self.way = Way::prepare(&self.settings.tunnel, &self.context).await?;
        let (route, login, mut client, started) = self.log_in().await?;
        settle(&mut client).await?;
        let (server, facts) = probe::server(&mut client, &started, self.context.read_only).await?;
        let application_name =
            self.settings.application_name.clone().unwrap_or_else(|| self.context.application_name.clone());
        let opener = Arc::new(Opener { route, login, application_name });
        let session = Arc::new(ControlSession::with_client(Arc::clone(&opener) as Arc<dyn OpenClient>, client));
        let dialect = dialect::probed(facts, server.facts.get("sql_mode").map_or("", String::as_str));
        let control = MySqlControl::new(
            Arc::clone(&session),
            server,
            dialect,
            facts,
            self.settings.database.clone(),
            started.took,
        );
        Ok(Arc::new(MySqlConnection {
            opener,
            beside: session,
            control,
            facts,
            read_only: self.context.read_only,
            ask: Arc::clone(&self.context.ask),
            target: self.settings.target(),
        }))
    }

    /// The passphrase of the client key, where there is something to encrypt.
    async fn unlock(&self) -> Result<Option<Secret>, Error> {
        let settings = &self.settings;
        if settings.encryption == Encryption::Fixed(TlsMode::Disable) || settings.is_socket() {
            return Ok(None);
        }
        settings.files.unlock(&self.context).await.map_err(|error| broken(wire::Error::Route(error)))
    }

    /// Tries until the server is content, asking for a password where it wants one.
    async fn log_in(&mut self) -> Result<(Route, Login, Client, Started), Error> {
        let mut password = self.context.password.clone().filter(|password| !password.is_empty());
        let (mut asked, mut renewed) = (0, 0);
        loop {
            let login = self.login(password.as_ref());
            let error = match self.try_encryptions(&login).await {
                Ok((route, client, started)) => return Ok((route, login, client, started)),
                Err(error) => error,
            };
            if let wire::Error::Route(hop) = &error
                && renewed < PASSWORD_ATTEMPTS
                && self.way.renew(&self.settings.tunnel, &self.context, hop).await
            {
                renewed += 1;
                continue;
            }
            // The server never says that it wants a password: it refuses who comes without.
            let refused = matches!(&error, wire::Error::Server(report) if matches!(report.number, 1045 | 1698));
            if !refused || password.is_some() && asked == 0 || asked >= PASSWORD_ATTEMPTS {
                let mut error = broken(error);
                if refused && self.from_file && asked == 0 {
                    error.hint = Some("The password came from an option file (~/.my.cnf).".to_owned());
                }
                return Err(error);
            }
            let retry = asked > 0;
            let question = Question::Password {
                secret: driver::PASSWORD.to_owned(),
                user: self.settings.user.clone(),
                target: self.settings.target(),
                retry,
            };
            match self.context.ask.ask(question).await {
                Answer::Secret(secret) => password = Some(secret),
                Answer::Yes | Answer::Refused => return Err(broken(error)),
            }
            asked += 1;
        }
    }

    fn login(&self, password: Option<&Secret>) -> Login {
        let name = self.settings.application_name.as_ref().unwrap_or(&self.context.application_name);
        Login {
            user: self.settings.user.clone(),
            database: self.settings.database.clone(),
            password: password.map(|password| Zeroizing::new(password.expose().to_owned())),
            attributes: attributes(name, "control"),
            believe_key: self.settings.believe_key,
            found_rows: false,
            timeout: self.context.timeout,
        }
    }

    async fn try_encryptions(&self, login: &Login) -> Result<(Route, Client, Started), wire::Error> {
        match self.settings.encryption {
            _ if self.settings.is_socket() => self.try_once(login, TlsMode::Disable).await,
            Encryption::Fixed(mode) => self.try_once(login, mode).await,
            Encryption::IfOffered => match self.try_once(login, TlsMode::Require).await {
                Err(wire::Error::TlsNotOffered) => self.try_once(login, TlsMode::Disable).await,
                result => result,
            },
        }
    }

    async fn try_once(&self, login: &Login, mode: TlsMode) -> Result<(Route, Client, Started), wire::Error> {
        let tls = self.settings.files.load(mode, self.passphrase.as_ref()).await?;
        let route = self
            .way
            .lead(Route::new(self.settings.endpoint()))
            .with_tls(tls)
            .with_connect_timeout(self.settings.step_timeout.min(self.context.timeout));
        let mut trace = dial::watched(&self.context);
        let started = Instant::now();
        let result = Client::connect(&route, login, &mut trace).await;
        self.tell(&trace, started.elapsed(), &result);
        result.map(|(client, started)| (route, client, started))
    }

    /// Reports the last hop of one attempt; those of the way there were told as they ended.
    fn tell(&self, trace: &Trace, took: Duration, result: &Result<(Client, Started), wire::Error>) {
        let rest = trace.steps.iter().fold(took, |rest, step| rest.saturating_sub(step.took));
        match result {
            Ok((_, started)) => {
                let detail = format!("{} as {}, {}", started.authentication, self.settings.user, started.version);
                self.hop("Sign in", detail, true, rest);
            }
            Err(wire::Error::Route(_)) => {}
            Err(wire::Error::TlsNotOffered) => self.hop("TLS", "The server offers none.".to_owned(), false, rest),
            Err(error) => self.hop("Sign in", error.to_string(), false, rest),
        }
    }

    fn hop(&self, name: &str, detail: String, done: bool, took: Duration) {
        (self.context.hops)(dial::hop(name, detail, done, took));
    }
}
