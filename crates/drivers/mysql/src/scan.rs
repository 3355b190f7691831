//! Reading a relation page by page.
//!
//! A page continues behind the last row of the page before, by a key that is total: the user's sort, then the primary key or
//! a unique index over columns that are never NULL. Every key column is also selected, hidden, in a form that means exactly
//! the same value when it is sent back: bytes in hexadecimal, a FLOAT with all of its digits, an ENUM and a SET by number.
//!
//! NULL is less than everything. Texts are ordered and compared by their column's collation, for which keys are unique too.

mod condition;
mod lookup;
mod statistics;

use catalog::{Catalog, Column, ConstraintKind, ObjectKey, RelationKind, RelationWalker};
use driver::{
    Code, Condition, Error, Filter, KeyForm, KeySource, Lookup, Page, PageRequest, Scan, Statement, arrow::CellClass,
};

use condition::{condition, conditions, every};

use crate::quote;

pub(crate) struct Pages;

/// How a column's values are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Digits.
    Exact,
    /// A float, whose print may be shorter than its value.
    Float,
    /// A number behind a text, or bits.
    Numbered,
    /// Bytes.
    Bytes,
    /// Anything else: its text.
    Text,
}

impl Form {
    pub(crate) fn of(column: &Column) -> Form {
        Form::of_type(&column.native_type)
    }

    fn of_type(native_type: &str) -> Form {
        let end = native_type.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
        let word = end.and_then(|end| native_type.get(..end)).unwrap_or(native_type);
        match word.to_ascii_lowercase().as_str() {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "double" | "year" => Form::Exact,
            "float" => Form::Float,
            "enum" | "set" | "bit" => Form::Numbered,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "geometry" | "point"
            | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon" | "geometrycollection" => {
                Form::Bytes
            }
            _ => Form::Text,
        }
    }

    /// The expression whose text is the value exactly.
    pub(crate) fn exact(self, reference: &str) -> String {
        match self {
            Form::Exact | Form::Text => reference.to_owned(),
            Form::Float => format!("{reference} + 0e0"),
            Form::Numbered => format!("{reference} + 0"),
            Form::Bytes => format!("HEX({reference})"),
        }
    }

    /// How that text is told from what a plain column prints; `None` where it prints less.
    pub(crate) fn printed(self) -> Option<KeyForm> {
        match self {
            Form::Exact | Form::Text => Some(KeyForm::Text),
            Form::Bytes => Some(KeyForm::Hex),
            Form::Float | Form::Numbered => None,
        }
    }

    /// A literal of such a text.
    pub(crate) fn literal(self, text: &str) -> Result<String, Error> {
        let wrong = || Error::new(Code::InvalidStatement, "The position of the page is not one of this relation.");
        match self {
            Form::Exact | Form::Float | Form::Numbered => number(text).ok_or_else(wrong),
            Form::Bytes => {
                let digits = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                if digits { Ok(format!("X'{text}'")) } else { Err(wrong()) }
            }
            Form::Text => Ok(quote::text(text)),
        }
    }
}

/// Digits as a literal, if it is nothing but a number.
fn number(text: &str) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
    (plain && text.parse::<f64>().is_ok()).then(|| text.to_owned())
}

/// One term of the order.
struct Term<'a> {
    column: &'a Column,
    descending: bool,
}

impl Scan for Pages {
    fn page(&self, catalog: &Catalog, request: &PageRequest) -> Result<Page, Error> {
        let relation = find(catalog, &request.relation)?;
        let columns = relation.columns();
        let (key, source) = key_of(relation);
        let identity: Vec<&str> = key.iter().map(|column| column.name.as_str()).collect();
        let mut terms: Vec<Term<'_>> = Vec::new();
        for sort in &request.sort {
            let column = column_of(columns, &sort.column)?;
            if terms.iter().all(|term| term.column.name != column.name) {
                terms.push(Term { column, descending: sort.descending });
            }
        }
        for column in key {
            if terms.iter().all(|term| term.column.name != column.name) {
                terms.push(Term { column, descending: false });
            }
        }
        let mut conditions = every(columns, &request.filters)?;
        let keyed = source != KeySource::Offset;
        if let Some(after) = request.after.as_ref().filter(|_| keyed) {
            conditions.push(behind(&terms, after)?);
        }
        let mut selected: Vec<String> = columns.iter().map(|column| reference(&column.name)).collect();
        if selected.is_empty() {
            selected.push("NULL".to_owned());
        }
        let visible = selected.len();
        let mut positions = Vec::new();
        if keyed {
            for term in &terms {
                positions.push(selected.len());
                selected.push(Form::of(term.column).exact(&reference(&term.column.name)));
            }
        }
        let mut text = format!("SELECT {}\nFROM {}", selected.join(", "), from(relation));
        push_where(&mut text, &conditions);
        if !terms.is_empty() {
            let order = terms
                .iter()
                .map(|term| format!("{}{}", reference(&term.column.name), if term.descending { " DESC" } else { "" }));
            text.push_str(&format!("\nORDER BY {}", order.collect::<Vec<_>>().join(", ")));
        }
        text.push_str(&format!("\nLIMIT {}", request.limit));
        if !keyed && request.offset > 0 {
            text.push_str(&format!(" OFFSET {}", request.offset));
        }
        let place = |name: &&str| terms.iter().position(|term| term.column.name == *name).map(|term| visible + term);
        let identity = identity.iter().map(place).collect::<Option<Vec<usize>>>().filter(|_| keyed);
        Ok(Page { statement: Statement::new(text), source, key: positions, visible_columns: visible, identity })
    }

    fn count(&self, catalog: &Catalog, relation: &ObjectKey, filters: &[Condition]) -> Result<Statement, Error> {
        let relation = find(catalog, relation)?;
        let mut text = format!("SELECT COUNT(*)\nFROM {}", from(relation));
        push_where(&mut text, &every(relation.columns(), filters)?);
        Ok(Statement::new(text))
    }

    fn count_up_to(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        filters: &[Filter],
        cap: u32,
    ) -> Result<Statement, Error> {
        lookup::count_up_to(catalog, relation, filters, cap)
    }

    fn lookup(&self, catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
        lookup::lookup(catalog, request)
    }

    fn statistics(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        column: &str,
        filters: &[Condition],
    ) -> Result<Statement, Error> {
        statistics::statistics(catalog, relation, column, filters)
    }

    fn filter_value(&self, native_type: &str, value: &[u8], _class: Option<CellClass>) -> Result<String, Error> {
        let text = || std::str::from_utf8(value).ok().map(str::to_owned);
        lookup::value(native_type, value)
            .or_else(text)
            .ok_or_else(|| Error::new(Code::Unsupported, "The value is not text, so rows cannot be found by it."))
    }
}

pub(crate) fn find<'a>(catalog: &'a Catalog, key: &ObjectKey) -> Result<RelationWalker<'a>, Error> {
    catalog
        .find_relation(key.schema.as_deref(), &key.name)
        .and_then(|id| catalog.relation(id))
        .ok_or_else(|| Error::new(Code::NotFound, format!("{} is not in the catalog.", key.name)))
}

pub(crate) fn column_of<'a>(columns: &'a [Column], name: &str) -> Result<&'a Column, Error> {
    columns
        .iter()
        .find(|column| column.name == name)
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no column named {name}.")))
}

fn from(relation: RelationWalker<'_>) -> String {
    format!("{}.{} AS t", quote::name(relation.schema()), quote::name(&relation.row().name))
}

fn reference(column: &str) -> String {
    format!("t.{}", quote::name(column))
}

fn push_where(text: &mut String, conditions: &[String]) {
    if !conditions.is_empty() {
        text.push_str(&format!("\nWHERE {}", conditions.join("\n  AND ")));
    }
}

/// The columns that make any order of this relation total.
pub(crate) fn key_of(relation: RelationWalker<'_>) -> (Vec<&Column>, KeySource) {
    if !matches!(relation.row().kind, RelationKind::Table | RelationKind::PartitionedTable) {
        return (Vec::new(), KeySource::Offset);
    }
    let columns = relation.columns();
    let whole = |names: &[String]| -> Option<Vec<&Column>> {
        let found: Option<Vec<_>> =
            names.iter().map(|name| columns.iter().find(|column| column.name == *name)).collect();
        found.filter(|found| !found.is_empty() && found.iter().all(|column| column.nullable.value() == Some(&false)))
    };
    if let Some(primary) = relation.primary_key().and_then(|key| whole(&key.columns)) {
        return (primary, KeySource::PrimaryKey);
    }
    let unique = relation.constraints().iter().filter(|other| other.kind == ConstraintKind::Unique);
    match unique.into_iter().find_map(|key| whole(&key.columns)) {
        Some(unique) => (unique, KeySource::UniqueIndex),
        None => (Vec::new(), KeySource::Offset),
    }
}

/// The condition that holds for rows behind this position in the order.
fn behind(terms: &[Term<'_>], after: &[Option<String>]) -> Result<String, Error> {
    if terms.len() != after.len() {
        return Err(Error::new(Code::InvalidStatement, "The position of the page does not fit its order."));
    }
    let mut condition: Option<String> = None;
    for (term, value) in terms.iter().zip(after).rev() {
        let nullable = term.column.nullable.value().copied().unwrap_or(true);
        let form = Form::of(term.column);
        let key = reference(&term.column.name);
        let value = value.as_deref().map(|text| form.literal(text)).transpose()?;
        let strictly = match (&value, term.descending) {
            (None, false) => Some(format!("{key} IS NOT NULL")),
            (None, true) => None,
            (Some(value), false) => Some(format!("{key} > {value}")),
            (Some(value), true) if nullable => Some(format!("({key} < {value} OR {key} IS NULL)")),
            (Some(value), true) => Some(format!("{key} < {value}")),
        };
        let same = value.as_ref().map_or_else(|| format!("{key} IS NULL"), |value| format!("{key} = {value}"));
        // Says again what follows anyway, because an index can use it.
        let range = match (&value, term.descending) {
            (Some(value), false) => Some(format!("{key} >= {value}")),
            (Some(value), true) if !nullable => Some(format!("{key} <= {value}")),
            _ => None,
        };
        condition = Some(match (strictly, condition) {
            (Some(strictly), None) => strictly,
            (Some(strictly), Some(rest)) => {
                let either = format!("({strictly} OR ({same} AND {rest}))");
                range.map_or(either.clone(), |range| format!("({range} AND {either})"))
            }
            (None, Some(rest)) => format!("({same} AND {rest})"),
            (None, None) => "FALSE".to_owned(),
        });
    }
    condition.ok_or_else(|| Error::new(Code::InvalidStatement, "The order has no key."))
}
