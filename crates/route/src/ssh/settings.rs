//! What a profile says about SSH, and what follows from it and the configuration files for each host on the way.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use super::config::{self, Given, HostConfig, Methods, Strictness};
use crate::{Error, ErrorKind, Hop};

/// More hosts on the way are a loop or a mistake.
const MOST_JUMPS: usize = 8;
/// A silent server is asked for a sign of life this often, so that a dead one is known within five seconds.
const ALIVE_EVERY: Duration = Duration::from_secs(2);
/// The keys ssh tries when none is named.
const DEFAULT_KEYS: [&str; 3] = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"];

/// How to log in on the SSH server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SshLogin {
    /// As ssh does: the agent's keys, key files, questions, a password.
    #[default]
    Automatic,
    /// A password only, also where the server puts it as a question.
    Password,
    /// The key file that is named, and questions after it where the server wants a second factor.
    KeyFile,
    /// The agent's keys only, and questions after them.
    Agent,
}

/// SSH as a profile states it: no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SshSettings {
    /// Host name, address or a `Host` of the configuration.
    pub host: String,
    /// Port; the configuration's or 22 where absent.
    pub port: Option<u16>,
    /// User; the configuration's or the one who runs this program where absent.
    pub user: Option<String>,
    /// How to log in.
    pub login: SshLogin,
    /// The private key of [`SshLogin::KeyFile`]; with [`SshLogin::Automatic`] it is tried first.
    pub key_file: Option<PathBuf>,
    /// Hosts to go through, as ssh's `-J`: `[user@]host[:port]`, with commas between; `none` for none even where the configuration
    /// names some.
    pub jump: Option<String>,
    /// Read no configuration file.
    pub ignore_config: bool,
    /// The configuration to read instead of `~/.ssh/config` and `/etc/ssh/ssh_config`.
    pub config_file: Option<PathBuf>,
    /// The known_hosts to read and write instead of those configured.
    pub known_hosts_file: Option<PathBuf>,
}

/// One host on the way, with all that is needed to get past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) key_files: Vec<PathBuf>,
    /// Whether the files were named, so that one missing is worth telling.
    pub(super) keys_named: bool,
    pub(super) identities_only: bool,
    pub(super) agent: Option<String>,
    pub(super) methods: Methods,
    pub(super) strictness: Strictness,
    /// The name to look up in known_hosts in place of host and port.
    pub(super) alias: Option<String>,
    pub(super) known_hosts: Vec<PathBuf>,
    /// Where an accepted key is written.
    pub(super) remember_in: Option<PathBuf>,
    pub(super) hash_names: bool,
    pub(super) alive_every: Duration,
    pub(super) notes: Vec<String>,
    /// Whether it is the SSH server the profile names: its password goes to no other.
    pub(super) is_target: bool,
    /// Whether questions are answered only after a key was accepted.
    pub(super) questions_after_key: bool,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.port == 22 { f.write_str(&self.host) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

/// Who and where we are.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) home: PathBuf,
    pub(super) user: String,
}

impl Local {
    pub(super) fn of_this_process() -> Self {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .unwrap_or_else(|| "root".to_owned());
        Local { home: std::env::home_dir().unwrap_or_default(), user }
    }
}

/// One host as `-J` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spec {
    host: String,
    port: Option<u16>,
    user: Option<String>,
}

impl SshSettings {
    /// The hosts on the way, the first to dial first. Reads files: blocks.
    pub(super) fn places(&self, local: &Local) -> Result<Vec<Place>, Error> {
        let mut places = Vec::new();
        let target = Spec { host: self.host.clone(), port: self.port, user: self.user.clone() };
        let jump = self.jump.as_deref().filter(|jump| !jump.trim().is_empty());
        self.resolve(&target, jump, true, local, &mut BTreeSet::new(), &mut places)?;
        Ok(places)
    }

    fn files(&self, local: &Local) -> Vec<PathBuf> {
        match (&self.config_file, self.ignore_config) {
            (_, true) => Vec::new(),
            (Some(file), _) => vec![file.clone()],
            (None, _) => vec![local.home.join(".ssh/config"), PathBuf::from("/etc/ssh/ssh_config")],
        }
    }

    /// Adds what leads to a host, and then the host.
    fn resolve(
        &self,
        spec: &Spec,
        jump: Option<&str>,
        is_target: bool,
        local: &Local,
        on_the_way: &mut BTreeSet<String>,
        places: &mut Vec<Place>,
    ) -> Result<(), Error> {
        let refuse = |message: String| Error::new(Hop::SshConfig, &spec.host, ErrorKind::Settings, message);
        if spec.host.is_empty() {
            return Err(refuse("The SSH server's host is missing.".to_owned())
                .hint("Fill in the SSH host, or switch the SSH tunnel off."));
        }
        let given = Given { name: &spec.host, user: spec.user.as_deref(), home: &local.home, local_user: &local.user };
        let found = config::look_up(&self.files(local), &given)?;
        // What the person wrote goes before the file's, and then the file's command is not met either.
        let via = jump.map(str::to_owned).or_else(|| found.proxy_jump.clone());
        if via.is_none()
            && let Some(line) = &found.proxy_command
        {
            return Err(refuse(format!(
                "{} is to be reached by a ProxyCommand ({line}), which is not supported.",
                spec.host
            ))
            .hint(
                "Rowhouse starts no programs to connect. Name the host it goes through as the jump host, or `none`.",
            ));
        }
        if let Some(via) = via.filter(|via| !via.trim().eq_ignore_ascii_case("none")) {
            if !on_the_way.insert(spec.host.clone()) || on_the_way.len() > MOST_JUMPS {
                return Err(refuse(format!("The way to {} goes in a circle, or over too many jump hosts.", spec.host))
                    .hint("Look at the ProxyJump lines of the SSH configuration."));
            }
            let (before, last) = match via.trim().rsplit_once(',') {
                // The last host of the list is reached through the ones before it.
                Some((before, last)) => (Some(before), last),
                None => (None, via.trim()),
            };
            let last = Spec::parse(last).ok_or_else(|| {
                refuse(format!("\"{via}\" is not a list of jump hosts."))
                    .hint("Write user@host:port, with commas between several.")
            })?;
            self.resolve(&last, before, false, local, on_the_way, places)?;
        }
        places.push(self.settle(spec, found, is_target, local)?);
        Ok(())
    }

    fn settle(&self, spec: &Spec, found: HostConfig, is_target: bool, local: &Local) -> Result<Place, Error> {
        let host = found.hostname.unwrap_or_else(|| spec.host.clone());
        let port = spec.port.or(found.port).unwrap_or(22);
        let user = spec.user.clone().or(found.user).unwrap_or_else(|| local.user.clone());
        let port_text = port.to_string();
        let home = local.home.display().to_string();
        let values = [
            ('h', host.as_str()),
            ('n', spec.host.as_str()),
            ('p', port_text.as_str()),
            ('r', user.as_str()),
            ('u', local.user.as_str()),
            ('d', home.as_str()),
        ];
        let path = |text: &str| -> Result<PathBuf, Error> {
            config::tokens(text, &values).map(|text| in_home(&text, &local.home)).map_err(|why| {
                Error::new(Hop::SshConfig, &spec.host, ErrorKind::Settings, format!("\"{text}\" is no path: {why}."))
            })
        };
        let paths = |texts: &[String]| texts.iter().map(|text| path(text)).collect::<Result<Vec<_>, _>>();
        let is_none = |text: &String| text.eq_ignore_ascii_case("none");

        let mut methods = found.methods;
        let mut key_files: Vec<PathBuf> = Vec::new();
        let mut agent = super::agent::address(found.identity_agent.as_deref(), &local.home);
        let mut identities_only = found.identities_only;
        let configured: Vec<String> = found.identity_files.iter().filter(|file| !is_none(file)).cloned().collect();
        let named = !configured.is_empty();
        let login = if is_target { self.login } else { SshLogin::Automatic };
        match login {
            SshLogin::Automatic => {
                key_files.extend(self.key_file.clone());
                key_files.extend(paths(&configured)?);
                if found.identity_files.is_empty() && self.key_file.is_none() {
                    key_files.extend(DEFAULT_KEYS.iter().map(|file| in_home(file, &local.home)));
                }
            }
            SshLogin::Password => methods.key = false,
            SshLogin::KeyFile => {
                key_files.extend(self.key_file.clone());
                methods.password = false;
                // The agent may hold this very key, opened already.
                identities_only = true;
            }
            SshLogin::Agent => {
                methods.password = false;
                identities_only = false;
                if agent.is_none() {
                    return Err(Error::new(
                        Hop::SshAuth,
                        &spec.host,
                        ErrorKind::Settings,
                        "No SSH agent is running: SSH_AUTH_SOCK is not set, or IdentityAgent is none.",
                    )
                    .hint("Start the agent before Rowhouse (eval \"$(ssh-agent)\"; ssh-add), or set IdentityAgent in the SSH configuration."));
                }
            }
        }
        if !methods.key {
            agent = None;
        }
        let user_files = match (&self.known_hosts_file, &found.user_known_hosts) {
            (Some(file), _) => vec![file.clone()],
            (None, Some(files)) => paths(&files.iter().filter(|file| !is_none(file)).cloned().collect::<Vec<_>>())?,
            (None, None) => {
                ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"].map(|file| in_home(file, &local.home)).to_vec()
            }
        };
        let global_files = match (&self.known_hosts_file, &found.global_known_hosts) {
            (Some(_), _) => Vec::new(),
            (None, Some(files)) => paths(&files.iter().filter(|file| !is_none(file)).cloned().collect::<Vec<_>>())?,
            (None, None) => ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"].map(PathBuf::from).to_vec(),
        };
        let remember_in = user_files.first().cloned();
        Ok(Place {
            key_files,
            keys_named: named || self.key_file.is_some(),
            identities_only,
            agent,
            methods,
            strictness: found.strictness,
            alias: found.host_key_alias,
            known_hosts: user_files.into_iter().chain(global_files).collect(),
            remember_in,
            hash_names: found.hash_known_hosts,
            // More often than configured, never more seldom: a tab must not hang on a dead server.
            alive_every: found
                .alive_interval
                .filter(|seconds| *seconds > 0)
                .map_or(ALIVE_EVERY, |seconds| Duration::from_secs(seconds).min(ALIVE_EVERY)),
            notes: found.notes,
            is_target,
            questions_after_key: matches!(login, SshLogin::KeyFile | SshLogin::Agent),
            host,
            port,
            user,
        })
    }
}

impl Spec {
    /// `[user@]host[:port]`, with brackets around an IPv6 address, or as `ssh://` address.
    fn parse(text: &str) -> Option<Spec> {
        let text = text.trim();
        let text = text.strip_prefix("ssh://").map_or(text, |rest| rest.trim_end_matches('/'));
        let (user, rest) = match text.rsplit_once('@') {
            Some((user, rest)) => (Some(user.to_owned()), rest),
            None => (None, text),
        };
        let (host, port) = if let Some(bracketed) = rest.strip_prefix('[') {
            let (host, after) = bracketed.split_once(']')?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        } else {
            match rest.split_once(':') {
                // An IPv6 address without brackets.
                Some((_, more)) if more.contains(':') => (rest, None),
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            }
        };
        let port = match port {
            Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
            None => None,
        };
        let sound = !host.is_empty() && !host.starts_with('-') && !host.contains(char::is_whitespace);
        sound.then(|| Spec { host: host.to_owned(), port, user: user.filter(|user| !user.is_empty()) })
    }
}

/// A path with `~` for the home folder.
pub(super) fn in_home(text: &str, home: &Path) -> PathBuf {
    match text.strip_prefix("~/") {
        Some(rest) => home.join(rest),
        None if text == "~" => home.to_owned(),
        None => PathBuf::from(text),
    }
}

#[cfg(test)]
mod tests;
