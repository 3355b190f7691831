//! What values are in JavaScript, as each engine's usual client hands them over and takes them:
//!
//! - PostgreSQL by node-postgres with its own parsers, <https://github.com/brianc/node-pg-types/blob/master/lib/textParsers.js>: `int8`
//!   and `numeric` are texts. What it has no parser for, arrays of own types among them, comes as the server's text.
//! - MySQL and MariaDB by mysql2 with `supportBigNumbers` and `bigNumberStrings`: without those a `bigint` is a number that loses digits.
//! - SQLite by better-sqlite3 with `defaultSafeIntegers` (node:sqlite with `readBigInts`): every integer has 64 bits.

use std::collections::BTreeMap;

use catalog::facts::Engine;

use crate::{
    model::{Column, Model, Name, Scalar, Type},
    names::{Names, camel, comment_lines, is_identifier, json, pascal},
};

/// Words that no variable of a module may be called, and globals that the written types mean.
pub(crate) const RESERVED: &[&str] = &[
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "any",
    "bigint",
    "boolean",
    "never",
    "number",
    "object",
    "string",
    "symbol",
    "unknown",
    "_",
    "Array",
    "Date",
    "Interval",
    "JsonValue",
    "Uint8Array",
    "ColumnType",
    "Database",
    "NaN",
    "Infinity",
    "z",
    "pg",
    "mysql",
    "sqlite",
    "sql",
];

/// The names that relations, enumerations and composites have as types.
pub(crate) struct TypeNames {
    pub(crate) relations: Vec<String>,
    pub(crate) enumerations: BTreeMap<Name, String>,
}

impl TypeNames {
    /// Relations take their names with each of these ends, enumerations without any.
    pub(crate) fn of(model: &Model, ends: &[&str]) -> Self {
        let mut names = Names::without(RESERVED);
        let called = |name: &Name| match model.is_elsewhere(name) {
            true => pascal(&format!("{} {}", name.schema, name.name)),
            false => pascal(&name.name),
        };
        let enumerations =
            model.enumerations.iter().map(|one| (one.name.clone(), names.take(&called(&one.name), &[""]))).collect();
        let relations = model.relations.iter().map(|one| names.take(&called(&one.name), ends)).collect();
        TypeNames { relations, enumerations }
    }
}

/// The names that variables have.
pub(crate) fn variables(model: &Model, names: &mut Names, ends: &[&str]) -> Vec<String> {
    let called = |name: &Name| match model.is_elsewhere(name) {
        true => camel(&format!("{} {}", name.schema, name.name)),
        false => camel(&name.name),
    };
    model.relations.iter().map(|one| names.take(&called(&one.name), ends)).collect()
}

/// The client that a text is for.
pub(crate) fn client(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "PostgreSQL, read by node-postgres (pg) with its own parsers",
        Engine::MySql => "MySQL, read by mysql2 with { supportBigNumbers: true, bigNumberStrings: true }",
        Engine::Sqlite => {
            "SQLite, read by better-sqlite3 with defaultSafeIntegers() or node:sqlite with { readBigInts: true }"
        }
    }
}

/// What stands above all else.
pub(crate) fn head(model: &Model) -> String {
    format!("// Written by `rowhouse types`. What is changed here is lost.\n// {}.\n", client(model.engine))
}

/// A property's name.
pub(crate) fn property(name: &str) -> String {
    if is_identifier(name) && name != "__proto__" { name.to_owned() } else { json(name) }
}

/// A comment above something, indented by as much; nothing for none.
pub(crate) fn comment(text: Option<&str>, indent: &str) -> String {
    let lines = comment_lines(text.unwrap_or_default().trim());
    match lines.as_slice() {
        [] => String::new(),
        [one] => format!("{indent}/** {one} */\n"),
        several => {
            let lines: String = several.iter().map(|line| format!("{indent} *{}{line}\n", space(line))).collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

fn space(line: &str) -> &'static str {
    if line.is_empty() { "" } else { " " }
}

/// What is said of a column: its comment, and where a client is not exact.
pub(crate) fn remark(column: &Column, engine: Engine) -> Option<String> {
    let inexact = match (&column.r#type, engine) {
        (Type::Array(element), Engine::Postgres) if matches!(**element, Type::Scalar(Scalar::Decimal { .. })) => {
            Some("node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231.")
        }
        _ => None,
    };
    let own = column.comment.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match (own, inexact) {
        (Some(own), Some(inexact)) => Some(format!("{own}\n\n{inexact}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// The labels of an enumeration as a union.
pub(crate) fn union(labels: &[String]) -> String {
    if labels.is_empty() {
        "never".to_owned()
    } else {
        labels.iter().map(|one| json(one)).collect::<Vec<_>>().join(" | ")
    }
}

/// Whether node-postgres takes arrays of this apart; those of own types it leaves as text.
pub(crate) fn is_array_parsed(element: &Type) -> bool {
    match element {
        Type::Scalar(Scalar::Bits | Scalar::Uuid) => matches!(element, Type::Scalar(Scalar::Uuid)),
        Type::Scalar(Scalar::Other(name)) => {
            ["cidr", "inet", "macaddr", "money", "numrange", "point"].contains(&name.as_str())
        }
        Type::Scalar(_) => true,
        Type::Enumeration(_) | Type::Composite(_) | Type::Array(_) | Type::Domain(_) => false,
    }
}

/// What of a type is written beside the relations.
#[derive(Default)]
pub(crate) struct Used {
    pub(crate) json: bool,
    pub(crate) interval: bool,
}

impl Used {
    pub(crate) fn of(model: &Model) -> Self {
        let mut used = Used::default();
        for column in model.relations.iter().flat_map(|one| &one.columns) {
            let innermost = match &column.r#type {
                Type::Array(element) if is_array_parsed(element) => element,
                other => other,
            };
            used.json |= *innermost == Type::Scalar(Scalar::Json);
            used.interval |= *innermost == Type::Scalar(Scalar::Interval);
        }
        used
    }

    /// Types that the relations mean.
    pub(crate) fn declared(&self) -> String {
        let mut text = String::new();
        if self.json {
            text.push_str(
                "\nexport type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };\n",
            );
        }
        if self.interval {
            text.push_str(
                "\nexport interface Interval {\n  years?: number;\n  months?: number;\n  days?: number;\n  hours?: number;\n  \
                 minutes?: number;\n  seconds?: number;\n  milliseconds?: number;\n}\n",
            );
        }
        text
    }
}

/// What a client hands over of a value that is not NULL.
pub(crate) fn read(one: &Type, engine: Engine, names: &TypeNames) -> String {
    match one {
        Type::Scalar(scalar) => scalar_read(scalar, engine).to_owned(),
        Type::Enumeration(name) => names.enumerations.get(name).cloned().unwrap_or_else(|| "string".to_owned()),
        Type::Array(element) if is_array_parsed(element) => match &**element {
            // No parser of its own: see `remark`.
            Type::Scalar(Scalar::Decimal { .. }) => "Array<number | null>".to_owned(),
            element => format!("Array<{} | null>", read(element, engine, names)),
        },
        Type::Composite(_) | Type::Array(_) | Type::Domain(_) => "string".to_owned(),
    }
}

fn scalar_read(scalar: &Scalar, engine: Engine) -> &'static str {
    match (scalar, engine) {
        (Scalar::Boolean, _) => "boolean",
        (Scalar::Integer { .. }, Engine::Sqlite) => "bigint",
        (Scalar::Integer { bits: 64, .. }, _) => "string",
        (Scalar::Integer { .. } | Scalar::Float { .. }, _) => "number",
        (Scalar::Bytes { .. }, _) | (Scalar::Bits, Engine::MySql) => "Uint8Array",
        (Scalar::Json, _) => "JsonValue",
        (Scalar::Date | Scalar::Timestamp | Scalar::ZonedTimestamp, _) => "Date",
        (Scalar::Interval, _) => "Interval",
        (Scalar::Loose { bytes: true }, _) => "bigint | number | string | Uint8Array",
        (Scalar::Loose { bytes: false }, _) => "bigint | number | string",
        (Scalar::Other(name), Engine::Postgres) => match name.as_str() {
            "point" => "{ x: number; y: number }",
            "circle" => "{ x: number; y: number; radius: number }",
            _ => "string",
        },
        (Scalar::Other(name), Engine::MySql) if SPATIAL.contains(&name.as_str()) => "unknown",
        _ => "string",
    }
}

/// Types of MySQL that mysql2 makes objects of.
pub(crate) const SPATIAL: &[&str] = &[
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geomcollection",
];

/// What a client takes for a value that is not NULL.
pub(crate) fn given(one: &Type, engine: Engine, names: &TypeNames) -> String {
    match (one, engine) {
        (Type::Scalar(scalar), _) => match (scalar, engine) {
            (Scalar::Integer { .. }, Engine::Sqlite) => "bigint | number".to_owned(),
            (Scalar::Integer { bits: 64, .. } | Scalar::Decimal { .. }, _) => "string | number | bigint".to_owned(),
            // A text is JSON; objects are made into it by some clients, arrays into something else.
            (Scalar::Json, _) => "string".to_owned(),
            (Scalar::Date | Scalar::Timestamp | Scalar::ZonedTimestamp, _) => "Date | string".to_owned(),
            (Scalar::Interval, _) => "Interval | string".to_owned(),
            (Scalar::Other(_), Engine::Postgres) => "string".to_owned(),
            (scalar, _) => scalar_read(scalar, engine).to_owned(),
        },
        (Type::Array(element), Engine::Postgres) => match &**element {
            Type::Composite(_) | Type::Array(_) | Type::Domain(_) => "string".to_owned(),
            element => format!("Array<{} | null> | string", given(element, engine, names)),
        },
        (other, _) => read(other, engine, names),
    }
}
