//! Connecting: from a profile to an open connection, and one more session on it.

pub(crate) mod fields;
mod opener;
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
use route::{TlsMode, Trace};
use zeroize::Zeroizing;

use opener::Refusal;
pub(crate) use opener::{Opener, node};
pub(crate) use probe::{Probed, info};
pub(crate) use settings::Settings;

use crate::{
    control::{RedisControl, untouching},
    error::broken,
    session::{Parts, RedisSession},
    wire::{self, Client, Login, Started, speaks_plain},
};

/// What the server says where it wants a login.
const UNAUTHENTICATED: [&str; 2] = ["NOAUTH", "WRONGPASS"];

/// An open connection.
struct RedisConnection {
    opener: Arc<Opener>,
    control: RedisControl,
    read_only: bool,
}

#[async_trait]
impl Connection for RedisConnection {
    fn control(&self) -> &dyn driver::Control {
        &self.control
    }

    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        let name = match role {
            Role::Browse => "browse",
            Role::Session => "session",
            Role::Scratch => "scratch",
        };
        let client = self.opener.open(name, self.opener.database()).await?;
        let session: Arc<dyn Session> = Arc::new(
            RedisSession::start(Parts {
                client,
                opener: Arc::clone(&self.opener),
                vigil: self.control.vigil(),
                awaiting: self.control.awaiting(),
                language: self.control.commands(),
                read_only: self.read_only,
                name,
            })
            .await?,
        );
        self.control.own().note(&session);
        Ok(session)
    }

    async fn close(&self) {
        self.control.close().await;
    }
}

/// Opens the control connection.
pub(crate) async fn connect(profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
    route::install_crypto();
    let settings = Settings::read(profile)?;
    let attempt = |context| Attempt { settings, context, passphrase: None, way: Way::default() }.run();
    driver::within_limit(context, attempt).await
}

struct Attempt {
    settings: Settings,
    context: ConnectContext,
    /// What opens the client key.
    passphrase: Option<Secret>,
    /// What lies between.
    way: Way,
}

impl Attempt {
    async fn run(mut self) -> Result<Arc<dyn Connection>, Error> {
        self.passphrase = self.unlock().await?;
        self.way = Way::prepare(&self.settings.tunnel, &self.context).await?;
        let (opener, mut client, started) = self.log_in().await?;
        let probed = probe::server(&mut client, &started, self.context.read_only).await?;
        untouching(&mut client).await?;
        let opener = Arc::new(opener);
        let control = RedisControl::new(Arc::clone(&opener), client, probed, started.took, self.context.read_only);
        Ok(Arc::new(RedisConnection { opener, control, read_only: self.context.read_only }))
    }

    fn is_socket(&self) -> bool {
        matches!(self.settings.endpoint(), route::Endpoint::Unix(_))
    }

    /// The passphrase of the client key, where there is something to encrypt.
    async fn unlock(&self) -> Result<Option<Secret>, Error> {
        let settings = &self.settings;
        if settings.encryption == Encryption::Fixed(TlsMode::Disable) || self.is_socket() {
            return Ok(None);
        }
        settings.files.unlock(&self.context).await.map_err(|error| broken(wire::Error::Route(error)))
    }

    /// Tries until the server is content, asking for a password where it wants one.
    async fn log_in(&mut self) -> Result<(Opener, Client, Started), Error> {
        let mut password = self.context.password.clone().filter(|password| !password.is_empty());
        let (mut asked, mut renewed) = (0, 0);
        loop {
            let refusal = match self.try_once(password.as_ref()).await {
                Ok(connected) => return Ok(connected),
                Err(refusal) => refusal,
            };
            if let Refusal::Wire(wire::Error::Route(hop)) = &refusal
                && renewed < PASSWORD_ATTEMPTS
                && self.way.renew(&self.settings.tunnel, &self.context, hop).await
            {
                renewed += 1;
                continue;
            }
            let refused = matches!(&refusal, Refusal::Wire(wire::Error::Server(said)) if UNAUTHENTICATED.contains(&said.code.as_str()));
            if !refused || password.is_some() && asked == 0 || asked >= PASSWORD_ATTEMPTS {
                return Err(refusal.into());
            }
            let question = Question::Password {
                secret: driver::PASSWORD.to_owned(),
                user: self.settings.user.clone().unwrap_or_else(|| "default".to_owned()),
                target: self.settings.target(),
                retry: asked > 0,
            };
            match self.context.ask.ask(question).await {
                Answer::Secret(secret) => password = Some(secret),
                Answer::Yes | Answer::Refused => return Err(refusal.into()),
            }
            asked += 1;
        }
    }

    /// One attempt. A port speaks TLS or it does not: where it may do either, it is asked first, and told nothing secret.
    async fn try_once(&self, password: Option<&Secret>) -> Result<(Opener, Client, Started), Refusal> {
        let mode = match self.settings.encryption {
            _ if self.is_socket() => TlsMode::Disable,
            Encryption::Fixed(mode) => mode,
            Encryption::IfOffered => {
                let plain = self.opener(None, password);
                let route = plain.route(&self.settings.endpoint());
                // What cannot be dialled is told by the attempt itself.
                match speaks_plain(&route, &mut Trace::default()).await {
                    Ok(false) => TlsMode::Require,
                    Ok(true) | Err(_) => TlsMode::Disable,
                }
            }
        };
        let tls = self.settings.files.load(mode, self.passphrase.as_ref()).await.map_err(wire::Error::Route)?;
        let opener = self.opener(tls, password);
        let mut trace = dial::watched(&self.context);
        let started = Instant::now();
        let result = opener.start("control", self.settings.database, &mut trace).await;
        self.tell(&trace, started.elapsed(), &result);
        result.map(|(client, started)| (opener, client, started))
    }

    fn opener(&self, tls: Option<route::Tls>, password: Option<&Secret>) -> Opener {
        let settings = &self.settings;
        let name = settings.application_name.as_ref().unwrap_or(&self.context.application_name);
        Opener {
            mode: settings.mode.clone(),
            seeds: settings.seeds.clone(),
            way: self.way.clone(),
            tls,
            step_timeout: settings.step_timeout,
            login: Login {
                user: settings.user.clone(),
                password: password.map(|password| Zeroizing::new(password.expose().to_owned())),
                name: String::new(),
                database: settings.database,
                timeout: self.context.timeout,
            },
            application_name: name.clone(),
        }
    }

    /// Reports the last hop of one attempt; those of the way there were told as they ended.
    fn tell(&self, trace: &Trace, took: Duration, result: &Result<(Client, Started), Refusal>) {
        let rest = trace.steps.iter().fold(took, |rest, step| rest.saturating_sub(step.took));
        let user = self.settings.user.as_deref().unwrap_or("default");
        match result {
            Ok((client, _)) => {
                let detail = format!("{} as {user}, RESP{}", client.endpoint, client.protocol());
                self.hop("Sign in", detail, true, rest);
            }
            Err(Refusal::Wire(wire::Error::Route(_))) => {}
            Err(Refusal::Wire(error)) => self.hop("Sign in", error.to_string(), false, rest),
            Err(Refusal::Told(error)) => self.hop("Find the master", error.message.clone(), false, rest),
        }
    }

    fn hop(&self, name: &str, detail: String, done: bool, took: Duration) {
        (self.context.hops)(dial::hop(name, detail, done, took));
    }
}
