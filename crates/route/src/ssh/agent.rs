//! The agent that holds keys and signs with them: OpenSSH's, gpg's, a password manager's.

use std::time::Duration;

use russh::keys::agent::{
    AgentIdentity, AgentSessionBinding,
    client::{AgentClient, AgentStream},
};
use tokio::time::timeout;

/// Listing keys takes no person's hand.
const LISTING: Duration = Duration::from_secs(5);

/// An agent's connection, whatever carries it.
pub(super) type Agent = AgentClient<Box<dyn AgentStream + Send + Unpin + 'static>>;

/// Where agents listen on Windows.
#[cfg(windows)]
const PIPE: &str = r"\\.\pipe\openssh-ssh-agent";

/// The agent's address: as configured, else the environment's. `None` where there is none or it is switched off.
pub(super) fn address(configured: Option<&str>, home: &std::path::Path) -> Option<String> {
    let from_environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match configured {
        Some(word) if word.eq_ignore_ascii_case("none") => None,
        Some("SSH_AUTH_SOCK") => from_environment("SSH_AUTH_SOCK"),
        Some(word) => match word.strip_prefix('$') {
            Some(variable) => from_environment(variable.trim_start_matches('{').trim_end_matches('}')),
            None => Some(super::settings::in_home(word, home).display().to_string()),
        },
        None => {
            let found = from_environment("SSH_AUTH_SOCK");
            #[cfg(windows)]
            let found = found.or_else(|| Some(PIPE.to_owned()));
            found
        }
    }
}

/// Connects to the agent and lists its keys.
///
/// # Errors
/// Why it cannot be used, as the end of a sentence.
pub(super) async fn open(
    address: &str,
    binding: Option<&AgentSessionBinding>,
) -> Result<(Agent, Vec<AgentIdentity>), String> {
    let opening = async {
        #[cfg(unix)]
        let mut agent = AgentClient::connect_uds(address).await.map_err(|error| error.to_string())?.dynamic();
        #[cfg(windows)]
        let mut agent = AgentClient::connect_named_pipe(address).await.map_err(|error| error.to_string())?.dynamic();
        // Keys that may only be used for certain hosts show themselves after this; an agent that does not know it goes on.
        if let Some(binding) = binding
            && let Err(error) = agent.bind_session(binding, false).await
        {
            tracing::debug!(%error, "the agent binds no sessions");
        }
        let identities = agent.request_identities().await.map_err(|error| error.to_string())?;
        Ok((agent, identities))
    };
    match timeout(LISTING, opening).await {
        Ok(opened) => opened,
        Err(_) => Err("it does not answer".to_owned()),
    }
}
