//! Which relation and column a result's column comes from: the protocol tells numbers, the catalog their names.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{catalog::rows::oids, control::ControlSession, wire::Column};

/// A result is not held back for longer than this: without its origin it is shown all the same.
const PATIENCE: Duration = Duration::from_millis(250);
/// Somebody else may have renamed a table meanwhile.
const KEPT: Duration = Duration::from_secs(60);
/// Tables remembered; beyond it all are asked for again.
const MOST: usize = 1_000;

/// A table's names.
struct Table {
    read: Instant,
    schema: String,
    name: String,
    columns: HashMap<i16, String>,
}

/// Names of tables and their columns by number, looked up over the control session.
pub(super) struct Origins {
    control: Arc<ControlSession>,
    tables: Mutex<HashMap<u32, Table>>,
}

impl Origins {
    pub(super) fn new(control: Arc<ControlSession>) -> Self {
        Origins { control, tables: Mutex::default() }
    }

    pub(super) fn forget(&self) {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// For each column its `schema\u{1f}relation\u{1f}column`; `None` for an expression, and for a table that nobody but its
    /// own transaction can see yet.
    pub(super) async fn of(&self, columns: &[Column]) -> Vec<Option<String>> {
        let missing: HashSet<u32> = {
            let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
            tables.retain(|_, table| table.read.elapsed() < KEPT);
            let named = columns.iter().map(|column| column.table_oid).filter(|oid| *oid != 0);
            named.filter(|oid| !tables.contains_key(oid)).collect()
        };
        if !missing.is_empty() && tokio::time::timeout(PATIENCE, self.look_up(missing)).await.is_err() {
            tracing::debug!("the control session is busy: a result has no origins");
        }
        let tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let name = |column: &Column| {
            let table = tables.get(&column.table_oid)?;
            let own = table.columns.get(&column.attribute_number)?;
            Some([&table.schema, &table.name, own].map(String::as_str).join("\u{1f}"))
        };
        columns.iter().map(name).collect()
    }

    async fn look_up(&self, missing: HashSet<u32>) {
        let text = "select c.oid, n.nspname, c.relname, a.attnum::int4, a.attname from pg_catalog.pg_class c \
                    join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
                    join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped \
                    where c.oid = any ($1::oid[])";
        let rows = match self.control.query(text, &[Some(&oids(missing))]).await {
            Ok(rows) => rows,
            Err(failure) => return tracing::debug!(?failure, "the origins of a result could not be looked up"),
        };
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.len() > MOST {
            tables.clear();
        }
        for row in rows.iter() {
            let table = tables.entry(row.oid(0)).or_insert_with(|| Table {
                read: Instant::now(),
                schema: row.name(1),
                name: row.name(2),
                columns: HashMap::new(),
            });
            if let Some(number) = row.int(3).and_then(|number| i16::try_from(number).ok()) {
                table.columns.insert(number, row.name(4));
            }
        }
    }
}
