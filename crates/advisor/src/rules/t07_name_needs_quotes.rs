use crate::{
    Context, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A table or column has a name that every statement must write in quotes.
    ///
    /// **Why.** It is a reserved word, or has capital letters, spaces or other signs. Whoever forgets the quotes gets an error, or another object.
    ///
    /// **How to fix it.** Rename it, together with what uses it. No fix is offered: what uses it is not known here.
    ///
    /// **False positives.** Names that a program made and always quotes.
    ///
    /// ```sql,fires
    /// create table people (id int primary key, "order" int);
    /// ```
    ///
    /// ```sql,silent
    /// create table people (id int primary key, order_number int);
    /// ```
    "T-07" "name_needs_quotes" Info "Name that must be quoted"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let dialect = context.dialect();
    for table in context.tables() {
        let name = &table.row().name;
        if !dialect.is_plain_identifier(name) {
            found.add(
                Object::of(table),
                format!("{name} must be written {} in every statement.", dialect.quote_identifier(name)),
            );
        }
        // One finding for all columns: they come from one hand.
        let quoted: Vec<&str> = table
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .filter(|name| !dialect.is_plain_identifier(name))
            .collect();
        if let Some(first) = quoted.first() {
            let message =
                format!("{} of {name} must be written in quotes in every statement.", crate::names::listed(&quoted));
            found.add(Object::part(table, ObjectType::Column, first), message);
        }
    }
    Ok(())
}
