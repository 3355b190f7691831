//! The MySQL client/server protocol, version 10, over a [`route::Stream`].
//!
//! A [`Client`] is one connection. It sends one command at a time and yields low-level [`Event`]s; everything the server says
//! is kept: columns of empty results, affected rows, information texts, warning counts, status flags, changes of the session.
//! Rows go from the network buffer straight into Arrow columns. What a server may send is never trusted: lengths are limited
//! before anything is allocated for them, and nonsense is a typed [`Violation`].
//!
//! Statements without parameters go by the text protocol. Those with parameters are prepared, whose rows come in binary: see
//! [`binary`] for how they are printed as the text protocol would have.
//!
//! This module must not know the driver contract: no profiles, no questions to people, no SQL of its own.

mod answer;
mod authentication;
mod binary;
mod builders;
mod client;
mod columns;
mod error;
mod frame;
mod report;
mod startup;

pub use answer::{Done, Status};
pub use builders::Batch;
pub use client::{Client, Event};
pub use columns::{Column, Kind, flag, kind_code};
pub use error::{Error, Violation};
pub use report::Report;
pub use startup::{Login, Secured, Started};

/// Longest message accepted from the server: its own limit for `max_allowed_packet`, and the header of one row.
pub const MESSAGE_BYTES: usize = (1 << 30) + (1 << 16);
