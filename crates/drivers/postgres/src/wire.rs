//! The PostgreSQL protocol, version 3.0, over a [`route::Stream`].
//!
//! A [`Client`] is one connection. It sends one statement at a time and yields low-level [`Event`]s; everything the
//! server says is kept: notices, notifications, parameters, transaction status, every field of an error. Rows go from
//! the network buffer straight into Arrow columns. What a server may send is never trusted: lengths are limited before
//! anything is allocated for them, and nonsense is a typed [`Violation`].
//!
//! This module must not know the driver contract: no profiles, no questions to people, no SQL of its own.

mod authentication;
mod cancel;
mod client;
mod columns;
mod error;
mod frame;
mod report;
mod startup;

pub use cancel::CancelKey;
pub use client::{Bound, Client, Event, TransactionStatus};
pub use columns::{Batch, Column, Kind};
pub use error::{Error, Unbound, Violation};
pub use report::Report;
pub use startup::{ChannelBinding, Login, Negotiation, Secured, Started};

/// Longest message accepted from the server: its own limit for one allocation.
pub const MESSAGE_BYTES: usize = 1 << 30;
