//! SQL Server 2012 and later and Azure SQL: our own session client, and the driver built on it.
//!
//! [`wire`] speaks the protocol. A session is a task over one wire client ([`driver::Session`]); the control side reads the
//! catalog over another; a cancel is an attention on the session's own connection, and the run ends when the server has
//! acknowledged it.
//!
//! # Batches
//! What is sent is a batch, as it was typed; lines `GO` are the splitter's, and a server never sees them. The server goes on
//! after many an error of a batch: its results are handed over, the first error ends the run, the others are notices beside it.
//! Values for variables that a batch does not declare go beside the text (`sp_executesql`), as texts that the server converts.
//!
//! # Read-only
//! This server has no session that only reads. A guard of ours ([`sql::read_only_verdict`]) stands in front of a read-only
//! session and refuses what writes and whatever it does not understand, procedures among it. Only rights of the login are
//! more.
//!
//! This crate must not know other drivers, the keychain or any user interface.

mod activity;
mod cancel;
mod cast;
mod catalog;
mod connect;
mod control;
mod ddl;
mod edit;
mod error;
mod explain;
pub mod policies;
mod quote;
mod rows;
mod scan;
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

/// The driver of SQL Server.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqlServer;

#[async_trait]
impl Driver for SqlServer {
    fn id(&self) -> &'static str {
        "mssql"
    }

    fn label(&self) -> &'static str {
        "SQL Server"
    }

    fn model(&self) -> Model {
        Model::Relational
    }

    fn language(&self) -> Language {
        sql::dialect::tsql().into()
    }

    fn limits(&self) -> Limits {
        Limits {
            columns: Some(4096),
            cell_bytes: Some(i32::MAX.unsigned_abs().into()),
            // 128 characters, of up to four bytes each.
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
        &cast::SqlServerCast
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
