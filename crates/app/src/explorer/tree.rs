//! The tree: connection, databases, schemas, kinds, objects, columns. A level that would hold one thing is left out.

use std::sync::Arc;

use catalog::{
    Catalog, Column, Enabled, Kind, Known, ObjectKey, ObjectKind, Relation, RelationKind, RelationWalker, RoutineKind,
    Schema, SchemaId,
};
use driver::Model;
use serde::{Deserialize, Serialize};

use super::{Shelved, icon, kept, to_ref, unschemed};
use crate::{
    api::{AppError, ErrorCode, NodeState, ObjectIcon, TreeNode, TreePage},
    connections::{Connected, Opened},
    holds::leads_to,
};

/// What a node's id says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Node {
    Database(String),
    Schema(Option<String>, String),
    Folder(Option<String>, String, Folder),
    Relation(Option<String>, String, String),
    Unschemed(Option<String>, Kind),
}

/// A kind of objects within a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Folder {
    Tables,
    Collections,
    Views,
    MaterializedViews,
    ForeignTables,
    Partitions,
    Functions,
    Procedures,
    Types,
    Sequences,
    Events,
}

const FOLDERS: [(Folder, &str, Kind); 11] = [
    (Folder::Tables, "Tables", Kind::Relations),
    (Folder::Collections, "Collections", Kind::Relations),
    (Folder::Views, "Views", Kind::Relations),
    (Folder::MaterializedViews, "Materialized views", Kind::Relations),
    (Folder::ForeignTables, "Foreign tables", Kind::Relations),
    (Folder::Partitions, "Partitions", Kind::Relations),
    (Folder::Functions, "Functions", Kind::Routines),
    (Folder::Procedures, "Procedures", Kind::Routines),
    (Folder::Types, "Types", Kind::Types),
    (Folder::Sequences, "Sequences", Kind::Sequences),
    (Folder::Events, "Events", Kind::Events),
];

impl Node {
    fn id(&self) -> String {
        // Plain data always has a text.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn read(id: &str) -> Result<Node, AppError> {
        serde_json::from_str(id).map_err(|_| gone())
    }
}

pub(super) fn gone() -> AppError {
    AppError::new(ErrorCode::NotFound, "This is not in the catalog any more.").with_hint("Refresh the explorer.")
}

/// A catalog to show, and the open database it is of: none while it comes from disk.
struct Source {
    opened: Option<Arc<Opened>>,
    shown: Arc<Shelved>,
}

impl Source {
    /// What was read from the server, or what was kept of it before; only where there is neither, the server is waited for.
    async fn of(connected: &Arc<Connected>, database: Option<&str>) -> Result<Source, AppError> {
        let opened = connected.opened(database);
        if let Some(shown) = opened.as_ref().and_then(|opened| opened.shelf.latest()) {
            return Ok(Source { opened, shown });
        }
        if let Some(shown) = kept::of(connected, database).await {
            if opened.is_none() && connected.may_try() {
                let (connected, database) = (Arc::clone(connected), database.map(str::to_owned));
                // Its phase tells how that ends, and a new catalog announces itself.
                tokio::spawn(async move { connected.open(database.as_deref()).await.map(drop) });
            }
            return Ok(Source { opened, shown });
        }
        connected.refused()?;
        let opened = connected.open(database).await?;
        let shown = opened.shelf.get(&opened, connected).await?;
        Ok(Source { opened: Some(opened), shown })
    }

    /// The catalog that holds a schema's content.
    async fn schema(&self, connected: &Arc<Connected>, schema: &str) -> Result<Arc<Shelved>, AppError> {
        let loaded = self.shown.catalog.schemas.iter().any(|own| own.name == schema && !own.system);
        if !loaded && self.shown.systems.iter().any(|own| own.name == schema) {
            // The server's own schemas are not kept.
            connected.refused()?;
            let opened = match &self.opened {
                Some(opened) => Arc::clone(opened),
                None => connected.open(self.shown.catalog.database.as_deref()).await?,
            };
            return opened.shelf.system(&opened, schema).await;
        }
        Ok(Arc::clone(&self.shown))
    }

    fn default_schema(&self, connected: &Connected) -> Option<&'static str> {
        let opened = self.opened.as_ref();
        let language = opened.map_or_else(|| connected.driver.language(), |opened| opened.language.clone());
        language.default_schema()
    }
}

/// The children of a node, from `offset` on.
pub(super) async fn children(
    connected: &Arc<Connected>,
    parent: Option<&str>,
    offset: u32,
    limit: u32,
) -> Result<TreePage, AppError> {
    let node = parent.map(Node::read).transpose()?;
    let database = match &node {
        None => None,
        Some(Node::Database(name)) => Some(name.as_str()),
        Some(
            Node::Schema(database, _)
            | Node::Folder(database, ..)
            | Node::Relation(database, ..)
            | Node::Unschemed(database, _),
        ) => database.as_deref(),
    };
    let slice = Slice { offset: offset as usize, limit: limit as usize };
    if let Some(Node::Unschemed(_, kind)) = node {
        return unschemed::objects(connected, database, kind, slice).await;
    }
    let source = Source::of(connected, database).await?;
    let (shown, usual) = (&source.shown, source.default_schema(connected));
    let (nodes, total) = match node {
        None if connected.has_databases() => {
            let found = databases(connected, &shown.catalog, slice);
            slice.and(found, unschemed::folders(connected, None, |folder| folder.of_server))
        }
        // Where there is no level for databases, what the server has is beside what the database has.
        None => {
            let found = within_database(connected, usual, shown, None, slice);
            slice.and(found, unschemed::folders(connected, None, |_| true))
        }
        Some(Node::Database(name)) => {
            let folders = unschemed::folders(connected, Some(&name), |folder| !folder.of_server);
            slice.and(within_database(connected, usual, shown, Some(name), slice), folders)
        }
        Some(Node::Schema(database, schema)) => {
            let shelved = source.schema(connected, &schema).await?;
            folders(&shelved.catalog, database, &schema, usual_folder(connected), slice)?
        }
        Some(Node::Folder(database, schema, folder)) => {
            let shelved = source.schema(connected, &schema).await?;
            objects(&shelved.catalog, database, &schema, folder, slice)?
        }
        Some(Node::Relation(_, schema, name)) => {
            let shelved = source.schema(connected, &schema).await?;
            let relation =
                shelved.relation(Some(&schema), &name).and_then(|id| shelved.catalog.relation(id)).ok_or_else(gone)?;
            slice.of(relation.columns().iter(), |column| column_node(relation, column))
        }
        // Answered above.
        Some(Node::Unschemed(..)) => (Vec::new(), 0),
    };
    Ok(TreePage { nodes, total, as_of_ms: Some(shown.catalog.as_of_ms) })
}

/// The part of a list that was asked for.
#[derive(Clone, Copy)]
pub(super) struct Slice {
    offset: usize,
    limit: usize,
}

impl Slice {
    pub(super) fn of<T>(
        self,
        all: impl ExactSizeIterator<Item = T>,
        node: impl FnMut(T) -> TreeNode,
    ) -> (Vec<TreeNode>, u32) {
        let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
        (all.skip(self.offset).take(self.limit).map(node).collect(), total)
    }

    /// A page of a list with some more nodes at the list's end.
    fn and(self, (mut nodes, total): (Vec<TreeNode>, u32), more: Vec<TreeNode>) -> (Vec<TreeNode>, u32) {
        let all = total.saturating_add(u32::try_from(more.len()).unwrap_or(u32::MAX));
        let before = self.offset.saturating_sub(total as usize);
        let room = self.limit.saturating_sub(nodes.len());
        nodes.extend(more.into_iter().skip(before).take(room));
        (nodes, all)
    }
}

pub(super) fn node(id: &Node, label: &str, icon: ObjectIcon) -> TreeNode {
    TreeNode {
        id: id.id(),
        label: label.to_owned(),
        detail: None,
        detail_title: None,
        icon,
        expandable: true,
        object: None,
        browsable: false,
        state: NodeState::Ready,
        system: false,
        unfold: false,
    }
}

fn databases(connected: &Connected, catalog: &Catalog, slice: Slice) -> (Vec<TreeNode>, u32) {
    let mut all: Vec<_> = catalog.databases.iter().collect();
    // Keys are in no catalog: they are listed in a tab of their own. Such databases have numbers, and are in their order already.
    let holds_keys = connected.driver.model() == Model::KeyValue;
    all.sort_by_key(|database| (!database.current, if holds_keys { "" } else { &database.name }));
    slice.of(all.into_iter(), |database| {
        let open = database.current || connected.opened(Some(&database.name)).is_some();
        let denied = database.may_connect == Known::Denied || database.may_connect == Known::Value(false);
        let key = ObjectKey { kind: ObjectKind::Database, ..ObjectKey::relation(None, None, &database.name) };
        let size = database.bytes.value().copied();
        // How many keys, and how many of them end.
        let told = database.comment.as_deref().filter(|_| holds_keys);
        TreeNode {
            detail: told.and_then(|told| told.split(',').next()).map(str::to_owned).or_else(|| size.map(bytes)),
            detail_title: told.map(str::to_owned).or_else(|| size.map(|size| format!("{} bytes", grouped(size)))),
            object: Some(to_ref(key)),
            expandable: !denied && !holds_keys,
            browsable: !denied && holds_keys,
            state: match (denied, open) {
                (true, _) => NodeState::Denied,
                (_, false) => NodeState::NotOpened,
                _ => NodeState::Ready,
            },
            unfold: database.current && !denied && !holds_keys,
            ..node(&Node::Database(database.name.clone()), &database.name, ObjectIcon::Database)
        }
    })
}

fn within_database(
    connected: &Connected,
    usual: Option<&str>,
    shelved: &Shelved,
    database: Option<String>,
    slice: Slice,
) -> (Vec<TreeNode>, u32) {
    let own: Vec<&Schema> = shelved.catalog.schemas.iter().filter(|schema| !schema.system).collect();
    // A file's only schema says nothing.
    if let ([only], true, None) = (own.as_slice(), shelved.systems.is_empty(), &database)
        && usual.is_none_or(|usual| usual == only.name)
        && let Ok(found) = folders(&shelved.catalog, None, &only.name, usual_folder(connected), slice)
    {
        return found;
    }
    let mut all: Vec<&Schema> = own.into_iter().chain(&shelved.systems).collect();
    all.sort_by(|a, b| {
        let key = |schema: &Schema| (schema.system, usual != Some(schema.name.as_str()));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    let denied = |schema: &Schema| schema.may_use == Known::Value(false) || schema.may_use == Known::Denied;
    let home = home(&shelved.catalog, &all, usual, denied);
    slice.of(all.into_iter(), |schema| {
        let denied = denied(schema);
        let key = ObjectKey {
            kind: ObjectKind::Schema,
            ..ObjectKey::relation(shelved.catalog.database.as_deref(), None, &schema.name)
        };
        TreeNode {
            object: Some(to_ref(key)),
            state: if denied { NodeState::Denied } else { NodeState::Ready },
            system: schema.system,
            unfold: home.as_deref() == Some(schema.name.as_str()),
            detail_title: schema.comment.clone(),
            ..node(&Node::Schema(database.clone(), schema.name.clone()), &schema.name, ObjectIcon::Schema)
        }
    })
}

/// The schema where work is: the first of the search path that holds anything, or else the usual one, or any that does.
fn home(catalog: &Catalog, all: &[&Schema], usual: Option<&str>, denied: impl Fn(&Schema) -> bool) -> Option<String> {
    let own = |schema: &&&Schema| !schema.system && !denied(schema);
    let holds = |schema: &&Schema| catalog.relations.iter().any(|one| catalog.schema_name(one.schema) == schema.name);
    let path = catalog.search_path.iter().map(String::as_str).chain(usual);
    let on_path: Vec<&Schema> =
        path.filter_map(|name| all.iter().filter(own).find(|schema| schema.name == name).copied()).collect();
    let others = || all.iter().filter(own).copied();
    let found = on_path.iter().copied().find(holds).or_else(|| others().find(holds));
    found.or_else(|| on_path.first().copied()).or_else(|| others().next()).map(|schema| schema.name.clone())
}

fn schema_id(catalog: &Catalog, schema: &str) -> Result<SchemaId, AppError> {
    let at = catalog.schemas.iter().position(|own| own.name == schema).ok_or_else(gone)?;
    Ok(SchemaId(u32::try_from(at).unwrap_or(u32::MAX)))
}

fn folder_of(kind: RelationKind) -> Folder {
    match kind {
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::VirtualTable => Folder::Tables,
        RelationKind::Collection | RelationKind::TimeSeries => Folder::Collections,
        RelationKind::Partition => Folder::Partitions,
        RelationKind::View => Folder::Views,
        RelationKind::MaterializedView => Folder::MaterializedViews,
        RelationKind::ForeignTable => Folder::ForeignTables,
    }
}

/// What everyone looks for in a schema.
fn usual_folder(connected: &Connected) -> Folder {
    if connected.driver.documents().is_some() { Folder::Collections } else { Folder::Tables }
}

fn folders(
    catalog: &Catalog,
    database: Option<String>,
    schema: &str,
    usual: Folder,
    slice: Slice,
) -> Result<(Vec<TreeNode>, u32), AppError> {
    let id = schema_id(catalog, schema)?;
    let system = catalog.schemas.get(id.0 as usize).is_some_and(|schema| schema.system);
    let count = |folder: Folder| match folder {
        Folder::Functions | Folder::Procedures => {
            let procedures = folder == Folder::Procedures;
            let fits = |kind: RoutineKind| (kind == RoutineKind::Procedure) == procedures;
            catalog.routines.iter().filter(|routine| routine.schema == id && fits(routine.kind)).count()
        }
        Folder::Types => catalog.types.iter().filter(|object| object.schema == id).count(),
        Folder::Sequences => catalog.sequences.iter().filter(|object| object.schema == id).count(),
        Folder::Events => catalog.events.iter().filter(|object| object.schema == id).count(),
        _ => catalog.relations.iter().filter(|one| one.schema == id && folder_of(one.kind) == folder).count(),
    };
    let all: Vec<_> = FOLDERS
        .into_iter()
        .map(|(folder, label, kind)| {
            (folder, label, count(folder), catalog.coverage.get(&kind) == Some(&Known::Denied))
        })
        // The usual one is there even when it is empty; of the others only those that are there, or may be.
        .filter(|(folder, _, count, denied)| *count > 0 || *folder == usual || *denied && *folder == Folder::Functions)
        .collect();
    Ok(slice.of(all.into_iter(), |(folder, label, count, denied)| TreeNode {
        detail: (!denied).then(|| count.to_string()),
        expandable: count > 0,
        state: if denied { NodeState::Denied } else { NodeState::Ready },
        system,
        unfold: folder == usual && count > 0,
        ..node(&Node::Folder(database.clone(), schema.to_owned(), folder), label, ObjectIcon::Folder)
    }))
}

fn objects(
    catalog: &Catalog,
    database: Option<String>,
    schema: &str,
    folder: Folder,
    slice: Slice,
) -> Result<(Vec<TreeNode>, u32), AppError> {
    let id = schema_id(catalog, schema)?;
    let key = |kind: ObjectKind, name: &str, signature: Option<&String>| ObjectKey {
        kind,
        signature: signature.cloned(),
        ..ObjectKey::relation(catalog.database.as_deref(), Some(schema), name)
    };
    // What has no children still needs an id of its own.
    let leaf = |key: ObjectKey, icon: ObjectIcon| {
        let label = key.name.clone();
        let own = format!("{folder:?}:{}:{}:{}", schema, label, key.signature.as_deref().unwrap_or_default());
        TreeNode {
            id: own,
            expandable: false,
            object: Some(to_ref(key)),
            ..node(&Node::Database(String::new()), &label, icon)
        }
    };
    Ok(match folder {
        Folder::Functions | Folder::Procedures => {
            let procedures = folder == Folder::Procedures;
            let fits = |kind: RoutineKind| (kind == RoutineKind::Procedure) == procedures;
            let mut all: Vec<_> = catalog.routines.iter().filter(|one| one.schema == id && fits(one.kind)).collect();
            all.sort_by(|a, b| (&a.name, &a.identity_arguments).cmp(&(&b.name, &b.identity_arguments)));
            let icon = if procedures { ObjectIcon::Procedure } else { ObjectIcon::Function };
            slice.of(all.into_iter(), |routine| TreeNode {
                detail: routine.identity_arguments.as_ref().map(|list| format!("({list})")),
                detail_title: routine.returns.as_ref().map(|returns| format!("returns {returns}")),
                ..leaf(key(ObjectKind::Routine, &routine.name, routine.identity_arguments.as_ref()), icon)
            })
        }
        Folder::Types => {
            let mut all: Vec<_> = catalog.types.iter().filter(|one| one.schema == id).collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            slice.of(all.into_iter(), |object| TreeNode {
                detail: Some(format!("{:?}", object.kind).to_lowercase()),
                detail_title: (!object.labels.is_empty()).then(|| object.labels.join(", ")),
                ..leaf(key(ObjectKind::Type, &object.name, None), ObjectIcon::Type)
            })
        }
        Folder::Sequences => {
            let mut all: Vec<_> = catalog.sequences.iter().filter(|one| one.schema == id).collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            slice.of(all.into_iter(), |sequence| TreeNode {
                detail: sequence.data_type.clone(),
                ..leaf(key(ObjectKind::Sequence, &sequence.name, None), ObjectIcon::Sequence)
            })
        }
        Folder::Events => {
            let mut all: Vec<_> = catalog.events.iter().filter(|one| one.schema == id).collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            slice.of(all.into_iter(), |event| TreeNode {
                detail: Some(match event.enabled {
                    Enabled::Origin | Enabled::Always => event.schedule.clone(),
                    Enabled::Replica => "on its own server".to_owned(),
                    Enabled::Disabled => "disabled".to_owned(),
                }),
                detail_title: Some(event.schedule.clone()),
                ..leaf(key(ObjectKind::Event, &event.name, None), ObjectIcon::Event)
            })
        }
        _ => {
            let mut all: Vec<&Relation> =
                catalog.relations.iter().filter(|one| one.schema == id && folder_of(one.kind) == folder).collect();
            all.sort_by(|a, b| a.name.cmp(&b.name));
            slice.of(all.into_iter(), |relation| relation_node(catalog, database.clone(), schema, relation))
        }
    })
}

fn relation_node(catalog: &Catalog, database: Option<String>, schema: &str, relation: &Relation) -> TreeNode {
    let estimate = relation.estimated_rows.value().copied().flatten();
    let size = relation.bytes.value().copied();
    let mut long = Vec::new();
    long.extend(estimate.map(|rows| format!("about {} rows, estimated", grouped(u64::try_from(rows).unwrap_or(0)))));
    long.extend(size.map(bytes));
    long.extend(relation.comment.clone());
    let denied = relation.may_select == Known::Value(false);
    let id = Node::Relation(database, schema.to_owned(), relation.name.clone());
    TreeNode {
        detail: estimate.map(|rows| format!("{} ~", short(u64::try_from(rows).unwrap_or(0)))),
        detail_title: (!long.is_empty()).then(|| long.join(" · ")),
        object: Some(to_ref(ObjectKey::relation(catalog.database.as_deref(), Some(schema), &relation.name))),
        browsable: true,
        state: if denied { NodeState::Denied } else { NodeState::Ready },
        ..node(&id, &relation.name, icon(relation.kind))
    }
}

fn column_node(relation: RelationWalker<'_>, column: &Column) -> TreeNode {
    let references = leads_to(relation, &column.name);
    let key = relation.primary_key().is_some_and(|key| key.columns.contains(&column.name));
    let object = ObjectKey::column(&relation.key(), &column.name);
    let mut long = vec![column.native_type.clone()];
    long.extend((column.nullable == Known::Value(false)).then(|| "not null".to_owned()));
    long.extend(column.default.as_ref().map(|default| format!("default {default}")));
    long.extend(references.as_ref().map(|target| format!("to {target}")));
    long.extend(column.comment.clone());
    let icon = match (key, references.is_some()) {
        (true, _) => ObjectIcon::PrimaryKey,
        (_, true) => ObjectIcon::ForeignKey,
        _ => ObjectIcon::Column,
    };
    TreeNode {
        id: format!("column:{}:{}:{}", relation.schema(), relation.row().name, column.name),
        detail: Some(column.native_type.clone()).filter(|native| !native.is_empty()),
        detail_title: Some(long.join(" · ")),
        expandable: false,
        object: Some(to_ref(object)),
        ..node(&Node::Database(String::new()), &column.name, icon)
    }
}

/// `1.2 M`.
pub(super) fn short(number: u64) -> String {
    let scaled = |unit: u64, name: &str| {
        let tenths = number / (unit / 10);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        if whole >= 100 || tenth == 0 { format!("{whole} {name}") } else { format!("{whole}.{tenth} {name}") }
    };
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => scaled(1_000, "k"),
        1_000_000..1_000_000_000 => scaled(1_000_000, "M"),
        _ => scaled(1_000_000_000, "G"),
    }
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `8.4 MB`.
pub(super) fn bytes(number: u64) -> String {
    if number < 1_000 { format!("{number} B") } else { format!("{}B", short(number)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn work_is_where_the_search_path_finds_something() {
        let mut catalog = Catalog::default();
        for name in ["audit", "public", "app"] {
            let id = catalog.push_schema(Schema::named(name));
            if name != "public" {
                catalog.push_relation(Relation::new(id, "t", RelationKind::Table));
            }
        }
        let home = |catalog: &Catalog, denied: &str| {
            let all: Vec<&Schema> = catalog.schemas.iter().collect();
            home(catalog, &all, Some("public"), |schema| schema.name == denied).unwrap()
        };
        assert_eq!(home(&catalog, ""), "audit", "nothing is in public, so any that holds something");
        catalog.search_path = vec!["nobody".to_owned(), "app".to_owned(), "audit".to_owned()];
        assert_eq!(home(&catalog, ""), "app");
        assert_eq!(home(&catalog, "app"), "audit");
        catalog.relations.clear();
        assert_eq!(home(&catalog, ""), "app", "empty as it is");
        catalog.search_path.clear();
        assert_eq!(home(&catalog, ""), "public");
    }
}
