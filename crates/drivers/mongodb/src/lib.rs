//! MongoDB 3.6 and later, and servers that speak its protocol.
//!
//! [`wire`] speaks the protocol over a route of ours, so that every member of a replica set is reached by the same tunnel, proxy and
//! TLS settings as the first. A session is a task over one connection with a session id of the server's; the control side reads the
//! catalog over another; a cancel is `killOp` over a third, found by the session id.
//!
//! # Documents
//! A result is one column of documents as the server sent them, raw BSON ([`bson`]). The driver's documents (`Driver::documents`)
//! read and write them as text without a connection; a change patches the bytes, so that what nobody touched keeps its type and
//! its place.
//!
//! # Read-only
//! The server has no sessions that only read. A guard stands before every statement: it is planned, and what its command does is told
//! from the command itself; whatever is not known to read is refused. Grants are the lock behind it, where the login has few.
//!
//! # What a run leaves behind
//! A cursor that was not read to its end is closed before the next statement is sent. A statement that the server does not stop within
//! ten seconds costs the session: it is closed, and said so.
//!
//! This crate must not know other drivers, the keychain or any user interface.

mod activity;
pub mod bson;
mod cancel;
mod cast;
mod catalog;
mod connect;
mod control;
mod ddl;
mod documents;
mod error;
mod explain;
mod language;
mod live;
mod report;
mod scan;
mod session;
mod types;
mod vigil;
pub mod wire;

use std::{sync::Arc, time::Duration};

use ::catalog::Kind;
use async_trait::async_trait;
use driver::{
    Cast, ConnectContext, Connection, DocumentForm, Driver, Error, Field, Language, Limits, Model, ParsedUrl, Profile,
    Unschemed,
};

/// The driver of MongoDB.
#[derive(Debug, Clone, Copy, Default)]
pub struct MongoDb;

#[async_trait]
impl Driver for MongoDb {
    fn id(&self) -> &'static str {
        "mongodb"
    }

    fn label(&self) -> &'static str {
        "MongoDB"
    }

    fn model(&self) -> Model {
        Model::Document
    }

    fn language(&self) -> Language {
        Language::Commands(Arc::new(language::Shell))
    }

    fn limits(&self) -> Limits {
        Limits {
            columns: Some(1),
            cell_bytes: Some(bson::DOCUMENT_BYTES as u64),
            // A database's name and a collection's together, since 4.4.
            identifier_bytes: Some(255),
            // A server closes a cursor that nobody reads for ten minutes.
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
        &cast::BsonCast
    }

    fn documents(&self) -> Option<&'static dyn DocumentForm> {
        Some(&documents::BsonForm)
    }

    fn unschemed(&self) -> &'static [Unschemed] {
        &[Unschemed { kind: Kind::Roles, label: "Users and roles", of_server: true }]
    }

    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        connect::url::parse(text)
    }

    fn target(&self, profile: &Profile) -> String {
        match connect::Settings::read(profile) {
            Ok(settings) => settings.target(),
            // A profile with a mistake in it still has to be shown in a list.
            Err(_) => profile.value("hosts").unwrap_or("localhost").to_owned(),
        }
    }

    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        connect::connect(profile, context).await
    }
}
