//! What crosses between the core and its faces: plain types, generated into TypeScript.
//!
//! No value of a database is ever a number here: rows travel as Arrow bytes, and a count is a count of
//! ours. Positions in text are UTF-16 code units, as editors count; the core converts. A secret only
//! ever comes in.

mod acting;
mod activity;
mod advisor;
mod attempt;
mod audit;
mod browse;
mod chart;
mod compare;
mod connection;
mod diagram;
mod document;
mod documents;
mod edit;
mod editor;
mod error;
mod event;
mod explorer;
mod forgetting;
mod generate;
mod history;
mod interchange;
mod keys;
mod layout;
mod live;
mod migrations;
mod object;
mod plan;
mod policy;
mod policy_change;
mod reference;
mod report;
mod run;
mod saved;
mod security;
mod settings;
mod statistics;
mod structure;
mod structure_review;
mod sweep;
mod system;
mod transfer;
mod trying;
mod view;

pub use acting::*;
pub use activity::*;
pub use advisor::*;
pub use attempt::*;
pub use audit::*;
pub use browse::*;
pub use chart::*;
pub use compare::*;
pub use connection::*;
pub use diagram::*;
pub use document::*;
pub use documents::*;
pub use edit::*;
pub use editor::*;
pub use error::*;
pub use event::*;
pub use explorer::*;
pub use forgetting::*;
pub use generate::*;
pub use history::*;
pub use interchange::*;
pub use keys::*;
pub use layout::*;
pub use live::*;
pub use migrations::*;
pub use object::*;
pub use plan::*;
pub use policy::*;
pub use policy_change::*;
pub use reference::*;
pub use report::*;
pub use run::*;
pub use saved::*;
pub use security::*;
pub use settings::*;
pub use statistics::*;
pub use structure::*;
pub use structure_review::*;
pub use sweep::*;
pub use system::*;
pub use transfer::*;
pub use trying::*;
pub use view::*;

/// A count that fits a double exactly: rows, bytes, milliseconds. Never a database value.
pub(crate) type Count = specta_typescript::Number;
