//! Changes of definitions. The server commits each such statement by itself
//! (<https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>), so there is nothing to keep together and nothing to try out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use driver::{
    Activity, Alter, Blocker, Code, Error, Said,
    alter::{AlterStatement, Application, Applied, Fate, LockHolder, Witness},
};
use tokio::{pin, time::sleep};

use crate::{
    activity::Watching,
    cancel::Beside,
    control::{ControlSession, Failure, query},
    error::refused,
    wire::Client,
};

/// Between two looks who is in the way.
const LOOK: Duration = Duration::from_millis(200);
/// A lock was not to be had in time.
const LOCK_WAIT_TIMEOUT: u16 = 1205;

/// The facet.
pub(crate) struct Altering {
    session: Arc<ControlSession>,
    watching: Arc<Watching>,
}

/// Stops on the server what nobody waits for any more.
struct Watch {
    session: Arc<ControlSession>,
    connection: u64,
    running: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.running
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (session, connection) = (Arc::clone(&self.session), self.connection);
            runtime.spawn(async move { session.kill(connection).await });
        }
    }
}

impl Altering {
    pub(crate) fn new(session: Arc<ControlSession>, watching: Arc<Watching>) -> Self {
        Altering { session, watching }
    }

    async fn run(
        &self,
        client: &mut Client,
        wanted: &Application,
        witness: &dyn Witness,
    ) -> Result<Option<Applied>, Error> {
        let connection = query(client, "SELECT CONNECTION_ID()").await?;
        let connection = connection.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or(0);
        let mut watch = Watch { session: Arc::clone(&self.session), connection, running: false };
        for text in &wanted.before {
            query(client, text).await?;
        }
        for (statement, AlterStatement { sql, check }) in wanted.statements.iter().enumerate() {
            witness.began(statement).await?;
            watch.running = true;
            let mut holders = Vec::new();
            let answer = {
                let answer = query(client, sql);
                pin!(answer);
                loop {
                    tokio::select! {
                        biased;
                        answer = &mut answer => break answer,
                        () = sleep(LOOK) => {
                            let found = self.in_the_way(connection).await;
                            if !found.is_empty() {
                                holders = found;
                            }
                        }
                    }
                }
            };
            watch.running = false;
            match answer {
                Ok(rows) if *check && !rows.is_empty() => {
                    let message = "What has to hold does not: the check before the end gave rows.";
                    let said = Error::new(Code::ConstraintViolated, message).into();
                    return Ok(Some(Applied::Refused { statement, said }));
                }
                Ok(_) => {}
                Err(Failure::Refused(report)) if !report.is_fatal() => {
                    let said = Said::from(refused(&report, sql));
                    return Ok(Some(match report.number {
                        LOCK_WAIT_TIMEOUT => Applied::Locked { statement, holders, said },
                        _ => Applied::Refused { statement, said },
                    }));
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(None)
    }

    /// Who is in the way of that connection now; nobody where the server does not tell.
    async fn in_the_way(&self, connection: u64) -> Vec<LockHolder> {
        let Ok(moment) = self.watching.now().await else { return Vec::new() };
        let waiter = connection.to_string();
        let blockers = moment.waits.iter().filter(|wait| wait.waiter == waiter).map(|wait| &wait.blocker);
        blockers
            .filter_map(|blocker| {
                let id = match blocker {
                    Blocker::Session(id) => id,
                    Blocker::Prepared(_) => {
                        return Some(LockHolder {
                            session: None,
                            user: None,
                            application: None,
                            statement: None,
                            age_ms: None,
                        });
                    }
                    Blocker::Unknown => return None,
                };
                let session = moment.sessions.iter().find(|session| session.id == *id);
                Some(LockHolder {
                    session: Some(id.clone()),
                    user: session.and_then(|one| one.user.clone()),
                    application: session.and_then(|one| one.application.clone()),
                    statement: session.and_then(|one| one.statement.clone()),
                    age_ms: session.and_then(|one| one.transaction_ms),
                })
            })
            .collect()
    }
}

#[async_trait]
impl Alter for Altering {
    async fn apply(&self, wanted: &Application, witness: &dyn Witness) -> Result<Applied, Error> {
        if wanted.transaction || !wanted.keep {
            let message = "This server keeps each change of a definition at once: they are neither one transaction nor tried out.";
            return Err(Error::new(Code::Unsupported, message));
        }
        wanted.leaves_transactions(sql::dialect::mysql())?;
        let began = Instant::now();
        let mut client = self.session.opener().open("alter").await?;
        // Whole seconds; at least one, for 0 would not wait at all and 1 is the least that older servers take.
        let seconds = wanted.lock_timeout_ms.div_ceil(1000).max(1);
        let mut settings = format!("SET SESSION lock_wait_timeout = {seconds}, innodb_lock_wait_timeout = {seconds}");
        if !wanted.script {
            // Texts here quote names by backticks and escape as the server does by itself; how strict it is stays the login's.
            settings
                .push_str(", sql_mode = REPLACE(REPLACE(@@sql_mode, 'ANSI_QUOTES', ''), 'NO_BACKSLASH_ESCAPES', '')");
        }
        query(&mut client, &settings).await?;
        let applied = self.run(&mut client, wanted, witness).await;
        client.close().await;
        let took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(applied?.unwrap_or(Applied::Done { kept: true, took_us }))
    }

    async fn fate(&self, _: &str) -> Result<Fate, Error> {
        Ok(Fate::NotKnown)
    }
}
