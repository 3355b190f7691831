//! What PostgreSQL's types hold, for rows that are made up.

use catalog::{Catalog, Column, ObjectKey, TypeKind, TypeObject};
use driver::{Generate, Takes, load::quoted_table};
use generate::{BytesForm, Kind};
use sql::Dialect;

use crate::scan::is_named;

/// Characters of `name`, which keeps 63 bytes.
const NAME: u32 = 63;

/// Digits after the point where a type sets none.
const SCALE: u32 = 2;

/// PostgreSQL's types, for rows that are made up.
pub(crate) struct Generating;

impl Generate for Generating {
    fn dialect(&self) -> &Dialect {
        sql::dialect::postgres()
    }

    fn takes(&self, catalog: &Catalog, column: &Column) -> Takes {
        let ascii = !catalog
            .databases
            .iter()
            .find(|database| database.current)
            .and_then(|database| database.encoding.as_deref())
            .is_none_or(|encoding| encoding.eq_ignore_ascii_case("UTF8"));
        let mut native = column.native_type.as_str();
        let mut takes = Takes::of(Kind::Other);
        // A domain over a domain prints the inner one; the bound is against a loop that no honest server has.
        for _ in 0..16 {
            let Some(domain) = type_of(catalog, native).filter(|object| object.kind == TypeKind::Domain) else { break };
            let name = self.dialect().quote_identifier(&column.name);
            for demand in &domain.constraints {
                match demand.as_str() {
                    "NOT NULL" => takes.required = true,
                    check => takes.checks.push(of_column(check, &name)),
                }
            }
            match domain.base_type.as_deref() {
                Some(base) => native = base,
                None => break,
            }
        }
        takes.kind = kind(catalog, native, ascii);
        takes
    }

    fn go_on(&self, table: &ObjectKey, column: &Column) -> Option<String> {
        let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let sequence = match (&column.identity, &column.default) {
            (Some(_), _) => format!(
                "pg_catalog.pg_get_serial_sequence({}, {})",
                text(&quoted_table(self.dialect(), table)),
                text(&column.name)
            ),
            (None, Some(default)) => sequence_of(default)?.to_owned(),
            (None, None) => return None,
        };
        let (name, table) = (self.dialect().quote_identifier(&column.name), quoted_table(self.dialect(), table));
        // Never backwards: somebody else may have drawn from it meanwhile.
        Some(format!(
            "SELECT pg_catalog.setval({sequence}, greatest(pg_catalog.nextval({sequence}), max({name}))) FROM {table}"
        ))
    }
}

/// `'shop.orders_id_seq'::regclass` of `nextval('shop.orders_id_seq'::regclass)`.
fn sequence_of(default: &str) -> Option<&str> {
    let inner = default.strip_prefix("pg_catalog.").unwrap_or(default).strip_prefix("nextval(")?.strip_suffix(')')?;
    let literal = inner.strip_suffix("::regclass").unwrap_or(inner);
    let bare = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    (!bare.replace("''", "").contains('\'')).then_some(inner)
}

fn type_of<'c>(catalog: &'c Catalog, native: &str) -> Option<&'c TypeObject> {
    let mut types = catalog.types.iter().filter(|_| native.contains('.'));
    types.find(|object| is_named(native, catalog.schema_name(object.schema), &object.name))
}

/// What a domain's CHECK says of VALUE, said of a column.
fn of_column(check: &str, name: &str) -> String {
    let mut said = String::new();
    let mut word = String::new();
    let mut quote = None;
    let end = |word: &mut String, said: &mut String| {
        said.push_str(if word == "VALUE" { name } else { word });
        word.clear();
    };
    for sign in check.chars() {
        let of_word = sign.is_alphanumeric() || sign == '_' || sign == '$';
        if of_word && quote.is_none() {
            word.push(sign);
            continue;
        }
        end(&mut word, &mut said);
        match quote {
            Some(open) if open == sign => quote = None,
            None if sign == '\'' || sign == '"' => quote = Some(sign),
            _ => {}
        }
        said.push(sign);
    }
    end(&mut word, &mut said);
    said
}

fn kind(catalog: &Catalog, native: &str, ascii: bool) -> Kind {
    if let Some(element) = native.strip_suffix("[]") {
        return match kind(catalog, element.trim_end_matches("[]"), ascii) {
            Kind::Other => Kind::Other,
            element => Kind::Array(Box::new(element)),
        };
    }
    if let Some(object) = type_of(catalog, native) {
        return match object.kind {
            TypeKind::Enum => Kind::Choice(object.labels.clone()),
            _ if object.name == "citext" => Kind::Text { max: None, ascii },
            _ => Kind::Other,
        };
    }
    let (name, numbers) = parts(native);
    let text = |max| Kind::Text { max, ascii };
    let integer = |min: i64, max: i64| Kind::Integer { min: min.into(), max: max.into() };
    match name.as_str() {
        "boolean" => Kind::Boolean { yes: "true".to_owned(), no: "false".to_owned() },
        "smallint" => integer(i16::MIN.into(), i16::MAX.into()),
        "integer" => integer(i32::MIN.into(), i32::MAX.into()),
        "bigint" => integer(i64::MIN, i64::MAX),
        "oid" => integer(0, u32::MAX.into()),
        "numeric" => match *numbers.as_slice() {
            [precision] => Kind::Decimal { precision: Some(precision), scale: 0 },
            [precision, scale, ..] => Kind::Decimal { precision: Some(precision), scale },
            [] => Kind::Decimal { precision: None, scale: SCALE },
        },
        "money" => Kind::Decimal { precision: Some(9), scale: SCALE },
        "real" | "double precision" => Kind::Float,
        "text" => text(None),
        "character varying" => text(numbers.first().copied()),
        "character" => text(Some(numbers.first().copied().unwrap_or(1))),
        "name" => text(Some(NAME)),
        "date" => Kind::Date,
        "time without time zone" | "time with time zone" => Kind::Time,
        "timestamp without time zone" => Kind::Timestamp,
        "timestamp with time zone" => Kind::TimestampTz,
        "interval" => Kind::Interval,
        "uuid" => Kind::Uuid,
        "json" | "jsonb" => Kind::Json,
        "bytea" => Kind::Bytes { form: BytesForm::Backslash, max: None },
        // The networks set aside for documentation (RFC 5737).
        "inet" => Kind::Choice((1..255).map(|host| format!("192.0.2.{host}")).collect()),
        "cidr" => Kind::Choice(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].map(str::to_owned).into()),
        // The addresses set aside for documentation (RFC 7042).
        "macaddr" => Kind::Choice((0..=255).map(|last| format!("00:00:5e:00:53:{last:02x}")).collect()),
        _ => Kind::Other,
    }
}

/// `timestamp(3) without time zone` as `timestamp without time zone` and 3.
fn parts(native: &str) -> (String, Vec<u32>) {
    let Some((before, rest)) = native.split_once('(') else { return (native.to_owned(), Vec::new()) };
    let (numbers, after) = rest.split_once(')').unwrap_or((rest, ""));
    let numbers = numbers.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    (format!("{before}{after}"), numbers)
}

#[cfg(test)]
mod tests {
    use catalog::{RelationId, Schema};

    use super::*;

    fn takes(native: &str) -> Takes {
        let mut catalog = Catalog::default();
        let schema = catalog.push_schema(Schema::named("shop"));
        let own = |name: &str, kind| TypeObject {
            schema,
            name: name.to_owned(),
            kind,
            labels: Vec::new(),
            base_type: None,
            attributes: Vec::new(),
            constraints: Vec::new(),
            check_names: Vec::new(),
            default: None,
            owner: None,
            comment: None,
        };
        catalog.types = vec![
            TypeObject { labels: vec!["sad".into(), "it's".into()], ..own("mood", TypeKind::Enum) },
            TypeObject {
                base_type: Some("numeric(9,2)".into()),
                constraints: vec!["NOT NULL".into(), "CHECK ((VALUE > (0)::numeric) AND 'VALUE' <> '')".into()],
                ..own("price", TypeKind::Domain)
            },
        ];
        Generating.takes(&catalog, &Column::new(RelationId(0), 1, "the column", native))
    }

    #[test]
    fn types_are_told_by_their_printed_names() {
        let text = |max| Kind::Text { max, ascii: false };
        for (native, kind) in [
            ("character varying(20)", text(Some(20))),
            ("character(1)", text(Some(1))),
            ("numeric(12,4)", Kind::Decimal { precision: Some(12), scale: 4 }),
            ("timestamp(3) with time zone", Kind::TimestampTz),
            ("time(0) without time zone", Kind::Time),
            ("text[]", Kind::Array(Box::new(text(None)))),
            ("shop.mood", Kind::Choice(vec!["sad".into(), "it's".into()])),
            ("tsvector", Kind::Other),
            ("tsvector[]", Kind::Other),
            ("elsewhere.mood", Kind::Other),
        ] {
            assert_eq!(takes(native).kind, kind, "{native}");
        }
    }

    #[test]
    fn what_a_domain_demands_is_said_of_the_column() {
        let price = takes("shop.price");
        assert_eq!(price.kind, Kind::Decimal { precision: Some(9), scale: 2 });
        assert!(price.required);
        assert_eq!(price.checks, ["CHECK ((\"the column\" > (0)::numeric) AND 'VALUE' <> '')"]);
    }

    #[test]
    fn the_sequence_of_a_default_goes_on_from_the_greatest_number() {
        let table = ObjectKey::relation(None, Some("shop"), "orders");
        let mut column = Column::new(RelationId(0), 1, "id", "integer");
        assert_eq!(Generating.go_on(&table, &column), None);
        column.default = Some("nextval('shop.\"Odd''s\"'::regclass)".to_owned());
        assert_eq!(
            Generating.go_on(&table, &column).as_deref(),
            Some(
                "SELECT pg_catalog.setval('shop.\"Odd''s\"'::regclass, \
                 greatest(pg_catalog.nextval('shop.\"Odd''s\"'::regclass), max(\"id\"))) FROM \"shop\".\"orders\""
            )
        );
        column.default = Some("nextval('a'::regclass) + nextval('b'::regclass)".to_owned());
        assert_eq!(Generating.go_on(&table, &column), None);
    }
}
