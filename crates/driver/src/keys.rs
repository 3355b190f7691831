//! Browsing and changing keys and their values.
//!
//! Keys, fields, members and values are bytes. Whatever may be large is read by window, so that a list of ten million elements
//! or a value of 500 MB is never fetched whole because somebody looked at it. A change names what was seen and is refused as
//! [`crate::Code::Conflict`] when that is not what is there any more; nothing is changed then.

use async_trait::async_trait;

use crate::Error;

/// What a key holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// Bytes: text, bitmaps and HyperLogLogs too.
    String,
    /// Fields and their values.
    Hash,
    /// Values in an order.
    List,
    /// Different members.
    Set,
    /// Different members in the order of their scores; places on earth too.
    SortedSet,
    /// Entries in the order of their ids.
    Stream,
    /// A JSON document of a module.
    Json,
    /// What a module holds, by the server's name of it.
    Other(String),
}

/// Which keys to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyListing {
    /// The server's glob pattern; `None` is every key.
    pub pattern: Option<Vec<u8>>,
    /// Only what holds this.
    pub kind: Option<KeyKind>,
    /// Where the page before ended: [`KeyPage::next`].
    pub from: Option<String>,
    /// Keys to look at before the page ends, whatever it found.
    pub budget: u64,
}

/// Some keys. A key may be listed twice, or not at all when it came or went meanwhile: what the server's own scan promises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// The keys.
    pub keys: Vec<Vec<u8>>,
    /// How many the server looked at, as far as it says.
    pub looked_at: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

/// What is known of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// What it holds.
    pub kind: KeyKind,
    /// For how long yet, in milliseconds; `None` is for ever.
    pub ttl_ms: Option<u64>,
    /// Elements: bytes of a string, fields, members, entries.
    pub length: Option<u64>,
    /// Memory it takes, in bytes, as the server reckons by sampling; `None` where it does not say.
    pub bytes: Option<u64>,
    /// How it is stored (`listpack`, `embstr`).
    pub encoding: Option<String>,
    /// Seconds since somebody used it, where the server keeps that.
    pub idle_s: Option<u64>,
}

/// Which part of a value to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueWindow {
    /// Of strings the first byte, of lists and sorted sets the first element: its place from 0.
    pub first: u64,
    /// Of hashes, sets and streams: where the part before ended, [`ValuePart::next`].
    pub from: Option<String>,
    /// Elements wanted, or bytes of a string. Servers may give a few more.
    pub most: u64,
    /// From the end to the beginning: sorted sets and streams.
    pub backwards: bool,
    /// Only fields and members that fit this glob pattern: hashes and sets.
    pub pattern: Option<Vec<u8>>,
    /// Only the element of this very name: a hash's field, a set's or sorted set's member, a stream entry's id.
    pub only: Option<Vec<u8>>,
}

/// Part of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValuePart {
    /// The elements. Of a string one: the bytes of the window.
    pub elements: Vec<Element>,
    /// How many the whole has, in the unit of [`KeyFacts::length`], at that moment.
    pub total: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

/// One element of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// Bytes of a string, from the window's first on; or a JSON document as the server prints it.
    Bytes(Vec<u8>),
    /// A field of a hash.
    Field {
        /// Its name.
        name: Vec<u8>,
        /// Its value.
        value: Vec<u8>,
        /// For how long yet, in milliseconds, where the server lets fields expire (7.4).
        ttl_ms: Option<u64>,
    },
    /// A value of a list, at its place from 0.
    Item(u64, Vec<u8>),
    /// A member of a set.
    Member(Vec<u8>),
    /// What a HyperLogLog is to count. It cannot be read back, nor taken out.
    Counted(Vec<u8>),
    /// A member of a sorted set, and its score as the server prints it.
    Scored(Vec<u8>, String),
    /// An entry of a stream: its id, its fields in their order.
    Entry(String, Vec<(Vec<u8>, Vec<u8>)>),
}

/// One change of one key. What is to be replaced or removed is named as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// A new key with its first element; refused where there is one already.
    Create {
        /// Its first element. An [`Element::Entry`] with the id `*` lets the server choose.
        element: Element,
        /// For how long, in milliseconds.
        ttl_ms: Option<u64>,
    },
    /// Another value of a string or JSON document; the time to live stays.
    Replace {
        /// The whole value, as seen.
        seen: Vec<u8>,
        /// The value.
        new: Vec<u8>,
    },
    /// Another value of a hash's field, a list's item, a member's score; another name of a member.
    Put {
        /// As seen.
        seen: Element,
        /// As it is to be. The field or place is the same; a set's member may be another.
        new: Element,
    },
    /// One element more. A field or member that is there already is refused; an [`Element::Counted`] is not, and only a string that
    /// is a HyperLogLog takes it. An [`Element::Item`] goes before the first where its
    /// place is 0, behind the last otherwise.
    Add(Element),
    /// One element less.
    Remove(Element),
    /// Another name; never over a key that is there.
    Rename(Vec<u8>),
    /// How long it lives yet, in milliseconds; `None` is for ever.
    Expire(Option<u64>),
    /// It goes, whatever it holds: a key of another kind than was seen stays.
    Delete(KeyKind),
}

/// A part of the names: what stands between two separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The keys' common beginning, with its separator at the end.
    pub prefix: Vec<u8>,
    /// Keys with that beginning among those that were looked at.
    pub keys: u64,
}

/// A look at many keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySample {
    /// How many keys were looked at.
    pub sampled: u64,
    /// How many there are.
    pub of: u64,
    /// By what they hold: how many, and the bytes they take.
    pub kinds: Vec<(KeyKind, u64, u64)>,
    /// Namespaces by the first separator, the largest first.
    pub namespaces: Vec<(Namespace, u64)>,
    /// The largest keys, and the bytes they take.
    pub largest: Vec<(Vec<u8>, u64)>,
}

/// Browsing and changing keys. Every call is short; what lists or samples stops at its budget.
#[async_trait]
pub trait Keys: Send + Sync {
    /// How many keys the database has.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`, `Forbidden`.
    async fn count(&self) -> Result<u64, Error>;

    /// Some keys, never by stopping the server for all of them.
    ///
    /// # Errors
    /// As [`Keys::count`]; `InvalidStatement` for a cursor that is none.
    async fn list(&self, listing: &KeyListing) -> Result<KeyPage, Error>;

    /// What is known of these keys, in their order; `None` for one that is not there.
    ///
    /// # Errors
    /// As [`Keys::count`].
    async fn facts(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<KeyFacts>>, Error>;

    /// Part of a key's value.
    ///
    /// # Errors
    /// `NotFound` for a key or the one element that is gone, `Unsupported` for what a module holds; as [`Keys::count`].
    async fn read(&self, key: &[u8], kind: &KeyKind, window: &ValueWindow) -> Result<ValuePart, Error>;

    /// Changes one key.
    ///
    /// # Errors
    /// `Conflict` where it is not as it was seen, `NotFound` where it is gone, `AlreadyExists`, `Forbidden` for a login or a
    /// connection that may not write, `InvalidStatement` for a value that the server does not take.
    async fn change(&self, key: &[u8], change: &KeyChange) -> Result<(), Error>;

    /// The commands that [`Keys::change`] sends, for a person and the audit trail.
    fn describe(&self, key: &[u8], change: &KeyChange) -> Vec<String>;

    /// Removes keys without waiting for their memory; returns how many there were.
    ///
    /// # Errors
    /// As [`Keys::change`].
    async fn remove(&self, keys: &[Vec<u8>]) -> Result<u64, Error>;

    /// Namespaces below a beginning, by SCAN under a budget of keys; counts are of what was looked at.
    ///
    /// # Errors
    /// As [`Keys::count`].
    async fn sample(&self, separator: &[u8], budget: u64) -> Result<KeySample, Error>;

    /// The groups that read a stream, and what each has not acknowledged.
    ///
    /// # Errors
    /// As [`Keys::read`].
    async fn groups(&self, key: &[u8]) -> Result<Vec<StreamGroup>, Error>;
}

/// A group of readers of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamGroup {
    /// Its name.
    pub name: Vec<u8>,
    /// The id of the last entry that was handed out.
    pub last_delivered: String,
    /// Entries not handed out yet; `None` where the server does not know.
    pub lag: Option<u64>,
    /// Entries handed out and not acknowledged.
    pub pending: u64,
    /// Who reads: name, entries not acknowledged, milliseconds of silence.
    pub consumers: Vec<(Vec<u8>, u64, u64)>,
    /// The oldest entries not acknowledged, at most 100: id, consumer, milliseconds since, times handed out.
    pub oldest: Vec<(String, Vec<u8>, u64, u64)>,
}
