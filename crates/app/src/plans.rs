//! Plans of statements: asked for in the session that would run them, read into one tree, kept with the history.

mod asking;
mod keeping;
mod outline;
mod running;
mod terminal;
mod undoing;

use std::sync::Arc;

use driver::{Session, row_security::Actor};

use crate::{
    App,
    acting::words,
    api::*,
    connections::{Connected, Opened},
    history::{Ending, Sending},
    profiles::dial::elapsed_ms,
    store::now_ms,
};

pub(crate) use outline::outline;
pub(crate) use running::printed;

/// Where a plan is asked for.
pub(crate) struct Place<'a> {
    pub(crate) app: &'a App,
    pub(crate) connected: &'a Connected,
    pub(crate) opened: &'a Opened,
    pub(crate) session: &'a dyn Session,
    /// As whom that session runs everything; `None` is the login.
    pub(crate) acting: Option<Arc<Actor>>,
}

/// What is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) text: &'a str,
    pub(crate) parameters: &'a [ParameterValue],
    pub(crate) analyze: bool,
    /// The digest of the question a person has said yes to.
    pub(crate) confirmed: Option<&'a str>,
    pub(crate) timeout: Option<std::time::Duration>,
}

impl Place<'_> {
    /// Asks for a plan, and for a yes before anything that writes is run.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection for what would write; `Unsupported` for what has no plan, cannot be measured or
    /// could not be undone; `Conflict` in a failed transaction; the server's own, placed in the text.
    pub(crate) async fn explain(
        &self,
        wanted: &Wanted<'_>,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<PlanAnswer, AppError> {
        let ready = match self.ready(wanted).await? {
            asking::Asked::Question(question) => return Ok(PlanAnswer::Confirm { question }),
            asking::Asked::Ready(ready) => ready,
        };
        let profile = &self.connected.profile;
        let database = self.session.state().borrow().database.clone();
        let at_ms = now_ms();
        let recorded = self
            .app
            .history_begin(Sending {
                profile_id: Some(profile.id.as_str()).filter(|id| !id.is_empty()),
                profile_name: &profile.name,
                database: database.as_deref(),
                text: &ready.question.text,
                language: &self.opened.language,
                acting: self.acting.as_deref().map(words).as_deref(),
                file: None,
            })
            .await;
        let began = std::time::Instant::now();
        let answered = self.run(&ready, std::pin::pin!(stop)).await;
        let answered = answered.map_err(|error| ready.located(error, wanted.text));
        let elapsed = elapsed_ms(began);
        let mut id = None;
        let mut not_kept = None;
        match recorded {
            Ok(recorded) => {
                id = recorded.id();
                if id.is_none() {
                    not_kept = Some("What is run on this connection is not recorded.".to_owned());
                }
                let ending = match &answered {
                    Ok(answered) => Ending::Completed { rows: Some(answered.rows) },
                    Err(error) if error.code == ErrorCode::Unreachable => Ending::Lost,
                    Err(error) if error.code == ErrorCode::Cancelled => Ending::Cancelled,
                    Err(error) => Ending::Failed {
                        message: &error.message,
                        code: error.native.as_ref().map(|native| native.code.as_str()),
                    },
                };
                if let Err(error) = self.app.history_finish(recorded, ending, elapsed).await {
                    tracing::warn!(%error, "the history does not say how a statement ended");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a statement is missing in the history");
                not_kept = Some("The history could not be written.".to_owned());
            }
        }
        let running::Answered { plan, notices, warnings, rows: _ } = answered?;
        let plan = Plan::from(plan);
        let facts = self.opened.connection.control().server();
        let mut explained = ExplainedPlan {
            id: None,
            not_kept,
            profile_id: Some(profile.id.clone()).filter(|id| !id.is_empty()),
            profile_name: profile.name.clone(),
            database,
            server: format!("{} {}", facts.product, facts.version),
            statement: self.opened.language.redact(&ready.statement),
            digest: keeping::digest(&ready.statement, &self.opened.language),
            options: ready.question.words.clone(),
            at_ms,
            undone: ready.undone.clone(),
            warnings,
            notices,
            outline: String::new(),
            plan,
        };
        if let Some(id) = id {
            match self.app.keep_plan(id, &explained, &ready.statement, &self.opened.language).await {
                Ok(None) => explained.id = Some(id),
                Ok(Some(why)) => explained.not_kept = Some(why),
                Err(error) => {
                    tracing::warn!(%error, "a plan is not kept");
                    explained.not_kept = Some(format!("It could not be kept: {}", error.message));
                }
            }
        }
        explained.outline = outline(&explained);
        Ok(PlanAnswer::Explained { plan: Box::new(explained) })
    }
}
