//! From a route to a client that is ready for its first command.

use std::time::{Duration, Instant};

use route::{Route, Trace};
use zeroize::Zeroizing;

use super::{Client, Error, Said, Value, Violation};

/// What to log in with.
#[derive(Clone)]
pub struct Login {
    /// The user; `None` is the server's `default`.
    pub user: Option<String>,
    /// The password; without one nobody signs in.
    pub password: Option<Zeroizing<String>>,
    /// How the connection names itself (`CLIENT SETNAME`), without blanks.
    pub name: String,
    /// The number of the database.
    pub database: u32,
    /// The limit for everything from dialling to ready.
    pub timeout: Duration,
}

/// What the start-up found out.
#[derive(Debug, Clone, Default)]
pub struct Started {
    /// How long it took from dialling to ready.
    pub took: Duration,
    /// What the server said to HELLO: names and values in turn. `None` where it has no HELLO.
    pub hello: Option<Value>,
}

impl Client {
    /// Dials, secures, signs in and chooses the database.
    ///
    /// # Errors
    /// [`Error::Route`] names the hop; [`Error::Server`] is the server's refusal; [`Error::NotRedis`];
    /// [`Error::ProtocolVersion`]; [`Error::TimedOut`].
    pub async fn connect(route: &Route, login: &Login, trace: &mut Trace) -> Result<(Client, Started), Error> {
        let began = Instant::now();
        let start = async {
            let stream = route.open(trace).await?;
            let mut client = Client::new(stream, route.endpoint().clone());
            // A server that says nothing is none of ours: no need to wait for the whole limit.
            let greeted = tokio::time::timeout(route.connect_timeout(), greet(&mut client, login)).await;
            let hello = greeted.unwrap_or(Err(Error::TimedOut(route.connect_timeout())))?;
            Ok((client, hello))
        };
        match tokio::time::timeout(login.timeout, start).await {
            Ok(result) => result.map(|(client, hello)| (client, Started { took: began.elapsed(), hello })),
            Err(_) => Err(Error::TimedOut(login.timeout)),
        }
    }
}

/// Whether a server that speaks without TLS answers here: nothing secret is sent to find out.
pub(crate) async fn speaks_plain(route: &Route, trace: &mut Trace) -> Result<bool, Error> {
    let plain = route.clone().with_tls(None);
    let mut client = Client::new(plain.dial(trace).await?, route.endpoint().clone());
    client.put_raw(b"PING\r\n");
    let answer = tokio::time::timeout(route.connect_timeout(), client.reply()).await;
    Ok(matches!(answer, Ok(Ok(_))))
}

/// Nonsense in the first words is another program's.
fn first<T>(result: Result<T, Error>) -> Result<T, Error> {
    result.map_err(|error| match error {
        Error::Protocol(Violation::UnknownType(_) | Violation::Malformed) => Error::NotRedis,
        other => other,
    })
}

async fn greet(client: &mut Client, login: &Login) -> Result<Option<Value>, Error> {
    let hello = first(hello(client, login).await)?;
    if hello.is_none() {
        authenticate(client, login).await?;
    }
    settle(client, login).await?;
    Ok(hello)
}

/// Agrees on RESP3 (6.0), or on RESP2 with a server that knows no other; `None` where it has no HELLO.
async fn hello(client: &mut Client, login: &Login) -> Result<Option<Value>, Error> {
    for version in ["3", "2"] {
        let mut words = vec!["HELLO", version];
        if let Some(password) = &login.password {
            words.extend(["AUTH", login.user.as_deref().unwrap_or("default"), password.as_str()]);
        }
        words.extend(["SETNAME", login.name.as_str()]);
        match client.ask(&words).await? {
            Value::Error(said) => match said.code.as_str() {
                "NOPROTO" if version == "3" => {}
                "NOPROTO" => return Err(Error::ProtocolVersion),
                // The login may not use HELLO: it is signed in by now, but not by HELLO's own answer.
                "NOPERM" => return Ok(None),
                "ERR" if is_unknown(&said) => return Ok(None),
                _ => return Err(Error::Server(Box::new(said))),
            },
            value => {
                client.protocol = if version == "3" { 3 } else { 2 };
                return Ok(Some(value));
            }
        }
    }
    Ok(None)
}

fn is_unknown(said: &Said) -> bool {
    let words = said.words().to_ascii_lowercase();
    words.starts_with("unknown command") || words.starts_with("unknown or disabled command")
}

/// As servers before 6.0 have it.
async fn authenticate(client: &mut Client, login: &Login) -> Result<(), Error> {
    if let Some(password) = &login.password {
        let mut words = vec!["AUTH"];
        words.extend(login.user.as_deref());
        words.push(password.as_str());
        client.must(&words).await?;
    }
    match client.ask(&["CLIENT", "SETNAME", &login.name]).await? {
        Value::Error(said) if said.code == "NOAUTH" => Err(Error::Server(Box::new(said))),
        // A name is for others to read: a server that takes none is as good.
        _ => Ok(()),
    }
}

/// Chooses the database and asks for the connection's number.
async fn settle(client: &mut Client, login: &Login) -> Result<(), Error> {
    if login.database > 0 {
        client.must(&["SELECT", &login.database.to_string()]).await?;
    }
    let replies = client
        .ask_all(&[
            vec!["CLIENT", "ID"],
            vec!["CLIENT", "SETINFO", "LIB-NAME", "rowhouse"],
            vec!["CLIENT", "SETINFO", "LIB-VER", env!("CARGO_PKG_VERSION")],
        ])
        .await?;
    match replies.first() {
        Some(Value::Error(said)) if said.code == "NOAUTH" => return Err(Error::Server(Box::new(said.clone()))),
        Some(value) => client.id = value.count(),
        None => {}
    }
    Ok(())
}
