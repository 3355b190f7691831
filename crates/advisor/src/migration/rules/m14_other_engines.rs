use crate::{
    Fix, Level,
    migration::{
        Algorithm, Concurrency, Server, Work,
        action::{Action, What},
        mysql,
        rule::Found,
        scene::{Scene, Statement},
        sqlite,
    },
};

crate::migration::rule::rule! {
    /// On MySQL and MariaDB: a change that copies or rebuilds the table, asks for less than the server can do it with, or asks for nothing, so
    /// that the server may do more than was thought. On SQLite: a change that `ALTER TABLE` does not do.
    ///
    /// **Why.** `ALGORITHM=COPY` keeps writers waiting while all rows are copied; a rebuild in place lets them write but costs as much. Without
    /// `ALGORITHM` and `LOCK` the server silently takes the next worse way. SQLite takes a new table and a copy of its rows for most
    /// changes, in an order that keeps foreign keys, views and triggers.
    ///
    /// **How to fix it.** Say `ALGORITHM` and `LOCK`, so that the server refuses what would cost more; `gh-ost` or `pt-online-schema-change`
    /// for what has to copy. SQLite: [the twelve steps](https://www.sqlite.org/lang_altertable.html#otheralter).
    ///
    /// **False positives.** A small table. One that is made in the same script is left alone.
    ///
    /// ```sql,fires,mariadb
    /// create table orders (id int primary key, note varchar(20));
    /// -- migration
    /// alter table orders modify note text;
    /// ```
    ///
    /// ```sql,silent,mariadb
    /// create table orders (id int primary key, note varchar(20));
    /// -- migration
    /// alter table orders add column paid int, algorithm=instant;
    /// ```
    "M-14" "other_engines" Warning "Change that copies or rebuilds a table"
}

fn check(scene: &Scene<'_>, found: &mut Found) {
    let server = scene.migration.server;
    match server {
        Server::Postgres { .. } => {}
        Server::Sqlite { version } => {
            for (index, statement, action) in scene.actions() {
                let What::Change(change) = &action.what else { continue };
                if let Some(why) = sqlite::refused(version, change) {
                    let message = format!(
                        "SQLite's ALTER TABLE does not do that: {why}. {} has to be built anew, in the twelve steps of its manual.",
                        action.place()
                    );
                    let finding = found.add(index, statement, message).level(Level::Error);
                    finding.fix(Fix::new(rebuilt(&action.place())).outside_transactions());
                } else if action.work == Work::Rewrite {
                    let rows = scene.about_rows(action.on.as_ref());
                    let message =
                        format!("All rows of {}{rows} are written anew while no one else can write.", action.place());
                    found.add(index, statement, message).level(Level::Info);
                }
            }
        }
        Server::MySql { .. } | Server::MariaDb { .. } => {
            for (index, statement) in scene.statements.iter().enumerate() {
                let changes: Vec<&Action> =
                    statement.actions.iter().filter(|one| !one.fresh && matches!(one.what, What::Change(_))).collect();
                if !changes.is_empty() {
                    in_innodb(scene, index, statement, &changes, found);
                }
            }
        }
    }
}

fn in_innodb(scene: &Scene<'_>, index: usize, statement: &Statement, changes: &[&Action], found: &mut Found) {
    let server = scene.migration.server;
    let parts = changes.iter().filter_map(|action| match &action.what {
        What::Change(change) => Some((*action, change, mysql::made(server, change))),
        _ => None,
    });
    // The worst part decides for all of them.
    let Some((action, change, (algorithm, lock, work))) = parts.max_by_key(|(_, _, made)| *made) else { return };
    let table = format!("{}{}", action.place(), scene.about_rows(action.on.as_ref()));
    let but = action.unless.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    if statement.transaction.is_some() {
        let message = "A change of a definition commits the transaction that it stands in: what is before it cannot be taken back.";
        found.add(index, statement, message.to_owned());
    }
    let (asked_algorithm, asked_lock) = &change.asked;
    let least = [Algorithm::Instant, Algorithm::NoCopy, Algorithm::Inplace, Algorithm::Copy];
    let wanted = asked_algorithm.as_ref().and_then(|asked| least.into_iter().find(|one| one.name() == asked));
    let locks = [Concurrency::None, Concurrency::Shared, Concurrency::Exclusive];
    let wanted_lock = asked_lock.as_ref().and_then(|asked| locks.into_iter().find(|one| one.name() == asked));
    let too_little = wanted.is_some_and(|wanted| wanted < algorithm) || wanted_lock.is_some_and(|wanted| wanted < lock);
    let message = match () {
        () if too_little => format!(
            "The server refuses it: the least it can do this with is ALGORITHM={}, LOCK={}{but}.",
            algorithm.name(),
            lock.name()
        ),
        () if wanted == Some(Algorithm::Copy) && algorithm < Algorithm::Copy => {
            format!("It asks for a copy of {table}; ALGORITHM={} does.", algorithm.name())
        }
        () if algorithm == Algorithm::Copy && lock > Concurrency::None => {
            format!(
                "{table} is copied row by row, and nobody can write meanwhile{but}. gh-ost or pt-online-schema-change do it beside other work."
            )
        }
        () if work == Work::Rewrite => {
            let waits = if lock > Concurrency::None { ", and nobody can write meanwhile" } else { "" };
            format!("{table} is written anew{waits}{but}.")
        }
        () if wanted.is_none() && wanted_lock.is_none() => {
            let message = format!(
                "The server can do this with ALGORITHM={}, but takes a worse way silently where it cannot. Say so.",
                algorithm.name()
            );
            let finding = found.add(index, statement, message).level(Level::Info);
            if changes.len() == 1 {
                finding.done_online(action);
            }
            return;
        }
        () => return,
    };
    found.add(index, statement, message).level(if too_little { Level::Error } else { Level::Warning });
}

/// The frame of the steps; what the new table is to be is for a person to write.
fn rebuilt(table: &str) -> String {
    format!(
        "PRAGMA foreign_keys = OFF;\n\
         BEGIN;\n\
         -- CREATE TABLE new_table (…): the definition of {table} as it is to be.\n\
         -- INSERT INTO new_table (…) SELECT … FROM {table};\n\
         -- DROP TABLE {table};\n\
         -- ALTER TABLE new_table RENAME TO {table};\n\
         -- Its indexes, triggers and views again.\n\
         PRAGMA foreign_key_check;\n\
         COMMIT;\n\
         PRAGMA foreign_keys = ON;"
    )
}
