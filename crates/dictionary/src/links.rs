//! Where each object's page is.

use std::collections::{HashMap, HashSet};

use catalog::{Catalog, RelationId, SchemaId};

use crate::book::{Choice, Span};

/// The anchors of everything that has a page.
pub(crate) struct Links {
    schemas: HashMap<SchemaId, String>,
    relations: HashMap<RelationId, String>,
    types: HashMap<usize, String>,
    routines: HashMap<usize, String>,
    sequences: HashMap<usize, String>,
    /// Types by how the server prints them.
    printed: HashMap<String, String>,
    relation_names: HashMap<(String, String), RelationId>,
    ordered: Vec<SchemaId>,
}

/// Anchors that were given out, but for their case: they are names of files too.
struct Anchors(HashSet<String>);

impl Anchors {
    fn take(&mut self, parts: &[&str]) -> String {
        let plain = |part: &&str| -> String {
            let signs = part.chars().map(|sign| if sign.is_ascii_alphanumeric() || sign == '_' { sign } else { '-' });
            signs.take(60).collect()
        };
        let wanted = parts.iter().map(plain).collect::<Vec<_>>().join(".");
        let mut anchor = wanted.clone();
        let mut number = 2_u32;
        while !self.0.insert(anchor.to_ascii_lowercase()) {
            anchor = format!("{wanted}-{number}");
            number += 1;
        }
        anchor
    }
}

impl Links {
    pub(crate) fn of(catalog: &Catalog, choice: &Choice) -> Self {
        let chosen = |id: SchemaId| {
            let schema = catalog.schemas.get(id.0 as usize);
            schema.is_some_and(|schema| {
                !schema.system && choice.schemas.as_ref().is_none_or(|some| some.contains(&schema.name))
            })
        };
        let mut ordered: Vec<SchemaId> =
            (0..catalog.schemas.len()).map(|place| SchemaId(place as u32)).filter(|id| chosen(*id)).collect();
        ordered.sort_by_key(|id| catalog.schema_name(*id));
        let mut anchors = Anchors(HashSet::new());
        let schemas = ordered.iter().map(|id| (*id, anchors.take(&["schema", catalog.schema_name(*id)]))).collect();
        let mut relations: Vec<_> = catalog.walk_relations().filter(|one| chosen(one.row().schema)).collect();
        relations.sort_by(|a, b| (a.schema(), &a.row().name).cmp(&(b.schema(), &b.row().name)));
        let relation_names =
            relations.iter().map(|one| ((one.schema().to_owned(), one.row().name.clone()), one.id())).collect();
        let relations = relations
            .iter()
            .map(|one| (one.id(), anchors.take(&["relation", one.schema(), &one.row().name])))
            .collect();
        let mut printed = HashMap::new();
        let types: HashMap<usize, String> = named(&catalog.types, |one| (one.schema, &one.name), &chosen, catalog)
            .into_iter()
            .map(|place| {
                let one = &catalog.types[place];
                let schema = catalog.schema_name(one.schema);
                let anchor = anchors.take(&["type", schema, &one.name]);
                printed.insert(format!("{}.{}", quoted(schema), quoted(&one.name)), anchor.clone());
                (place, anchor)
            })
            .collect();
        let routines = named(&catalog.routines, |one| (one.schema, &one.name), &chosen, catalog)
            .into_iter()
            .map(|place| {
                let one = &catalog.routines[place];
                (place, anchors.take(&["routine", catalog.schema_name(one.schema), &one.name]))
            })
            .collect();
        let sequences = named(&catalog.sequences, |one| (one.schema, &one.name), &chosen, catalog)
            .into_iter()
            .map(|place| {
                let one = &catalog.sequences[place];
                (place, anchors.take(&["sequence", catalog.schema_name(one.schema), &one.name]))
            })
            .collect();
        Links { schemas, relations, types, routines, sequences, printed, relation_names, ordered }
    }

    /// The schemas that have pages, by name.
    pub(crate) fn schemas(&self) -> Vec<SchemaId> {
        self.ordered.clone()
    }

    pub(crate) fn schema(&self, id: SchemaId) -> String {
        self.schemas.get(&id).cloned().unwrap_or_default()
    }

    pub(crate) fn relation(&self, id: RelationId) -> Option<&String> {
        self.relations.get(&id)
    }

    pub(crate) fn type_at(&self, place: usize) -> Option<&String> {
        self.types.get(&place)
    }

    pub(crate) fn routine_at(&self, place: usize) -> Option<&String> {
        self.routines.get(&place)
    }

    pub(crate) fn sequence_at(&self, place: usize) -> Option<&String> {
        self.sequences.get(&place)
    }

    /// A relation by its names: a link where it has a page.
    pub(crate) fn relation_named(&self, schema: &str, name: &str, from: &str) -> Span {
        let shown = if schema == from { name.to_owned() } else { format!("{schema}.{name}") };
        let id = self.relation_names.get(&(schema.to_owned(), name.to_owned()));
        match id.and_then(|id| self.relations.get(id)) {
            Some(to) => Span::Link { text: shown, to: to.clone() },
            None => Span::Code(shown),
        }
    }

    /// A type as the server prints it: a link where it has a page.
    pub(crate) fn type_printed(&self, native: &str) -> Span {
        match self.printed.get(native.trim_end_matches("[]")) {
            Some(to) => Span::Link { text: native.to_owned(), to: to.clone() },
            None => Span::Code(native.to_owned()),
        }
    }
}

/// The places of what is in a chosen schema, by schema and name.
fn named<T>(
    all: &[T],
    of: impl Fn(&T) -> (SchemaId, &String),
    chosen: &impl Fn(SchemaId) -> bool,
    catalog: &Catalog,
) -> Vec<usize> {
    let mut places: Vec<usize> = (0..all.len()).filter(|place| chosen(of(&all[*place]).0)).collect();
    let key = |place: &usize| {
        let (schema, name) = of(&all[*place]);
        (catalog.schema_name(schema), name)
    };
    places.sort_by(|a, b| key(a).cmp(&key(b)));
    places
}

/// An identifier as PostgreSQL prints it within a type's name, but for reserved words.
fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '_')
        && name.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
