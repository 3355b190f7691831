//! SQLite's statements: which of them are a change of a definition, and which need the table to be built anew.
//!
//! <https://www.sqlite.org/lang_altertable.html>. Whoever writes keeps all other writers of the file out, and readers too unless it is
//! in WAL mode.

use super::action::{Action, Kind, What};
use super::tokens::{Change, Part, Words, common};
use super::{Locked, TableLock, Unread, Work};

/// What one statement does.
///
/// # Errors
/// [`Unread`] where it is none of those that are known.
pub(super) fn read(version: [u16; 3], text: &str) -> Result<Vec<Action>, Unread> {
    let mut words = Words::new(text, sql::dialect::sqlite());
    let mut actions = match common(&mut words) {
        Some(read) => read?,
        None if words.take("ALTER TABLE") => vec![altered(&mut words)?],
        None if words.see("CREATE") => vec![created(&mut words)],
        None if words.take("DROP INDEX") => {
            let if_exists = words.take("IF EXISTS");
            let name = words.name().unwrap_or_default();
            let what =
                What::Drop { kind: Kind::Index, names: vec![name], cascade: false, if_exists, concurrently: false };
            vec![Action::new(what, None, "DROP INDEX")]
        }
        None if words.take("VACUUM") => vec![Action { alone: true, ..Action::new(What::VacuumFull, None, "VACUUM") }],
        None if words.take("REINDEX") => vec![Action::new(What::Other, None, "REINDEX")],
        None => vec![Action::new(What::Other, None, "changes no table")],
    };
    for action in &mut actions {
        weigh(version, action);
    }
    Ok(actions)
}

fn created(words: &mut Words<'_>) -> Action {
    words.take("CREATE");
    words.take("UNIQUE");
    if !words.take("INDEX") {
        let what = What::Create { kind: Kind::Other, name: String::new(), may_exist: words.has("IF NOT EXISTS") };
        return Action::new(what, None, "CREATE");
    }
    words.take("IF NOT EXISTS");
    let name = words.name();
    let on = if words.take("ON") { words.path() } else { None };
    Action::new(What::Change(Change::new(Part::AddIndex, name)), on, "CREATE INDEX")
}

fn altered(words: &mut Words<'_>) -> Result<Action, Unread> {
    let Some(on) = words.path() else { return Err(words.unread()) };
    let action = |change: Change, text: &str| {
        let text = format!("ALTER TABLE {} {text}", on.name);
        Ok(Action::new(What::Change(change), Some(on.clone()), text))
    };
    if words.take("RENAME TO") {
        return action(Change::new(Part::RenameTable, words.name()), "RENAME TO");
    }
    if words.take("RENAME") {
        words.take("COLUMN");
        return action(Change::new(Part::RenameColumn, words.name()), "RENAME COLUMN");
    }
    if ["ADD CONSTRAINT", "ADD CHECK", "ADD FOREIGN KEY", "ADD PRIMARY KEY", "ADD UNIQUE"]
        .iter()
        .any(|one| words.see(one))
    {
        return action(Change::new(Part::AddCheck, None), "ADD CONSTRAINT");
    }
    if words.take("ADD") {
        words.take("COLUMN");
        let Some(name) = words.name() else { return Err(words.unread()) };
        let part = match () {
            () if words.has("STORED") => Part::AddStoredColumn,
            () if words.has("AS") => Part::AddVirtualColumn,
            () => Part::AddColumn,
        };
        let has = |word: &str| words.has(word);
        let required = has("NOT NULL") && (!has("DEFAULT") || has("DEFAULT NULL")) && part == Part::AddColumn;
        let keyed = has("PRIMARY KEY") || has("UNIQUE");
        let computed = words.computed_default();
        return action(Change { required, keyed, computed, ..Change::new(part, Some(name)) }, "ADD COLUMN");
    }
    if words.see("DROP CONSTRAINT") {
        return action(Change::new(Part::DropCheck, None), "DROP CONSTRAINT");
    }
    if words.take("DROP") {
        words.take("COLUMN");
        return action(Change::new(Part::DropColumn, words.name()), "DROP COLUMN");
    }
    if words.take("ALTER") || words.take("MODIFY") || words.take("CHANGE") {
        words.take("COLUMN");
        return action(Change::new(Part::Redefine, words.name()), "ALTER COLUMN");
    }
    Err(words.unread())
}

/// Why the server refuses it, so that the table has to be built anew; `None` where ALTER TABLE does it.
pub(super) fn refused(version: [u16; 3], change: &Change) -> Option<&'static str> {
    match change.part {
        // https://www.sqlite.org/releaselog/3_25_0.html, https://www.sqlite.org/releaselog/3_35_0.html
        Part::RenameColumn if version < [3, 25, 0] => Some("columns are renamed since 3.25"),
        Part::DropColumn if version < [3, 35, 0] => Some("columns are dropped since 3.35"),
        Part::AddColumn if change.keyed => Some("a column with PRIMARY KEY or UNIQUE is not added"),
        Part::AddColumn if change.required => {
            Some("a column that is NOT NULL is added only with a default that is not NULL")
        }
        Part::AddColumn if change.computed => {
            Some("a column is added only with a constant default where there are rows")
        }
        Part::AddStoredColumn => Some("a STORED column is not added"),
        Part::AddCheck => Some("constraints are not added"),
        Part::DropCheck => Some("constraints are not dropped"),
        Part::Redefine => Some("columns are not redefined"),
        _ => None,
    }
}

fn weigh(version: [u16; 3], action: &mut Action) {
    action.work = match &action.what {
        What::Change(change) if refused(version, change).is_some() => Work::Rewrite,
        What::Change(Change { part: Part::DropColumn, .. }) | What::VacuumFull => Work::Rewrite,
        What::Change(Change { part: Part::AddIndex, .. }) => Work::Scan,
        What::Update { every_row: true } | What::Delete { every_row: true } => Work::Scan,
        _ => Work::Nothing,
    };
    if let (false, Some(on)) = (matches!(action.what, What::Other), &action.on) {
        action.locks.push(Locked { schema: on.schema.clone(), name: on.name.clone(), lock: TableLock::Database });
    }
}
