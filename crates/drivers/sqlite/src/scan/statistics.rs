//! One statement that looks at every value of a column.

use catalog::{Catalog, ObjectKey};
use driver::{ColumnFacts, Condition, Error, Statement};

use super::{column_of, every, find, from, push_where, reference};

pub(super) fn statistics(
    catalog: &Catalog,
    relation: &ObjectKey,
    column: &str,
    filters: &[Condition],
) -> Result<Statement, Error> {
    let relation = find(catalog, relation)?;
    let columns = relation.columns();
    let value = reference(&column_of(columns, column)?.name);
    // Numbers stay what they are, so that they print as the rows do.
    let shown = |value: &str| {
        format!(
            "CASE typeof({value}) WHEN 'text' THEN substr({value}, 1, {}) WHEN 'blob' THEN '0x' || hex(substr({value}, 1, {})) \
             ELSE {value} END",
            ColumnFacts::CHARACTERS + 1,
            ColumnFacts::CHARACTERS / 2,
        )
    };
    let mut conditions = every(columns, filters)?;
    // A mean of texts would count them as 0.
    let mut text = format!(
        "SELECT '{}' AS part, count(*), count({value}), count(DISTINCT {value}), {}, {}, \
         avg(CASE WHEN typeof({value}) IN ('integer', 'real') THEN {value} END)\nFROM {}",
        ColumnFacts::FACTS,
        shown(&format!("min({value})")),
        shown(&format!("max({value})")),
        from(relation),
    );
    push_where(&mut text, &conditions);
    conditions.push(format!("{value} IS NOT NULL"));
    let mut frequent = format!("SELECT {value} AS val, count(*) AS many\nFROM {}", from(relation));
    push_where(&mut frequent, &conditions);
    text.push_str(&format!(
        "\nUNION ALL\nSELECT '{}', f.many, NULL, NULL, {}, NULL, NULL\nFROM ({frequent}\nGROUP BY {value}\nORDER BY count(*) DESC, \
         {value}\nLIMIT {}) AS f",
        ColumnFacts::VALUE,
        shown("f.val"),
        ColumnFacts::FREQUENT,
    ));
    Ok(Statement::new(text))
}
