//! Structs of Rust that sqlx 0.9 reads rows into, with its features `bigdecimal`, `time`, `uuid`, `json`, `bit-vec`, `ipnetwork` and
//! `mac_address`, and serde_json's `raw_value`. A decimal is a `BigDecimal` and JSON its own text: neither loses a digit.

use std::{collections::BTreeMap, fmt::Write as _};

use catalog::facts::Engine;

use crate::{
    model::{Column, Model, Name, Relation, Scalar, Type},
    names::{Names, comment_lines, pascal, snake},
};

/// Words that are identifiers only with `r#`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that are no identifiers at all, and types that are meant by their names.
const RESERVED: &[&str] = &["self", "super", "crate", "Self", "_", "Box", "Option", "String", "Vec"];

struct Writer<'a> {
    model: &'a Model,
    enumerations: BTreeMap<Name, String>,
    composites: BTreeMap<Name, String>,
}

pub(crate) fn write(model: &Model) -> String {
    let mut names = Names::without(RESERVED);
    let called = |name: &Name| match model.is_elsewhere(name) {
        true => pascal(&format!("{} {}", name.schema, name.name)),
        false => pascal(&name.name),
    };
    let enumerations =
        model.enumerations.iter().map(|one| (one.name.clone(), names.take(&called(&one.name), &[""]))).collect();
    let composites =
        model.composites.iter().map(|one| (one.name.clone(), names.take(&called(&one.name), &[""]))).collect();
    let relations: Vec<String> = model.relations.iter().map(|one| names.take(&called(&one.name), &[""])).collect();
    let writer = Writer { model, enumerations, composites };
    let mut text = "// Written by `rowhouse types`. What is changed here is lost.\n// For sqlx with bigdecimal, time, uuid, json, \
                    bit-vec, ipnetwork and mac_address, and serde_json with raw_value.\n"
        .to_owned();
    for one in &model.enumerations {
        writer.enumeration(one, &mut text);
    }
    for one in &model.composites {
        let Some(name) = writer.composites.get(&one.name) else { continue };
        documented(one.comment.as_deref(), "", &mut text);
        let _ = writeln!(text, "#[derive(Debug, Clone, sqlx::Type)]\n#[sqlx(type_name = {:?})]", type_name(&one.name));
        let _ = writeln!(text, "pub struct {name} {{");
        let mut fields = Names::without(RESERVED);
        for (attribute, r#type) in &one.attributes {
            let (rust, _) = writer.of(r#type);
            field(attribute, &format!("Option<{rust}>"), &mut fields, &mut text);
        }
        text.push_str("}\n");
    }
    for (relation, name) in model.relations.iter().zip(&relations) {
        writer.relation(relation, name, &mut text);
    }
    text
}

fn documented(comment: Option<&str>, indent: &str, text: &mut String) {
    if indent.is_empty() {
        text.push('\n');
    }
    for line in comment_lines(comment.unwrap_or_default().trim()) {
        let _ = writeln!(text, "{}", format!("{indent}/// {line}").trim_end());
    }
}

fn field(name: &str, rust: &str, fields: &mut Names, text: &mut String) {
    let called = fields.take(&snake(name), &[""]);
    if called != name {
        let _ = writeln!(text, "    #[sqlx(rename = {name:?})]");
    }
    let raw = if KEYWORDS.contains(&called.as_str()) { "r#" } else { "" };
    let _ = writeln!(text, "    pub {raw}{called}: {rust},");
}

/// A type's name as PostgreSQL reads it, so that its case and signs are its own.
fn type_name(name: &Name) -> String {
    let quoted = |one: &str| {
        let plain = one.starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '_')
            && one.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
        if plain { one.to_owned() } else { format!("\"{}\"", one.replace('"', "\"\"")) }
    };
    match name.schema.as_str() {
        "public" => quoted(&name.name),
        schema => format!("{}.{}", quoted(schema), quoted(&name.name)),
    }
}

impl Writer<'_> {
    fn enumeration(&self, one: &crate::model::Enumeration, text: &mut String) {
        let Some(name) = self.enumerations.get(&one.name) else { return };
        documented(one.comment.as_deref(), "", text);
        text.push_str("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]\n");
        if one.declared {
            let _ = writeln!(text, "#[sqlx(type_name = {:?})]", type_name(&one.name));
        }
        let _ = writeln!(text, "pub enum {name} {{");
        let mut variants = Names::without(RESERVED);
        for label in &one.labels {
            let variant = variants.take(&pascal(label), &[""]);
            let _ = writeln!(text, "    #[sqlx(rename = {label:?})]\n    {variant},");
        }
        text.push_str("}\n");
    }

    fn relation(&self, relation: &Relation, name: &str, text: &mut String) {
        documented(relation.comment.as_deref(), "", text);
        let _ = writeln!(text, "#[derive(Debug, Clone, sqlx::FromRow)]\npub struct {name} {{");
        let mut fields = Names::without(RESERVED);
        for column in &relation.columns {
            self.column(column, &mut fields, text);
        }
        text.push_str("}\n");
    }

    fn column(&self, column: &Column, fields: &mut Names, text: &mut String) {
        let (rust, is_known) = self.of(&column.r#type);
        let own = column.comment.as_deref().map(str::trim).filter(|one| !one.is_empty());
        let cast = (!is_known).then(|| format!("sqlx has no type for {}: select it as text.", column.native));
        let remark = match (own, cast) {
            (Some(own), Some(cast)) => Some(format!("{own}\n\n{cast}")),
            (own, cast) => own.map(str::to_owned).or(cast),
        };
        documented(remark.as_deref(), "    ", text);
        let rust = if column.nullable { format!("Option<{rust}>") } else { rust };
        field(&column.name, &rust, fields, text);
    }

    /// A type, and whether sqlx has it.
    fn of(&self, one: &Type) -> (String, bool) {
        match one {
            Type::Scalar(scalar) => match known(scalar, self.model.engine) {
                Some(rust) => (rust.to_owned(), true),
                None => ("String".to_owned(), false),
            },
            Type::Enumeration(name) => {
                self.enumerations.get(name).map_or(("String".to_owned(), false), |one| (one.clone(), true))
            }
            Type::Composite(name) => {
                self.composites.get(name).map_or(("String".to_owned(), false), |one| (one.clone(), true))
            }
            Type::Array(element) => match self.of(element) {
                (rust, true) => (format!("Vec<Option<{rust}>>"), true),
                (_, false) => ("String".to_owned(), false),
            },
            Type::Domain(base) => self.of(base),
        }
    }
}

fn known(scalar: &Scalar, engine: Engine) -> Option<&'static str> {
    Some(match (scalar, engine) {
        (Scalar::Boolean, _) => "bool",
        (Scalar::Integer { bits: 8, signed: true }, _) => "i8",
        (Scalar::Integer { bits: 8, .. }, _) => "u8",
        (Scalar::Integer { bits: 16, signed: true }, _) => "i16",
        (Scalar::Integer { bits: 16, .. }, _) => "u16",
        (Scalar::Integer { bits: 64, signed: true }, _) => "i64",
        (Scalar::Integer { bits: 64, .. }, _) => "u64",
        (Scalar::Integer { signed: true, .. }, _) => "i32",
        (Scalar::Integer { .. }, Engine::Postgres) => "sqlx::postgres::types::Oid",
        (Scalar::Integer { .. }, _) => "u32",
        (Scalar::Float { bits: 32 }, _) => "f32",
        (Scalar::Float { .. }, _) => "f64",
        (Scalar::Decimal { .. }, _) => "sqlx::types::BigDecimal",
        (Scalar::Text { .. }, _) => "String",
        (Scalar::Bytes { .. }, _) => "Vec<u8>",
        (Scalar::Uuid, _) => "sqlx::types::Uuid",
        (Scalar::Json, _) => "sqlx::types::Json<Box<serde_json::value::RawValue>>",
        (Scalar::Date, _) => "sqlx::types::time::Date",
        // MySQL's goes below zero and beyond a day.
        (Scalar::Time, Engine::MySql) => "sqlx::mysql::types::MySqlTime",
        (Scalar::Time, _) => "sqlx::types::time::Time",
        (Scalar::ZonedTime, _) => "sqlx::postgres::types::PgTimeTz",
        (Scalar::Timestamp, _) => "sqlx::types::time::PrimitiveDateTime",
        (Scalar::ZonedTimestamp, _) => "sqlx::types::time::OffsetDateTime",
        (Scalar::Interval, _) => "sqlx::postgres::types::PgInterval",
        (Scalar::Bits, Engine::MySql) => "u64",
        (Scalar::Bits, _) => "sqlx::types::BitVec",
        (Scalar::Other(name), Engine::Postgres) => return other(name),
        (Scalar::Other(_) | Scalar::Loose { .. }, _) => return None,
    })
}

fn other(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" | "citext" => "String",
        "char" => "i8",
        "inet" | "cidr" => "sqlx::types::ipnetwork::IpNetwork",
        "macaddr" => "sqlx::types::mac_address::MacAddress",
        "money" => "sqlx::postgres::types::PgMoney",
        "int4range" => "sqlx::postgres::types::PgRange<i32>",
        "int8range" => "sqlx::postgres::types::PgRange<i64>",
        "numrange" => "sqlx::postgres::types::PgRange<sqlx::types::BigDecimal>",
        "daterange" => "sqlx::postgres::types::PgRange<sqlx::types::time::Date>",
        "tsrange" => "sqlx::postgres::types::PgRange<sqlx::types::time::PrimitiveDateTime>",
        "tstzrange" => "sqlx::postgres::types::PgRange<sqlx::types::time::OffsetDateTime>",
        "hstore" => "sqlx::postgres::types::PgHstore",
        _ => return None,
    })
}
