//! What the advisor's rules need beyond the catalog, over the control session.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use catalog::{
    Known, Told,
    facts::{Connections, Engine, Facts, MOST, OpenTransaction, OpenTransactions, SequencePosition, StatementUse},
};
use driver::{Activity, Advice, Blocker, Doing, Error, Moment};

use crate::{
    activity::Watching,
    control::{ControlSession, Failure},
};

/// Counters of AUTO_INCREMENT columns; the next value is told, not the last.
const COUNTERS: &str = "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, c.COLUMN_NAME, t.AUTO_INCREMENT
FROM information_schema.TABLES t
JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.AUTO_INCREMENT IS NOT NULL AND c.EXTRA LIKE '%auto_increment%'
AND t.TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')
ORDER BY 1, 2";

/// The limit of connections, and how many there are, which any login may read.
const CONNECTIONS: &str = "SELECT @@GLOBAL.max_connections, @@GLOBAL.performance_schema";
const CONNECTED: &str = "SHOW GLOBAL STATUS LIKE 'Threads_connected'";

/// Statements of people's databases, as the server counts all that differ in constants only; its times are in picoseconds.
const STATEMENTS: &str = "SELECT LEFT(DIGEST_TEXT, 4000), COUNT_STAR, SUM_TIMER_WAIT / 1e9, AVG_TIMER_WAIT / 1e9,
SUM_ROWS_SENT + SUM_ROWS_AFFECTED
FROM performance_schema.events_statements_summary_by_digest
WHERE DIGEST_TEXT IS NOT NULL
AND (SCHEMA_NAME IS NULL OR SCHEMA_NAME NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema'))
ORDER BY SUM_TIMER_WAIT DESC LIMIT 50";

/// Younger transactions hold nothing up.
const OLD_MS: i64 = 60_000;

/// The facet, over the control session.
pub(crate) struct Advising {
    session: Arc<ControlSession>,
    watching: Arc<Watching>,
}

impl Advising {
    pub(crate) fn new(session: Arc<ControlSession>, watching: Arc<Watching>) -> Self {
        Advising { session, watching }
    }

    async fn sequences(&self) -> Result<Vec<SequencePosition>, Error> {
        let rows = self.session.query(COUNTERS).await.map_err(Error::from)?;
        let sequences = rows.iter().filter_map(|row| {
            Some(SequencePosition {
                schema: text(row, 0)?,
                relation: text(row, 1)?,
                column: text(row, 2)?,
                sequence: None,
                last: text(row, 3)?.parse::<u64>().ok().map(|next| i64::try_from(next).unwrap_or(i64::MAX) - 1),
                most: i64::MAX,
                step: 1,
                cycles: false,
            })
        });
        Ok(sequences.collect())
    }

    /// The statements that took longest.
    async fn statements(&self, counted: bool) -> Result<Told<Vec<StatementUse>>, Error> {
        if !counted {
            return Ok(Told::NotEvaluated("performance_schema is off, so that nothing is counted".to_owned()));
        }
        let rows = match self.session.query(STATEMENTS).await {
            Ok(rows) => rows,
            Err(failure @ Failure::Refused(_)) => {
                let why = match failure.number() {
                    1044 | 1142 | 1143 | 1227 => "this login may not read statements that were counted",
                    _ => "this server does not tell statements that were counted",
                };
                return Ok(Told::NotEvaluated(why.to_owned()));
            }
            Err(failure) => return Err(failure.into()),
        };
        let statements = rows.iter().filter_map(|row| {
            Some(StatementUse {
                query: text(row, 0)?,
                role: None,
                calls: number(row, 1),
                total_ms: text(row, 2)?.parse().ok()?,
                mean_ms: text(row, 3)?.parse().ok()?,
                rows: number(row, 4),
            })
        });
        Ok(Told::Known(statements.collect()))
    }
}

#[async_trait]
impl Advice for Advising {
    async fn facts(&self) -> Result<Facts, Error> {
        let moment = self.watching.now().await?;
        let limits = self.session.query(CONNECTIONS).await.map_err(Error::from)?;
        let connected = self.session.query(CONNECTED).await.map_err(Error::from)?;
        let counted = limits.first().is_some_and(|row| number(row, 1) == 1);
        let idle = moment.sessions.iter().filter(|session| session.doing == Doing::Idle).count();
        let connections = connected.first().zip(limits.first()).map(|(connected, limits)| Connections {
            used: number(connected, 1),
            most: number(limits, 0),
            idle: i64::try_from(idle).unwrap_or(i64::MAX),
        });
        Ok(Facts {
            sequences: Known::Value(self.sequences().await?),
            extension_members: Known::Value(Vec::new()),
            transactions: Known::Value(transactions(&moment)),
            connections: connections.map_or(Known::Unsupported, Known::Value),
            statements: self.statements(counted).await?,
            archiving: Known::Unsupported,
            bloat: Told::NotEvaluated("this server does not tell what tables waste".to_owned()),
            ..Facts::of(Engine::MySql)
        })
    }
}

fn text(row: &[Option<String>], place: usize) -> Option<String> {
    row.get(place).cloned().flatten()
}

fn number(row: &[Option<String>], place: usize) -> i64 {
    text(row, place).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Transactions that are open for a minute or hold others up.
fn transactions(moment: &Moment) -> OpenTransactions {
    let mut waiters: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for wait in &moment.waits {
        if let Blocker::Session(blocker) = &wait.blocker {
            waiters.entry(blocker).or_default().insert(&wait.waiter);
        }
    }
    let waiting = |session: &str| {
        let (mut held, mut next) = (BTreeSet::new(), vec![session.to_owned()]);
        while let Some(one) = next.pop() {
            for waiter in waiters.get(one.as_str()).into_iter().flatten() {
                if held.insert((*waiter).to_owned()) {
                    next.push((*waiter).to_owned());
                }
            }
        }
        i64::try_from(held.len()).unwrap_or(i64::MAX)
    };
    let whole = |ms: Option<u64>| ms.and_then(|ms| i64::try_from(ms).ok());
    let open = moment.sessions.iter().filter(|session| !session.asking && session.background.is_none());
    let mut old: Vec<OpenTransaction> = open
        .filter_map(|session| {
            let idle = matches!(session.doing, Doing::IdleInTransaction | Doing::IdleInFailedTransaction);
            Some(OpenTransaction {
                session: Some(session.id.clone()),
                user: session.user.clone().unwrap_or_default(),
                application: session.application.clone().unwrap_or_default(),
                age_ms: whole(session.transaction_ms)?,
                idle_ms: idle.then(|| whole(session.doing_ms)).flatten(),
                waiting: waiting(&session.id),
            })
        })
        .filter(|one| one.age_ms >= OLD_MS || one.waiting > 0)
        .collect();
    old.sort_by_key(|one| -one.age_ms);
    old.truncate(MOST);
    OpenTransactions { old, hidden: i64::try_from(moment.unseen.len()).unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use driver::{ServerSession, Wait};

    use super::*;

    fn session(id: &str, transaction_ms: u64) -> ServerSession {
        ServerSession {
            id: id.to_owned(),
            opened: None,
            user: Some("app".to_owned()),
            database: None,
            client: None,
            application: None,
            doing: Doing::IdleInTransaction,
            doing_ms: Some(7),
            transaction_ms: Some(transaction_ms),
            waits_for: None,
            statement: None,
            statement_ms: None,
            statement_id: None,
            cut: false,
            background: None,
            ours: false,
            asking: false,
        }
    }

    fn wait(waiter: &str, blocker: &str) -> Wait {
        Wait {
            waiter: waiter.to_owned(),
            blocker: Blocker::Session(blocker.to_owned()),
            object: None,
            wanted: None,
            held: None,
            waiting_ms: None,
        }
    }

    #[test]
    fn who_waits_for_one_that_waits_counts_too() {
        let moment = Moment {
            sessions: vec![session("1", 10), session("2", 10), session("3", 90_000), session("4", 10)],
            waits: vec![wait("2", "1"), wait("4", "2"), wait("2", "4")],
            unseen: vec!["sessions of others".to_owned()],
        };
        let found = transactions(&moment);
        let told: Vec<_> = found.old.iter().map(|one| (one.session.as_deref().unwrap(), one.waiting)).collect();
        assert_eq!(told, [("3", 0), ("1", 2), ("2", 2), ("4", 2)]);
        assert_eq!((found.hidden, found.old[0].idle_ms), (1, Some(7)));
    }
}
