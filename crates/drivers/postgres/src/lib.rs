//! PostgreSQL 12 and later: our own session client, and the driver built on it.
//!
//! This crate must not know other drivers, the keychain or any user interface.

pub mod wire;
