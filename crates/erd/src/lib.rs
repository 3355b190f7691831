//! The diagram of a database: what is drawn ([`Diagram`]), where it lies ([`layout`]), how it is walked, and as which texts and
//! pictures it leaves the program.
//!
//! Pure over `catalog`: it knows no server, no window and no file, but the computer's fonts where a picture needs them.
#![deny(missing_docs)]

mod cardinality;
mod diagram;
mod drawing;
#[cfg(test)]
mod exported;
mod group;
mod inferred;
pub mod layout;
pub mod measure;
mod picture;
mod staged;
mod svg;
#[cfg(test)]
mod tests;
pub mod text;
mod walk;

pub use catalog::ObjectKey;

pub use cardinality::Cardinality;
pub use diagram::{Choice, Columns, Diagram, End, Entity, Origin, Relationship, Row};
pub use drawing::{Drawing, Note};
pub use group::{COLOURS, Frame, Grouping, Groups};
pub use picture::{PictureError, pdf, png};
pub use staged::{Change, Staged};
pub use svg::{Look, svg};
