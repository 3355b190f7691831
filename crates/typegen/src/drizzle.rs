//! Tables of Drizzle. A type that Drizzle does not know is a custom one by its own name:
//! <https://orm.drizzle.team/docs/custom-types>. 64-bit integers are `bigint`, moments are texts with all their digits.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use catalog::{Action, Identity, RelationKind, facts::Engine};

use crate::{
    javascript::{RESERVED, comment, property, variables},
    model::{Column, Enumeration, Model, Name, Reference, Relation, Scalar, Type},
    names::{Names, camel, is_identifier, json},
};

/// What a text of a model is written with.
struct Writer<'a> {
    model: &'a Model,
    /// The module's name, and what its functions begin with: `pg`.
    module: &'static str,
    enumerations: BTreeMap<Name, String>,
    schemas: BTreeMap<String, String>,
    relations: Vec<String>,
}

pub(crate) fn write(model: &Model) -> String {
    let (module, package) = match model.engine {
        Engine::Postgres => ("pg", "drizzle-orm/pg-core"),
        Engine::MySql => ("mysql", "drizzle-orm/mysql-core"),
        Engine::Sqlite => ("sqlite", "drizzle-orm/sqlite-core"),
    };
    let mut names = Names::without(RESERVED);
    let elsewhere: BTreeSet<&str> = model
        .relations
        .iter()
        .map(|one| &one.name)
        .chain(model.enumerations.iter().filter(|one| one.declared).map(|one| &one.name))
        .map(|name| name.schema.as_str())
        .filter(|schema| match model.engine {
            Engine::Postgres => *schema != "public",
            Engine::MySql => model.default_schema.as_deref() != Some(schema),
            Engine::Sqlite => false,
        })
        .collect();
    let schemas: BTreeMap<String, String> = elsewhere
        .into_iter()
        .map(|schema| (schema.to_owned(), names.take(&camel(&format!("{schema} schema")), &[""])))
        .collect();
    let declared = model.enumerations.iter().filter(|one| one.declared && !one.labels.is_empty());
    let enumerations = declared
        .map(|one| {
            let name = &one.name;
            let called =
                if model.is_elsewhere(name) { format!("{} {}", name.schema, name.name) } else { name.name.clone() };
            (name.clone(), names.take(&camel(&called), &[""]))
        })
        .collect();
    let relations = variables(model, &mut names, &[""]);
    let writer = Writer { model, module, enumerations, schemas, relations };
    let mut body = String::new();
    for (schema, variable) in &writer.schemas {
        let _ = writeln!(body, "\nexport const {variable} = {module}.{module}Schema({});", json(schema));
    }
    for one in &model.enumerations {
        writer.enumeration(one, &mut body);
    }
    for (place, relation) in model.relations.iter().enumerate() {
        writer.relation(relation, place, &mut body);
    }
    let mut text = format!(
        "// Written by `rowhouse types`. What is changed here is lost.\n// {}, by Drizzle.\n\n",
        match model.engine {
            Engine::Postgres => "PostgreSQL",
            Engine::MySql => "MySQL",
            Engine::Sqlite => "SQLite, with safe integers: defaultSafeIntegers() of better-sqlite3",
        }
    );
    if body.contains("sql`") {
        text.push_str("import { sql } from \"drizzle-orm\";\n");
    }
    let _ = writeln!(text, "import * as {module} from \"{package}\";");
    text + &body
}

impl Writer<'_> {
    fn enumeration(&self, one: &Enumeration, text: &mut String) {
        let Some(variable) = self.enumerations.get(&one.name) else { return };
        let make = match self.schemas.get(&one.name.schema) {
            Some(schema) => format!("{schema}.enum"),
            None => "pg.pgEnum".to_owned(),
        };
        let _ = write!(text, "\n{}", comment(one.comment.as_deref(), ""));
        let _ = writeln!(text, "export const {variable} = {make}({}, [{}]);", json(&one.name.name), list(&one.labels));
    }

    fn relation(&self, relation: &Relation, place: usize, text: &mut String) {
        let module = self.module;
        let (of_schema, plain) = match relation.kind {
            RelationKind::View => ("view", "View"),
            // Only PostgreSQL has these.
            RelationKind::MaterializedView => ("materializedView", "MaterializedView"),
            _ => ("table", "Table"),
        };
        let make = match self.schemas.get(&relation.name.schema) {
            Some(schema) => format!("{schema}.{of_schema}"),
            None => format!("{module}.{module}{plain}"),
        };
        let _ = write!(text, "\n{}", comment(relation.comment.as_deref(), ""));
        let _ = writeln!(text, "export const {} = {make}({}, {{", self.relations[place], json(&relation.name.name));
        for column in &relation.columns {
            text.push_str(&comment(column.comment.as_deref(), "  "));
            let _ = writeln!(text, "  {}: {},", key(&column.name), self.column(column));
        }
        if !relation.is_writable() {
            text.push_str("}).existing();\n");
            return;
        }
        let extras = self.extras(relation);
        if extras.is_empty() {
            text.push_str("});\n");
            return;
        }
        // The type is told, for tables that refer to each other could not be without.
        let extra = match self.model.engine {
            Engine::Postgres => "Pg",
            Engine::MySql => "MySql",
            Engine::Sqlite => "SQLite",
        };
        let _ = writeln!(text, "}}, (table): {module}.{extra}TableExtraConfigValue[] => [");
        for one in extras {
            let _ = writeln!(text, "  {one},");
        }
        text.push_str("]);\n");
    }

    /// Keys and references.
    fn extras(&self, relation: &Relation) -> Vec<String> {
        let module = self.module;
        let mut extras = Vec::new();
        if let Some(key) = &relation.primary_key {
            let name = key.name.as_deref().map(|name| format!(", name: {}", json(name))).unwrap_or_default();
            extras.push(format!("{module}.primaryKey({{ columns: [{}]{name} }})", members("table", &key.columns)));
        }
        for key in &relation.unique {
            let name = key.name.as_deref().map(json).unwrap_or_default();
            extras.push(format!("{module}.unique({name}).on({})", members("table", &key.columns)));
        }
        extras.extend(relation.references.iter().filter_map(|one| self.reference(one, relation)));
        extras
    }

    fn reference(&self, one: &Reference, relation: &Relation) -> Option<String> {
        let at = self.model.relations.iter().position(|other| other.name == one.to)?;
        let there = |columns: &[String], of: &Relation| {
            columns.iter().all(|name| of.columns.iter().any(|column| column.name == *name))
        };
        if one.columns.len() != one.to_columns.len()
            || !there(&one.to_columns, &self.model.relations[at])
            || !there(&one.columns, relation)
        {
            return None;
        }
        let to = if self.model.relations[at].name == relation.name { "table" } else { self.relations[at].as_str() };
        let name = one.name.as_deref().map(|name| format!(", name: {}", json(name))).unwrap_or_default();
        let mut text = format!(
            "{}.foreignKey({{ columns: [{}], foreignColumns: [{}]{name} }})",
            self.module,
            members("table", &one.columns),
            members(to, &one.to_columns)
        );
        for (when, action) in [("onDelete", one.on_delete), ("onUpdate", one.on_update)] {
            if action != Action::NoAction {
                let _ = write!(text, ".{when}({})", json(words(action)));
            }
        }
        Some(text)
    }

    fn column(&self, column: &Column) -> String {
        let (element, is_array) = match &column.r#type {
            Type::Array(element) => (&**element, true),
            other => (other, false),
        };
        let native = if is_array { column.native.trim_end_matches("[]") } else { column.native.as_str() };
        let mut text = self.base(element, native, &column.name);
        if is_array {
            text.push_str(".array()");
        }
        if !column.nullable {
            text.push_str(".notNull()");
        }
        match (&column.generated, column.identity, self.model.engine) {
            (Some((expression, _)), ..) if expression.is_empty() => {}
            (Some((expression, _)), _, Engine::Postgres) => {
                let _ = write!(text, ".generatedAlwaysAs({})", sql(expression));
            }
            (Some((expression, stored)), ..) => {
                let mode = if *stored { "stored" } else { "virtual" };
                let _ = write!(text, ".generatedAlwaysAs({}, {{ mode: \"{mode}\" }})", sql(expression));
            }
            (None, Some(Identity::Always), Engine::Postgres) => text.push_str(".generatedAlwaysAsIdentity()"),
            (None, Some(Identity::ByDefault), Engine::Postgres) => text.push_str(".generatedByDefaultAsIdentity()"),
            (None, Some(_), Engine::MySql) => text.push_str(".autoincrement()"),
            // A rowid that is given as NULL is the next one.
            (None, Some(_), Engine::Sqlite) => text.push_str(".default(sql`NULL`)"),
            (None, None, _) => {
                if let Some(default) = &column.default {
                    let _ = write!(text, ".default({})", sql(default));
                }
            }
        }
        text
    }

    fn base(&self, one: &Type, native: &str, name: &str) -> String {
        let module = self.module;
        let name = json(name);
        match one {
            Type::Enumeration(wanted) => {
                if let Some(variable) = self.enumerations.get(wanted) {
                    return format!("{variable}({name})");
                }
                match self.model.enumerations.iter().find(|one| one.name == *wanted) {
                    Some(one) if !one.declared && !one.labels.is_empty() => {
                        format!("mysql.mysqlEnum({name}, [{}])", list(&one.labels))
                    }
                    _ => self.custom("string", native, &name),
                }
            }
            Type::Composite(_) | Type::Array(_) | Type::Domain(_) => self.custom("string", native, &name),
            Type::Scalar(scalar) => {
                let known = match self.model.engine {
                    Engine::Postgres => postgres(scalar, native),
                    Engine::MySql => mysql(scalar, native),
                    Engine::Sqlite => sqlite(scalar),
                };
                match known {
                    Ok((function, options)) if options.is_empty() => format!("{module}.{function}({name})"),
                    Ok((function, options)) => format!("{module}.{function}({name}, {{ {} }})", options.join(", ")),
                    Err(data) => self.custom(data, native, &name),
                }
            }
        }
    }

    fn custom(&self, data: &str, native: &str, name: &str) -> String {
        format!("{}.customType<{{ data: {data} }}>({{ dataType: () => {} }})({name})", self.module, json(native))
    }
}

/// A function of Drizzle's with its options, or what a custom type holds.
type Known = Result<(&'static str, Vec<String>), &'static str>;

fn plain(function: &'static str) -> Known {
    Ok((function, Vec::new()))
}

/// The number in a type's first parentheses.
fn precision(native: &str) -> Option<u32> {
    native.split_once('(')?.1.split([')', ',']).next()?.trim().parse().ok()
}

fn with(function: &'static str, options: [Option<String>; 3]) -> Known {
    Ok((function, options.into_iter().flatten().collect()))
}

fn option(name: &str, value: Option<impl std::fmt::Display>) -> Option<String> {
    value.map(|value| format!("{name}: {value}"))
}

fn postgres(scalar: &Scalar, native: &str) -> Known {
    let moment =
        |zoned: bool| [zoned.then(|| "withTimezone: true".to_owned()), option("precision", precision(native)), None];
    match scalar {
        Scalar::Boolean => plain("boolean"),
        Scalar::Integer { bits: 16, .. } => plain("smallint"),
        Scalar::Integer { bits: 32, signed: true } => plain("integer"),
        Scalar::Integer { bits: 64, .. } => Ok(("bigint", vec!["mode: \"bigint\"".to_owned()])),
        Scalar::Integer { .. } => Err("number"),
        Scalar::Float { bits: 32 } => plain("real"),
        Scalar::Float { .. } => plain("doublePrecision"),
        Scalar::Decimal { precision, scale } => {
            with("numeric", [option("precision", *precision), option("scale", *scale), None])
        }
        Scalar::Text { .. } if native.starts_with("character varying") => {
            with("varchar", [option("length", precision(native)), None, None])
        }
        Scalar::Text { .. } if native.starts_with("character") => {
            with("char", [option("length", precision(native)), None, None])
        }
        Scalar::Text { .. } if native == "text" => plain("text"),
        Scalar::Uuid => plain("uuid"),
        Scalar::Json => plain(if native == "json" { "json" } else { "jsonb" }),
        Scalar::Date => plain("date"),
        Scalar::Time => with("time", moment(false)),
        Scalar::ZonedTime => with("time", moment(true)),
        Scalar::Timestamp | Scalar::ZonedTimestamp => {
            let [zone, precision, _] = moment(*scalar == Scalar::ZonedTimestamp);
            with("timestamp", [zone, precision, Some("mode: \"string\"".to_owned())])
        }
        Scalar::Interval if native == "interval" => plain("interval"),
        Scalar::Bytes { .. } => Err("Uint8Array"),
        Scalar::Other(name) => match name.as_str() {
            "inet" => plain("inet"),
            "cidr" => plain("cidr"),
            "macaddr" => plain("macaddr"),
            "macaddr8" => plain("macaddr8"),
            _ => Err("string"),
        },
        _ => Err("string"),
    }
}

fn mysql(scalar: &Scalar, native: &str) -> Known {
    let native = native.to_ascii_lowercase();
    let base = native.split(['(', ' ']).next().unwrap_or_default();
    let unsigned = native.contains("unsigned").then(|| "unsigned: true".to_owned());
    let text = "mode: \"string\"".to_owned();
    match scalar {
        Scalar::Integer { .. } if base == "year" => plain("year"),
        Scalar::Integer { bits: 8, .. } => with("tinyint", [unsigned, None, None]),
        Scalar::Integer { bits: 16, .. } => with("smallint", [unsigned, None, None]),
        Scalar::Integer { bits: 24, .. } => with("mediumint", [unsigned, None, None]),
        Scalar::Integer { bits: 32, .. } => with("int", [unsigned, None, None]),
        Scalar::Integer { .. } => with("bigint", [Some("mode: \"bigint\"".to_owned()), unsigned, None]),
        Scalar::Float { bits: 32 } => plain("float"),
        Scalar::Float { .. } => plain("double"),
        Scalar::Decimal { precision, scale } => {
            with("decimal", [option("precision", *precision), option("scale", *scale), unsigned])
        }
        Scalar::Text { most: Some(most) } => {
            with(if base == "char" { "char" } else { "varchar" }, [option("length", Some(most)), None, None])
        }
        Scalar::Text { .. } => plain(match base {
            "tinytext" => "tinytext",
            "mediumtext" => "mediumtext",
            "longtext" => "longtext",
            _ => "text",
        }),
        Scalar::Date => with("date", [Some(text), None, None]),
        Scalar::Time => with("time", [option("fsp", precision(&native)), None, None]),
        Scalar::Timestamp => with("datetime", [Some(text), option("fsp", precision(&native)), None]),
        Scalar::ZonedTimestamp => with("timestamp", [Some(text), option("fsp", precision(&native)), None]),
        Scalar::Json => plain("json"),
        Scalar::Bytes { .. } | Scalar::Bits => Err("Uint8Array"),
        _ => Err("string"),
    }
}

fn sqlite(scalar: &Scalar) -> Known {
    match scalar {
        Scalar::Text { .. } => plain("text"),
        Scalar::Float { .. } => plain("real"),
        Scalar::Integer { .. } => Err("bigint"),
        Scalar::Bytes { .. } => Err("Uint8Array"),
        Scalar::Loose { bytes: true } => Err("bigint | number | string | Uint8Array"),
        _ => Err("bigint | number | string"),
    }
}

fn words(action: Action) -> &'static str {
    match action {
        Action::NoAction => "no action",
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set null",
        Action::SetDefault => "set default",
    }
}

/// A property of a table.
fn key(name: &str) -> String {
    if name == "__proto__" { "[\"__proto__\"]".to_owned() } else { property(name) }
}

fn members(of: &str, columns: &[String]) -> String {
    let member =
        |name: &String| if is_identifier(name) { format!("{of}.{name}") } else { format!("{of}[{}]", json(name)) };
    columns.iter().map(member).collect::<Vec<_>>().join(", ")
}

fn list(labels: &[String]) -> String {
    labels.iter().map(|one| json(one)).collect::<Vec<_>>().join(", ")
}

/// An expression as a template that means just that.
fn sql(expression: &str) -> String {
    let quoted = json(expression);
    // JSON's escapes are a template's too, but for the quotes.
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let inner = inner.replace("\\\"", "\"").replace('`', "\\`").replace("${", "\\${");
    format!("sql`{inner}`")
}
