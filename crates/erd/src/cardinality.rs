//! How many rows stand on each side of a relationship, read from constraints and unique indexes.

use catalog::{ConstraintKind, RelationWalker};

/// How many rows there are on a side for one row of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// One, always.
    One,
    /// One or none.
    ZeroOrOne,
    /// Any number.
    ZeroOrMany,
    /// At most one; whether there may be none is not known.
    AtMostOne,
}

/// The cardinalities of the referring and of the referred side of a key with those columns. A referring row refers to one row, or to
/// none where a column may be NULL; how many refer to a row is any number, unless the columns tell rows apart.
pub fn of(referring: Option<RelationWalker<'_>>, columns: &[String]) -> (Cardinality, Cardinality) {
    let Some(referring) = referring else { return (Cardinality::ZeroOrMany, Cardinality::AtMostOne) };
    let many = if is_unique(referring, columns) { Cardinality::ZeroOrOne } else { Cardinality::ZeroOrMany };
    let nullable = columns.iter().map(|name| {
        let column = referring.columns().iter().find(|column| column.name == *name);
        column.and_then(|column| column.nullable.value().copied())
    });
    let one = nullable.fold(Cardinality::One, |found, nullable| match (found, nullable) {
        (_, Some(true)) | (Cardinality::ZeroOrOne, _) => Cardinality::ZeroOrOne,
        (_, None) => Cardinality::AtMostOne,
        (found, Some(false)) => found,
    });
    (many, one)
}

/// Whether no two rows have the same values in these columns: a primary key, a unique constraint or a whole unique index lies within
/// them. NULLs count as different from each other, as servers count them.
pub fn is_unique(relation: RelationWalker<'_>, columns: &[String]) -> bool {
    let within = |key: &[String]| !key.is_empty() && key.iter().all(|name| columns.contains(name));
    let constrained = relation.constraints().iter().any(|constraint| {
        matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique) && within(&constraint.columns)
    });
    constrained
        || relation.indexes().iter().any(|index| {
            let keys: Vec<String> = index.keys.iter().map(|key| key.text.clone()).collect();
            index.unique
                && index.predicate.is_none()
                && index.valid.value() != Some(&false)
                && index.keys.iter().all(|key| !key.expression)
                && within(&keys)
        })
}
