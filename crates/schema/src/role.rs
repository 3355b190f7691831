//! Roles: what they may do, and whose rights they have. They are the cluster's, not the database's: a definition has them only where
//! they were asked for ([`Definition::with_roles`]), so that two databases do not differ by them.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Catalog, Kind, ObjectKey, ObjectKind};
use serde::{Deserialize, Serialize};

use crate::definition::{Body, Definition, Object};

/// A role, without its password, which nobody reads (<https://www.postgresql.org/docs/current/role-attributes.html>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Whether it can log in.
    pub login: bool,
    /// Whether checks do not apply to it.
    pub superuser: bool,
    /// Whether it may make databases.
    pub create_database: bool,
    /// Whether it may make roles.
    pub create_role: bool,
    /// Whether it has the rights of its groups without asking.
    pub inherit: bool,
    /// Whether it may replicate.
    pub replication: bool,
    /// Whether row security does not apply to it.
    pub bypass_row_security: bool,
    /// Most sessions that it may have at a time; `None` is no limit.
    pub connection_limit: Option<i64>,
    /// Until when its password is good; `None` is for ever.
    pub valid_until: Option<String>,
    /// The roles that it is a member of.
    pub member_of: BTreeMap<String, Membership>,
}

impl Default for Role {
    /// As CREATE ROLE makes it.
    fn default() -> Self {
        Role {
            login: false,
            superuser: false,
            create_database: false,
            create_role: false,
            inherit: true,
            replication: false,
            bypass_row_security: false,
            connection_limit: None,
            valid_until: None,
            member_of: BTreeMap::new(),
        }
    }
}

/// A place in another role (<https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Whether it may make others members.
    pub admin: bool,
    /// Whether it has the role's rights without asking; `None` where the server has no such option (before 16).
    pub inherit: Option<bool>,
    /// Whether it may become the role; `None` as above.
    pub set: Option<bool>,
}

/// The identity of a role.
pub(crate) fn key(name: &str) -> ObjectKey {
    ObjectKey { database: None, schema: None, kind: ObjectKind::Role, name: name.to_owned(), signature: None }
}

impl Definition {
    /// The same with the cluster's roles, but for the server's own (`pg_…`); without any where they were not all read.
    #[must_use]
    pub fn with_roles(mut self, catalog: &Catalog) -> Self {
        if catalog.complete(&[Kind::Roles]).is_err() {
            return self;
        }
        for one in catalog.roles.iter().filter(|one| !one.name.starts_with("pg_")) {
            let mut member_of: BTreeMap<String, Membership> = BTreeMap::new();
            for own in &one.memberships {
                // One role may be granted by several.
                let all = member_of.entry(own.role.clone()).or_default();
                let either = |one: Option<bool>, other: Option<bool>| one.max(other);
                all.admin |= own.admin;
                all.inherit = either(all.inherit, own.inherit);
                all.set = either(all.set, own.set);
            }
            let body = Role {
                login: one.login,
                superuser: one.superuser,
                create_database: one.create_database,
                create_role: one.create_role,
                inherit: one.inherit,
                replication: one.replication,
                bypass_row_security: one.bypass_row_security,
                connection_limit: one.connection_limit,
                valid_until: one.valid_until.clone().filter(|until| until != "infinity"),
                member_of,
            };
            let comment = one.comment.clone();
            let object = Object { body: Body::Role(body), owner: None, comment, privileges: BTreeSet::new() };
            self.objects.insert(key(&one.name), object);
        }
        self
    }

    /// What keeps a role from going: what it owns, and what it has rights on or is spoken of by.
    pub fn held_by(&self, role: &str) -> (Vec<&ObjectKey>, Vec<&ObjectKey>) {
        let owned = self.objects.iter().filter(|(_, object)| object.owner.as_deref() == Some(role));
        let other = self.objects.iter().filter(|(_, object)| {
            let policy =
                matches!(&object.body, Body::Policy(draft) if draft.role_names().iter().any(|own| own == role));
            policy || object.privileges.iter().any(|one| one.grantee == role)
        });
        (owned.map(|(key, _)| key).collect(), other.map(|(key, _)| key).collect())
    }
}

/// Gives a role its new name wherever it is spoken of: owners, rights, policies and members follow it by themselves.
pub(crate) fn rename(object: &mut Object, from: &str, to: &str) {
    if object.owner.as_deref() == Some(from) {
        object.owner = Some(to.to_owned());
    }
    if object.privileges.iter().any(|one| one.grantee == from) {
        object.privileges = std::mem::take(&mut object.privileges)
            .into_iter()
            .map(|mut one| {
                if one.grantee == from {
                    one.grantee = to.to_owned();
                }
                one
            })
            .collect();
    }
    match &mut object.body {
        Body::Role(role) => {
            if let Some(own) = role.member_of.remove(from) {
                role.member_of.insert(to.to_owned(), own);
            }
        }
        Body::Policy(draft) => {
            for own in draft.roles.iter_mut().filter(|own| own.as_str() == from) {
                to.clone_into(own);
            }
            draft.roles.sort();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use catalog::ObjectKey;

    use super::*;
    use crate::{Options, Rename, Server, Table, plan};

    fn definition(version: u32) -> Definition {
        Definition::new(Server::postgres(version))
    }

    fn sql(from: &Definition, to: &Definition) -> Vec<String> {
        plan(from, to, &Options::default()).unwrap().steps.into_iter().map(|step| step.sql).collect()
    }

    fn with(mut definition: Definition, name: &str, role: Role) -> Definition {
        definition.insert(key(name), Body::Role(role));
        definition
    }

    fn in_group(own: Membership) -> Role {
        Role { member_of: BTreeMap::from([("team".to_owned(), own)]), ..Role::default() }
    }

    #[test]
    fn only_what_is_not_usual_is_said() {
        let app = Role {
            login: true,
            inherit: false,
            connection_limit: Some(5),
            valid_until: Some("2027-01-01".into()),
            ..Role::default()
        };
        let there = with(definition(180_000), "App", app.clone());
        assert_eq!(
            sql(&definition(180_000), &there),
            ["CREATE ROLE \"App\" WITH NOINHERIT LOGIN CONNECTION LIMIT 5 VALID UNTIL '2027-01-01'"]
        );
        assert_eq!(sql(&there, &definition(180_000)), ["DROP ROLE \"App\""]);
        let less = with(definition(180_000), "App", Role { connection_limit: None, valid_until: None, ..app });
        assert_eq!(sql(&there, &less), ["ALTER ROLE \"App\" WITH CONNECTION LIMIT -1 VALID UNTIL 'infinity'"]);
        assert_eq!(
            sql(&definition(180_000), &with(definition(180_000), "plain", Role::default())),
            ["CREATE ROLE plain"]
        );
    }

    #[test]
    fn members_come_after_their_groups_with_the_options_that_the_server_has() {
        let new = Membership { admin: true, inherit: Some(false), set: Some(true) };
        let both = with(with(definition(180_000), "ada", in_group(new)), "team", Role::default());
        assert_eq!(
            sql(&definition(180_000), &both),
            ["CREATE ROLE team", "CREATE ROLE ada", "GRANT team TO ada WITH ADMIN TRUE, INHERIT FALSE, SET TRUE"]
        );
        assert_eq!(sql(&both, &definition(180_000)), ["DROP ROLE ada", "DROP ROLE team"]);
        let other = Membership { admin: false, ..new };
        let changed = with(both.clone(), "ada", in_group(other));
        assert_eq!(sql(&both, &changed), ["GRANT team TO ada WITH ADMIN FALSE"]);
        let out = with(both.clone(), "ada", Role::default());
        assert_eq!(sql(&both, &out), ["REVOKE team FROM ada"]);
        let old = |admin| {
            let own = Membership { admin, inherit: None, set: None };
            with(with(definition(150_000), "ada", in_group(own)), "team", Role::default())
        };
        assert_eq!(sql(&old(false), &old(true)), ["GRANT team TO ada WITH ADMIN OPTION"]);
        assert_eq!(sql(&old(true), &old(false)), ["REVOKE ADMIN OPTION FOR team FROM ada"]);
    }

    #[test]
    fn owners_rights_and_members_follow_a_name() {
        let mut there =
            with(with(definition(180_000), "ada", in_group(Membership::default())), "team", Role::default());
        let notes = ObjectKey::relation(None, Some("public"), "notes");
        let right =
            crate::Privilege { grantee: "team".into(), grantable: false, privilege: "SELECT".into(), column: None };
        there.insert(notes.clone(), Body::Table(Table::default()));
        let object = there.objects.get_mut(&notes).unwrap();
        (object.owner, object.privileges) = (Some("team".into()), BTreeSet::from([right]));
        let renames = vec![Rename { from: key("team"), to: key("crew") }];
        let wanted = there.renamed(&renames).unwrap();
        assert_eq!(wanted.held_by("crew").0, [&notes]);
        assert_eq!(wanted.held_by("crew").1, [&notes]);
        assert_eq!(wanted.held_by("team"), (vec![], vec![]));
        let found = plan(&there, &wanted, &Options { renames, ..Options::default() }).unwrap();
        assert_eq!(
            found.steps.iter().map(|step| step.sql.as_str()).collect::<Vec<_>>(),
            ["ALTER ROLE team RENAME TO crew"]
        );
    }
}
