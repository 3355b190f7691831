//! What no statement changes in place.

use catalog::Generated;

use crate::definition::*;

/// Stored columns can be given another expression since this version.
const SET_EXPRESSION: u32 = 170_000;

/// Whether an object must be dropped and made again to become the other.
pub(super) fn is_needed(from: &Object, to: &Object, server: Server) -> bool {
    match (&from.body, &to.body) {
        (Body::Type(from), Body::Type(to)) => type_is(from, to),
        (Body::Table(from), Body::Table(to)) => from.kind != to.kind,
        (Body::Column(from), Body::Column(to)) => {
            computed_is(from.generated.as_ref(), to.generated.as_ref(), server.version)
        }
        (Body::Constraint(from), Body::Constraint(to)) => from.text != to.text && !becomes_valid(&from.text, &to.text),
        (Body::ForeignKey(from), Body::ForeignKey(to)) => from.text != to.text && !becomes_valid(&from.text, &to.text),
        (Body::Index(from), Body::Index(to)) => from.text != to.text,
        (Body::View(from), Body::View(to)) => {
            from.materialized != to.materialized
                || from.query != to.query && (to.materialized || !to.columns.starts_with(&from.columns))
        }
        (Body::Routine(from), Body::Routine(to)) => {
            from.routine != to.routine || from.returns != to.returns || from.arguments != to.arguments
        }
        (Body::Trigger(from), Body::Trigger(to)) => from.text != to.text,
        (Body::Policy(from), Body::Policy(to)) => {
            let goes = |from: &Option<String>, to: &Option<String>| from.is_some() && to.is_none();
            from.command != to.command
                || from.permissive != to.permissive
                || goes(&from.using, &to.using)
                || goes(&from.with_check, &to.with_check)
        }
        (Body::Sequence(_), Body::Sequence(_))
        | (Body::Schema, Body::Schema)
        | (Body::Role(_), Body::Role(_))
        | (Body::Extension { .. }, Body::Extension { .. }) => false,
        _ => true,
    }
}

/// Whether a constraint differs only in that its rows are to be checked at last.
pub(super) fn becomes_valid(from: &str, to: &str) -> bool {
    from.strip_suffix(" NOT VALID") == Some(to)
}

fn type_is(from: &TypeBody, to: &TypeBody) -> bool {
    match (from, to) {
        (TypeBody::Enum { labels: from }, TypeBody::Enum { labels: to }) => {
            // Labels can be added anywhere, and neither dropped nor moved.
            let mut left = to.iter();
            !from.iter().all(|label| left.any(|other| other == label))
        }
        (TypeBody::Domain(from), TypeBody::Domain(to)) => from.base != to.base,
        (TypeBody::Composite { attributes: from }, TypeBody::Composite { attributes: to }) => {
            // Those that stay keep their order and type, and new ones come last.
            let kept: Vec<_> = from.iter().filter(|one| to.contains(one)).collect();
            !to.iter().take(kept.len()).eq(kept)
                || to
                    .iter()
                    .skip(from.iter().filter(|one| to.contains(one)).count())
                    .any(|(name, _)| from.iter().any(|(other, _)| other == name))
        }
        (TypeBody::Range { .. }, TypeBody::Range { .. }) => from != to,
        _ => true,
    }
}

fn computed_is(from: Option<&Generated>, to: Option<&Generated>, version: u32) -> bool {
    match (from, to) {
        (None, None) => false,
        (Some(from), Some(to)) => {
            from.stored != to.stored || from.expression != to.expression && version < SET_EXPRESSION
        }
        // A stored one can stay as what it holds.
        (Some(from), None) => !from.stored,
        (None, Some(_)) => true,
    }
}
