//! Folders of what is in no schema: extensions, publications, event triggers, roles. A driver says which it has; what is in
//! one is read whenever it is opened, and is not part of the catalog that is at hand; while the server is away, it is what the
//! thorough reading kept.

use std::sync::Arc;

use catalog::{
    Catalog, Enabled, EventTrigger, Extension, Kind, Known, ObjectKey, ObjectKind, Publication, Role, Scope,
};
use driver::Unschemed;

use super::{
    kept, thorough, to_ref,
    tree::{Node, Slice, node},
};
use crate::{
    api::{AppError, ErrorCode, ObjectIcon, TreeNode, TreePage},
    connections::Connected,
};

/// The folders that this engine has at one level of its tree.
pub(super) fn folders(connected: &Connected, database: Option<&str>, at: impl Fn(&Unschemed) -> bool) -> Vec<TreeNode> {
    let all = connected.driver.unschemed().iter().filter(|folder| at(folder));
    let one = |folder: &Unschemed| {
        node(&Node::Unschemed(database.map(str::to_owned), folder.kind), folder.label, ObjectIcon::Folder)
    };
    all.map(one).collect()
}

/// What is in one of these folders.
///
/// # Errors
/// As connecting; `Forbidden` where the login may not read it; `NotFound` for a folder that this engine does not have.
pub(super) async fn objects(
    connected: &Arc<Connected>,
    database: Option<&str>,
    kind: Kind,
    slice: Slice,
) -> Result<TreePage, AppError> {
    let folder =
        connected.driver.unschemed().iter().find(|folder| folder.kind == kind).ok_or_else(super::tree::gone)?;
    let catalog = match at_hand(connected, database, kind).await {
        Some(catalog) => catalog,
        None => {
            connected.refused()?;
            let opened = connected.open(database).await?;
            let scope = Scope { kinds: vec![kind], ..Scope::default() };
            opened.shelf.ask(opened.connection.as_ref(), &scope).await.map_err(|error| match error.code {
                // Nothing else was asked for, so it is not the whole server that may not be read.
                ErrorCode::Forbidden => denied(folder),
                _ => error,
            })?
        }
    };
    match catalog.coverage.get(&kind) {
        Some(Known::Denied) => return Err(denied(folder)),
        Some(Known::Unsupported) => {
            let text = format!("This server has no {}.", folder.label.to_lowercase());
            return Err(AppError::new(ErrorCode::Unsupported, text));
        }
        _ => {}
    }
    let (nodes, total) = match kind {
        Kind::Extensions => slice.of(catalog.extensions.iter(), |one| extension(&catalog, one)),
        Kind::Publications => slice.of(catalog.publications.iter(), |one| publication(&catalog, one)),
        Kind::EventTriggers => slice.of(catalog.event_triggers.iter(), |one| event_trigger(&catalog, one)),
        Kind::Roles => {
            // MariaDB's anonymous user has no name to show or to ask for.
            let named: Vec<&Role> = catalog.roles.iter().filter(|role| !role.name.is_empty()).collect();
            slice.of(named.into_iter(), role)
        }
        _ => return Err(super::tree::gone()),
    };
    Ok(TreePage { nodes, total, as_of_ms: Some(catalog.as_of_ms) })
}

/// While the server cannot be reached: what was kept, where this was read.
async fn at_hand(connected: &Connected, database: Option<&str>, kind: Kind) -> Option<Catalog> {
    if connected.may_try() {
        return None;
    }
    let app = connected.app().ok()?;
    let catalog = thorough::server(&app.kept, &kept::place(connected, database).await?).await?;
    let was_read = matches!(catalog.coverage.get(&kind), Some(coverage) if !coverage.is_not_loaded());
    was_read.then_some(catalog)
}

fn denied(folder: &Unschemed) -> AppError {
    AppError::new(ErrorCode::Forbidden, format!("This login may not read the {}.", folder.label.to_lowercase()))
}

fn leaf(database: Option<&str>, kind: ObjectKind, name: &str, icon: ObjectIcon) -> TreeNode {
    let key = ObjectKey { kind, ..ObjectKey::relation(database, None, name) };
    TreeNode {
        // What has no children still needs an id of its own.
        id: format!("{kind:?}:{}:{name}", database.unwrap_or_default()),
        expandable: false,
        object: Some(to_ref(key)),
        ..node(&Node::Database(String::new()), name, icon)
    }
}

fn extension(catalog: &Catalog, extension: &Extension) -> TreeNode {
    let schema = extension.schema.as_ref().map(|schema| format!("in {schema}"));
    TreeNode {
        detail: extension.version.clone(),
        detail_title: joined(schema.into_iter().chain(extension.comment.clone())),
        ..leaf(catalog.database.as_deref(), ObjectKind::Extension, &extension.name, ObjectIcon::Extension)
    }
}

fn publication(catalog: &Catalog, publication: &Publication) -> TreeNode {
    let (schemas, tables) = (publication.schemas.len(), publication.tables.len());
    let short = match (publication.all_tables, schemas, tables) {
        (true, ..) => "all tables".to_owned(),
        (_, 0, 0) => "nothing".to_owned(),
        (_, 0, _) => counted(tables, "table"),
        (_, _, 0) => counted(schemas, "schema"),
        (_, _, _) => format!("{} +", counted(schemas, "schema")),
    };
    let what = match (publication.all_tables, schemas, tables) {
        (false, 1.., 1..) => format!("{}, {}", counted(schemas, "schema"), counted(tables, "table")),
        _ => short.clone(),
    };
    let operations = [
        (publication.insert, "insert"),
        (publication.update, "update"),
        (publication.delete, "delete"),
        (publication.truncate, "truncate"),
    ];
    let operations: Vec<&str> = operations.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    let mut long = vec![what];
    long.extend((!operations.is_empty()).then(|| operations.join(", ")));
    long.extend(publication.comment.clone());
    TreeNode {
        detail: Some(short),
        detail_title: joined(long),
        ..leaf(catalog.database.as_deref(), ObjectKind::Publication, &publication.name, ObjectIcon::Publication)
    }
}

fn counted(many: usize, one: &str) -> String {
    format!("{many} {one}{}", if many == 1 { "" } else { "s" })
}

fn event_trigger(catalog: &Catalog, trigger: &EventTrigger) -> TreeNode {
    let when = match trigger.enabled {
        Enabled::Origin => None,
        Enabled::Always => Some("always"),
        Enabled::Replica => Some("on replicas"),
        Enabled::Disabled => Some("disabled"),
    };
    let mut long = vec![trigger.event.clone()];
    long.extend((!trigger.tags.is_empty()).then(|| trigger.tags.join(", ")));
    long.extend(trigger.function.as_ref().map(|function| format!("calls {function}")));
    long.extend(when.map(str::to_owned));
    long.extend(trigger.comment.clone());
    TreeNode {
        // Names are what is looked for, and events are long: they are told on hovering.
        detail: when.map(str::to_owned),
        detail_title: joined(long),
        ..leaf(catalog.database.as_deref(), ObjectKind::EventTrigger, &trigger.name, ObjectIcon::EventTrigger)
    }
}

fn role(role: &Role) -> TreeNode {
    let may = [
        (role.create_database, "may make databases"),
        (role.create_role, "may make roles"),
        (role.replication, "may replicate"),
    ];
    let mut long: Vec<String> = Vec::new();
    long.push(if role.login { "may sign in" } else { "may not sign in" }.to_owned());
    long.extend(role.superuser.then(|| "superuser".to_owned()));
    long.extend(may.into_iter().filter(|(is, _)| *is).map(|(_, words)| words.to_owned()));
    long.extend((!role.member_of.is_empty()).then(|| format!("in {}", role.member_of.join(", "))));
    long.extend(role.connection_limit.map(|limit| format!("at most {limit} sessions")));
    long.extend(role.valid_until.as_ref().map(|until| format!("password good until {until}")));
    long.extend(role.comment.clone());
    let detail = match (role.superuser, role.login) {
        (true, _) => Some("superuser"),
        (_, false) => Some("no sign-in"),
        _ => None,
    };
    TreeNode {
        detail: detail.map(str::to_owned),
        detail_title: joined(long),
        ..leaf(None, ObjectKind::Role, &role.name, ObjectIcon::Role)
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
