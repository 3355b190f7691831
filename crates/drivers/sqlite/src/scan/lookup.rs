//! Statements around foreign keys: how many rows refer, up to a cap, and rows to choose one from.

use catalog::{Catalog, ObjectKey};
use driver::{Error, Filter, Lookup, Statement};

use super::{column_of, condition, conditions, find, from, push_where, reference};

pub(super) fn count_up_to(
    catalog: &Catalog,
    relation: &ObjectKey,
    filters: &[Filter],
    cap: u32,
) -> Result<Statement, Error> {
    let relation = find(catalog, relation)?;
    let mut inner = format!("SELECT 1 FROM {}", from(relation));
    push_where(&mut inner, &conditions(relation.columns(), filters)?);
    Ok(Statement::new(format!("SELECT count(*)\nFROM ({inner}\nLIMIT {cap})")))
}

pub(super) fn lookup(catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
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
    let named = |name: &String| Ok(reference(&column_of(columns, name)?.name));
    let keys = request.key.iter().map(named).collect::<Result<Vec<String>, Error>>()?;
    // Bytes as the literal that a filter takes.
    let exact = keys.iter().map(|key| format!("CASE typeof({key}) WHEN 'blob' THEN quote({key}) ELSE {key} END"));
    let labels = request.labels.iter().map(|name| {
        Ok(format!("substr({}, 1, {})", reference(&column_of(columns, name)?.name), Lookup::LABEL_CHARACTERS))
    });
    let outputs = exact.map(Ok).chain(labels).collect::<Result<Vec<String>, Error>>()?;
    let mut text = format!("SELECT {}\nFROM {}", outputs.join(", "), from(relation));
    push_where(&mut text, &wanted);
    if !keys.is_empty() {
        text.push_str(&format!("\nORDER BY {}", keys.join(", ")));
    }
    text.push_str(&format!("\nLIMIT {}", request.limit));
    Ok(Statement::new(text))
}
