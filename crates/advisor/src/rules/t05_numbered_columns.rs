use std::collections::BTreeMap;

use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// Columns of one type are numbered: `phone1`, `phone2`.
    ///
    /// **Why.** It is a list with a fixed end: the third telephone does not fit, and to look for one number all columns must be compared.
    ///
    /// **How to fix it.** A table of them, a row each.
    ///
    /// **False positives.** Things that are two by nature, such as the lines of an address.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, phone1 text, phone2 text);
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, phone text, sha256 text, utf8 text);
    /// ```
    "T-05" "numbered_columns" Info "Columns that are numbered"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        let mut lists: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
        for column in table.columns() {
            let stem = column.name.trim_end_matches(|sign: char| sign.is_ascii_digit());
            let Ok(number) = column.name[stem.len()..].parse::<u32>() else { continue };
            if !stem.is_empty() {
                lists.entry((stem, &column.native_type)).or_default().push(number);
            }
        }
        for ((stem, _), mut numbers) in lists {
            numbers.sort_unstable();
            let in_a_row = numbers.len() > 1
                && numbers.first().is_some_and(|first| *first <= 2)
                && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
            if in_a_row {
                let names: Vec<String> = numbers.iter().map(|number| format!("{stem}{number}")).collect();
                let message = format!(
                    "{} are a list: it has an end, and its values cannot be looked for in one.",
                    crate::names::listed(&names)
                );
                let object = Object::part(table, ObjectType::Column, names.first().map_or("", String::as_str));
                found.add(object, message);
            }
        }
    }
    Ok(())
}
