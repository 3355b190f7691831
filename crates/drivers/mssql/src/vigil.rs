//! How a SQL Server is asked for a sign of life beside a session's own wire.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use driver::{
    Error,
    vigil::{Sign, Witness},
};

use crate::{
    control::{ControlSession, Failure, ping, query},
    error::PRODUCT,
    wire::Client,
};

/// Sessions remembered; beyond it all are to be met again.
const MOST: usize = 10_000;

/// Signs of life over a connection's control session.
pub(crate) type Vigil = driver::vigil::Vigil<ByControl>;

/// Asks over the control session, and over a new connection in its place.
pub(crate) struct ByControl {
    control: Arc<ControlSession>,
    /// Sessions that the server has listed. A login without VIEW SERVER STATE sees only the one it asks over: others are not
    /// missed.
    listed: Mutex<HashSet<u16>>,
}

impl ByControl {
    pub(crate) fn new(control: Arc<ControlSession>) -> Self {
        ByControl { control, listed: Mutex::default() }
    }

    async fn see(&self, client: &mut Client, session: Option<u16>) -> Result<Sign, Failure> {
        let Some(session) = session else { return ping(client).await.map(|()| Sign::Answers) };
        // Full seconds are taken for the most they can mean.
        let text = format!(
            "SELECT s.status, CAST(DATEDIFF(second, ISNULL(s.last_request_end_time, s.login_time), SYSDATETIME()) + 1 AS \
             nvarchar(20)) FROM sys.dm_exec_sessions s WHERE s.session_id = {session}"
        );
        let rows = match query(client, &text).await {
            Ok(rows) => rows,
            // Who may not look is answered all the same.
            Err(Failure::Refused(_)) => return Ok(Sign::Answers),
            Err(failure) => return Err(failure),
        };
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(row) = rows.into_iter().next() else {
            return Ok(if listed.contains(&session) { Sign::Absent } else { Sign::Answers });
        };
        if listed.len() >= MOST {
            listed.clear();
        }
        listed.insert(session);
        let mut cells = row.into_iter();
        let (status, since) = (cells.next().flatten(), cells.next().flatten());
        Ok(match status.as_deref() {
            Some("sleeping") => since.and_then(|since| since.parse().ok()).map_or(Sign::Answers, Sign::Waits),
            Some(_) => Sign::Works,
            None => Sign::Answers,
        })
    }
}

#[async_trait]
impl Witness for ByControl {
    type Backend = Option<u16>;
    type Fresh = Client;

    fn product(&self) -> &'static str {
        PRODUCT
    }

    async fn look(&self, session: &Option<u16>) -> Option<Sign> {
        let mut lent = self.control.lend_idle()?;
        let sign = self.see(lent.client(), *session).await.ok()?;
        // One that did not answer is not given back.
        lent.give_back();
        Some(sign)
    }

    async fn open(&self) -> Result<Client, Error> {
        Ok(self.control.fresh().await?)
    }

    async fn ask(&self, mut fresh: Client, session: &Option<u16>) -> Sign {
        match self.see(&mut fresh, *session).await {
            Ok(sign) => {
                self.control.keep(fresh);
                sign
            }
            Err(_) => Sign::Answers,
        }
    }

    fn give_up(&self) {
        self.control.give_up();
    }
}
