//! The server's own grammar, for the few who read whole statements: everything that is read with it is read here.
//!
//! Who takes a tree makes it into types of its own at once, so that the library ends there.

use pg_query::{DeparseOptions, ParserOptions};

pub use pg_query::{NodeEnum, protobuf};

use crate::expression::{Problem, with_tree};

/// Calls `then` with the trees of a text's statements. Places in them are byte offsets.
///
/// # Errors
/// [`Problem`] where the grammar refuses it, or it is too long or too deep.
pub fn statements<T>(text: &str, then: impl FnOnce(&[protobuf::RawStmt]) -> T) -> Result<T, Problem> {
    with_tree(text, ParserOptions::DEFAULT, |tree| Ok(then(&tree.stmts)))
}

/// A statement's tree as SQL; `None` where the library cannot write it.
pub fn written(statement: NodeEnum) -> Option<String> {
    let node = protobuf::Node { node: Some(statement) };
    let raw = protobuf::RawStmt { stmt: Some(Box::new(node)), ..protobuf::RawStmt::default() };
    let tree = protobuf::ParseResult { stmts: vec![raw], ..protobuf::ParseResult::default() };
    tree.deparse(DeparseOptions::default()).ok()
}
