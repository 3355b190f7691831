//! Navigation from one object to its neighbours.

use crate::{
    Catalog, Column, Constraint, ConstraintKind, ForeignKey, Index, ObjectKey, Policy, Relation, RelationId, Trigger,
};

impl Catalog {
    /// A walker at this relation; `None` for an id of another catalog.
    pub fn relation(&self, id: RelationId) -> Option<RelationWalker<'_>> {
        let relation = self.relations.get(id.0 as usize)?;
        Some(RelationWalker { catalog: self, id, relation })
    }

    /// Every relation, in the catalog's order.
    pub fn walk_relations(&self) -> impl Iterator<Item = RelationWalker<'_>> {
        self.relations.iter().enumerate().map(|(index, relation)| RelationWalker {
            catalog: self,
            id: RelationId(index as u32),
            relation,
        })
    }
}

/// A relation seen in its catalog.
#[derive(Clone, Copy)]
pub struct RelationWalker<'a> {
    catalog: &'a Catalog,
    id: RelationId,
    relation: &'a Relation,
}

impl<'a> RelationWalker<'a> {
    /// Its id.
    pub fn id(self) -> RelationId {
        self.id
    }

    /// The relation itself.
    pub fn row(self) -> &'a Relation {
        self.relation
    }

    /// Its schema's name.
    pub fn schema(self) -> &'a str {
        self.catalog.schema_name(self.relation.schema)
    }

    /// Its identity.
    pub fn key(self) -> ObjectKey {
        ObjectKey::relation(self.catalog.database.as_deref(), Some(self.schema()), &self.relation.name)
    }

    /// Its columns in order.
    pub fn columns(self) -> &'a [Column] {
        part(&self.catalog.columns, self.id, |column| column.relation)
    }

    /// Its constraints other than foreign keys; the primary key first.
    pub fn constraints(self) -> &'a [Constraint] {
        part(&self.catalog.constraints, self.id, |constraint| constraint.relation)
    }

    /// Its primary key.
    pub fn primary_key(self) -> Option<&'a Constraint> {
        self.constraints().iter().find(|constraint| constraint.kind == ConstraintKind::PrimaryKey)
    }

    /// Its foreign keys.
    pub fn foreign_keys(self) -> &'a [ForeignKey] {
        part(&self.catalog.foreign_keys, self.id, |key| key.relation)
    }

    /// Foreign keys of any relation that refer to this one.
    pub fn referenced_by(self) -> impl Iterator<Item = &'a ForeignKey> {
        self.catalog.foreign_keys.iter().filter(move |key| key.referenced == Some(self.id))
    }

    /// Its indexes.
    pub fn indexes(self) -> &'a [Index] {
        part(&self.catalog.indexes, self.id, |index| index.relation)
    }

    /// Its triggers.
    pub fn triggers(self) -> &'a [Trigger] {
        part(&self.catalog.triggers, self.id, |trigger| trigger.relation)
    }

    /// Its policies.
    pub fn policies(self) -> &'a [Policy] {
        part(&self.catalog.policies, self.id, |policy| policy.relation)
    }
}

fn part<T>(all: &[T], id: RelationId, of: impl Fn(&T) -> RelationId) -> &[T] {
    let first = all.partition_point(|item| of(item) < id);
    let count = all.get(first..).map_or(0, |rest| rest.partition_point(|item| of(item) == id));
    all.get(first..first + count).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::{Catalog, Column, Kind, Known, Relation, RelationKind, Schema};

    #[test]
    fn a_walker_finds_only_the_parts_of_its_relation() {
        let mut catalog = Catalog::default();
        let schema = catalog.push_schema(Schema::named("public"));
        let a = catalog.push_relation(Relation::new(schema, "a", RelationKind::Table));
        let b = catalog.push_relation(Relation::new(schema, "b", RelationKind::View));
        catalog.columns.push(Column::new(b, 1, "y", "text"));
        catalog.columns.push(Column::new(a, 2, "x2", "text"));
        catalog.columns.push(Column::new(a, 1, "x1", "text"));
        catalog.seal();
        let names: Vec<_> = catalog.relation(a).unwrap().columns().iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["x1", "x2"], "columns come in ordinal order and only from the asked relation");
        assert_eq!(catalog.relation(b).unwrap().columns().len(), 1);
        assert!(catalog.relation(b).unwrap().indexes().is_empty());
        assert_eq!(catalog.find_relation(Some("public"), "b"), Some(b));
        assert_eq!(catalog.find_relation(Some("other"), "b"), None);
    }

    #[test]
    fn a_catalog_is_complete_only_for_kinds_read_in_full() {
        let mut catalog = Catalog::default();
        catalog.coverage.insert(Kind::Relations, Known::Value(()));
        catalog.coverage.insert(Kind::Policies, Known::Unsupported);
        catalog.coverage.insert(Kind::Roles, Known::Denied);
        assert_eq!(catalog.complete(&[Kind::Relations, Kind::Policies]), Ok(()));
        assert_eq!(catalog.complete(&[Kind::Roles]), Err((Kind::Roles, Known::Denied)));
        assert_eq!(catalog.complete(&[Kind::Columns]), Err((Kind::Columns, Known::NotLoaded)));
    }

    #[test]
    fn a_catalog_survives_serialisation() {
        let mut catalog = Catalog::default();
        let schema = catalog.push_schema(Schema::named("we\"ird"));
        catalog.push_relation(Relation::new(schema, "t 🚀", RelationKind::Partition));
        catalog.coverage.insert(Kind::Relations, Known::Value(()));
        let text = serde_json::to_string(&catalog).unwrap();
        assert_eq!(serde_json::from_str::<Catalog>(&text).unwrap(), catalog);
    }
}
