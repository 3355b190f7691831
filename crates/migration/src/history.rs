//! The statements that keep sqlx's history (`sqlx-postgres`, `sqlx-mysql`, `sqlx-sqlite` 0.9, `migrate.rs`; 0.8 has the same).
//!
//! A row goes in before the migration's own statements: what these do to the session, to its search path for one, does not lead the row
//! elsewhere. In a transaction it says at once that all went well, for otherwise it is not kept; without one it says so at the end.

use schema::Engine;

use crate::{Migration, layout::hex, script::dialect};

/// The table as sqlx calls it.
const TABLE: &str = "_sqlx_migrations";
/// What sqlx multiplies the checksum of a database's name with (`generate_lock_id`).
const LOCK: i64 = 0x3d32_ad9e;

/// The history of sqlx in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    engine: Engine,
    table: String,
}

/// How long the lock of [`History::lock`] is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// Until the transaction ends.
    Transaction,
    /// Until the connection ends.
    Session,
}

impl History {
    /// In this schema, on PostgreSQL.
    pub fn new(engine: Engine, schema: Option<&str>) -> Self {
        let schema = schema.filter(|_| engine == Engine::Postgres);
        History { engine, table: dialect(engine).quote_path(schema.into_iter().chain([TABLE])) }
    }

    /// Its table, as written in SQL.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Whether each migration is kept as a whole or not at all.
    pub fn is_transactional(&self) -> bool {
        matches!(self.engine, Engine::Postgres | Engine::Sqlite)
    }

    /// Takes the lock that sqlx takes, without waiting: a row says that another program has it. None for SQLite, where a transaction
    /// that writes is alone.
    pub fn lock(&self, database: &str, locking: Locking) -> Option<String> {
        let id = LOCK.wrapping_mul(i64::from(crc32fast::hash(database.as_bytes())));
        match (self.engine, locking) {
            (Engine::Postgres, Locking::Transaction) => {
                Some(format!("SELECT 1 WHERE NOT pg_catalog.pg_try_advisory_xact_lock({id})"))
            }
            (Engine::Postgres, Locking::Session) => {
                Some(format!("SELECT 1 WHERE NOT pg_catalog.pg_try_advisory_lock({id})"))
            }
            (Engine::MySql | Engine::MariaDb, _) => Some(format!(
                "SELECT 1 FROM (SELECT GET_LOCK('{id:x}', 0) AS taken) AS l WHERE l.taken IS NULL OR l.taken <> 1"
            )),
            (Engine::Sqlite, _) => None,
        }
    }

    /// Makes the table where it is not there, as sqlx does.
    pub fn make(&self) -> String {
        let (moment, bytes) = match self.engine {
            Engine::Postgres => ("TIMESTAMPTZ NOT NULL DEFAULT now()", "BYTEA"),
            Engine::MySql | Engine::MariaDb | Engine::Sqlite => {
                ("TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP", "BLOB")
            }
        };
        format!(
            "CREATE TABLE IF NOT EXISTS {} (\n    version BIGINT PRIMARY KEY,\n    description TEXT NOT NULL,\n    \
             installed_on {moment},\n    success BOOLEAN NOT NULL,\n    checksum {bytes} NOT NULL,\n    \
             execution_time BIGINT NOT NULL\n)",
            self.table
        )
    }

    /// Gives a row where this version is there already, or another was not brought to its end.
    pub fn is_not_pending(&self, version: &str) -> String {
        format!("SELECT version FROM {} WHERE version = {} OR NOT success", self.table, number(version))
    }

    /// Gives a row where this version is not there, or one was not brought to its end.
    pub fn is_not_applied(&self, version: &str) -> String {
        let (table, version) = (&self.table, number(version));
        format!(
            "SELECT 1 FROM (SELECT count(*) AS n, max(CASE WHEN success THEN 0 ELSE 1 END) AS dirty, \
             max(CASE WHEN version = {version} THEN 1 ELSE 0 END) AS own FROM {table}) AS h \
             WHERE h.n = 0 OR h.own <> 1 OR h.dirty <> 0"
        )
    }

    /// Puts the row in; `success` is true in a transaction.
    pub fn insert(&self, migration: &Migration, success: bool) -> String {
        let checksum = migration.checksum.as_deref().unwrap_or_default();
        let checksum = match self.engine {
            Engine::Postgres => format!("pg_catalog.decode('{checksum}', 'hex')"),
            Engine::MySql | Engine::MariaDb | Engine::Sqlite => format!("X'{checksum}'"),
        };
        let name = match self.engine {
            // Whatever the session's sql_mode makes of backslashes.
            Engine::MySql | Engine::MariaDb if !migration.name.is_empty() => {
                format!("CONVERT(X'{}' USING utf8mb4)", hex(migration.name.as_bytes()))
            }
            _ => format!("'{}'", migration.name.replace('\'', "''")),
        };
        let (table, version) = (&self.table, number(&migration.version));
        let success = if success { "TRUE" } else { "FALSE" };
        format!(
            "INSERT INTO {table} (version, description, success, checksum, execution_time) VALUES ({version}, {name}, {success}, \
             {checksum}, -1)"
        )
    }

    /// Says that it went well, and how long it took: `begun_ms` is when, in ms since the epoch, where the server has no clock of that.
    pub fn finish(&self, version: &str, begun_ms: i64) -> String {
        let (table, version) = (&self.table, number(version));
        let took = match self.engine {
            Engine::Postgres => {
                "(extract(epoch FROM pg_catalog.clock_timestamp() - installed_on) * 1000000000)::pg_catalog.int8"
                    .to_owned()
            }
            // The start as the row has it is one of whole seconds.
            Engine::MySql | Engine::MariaDb => {
                "COALESCE(TIMESTAMPDIFF(MICROSECOND, @rowhouse_begun, SYSDATE(6)), 0) * 1000".to_owned()
            }
            Engine::Sqlite => {
                format!(
                    "max(0, CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) - {begun_ms}) * 1000000"
                )
            }
        };
        format!("UPDATE {table} SET success = TRUE, execution_time = {took} WHERE version = {version}")
    }

    /// What the session remembers before the row goes in, for [`History::finish`].
    pub fn begin(&self) -> Option<&'static str> {
        matches!(self.engine, Engine::MySql | Engine::MariaDb).then_some("SET @rowhouse_begun = SYSDATE(6)")
    }

    /// Says that it is on its way back, which may not come to its end.
    pub fn doubt(&self, version: &str) -> String {
        format!("UPDATE {} SET success = FALSE WHERE version = {}", self.table, number(version))
    }

    /// Says that everything it does is there.
    pub fn settle(&self, version: &str) -> String {
        format!("UPDATE {} SET success = TRUE WHERE version = {}", self.table, number(version))
    }

    /// Takes the row out.
    pub fn remove(&self, version: &str) -> String {
        format!("DELETE FROM {} WHERE version = {}", self.table, number(version))
    }
}

/// A version as SQL: nothing but a number gets there.
fn number(version: &str) -> i64 {
    version.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_those_of_sqlx() {
        // As `generate_lock_id` of sqlx 0.9 has it for this name.
        let crc = i64::from(crc32fast::hash(b"shop"));
        let id = 0x3d32_ad9e_i64 * crc;
        let postgres = History::new(Engine::Postgres, Some("public"));
        assert_eq!(
            postgres.lock("shop", Locking::Session).unwrap_or_default(),
            format!("SELECT 1 WHERE NOT pg_catalog.pg_try_advisory_lock({id})")
        );
        let maria = History::new(Engine::MariaDb, None);
        assert!(maria.lock("shop", Locking::Session).unwrap_or_default().contains(&format!("GET_LOCK('{id:x}', 0)")));
        assert_eq!(History::new(Engine::Sqlite, None).lock("shop", Locking::Transaction), None);
        assert_eq!(postgres.table(), "public._sqlx_migrations");
    }
}
