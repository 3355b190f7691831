//! Type names, and the Arrow schema of a result.

pub(crate) mod classes;
mod origins;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use driver::arrow::{NATIVE_TYPE, ORIGIN, RAW_COPY, TYPE_ID};

use crate::{
    control::ControlSession,
    types::origins::Origins,
    wire::{Column, Kind},
};

/// Looking a name up takes a moment; a server that does not answer must not hold a result back.
const PATIENCE: Duration = Duration::from_secs(3);

/// The server's own types, which never change, as `format_type` prints them without a modifier.
const KNOWN: &[(u32, &str)] = &[
    (16, "boolean"),
    (17, "bytea"),
    (18, "\"char\""),
    (19, "name"),
    (20, "bigint"),
    (21, "smallint"),
    (23, "integer"),
    (24, "regproc"),
    (25, "text"),
    (26, "oid"),
    (114, "json"),
    (142, "xml"),
    (700, "real"),
    (701, "double precision"),
    (705, "unknown"),
    (790, "money"),
    (869, "inet"),
    (1000, "boolean[]"),
    (1005, "smallint[]"),
    (1007, "integer[]"),
    (1009, "text[]"),
    (1016, "bigint[]"),
    (1042, "character"),
    (1043, "character varying"),
    (1082, "date"),
    (1083, "time without time zone"),
    (1114, "timestamp without time zone"),
    (1184, "timestamp with time zone"),
    (1186, "interval"),
    (1700, "numeric"),
    (2205, "regclass"),
    (2278, "void"),
    (2950, "uuid"),
    (3802, "jsonb"),
];

/// Names of types, looked up once per connection over the control session, which is there while a session is busy.
pub(crate) struct Types {
    control: Arc<ControlSession>,
    names: Mutex<HashMap<(u32, i32), Arc<str>>>,
    origins: Origins,
}

impl Types {
    pub(crate) fn new(control: Arc<ControlSession>) -> Self {
        let names = KNOWN.iter().map(|(oid, name)| ((*oid, -1), Arc::from(*name))).collect();
        Types { origins: Origins::new(Arc::clone(&control)), control, names: Mutex::new(names) }
    }

    /// Forgets which columns results come from, after a statement that may have renamed them.
    pub(crate) fn forget_origins(&self) {
        self.origins.forget();
    }

    /// The schema of a result. A type nobody but its own transaction can see yet is named by its number. Where the session's
    /// encoding is not UTF-8, columns of texts have class columns.
    pub(crate) async fn schema(&self, columns: &[Column], is_utf8: bool) -> SchemaRef {
        let missing: HashSet<_> = {
            let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            columns.iter().map(key).filter(|key| !names.contains_key(key)).collect()
        };
        if !missing.is_empty() {
            let keys: Vec<_> = missing.into_iter().collect();
            match tokio::time::timeout(PATIENCE, self.look_up(&keys)).await {
                Ok(()) => {}
                Err(_) => tracing::debug!("the names of {} types were not found in time", keys.len()),
            }
        }
        let origins = self.origins.of(columns).await;
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let fields = columns.iter().zip(origins).map(|(column, origin)| {
            let native_type = names.get(&key(column)).map_or_else(|| Arc::from(unnamed(column)), Arc::clone);
            let mut metadata = HashMap::from([
                (NATIVE_TYPE.to_owned(), native_type.to_string()),
                (TYPE_ID.to_owned(), column.type_oid.to_string()),
                (TYPE_MODIFIER.to_owned(), column.type_modifier.to_string()),
                (TABLE_ID.to_owned(), column.table_oid.to_string()),
                (ATTRIBUTE_NUMBER.to_owned(), column.attribute_number.to_string()),
            ]);
            metadata.extend(origin.map(|origin| (ORIGIN.to_owned(), origin)));
            Field::new(&column.name, Kind::of(column.type_oid).data_type(), true).with_metadata(metadata)
        });
        let mut fields = fields.collect::<Vec<_>>();
        if !is_utf8 {
            fields.extend(classes::fields(&fields));
        }
        Arc::new(Schema::new(fields))
    }

    async fn look_up(&self, keys: &[(u32, i32)]) {
        let list = |part: fn(&(u32, i32)) -> i64| {
            let texts: Vec<_> = keys.iter().map(|key| part(key).to_string()).collect();
            format!("{{{}}}", texts.join(","))
        };
        let (oids, modifiers) = (list(|key| i64::from(key.0)), list(|key| i64::from(key.1)));
        let text = "select t.o, t.m, pg_catalog.format_type(t.o, nullif(t.m, -1)) \
                    from unnest($1::oid[], $2::int4[]) as t (o, m) \
                    where exists (select from pg_catalog.pg_type where oid = t.o)";
        match self.control.query(text, &[Some(&oids), Some(&modifiers)]).await {
            Ok(rows) => {
                let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
                for row in rows.iter() {
                    let modifier = row.int(1).and_then(|modifier| i32::try_from(modifier).ok());
                    if let (Some(modifier), Some(name)) = (modifier, row.string(2)) {
                        names.insert((row.oid(0), modifier), Arc::from(name));
                    }
                }
            }
            Err(failure) => tracing::debug!(?failure, "type names could not be looked up"),
        }
    }
}

/// Field metadata: the type's modifier, -1 if none.
pub(crate) const TYPE_MODIFIER: &str = "rowhouse.type_modifier";
/// Field metadata: the oid of the table a column comes from, 0 if none.
pub(crate) const TABLE_ID: &str = "rowhouse.table_id";
/// Field metadata: the column's number in that table, 0 if none.
pub(crate) const ATTRIBUTE_NUMBER: &str = "rowhouse.attribute_number";

fn key(column: &Column) -> (u32, i32) {
    (column.type_oid, column.type_modifier)
}

fn unnamed(column: &Column) -> String {
    KNOWN
        .iter()
        .find(|(oid, _)| *oid == column.type_oid)
        .map_or_else(|| format!("oid {}", column.type_oid), |(_, name)| (*name).to_owned())
}

/// The schema of copied rows that nobody took: one column of raw chunks.
pub(crate) fn raw_copy_schema() -> SchemaRef {
    let field = driver::arrow::field("copy", DataType::Binary, "text");
    let metadata = HashMap::from([(RAW_COPY.to_owned(), "true".to_owned())]);
    Arc::new(Schema::new(vec![field]).with_metadata(metadata))
}
