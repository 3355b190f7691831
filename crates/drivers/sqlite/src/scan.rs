//! Reading a relation page by page.
//!
//! A page continues behind the last row of the page before, by a key that is total: the user's sort, then the primary
//! key or a unique index, then the rowid where there is one. The rowid comes last even behind a primary key, because an
//! ordinary table's key may hold NULLs, any number of them.
//!
//! A cell's text does not tell 5 from '5', so every key is also selected, hidden, in a form that does: SQLite's own
//! literal, with text as `T` and its bytes in hexadecimal, so that NUL and broken UTF-8 survive.
//!
//! NULL is less than everything in SQLite, then come numbers, texts and bytes.

mod condition;
mod lookup;
mod statistics;

use catalog::{Catalog, Column, ConstraintKind, Identity, ObjectKey, RelationKind, RelationWalker};
use driver::{Code, Condition, Error, Filter, KeySource, Lookup, Page, PageRequest, Scan, Statement, arrow::CellClass};

use condition::{condition, conditions, every};

use crate::{
    edit::{Part, identity_of, key_literal},
    quote,
};

pub(crate) struct SqliteScan;

/// Names of the rowid; a column of the same name hides it.
pub(crate) const ROWID_NAMES: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// One term of the order.
struct Term {
    expression: String,
    descending: bool,
    nullable: bool,
}

impl Scan for SqliteScan {
    fn page(&self, catalog: &Catalog, request: &PageRequest) -> Result<Page, Error> {
        let relation = find(catalog, &request.relation)?;
        let columns = relation.columns();
        let (key, source) = key_of(relation);
        let mut terms = Vec::new();
        for sort in &request.sort {
            let column = column_of(columns, &sort.column)?;
            if terms.iter().all(|term: &Term| term.expression != reference(&column.name)) {
                terms.push(Term { descending: sort.descending, ..term_of(column) });
            }
        }
        let sorted = terms.len();
        for term in key {
            if terms.iter().all(|other| other.expression != term.expression) {
                terms.push(term);
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
                selected.push(encoded(&term.expression));
            }
        }
        let hidden = if keyed { terms.as_slice() } else { &[] };
        let identity = identity_of(relation).ok().map(|identity| {
            let place = |part: &Part| place_of(part, columns, hidden, visible, &mut selected);
            identity.parts.iter().map(place).collect()
        });
        let mut text = format!("SELECT {}\nFROM {}", selected.join(", "), from(relation));
        push_where(&mut text, &conditions);
        let order = if keyed { terms.as_slice() } else { terms.get(..sorted).unwrap_or_default() };
        if !order.is_empty() {
            let order: Vec<String> = order
                .iter()
                .map(|term| format!("{}{}", term.expression, if term.descending { " DESC" } else { "" }))
                .collect();
            text.push_str(&format!("\nORDER BY {}", order.join(", ")));
        }
        text.push_str(&format!("\nLIMIT {}", request.limit));
        if !keyed && request.offset > 0 {
            text.push_str(&format!(" OFFSET {}", request.offset));
        }
        Ok(Page { statement: Statement::new(text), source, key: positions, visible_columns: visible, identity })
    }

    fn count(&self, catalog: &Catalog, relation: &ObjectKey, filters: &[Condition]) -> Result<Statement, Error> {
        let relation = find(catalog, relation)?;
        let mut text = format!("SELECT count(*)\nFROM {}", from(relation));
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

    fn filter_value(&self, _native_type: &str, value: &[u8], class: Option<CellClass>) -> Result<String, Error> {
        match class {
            Some(CellClass::Bytes) => Ok(quote::bytes(value)),
            _ => std::str::from_utf8(value)
                .map(str::to_owned)
                .map_err(|_| Error::new(Code::Unsupported, "The value is not text, so rows cannot be found by it.")),
        }
    }
}

pub(crate) fn find<'a>(catalog: &'a Catalog, key: &ObjectKey) -> Result<RelationWalker<'a>, Error> {
    catalog
        .find_relation(key.schema.as_deref(), &key.name)
        .and_then(|id| catalog.relation(id))
        .ok_or_else(|| Error::new(Code::NotFound, format!("{} is not in the catalog.", key.name)))
}

pub(crate) fn column_of<'a>(columns: &'a [Column], name: &str) -> Result<&'a Column, Error> {
    // A foreign key may write a column's name in another case.
    let same = || columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    columns
        .iter()
        .find(|column| column.name == name)
        .or_else(same)
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no column named {name}.")))
}

fn from(relation: RelationWalker<'_>) -> String {
    format!("{}.{} AS t", quote::name(relation.schema()), quote::name(&relation.row().name))
}

/// Qualified: SQLite takes a bare name in double quotes that is no column for a text.
pub(crate) fn reference(column: &str) -> String {
    format!("t.{}", quote::name(column))
}

fn push_where(text: &mut String, conditions: &[String]) {
    if !conditions.is_empty() {
        text.push_str(&format!("\nWHERE {}", conditions.join("\n  AND ")));
    }
}

fn term_of(column: &Column) -> Term {
    Term {
        expression: reference(&column.name),
        descending: false,
        nullable: column.nullable.value().copied().unwrap_or(true),
    }
}

/// The terms that make any order of this relation total.
fn key_of(relation: RelationWalker<'_>) -> (Vec<Term>, KeySource) {
    if relation.row().kind != RelationKind::Table {
        return (Vec::new(), KeySource::Offset);
    }
    let columns = relation.columns();
    let named = |names: &[String]| -> Option<Vec<&Column>> {
        let found: Option<Vec<_>> =
            names.iter().map(|name| columns.iter().find(|column| column.name == *name)).collect();
        found.filter(|found| !found.is_empty())
    };
    let primary = relation.primary_key().and_then(|key| named(&key.columns));
    if let Some([alias]) = primary.as_deref()
        && alias.identity == Some(Identity::ByDefault)
    {
        return (vec![term_of(alias)], KeySource::PrimaryKey);
    }
    let never_null = |found: &Vec<&Column>| found.iter().all(|column| column.nullable.value() == Some(&false));
    let unique = || {
        let constraints = relation.constraints().iter().filter(|other| other.kind == ConstraintKind::Unique);
        let indexes = relation.indexes().iter().filter(|index| index.unique && index.predicate.is_none());
        let plain = indexes
            .filter(|index| index.keys.iter().all(|key| !key.expression))
            .map(|index| index.keys.iter().map(|key| key.text.clone()).collect::<Vec<String>>());
        constraints.map(|found| found.columns.clone()).chain(plain).find_map(|names| named(&names).filter(never_null))
    };
    let rowid = if relation.row().options.iter().any(|option| option == "WITHOUT ROWID") {
        None
    } else {
        ROWID_NAMES.iter().find(|name| !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)))
    };
    let (found, source) = match (primary, rowid) {
        (Some(primary), Some(_)) => (primary, KeySource::PrimaryKey),
        (Some(primary), None) if never_null(&primary) => (primary, KeySource::PrimaryKey),
        _ => match unique() {
            Some(unique) => (unique, KeySource::UniqueIndex),
            None if rowid.is_some() => (Vec::new(), KeySource::RowId),
            None => return (Vec::new(), KeySource::Offset),
        },
    };
    let mut terms: Vec<Term> = found.iter().map(|column| term_of(column)).collect();
    match rowid {
        Some(rowid) => {
            terms.push(Term { expression: format!("t.{rowid}"), descending: false, nullable: false });
        }
        // Two keys that a column's collation calls equal may be told apart by the key's own.
        None => terms.extend(found.iter().filter(|column| column.collation.is_some()).map(|column| Term {
            expression: format!("{} COLLATE BINARY", reference(&column.name)),
            ..term_of(column)
        })),
    }
    (terms, source)
}

pub(crate) fn encoded(expression: &str) -> String {
    format!("CASE typeof({expression}) WHEN 'text' THEN 'T' || hex({expression}) ELSE quote({expression}) END")
}

/// Where a part of a row's identity stands in the result, which gets a hidden column for it where it has none yet.
fn place_of(part: &Part, columns: &[Column], hidden: &[Term], visible: usize, selected: &mut Vec<String>) -> usize {
    if part.rowid
        && let Some(column) = columns.iter().position(|column| column.name == part.name)
    {
        return column;
    }
    let expression = part.reference("t");
    if let Some(term) = hidden.iter().position(|term| term.expression == expression) {
        return visible + term;
    }
    selected.push(part.encoded("t"));
    selected.len() - 1
}

/// The condition that holds for rows behind this position in the order.
fn behind(terms: &[Term], after: &[Option<String>]) -> Result<String, Error> {
    if terms.len() != after.len() {
        return Err(Error::new(Code::InvalidStatement, "The position of the page does not fit its order."));
    }
    let mut condition: Option<String> = None;
    for (term, value) in terms.iter().zip(after).rev() {
        let key = &term.expression;
        let value = match value.as_deref() {
            None | Some("NULL") => None,
            Some(text) => Some(key_literal(text)?),
        };
        let strictly = match (&value, term.descending) {
            (None, false) => Some(format!("{key} IS NOT NULL")),
            (None, true) => None,
            (Some(value), false) => Some(format!("{key} > {value}")),
            (Some(value), true) if term.nullable => Some(format!("({key} < {value} OR {key} IS NULL)")),
            (Some(value), true) => Some(format!("{key} < {value}")),
        };
        let same = value.as_ref().map_or_else(|| format!("{key} IS NULL"), |value| format!("{key} = {value}"));
        // Says again what follows anyway, because an index can use it.
        let range = match (&value, term.descending) {
            (Some(value), false) => Some(format!("{key} >= {value}")),
            (Some(value), true) if !term.nullable => Some(format!("{key} <= {value}")),
            _ => None,
        };
        condition = Some(match (strictly, condition) {
            (Some(strictly), None) => strictly,
            (Some(strictly), Some(rest)) => {
                let either = format!("({strictly} OR ({same} AND {rest}))");
                range.map_or(either.clone(), |range| format!("({range} AND {either})"))
            }
            (None, Some(rest)) => format!("({same} AND {rest})"),
            (None, None) => "0".to_owned(),
        });
    }
    condition.ok_or_else(|| Error::new(Code::InvalidStatement, "The order has no key."))
}
