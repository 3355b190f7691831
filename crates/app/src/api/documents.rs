//! Documents.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What columns of documents rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentsHead {
    /// Documents that were looked at to find the columns.
    #[specta(type = Count)]
    pub sampled: u64,
    /// Fields that got no column, because there are too many.
    pub left_out: u32,
}

/// How documents are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStyle {
    /// Extended JSON, canonical: every type is written.
    Canonical,
    /// Extended JSON, relaxed: numbers and dates as JSON has them.
    Relaxed,
    /// As the server's own shell.
    Shell,
}

/// A document as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentText {
    /// Its row.
    #[specta(type = Count)]
    pub row: u64,
    /// Its text, or the beginning of it.
    pub text: String,
    /// Bytes of the document.
    #[specta(type = Count)]
    pub bytes: u64,
    /// Whether there is more of the text.
    pub cut: bool,
}

/// Asks for fields of a document.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DocumentFieldsRequest {
    /// The held rows.
    pub hold_id: String,
    /// The document's row.
    #[specta(type = Count)]
    pub row: u64,
    /// Places among fields, from the outermost; empty for the document's own.
    pub path: Vec<u32>,
    /// The first field.
    pub offset: u32,
    /// Fields wanted.
    pub limit: u32,
}

/// Fields of a document, or of what is inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentFields {
    /// How many there are.
    pub total: u32,
    /// The fields from the asked offset.
    pub fields: Vec<DocumentFieldRow>,
}

/// One field of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentFieldRow {
    /// Its name; of an array its place.
    pub name: String,
    /// Its type, as the server names it.
    pub native_type: String,
    /// Its value as the shell writes it; empty for documents and arrays.
    pub text: String,
    /// Fields inside.
    pub children: Option<u32>,
    /// Whether there is more of the text.
    pub cut: bool,
}

/// What fields the documents of a collection have, by a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CollectionFields {
    /// Documents looked at.
    #[specta(type = Count)]
    pub sampled: u64,
    /// Documents there are, as the server estimates.
    #[specta(type = Option<Count>)]
    pub of: Option<u64>,
    /// The fields, those inside after what they are in.
    pub fields: Vec<CollectionField>,
}

/// A field of a collection's documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CollectionField {
    /// Its path; elements of arrays are one step `[]`.
    pub path: Vec<String>,
    /// Documents that have it.
    #[specta(type = Count)]
    pub present: u64,
    /// Its types, the most frequent first.
    pub types: Vec<FieldType>,
}

/// How often a field has a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldType {
    /// The type, as the server names it.
    pub native_type: String,
    /// How often.
    #[specta(type = Count)]
    pub times: u64,
}

/// Changes of a held document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentEdit {
    /// The held rows.
    pub hold_id: String,
    /// The document's row.
    #[specta(type = Count)]
    pub row: u64,
    /// The changes, each on what the one before made.
    pub patches: Vec<DocumentPatch>,
}

/// One change of a document. Paths are places among fields, from the outermost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "patch")]
pub enum DocumentPatch {
    /// Another value.
    Set {
        /// Where.
        path: Vec<u32>,
        /// The value, as the shell or Extended JSON writes it.
        text: String,
        /// Of the same type as before, where the text can be of it.
        alike: bool,
    },
    /// It goes.
    Remove {
        /// Where.
        path: Vec<u32>,
    },
    /// Another name.
    Rename {
        /// Where.
        path: Vec<u32>,
        /// The name.
        name: String,
    },
    /// One field or element more, the last.
    Append {
        /// The document or array it goes into.
        path: Vec<u32>,
        /// The field's name; nothing counts for arrays.
        name: String,
        /// The value.
        text: String,
    },
}

/// A document before and after changes, as the shell writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DocumentPreview {
    /// As it is held.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// A change of a collection.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DocumentChangeRequest {
    /// The connection.
    pub profile_id: String,
    /// The collection.
    pub collection: super::ObjectRef,
    /// What is done.
    pub deed: DocumentDeed,
    /// A person said yes to it.
    pub confirmed: bool,
}

/// What is done to a document.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "deed")]
pub enum DocumentDeed {
    /// A new one.
    Insert {
        /// The document, as the shell or Extended JSON writes it.
        text: String,
    },
    /// Changes of a held one.
    Replace {
        /// Which, and what.
        edit: DocumentEdit,
    },
    /// Another text for a held one.
    Text {
        /// The held rows.
        hold_id: String,
        /// Its row.
        #[specta(type = Count)]
        row: u64,
        /// The document, as the shell or Extended JSON writes it.
        text: String,
    },
    /// A held one goes.
    Delete {
        /// The held rows.
        hold_id: String,
        /// Its row.
        #[specta(type = Count)]
        row: u64,
    },
}

/// What became of a change.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum DocumentAnswer {
    /// A person is asked first.
    Confirm {
        /// The question.
        title: String,
        /// The statement that would be sent.
        statement: String,
    },
    /// It was done.
    Done {
        /// The document as it is now; `None` after it went.
        text: Option<String>,
    },
}

/// Asks for the statement that tries stages out.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PipelineRequest {
    /// The connection.
    pub profile_id: String,
    /// The collection.
    pub collection: super::ObjectRef,
    /// The stages, each a document.
    pub stages: Vec<String>,
    /// Documents wanted.
    pub limit: u32,
}

/// What documents of a collection have to be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CollectionRules {
    /// The condition that documents have to fulfil, as the shell writes it; `None` is any document.
    pub validator: Option<String>,
    /// Which writes are looked at, as the server names it.
    pub level: String,
    /// What becomes of a document that is not like that, as the server names it.
    pub action: String,
}

/// A change of a collection's rules.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RulesChangeRequest {
    /// The connection.
    pub profile_id: String,
    /// The collection.
    pub collection: super::ObjectRef,
    /// As they were seen.
    pub seen: CollectionRules,
    /// As they are to be.
    pub new: CollectionRules,
    /// A person said yes to it.
    pub confirmed: bool,
}

/// What became of a change of rules.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum RulesAnswer {
    /// A person is asked first.
    Confirm {
        /// The statement that would be sent.
        statement: String,
    },
    /// They are in force.
    Done {
        /// As the server has them now.
        rules: CollectionRules,
    },
}

/// Documents that a validator would refuse.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RulesBreaking {
    /// How many were counted.
    #[specta(type = Count)]
    pub found: u64,
    /// Whether counting stopped there.
    pub more: bool,
    /// A few of them, as the shell writes them.
    pub first: Vec<String>,
    /// The statement that finds them all.
    pub statement: String,
}
