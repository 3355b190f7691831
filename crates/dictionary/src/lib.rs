//! The data dictionary of a database: what is in it, page by page, with everything that refers to something else as a link.
//!
//! [`Book::of`] reads a catalog into pages of plain blocks; [`html`] makes one file of them that needs no network, [`markdown`] a folder.
//! Names and comments are anybody's: a block holds them as they are, and only these two know what escapes them.
//!
//! Pure over `catalog`: it knows no server and no file, and is handed the diagram.
//!
//! ```
//! use catalog::{Catalog, Relation, RelationKind, Schema};
//! use dictionary::{Book, Choice};
//!
//! let mut catalog = Catalog::default();
//! let schema = catalog.push_schema(Schema::named("public"));
//! catalog.push_relation(Relation::new(schema, "<orders>", RelationKind::Table));
//! let book = Book::of(&catalog, &Choice { title: "Shop".to_owned(), server: "PostgreSQL 18".to_owned(), schemas: None });
//! assert!(dictionary::html(&book, None).contains("&lt;orders&gt; <em>table</em>"));
//! ```
#![deny(missing_docs)]

mod book;
mod html;
mod links;
mod markdown;
mod objects;
mod relations;
#[cfg(test)]
mod tests;

pub use book::{Block, Book, Cell, Choice, Page, Span};
pub use html::{Diagram, html};
pub use markdown::{File, MARK, markdown};
