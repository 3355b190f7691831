use policy::statement::Named;

use crate::{
    Level, Lock,
    migration::{
        TableLock, Work,
        action::What,
        rule::Found,
        scene::{Names, Scene, same},
    },
};

crate::migration::rule::rule! {
    /// A transaction goes on working while it holds a lock that keeps everybody out: it reads or writes tables through, locks a second
    /// table, or changes one table by several statements that could be one.
    ///
    /// **Why.** Locks are held until the end of the transaction: what looks like a moment lasts as long as all that follows it.
    /// Two tables that are locked one after the other can also deadlock with programs that use them in the other order.
    ///
    /// **How to fix it.** Long work first or in a transaction of its own; several changes of one table in one `ALTER TABLE`.
    ///
    /// **False positives.** Nobody uses the table.
    ///
    /// ```sql,fires
    /// create table orders (id int primary key, state text);
    /// -- migration
    /// begin;
    /// alter table orders add column note text;
    /// update orders set state = 'new' where id < 1000;
    /// commit;
    /// ```
    ///
    /// ```sql,silent
    /// create table orders (id int primary key, state text);
    /// -- migration
    /// alter table orders add column note text;
    /// update orders set state = 'new' where id < 1000;
    /// ```
    "M-10" "wide_lock_window" Warning "Work while a lock keeps everybody out"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    if scene.postgres().is_none() {
        return;
    }
    let mut transaction = None;
    let mut held = Names::default();
    let mut held_first: Option<Named> = None;
    let mut last_altered: Option<Named> = None;
    for (index, statement) in scene.statements.iter().enumerate() {
        if statement.transaction != transaction || statement.transaction.is_none() {
            (held, held_first) = (Names::default(), None);
            transaction = statement.transaction;
        }
        let altered =
            statement.actions.first().filter(|action| action.words.starts_with("ALTER TABLE") && !action.fresh);
        let altered =
            altered.filter(|action| !matches!(action.what, What::Validate { .. })).and_then(|action| action.on.clone());
        let again = altered.as_ref().zip(last_altered.as_ref()).is_some_and(|(one, other)| same(one, other));
        let before = held_first.as_ref();
        let work = statement.actions.iter().find(|action| {
            let writes = matches!(action.what, What::Update { .. } | What::Delete { .. } | What::Write);
            !action.fresh && (action.work != Work::Nothing || writes)
        });
        let another = newly_held(statement.actions.iter().flat_map(|action| &action.locks), &held);
        match (before, work) {
            (Some(before), Some(work)) => {
                let message = format!(
                    "{} is locked against everybody since an earlier statement of the transaction, and stays so during this work on {}. \
                     Commit before it.",
                    before.sql(),
                    work.place()
                );
                found.add(index, statement, message);
            }
            (Some(before), None) if again => {
                let message = format!(
                    "{} is changed by several statements: each takes the lock, and the first keeps it. One ALTER TABLE does it all.",
                    before.sql()
                );
                found.add(index, statement, message).level(Level::Info);
            }
            (Some(before), None) if !another.is_empty() => {
                let names: Vec<String> = another.iter().map(Named::sql).collect();
                let message = format!(
                    "{} is locked against everybody while {} is waited for. Give each a transaction of its own.",
                    before.sql(),
                    names.join(", ")
                );
                found.add(index, statement, message);
            }
            (None, _) if again => {
                let message = format!(
                    "{} is changed by several statements, and each waits for the lock anew. One ALTER TABLE does it all.",
                    altered.as_ref().map(Named::sql).unwrap_or_default()
                );
                found.add(index, statement, message).level(Level::Info);
            }
            _ => {}
        }
        held_first = held_first.or_else(|| another.first().cloned());
        another.into_iter().for_each(|name| held.add(name));
        if !statement.actions.iter().all(|action| matches!(action.what, What::Other | What::Set { .. })) {
            last_altered = altered;
        }
    }
}

fn newly_held<'l>(locks: impl Iterator<Item = &'l crate::migration::Locked>, held: &Names) -> Vec<Named> {
    let exclusive = |lock: TableLock| lock == TableLock::Postgres { lock: Lock::AccessExclusive };
    let mut another: Vec<Named> = Vec::new();
    for one in locks.filter(|one| exclusive(one.lock)) {
        let name = Named { schema: one.schema.clone(), name: one.name.clone() };
        if !held.has(&name) {
            another.push(name);
        }
    }
    another
}
