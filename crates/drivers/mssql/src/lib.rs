//! SQL Server 2012 and later and Azure SQL: our own session client, and the driver built on it.
//!
//! [`wire`] speaks the protocol.
//!
//! This crate must not know other drivers, the keychain or any user interface.

pub mod wire;
