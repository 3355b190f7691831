//! Privileges on tables, views, columns and routines. Those on databases and on everything belong to no definition.
//!
//! A server keeps what was granted on a name: it outlives a table that is dropped, and does not go with one that gets another name
//! (<https://dev.mysql.com/doc/refman/8.4/en/drop-table.html>, <https://dev.mysql.com/doc/refman/8.4/en/rename-table.html>). Only
//! what was granted on a routine goes with it (<https://dev.mysql.com/doc/refman/8.4/en/drop-procedure.html>).

use std::collections::{BTreeMap, BTreeSet};

use catalog::{ObjectKey, ObjectKind, RoutineKind};

use super::{Planner, quote};
use crate::{
    definition::{Body, Definition, Object, Privilege, relation_of},
    plan::{Step, Verb},
    rename::Rename,
};

const TO_PASS_ON: &str = "GRANT OPTION";

impl Planner<'_> {
    /// Takes back what is not to be held any more, while all that it names is there.
    pub(super) fn revoke(&mut self) {
        let none = BTreeSet::new();
        for (key, object) in &self.from.objects {
            let Some(class) = class(object) else { continue };
            if self.goes_with_it(key, object) {
                continue;
            }
            let after = self.to.objects.get(key).map_or(&none, |object| &object.privileges);
            self.steps.extend(revoked(key, class, &object.privileges, after));
        }
    }

    /// Gives what is not held yet, when all that it names is there.
    pub(super) fn grant(&mut self) {
        let none = BTreeSet::new();
        for (key, object) in &self.to.objects {
            let Some(class) = class(object) else { continue };
            let before = self.from.objects.get(key).filter(|before| !self.goes_with_it(key, before));
            let before = before.map_or(&none, |object| &object.privileges);
            let new: Vec<&Privilege> = object.privileges.difference(before).collect();
            for ((grantee, grantable), list) in by_grantee(&new) {
                let option = if grantable { " WITH GRANT OPTION" } else { "" };
                let sql = format!(
                    "GRANT {} ON {class} {} TO {}{option}",
                    list.join(", "),
                    quote(&key.name),
                    account(grantee)
                );
                self.steps.push(Step::new(key, Verb::Change, sql));
            }
        }
    }

    /// Whether the server forgets what was granted on it.
    fn goes_with_it(&self, key: &ObjectKey, object: &Object) -> bool {
        matches!(object.body, Body::Routine(_)) && self.differs.contains(key)
    }
}

/// Takes back what a server would go on holding for the old name. The definition, in which the rename is done, has none of it then.
pub(crate) fn forgotten(renamed: &mut Definition, rename: &Rename) -> Vec<Step> {
    let (relation, column) = match rename.from.kind {
        ObjectKind::Relation => (Some(rename.to.clone()), None),
        ObjectKind::Column => (relation_of(&rename.to), Some(rename.to.name.as_str())),
        _ => (None, None),
    };
    let Some((relation, object)) = relation.and_then(|key| renamed.objects.get_mut(&key).map(|object| (key, object)))
    else {
        return Vec::new();
    };
    let stays = |one: &Privilege| column.is_some() && one.column.as_deref() != column;
    let (after, gone): (BTreeSet<_>, BTreeSet<_>) = std::mem::take(&mut object.privileges).into_iter().partition(stays);
    object.privileges.clone_from(&after);
    // A column gets its name in a table that has its own already.
    let named = if column.is_some() { &relation } else { &rename.from };
    let old = gone.into_iter().map(|one| match column {
        Some(_) => Privilege { column: Some(rename.from.name.clone()), ..one },
        None => one,
    });
    let before = old.chain(after.iter().cloned()).collect();
    revoked(named, "TABLE", &before, &after)
}

fn revoked(key: &ObjectKey, class: &str, before: &BTreeSet<Privilege>, after: &BTreeSet<Privilege>) -> Vec<Step> {
    let gone: Vec<&Privilege> = before.difference(after).collect();
    let mut lists: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((grantee, grantable), list) in by_grantee(&gone) {
        let all = lists.entry(grantee).or_default();
        all.extend(list);
        // It is one for all of a grantee's privileges on an object.
        if grantable && !after.iter().any(|one| one.grantee == grantee && one.grantable) {
            all.push(TO_PASS_ON.to_owned());
        }
    }
    let revoke = |(grantee, list): (&str, Vec<String>)| {
        let sql = format!("REVOKE {} ON {class} {} FROM {}", list.join(", "), quote(&key.name), account(grantee));
        Step::new(key, Verb::Change, sql)
    };
    lists.into_iter().map(revoke).collect()
}

/// What is written together: whose, whether to pass on, and the list.
fn by_grantee<'a>(all: &[&'a Privilege]) -> BTreeMap<(&'a str, bool), Vec<String>> {
    let mut columns: BTreeMap<(&str, bool, &str), Vec<String>> = BTreeMap::new();
    let mut found: BTreeMap<(&str, bool), Vec<String>> = BTreeMap::new();
    for one in all {
        match &one.column {
            Some(column) => {
                columns.entry((&one.grantee, one.grantable, &one.privilege)).or_default().push(quote(column));
            }
            None => found.entry((&one.grantee, one.grantable)).or_default().push(one.privilege.clone()),
        }
    }
    for ((grantee, grantable, privilege), columns) in columns {
        found.entry((grantee, grantable)).or_default().push(format!("{privilege} ({})", columns.join(", ")));
    }
    found
}

/// What an object is called in GRANT; nothing where nothing is granted on it.
fn class(object: &Object) -> Option<&'static str> {
    match &object.body {
        Body::Table(_) | Body::View(_) => Some("TABLE"),
        Body::Routine(one) if one.routine == RoutineKind::Procedure => Some("PROCEDURE"),
        Body::Routine(_) => Some("FUNCTION"),
        _ => None,
    }
}

/// `user@host`, or the name of a role, as a statement has it.
fn account(grantee: &str) -> String {
    let text = |part: &str| format!("'{}'", part.replace('\\', "\\\\").replace('\'', "''"));
    match grantee.rsplit_once('@') {
        Some((user, host)) => format!("{}@{}", text(user), text(host)),
        None if grantee == "PUBLIC" => grantee.to_owned(),
        None => text(grantee),
    }
}
