//! Changes in one transaction, kept or only tried out. While one waits for a lock, who is in the way is asked over the control
//! session: afterwards nobody could tell.

use std::time::{Duration, Instant};

use driver::{
    Code, Error,
    row_security::{Application, Applied, AttemptLimits, LockHolder, Said},
};
use policy::{
    expression::Problem,
    statement::{Kind, script},
};
use tokio::{pin, time::sleep};

use super::{Policies, error_of, trial::Trial};
use crate::{catalog::rows::Row, control::Failure, error::refused};

/// Between two looks who is in the way: several within the shortest time that a lock is waited for.
const LOOK: Duration = Duration::from_millis(50);
/// Longest time of one statement that waits for no lock: an index on a large table takes its time.
const STATEMENT_TIMEOUT_MS: u32 = 3_600_000;

pub(super) async fn apply(policies: &Policies, wanted: &Application) -> Result<Applied, Error> {
    for text in &wanted.statements {
        fit(text)?;
    }
    let began = Instant::now();
    let client = policies.open().await?;
    let limits = AttemptLimits {
        lock_timeout_ms: wanted.lock_timeout_ms,
        statement_timeout_ms: STATEMENT_TIMEOUT_MS,
        ..AttemptLimits::default()
    };
    let mut trial = Trial::new(client, policies.control.clone(), limits);
    let applied = run(policies, &mut trial, wanted).await;
    trial.close().await;
    Ok(match applied? {
        Applied::Done { kept, .. } => {
            Applied::Done { kept, took_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX) }
        }
        other => other,
    })
}

/// One statement that leaves transaction and role alone.
fn fit(text: &str) -> Result<(), Error> {
    let refusal = |message: String| Err(Error::new(Code::InvalidStatement, message));
    match script(text) {
        // What the grammar read without our looking into it is one that nests deep.
        Err(Problem::TooDeep) => Ok(()),
        Err(problem) => refusal(format!("A statement cannot be read: {problem}.")),
        Ok(statements) => match statements.as_slice() {
            [one] if !matches!(one.kind, Kind::Transaction | Kind::Role | Kind::Session | Kind::Block) => Ok(()),
            [_] => refusal("A change may not end the transaction, change the session or hide what it does.".to_owned()),
            _ => refusal("Each statement of a change has to be one.".to_owned()),
        },
    }
}

async fn run(policies: &Policies, trial: &mut Trial, wanted: &Application) -> Result<Applied, Error> {
    let plain = |failure| error_of(failure, "");
    trial.begin().await.map_err(plain)?;
    trial.ask("select pg_catalog.pg_backend_pid()", &[]).await.map_err(plain)?;
    trial.settled(2).await.map_err(plain)?;
    let pid = trial.rows().await.map_err(plain)?.first().and_then(|row| row.int(0));
    trial.pid = pid;
    for (statement, text) in wanted.statements.iter().enumerate() {
        trial.ask(text, &[]).await.map_err(plain)?;
        let mut holders = Vec::new();
        let answer = {
            let rows = trial.rows();
            pin!(rows);
            loop {
                tokio::select! {
                    biased;
                    answer = &mut rows => break answer,
                    () = sleep(LOOK) => {
                        let found = in_the_way(policies, pid).await;
                        if !found.is_empty() {
                            holders = found;
                        }
                    }
                }
            }
        };
        match answer {
            Ok(_) => {}
            Err(Failure::Refused(report)) if !report.is_fatal() => {
                let said = Said::from(refused(&report, text));
                return Ok(match report.code.as_str() {
                    "55P03" => Applied::Locked { statement, holders, said },
                    _ => Applied::Refused { statement, said },
                });
            }
            Err(failure) => return Err(plain(failure)),
        }
    }
    let end = if wanted.keep { "COMMIT" } else { "ROLLBACK" };
    match trial.query(end, &[]).await {
        Ok(_) => Ok(Applied::Done { kept: wanted.keep, took_us: 0 }),
        Err(Failure::Refused(report)) if !report.is_fatal() => {
            let statement = wanted.statements.len();
            Ok(Applied::Refused { statement, said: Said::from(refused(&report, end)) })
        }
        Err(failure) => Err(plain(failure)),
    }
}

/// Who is in the way of that session now; nobody where that cannot be asked.
async fn in_the_way(policies: &Policies, pid: Option<i64>) -> Vec<LockHolder> {
    let Some(pid) = pid.map(|pid| pid.to_string()) else { return Vec::new() };
    let text = include_str!("../queries/policy_holders.sql");
    match policies.control.query(text, &[Some(&pid)]).await {
        Ok(rows) => rows.iter().map(holder).collect(),
        Err(_) => Vec::new(),
    }
}

fn holder(row: Row<'_>) -> LockHolder {
    LockHolder {
        session: row.int(0).filter(|pid| *pid > 0).map(|pid| pid.to_string()),
        user: row.string(1),
        application: row.string(2).filter(|name| !name.is_empty()),
        statement: row.string(3).filter(|text| !text.is_empty() && text != crate::activity::HIDDEN),
        age_ms: row.int(4).map(|age| u64::try_from(age).unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_single_statements_that_leave_the_transaction_alone_are_sent() {
        for fine in [
            "create policy p on t using (true)",
            "COMMENT ON POLICY p ON t IS 'commit; drop'",
            "alter view v set (security_barrier = true)",
            &format!("create policy p on t using ({}true{})", "(not ".repeat(60), ")".repeat(60)),
        ] {
            assert!(fit(fine).is_ok(), "{fine}");
        }
        for text in ["", "commit", "drop policy p on t; commit", "set role x", "do $$ begin end $$", "create policy"] {
            assert!(fit(text).is_err(), "{text}");
        }
    }
}
