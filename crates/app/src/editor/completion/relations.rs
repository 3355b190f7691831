//! The columns of relations in scope, and how relations are joined.

use catalog::{Column, Known, RelationId, RelationWalker};
use sql::{DerivedColumn, Dialect, RelationSource, ScopeRelation};

use crate::{explorer::Shelved, holds::leads_to};

/// What the catalog knows of the relations of a statement.
pub(super) struct Relations<'a> {
    pub(super) dialect: &'a Dialect,
    pub(super) shelved: Option<&'a Shelved>,
    /// Schemas whose relations need no qualifier, in order.
    pub(super) path: &'a [String],
}

/// A column as it is offered.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) native_type: Option<String>,
    pub(super) documentation: Option<String>,
}

impl<'a> Relations<'a> {
    fn find(&self, parts: &[String]) -> Option<RelationId> {
        let (name, rest) = parts.split_last()?;
        let same = |a: &str, b: &str| self.dialect.same_table_name(a, b);
        self.shelved?.meant(same, self.path, rest.last().map(String::as_str), name)
    }

    fn walk(&self, parts: &[String]) -> Option<RelationWalker<'a>> {
        self.shelved?.catalog.relation(self.find(parts)?)
    }

    /// The columns a relation of the statement has.
    pub(super) fn columns(&self, relation: &ScopeRelation) -> Vec<Shown> {
        if let Some(derived) = &relation.columns {
            let one = |column: &DerivedColumn| match column {
                DerivedColumn::Named(name) => {
                    vec![Shown { name: name.clone(), native_type: None, documentation: None }]
                }
                DerivedColumn::AllOf(parts) => self.of(parts),
            };
            return derived.iter().flat_map(one).collect();
        }
        match &relation.source {
            RelationSource::Named(parts) => self.of(parts),
            RelationSource::Cte(_) | RelationSource::Select | RelationSource::Function(_) => Vec::new(),
        }
    }

    fn of(&self, parts: &[String]) -> Vec<Shown> {
        let Some(relation) = self.walk(parts) else { return Vec::new() };
        relation.columns().iter().map(|column| shown(relation, column)).collect()
    }

    /// Conditions that join the right relation to those on the left, as foreign keys have it.
    pub(super) fn join_conditions(&self, left: &[ScopeRelation], right: &ScopeRelation) -> Vec<String> {
        let catalog_relation = |one: &ScopeRelation| match &one.source {
            RelationSource::Named(parts) if one.columns.is_none() => self.walk(parts),
            _ => None,
        };
        let Some(here) = catalog_relation(right) else { return Vec::new() };
        let (Some(right_name), mut conditions) = (right.name(), Vec::new()) else { return Vec::new() };
        for one in left {
            let (Some(there), Some(left_name)) = (catalog_relation(one), one.name()) else { continue };
            for (from, from_name, to, to_name) in
                [(there, left_name, here, right_name), (here, right_name, there, left_name)]
            {
                for key in from.foreign_keys().iter().filter(|key| key.referenced == Some(to.id())) {
                    let pairs = key.columns.iter().zip(&key.referenced_columns).map(|(own, other)| {
                        // The relation that was there first stands first.
                        let own = self.dialect.quote_path([from_name, own.as_str()]);
                        let other = self.dialect.quote_path([to_name, other.as_str()]);
                        if from_name == left_name { format!("{own} = {other}") } else { format!("{other} = {own}") }
                    });
                    conditions.push(pairs.collect::<Vec<_>>().join(" AND "));
                }
            }
        }
        conditions.dedup();
        conditions
    }
}

fn shown(relation: RelationWalker<'_>, column: &Column) -> Shown {
    let mut words = vec![format!("{}.{}", relation.row().name, column.name)];
    if relation.primary_key().is_some_and(|key| key.columns.contains(&column.name)) {
        words.push("primary key".to_owned());
    }
    words.extend((column.nullable == Known::Value(false)).then(|| "not null".to_owned()));
    words.extend(leads_to(relation, &column.name).map(|target| format!("to {target}")));
    words.extend(column.comment.clone());
    Shown {
        name: column.name.clone(),
        native_type: Some(column.native_type.clone()).filter(|native| !native.is_empty()),
        documentation: Some(words.join(" · ")),
    }
}
