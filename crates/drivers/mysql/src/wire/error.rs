//! How a connection fails.

use std::{io, time::Duration};

use super::Report;

/// How the server broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A packet does not hold what it must.
    #[error("a packet does not hold what it must")]
    Malformed,
    /// A packet that may not come now.
    #[error("a packet that may not come now")]
    OutOfTurn,
    /// A message longer than any may be.
    #[error("a message of more than {0} bytes")]
    TooLong(usize),
    /// A row with more or fewer cells than columns.
    #[error("a row that does not fit its columns")]
    RowWidth,
    /// A cell that is not of its column's type.
    #[error("column {column} holds what its type does not allow")]
    Cell {
        /// The column, from 0.
        column: usize,
    },
    /// A type this protocol does not have.
    #[error("type {0} is not known")]
    UnknownType(u8),
}

/// Why a connection could not be opened or is of no further use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The way to the server; names the hop.
    #[error(transparent)]
    Route(#[from] route::Error),
    /// The server's own refusal.
    #[error("{}", .0.message)]
    Server(Box<Report>),
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[source] io::Error),
    /// The server hung up.
    #[error("the server closed the connection")]
    Closed,
    /// Nonsense from the server.
    #[error("{0}")]
    Protocol(#[from] Violation),
    /// Whoever answered speaks another protocol.
    #[error("whoever answered is no MySQL server")]
    NotMySql,
    /// TLS was wanted and the server has none.
    #[error("the server offers no TLS")]
    TlsNotOffered,
    /// The server is older than the protocol spoken here.
    #[error("the server is too old")]
    TooOld,
    /// The server wants to sign in by a method that is not supported.
    #[error("the server wants {0} authentication")]
    UnsupportedAuthentication(String),
    /// The password would have to be sent in a way others can read.
    #[error("the server wants the password over a connection that is not encrypted")]
    PasswordExposed(String),
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// What was to be sent cannot be; nothing was sent and the connection is usable.
    #[error("{0}")]
    Unsendable(String),
}

impl Error {
    /// Whether the connection is of no further use.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Error::Unsendable(_))
    }
}
