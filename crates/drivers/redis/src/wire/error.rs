//! How a connection fails.

use std::{io, time::Duration};

/// How the server broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A reply begins with a byte that no type has.
    #[error("no reply begins with byte {0}")]
    UnknownType(u8),
    /// A number, a length or a line's end is not what it must be.
    #[error("a number or a line's end is not what it must be")]
    Malformed,
    /// A string or a line longer than any may be.
    #[error("a string or line of more than {0} bytes")]
    TooLong(usize),
    /// More levels than any reply may have.
    #[error("a reply of more than {0} levels")]
    TooDeep(usize),
    /// A reply nobody asked for.
    #[error("a reply nobody asked for")]
    OutOfTurn,
}

/// What the server refused something with: `-ERR unknown command`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The first word (`ERR`, `WRONGTYPE`).
    pub code: String,
    /// All of it, as sent.
    pub message: String,
}

impl Said {
    /// Reads an error's line.
    pub fn read(bytes: &[u8]) -> Self {
        let message = String::from_utf8_lossy(bytes).into_owned();
        let first = message.split(' ').next().unwrap_or_default();
        // What begins otherwise is words and no code: a script may say what it wants.
        let is_code = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        Said { code: if is_code { first.to_owned() } else { "ERR".to_owned() }, message }
    }

    /// The message without its code.
    pub fn words(&self) -> &str {
        self.message.strip_prefix(self.code.as_str()).unwrap_or(&self.message).trim()
    }
}

/// Why a connection could not be opened or is of no further use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The way to the server; names the hop.
    #[error(transparent)]
    Route(#[from] route::Error),
    /// The server's own refusal.
    #[error("{}", .0.message)]
    Server(Box<Said>),
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
    #[error("whoever answered is no Redis or Valkey server")]
    NotRedis,
    /// The server speaks neither version of the protocol that is spoken here.
    #[error("the server wants another version of the protocol")]
    ProtocolVersion,
    /// It took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}
