//! What lies between us and the server, as the profile says: a SOCKS5 proxy, SSH servers.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    Answer, Code, ConnectContext, Error, Question,
    tunnel::{Login, Proxy, Ssh, Tunnel},
};
use route::{Route, Socks5, SshLogin, SshSettings};
use zeroize::Zeroizing;

/// Made once for a connection: what a person answered serves all its sessions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    proxy: Option<Socks5>,
    ssh: Option<route::Ssh>,
}

impl Way {
    /// Asks for the proxy's password where it wants a login; what SSH servers want is asked when they are dialled.
    pub(crate) async fn prepare(tunnel: &Tunnel, context: &ConnectContext) -> Result<Self, Error> {
        let proxy = match &tunnel.proxy {
            Some(proxy) => Some(socks(proxy, context).await?),
            None => None,
        };
        let ask = || Arc::new(Asked(Arc::clone(&context.ask)));
        let ssh = tunnel.ssh.as_ref().map(|ssh| route::Ssh::with(settings(ssh), None, None, ask()));
        Ok(Way { proxy, ssh })
    }

    /// The route by this way.
    pub(crate) fn lead(&self, route: Route) -> Route {
        route.with_proxy(self.proxy.clone()).with_ssh(self.ssh.clone())
    }
}

async fn socks(proxy: &Proxy, context: &ConnectContext) -> Result<Socks5, Error> {
    let plain = Socks5::new(proxy.host.clone(), proxy.port);
    let Some(user) = &proxy.user else { return Ok(plain) };
    let target = format!("SOCKS5 proxy {}", plain.endpoint());
    let question = Question::Password { user: user.clone(), target: target.clone(), retry: false };
    match context.ask.ask(question).await {
        Answer::Secret(password) => Ok(plain.with_login(user.clone(), Zeroizing::new(password.expose().to_owned()))),
        Answer::Yes | Answer::Refused => {
            Err(Error::new(Code::Unauthenticated, format!("The password of {user} on the {target} was not given.")))
        }
    }
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

/// Puts the questions of the way to whoever answers those of the connection.
struct Asked(Arc<dyn driver::Ask>);

#[async_trait]
impl route::Ask for Asked {
    async fn ask(&self, question: route::Question) -> route::Answer {
        let question = match question {
            route::Question::HostKey { host, algorithm, fingerprint } => {
                Question::HostKey { host, fingerprint: format!("{algorithm} {fingerprint}") }
            }
            route::Question::Password { user, host, retry } => Question::Password { user, target: host, retry },
            route::Question::Passphrase { path, .. } => Question::Passphrase { path },
            route::Question::Prompt { host, instructions, prompt, .. } => {
                let parts = [host.as_str(), instructions.as_str(), prompt.as_str()];
                let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                Question::Otp { prompt: said.join(": ") }
            }
            // One this driver does not know is not answered.
            _ => return route::Answer::Refused,
        };
        match self.0.ask(question).await {
            Answer::Secret(secret) => route::Answer::Secret(Zeroizing::new(secret.expose().to_owned())),
            Answer::Yes => route::Answer::Yes,
            Answer::Refused => route::Answer::Refused,
        }
    }
}
