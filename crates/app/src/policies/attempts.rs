//! Statements tried as somebody else, expressions validated while they are typed, and actors that are kept for it.

use driver::row_security::{
    Answer, Attempt, AttemptLimits, Attempted, Checked, DraftPolicy, Drafts, ExpressionCheck, Judgement, Outcome,
    Reach, Refusal, Sample, SideBySide, Told, Verdict,
};
use policy::{
    change::takes,
    expression::{Expression, Names},
    listing::Draft,
};

use super::{drafts::Staged, table, words};
use crate::{
    advisor::number, api::*, change_sets::error_of, explorer::Place, runs::notice_row, store::Store, text::Positions,
};

/// Most rows of a sample.
const MOST_SAMPLED: u32 = 10_000;
/// Most rows of an answer.
const MOST_ROWS: u32 = 100_000;
/// Longest wait for a lock or a statement.
const LONGEST_MS: u32 = 10 * 60 * 1000;
/// Most letters of an actor's name.
const MOST_LETTERS: usize = 200;

/// Whether an attempt failed for who it was to be made as, so that others can still be.
pub(super) fn is_about_the_actor(code: driver::Code) -> bool {
    matches!(code, driver::Code::NotFound | driver::Code::Forbidden | driver::Code::InvalidStatement)
}

/// The attempt as the driver takes it.
///
/// # Errors
/// `NotFound` for a table of the sample that is gone.
pub(super) fn wanted(
    attempt: &PolicyAttempt,
    catalog: &catalog::Catalog,
    staged: &Staged,
) -> Result<Attempt, AppError> {
    let usual = AttemptLimits::default();
    let within = |asked: Option<u32>, usual: u32, most: u32| asked.unwrap_or(usual).clamp(1, most);
    let rows = u32::try_from(usual.rows).unwrap_or(u32::MAX);
    let sample = attempt.sample.as_ref().map(|sample| sampled(sample, catalog, staged)).transpose()?;
    Ok(Attempt {
        actor: attempt.actor.meant(),
        setup: attempt.setup.clone(),
        statement: attempt.statement.clone(),
        then: attempt.then.clone().filter(|then| !then.trim().is_empty()),
        may_write: attempt.may_write,
        sample,
        limits: AttemptLimits {
            rows: within(attempt.rows, rows, MOST_ROWS) as usize,
            lock_timeout_ms: within(attempt.lock_timeout_ms, usual.lock_timeout_ms, LONGEST_MS),
            statement_timeout_ms: within(attempt.statement_timeout_ms, usual.statement_timeout_ms, LONGEST_MS),
            ..usual
        },
    })
}

fn sampled(sample: &PolicySample, catalog: &catalog::Catalog, staged: &Staged) -> Result<Sample, AppError> {
    table::relation(catalog, &sample.on)?;
    let drafts = match sample.drafted {
        false => None,
        true => {
            let after = table::drafted(catalog, staged, true);
            let id = table::relation(&after, &sample.on)?;
            let walker = after.relation(id).ok_or_else(|| AppError::internal("a drafted table is not there"))?;
            let security = walker.row().row_security.value();
            Some(Drafts {
                enabled: security.map(|is| is.enabled),
                forced: security.map(|is| is.forced),
                policies: walker.policies().iter().map(Draft::of).map(drafted).collect(),
            })
        }
    };
    Ok(Sample {
        schema: sample.on.schema.clone(),
        table: sample.on.table.clone(),
        rows: sample.rows.clamp(1, MOST_SAMPLED),
        count: sample.count,
        drafts,
    })
}

fn drafted(draft: Draft) -> DraftPolicy {
    DraftPolicy {
        name: draft.name,
        command: draft.command,
        permissive: draft.permissive,
        roles: draft.roles,
        using: draft.using,
        with_check: draft.with_check,
    }
}

fn answer(answer: Answer) -> PolicyAnswer {
    PolicyAnswer { columns: answer.columns, rows: answer.rows, row_count: answer.row_count, affected: answer.affected }
}

fn outcome(outcome: Outcome, text: &str) -> PolicyOutcome {
    match outcome {
        Outcome::Done(done) => PolicyOutcome::Done { answer: answer(done) },
        Outcome::Refused { refusal, said } => {
            let error = error_of(said, Some(text));
            match refusal {
                Refusal::Privilege { missing } => PolicyOutcome::NoPrivilege { missing, error },
                Refusal::Policy { table } => PolicyOutcome::PolicyRefused { table, error },
                Refusal::WouldBeFiltered | Refusal::ReadOnly => PolicyOutcome::Failed { error },
            }
        }
        Outcome::Failed { said } => PolicyOutcome::Failed { error: error_of(said, Some(text)) },
        Outcome::TimedOut { after_ms } => PolicyOutcome::TimedOut { after_ms },
        Outcome::NotSent { message, span, .. } => {
            let mut error = AppError::new(ErrorCode::Forbidden, message);
            error.range = span.map(|span| Positions::new(text).range(span.start, span.end));
            PolicyOutcome::NotSent { error }
        }
    }
}

fn total(told: Told<u64>) -> PolicyTotal {
    match told {
        Told::Known(rows) => PolicyTotal { rows: Some(rows), reason: None },
        Told::NotEvaluated(reason) => PolicyTotal { rows: None, reason: Some(reason) },
    }
}

fn reach(reach: Reach) -> PolicyReach {
    PolicyReach { select: reach.select, insert: reach.insert, update: reach.update, delete: reach.delete }
}

fn verdicts(verdicts: Vec<(Verdict, Verdict)>) -> Vec<(PolicyVerdict, PolicyVerdict)> {
    let one = |verdict| match verdict {
        Verdict::Pass => PolicyVerdict::Pass,
        Verdict::Fail => PolicyVerdict::Fail,
        Verdict::Null => PolicyVerdict::Null,
        Verdict::Absent => PolicyVerdict::Absent,
        Verdict::NotEvaluated => PolicyVerdict::NotEvaluated,
    };
    verdicts.into_iter().map(|(using, check)| (one(using), one(check))).collect()
}

fn judged_policy(policy: driver::row_security::JudgedPolicy) -> JudgedPolicy {
    JudgedPolicy {
        name: policy.name,
        command: words::command(policy.command),
        permissive: policy.permissive,
        applies: policy.applies,
        using: policy.using,
        with_check: policy.with_check,
        approximate: policy.approximate,
        failed: policy.failed,
    }
}

fn judgement(judgement: Judgement) -> PolicyJudgement {
    let rows = judgement.rows.into_iter().map(|row| JudgedRow {
        values: row.values,
        seen: row.seen,
        now: reach(row.now),
        drafted: row.drafted.map(reach),
        verdicts: verdicts(row.verdicts),
        draft_verdicts: verdicts(row.draft_verdicts),
    });
    PolicyJudgement {
        columns: judgement.columns,
        key: judgement.key.into_iter().map(number).collect(),
        policies: judgement.policies.into_iter().map(judged_policy).collect(),
        drafts: judgement.drafts.into_iter().map(judged_policy).collect(),
        unfiltered: judgement.unfiltered,
        unfiltered_by_drafts: judgement.unfiltered_by_drafts,
        rows: rows.collect(),
        visible: total(judgement.totals.visible),
        hidden: total(judgement.totals.hidden),
        exact: judgement.totals.exact,
    }
}

/// What came of an attempt, for faces.
pub(super) fn told(attempted: Attempted, attempt: &Attempt) -> PolicyAttempted {
    let (sample, no_sample) = match attempted.sample {
        Some(Told::Known(found)) => (Some(judgement(found)), None),
        Some(Told::NotEvaluated(reason)) => (None, Some(reason)),
        None => (None, None),
    };
    let then_text = attempt.then.as_deref().unwrap_or_default();
    PolicyAttempted {
        outcome: outcome(attempted.outcome, &attempt.statement),
        then: attempted.then.map(|then| outcome(then, then_text)),
        notices: attempted.notices.into_iter().map(|notice| notice_row(notice, None)).collect(),
        lasting: attempted.lasting.into_iter().map(|lasting| lasting.message).collect(),
        differs: attempted.differs,
        sample,
        no_sample,
        statement_us: attempted.took.statement_us,
        total_us: attempted.took.total_us,
    }
}

/// Two attempts at one statement, side by side.
pub(super) fn compared(first: PolicyAttempted, second: PolicyAttempted) -> PolicyCompared {
    let rows = |attempted: &PolicyAttempted| match &attempted.outcome {
        PolicyOutcome::Done { answer } => Answer {
            columns: answer.columns.clone(),
            rows: answer.rows.clone(),
            row_count: answer.row_count,
            affected: answer.affected,
        },
        _ => Answer::default(),
    };
    let both = SideBySide::of(&rows(&first), &rows(&second), &[]);
    let is_done = |attempted: &PolicyAttempted| matches!(attempted.outcome, PolicyOutcome::Done { .. });
    PolicyCompared {
        complete: both.complete && is_done(&first) && is_done(&second),
        only_first: both.only_first.into_iter().map(number).collect(),
        only_second: both.only_second.into_iter().map(number).collect(),
        both: both.both.into_iter().map(|(one, other)| (number(one), number(other))).collect(),
        first,
        second,
    }
}

/// Validates an expression: by the grammar, then by the server, which is asked nothing that locks.
///
/// # Errors
/// `NotFound` for a table that is gone; as the driver says.
pub(super) async fn check(
    place: &Place,
    catalog: &catalog::Catalog,
    on: &PolicyOn,
    command: PolicyCommand,
    part: PolicyExpression,
    text: &str,
) -> Result<PolicyCheck, AppError> {
    let id = table::relation(catalog, on)?;
    let (using, with_check) = takes(words::to_command(command));
    let word = words::expression(part);
    let taken = match part {
        PolicyExpression::Using => using,
        PolicyExpression::WithCheck => with_check,
    };
    let wrong = |error| PolicyCheck { problem: Some(error), not_checked: None, notes: Vec::new() };
    if !taken {
        let message = format!("Policies of this command take no {word}.");
        return Ok(wrong(AppError::new(ErrorCode::InvalidStatement, message)));
    }
    let notes = match Expression::parse(text, &Names::new(catalog).of(id)) {
        Ok(expression) => table::remarks(word, &expression),
        // What cannot be read here may be fine with the server, which has the last word.
        Err(_) => Vec::new(),
    };
    let asked = ExpressionCheck { schema: on.schema.clone(), table: on.table.clone(), expression: text.to_owned() };
    Ok(match super::facet(place)?.check(&asked).await? {
        Checked::Fine => PolicyCheck { problem: None, not_checked: None, notes },
        Checked::Wrong { said } => wrong(error_of(said, Some(text))),
        Checked::NotChecked { reason } => PolicyCheck { problem: None, not_checked: Some(reason), notes },
    })
}

/// The actors that are kept with a connection, by name.
///
/// # Errors
/// As the store says.
pub(super) async fn actors(store: &Store, profile_id: &str) -> Result<Vec<SavedPolicyActor>, AppError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT name, actor FROM policy_actors WHERE profile_id = ? ORDER BY name")
            .bind(profile_id)
            .fetch_all(store.read())
            .await?;
    let one =
        |(name, actor): (String, String)| Some(SavedPolicyActor { name, actor: serde_json::from_str(&actor).ok()? });
    Ok(rows.into_iter().filter_map(one).collect())
}

/// Keeps an actor; another of the same name gives way.
///
/// # Errors
/// `InvalidStatement` for a name that is none; as the store says.
pub(super) async fn keep_actor(
    store: &Store,
    profile_id: &str,
    name: &str,
    actor: &PolicyActor,
) -> Result<(), AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MOST_LETTERS {
        return Err(AppError::new(ErrorCode::InvalidStatement, "An actor has a name of at most 200 letters."));
    }
    let mut change = store.write().await?;
    sqlx::query("INSERT OR REPLACE INTO policy_actors VALUES (?, ?, ?)")
        .bind(profile_id)
        .bind(name)
        .bind(serde_json::to_string(actor).map_err(AppError::internal)?)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}

/// Forgets an actor.
///
/// # Errors
/// As the store says.
pub(super) async fn remove_actor(store: &Store, profile_id: &str, name: &str) -> Result<(), AppError> {
    let mut change = store.write().await?;
    sqlx::query("DELETE FROM policy_actors WHERE profile_id = ? AND name = ?")
        .bind(profile_id)
        .bind(name)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}
