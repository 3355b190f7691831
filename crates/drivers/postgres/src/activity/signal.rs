//! Cancelling what a session does, and ending it.

use std::time::Duration;

use driver::{Code, Error, SIGNAL_PATIENCE, Signal, Signalled, Target};
use tokio::time::{Instant, sleep};

use crate::control::ControlSession;

/// Between two looks whether the server has done it.
const LOOK: Duration = Duration::from_millis(50);

/// A session's number.
pub(super) fn pid(session: &str) -> Result<i32, Error> {
    let pid = session.parse::<i32>().ok().filter(|pid| *pid > 0);
    pid.ok_or_else(|| {
        Error::new(Code::InvalidStatement, "There is no such session.")
            .with_hint("A session is named by its number, as the list of sessions shows it.")
    })
}

/// A session as it is now.
struct Found {
    opened: Option<String>,
    statement: Option<String>,
    state: Option<String>,
    asking: bool,
}

impl Found {
    async fn look(session: &ControlSession, pid: &str) -> Result<Option<Self>, Error> {
        let rows = session.query(include_str!("../queries/activity_one.sql"), &[Some(pid)]).await?;
        Ok(rows.first().map(|row| Found {
            opened: row.string(0),
            statement: row.string(1),
            state: row.string(2),
            asking: row.flag(3),
        }))
    }

    /// What may not be seen is taken to be what it was.
    fn is(&self, target: &Target) -> bool {
        same(target.opened.as_deref(), self.opened.as_deref())
    }

    fn runs(&self, statement: Option<&str>) -> bool {
        let runs = matches!(self.state.as_deref(), None | Some("active" | "fastpath function call"));
        runs && same(statement, self.statement.as_deref())
    }
}

fn same(seen: Option<&str>, now: Option<&str>) -> bool {
    seen.is_none() || now.is_none() || seen == now
}

pub(super) async fn send(session: &ControlSession, target: &Target, signal: Signal) -> Result<Signalled, Error> {
    let pid = pid(&target.session)?.to_string();
    let Some(found) = Found::look(session, &pid).await?.filter(|found| found.is(target)) else {
        return Ok(Signalled::Gone);
    };
    if found.asking {
        return Err(Error::new(Code::Forbidden, "This is the session that Rowhouse asks the server over.")
            .with_hint("Disconnect instead."));
    }
    if signal == Signal::Cancel {
        if !found.runs(None) {
            return Ok(Signalled::Idle);
        }
        if !found.runs(target.statement_id.as_deref()) {
            return Ok(Signalled::Another);
        }
    }
    // As it is now, so that sending it once more, over a new connection, hits nobody else.
    let now = Target { session: pid, opened: found.opened, statement_id: found.statement };
    let id = Some(now.session.as_str());
    let (opened, statement) = (now.opened.as_deref(), now.statement_id.as_deref());
    let sent = match signal {
        Signal::Cancel => {
            let text = include_str!("../queries/activity_cancel.sql");
            session.query(text, &[id, opened, statement]).await?
        }
        Signal::Kill => session.query(include_str!("../queries/activity_kill.sql"), &[id, opened]).await?,
    };
    match sent.first().map(|row| row.flag(0)) {
        Some(true) => {}
        Some(false) => return Ok(Signalled::Gone),
        None => {
            let there = Found::look(session, &now.session).await?.is_some_and(|found| found.is(&now));
            return Ok(if there { Signalled::Another } else { Signalled::Gone });
        }
    }
    let until = Instant::now() + SIGNAL_PATIENCE;
    loop {
        let still = Found::look(session, &now.session).await?.filter(|found| found.is(&now));
        let done = match (signal, &still) {
            (_, None) => true,
            (Signal::Cancel, Some(found)) => !found.runs(statement),
            (Signal::Kill, Some(_)) => false,
        };
        if done {
            return Ok(Signalled::Done);
        }
        if Instant::now() >= until {
            return Ok(Signalled::Accepted);
        }
        sleep(LOOK).await;
    }
}
