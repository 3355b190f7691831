//! Fixes that take privileges away, and the way back.

use std::collections::BTreeMap;

use catalog::Grant;

use crate::{Context, Fix};

/// Takes away what was granted on an object (`TABLE a.b`, `SCHEMA a`, `FUNCTION a.b(integer)`).
pub(crate) fn revoked<'g>(
    context: &Context<'_>,
    object: &str,
    grants: impl IntoIterator<Item = &'g Grant>,
) -> Option<Fix> {
    // By whom has it and whether it may be passed on.
    let mut groups: BTreeMap<(&str, bool), Vec<String>> = BTreeMap::new();
    for grant in grants {
        let privilege = match &grant.column {
            Some(column) => format!("{} ({})", grant.privilege, context.quote(column)),
            None => grant.privilege.clone(),
        };
        let group = groups.entry((&grant.grantee, grant.grantable)).or_default();
        if !group.contains(&privilege) {
            group.push(privilege);
        }
    }
    let (mut revoke, mut grant) = (Vec::new(), Vec::new());
    for ((grantee, grantable), privileges) in &groups {
        let (privileges, grantee) = (privileges.join(", "), context.role_name(grantee));
        revoke.push(format!("REVOKE {privileges} ON {object} FROM {grantee};"));
        let option = if *grantable { " WITH GRANT OPTION" } else { "" };
        grant.push(format!("GRANT {privileges} ON {object} TO {grantee}{option};"));
    }
    (!revoke.is_empty()).then(|| Fix::new(revoke.join("\n")).undo(grant.join("\n")))
}

/// Who has them, each once.
pub(crate) fn grantees(grants: &[&Grant]) -> String {
    let mut names: Vec<&str> = grants.iter().map(|grant| grant.grantee.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    crate::names::listed(&names)
}

/// The privileges, each once.
pub(crate) fn privileges(grants: &[&Grant]) -> String {
    let mut names: Vec<&str> = grants.iter().map(|grant| grant.privilege.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}
