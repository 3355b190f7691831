//! Migrations in words.

use std::fmt::Write as _;

use app::api::{
    MigrationCheckOutcome, MigrationChecked, MigrationDirection, MigrationReview, MigrationState, MigrationStatus,
    MigrationTool,
};
use time::{OffsetDateTime, macros::format_description};

use crate::{say::clean, table::aligned};

/// What people call a tool.
fn tool(tool: MigrationTool) -> &'static str {
    match tool {
        MigrationTool::Sqlx => "sqlx",
        MigrationTool::Flyway => "Flyway",
        MigrationTool::Liquibase => "Liquibase",
        MigrationTool::Prisma => "Prisma",
        MigrationTool::Drizzle => "Drizzle",
        MigrationTool::Rails => "Rails",
        MigrationTool::Django => "Django",
        MigrationTool::Supabase => "Supabase",
    }
}

/// `1 migration`, `2 migrations`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

pub(super) fn first_line(sql: &str) -> &str {
    sql.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim()
}

fn state(state: &MigrationState) -> String {
    match state {
        MigrationState::Pending => "pending".to_owned(),
        MigrationState::Late => "pending, though a later one is applied".to_owned(),
        MigrationState::Applied => "applied".to_owned(),
        MigrationState::Drifted { .. } => "applied, and its file is another now".to_owned(),
        MigrationState::Missing => "applied, and its file is missing".to_owned(),
        MigrationState::Failed { kept, of, uncertain } => {
            let mut text = match (kept, of) {
                (Some(0), _) => "failed; nothing of it is kept".to_owned(),
                (Some(kept), Some(of)) => format!("failed; {kept} of {of} statements are kept"),
                (Some(kept), None) => format!("failed; {kept} statements are kept"),
                (None, _) => "failed; what of it is kept is not known here".to_owned(),
            };
            if *uncertain {
                text.push_str(", the next may be");
            }
            text
        }
    }
}

fn at(ms: i64) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok()?;
    time.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z")).ok()
}

pub(super) fn status(status: &MigrationStatus) -> String {
    let mut text = String::new();
    for history in &status.histories {
        let last = history.last.as_deref().map(|last| format!(", the last {}", clean(last))).unwrap_or_default();
        let applied = counted(history.applied as usize, "migration");
        let _ = writeln!(text, "{} ({}): {applied} applied{last}", clean(&history.table), tool(history.tool));
    }
    if status.rows.is_empty() {
        text.push_str("No migrations.\n");
    } else {
        let rows: Vec<Vec<String>> = status
            .rows
            .iter()
            .map(|row| {
                let applied = row.applied_at_ms.and_then(at).unwrap_or_default();
                vec![row.version.clone(), row.name.clone(), state(&row.state), applied]
            })
            .collect();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&aligned(&["VERSION", "NAME", "STATE", "APPLIED AT"], &rows));
    }
    for row in &status.rows {
        if let MigrationState::Drifted { applied, file } = &row.state {
            let _ = writeln!(
                text,
                "\n{}: applied was {}\n  the file is {}",
                clean(&row.version),
                clean(applied),
                clean(file)
            );
        }
    }
    if let Some(refusal) = &status.refusal {
        let _ = writeln!(text, "\n{}", clean(refusal));
    }
    text
}

/// What will run, as a script with what it does as comments; only its outline where the statements are not wanted.
pub(super) fn planned(review: &MigrationReview, statements: bool) -> String {
    let mut text = String::new();
    for step in &review.steps {
        let how = if step.transaction { "one transaction" } else { "statement by statement" };
        let count = counted(step.statements.len(), "statement");
        let _ = writeln!(text, "-- {}: {count}, {how}", clean(&step.file));
        for statement in &step.statements {
            for said in statement.locks.iter().chain(&statement.findings) {
                let _ = writeln!(text, "--   {}", clean(said));
            }
            if statements {
                let _ = writeln!(text, "{};", clean(&statement.sql));
            }
        }
    }
    text
}

pub(super) fn is_fine(checked: &MigrationChecked) -> bool {
    matches!(checked.outcome, MigrationCheckOutcome::Fine | MigrationCheckOutcome::NoDown)
}

pub(super) fn checked(versions: &[MigrationChecked]) -> String {
    let mut text = String::new();
    for one in versions {
        let words = match &one.outcome {
            MigrationCheckOutcome::Fine => "up, down and up again".to_owned(),
            MigrationCheckOutcome::NoDown => "up; it has no down".to_owned(),
            MigrationCheckOutcome::Differs { .. } => "its down does not bring back what was there:".to_owned(),
            MigrationCheckOutcome::Failed { direction, statement, sql, error } => {
                let way = match direction {
                    MigrationDirection::Up => "up",
                    MigrationDirection::Down => "down",
                };
                let line = clean(first_line(sql));
                format!("{way} fails at statement {}: {}\n    {line}", statement + 1, clean(&error.message))
            }
        };
        let _ = writeln!(text, "{}: {words}", clean(&one.file));
        if let MigrationCheckOutcome::Differs { differences } = &one.outcome {
            for line in differences {
                let _ = writeln!(text, "    {}", clean(line));
            }
        }
    }
    if text.is_empty() { "No migrations.\n".to_owned() } else { text }
}
