//! One attempt from beginning to end: `BEGIN`, the setup, who the actor is, the sample, READ ONLY for what only reads, the
//! actor, the statement; then what became of transaction and role is verified, and everything is rolled back.
//!
//! Nothing waits for an answer that it does not need: the actor, a savepoint and the statement go out together. Where becoming
//! the actor is refused, the transaction has failed and the statement behind it is refused too.

use std::time::{Duration, Instant};

use driver::{
    Code, Error, Span,
    row_security::{Attempt, Attempted, Lasting, NotSent, Outcome, Told, Took},
};
use policy::{
    expression::{Expression, Problem, Unscoped},
    statement::{Kind, Statement, Untried, script, tried},
};

use super::{
    Policies, error_of, judge, lasting, refusal,
    subject::{Subject, ask, become_actor, not_become, told},
};
use crate::{
    acting::claims,
    catalog::rows::array,
    trial::{Heard, Trial},
    wire::TransactionStatus,
};

const SAVEPOINT: &str = "SAVEPOINT rowhouse_statement";
const BACK: &str = "ROLLBACK TO SAVEPOINT rowhouse_statement";

pub(super) async fn attempt(policies: &Policies, wanted: &Attempt) -> Result<Attempted, Error> {
    let began = Instant::now();
    claims(&wanted.actor)?;
    setup(wanted)?;
    let statement = fit(&wanted.statement);
    let mut attempted = Attempted {
        outcome: Outcome::Done(Default::default()),
        then: None,
        notices: Vec::new(),
        lasting: Vec::new(),
        differs: Vec::new(),
        sample: None,
        took: Took::default(),
    };
    if let (Err(outcome), None) = (&statement, &wanted.sample) {
        attempted.outcome = outcome.clone();
        return Ok(attempted);
    }
    let client = policies.open().await?;
    attempted.took.connect_us = micros(began.elapsed());
    let mut trial = Trial::new(client, policies.control.clone(), wanted.limits);
    let ran = run(policies, &mut trial, wanted, statement, &mut attempted).await;
    attempted.notices = std::mem::take(&mut trial.notices);
    trial.close().await;
    ran?;
    attempted.took.total_us = micros(began.elapsed());
    Ok(attempted)
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

fn setup(wanted: &Attempt) -> Result<(), Error> {
    for text in &wanted.setup {
        let statements = script(text).map_err(|problem| {
            let error = Error::new(Code::InvalidStatement, format!("The setup cannot be read: {problem}."));
            match place(text, &problem) {
                Some(span) => error.with_span(span),
                None => error,
            }
        })?;
        if statements.iter().any(|statement| matches!(statement.kind, Kind::Transaction | Kind::Role)) {
            return Err(Error::new(
                Code::InvalidStatement,
                "The setup may not end the transaction or change the role.",
            )
            .with_hint("It runs as the login, in the transaction that is rolled back."));
        }
    }
    Ok(())
}

/// The statement, where it may be sent.
fn fit(text: &str) -> Result<Statement, Outcome> {
    tried(text).map_err(|untried| {
        let message = untried.to_string();
        let (why, span) = match &untried {
            Untried::Unreadable(problem) => (NotSent::Unreadable, place(text, problem)),
            Untried::Empty => (NotSent::Empty, None),
            Untried::Several => (NotSent::Several, None),
            Untried::Transaction => (NotSent::Transaction, None),
            Untried::Role => (NotSent::Role, None),
            Untried::Session => (NotSent::Session, None),
            Untried::Block | Untried::Other => (NotSent::Other, None),
        };
        Outcome::NotSent { why, message, span }
    })
}

fn place(text: &str, problem: &Problem) -> Option<Span> {
    let Problem::Syntax { at: Some(at), .. } = problem else { return None };
    let start = (*at).min(text.len());
    let word = text.get(start..)?.split(|character: char| character.is_whitespace()).next()?;
    Some(Span { start, end: start + word.len() })
}

async fn run(
    policies: &Policies,
    trial: &mut Trial,
    wanted: &Attempt,
    statement: Result<Statement, Outcome>,
    attempted: &mut Attempted,
) -> Result<(), Error> {
    let began = Instant::now();
    let plain = |failure| error_of(failure, "");
    trial.begin().await.map_err(plain)?;
    if !wanted.setup.is_empty() {
        trial.settled(2).await.map_err(plain)?;
        for text in &wanted.setup {
            trial.script(text).await.map_err(|failure| {
                let mut error = error_of(failure, text);
                if error.native.is_some() {
                    error.message = format!("The setup failed. {}", error.message);
                }
                error
            })?;
        }
    }
    ask(trial, &policies.text(include_str!("../queries/policy_subject.sql")), &wanted.actor).await.map_err(plain)?;
    if wanted.setup.is_empty() {
        trial.settled(2).await.map_err(plain)?;
    }
    let subject = told(trial, &wanted.actor).await?;
    if let Ok(statement) = &statement {
        let reads_only = reads_only(statement, wanted);
        attempted.lasting = foresee(policies, trial, statement, reads_only).await?;
        attempted.differs = differs(policies, trial, wanted, statement, &subject).await?;
    }
    attempted.took.prepare_us = micros(began.elapsed());
    if let Some(sample) = &wanted.sample {
        let began = Instant::now();
        attempted.sample = Some(judge::judge(policies, trial, &wanted.actor, &subject, sample).await?);
        attempted.took.sample_us = micros(began.elapsed());
    }
    match statement {
        Err(outcome) => attempted.outcome = outcome,
        Ok(statement) => try_it(policies, trial, wanted, &subject, &statement, attempted).await?,
    }
    Ok(())
}

fn reads_only(statement: &Statement, wanted: &Attempt) -> bool {
    statement.reads_only && !wanted.may_write
}

/// What it may do that no rollback undoes. What cannot be asked is not said.
async fn foresee(
    policies: &Policies,
    trial: &mut Trial,
    statement: &Statement,
    reads_only: bool,
) -> Result<Vec<Lasting>, Error> {
    if statement.calls.is_empty() && statement.target.is_none() {
        return Ok(Vec::new());
    }
    let plain = |failure| error_of(failure, "");
    trial.ask("SAVEPOINT rowhouse_look", &[]).await.map_err(plain)?;
    lasting::ask(trial, &policies.text(include_str!("../queries/policy_lasting.sql")), statement)
        .await
        .map_err(plain)?;
    trial.ask("ROLLBACK TO SAVEPOINT rowhouse_look", &[]).await.map_err(plain)?;
    trial.settled(1).await.map_err(plain)?;
    let rows = trial.rows().await;
    trial.settled(1).await.map_err(plain)?;
    let rows = match rows {
        Err(failure) if failure.ended() => return Err(failure.into()),
        rows => rows.unwrap_or_default(),
    };
    let mut found: Vec<Lasting> = rows.iter().filter_map(|row| lasting::told(row, reads_only)).collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// What a login of that role would meet otherwise.
async fn differs(
    policies: &Policies,
    trial: &mut Trial,
    wanted: &Attempt,
    statement: &Statement,
    subject: &Subject,
) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    if wanted.actor.role.is_none() {
        return Ok(found);
    }
    if !wanted.actor.apply_role_settings && !subject.settings.is_empty() {
        let names: Vec<&str> = subject.settings.iter().map(|(name, _)| name.as_str()).collect();
        found.push(format!(
            "A login of “{}” has settings of its own, which were not applied: {}.",
            subject.name,
            names.join(", ")
        ));
    }
    let mut names: Vec<String> = statement.relations.iter().map(policy::statement::Named::sql).collect();
    if let Some(sample) = &wanted.sample {
        names.push(policy::listing::Table::new(&sample.schema, &sample.table).sql());
    }
    if names.is_empty() {
        return Ok(found);
    }
    let plain = |failure| error_of(failure, "");
    trial.ask("SAVEPOINT rowhouse_look", &[]).await.map_err(plain)?;
    let text = policies.text(include_str!("../queries/policy_asks.sql"));
    trial.ask(&text, &[Some(&array(&names))]).await.map_err(plain)?;
    trial.ask("ROLLBACK TO SAVEPOINT rowhouse_look", &[]).await.map_err(plain)?;
    trial.settled(1).await.map_err(plain)?;
    let rows = trial.rows().await;
    trial.settled(1).await.map_err(plain)?;
    let rows = match rows {
        Err(failure) if failure.ended() => return Err(failure.into()),
        rows => rows.unwrap_or_default(),
    };
    for row in rows.iter() {
        let texts = [row.string(2), row.string(3)];
        let asks = texts.iter().flatten().filter_map(|text| Expression::parse(text, &Unscoped).ok()).any(|read| {
            read.reading.calls.iter().any(|call| matches!(call.name.as_str(), "session_user" | "system_user"))
        });
        let sentence =
            format!("The policy “{}” of {} asks who logged in, which is still the login.", row.name(0), row.name(1));
        if asks && !found.contains(&sentence) {
            found.push(sentence);
        }
    }
    Ok(found)
}

async fn try_it(
    policies: &Policies,
    trial: &mut Trial,
    wanted: &Attempt,
    subject: &Subject,
    statement: &Statement,
    attempted: &mut Attempted,
) -> Result<(), Error> {
    let plain = |failure| error_of(failure, "");
    let mut before = 0;
    if reads_only(statement, wanted) {
        // Cannot be taken back: a query has run already.
        trial.ask("SET TRANSACTION READ ONLY", &[]).await.map_err(plain)?;
        before += 1;
    }
    before += become_actor(trial, &wanted.actor).await.map_err(plain)?;
    trial.ask(SAVEPOINT, &[]).await.map_err(plain)?;
    trial.ask(&wanted.statement, &[]).await.map_err(plain)?;
    // The statement's own answer is left unread where this fails: the connection is closed.
    trial.settled(before + 1).await.map_err(not_become)?;
    let heard = trial.hear(&wanted.statement).await?;
    attempted.took.statement_us = micros(heard.took);
    let Some(status) = heard.status else {
        attempted.outcome = refusal::outcome(heard, &wanted.statement, statement, Vec::new());
        return Ok(());
    };
    let failed = verify(trial, status, subject, &wanted.actor).await?;
    let missing = if refusal::wants_privileges(&heard) {
        let text = policies.text(include_str!("../queries/policy_missing.sql"));
        login_again(trial, subject).await?;
        match refusal::missing(trial, &text, subject.oid, statement).await {
            Err(failure) if failure.ended() => return Err(failure.into()),
            missing => missing.unwrap_or_default(),
        }
    } else {
        Vec::new()
    };
    attempted.outcome = refusal::outcome(heard, &wanted.statement, statement, missing);
    if let Some(text) = &wanted.then {
        if failed {
            trial.query(BACK, &[]).await.map_err(plain)?;
        }
        attempted.then = Some(after(trial, text, subject).await?);
    }
    Ok(())
}

/// Verifies that transaction and role are still those they were. Answers whether the statement failed, which is taken back.
async fn verify(
    trial: &mut Trial,
    status: TransactionStatus,
    subject: &Subject,
    actor: &driver::row_security::Actor,
) -> Result<bool, Error> {
    let failed = match status {
        TransactionStatus::Open => false,
        TransactionStatus::Failed => true,
        TransactionStatus::Idle => return Err(escaped("ended the transaction it was tried in")),
    };
    if failed {
        trial.query(BACK, &[]).await.map_err(|failure| error_of(failure, ""))?;
    }
    let text = "select current_user::text, pg_catalog.txid_current_if_assigned()::text";
    let rows = trial.query(text, &[]).await.map_err(|failure| error_of(failure, ""))?;
    let row = rows.first();
    let (user, transaction) = row.map_or((None, None), |row| (row.string(0), row.string(1)));
    if subject.transaction.is_some() && transaction != subject.transaction {
        return Err(escaped("left the transaction it was tried in"));
    }
    let expected = if actor.role.is_some() { &subject.name } else { &subject.user };
    if user.as_deref() != Some(expected) {
        return Err(escaped("changed the role it was tried as, so that its answer says nothing of the actor"));
    }
    Ok(failed)
}

fn escaped(what: &str) -> Error {
    Error::new(Code::Forbidden, format!("The statement {what}. Its connection was closed."))
        .with_hint("Look at the functions and triggers that it runs.")
}

async fn login_again(trial: &mut Trial, subject: &Subject) -> Result<(), Error> {
    let text = "select set_config('role', $1, true)";
    trial.query(text, &[Some(&subject.login_role)]).await.map(drop).map_err(|failure| error_of(failure, ""))
}

/// Runs the statement that comes after, as the login.
async fn after(trial: &mut Trial, text: &str, subject: &Subject) -> Result<Outcome, Error> {
    let statement = match fit(text) {
        Ok(statement) => statement,
        Err(outcome) => return Ok(outcome),
    };
    login_again(trial, subject).await?;
    trial.ask(text, &[]).await.map_err(|failure| error_of(failure, ""))?;
    let heard: Heard = trial.hear(text).await?;
    Ok(refusal::outcome(heard, text, &statement, Vec::new()))
}

/// What the sample says where it could not be asked.
pub(super) fn not_evaluated<T>(why: impl Into<String>) -> Told<T> {
    Told::NotEvaluated(why.into())
}
