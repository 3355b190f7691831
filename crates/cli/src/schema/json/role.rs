//! A role as JSON: every part of it, also where the catalog on disk leaves out what is empty.

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Role<'a> {
    name: &'a str,
    superuser: bool,
    login: bool,
    inherit: bool,
    bypass_row_security: bool,
    create_database: bool,
    create_role: bool,
    replication: bool,
    connection_limit: Option<i64>,
    valid_until: Option<&'a str>,
    settings: &'a [catalog::RoleSetting],
    member_of: &'a [String],
    memberships: &'a [catalog::Membership],
    comment: Option<&'a str>,
}

impl<'a> Role<'a> {
    pub(super) fn new(role: &'a catalog::Role) -> Self {
        Role {
            name: &role.name,
            superuser: role.superuser,
            login: role.login,
            inherit: role.inherit,
            bypass_row_security: role.bypass_row_security,
            create_database: role.create_database,
            create_role: role.create_role,
            replication: role.replication,
            connection_limit: role.connection_limit,
            valid_until: role.valid_until.as_deref(),
            settings: &role.settings,
            member_of: &role.member_of,
            memberships: &role.memberships,
            comment: role.comment.as_deref(),
        }
    }
}
