//! One database of a connection: its control side, catalog and browse sessions.

use std::sync::{Arc, Mutex};

use driver::{Connection, Language, Role, Session};

use super::{Connected, Permit, lock, pool::Pool};
use crate::{
    advisor,
    api::{AppError, ErrorCode},
    explorer::Shelf,
    policies, structure,
};

/// An open database.
pub(crate) struct Opened {
    pub(crate) connection: Arc<dyn Connection>,
    /// As probed.
    pub(crate) language: Language,
    pub(crate) shelf: Shelf,
    /// What policies and the advisor look at.
    pub(crate) examined: advisor::Kept,
    /// How its tables stand.
    pub(crate) overview: policies::Kept,
    /// How it is defined.
    pub(crate) defined: structure::KeptDefinition,
    pub(super) pool: Pool,
    /// The control connection's; given back when it closes.
    permit: Mutex<Option<Permit>>,
}

impl Opened {
    pub(super) fn new(
        connected: &Arc<Connected>,
        key: Option<String>,
        connection: Arc<dyn Connection>,
        permit: Permit,
    ) -> Arc<Self> {
        let language = connection.control().language();
        let kept = connected.kept(key.as_deref());
        let shelf = Shelf::new(key.or_else(|| connected.profile.values.get("database").cloned()), kept);
        Arc::new(Opened {
            connection,
            language,
            shelf,
            examined: advisor::Kept::default(),
            overview: policies::Kept::default(),
            defined: structure::KeptDefinition::default(),
            pool: Pool::default(),
            permit: Mutex::new(Some(permit)),
        })
    }

    /// The database's name, as far as it is known.
    pub(crate) fn database(&self) -> Option<String> {
        self.shelf.database()
    }

    /// How it reads SQL.
    ///
    /// # Errors
    /// `Unsupported` for a database that reads something else.
    pub(crate) fn sql(&self) -> Result<&Arc<sql::Dialect>, AppError> {
        dialect_of(&self.language)
    }

    /// Opens a session with its right to exist.
    ///
    /// # Errors
    /// `Exhausted` at the limit; otherwise as connecting.
    pub(crate) async fn session(
        self: &Arc<Self>,
        connected: &Arc<Connected>,
        role: Role,
    ) -> Result<(Arc<dyn Session>, Permit), AppError> {
        match self.session_once(connected, role).await {
            // Once: a fresh password that is refused too is wrong.
            Err(error) if error.code == ErrorCode::Unauthenticated && connected.is_renewable() => {
                connected.renew(self).await?.session_once(connected, role).await
            }
            opened => opened,
        }
    }

    async fn session_once(
        &self,
        connected: &Arc<Connected>,
        role: Role,
    ) -> Result<(Arc<dyn Session>, Permit), AppError> {
        let permit = connected.permit()?;
        let limit = connected.app()?.connect_timeout();
        // A tunnel that is built anew may ask for a code.
        let session = match connected.asking.within(limit, self.connection.open(role)).await {
            Some(session) => session?,
            None => {
                let message = format!("The server did not open a session within {} s.", limit.as_secs());
                return Err(AppError::new(ErrorCode::TimedOut, message)
                    .with_hint("Is the server busy? The settings have a longer limit."));
            }
        };
        Ok((session, permit))
    }

    /// Closes it, local and immediate.
    pub(super) fn close(&self) {
        self.pool.close();
        self.shelf.quiet.close();
        lock(&self.permit).take();
        let connection = Arc::clone(&self.connection);
        tokio::spawn(async move { connection.close().await });
    }
}

/// The dialect of a language that is SQL.
///
/// # Errors
/// `Unsupported` for one that is not.
pub(crate) fn dialect_of(language: &Language) -> Result<&Arc<sql::Dialect>, AppError> {
    language.sql().ok_or_else(|| {
        AppError::new(ErrorCode::Unsupported, "This database is not asked in SQL.")
            .with_hint("It has commands of its own for this.")
    })
}
