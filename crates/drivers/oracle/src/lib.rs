//! Oracle Database 12.2 and later, over Oracle's own client (`oracledb`), which is synchronous: every connection has a thread.
//!
//! **Not verified against a server**: none was at hand. What needs no server is tested; what needs one is behind the feature
//! `client`, off by default, without which a connection is refused and says why.
//!
//! The way to the server is ours ([`route`]: TLS, SSH, proxies, each a hop that is told), and the client library is led to a door
//! on this machine ([`route::Entrance`]). That door is also what ends a call that does not end: the library has no way to.
//!
//! # Cancel
//! `ALTER SYSTEM CANCEL SQL` from the control connection where the login may (18c and later); otherwise the door is closed, which
//! ends the session, and the error says so.
//!
//! # Read-only
//! A guard of ours ([`sql::read_only_verdict`]) refuses what writes and whatever it does not understand, blocks and functions among
//! it: a function may write in a transaction of its own, and `SET TRANSACTION READ ONLY` does not stop that.
//!
//! This crate must not know other drivers, the keychain or any user interface.

#![cfg_attr(not(feature = "client"), allow(dead_code, reason = "only the client reads all of it"))]

mod cast;
#[cfg(any(test, feature = "client"))]
mod catalog;
mod connect;
#[cfg(any(test, feature = "client"))]
mod error;
#[cfg(any(test, feature = "client"))]
mod quote;
#[cfg(any(test, feature = "client"))]
mod rows;

#[cfg(feature = "client")]
mod client;

use std::sync::Arc;

use ::catalog::Kind;
use async_trait::async_trait;
use driver::{
    Cast, ConnectContext, Connection, Driver, Error, Field, Language, Limits, Model, ParsedUrl, Profile, Unschemed,
};

/// The driver of Oracle Database.
#[derive(Debug, Clone, Copy, Default)]
pub struct Oracle;

#[async_trait]
impl Driver for Oracle {
    fn id(&self) -> &'static str {
        "oracle"
    }

    fn label(&self) -> &'static str {
        "Oracle"
    }

    fn model(&self) -> Model {
        Model::Relational
    }

    fn language(&self) -> Language {
        sql::dialect::oracle().into()
    }

    fn limits(&self) -> Limits {
        Limits {
            // 4,096 where MAX_COLUMNS says so.
            columns: Some(4096),
            cell_bytes: None,
            identifier_bytes: Some(128),
            max_pause: None,
            cancel_fails_transaction: false,
        }
    }

    fn fields(&self) -> &'static [Field] {
        &connect::fields::FIELDS
    }

    fn schemes(&self) -> &'static [&'static str] {
        connect::url::SCHEMES
    }

    fn cast(&self) -> &'static dyn Cast {
        &cast::OracleCast
    }

    fn unschemed(&self) -> &'static [Unschemed] {
        &[Unschemed { kind: Kind::Roles, label: "Users and roles", of_server: false }]
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
