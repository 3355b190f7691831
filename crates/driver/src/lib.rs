//! The contract every database driver fulfils.
//!
//! A [`Statement`] in the database's own language runs on a [`Session`] and yields a stream of
//! [`Event`]s whose data is Arrow batches. A [`Control`] describes the server and its catalog and
//! offers facets: a capability is the presence of the object that does it, there are no flags.
//!
//! ```text
//! Driver --connect--> Connection --control()--> Control   (catalog, definitions, facets)
//!                          |
//!                          +------open(role)--> Session --run(statement)--> Run   (events, cancel)
//! ```
//!
//! Laws, each a case of [`conformance::suite`]:
//! * A session is a task that owns its socket: state, notices and a dying server are seen while idle.
//! * Dropping a [`Run`] cancels and drains it, or closes the session; the next run never sees its bytes.
//! * The bytes sent are the bytes typed. Only the server's own placeholders are parameters.
//! * No message of an [`Error`] holds a secret.
//!
//! This crate must not know any particular database, nor files, nor the user interface.
#![deny(missing_docs)]

mod acting;
mod activity;
mod advice;
pub mod alter;
pub mod arrow;
mod ask;
mod cast;
pub mod conformance;
mod connect;
mod control;
pub mod documents;
mod edit;
mod error;
mod explain;
pub mod fake;
mod fields;
mod generate;
pub mod json;
pub mod keys;
mod language;
mod limit;
pub mod live;
pub mod load;
pub mod plan;
pub mod report;
pub mod row_security;
mod run;
mod scan;
mod scratch;
mod secret;
mod session;
mod statistics;
pub mod tunnel;
pub mod vigil;

pub use self::generate::{Generate, Takes};
pub use acting::{ActAs, Acting, ActorCheck, ActorRole, LeftActor};
pub use activity::{
    Activity, Blocker, Doing, IndexSize, Moment, SIGNAL_PATIENCE, ServerSession, Signal, Signalled, Sizes, TableSize,
    Target, Wait,
};
pub use advice::Advice;
pub use alter::Alter;
pub use ask::{Answer, Ask, NeverAsk, PASSWORD, Question};
pub use cast::{Cast, CastTarget, Forms, Literals, Scalar, ValueClass, ValueContext};
pub use connect::{ConnectContext, Connection, Driver, Hop, HopOutcome, Limits, Model, Profile, Role, Unschemed};
pub use control::{Capabilities, Control, Ddl, Server};
pub use documents::{DocumentForm, Documents};
pub use edit::{
    Again, CellValue, Change, ColumnEdit, Edit, EditTarget, Frame, KeyForm, NewValue, Original, RowDelete, RowInsert,
    RowKey, RowUpdate, Violation, ViolationKind,
};
pub use error::{Code, Error, Native, Said, Span};
pub use explain::{ExpectedRows, Explain, ExplainMode, ExplainOptions, ExplainQuestion, Undo};
pub use fields::{Choice, Field, FieldKind, ParsedUrl, Visible};
pub use keys::Keys;
pub use language::{Commands, Language, Suggestion, SuggestionKind, Suggestions};
pub use limit::{PatientAsk, within_limit};
pub use live::Live;
pub use load::{ColumnKind, Load, LoadChunk, LoadColumn, LoadForm, LoadRows, NewColumn};
pub use plan::Plan;
pub use report::{Report, SlowLog};
pub use row_security::RowSecurity;
pub use run::{
    Cancel, CancelHandle, CopyFeed, EVENT_ROOM, Event, Message, Notice, Outcome, Parameter, Run, RunId, Severity,
    Statement, Summary,
};
pub use scan::{Comparison, Condition, Filter, KeySource, Lookup, Page, PageRequest, Scan, Sort};
pub use scratch::{Scratch, ScratchDatabase};
pub use secret::Secret;
pub use session::{Link, Session, SessionState, Setting, Transaction};
pub use statistics::ColumnFacts;
