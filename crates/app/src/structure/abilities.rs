//! What can be staged of a database: what its engine lacks is not offered.

use std::collections::BTreeSet;

use catalog::ObjectKind;
use schema::{Body, Engine};

use super::reading::Defined;
use crate::api::*;

/// Types that are used most, by engine: proposals, nothing more.
fn usual_types(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Postgres => &[
            "bigint",
            "integer",
            "smallint",
            "text",
            "character varying(255)",
            "boolean",
            "numeric(12,2)",
            "timestamp with time zone",
            "timestamp without time zone",
            "date",
            "time without time zone",
            "interval",
            "uuid",
            "jsonb",
            "bytea",
            "double precision",
            "real",
            "inet",
        ],
        Engine::MySql => &[
            "bigint",
            "int",
            "smallint",
            "tinyint(1)",
            "varchar(255)",
            "text",
            "longtext",
            "decimal(12,2)",
            "double",
            "datetime(6)",
            "timestamp",
            "date",
            "time",
            "json",
            "blob",
            "binary(16)",
            "enum('a','b')",
        ],
        Engine::MariaDb => &[
            "bigint(20)",
            "int(11)",
            "smallint(6)",
            "tinyint(1)",
            "varchar(255)",
            "text",
            "longtext",
            "decimal(12,2)",
            "double",
            "datetime(6)",
            "timestamp",
            "date",
            "time",
            "uuid",
            "inet6",
            "blob",
            "enum('a','b')",
        ],
        Engine::Sqlite => &["integer", "text", "real", "numeric", "blob", "any"],
    }
}

fn index_methods(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Postgres => &["btree", "hash", "gin", "gist", "spgist", "brin"],
        Engine::MySql | Engine::MariaDb => &["btree", "fulltext", "spatial"],
        Engine::Sqlite => &["btree"],
    }
}

fn kinds(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Postgres => &[
            "schema",
            "table",
            "view",
            "materialized_view",
            "function",
            "procedure",
            "trigger",
            "enum",
            "domain",
            "sequence",
            "extension",
        ],
        Engine::MySql | Engine::MariaDb => &["table", "view", "function", "procedure", "trigger", "event"],
        Engine::Sqlite => &["table", "view", "trigger"],
    }
}

/// MySQL keeps expressions as keys of indexes from 8.0.13 on
/// (<https://dev.mysql.com/doc/refman/8.0/en/create-index.html#create-index-functional-key-parts>); MariaDB does not.
const EXPRESSION_INDEXES: u32 = 80_013;
/// PostgreSQL computes columns without storing them from 18 on.
const VIRTUAL_COLUMNS: u32 = 180_000;
/// PostgreSQL's indexes carry columns along from 11 on.
const INCLUDED_COLUMNS: u32 = 110_000;

fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

/// `schemas` are those that untrusted clients reach, where that is known.
pub(super) fn told(defined: &Defined, product: &str, exposed: Vec<String>) -> StructureAbilities {
    let engine = defined.engine();
    let version = defined.definition.server.version;
    let is_postgres = engine == Engine::Postgres;
    let of_mysql = matches!(engine, Engine::MySql | Engine::MariaDb);
    let mut schemas: Vec<String> = Vec::new();
    let mut own_types: BTreeSet<String> = BTreeSet::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut collations: BTreeSet<String> = BTreeSet::new();
    for (key, object) in &defined.definition.objects {
        match &object.body {
            Body::Schema => schemas.push(key.name.clone()),
            Body::Type(_) => {
                let schema = key.schema.as_deref().unwrap_or_default();
                let on_path = defined.definition.search_path.iter().any(|one| one == schema);
                own_types.insert(match on_path {
                    true => policy::name::quote(&key.name),
                    false => policy::name::qualified(schema, &key.name),
                });
            }
            Body::Column(column) => {
                if !column.native_type.is_empty() {
                    used.insert(column.native_type.clone());
                }
                collations.extend(column.collation.clone());
            }
            _ => {}
        }
    }
    let mut types = strings(usual_types(engine));
    let more: Vec<String> = own_types.into_iter().chain(used).filter(|one| !types.contains(one)).collect();
    types.extend(more);
    if engine == Engine::Sqlite {
        collations.extend(strings(&["BINARY", "NOCASE", "RTRIM"]));
    }
    StructureAbilities {
        product: product.to_owned(),
        schemas,
        schema: defined.schema(None, ObjectKind::Relation).filter(|_| is_postgres),
        transactional: !of_mysql,
        comments: engine != Engine::Sqlite,
        numbering: true,
        numbering_by_default: is_postgres,
        virtual_columns: !is_postgres || version >= VIRTUAL_COLUMNS,
        typeless_columns: engine == Engine::Sqlite,
        deferrable: !of_mysql,
        index_methods: strings(index_methods(engine)),
        included_columns: is_postgres && version >= INCLUDED_COLUMNS,
        partial_indexes: !of_mysql,
        expression_indexes: is_postgres
            || engine == Engine::Sqlite
            || engine == Engine::MySql && version >= EXPRESSION_INDEXES,
        row_security: is_postgres,
        exposed_schemas: if is_postgres { exposed } else { Vec::new() },
        types,
        collations: collations.into_iter().collect(),
        kinds: strings(kinds(engine)),
        access: is_postgres,
    }
}
