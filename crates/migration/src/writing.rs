//! Writing a migration.

use schema::Engine;
use sql::TransactionKind;
use time::OffsetDateTime;

use crate::{Folder, Tool, folder::Problem, version::order};

/// Longest part of a file's name that says what it does, in characters.
const LONGEST_NAME: usize = 80;
/// Versions below are counted, not stamped with a time.
const LEAST_STAMP: i64 = 10_000_101_000_000;

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// A name in words as a part of a file's name: `Add invoices` is `add_invoices`. Empty where nothing of it can stand in one.
pub fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for character in name.chars() {
        if character.is_alphanumeric() {
            text.extend(character.to_lowercase());
        } else if !text.is_empty() && !text.ends_with('_') {
            text.push('_');
        }
    }
    let cut: String = text.chars().take(LONGEST_NAME).collect();
    cut.trim_end_matches('_').to_owned()
}

/// The files of a migration that comes after all of the folder: two, or one where nothing takes it back. `loses` says what `down` does
/// not bring back.
///
/// # Errors
/// [`Problem`] for a folder of another tool and for a name that says nothing.
pub fn written(
    folder: &Folder,
    name: &str,
    (up, down): (&str, &str),
    loses: &[String],
    now: OffsetDateTime,
    engine: Option<Engine>,
) -> Result<Vec<NewFile>, Problem> {
    let refused = |words: String| Problem { words, blocks: true };
    if let Some(tool) = folder.tool.filter(|tool| *tool != Tool::Sqlx) {
        return Err(refused(format!(
            "The folder is {}'s: migrations of it are written by {}.",
            tool.label(),
            tool.label()
        )));
    }
    let slug = snake_case(name);
    if slug.is_empty() {
        return Err(refused("A migration needs a name of letters or digits.".to_owned()));
    }
    let version = next(folder, now);
    let up = headed(up, engine, "");
    // A file that takes nothing back would let it be written down as taken back.
    if down.trim().is_empty() {
        let pairs = folder.migrations.iter().any(|one| one.up.file.rsplit('.').nth(1) == Some("up"));
        let ending = if pairs { "up.sql" } else { "sql" };
        return Ok(vec![NewFile { name: format!("{version}_{slug}.{ending}"), text: up }]);
    }
    let lost: String =
        loses.iter().flat_map(|one| one.lines()).map(|line| format!("-- Not brought back: {line}\n")).collect();
    let text = headed(down, engine, &lost);
    Ok(vec![
        NewFile { name: format!("{version}_{slug}.up.sql"), text: up },
        NewFile { name: format!("{version}_{slug}.down.sql"), text },
    ])
}

/// A script as a file: without the BEGIN and COMMIT around all of it, for a migration is a transaction anyway; and saying that it runs
/// without one where it has some of its own or the server refuses one of its statements there.
fn headed(text: &str, engine: Option<Engine>, comments: &str) -> String {
    let mut text = text.trim_end();
    let mut alone = false;
    if let Some(engine) = engine {
        let dialect = crate::script::dialect(engine);
        let pieces = sql::split(text, dialect);
        let kinds: Vec<_> =
            pieces.iter().map(|one| sql::classify(one.text(text), dialect).effect.transaction).collect();
        alone = engine == Engine::Postgres
            && pieces.iter().any(|one| sql::stays_outside_transactions(one.text(text), dialect));
        match (kinds.as_slice(), pieces.as_slice()) {
            ([Some(TransactionKind::Begin), within @ .., Some(TransactionKind::Commit)], [first, .., last])
                if !alone && within.iter().all(Option::is_none) =>
            {
                text = text.get(first.full.end..last.span.start).unwrap_or(text).trim();
            }
            _ => alone |= kinds.iter().any(Option::is_some),
        }
    }
    let head = if alone { "-- no-transaction\n" } else { "" };
    let end = if text.is_empty() { "" } else { "\n" };
    format!("{head}{comments}{text}{end}")
}

/// The version that comes next: the time in UTC as sqlx's own program stamps it, later where the folder is ahead of the clock; the next
/// number where the folder counts.
fn next(folder: &Folder, now: OffsetDateTime) -> String {
    let stamp = [
        i64::from(now.year()),
        i64::from(u8::from(now.month())),
        i64::from(now.day()),
        i64::from(now.hour()),
        i64::from(now.minute()),
        i64::from(now.second()),
    ];
    let stamp = stamp.iter().fold(0_i64, |sum, part| sum * 100 + part);
    let last = folder.migrations.iter().max_by(|left, right| order(&left.version, &right.version));
    let Some(last) = last else { return stamp.to_string() };
    let number: i64 = last.version.parse().unwrap_or_default();
    if number < LEAST_STAMP {
        let width = last.up.file.split('_').next().map_or(0, str::len);
        return format!("{:0width$}", number + 1);
    }
    stamp.max(number.saturating_add(1)).to_string()
}

#[cfg(test)]
#[path = "writing_tests.rs"]
mod tests;
