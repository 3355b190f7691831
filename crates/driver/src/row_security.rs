//! Row security on a live server: statements tried as somebody else without leaving a trace, expressions validated while they
//! are typed.
//!
//! What policies say by themselves is not asked here: that is read from a catalog, with no server.

mod judgement;

use std::collections::{HashMap, VecDeque};

use async_trait::async_trait;
use catalog::PolicyCommand;
use serde::{Deserialize, Serialize};

pub use catalog::Told;
pub use judgement::{JudgedPolicy, JudgedRow, Judgement, Reach, Totals, Verdict};

use crate::{Error, Notice, Said, Span};

/// Trying out row security.
#[async_trait]
pub trait RowSecurity: Send + Sync {
    /// Tries one statement as an actor, on a connection of its own that is closed afterwards. Everything is rolled back.
    ///
    /// A statement that would end the transaction, change the role or the session, or cannot be read, is not sent:
    /// [`Outcome::NotSent`]. What the server refuses is an [`Outcome`] too.
    ///
    /// # Errors
    /// `InvalidStatement` for claims that are no JSON and for a `setup` that cannot be read or fails, with what the server said;
    /// `NotFound` for a role that is not there; `Forbidden` for a login that may not become the role, and for a statement that
    /// left the transaction or the role in spite of everything; `Unreachable`, `TimedOut`, `Exhausted` as for connecting.
    async fn attempt(&self, attempt: &Attempt) -> Result<Attempted, Error>;

    /// Validates an expression as it is typed, as the server's own analysis of a policy does: columns, functions, types, that
    /// it is boolean and has no aggregate, window or set. Takes no lock but what reading takes, and evaluates nothing. Whether
    /// it leads back to its own table is not asked.
    ///
    /// # Errors
    /// `Unreachable`, `TimedOut`. What is wrong with the expression is an answer.
    async fn check(&self, wanted: &ExpressionCheck) -> Result<Checked, Error>;

    /// What `ALTER ROLE … SET` says for sessions of a role in this database, in the order of the server; it is not applied by
    /// becoming the role.
    ///
    /// # Errors
    /// `NotFound`, `Unreachable`, `TimedOut`.
    async fn role_settings(&self, role: &str) -> Result<Vec<(String, String)>, Error>;
}

/// The setting that PostgREST and Supabase keep claims in.
pub const CLAIMS_SETTING: &str = "request.jwt.claims";

/// Who a statement is tried as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Actor {
    /// The role; `None` is the login itself.
    pub role: Option<String>,
    /// The claims, as the text of a JSON value.
    pub claims: Option<String>,
    /// The setting that the claims are put into.
    pub claims_setting: String,
    /// Further settings, in order.
    pub settings: Vec<(String, String)>,
    /// Whether the role's own `ALTER ROLE … SET` values are applied first.
    pub apply_role_settings: bool,
}

impl Default for Actor {
    fn default() -> Self {
        Actor {
            role: None,
            claims: None,
            claims_setting: CLAIMS_SETTING.to_owned(),
            settings: Vec::new(),
            apply_role_settings: false,
        }
    }
}

/// How much and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttemptLimits {
    /// Most rows of an answer; what is beyond is counted.
    pub rows: usize,
    /// Most bytes of an answer's cells; what is beyond is counted.
    pub bytes: usize,
    /// Longest time a lock is waited for.
    pub lock_timeout_ms: u32,
    /// Longest time of each statement, ours included. The client's own: no setting lifts it.
    pub statement_timeout_ms: u32,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        AttemptLimits { rows: 1000, bytes: 4 << 20, lock_timeout_ms: 1000, statement_timeout_ms: 10_000 }
    }
}

/// One statement to be tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// As whom.
    pub actor: Actor,
    /// Scripts that the login runs before, in the same transaction.
    pub setup: Vec<String>,
    /// The statement: exactly one.
    pub statement: String,
    /// A statement that the login runs after it, in the same transaction.
    pub then: Option<String>,
    /// A SELECT may write too, by its functions. Otherwise its transaction is READ ONLY.
    pub may_write: bool,
    /// A table whose rows are looked at one by one.
    pub sample: Option<Sample>,
    /// How much and how long.
    pub limits: AttemptLimits,
}

/// Rows of a table that are looked at one by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// Most rows that are copied and looked at.
    pub rows: u32,
    /// Count all rows, for totals that are exact. Reads the whole table twice.
    #[serde(default)]
    pub count: bool,
    /// What the table's policies are to be: judged beside those there are.
    #[serde(default)]
    pub drafts: Option<Drafts>,
}

/// Row security of a table as it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafts {
    /// Whether policies apply; left out, that stays as it is.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Whether they apply to the owner too; left out, that stays as it is.
    #[serde(default)]
    pub forced: Option<bool>,
    /// All its policies, those that stay included.
    pub policies: Vec<DraftPolicy>,
}

/// A policy that is not there yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPolicy {
    /// Its name.
    pub name: String,
    /// Which commands it speaks of.
    pub command: PolicyCommand,
    /// Any of these has to pass, or all of them have to.
    pub permissive: bool,
    /// Whom it applies to; `PUBLIC`, or none at all, is everyone.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Which rows are seen.
    #[serde(default)]
    pub using: Option<String>,
    /// Which rows may be written.
    #[serde(default)]
    pub with_check: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    /// What came of the statement.
    pub outcome: Outcome,
    /// What came of the one after it; `None` where there is none, or the first was not sent.
    pub then: Option<Outcome>,
    /// What the server said meanwhile, at most a hundred times.
    pub notices: Vec<Notice>,
    /// What the statement may have done that no rollback undoes.
    pub lasting: Vec<Lasting>,
    /// What a real login of that role would meet otherwise, as sentences: settings of the role that were not applied, policies
    /// that ask who logged in.
    pub differs: Vec<String>,
    /// The rows that were looked at.
    pub sample: Option<Told<Judgement>>,
    /// How long each part took.
    pub took: Took,
}

/// What came of one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It ran to its end.
    Done(Answer),
    /// The server refused it for want of a right.
    Refused {
        /// Which.
        refusal: Refusal,
        /// What the server said.
        said: Said,
    },
    /// It failed for another reason.
    Failed {
        /// What the server said.
        said: Said,
    },
    /// It took longer than allowed and was cancelled.
    TimedOut {
        /// After how long.
        after_ms: u64,
    },
    /// It was not sent.
    NotSent {
        /// Why.
        why: NotSent,
        /// The same as a sentence.
        message: String,
        /// Where, where it cannot be read.
        span: Option<Span>,
    },
}

impl Outcome {
    /// The server's code where it refused or failed.
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Outcome::Refused { said, .. } | Outcome::Failed { said } => Some(&said.native.code),
            Outcome::TimedOut { .. } => Some("57014"),
            Outcome::Done(_) | Outcome::NotSent { .. } => None,
        }
    }
}

/// What a statement gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The names of its columns; empty where it gives no rows.
    pub columns: Vec<String>,
    /// Its rows, every value as the server prints it, `None` for NULL.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows it gave, those beyond the limits included.
    pub row_count: u64,
    /// How many rows it added, changed or removed; `None` for a statement that only reads.
    pub affected: Option<u64>,
}

impl Answer {
    /// Whether there are more rows than are held.
    pub fn is_cut(&self) -> bool {
        self.row_count > self.rows.len() as u64
    }
}

/// Which right was missing. Privileges are asked before any policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Refusal {
    /// A privilege.
    Privilege {
        /// What is missing on the statement's tables, such as `SELECT on app.documents`; empty where it is about something
        /// else, which the server's words name.
        missing: Vec<String>,
    },
    /// A policy refuses a row that would be written, or that the statement met.
    Policy {
        /// The table, where it is known.
        table: Option<String>,
    },
    /// `row_security` is off, and the actor would be filtered.
    WouldBeFiltered,
    /// It would write, and is only tried reading.
    ReadOnly,
}

/// Why a statement is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The grammar refuses it, or it is too long or too deep to be read.
    Unreadable,
    /// There is none.
    Empty,
    /// It is more than one.
    Several,
    /// It would end the transaction or set its properties.
    Transaction,
    /// It would change the role or the login.
    Role,
    /// It would change the session.
    Session,
    /// What it does cannot be seen beforehand, or is nothing that row security concerns.
    Other,
}

/// Something that no rollback undoes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lasting {
    /// What kind.
    pub kind: LastingKind,
    /// As a sentence.
    pub message: String,
}

/// Kinds of what no rollback undoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastingKind {
    /// A sequence moves on.
    Sequence,
    /// A lock that the session holds, until the attempt's connection is closed.
    AdvisoryLock,
    /// Another session is signalled, files or other servers are reached, the server's own state is changed.
    Outside,
    /// A routine or trigger whose own text was not looked into.
    Unseen,
}

/// How long each part took, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// Connecting.
    pub connect_us: u64,
    /// Asking about the role and the table, and the setup.
    pub prepare_us: u64,
    /// The sample and what is said of it.
    pub sample_us: u64,
    /// The statement itself.
    pub statement_us: u64,
    /// All of it.
    pub total_us: u64,
}

/// An expression that is being typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpressionCheck {
    /// The schema of the policy's table.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The expression, without parentheses around it.
    pub expression: String,
}

/// What is said of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "checked")]
pub enum Checked {
    /// The server would take it.
    Fine,
    /// It would not.
    Wrong {
        /// What it says; the span is within the expression.
        said: Said,
    },
    /// It could not be asked: the reason, as a sentence.
    NotChecked {
        /// Why.
        reason: String,
    },
}

/// What two actors see of the same, side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideBySide {
    /// Rows that only the first sees, as indexes into its rows.
    pub only_first: Vec<usize>,
    /// Rows that only the second sees, as indexes into its rows.
    pub only_second: Vec<usize>,
    /// Rows that both see, as indexes into both.
    pub both: Vec<(usize, usize)>,
    /// Whether all rows of both were compared: neither answer is cut.
    pub complete: bool,
}

impl SideBySide {
    /// Compares two answers to one statement by these columns; by all of them where none is named. Rows of one key count as
    /// often as they are there, in their order.
    pub fn of(first: &Answer, second: &Answer, key: &[usize]) -> Self {
        let key_of = |row: &[Option<String>]| -> Vec<Option<String>> {
            if key.is_empty() {
                return row.to_vec();
            }
            key.iter().map(|column| row.get(*column).cloned().flatten()).collect()
        };
        let mut open: HashMap<_, VecDeque<usize>> = HashMap::new();
        for (index, row) in second.rows.iter().enumerate() {
            open.entry(key_of(row)).or_default().push_back(index);
        }
        let mut compared = SideBySide { complete: !first.is_cut() && !second.is_cut(), ..SideBySide::default() };
        for (index, row) in first.rows.iter().enumerate() {
            match open.get_mut(&key_of(row)).and_then(VecDeque::pop_front) {
                Some(other) => compared.both.push((index, other)),
                None => compared.only_first.push(index),
            }
        }
        compared.only_second = open.into_values().flatten().collect();
        compared.only_second.sort_unstable();
        compared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rows: &[&[&str]]) -> Answer {
        let rows: Vec<Vec<Option<String>>> =
            rows.iter().map(|row| row.iter().map(|cell| Some((*cell).to_owned())).collect()).collect();
        Answer { row_count: rows.len() as u64, rows, ..Answer::default() }
    }

    #[test]
    fn rows_are_told_apart_by_their_key_as_often_as_they_are_there() {
        let first = answer(&[&["1", "a"], &["2", "b"], &["2", "c"], &["4", "d"]]);
        let second = answer(&[&["2", "x"], &["3", "y"], &["1", "a"]]);
        let compared = SideBySide::of(&first, &second, &[0]);
        assert_eq!(compared.both, [(0, 2), (1, 0)]);
        assert_eq!((compared.only_first, compared.only_second), (vec![2, 3], vec![1]));
        assert!(compared.complete);
        let whole = SideBySide::of(&first, &second, &[]);
        assert_eq!(whole.both, [(0, 2)], "without a key rows are compared whole");
        let cut = Answer { row_count: 9, ..second };
        assert!(!SideBySide::of(&first, &cut, &[0]).complete);
    }

    #[test]
    fn an_actor_needs_no_more_than_a_role() {
        let actor: Actor = serde_json::from_str(r#"{"role": "ann"}"#).unwrap();
        assert_eq!(actor, Actor { role: Some("ann".to_owned()), ..Actor::default() });
        assert_eq!(actor.claims_setting, "request.jwt.claims");
    }
}
