use crate::{
    Context, Fix, Lock, Object, ObjectType,
    rule::{Found, Reason},
};

crate::rule::rule! {
    /// A column has a type that the server's own manual advises against.
    ///
    /// **Why.** `timestamp` without a zone says when for nobody; `time with time zone` cannot know its offset without a date; `money` depends on a
    /// setting of the session; `char(n)` is filled with spaces that comparisons ignore and others do not; `json` is stored as text and
    /// read again at every use.
    ///
    /// **How to fix it.** `timestamptz`, `time`, `numeric`, `text`, `jsonb`. The fix rewrites the table. For a timestamp no fix is offered: only a
    /// person knows which zone its values are of.
    ///
    /// **False positives.** `json` that must keep its keys' order or its spaces; a `timestamp` that is a wall clock's on purpose, such as
    /// opening hours; `char(1)`, and columns of partitions, are left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, total money);
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, total numeric(12, 2), at timestamptz, kind char(1));
    /// ```
    "T-01" "unfit_type" Info "Column of a type that is better avoided"
    on [Postgres] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.tables() {
        for column in table.columns() {
            let Some((better, why)) = better(&column.native_type) else { continue };
            let message = format!("{} is {}: {why}.", column.name, column.native_type);
            let (path, name) = (context.path_of(table), context.quote(&column.name));
            let alter = |to: &str| format!("ALTER TABLE {path} ALTER COLUMN {name} TYPE {to} USING {name}::{to};");
            let fix = better
                .filter(|_| column.generated.is_none() && column.default.is_none())
                .map(|better| Fix::new(alter(better)).undo(alter(&column.native_type)).lock(Lock::AccessExclusive));
            found.add(Object::part(table, ObjectType::Column, &column.name), message).fix(fix);
        }
    }
    Ok(())
}

/// The type that does better, where it can be told, and why.
fn better(native: &str) -> Option<(Option<&'static str>, &'static str)> {
    let name = native.split('(').next().unwrap_or(native);
    match (name, native) {
        ("timestamp" | "timestamp without time zone", _) if native.ends_with("without time zone") => {
            Some((None, "it does not say of which zone, so that a moment is not told"))
        }
        ("time" | "time with time zone", _) if native.ends_with("with time zone") => {
            Some((Some("time"), "an offset without a date means nothing where clocks change"))
        }
        ("money", _) => Some((Some("numeric"), "what it means depends on lc_monetary of the session")),
        ("character", "character(1)") => None,
        ("character", _) => Some((Some("text"), "it is filled with spaces, which some comparisons ignore")),
        ("json", _) => Some((Some("jsonb"), "it is read anew at every use and cannot be indexed")),
        _ => None,
    }
}
