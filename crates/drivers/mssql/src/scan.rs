//! Reading a relation page by page.
//!
//! A page continues behind the last row of the page before, by a key that is total: the user's sort, then the primary key or
//! a unique index over columns that are never NULL. Every key column is also selected, hidden, in a form that means exactly
//! the same value when it is sent back: bytes in hexadecimal, anything else as its text, cast to its own type.
//!
//! NULL is less than everything. Texts are ordered and compared by their column's collation, for which keys are unique too.

mod condition;

use catalog::{Catalog, Column, ConstraintKind, ObjectKey, RelationKind, RelationWalker};
use driver::{
    Code, Condition, Error, Filter, KeyForm, KeySource, Lookup, Page, PageRequest, Scan, Statement, arrow::CellClass,
};

use condition::{condition, every};

use crate::quote;

/// Reads relations by statements of ours.
pub(crate) struct Pages;

/// How a column's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Digits.
    Exact,
    /// `bit`.
    Bit,
    /// A text in the database's own code page.
    Narrow,
    /// A text in Unicode.
    Wide,
    /// Bytes.
    Bytes,
    /// What is written in quotes and cast to its type: dates, times, identifiers, floats.
    Cast,
    /// A moment whose text is read by the session's language unless a `T` parts date and time.
    OldMoment,
    /// What has no order, or is no value by itself.
    Other,
}

impl Form {
    pub(crate) fn of(column: &Column) -> Form {
        Form::of_type(&column.native_type)
    }

    fn of_type(native_type: &str) -> Form {
        let end = native_type.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_');
        let word = end.and_then(|end| native_type.get(..end)).unwrap_or(native_type);
        match word.to_ascii_lowercase().as_str() {
            "tinyint" | "smallint" | "int" | "bigint" | "decimal" | "numeric" | "money" | "smallmoney" => Form::Exact,
            "bit" => Form::Bit,
            "char" | "varchar" => Form::Narrow,
            "nchar" | "nvarchar" | "sysname" => Form::Wide,
            "binary" | "varbinary" | "rowversion" | "timestamp" | "hierarchyid" => Form::Bytes,
            "date" | "time" | "datetime2" | "datetimeoffset" | "uniqueidentifier" | "float" | "real" => Form::Cast,
            "datetime" | "smalldatetime" => Form::OldMoment,
            _ => Form::Other,
        }
    }

    /// Whether pages can be told apart by it.
    pub(crate) fn is_key(self) -> bool {
        self != Form::Other
    }

    /// The expression whose text is the value exactly.
    pub(crate) fn exact(self, reference: &str) -> String {
        match self {
            Form::Bytes => format!("CONVERT(varchar(max), CAST({reference} AS varbinary(max)), 2)"),
            _ => reference.to_owned(),
        }
    }

    /// How that text is told from what a plain column prints.
    pub(crate) fn printed(self) -> Option<KeyForm> {
        match self {
            Form::Bytes => Some(KeyForm::Hex),
            Form::Other => None,
            _ => Some(KeyForm::Text),
        }
    }

    /// A literal of such a text, as a value of the column.
    pub(crate) fn literal(self, native_type: &str, text: &str) -> Result<String, Error> {
        let wrong = || Error::new(Code::InvalidStatement, "The position of the page is not one of this relation.");
        match self {
            Form::Exact => number(text).ok_or_else(wrong),
            Form::Bit => bit(text).map(str::to_owned).ok_or_else(wrong),
            Form::Bytes => {
                let digits = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                if digits { Ok(cast(&format!("0x{text}"), native_type)) } else { Err(wrong()) }
            }
            Form::Narrow if text.is_ascii() => Ok(format!("'{}'", text.replace('\'', "''"))),
            Form::Narrow | Form::Wide => Ok(quote::text(text)),
            Form::OldMoment => Ok(cast(&quote::text(&text.replacen(' ', "T", 1)), native_type)),
            Form::Cast => Ok(cast(&quote::text(text), native_type)),
            Form::Other => Err(wrong()),
        }
    }
}

/// A value of this type. A rowversion is no type to cast to: its bytes are.
fn cast(literal: &str, native_type: &str) -> String {
    match native_type {
        "rowversion" | "timestamp" => format!("CAST({literal} AS binary(8))"),
        native_type => format!("CAST({literal} AS {native_type})"),
    }
}

/// Digits as a literal, if it is nothing but a number.
fn number(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let any = !whole.is_empty() || !fraction.is_empty();
    (any && plain(whole) && plain(fraction)).then(|| text.to_owned())
}

/// `bit`, as it is held or typed.
fn bit(text: &str) -> Option<&'static str> {
    match text {
        "1" | "true" => Some("1"),
        "0" | "false" => Some("0"),
        _ => None,
    }
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
        let mut terms: Vec<Term<'_>> = Vec::new();
        for sort in &request.sort {
            let column = column_of(columns, &sort.column)?;
            if terms.iter().all(|term| term.column.name != column.name) {
                terms.push(Term { column, descending: sort.descending });
            }
        }
        let (key, mut source) = key_of(relation);
        // What has no order of its own cannot be behind anything.
        if key.iter().chain(terms.iter().map(|term| &term.column)).any(|column| !Form::of(column).is_key()) {
            source = KeySource::Offset;
        }
        let keyed = source != KeySource::Offset;
        let identity: Vec<&str> = key.iter().map(|column| column.name.as_str()).collect();
        for column in key.into_iter().filter(|_| keyed) {
            if terms.iter().all(|term| term.column.name != column.name) {
                terms.push(Term { column, descending: false });
            }
        }
        let mut conditions = every(columns, &request.filters)?;
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
        let top = if keyed { format!("TOP ({}) ", request.limit) } else { String::new() };
        let mut text = format!("SELECT {top}{}\nFROM {}", selected.join(", "), from(relation));
        push_where(&mut text, &conditions);
        let order: Vec<String> = terms
            .iter()
            .filter(|term| Form::of(term.column).is_key())
            .map(|term| format!("{}{}", reference(&term.column.name), if term.descending { " DESC" } else { "" }))
            .collect();
        match (order.is_empty(), keyed) {
            (false, _) => text.push_str(&format!("\nORDER BY {}", order.join(", "))),
            // Rows can only be passed over in some order.
            (true, false) => text.push_str("\nORDER BY (SELECT NULL)"),
            (true, true) => {}
        }
        if !keyed {
            text.push_str(&format!("\nOFFSET {} ROWS FETCH NEXT {} ROWS ONLY", request.offset, request.limit));
        }
        let place = |name: &&str| terms.iter().position(|term| term.column.name == *name).map(|term| visible + term);
        let identity = identity.iter().map(place).collect::<Option<Vec<usize>>>().filter(|_| keyed);
        Ok(Page { statement: Statement::new(text), source, key: positions, visible_columns: visible, identity })
    }

    fn count(&self, catalog: &Catalog, relation: &ObjectKey, filters: &[Condition]) -> Result<Statement, Error> {
        let relation = find(catalog, relation)?;
        let mut text = format!("SELECT COUNT_BIG(*)\nFROM {}", from(relation));
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
        let relation = find(catalog, relation)?;
        let mut inner = format!("SELECT TOP ({cap}) 1 AS one FROM {}", from(relation));
        let columns = relation.columns();
        let each = filters.iter().map(|filter| condition(column_of(columns, &filter.column)?, filter));
        push_where(&mut inner, &each.collect::<Result<Vec<String>, Error>>()?);
        Ok(Statement::new(format!("SELECT COUNT_BIG(*)\nFROM ({inner}) AS counted")))
    }

    fn lookup(&self, catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
        let relation = find(catalog, &request.relation)?;
        let columns = relation.columns();
        let mut wanted = Vec::new();
        for word in &request.words {
            let part = |filter: Filter| condition(column_of(columns, &filter.column)?, &filter);
            let either = request.filters_of(word).map(part).collect::<Result<Vec<String>, Error>>()?;
            if !either.is_empty() {
                wanted.push(format!("({})", either.join(" OR ")));
            }
        }
        let mut outputs = Vec::new();
        let mut order = Vec::new();
        for name in &request.key {
            let column = column_of(columns, name)?;
            let reference = reference(&column.name);
            // Bytes as the literal that a filter takes.
            outputs.push(match Form::of(column) {
                Form::Bytes => format!("CONVERT(varchar(max), CAST({reference} AS varbinary(max)), 1)"),
                _ => reference.clone(),
            });
            order.push(reference);
        }
        for name in &request.labels {
            let text = condition::text_of(column_of(columns, name)?);
            outputs.push(format!("LEFT({text}, {})", Lookup::LABEL_CHARACTERS));
        }
        let mut text = format!("SELECT TOP ({}) {}\nFROM {}", request.limit, outputs.join(", "), from(relation));
        push_where(&mut text, &wanted);
        if !order.is_empty() {
            text.push_str(&format!("\nORDER BY {}", order.join(", ")));
        }
        Ok(Statement::new(text))
    }

    fn filter_value(&self, native_type: &str, value: &[u8], class: Option<CellClass>) -> Result<String, Error> {
        use std::fmt::Write;
        if Form::of_type(native_type) == Form::Bytes || class == Some(CellClass::Bytes) {
            let mut text = String::from("0x");
            for byte in value {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02X}");
            }
            return Ok(text);
        }
        std::str::from_utf8(value)
            .map(str::to_owned)
            .map_err(|_| Error::new(Code::Unsupported, "The value is not text, so rows cannot be found by it."))
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
    format!("{} AS t", quote::path(relation.schema(), &relation.row().name))
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
        let value = value.as_deref().map(|text| form.literal(&term.column.native_type, text)).transpose()?;
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
            (None, None) => "1 = 0".to_owned(),
        });
    }
    condition.ok_or_else(|| Error::new(Code::InvalidStatement, "The order has no key."))
}

#[cfg(test)]
mod tests;
