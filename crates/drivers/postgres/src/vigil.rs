//! How a PostgreSQL server is asked for a sign of life beside a session's own wire.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    Error,
    vigil::{Sign, Witness},
};

use crate::{
    control::{CONTROL_SETTINGS, ControlSession, Failure, finish, query},
    error::PRODUCT,
    wire::Client,
};

/// By what a session is known to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Backend {
    /// By its process.
    Process(i32),
    /// By its name, behind a pooler.
    Named(String),
    /// By nothing.
    #[default]
    Unknown,
}

/// Signs of life over a connection's control session.
pub(crate) type Vigil = driver::vigil::Vigil<ByControl>;

/// Asks over the control session, and over a new connection in its place.
pub(crate) struct ByControl(pub(crate) Arc<ControlSession>);

#[async_trait]
impl Witness for ByControl {
    type Backend = Backend;
    type Fresh = Client;

    fn product(&self) -> &'static str {
        PRODUCT
    }

    async fn look(&self, backend: &Backend) -> Option<Sign> {
        // One that did not answer is not given back.
        let mut lent = self.0.lend_idle()?;
        let sign = look(lent.client(), backend).await.ok()?;
        let _ = lent.give_back(Ok::<(), Failure>(()));
        Some(sign)
    }

    async fn open(&self) -> Result<Client, Error> {
        self.0.opener().open(&CONTROL_SETTINGS).await
    }

    async fn ask(&self, mut fresh: Client, backend: &Backend) -> Sign {
        match look(&mut fresh, backend).await {
            Ok(sign) => {
                self.0.keep(fresh);
                sign
            }
            Err(_) => Sign::Answers,
        }
    }

    fn give_up(&self) {
        self.0.give_up();
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
