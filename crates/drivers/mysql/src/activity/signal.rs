//! Cancelling what a session does, and ending it.

use std::time::Duration;

use driver::{Code, Error, SIGNAL_PATIENCE, Signal, Signalled, Target};
use tokio::time::{Instant, sleep};

use super::{Watching, text};

/// Between two looks whether the server has done it.
const LOOK: Duration = Duration::from_millis(50);
const NO_SUCH_SESSION: u16 = 1094;
/// MariaDB: no such statement runs.
const NO_SUCH_QUERY: u16 = 1957;

/// A session's number.
pub(super) fn id(session: &str) -> Result<u64, Error> {
    let digits = !session.is_empty() && session.bytes().all(|byte| byte.is_ascii_digit());
    let id = session.parse::<u64>().ok().filter(|id| digits && *id > 0);
    id.ok_or_else(|| {
        Error::new(Code::InvalidStatement, "There is no such session.")
            .with_hint("A session is named by its number, as the list of sessions shows it.")
    })
}

/// A session as it is now, where it can be seen.
struct Found {
    command: String,
    statement: Option<String>,
    asking: bool,
}

impl Found {
    async fn look(watching: &Watching, id: u64) -> Result<Option<Self>, Error> {
        let statement = if watching.facts.mariadb { "QUERY_ID" } else { "NULL" };
        let asked = format!(
            "SELECT COMMAND, {statement}, ID = CONNECTION_ID() FROM information_schema.PROCESSLIST WHERE ID = {id}"
        );
        let rows = watching.session.query(&asked).await?;
        Ok(rows.first().map(|row| Found {
            command: text(row, 0).unwrap_or_default(),
            statement: text(row, 1).filter(|id| id != "0"),
            asking: text(row, 2).as_deref() == Some("1"),
        }))
    }

    fn runs(&self, statement: Option<&str>) -> bool {
        self.command != "Sleep"
            && match (statement, self.statement.as_deref()) {
                (Some(seen), Some(now)) => seen == now,
                _ => true,
            }
    }
}

pub(super) async fn send(watching: &Watching, target: &Target, signal: Signal) -> Result<Signalled, Error> {
    let id = id(&target.session)?;
    let found = Found::look(watching, id).await?;
    if let Some(found) = &found {
        if found.asking {
            return Err(Error::new(Code::Forbidden, "This is the session that Rowhouse asks the server over.")
                .with_hint("Disconnect instead."));
        }
        if signal == Signal::Cancel && !found.runs(None) {
            return Ok(Signalled::Idle);
        }
        if signal == Signal::Cancel && !found.runs(target.statement_id.as_deref()) {
            return Ok(Signalled::Another);
        }
    }
    // One that cannot be seen may be there all the same: the server says whether.
    let statement = found.and_then(|found| found.statement);
    let asked = match (signal, statement.as_deref().and_then(|statement| statement.parse::<u64>().ok())) {
        (Signal::Kill, _) => format!("KILL {id}"),
        // Exactly this statement, whatever the session goes on to meanwhile.
        (Signal::Cancel, Some(statement)) => format!("KILL QUERY ID {statement}"),
        (Signal::Cancel, None) => format!("KILL QUERY {id}"),
    };
    match watching.session.query(&asked).await {
        Ok(_) => {}
        Err(failure) if failure.number() == NO_SUCH_SESSION => return Ok(Signalled::Gone),
        // It has just ended by itself.
        Err(failure) if failure.number() == NO_SUCH_QUERY => return Ok(Signalled::Idle),
        Err(failure) => return Err(failure.into()),
    }
    let until = Instant::now() + SIGNAL_PATIENCE;
    loop {
        let done = match (signal, Found::look(watching, id).await?) {
            (_, None) => true,
            (Signal::Cancel, Some(found)) => !found.runs(statement.as_deref()),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn only_a_number_names_a_session() {
        assert_eq!(super::id("18446744073709551615").unwrap(), u64::MAX);
        for nonsense in ["", "0", "-1", "+1", "1 or 1", "1;kill 2", "18446744073709551616", "٣"] {
            assert!(super::id(nonsense).is_err(), "{nonsense}");
        }
    }
}
