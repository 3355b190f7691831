//! The driver for SQLite 3 files.
//!
//! Every session owns one `rusqlite` connection on a thread of its own, because a step of SQLite
//! blocks; the contract's async faces are channels to that thread. What makes SQLite different, and
//! where it is decided:
//!
//! * **Storage classes.** A column's declaration does not bind its values, so every column of a result
//!   is `Binary` with a class column beside it ([`driver::arrow`]). Numbers are their digits: integers
//!   in full, reals with the shortest digits that read back as the same number, in the layout of the
//!   `sqlite3` shell (`1.0`, `1.0e+20`, `Inf`). Where 15 digits are enough the text is the shell's own.
//! * **Placeholders.** Values come as text. A text that is the canonical form of an integer, or of a
//!   real of at most 15 digits, is bound as that number (as the shell's `.parameter set` does), any
//!   other as text. SQLite would otherwise never find `count(*) = '5'` true.
//! * **Read-only** is the open flag and an authorizer: see the `control` of what may still be done.
//! * **Locks** of other programs are waited for up to five seconds, then reported as `Conflict`.
//! * **Foreign keys** are left as the library sets them unless the profile says otherwise; the session's
//!   state shows the setting and the statement that switches it.
//! * **Schema trust.** Defensive mode is on, as in the shell. `trusted_schema` stays on, as in the
//!   shell: we add no functions of our own and extensions cannot be loaded, so there is nothing a
//!   view could misuse, while turning it off would break views over `pragma_…` functions.
//!
//! This crate must not know other drivers, the window, the store, or how results are held.

mod advice;
mod alter;
mod batch;
mod cancel;
mod cast;
mod catalog;
mod connect;
mod control;
mod ddl;
mod dialect;
mod edit;
mod error;
mod explain;
mod generate;
mod lexer;
mod load;
mod open;
mod quote;
mod real;
mod restrict;
mod scan;
mod schema_text;
mod session;
mod statement;
mod types;
mod url;
mod worker;

pub use connect::Sqlite;
