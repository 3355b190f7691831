//! Rows for tables, made by types, names, checks and foreign keys: the same ones for the same number.
//!
//! [`plan`] takes tables as they are declared and answers with a [`Plan`]: the order in which they can be filled, what
//! every column will hold, what a person should know, and the rows themselves. What cannot be filled is a [`Refusal`]
//! in words.
//!
//! # What holds
//!
//! - Every cell is a pure function of the seed, the names of table and column and the number of the row (and, for what
//!   must be distinct or refers to others, of how many rows there are). Any range of rows can be made by itself. Only
//!   whole-number arithmetic decides, so that the same seed gives the same rows on every machine; a change of the words
//!   or of the mixing is a change of what users have seen, and the golden test says so.
//! - What must be unique is so by construction, through permutations, never by drawing again.
//! - Every foreign key leads to a row of a table filled before, or to an earlier row of the same table.
//! - Names and addresses are made up: e-mail and web addresses lie under `example.com` and its kin, telephone numbers in
//!   the range kept for fiction.
//!
//! # What it does not know
//!
//! No database, no SQL dialect beyond the reading of CHECK constraints, no input or output. Another layer turns a catalog
//! into [`Table`]s, asks the server for the first free numbers and existing keys, and loads the rows. It does not know
//! which values a table already holds either: distinct values are distinct among the rows made.

mod calendar;
mod check;
mod maker;
mod meaning;
mod mix;
mod moment;
mod number;
mod order;
mod parse;
mod plan;
mod planner;
mod reference;
mod refusal;
mod schema;
mod text;
mod unique;
mod words;

pub use calendar::Day;
pub use plan::{Origin, Plan, Rows};
pub use planner::plan;
pub use refusal::Refusal;
pub use schema::{Basis, BytesForm, Column, Foreign, Kind, Referred, Table};
