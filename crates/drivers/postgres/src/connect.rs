//! Connecting: from a profile to an open connection, and one more session on it.

pub(crate) mod fields;
mod pgpass;
pub(crate) mod pooler;
mod probe;
mod settings;
pub(crate) mod url;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use dial::{PASSWORD_ATTEMPTS, Way, tls::Encryption};
use driver::{Answer, Ask, Code, ConnectContext, Connection, Error, Profile, Question, Role, Secret, Session};
use route::{Route, TlsMode, Trace};
use zeroize::Zeroizing;

pub(crate) use pooler::Pooling;
pub(crate) use settings::Settings;

use crate::{
    control::{CONTROL_SETTINGS, ControlSession, OpenControl, PostgresControl, query},
    dialect,
    error::broken,
    session::{Parts, PostgresSession},
    types::Types,
    vigil::Vigil,
    wire::{self, ChannelBinding, Client, Login, Started},
};

/// Start-up settings of browse sessions. A login may be set to print less than there is (`ALTER ROLE … SET
/// extra_float_digits = 0`); a data tab shows, compares and continues from what is printed, so that it must be all of it and
/// must mean the same when it is sent back. The order of day and month, and the time zone, stay the login's.
/// Sessions in which a person writes statements are left as the server set them.
const BROWSE_SETTINGS: [(&str, &str); 4] = [
    ("extra_float_digits", "1"),
    ("IntervalStyle", "postgres"),
    ("bytea_output", "hex"),
    // Pages by offset, where there is no key, want the same order each time.
    ("synchronize_seqscans", "off"),
];
/// Not at the start-up, which would set the order of day and month too.
const BROWSE_DATES: (&str, &str) = ("DateStyle", "ISO");

/// All that is needed to open one more connection to the same place with the same login.
struct Opener {
    route: Route,
    login: Login,
    application_name: String,
    pooling: Pooling,
    /// The pooler takes no settings at the start-up, so that the profile's own have not been heard.
    options: Vec<(String, String)>,
}

impl Opener {
    /// What a connection calls itself.
    fn name(&self, role: &str) -> String {
        format!("{} {role}", self.application_name)
    }

    /// Opens a connection with these settings: those of the start-up, and those that can only come after it.
    async fn client(
        &self,
        role: &str,
        settings: &[(&str, &str)],
        after: &[(&str, &str)],
    ) -> Result<(Client, Started), Error> {
        let mut login = self.login.clone();
        login.parameters.push(("application_name".to_owned(), self.name(role)));
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut later: Vec<(String, String)> = Vec::new();
        match self.pooling {
            Pooling::Direct => login.parameters.extend(settings.iter().map(owned)),
            // One that takes settings may forget them all the same.
            Pooling::Session | Pooling::Transaction => {
                later.extend(self.options.iter().cloned());
                later.extend(settings.iter().map(owned));
            }
        }
        later.extend(after.iter().map(owned));
        let (mut client, started) =
            Client::connect(&self.route, &login, &mut Trace::default()).await.map_err(broken)?;
        self.settle(&mut client, &later).await?;
        Ok((client, started))
    }

    /// Makes settings hold: for the session, or where it keeps none with each statement.
    async fn settle(&self, client: &mut Client, settings: &[(String, String)]) -> Result<(), Error> {
        match self.pooling {
            Pooling::Transaction => client.set_prelude(pooler::assignment(settings, true).map(Arc::from)),
            Pooling::Direct | Pooling::Session => {
                if let Some(text) = pooler::assignment(settings, false) {
                    query(client, &text, &[]).await?;
                }
            }
        }
        Ok(())
    }

    /// As [`Opener::settle`], for the connection that was opened before it was known what stands in between.
    async fn settle_control(&self, client: &mut Client) -> Result<(), Error> {
        let mut settings = self.options.clone();
        settings.extend(CONTROL_SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        match self.pooling {
            Pooling::Direct => Ok(()),
            Pooling::Session | Pooling::Transaction => self.settle(client, &settings).await,
        }
    }
}

#[async_trait]
impl OpenControl for Opener {
    async fn open(&self, settings: &[(&str, &str)]) -> Result<Client, Error> {
        Ok(self.client("control", settings, &[]).await?.0)
    }
}

/// An open connection.
struct PostgresConnection {
    opener: Arc<Opener>,
    control: PostgresControl,
    types: Arc<Types>,
    vigil: Arc<Vigil>,
    database: String,
    read_only: bool,
}

#[async_trait]
impl Connection for PostgresConnection {
    fn control(&self) -> &dyn driver::Control {
        &self.control
    }

    async fn open(&self, role: Role) -> Result<Arc<dyn Session>, Error> {
        let name = match role {
            Role::Browse => "browse",
            Role::Session => "session",
            Role::Scratch => "scratch",
        };
        // Behind a pooler the name is all that a session is known by.
        let name = match self.opener.pooling {
            Pooling::Transaction => {
                let mut random = driver::RunId::new().0.simple().to_string();
                // The server cuts names at 63 bytes.
                random.truncate(8);
                format!("{name} {random}")
            }
            Pooling::Direct | Pooling::Session => name.to_owned(),
        };
        // A second lock beside the transactions: what starts one by itself starts it read-only.
        let mut settings = Vec::new();
        if self.read_only {
            settings.push(("default_transaction_read_only", "on"));
        }
        let mut after = Vec::new();
        if role == Role::Browse {
            settings.extend(BROWSE_SETTINGS);
            after.push(BROWSE_DATES);
        }
        let (mut client, started) = self.opener.client(&name, &settings, &after).await?;
        if role != Role::Browse {
            // What a person writes is sent as it is, and may be what no transaction takes.
            client.set_prelude(None);
        }
        let session = PostgresSession::start(Parts {
            client,
            types: Arc::clone(&self.types),
            vigil: Arc::clone(&self.vigil),
            name: (self.opener.pooling == Pooling::Transaction).then(|| self.opener.name(&name)),
            dialect: dialect::probed(&started.parameters),
            database: self.database.clone(),
            read_only: self.read_only,
            pooling: self.opener.pooling,
        });
        Ok(Arc::new(session.await?))
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
        let (route, mut login, mut client, started, refused) = self.log_in().await?;
        let application_name =
            self.settings.application_name.clone().unwrap_or_else(|| self.context.application_name.clone());
        let (mut server, between) = probe::probe(&mut client, &started, self.context.read_only).await?;
        let mut options = Vec::new();
        if refused {
            login.parameters.clear();
            options = pooler::options(self.settings.options.as_deref().unwrap_or_default());
        }
        let mut opener = Opener { route, login, application_name, pooling: Pooling::Direct, options };
        if between || refused {
            opener.pooling = self.pooling(&mut client, &opener).await?;
            opener.settle_control(&mut client).await?;
        }
        if let Some(pooling) = opener.pooling.fact() {
            server.facts.insert("pooler".to_owned(), pooling.to_owned());
        }
        if opener.pooling == Pooling::Transaction && !opener.options.is_empty() {
            let ignored = self.settings.options.clone().unwrap_or_default();
            server.facts.insert("options_ignored".to_owned(), ignored);
        }
        let opener = Arc::new(opener);
        let dialect = dialect::probed(&started.parameters);
        let session = ControlSession::with_client(Arc::clone(&opener) as Arc<dyn OpenControl>, client);
        let control = PostgresControl::new(server, dialect, session, started.took);
        Ok(Arc::new(PostgresConnection {
            types: Arc::new(Types::new(control.session())),
            vigil: control.vigil(),
            opener,
            control,
            database: self.settings.database.clone(),
            read_only: self.context.read_only,
        }))
    }

    /// What kind of pooler is in between. One that lets nobody else in counts as the kind that promises less.
    async fn pooling(&self, client: &mut Client, opener: &Opener) -> Result<Pooling, Error> {
        let mut login = opener.login.clone();
        login.parameters.push(("application_name".to_owned(), format!("{} probe", opener.application_name)));
        let Ok((mut second, _)) = Client::connect(&opener.route, &login, &mut Trace::default()).await else {
            return Ok(Pooling::Transaction);
        };
        let pooling = pooler::tell(client, &mut second).await;
        second.close().await;
        pooling
    }

    /// The passphrase of the client key, where there is something to encrypt.
    async fn unlock(&self) -> Result<Option<Secret>, Error> {
        let settings = &self.settings;
        if settings.encryption == Encryption::Fixed(TlsMode::Disable) || settings.is_socket() {
            return Ok(None);
        }
        settings.files.unlock(&self.context).await.map_err(|error| broken(wire::Error::Route(error)))
    }

    /// Tries until the server is content, asking for a password where it wants one. Tells whether it took no settings.
    async fn log_in(&mut self) -> Result<(Route, Login, Client, Started, bool), Error> {
        let mut password = self.context.password.clone().filter(|password| !password.is_empty());
        let mut asked = 0;
        let given = password.is_some();
        if !given {
            password = self.stored_password().await;
        }
        let from_file = !given && password.is_some();
        let mut settings_refused = false;
        let mut renewed = 0;
        loop {
            let login = self.login(password.as_ref());
            let error = match self.try_encryptions(&login, !settings_refused).await {
                Ok((route, client, started)) => return Ok((route, login, client, started, settings_refused)),
                Err(error) if !settings_refused && pooler::refuses_settings(&error) => {
                    settings_refused = true;
                    continue;
                }
                Err(error) => error,
            };
            if let wire::Error::Route(hop) = &error
                && renewed < PASSWORD_ATTEMPTS
                && self.way.renew(&self.settings.tunnel, &self.context, hop).await
            {
                renewed += 1;
                continue;
            }
            let refused = matches!(&error, wire::Error::Server(report) if report.code == "28P01");
            let wanted = matches!(error, wire::Error::PasswordWanted) || refused && asked > 0;
            if !wanted || asked >= PASSWORD_ATTEMPTS {
                let mut error = broken(error);
                if refused && from_file && asked == 0 {
                    error.hint = Some("The password came from the password file (~/.pgpass).".to_owned());
                }
                return Err(error);
            }
            password = Some(self.ask(&*self.context.ask, asked > 0).await?);
            asked += 1;
        }
    }

    async fn stored_password(&self) -> Option<Secret> {
        let Settings { host, port, database, user, .. } = self.settings.clone();
        tokio::task::spawn_blocking(move || pgpass::look_up(&host, port, &database, &user)).await.ok().flatten()
    }

    async fn ask(&self, ask: &dyn Ask, retry: bool) -> Result<Secret, Error> {
        let question = Question::Password {
            secret: driver::PASSWORD.to_owned(),
            user: self.settings.user.clone(),
            target: self.settings.target(),
            retry,
        };
        match ask.ask(question).await {
            Answer::Secret(secret) => Ok(secret),
            Answer::Yes | Answer::Refused => Err(Error::new(
                Code::Unauthenticated,
                format!("The server wants a password for {}, and none was given.", self.settings.user),
            )
            .with_hint("Give a password, store one in the keychain, or add a line to ~/.pgpass.")),
        }
    }

    fn login(&self, password: Option<&Secret>) -> Login {
        let options = self.settings.options.iter().map(|options| ("options".to_owned(), options.clone()));
        Login {
            user: self.settings.user.clone(),
            database: self.settings.database.clone(),
            password: password.map(|password| Zeroizing::new(password.expose().to_owned())),
            parameters: options.collect(),
            negotiation: self.settings.negotiation,
            channel_binding: self.settings.channel_binding,
            timeout: self.context.timeout,
        }
    }

    async fn try_encryptions(&self, login: &Login, settings: bool) -> Result<(Route, Client, Started), wire::Error> {
        match self.settings.encryption {
            Encryption::Fixed(mode) => self.try_once(login, mode, settings).await,
            Encryption::IfOffered if self.settings.is_socket() => {
                self.try_once(login, TlsMode::Disable, settings).await
            }
            // Without TLS there is nothing to bind to.
            Encryption::IfOffered if self.settings.channel_binding == ChannelBinding::Require => {
                self.try_once(login, TlsMode::Require, settings).await
            }
            Encryption::IfOffered => match self.try_once(login, TlsMode::Require, settings).await {
                Err(wire::Error::TlsNotOffered) => self.try_once(login, TlsMode::Disable, settings).await,
                // The server may let this login in only without TLS.
                Err(wire::Error::Server(report)) if report.code == "28000" => {
                    match self.try_once(login, TlsMode::Disable, settings).await {
                        // Then the first refusal says more than the second.
                        Err(wire::Error::Server(_)) => Err(wire::Error::Server(report)),
                        result => result,
                    }
                }
                result => result,
            },
        }
    }

    async fn try_once(
        &self,
        login: &Login,
        mode: TlsMode,
        settings: bool,
    ) -> Result<(Route, Client, Started), wire::Error> {
        let tls = self.settings.files.load(mode, self.passphrase.as_ref()).await?;
        let route = self
            .way
            .lead(Route::new(self.settings.endpoint()))
            .with_tls(tls)
            .with_connect_timeout(self.settings.step_timeout.min(self.context.timeout));
        let mut login = login.clone();
        if !settings {
            login.parameters.clear();
        }
        login.parameters.push((
            "application_name".to_owned(),
            format!("{} control", self.settings.application_name.as_ref().unwrap_or(&self.context.application_name)),
        ));
        if settings {
            login.parameters.extend(CONTROL_SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let mut trace = dial::watched(&self.context);
        let started = Instant::now();
        let result = Client::connect(&route, &login, &mut trace).await;
        self.tell(&trace, started.elapsed(), &result);
        result.map(|(client, started)| (route, client, started))
    }

    /// Reports the last hop of one attempt; those of the way there were told as they ended.
    fn tell(&self, trace: &Trace, took: Duration, result: &Result<(Client, Started), wire::Error>) {
        let rest = trace.steps.iter().fold(took, |rest, step| rest.saturating_sub(step.took));
        match result {
            Ok((_, started)) => {
                let version = started.parameters.get("server_version").map_or("", String::as_str);
                let detail = format!("{} as {}, {version}", started.authentication, self.settings.user);
                self.hop("Sign in", detail, true, rest);
            }
            Err(wire::Error::Route(_) | wire::Error::DirectTlsRefused(Some(_))) => {}
            Err(error @ wire::Error::DirectTlsRefused(None)) => self.hop("TLS", error.to_string(), false, rest),
            Err(wire::Error::TlsNotOffered) => self.hop("TLS", "The server offers none.".to_owned(), false, rest),
            Err(error) => self.hop("Sign in", error.to_string(), false, rest),
        }
    }

    fn hop(&self, name: &str, detail: String, done: bool, took: Duration) {
        (self.context.hops)(dial::hop(name, detail, done, took));
    }
}
