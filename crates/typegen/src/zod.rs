//! Schemas of Zod 4 for what is read, put in and changed: <https://zod.dev/api>.

use std::{collections::BTreeMap, fmt::Write as _};

use catalog::facts::Engine;

use crate::{
    javascript::{RESERVED, SPATIAL, comment, head, is_array_parsed, property, remark, variables},
    model::{Column, Given, Model, Name, Scalar, Type},
    names::{Names, camel, json},
};

/// Whole numbers and decimals as texts.
const INTEGER: &str = "z.string().regex(/^-?\\d+$/)";
const DECIMAL: &str = "z.string().regex(/^(-?\\d+(\\.\\d+)?|NaN|-?Infinity)$/)";

pub(crate) fn write(model: &Model) -> String {
    let mut names = Names::without(RESERVED);
    let mut enumerations = BTreeMap::new();
    let mut text = head(model) + "\nimport { z } from \"zod\";\n";
    for one in &model.enumerations {
        let called = if model.is_elsewhere(&one.name) {
            format!("{} {}", one.name.schema, one.name.name)
        } else {
            one.name.name.clone()
        };
        let name = names.take(&camel(&called), &[""]);
        let labels: Vec<String> = one.labels.iter().map(|label| json(label)).collect();
        let schema =
            if labels.is_empty() { "z.never()".to_owned() } else { format!("z.enum([{}])", labels.join(", ")) };
        let _ = write!(text, "\n{}", comment(one.comment.as_deref(), ""));
        let _ = writeln!(text, "export const {name} = {schema};");
        enumerations.insert(one.name.clone(), name);
    }
    let variables = variables(model, &mut names, &["Row", "Insert", "Update"]);
    for (relation, name) in model.relations.iter().zip(&variables) {
        let mut object = |end: &str, of: &dyn Fn(&Column) -> Option<String>| {
            let _ = write!(text, "\n{}", comment(relation.comment.as_deref(), ""));
            let _ = writeln!(text, "export const {name}{end} = z.object({{");
            for column in &relation.columns {
                let Some(schema) = of(column) else { continue };
                text.push_str(&comment(remark(column, model.engine).as_deref(), "  "));
                // A spread of one property is one of its own, whatever it is called.
                let _ = writeln!(text, "  {}: {schema},", computed(&column.name));
            }
            text.push_str("});\n");
        };
        let null = |column: &Column| if column.nullable { ".nullable()" } else { "" };
        object("Row", &|column| Some(read(&column.r#type, model.engine, &enumerations) + null(column)));
        if !relation.is_writable() {
            continue;
        }
        let taken = |column: &Column| given(&column.r#type, model.engine, &enumerations) + null(column);
        object("Insert", &|column| match column.given {
            Given::Required => Some(taken(column)),
            Given::Optional => Some(taken(column) + ".optional()"),
            Given::Never => None,
        });
        object("Update", &|column| (column.given != Given::Never).then(|| taken(column) + ".optional()"));
    }
    text
}

/// A property's name in an object that is made: `__proto__` would be its prototype.
fn computed(name: &str) -> String {
    if name == "__proto__" { "[\"__proto__\"]".to_owned() } else { property(name) }
}

fn read(one: &Type, engine: Engine, enumerations: &BTreeMap<Name, String>) -> String {
    match one {
        Type::Scalar(scalar) => scalar_read(scalar, engine),
        Type::Enumeration(name) => enumerations.get(name).cloned().unwrap_or_else(|| "z.string()".to_owned()),
        Type::Array(element) if is_array_parsed(element) => match &**element {
            Type::Scalar(Scalar::Decimal { .. }) => "z.array(z.number().nullable())".to_owned(),
            element => format!("z.array({}.nullable())", read(element, engine, enumerations)),
        },
        Type::Composite(_) | Type::Array(_) | Type::Domain(_) => "z.string()".to_owned(),
    }
}

/// A whole number that fits.
fn whole(bits: u8, signed: bool) -> String {
    let (least, most) = match (bits, signed) {
        (8, true) => ("-128", "127"),
        (8, false) => ("0", "255"),
        (16, true) => ("-32768", "32767"),
        (16, false) => ("0", "65535"),
        (24, true) => ("-8388608", "8388607"),
        (24, false) => ("0", "16777215"),
        (_, true) => ("-2147483648", "2147483647"),
        (_, false) => ("0", "4294967295"),
    };
    format!("z.int().min({least}).max({most})")
}

fn scalar_read(scalar: &Scalar, engine: Engine) -> String {
    let plain = match (scalar, engine) {
        (Scalar::Boolean, _) => "z.boolean()",
        (Scalar::Integer { .. }, Engine::Sqlite) => "z.bigint()",
        (Scalar::Integer { bits: 64, .. }, _) => INTEGER,
        (Scalar::Integer { bits, signed }, _) => return whole(*bits, *signed),
        // NaN and the infinities are values too.
        (Scalar::Float { .. }, _) => "z.custom<number>((value) => typeof value === \"number\")",
        (Scalar::Decimal { .. }, _) => DECIMAL,
        // PostgreSQL takes any 128 bits for one.
        (Scalar::Uuid, _) => "z.guid()",
        (Scalar::Bytes { .. }, _) | (Scalar::Bits, Engine::MySql) => "z.instanceof(Uint8Array)",
        (Scalar::Json, _) => "z.json()",
        (Scalar::Date | Scalar::Timestamp | Scalar::ZonedTimestamp, _) => "z.date()",
        (Scalar::Interval, _) => {
            "z.object({ years: z.number(), months: z.number(), days: z.number(), hours: z.number(), minutes: z.number(), \
             seconds: z.number(), milliseconds: z.number() }).partial()"
        }
        (Scalar::Bits, _) => "z.string().regex(/^[01]*$/)",
        (Scalar::Loose { bytes: true }, _) => "z.union([z.bigint(), z.number(), z.string(), z.instanceof(Uint8Array)])",
        (Scalar::Loose { bytes: false }, _) => "z.union([z.bigint(), z.number(), z.string()])",
        (Scalar::Other(name), Engine::Postgres) if name == "point" => "z.object({ x: z.number(), y: z.number() })",
        (Scalar::Other(name), Engine::Postgres) if name == "circle" => {
            "z.object({ x: z.number(), y: z.number(), radius: z.number() })"
        }
        (Scalar::Other(name), Engine::MySql) if SPATIAL.contains(&name.as_str()) => "z.unknown()",
        _ => "z.string()",
    };
    plain.to_owned()
}

fn given(one: &Type, engine: Engine, enumerations: &BTreeMap<Name, String>) -> String {
    match (one, engine) {
        (Type::Scalar(scalar), _) => match (scalar, engine) {
            (Scalar::Integer { .. }, Engine::Sqlite) => "z.union([z.bigint(), z.int()])".to_owned(),
            (Scalar::Integer { bits: 64, .. }, _) => format!("z.union([{INTEGER}, z.int(), z.bigint()])"),
            (Scalar::Decimal { .. }, _) => format!("z.union([{DECIMAL}, z.number(), z.bigint()])"),
            // Servers count characters, JavaScript halves of some.
            (Scalar::Text { most: Some(most) }, _) => {
                format!("z.string().refine((text) => Array.from(text).length <= {most}, \"at most {most} characters\")")
            }
            (Scalar::Json, _) => "z.string()".to_owned(),
            (Scalar::Date | Scalar::Timestamp | Scalar::ZonedTimestamp, _) => {
                "z.union([z.date(), z.string()])".to_owned()
            }
            (Scalar::Interval, _) => format!("z.union([{}, z.string()])", scalar_read(scalar, engine)),
            (Scalar::Other(_), Engine::Postgres) => "z.string()".to_owned(),
            (scalar, _) => scalar_read(scalar, engine),
        },
        (Type::Array(element), Engine::Postgres) => match &**element {
            Type::Composite(_) | Type::Array(_) | Type::Domain(_) => "z.string()".to_owned(),
            element => format!("z.union([z.array({}.nullable()), z.string()])", given(element, engine, enumerations)),
        },
        (other, _) => read(other, engine, enumerations),
    }
}
