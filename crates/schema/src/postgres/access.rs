//! Owners and privileges.

use std::collections::{BTreeMap, BTreeSet};

use catalog::ObjectKey;
use policy::name::{quote, role};

use super::{Planner, name, word};
use crate::{
    definition::{Body, Object, Privilege},
    plan::Verb,
};

impl Planner<'_> {
    /// The owner and the privileges of an object that was just made.
    pub(super) fn give_new(&mut self, key: &ObjectKey, object: &Object) {
        if let Some(owner) = object.owner.as_deref().filter(|owner| self.options.runs_as.as_deref() != Some(owner)) {
            self.hand_to(key, object, owner);
        }
        // Without owners and privileges, nothing is said of either.
        if object.owner.is_some() || !object.privileges.is_empty() {
            self.grants(key, object, &usual(&object.body), &object.privileges);
        }
    }

    pub(super) fn change_access(&mut self, key: &ObjectKey, before: &Object, after: &Object) {
        if let Some(owner) = after.owner.as_deref().filter(|_| before.owner != after.owner) {
            self.hand_to(key, after, owner);
        }
        self.grants(key, after, &before.privileges, &after.privileges);
    }

    fn hand_to(&mut self, key: &ObjectKey, object: &Object, owner: &str) {
        let sql = format!("ALTER {} {} OWNER TO {}", word(Some(&object.body)), name(key), role(owner));
        self.push(key, Verb::Change, sql);
    }

    fn grants(&mut self, key: &ObjectKey, object: &Object, before: &BTreeSet<Privilege>, after: &BTreeSet<Privilege>) {
        let Some(class) = class(&object.body) else { return };
        let gone: Vec<&Privilege> = before.difference(after).collect();
        let new: Vec<&Privilege> = after.difference(before).collect();
        for ((grantee, _), list) in by_grantee(&gone) {
            let sql = format!("REVOKE {list} ON {class} {} FROM {}", name(key), role(grantee));
            self.push(key, Verb::Change, sql);
        }
        for ((grantee, grantable), list) in by_grantee(&new) {
            let option = if grantable { " WITH GRANT OPTION" } else { "" };
            let sql = format!("GRANT {list} ON {class} {} TO {}{option}", name(key), role(grantee));
            self.push(key, Verb::Change, sql);
        }
    }
}

/// What is written together: whose, whether to pass on, and the list.
fn by_grantee<'a>(all: &[&'a Privilege]) -> BTreeMap<(&'a str, bool), String> {
    let mut found: BTreeMap<(&str, bool), BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for one in all {
        let columns = found.entry((&one.grantee, one.grantable)).or_default().entry(&one.privilege).or_default();
        columns.extend(one.column.as_ref().map(|column| quote(column)));
    }
    let words = |(privilege, columns): (&str, Vec<String>)| match columns.as_slice() {
        [] => privilege.to_owned(),
        columns => format!("{privilege} ({})", columns.join(", ")),
    };
    found.into_iter().map(|(whose, list)| (whose, list.into_iter().map(words).collect::<Vec<_>>().join(", "))).collect()
}

/// What everyone may do with a new object
/// (<https://www.postgresql.org/docs/current/ddl-priv.html#DDL-PRIV-DEFAULT>).
fn usual(body: &Body) -> BTreeSet<Privilege> {
    let everyone = |privilege: &str| {
        BTreeSet::from([Privilege {
            grantee: "PUBLIC".to_owned(),
            grantable: false,
            privilege: privilege.to_owned(),
            column: None,
        }])
    };
    match body {
        Body::Routine(_) => everyone("EXECUTE"),
        Body::Type(_) => everyone("USAGE"),
        _ => BTreeSet::new(),
    }
}

/// What an object is called in GRANT; nothing where nothing is granted on it.
fn class(body: &Body) -> Option<&'static str> {
    match body {
        Body::Schema => Some("SCHEMA"),
        Body::Type(_) => Some("TYPE"),
        Body::Sequence(_) => Some("SEQUENCE"),
        Body::Table(_) | Body::View(_) => Some("TABLE"),
        Body::Routine(_) => Some("ROUTINE"),
        _ => None,
    }
}
