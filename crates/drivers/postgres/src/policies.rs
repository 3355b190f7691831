//! Row security on the server: statements tried as somebody else, expressions validated as they are typed.
//!
//! A statement is tried on a connection of its own, in a transaction that is always rolled back, and the connection is closed:
//! settings that were made once stay as empty texts, and session locks stay too. The control session never becomes anybody.

mod attempt;
mod check;
mod judge;
mod judge_drafts;
mod lasting;
mod refusal;
mod subject;

use std::sync::Arc;

use async_trait::async_trait;
use driver::{
    ActorCheck, Code, Error, RowSecurity,
    row_security::{Actor, Attempt, AttemptLimits, Attempted, Checked, ExpressionCheck},
};

use crate::{
    catalog::rows::Rows,
    control::{ControlSession, Failure, OpenControl},
    queries,
    trial::Trial,
    wire::Client,
};

/// Start-up settings of the session that expressions are prepared in. The rest is the login's own: names mean what they mean to
/// its CREATE POLICY.
const SCRATCH_SETTINGS: [(&str, &str); 2] = [("lock_timeout", "200"), ("statement_timeout", "5000")];

/// The facet.
pub(crate) struct Policies {
    control: Arc<ControlSession>,
    /// For expressions as they are typed; opened when the first is.
    scratch: ControlSession,
    version: u32,
}

impl Policies {
    /// For a server of this version (`180004`).
    pub(crate) fn new(control: Arc<ControlSession>, version: u32) -> Self {
        let scratch = ControlSession::unopened(Arc::new(Scratch(Arc::clone(&control))));
        Policies { control, scratch, version }
    }

    /// Closes what it keeps open.
    pub(crate) async fn close(&self) {
        self.scratch.close().await;
    }

    /// A connection of the login's own, with its settings.
    async fn open(&self) -> Result<Client, Error> {
        self.control.opener().open(&[]).await
    }

    /// The roles, and which of them the login may become.
    pub(crate) async fn roles_seen(&self) -> Result<Rows, Error> {
        let text = self.text(include_str!("queries/acting_roles.sql"));
        self.control.query(&text, &[]).await.map_err(Error::from)
    }

    /// Becomes an actor on a connection of its own, and says who it was then.
    pub(crate) async fn become_once(&self, actor: &Actor) -> Result<ActorCheck, Error> {
        let client = self.open().await?;
        let mut trial = Trial::new(client, self.control.clone(), AttemptLimits::default());
        let become_it = async |trial: &mut Trial| {
            let plain = |failure| error_of(failure, "");
            trial.begin().await.map_err(plain)?;
            subject::ask(trial, &self.text(include_str!("queries/policy_subject.sql")), actor).await.map_err(plain)?;
            trial.settled(2).await.map_err(plain)?;
            let subject = subject::told(trial, actor).await?;
            let sent = subject::become_actor(trial, actor).await.map_err(plain)?;
            trial.settled(sent).await.map_err(subject::not_become)?;
            Ok(ActorCheck {
                user: subject.name,
                bypasses: subject.superuser || subject.bypasses,
                role_settings: subject.settings,
            })
        };
        let checked = become_it(&mut trial).await;
        trial.close().await;
        checked
    }

    fn text(&self, text: &'static str) -> std::borrow::Cow<'static, str> {
        queries::at(text, self.version)
    }
}

/// Opens the scratch session over the way of the control session.
struct Scratch(Arc<ControlSession>);

#[async_trait]
impl OpenControl for Scratch {
    async fn open(&self, _: &[(&str, &str)]) -> Result<Client, Error> {
        self.0.opener().open(&SCRATCH_SETTINGS).await
    }
}

#[async_trait]
impl RowSecurity for Policies {
    async fn attempt(&self, attempt: &Attempt) -> Result<Attempted, Error> {
        attempt::attempt(self, attempt).await
    }

    async fn check(&self, wanted: &ExpressionCheck) -> Result<Checked, Error> {
        check::check(&self.scratch, wanted).await
    }

    async fn role_settings(&self, role: &str) -> Result<Vec<(String, String)>, Error> {
        let text = self.text(include_str!("queries/policy_subject.sql"));
        let rows = self.control.query(&text, &[Some(role)]).await.map_err(Error::from)?;
        match rows.first().and_then(subject::Subject::read) {
            Some(subject) => Ok(subject.settings),
            None => Err(no_such_role(role)),
        }
    }
}

fn no_such_role(role: &str) -> Error {
    Error::new(Code::NotFound, format!("There is no role “{role}”."))
}

/// A refusal of the server's as an error of the text it is about.
pub(crate) fn error_of(failure: Failure, text: &str) -> Error {
    match failure {
        Failure::Refused(report) => crate::error::refused(&report, text),
        other => other.into(),
    }
}
