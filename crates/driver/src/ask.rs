use async_trait::async_trait;

use crate::Secret;

/// The name of the login's own password among a connection's secrets.
pub const PASSWORD: &str = "password";

/// What a connection or a statement needs to know from a person before it can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The password of a login.
    Password {
        /// Which of the connection's secrets it is: [`PASSWORD`], or the name of a secret field, followed by a space and whom it
        /// is for where there may be several (`ssh_password ada@jump:22`). An answer can be kept under this name.
        secret: String,
        /// Who logs in.
        user: String,
        /// Where, as a person would name it.
        target: String,
        /// Whether an earlier answer was refused.
        retry: bool,
    },
    /// The passphrase of a key file.
    Passphrase {
        /// Which of the connection's secrets it is, as for [`Question::Password`].
        secret: String,
        /// The file.
        path: String,
        /// Whether an earlier one did not open it.
        retry: bool,
    },
    /// A one-time code.
    Otp {
        /// The server's own prompt.
        prompt: String,
    },
    /// Whether to trust a host key seen for the first time.
    HostKey {
        /// The host.
        host: String,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// Whether a statement may hand a file of this computer to the server (`LOAD DATA LOCAL INFILE`). Asked before each one.
    LocalFile {
        /// The file, whole.
        path: String,
        /// Who gets it, as a person would name it.
        target: String,
    },
}

/// A person's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The secret asked for.
    Secret(Secret),
    /// Yes, trust it, or do it.
    Yes,
    /// No, or the question was closed.
    Refused,
}

/// Whoever answers: the window, the terminal, a test script.
#[async_trait]
pub trait Ask: Send + Sync {
    /// Puts the question and waits for the answer.
    async fn ask(&self, question: Question) -> Answer;
}

/// Refuses every question: for scripts and background work.
#[derive(Clone, Copy, Debug, Default)]
pub struct NeverAsk;

#[async_trait]
impl Ask for NeverAsk {
    async fn ask(&self, _question: Question) -> Answer {
        Answer::Refused
    }
}
