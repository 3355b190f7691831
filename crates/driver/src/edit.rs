//! Changing rows one by one, each exactly once.
//!
//! A row is named by its identity: the values of a primary key, of a unique key that is never NULL, or the engine's own row number.
//! A statement changes it only while the columns concerned still hold what they held when a person saw them. Both are compared by
//! the text the server prints, null-safe, under the [`ValueContext`] the row was read with: an equality of the type's own would
//! call `1.0` and `1.00`, or `a` and `A`, the same, and some types have none.
//!
//! ```text
//! frame.begin    one statement after the other
//!   delete, update, insert    each must change as many rows as it names: Change::rows
//!   reread       what triggers, defaults and generated columns made of them
//! frame.commit   or frame.rollback, when anything else was changed than was meant
//! ```
//!
//! The texts hold their values as literals and are sent as they are: what is shown to a person before it runs is what runs.

use std::borrow::Cow;

use catalog::{Catalog, ObjectKey};
use serde::{Deserialize, Serialize};

use crate::{Error, KeySource, ValueContext, arrow::CellClass};

/// A value as it is held: the server's own bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CellValue {
    /// The bytes, digits for a typed integer, `true` or `false` for a typed boolean; `None` for NULL.
    pub bytes: Option<Vec<u8>>,
    /// What they are, where values of one column differ in kind: a [`CellClass`] as its number.
    pub class: Option<u8>,
}

impl CellValue {
    /// What the bytes are, where values of one column differ in kind.
    pub fn class(&self) -> Option<CellClass> {
        self.class.map(CellClass::from_u8)
    }

    /// The bytes as text; `None` for NULL and for what is no UTF-8.
    pub fn text(&self) -> Option<&str> {
        self.bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }
}

/// What a column is to become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum NewValue {
    /// NULL.
    Null,
    /// The column's default.
    Default,
    /// Text in the notation the server reads for the column's type; the empty text is a value like any other.
    Text(String),
    /// A number's digits, where a column holds values of several kinds.
    Number(String),
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// What another cell of this column, or this cell before, holds: written so that it reads back the same.
    Held(CellValue),
}

/// The values that name one row: of the columns at [`crate::Page::identity`], as texts, in that order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowKey(pub Vec<String>);

/// How a part of a [`RowKey`] is told from what a statement of a person's prints of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// Its text.
    Text,
    /// The hexadecimal digits of its bytes, in capitals.
    Hex,
    /// By what the cell is: `T` and the hexadecimal digits of a text, an integer's digits, `X'…'` for bytes. A float has none.
    Classed,
}

impl KeyForm {
    /// The part, of a cell's bytes and of what they are; `None` for NULL and for what is not told exactly.
    pub fn part(self, bytes: Option<&[u8]>, class: Option<CellClass>) -> Option<String> {
        let bytes = bytes?;
        let text = || std::str::from_utf8(bytes).ok().map(str::to_owned);
        match self {
            KeyForm::Text => text(),
            KeyForm::Hex => Some(capitals(bytes)),
            KeyForm::Classed => match class? {
                CellClass::Text | CellClass::InvalidText => Some(format!("T{}", capitals(bytes))),
                CellClass::Integer => text(),
                CellClass::Bytes => Some(format!("X'{}'", capitals(bytes))),
                CellClass::Real | CellClass::Null | CellClass::Missing => None,
            },
        }
    }

    /// A part as a person reads it.
    pub fn read(self, part: &str) -> Cow<'_, str> {
        let text = match self {
            KeyForm::Classed => {
                part.strip_prefix('T').and_then(bytes_of).and_then(|bytes| String::from_utf8(bytes).ok())
            }
            KeyForm::Text | KeyForm::Hex => None,
        };
        text.map_or(Cow::Borrowed(part), Cow::Owned)
    }
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn capitals(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2 + 4);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// What a column held when a person saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The column.
    pub column: String,
    /// What it held.
    pub value: CellValue,
}

/// One row to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowUpdate {
    /// Which.
    pub key: RowKey,
    /// What must still be there.
    pub originals: Vec<Original>,
    /// Columns and what they become; never empty.
    pub set: Vec<(String, NewValue)>,
}

/// One row to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDelete {
    /// Which.
    pub key: RowKey,
    /// What must still be there.
    pub originals: Vec<Original>,
}

/// One row to insert; a column that is not named takes its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowInsert {
    /// Columns and values.
    pub values: Vec<(String, NewValue)>,
}

/// How a changed row is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// The statement answers with the identity of every row it wrote, in order.
    Returned,
    /// By these keys, in order; empty for deleted rows.
    By(Vec<RowKey>),
    /// This, asked directly afterwards on the same session, answers with the identity of the one row.
    Ask(String),
}

/// One statement of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its text, values included.
    pub text: String,
    /// How many of the rows that were given it covers, counted from the first; and how many it must change, no more, no less.
    pub rows: usize,
    /// How they are found again.
    pub again: Again,
}

/// What stands around the statements of a save.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Opens it, and sets what values print by as it was when they were read.
    pub begin: Vec<String>,
    /// Keeps what was done.
    pub commit: Vec<String>,
    /// Undoes it; where it cannot be undone, lets go of the table.
    pub rollback: Vec<String>,
    /// Marks a place to come back to: set, forget, go back. None where nothing can be undone.
    pub savepoint: Option<[String; 3]>,
}

/// What may be done to one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnEdit {
    /// Its name.
    pub name: String,
    /// Why existing rows' values cannot be changed.
    pub read_only: Option<String>,
    /// Why it takes no value in a new row.
    pub not_inserted: Option<String>,
    /// Whether it takes NULL, as far as known.
    pub nullable: bool,
    /// What it becomes when nothing is said, as the server prints it (`now()`, `nextval(…)`).
    pub default: Option<String>,
    /// Every value it can have, in order: an enumeration's.
    pub choices: Vec<String>,
    /// Whether a value is any number of the choices, joined by commas.
    pub several_choices: bool,
    /// Whether its values differ in kind, so that a number and its digits are two things.
    pub mixed: bool,
}

/// A relation whose rows can be changed one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditTarget {
    /// How rows are told apart; never [`KeySource::Offset`].
    pub source: KeySource,
    /// The identity's columns, in order; of [`KeySource::RowId`] the engine's own name of it.
    pub key: Vec<String>,
    /// For each of them, how it is told from what a statement of a person's prints of it; `None` where that says less than it is.
    pub key_forms: Vec<Option<KeyForm>>,
    /// The relation's columns, in order.
    pub columns: Vec<ColumnEdit>,
    /// Whether the table's engine undoes a save that went wrong.
    pub can_roll_back: bool,
    /// What a person should know before: each a sentence.
    pub warnings: Vec<String>,
}

/// What kind of rule refused a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationKind {
    /// A value is missing.
    NotNull,
    /// Another row has it already.
    Unique,
    /// The referenced row is not there.
    Reference,
    /// Rows elsewhere still refer to this one.
    Referenced,
    /// A check of the table's does not hold.
    Check,
    /// Longer than the column takes.
    TooLong,
    /// Outside of what the column's type holds.
    OutOfRange,
    /// Not the notation of the column's type.
    NotOfType,
    /// A row security policy refuses the new row.
    RowSecurity,
    /// An exclusion constraint refuses it.
    Exclusion,
}

/// A rule that refused a change, and the columns it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its kind.
    pub kind: ViolationKind,
    /// Its name.
    pub constraint: Option<String>,
    /// The columns it is about, as far as known.
    pub columns: Vec<String>,
}

/// Builds the statements that change single rows. Every method's `catalog` holds the relation with columns, constraints, foreign
/// keys, indexes and triggers.
pub trait Edit: Send + Sync {
    /// Whether and how rows of a relation can be changed.
    ///
    /// # Errors
    /// `Unsupported` where they cannot, saying why and what to do instead (no key, a view, a foreign table, a system catalog);
    /// `NotFound`.
    fn target(&self, catalog: &Catalog, relation: &ObjectKey) -> Result<EditTarget, Error>;

    /// What stands around the statements of one save. `within` a transaction of a person's own, a savepoint stands for the
    /// transaction.
    ///
    /// # Errors
    /// As [`Edit::target`].
    fn frame(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        context: &ValueContext,
        within: bool,
    ) -> Result<Frame, Error>;

    /// Changes one row.
    ///
    /// # Errors
    /// As [`Edit::target`]; `InvalidStatement` for a key or value that cannot be one of the column's.
    fn update(&self, catalog: &Catalog, relation: &ObjectKey, update: &RowUpdate) -> Result<Change, Error>;

    /// Deletes one row.
    ///
    /// # Errors
    /// As [`Edit::update`].
    fn delete(&self, catalog: &Catalog, relation: &ObjectKey, delete: &RowDelete) -> Result<Change, Error>;

    /// Inserts the first of these rows, and as many of the following as one statement can with the same columns: [`Change::rows`]
    /// says how many. Never none.
    ///
    /// # Errors
    /// As [`Edit::update`].
    fn insert(&self, catalog: &Catalog, relation: &ObjectKey, rows: &[RowInsert]) -> Result<Change, Error>;

    /// Counts the rows that have this identity and still hold these values: asked before a change that cannot be undone.
    ///
    /// # Errors
    /// As [`Edit::update`].
    fn matching(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        key: &RowKey,
        originals: &[Original],
    ) -> Result<String, Error>;

    /// Reads rows again: the columns of a page of [`crate::Scan`] in the same order and forms, then the identity's. Rows that are
    /// gone are missing; the order is the server's. A caller asks for some hundreds.
    ///
    /// # Errors
    /// As [`Edit::update`].
    fn reread(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error>;

    /// As [`Edit::reread`], and nobody else changes these rows before the transaction ends; by itself where the frame of a save
    /// keeps others out anyway. May need more rights than deleting them does.
    ///
    /// # Errors
    /// As [`Edit::update`].
    fn lock(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        self.reread(catalog, relation, keys)
    }

    /// The rule behind an error of the server's, where it is one of the common ones.
    fn violation(&self, catalog: &Catalog, relation: &ObjectKey, error: &Error) -> Option<Violation>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_key_is_told_from_what_is_printed_or_not_at_all() {
        let told = |form: KeyForm, bytes: &[u8], class| form.part(Some(bytes), class);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told(KeyForm::Text, "é".as_bytes(), None), some("é"));
        assert_eq!(told(KeyForm::Text, &[0xff], None), None);
        assert_eq!(told(KeyForm::Hex, &[0, 0xff], None), some("00FF"));
        for (bytes, class, part) in [
            (&b"it's"[..], CellClass::Text, some("T69742773")),
            (b"", CellClass::Text, some("T")),
            (&[0xff], CellClass::InvalidText, some("TFF")),
            (b"-5", CellClass::Integer, some("-5")),
            (&[0, 0xff], CellClass::Bytes, some("X'00FF'")),
            (b"1.5", CellClass::Real, None),
        ] {
            assert_eq!(told(KeyForm::Classed, bytes, Some(class)), part, "{class:?}");
        }
        assert_eq!(told(KeyForm::Classed, b"a", None), None);
        assert_eq!(KeyForm::Text.part(None, None), None);
        let read = |part: &str| KeyForm::Classed.read(part).into_owned();
        assert_eq!([read("T69742773"), read("T"), read("-5"), read("TFF")], ["it's", "", "-5", "TFF"]);
        assert_eq!(KeyForm::Text.read("T69"), "T69");
    }
}
