//! The Tabular Data Stream protocol, versions 7.4 and 8.0, over a [`route::Stream`]
//! (<https://learn.microsoft.com/openspecs/windows_protocols/ms-tds>).
//!
//! A [`Client`] is one connection. It sends one request at a time and yields low-level [`Event`]s; everything the server says
//! is kept: columns of empty results, affected rows, texts of PRINT and RAISERROR, changes of the session. Rows go from the
//! network buffer into Arrow columns, printed as the server's own tools print them. What a server may send is never trusted:
//! lengths are limited before anything is allocated for them, and nonsense is a typed [`Violation`].
//!
//! A cancel is an attention on the same connection. After one the response is over only when the server has acknowledged it.
//!
//! This module must not know the driver contract: no profiles, no questions to people, no SQL of its own.

mod builders;
mod calendar;
mod cell;
mod client;
mod collation;
mod column;
mod error;
mod login;
mod number;
mod packet;
mod prelogin;
mod reader;
mod request;
mod row;
mod startup;
mod token;
mod types;

pub use builders::Batch;
pub use client::{Client, Event};
pub use column::{Column, flag};
pub use error::{Error, Violation};
pub use login::Login;
pub use startup::{Started, Strictness};
pub use token::{Change, Done, Report};
pub use types::TypeKind;

/// Most bytes of one row: more do not fit into one column of a batch.
pub const ROW_BYTES: usize = i32::MAX as usize;
