//! What the server does now, for whom, and who waits for whom.

mod own;
mod signal;
mod sizes;
mod waits;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_trait::async_trait;
use driver::{Activity, Doing, Error, Moment, ServerSession, Signal, Signalled, Sizes, Target};

use crate::{
    control::{ControlSession, Failure, Rows},
    dialect::Facts,
};

pub(crate) use own::Own;

/// The login lacks a privilege (`PROCESS`).
const PRIVILEGE_WANTED: u16 = 1227;
/// The login may not read that table.
const TABLE_DENIED: u16 = 1142;

/// The facet, over the control session.
pub(crate) struct Watching {
    session: Arc<ControlSession>,
    facts: Facts,
    own: Arc<Own>,
}

/// The answer to a question that not every server or login gets one to.
enum Told {
    Rows(Rows),
    /// The login may not ask.
    Denied,
    /// The server has no such thing.
    Absent,
}

impl Told {
    fn rows(self) -> Rows {
        match self {
            Told::Rows(rows) => rows,
            Told::Denied | Told::Absent => Rows::new(),
        }
    }
}

impl Watching {
    pub(crate) fn new(session: Arc<ControlSession>, facts: Facts, own: Arc<Own>) -> Self {
        Watching { session, facts, own }
    }

    async fn ask(&self, text: &str) -> Result<Told, Error> {
        match self.session.query(text).await {
            Ok(rows) => Ok(Told::Rows(rows)),
            Err(failure @ Failure::Refused(_)) => match failure.number() {
                PRIVILEGE_WANTED | TABLE_DENIED | 1044 | 1143 => Ok(Told::Denied),
                _ => Ok(Told::Absent),
            },
            Err(failure) => Err(failure.into()),
        }
    }

    /// The sessions this login may see.
    async fn listed(&self) -> Result<Vec<ServerSession>, Error> {
        // MariaDB counts finer, and numbers statements.
        let (time, statement) = match self.facts.mariadb {
            true => ("CAST(TIME_MS AS UNSIGNED)", "QUERY_ID"),
            false => ("TIME * 1000", "NULL"),
        };
        let text = format!(
            "SELECT ID, USER, HOST, DB, COMMAND, STATE, INFO, {time}, {statement}, ID = CONNECTION_ID() \
             FROM information_schema.PROCESSLIST ORDER BY ID"
        );
        Ok(self.session.query(&text).await?.iter().map(|row| session(row)).collect())
    }
}

#[async_trait]
impl Activity for Watching {
    async fn now(&self) -> Result<Moment, Error> {
        let mut sessions = self.listed().await?;
        let mut unseen = Vec::new();
        let transactions = "SELECT trx_mysql_thread_id, \
             GREATEST(TIMESTAMPDIFF(MICROSECOND, trx_started, NOW(6)), 0) DIV 1000 \
             FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id > 0";
        let transactions = self.ask(transactions).await?;
        match &transactions {
            Told::Rows(_) => {}
            Told::Denied => unseen.push(
                "Only this login's own sessions are seen, and neither transactions nor who waits for whose rows: it lacks \
                 the PROCESS privilege."
                    .to_owned(),
            ),
            Told::Absent => unseen.push("This server does not tell of transactions.".to_owned()),
        }
        let ages: HashMap<String, Option<u64>> =
            transactions.rows().iter().filter_map(|row| Some((text(row, 0)?, number(row, 1)))).collect();
        let named = self.named().await?;
        let own = self.own.now();
        let here = sessions.iter().find(|session| session.asking).and_then(|session| host(session.client.as_deref()));
        for session in &mut sessions {
            if let Some(age) = ages.get(&session.id) {
                session.transaction_ms = *age;
                if session.doing == Doing::Idle {
                    session.doing = Doing::IdleInTransaction;
                }
            }
            let name = named.get(&session.id);
            session.application = name.and_then(|name| name.program.clone());
            // The same process number elsewhere is another process.
            let same = name.is_some_and(|name| name.ours) && host(session.client.as_deref()) == here;
            session.ours = session.asking || own.contains(&session.id) || same;
        }
        let waits = waits::read(self, &sessions, &mut unseen).await?;
        let waiting: HashSet<&str> = waits.iter().map(|wait| wait.waiter.as_str()).collect();
        for session in &mut sessions {
            if session.waits_for.is_none() && waiting.contains(session.id.as_str()) {
                session.waits_for = Some("row lock".to_owned());
            }
        }
        Ok(Moment { sessions, waits, unseen })
    }

    async fn sizes(&self) -> Result<Sizes, Error> {
        sizes::read(self).await
    }

    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error> {
        let id = signal::id(session)?;
        Ok(match signal {
            Signal::Cancel => format!("KILL QUERY {id}"),
            Signal::Kill => format!("KILL {id}"),
        })
    }

    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error> {
        signal::send(self, target, signal).await
    }
}

/// What a client said of itself when it connected.
#[derive(Default)]
struct Named {
    program: Option<String>,
    /// It is this very process.
    ours: bool,
}

impl Watching {
    /// By session; nothing where the server does not keep it.
    async fn named(&self) -> Result<HashMap<String, Named>, Error> {
        let text = "SELECT PROCESSLIST_ID, ATTR_NAME, ATTR_VALUE FROM performance_schema.session_connect_attrs \
             WHERE ATTR_NAME IN ('program_name', '_client_name', '_pid')";
        let mut said: HashMap<String, HashMap<String, String>> = HashMap::new();
        for row in self.ask(text).await?.rows() {
            if let (Some(id), Some(name), Some(value)) = (self::text(&row, 0), self::text(&row, 1), self::text(&row, 2))
            {
                said.entry(id).or_default().insert(name, value);
            }
        }
        let process = std::process::id().to_string();
        let named = |mut said: HashMap<String, String>| Named {
            ours: said.get("_client_name").is_some_and(|name| name == "rowhouse")
                && said.get("_pid").is_some_and(|pid| *pid == process),
            program: said.remove("program_name").filter(|name| !name.is_empty()),
        };
        Ok(said.into_iter().map(|(id, said)| (id, named(said))).collect())
    }
}

/// A client's host without its port.
fn host(client: Option<&str>) -> Option<String> {
    client.map(|client| client.rsplit_once(':').map_or(client, |(host, _)| host).to_owned())
}

fn text(row: &[Option<String>], index: usize) -> Option<String> {
    row.get(index).cloned().flatten()
}

fn number(row: &[Option<String>], index: usize) -> Option<u64> {
    let text = row.get(index)?.as_deref()?;
    // A negative age is a clock that was set.
    Some(text.split('.').next().unwrap_or_default().parse().unwrap_or(0))
}

fn session(row: &[Option<String>]) -> ServerSession {
    let filled = |index: usize| text(row, index).filter(|text| !text.is_empty());
    let (user, command, state) = (filled(1), filled(4).unwrap_or_default(), filled(5));
    let server = matches!(user.as_deref(), Some("system user" | "event_scheduler"));
    let follows = ["Binlog Dump", "Slave_", "Daemon"].iter().any(|start| command.starts_with(start));
    let doing = match command.as_str() {
        "Sleep" => Doing::Idle,
        "Killed" => Doing::Ending,
        "" | "Connect" if !server => Doing::Unknown,
        _ if server || follows => Doing::Background,
        _ => Doing::Active,
    };
    let age = number(row, 7);
    ServerSession {
        id: text(row, 0).unwrap_or_default(),
        opened: None,
        client: filled(2),
        database: filled(3),
        application: None,
        doing,
        doing_ms: age,
        transaction_ms: None,
        waits_for: state.clone().filter(|_| matches!(doing, Doing::Active | Doing::Ending)),
        statement: filled(6),
        statement_ms: age.filter(|_| doing == Doing::Active),
        statement_id: text(row, 8).filter(|id| id != "0"),
        cut: false,
        background: (doing == Doing::Background).then(|| match state {
            Some(state) => format!("{command}: {state}"),
            None => command,
        }),
        user,
        ours: false,
        asking: text(row, 9).as_deref() == Some("1"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(cells: [&str; 10]) -> ServerSession {
        session(&cells.map(|cell| (cell != "-").then(|| cell.to_owned())))
    }

    #[test]
    fn what_a_session_does_is_read_from_its_command() {
        let active = of(["7", "ann", "10.0.0.1:4711", "shop", "Query", "User sleep", "select 1", "1250", "42", "0"]);
        assert_eq!((active.doing, active.doing_ms, active.statement_ms), (Doing::Active, Some(1250), Some(1250)));
        assert_eq!(active.waits_for.as_deref(), Some("User sleep"));
        assert_eq!((active.statement_id.as_deref(), active.asking), (Some("42"), false));
        let idle = of(["8", "ann", "localhost", "-", "Sleep", "", "-", "99.75", "0", "1"]);
        assert_eq!((idle.doing, idle.doing_ms, idle.statement_ms), (Doing::Idle, Some(99), None));
        assert_eq!((idle.statement_id, idle.asking, idle.waits_for), (None, true, None));
        let purge = of(["1", "system user", "", "-", "Daemon", "InnoDB purge worker", "-", "-", "-", "0"]);
        assert_eq!(purge.doing, Doing::Background);
        assert_eq!(purge.background.as_deref(), Some("Daemon: InnoDB purge worker"));
        assert_eq!(of(["9", "ann", "h:1", "-", "Killed", "", "-", "-1", "0", "0"]).doing, Doing::Ending);
        assert_eq!(
            of(["9", "unauthenticated user", "h:1", "-", "Connect", "", "-", "", "0", "0"]).doing,
            Doing::Unknown
        );
        assert_eq!(session(&[]).id, "", "a server that tells nothing");
        assert_eq!(host(Some("::1:4711")).as_deref(), Some("::1"));
    }
}
