use catalog::{Known, RelationWalker};

use crate::{Context, Fix, Lock, Object, ObjectType, rule::Found, rule::Reason, tokens};

crate::rule::rule! {
    /// A constraint was added with `NOT VALID` and never validated.
    ///
    /// **Why.** Older rows may break it. The planner cannot rely on it, and a restored backup may fail at it.
    ///
    /// **How to fix it.** Validate it: that reads the table without keeping anybody from writing, and stops at the first row that breaks
    /// it, which is then the real finding.
    ///
    /// **False positives.** A rule that is meant for new rows only. One declared `NOT ENFORCED` (PostgreSQL 18) is left alone.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, total numeric);
    /// alter table orders add constraint paid check (total >= 0) not valid;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, total numeric);
    /// alter table orders add constraint paid check (total >= 0) not valid;
    /// alter table orders validate constraint paid;
    /// ```
    "K-09" "constraint_not_valid" Warning "Constraint that was never validated"
    on [Postgres] needs [Schemas, Relations, Constraints, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    for table in context.relations() {
        let checks = table
            .constraints()
            .iter()
            .map(|one| (ObjectType::Constraint, one.name.as_deref(), one.validated, &one.definition));
        let keys = table
            .foreign_keys()
            .iter()
            .map(|one| (ObjectType::ForeignKey, one.name.as_deref(), one.validated, &one.definition));
        for (kind, name, validated, definition) in checks.chain(keys) {
            let Some(name) = name.filter(|_| !validated) else { continue };
            let Known::Value(definition) = definition else {
                found.unseen(Reason::NotLoaded("definitions of constraints".to_owned()));
                continue;
            };
            if tokens::has_words(definition, &["not", "enforced"], context.dialect()) {
                continue;
            }
            let message = format!("{name} was never validated: older rows of {} may break it.", table.row().name);
            let finding = found.add(Object::part(table, kind, name), message);
            finding.evidence(definition.as_str()).fix(fix(context, table, name, definition));
        }
    }
    Ok(())
}

fn fix(context: &Context<'_>, table: RelationWalker<'_>, name: &str, definition: &str) -> Fix {
    let (path, name) = (context.path_of(table), context.quote(name));
    Fix::new(format!("ALTER TABLE {path} VALIDATE CONSTRAINT {name};"))
        .undo(format!(
            "ALTER TABLE {path} DROP CONSTRAINT {name};\nALTER TABLE {path} ADD CONSTRAINT {name} {definition};"
        ))
        .lock(Lock::ShareUpdateExclusive)
}
