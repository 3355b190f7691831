//! What a diagram shows: entities with their rows, and the relationships between them.

use std::collections::{HashMap, HashSet};

use catalog::{Action, Catalog, ForeignKey, ObjectKey, RelationId, RelationKind, RelationWalker};

use crate::{
    cardinality::{self, Cardinality},
    inferred,
};

/// Which columns entities show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// All of them.
    #[default]
    All,
    /// Those of keys, and those that refer or are referred to.
    Keys,
    /// None.
    None,
}

/// What of a catalog is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only relations of these schemas; of all but the server's own where it is `None`.
    pub schemas: Option<Vec<String>>,
    /// Only these relations.
    pub relations: Option<Vec<ObjectKey>>,
    /// Never these, wherever else they are named.
    pub hidden: Vec<ObjectKey>,
    /// Views and materialized views too.
    pub views: bool,
    /// Partitions too; else their parents stand for them.
    pub partitions: bool,
    /// Which columns.
    pub columns: Columns,
    /// Relationships that no foreign key declares, but names and types speak for.
    pub inferred: bool,
}

/// Diagram of (a part of) a database. Entities come by schema and name, relationships by their entities and names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// The boxes.
    pub entities: Vec<Entity>,
    /// The lines.
    pub relationships: Vec<Relationship>,
}

/// A relation as a box.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Its identity, by which its place is kept.
    pub key: ObjectKey,
    /// What it is.
    pub kind: RelationKind,
    /// Its comment.
    pub comment: Option<String>,
    /// The columns that are shown, in their order.
    pub rows: Vec<Row>,
    /// How many columns are not.
    pub folded: usize,
    /// How many foreign keys lead to or come from relations that are not drawn.
    pub outside: usize,
    /// The server's internal number, by which a new name is known as an old relation's.
    pub rename_hint: Option<u64>,
}

impl Entity {
    /// Its schema; empty where the engine has none.
    pub fn schema(&self) -> &str {
        self.key.schema.as_deref().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.key.name
    }
}

/// A column of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its type as the server prints it.
    pub native_type: String,
    /// Whether it may be NULL, where that is known.
    pub nullable: Option<bool>,
    /// Whether it belongs to the primary key.
    pub primary: bool,
    /// Whether it alone tells rows apart.
    pub unique: bool,
    /// Whether a foreign key begins here.
    pub foreign: bool,
    /// Its comment.
    pub comment: Option<String>,
}

/// How a relationship is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A foreign key.
    Declared,
    /// Names and types speak for it; the server does not know of it.
    Inferred,
}

/// One side of a relationship.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The entity's place in [`Diagram::entities`].
    pub entity: usize,
    /// Its columns, in the key's order.
    pub columns: Vec<String>,
    /// How many rows there are on this side for one of the other.
    pub cardinality: Cardinality,
}

/// A line between two entities, or from one to itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// The foreign key's name.
    pub name: Option<String>,
    /// The side that refers.
    pub from: End,
    /// The side that is referred to.
    pub to: End,
    /// What becomes of referring rows when a referred one is deleted.
    pub on_delete: Action,
    /// What becomes of them when its key changes.
    pub on_update: Action,
    /// How it is known.
    pub origin: Origin,
}

impl Diagram {
    /// What a choice shows of a catalog.
    pub fn of(catalog: &Catalog, choice: &Choice) -> Self {
        let named = choice.relations.as_ref().map(|named| named.iter().collect::<HashSet<_>>());
        let hidden: HashSet<&ObjectKey> = choice.hidden.iter().collect();
        let is_drawn = |relation: &RelationWalker<'_>| {
            let key = relation.key();
            // A relation that is named is drawn whatever it is.
            let drawn =
                named.as_ref().map_or_else(|| is_chosen(catalog, *relation, choice), |named| named.contains(&key));
            drawn && !hidden.contains(&key)
        };
        let mut chosen: Vec<RelationWalker<'_>> = catalog.walk_relations().filter(is_drawn).collect();
        chosen.sort_by(|a, b| (a.schema(), &a.row().name).cmp(&(b.schema(), &b.row().name)));
        let places: HashMap<RelationId, usize> =
            chosen.iter().enumerate().map(|(place, relation)| (relation.id(), place)).collect();
        let mut outside = vec![0; chosen.len()];
        let mut relationships = Vec::new();
        for key in &catalog.foreign_keys {
            let from = places.get(&key.relation).copied();
            let to = key.referenced.and_then(|id| places.get(&id).copied());
            match (from, to) {
                (Some(from), Some(to)) => relationships.push(declared(catalog, key, from, to)),
                (Some(place), None) | (None, Some(place)) => outside[place] += 1,
                (None, None) => {}
            }
        }
        if choice.inferred {
            relationships.extend(inferred::relationships(&chosen, &relationships));
        }
        relationships.sort_by(|a, b| {
            let key = |one: &Relationship| (one.from.entity, one.to.entity, one.origin);
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.from.columns.cmp(&b.from.columns))
        });
        let mut keyed: Vec<Vec<&str>> = vec![Vec::new(); chosen.len()];
        for end in relationships.iter().flat_map(|one| [&one.from, &one.to]) {
            keyed[end.entity].extend(end.columns.iter().map(String::as_str));
        }
        let entities = chosen
            .iter()
            .zip(outside)
            .zip(&keyed)
            .map(|((relation, outside), keyed)| entity(*relation, choice.columns, keyed, outside))
            .collect();
        Diagram { entities, relationships }
    }

    /// An entity's name as a person reads it: with its schema where the diagram has more than one.
    pub fn title(&self, entity: &Entity) -> String {
        // They come by schema.
        let several = self.entities.first().map(Entity::schema) != self.entities.last().map(Entity::schema);
        match entity.schema() {
            schema if several && !schema.is_empty() => format!("{schema}.{}", entity.name()),
            _ => entity.name().to_owned(),
        }
    }

    /// The entity of a key.
    pub fn find(&self, key: &ObjectKey) -> Option<usize> {
        self.entities.iter().position(|entity| entity.key == *key)
    }
}

fn is_chosen(catalog: &Catalog, relation: RelationWalker<'_>, choice: &Choice) -> bool {
    let row = relation.row();
    let drawn = match row.kind {
        RelationKind::Table
        | RelationKind::PartitionedTable
        | RelationKind::ForeignTable
        | RelationKind::VirtualTable
        | RelationKind::Collection
        | RelationKind::TimeSeries => true,
        RelationKind::Partition => choice.partitions,
        RelationKind::View | RelationKind::MaterializedView => choice.views,
    };
    let of_server = || catalog.schemas.get(row.schema.0 as usize).is_some_and(|schema| schema.system);
    drawn
        && match &choice.schemas {
            Some(schemas) => schemas.iter().any(|schema| schema == relation.schema()),
            None => !of_server(),
        }
}

fn declared(catalog: &Catalog, key: &ForeignKey, from: usize, to: usize) -> Relationship {
    let referring = catalog.relation(key.relation);
    let (many, one) = cardinality::of(referring, &key.columns);
    Relationship {
        name: key.name.clone(),
        from: End { entity: from, columns: key.columns.clone(), cardinality: many },
        to: End { entity: to, columns: key.referenced_columns.clone(), cardinality: one },
        on_delete: key.on_delete,
        on_update: key.on_update,
        origin: Origin::Declared,
    }
}

fn entity(relation: RelationWalker<'_>, columns: Columns, keyed: &[&str], outside: usize) -> Entity {
    let primary: &[String] = relation.primary_key().map_or(&[], |key| &key.columns);
    let all = relation.columns().iter().map(|column| Row {
        name: column.name.clone(),
        native_type: column.native_type.clone(),
        nullable: column.nullable.value().copied(),
        primary: primary.contains(&column.name),
        unique: cardinality::is_unique(relation, std::slice::from_ref(&column.name)),
        foreign: relation.foreign_keys().iter().any(|key| key.columns.contains(&column.name)),
        comment: column.comment.clone(),
    });
    let rows: Vec<Row> = all
        .filter(|row| match columns {
            Columns::All => true,
            Columns::Keys => row.primary || row.foreign || keyed.contains(&row.name.as_str()),
            Columns::None => false,
        })
        .collect();
    let row = relation.row();
    Entity {
        key: relation.key(),
        kind: row.kind,
        comment: row.comment.clone(),
        folded: relation.columns().len() - rows.len(),
        rows,
        outside,
        rename_hint: row.rename_hint,
    }
}
