//! The types of each engine, read from how its server prints them.

use std::collections::BTreeMap;

use catalog::{Catalog, TypeKind, facts::Engine};

use crate::model::{Composite, Enumeration, Name, Scalar, Type};

/// The types that a catalog declares.
pub(crate) struct Types {
    pub(crate) enumerations: BTreeMap<Name, Enumeration>,
    pub(crate) composites: BTreeMap<Name, Composite>,
    domains: BTreeMap<Name, Type>,
}

impl Types {
    pub(crate) fn of(catalog: &Catalog, engine: Engine) -> Self {
        let mut types = Types { enumerations: BTreeMap::new(), composites: BTreeMap::new(), domains: BTreeMap::new() };
        if engine != Engine::Postgres {
            return types;
        }
        let named = |one: &catalog::TypeObject| Name::new(catalog.schema_name(one.schema), &one.name);
        for one in catalog.types.iter().filter(|one| one.kind == TypeKind::Enum) {
            let (name, labels, comment) = (named(one), one.labels.clone(), one.comment.clone());
            types.enumerations.insert(name.clone(), Enumeration { name, declared: true, labels, comment });
        }
        // Known by name before their parts are read: those refer to each other.
        for one in catalog.types.iter().filter(|one| one.kind == TypeKind::Composite) {
            let (name, comment) = (named(one), one.comment.clone());
            types.composites.insert(name.clone(), Composite { name, attributes: Vec::new(), comment });
        }
        let mut open: Vec<_> = catalog.types.iter().filter(|one| one.kind == TypeKind::Domain).collect();
        // A domain over a domain waits for that.
        while !open.is_empty() {
            let before = open.len();
            let names: Vec<Name> = open.iter().map(|one| named(one)).collect();
            open.retain(|one| {
                let base = one.base_type.as_deref().unwrap_or_default();
                let waits = qualified(array(base).0).is_some_and(|base| names.contains(&base));
                if !waits {
                    let base = types.postgres(base);
                    types.domains.insert(named(one), base);
                }
                waits
            });
            if open.len() == before {
                break;
            }
        }
        for one in catalog.types.iter().filter(|one| one.kind == TypeKind::Composite) {
            let attributes = one.attributes.iter().map(|(name, text)| (name.clone(), types.postgres(text))).collect();
            if let Some(composite) = types.composites.get_mut(&named(one)) {
                composite.attributes = attributes;
            }
        }
        types
    }

    /// A type as PostgreSQL's `format_type` prints it with nothing but `pg_catalog` on the path: own types are qualified.
    pub(crate) fn postgres(&self, native: &str) -> Type {
        let (element, is_array) = array(native);
        let one = match qualified(element) {
            Some(name) if self.enumerations.contains_key(&name) => Type::Enumeration(name),
            Some(name) if self.composites.contains_key(&name) => Type::Composite(name),
            Some(name) => match self.domains.get(&name) {
                Some(base) if is_array => Type::Domain(Box::new(base.clone())),
                Some(base) => base.clone(),
                // An extension's, told by its name alone.
                None => Type::Scalar(Scalar::Other(name.name)),
            },
            None => Type::Scalar(built_in(element)),
        };
        if is_array { Type::Array(Box::new(one)) } else { one }
    }

    /// A type as MySQL and MariaDB print it in `COLUMN_TYPE`.
    pub(crate) fn mysql(&mut self, native: &str, relation: &Name, column: &str) -> Type {
        let (base, modifiers, rest) = parts(native);
        let base = base.to_ascii_lowercase();
        let signed = !rest.to_ascii_lowercase().contains("unsigned");
        let number = |place: usize| modifiers.split(',').nth(place).and_then(|part| part.trim().parse::<u32>().ok());
        let integer = |bits| Scalar::Integer { bits, signed };
        Type::Scalar(match base.as_str() {
            "enum" => {
                let name = Name::new(&relation.schema, &format!("{}_{column}", relation.name));
                let labels = labels(modifiers);
                let one = Enumeration { name: name.clone(), declared: false, labels, comment: None };
                self.enumerations.insert(name.clone(), one);
                return Type::Enumeration(name);
            }
            "tinyint" => integer(8),
            "smallint" => integer(16),
            "mediumint" => integer(24),
            "int" | "integer" => integer(32),
            "bigint" => integer(64),
            "year" => Scalar::Integer { bits: 16, signed: false },
            "float" => Scalar::Float { bits: 32 },
            "double" | "real" => Scalar::Float { bits: 64 },
            "decimal" | "numeric" => {
                Scalar::Decimal { precision: number(0), scale: number(1).and_then(|scale| scale.try_into().ok()) }
            }
            "char" | "varchar" => Scalar::Text { most: number(0) },
            "tinytext" | "text" | "mediumtext" | "longtext" => Scalar::Text { most: None },
            "binary" | "varbinary" => Scalar::Bytes { most: number(0) },
            "tinyblob" | "blob" | "mediumblob" | "longblob" => Scalar::Bytes { most: None },
            "date" => Scalar::Date,
            "time" => Scalar::Time,
            "datetime" => Scalar::Timestamp,
            "timestamp" => Scalar::ZonedTimestamp,
            "bit" => Scalar::Bits,
            "json" => Scalar::Json,
            _ => Scalar::Other(base),
        })
    }

    pub(crate) fn names_in(&self, one: &Type, into: &mut Vec<Name>) {
        match one {
            Type::Scalar(_) => {}
            Type::Enumeration(name) | Type::Composite(name) => self.names_in_named(name, into),
            Type::Array(element) | Type::Domain(element) => self.names_in(element, into),
        }
    }

    pub(crate) fn names_in_named(&self, name: &Name, into: &mut Vec<Name>) {
        if into.contains(name) {
            return;
        }
        into.push(name.clone());
        for (_, part) in self.composites.get(name).map(|one| one.attributes.as_slice()).unwrap_or_default() {
            self.names_in(part, into);
        }
    }
}

/// A type as SQLite's column declares it, by its affinity: <https://sqlite.org/datatype3.html#determination_of_column_affinity>.
pub(crate) fn sqlite(declared: &str) -> Type {
    let upper = declared.to_ascii_uppercase();
    let has = |some: &[&str]| some.iter().any(|word| upper.contains(word));
    Type::Scalar(if has(&["INT"]) {
        Scalar::Integer { bits: 64, signed: true }
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        // SQLite does not hold anybody to a length.
        Scalar::Text { most: None }
    } else if has(&["BLOB"]) {
        Scalar::Bytes { most: None }
    } else if upper.trim().is_empty() || upper.trim() == "ANY" {
        Scalar::Loose { bytes: true }
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Scalar::Float { bits: 64 }
    } else {
        Scalar::Loose { bytes: false }
    })
}

/// The element of an array, and whether it was one.
fn array(native: &str) -> (&str, bool) {
    let element = native.trim_end_matches("[]");
    (element, element.len() < native.len())
}

/// The schema and name of a qualified type; `None` for one of the server's own.
fn qualified(native: &str) -> Option<Name> {
    let (schema, rest) = identifier(native)?;
    let (name, _) = identifier(rest.strip_prefix('.')?)?;
    Some(Name { schema, name })
}

/// The identifier that a text begins with, unquoted, and what follows.
fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['.', '(', '"', ' ', '[']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        return (!name.is_empty()).then(|| (name.to_owned(), rest));
    };
    let mut name = String::new();
    let mut signs = quoted.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        match (sign, signs.peek()) {
            ('"', Some((_, '"'))) => {
                name.push('"');
                signs.next();
            }
            ('"', _) => return Some((name, &quoted[at + 1..])),
            _ => name.push(sign),
        }
    }
    None
}

/// The name before the modifiers, those without their parentheses, and what follows.
fn parts(native: &str) -> (&str, &str, &str) {
    let Some((base, rest)) = native.split_once('(') else {
        let (base, rest) = native.split_once(' ').unwrap_or((native, ""));
        return (base.trim(), "", rest);
    };
    // A label may hold parentheses.
    let Some((modifiers, rest)) = rest.rsplit_once(')') else { return (base.trim(), rest, "") };
    (base.trim(), modifiers, rest)
}

/// The labels of MySQL's `enum('a','b''c')`.
fn labels(modifiers: &str) -> Vec<String> {
    let mut labels = Vec::new();
    let mut open: Option<String> = None;
    let mut signs = modifiers.chars().peekable();
    while let Some(sign) = signs.next() {
        match (&mut open, sign) {
            (None, '\'') => open = Some(String::new()),
            (None, _) => {}
            (Some(label), '\'') if signs.peek() == Some(&'\'') => {
                label.push('\'');
                signs.next();
            }
            (Some(_), '\'') => labels.extend(open.take()),
            (Some(label), sign) => label.push(sign),
        }
    }
    labels
}

fn built_in(native: &str) -> Scalar {
    let (before, modifiers, after) = match native.split_once('(') {
        Some((before, rest)) => {
            let (modifiers, after) = rest.split_once(')').unwrap_or((rest, ""));
            (before.trim(), modifiers, after.trim())
        }
        None => (native, "", ""),
    };
    let base = if after.is_empty() { before.to_owned() } else { format!("{before} {after}") };
    let number = |place: usize| modifiers.split(',').nth(place).and_then(|part| part.trim().parse::<i32>().ok());
    let most = number(0).and_then(|most| most.try_into().ok());
    match base.as_str() {
        "boolean" => Scalar::Boolean,
        "smallint" => Scalar::Integer { bits: 16, signed: true },
        "integer" => Scalar::Integer { bits: 32, signed: true },
        "bigint" => Scalar::Integer { bits: 64, signed: true },
        "oid" => Scalar::Integer { bits: 32, signed: false },
        "real" => Scalar::Float { bits: 32 },
        "double precision" => Scalar::Float { bits: 64 },
        "numeric" => Scalar::Decimal { precision: most, scale: number(1) },
        "text" => Scalar::Text { most: None },
        "\"char\"" => Scalar::Other("char".to_owned()),
        "character varying" | "character" => Scalar::Text { most },
        "bytea" => Scalar::Bytes { most: None },
        "uuid" => Scalar::Uuid,
        "json" | "jsonb" => Scalar::Json,
        "date" => Scalar::Date,
        "time without time zone" => Scalar::Time,
        "time with time zone" => Scalar::ZonedTime,
        "timestamp without time zone" => Scalar::Timestamp,
        "timestamp with time zone" => Scalar::ZonedTimestamp,
        "bit" | "bit varying" => Scalar::Bits,
        base if base.starts_with("interval") => Scalar::Interval,
        _ => Scalar::Other(base),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_are_read_through_their_quotes() {
        assert_eq!(qualified("\"a.b\".\"My \"\"x\"\"\""), Some(Name::new("a.b", "My \"x\"")));
        assert_eq!(qualified("app.mood"), Some(Name::new("app", "mood")));
        assert_eq!((qualified("\"char\""), qualified("numeric(10,2)"), qualified("\"open")), (None, None, None));
        assert_eq!(array("\"x[]\".t[]"), ("\"x[]\".t", true));
    }

    #[test]
    fn modifiers_stand_within_and_behind() {
        assert_eq!(built_in("timestamp(3) with time zone"), Scalar::ZonedTimestamp);
        assert_eq!(built_in("numeric(3,-2)"), Scalar::Decimal { precision: Some(3), scale: Some(-2) });
        assert_eq!(built_in("interval day to second(3)"), Scalar::Interval);
        assert_eq!(built_in("bit varying(5)"), Scalar::Bits);
        assert_eq!(labels("'a','b''c','(,)',''"), ["a", "b'c", "(,)", ""]);
    }

    #[test]
    fn affinities_are_found_as_sqlite_finds_them() {
        let of = |declared| match sqlite(declared) {
            Type::Scalar(one) => one,
            other => panic!("{other:?}"),
        };
        assert_eq!(of("CHARINT"), Scalar::Integer { bits: 64, signed: true });
        assert_eq!(of("varchar(20)"), Scalar::Text { most: None });
        assert_eq!((of(""), of("DECIMAL(1,2)")), (Scalar::Loose { bytes: true }, Scalar::Loose { bytes: false }));
        assert_eq!((of("BLOB"), of("double")), (Scalar::Bytes { most: None }, Scalar::Float { bits: 64 }));
    }
}
