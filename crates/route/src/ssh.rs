//! SSH hops: each host through the one before it, and at the end a byte stream to the database.

mod agent;
mod config;
mod host_key;
mod keys;
mod known_hosts;
pub(crate) mod link;
mod login;
mod pattern;
mod secrets;
mod settings;

use std::{
    borrow::Cow,
    fmt,
    path::PathBuf,
    sync::{Arc, OnceLock, Weak, atomic::Ordering},
    time::{Duration, Instant},
};

use russh::{Preferred, client, keys::Algorithm};
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use crate::{
    Ask, Endpoint, Error, ErrorKind, Hop, NeverAsk, Trace,
    ssh::{
        host_key::{HostKeyCheck, Outcome},
        link::{Carrier, Client, Death, Link, Transport, Tunnel, locked},
        login::Login,
        secrets::Secrets,
        settings::{Local, Place},
    },
};

pub use settings::{SshLogin, SshSettings};

/// Text of a server that is shown to a person is cut after so many characters.
const LONGEST_TEXT: usize = 400;

/// A way over SSH: what to dial, with what to log in, whom to ask. Cheap to clone; clones share what was answered.
///
/// Every dial makes the connections anew, one for each byte stream, so that a result nobody reads holds up no other. Only where a
/// person answered a question that serves once (a one-time code) is a living connection used again.
#[derive(Clone)]
pub struct Ssh(Arc<Inner>);

struct Inner {
    settings: SshSettings,
    secrets: Secrets,
    ask: Arc<dyn Ask>,
    line: tokio::sync::Mutex<Line>,
}

/// What the last dial left for the next one.
#[derive(Default)]
struct Line {
    /// The connection to use again, where it took an answer that serves once.
    living: Weak<Link>,
    /// Whether the last dial got through without asking for such an answer: dials then need not wait for each other.
    free: bool,
}

impl fmt::Debug for Ssh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ssh").field(&self.0.settings).finish()
    }
}

impl Ssh {
    /// A way that asks nobody and has no password.
    pub fn new(settings: SshSettings) -> Self {
        Ssh::with(settings, None, None, Arc::new(NeverAsk))
    }

    /// A way with the stored password of the SSH server, the stored passphrase of its key, and somebody to ask for what is not
    /// stored and whether to trust a new host key.
    pub fn with(
        settings: SshSettings,
        password: Option<Zeroizing<String>>,
        passphrase: Option<Zeroizing<String>>,
        ask: Arc<dyn Ask>,
    ) -> Self {
        let secrets = Secrets::new(password, passphrase);
        Ssh(Arc::new(Inner { settings, secrets, ask, line: tokio::sync::Mutex::default() }))
    }

    /// What the profile says.
    pub fn settings(&self) -> &SshSettings {
        &self.0.settings
    }

    /// Opens a byte stream to the target. `tcp` connects to the first host.
    pub(crate) async fn dial(
        &self,
        target: &Endpoint,
        first: &(dyn crate::dial::FirstHop + Sync),
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<Tunnel, Error> {
        // Dials of the same way stand in line, so that a code is asked for once.
        let mut line = self.0.line.lock().await;
        if line.free {
            drop(line);
            return Ok(self.dial_anew(target, first, limit, trace).await?.0);
        }
        if let Some(link) = line.living.upgrade().filter(|link| !link.is_dead()) {
            match open(&link, target, limit, trace).await {
                Err(error) if matches!(error.kind, ErrorKind::Closed | ErrorKind::TimedOut) => {}
                opened => return opened,
            }
        }
        let (tunnel, answered_once) = self.dial_anew(target, first, limit, trace).await?;
        line.free = !answered_once;
        if answered_once {
            line.living = Arc::downgrade(&tunnel.link);
        }
        Ok(tunnel)
    }

    /// Makes all connections on the way; says whether a person gave an answer that serves once.
    async fn dial_anew(
        &self,
        target: &Endpoint,
        first: &(dyn crate::dial::FirstHop + Sync),
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<(Tunnel, bool), Error> {
        let settings = self.0.settings.clone();
        let resolved = tokio::task::spawn_blocking(move || settings.places(&Local::of_this_process())).await;
        let places = match resolved {
            Ok(Ok(places)) => places,
            Ok(Err(error)) => {
                trace.failed(&error, Duration::ZERO);
                return Err(error);
            }
            Err(_) => {
                let host = &self.0.settings.host;
                return Err(Error::new(
                    Hop::SshConfig,
                    host,
                    ErrorKind::Io,
                    "The SSH configuration could not be read.",
                ));
            }
        };
        let mut link: Option<Arc<Link>> = None;
        let mut answered_once = false;
        for place in &places {
            let next = Endpoint::tcp(place.host.clone(), place.port);
            let carrier = match &link {
                None => Carrier::Tcp(Arc::new(first.tcp(&next, limit, trace).await?)),
                Some(before) => Carrier::Tunnel(Box::new(open(before, &next, limit, trace).await?)),
            };
            let (connected, once) = self.connect(place, carrier, link.take(), limit, trace).await?;
            answered_once |= once;
            link = Some(Arc::new(connected));
        }
        let Some(link) = link else {
            return Err(Error::new(Hop::SshConfig, "", ErrorKind::Settings, "No SSH server is named."));
        };
        let tunnel = open(&link, target, limit, trace).await?;
        Ok((tunnel, answered_once))
    }

    async fn connect(
        &self,
        place: &Place,
        carrier: Carrier,
        below: Option<Arc<Link>>,
        limit: Duration,
        trace: &mut Trace,
    ) -> Result<(Link, bool), Error> {
        let host = place.to_string();
        let tcp = match &carrier {
            Carrier::Tcp(tcp) => Some(tcp.clone()),
            Carrier::Tunnel(_) => None,
        };
        let death: Death = Arc::new(OnceLock::new());
        let outcome = Arc::new(Outcome::default());
        let seen = Arc::default();
        let check = self.check(place, &outcome, trace).await?;
        let config = Arc::new(configuration(place, &check));
        let (transport, cord) = Transport::new(carrier);
        let handler = Client { check, seen: Arc::clone(&seen), death: death.clone() };

        let started = Instant::now();
        let connecting = limited(limit, &outcome, client::connect_stream(config, transport, handler)).await;
        let took = started.elapsed();
        let checked = locked(&outcome.result).clone();
        let exchange = took.saturating_sub(checked.as_ref().map_or(Duration::ZERO, |checked| checked.took));
        if let Some(checked) = &checked {
            let agreed = locked(&seen).agreed.clone().unwrap_or_default();
            let notes = place.notes.iter().map(|note| format!("; {note}")).collect::<String>();
            trace.passed(Hop::SshKeyExchange, &host, format!("{agreed}{notes}"), exchange);
            match &checked.verdict {
                Ok(detail) => trace.passed(Hop::SshHostKey, &host, detail.clone(), checked.took),
                Err(error) => {
                    trace.failed(error, checked.took);
                    return Err(error.clone());
                }
            }
        }
        let mut handle = match connecting {
            Some(Ok(handle)) => handle,
            failed => {
                let error = exchange_failed(&host, failed.and_then(Result::err), limit);
                trace.failed(&error, exchange);
                return Err(error);
            }
        };

        let started = Instant::now();
        let login = Login {
            handle: &mut handle,
            place,
            secrets: &self.0.secrets,
            ask: self.0.ask.as_ref(),
            limit,
            death: &death,
            tried: Vec::new(),
            cause: None,
            answered_once: false,
        };
        match login.run().await {
            Ok(entered) => {
                let detail = format!("{} with {}", place.user, entered.with);
                trace.passed(Hop::SshAuth, &host, detail, started.elapsed());
                let link = Link { handle, host, tcp, death, cord: Some(cord), below };
                Ok((link, entered.answered_once))
            }
            Err(error) => {
                trace.failed(&error, started.elapsed());
                Err(error)
            }
        }
    }

    async fn check(&self, place: &Place, outcome: &Arc<Outcome>, trace: &mut Trace) -> Result<HostKeyCheck, Error> {
        let name = match &place.alias {
            Some(alias) => alias.to_lowercase(),
            None => known_hosts::name_of(&place.host, place.port),
        };
        let (files, looked_for) = (place.known_hosts.clone(), name.clone());
        let read = tokio::task::spawn_blocking(move || known_hosts::look_up(&files, &looked_for)).await;
        let known = match read {
            Ok(Ok(known)) => known,
            Ok(Err((file, error))) => {
                let message = format!("{} cannot be read: {error}.", file.display());
                let error = Error::new(Hop::SshHostKey, &name, ErrorKind::Settings, message)
                    .hint("Without it a changed host key would pass for a new one. Check the file's permissions.")
                    .caused_by(error);
                trace.failed(&error, Duration::ZERO);
                return Err(error);
            }
            Err(_) => {
                return Err(Error::new(Hop::SshHostKey, &name, ErrorKind::Io, "known_hosts could not be read."));
            }
        };
        Ok(HostKeyCheck {
            host: place.alias.clone().unwrap_or_else(|| place.host.clone()),
            name,
            known,
            file: place.remember_in.clone().filter(|file| file != &PathBuf::from("/dev/null")),
            hash_names: place.hash_names,
            strictness: place.strictness,
            ask: self.0.ask.clone(),
            outcome: Arc::clone(outcome),
        })
    }
}

/// The time limit, which does not run while a person is asked.
async fn limited<T>(limit: Duration, outcome: &Outcome, work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            () = sleep(limit) => {
                if !outcome.asking.load(Ordering::Acquire) {
                    return None;
                }
            }
        }
    }
}

fn configuration(place: &Place, check: &HostKeyCheck) -> client::Config {
    let mut preferred = Preferred::DEFAULT;
    let known = check.known.algorithms();
    if !known.is_empty() {
        // A server with several keys is asked for the one that is known.
        let is_known = |algorithm: &Algorithm| known.iter().any(|one| same_kind(one, algorithm));
        let (mut first, rest): (Vec<_>, Vec<_>) = preferred.key.iter().cloned().partition(is_known);
        first.extend(rest);
        preferred.key = Cow::Owned(first);
    }
    if check.known.has_authority() {
        preferred.host_key_certificates = preferred.key.clone();
    }
    let defaults = client::Config::default();
    client::Config {
        client_id: russh::SshId::Standard(Cow::Borrowed("SSH-2.0-Rowhouse")),
        preferred,
        keepalive_interval: Some(place.alive_every),
        keepalive_max: 1,
        // A group of 2048 bits is what older servers have to offer.
        gex: client::GexParams::new(2048, 3072, 8192).unwrap_or_default(),
        ..defaults
    }
}

fn same_kind(one: &Algorithm, other: &Algorithm) -> bool {
    one == other || matches!((one, other), (Algorithm::Rsa { .. }, Algorithm::Rsa { .. }))
}

/// Opens a byte stream to a target the SSH server can see.
async fn open(link: &Arc<Link>, target: &Endpoint, limit: Duration, trace: &mut Trace) -> Result<Tunnel, Error> {
    let started = Instant::now();
    let opening = async {
        match target {
            Endpoint::Tcp { host, port } => {
                link.handle.channel_open_direct_tcpip(host.as_str(), u32::from(*port), "127.0.0.1", 0).await
            }
            Endpoint::Unix(path) => link.handle.channel_open_direct_streamlocal(path.display().to_string()).await,
        }
    };
    let target_name = target.to_string();
    match timeout(limit, opening).await {
        Ok(Ok(channel)) => {
            trace.passed(Hop::Forward, &target_name, format!("through {}", link.host), started.elapsed());
            Ok(Tunnel::new(channel.into_stream(), link.clone()))
        }
        failed => {
            let error = forward_failed(&link.host, &target_name, failed.ok().and_then(Result::err), limit);
            trace.failed(&error, started.elapsed());
            Err(error)
        }
    }
}

fn forward_failed(server: &str, target: &str, error: Option<russh::Error>, limit: Duration) -> Error {
    use russh::ChannelOpenFailure as Why;
    let (kind, message, hint) = match &error {
        None => (
            ErrorKind::TimedOut,
            format!("{server} did not connect to {target} within {} s.", limit.as_secs_f32()),
            "A firewall between the SSH server and the database may be dropping the packets.",
        ),
        Some(russh::Error::ChannelOpenFailure(Why::AdministrativelyProhibited)) => (
            ErrorKind::Forbidden,
            format!("{server} does not allow forwarding to {target}."),
            "Its AllowTcpForwarding or PermitOpen (sshd_config), or the key's restrictions, forbid it. The host is seen from the \
             SSH server: a database on that machine is localhost or 127.0.0.1.",
        ),
        Some(russh::Error::ChannelOpenFailure(Why::ConnectFailed)) => (
            ErrorKind::Refused,
            format!("{server} could not connect to {target}."),
            "Host and port are seen from the SSH server: a database on that machine is localhost or 127.0.0.1. Is the database \
             running there?",
        ),
        Some(russh::Error::ChannelOpenFailure(why)) => (
            ErrorKind::Refused,
            format!("{server} refused to forward to {target}: {}.", readable(why.description())),
            "The SSH server's log says why.",
        ),
        Some(_) => (
            ErrorKind::Closed,
            format!("{server} closed the connection while forwarding to {target}."),
            "The SSH server's log says why.",
        ),
    };
    let failed = Error::new(Hop::Forward, target, kind, message).hint(hint);
    match error {
        Some(error) => failed.caused_by(error),
        None => failed,
    }
}

fn exchange_failed(host: &str, error: Option<russh::Error>, limit: Duration) -> Error {
    let (kind, message, hint) = match &error {
        None => (
            ErrorKind::TimedOut,
            format!("{host} accepted the connection but said nothing for {} s.", limit.as_secs_f32()),
            "Is this the port of an SSH server? A firewall or a server without free places may keep silent too.",
        ),
        Some(russh::Error::Version) => (
            ErrorKind::Handshake,
            format!("{host} does not speak SSH."),
            "Is this the port of an SSH server, and not of the database or a web server?",
        ),
        Some(russh::Error::NoCommonAlgo { kind, theirs, .. }) => (
            ErrorKind::Handshake,
            format!(
                "{host} and Rowhouse have no {kind:?} algorithm in common; it offers {}.",
                readable(&theirs.join(", "))
            ),
            "The SSH server is too old, or its administrator allows too little.",
        ),
        Some(russh::Error::Disconnect | russh::Error::HUP) => (
            ErrorKind::Closed,
            format!("{host} closed the connection during the SSH key exchange."),
            "The server may have too many connections, or refuse this address; its log says why.",
        ),
        Some(russh::Error::IO(error)) => (
            ErrorKind::Closed,
            format!("The connection to {host} broke during the SSH key exchange: {error}."),
            "The server may have too many connections, or refuse this address; its log says why.",
        ),
        Some(error) => (
            ErrorKind::Handshake,
            format!("The SSH key exchange with {host} failed: {error}."),
            "Is this the port of an SSH server? Its log says what it thinks of us.",
        ),
    };
    let failed = Error::new(Hop::SshKeyExchange, host, kind, message).hint(hint);
    match error {
        Some(error) => failed.caused_by(error),
        None => failed,
    }
}

/// A server's text as a person may see it: on one line, without control characters, not too long.
pub(crate) fn readable(text: &str) -> String {
    let mut clean: String =
        text.chars().take(LONGEST_TEXT).map(|character| if character.is_control() { ' ' } else { character }).collect();
    clean.truncate(clean.trim_end().len());
    clean
}
