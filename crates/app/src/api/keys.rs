//! Keys and their values.
//!
//! Keys, fields and members are bytes; they cross as text in which a backslash begins what is no character: `\n`, `\r`, `\t`,
//! `\\` and `\xHH` for any other byte. It reads back to the same bytes, so it is their identity too.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count};

/// Keys of one database of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeysOf {
    /// The connection.
    pub profile_id: String,
    /// The database; `None` is the connection's own.
    pub database: Option<String>,
}

/// Which keys to list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeysWanted {
    /// Where.
    pub of: KeysOf,
    /// The server's glob pattern, with escapes; `None` is every key.
    pub pattern: Option<String>,
    /// Only what holds this (`string`, `hash` …, or a module's own name).
    pub kind: Option<String>,
    /// What stands between the parts of names; empty lists them flat.
    pub separator: String,
}

/// How far a list of keys has come.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeysProgress {
    /// The list's id.
    pub id: String,
    /// Keys in it.
    #[specta(type = Count)]
    pub keys: u64,
    /// Keys the database had when the list was begun.
    #[specta(type = Option<Count>)]
    pub of: Option<u64>,
    /// Where it stands.
    pub state: KeysState,
    /// Changes with the list's content.
    #[specta(type = Count)]
    pub version: u64,
}

/// Where a list of keys stands.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum KeysState {
    /// The server is asked on.
    Reading,
    /// It stopped at its limit; there may be more.
    Paused,
    /// It is whole.
    Complete,
    /// It ended early; what is there stays.
    Failed {
        /// Why.
        error: AppError,
    },
}

/// Which rows of the tree of keys to show.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeysWindowRequest {
    /// The list's id.
    pub id: String,
    /// Namespaces that are open, by their beginnings, with escapes.
    pub expanded: Vec<String>,
    /// The first row.
    pub offset: u32,
    /// Rows wanted.
    pub limit: u32,
}

/// Rows of the tree of keys.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeysWindow {
    /// The rows.
    pub rows: Vec<KeyTreeRow>,
    /// How many there are in all.
    pub total: u32,
    /// How far the list has come.
    pub progress: KeysProgress,
}

/// One row of the tree of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyTreeRow {
    /// The whole key, or a namespace's beginning.
    pub key: String,
    /// What is shown: the part that the rows above do not say.
    pub label: String,
    /// How deep it is.
    pub depth: u32,
    /// Keys in a namespace; `None` for a key.
    #[specta(type = Option<Count>)]
    pub keys: Option<u64>,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyFactsRow {
    /// What it holds.
    pub kind: String,
    /// Milliseconds it lives yet; `None` is for ever.
    #[specta(type = Option<Count>)]
    pub ttl_ms: Option<u64>,
    /// Elements; bytes of a string.
    #[specta(type = Option<Count>)]
    pub length: Option<u64>,
    /// Memory it takes, in bytes, as the server reckons.
    #[specta(type = Option<Count>)]
    pub bytes: Option<u64>,
    /// How it is stored.
    pub encoding: Option<String>,
    /// Seconds since somebody used it.
    #[specta(type = Option<Count>)]
    pub idle_s: Option<u64>,
}

/// Bytes on the way to or from a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "as", content = "of")]
pub enum KeyBytes {
    /// Text in UTF-8.
    Text(String),
    /// Base64.
    Base64(String),
}

/// Which part of a value to read.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeyRead {
    /// Where.
    pub of: KeysOf,
    /// The key.
    pub key: String,
    /// What it holds, as its facts say.
    pub kind: String,
    /// First byte of a string, first place in a list or sorted set.
    #[specta(type = Count)]
    pub first: u64,
    /// Of hashes, sets and streams: where the part before ended.
    pub from: Option<String>,
    /// Elements, or bytes of a string.
    pub most: u32,
    /// From the end to the beginning.
    pub backwards: bool,
    /// Only fields and members that fit this glob pattern.
    pub pattern: Option<String>,
    /// Only the element of this very name.
    #[serde(default)]
    #[specta(optional)]
    pub name: Option<String>,
    /// Nothing is cut.
    #[serde(default)]
    #[specta(optional)]
    pub whole: bool,
}

/// Part of a value.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeyPart {
    /// The elements.
    pub elements: Vec<KeyElement>,
    /// How many the whole has.
    #[specta(type = Count)]
    pub total: u64,
    /// Where to go on.
    pub next: Option<String>,
}

/// One element of a value. Long ones are cut ([`KeyElement::cut`]) and read alone when they are opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyElement {
    /// A hash's field, a set's or sorted set's member, a stream entry's id; `None` for a list's item and a string.
    pub name: Option<String>,
    /// The place in a list.
    #[specta(type = Option<Count>)]
    pub place: Option<u64>,
    /// The value of a field or an item, a sorted set's score, bytes of a string, a JSON document.
    pub value: Option<KeyBytes>,
    /// A stream entry's fields.
    pub fields: Vec<KeyEntryField>,
    /// Milliseconds a hash's field lives yet.
    #[specta(type = Option<Count>)]
    pub ttl_ms: Option<u64>,
    /// How many bytes the value has where it is cut.
    #[specta(type = Option<Count>)]
    pub cut: Option<u64>,
}

/// One field of a stream's entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeyEntryField {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: KeyBytes,
}

/// A change of one key; what is replaced or removed stands in it as it was seen.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeyChangeRequest {
    /// Where.
    pub of: KeysOf,
    /// The key.
    pub key: String,
    /// What it holds.
    pub kind: String,
    /// What becomes of it.
    pub edit: KeyEdit,
    /// A person said yes to it.
    pub confirmed: bool,
}

/// What becomes of a key.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "edit")]
pub enum KeyEdit {
    /// It is made, with its first element.
    Create {
        /// The element.
        element: KeyElement,
        /// Milliseconds it lives.
        #[specta(type = Option<Count>)]
        ttl_ms: Option<u64>,
    },
    /// Another value of a string or JSON document.
    Replace {
        /// As seen.
        seen: KeyBytes,
        /// As it is to be.
        new: KeyBytes,
    },
    /// Another value of an element.
    Put {
        /// As seen.
        seen: KeyElement,
        /// As it is to be.
        new: KeyElement,
    },
    /// One element more.
    Add {
        /// The element.
        element: KeyElement,
    },
    /// One element less.
    Remove {
        /// As seen.
        element: KeyElement,
    },
    /// Another name.
    Rename {
        /// The name.
        to: String,
    },
    /// Another time to live.
    Expire {
        /// Milliseconds; `None` is for ever.
        #[specta(type = Option<Count>)]
        ttl_ms: Option<u64>,
    },
    /// It goes.
    Delete,
}

/// What became of a change.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum KeyAnswer {
    /// A person is asked first.
    Confirm {
        /// The question.
        title: String,
        /// What it costs.
        message: String,
        /// The commands that would be sent.
        commands: Vec<String>,
        /// The button's word.
        confirm: String,
        /// How many keys the yes is for, where it is to be given with their number.
        #[specta(type = Option<Count>)]
        keys: Option<u64>,
    },
    /// It was done; how many keys it was about.
    Done {
        /// Keys.
        #[specta(type = Count)]
        keys: u64,
    },
}

/// Keys to remove.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeysRemoval {
    /// Where.
    pub of: KeysOf,
    /// These keys.
    pub keys: Vec<String>,
    /// Everything that is listed in these namespaces, by their beginnings.
    pub namespaces: Vec<String>,
    /// The list that namespaces are looked up in.
    pub id: Option<String>,
    /// A person said yes to so many.
    #[specta(type = Option<Count>)]
    pub confirmed: Option<u64>,
}

/// What a look at many keys found.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeysSampled {
    /// Keys looked at.
    #[specta(type = Count)]
    pub sampled: u64,
    /// Keys there are.
    #[specta(type = Count)]
    pub of: u64,
    /// By what they hold.
    pub kinds: Vec<KeysShare>,
    /// By the first part of their names.
    pub namespaces: Vec<KeysShare>,
    /// The largest.
    pub largest: Vec<KeysShare>,
}

/// A share of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeysShare {
    /// Of what.
    pub name: String,
    /// Keys.
    #[specta(type = Count)]
    pub keys: u64,
    /// Bytes.
    #[specta(type = Count)]
    pub bytes: u64,
}

/// A group that reads a stream.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeyGroup {
    /// Its name.
    pub name: String,
    /// The last entry handed out.
    pub last_delivered: String,
    /// Entries not handed out yet.
    #[specta(type = Option<Count>)]
    pub lag: Option<u64>,
    /// Entries not acknowledged.
    #[specta(type = Count)]
    pub pending: u64,
    /// Who reads.
    pub consumers: Vec<KeyConsumer>,
    /// The oldest entries not acknowledged.
    pub oldest: Vec<KeyPending>,
}

/// A reader of a group.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeyConsumer {
    /// Its name.
    pub name: String,
    /// Entries not acknowledged.
    #[specta(type = Count)]
    pub pending: u64,
    /// Milliseconds of silence.
    #[specta(type = Count)]
    pub idle_ms: u64,
}

/// An entry that was handed out and not acknowledged.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct KeyPending {
    /// Its id.
    pub id: String,
    /// Who has it.
    pub consumer: String,
    /// Milliseconds since.
    #[specta(type = Count)]
    pub idle_ms: u64,
    /// Times it was handed out.
    #[specta(type = Count)]
    pub deliveries: u64,
}
