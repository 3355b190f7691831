//! Databases that are made for a moment: to try something out in, or to read what a script would make.

use async_trait::async_trait;

use crate::Error;

/// Making databases that go again.
#[async_trait]
pub trait Scratch: Send + Sync {
    /// Makes an empty database, with the note as its comment where the engine has comments of databases. It reads and sorts texts as
    /// the engine does where nobody says otherwise; MySQL and MariaDB: as the connection's own database.
    ///
    /// # Errors
    /// `Forbidden` for a login that may not, with the right that is needed; `AlreadyExists`; `Unreachable`, and then nobody knows
    /// whether it is there.
    async fn create(&self, name: &str, note: &str) -> Result<(), Error>;

    /// Removes a database and ends the login's sessions in it. One that is not there is removed already.
    ///
    /// # Errors
    /// `Forbidden`; `Conflict` while sessions of others are in it; `Unreachable`.
    async fn remove(&self, name: &str) -> Result<(), Error>;

    /// The databases of the server whose names begin so, as far as the login sees them.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`.
    async fn named(&self, prefix: &str) -> Result<Vec<ScratchDatabase>, Error>;
}

/// A database that was made for a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScratchDatabase {
    /// Its name.
    pub name: String,
    /// What whoever made it wrote of it.
    pub note: Option<String>,
    /// How many sessions are in it, as far as the login sees them.
    pub sessions: u32,
}
