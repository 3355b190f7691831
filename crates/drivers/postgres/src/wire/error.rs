//! What can go wrong on the wire.

use std::{io, time::Duration};

use super::Report;

/// A failure of the connection. Errors of a statement are events, not these.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A hop on the way to the server failed.
    #[error(transparent)]
    Route(#[from] route::Error),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(#[source] io::Error),
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// Connecting took longer than allowed.
    #[error("the server did not answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The server refused the login, or cancelled the start-up.
    #[error("{}", .0.message)]
    Server(Box<Report>),
    /// The server wants a password and none was given.
    #[error("the server wants a password")]
    PasswordWanted,
    /// TLS is wanted and the server has none.
    #[error("the server offers no TLS")]
    TlsNotOffered,
    /// TLS is to come first and the server does not take it so, or did not agree to speak this protocol inside.
    #[error("the server does not take TLS from the first byte")]
    DirectTlsRefused(#[source] Option<Box<route::Error>>),
    /// Channel binding is required and was not done. No password was sent.
    #[error("{0}")]
    Unbound(Unbound),
    /// Whoever answered does not speak this protocol.
    #[error("this is not a PostgreSQL server")]
    NotPostgres,
    /// The server did not prove that it knows the password: it may be an impostor.
    #[error("the server did not prove that it knows the password: {0}")]
    Unproven(String),
    /// An authentication method that is not implemented here.
    #[error("the server wants {0} authentication, which is not supported")]
    UnsupportedAuthentication(&'static str),
    /// The server broke the protocol.
    #[error("the server broke the protocol: {0}")]
    Protocol(#[from] Violation),
    /// What was to be sent cannot be sent.
    #[error("{0}")]
    Unsendable(&'static str),
}

/// Why there is no channel binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unbound {
    /// There is no TLS channel to bind to.
    #[error("channel binding is required, and the connection is not encrypted")]
    NotEncrypted,
    /// This way of logging in has none; `trust` also stands for none at all.
    #[error("channel binding is required, and {0} authentication has none")]
    Method(&'static str),
    /// The server, or whoever answers in its place, offers SCRAM without it.
    #[error("channel binding is required, and the server does not offer it")]
    NotOffered,
    /// The server's certificate is signed in a way that names no hash (Ed25519).
    #[error("channel binding is required, and there is none with the server's certificate")]
    Certificate,
}

/// How the server broke the protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A message type this protocol version does not have.
    #[error("a message of unknown type 0x{0:02x}")]
    UnknownMessage(u8),
    /// A known message at the wrong time.
    #[error("a message of type '{}' out of turn", char::from(*.0))]
    OutOfTurn(u8),
    /// A length that cannot be: negative, too small, or over the limit.
    #[error("a message of type 0x{tag:02x} with the length {length}")]
    Length {
        /// The message's type.
        tag: u8,
        /// The length it claims.
        length: i64,
    },
    /// A message that ends before its content does, or goes on after it.
    #[error("a malformed message of type '{}'", char::from(*.0))]
    Malformed(u8),
    /// A row with another number of cells than there are columns.
    #[error("a row of {found} cells where there are {expected} columns")]
    RowWidth {
        /// The columns described.
        expected: usize,
        /// The cells sent.
        found: usize,
    },
    /// A cell that cannot be a value of its column's type.
    #[error("a value in column {} that is not of its type", .column + 1)]
    Cell {
        /// The column's position, from 0.
        column: usize,
    },
    /// A column in binary form, which was not asked for.
    #[error("a column in binary form")]
    BinaryColumn,
    /// An unknown transaction status.
    #[error("the unknown transaction status 0x{0:02x}")]
    TransactionStatus(u8),
}

impl Error {
    /// Whether the connection itself is gone or unusable, as opposed to a refused request to send.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Error::Unsendable(_))
    }
}
