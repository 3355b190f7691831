//! MySQL 5.7 and later and MariaDB 10.5 and later: our own session client, and the driver built on it.
//!
//! [`wire`] speaks the protocol. A session is a task over one wire client ([`driver::Session`]); the control side reads the
//! catalog over another; a cancel is `KILL QUERY` over a third.
//!
//! # Exact values
//! Statements without placeholders go by the text protocol, whose cells are the server's own print. Statements with `?` are
//! prepared, because that is the only way to send the text as it was typed; their binary rows are printed as the text protocol
//! would have (`wire`). Values are sent as texts, and the server converts them.
//!
//! # Read-only
//! A read-only session is `SET SESSION TRANSACTION READ ONLY`, so that the server refuses to write in any transaction of it,
//! also where a statement is one of its own; `sql::read_only_verdict` stands in front and refuses what could lift that or acts
//! outside of transactions. The server lets a read-only session write temporary tables, and what a loadable function does is
//! its own affair: the guard refuses functions it does not know.
//!
//! # What a run leaves behind
//! After a statement with warnings the session reads `SHOW WARNINGS`, which changes `ROW_COUNT()` and `FOUND_ROWS()`, as the
//! server's own client does when it shows warnings; after `SET` and `USE` it reads its settings. A statement that was cancelled
//! is followed by `DO 0`, which swallows a cancel that came too late.
//!
//! This crate must not know other drivers, the keychain or any user interface.

mod activity;
mod advice;
mod alter;
mod cancel;
mod cast;
mod catalog;
mod connect;
mod control;
mod ddl;
mod dialect;
mod edit;
mod error;
mod explain;
mod generate;
mod load;
mod quote;
mod scan;
mod scratch;
mod session;
mod types;
mod vigil;
pub mod wire;

use std::{sync::Arc, time::Duration};

use ::catalog::Kind;
use async_trait::async_trait;
use driver::{
    Cast, ConnectContext, Connection, Driver, Error, Field, Language, Limits, Model, ParsedUrl, Profile, Unschemed,
};

/// The driver of MySQL and MariaDB.
#[derive(Debug, Clone, Copy, Default)]
pub struct MySql;

#[async_trait]
impl Driver for MySql {
    fn id(&self) -> &'static str {
        "mysql"
    }

    fn label(&self) -> &'static str {
        "MySQL / MariaDB"
    }

    fn model(&self) -> Model {
        Model::Relational
    }

    fn language(&self) -> Language {
        sql::dialect::mysql().into()
    }

    fn limits(&self) -> Limits {
        Limits {
            columns: Some(4096),
            cell_bytes: Some(1 << 30),
            identifier_bytes: Some(64),
            // A server drops whoever does not read for `net_write_timeout`, a minute unless somebody lowered it.
            max_pause: Some(Duration::from_secs(20)),
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
        &cast::MySqlCast
    }

    fn unschemed(&self) -> &'static [Unschemed] {
        // Roles are among them: they are accounts that nobody signs in with.
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
