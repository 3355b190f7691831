//! Being somebody else than the login: who there is to be, the statements that become it, and what a refusal of them means.
//!
//! Sessions do it statement by statement, see [`crate::session`].

use async_trait::async_trait;
use driver::{ActAs, ActorCheck, ActorRole, Code, Error, row_security::Actor};

use crate::{
    error::refused,
    policies::Policies,
    scan::quote,
    wire::{Bound, Report},
};

/// A statement of ours with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub text: String,
    pub values: Vec<Option<String>>,
}

/// What a statement of ours is for, which says what its refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Settings,
    Role,
}

/// Claims have to be JSON: a policy would find out only where a row reaches it.
///
/// # Errors
/// `InvalidStatement`.
pub(crate) fn claims(actor: &Actor) -> Result<(), Error> {
    let Some(claims) = &actor.claims else { return Ok(()) };
    match serde_json::from_str::<serde_json::Value>(claims) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new(Code::InvalidStatement, format!("The claims are no JSON: {error}."))
            .with_hint("Claims are a JSON object, such as {\"sub\": \"…\", \"role\": \"authenticated\"}.")),
    }
}

/// The settings that an actor has of its own, in order.
pub(crate) fn settings(actor: &Actor) -> Vec<(&str, &str)> {
    let claims = actor.claims.iter().map(|claims| (actor.claims_setting.as_str(), claims.as_str()));
    claims.chain(actor.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))).collect()
}

/// What makes the login the actor until the transaction ends.
pub(crate) fn becoming(actor: &Actor) -> Vec<(Step, Own)> {
    let mut steps = Vec::new();
    if let Some(role) = actor.role.as_ref().filter(|_| actor.apply_role_settings) {
        let text = include_str!("queries/acting_settings.sql").to_owned();
        steps.push((Step::Settings, Own { text, values: vec![Some(role.clone())] }));
    }
    let settings = settings(actor);
    if !settings.is_empty() {
        let set = |index: usize| format!("pg_catalog.set_config(${}, ${}, true)", 2 * index + 1, 2 * index + 2);
        let text = format!("select {}", (0..settings.len()).map(set).collect::<Vec<_>>().join(", "));
        let values = settings.iter().flat_map(|(name, value)| [*name, *value]);
        steps.push((Step::Settings, Own { text, values: values.map(|text| Some(text.to_owned())).collect() }));
    }
    if let Some(role) = &actor.role {
        // Last: what the role may not set, the login may.
        steps.push((Step::Role, Own { text: format!("SET LOCAL ROLE {}", quote(role)), values: Vec::new() }));
    }
    steps
}

/// Looks who the session is: the user, the login, and the actor's settings.
pub(crate) fn look(actor: &Actor) -> Own {
    let settings = settings(actor);
    let watched = (1..=settings.len()).map(|number| format!(", pg_catalog.current_setting(${number}, true)"));
    let text =
        format!("select current_user::pg_catalog.text, session_user::pg_catalog.text{}", watched.collect::<String>());
    Own { text, values: settings.iter().map(|(name, _)| Some((*name).to_owned())).collect() }
}

impl Own {
    /// As it is sent; `values` has room for its values.
    pub(crate) fn bound<'a>(&'a self, values: &'a [Option<&'a [u8]>]) -> Bound<'a> {
        Bound { text: &self.text, types: &[], values }
    }

    pub(crate) fn bytes(&self) -> Vec<Option<&[u8]>> {
        self.values.iter().map(|value| value.as_ref().map(String::as_bytes)).collect()
    }
}

/// Says that becoming the actor was refused, and what would let it.
pub(crate) fn not_become(step: Step, report: &Report, actor: &Actor, login: Option<&str>) -> Error {
    let mut error = refused(report, "");
    error.span = None;
    match (step, report.code.as_str(), &actor.role) {
        // Roles that are not there are an invalid value of the setting.
        (Step::Role, "22023", Some(role)) => {
            error.code = Code::NotFound;
            error.message = format!("There is no role “{role}”.");
            error.hint = Some("Was it dropped? Choose another actor.".to_owned());
        }
        (Step::Role, "42501", Some(role)) => {
            let login = login.unwrap_or("the login");
            error.message = format!("“{login}” is not a member of “{role}” and cannot act as it.");
            error.hint = Some(format!(
                "A superuser, or who administers the role, can run: GRANT {} TO {} (since PostgreSQL 16 WITH SET TRUE, where \
                 it was granted without).",
                quote(role),
                quote(login)
            ));
        }
        _ => error.message = format!("The actor's role or settings were refused. {}", error.message),
    }
    error
}

#[async_trait]
impl ActAs for Policies {
    async fn roles(&self) -> Result<Vec<ActorRole>, Error> {
        let rows = self.roles_seen().await?;
        Ok(rows
            .iter()
            .map(|row| ActorRole {
                name: row.name(0),
                superuser: row.flag(1),
                bypasses: row.flag(2),
                login: row.flag(3),
                may: row.flag(4),
            })
            .collect())
    }

    async fn check(&self, actor: &Actor) -> Result<ActorCheck, Error> {
        claims(actor)?;
        self.become_once(actor).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_an_actor_is_quoted_or_bound() {
        let actor = Actor {
            role: Some("a \"b\"; drop".to_owned()),
            claims: Some("{\"sub\": \"'x'\"}".to_owned()),
            settings: vec![("app.tenant".to_owned(), "'; reset role".to_owned())],
            apply_role_settings: true,
            ..Actor::default()
        };
        let steps = becoming(&actor);
        assert_eq!(steps.len(), 3);
        assert_eq!(steps[0].1.values, [Some("a \"b\"; drop".to_owned())]);
        assert_eq!(steps[1].1.text, "select pg_catalog.set_config($1, $2, true), pg_catalog.set_config($3, $4, true)");
        assert_eq!(steps[1].1.values[1].as_deref(), Some("{\"sub\": \"'x'\"}"));
        assert_eq!(
            steps[2],
            (Step::Role, Own { text: "SET LOCAL ROLE \"a \"\"b\"\"; drop\"".to_owned(), values: vec![] })
        );
        assert_eq!(look(&actor).values, [Some("request.jwt.claims".to_owned()), Some("app.tenant".to_owned())]);
        assert!(becoming(&Actor::default()).is_empty());
        assert!(claims(&Actor { claims: Some("{".to_owned()), ..Actor::default() }).is_err());
    }
}
