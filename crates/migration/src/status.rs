//! A folder beside a history.

use crate::{Applied, Ended, Folder, Migration, Tool, layout::is_prisma_checksum, version::order};

/// How it stands with a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not applied.
    Pending,
    /// Not applied, though a later one is.
    Late,
    /// Applied, and its file is what was applied, as far as the tool tells.
    Applied,
    /// Applied, and its file is another now.
    Drifted {
        /// Checksum in the history.
        applied: String,
        /// Checksum of the file.
        file: String,
    },
    /// Applied, and there is no file of it.
    Missing,
    /// Begun, and not brought to its end.
    Failed,
}

/// A migration: of the folder, of the history, or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What orders it and names it.
    pub version: String,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// Its place among the folder's migrations.
    pub migration: Option<usize>,
    /// What the history says of it.
    pub applied: Option<Applied>,
}

/// Lays a history of the folder's tool beside the folder; without a folder, or with one that holds nothing, everything applied is told
/// as it stands there. In order; repeatable ones are last.
pub fn status(folder: Option<&Folder>, history: &[Applied], tool: Tool) -> Vec<Row> {
    let last = last_words(history, tool);
    let Some(folder) = folder else {
        return last.into_iter().map(|applied| row_of(applied, false)).collect();
    };
    let mut taken = vec![false; last.len()];
    let mut rows: Vec<Row> = Vec::new();
    // Flyway passes over everything up to its baseline: it counts as applied before Flyway came.
    let baseline = last.iter().rfind(|one| tool == Tool::Flyway && is_baseline(one)).map(|one| one.version.clone());
    for (place, migration) in folder.migrations.iter().enumerate() {
        let found = last.iter().position(|one| is_of(migration, one, tool));
        let applied = found.and_then(|found| {
            if let Some(taken) = taken.get_mut(found) {
                *taken = true;
            }
            last.get(found).cloned()
        });
        let below = baseline
            .as_ref()
            .is_some_and(|version| !migration.repeatable && order(&migration.version, version).is_le());
        let state = match &applied {
            None if below => State::Applied,
            None => State::Pending,
            Some(applied) => compared(migration, applied, tool),
        };
        let (version, name) = (migration.version.clone(), migration.name.clone());
        rows.push(Row { version, name, state, migration: Some(place), applied });
    }
    for (applied, taken) in last.into_iter().zip(taken) {
        if !taken {
            rows.push(row_of(applied, true));
        }
    }
    // A journal has its own order; what it does not know of comes first, as it was applied before.
    let journal = |row: &Row| match (tool, row.migration) {
        (Tool::Drizzle, Some(place)) => place + 1,
        _ => 0,
    };
    rows.sort_by(|left, right| {
        journal(left).cmp(&journal(right)).then_with(|| match tool {
            Tool::Drizzle => std::cmp::Ordering::Equal,
            _ => order(&left.version, &right.version).then_with(|| left.name.cmp(&right.name)),
        })
    });
    let pending = |row: &Row| row.state == State::Pending && !row.version.is_empty();
    let end = rows.iter().rposition(|row| row.applied.is_some() && !row.version.is_empty()).unwrap_or(0);
    for row in rows.iter_mut().take(end).filter(|row| pending(row)) {
        row.state = State::Late;
    }
    rows
}

/// What the history says last of each; what was taken back is as if it had never been.
fn last_words(history: &[Applied], tool: Tool) -> Vec<Applied> {
    let mut last: Vec<Applied> = Vec::new();
    for one in history {
        // A row that says nothing of a migration: Flyway's of the schemas it made.
        if one.kind.as_deref() == Some("SCHEMA") {
            continue;
        }
        let same =
            |other: &Applied| other.version == one.version && (!one.version.is_empty() || other.name == one.name);
        let before = last.iter().position(same);
        match (before, one.ended) {
            // Prisma keeps a row for each attempt: one that was taken back says nothing of those before it.
            (_, Ended::Reverted) if tool == Tool::Prisma => {}
            (Some(before), Ended::Reverted) => drop(last.remove(before)),
            (None, Ended::Reverted) => {}
            (Some(before), _) => {
                last.remove(before);
                last.push(one.clone());
            }
            (None, _) => last.push(one.clone()),
        }
    }
    last
}

fn is_baseline(applied: &Applied) -> bool {
    matches!(applied.kind.as_deref(), Some("BASELINE" | "SQL_BASELINE"))
}

fn is_of(migration: &Migration, applied: &Applied, tool: Tool) -> bool {
    match tool {
        _ if migration.repeatable => applied.version.is_empty() && applied.name == migration.name,
        Tool::Drizzle => migration.journal_ms.is_some_and(|ms| applied.version == ms.to_string()),
        Tool::Prisma => applied.version == migration.version,
        _ => !applied.version.is_empty() && order(&applied.version, &migration.version).is_eq(),
    }
}

fn compared(migration: &Migration, applied: &Applied, tool: Tool) -> State {
    if applied.ended == Ended::Failed {
        return State::Failed;
    }
    let (Some(file), Some(kept)) = (&migration.checksum, &applied.checksum) else { return State::Applied };
    let same = match tool {
        Tool::Prisma => is_prisma_checksum(&migration.up.text, kept),
        _ => file.eq_ignore_ascii_case(kept),
    };
    if same { State::Applied } else { State::Drifted { applied: kept.clone(), file: file.clone() } }
}

fn row_of(applied: Applied, sought: bool) -> Row {
    let state = match applied.ended {
        Ended::Failed => State::Failed,
        // What was there before the tool has no file.
        _ if sought && !is_baseline(&applied) => State::Missing,
        _ => State::Applied,
    };
    Row { version: applied.version.clone(), name: applied.name.clone(), state, migration: None, applied: Some(applied) }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
