//! How a MariaDB or MySQL server is asked for a sign of life beside a session's own wire.

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

/// Connections remembered; beyond it all are to be met again.
const MOST: usize = 10_000;

/// Signs of life over a connection's control session.
pub(crate) type Vigil = driver::vigil::Vigil<ByControl>;

/// Asks over the control session, and over a new connection in its place.
pub(crate) struct ByControl {
    control: Arc<ControlSession>,
    /// MariaDB counts milliseconds, MySQL full seconds.
    mariadb: bool,
    /// Connections that the server has listed. One that it never did may be known by another number there, or to another
    /// server: behind a proxy both happen. It is not missed.
    listed: Mutex<HashSet<u64>>,
}

impl ByControl {
    pub(crate) fn new(control: Arc<ControlSession>, mariadb: bool) -> Self {
        ByControl { control, mariadb, listed: Mutex::default() }
    }

    async fn see(&self, client: &mut Client, connection: Option<u64>) -> Result<Sign, Failure> {
        let Some(connection) = connection else { return ping(client).await.map(|_| Sign::Answers) };
        // Full seconds are taken for the most they can mean: what ended since may otherwise seem to have ended before.
        let seconds = if self.mariadb { "TIME_MS / 1000" } else { "TIME + 1" };
        // Names its columns: a listing of all would need a privilege.
        let text =
            format!("SELECT COMMAND, {seconds} FROM information_schema.PROCESSLIST WHERE ID = {connection} LIMIT 1");
        let rows = query(client, &text).await?;
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(row) = rows.into_iter().next() else {
            return Ok(if listed.contains(&connection) { Sign::Absent } else { Sign::Answers });
        };
        if listed.len() >= MOST {
            listed.clear();
        }
        listed.insert(connection);
        let mut cells = row.into_iter();
        let (command, since) = (cells.next().flatten(), cells.next().flatten());
        Ok(match command.as_deref() {
            Some("Sleep") => since.and_then(|since| since.parse().ok()).map_or(Sign::Answers, Sign::Waits),
            Some("Killed") => Sign::Absent,
            Some(_) => Sign::Works,
            None => Sign::Answers,
        })
    }
}

#[async_trait]
impl Witness for ByControl {
    type Backend = Option<u64>;
    type Fresh = Client;

    fn product(&self) -> &'static str {
        PRODUCT
    }

    async fn look(&self, connection: &Option<u64>) -> Option<Sign> {
        let mut lent = self.control.lend_idle()?;
        let sign = self.see(lent.client(), *connection).await.ok()?;
        // One that did not answer is not given back.
        lent.give_back();
        Some(sign)
    }

    async fn open(&self) -> Result<Client, Error> {
        Ok(self.control.fresh().await?)
    }

    async fn ask(&self, mut fresh: Client, connection: &Option<u64>) -> Sign {
        match self.see(&mut fresh, *connection).await {
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
