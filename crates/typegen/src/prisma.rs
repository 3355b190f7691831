//! Models of Prisma. What Prisma has no type for is `Unsupported`; what it cannot tell rows apart in is `@@ignore`d. Views are left
//! out: Prisma has them only as a preview.

use std::{collections::BTreeMap, fmt::Write as _};

use catalog::{Action, Identity, facts::Engine};

use crate::{
    javascript::RESERVED,
    model::{Column, Enumeration, Given, Model, Name, Reference, Relation, Scalar, Type},
    names::{Names, comment_line, comment_lines, json},
};

/// Words that mean something else in a schema or in the client that is made of it.
const OWN: &[&str] = &[
    "BigInt",
    "Boolean",
    "Bytes",
    "DateTime",
    "Decimal",
    "Float",
    "Int",
    "Json",
    "String",
    "Unsupported",
    "Prisma",
    "PrismaClient",
    "datasource",
    "generator",
    "model",
    "type",
    "view",
];

/// What a model is called, and its fields by column.
struct Called {
    model: String,
    fields: Vec<String>,
    /// Prisma can tell its rows apart.
    known: bool,
}

/// A field for a relation on one side.
struct Side {
    name: String,
    text: String,
}

pub(crate) fn write(model: &Model) -> String {
    let elsewhere = |name: &Name| model.engine != Engine::Postgres && model.is_elsewhere(name);
    let tables: Vec<&Relation> =
        model.relations.iter().filter(|one| one.is_writable() && !elsewhere(&one.name)).collect();
    let reserved: Vec<&str> = RESERVED.iter().chain(OWN).copied().collect();
    let mut names = Names::without(&reserved);
    let enumerations: BTreeMap<Name, String> = model
        .enumerations
        .iter()
        .filter(|one| !one.labels.is_empty() && !elsewhere(&one.name))
        .map(|one| (one.name.clone(), names.take(&word(&one.name.name), &[""])))
        .collect();
    let called: Vec<Called> = tables.iter().map(|one| call(one, model.engine, &mut names, &enumerations)).collect();
    let mut text = format!(
        "// Written by `rowhouse types`. What is changed here is lost. Views are left out.\n\ndatasource db {{\n  provider = \"{}\"\n",
        match model.engine {
            Engine::Postgres => "postgresql",
            Engine::MySql => "mysql",
            Engine::Sqlite => "sqlite",
        }
    );
    if model.engine == Engine::Postgres {
        let mut schemas: Vec<&str> = tables.iter().map(|one| one.name.schema.as_str()).collect();
        schemas.extend(enumerations.keys().map(|name| name.schema.as_str()));
        schemas.sort_unstable();
        schemas.dedup();
        if !schemas.is_empty() {
            let schemas: Vec<String> = schemas.into_iter().map(json).collect();
            let _ = writeln!(text, "  schemas  = [{}]", schemas.join(", "));
        }
    }
    text.push_str("}\n");
    for one in &model.enumerations {
        if let Some(name) = enumerations.get(&one.name) {
            enumeration(one, name, model.engine, &mut text);
        }
    }
    let sides = relations(&tables, &called);
    for (place, relation) in tables.iter().enumerate() {
        documented(relation.comment.as_deref(), "", &mut text);
        let _ = writeln!(text, "model {} {{", called[place].model);
        for (column, field) in relation.columns.iter().zip(&called[place].fields) {
            documented(column.comment.as_deref(), "  ", &mut text);
            let _ = writeln!(text, "  {}", field_text(column, field, model.engine, &enumerations));
        }
        for side in &sides[place] {
            let _ = writeln!(text, "  {} {}", side.name, side.text);
        }
        separated(&attributes(relation, &called[place], model.engine, &enumerations), &mut text);
        text.push_str("}\n");
    }
    text
}

/// An identifier as Prisma takes it: letters and digits of ASCII and `_`, a letter first.
fn word(name: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric();
    if !name.chars().any(is_plain) {
        // By number, so that a name keeps its identifier whatever else there is.
        let codes: Vec<String> = name.chars().map(|sign| format!("{:x}", u32::from(sign))).collect();
        return format!("u{}", codes.join("_"));
    }
    let word: String = name.chars().map(|sign| if is_plain(sign) { sign } else { '_' }).collect();
    if word.starts_with(|sign: char| sign.is_ascii_alphabetic()) { word } else { format!("x{word}") }
}

fn documented(comment: Option<&str>, indent: &str, text: &mut String) {
    if indent.is_empty() {
        text.push('\n');
    }
    for line in comment_lines(comment.unwrap_or_default().trim()) {
        let _ = writeln!(text, "{indent}/// {line}");
    }
}

/// The attributes of a block, below a blank line.
fn separated(attributes: &[String], text: &mut String) {
    for (place, line) in attributes.iter().enumerate() {
        let _ = writeln!(text, "{}  {line}", if place == 0 { "\n" } else { "" });
    }
}

fn enumeration(one: &Enumeration, name: &str, engine: Engine, text: &mut String) {
    documented(one.comment.as_deref(), "", text);
    let _ = writeln!(text, "enum {name} {{");
    let mut names = Names::without(RESERVED);
    let mut attributes = Vec::new();
    for label in &one.labels {
        let value = names.take(&word(label), &[""]);
        let map = if value == *label { String::new() } else { format!(" @map({})", json(label)) };
        let _ = writeln!(text, "  {value}{map}");
    }
    if one.declared && *name != one.name.name {
        attributes.push(format!("@@map({})", json(&one.name.name)));
    }
    if engine == Engine::Postgres {
        attributes.push(format!("@@schema({})", json(&one.name.schema)));
    }
    separated(&attributes, text);
    text.push_str("}\n");
}

fn call(relation: &Relation, engine: Engine, names: &mut Names, enumerations: &BTreeMap<Name, String>) -> Called {
    let model = names.take(&word(&relation.name.name), &[""]);
    let mut taken = Names::without(&[]);
    let fields = relation.columns.iter().map(|one| taken.take(&word(&one.name), &[""])).collect();
    let known = keys(relation).any(|key| is_identifying(key, relation, engine, enumerations));
    Called { model, fields, known }
}

fn keys(relation: &Relation) -> impl Iterator<Item = &[String]> {
    let primary = relation.primary_key.iter().map(|key| key.columns.as_slice());
    primary.chain(relation.unique.iter().map(|key| key.columns.as_slice()))
}

/// Whether every row has values in these columns, of types that Prisma compares.
fn is_identifying(
    columns: &[String],
    relation: &Relation,
    engine: Engine,
    enumerations: &BTreeMap<Name, String>,
) -> bool {
    is_keyed(columns, relation, engine, enumerations)
        && columns.iter().all(|name| relation.columns.iter().any(|one| one.name == *name && !one.nullable))
}

fn is_keyed(columns: &[String], relation: &Relation, engine: Engine, enumerations: &BTreeMap<Name, String>) -> bool {
    columns.iter().all(|name| {
        let found = relation.columns.iter().find(|one| one.name == *name);
        found.is_some_and(|one| !scalar(one, engine, enumerations).0.starts_with("Unsupported"))
    })
}

/// The fields of relations, of each table.
fn relations(tables: &[&Relation], called: &[Called]) -> Vec<Vec<Side>> {
    let mut taken: Vec<Names> =
        called.iter().map(|one| Names::without(&one.fields.iter().map(String::as_str).collect::<Vec<_>>())).collect();
    let mut sides: Vec<Vec<Side>> = tables.iter().map(|_| Vec::new()).collect();
    let mut names = Names::without(&[]);
    for (from, relation) in tables.iter().enumerate() {
        for one in &relation.references {
            let Some(to) = tables.iter().position(|other| other.name == one.to) else { continue };
            if !called[from].known || !called[to].known || !is_told(one, relation, tables[to]) {
                continue;
            }
            let of = |place: usize, columns: &[String]| -> Vec<String> {
                let fields = tables[place].columns.iter().zip(&called[place].fields);
                let fields: Vec<_> = fields.collect();
                let found = |name: &String| fields.iter().find(|(column, _)| column.name == *name);
                columns.iter().filter_map(found).map(|(_, field)| (*field).clone()).collect()
            };
            let wanted =
                one.name.clone().unwrap_or_else(|| format!("{}_{}", relation.name.name, one.columns.join("_")));
            let name = json(&names.take(&wanted, &[""]));
            let optional =
                one.columns.iter().any(|name| relation.columns.iter().any(|c| c.name == *name && c.nullable));
            let map = one.name.as_deref().map(|name| format!(", map: {}", json(name))).unwrap_or_default();
            let field = taken[from].take(&word(&one.to.name), &[""]);
            let text = format!(
                "{}{} @relation({name}, fields: [{}], references: [{}], onDelete: {}, onUpdate: {}{map})",
                called[to].model,
                if optional { "?" } else { "" },
                of(from, &one.columns).join(", "),
                of(to, &one.to_columns).join(", "),
                words(one.on_delete),
                words(one.on_update)
            );
            sides[from].push(Side { name: field, text });
            let single = keys(relation).any(|key| same(key, &one.columns));
            let back = taken[to].take(&word(&relation.name.name), &[""]);
            let text = format!("{}{} @relation({name})", called[from].model, if single { "?" } else { "[]" });
            sides[to].push(Side { name: back, text });
        }
    }
    sides
}

fn same(key: &[String], columns: &[String]) -> bool {
    key.len() == columns.len() && columns.iter().all(|name| key.contains(name))
}

/// Whether Prisma can say this foreign key: to a key of the very order, between equal types.
fn is_told(one: &Reference, from: &Relation, to: &Relation) -> bool {
    let find = |relation: &'_ Relation, name: &String| {
        relation.columns.iter().find(|c| c.name == *name).map(|c| c.r#type.clone())
    };
    one.columns.len() == one.to_columns.len()
        && keys(to).any(|key| key == one.to_columns.as_slice())
        && one.columns.iter().zip(&one.to_columns).all(|(a, b)| match (find(from, a), find(to, b)) {
            (Some(Type::Scalar(a)), Some(Type::Scalar(b))) => {
                std::mem::discriminant(&a) == std::mem::discriminant(&b) && is_big(&a) == is_big(&b)
            }
            (a, b) => a.is_some() && a == b,
        })
}

fn is_big(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Integer { bits: 64, .. })
}

fn words(action: Action) -> &'static str {
    match action {
        Action::NoAction => "NoAction",
        Action::Restrict => "Restrict",
        Action::Cascade => "Cascade",
        Action::SetNull => "SetNull",
        Action::SetDefault => "SetDefault",
    }
}

fn attributes(
    relation: &Relation,
    called: &Called,
    engine: Engine,
    enumerations: &BTreeMap<Name, String>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let field = |name: &String| {
        let place = relation.columns.iter().position(|one| one.name == *name);
        place.and_then(|place| called.fields.get(place)).cloned().unwrap_or_default()
    };
    let list = |columns: &[String]| columns.iter().map(field).collect::<Vec<_>>().join(", ");
    // Only PostgreSQL's primary keys have names that last.
    let named = |key: &crate::model::Key, kept: bool| {
        key.name.as_deref().filter(|_| kept).map(|name| format!(", map: {}", json(name))).unwrap_or_default()
    };
    if let Some(key) = &relation.primary_key
        && is_identifying(&key.columns, relation, engine, enumerations)
    {
        lines.push(format!("@@id([{}]{})", list(&key.columns), named(key, engine == Engine::Postgres)));
    }
    for key in &relation.unique {
        if is_keyed(&key.columns, relation, engine, enumerations) {
            lines.push(format!("@@unique([{}]{})", list(&key.columns), named(key, true)));
        }
    }
    if !called.known {
        lines.push("@@ignore".to_owned());
    }
    if called.model != relation.name.name {
        lines.push(format!("@@map({})", json(&relation.name.name)));
    }
    if engine == Engine::Postgres {
        lines.push(format!("@@schema({})", json(&relation.name.schema)));
    }
    lines
}

fn field_text(column: &Column, field: &str, engine: Engine, enumerations: &BTreeMap<Name, String>) -> String {
    let (base, attribute) = scalar(column, engine, enumerations);
    let is_list = base.ends_with("[]");
    let null = if column.nullable && !is_list { "?" } else { "" };
    let mut text = format!("{field} {base}{null}");
    let numbered = matches!(column.r#type, Type::Scalar(Scalar::Integer { .. }));
    match (&column.default, column.identity, &column.generated) {
        (_, Some(Identity::Always | Identity::ByDefault), _) if numbered => text.push_str(" @default(autoincrement())"),
        (Some(default), None, None) if !default.is_empty() => {
            let _ = write!(text, " @default(dbgenerated({}))", json(default));
        }
        // Prisma does not know what is computed: it is left to the server like a default.
        (_, _, Some((expression, _))) if !expression.is_empty() => {
            let _ = write!(text, " @default(dbgenerated({}))", json(expression));
        }
        _ if column.given != Given::Required && !column.nullable => text.push_str(" @default(dbgenerated())"),
        _ => {}
    }
    if *field != column.name {
        let _ = write!(text, " @map({})", json(&column.name));
    }
    if let Some(attribute) = attribute {
        let _ = write!(text, " @db.{attribute}");
    }
    text
}

/// A field's type and its native attribute.
fn scalar(column: &Column, engine: Engine, enumerations: &BTreeMap<Name, String>) -> (String, Option<String>) {
    let (element, suffix) = match &column.r#type {
        Type::Array(element) => (&**element, "[]"),
        other => (other, ""),
    };
    let native = if suffix.is_empty() { column.native.as_str() } else { column.native.trim_end_matches("[]") };
    let known = match element {
        Type::Enumeration(name) => enumerations.get(name).map(|name| (name.clone(), None)),
        Type::Composite(_) | Type::Array(_) | Type::Domain(_) => None,
        Type::Scalar(scalar) => match engine {
            Engine::Postgres => postgres(scalar, native),
            Engine::MySql => mysql(scalar, native),
            Engine::Sqlite => sqlite(scalar, native),
        }
        .map(|(base, attribute)| (base.to_owned(), attribute)),
    };
    match known {
        Some((base, attribute)) => (base + suffix, attribute),
        None => (format!("Unsupported({})", json(&comment_line(&column.native))), None),
    }
}

type Known = Option<(&'static str, Option<String>)>;

/// The number in a type's parentheses.
fn length(native: &str) -> Option<u32> {
    native.split_once('(')?.1.split([')', ',']).next()?.trim().parse().ok()
}

fn with(base: &'static str, attribute: &str, number: Option<u32>) -> Known {
    let number = number.map(|number| format!("({number})")).unwrap_or_default();
    Some((base, Some(format!("{attribute}{number}"))))
}

fn decimal(precision: Option<u32>, scale: Option<i32>) -> Known {
    match (precision, scale.unwrap_or(0)) {
        (_, ..0) => None,
        (Some(precision), scale) => Some(("Decimal", Some(format!("Decimal({precision}, {scale})")))),
        (None, _) => Some(("Decimal", Some("Decimal".to_owned()))),
    }
}

fn postgres(scalar: &Scalar, native: &str) -> Known {
    let digits = Some(length(native).unwrap_or(6));
    match scalar {
        Scalar::Boolean => Some(("Boolean", None)),
        Scalar::Integer { bits: 16, .. } => with("Int", "SmallInt", None),
        Scalar::Integer { bits: 32, signed: true } => Some(("Int", None)),
        Scalar::Integer { bits: 64, .. } => Some(("BigInt", None)),
        Scalar::Integer { .. } => with("Int", "Oid", None),
        Scalar::Float { bits: 32 } => with("Float", "Real", None),
        Scalar::Float { .. } => Some(("Float", None)),
        Scalar::Decimal { precision, scale } => decimal(*precision, *scale),
        Scalar::Text { .. } if native == "text" => Some(("String", None)),
        Scalar::Text { most } if native.starts_with("character varying") => with("String", "VarChar", *most),
        Scalar::Text { most } if native.starts_with("character") => with("String", "Char", *most),
        // A domain's own text.
        Scalar::Text { .. } => Some(("String", None)),
        Scalar::Bytes { .. } => Some(("Bytes", None)),
        Scalar::Uuid => with("String", "Uuid", None),
        Scalar::Json => with("Json", if native == "json" { "Json" } else { "JsonB" }, None),
        Scalar::Date => with("DateTime", "Date", None),
        Scalar::Time => with("DateTime", "Time", digits),
        Scalar::ZonedTime => with("DateTime", "Timetz", digits),
        Scalar::Timestamp => with("DateTime", "Timestamp", digits),
        Scalar::ZonedTimestamp => with("DateTime", "Timestamptz", digits),
        Scalar::Bits if native.starts_with("bit varying") => with("String", "VarBit", length(native)),
        Scalar::Bits => with("String", "Bit", length(native)),
        Scalar::Other(name) if name == "citext" => with("String", "Citext", None),
        Scalar::Other(name) if name == "inet" => with("String", "Inet", None),
        Scalar::Other(name) if name == "money" => with("Decimal", "Money", None),
        Scalar::Other(name) if name == "xml" => with("String", "Xml", None),
        Scalar::Interval | Scalar::Other(_) | Scalar::Loose { .. } => None,
    }
}

fn mysql(scalar: &Scalar, native: &str) -> Known {
    let native = native.to_ascii_lowercase();
    let base = native.split(['(', ' ']).next().unwrap_or_default();
    let digits = Some(length(&native).unwrap_or(0));
    let integer =
        |signed: bool, name: &str| with("Int", &format!("{}{name}", if signed { "" } else { "Unsigned" }), None);
    match scalar {
        Scalar::Integer { .. } if base == "year" => with("Int", "Year", None),
        Scalar::Integer { bits: 8, signed } => integer(*signed, "TinyInt"),
        Scalar::Integer { bits: 16, signed } => integer(*signed, "SmallInt"),
        Scalar::Integer { bits: 24, signed } => integer(*signed, "MediumInt"),
        Scalar::Integer { bits: 32, signed: true } => Some(("Int", None)),
        Scalar::Integer { bits: 32, signed: false } => with("Int", "UnsignedInt", None),
        Scalar::Integer { signed: true, .. } => Some(("BigInt", None)),
        Scalar::Integer { .. } => with("BigInt", "UnsignedBigInt", None),
        Scalar::Float { bits: 32 } => with("Float", "Float", None),
        Scalar::Float { .. } => Some(("Float", None)),
        Scalar::Decimal { precision, scale } => decimal(*precision, *scale),
        Scalar::Text { most } => match base {
            "char" => with("String", "Char", *most),
            "varchar" => with("String", "VarChar", *most),
            "tinytext" => with("String", "TinyText", None),
            "mediumtext" => with("String", "MediumText", None),
            "longtext" => with("String", "LongText", None),
            _ => with("String", "Text", None),
        },
        Scalar::Bytes { most } => match base {
            "binary" => with("Bytes", "Binary", *most),
            "varbinary" => with("Bytes", "VarBinary", *most),
            "tinyblob" => with("Bytes", "TinyBlob", None),
            "mediumblob" => with("Bytes", "MediumBlob", None),
            "longblob" => with("Bytes", "LongBlob", None),
            _ => with("Bytes", "Blob", None),
        },
        Scalar::Bits => with("Bytes", "Bit", Some(length(&native).unwrap_or(1))),
        Scalar::Date => with("DateTime", "Date", None),
        Scalar::Time => with("DateTime", "Time", digits),
        Scalar::Timestamp => with("DateTime", "DateTime", digits),
        Scalar::ZonedTimestamp => with("DateTime", "Timestamp", digits),
        Scalar::Json => Some(("Json", None)),
        _ => None,
    }
}

/// Prisma reads some declared types as more than SQLite does.
fn sqlite(scalar: &Scalar, native: &str) -> Known {
    let base = native.split(['(', ' ']).next().unwrap_or_default().to_ascii_lowercase();
    match scalar {
        Scalar::Integer { .. } => Some(("BigInt", None)),
        Scalar::Float { .. } => Some(("Float", None)),
        Scalar::Text { .. } => Some(("String", None)),
        Scalar::Bytes { .. } => Some(("Bytes", None)),
        _ => match base.as_str() {
            "boolean" => Some(("Boolean", None)),
            "date" | "datetime" | "timestamp" => Some(("DateTime", None)),
            "decimal" | "numeric" => Some(("Decimal", None)),
            _ => None,
        },
    }
}
