//! Whom a statement is tried as: what the server knows of the role, and the statements that become it.

use driver::{Code, Error, row_security::Actor};

use super::{error_of, no_such_role};
use crate::{acting::becoming, catalog::rows::Row, control::Failure, scan::quote, trial::Trial};

/// A role, as the login sees it in the attempt's transaction.
pub(super) struct Subject {
    pub oid: u32,
    pub name: String,
    pub superuser: bool,
    pub bypasses: bool,
    /// What `ALTER ROLE … SET` says for it in this database.
    pub settings: Vec<(String, String)>,
    /// Who the login is now.
    pub user: String,
    /// What the `role` setting of the login is.
    pub login_role: String,
    pub pid: Option<i64>,
    pub standby: bool,
    pub read_only: bool,
    pub may_make_temporary: bool,
    /// The transaction's number; `None` on a standby.
    pub transaction: Option<String>,
    member: bool,
    may_set: bool,
    login: String,
}

impl Subject {
    pub(super) fn read(row: Row<'_>) -> Option<Self> {
        let settings = row.list(13).into_iter();
        let settings =
            settings.filter_map(|entry| entry.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
        Some(Subject {
            oid: row.oid(0),
            name: row.string(1)?,
            superuser: row.flag(2),
            bypasses: row.flag(3),
            user: row.name(4),
            login_role: row.string(5).unwrap_or_else(|| "none".to_owned()),
            pid: row.int(6),
            standby: row.flag(7),
            read_only: row.flag(8),
            may_make_temporary: row.flag(9),
            transaction: row.string(10),
            member: row.flag(11),
            may_set: row.flag(12),
            settings: settings.collect(),
            login: row.name(14),
        })
    }

    /// Whether the login may become this role.
    ///
    /// # Errors
    /// `Forbidden`, saying what is missing and how to get it.
    pub(super) fn may_be(&self, actor: &Actor) -> Result<(), Error> {
        if actor.role.is_none() || self.member && self.may_set {
            return Ok(());
        }
        let (role, login) = (&self.name, &self.login);
        let grant = |option: &str| format!("GRANT {} TO {}{option}", quote(role), quote(login));
        let (message, hint) = match self.member {
            false => (
                format!("“{login}” is not a member of “{role}” and cannot act as it."),
                format!("A superuser, or who administers the role, can run: {}", grant("")),
            ),
            true => (
                format!("“{login}” is a member of “{role}” without the SET option and cannot act as it."),
                format!("Who administers the role can run: {}", grant(" WITH SET TRUE")),
            ),
        };
        Err(Error::new(Code::Forbidden, message).with_hint(hint))
    }
}

/// Asks who the actor is; [`Trial::rows`] has the answer for [`told`].
pub(super) async fn ask(trial: &mut Trial, text: &str, actor: &Actor) -> Result<(), Failure> {
    trial.ask(text, &[actor.role.as_deref()]).await
}

/// Hears who the actor is, and whether the login may be it.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub(super) async fn told(trial: &mut Trial, actor: &Actor) -> Result<Subject, Error> {
    let rows = trial.rows().await.map_err(|failure| error_of(failure, ""))?;
    let Some(subject) = rows.first().and_then(Subject::read) else {
        return Err(no_such_role(actor.role.as_deref().unwrap_or_default()));
    };
    subject.may_be(actor)?;
    trial.pid = subject.pid;
    Ok(subject)
}

/// Sends what makes the login the actor until the transaction ends. Answers how many statements that were.
pub(super) async fn become_actor(trial: &mut Trial, actor: &Actor) -> Result<usize, Failure> {
    let steps = becoming(actor);
    for (_, own) in &steps {
        let values: Vec<Option<&str>> = own.values.iter().map(Option::as_deref).collect();
        trial.ask(&own.text, &values).await?;
    }
    Ok(steps.len())
}

/// Says that becoming the actor failed.
pub(super) fn not_become(failure: Failure) -> Error {
    let mut error = error_of(failure, "");
    if error.native.is_some() {
        error.span = None;
        error.message = format!("The actor's role or settings were refused. {}", error.message);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(member: bool, may_set: bool) -> Subject {
        Subject {
            oid: 1,
            name: "ann".to_owned(),
            superuser: false,
            bypasses: false,
            settings: Vec::new(),
            user: "me".to_owned(),
            login_role: "none".to_owned(),
            pid: None,
            standby: false,
            read_only: false,
            may_make_temporary: true,
            transaction: None,
            member,
            may_set,
            login: "My login".to_owned(),
        }
    }

    #[test]
    fn a_login_that_may_not_be_the_role_is_told_what_is_missing() {
        let as_ann = Actor { role: Some("ann".to_owned()), ..Actor::default() };
        assert!(subject(true, true).may_be(&as_ann).is_ok());
        assert!(subject(false, false).may_be(&Actor::default()).is_ok(), "it is itself");
        let error = subject(false, false).may_be(&as_ann).unwrap_err();
        assert_eq!((error.code, error.message.contains("not a member")), (Code::Forbidden, true));
        assert!(error.hint.is_some_and(|hint| hint.ends_with("GRANT \"ann\" TO \"My login\"")));
        let error = subject(true, false).may_be(&as_ann).unwrap_err();
        assert!(error.message.contains("SET option") && error.code == Code::Forbidden);
    }
}
