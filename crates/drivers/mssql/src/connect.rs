//! Connecting: from a profile to an open connection, and one more session on it.

mod browser;
pub(crate) mod fields;
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
use route::{Endpoint, Route, TlsMode, Trace};
use zeroize::Zeroizing;

pub(crate) use settings::Settings;

use crate::{
    control::{ControlSession, OpenClient, SqlServerControl, settle},
    error::broken,
    session::{Parts, SqlServerSession},
    wire::{self, Client, Login, Started, Strictness},
};

/// The server's number of the error for a login that it does not accept.
const LOGIN_FAILED: i32 = 18456;

/// All that is needed to open one more connection to the same place with the same login.
struct Opener {
    route: Route,
    instance: Option<String>,
    login: Login,
    strictness: Strictness,
    application_name: String,
    timeout: Duration,
}

#[async_trait]
impl OpenClient for Opener {
    async fn open(&self, role: &str) -> Result<Client, Error> {
        let login = Login { application: format!("{} {role}", self.application_name), ..self.login.clone() };
        let instance = self.instance.as_deref();
        let mut trace = Trace::default();
        let opened = Client::connect(&self.route, instance, &login, self.strictness, self.timeout, &mut trace).await;
        Ok(opened.map_err(broken)?.0)
    }
}

/// An open connection.
struct SqlServerConnection {
    opener: Arc<Opener>,
    control: SqlServerControl,
    read_only: bool,
}

#[async_trait]
impl Connection for SqlServerConnection {
    fn control(&self) -> &dyn driver::Control {
        &self.control
    }

    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        let name = match role {
            Role::Browse => "browse",
            Role::Session => "session",
            Role::Scratch => "scratch",
        };
        let client = self.opener.open(name).await?;
        let parts =
            Parts { client, vigil: self.control.vigil(), killer: self.control.killer(), read_only: self.read_only };
        Ok(Arc::new(SqlServerSession::start(parts).await?))
    }

    async fn close(&self) {
        self.control.close().await;
    }
}

/// Opens the control connection.
pub(crate) async fn connect(profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
    route::install_crypto();
    let settings = Settings::read(profile)?;
    let attempt = |context| Attempt { settings, context, port: 0, passphrase: None, way: Way::default() }.run();
    driver::within_limit(context, attempt).await
}

struct Attempt {
    settings: Settings,
    context: ConnectContext,
    /// The port, looked up where only the instance is known.
    port: u16,
    /// What opens the client key.
    passphrase: Option<Secret>,
    /// What lies between.
    way: Way,
}

impl Attempt {
    async fn run(mut self) -> Result<Arc<dyn Connection>, Error> {
        if self.settings.encryption != Encryption::Fixed(TlsMode::Disable) {
            let unlocked = self.settings.files.unlock(&self.context).await;
            self.passphrase = unlocked.map_err(|error| broken(wire::Error::Route(error)))?;
        }
        self.way = Way::prepare(&self.settings.tunnel, &self.context).await?;
        self.port = self.find_port().await?;
        let (route, login, mut client, started) = self.log_in().await?;
        settle(&mut client).await?;
        let server = probe::server(&mut client, &started, self.context.read_only).await?;
        let opener = Arc::new(Opener {
            route,
            instance: self.settings.instance.clone(),
            login,
            strictness: self.settings.strictness,
            application_name: self.application_name(),
            timeout: self.context.timeout,
        });
        let session = ControlSession::with_client(Arc::clone(&opener) as Arc<dyn OpenClient>, client);
        let control = SqlServerControl::new(Arc::new(session), server, started.took);
        Ok(Arc::new(SqlServerConnection { opener, control, read_only: self.context.read_only }))
    }

    fn application_name(&self) -> String {
        self.settings.application_name.clone().unwrap_or_else(|| self.context.application_name.clone())
    }

    /// The port, by asking where only the instance is known.
    async fn find_port(&self) -> Result<u16, Error> {
        let settings = &self.settings;
        let (None, Some(instance)) = (settings.port, &settings.instance) else {
            return Ok(settings.port.unwrap_or(settings::PORT));
        };
        let started = Instant::now();
        let found = browser::find(&settings.host, browser::PORT, instance, settings.step_timeout).await;
        let detail = match &found {
            Ok(port) => format!("{instance} listens on {port}"),
            Err(error) => error.message.clone(),
        };
        self.hop("Find instance", detail, found.is_ok(), started.elapsed());
        found
    }

    /// Tries until the server is content, asking for a password where there is none.
    async fn log_in(&mut self) -> Result<(Route, Login, Client, Started), Error> {
        let mut password = self.context.password.clone().filter(|password| !password.is_empty());
        let (mut asked, mut renewed) = (0, 0);
        if password.is_none() {
            // Every login of this server has one, and each try without it is counted.
            password = self.ask(false).await;
            asked = 1;
        }
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
            let refused = matches!(&error, wire::Error::Server(report) if report.number == LOGIN_FAILED);
            // A stored password that is refused is told; one that was typed may be typed again.
            if !refused || asked == 0 || asked >= PASSWORD_ATTEMPTS {
                return Err(broken(error));
            }
            match self.ask(true).await {
                Some(secret) => password = Some(secret),
                None => return Err(broken(error)),
            }
            asked += 1;
        }
    }

    async fn ask(&self, retry: bool) -> Option<Secret> {
        let question = Question::Password {
            secret: driver::PASSWORD.to_owned(),
            user: self.settings.user.clone(),
            target: self.settings.target(),
            retry,
        };
        match self.context.ask.ask(question).await {
            Answer::Secret(secret) => Some(secret),
            Answer::Yes | Answer::Refused => None,
        }
    }

    fn login(&self, password: Option<&Secret>) -> Login {
        Login {
            user: self.settings.user.clone(),
            password: password.map(|password| Zeroizing::new(password.expose().to_owned())),
            database: self.settings.database.clone(),
            application: format!("{} control", self.application_name()),
            server: self.settings.host.clone(),
            workstation: workstation(),
            read_intent: self.settings.read_intent,
        }
    }

    async fn try_encryptions(&self, login: &Login) -> Result<(Route, Client, Started), wire::Error> {
        match self.settings.encryption {
            Encryption::Fixed(mode) => self.try_once(login, mode).await,
            Encryption::IfOffered => match self.try_once(login, TlsMode::Require).await {
                Err(wire::Error::TlsNotOffered) => self.try_once(login, TlsMode::Disable).await,
                result => result,
            },
        }
    }

    async fn try_once(&self, login: &Login, mode: TlsMode) -> Result<(Route, Client, Started), wire::Error> {
        let settings = &self.settings;
        let tls = settings.files.load(mode, self.passphrase.as_ref()).await?;
        let route = self
            .way
            .lead(Route::new(Endpoint::tcp(settings.host.clone(), self.port)))
            .with_tls(tls)
            .with_tls_name(settings.tls_name.clone())
            .with_connect_timeout(settings.step_timeout.min(self.context.timeout));
        let mut trace = dial::watched(&self.context);
        let started = Instant::now();
        let (instance, limit) = (settings.instance.as_deref(), self.context.timeout);
        let result = Client::connect(&route, instance, login, settings.strictness, limit, &mut trace).await;
        self.tell(&trace, started.elapsed(), &result);
        result.map(|(client, started)| (route, client, started))
    }

    /// Reports the last hop of one attempt; those of the way there were told as they ended.
    fn tell(&self, trace: &Trace, took: Duration, result: &Result<(Client, Started), wire::Error>) {
        let rest = trace.steps.iter().fold(took, |rest, step| rest.saturating_sub(step.took));
        match result {
            Ok((_, started)) => {
                let [major, minor, build] = started.version;
                let detail = format!("{} as {}, {major}.{minor}.{build}", started.product, self.settings.user);
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

/// The name of this computer, as the server shows it (`host_name`); empty where the system does not say.
fn workstation() -> String {
    let name = if cfg!(windows) { "COMPUTERNAME" } else { "HOSTNAME" };
    std::env::var(name).unwrap_or_default()
}
