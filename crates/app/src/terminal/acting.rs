//! Sending a script as somebody else.
//!
//! The role and its settings are the session's, so that a script's own transactions keep them. Whoever may become a role may also
//! leave it again: what a script is then, is looked at when it has ended.

use arrow_array::RecordBatch;
use driver::{Event, Outcome, Statement};
use policy::name;
use results::Cells;

use super::TerminalSession;
use crate::api::{AppError, ErrorCode, PolicyActor};

impl TerminalSession<'_> {
    /// Lets the session act as somebody: an actor that is kept with the connection, a JSON object as one is kept, or a role.
    ///
    /// # Errors
    /// `InvalidStatement` for JSON that is no actor; `Unsupported` for a database without roles to become; `NotFound`,
    /// `Forbidden` as the server says.
    pub async fn act_as(&self, actor: &str) -> Result<(), AppError> {
        let actor = self.meant(actor).await?;
        let control = self.terminal.opened.connection.control();
        let facet = control.row_security().ok_or_else(|| {
            let label = self.terminal.driver().label();
            AppError::new(ErrorCode::Unsupported, format!("On {label} nobody can act as somebody else."))
        })?;
        let mut settings = match &actor.role {
            Some(role) if actor.apply_role_settings => facet.role_settings(role).await?,
            _ => Vec::new(),
        };
        let claims = actor.claims_setting.as_deref().unwrap_or(driver::row_security::CLAIMS_SETTING);
        settings.extend(actor.claims.into_iter().map(|text| (claims.to_owned(), text)));
        settings.extend(actor.settings);
        for (setting, value) in &settings {
            let (setting, value) = (name::literal(setting), name::literal(value));
            self.ask(&format!("SELECT pg_catalog.set_config({setting}, {value}, false)")).await?;
        }
        if let Some(role) = &actor.role {
            self.ask(&format!("SET ROLE {}", name::quote(role))).await?;
        }
        Ok(())
    }

    /// Who the session acts as now; `None` where it cannot be asked: in a failed transaction, or on a lost link.
    pub async fn acts_as(&self) -> Option<String> {
        let batches = self.ask("SELECT current_user::text").await.ok()?;
        let batch = batches.first()?;
        let cells = Cells::of(batch, 0).ok()?;
        let text = cells.get(0).text(&mut itoa::Buffer::new()).map(<[u8]>::to_vec)?;
        String::from_utf8(text).ok()
    }

    async fn meant(&self, actor: &str) -> Result<PolicyActor, AppError> {
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
        let kept = kept.into_iter().find(|kept| kept.name == actor).map(|kept| kept.actor);
        Ok(kept.unwrap_or_else(|| PolicyActor { role: Some(actor.to_owned()), ..PolicyActor::default() }))
    }

    async fn ask(&self, text: &str) -> Result<Vec<RecordBatch>, AppError> {
        let mut run = self.session.run(Statement::new(text));
        let mut batches = Vec::new();
        loop {
            match run.next().await {
                Some(Ok(Event::Batch(batch))) => batches.push(batch),
                Some(Ok(Event::Done(summary))) if summary.outcome == Outcome::Cancelled => {
                    return Err(driver::Error::cancelled().into());
                }
                Some(Ok(Event::Done(_))) => return Ok(batches),
                Some(Ok(Event::ResultSet(..) | Event::Notice(_))) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(driver::Error::lost("the server").into()),
            }
        }
    }
}
