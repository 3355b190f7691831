//! One statement that looks at every value of a column.

use catalog::{Catalog, ObjectKey};
use driver::{ColumnFacts, Condition, Error, Statement};

use super::{Form, column_of, every, find, from, push_where, reference};

pub(super) fn statistics(
    catalog: &Catalog,
    relation: &ObjectKey,
    column: &str,
    filters: &[Condition],
) -> Result<Statement, Error> {
    let relation = find(catalog, relation)?;
    let columns = relation.columns();
    let column = column_of(columns, column)?;
    let own = reference(&column.name);
    let form = Form::of(column);
    let bits = column.native_type.starts_with("bit");
    // Bytes in hexadecimal, which order as they do; a label as its text, since by itself it is a number.
    let value = match form {
        Form::Bytes => format!("HEX({own})"),
        Form::Numbered if bits => format!("{own} + 0"),
        Form::Numbered => format!("CONVERT({own} USING utf8mb4)"),
        Form::Exact | Form::Float | Form::Text => own.clone(),
    };
    let mean = if matches!(form, Form::Exact | Form::Float) { format!("AVG({own})") } else { "NULL".to_owned() };
    let shown = |value: &str| match form {
        Form::Bytes => format!("CONCAT('0x', LEFT({value}, {}))", ColumnFacts::CHARACTERS),
        _ => format!("LEFT(CONVERT(CONCAT({value}) USING utf8mb4), {})", ColumnFacts::CHARACTERS + 1),
    };
    let mut conditions = every(columns, filters)?;
    let mut text = format!(
        "SELECT '{}' AS part, COUNT(*) AS total, COUNT({value}) AS filled, COUNT(DISTINCT {value}) AS different, {}, {}, \
         CONCAT({mean})\nFROM {}",
        ColumnFacts::FACTS,
        shown(&format!("MIN({value})")),
        shown(&format!("MAX({value})")),
        from(relation),
    );
    push_where(&mut text, &conditions);
    conditions.push(format!("{own} IS NOT NULL"));
    let mut frequent = format!("SELECT {value} AS val, COUNT(*) AS many FROM {}", from(relation));
    push_where(&mut frequent, &conditions);
    text.push_str(&format!(
        "\nUNION ALL\nSELECT '{}', f.many, NULL, NULL, {}, NULL, NULL\nFROM ({frequent}\nGROUP BY {value}\nORDER BY COUNT(*) DESC, \
         {value}\nLIMIT {}) AS f",
        ColumnFacts::VALUE,
        shown("f.val"),
        ColumnFacts::FREQUENT,
    ));
    Ok(Statement::new(text))
}
