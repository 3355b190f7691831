//! What needs Oracle's own client: connections, sessions and the control side. It waits on threads of its own, and is led to the
//! server through a door on this machine, so that the way there is the same as for every other database.

mod control;
mod render;
mod run;
mod session;
mod worker;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use dial::{PASSWORD_ATTEMPTS, Way};
use driver::{Answer, Code, ConnectContext, Connection, Error, Question, Role, Secret, Session};
use oracledb::{Config, ErrorKind};
use route::{Endpoint, Entrance, Route, TlsMode, Trace};

use crate::{
    connect::Settings,
    error::{PRODUCT, Report, refused},
};
use control::OracleControl;
use session::OracleSession;
use worker::Worker;

/// The door of a connection. What closes it ends the connection, also in the middle of a call.
type Door = Arc<Mutex<Option<Entrance>>>;

/// What the client library said: its own error is none of the standard library's.
#[derive(Debug)]
struct Library(String);

impl std::fmt::Display for Library {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Library {}

/// An error of the client library in the contract's words. `text` is the statement that was sent.
fn translated(error: oracledb::Error, text: &str) -> Error {
    match error.kind() {
        ErrorKind::DbError(said) => refused(&report(said), text),
        ErrorKind::CallTimeoutExceeded => Error::new(Code::TimedOut, "The server did not answer in time."),
        ErrorKind::InvalidServiceName(..) | ErrorKind::InvalidSid(..) => {
            Error::new(Code::NotFound, "The listener does not know the service.")
                .with_hint("It lists those it knows by lsnrctl services.")
        }
        ErrorKind::ListenerRefusedConnection(..) | ErrorKind::UnexpectedRefuse(_) => {
            Error::new(Code::Unreachable, "The listener refused the connection.")
                .with_source(Library(error.to_string()))
        }
        ErrorKind::InvalidRedirect(_) => {
            Error::new(Code::Unsupported, "The listener sends every login to another address, which is not followed.")
                .with_hint("Connect to that address itself.")
        }
        ErrorKind::ServerVersionNotSupported => Error::new(Code::Unsupported, "The server is too old.")
            .with_hint("Oracle Database 12.1 and later are supported."),
        ErrorKind::DeadConnection
        | ErrorKind::NotConnected
        | ErrorKind::StreamOperation
        | ErrorKind::OutOfData
        | ErrorKind::UnknownTtcMessageType(..)
        | ErrorKind::UnableToRecover => Error::lost(PRODUCT).with_source(Library(error.to_string())),
        ErrorKind::MissingBindValue(name) => {
            Error::new(Code::InvalidStatement, format!("The placeholder :{name} has no value."))
        }
        ErrorKind::UnsupportedDbType(_)
        | ErrorKind::UnsupportedConversion(..)
        | ErrorKind::NotImplemented(_)
        | ErrorKind::UnsupportedObjectMetadataType(_) => {
            Error::new(Code::Unsupported, "A value of this type cannot be read yet.")
                .with_source(Library(error.to_string()))
        }
        _ => Error::new(Code::Internal, "The client library could not do it.").with_source(Library(error.to_string())),
    }
}

fn report(said: &oracledb::DbError) -> Report {
    Report {
        number: u32::try_from(said.code()).unwrap_or(0),
        message: said.message().to_owned(),
        offset: said.offset(),
    }
}

/// All that is needed to open one more connection to the same place with the same login.
struct Opener {
    route: Route,
    settings: Settings,
    password: Option<Secret>,
}

/// A connection on its thread.
struct Opened {
    worker: Worker,
    door: Door,
    /// The server's numbers of the session.
    session: (usize, usize),
    version: String,
}

impl Opener {
    async fn open(&self, role: &'static str, trace: &mut Trace) -> Result<Opened, Error> {
        let stream = self.route.open(trace).await.map_err(dial::refusal)?;
        let entrance = Entrance::loopback(stream).await.map_err(dial::refusal)?;
        let address = entrance.address().ok_or_else(|| render::broken("The door has no address."))?;
        let door: Door = Arc::new(Mutex::new(Some(entrance)));
        let descriptor = self.settings.descriptor(address);
        let (user, sysdba) = (self.settings.user.clone(), self.settings.sysdba);
        let password = self.password.clone();
        let (worker, (session, version)) = Worker::start(move || {
            let secret = password.as_ref().map(Secret::expose).unwrap_or_default();
            let open = || {
                let mode = if sysdba { oracledb::AUTH_MODE_SYSDBA } else { oracledb::AUTH_MODE_DEFAULT };
                let config = Config::default()
                    .set_connect_string(&descriptor)?
                    .set_credentials(&user, secret)
                    .set_auth_mode(mode)
                    .set_program(format!("rowhouse-{role}"))?;
                let connection = oracledb::connect(config)?;
                let session = (connection.session_id()?, connection.serial_num()?);
                let version = format!("{}", connection.version()?);
                Ok((connection, (session, version)))
            };
            open().map_err(|error: oracledb::Error| translated(error, ""))
        })
        .await?;
        Ok(Opened { worker, door, session, version })
    }
}

/// Closes a door, and with it what goes through it.
fn shut(door: &Door) {
    drop(door.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// An open connection.
struct OracleConnection {
    opener: Arc<Opener>,
    control: Arc<OracleControl>,
    read_only: bool,
}

#[async_trait]
impl Connection for OracleConnection {
    fn control(&self) -> &dyn driver::Control {
        self.control.as_ref()
    }

    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        let name = match role {
            Role::Browse => "browse",
            Role::Session => "session",
            Role::Scratch => "scratch",
        };
        let opened = self.opener.open(name, &mut Trace::default()).await?;
        Ok(Arc::new(OracleSession::start(opened, Arc::clone(&self.control), self.read_only).await?))
    }

    async fn close(&self) {
        self.control.close();
    }
}

/// Opens the control connection.
pub(crate) async fn connect(settings: Settings, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
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
        if self.settings.tls != TlsMode::Disable {
            self.passphrase = self.settings.files.unlock(&self.context).await.map_err(dial::refusal)?;
        }
        self.way = Way::prepare(&self.settings.tunnel, &self.context).await?;
        let (opener, opened) = self.log_in().await?;
        let control = OracleControl::new(opened, self.context.read_only).await?;
        Ok(Arc::new(OracleConnection {
            opener: Arc::new(opener),
            control: Arc::new(control),
            read_only: self.context.read_only,
        }))
    }

    /// Tries until the server is content, asking for a password where there is none.
    async fn log_in(&self) -> Result<(Opener, Opened), Error> {
        let mut password = self.context.password.clone().filter(|password| !password.is_empty());
        let mut asked = 0;
        if password.is_none() {
            // Every login of this server has one, and each try without it is counted.
            password = self.ask(false).await;
            asked = 1;
        }
        loop {
            let error = match self.try_once(password.clone()).await {
                Ok(found) => return Ok(found),
                Err(error) => error,
            };
            // A stored password that is refused is told; one that was typed may be typed again.
            if error.code != Code::Unauthenticated || asked == 0 || asked >= PASSWORD_ATTEMPTS {
                return Err(error);
            }
            match self.ask(true).await {
                Some(secret) => password = Some(secret),
                None => return Err(error),
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

    async fn try_once(&self, password: Option<Secret>) -> Result<(Opener, Opened), Error> {
        let settings = &self.settings;
        let tls = settings.files.load(settings.tls, self.passphrase.as_ref()).await.map_err(dial::refusal)?;
        let limit: Duration = settings.step_timeout.min(self.context.timeout);
        let route = self
            .way
            .lead(Route::new(Endpoint::tcp(settings.host.clone(), settings.port)))
            .with_tls(tls)
            .with_tls_name(settings.tls_name.clone())
            .with_connect_timeout(limit);
        let opener = Opener { route, settings: settings.clone(), password };
        let mut trace = dial::watched(&self.context);
        let started = Instant::now();
        let opened = match tokio::time::timeout(self.context.timeout, opener.open("control", &mut trace)).await {
            Ok(opened) => opened,
            // The door goes with the future, and the call on its thread ends with the door.
            Err(_) => Err(Error::new(Code::TimedOut, "The server did not answer in time.")
                .with_hint("Is the server busy, or is this another program's port?")),
        };
        let rest = trace.steps.iter().fold(started.elapsed(), |rest, step| rest.saturating_sub(step.took));
        let (detail, done) = match &opened {
            Ok(opened) => (format!("Oracle {} as {}", opened.version, settings.user), true),
            Err(error) => (error.message.clone(), false),
        };
        (self.context.hops)(dial::hop("Sign in", detail, done, rest));
        opened.map(|opened| (opener, opened))
    }
}
