//! What happened on the way, hop by hop, for the connection page.

use std::{fmt, sync::Arc, time::Duration};

use crate::{Error, Hop};

/// The hops of one dial, in order, the failed one last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The steps taken so far.
    pub steps: Vec<Step>,
    watch: Watch,
}

/// Told of each step as it ends.
type Told = Arc<dyn Fn(&Step) + Send + Sync>;

/// Who is told of a step as it ends. Two traces with the same steps are the same, whoever watches.
#[derive(Clone, Default)]
struct Watch(Option<Told>);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watch(..)" } else { "Watch" })
    }
}

impl PartialEq for Watch {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Watch {}

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
    /// An empty trace that tells each step as it ends, so that a person sees where a slow dial stands.
    pub fn watched(watch: Arc<dyn Fn(&Step) + Send + Sync>) -> Self {
        Trace { steps: Vec::new(), watch: Watch(Some(watch)) }
    }

    fn add(&mut self, step: Step) {
        if let Some(watch) = &self.watch.0 {
            watch(&step);
        }
        self.steps.push(step);
    }

    pub(crate) fn passed(&mut self, hop: Hop, host: &str, detail: String, took: Duration) {
        tracing::debug!(%hop, host, detail, ?took, "hop passed");
        self.add(Step { hop, host: host.to_owned(), detail, took, ok: true });
    }

    pub(crate) fn failed(&mut self, error: &Error, took: Duration) {
        tracing::debug!(hop = %error.hop, host = error.host, kind = ?error.kind, ?took, "hop failed");
        self.add(Step { hop: error.hop, host: error.host.clone(), detail: error.message.clone(), took, ok: false });
    }
}
