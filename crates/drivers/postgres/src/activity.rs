//! What the server does now, for whom, and who waits for whom.

mod signal;
mod sizes;

use std::sync::Arc;

use async_trait::async_trait;
use driver::{Activity, Blocker, Doing, Error, Moment, ServerSession, Signal, Signalled, Sizes, Target, Wait};

use crate::{
    catalog::rows::{Row, Rows},
    control::ControlSession,
    queries,
};

/// The server's word for a statement that this login may not see.
pub(crate) const HIDDEN: &str = "<insufficient privilege>";

/// The facet, over the control session.
pub(crate) struct Watching {
    session: Arc<ControlSession>,
    version: u32,
    standby: bool,
}

impl Watching {
    /// For a server of this version (`180004`).
    pub(crate) fn new(session: Arc<ControlSession>, version: u32, standby: bool) -> Self {
        Watching { session, version, standby }
    }

    async fn rows(&self, text: &'static str) -> Result<Rows, Error> {
        Ok(self.session.query(&queries::at(text, self.version), &[]).await?)
    }
}

#[async_trait]
impl Activity for Watching {
    async fn now(&self) -> Result<Moment, Error> {
        // Waits first: whoever they name has not come later than what is listed.
        let waits = self.rows(include_str!("queries/activity_waits.sql")).await?;
        let sessions = self.rows(include_str!("queries/activity_sessions.sql")).await?;
        let sessions: Vec<ServerSession> = sessions.iter().map(session).collect();
        let hidden = sessions.iter().filter(|session| session.doing == Doing::Hidden).count();
        let mut unseen = Vec::new();
        if hidden > 0 {
            unseen.push(format!(
                "What {hidden} of {} sessions do may not be seen by this login: only a member of pg_read_all_stats may.",
                sessions.len()
            ));
        }
        Ok(Moment { waits: waits.iter().map(wait).collect(), sessions, unseen })
    }

    async fn sizes(&self) -> Result<Sizes, Error> {
        sizes::read(self).await
    }

    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error> {
        let pid = signal::pid(session)?;
        Ok(match signal {
            Signal::Cancel => format!("SELECT pg_cancel_backend({pid})"),
            Signal::Kill => format!("SELECT pg_terminate_backend({pid})"),
        })
    }

    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error> {
        signal::send(&self.session, target, signal).await
    }
}

/// An age, which two clocks may make negative.
fn age(row: Row<'_>, index: usize) -> Option<u64> {
    row.int(index).map(|ms| u64::try_from(ms).unwrap_or(0))
}

fn session(row: Row<'_>) -> ServerSession {
    let kind = row.string(15).filter(|kind| kind != "client backend");
    let statement = row.string(11).filter(|text| !text.is_empty());
    let hidden = statement.as_deref() == Some(HIDDEN);
    let doing = match row.text(6).as_deref() {
        _ if hidden => Doing::Hidden,
        Some("active" | "fastpath function call") => Doing::Active,
        Some("idle") => Doing::Idle,
        Some("idle in transaction") => Doing::IdleInTransaction,
        Some("idle in transaction (aborted)") => Doing::IdleInFailedTransaction,
        None if kind.is_some() => Doing::Background,
        _ => Doing::Unknown,
    };
    // Who is idle waits for its client, which says nothing.
    let telling = doing == Doing::Active || row.text(9).as_deref() == Some("Lock");
    let waits_for = match (row.string(9), row.string(10)) {
        (Some(kind), Some(event)) if telling => Some(format!("{kind}: {event}")),
        _ => None,
    };
    ServerSession {
        id: row.name(0),
        opened: row.string(1),
        user: row.string(2),
        database: row.string(3),
        client: row.string(4),
        application: row.string(5).filter(|name| !name.is_empty()),
        doing,
        doing_ms: age(row, 7),
        transaction_ms: age(row, 8),
        waits_for,
        statement: statement.filter(|_| !hidden),
        statement_ms: age(row, 12),
        statement_id: row.string(13),
        cut: !hidden && row.flag(14),
        background: kind,
        ours: row.flag(16),
        asking: row.flag(17),
    }
}

fn wait(row: Row<'_>) -> Wait {
    let blocker = match (row.int(1), row.string(5)) {
        (Some(0), Some(name)) => Blocker::Prepared(name),
        (Some(pid), _) if pid > 0 => Blocker::Session(pid.to_string()),
        _ => Blocker::Unknown,
    };
    Wait {
        waiter: row.name(0),
        blocker,
        object: row.string(2),
        wanted: row.string(3),
        held: row.string(4),
        waiting_ms: age(row, 6),
    }
}
