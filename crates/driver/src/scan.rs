//! Reading a relation in keyset pages of our own short statements.

use catalog::{Catalog, ObjectKey};
use serde::{Deserialize, Serialize};

use crate::{Code, Error, Statement, arrow::CellClass};

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Not equal; NULL counts as not equal.
    NotEqual,
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
    /// Its text contains this, without regard to case.
    Contains,
    /// Its text does not contain this, without regard to case; NULL counts as not containing it.
    NotContains,
    /// Its text begins with this, without regard to case.
    StartsWith,
    /// Its text ends with this, without regard to case.
    EndsWith,
    /// The server's own LIKE pattern.
    Like,
    /// One of several values.
    In,
    /// None of several values; NULL counts as none of them.
    NotIn,
    /// From the first of two values to the second, both included.
    Between,
    /// A text, or bytes, of no length; no value. NULL is not empty.
    IsEmpty,
    /// Of some length; no value. Neither is NULL.
    IsNotEmpty,
    /// Is NULL; no value.
    IsNull,
    /// Is not NULL; no value.
    IsNotNull,
}

/// One condition on one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what: one value, two for `Between`, several for `In`, none for tests of NULL and of emptiness. Text the server reads.
    pub values: Vec<String>,
}

/// What rows have to meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// One comparison.
    One(Filter),
    /// Every one of these; met where there are none.
    All(Vec<Condition>),
    /// At least one of these; not met where there are none.
    Any(Vec<Condition>),
    /// An expression in the server's own language. Whoever gives it has checked that it is one expression and nothing more; it is
    /// put into parentheses on lines of its own ([`Condition::own_lines`]).
    Text(String),
}

impl Condition {
    /// A text as it stands in a statement: what it ends with, a comment say, ends on its own line.
    pub fn own_lines(text: &str) -> String {
        format!("(\n{text}\n)")
    }

    /// Where such a text begins in a statement that has it as its first condition.
    pub fn place_in(text: &str, statement: &str) -> Option<usize> {
        statement.find(&Condition::own_lines(text)).map(|at| at + 2)
    }
}

impl From<Filter> for Condition {
    fn from(filter: Filter) -> Self {
        Condition::One(filter)
    }
}

/// One sort key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub column: String,
    /// From greatest to least.
    pub descending: bool,
}

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// The relation.
    pub relation: ObjectKey,
    /// Conditions, all of which must hold.
    pub filters: Vec<Condition>,
    /// The user's sort; the key's columns are added to make it total.
    pub sort: Vec<Sort>,
    /// The previous page's last row: the text of each column of [`Page::key`], `None` for NULL. `None` starts over.
    pub after: Option<Vec<Option<String>>>,
    /// Rows already read: used only where a relation has no key at all.
    pub offset: u64,
    /// Rows wanted.
    pub limit: u32,
}

/// How pages are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// The primary key.
    PrimaryKey,
    /// A unique index over columns that are never NULL.
    UniqueIndex,
    /// The engine's own row number (ctid, rowid); rows that move may be seen twice or not at all.
    RowId,
    /// None: by offset, which may repeat or miss rows while others write.
    Offset,
}

/// A page's statement and how to ask for the next one.
#[derive(Clone, Debug)]
pub struct Page {
    /// The statement. Its first columns are the relation's, in order; hidden key columns follow.
    pub statement: Statement,
    /// How pages are told apart.
    pub source: KeySource,
    /// Positions in the result, in key order, of the columns whose texts make [`PageRequest::after`].
    pub key: Vec<usize>,
    /// How many of the result's columns a person sees.
    pub visible_columns: usize,
    /// Positions in the result of the columns that name a row for [`crate::Edit`], in the order of its key; none where rows cannot
    /// be told apart.
    pub identity: Option<Vec<usize>>,
}

/// Rows of a relation to choose one from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The relation.
    pub relation: ObjectKey,
    /// The columns that name a row.
    pub key: Vec<String>,
    /// The columns a person knows a row by.
    pub labels: Vec<String>,
    /// Every one of these is the beginning of some key column or is contained in some label, without regard to case.
    pub words: Vec<String>,
    /// Rows wanted.
    pub limit: u32,
}

impl Lookup {
    /// Most characters of a label that are read: more would not be shown.
    pub const LABEL_CHARACTERS: u32 = 200;

    /// What a word asks for: a row that passes any of these.
    pub fn filters_of(&self, word: &str) -> impl Iterator<Item = Filter> {
        let keys = self.key.iter().map(|column| (column, Comparison::StartsWith));
        let labels = self.labels.iter().map(|column| (column, Comparison::Contains));
        keys.chain(labels).map(move |(column, comparison)| Filter {
            column: column.clone(),
            comparison,
            values: vec![word.to_owned()],
        })
    }
}

/// Builds statements that read a relation page by page and count it.
pub trait Scan: Send + Sync {
    /// The statement of one page. `catalog` holds the relation with columns, constraints and indexes.
    ///
    /// # Errors
    /// `NotFound` for a relation or column that is not in the catalog.
    fn page(&self, catalog: &Catalog, request: &PageRequest) -> Result<Page, Error>;

    /// The statement that counts the rows exactly, under the same filters.
    ///
    /// # Errors
    /// As [`Scan::page`].
    fn count(&self, catalog: &Catalog, relation: &ObjectKey, filters: &[Condition]) -> Result<Statement, Error>;

    /// The statement that counts the rows under these filters and stops at `cap`: one number, never more than `cap`.
    ///
    /// # Errors
    /// As [`Scan::page`].
    fn count_up_to(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        filters: &[Filter],
        cap: u32,
    ) -> Result<Statement, Error>;

    /// The statement that finds rows to choose from, in the order of their key. Its columns are the key's, each in a form
    /// that a [`Filter`] takes, then the labels' as texts of at most [`Lookup::LABEL_CHARACTERS`].
    ///
    /// # Errors
    /// As [`Scan::page`].
    fn lookup(&self, catalog: &Catalog, request: &Lookup) -> Result<Statement, Error>;

    /// The statement that looks at every value of a column under these conditions; [`crate::ColumnFacts`] says what it answers.
    ///
    /// # Errors
    /// As [`Scan::page`]; `Unsupported` where there is none.
    fn statistics(
        &self,
        _catalog: &Catalog,
        _relation: &ObjectKey,
        _column: &str,
        _filters: &[Condition],
    ) -> Result<Statement, Error> {
        Err(Error::new(Code::Unsupported, "This server is not asked for statistics of a column."))
    }

    /// The statement that asks whether the server leaves rows of this relation out for whoever asks (row security): one truth
    /// value. `None` where it never does.
    fn leaves_out(&self, _catalog: &Catalog, _relation: &ObjectKey) -> Option<Statement> {
        None
    }

    /// The statement after which a session is told of what others announce on a channel, as [`crate::Message::Notification`].
    /// `None` where there is nothing of the kind.
    fn listen(&self, _channel: &str) -> Option<Statement> {
        None
    }

    /// A held value as a [`Filter`] takes it: what an equal filter with it finds is this value. Mostly the value's own text.
    ///
    /// # Errors
    /// `Unsupported` for bytes that no filter can say.
    fn filter_value(&self, _native_type: &str, value: &[u8], _class: Option<CellClass>) -> Result<String, Error> {
        std::str::from_utf8(value)
            .map(str::to_owned)
            .map_err(|_| Error::new(Code::Unsupported, "The value is not text, so rows cannot be found by it."))
    }
}
