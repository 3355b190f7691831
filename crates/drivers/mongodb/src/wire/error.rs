//! How a connection fails.

use std::{io, time::Duration};

use super::Report;

/// Why a connection failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A hop on the way failed.
    #[error(transparent)]
    Route(#[from] route::Error),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    /// The server hung up.
    #[error("the server hung up")]
    Closed,
    /// The server did not answer in time.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// Whoever answered speaks another protocol.
    #[error("the answer is no MongoDB message")]
    NotMongoDb,
    /// The server is older than what is understood.
    #[error("the server is too old")]
    TooOld,
    /// The server does not speak any version of the protocol that is understood.
    #[error("the server is too new")]
    TooNew,
    /// The server said something that makes no sense.
    #[error("the server broke the protocol: {0}")]
    Protocol(&'static str),
    /// The server refused.
    #[error("{}", .0.message)]
    Server(Box<Report>),
    /// A way to sign in that is not known.
    #[error("authentication by {0} is not supported")]
    UnsupportedMechanism(String),
    /// The password would go over the network as it is.
    #[error("the password would be exposed")]
    PasswordExposed,
    /// The password has signs that cannot be prepared for signing in.
    #[error("the password cannot be prepared")]
    UnusablePassword,
    /// The server could not prove that it knows the password.
    #[error("the server's own proof is wrong")]
    ServerNotProven,
    /// The message is longer than the server takes.
    #[error("the message is too long")]
    TooLong,
}

impl Error {
    /// Whether the server refused who we are.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Error::Server(report) if matches!(report.code, 18 | 11 | 31 | 334 | 4352))
    }
}
