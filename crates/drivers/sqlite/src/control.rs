//! The control side: one connection of its own that never writes and never joins a user's transaction.

use std::{collections::BTreeMap, sync::Arc};

use ::catalog::{Catalog, ObjectKey, Scope};
use async_trait::async_trait;
use driver::{Control, Ddl, Edit, Error, Explain, Scan, Server};
use rusqlite::{Connection, config::DbConfig};

use crate::{
    alter::Altering,
    catalog, ddl, dialect,
    edit::SqliteEdit,
    error,
    explain::Explaining,
    open::{self, Opened, Place, Source},
    scan::SqliteScan,
    worker::Worker,
};

pub(crate) struct SqliteControl {
    worker: Worker,
    server: Server,
    edit: SqliteEdit,
    altering: Altering,
    database: String,
    read_only: bool,
}

impl SqliteControl {
    pub(crate) async fn open(source: Source) -> Result<Self, Error> {
        let database = match &source.place {
            Place::File(path) => {
                path.file_name().map_or_else(|| "main".to_owned(), |name| name.to_string_lossy().into_owned())
            }
            Place::Memory(_) => ":memory:".to_owned(),
        };
        let own = source.clone();
        let (worker, server) = Worker::start("sqlite control", move || {
            let (connection, opened) = open::open(&source)?;
            let server = probe(&connection, &source, &opened).map_err(|error| error::translate(error, ""))?;
            // Set last: probing reads the pragma's neighbours as the sessions will find them.
            if !opened.read_only {
                connection.pragma_update(None, "query_only", true).map_err(|error| error::translate(error, ""))?;
            }
            Ok((connection, server))
        })
        .await?;
        let read_only = server.facts.get("read_only").is_some_and(|value| value != "no");
        let is = |name: &str, value: &str| server.facts.get(name).is_some_and(|found| found == value);
        let edit = SqliteEdit { foreign_keys: is("foreign_keys", "on"), utf8: is("encoding", "UTF-8") };
        // It neither makes the file nor writes to one that may not be.
        let altering = Altering::new(Source { create: false, read_only, ..own });
        Ok(SqliteControl { worker, server, edit, altering, database, read_only })
    }

    /// What the last hop found, in one line.
    pub(crate) fn summary(&self) -> String {
        let fact = |name: &str| self.server.facts.get(name).map(String::as_str);
        let mut parts = vec![format!("SQLite {}", self.server.version)];
        parts.extend(fact("file").map(str::to_owned));
        parts.extend(fact("read_only").filter(|value| *value != "no").map(|why| format!("read-only: {why}")));
        parts.extend(fact("notice").map(str::to_owned));
        parts.join(", ")
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    pub(crate) fn read_only(&self) -> bool {
        self.read_only
    }

    pub(crate) fn close(&self) {
        self.worker.close();
    }
}

/// Facts: `file`, `read_only` (`no`, `asked`, or why), `journal_mode`, `encoding`, `page_size`, `user_version`,
/// `application_id`, `foreign_keys` (`on`, `off`), `immutable` and `notice` where they apply.
fn probe(connection: &Connection, source: &Source, opened: &Opened) -> Result<Server, rusqlite::Error> {
    let mut facts = BTreeMap::new();
    let mut fact = |name: &str, value: String| {
        facts.insert(name.to_owned(), value);
    };
    for name in ["journal_mode", "encoding", "page_size", "user_version", "application_id"] {
        let value = connection.query_row(&format!("PRAGMA {name}"), [], |row| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => other.as_str().unwrap_or_default().to_owned(),
            })
        })?;
        fact(name, value);
    }
    let enforced = connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY)?;
    fact("foreign_keys", if enforced { "on" } else { "off" }.to_owned());
    let read_only = match (&opened.because, opened.read_only) {
        (Some(because), _) => because.clone(),
        (None, true) => "asked".to_owned(),
        (None, false) => "no".to_owned(),
    };
    fact("read_only", read_only);
    if let Place::File(path) = &source.place {
        fact("file", path.display().to_string());
    }
    if opened.immutable {
        fact("immutable", "yes".to_owned());
    }
    if let Some(notice) = &opened.notice {
        fact("notice", notice.clone());
    }
    Ok(Server {
        product: "SQLite".to_owned(),
        version: rusqlite::version().to_owned(),
        version_number: u32::try_from(rusqlite::version_number()).unwrap_or(0),
        facts,
    })
}

#[async_trait]
impl Control for SqliteControl {
    fn server(&self) -> &Server {
        &self.server
    }

    fn language(&self) -> driver::Language {
        dialect::dialect().into()
    }

    async fn catalog(&self, scope: &Scope) -> Result<Catalog, Error> {
        let (scope, database) = (scope.clone(), self.database.clone());
        self.worker
            .ask(move |connection| {
                // One snapshot for all queries.
                let snapshot = connection.unchecked_transaction().map_err(|error| error::translate(error, ""))?;
                let catalog = catalog::read(connection, &scope, &database);
                drop(snapshot);
                catalog
            })
            .await
    }

    async fn ping(&self) -> Result<(), Error> {
        self.worker
            .ask(|connection| {
                let sign = connection.query_row("PRAGMA schema_version", [], |_| Ok(()));
                sign.map_err(|error| error::translate(error, ""))
            })
            .await
    }

    fn scan(&self) -> Option<&dyn Scan> {
        Some(&SqliteScan)
    }

    fn edit(&self) -> Option<&dyn Edit> {
        Some(&self.edit)
    }

    fn load(&self) -> Option<&dyn driver::Load> {
        Some(&crate::load::Loading)
    }

    fn generate(&self) -> Option<&dyn driver::Generate> {
        Some(&crate::generate::Generating)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        Some(self)
    }

    fn advice(&self) -> Option<&dyn driver::Advice> {
        Some(self)
    }

    fn explain(&self) -> Option<&dyn Explain> {
        Some(&Explaining)
    }

    fn alter(&self) -> Option<&dyn driver::Alter> {
        Some(&self.altering)
    }
}

#[async_trait]
impl Ddl for SqliteControl {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        let key = key.clone();
        self.worker.ask(move |connection| ddl::definition(connection, &key)).await
    }

    async fn definitions(&self, keys: &[ObjectKey]) -> Result<Vec<(ObjectKey, Arc<str>)>, Error> {
        let keys = keys.to_vec();
        self.worker
            .ask(move |connection| {
                // One snapshot for all of them.
                let snapshot = connection.unchecked_transaction().map_err(|error| error::translate(error, ""))?;
                let texts = ddl::definitions(connection, keys);
                drop(snapshot);
                texts
            })
            .await
    }
}
