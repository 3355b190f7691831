//! What the server is doing, for whom, and who waits for whom; how large its tables are.
//!
//! This server ends sessions (`KILL`) and stops no statement of another's: a cancel is `Unsupported`.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use catalog::{ObjectKey, ObjectKind};
use driver::{
    Activity, Blocker, Code, Doing, Error, IndexSize, Moment, SIGNAL_PATIENCE, ServerSession, Signal, Signalled, Sizes,
    TableSize, Target, Wait,
};

use crate::{
    control::{ControlSession, Failure},
    rows::{Row, Rows},
};

/// Refusals of who may not see the server's state.
const UNSEEN: [i32; 3] = [297, 300, 371];
/// Sessions that are not there to be ended.
const GONE: [i32; 2] = [6101, 6106];
/// Those that may not be ended: one's own, the server's.
const NOT_TO_BE_ENDED: [i32; 3] = [6102, 6104, 6107];
/// How often it is looked whether the server did it.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// Watches over the control session.
pub(crate) struct Watching {
    session: Arc<ControlSession>,
}

impl Watching {
    pub(crate) fn new(session: Arc<ControlSession>) -> Self {
        Watching { session }
    }

    async fn ask(&self, query: &str) -> Result<Rows, Failure> {
        self.session.query(&query.replace("{pid}", &std::process::id().to_string())).await
    }

    /// When a session was opened, and whether it is the one that asks; `None` where there is none.
    async fn opened(&self, id: u16) -> Result<Option<(String, bool)>, Error> {
        let text = format!(
            "SELECT CONVERT(nvarchar(40), s.login_time, 126), CASE WHEN s.session_id = @@SPID THEN 1 ELSE 0 END \
             FROM sys.dm_exec_sessions s WHERE s.session_id = {id}"
        );
        let row = self.session.query(&text).await?.into_iter().next();
        Ok(row.map(|row| {
            let mut row = Row::new(row);
            (row.text(), row.flag())
        }))
    }
}

fn id_of(session: &str) -> Result<u16, Error> {
    session.parse().map_err(|_| Error::new(Code::InvalidStatement, "The number of a session is between 1 and 32767."))
}

fn session(row: &mut Row, waits: &mut Vec<Wait>) -> ServerSession {
    let (id, opened, user, database) = (row.text(), row.some(), row.some(), row.some());
    let (client, application, status, command) = (row.some(), row.some(), row.text(), row.some());
    let transactions: u32 = row.number().unwrap_or(0);
    let (doing_ms, transaction_ms, statement_ms) = (row.number(), row.number(), row.number());
    let (statement_id, wait, resource) = (row.some(), row.some(), row.some());
    let (blocker, waiting_ms) = (row.number::<i32>(), row.number());
    let (statement, is_users, ours, asking) = (row.some(), row.flag(), row.flag(), row.flag());
    let doing = match (is_users, status.as_str(), command.as_deref()) {
        (false, ..) => Doing::Background,
        (true, _, Some("KILLED/ROLLBACK")) => Doing::Ending,
        (true, "running" | "runnable", _) | (true, _, Some(_)) => Doing::Active,
        (true, "sleeping", None) if transactions > 0 => Doing::IdleInTransaction,
        (true, "sleeping", None) => Doing::Idle,
        _ => Doing::Unknown,
    };
    if let Some(blocker) = blocker.filter(|blocker| *blocker != 0 && blocker.to_string() != id) {
        waits.push(Wait {
            waiter: id.clone(),
            blocker: match blocker {
                1.. => Blocker::Session(blocker.to_string()),
                // A distributed transaction that no session holds any more.
                -2 => Blocker::Prepared("orphaned distributed transaction".to_owned()),
                _ => Blocker::Unknown,
            },
            object: resource.clone(),
            wanted: wait.as_deref().and_then(|wait| wait.strip_prefix("LCK_M_")).map(str::to_owned),
            held: None,
            waiting_ms,
        });
    }
    ServerSession {
        id,
        opened,
        user,
        database,
        client,
        application,
        doing,
        doing_ms,
        transaction_ms,
        waits_for: wait.map(|wait| resource.map_or_else(|| wait.clone(), |resource| format!("{wait} {resource}"))),
        statement,
        statement_ms,
        statement_id,
        cut: false,
        background: (!is_users).then(|| command.unwrap_or(status)),
        ours,
        asking,
    }
}

#[async_trait]
impl Activity for Watching {
    async fn now(&self) -> Result<Moment, Error> {
        let mut moment = Moment::default();
        let rows = match self.ask(include_str!("queries/sessions.sql")).await {
            Err(failure) if UNSEEN.contains(&failure.number()) => {
                moment.unseen.push("Without VIEW SERVER STATE only this login's own session is shown.".to_owned());
                self.ask(include_str!("queries/own_sessions.sql")).await?
            }
            rows => rows?,
        };
        let mut waits = Vec::new();
        moment.sessions = rows.into_iter().map(|row| session(&mut Row::new(row), &mut waits)).collect();
        moment.waits = waits;
        Ok(moment)
    }

    async fn sizes(&self) -> Result<Sizes, Error> {
        let mut sizes = Sizes::default();
        for row in self.ask(include_str!("queries/sizes.sql")).await? {
            let mut row = Row::new(row);
            let (database, schema, name, kind) = (row.some(), row.text(), row.text(), row.some());
            sizes.tables.push(TableSize {
                key: ObjectKey::relation(database.as_deref(), Some(&schema), &name),
                kind: kind.map(|kind| kind.to_ascii_lowercase()),
                rows: row.number(),
                total_bytes: row.number(),
                table_bytes: row.number(),
                index_bytes: row.number(),
                free_bytes: row.number(),
                busy: false,
                seq_scans: None,
                index_scans: None,
                dead_rows: None,
                vacuumed_ms: None,
                analyzed_ms: None,
            });
        }
        for row in self.ask(include_str!("queries/index_sizes.sql")).await? {
            let mut row = Row::new(row);
            let (database, schema, table, name) = (row.some(), row.text(), row.text(), row.text());
            sizes.indexes.push(IndexSize {
                key: ObjectKey {
                    kind: ObjectKind::Index,
                    name,
                    signature: Some(table.clone()),
                    ..ObjectKey::relation(database.as_deref(), Some(&schema), &table)
                },
                bytes: row.number(),
                busy: false,
                scans: None,
                used_ms: None,
                primary: row.flag(),
                unique: row.flag(),
                valid: !row.flag(),
            });
        }
        sizes.unseen.push("How often tables and indexes are used is not read from this server.".to_owned());
        Ok(sizes)
    }

    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error> {
        let id = id_of(session)?;
        match signal {
            Signal::Kill => Ok(format!("KILL {id}")),
            Signal::Cancel => Err(Error::new(
                Code::Unsupported,
                "This server stops no statement of another session; it can end the session.",
            )),
        }
    }

    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error> {
        let text = self.statement(&target.session, signal)?;
        let id = id_of(&target.session)?;
        match self.opened(id).await? {
            None => return Ok(Signalled::Gone),
            Some((_, true)) => {
                return Err(Error::new(Code::Forbidden, "The session that this is asked over cannot be ended."));
            }
            // Another has come in its place.
            Some((opened, _)) if target.opened.as_ref().is_some_and(|seen| *seen != opened) => {
                return Ok(Signalled::Gone);
            }
            Some(_) => {}
        }
        match self.session.query(&text).await {
            Ok(_) => {}
            Err(failure) if GONE.contains(&failure.number()) => return Ok(Signalled::Gone),
            Err(failure) if NOT_TO_BE_ENDED.contains(&failure.number()) => {
                return Err(Error { code: Code::Forbidden, ..failure.into() });
            }
            Err(failure) => return Err(failure.into()),
        }
        let since = Instant::now();
        while since.elapsed() < SIGNAL_PATIENCE {
            let still = self.opened(id).await?;
            if still.is_none_or(|(opened, _)| target.opened.as_ref().is_some_and(|seen| *seen != opened)) {
                return Ok(Signalled::Done);
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(Signalled::Accepted)
    }
}
