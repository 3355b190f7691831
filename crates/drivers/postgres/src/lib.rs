//! PostgreSQL 12 and later: our own session client, and the driver built on it.
//!
//! [`wire`] speaks the protocol. A session is a task over one wire client ([`driver::Session`]); the control side reads
//! the catalog over another. In read-only mode each statement goes, alone, by the extended protocol and inside a READ ONLY
//! transaction of ours whose snapshot is taken, so that the server itself refuses to write; `sql::read_only_verdict` stands
//! in front of it for what a READ ONLY transaction lets through.
//!
//! This crate must not know other drivers, the keychain or any user interface.

mod acting;
mod activity;
mod advice;
mod alter;
mod cancel;
pub mod cast;
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
mod policies;
mod queries;
mod scan;
mod scratch;
mod session;
mod trial;
mod types;
mod vigil;
pub mod wire;

use std::sync::Arc;

use ::catalog::Kind;
use async_trait::async_trait;
use driver::{
    Cast, ConnectContext, Connection, Driver, Error, Field, Language, Limits, Model, ParsedUrl, Profile, Unschemed,
};

/// The PostgreSQL driver.
#[derive(Debug, Clone, Copy, Default)]
pub struct PostgresDriver;

#[async_trait]
impl Driver for PostgresDriver {
    fn id(&self) -> &'static str {
        "postgres"
    }

    fn label(&self) -> &'static str {
        "PostgreSQL"
    }

    fn model(&self) -> Model {
        Model::Relational
    }

    fn language(&self) -> Language {
        sql::dialect::postgres().into()
    }

    fn limits(&self) -> Limits {
        Limits {
            columns: Some(1664),
            cell_bytes: Some(1 << 30),
            identifier_bytes: Some(63),
            max_pause: None,
            cancel_fails_transaction: true,
        }
    }

    fn fields(&self) -> &'static [Field] {
        &connect::fields::FIELDS
    }

    fn schemes(&self) -> &'static [&'static str] {
        connect::url::SCHEMES
    }

    fn cast(&self) -> &'static dyn Cast {
        &cast::CAST
    }

    fn acts(&self) -> bool {
        true
    }

    fn unschemed(&self) -> &'static [Unschemed] {
        const fn of_database(kind: Kind, label: &'static str) -> Unschemed {
            Unschemed { kind, label, of_server: false }
        }
        &const {
            [
                of_database(Kind::Extensions, "Extensions"),
                of_database(Kind::Publications, "Publications"),
                of_database(Kind::EventTriggers, "Event triggers"),
                Unschemed { kind: Kind::Roles, label: "Roles", of_server: true },
            ]
        }
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
