use serde::{Deserialize, Serialize};
use specta::Type;

/// A role that a tab could act as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActingRole {
    /// Its name.
    pub name: String,
    /// No policy and no privilege holds it.
    pub superuser: bool,
    /// No policy holds it.
    pub bypass: bool,
    /// It may log in.
    pub login: bool,
    /// The login may become it.
    pub may: bool,
}

/// What the server says of an actor that the login became, and is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ActingCheck {
    /// Whose rights statements have then.
    pub user: String,
    /// No policy holds it.
    pub bypasses: bool,
    /// What `ALTER ROLE … SET` says for sessions of the role; applied only where the actor says so.
    pub role_settings: Vec<(String, String)>,
}
