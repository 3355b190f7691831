//! How the server is asked for a sign of life beside a session's own wire.
//!
//! A server that works on a command answers nobody, whoever asks. So a connection that its computer accepts counts as an answer
//! while a session of ours awaits a reply.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use driver::{
    Error,
    vigil::{Sign, Witness},
};
use route::{Endpoint, Trace};

use crate::{
    connect::Opener,
    control::ControlSession,
    error::{PRODUCT, broken},
    wire::{self, Client},
};

/// Connections remembered; beyond it all are to be met again.
const MOST: usize = 10_000;
/// How long a new connection may take to be greeted, before it counts as accepted only.
const GREETING: Duration = Duration::from_secs(2);

/// Signs of life over a connection's control session.
pub(crate) type Vigil = driver::vigil::Vigil<ByControl>;

/// By what the server knows a session: where, and its number there.
pub(crate) type Backend = Option<(Endpoint, u64)>;

/// Asks over the control session, and over a new connection in its place.
pub(crate) struct ByControl {
    control: Arc<ControlSession>,
    opener: Arc<Opener>,
    /// Sessions that await a reply.
    awaiting: Arc<AtomicUsize>,
    /// Connections that the server has listed. One that it never did may be known by another number: it is not missed.
    listed: Mutex<HashSet<u64>>,
}

/// A new connection.
pub(crate) enum Fresh {
    /// It is signed in.
    Ready(Box<Client>),
    /// The computer accepts connections, the server says nothing.
    Accepted,
}

impl ByControl {
    pub(crate) fn new(control: Arc<ControlSession>, opener: Arc<Opener>, awaiting: Arc<AtomicUsize>) -> Self {
        ByControl { control, opener, awaiting, listed: Mutex::default() }
    }

    async fn see(&self, client: &mut Client, backend: &Backend) -> Result<Sign, wire::Error> {
        let Some((_, id)) = backend.as_ref().filter(|(endpoint, _)| *endpoint == client.endpoint) else {
            return client.ask(&["PING"]).await.map(|_| Sign::Answers);
        };
        let answer = client.ask(&["CLIENT", "LIST", "ID", &id.to_string()]).await?;
        let Some(text) = answer.bytes().map(String::from_utf8_lossy) else { return Ok(Sign::Answers) };
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = text.lines().find(|line| !line.is_empty()) else {
            return Ok(if listed.contains(id) { Sign::Absent } else { Sign::Answers });
        };
        if listed.len() >= MOST {
            listed.clear();
        }
        listed.insert(*id);
        let of = |name: &str| line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let some = |name: &str| of(name).is_some_and(|number| number != "0");
        // It waits for something, hears of others' commands, has sent us what we have not read, or is being read.
        if of("flags").is_some_and(|flags| flags.contains(['b', 'O', 'P']))
            || some("oll")
            || some("obl")
            || some("qbuf")
        {
            return Ok(Sign::Works);
        }
        // Full seconds are taken for the most they can mean.
        let idle = of("idle").and_then(|seconds| seconds.parse::<f64>().ok());
        Ok(idle.map_or(Sign::Answers, |seconds| Sign::Waits(seconds + 1.0)))
    }

    async fn dial(&self) -> Result<Fresh, Error> {
        let connected = tokio::time::timeout(GREETING, self.control.fresh()).await;
        match connected {
            Ok(Ok(client)) => Ok(Fresh::Ready(Box::new(client))),
            Ok(Err(error)) if error.code != driver::Code::TimedOut => Err(error),
            _ => {
                let route = self.opener.route(&self.control.endpoint());
                let stream = route.dial(&mut Trace::default()).await;
                stream.map(|_| Fresh::Accepted).map_err(|error| broken(wire::Error::Route(error)))
            }
        }
    }
}

#[async_trait]
impl Witness for ByControl {
    type Backend = Backend;
    type Fresh = Fresh;

    fn product(&self) -> &'static str {
        PRODUCT
    }

    async fn look(&self, backend: &Backend) -> Option<Sign> {
        let mut lent = self.control.lend_idle()?;
        let sign = self.see(lent.client(), backend).await.ok()?;
        // One that did not answer is not given back.
        lent.give_back();
        Some(sign)
    }

    async fn open(&self) -> Result<Fresh, Error> {
        self.dial().await
    }

    async fn ask(&self, fresh: Fresh, backend: &Backend) -> Sign {
        match fresh {
            Fresh::Ready(mut client) => match self.see(&mut client, backend).await {
                Ok(sign) => {
                    self.control.keep(*client);
                    sign
                }
                Err(_) => Sign::Answers,
            },
            // Busy with a command of ours, or nobody there behind whoever accepts.
            Fresh::Accepted if backend.is_some() || self.awaiting.load(Ordering::Relaxed) > 0 => Sign::Answers,
            Fresh::Accepted => Sign::Silent,
        }
    }

    fn give_up(&self) {
        self.control.give_up();
    }
}
