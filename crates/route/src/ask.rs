//! What a way needs to know from a person, as this crate asks it.

use std::fmt;

use async_trait::async_trait;
use zeroize::Zeroizing;

/// What must be known before the way goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// Whether to trust a host key seen for the first time.
    HostKey {
        /// The host as known_hosts names it: `host` or `[host]:port`.
        host: String,
        /// The kind of key, as `ssh-ed25519`.
        algorithm: String,
        /// The key's fingerprint, as `SHA256:…`.
        fingerprint: String,
    },
    /// The password of a login on an SSH server.
    Password {
        /// Who logs in.
        user: String,
        /// On which host.
        host: String,
        /// Whether it is the server the settings name, and not one on the way to it.
        is_target: bool,
        /// Whether an earlier answer was refused.
        retry: bool,
    },
    /// The passphrase of a private key.
    Passphrase {
        /// The key's file.
        path: String,
        /// Whether an earlier answer did not open it.
        retry: bool,
    },
    /// What the server itself asks: a one-time code, a new password.
    Prompt {
        /// The host that asks.
        host: String,
        /// What it says before its question; may be empty.
        instructions: String,
        /// The question, in the server's own words.
        prompt: String,
        /// Whether the answer may be seen while it is typed.
        echo: bool,
    },
}

/// A person's answer.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// The text asked for.
    Secret(Zeroizing<String>),
    /// Yes, trust it.
    Yes,
    /// No, or the question was closed.
    Refused,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Secret(_) => "Secret(***)",
            Answer::Yes => "Yes",
            Answer::Refused => "Refused",
        })
    }
}

/// Whoever answers.
#[async_trait]
pub trait Ask: Send + Sync {
    /// Puts the question and waits for the answer.
    async fn ask(&self, question: Question) -> Answer;
}

/// Refuses every question.
#[derive(Debug, Clone, Copy, Default)]
pub struct NeverAsk;

#[async_trait]
impl Ask for NeverAsk {
    async fn ask(&self, _question: Question) -> Answer {
        Answer::Refused
    }
}
