//! Acting as somebody else than the login: whom a face means, whom there is, and what is said of it.
//!
//! Who a tab acts as travels with what it asks for, down to the [`driver::Statement`]; sessions do the rest, see
//! [`driver::ActAs`]. What comes of rows that were read as somebody (more of them, edits, exports) is that somebody's too.

use std::sync::Arc;

use driver::{
    ActAs, Acting, Role, Session,
    row_security::{Actor, CLAIMS_SETTING},
};

use crate::{
    App,
    api::*,
    connections::{Connected, Lent, Opened, Permit},
    explorer::Place,
};

/// Most letters of what is said of an actor.
const MOST_LETTERS: usize = 200;

impl PolicyActor {
    /// As drivers take it.
    pub(crate) fn meant(&self) -> Actor {
        let setting = self.claims_setting.clone().filter(|setting| !setting.trim().is_empty());
        Actor {
            role: self.role.clone(),
            claims: self.claims.clone().filter(|claims| !claims.trim().is_empty()),
            claims_setting: setting.unwrap_or_else(|| CLAIMS_SETTING.to_owned()),
            settings: self.settings.clone(),
            apply_role_settings: self.apply_role_settings,
        }
    }
}

/// An actor in words, for lists: `authenticated, sub 4711`.
pub(crate) fn words(actor: &Actor) -> String {
    let mut words = actor.role.clone().unwrap_or_else(|| "the login".to_owned());
    if let Some(claims) = &actor.claims {
        let read: Option<serde_json::Value> = serde_json::from_str(claims).ok();
        match read.as_ref().and_then(|claims| claims.get("sub")).and_then(serde_json::Value::as_str) {
            Some(sub) => words.push_str(&format!(", sub {sub}")),
            None => words.push_str(", with claims"),
        }
    }
    for (name, _) in &actor.settings {
        words.push_str(&format!(", {name}"));
    }
    words.chars().filter(|character| !character.is_control()).take(MOST_LETTERS).collect()
}

fn facet<'a>(connected: &Connected, opened: &'a Opened) -> Result<&'a dyn ActAs, AppError> {
    opened.connection.control().act_as().ok_or_else(|| {
        let label = connected.driver.label();
        AppError::new(ErrorCode::Unsupported, format!("On {label} nobody can act as somebody else."))
    })
}

/// Whom statements run as; `None` is the login.
///
/// # Errors
/// `Unsupported` for a database where nobody can act as somebody else.
pub(crate) fn acting(
    connected: &Connected,
    opened: &Opened,
    actor: Option<&PolicyActor>,
) -> Result<Option<Arc<Actor>>, AppError> {
    let Some(actor) = actor.filter(|actor| **actor != PolicyActor::default()) else { return Ok(None) };
    facet(connected, opened)?;
    Ok(Some(Arc::new(actor.meant())))
}

impl Place {
    /// The same place for somebody.
    ///
    /// # Errors
    /// As [`acting`].
    pub(crate) fn acting_as(self, actor: Option<&PolicyActor>) -> Result<Place, AppError> {
        let acting = acting(&self.connected, &self.opened, actor)?;
        Ok(Place { acting, ..self })
    }

    /// Lends a browse session that runs everything as who acts here.
    ///
    /// # Errors
    /// As [`Opened::browser`].
    pub(crate) async fn browser(&self) -> Result<Lent, AppError> {
        self.opened.browser(&self.connected, self.acting.as_ref()).await
    }

    /// Opens a session that runs everything as who acts here.
    ///
    /// # Errors
    /// As [`Opened::session`].
    pub(crate) async fn session(&self, role: Role) -> Result<(Arc<dyn Session>, Permit), AppError> {
        let (session, permit) = self.opened.session(&self.connected, role).await?;
        Ok((Acting::over(session, self.acting.clone()), permit))
    }
}

impl App {
    /// The roles of a connection's server, and which of them tabs may act as.
    ///
    /// # Errors
    /// `Unsupported` for a database where nobody can act as somebody else; as connecting.
    pub async fn acting_roles(&self, profile_id: &str, database: Option<&str>) -> Result<Vec<ActingRole>, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let roles = facet(&place.connected, &place.opened)?.roles().await?;
        let told = |role: driver::ActorRole| ActingRole {
            name: role.name,
            superuser: role.superuser,
            bypass: role.bypasses,
            login: role.login,
            may: role.may,
        };
        Ok(roles.into_iter().map(told).collect())
    }

    /// Whether the login may act as somebody, found out by doing it on a connection of its own.
    ///
    /// # Errors
    /// `Forbidden` for a role the login may not become, with what would let it; `NotFound` for a role that is not there;
    /// `InvalidStatement` for claims that are no JSON and settings that are refused; otherwise as [`App::acting_roles`].
    pub async fn acting_check(
        &self,
        profile_id: &str,
        database: Option<&str>,
        actor: &PolicyActor,
    ) -> Result<ActingCheck, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let checked = facet(&place.connected, &place.opened)?.check(&actor.meant()).await?;
        let driver::ActorCheck { user, bypasses, role_settings } = checked;
        Ok(ActingCheck { user, bypasses, role_settings })
    }
}

#[cfg(test)]
mod tests;
