//! Suites: statements with what is to come of them, for the actors who send them.
//!
//! A suite is a JSON file that stands next to code:
//!
//! ```json
//! {"name": "documents",
//!  "claims_setting": "request.jwt.claims",
//!  "setup": ["insert into app.documents (id, owner_id) values (1, 'ann'), (2, 'bob')"],
//!  "cases": [
//!   {"name": "everyone sees their own",
//!    "as": {"role": "authenticated", "claims": {"sub": "ann"}, "settings": {"app.tenant": "7"}},
//!    "statement": "select id from app.documents",
//!    "expect": {"rows": ["1"]},
//!    "setup": ["update app.documents set title = 'x'"],
//!    "then": {"statement": "select count(*) from app.documents", "expect": {"rows": ["2"]}}}]}
//! ```
//!
//! Each case is a transaction of its own, always rolled back: the suite's setup and the case's run as the login, then the actor
//! is taken on and the statement runs, then the actor is put off and `then` runs as the login. `claims_setting` is
//! [`CLAIMS_SETTING`] where it is left out; so are `setup`, `then` and all of `as` (which is then the login itself).
//! `claims` are JSON, set as one text; a JSON string is set as it is, so that claims that are none can be tried.
//!
//! What is expected is one of:
//!
//! - `{"rows": ["a", null]}`: the first column of all rows, in any order, as the server prints it; NULL is null, whole
//!   numbers may stand without quotes. `{"rows": [["a", "1"], ["b", null]]}`: all columns.
//! - `{"count": 2}`: that many rows come back.
//! - `{"affected": 2}`: that many rows are added, changed or removed.
//! - `{"error": "23505"}`: the statement fails with that SQLSTATE.
//! - `{"refused": true}`: it is not carried out because that is not allowed: the tester does not send it (COMMIT, RESET ROLE, a
//!   second statement), or the server refuses it for want of a privilege or by a policy (42501).
//!
//! Fields that are not known are refused, and so is a second expectation: neither could ever fail.

mod generate;
mod judge;
mod pgtap;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use generate::{Actors, Generated, User, generate, owner_column};
pub use judge::{Answer, Got, Outcome, Report, Returned, Verdict};
pub use read::Unreadable;

/// The setting that holds the claims where a suite names none: PostgREST's.
pub const CLAIMS_SETTING: &str = "request.jwt.claims";

/// A file of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// The setting that the claims are put into; `None` is [`CLAIMS_SETTING`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims_setting: Option<String>,
    /// Statements that the login runs before each case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<String>,
    /// The cases, in order; at least one.
    pub cases: Vec<Case>,
}

/// One statement of one actor, and what is to come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Who sends the statement.
    #[serde(rename = "as")]
    pub actor: As,
    /// The statement.
    pub statement: String,
    /// What is to come of it.
    pub expect: Expect,
    /// Statements that the login runs before, after the suite's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<String>,
    /// What the login runs after, in the same transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
}

/// An actor: who a statement is sent as. Without a role it is the login itself, with these claims and settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct As {
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The claims; a JSON string is the text itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<serde_json::Value>,
    /// Other settings, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
}

impl As {
    /// The claims as the setting holds them.
    pub fn claims_text(&self) -> Option<String> {
        self.claims.as_ref().map(|claims| match claims {
            serde_json::Value::String(text) => text.clone(),
            claims => claims.to_string(),
        })
    }

    /// All settings that are made, the claims first.
    pub fn settings_made(&self, claims_setting: &str) -> Vec<(String, String)> {
        let claims = self.claims_text().map(|text| (claims_setting.to_owned(), text));
        let others = self.settings.iter().map(|(name, text)| (name.clone(), text.clone()));
        claims.into_iter().chain(others).collect()
    }
}

/// A statement of the login after the case's, and what is to come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Then {
    /// The statement.
    pub statement: String,
    /// What is to come of it.
    pub expect: Expect,
}

/// Rows that are expected or came, in no order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rows {
    /// The first column of each.
    First(Vec<Option<String>>),
    /// All columns of each.
    Columns(Vec<Vec<Option<String>>>),
}

/// What is to come of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// These rows come back, in any order.
    Rows(Rows),
    /// That many rows are added, changed or removed.
    Affected(u64),
    /// That many rows come back.
    Count(u64),
    /// It fails with that SQLSTATE.
    Error(String),
    /// It is not carried out since it is not allowed.
    Refused,
}

impl Suite {
    /// The setting that the claims are put into.
    pub fn claims_setting(&self) -> &str {
        self.claims_setting.as_deref().unwrap_or(CLAIMS_SETTING)
    }

    /// Reads a suite.
    ///
    /// # Errors
    /// [`Unreadable`], with the place and the name of the case.
    pub fn from_json(text: &str) -> Result<Self, Unreadable> {
        read::suite(text)
    }

    /// The suite as JSON, one field a line, with a line end. The same suite is always the same text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The suite as one file for `pg_prove` or psql, on a database that has pgTAP.
    pub fn to_pgtap(&self) -> String {
        pgtap::file(self)
    }
}

#[cfg(test)]
mod tests;
