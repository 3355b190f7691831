//! The one place that reads SQL text.
//!
//! From a text and the [`Dialect`] it is written in, this crate answers where statements begin and end ([`split`](split()),
//! [`statement_at`]), what each would do ([`classify`](classify())), whether a read-only connection may send it
//! ([`read_only_verdict`]), what of it changes the whole of a table ([`sweeps`]), which literals hold secrets ([`secret_spans`], [`redact`]), which parameters it takes
//! ([`placeholders`]), what could be typed at the caret ([`complete_context`]), what to call it ([`outline`](outline())), what
//! to call its rows ([`result_title`]) and which file of this computer it would hand over ([`local_file`](local_file())).
//!
//! It is a lexer and an outline, not a grammar: it must give a useful answer for the half-typed statement in an editor, and
//! its guards fail closed, so what it does not understand counts as a write. Every function is total: no input makes it panic,
//! and the time it takes is linear in the text.
//!
//! It must not know: any driver, any connection, the catalog of any database, or what a product is called. Differences
//! between databases are fields of [`Dialect`].

pub mod classify;
pub mod complete;
mod condition;
pub mod dialect;
pub mod lexer;
mod literal;
mod local_file;
mod nodes;
pub mod one_table;
pub mod outline;
pub mod placeholder;
pub mod readonly;
pub mod secret;
mod span;
pub mod split;
pub mod sweep;
mod title;
mod transaction;
mod wrap;

pub use classify::{
    Class, Classification, CopyDirection, CopyEffect, CopyEndpoint, Destroys, Destruction, Effect, Explain, Setting,
    SettingScope, TransactionKind, Verb, Write, classify,
};
pub use complete::{CompletionContext, DerivedColumn, Place, RelationSource, ScopeRelation, complete_context};
pub use condition::{NoCondition, NoConditionReason, check_condition};
pub use dialect::{Dialect, Words};
pub use lexer::{Lexer, Token, TokenKind, tokenize};
pub use local_file::local_file;
pub use nodes::QualifiedName;
pub use one_table::{Composed, OneTable, SelectedItem, one_table};
pub use outline::{Outline, command_tag_changes_catalog, outline, statement_changes_catalog};
pub use placeholder::{Placeholder, PlaceholderStyle, placeholders};
pub use readonly::{Refusal, RefusalReason, read_only_verdict};
pub use secret::{redact, redact_spans, secret_spans};
pub use span::Span;
pub use split::{Statement, StatementKind, split, statement_at};
pub use sweep::{Sweep, SweepKind, changes, changes_of, sweeps};
pub use title::{comment_title, result_title, search_path};
pub use transaction::{SavepointWords, TransactionWords, stays_outside_transactions};
pub use wrap::{Computed, Grouping, NoWrap, Wrapping, grouped, wrapped};
