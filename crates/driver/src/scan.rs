//! Reading a relation in keyset pages of our own short statements.

use catalog::{Catalog, ObjectKey};
use serde::{Deserialize, Serialize};

use crate::{Error, Statement};

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
    /// Its text begins with this, without regard to case.
    StartsWith,
    /// The server's own LIKE pattern.
    Like,
    /// One of several values.
    In,
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
    /// With what: one value, several for `In`, none for NULL tests. Text the server reads.
    pub values: Vec<String>,
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
    pub filters: Vec<Filter>,
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
    fn count(&self, catalog: &Catalog, relation: &ObjectKey, filters: &[Filter]) -> Result<Statement, Error>;
}
