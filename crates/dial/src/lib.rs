//! What every driver of a server does before its own protocol begins: a profile's values become a route with proxy, SSH and
//! TLS, what a person must answer on the way is asked, and every hop is told in words.
//!
//! It joins the contract ([`driver`]) to the network ([`route`]), which know nothing of one another. It must not know what is
//! spoken on the stream, nor any server's defaults: those are its callers'.
#![deny(missing_docs)]

mod hops;
mod refusal;
pub mod tls;
pub mod url;
mod values;
mod way;

pub use hops::{hop, watched};
pub use refusal::refusal;
pub use values::{os_user, port, step_timeout, wrong};
pub use way::Way;

/// How often a person may mistype a password.
pub const PASSWORD_ATTEMPTS: usize = 3;
