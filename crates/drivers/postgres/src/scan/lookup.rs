//! Statements around foreign keys: how many rows refer, up to a cap, and rows to choose one from.

use catalog::{Catalog, ObjectKey};
use driver::{Error, Filter, Lookup, Statement};

use super::{Condition, Ordered, Target, quote};

pub(super) fn count_up_to(
    catalog: &Catalog,
    relation: &ObjectKey,
    filters: &[Filter],
    cap: u32,
) -> Result<Statement, Error> {
    let target = Target::find(catalog, relation)?;
    let mut condition = Condition::default();
    for filter in filters {
        condition.filter(target.column(&filter.column)?, filter)?;
    }
    let text =
        format!("SELECT count(*) FROM (SELECT 1 FROM {}{} LIMIT {cap}) AS counted", target.name(), condition.clause());
    Ok(condition.into_statement(text))
}

pub(super) fn lookup(catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
    let target = Target::find(catalog, &request.relation)?;
    let mut condition = Condition::default();
    for word in &request.words {
        let from = condition.len();
        for filter in request.filters_of(word) {
            condition.filter(target.column(&filter.column)?, &filter)?;
        }
        condition.any_since(from);
    }
    let mut outputs = Vec::new();
    let mut order = Vec::new();
    for column in &request.key {
        let column = target.column(column)?;
        outputs.push(quote(column.name));
        order.push(Ordered::by(column, false).term());
    }
    for column in &request.labels {
        outputs.push(format!("left({}::text, {})", quote(target.column(column)?.name), Lookup::LABEL_CHARACTERS));
    }
    let mut text = format!("SELECT {} FROM {}{}", outputs.join(", "), target.name(), condition.clause());
    if !order.is_empty() {
        text.push_str(&format!(" ORDER BY {}", order.join(", ")));
    }
    text.push_str(&format!(" LIMIT {}", request.limit));
    Ok(condition.into_statement(text))
}
