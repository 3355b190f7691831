//! Redis 5 and later, Valkey, and what speaks their protocol: our own client, and the driver built on it.
//!
//! [`wire`] speaks RESP2 and RESP3. A session is a task over one wire client ([`driver::Session`]); the control side asks over
//! others. A reply is handed on piece by piece, and read only as fast as somebody takes it.
//!
//! # Read-only
//! The server has no read-only sessions. A guard refuses every command that the server's own `COMMAND` does not declare to read
//! ([`driver::Commands`]); a user with `-@write -@dangerous` is the lock. The fact `read_only` says `guarded`.
//!
//! # Cancel
//! The server runs one command at a time and has no cancel for most of them. What blocks (`BLPOP`, `XREAD BLOCK`) is unblocked by
//! `CLIENT UNBLOCK`, a script or function is ended by `SCRIPT KILL` or `FUNCTION KILL`; of everything else the reply is awaited
//! and dropped, and the cancel says so.
//!
//! # Silence
//! A server that works on a long command answers nobody. As long as its computer accepts connections, a session that awaits a
//! reply is not given up.
//!
//! This crate must not know other drivers, the keychain or any user interface.

mod activity;
mod cancel;
mod cast;
mod catalog;
mod cluster;
mod connect;
mod control;
mod error;
mod keys;
mod language;
mod live;
mod report;
mod session;
mod types;
mod vigil;
pub mod wire;

use std::sync::Arc;

use ::catalog::Kind;
use async_trait::async_trait;
use driver::{
    Cast, ConnectContext, Connection, Driver, Error, Field, Language, Limits, Model, ParsedUrl, Profile, Unschemed,
};

/// The driver of Redis and Valkey.
#[derive(Debug, Clone, Copy, Default)]
pub struct Redis;

#[async_trait]
impl Driver for Redis {
    fn id(&self) -> &'static str {
        "redis"
    }

    fn label(&self) -> &'static str {
        "Redis / Valkey"
    }

    fn model(&self) -> Model {
        Model::KeyValue
    }

    fn language(&self) -> Language {
        Language::Commands(language::unprobed())
    }

    fn limits(&self) -> Limits {
        Limits { cell_bytes: Some(wire::BULK_BYTES as u64), ..Limits::default() }
    }

    fn fields(&self) -> &'static [Field] {
        &connect::fields::FIELDS
    }

    fn schemes(&self) -> &'static [&'static str] {
        connect::url::SCHEMES
    }

    fn cast(&self) -> &'static dyn Cast {
        &cast::RedisCast
    }

    fn unschemed(&self) -> &'static [Unschemed] {
        &[Unschemed { kind: Kind::Roles, label: "Users", of_server: true }]
    }

    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        connect::url::parse(text)
    }

    fn target(&self, profile: &Profile) -> String {
        match connect::Settings::read(profile) {
            Ok(settings) => settings.target(),
            // A profile with a mistake in it still has to be shown in a list.
            Err(_) => profile.value("host").unwrap_or("localhost").to_owned(),
        }
    }

    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        connect::connect(profile, context).await
    }
}
