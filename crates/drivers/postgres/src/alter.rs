//! Changes in one transaction, kept or only tried out. While one waits for a lock, who is in the way is asked over a connection of
//! its own: afterwards nobody could tell, and the control session may be reading a catalog, or wait behind the same lock itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use driver::{
    Alter, Code, Error, Said,
    alter::{AlterStatement, Application, Applied, Fate, LockHolder, Witness},
    row_security::AttemptLimits,
};
use policy::{
    expression::Problem,
    statement::{Kind, script},
};
use tokio::{pin, time::sleep};

use crate::{
    catalog::rows::Row,
    control::{ControlSession, Failure},
    error::refused,
    policies::error_of,
    trial::Trial,
};

/// Between two looks who is in the way: several within the shortest time that a lock is waited for.
const LOOK: Duration = Duration::from_millis(50);
/// Longest time of one statement that waits for no lock: an index on a large table takes its time.
const STATEMENT_TIMEOUT_MS: u32 = 3_600_000;
/// Longest time of a look who is in the way.
const LOOK_TIMEOUT_MS: u32 = 2_000;
/// What the server calls the transaction; it has one once it has changed something
/// (<https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT>; 8.3, and its fate is told since 10).
const MARK: &str = "select pg_catalog.txid_current()::text";

/// What is written before functions whose bodies speak of what comes after them.
const BODIES_UNCHECKED: &str = "SET LOCAL check_function_bodies = off";

/// The facet.
pub(crate) struct Altering {
    control: Arc<ControlSession>,
}

impl Altering {
    pub(crate) fn new(control: Arc<ControlSession>) -> Self {
        Altering { control }
    }

    /// A connection of the login's own, with its settings. Limits within a transaction are set in it; those of `always` come with the
    /// start-up, so that they stay with nobody else's session behind a pooler.
    async fn open(&self, limits: AttemptLimits, always: bool) -> Result<Trial, Error> {
        let (lock, statement) = (limits.lock_timeout_ms.to_string(), limits.statement_timeout_ms.to_string());
        let settings = [("lock_timeout", lock.as_str()), ("statement_timeout", statement.as_str())];
        let client = self.control.opener().open(if always { &settings } else { &[] }).await?;
        Ok(Trial::new(client, Arc::clone(&self.control), limits))
    }
}

#[async_trait]
impl Alter for Altering {
    async fn apply(&self, wanted: &Application, witness: &dyn Witness) -> Result<Applied, Error> {
        if wanted.script {
            wanted.leaves_transactions(sql::dialect::postgres())?;
        } else {
            for text in wanted.before.iter().chain(wanted.statements.iter().map(|one| &one.sql)) {
                fit(text)?;
            }
        }
        if !wanted.transaction && !wanted.keep {
            return Err(Error::new(Code::Unsupported, "What runs outside of a transaction cannot be tried out."));
        }
        let began = Instant::now();
        let limits = AttemptLimits {
            lock_timeout_ms: wanted.lock_timeout_ms,
            statement_timeout_ms: STATEMENT_TIMEOUT_MS,
            ..AttemptLimits::default()
        };
        let looks = AttemptLimits { statement_timeout_ms: LOOK_TIMEOUT_MS, ..AttemptLimits::default() };
        let (trial, looking) = tokio::join!(self.open(limits, !wanted.transaction), self.open(looks, false));
        let mut trial = trial?;
        // Without it nobody is named; that is no reason not to apply.
        let mut looking = looking.ok();
        let applied = run(looking.as_mut(), &mut trial, wanted, witness).await;
        trial.close().await;
        if let Some(looking) = looking {
            looking.close().await;
        }
        Ok(match applied? {
            Applied::Done { kept, .. } => {
                Applied::Done { kept, took_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX) }
            }
            other => other,
        })
    }

    async fn fate(&self, mark: &str) -> Result<Fate, Error> {
        let rows = match self.control.query("select pg_catalog.txid_status($1::int8)", &[Some(mark)]).await {
            Ok(rows) => rows,
            // A number of the future is another server's.
            Err(Failure::Refused(_)) => return Ok(Fate::NotKnown),
            Err(failure) => return Err(failure.into()),
        };
        Ok(match rows.first().and_then(|row| row.string(0)).as_deref() {
            Some("committed") => Fate::Committed,
            Some("aborted") => Fate::RolledBack,
            Some("in progress") => Fate::Running,
            _ => Fate::NotKnown,
        })
    }
}

/// One statement that leaves transaction and role alone.
fn fit(text: &str) -> Result<(), Error> {
    let refusal = |message: String| Err(Error::new(Code::InvalidStatement, message));
    if text == BODIES_UNCHECKED {
        return Ok(());
    }
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

async fn run(
    mut looking: Option<&mut Trial>,
    trial: &mut Trial,
    wanted: &Application,
    witness: &dyn Witness,
) -> Result<Applied, Error> {
    let plain = |failure| error_of(failure, "");
    for text in &wanted.before {
        trial.query(text, &[]).await.map_err(plain)?;
    }
    if wanted.transaction {
        trial.begin().await.map_err(plain)?;
        trial.settled(2).await.map_err(plain)?;
    }
    let pid = trial.query("select pg_catalog.pg_backend_pid()", &[]).await.map_err(plain)?;
    let pid = pid.first().and_then(|row| row.int(0));
    trial.pid = pid;
    for (statement, AlterStatement { sql, check }) in wanted.statements.iter().enumerate() {
        if let Err(error) = witness.began(statement).await {
            if wanted.transaction {
                trial.query("ROLLBACK", &[]).await.map_err(plain)?;
            }
            return Err(error);
        }
        trial.ask(sql, &[]).await.map_err(plain)?;
        let mut holders = Vec::new();
        let answer = {
            let rows = trial.rows();
            pin!(rows);
            loop {
                tokio::select! {
                    biased;
                    answer = &mut rows => break answer,
                    () = sleep(LOOK) => {
                        let found = in_the_way(looking.as_deref_mut(), pid).await;
                        if !found.is_empty() {
                            holders = found;
                        }
                    }
                }
            }
        };
        match answer {
            Ok(rows) if *check && rows.first().is_some() => {
                let message = "What has to hold does not: the check before the end gave rows.";
                return Ok(Applied::Refused { statement, said: Error::new(Code::ConstraintViolated, message).into() });
            }
            Ok(_) => {}
            Err(Failure::Refused(report)) if !report.is_fatal() => {
                let said = Said::from(refused(&report, sql));
                return Ok(match report.code.as_str() {
                    "55P03" => Applied::Locked { statement, holders, said },
                    _ => Applied::Refused { statement, said },
                });
            }
            Err(failure) => return Err(plain(failure)),
        }
    }
    if !wanted.transaction {
        return Ok(Applied::Done { kept: true, took_us: 0 });
    }
    if wanted.keep {
        let mark = trial.query(MARK, &[]).await.map_err(plain)?;
        let mark = mark.first().and_then(|row| row.string(0)).unwrap_or_default();
        if let Err(error) = witness.about_to_commit(&mark).await {
            trial.query("ROLLBACK", &[]).await.map_err(plain)?;
            return Err(error);
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
async fn in_the_way(looking: Option<&mut Trial>, pid: Option<i64>) -> Vec<LockHolder> {
    let (Some(looking), Some(pid)) = (looking, pid.map(|pid| pid.to_string())) else { return Vec::new() };
    let text = include_str!("queries/policy_holders.sql");
    match looking.query(text, &[Some(&pid)]).await {
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
            "create index concurrently i on t (a)",
            BODIES_UNCHECKED,
            &format!("create policy p on t using ({}true{})", "(not ".repeat(60), ")".repeat(60)),
        ] {
            assert!(fit(fine).is_ok(), "{fine}");
        }
        for text in [
            "",
            "commit",
            "drop policy p on t; commit",
            "set role x",
            "set local a.b = 'c'",
            "do $$ begin end $$",
            "create policy",
        ] {
            assert!(fit(text).is_err(), "{text}");
        }
    }
}
