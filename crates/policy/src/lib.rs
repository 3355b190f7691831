//! Row security as a model: which rows policies let through, for whom, and the statements that make them so.
//!
//! Everything here is pure over a [`catalog::Catalog`]: no connection, no input or output, the same answer for a snapshot
//! as for a server.
//!
//! - [`expression`] reads expressions and queries with PostgreSQL's own grammar: columns, calls, settings, sub-selects,
//!   and whether an expression is always true, never true or true unless null.
//! - [`listing`] is what lists of policies hold, as JSON and as SQL, both ways.
//! - [`change`] makes changes of several tables into statements, with their locks and the way back.
//! - [`rights`] says who is whom and has which privileges, [`effect`] what row security does to a role's statement.
//! - [`copy`] makes a draft for one table of another's policy, and says what does not hold there.
//! - [`coverage`] lays that out for tables, roles and commands, with the ways around, before and after a change.
//! - [`grammar`] hands on the trees of whole statements, to those who make them into types of their own.
//! - [`recursion`] finds policies that lead back to their own table.
//! - [`statement`] says what a statement is before it is sent: what it writes, names and calls.
//! - [`suite`] is files of statements with what is to come of them, judges what came, and makes such files for a table.
//! - [`template`] makes policies for what tables are mostly for.
//! - [`sqlserver`] asks the same of SQL Server's security policies, as data.
//! - [`name`] writes names and texts so that the server reads the same back.
//!
//! It must not know: any driver, any connection, the window. What the server alone can say (types, whether a function
//! exists, what a sub-select finds) it does not guess.
#![deny(missing_docs)]

pub mod change;
pub mod copy;
pub mod coverage;
pub mod effect;
pub mod expression;
pub mod grammar;
pub mod listing;
pub mod name;
pub mod recursion;
pub mod rights;
pub mod sqlserver;
pub mod statement;
pub mod suite;
pub mod template;

#[cfg(test)]
mod testing;
