//! How the server is asked for a sign of life beside a session's own wire: by a ping over the control session, or over a new
//! connection in its place.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    Error,
    vigil::{Sign, Witness},
};

use crate::{
    control::{ControlSession, ping},
    error::PRODUCT,
    wire::Client,
};

/// Signs of life over a connection's control session.
pub(crate) type Vigil = driver::vigil::Vigil<ByControl>;

/// Asks over the control session.
pub(crate) struct ByControl {
    control: Arc<ControlSession>,
}

impl ByControl {
    pub(crate) fn new(control: Arc<ControlSession>) -> Self {
        ByControl { control }
    }
}

#[async_trait]
impl Witness for ByControl {
    /// Nothing: what the server lists of a connection needs a privilege.
    type Backend = ();
    type Fresh = Client;

    fn product(&self) -> &'static str {
        PRODUCT
    }

    async fn look(&self, (): &()) -> Option<Sign> {
        let mut lent = self.control.lend_idle()?;
        ping(lent.client()).await.ok()?;
        // One that did not answer is not given back.
        lent.give_back();
        Some(Sign::Answers)
    }

    async fn open(&self) -> Result<Client, Error> {
        self.control.fresh().await
    }

    async fn ask(&self, fresh: Client, (): &()) -> Sign {
        self.control.keep(fresh);
        Sign::Answers
    }

    fn give_up(&self) {
        self.control.give_up();
    }
}
