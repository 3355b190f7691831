//! What is wrong with a database, or will be: rules over a catalog and over facts that a driver reads.
//!
//! A [`Rule`] looks at a [`Context`] and answers with a [`Verdict`]: it passes, it fails with [`Finding`]s, or it was not
//! evaluated, and why. "Pass" is said only where everything was looked at. [`advise`] runs every rule that concerns the
//! engine and gives a [`Report`].
//!
//! ```
//! use advisor::{Context, Engine, Facts, Verdict, advise};
//! use catalog::{Catalog, Kind, Known, Relation, RelationKind, Schema};
//!
//! let mut catalog = Catalog::default();
//! let schema = catalog.push_schema(Schema::named("public"));
//! catalog.push_relation(Relation::new(schema, "orders", RelationKind::Table));
//! for kind in [Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Constraints, Kind::Indexes] {
//!     catalog.coverage.insert(kind, Known::Value(()));
//! }
//! let report = advise(&Context::new(&catalog, &Facts::of(Engine::Postgres), None));
//! assert!(report.findings.iter().any(|finding| finding.key == "K-01:public:orders"));
//! assert!(matches!(report.verdict("S-01"), Some(Verdict::NotEvaluated(_))), "nobody said what is exposed");
//! ```
//!
//! # What holds
//!
//! - One rule, one file under `rules`. Its doc comment is its published page ([`Rule::page`]); the SQL in it is run by a test,
//!   and so are its cases in `cases`, on real servers: what must be found, what must not be, the fix and what takes it back.
//! - Ids and names are stable. Where a check is one of splinter's, the name is splinter's.
//! - Text of the database (conditions, definitions, defaults) is read by tokens or by a parser, never matched.
//! - Rules on migrations (group M) look at a script instead: [`migration::review`].
//! - A fix changes nothing by itself, and never holds a guessed policy.
//! - Time is linear in the catalog: what rules look up is indexed once, in [`Context::new`].
//!
//! This crate must not know any connection, how a fact was read, nor any user interface.
#![deny(missing_docs)]

mod baseline;
mod context;
mod exposure;
mod finding;
mod indexes;
pub mod migration;
mod missing;
mod names;
mod policies;
mod privileges;
mod report;
mod rule;
mod rules;
mod sarif;
mod score;
mod table;
mod tokens;
mod trials;
mod types;
mod words;

pub use catalog::facts::{Engine, Facts};

pub use baseline::{Baseline, Suppression};
pub use context::Context;
pub use exposure::Exposure;
pub use finding::{Finding, Fix, Lock, Object, ObjectType};
pub use missing::{Missing, MissingKind, missing_names, missing_roles};
pub use report::{Report, RuleReport, Suppressed, advise};
pub use rule::{Level, Reason, Rule, Verdict};
pub use score::{Grade, Score};
pub use trials::index_trials;

/// Every rule, by id.
pub fn rules() -> &'static [&'static Rule] {
    rules::ALL
}
