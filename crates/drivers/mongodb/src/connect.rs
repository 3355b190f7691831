//! Connecting: from a profile to an open connection, and one more session on it.

pub(crate) mod fields;
mod probe;
mod settings;
mod srv;
mod topology;
pub(crate) mod url;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use dial::{PASSWORD_ATTEMPTS, Way, tls::Encryption};
use driver::{Answer, ConnectContext, Connection, Error, Profile, Question, Role, Secret, Session};
use route::{Endpoint, TlsMode, Trace};
use zeroize::Zeroizing;

pub(crate) use settings::Settings;
use topology::Reach;

use crate::{
    control::{ControlSession, MongoControl, OpenClient},
    error::broken,
    session::{MongoSession, Parts},
    wire::{self, Client, Login, Mechanism},
};

/// The database of a session that nobody chose one for: the shell's.
pub(crate) const USUAL_DATABASE: &str = "test";

/// All that is needed to open one more connection to the same place with the same login.
struct Opener {
    reach: Reach,
    login: Login,
    /// Where the member was that was wanted last.
    last: Mutex<Option<Endpoint>>,
}

#[async_trait]
impl OpenClient for Opener {
    async fn open(&self, role: &str) -> Result<Client, Error> {
        let mut login = self.login.clone();
        login.application_name = format!("{} {role}", login.application_name);
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut found = self.reach.find(last, &login, &Trace::default).await.map_err(broken)?;
        found.client.sign_in(&login).await.map_err(broken)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.endpoint);
        Ok(found.client)
    }
}

/// An open connection.
struct MongoConnection {
    opener: Arc<Opener>,
    session: Arc<ControlSession>,
    control: MongoControl,
    read_only: bool,
    database: String,
}

#[async_trait]
impl Connection for MongoConnection {
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
        let session: Arc<dyn Session> = Arc::new(MongoSession::start(Parts {
            client,
            beside: Arc::clone(&self.session) as Arc<dyn crate::cancel::Beside>,
            vigil: self.control.vigil(),
            read_only: self.read_only,
            database: self.database.clone(),
            user: self.opener.login.user.clone(),
            preference: self.opener.reach.settings.preference.name(),
        }));
        self.control.own().note(&session);
        Ok(session)
    }

    async fn close(&self) {
        self.session.close().await;
    }
}

/// Opens the control connection.
pub(crate) async fn connect(profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
    route::install_crypto();
    let settings = Settings::read(profile)?;
    let attempt = |context| Attempt { settings, context }.run();
    driver::within_limit(context, attempt).await
}

struct Attempt {
    settings: Settings,
    context: ConnectContext,
}

impl Attempt {
    async fn run(mut self) -> Result<Arc<dyn Connection>, Error> {
        self.look_up().await?;
        let settings = &self.settings;
        let seeds = settings.hosts.clone();
        let way = Way::prepare(&settings.tunnel, &self.context).await?;
        let mut reach = Reach {
            settings: settings.clone(),
            seeds,
            way,
            passphrase: self.unlock().await?,
            timeout: self.context.timeout,
        };
        let (login, endpoint, mut client, mechanism) = self.log_in(&mut reach).await?;
        let took = client.took();
        let server = probe::server(&mut client, &reach.settings, mechanism, self.context.read_only).await?;
        let database = self.settings.database.clone().unwrap_or_else(|| USUAL_DATABASE.to_owned());
        let opener = Arc::new(Opener { reach, login, last: Mutex::new(Some(endpoint)) });
        let session = Arc::new(ControlSession::with_client(Arc::clone(&opener) as Arc<dyn OpenClient>, client));
        let control = MongoControl::new(Arc::clone(&session), server, database.clone(), self.context.read_only, took);
        Ok(Arc::new(MongoConnection { opener, session, control, read_only: self.context.read_only, database }))
    }

    /// Finds the addresses where the profile only has a name for them.
    async fn look_up(&mut self) -> Result<(), Error> {
        let Some(name) = self.settings.srv.clone() else { return Ok(()) };
        let began = Instant::now();
        match srv::look_up(&srv::system()?, &name, self.settings.step_timeout.min(self.context.timeout)).await {
            Ok(found) => {
                let hosts: Vec<String> = found.hosts.iter().map(ToString::to_string).collect();
                self.hop("Find members", hosts.join(", "), true, began.elapsed());
                self.settings.hosts = found.hosts;
                // What the profile says itself wins.
                self.settings.auth_source = self.settings.auth_source.take().or(found.auth_source);
                self.settings.replica_set = self.settings.replica_set.take().or(found.replica_set);
                Ok(())
            }
            Err(error) => {
                self.hop("Find members", error.to_string(), false, began.elapsed());
                Err(error)
            }
        }
    }

    /// The passphrase of the client key, where there is something to encrypt.
    async fn unlock(&self) -> Result<Option<Secret>, Error> {
        let settings = &self.settings;
        let sockets = settings.srv.is_none() && settings.hosts.iter().all(|host| matches!(host, Endpoint::Unix(_)));
        if settings.encryption == Encryption::Fixed(TlsMode::Disable) || sockets {
            return Ok(None);
        }
        settings.files.unlock(&self.context).await.map_err(|error| broken(wire::Error::Route(error)))
    }

    /// Tries until the server is content, asking for a password where a user has none.
    async fn log_in(&self, reach: &mut Reach) -> Result<(Login, Endpoint, Client, Option<Mechanism>), Error> {
        let mut password = self.context.password.clone().filter(|password| !password.is_empty());
        let wants = self.settings.user.is_some() && self.settings.mechanism != Some(Mechanism::X509);
        let (mut asked, mut renewed) = (0, 0);
        loop {
            if wants && password.is_none() {
                password = self.ask(asked > 0).await;
                asked += 1;
            }
            let login = self.login(password.as_ref());
            let error = match self.try_once(reach, &login).await {
                Ok((endpoint, client, mechanism)) => return Ok((login, endpoint, client, mechanism)),
                Err(error) => error,
            };
            if let wire::Error::Route(hop) = &error
                && renewed < PASSWORD_ATTEMPTS
                && reach.way.renew(&self.settings.tunnel, &self.context, hop).await
            {
                renewed += 1;
                continue;
            }
            if !error.is_refusal() || !wants || asked == 0 || asked >= PASSWORD_ATTEMPTS || password.is_none() {
                return Err(broken(error));
            }
            password = None;
        }
    }

    async fn ask(&self, retry: bool) -> Option<Secret> {
        let question = Question::Password {
            secret: driver::PASSWORD.to_owned(),
            user: self.settings.user.clone().unwrap_or_default(),
            target: self.settings.target(),
            retry,
        };
        match self.context.ask.ask(question).await {
            Answer::Secret(secret) => Some(secret),
            Answer::Yes | Answer::Refused => None,
        }
    }

    fn login(&self, password: Option<&Secret>) -> Login {
        let name = self.settings.application_name.as_ref().unwrap_or(&self.context.application_name);
        Login {
            user: self.settings.user.clone(),
            password: password.map(|password| Zeroizing::new(password.expose().to_owned())),
            source: self.settings.source(),
            mechanism: self.settings.mechanism,
            application_name: name.clone(),
        }
    }

    async fn try_once(
        &self,
        reach: &Reach,
        login: &Login,
    ) -> Result<(Endpoint, Client, Option<Mechanism>), wire::Error> {
        let began = Instant::now();
        let mut named = login.clone();
        named.application_name.push_str(" control");
        let mut found = match reach.find(None, &named, &|| dial::watched(&self.context)).await {
            Ok(found) => found,
            Err(error) => {
                if !matches!(error, wire::Error::Route(_)) {
                    self.hop("Server", error.to_string(), false, began.elapsed());
                }
                return Err(error);
            }
        };
        let began = Instant::now();
        match found.client.sign_in(login).await {
            Ok(mechanism) => {
                let detail = match (mechanism, &login.user) {
                    (Some(mechanism), Some(user)) => format!("{} as {user}, {}", mechanism.name(), found.endpoint),
                    (Some(mechanism), None) => format!("{}, {}", mechanism.name(), found.endpoint),
                    (None, _) => format!("nobody, {}", found.endpoint),
                };
                self.hop("Sign in", detail, true, began.elapsed());
                Ok((found.endpoint, found.client, mechanism))
            }
            Err(error) => {
                self.hop("Sign in", error.to_string(), false, began.elapsed());
                Err(error)
            }
        }
    }

    fn hop(&self, name: &str, detail: String, done: bool, took: Duration) {
        (self.context.hops)(dial::hop(name, detail, done, took));
    }
}
