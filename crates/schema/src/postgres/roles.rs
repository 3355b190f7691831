//! Roles (<https://www.postgresql.org/docs/current/sql-createrole.html>, <https://www.postgresql.org/docs/current/sql-alterrole.html>).

use std::collections::BTreeMap;

use catalog::ObjectKey;
use policy::name::{literal, quote};

use super::{Planner, name};
use crate::{
    plan::Verb,
    role::{Membership, Role},
};

/// The options of a role that differ from another's.
fn options(from: &Role, to: &Role) -> Vec<String> {
    let flags = [
        ("SUPERUSER", from.superuser, to.superuser),
        ("CREATEDB", from.create_database, to.create_database),
        ("CREATEROLE", from.create_role, to.create_role),
        ("INHERIT", from.inherit, to.inherit),
        ("LOGIN", from.login, to.login),
        ("REPLICATION", from.replication, to.replication),
        ("BYPASSRLS", from.bypass_row_security, to.bypass_row_security),
    ];
    let mut found: Vec<String> = flags
        .into_iter()
        .filter(|(_, from, to)| from != to)
        .map(|(word, _, to)| format!("{}{word}", if to { "" } else { "NO" }))
        .collect();
    if from.connection_limit != to.connection_limit {
        found.push(format!("CONNECTION LIMIT {}", to.connection_limit.unwrap_or(-1)));
    }
    if from.valid_until != to.valid_until {
        found.push(format!("VALID UNTIL {}", literal(to.valid_until.as_deref().unwrap_or("infinity"))));
    }
    found
}

pub(super) fn of_role(key: &ObjectKey, role: &Role) -> String {
    let options = options(&Role::default(), role);
    let with = if options.is_empty() { String::new() } else { format!(" WITH {}", options.join(" ")) };
    format!("CREATE ROLE {}{with}", name(key))
}

impl Planner<'_> {
    pub(super) fn alter_role(&mut self, key: &ObjectKey, from: &Role, to: &Role) {
        let options = options(from, to);
        if !options.is_empty() {
            self.push(key, Verb::Change, format!("ALTER ROLE {} WITH {}", name(key), options.join(" ")));
        }
        self.memberships(key, &from.member_of, &to.member_of);
    }

    /// Members come once both roles are there, and go before either does.
    pub(super) fn memberships(
        &mut self,
        key: &ObjectKey,
        from: &BTreeMap<String, Membership>,
        to: &BTreeMap<String, Membership>,
    ) {
        let dropped = |role: &str| !self.to.objects.contains_key(&crate::role::key(role)) && !role.starts_with("pg_");
        let gone: Vec<&String> = from.keys().filter(|role| !to.contains_key(*role) && !dropped(role)).collect();
        for role in gone {
            self.push(key, Verb::Change, format!("REVOKE {} FROM {}", quote(role), name(key)));
        }
        for (role, own) in to.iter().filter(|(role, own)| from.get(*role) != Some(own)) {
            let word = |on: bool| if on { "TRUE" } else { "FALSE" };
            let mut options = Vec::new();
            let has_options = own.inherit.is_some() || own.set.is_some();
            let before = from.get(role);
            match (has_options, own.admin) {
                (true, admin) => {
                    if before.map_or(admin, |before| before.admin != admin) {
                        options.push(format!("ADMIN {}", word(admin)));
                    }
                    let said = |now: Option<bool>, before: Option<Option<bool>>| now.filter(|_| before != Some(now));
                    if let Some(inherit) = said(own.inherit, before.map(|one| one.inherit)) {
                        options.push(format!("INHERIT {}", word(inherit)));
                    }
                    if let Some(set) = said(own.set, before.map(|one| one.set)) {
                        options.push(format!("SET {}", word(set)));
                    }
                }
                (false, true) => options.push("ADMIN OPTION".to_owned()),
                (false, false) => {}
            }
            // Before 16 the option is taken away by itself.
            if !has_options && !own.admin && before.is_some_and(|before| before.admin) {
                let sql = format!("REVOKE ADMIN OPTION FOR {} FROM {}", quote(role), name(key));
                self.push(key, Verb::Change, sql);
                continue;
            }
            let with = if options.is_empty() { String::new() } else { format!(" WITH {}", options.join(", ")) };
            self.push(key, Verb::Change, format!("GRANT {} TO {}{with}", quote(role), name(key)));
        }
    }
}
