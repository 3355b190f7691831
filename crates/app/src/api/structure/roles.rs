//! Roles as a person fills them in.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::super::Count;

/// A role, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureRoleForm {
    /// It can log in.
    pub login: bool,
    /// Checks do not apply to it.
    pub superuser: bool,
    /// It may make databases.
    pub create_database: bool,
    /// It may make roles.
    pub create_role: bool,
    /// It has the rights of its groups without asking.
    pub inherit: bool,
    /// It may replicate.
    pub replication: bool,
    /// Row security does not apply to it.
    pub bypass_row_security: bool,
    /// Most sessions it may have at a time; `None` is no limit.
    #[specta(type = Option<Count>)]
    pub connection_limit: Option<i64>,
    /// Until when its password is good, as the server reads a time; `None` is for ever.
    pub valid_until: Option<String>,
    /// The roles it is a member of.
    pub member_of: Vec<StructureMembership>,
}

/// A place in another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureMembership {
    /// The role.
    pub role: String,
    /// It may make others members.
    pub admin: bool,
    /// It has the role's rights without asking; `None` as usual, or where the server has no such option.
    pub inherit: Option<bool>,
    /// It may become the role; `None` as above.
    pub set: Option<bool>,
}

/// What can be said of roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructureRoleAbilities {
    /// Those that there are, for choosing.
    pub names: Vec<String>,
    /// A membership says whether it inherits, and whether it may become the role.
    pub membership_options: bool,
}
