//! Routines of PostgreSQL whose parameters are called otherwise: one and the same to the server, which tells them apart by types
//! (<https://www.postgresql.org/docs/current/catalog-pg-proc.html>).

use std::borrow::Cow;

use catalog::{ObjectKey, ObjectKind};
use sql::{Dialect, Token, TokenKind, tokenize};

use crate::definition::Definition;

/// Gives routines of one side the signatures of those of the other that the server would take for the same.
pub(crate) fn align(from: &mut Cow<'_, Definition>, to: &Definition) {
    let dialect = to.server.dialect();
    let lacks = |side: &Definition, key: &ObjectKey| key.kind == ObjectKind::Routine && !side.objects.contains_key(key);
    let old: Vec<ObjectKey> = from.objects.keys().filter(|key| lacks(to, key)).cloned().collect();
    let mut new: Vec<&ObjectKey> = to.objects.keys().filter(|key| lacks(from, key)).collect();
    for key in old {
        let signature = |key: &ObjectKey| key.signature.clone().unwrap_or_default();
        let same = |other: &&ObjectKey| {
            (&other.schema, &other.name) == (&key.schema, &key.name)
                && alike(&signature(other), &signature(&key), dialect)
        };
        let Some(at) = new.iter().position(same) else { continue };
        let other = new.remove(at).clone();
        let from = from.to_mut();
        if let Some(object) = from.objects.remove(&key) {
            from.objects.insert(other, object);
        }
    }
}

/// Whether two lists of arguments have the same types.
fn alike(one: &str, other: &str, dialect: &Dialect) -> bool {
    let (one, other) = (arguments(one, dialect), arguments(other, dialect));
    one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| same_type(one, other))
}

/// A name may stand before a type.
fn same_type(one: &[&str], other: &[&str]) -> bool {
    let rest = |words: &[&str], other: &[&str]| words.len() > 1 && words.get(1..) == Some(other);
    one == other
        || rest(one, other)
        || rest(other, one)
        || one.len() > 1 && other.len() > 1 && one.get(1..) == other.get(1..)
}

/// The words of each argument, without how it is passed.
fn arguments<'a>(list: &'a str, dialect: &Dialect) -> Vec<Vec<&'a str>> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    let mut depth = 0_usize;
    for Token { kind, span, .. } in tokenize(list, dialect) {
        let word = list.get(span.start..span.end).unwrap_or_default();
        if word.trim().is_empty() {
            continue;
        }
        match kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => {
                found.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if found.is_empty() {
            found.push(Vec::new());
        }
        let Some(last) = found.last_mut() else { continue };
        let is_mode = last.is_empty() && ["IN", "INOUT", "VARIADIC"].iter().any(|mode| word.eq_ignore_ascii_case(mode));
        if !is_mode {
            last.push(word);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_make_no_other_routine() {
        let same = |one: &str, other: &str| alike(one, other, sql::dialect::postgres());
        assert!(same("integer", "a integer"));
        assert!(same("a numeric(10,2), VARIADIC b text[]", "x numeric(10,2), VARIADIC text[]"));
        assert!(same("\"A b\" timestamp with time zone", "timestamp with time zone"));
        assert!(same("", ""));
        assert!(!same("integer", "a bigint") && !same("integer", "integer, integer") && !same("", "integer"));
    }
}
