//! What the advisor's rules need beyond the catalog: of SQLite, what the connection was told.

use async_trait::async_trait;
use catalog::{
    Known,
    facts::{Engine, Facts},
};
use driver::{Advice, Control, Error};

use crate::control::SqliteControl;

#[async_trait]
impl Advice for SqliteControl {
    async fn facts(&self) -> Result<Facts, Error> {
        let server = self.server();
        Ok(Facts {
            version: server.version_number,
            settings: Known::Value(server.facts.clone()),
            login: Known::Unsupported,
            counted_since_ms: Known::Unsupported,
            has_replicas: Known::Unsupported,
            tables: Known::Unsupported,
            indexes: Known::Unsupported,
            sequences: Known::Unsupported,
            views: Known::Unsupported,
            extensions: Known::Unsupported,
            extension_members: Known::Value(Vec::new()),
            default_privileges: Known::Unsupported,
            host_rules: Known::Unsupported,
            weak_passwords: Known::Unsupported,
            oldest_transaction: Known::Unsupported,
            archiving: Known::Unsupported,
            ..Facts::of(Engine::Sqlite)
        })
    }
}
