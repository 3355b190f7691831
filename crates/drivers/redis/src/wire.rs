//! The protocol of Redis and Valkey, RESP2 and RESP3: a parser that gives a reply piece by piece, and a client over it.
//!
//! A reply is never put together here: a list of ten million elements is as many [`Token`]s, and whoever wants a small one whole
//! asks for a [`Value`]. Nothing is allocated by a length that was only announced.
//!
//! Source: <https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md>.

mod client;
mod error;
mod parser;
mod startup;
mod value;

pub use client::Client;
pub use error::{Error, Said, Violation};
pub use parser::{Aggregate, Item, Parser, Token};
pub(crate) use startup::speaks_plain;
pub use startup::{Login, Started};
pub(crate) use value::Assembly;
pub use value::Value;

/// Most levels of a reply: the server's own scripts stop earlier.
pub const DEPTH: usize = 128;
/// Longest string: the server's own `proto-max-bulk-len`, in bytes.
pub const BULK_BYTES: usize = 512 << 20;
/// Longest line: a status or an error of a script may be as long as its writer wants.
pub const LINE_BYTES: usize = 1 << 20;
