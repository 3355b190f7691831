//! What lies between us and the server, as the profile says: a SOCKS5 proxy, SSH servers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use driver::{
    Answer, Code, ConnectContext, Error, Question, Secret,
    tunnel::{Login, PROXY_PASSWORD, Proxy, SSH_PASSPHRASE, SSH_PASSWORD, Ssh, Tunnel},
};
use route::{ErrorKind, Hop, Route, Socks5, SshLogin, SshSettings};
use zeroize::Zeroizing;

/// Made once for a connection: what a person answered serves all its sessions.
#[derive(Debug, Clone, Default)]
pub struct Way {
    proxy: Option<Socks5>,
    ssh: Option<route::Ssh>,
}

impl Way {
    /// Asks for the proxy's password where it wants a login and none is stored; what SSH servers want is asked when they are
    /// dialled.
    ///
    /// # Errors
    /// `Unauthenticated` where the proxy's password was not given.
    pub async fn prepare(tunnel: &Tunnel, context: &ConnectContext) -> Result<Self, Error> {
        let mut way = Way::default();
        if let Some(proxy) = &tunnel.proxy {
            let password = match (&proxy.user, context.secrets.get(PROXY_PASSWORD)) {
                (None, _) => None,
                (Some(_), Some(stored)) => Some(stored.clone()),
                (Some(user), None) => Some(ask_proxy(proxy, user, context, false).await.ok_or_else(|| {
                    let target = proxy_name(proxy);
                    let message = format!("The password of {user} on the {target} was not given.");
                    Error::new(Code::Unauthenticated, message).with_secret(PROXY_PASSWORD)
                })?),
            };
            way.proxy = Some(socks(proxy, password.as_ref()));
        }
        way.ssh = tunnel.ssh.as_ref().map(|ssh| {
            let stored = |name: &str| context.secrets.get(name).map(bare);
            let asked = Arc::new(Asked::new(context, ssh));
            route::Ssh::with(settings(ssh), stored(SSH_PASSWORD), stored(SSH_PASSPHRASE), asked)
        });
        Ok(way)
    }

    /// Asks for the proxy's password again where it was the proxy that refused. False where there is nothing more to try.
    pub async fn renew(&mut self, tunnel: &Tunnel, context: &ConnectContext, refusal: &route::Error) -> bool {
        let (hop, kind) = (refusal.hop, refusal.kind);
        let Some(proxy) =
            tunnel.proxy.as_ref().filter(|_| hop == Hop::Socks && kind == ErrorKind::AuthenticationRefused)
        else {
            return false;
        };
        let Some(user) = &proxy.user else { return false };
        let Some(password) = ask_proxy(proxy, user, context, true).await else { return false };
        self.proxy = Some(socks(proxy, Some(&password)));
        true
    }

    /// The route by this way.
    pub fn lead(&self, route: Route) -> Route {
        route.with_proxy(self.proxy.clone()).with_ssh(self.ssh.clone())
    }
}

fn proxy_name(proxy: &Proxy) -> String {
    format!("SOCKS5 proxy {}", Socks5::new(proxy.host.clone(), proxy.port).endpoint())
}

fn socks(proxy: &Proxy, password: Option<&Secret>) -> Socks5 {
    let plain = Socks5::new(proxy.host.clone(), proxy.port);
    match (&proxy.user, password) {
        (Some(user), Some(password)) => plain.with_login(user.clone(), bare(password)),
        _ => plain,
    }
}

async fn ask_proxy(proxy: &Proxy, user: &str, context: &ConnectContext, retry: bool) -> Option<Secret> {
    let question = Question::Password {
        secret: PROXY_PASSWORD.to_owned(),
        user: user.to_owned(),
        target: proxy_name(proxy),
        retry,
    };
    match context.ask.ask(question).await {
        Answer::Secret(password) => Some(password),
        Answer::Yes | Answer::Refused => None,
    }
}

fn bare(secret: &Secret) -> Zeroizing<String> {
    Zeroizing::new(secret.expose().to_owned())
}

fn settings(ssh: &Ssh) -> SshSettings {
    SshSettings {
        host: ssh.host.clone(),
        port: ssh.port,
        user: ssh.user.clone(),
        login: match ssh.login {
            Login::Automatic => SshLogin::Automatic,
            Login::Key => SshLogin::KeyFile,
            Login::Agent => SshLogin::Agent,
            Login::Password => SshLogin::Password,
        },
        key_file: ssh.key.clone(),
        jump: ssh.jump.clone(),
        ignore_config: !ssh.config,
        config_file: None,
        known_hosts_file: ssh.known_hosts.clone(),
    }
}

/// Puts the questions of the way to whoever answers those of the connection, after what is stored.
struct Asked {
    ask: Arc<dyn driver::Ask>,
    /// What is stored for hosts and keys on the way: each is tried once.
    stored: Mutex<BTreeMap<String, Secret>>,
    /// The key the profile names, and whether a passphrase for it is stored: it was tried before anything is asked.
    key: Option<String>,
    key_stored: bool,
}

impl Asked {
    fn new(context: &ConnectContext, ssh: &Ssh) -> Self {
        Asked {
            ask: Arc::clone(&context.ask),
            stored: Mutex::new(context.secrets.clone()),
            key: ssh.key.as_ref().map(|key| key.display().to_string()),
            key_stored: context.secrets.contains_key(SSH_PASSPHRASE),
        }
    }

    /// What is stored under this name and was not tried yet.
    fn stored(&self, name: &str) -> Option<Secret> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner).remove(name)
    }
}

#[async_trait]
impl route::Ask for Asked {
    async fn ask(&self, question: route::Question) -> route::Answer {
        let question = match question {
            route::Question::HostKey { host, algorithm, fingerprint } => {
                Question::HostKey { host, fingerprint: format!("{algorithm} {fingerprint}") }
            }
            route::Question::Password { user, host, is_target: true, retry } => {
                Question::Password { secret: SSH_PASSWORD.to_owned(), user, target: host, retry }
            }
            route::Question::Password { user, host, is_target: false, retry } => {
                let secret = format!("{SSH_PASSWORD} {user}@{host}");
                if let Some(stored) = self.stored(&secret).filter(|_| !retry) {
                    return route::Answer::Secret(bare(&stored));
                }
                Question::Password { secret, user, target: host, retry }
            }
            route::Question::Passphrase { path, retry } if self.key.as_ref() == Some(&path) => {
                Question::Passphrase { secret: SSH_PASSPHRASE.to_owned(), path, retry: retry || self.key_stored }
            }
            route::Question::Passphrase { path, retry } => {
                let secret = format!("{SSH_PASSPHRASE} {path}");
                if let Some(stored) = self.stored(&secret).filter(|_| !retry) {
                    return route::Answer::Secret(bare(&stored));
                }
                Question::Passphrase { secret, path, retry }
            }
            route::Question::Prompt { host, instructions, prompt, .. } => {
                let parts = [host.as_str(), instructions.as_str(), prompt.as_str()];
                let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                Question::Otp { prompt: said.join(": ") }
            }
            // One this driver does not know is not answered.
            _ => return route::Answer::Refused,
        };
        match self.ask.ask(question).await {
            Answer::Secret(secret) => route::Answer::Secret(bare(&secret)),
            Answer::Yes => route::Answer::Yes,
            Answer::Refused => route::Answer::Refused,
        }
    }
}
