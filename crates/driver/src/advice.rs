//! What the advisor's rules need beyond the catalog.

use async_trait::async_trait;

use crate::Error;

/// Facts for the advisor: statistics, settings and rights that a catalog does not hold.
#[async_trait]
pub trait Advice: Send + Sync {
    /// Everything the server tells. What the login may not read, or the server does not have, says so in its place.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`.
    async fn facts(&self) -> Result<catalog::facts::Facts, Error>;
}
