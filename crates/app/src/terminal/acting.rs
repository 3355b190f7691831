//! Sending a script as somebody else.

use std::sync::Arc;

use driver::{Acting, row_security::Actor};

use super::TerminalSession;
use crate::{
    acting::acting,
    api::{AppError, ErrorCode, PolicyActor},
};

impl TerminalSession<'_> {
    /// Lets everything that is sent from now on run as somebody: an actor that is kept with the connection, a JSON object as one
    /// is kept, `role=NAME` or a role; the empty text is the login, and without any it is whom the connection carries.
    ///
    /// # Errors
    /// `InvalidStatement` for JSON that is no actor; `Unsupported` for a database where nobody can act as somebody else. What
    /// the server says of the actor, each statement says.
    pub async fn acting_as(mut self, actor: Option<&str>) -> Result<Self, AppError> {
        let actor = match actor {
            Some("") => None,
            Some(actor) => Some(self.meant(actor).await?),
            None => self.terminal.profile().actor.clone(),
        };
        self.acting = acting(&self.terminal.connected, &self.terminal.opened, actor.as_ref())?;
        self.session = Acting::over(self.session, self.acting.clone());
        Ok(self)
    }

    /// As whom everything runs; `None` is the login.
    pub fn acting(&self) -> Option<Arc<Actor>> {
        self.acting.clone()
    }

    async fn meant(&self, actor: &str) -> Result<PolicyActor, AppError> {
        let role = |role: &str| PolicyActor { role: Some(role.to_owned()), ..PolicyActor::default() };
        if actor.trim_start().starts_with('{') {
            return serde_json::from_str(actor).map_err(|error| {
                AppError::new(ErrorCode::InvalidStatement, format!("This is no actor: {error}.")).with_hint(
                    "It is JSON: {\"role\", \"claims\", \"claims_setting\", \"settings\"}; claims are a text.",
                )
            });
        }
        let profile = self.terminal.profile();
        let kept = match profile.id.is_empty() {
            true => Vec::new(),
            false => self.terminal.app.policy_actors(&profile.id).await?,
        };
        if let Some(kept) = kept.into_iter().find(|kept| kept.name == actor) {
            return Ok(kept.actor);
        }
        Ok(role(actor.strip_prefix("role=").unwrap_or(actor)))
    }
}
