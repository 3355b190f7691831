use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ObjectRef, StructureChange};

/// What a side of a comparison is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum CompareSide {
    /// A database of a saved connection.
    Database {
        /// The connection.
        profile_id: String,
        /// Another database than the connection's own.
        database: Option<String>,
    },
    /// A catalog file, or a file of SQLite.
    File {
        /// Its path.
        path: String,
    },
    /// A folder of migrations, applied to a scratch database that goes again.
    Folder {
        /// Its path.
        path: String,
        /// The connection on whose server the scratch database is made; `None` for the other side's, where files need no server.
        scratch_profile_id: Option<String>,
    },
}

/// What is compared, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompareRequest {
    /// As it is.
    pub from: CompareSide,
    /// As it is to be.
    pub to: CompareSide,
    /// Only these schemas; all where it is empty.
    pub schemas: Vec<String>,
    /// Owners and privileges are left aside.
    pub no_access: bool,
    /// What has another name, and is the same.
    pub renames: Vec<CompareRename>,
}

/// A new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompareRename {
    /// What has it: a relation or a column as it is called on the first side.
    pub object: ObjectRef,
    /// The name on the second side.
    pub to: String,
}

/// One thing that is said of an object, on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompareFacet {
    /// What it is (`type`, `default`, `text`).
    pub name: String,
    /// On the first side.
    pub before: Option<String>,
    /// On the second.
    pub after: Option<String>,
}

/// An object that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompareDifference {
    /// The object; parts of a table name it in `signature`.
    pub object: ObjectRef,
    /// What kind it is, in words (`foreign key`).
    pub kind: String,
    /// What is to become of it on the first side.
    pub change: StructureChange,
    /// What differs, where it is on both sides.
    pub facets: Vec<CompareFacet>,
    /// The statements about it, by their places in [`CompareResult::statements`].
    pub statements: Vec<u32>,
}

/// A statement that makes the first side into the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompareStatement {
    /// Its text, without semicolon.
    pub sql: String,
    /// What it takes away for good, in words.
    pub loses: Option<String>,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompareResult {
    /// Each side in words (`production · shop`, `migrations (scratch)`).
    pub titles: [String; 2],
    /// The objects, tables before their parts.
    pub differences: Vec<CompareDifference>,
    /// The statements, in the order in which they can run.
    pub statements: Vec<CompareStatement>,
    /// The same as a script.
    pub script: String,
    /// What looks like a new name, and is dropped and made anew as long as nobody says so.
    pub proposed: Vec<CompareRename>,
    /// What is not compared, each a sentence.
    pub left_out: Vec<String>,
}
