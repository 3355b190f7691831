//! Who is connected, and what they do.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use driver::{Activity, Code, Doing, Error, Moment, SIGNAL_PATIENCE, ServerSession, Signal, Signalled, Sizes, Target};
use tokio::time::{Duration, Instant, sleep};

use crate::{
    cluster::checked,
    connect::info,
    control::{ControlSession, Words},
    session::Own,
    wire::Value,
    words,
};

/// Between two looks whether the server has done it.
const LOOK: Duration = Duration::from_millis(50);

/// The facet, over the control session.
pub(crate) struct Watching {
    session: Arc<ControlSession>,
    own: Arc<Own>,
    cluster: bool,
}

/// What is listed.
struct Listed {
    sessions: Vec<ServerSession>,
    /// The server's own mark of its run, where the login may read it: numbers begin anew with the next.
    run: Option<String>,
}

/// A session's number.
fn id(session: &str) -> Result<u64, Error> {
    let digits = !session.is_empty() && session.bytes().all(|byte| byte.is_ascii_digit());
    let id = session.parse::<u64>().ok().filter(|id| digits && *id > 0);
    id.ok_or_else(|| {
        Error::new(Code::InvalidStatement, "There is no such session.")
            .with_hint("A session is named by its number, as the list of sessions shows it.")
    })
}

impl Watching {
    pub(crate) fn new(session: Arc<ControlSession>, own: Arc<Own>, cluster: bool) -> Self {
        Watching { session, own, cluster }
    }

    async fn listed(&self) -> Result<Listed, Error> {
        let asked = [words!["CLIENT", "LIST"], words!["CLIENT", "ID"], words!["INFO", "server"]];
        let mut answers = self.session.ask_all(&asked).await?.into_iter();
        let mut next = || answers.next().unwrap_or(Value::Null);
        let list = checked(next())?.text().unwrap_or_default();
        let asking = next().count();
        let run = next().text().and_then(|told| info(&told).get("run_id").map(|id| id.trim().to_owned()));
        let own = self.own.now();
        let sessions = list.lines().filter_map(|line| session(line, asking, &own, run.as_deref())).collect();
        Ok(Listed { sessions, run })
    }

    fn command(id: u64, signal: Signal) -> Words {
        match signal {
            Signal::Cancel => words!["CLIENT", "UNBLOCK", id.to_string(), "ERROR"],
            Signal::Kill => words!["CLIENT", "KILL", "ID", id.to_string()],
        }
    }
}

/// A line of CLIENT LIST. Source: <https://redis.io/docs/latest/commands/client-list/>.
fn session(line: &str, asking: Option<u64>, own: &HashSet<String>, run: Option<&str>) -> Option<ServerSession> {
    let of = |name: &str| {
        line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).filter(|value| !value.is_empty())
    };
    let number = |name: &str| of(name).and_then(|value| value.parse::<u64>().ok());
    let id = of("id")?.to_owned();
    let flags = of("flags").unwrap_or_default();
    let has = |flag: char| flags.contains(flag);
    let multi = of("multi").is_some_and(|count| count != "-1");
    let asking = asking.map(|id| id.to_string()) == Some(id.clone());
    let (doing, waits_for) = if has('c') || has('A') {
        (Doing::Ending, None)
    } else if has('S') || has('M') {
        (Doing::Background, None)
    } else if has('b') {
        (Doing::Active, Some("it blocks until something happens to its keys".to_owned()))
    } else if has('O') {
        (Doing::Active, Some("it listens to every command".to_owned()))
    } else if asking || number("oll").is_some_and(|left| left > 0) || number("obl").is_some_and(|left| left > 0) {
        (Doing::Active, None)
    } else if has('d') && multi {
        (Doing::IdleInFailedTransaction, None)
    } else if multi || has('x') {
        (Doing::IdleInTransaction, None)
    } else {
        (Doing::Idle, None)
    };
    let background = match doing {
        Doing::Background if has('M') => Some("the master this server follows".to_owned()),
        Doing::Background => Some("a replica that follows this server".to_owned()),
        _ => None,
    };
    let statement = of("cmd").filter(|name| *name != "NULL").map(|name| name.replace('|', " ").to_ascii_uppercase());
    Some(ServerSession {
        opened: run.map(str::to_owned),
        user: of("user").map(str::to_owned),
        database: number("db").map(|number| format!("db{number}")),
        client: of("addr").map(str::to_owned),
        application: of("name").map(str::to_owned),
        doing,
        doing_ms: number("idle").map(|seconds| seconds * 1000),
        transaction_ms: None,
        waits_for,
        statement_ms: number("idle").map(|seconds| seconds * 1000),
        // The server tells the command's name and nothing of its arguments.
        cut: statement.is_some(),
        statement,
        statement_id: None,
        background,
        ours: asking || own.contains(&id),
        asking,
        id,
    })
}

#[async_trait]
impl Activity for Watching {
    async fn now(&self) -> Result<Moment, Error> {
        let mut unseen = vec!["Of commands the server tells the names only.".to_owned()];
        if self.cluster {
            unseen.push("Only the sessions of one node of the cluster are shown.".to_owned());
        }
        Ok(Moment { sessions: self.listed().await?.sessions, waits: Vec::new(), unseen })
    }

    async fn sizes(&self) -> Result<Sizes, Error> {
        let text = "There are no tables; the memory of keys is told where keys are browsed.".to_owned();
        Ok(Sizes { unseen: vec![text], ..Sizes::default() })
    }

    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error> {
        let words = Watching::command(id(session)?, signal);
        Ok(words.iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>().join(" "))
    }

    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error> {
        let number = id(&target.session)?;
        let listed = self.listed().await?;
        // Another run of the server counts anew: the number is another's.
        if let (Some(seen), Some(now)) = (&target.opened, &listed.run)
            && seen != now
        {
            return Ok(Signalled::Gone);
        }
        let Some(found) = listed.sessions.into_iter().find(|one| one.id == target.session) else {
            return Ok(Signalled::Gone);
        };
        if found.asking {
            return Err(Error::new(Code::Forbidden, "This is the session that Rowhouse asks the server over.")
                .with_hint("Disconnect instead."));
        }
        if signal == Signal::Cancel && found.doing != Doing::Active {
            return Ok(Signalled::Idle);
        }
        let done = self.session.ask(Watching::command(number, signal)).await?.integer();
        if done == Some(0) {
            return Ok(if signal == Signal::Cancel { Signalled::Idle } else { Signalled::Gone });
        }
        let until = Instant::now() + SIGNAL_PATIENCE;
        loop {
            let now = self.listed().await?.sessions.into_iter().find(|one| one.id == target.session);
            let done = match (signal, now) {
                (_, None) => true,
                (Signal::Cancel, Some(now)) => now.doing != Doing::Active,
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
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_number_names_a_session() {
        assert_eq!(id("7").unwrap(), 7);
        for nonsense in ["", "0", "-1", "1 or 1", "18446744073709551616", "٣"] {
            assert!(id(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn a_line_tells_what_a_client_does() {
        let line = |flags: &str, more: &str| {
            format!("id=7 addr=1.2.3.4:5 name=x db=3 idle=2 flags={flags} {more} cmd=client|list user=ada")
        };
        let of = |flags: &str, more: &str| session(&line(flags, more), Some(1), &HashSet::new(), Some("r")).unwrap();
        let idle = of("N", "multi=-1 oll=0");
        assert_eq!((idle.doing, idle.database.as_deref(), idle.doing_ms), (Doing::Idle, Some("db3"), Some(2000)));
        assert_eq!((idle.statement.as_deref(), idle.user.as_deref()), (Some("CLIENT LIST"), Some("ada")));
        assert_eq!(of("b", "multi=-1").doing, Doing::Active);
        assert_eq!(of("N", "multi=2").doing, Doing::IdleInTransaction);
        assert_eq!(of("N", "multi=-1 oll=5").doing, Doing::Active);
        assert_eq!(of("S", "multi=-1").doing, Doing::Background);
        assert!(session("id=1 flags=N", Some(1), &HashSet::new(), None).unwrap().asking);
    }
}
