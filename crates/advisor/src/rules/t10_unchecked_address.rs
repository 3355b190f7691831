use catalog::ConstraintKind;

use crate::{Context, Object, ObjectType, rule::Found, rule::Reason, words};

crate::rule::rule! {
    /// A column for an e-mail address or a web address takes any text.
    ///
    /// **Why.** Something else gets in sooner or later, an empty text at least, and every reader has to see to it.
    ///
    /// **How to fix it.** A CHECK of what all of them have, such as `check (email like '%_@_%')`, or a domain with one for all such columns. What is
    /// checked beyond that is easily wrong.
    ///
    /// **False positives.** Where the program that writes checks it, and nothing else writes. A column of a domain, and one that any CHECK of the
    /// table names, is left alone.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, email text);
    /// ```
    ///
    /// ```sql,silent
    /// create domain address as text check (value like '%_@_%');
    /// create table people (id int primary key, email text check (email <> ''), other_email address, email_sent boolean);
    /// ```
    "T-10" "unchecked_address" Info "Address column that takes any text"
    on [Postgres] needs [Schemas, Relations, Columns, Constraints]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        for column in table.columns().iter().filter(|column| words::is_address(&column.name)) {
            let native = column.native_type.as_str();
            let is_text = matches!(native, "text" | "citext") || native.starts_with("character varying");
            let checked = table.constraints().iter().any(|constraint| {
                constraint.kind == ConstraintKind::Check && constraint.columns.contains(&column.name)
            });
            if is_text && !checked {
                let message = format!("{} takes any text, an empty one too.", column.name);
                found.add(Object::part(table, ObjectType::Column, &column.name), message);
            }
        }
    }
    Ok(())
}
