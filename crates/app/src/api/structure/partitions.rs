//! Partitions as a person fills them in.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ObjectRef, StructureChange};

/// How rows are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StructurePartitionWay {
    /// From one value up to another.
    Range,
    /// By single values.
    List,
    /// By what is left of a hash.
    Hash,
}

/// A column or an expression that rows are divided by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePartitionKey {
    /// The column, or the expression.
    pub text: String,
    /// Whether it is an expression.
    pub expression: bool,
}

/// How a table is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePartitioning {
    /// The way.
    pub way: StructurePartitionWay,
    /// By what, in order.
    pub keys: Vec<StructurePartitionKey>,
}

/// Which rows are in a partition. Values are expressions; what is neither a number nor a word like `MAXVALUE` nor in quotes is meant
/// as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "bound")]
pub enum StructureBound {
    /// From these values up to those, which are not in it.
    Range {
        /// The first values, one for each key; none where each partition begins at the end of the one before it.
        from: Vec<String>,
        /// The values that end it.
        to: Vec<String>,
    },
    /// Rows of one of these values.
    List {
        /// The values.
        values: Vec<String>,
    },
    /// Rows whose hash leaves this when it is divided.
    Hash {
        /// By how much it is divided.
        modulus: u32,
        /// What is left.
        remainder: u32,
    },
    /// What is in no other.
    Default,
}

/// A partition of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePartition {
    /// The table that it is, where partitions are tables.
    pub object: Option<ObjectRef>,
    /// Its name.
    pub name: String,
    /// Which rows are in it, as the server writes it.
    pub bound: String,
    /// How it is divided itself.
    pub by: Option<String>,
    /// What becomes of it.
    pub change: Option<StructureChange>,
}

/// How a table is divided, and of what it is a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePartitions {
    /// How it is divided, as the server writes it; `None` where it is not.
    pub by: Option<String>,
    /// The same, where there are fields for all of it.
    pub form: Option<StructurePartitioning>,
    /// Its partitions, in their order.
    pub partitions: Vec<StructurePartition>,
    /// The table that it is a part of, and which rows are in it.
    pub of: Option<(ObjectRef, String)>,
}

/// How tables can be divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StructurePartitionAbilities {
    /// The ways in which a new table can be divided in a form; none where that is written as a clause.
    pub ways: Vec<StructurePartitionWay>,
    /// Partitions are tables, which are attached and detached.
    pub tables: bool,
    /// A partition begins with values of its own, not at the end of the one before it.
    pub from: bool,
    /// There may be one for what is in no other.
    pub default: bool,
}
