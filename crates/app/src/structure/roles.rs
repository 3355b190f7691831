//! Roles as a person fills them in.

use std::collections::BTreeMap;

use catalog::{ObjectKey, ObjectKind};
use schema::{Body, Definition, Engine, Membership, Object, Role};

use super::{
    editing::{Editing, gone, new},
    naming::{self, words},
};
use crate::api::*;

/// Memberships have options of their own from 16 on.
const MEMBERSHIP_OPTIONS: u32 = 160_000;
/// How many objects are named before it is said how many more there are.
const SHOWN: usize = 3;

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

pub(super) fn make(editing: &mut Editing<'_>, edit: &StructureEdit) -> Result<(), AppError> {
    if editing.engine() != Engine::Postgres {
        return Err(AppError::new(ErrorCode::Unsupported, "Roles are staged for PostgreSQL only."));
    }
    match edit {
        StructureEdit::Role { object, name, role } => {
            let (key, before, verb) = match object {
                Some(object) => {
                    let old = editing.key(object)?;
                    editing.get(&old)?;
                    let key = editing.rename(&old, name)?;
                    let before = editing.get(&key)?.clone();
                    (key, Some(before), "Change")
                }
                None => {
                    let key = editing.named(ObjectKind::Role, None, name);
                    editing.fresh(&key, "The role")?;
                    (key, None, "Create")
                }
            };
            let body = Body::Role(role_of(editing, &key, role)?);
            editing
                .put(&key, before.map_or_else(|| new(body.clone()), |before| Object { body: body.clone(), ..before }));
            editing.label(format!("{verb} role {name}"), &key);
            Ok(())
        }
        StructureEdit::Disown { role, owner } => disown(editing, role, owner),
        _ => Err(wrong("This is no role.")),
    }
}

fn role_of(editing: &Editing<'_>, key: &ObjectKey, form: &StructureRoleForm) -> Result<Role, AppError> {
    if form.connection_limit.is_some_and(|limit| limit < 0) {
        return Err(wrong("Fewer than no sessions cannot be allowed."));
    }
    let has_options = editing.server().version >= MEMBERSHIP_OPTIONS;
    let mut member_of = BTreeMap::new();
    for own in &form.member_of {
        if own.role == key.name {
            return Err(wrong(format!("“{}” cannot be a member of itself.", key.name)));
        }
        if !is_there(&editing.wanted, editing.defined, &own.role) {
            return Err(AppError::new(ErrorCode::NotFound, format!("There is no role “{}”.", own.role)));
        }
        if is_within(&editing.wanted, &own.role, &key.name) {
            return Err(wrong(format!(
                "“{}” is a member of “{}” already: neither can be the other's.",
                own.role, key.name
            )));
        }
        // What the server takes where nothing is said (https://www.postgresql.org/docs/current/sql-grant.html).
        let option = |on: Option<bool>, usual: bool| has_options.then(|| on.unwrap_or(usual));
        let one =
            Membership { admin: own.admin, inherit: option(own.inherit, form.inherit), set: option(own.set, true) };
        if member_of.insert(own.role.clone(), one).is_some() {
            return Err(wrong(format!("“{}” is named twice.", own.role)));
        }
    }
    let valid_until = form.valid_until.as_deref().map(str::trim).filter(|text| !text.is_empty() && *text != "infinity");
    Ok(Role {
        login: form.login,
        superuser: form.superuser,
        create_database: form.create_database,
        create_role: form.create_role,
        inherit: form.inherit,
        replication: form.replication,
        bypass_row_security: form.bypass_row_security,
        connection_limit: form.connection_limit,
        valid_until: valid_until.map(str::to_owned),
        member_of,
    })
}

fn key_of(name: &str) -> ObjectKey {
    ObjectKey { database: None, schema: None, kind: ObjectKind::Role, name: name.to_owned(), signature: None }
}

fn is_there(wanted: &Definition, defined: &super::reading::Defined, name: &str) -> bool {
    let own_of_server = name.starts_with("pg_") && defined.catalog.roles.iter().any(|role| role.name == name);
    own_of_server || wanted.objects.contains_key(&key_of(name))
}

/// Whether a role is a member of another, by however many steps.
fn is_within(wanted: &Definition, role: &str, other: &str) -> bool {
    let mut left = vec![role.to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(own) = left.pop() {
        if own == other {
            return true;
        }
        if let Some(Body::Role(role)) = wanted.objects.get(&key_of(&own)).map(|object| &object.body)
            && seen.insert(own)
        {
            left.extend(role.member_of.keys().cloned());
        }
    }
    false
}

/// A role as a form.
pub(super) fn form(role: &Role) -> StructureRoleForm {
    StructureRoleForm {
        login: role.login,
        superuser: role.superuser,
        create_database: role.create_database,
        create_role: role.create_role,
        inherit: role.inherit,
        replication: role.replication,
        bypass_row_security: role.bypass_row_security,
        connection_limit: role.connection_limit,
        valid_until: role.valid_until.clone(),
        member_of: role
            .member_of
            .iter()
            .map(|(role, own)| StructureMembership {
                role: role.clone(),
                admin: own.admin,
                inherit: own.inherit,
                set: own.set,
            })
            .collect(),
    }
}

/// Gives away what a role owns here and takes its rights here.
fn disown(editing: &mut Editing<'_>, role: &ObjectRef, owner: &str) -> Result<(), AppError> {
    let key = editing.key(role)?;
    editing.get(&key)?;
    naming::check(editing.engine(), ObjectKind::Role, "The owner", owner)?;
    if owner == key.name || !is_there(&editing.wanted, editing.defined, owner) {
        return Err(AppError::new(ErrorCode::NotFound, format!("There is no other role “{owner}”.")));
    }
    let (owned, spoken) = editing.wanted.held_by(&key.name);
    let mut all: Vec<ObjectKey> = owned.into_iter().chain(spoken).cloned().collect();
    all.sort();
    all.dedup();
    for own in &all {
        let mut object = editing.get(own)?.clone();
        if object.owner.as_deref() == Some(key.name.as_str()) {
            object.owner = Some(owner.to_owned());
            // What an owner may is theirs anyway.
            object.privileges.retain(|one| one.grantee != owner);
        }
        object.privileges.retain(|one| one.grantee != key.name);
        editing.put(own, object);
    }
    editing.label(format!("Give what {} owns to {owner}", key.name), &key);
    Ok(())
}

/// What keeps a role from being dropped in this database, in sentences.
pub(super) fn held(definition: &Definition, role: &str) -> Vec<String> {
    let (owned, spoken) = definition.held_by(role);
    let named = |all: &[&ObjectKey]| {
        let mut text = all.iter().take(SHOWN).map(|key| words(key)).collect::<Vec<_>>().join(", ");
        if all.len() > SHOWN {
            text.push_str(&format!(" and {} more", all.len() - SHOWN));
        }
        text
    };
    let mut told = Vec::new();
    if !owned.is_empty() {
        told.push(format!("It owns {}.", named(&owned)));
    }
    if !spoken.is_empty() {
        told.push(format!("It has rights on, or is named by, {}.", named(&spoken)));
    }
    told
}

/// What can be said of roles; nothing where they were not read.
pub(super) fn abilities(definition: &Definition, catalog: &catalog::Catalog) -> Option<StructureRoleAbilities> {
    let read = definition.objects.values().any(|object| matches!(object.body, Body::Role(_)));
    read.then(|| StructureRoleAbilities {
        names: catalog.roles.iter().map(|role| role.name.clone()).collect(),
        membership_options: definition.server.version >= MEMBERSHIP_OPTIONS,
    })
}

/// A role goes: what keeps it is told before, as it is wanted.
pub(super) fn drop(editing: &mut Editing<'_>, key: &ObjectKey) -> Result<(), AppError> {
    if !matches!(editing.get(key)?.body, Body::Role(_)) {
        return Err(gone(key));
    }
    // Members of it are so no more.
    let members: Vec<(ObjectKey, Object)> = editing
        .wanted
        .objects
        .iter()
        .filter(|(_, object)| matches!(&object.body, Body::Role(role) if role.member_of.contains_key(&key.name)))
        .map(|(own, object)| (own.clone(), object.clone()))
        .collect();
    for (own, mut object) in members {
        if let Body::Role(role) = &mut object.body {
            role.member_of.remove(&key.name);
        }
        editing.put(&own, object);
    }
    editing.remove(key);
    Ok(())
}
