//! Browsing and changing collections of documents.
//!
//! A document is held as the server sent it: raw bytes in one column whose native type is [`DOCUMENT`]. What a person sees of it is
//! rendered for the window that is looked at ([`DocumentForm`], pure and without a connection), and an edit patches the bytes, so
//! that what nobody touched keeps its type, its place and its bytes.

use std::borrow::Cow;

use async_trait::async_trait;
use catalog::{Known, ObjectKey};

use crate::{Error, Statement, arrow::CellClass};

/// The native type of a column that holds whole documents, as their raw bytes.
pub const DOCUMENT: &str = "document";

/// How a document or a value is written as text. All of them are lossless for what they print; [`TextStyle::Relaxed`] leaves the
/// widths of numbers out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextStyle {
    /// Extended JSON 2, canonical: every type is written.
    Canonical,
    /// Extended JSON 2, relaxed: numbers and dates as JSON has them.
    Relaxed,
    /// As the server's own shell writes it (`ObjectId("…")`).
    Shell,
}

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The element at this place of a document or an array, from 0: names may be there twice.
    At(usize),
    /// The first element of this name.
    Name(String),
}

/// One element of a document or an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentField<'a> {
    /// Its name, lossy where it is no UTF-8; of an array its place.
    pub name: Cow<'a, str>,
    /// Its type as the server names it (`objectId`, `int`, `decimal`).
    pub native_type: &'static str,
    /// The raw bytes of the value.
    pub raw: &'a [u8],
    /// Elements inside, of a document or an array.
    pub children: Option<usize>,
}

/// A change of a raw document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patch {
    /// Another value; the text is Extended JSON or the shell's literal of one value.
    Set(Vec<Step>, String),
    /// Another value of the same type where the text can be of that type (`12` stays an int64), else as [`Patch::Set`].
    SetAlike(Vec<Step>, String),
    /// One element less.
    Remove(Vec<Step>),
    /// Another name.
    Rename(Vec<Step>, String),
    /// One element more, last in the document or array that the steps lead to.
    Append(Vec<Step>, String, String),
}

/// How raw documents are read and written. Pure; no document makes it panic, damaged ones are told as such.
pub trait DocumentForm: Send + Sync {
    /// A document, or a value of this type, as text. What is damaged is written as far as it can be read, with a remark.
    fn text(&self, native_type: &str, raw: &[u8], style: TextStyle, indent: bool) -> String;

    /// A value as one cell shows it: a text's characters, a number's digits, bytes as they are, a document or an array as relaxed
    /// Extended JSON; and what that is.
    fn cell<'a>(&self, native_type: &str, raw: &'a [u8]) -> (Cow<'a, [u8]>, CellClass);

    /// The elements of a document, or of a document or array inside.
    ///
    /// # Errors
    /// `Corrupt` for bytes that are none.
    fn fields<'a>(&self, native_type: &str, raw: &'a [u8]) -> Result<Vec<DocumentField<'a>>, Error>;

    /// A document from Extended JSON or the shell's literals.
    ///
    /// # Errors
    /// `InvalidStatement` with a span.
    fn parse(&self, text: &str) -> Result<Vec<u8>, Error>;

    /// A document with changes, each on what the one before made; untouched elements are copied as bytes.
    ///
    /// # Errors
    /// `NotFound` for a step that leads nowhere, `InvalidStatement` for a text that is no value, `Corrupt`.
    fn patch(&self, raw: &[u8], patches: &[Patch]) -> Result<Vec<u8>, Error>;
}

/// Which documents to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPage {
    /// The collection; its schema is the database.
    pub collection: ObjectKey,
    /// A filter document as the shell writes it; `None` is every document.
    pub filter: Option<String>,
    /// A sort document.
    pub sort: Option<String>,
    /// A projection document.
    pub projection: Option<String>,
    /// The last document of the page before, whole. Used where there is no sort: the order is then that of `_id`.
    pub after: Option<Vec<u8>>,
    /// Documents already read: used where there is a sort.
    pub offset: u64,
    /// Documents wanted.
    pub limit: u32,
}

/// What was found in a sample of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSample {
    /// Documents looked at.
    pub sampled: u64,
    /// Documents there are, as the server estimates.
    pub of: Known<u64>,
    /// Fields in the order they were first seen, those inside after what they are in.
    pub fields: Vec<SampledField>,
}

/// A field of the documents of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledField {
    /// Its path; elements of arrays are one step `[]`.
    pub path: Vec<String>,
    /// Documents that have it.
    pub present: u64,
    /// Its types, the most frequent first, and how often each.
    pub types: Vec<(String, u64)>,
}

/// One change of one document. What is replaced or removed is the whole document as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentChange {
    /// A new one.
    Insert(Vec<u8>),
    /// Another content under the same `_id`.
    Replace {
        /// As seen.
        seen: Vec<u8>,
        /// As it is to be.
        new: Vec<u8>,
    },
    /// It goes.
    Delete(Vec<u8>),
}

/// What documents of a collection have to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The condition that documents have to fulfil, as the shell writes it; `None` is any document.
    pub validator: Option<String>,
    /// Which writes are looked at, as the server names it (`strict`, `moderate`, `off`).
    pub level: String,
    /// What becomes of a document that is not like that, as the server names it (`error`, `warn`).
    pub action: String,
}

/// Documents that are not as rules want them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaking {
    /// How many were counted.
    pub found: u64,
    /// Whether counting stopped there.
    pub more: bool,
    /// A few of them, raw.
    pub first: Vec<Vec<u8>>,
    /// The statement that finds them all.
    pub statement: String,
}

/// Browsing and changing collections.
#[async_trait]
pub trait Documents: Send + Sync {
    /// The statement of one page: it gives one column of documents.
    ///
    /// # Errors
    /// `InvalidStatement` with a span in the filter, sort or projection that is no document.
    fn page(&self, page: &DocumentPage) -> Result<Statement, Error>;

    /// The statement that counts exactly: one document with one number, `n`.
    ///
    /// # Errors
    /// As [`Documents::page`].
    fn count(&self, collection: &ObjectKey, filter: Option<&str>) -> Result<Statement, Error>;

    /// Looks at some documents.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Unreachable`, `TimedOut`.
    async fn sample(&self, collection: &ObjectKey, documents: u32) -> Result<FieldSample, Error>;

    /// Changes one document and gives it as it is then; `None` after it went.
    ///
    /// # Errors
    /// `Conflict` where it is not as it was seen or is gone, `ConstraintViolated` for a validator or a unique index,
    /// `Forbidden`, `InvalidStatement` for another `_id`.
    async fn change(&self, collection: &ObjectKey, change: &DocumentChange) -> Result<Option<Vec<u8>>, Error>;

    /// The statement that [`Documents::change`] sends, for a person and the audit trail.
    fn describe(&self, collection: &ObjectKey, change: &DocumentChange) -> String;

    /// The statement that runs a pipeline's first stages on a collection, for a preview of at most `limit` documents. A stage that
    /// writes is left out with what follows it.
    ///
    /// # Errors
    /// `InvalidStatement` with a span in the stage that is none.
    fn preview(&self, collection: &ObjectKey, stages: &[String], limit: u32) -> Result<Statement, Error>;

    /// The rules of a collection, as they are now.
    ///
    /// # Errors
    /// `NotFound`; `Unsupported` for a view; `Forbidden` for a login that may not read them; `Unreachable`, `TimedOut`.
    async fn rules(&self, collection: &ObjectKey) -> Result<Rules, Error>;

    /// Makes other rules those of a collection. Documents that are there already stay as they are.
    ///
    /// # Errors
    /// `Conflict` where they are not as they were seen; `InvalidStatement` for a validator that is none; as [`Documents::rules`].
    async fn set_rules(&self, collection: &ObjectKey, seen: &Rules, new: &Rules) -> Result<(), Error>;

    /// The statement that [`Documents::set_rules`] sends, for a person and the audit trail.
    ///
    /// # Errors
    /// `InvalidStatement` with a span in a validator that is no document.
    fn describe_rules(&self, collection: &ObjectKey, rules: &Rules) -> Result<String, Error>;

    /// Documents there are that a validator would refuse; counts them up to a limit.
    ///
    /// # Errors
    /// As [`Documents::set_rules`], with what the server says of a validator that it does not understand.
    async fn breaking(&self, collection: &ObjectKey, validator: &str) -> Result<Breaking, Error>;
}
