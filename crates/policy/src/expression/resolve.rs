//! Which names mean which columns.

use std::collections::HashMap;

use catalog::{Catalog, RelationId};

/// What is known of the relations an expression can name.
pub trait Scope {
    /// Whether the relation has that column; `None` where the relation is not known.
    fn has_column(&self, schema: Option<&str>, relation: &str, column: &str) -> Option<bool>;

    /// Whether that column of the policy's own relation can be NULL; `None` where that is not known.
    fn can_be_null(&self, column: &str) -> Option<bool>;
}

/// Knows no relation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unscoped;

impl Scope for Unscoped {
    fn has_column(&self, _: Option<&str>, _: &str, _: &str) -> Option<bool> {
        None
    }

    fn can_be_null(&self, _: &str) -> Option<bool> {
        None
    }
}

/// The relations of a catalog by name; made once for many expressions.
#[derive(Clone, Debug)]
pub struct Names<'a> {
    catalog: &'a Catalog,
    relations: HashMap<&'a str, Vec<RelationId>>,
}

impl<'a> Names<'a> {
    /// The names of that catalog.
    pub fn new(catalog: &'a Catalog) -> Self {
        let mut relations: HashMap<&str, Vec<RelationId>> = HashMap::with_capacity(catalog.relations.len());
        for walker in catalog.walk_relations() {
            relations.entry(walker.row().name.as_str()).or_default().push(walker.id());
        }
        Names { catalog, relations }
    }

    /// The catalog.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// The relation of that name. Without a schema the first of the search path that has one, then the only one there is.
    pub fn relation(&self, schema: Option<&str>, name: &str) -> Option<RelationId> {
        let found = self.relations.get(name)?;
        let schema_of = |id: &RelationId| self.catalog.relation(*id).map(|walker| walker.schema());
        match schema {
            Some(schema) => found.iter().find(|id| schema_of(id) == Some(schema)).copied(),
            None => {
                let by_path = self
                    .catalog
                    .search_path
                    .iter()
                    .find_map(|schema| found.iter().find(|id| schema_of(id) == Some(schema.as_str())));
                by_path.copied().or(if let [only] = found.as_slice() { Some(*only) } else { None })
            }
        }
    }

    /// What expressions of that relation's policies can name.
    pub fn of(&'a self, relation: RelationId) -> Own<'a> {
        Own { names: self, relation }
    }
}

/// What expressions of one relation's policies can name.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    names: &'a Names<'a>,
    relation: RelationId,
}

impl Scope for Own<'_> {
    fn has_column(&self, schema: Option<&str>, relation: &str, column: &str) -> Option<bool> {
        let columns = self.names.catalog.relation(self.names.relation(schema, relation)?)?.columns();
        // A relation of which no columns were read is one of which nothing is known.
        (!columns.is_empty()).then(|| columns.iter().any(|known| known.name == column))
    }

    fn can_be_null(&self, column: &str) -> Option<bool> {
        let columns = self.names.catalog.relation(self.relation)?.columns();
        columns.iter().find(|known| known.name == column)?.nullable.value().copied()
    }
}
