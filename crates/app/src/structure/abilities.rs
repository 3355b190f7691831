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
            "role",
        ],
        Engine::MySql => &["table", "view", "function", "procedure", "trigger", "event"],
        Engine::MariaDb => &["table", "view", "function", "procedure", "trigger", "event", "sequence"],
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
    let has_roles = defined.definition.objects.values().any(|object| matches!(object.body, Body::Role(_)));
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
        kinds: kinds(engine)
            .iter()
            .filter(|kind| **kind != "role" || has_roles)
            .map(|kind| (*kind).to_owned())
            .collect(),
        owners: is_postgres,
        privileges: privileges(engine, version),
        converts: !of_mysql,
        partitions: partitions(engine, version),
        roles: super::roles::abilities(&defined.definition, &defined.catalog),
        templates: templates(engine),
    }
}

/// MAINTAIN is PostgreSQL's from 17 on.
const MAINTAIN: u32 = 170_000;

/// What can be granted (<https://www.postgresql.org/docs/current/ddl-priv.html>,
/// <https://dev.mysql.com/doc/refman/8.4/en/grant.html#grant-table-privileges>).
fn privileges(engine: Engine, version: u32) -> Vec<StructurePrivileges> {
    let of = |kind: &str, all: &[&str]| StructurePrivileges { kind: kind.to_owned(), privileges: strings(all) };
    match engine {
        Engine::Sqlite => Vec::new(),
        Engine::MySql | Engine::MariaDb => vec![
            of(
                "relation",
                &[
                    "SELECT",
                    "INSERT",
                    "UPDATE",
                    "DELETE",
                    "REFERENCES",
                    "TRIGGER",
                    "CREATE",
                    "ALTER",
                    "DROP",
                    "INDEX",
                    "CREATE VIEW",
                    "SHOW VIEW",
                ],
            ),
            of("routine", &["EXECUTE", "ALTER ROUTINE"]),
        ],
        Engine::Postgres => {
            let mut relation =
                of("relation", &["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]);
            if version >= MAINTAIN {
                relation.privileges.push("MAINTAIN".to_owned());
            }
            vec![
                relation,
                of("sequence", &["USAGE", "SELECT", "UPDATE"]),
                of("routine", &["EXECUTE"]),
                of("schema", &["USAGE", "CREATE"]),
                of("type", &["USAGE"]),
            ]
        }
    }
}

/// Tables are divided by a clause of theirs from 10 on, by a hash and with one for the rest from 11 on.
const PARTITIONS: u32 = 100_000;
const HASH_PARTITIONS: u32 = 110_000;

fn partitions(engine: Engine, version: u32) -> Option<StructurePartitionAbilities> {
    use StructurePartitionWay::{Hash, List, Range};
    match engine {
        Engine::Sqlite => None,
        Engine::MySql | Engine::MariaDb => Some(StructurePartitionAbilities {
            ways: Vec::new(),
            tables: false,
            from: false,
            default: engine == Engine::MariaDb,
        }),
        Engine::Postgres => (version >= PARTITIONS).then(|| StructurePartitionAbilities {
            ways: if version >= HASH_PARTITIONS { vec![Range, List, Hash] } else { vec![Range, List] },
            tables: true,
            from: true,
            default: version >= HASH_PARTITIONS,
        }),
    }
}

/// What texts of new objects begin as; `{schema}` is the schema and its dot.
fn templates(engine: Engine) -> Vec<StructureTemplate> {
    let view = ("view", "CREATE VIEW {schema}new_view AS\nSELECT 1 AS one");
    let all: Vec<(&str, &str)> = match engine {
        Engine::Postgres => vec![
            view,
            ("materialized_view", "CREATE MATERIALIZED VIEW {schema}new_view AS\nSELECT 1 AS one"),
            (
                "function",
                "CREATE FUNCTION {schema}new_function(a integer)\n RETURNS integer\n LANGUAGE sql\n STABLE\nAS $$\n  SELECT a + 1\n$$",
            ),
            (
                "procedure",
                "CREATE PROCEDURE {schema}new_procedure()\n LANGUAGE plpgsql\nAS $$\nBEGIN\n  NULL;\nEND\n$$",
            ),
            (
                "trigger",
                "CREATE TRIGGER new_trigger\n  BEFORE UPDATE ON {schema}a_table\n  FOR EACH ROW\n  EXECUTE FUNCTION {schema}a_function()",
            ),
        ],
        Engine::MySql | Engine::MariaDb => vec![
            view,
            ("function", "CREATE FUNCTION {schema}new_function(a INT)\nRETURNS INT DETERMINISTIC\nRETURN a + 1"),
            ("procedure", "CREATE PROCEDURE {schema}new_procedure()\nBEGIN\n  SELECT 1;\nEND"),
            (
                "trigger",
                "CREATE TRIGGER new_trigger\nBEFORE UPDATE ON {schema}a_table\nFOR EACH ROW\nSET NEW.a_column = OLD.a_column",
            ),
            ("event", "CREATE EVENT {schema}new_event\nON SCHEDULE EVERY 1 DAY\nDO SELECT 1"),
        ],
        Engine::Sqlite => {
            vec![view, ("trigger", "CREATE TRIGGER new_trigger\nAFTER UPDATE ON a_table\nBEGIN\n  SELECT 1;\nEND")]
        }
    };
    let one = |(kind, text): (&str, &str)| StructureTemplate { kind: kind.to_owned(), text: text.to_owned() };
    all.into_iter().map(one).collect()
}
