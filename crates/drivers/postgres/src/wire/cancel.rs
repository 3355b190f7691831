//! Cancelling: a second connection that says the first one's key and hangs up.

use std::{fmt, time::Duration};

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use route::{Route, Trace};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Error, Negotiation, startup};

/// What a server wants to hear to cancel what a connection runs. Clone it freely.
#[derive(Clone)]
pub struct CancelKey {
    route: Route,
    negotiation: Negotiation,
    process_id: i32,
    secret: i32,
}

impl CancelKey {
    pub(crate) fn new(route: Route, negotiation: Negotiation, process_id: i32, secret: i32) -> Self {
        CancelKey { route, negotiation, process_id, secret }
    }

    /// The backend's process number, as the server told it. Behind a pooler it may be nobody's.
    pub fn process_id(&self) -> i32 {
        self.process_id
    }

    /// Delivers the request over the connection's own route, TLS included, and waits until the server has taken it.
    /// Whether something was cancelled, only the connection's next messages tell.
    ///
    /// # Errors
    /// Those of dialling; [`Error::TimedOut`].
    pub async fn send(&self, limit: Duration) -> Result<(), Error> {
        match tokio::time::timeout(limit, self.deliver()).await {
            Ok(result) => result,
            Err(_) => Err(Error::TimedOut(limit)),
        }
    }

    async fn deliver(&self) -> Result<(), Error> {
        let mut stream = startup::open(&self.route, self.negotiation, &mut Trace::default()).await?;
        let mut request = BytesMut::new();
        frontend::cancel_request(self.process_id, self.secret, &mut request);
        stream.write_all(&request).await.map_err(Error::Io)?;
        stream.flush().await.map_err(Error::Io)?;
        // The server answers nothing and closes once the signal is sent; how it closes does not matter.
        let mut nothing = [0; 16];
        while stream.read(&mut nothing).await.is_ok_and(|count| count > 0) {}
        Ok(())
    }
}

impl fmt::Debug for CancelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CancelKey({} at {})", self.process_id, self.route.endpoint())
    }
}
