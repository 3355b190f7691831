//! One statement that looks at every value of a column.

use catalog::{Catalog, ObjectKey};
use driver::{ColumnFacts, Error, Statement};

use super::{Condition, Order, Target, missing, quote, underlying};

/// Numbers, which have a mean.
const NUMBERS: [&str; 6] = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
/// What else `min` and `max` take; of all other types the first and the last in their order are read.
const RANKED: [&str; 11] = [
    "text",
    "character varying",
    "character",
    "date",
    "time without time zone",
    "time with time zone",
    "timestamp without time zone",
    "timestamp with time zone",
    "interval",
    "money",
    "oid",
];

pub(super) fn statistics(
    catalog: &Catalog,
    relation: &ObjectKey,
    name: &str,
    filters: &[driver::Condition],
) -> Result<Statement, Error> {
    let target = Target::find(catalog, relation)?;
    let column = target.column(name)?;
    let described = target.walker.columns().iter().find(|column| column.name == name);
    let native = &described.ok_or_else(|| missing("column", name))?.native_type;
    let base = plain(underlying(catalog, native));
    let from = target.name();
    let own = quote(name);
    // What has no equality is compared as text, which is what a person sees of it.
    let value = if column.order == Order::ByText { format!("{own}::text") } else { own };
    let sorted = column.sorted();
    let mut condition = Condition::default();
    condition.all(&target, filters)?;
    let everything = condition.clause();
    // A row of NULLs is a value all the same.
    condition.require(&format!("{value} IS DISTINCT FROM NULL"));
    let filled = condition.clause();
    let is_number = NUMBERS.contains(&base.as_str());
    let ranked = is_number || RANKED.contains(&base.as_str()) || column.order == Order::ByText;
    let extreme = |aggregate: &str, way: &str| match ranked {
        true => format!("{aggregate}({value})"),
        false => format!("(SELECT {value} FROM {from}{filled} ORDER BY {sorted}{way} LIMIT 1)"),
    };
    let mean = match base.as_str() {
        "money" => format!("avg({value}::numeric)"),
        "interval" => format!("avg({value})"),
        _ if is_number => format!("avg({value})"),
        _ => "NULL".to_owned(),
    };
    // What a type prints: a cast to text would drop the spaces at the end of `character`.
    let shown = |value: &str| {
        format!(
            "CASE WHEN {value} IS DISTINCT FROM NULL THEN left(concat({value}), {}) END",
            ColumnFacts::CHARACTERS + 1
        )
    };
    let (least, greatest) = (extreme("min", ""), extreme("max", " DESC"));
    let text = format!(
        "SELECT '{facts}' AS part, total, filled, different, {}, {}, mean::text FROM (SELECT count(*) AS total, \
         count({value}) AS filled, count(DISTINCT {value}) AS different, {least} AS least, {greatest} AS greatest, \
         {mean} AS mean FROM {from}{everything}) AS facts UNION ALL SELECT '{frequent}', many, NULL, NULL, {}, NULL, NULL \
         FROM (SELECT {value} AS value, count(*) AS many FROM {from}{filled} GROUP BY {value} ORDER BY count(*) DESC, \
         {sorted} LIMIT {most}) AS frequent",
        shown("least"),
        shown("greatest"),
        shown("value"),
        facts = ColumnFacts::FACTS,
        frequent = ColumnFacts::VALUE,
        most = ColumnFacts::FREQUENT,
    );
    Ok(condition.into_statement(text))
}

/// A type's name without what stands in parentheses.
fn plain(native: &str) -> String {
    let parts = native.split_once('(').and_then(|(name, rest)| Some((name, rest.split_once(')')?.1)));
    match parts {
        _ if native.starts_with("interval") && !native.ends_with("[]") => "interval".to_owned(),
        Some((name, rest)) => format!("{name}{rest}"),
        None => native.to_owned(),
    }
}
