//! Acting as somebody else than the login, for the length of a transaction.
//!
//! A [`Statement`] says as whom it runs ([`Statement::actor`]). Outside of a transaction of the user's it gets one of its own, in
//! which it is preceded by what makes the login the actor and followed by a look whether it still is; a transaction of the
//! user's is the actor's from its beginning. Nothing of it outlives the transaction, so that a session, or a pooler's, is the
//! login's again for whoever comes next.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

use crate::{Error, Message, Run, Session, SessionState, Statement, row_security::Actor};

/// Becoming somebody else. Sessions of a connection that offers this take statements with an actor; no others do.
#[async_trait]
pub trait ActAs: Send + Sync {
    /// The server's roles, by name.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`.
    async fn roles(&self) -> Result<Vec<ActorRole>, Error>;

    /// Becomes the actor on a connection of its own, which is closed afterwards.
    ///
    /// # Errors
    /// `InvalidStatement` for claims that are no JSON and settings that are refused; `NotFound` for a role that is not there;
    /// `Forbidden` for a login that may not become it, with what would let it; otherwise as connecting.
    async fn check(&self, actor: &Actor) -> Result<ActorCheck, Error>;
}

/// A role, as the login sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRole {
    /// Its name.
    pub name: String,
    /// Neither privileges nor policies hold it.
    pub superuser: bool,
    /// Policies do not hold it.
    pub bypasses: bool,
    /// It may log in.
    pub login: bool,
    /// The login may become it.
    pub may: bool,
}

/// What became of the login when it was the actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorCheck {
    /// Whose rights it had.
    pub user: String,
    /// Policies did not hold it.
    pub bypasses: bool,
    /// What `ALTER ROLE … SET` says for sessions of the role, applied or not.
    pub role_settings: Vec<(String, String)>,
}

/// How a statement left the actor it ran as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftActor {
    /// Whose rights the session had after it; `None` where that did not change.
    pub user: Option<String>,
    /// Which of the actor's settings were not as they were any more.
    pub settings: Vec<String>,
    /// The statement was taken back. Otherwise what follows in the user's transaction is not the actor's.
    pub undone: bool,
}

/// A session all of whose statements run as somebody.
pub struct Acting {
    session: Arc<dyn Session>,
    actor: Arc<Actor>,
}

impl Acting {
    /// The session as the actor sees it; as it is where there is none.
    pub fn over(session: Arc<dyn Session>, actor: Option<Arc<Actor>>) -> Arc<dyn Session> {
        match actor {
            Some(actor) => Arc::new(Acting { session, actor }),
            None => session,
        }
    }
}

#[async_trait]
impl Session for Acting {
    fn run(&self, statement: Statement) -> Run {
        self.session.run(Statement { actor: Some(Arc::clone(&self.actor)), ..statement })
    }

    fn state(&self) -> watch::Receiver<SessionState> {
        self.session.state()
    }

    fn messages(&self) -> broadcast::Receiver<Message> {
        self.session.messages()
    }

    async fn ping(&self) -> Result<(), Error> {
        self.session.ping().await
    }

    async fn close(&self) {
        self.session.close().await;
    }
}
