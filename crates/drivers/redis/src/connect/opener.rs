//! All that is needed to open one more connection to the same place with the same login: to the server, to the master that the
//! Sentinels name, or to a node of the cluster.

use std::time::Duration;

use dial::Way;
use driver::{Code, Error};
use route::{Endpoint, Route, Tls, Trace};

use super::settings::Mode;
use crate::{
    error::broken,
    wire::{self, Client, Login, Started},
};

/// How often the Sentinels are asked again while a failover is under way, and how long apart.
const ASKED: usize = 5;
const APART: Duration = Duration::from_millis(400);

/// A recipe for connections. It holds the login's secrets.
pub(crate) struct Opener {
    pub(super) mode: Mode,
    pub(super) seeds: Vec<Endpoint>,
    pub(super) way: Way,
    pub(super) tls: Option<Tls>,
    pub(super) step_timeout: Duration,
    pub(super) login: Login,
    pub(super) application_name: String,
}

/// Why no connection was opened.
pub(crate) enum Refusal {
    /// The wire or the server.
    Wire(wire::Error),
    /// What was found out on the way.
    Told(Box<Error>),
}

impl From<wire::Error> for Refusal {
    fn from(error: wire::Error) -> Self {
        Refusal::Wire(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wire(error) => broken(error),
            Refusal::Told(error) => *error,
        }
    }
}

impl Opener {
    /// Whether the place is a cluster.
    pub(crate) fn is_cluster(&self) -> bool {
        self.mode == Mode::Cluster
    }

    /// The database of new connections.
    pub(crate) fn database(&self) -> u32 {
        self.login.database
    }

    /// The way to a server.
    pub(crate) fn route(&self, endpoint: &Endpoint) -> Route {
        self.way
            .lead(Route::new(endpoint.clone()))
            .with_tls(self.tls.clone())
            .with_connect_timeout(self.step_timeout.min(self.login.timeout))
    }

    /// Opens one more connection of the login.
    ///
    /// # Errors
    /// As [`driver::Driver::connect`].
    pub(crate) async fn open(&self, role: &str, database: u32) -> Result<Client, Error> {
        Ok(self.start(role, database, &mut Trace::default()).await?.0)
    }

    /// Opens a connection to one server of the place.
    ///
    /// # Errors
    /// As [`driver::Driver::connect`].
    pub(crate) async fn open_at(&self, endpoint: &Endpoint, role: &str, database: u32) -> Result<Client, Error> {
        let login = self.named(role, database);
        Ok(Client::connect(&self.route(endpoint), &login, &mut Trace::default()).await.map_err(broken)?.0)
    }

    /// As [`Opener::open`], telling the hops.
    pub(super) async fn start(
        &self,
        role: &str,
        database: u32,
        trace: &mut Trace,
    ) -> Result<(Client, Started), Refusal> {
        let login = self.named(role, database);
        match &self.mode {
            Mode::Standalone | Mode::Cluster => self.first(&login, trace).await,
            Mode::Sentinel(name) => self.master(name, &login, trace).await,
        }
    }

    fn named(&self, role: &str, database: u32) -> Login {
        // A name of the server's has neither blanks nor signs beyond ASCII.
        let name = format!("{}:{role}", self.application_name);
        let name = name.chars().map(|sign| if sign.is_ascii_graphic() { sign } else { '-' }).collect();
        Login { name, database, ..self.login.clone() }
    }

    /// The first of the seeds that answers.
    async fn first(&self, login: &Login, trace: &mut Trace) -> Result<(Client, Started), Refusal> {
        let mut failed = None;
        for endpoint in &self.seeds {
            match Client::connect(&self.route(endpoint), login, trace).await {
                Ok(connected) => return Ok(connected),
                // A refusal is the same everywhere.
                Err(error @ wire::Error::Server(_)) => return Err(error.into()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or(wire::Error::Closed).into())
    }

    /// Asks the Sentinels for the master, and the master whether it is one.
    /// Source: <https://redis.io/docs/latest/develop/reference/sentinel-clients/>.
    async fn master(&self, name: &str, login: &Login, trace: &mut Trace) -> Result<(Client, Started), Refusal> {
        let mut failed = None;
        for attempt in 0..ASKED {
            if attempt > 0 {
                tokio::time::sleep(APART).await;
            }
            let mut named = false;
            for sentinel in &self.seeds {
                match self.told_master(sentinel, name, trace).await {
                    Ok(Some(master)) => {
                        named = true;
                        match self.verified(&master, login, trace).await {
                            Ok(Some(connected)) => return Ok(connected),
                            Ok(None) => {
                                let text = format!("{master} is no master, though the Sentinel names it as {name}.");
                                let error = Error::new(Code::Unreachable, text).with_hint("Is a failover under way?");
                                failed = Some(Refusal::Told(Box::new(error)));
                            }
                            Err(error @ wire::Error::Server(_)) => return Err(error.into()),
                            Err(error) => failed = Some(error.into()),
                        }
                    }
                    Ok(None) => {
                        let text = format!("The Sentinel {sentinel} knows no master called {name}.");
                        failed = Some(Refusal::Told(Box::new(Error::new(Code::NotFound, text))));
                    }
                    Err(error) => failed = failed.or(Some(error.into())),
                }
            }
            // Where no Sentinel is reached or knows the name, asking again changes nothing.
            if !named {
                break;
            }
        }
        Err(failed.unwrap_or(Refusal::Wire(wire::Error::Closed)))
    }

    async fn told_master(
        &self,
        sentinel: &Endpoint,
        name: &str,
        trace: &mut Trace,
    ) -> Result<Option<Endpoint>, wire::Error> {
        let anonymous = Login { user: None, password: None, database: 0, ..self.named("sentinel", 0) };
        let route = self.route(sentinel);
        let connected = match Client::connect(&route, &anonymous, trace).await {
            // A Sentinel may want the login of its servers.
            Err(wire::Error::Server(said)) if said.code == "NOAUTH" => {
                Client::connect(&route, &self.named("sentinel", 0), trace).await
            }
            connected => connected,
        };
        let (mut client, _) = connected?;
        let answer = client.must(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]).await?;
        client.close().await;
        let mut parts = answer.list().iter();
        let (host, port) = (parts.next().and_then(wire::Value::text), parts.next().and_then(wire::Value::integer));
        Ok(match (host, port.and_then(|port| u16::try_from(port).ok())) {
            (Some(host), Some(port)) => Some(Endpoint::tcp(host, port)),
            _ => None,
        })
    }

    async fn verified(
        &self,
        master: &Endpoint,
        login: &Login,
        trace: &mut Trace,
    ) -> Result<Option<(Client, Started)>, wire::Error> {
        let (mut client, started) = Client::connect(&self.route(master), login, trace).await?;
        let role = client.ask(&["ROLE"]).await?;
        let role = role.list().first().and_then(wire::Value::text);
        // A login that may not ask is believed.
        Ok(role.is_none_or(|role| role == "master").then_some((client, started)))
    }
}

impl Opener {
    /// The node that `MOVED 3999 127.0.0.1:6381` or `ASK …` names. A node that does not know its own name leaves it out: it
    /// means the host that was asked.
    pub(crate) fn redirected(&self, message: &str, asked: &Endpoint) -> Option<Endpoint> {
        let place = message.split(' ').nth(2)?;
        node(place, asked)
    }
}

/// `host:port`, where the host may be missing or unknown.
pub(crate) fn node(place: &str, asked: &Endpoint) -> Option<Endpoint> {
    let (host, _) = place.rsplit_once(':')?;
    let named = super::settings::endpoint(place, 6379)?;
    match (host, asked, named) {
        ("" | "?", Endpoint::Tcp { host, .. }, Endpoint::Tcp { port, .. }) => Some(Endpoint::tcp(host.clone(), port)),
        ("" | "?", Endpoint::Unix(_), Endpoint::Tcp { port, .. }) => Some(Endpoint::tcp("localhost", port)),
        (_, _, named) => Some(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_without_a_name_is_on_the_host_that_was_asked() {
        let asked = Endpoint::tcp("db", 7000);
        assert_eq!(node("10.0.0.1:7001", &asked), Some(Endpoint::tcp("10.0.0.1", 7001)));
        assert_eq!(node(":7001", &asked), Some(Endpoint::tcp("db", 7001)));
        assert_eq!(node("?:7001", &asked), Some(Endpoint::tcp("db", 7001)));
        assert_eq!(node("fe80::1:7001", &asked), Some(Endpoint::tcp("fe80::1", 7001)));
        for nonsense in ["", "x", "x:0", "x:y"] {
            assert_eq!(node(nonsense, &asked), None, "{nonsense}");
        }
    }
}
