//! Why the server refused: a privilege, which is asked first, or a policy. Both are 42501; told apart by the function of the
//! server that said it, which no translation changes, and by asking for the privileges.

use driver::{
    Said,
    row_security::{Outcome, Refusal},
};
use policy::statement::{Kind, Statement};

use crate::trial::{Heard, Trial};
use crate::{
    catalog::rows::{Row, array},
    control::Failure,
    error::refused,
    wire::Report,
};

/// The server's function that enforces checks of policies
/// (<https://github.com/postgres/postgres/blob/master/src/backend/executor/execMain.c>).
const CHECKS: &str = "ExecWithCheckOptions";
/// The one that looks whether `row_security` is off (`rls.c`).
const ENABLES: &str = "check_enable_rls";

/// Whether it has to be asked which privileges are missing.
pub(super) fn wants_privileges(heard: &Heard) -> bool {
    heard
        .failed
        .as_ref()
        .is_some_and(|report| report.code == "42501" && !matches!(report.routine.as_deref(), Some(CHECKS | ENABLES)))
}

/// What came of a statement. `missing` are the privileges that its role lacks, where that was asked.
pub(super) fn outcome(heard: Heard, text: &str, statement: &Statement, missing: Vec<String>) -> Outcome {
    let after_ms = u64::try_from(heard.took.as_millis()).unwrap_or(u64::MAX);
    let Some(report) = heard.failed.filter(|_| !heard.timed_out) else {
        return match heard.timed_out {
            true => Outcome::TimedOut { after_ms },
            false => Outcome::Done(heard.answer),
        };
    };
    let said = Said::from(refused(&report, text));
    let refusal = match (report.code.as_str(), report.routine.as_deref()) {
        ("42501", Some(CHECKS)) => Refusal::Policy { table: table(&report, statement) },
        ("42501", Some(ENABLES)) => Refusal::WouldBeFiltered,
        // A server that does not name its functions.
        ("42501", None) if missing.is_empty() => Refusal::Policy { table: table(&report, statement) },
        ("42501", _) => Refusal::Privilege { missing },
        ("25006", _) => Refusal::ReadOnly,
        _ => return Outcome::Failed { said },
    };
    Outcome::Refused { refusal, said }
}

/// The table a policy refused for: the server names it only in its message, which may be about one behind a view.
fn table(report: &Report, statement: &Statement) -> Option<String> {
    let target = statement.target.as_ref()?;
    report.message.contains(&target.name).then(|| target.sql())
}

/// Asks which privileges a role lacks on the relations of a statement, with the rights of the login.
pub(super) async fn missing(
    trial: &mut Trial,
    text: &str,
    role: u32,
    statement: &Statement,
) -> Result<Vec<String>, Failure> {
    let names = array(statement.relations.iter().map(policy::statement::Named::sql));
    let rows = trial.query(text, &[Some(&role.to_string()), Some(&names)]).await?;
    let (mut missing, mut perhaps) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        let written_by = (index == 0 && statement.target.is_some()).then_some(statement.kind);
        let (needed, by_some) = needs(written_by);
        missing.extend(lacks(row, needed));
        perhaps.extend(lacks(row, by_some));
    }
    // What only some statements of a kind need is named where nothing else is missing.
    Ok(if missing.is_empty() { perhaps } else { missing })
}

/// A privilege with its places in a row of the answer: on the whole relation, on any of its columns.
type Needed = (&'static str, usize, usize);

const SELECT: Needed = ("SELECT", 3, 4);
const INSERT: Needed = ("INSERT", 5, 6);
const UPDATE: Needed = ("UPDATE", 7, 8);
const DELETE: Needed = ("DELETE", 9, 9);
const TRUNCATE: Needed = ("TRUNCATE", 10, 10);

/// What every statement of that kind needs on its target, and what some do; a relation that is not written is read.
fn needs(written_by: Option<Kind>) -> (&'static [Needed], &'static [Needed]) {
    match written_by {
        None => (&[SELECT], &[]),
        Some(Kind::Insert) => (&[INSERT], &[SELECT, UPDATE]),
        Some(Kind::Update) => (&[UPDATE], &[SELECT]),
        Some(Kind::Delete) => (&[DELETE], &[SELECT]),
        Some(Kind::Truncate) => (&[TRUNCATE], &[]),
        Some(_) => (&[], &[SELECT, INSERT, UPDATE, DELETE]),
    }
}

fn lacks(row: Row<'_>, needed: &[Needed]) -> Option<String> {
    let (schema, relation) = (row.name(0), row.name(1));
    if !needed.is_empty() && !row.flag(2) {
        return Some(format!("USAGE on schema {schema}"));
    }
    needed.iter().find_map(|(privilege, whole, any)| match (row.flag(*whole), row.flag(*any)) {
        (true, _) => None,
        (false, true) => Some(format!("{privilege} on some columns of {relation}")),
        (false, false) => Some(format!("{privilege} on {relation}")),
    })
}
