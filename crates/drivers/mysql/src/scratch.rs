//! Databases that are made for a moment, over connections of their own: the control session only reads.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{Code, Error, Scratch, ScratchDatabase};

use crate::{
    control::{ControlSession, Failure, query},
    dialect::Facts,
    quote,
};

/// Since this version databases have comments (<https://mariadb.com/kb/en/create-database/>); MySQL's have none.
const COMMENTS: u32 = 100_500;
/// Nothing waits long for what others lock.
const LOCKS: &str = "SET SESSION lock_wait_timeout = 30";
/// The login may not reach the database, or may not do that.
const DENIED: [u16; 3] = [1044, 1142, 1227];

/// The facet.
pub(crate) struct Scratching {
    session: Arc<ControlSession>,
    comments: bool,
}

impl Scratching {
    pub(crate) fn new(session: Arc<ControlSession>, facts: Facts, version: u32) -> Self {
        Scratching { session, comments: facts.mariadb && version >= COMMENTS }
    }
}

fn refusal(failure: Failure) -> Error {
    let denied = DENIED.contains(&failure.number());
    let mut error = Error::from(failure);
    if denied {
        error.code = Code::Forbidden;
        let right = "GRANT ALL PRIVILEGES ON `rowhouse\\_scratch\\_%`.* TO …";
        error.hint = Some(format!("The login needs all rights on databases of such names: {right}"));
    }
    error
}

#[async_trait]
impl Scratch for Scratching {
    async fn create(&self, name: &str, note: &str) -> Result<(), Error> {
        let mut client = self.session.opener().open("scratch").await?;
        let made = async {
            query(&mut client, LOCKS).await?;
            let defaults = query(&mut client, "SELECT @@character_set_database, @@collation_database").await?;
            let mut text = format!("CREATE DATABASE {}", quote::name(name));
            if let Some([Some(set), Some(collation)]) = defaults.first().map(Vec::as_slice) {
                text += &format!(" CHARACTER SET {} COLLATE {}", quote::text(set), quote::text(collation));
            }
            if self.comments {
                text += &format!(" COMMENT {}", quote::text(note));
            }
            query(&mut client, &text).await.map(drop)
        };
        let made = made.await;
        client.close().await;
        made.map_err(refusal)
    }

    async fn remove(&self, name: &str) -> Result<(), Error> {
        let mut client = self.session.opener().open("scratch").await?;
        let gone = async {
            query(&mut client, LOCKS).await?;
            query(&mut client, &format!("DROP DATABASE IF EXISTS {}", quote::name(name))).await.map(drop)
        };
        let gone = gone.await;
        client.close().await;
        gone.map_err(refusal)
    }

    async fn named(&self, prefix: &str) -> Result<Vec<ScratchDatabase>, Error> {
        let note = if self.comments { "s.SCHEMA_COMMENT" } else { "NULL" };
        let prefix = quote::text(prefix);
        let text = format!(
            "SELECT s.SCHEMA_NAME, {note}, \
             (SELECT COUNT(*) FROM information_schema.PROCESSLIST p WHERE p.DB = s.SCHEMA_NAME) \
             FROM information_schema.SCHEMATA s WHERE LEFT(s.SCHEMA_NAME, CHAR_LENGTH({prefix})) = {prefix} ORDER BY 1"
        );
        let rows = self.session.query(&text).await?;
        let found = rows.into_iter().filter_map(|row| {
            let [name, note, sessions] = <[Option<String>; 3]>::try_from(row).ok()?;
            let sessions = sessions.and_then(|count| count.parse().ok()).unwrap_or(0);
            Some(ScratchDatabase { name: name?, note: note.filter(|note| !note.is_empty()), sessions })
        });
        Ok(found.collect())
    }
}
