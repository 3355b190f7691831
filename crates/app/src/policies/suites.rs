//! Suites: files of statements with what is to come of them, run case by case without leaving a trace, and made for a table.

use driver::row_security::{Actor, Attempt, AttemptLimits, Attempted, Outcome};
use policy::suite::{self, Actors, Answer, As, Case, Report, Returned, Suite, User};

use super::table;
use crate::{api::*, explorer::Place};

/// Rows of an answer that are compared.
const MOST_ROWS: usize = 100_000;
/// Bytes of an answer that are compared.
const MOST_BYTES: usize = 64 << 20;

/// Reads a suite.
///
/// # Errors
/// `InvalidStatement`, with the place.
pub(super) fn read(text: &str) -> Result<Suite, AppError> {
    Suite::from_json(text).map_err(|error| {
        AppError::new(ErrorCode::InvalidStatement, format!("This is no suite: {error}."))
            .with_hint("docs/policies.md says what a suite holds.")
    })
}

/// A suite as files, whoever wrote it.
///
/// # Errors
/// `InvalidStatement`, with the place.
pub(super) fn written(text: &str) -> Result<PolicySuiteText, AppError> {
    let suite = read(text)?;
    Ok(PolicySuiteText { json: suite.to_json(), pgtap: suite.to_pgtap(), notes: Vec::new() })
}

/// Runs every case, each in a transaction of its own that is rolled back.
///
/// # Errors
/// `Unsupported` without row security; `Unreachable` and whatever else is not about one case.
pub(super) async fn run(place: &Place, suite: &Suite) -> Result<Report, AppError> {
    let facet = super::facet(place)?;
    let mut verdicts = Vec::with_capacity(suite.cases.len());
    for case in &suite.cases {
        let came = match facet.attempt(&attempt(suite, case)).await {
            Ok(attempted) => came(attempted),
            Err(error) => not_run(error)?,
        };
        verdicts.push(case.judge(&came));
    }
    Ok(Report::of(verdicts))
}

fn attempt(suite: &Suite, case: &Case) -> Attempt {
    Attempt {
        actor: Actor {
            role: case.actor.role.clone(),
            // A suite may try claims that are no JSON.
            settings: case.actor.settings_made(suite.claims_setting()),
            ..Actor::default()
        },
        setup: suite.setup.iter().chain(&case.setup).cloned().collect(),
        statement: case.statement.clone(),
        then: case.then.as_ref().map(|then| then.statement.clone()),
        may_write: true,
        sample: None,
        limits: AttemptLimits { rows: MOST_ROWS, bytes: MOST_BYTES, ..AttemptLimits::default() },
    }
}

fn came(attempted: Attempted) -> suite::Outcome {
    suite::Outcome::Ran { answer: answer(attempted.outcome), then: attempted.then.map(answer) }
}

fn answer(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Done(done) => Answer::Done {
            returned: (!done.columns.is_empty() || done.row_count > 0)
                .then_some(Returned { rows: done.rows, count: done.row_count }),
            affected: done.affected,
        },
        Outcome::Refused { said, .. } | Outcome::Failed { said } => {
            Answer::Error { sqlstate: said.native.code, message: said.message }
        }
        Outcome::TimedOut { after_ms } => {
            Answer::Error { sqlstate: "57014".to_owned(), message: format!("It was cancelled after {after_ms} ms.") }
        }
        Outcome::NotSent { message, .. } => Answer::Refused { reason: message },
    }
}

/// Why a case did not come to its statement; what is not about the case ends the run.
fn not_run(error: driver::Error) -> Result<suite::Outcome, AppError> {
    use driver::Code;
    match error.code {
        Code::Unreachable | Code::Unauthenticated | Code::Exhausted | Code::Internal | Code::Unsupported => {
            Err(error.into())
        }
        _ => Ok(suite::Outcome::NotRun { reason: error.message }),
    }
}

/// A report for faces.
pub(super) fn told(report: &Report) -> PolicySuiteReport {
    PolicySuiteReport {
        passed: crate::advisor::number(report.passed),
        failed: crate::advisor::number(report.failed),
        cases: report
            .cases
            .iter()
            .map(|verdict| PolicySuiteCase {
                name: verdict.name.clone(),
                ok: verdict.ok,
                got: serde_json::to_string(&verdict.got).unwrap_or_default(),
                why: verdict.why.clone(),
            })
            .collect(),
    }
}

/// An actor in the words of suites.
fn said(actor: &PolicyActor) -> As {
    let driver = actor.meant();
    let claims = driver.claims.map(|text| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)));
    As { role: driver.role, claims, settings: driver.settings.into_iter().collect() }
}

fn user(user: &PolicySuiteUser) -> User {
    User { name: user.name.clone(), id: user.id.clone(), actor: said(&user.actor) }
}

/// A suite for a table: isolation, cross-user, anonymous, insert for another, move to another, cascades.
///
/// # Errors
/// `NotFound` for a table that is gone; `InvalidStatement` where no column names who owns a row.
pub(super) fn generate(
    catalog: &catalog::Catalog,
    on: &PolicyOn,
    wanted: &PolicySuiteActors,
) -> Result<PolicySuiteText, AppError> {
    let id = table::relation(catalog, on)?;
    let owner = wanted.owner.clone().or_else(|| suite::owner_column(catalog, id)).ok_or_else(|| {
        AppError::new(ErrorCode::InvalidStatement, "It is not known which column names who owns a row.")
            .with_hint("Name the column.")
    })?;
    let actors =
        Actors { one: user(&wanted.one), other: user(&wanted.other), anonymous: wanted.anonymous.as_ref().map(said) };
    let made = suite::generate(catalog, id, &owner, &actors);
    Ok(PolicySuiteText { json: made.suite.to_json(), pgtap: made.suite.to_pgtap(), notes: made.notes })
}
