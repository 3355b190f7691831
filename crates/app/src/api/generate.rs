use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, ObjectRef};

/// A table that made-up rows can go into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GenerateCandidate {
    /// The table.
    pub table: ObjectRef,
    /// Whether it is what was asked for; the others are near it.
    pub asked: bool,
    /// The server's estimate of the rows it has; `None` where it has never counted.
    #[specta(type = Option<Count>)]
    pub estimated_rows: Option<u64>,
    /// Candidates that its foreign keys lead to, as places in the offer.
    pub refers_to: Vec<u32>,
}

/// Tables that made-up rows can go into, when a table or a schema is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GenerateOffer {
    /// What was asked for first, then the tables around: what it refers to, however far, and what refers to it.
    pub candidates: Vec<GenerateCandidate>,
    /// Tables of the schema that are left out, and why, as sentences.
    pub notes: Vec<String>,
    /// Why nothing may be made up here; `None` where it may.
    pub forbidden: Option<String>,
}

/// How many rows a table gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GenerateTable {
    /// The table.
    pub table: ObjectRef,
    /// Rows, from 1.
    #[specta(type = Count)]
    pub rows: u64,
}

/// Rows that are made up by types, names, checks and foreign keys: the same ones for the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Generate {
    /// The connection.
    pub profile_id: String,
    /// The tables, all of one database, each once.
    pub tables: Vec<GenerateTable>,
    /// The same number makes the same rows of the same tables.
    pub seed: u32,
    /// Everything is done and then undone.
    pub dry_run: bool,
    /// What [`GenerateLook::asks`] wants typed, as a person has typed it.
    pub confirmed: Option<String>,
}

/// A column and what is made up for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GeneratedColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub native_type: String,
    /// What its values are, in words: `e-mail addresses, each once`, `refers to customers`, `made by the server`.
    pub words: String,
    /// Whether the rows carry it; the server makes it otherwise.
    pub carried: bool,
}

/// A table and what is made up for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GeneratedTable {
    /// The table.
    pub table: ObjectRef,
    /// Rows it gets.
    #[specta(type = Count)]
    pub rows: u64,
    /// Rows it has.
    #[specta(type = Count)]
    pub existing: u64,
    /// Its columns.
    pub columns: Vec<GeneratedColumn>,
    /// The first rows, a value for each column; `None` is NULL, or what the server makes.
    pub sample: Vec<Vec<Option<String>>>,
}

/// What would be made up, before it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct GenerateLook {
    /// The tables in the order in which they are filled.
    pub tables: Vec<GeneratedTable>,
    /// What is to be known, as sentences.
    pub notes: Vec<String>,
    /// What is to be typed before anything begins: the table's name, or of several the connection's. On production, and where
    /// every change is confirmed.
    pub asks: Option<String>,
}
