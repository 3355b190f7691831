//! What the advisor's rules need beyond the catalog.

use async_trait::async_trait;
use catalog::{
    Told,
    facts::{Facts, IndexCost, IndexTrial},
};

use crate::Error;

/// Facts for the advisor: statistics, settings and rights that a catalog does not hold.
#[async_trait]
pub trait Advice: Send + Sync {
    /// Everything the server tells. What the login may not read, or the server does not have, says so in its place.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`.
    async fn facts(&self) -> Result<Facts, Error>;

    /// Who is connected, where the rest takes longer: everything else may be as if it was not read.
    ///
    /// # Errors
    /// As [`Advice::facts`].
    async fn facts_of_login(&self) -> Result<Facts, Error> {
        self.facts().await
    }

    /// What the planner would make of indexes that are not there. Nothing is built and no row is read; what cannot be planned is
    /// left out.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`.
    async fn index_costs(&self, _trials: &[IndexTrial]) -> Result<Told<Vec<IndexCost>>, Error> {
        Ok(Told::NotEvaluated("this server cannot plan with an index that is not there".to_owned()))
    }
}
