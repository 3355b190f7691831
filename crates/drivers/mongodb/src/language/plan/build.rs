//! Pieces of command documents.

use driver::Span;

use crate::language::{
    literal::{self, Wrong},
    node::{Field, Literal, Node},
    statement::Step,
};

const NOWHERE: Span = Span { start: 0, end: 0 };

pub(super) fn node(value: Literal) -> Node {
    Node { value, span: NOWHERE }
}

/// A value under a name.
pub(super) fn named(name: &str, value: Literal) -> Field {
    Field { name: name.to_owned(), at: NOWHERE, node: node(value) }
}

/// A value that was written, under a name.
pub(super) fn given(name: &str, node: &Node) -> Field {
    Field { name: name.to_owned(), at: node.span, node: node.clone() }
}

pub(crate) fn text(value: &str) -> Literal {
    Literal::Text(value.to_owned())
}

pub(super) fn integer(value: i64) -> Literal {
    match i32::try_from(value) {
        Ok(value) => literal::int32(value),
        Err(_) => literal::int64(value),
    }
}

pub(super) fn truth(value: bool) -> Literal {
    Literal::Scalar(crate::bson::kind::BOOL, vec![u8::from(value)])
}

pub(super) fn document(fields: Vec<Field>) -> Literal {
    Literal::Document(fields)
}

pub(super) fn array(items: Vec<Node>) -> Literal {
    Literal::Array(items)
}

/// An argument that must be a document, or is not there.
pub(super) fn optional(step: &Step, at: usize) -> Result<Option<&Node>, Wrong> {
    match step.argument(at) {
        Some(node) if node.fields().is_none() => Err(Wrong::new(node.span, "A document is expected here: { … }.")),
        other => Ok(other),
    }
}

/// An argument that must be a document.
pub(super) fn required<'a>(step: &'a Step, at: usize, what: &str) -> Result<&'a Node, Wrong> {
    match optional(step, at)? {
        Some(node) => Ok(node),
        None => Err(Wrong::new(step.span, format!("{} wants {what}: {{ … }}.", step.name))),
    }
}

/// An argument that must be a text.
pub(super) fn string<'a>(step: &'a Step, at: usize, what: &str) -> Result<&'a str, Wrong> {
    match step.argument(at).map(|node| (node, node.text())) {
        Some((_, Some(text))) => Ok(text),
        Some((node, None)) => Err(Wrong::new(node.span, format!("{what} is expected in quotes."))),
        None => Err(Wrong::new(step.span, format!("{} wants {what} in quotes.", step.name))),
    }
}

/// More arguments than a method takes are a mistake.
pub(super) fn at_most(step: &Step, count: usize) -> Result<(), Wrong> {
    match step.arguments.get(count) {
        Some(node) => Err(Wrong::new(node.span, format!("{} takes no more than {count} arguments.", step.name))),
        None => Ok(()),
    }
}

/// Takes options over into a command, some under another name.
///
/// # Errors
/// One that is not known, at its place.
pub(super) fn take(options: Option<&Node>, known: &[(&str, &str)], into: &mut Vec<Field>) -> Result<(), Wrong> {
    for field in options.and_then(Node::fields).unwrap_or_default() {
        match known.iter().find(|(name, _)| *name == field.name) {
            Some((_, "")) => {}
            Some((_, name)) => into.push(Field { name: (*name).to_owned(), ..field.clone() }),
            None => return Err(Wrong::new(field.at, format!("{} is no option here.", dial::url::brief(&field.name)))),
        }
    }
    Ok(())
}
