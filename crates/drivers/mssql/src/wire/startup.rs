//! From a route to a client that is ready for its first batch.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use route::{Endpoint, Route, TlsMode, TlsSession, Trace};

use super::{
    Change, Client, Error, Event, Login, Report, Violation,
    login::{self, VERSION_7_4, VERSION_8},
    packet::{Handshake, Type},
    prelogin::{self, Encrypt},
};

/// How often a login may be sent elsewhere.
const MOST_ROUTES: usize = 4;
/// The name of the protocol inside of TLS that comes first.
const STRICT: &str = "tds/8.0";
/// SQL Server 2012, whose successors are supported.
const OLDEST: u8 = 11;

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// After versions are told, inside of the protocol's packets (TDS 7).
    #[default]
    Negotiated,
    /// Before anything else (TDS 8).
    Strict,
}

/// What signing in found out.
#[derive(Debug, Clone, Default)]
pub struct Started {
    /// The product as it names itself.
    pub product: String,
    /// Major, minor and build number.
    pub version: [u32; 3],
    /// The database the session is in.
    pub database: String,
    /// How long it took from dialling to ready.
    pub took: Duration,
    /// TLS, if any, and how much of the server's identity was checked.
    pub secured: Option<(TlsMode, TlsSession)>,
    /// Messages of the server, as those of a changed database.
    pub messages: Vec<Report>,
    /// Where the login was sent, if elsewhere.
    pub routed: Option<String>,
}

impl Client {
    /// Dials, encrypts as the route says, and signs in.
    ///
    /// # Errors
    /// Of any hop; [`Error::Server`] where the server refuses; [`Error::TimedOut`] where it keeps silent for `limit`.
    pub async fn connect(
        route: &Route,
        instance: Option<&str>,
        login: &Login,
        strictness: Strictness,
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<(Client, Started), Error> {
        let begun = Instant::now();
        let mut route = route.clone();
        let mut routed = None;
        for _ in 0..MOST_ROUTES {
            let attempt = attempt(&route, instance, login, strictness, trace);
            let tried = tokio::time::timeout(limit, attempt).await.map_err(|_| Error::TimedOut(limit))??;
            match tried {
                Tried::Ready(client, mut started) => {
                    started.took = begun.elapsed();
                    started.routed = routed;
                    return Ok((*client, started));
                }
                Tried::Elsewhere(place) => {
                    routed = Some(place.to_string());
                    route = route.with_endpoint(place);
                }
            }
        }
        Err(Error::RoutedInCircles)
    }
}

enum Tried {
    Ready(Box<Client>, Started),
    Elsewhere(Endpoint),
}

async fn attempt(
    route: &Route,
    instance: Option<&str>,
    login: &Login,
    strictness: Strictness,
    trace: &mut Trace,
) -> Result<Tried, Error> {
    let mut stream = route.dial(trace).await?;
    let tls = route.tls().cloned();
    let strict = strictness == Strictness::Strict && tls.is_some();
    if let Some(tls) = tls.as_ref().filter(|_| strict) {
        stream = route.clone().with_tls(Some(tls.with_protocol(STRICT))).secure(stream, trace).await?;
    }
    let mut client = Client::new(stream);
    let wanted = if tls.is_some() { Encrypt::On } else { Encrypt::Unsupported };
    let message = client.exchange(Type::Prelogin, &prelogin::message(wanted, instance)).await;
    let answer = match message {
        Ok(message) => prelogin::read(&message).map_err(|_| Error::NotSqlServer)?,
        Err(Error::Protocol(_)) => return Err(Error::NotSqlServer),
        Err(error) => return Err(error),
    };
    if !strict {
        match (answer.encrypt, tls.is_some()) {
            (Encrypt::On | Encrypt::Required, true) => {
                let (plain, read) = client.into_stream();
                if !read {
                    return Err(Violation::OutOfTurn.into());
                }
                let stream = route.secure_within(plain, Some(Arc::new(Handshake)), trace).await?;
                client = Client::new(stream);
            }
            (Encrypt::Off | Encrypt::Unsupported, true) => return Err(Error::TlsNotOffered),
            // The server would have the login encrypted, or all; it was told that nothing can be.
            (Encrypt::On | Encrypt::Required, false) => return Err(Error::TlsDemanded),
            (Encrypt::Off | Encrypt::Unsupported, false) => {}
        }
    }
    if answer.major < OLDEST {
        return Err(Error::TooOld);
    }
    let mut started =
        Started { secured: tls.as_ref().and_then(|tls| Some((tls.mode(), client.tls()?))), ..Started::default() };
    let version = if strict { VERSION_8 } else { VERSION_7_4 };
    client.request(Type::Login, &login::message(login, version));
    let mut refused = None;
    let mut elsewhere = None;
    loop {
        match client.next().await? {
            Event::Welcome { product, version } => (started.product, started.version) = (product, version),
            Event::Changed(Change::Database(name)) => started.database = name,
            Event::Changed(Change::Routed { host, port }) => elsewhere = Some(Endpoint::tcp(host, port)),
            Event::Changed(_) | Event::Done(_) => {}
            Event::Message(report) => started.messages.push(*report),
            Event::Failed(report) => refused = refused.or(Some(report)),
            Event::Ended => break,
            Event::Columns(_) | Event::Batch(_) => return Err(Violation::OutOfTurn.into()),
        }
    }
    if let Some(report) = refused {
        return Err(Error::Server(report));
    }
    if let Some(place) = elsewhere {
        client.close().await;
        return Ok(Tried::Elsewhere(place));
    }
    if started.product.is_empty() {
        return Err(Error::NotSqlServer);
    }
    Ok(Tried::Ready(Box::new(client), started))
}
