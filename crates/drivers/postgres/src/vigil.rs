//! Signs of life of a server that says nothing.
//!
//! A wire may go silent without an end: a suspended machine, a lost VPN, a proxy that still acknowledges. On the wire itself
//! that looks like a statement that takes long. So whoever waits asks another way: over the control connection, and where
//! that keeps silent too over a new one. No answer from either means that the server is lost. An answer may also tell that
//! the backend is gone, or has long finished what we wait for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::time::{sleep, timeout, timeout_at};

use crate::{
    control::{CONTROL_SETTINGS, ControlSession, Failure, finish, query},
    wire::Client,
};

/// How long a connection that is there may take to answer before a new one is tried.
const OLD: Duration = Duration::from_secs(1);
/// How long nobody answers before the server counts as lost.
const SILENCE: Duration = Duration::from_millis(3300);
/// A server that is far away gets this many times as long as connecting to it took at first.
const FAR: u32 = 3;
/// An answer counts for everybody for this long, and so does silence.
const SHARED: Duration = Duration::from_millis(1200);
/// Between two tries to reach a server that cannot be dialled.
const AGAIN: Duration = Duration::from_millis(300);

/// By what a session is known to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// By its process.
    Process(i32),
    /// By its name, behind a pooler.
    Named(String),
    /// By nothing.
    Unknown,
}

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sign {
    /// The backend works, or waits for us to read.
    Works,
    /// The backend waits for a statement, for this many seconds.
    Waits(f64),
    /// The server does not list the backend.
    Absent,
    /// The server answers.
    Answers,
    /// Nobody does.
    Silent,
}

/// Asks for signs of life, over the control connection.
pub(crate) struct Vigil {
    control: Arc<ControlSession>,
    silence: Duration,
    last: Mutex<Option<(Instant, bool)>>,
}

impl Vigil {
    /// `took` is how long connecting took.
    pub(crate) fn new(control: Arc<ControlSession>, took: Duration) -> Self {
        Vigil { control, silence: SILENCE.max(took.saturating_mul(FAR)), last: Mutex::new(None) }
    }

    /// Whether the server answers at all: a Sync, unless somebody has just found out.
    pub(crate) async fn answers(&self) -> Sign {
        match self.shared() {
            Some(true) => Sign::Answers,
            Some(false) => Sign::Silent,
            None => self.ask(&Backend::Unknown).await,
        }
    }

    /// What the server says of a backend.
    pub(crate) async fn ask(&self, backend: &Backend) -> Sign {
        if self.shared() == Some(false) {
            return Sign::Silent;
        }
        let sign = self.find_out(backend).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), sign != Sign::Silent));
        sign
    }

    fn shared(&self) -> Option<bool> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|(at, _)| at.elapsed() < SHARED).map(|(_, answered)| answered)
    }

    async fn find_out(&self, backend: &Backend) -> Sign {
        let until = tokio::time::Instant::now() + self.silence;
        if let Some(mut lent) = self.control.lend_idle() {
            // One that did not answer is not given back.
            if let Ok(Ok(sign)) = timeout(OLD, look(lent.client(), backend)).await {
                let _ = lent.give_back(Ok::<(), Failure>(()));
                return sign;
            }
        }
        while let Ok(opened) = timeout_at(until, self.control.opener().open(&CONTROL_SETTINGS)).await {
            match opened {
                Ok(mut client) => {
                    // Who lets us in is there, also where a pooler has no server session to lend.
                    let found = timeout(OLD, look(&mut client, backend)).await;
                    let sign = match found {
                        Ok(Ok(sign)) => {
                            self.control.keep(client);
                            sign
                        }
                        Ok(Err(_)) | Err(_) => Sign::Answers,
                    };
                    return sign;
                }
                // A refusal is an answer: a server without room for one more is alive.
                Err(error) if error.native.is_some() => return Sign::Answers,
                Err(_) if tokio::time::Instant::now() + AGAIN < until => sleep(AGAIN).await,
                Err(_) => break,
            }
        }
        Sign::Silent
    }
}

async fn look(client: &mut Client, backend: &Backend) -> Result<Sign, Failure> {
    let (condition, value) = match backend {
        Backend::Unknown => {
            client.sync().await.map_err(Failure::Broken)?;
            return finish(client).await.map(|_| Sign::Answers);
        }
        Backend::Process(pid) => ("pid = $1::int4", pid.to_string()),
        Backend::Named(name) => ("application_name = $1 and state <> 'idle'", name.clone()),
    };
    let text = format!(
        "select state, extract(epoch from pg_catalog.clock_timestamp() - state_change)::float8 \
         from pg_catalog.pg_stat_activity where {condition} order by state_change desc limit 1"
    );
    let rows = query(client, &text, &[Some(&value)]).await?;
    let Some(row) = rows.first() else { return Ok(Sign::Absent) };
    // Without the right to look, or without track_activities, there is no state.
    Ok(match row.string(0).as_deref() {
        Some("active" | "fastpath function call") => Sign::Works,
        Some(state) if state.starts_with("idle") => {
            row.string(1).and_then(|since| since.parse().ok()).map_or(Sign::Answers, Sign::Waits)
        }
        _ => Sign::Answers,
    })
}
