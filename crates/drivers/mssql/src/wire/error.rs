//! How a connection fails.

use std::{io, time::Duration};

use super::Report;

/// How the server broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A packet or token does not hold what it must.
    #[error("a message does not hold what it must")]
    Malformed,
    /// A packet or token that may not come now.
    #[error("a message that may not come now")]
    OutOfTurn,
    /// A token that this protocol does not have.
    #[error("token {0:#04x} is not known")]
    UnknownToken(u8),
    /// A type that this protocol does not have, or that was not asked for.
    #[error("type {0:#04x} is not known")]
    UnknownType(u8),
    /// A row longer than any may be.
    #[error("a row of more than {0} bytes")]
    TooLong(usize),
    /// A cell that is not of its column's type.
    #[error("column {column} holds what its type does not allow")]
    Cell {
        /// The column, from 0.
        column: usize,
    },
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
    #[error("whoever answered is no SQL Server")]
    NotSqlServer,
    /// TLS was wanted and the server has none.
    #[error("the server offers no encryption")]
    TlsNotOffered,
    /// The server wants TLS and it was forbidden.
    #[error("the server demands encryption")]
    TlsDemanded,
    /// The server knows no SQL Server older than 2012 protocol.
    #[error("the server is too old")]
    TooOld,
    /// The server wants to sign in by a method that is not supported.
    #[error("the server wants {0} authentication")]
    UnsupportedAuthentication(&'static str),
    /// The server sends us to another one, more often than can be meant.
    #[error("the server sends every login elsewhere")]
    RoutedInCircles,
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}
