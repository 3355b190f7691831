#![allow(clippy::unwrap_used, clippy::panic)]
//! Rows of real servers, changed one by one.

#[path = "common"]
mod common {
    pub mod connecting;
    pub mod server;
}
#[path = "editing/desk.rs"]
mod desk;
#[path = "editing/frame.rs"]
mod frame;
#[path = "editing/identity.rs"]
mod identity;
#[path = "editing/rules.rs"]
mod rules;
#[path = "editing/types.rs"]
mod types;
#[path = "editing/values.rs"]
mod values;
