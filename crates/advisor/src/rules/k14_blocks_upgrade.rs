use catalog::RelationKind;

use crate::{Context, Fix, Lock, Object, ObjectType, rule::Found, rule::Reason};

/// Types that `pg_upgrade` refuses in tables: https://www.postgresql.org/docs/current/pgupgrade.html.
const REFUSED: [&str; 8] =
    ["regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure"];

crate::rule::rule! {
    /// A column has a type with which `pg_upgrade` refuses the whole cluster.
    ///
    /// **Why.** Such a column stores the server's internal number of an object, which is another one after an upgrade. `regclass`, `regrole` and
    /// `regtype` are kept and are left alone.
    ///
    /// **How to fix it.** Store the name, as `text`.
    ///
    /// **False positives.** None.
    ///
    /// ```sql,fires
    /// create table jobs (id int primary key, run regprocedure);
    /// ```
    ///
    /// ```sql,silent
    /// create table jobs (id int primary key, run text, on_table regclass);
    /// ```
    "K-14" "unsupported_reg_types" Warning "Column of a type that blocks an upgrade"
    on [Postgres] needs [Schemas, Relations, Columns]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let stored = [RelationKind::Table, RelationKind::PartitionedTable, RelationKind::MaterializedView];
    for table in context.relations().filter(|relation| stored.contains(&relation.row().kind)) {
        for column in table.columns() {
            let element = column.native_type.trim_end_matches("[]");
            if !REFUSED.contains(&element) {
                continue;
            }
            let message =
                format!("{} is {}: pg_upgrade refuses a server with such a column.", column.name, column.native_type);
            let alter = |to: &str| {
                let (path, name) = (context.path_of(table), context.quote(&column.name));
                format!("ALTER TABLE {path} ALTER COLUMN {name} TYPE {to} USING {name}::{to};")
            };
            let text = if column.native_type.ends_with(']') { "text[]" } else { "text" };
            let fix = Fix::new(alter(text)).undo(alter(&column.native_type)).lock(Lock::AccessExclusive);
            let alterable = table.row().kind != RelationKind::MaterializedView;
            found.add(Object::part(table, ObjectType::Column, &column.name), message).fix(alterable.then_some(fix));
        }
    }
    Ok(())
}
