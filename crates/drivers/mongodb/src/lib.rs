//! MongoDB.
pub mod bson;
mod documents;
mod language;
