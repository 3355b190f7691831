//! What the fake server's sessions do.

use async_trait::async_trait;
use catalog::ObjectKey;

use super::{control::FakeControl, lock};
use crate::{Activity, Code, Doing, Error, Moment, ServerSession, Signal, Signalled, Sizes, TableSize, Target};

#[async_trait]
impl Activity for FakeControl {
    async fn now(&self) -> Result<Moment, Error> {
        let live = lock(&self.shared.live);
        let mut sessions: Vec<ServerSession> = live
            .iter()
            .map(|(id, live)| ServerSession {
                id: id.clone(),
                opened: Some(id.clone()),
                user: Some("fake".to_owned()),
                database: None,
                client: None,
                application: None,
                doing: if live.running.is_some() { Doing::Active } else { Doing::Idle },
                doing_ms: Some(0),
                transaction_ms: None,
                waits_for: None,
                statement: live.running.as_ref().map(|(_, text)| text.to_string()),
                statement_ms: None,
                statement_id: live.running.as_ref().map(|(run, _)| run.0.to_string()),
                cut: false,
                background: None,
                ours: true,
                asking: false,
            })
            .collect();
        sessions.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Moment { sessions, ..Moment::default() })
    }

    async fn sizes(&self) -> Result<Sizes, Error> {
        let size = |key: &ObjectKey, rows| TableSize {
            key: key.clone(),
            kind: None,
            rows: Some(rows),
            total_bytes: None,
            table_bytes: None,
            index_bytes: None,
            free_bytes: None,
            busy: false,
            seq_scans: None,
            index_scans: None,
            dead_rows: None,
            vacuumed_ms: None,
            analyzed_ms: None,
        };
        let tables = self.shared.pages.iter().map(|(key, rows)| size(key, *rows)).collect();
        Ok(Sizes { tables, ..Sizes::default() })
    }

    fn statement(&self, session: &str, signal: Signal) -> Result<String, Error> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if session.is_empty() || !session.chars().all(plain) {
            return Err(Error::new(Code::InvalidStatement, "There is no such session."));
        }
        Ok(match signal {
            Signal::Cancel => format!("cancel {session}"),
            Signal::Kill => format!("kill {session}"),
        })
    }

    async fn signal(&self, target: &Target, signal: Signal) -> Result<Signalled, Error> {
        self.statement(&target.session, signal)?;
        let live = lock(&self.shared.live);
        let same = |seen: &Option<String>, now: &str| seen.as_deref().is_none_or(|seen| seen == now);
        let Some(found) = live.get(&target.session).filter(|_| same(&target.opened, &target.session)) else {
            return Ok(Signalled::Gone);
        };
        match (signal, &found.running) {
            (Signal::Kill, _) => {
                found.kill.send_replace(Some("killed".to_owned()));
                Ok(Signalled::Accepted)
            }
            (Signal::Cancel, None) => Ok(Signalled::Idle),
            (Signal::Cancel, Some((run, _))) if !same(&target.statement_id, &run.0.to_string()) => {
                Ok(Signalled::Another)
            }
            (Signal::Cancel, Some((run, _))) => {
                if let Some(cancel) = lock(&self.shared.cancels).get(run) {
                    cancel.send_replace(true);
                }
                Ok(Signalled::Accepted)
            }
        }
    }
}
