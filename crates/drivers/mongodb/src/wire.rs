//! The MongoDB wire protocol over a [`route::Stream`]: `OP_MSG` (server 3.6 and later), `hello`, and signing in.
//!
//! A [`Client`] is one connection with one command at a time; replies are handed over as the raw documents they are. What a server
//! may send is never trusted: lengths are limited before anything is allocated for them, and nonsense is a typed
//! [`Error::Protocol`]. The protocol: `source/message/OP_MSG.md` and `source/auth/auth.md` of mongodb/specifications.
//!
//! This module must not know the driver contract: no profiles, no questions to people, no language.

mod client;
mod error;
mod frame;
mod hello;
mod login;
mod report;
mod scram;

pub(crate) use client::cursor;
pub use client::{Client, Secured};
pub use error::Error;
pub use hello::{Hello, Part};
pub use login::{Login, Mechanism};
pub use report::Report;

/// Longest message accepted from a server: its own limit, and room for a header.
pub const MESSAGE_BYTES: usize = 48_000_000 + (16 << 10);
/// The least version of the protocol: that of server 3.6.
pub const LEAST_WIRE: i64 = 6;
/// The newest version of the protocol that is known: that of server 8.2. Servers speak older ones too, as far as they say.
pub const MOST_WIRE: i64 = 27;
