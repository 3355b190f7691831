//! What happened on the way, hop by hop, for the connection page.

use std::time::Duration;

use crate::{Error, Hop};

/// The hops of one dial, in order, the failed one last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The steps taken so far.
    pub steps: Vec<Step>,
}

/// One hop of a dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which hop.
    pub hop: Hop,
    /// Whom it was about: a host name, `host:port` or a socket path.
    pub host: String,
    /// What came out of it (addresses found, protocol and cipher agreed) or the error's message.
    pub detail: String,
    /// How long it took.
    pub took: Duration,
    /// Whether the hop was passed.
    pub ok: bool,
}

impl Trace {
    pub(crate) fn passed(&mut self, hop: Hop, host: &str, detail: String, took: Duration) {
        tracing::debug!(%hop, host, detail, ?took, "hop passed");
        self.steps.push(Step { hop, host: host.to_owned(), detail, took, ok: true });
    }

    pub(crate) fn failed(&mut self, error: &Error, took: Duration) {
        tracing::debug!(hop = %error.hop, host = error.host, kind = ?error.kind, ?took, "hop failed");
        self.steps.push(Step {
            hop: error.hop,
            host: error.host.clone(),
            detail: error.message.clone(),
            took,
            ok: false,
        });
    }
}
