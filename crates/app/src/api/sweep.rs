use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, TextRange};

/// When a person is asked before a statement changes every row of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AskWhen {
    /// On every connection.
    #[default]
    Always,
    /// On staging and production.
    Production,
    /// Nowhere.
    Never,
}

/// A person's yes to a [`SweepQuestion`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RunConsent {
    /// The question's digest: another text, value, connection or database needs another yes.
    pub digest: String,
    /// What was typed, where the question asks for it.
    pub typed: Option<String>,
}

/// What became of a request to run a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum RunAnswer {
    /// It runs.
    Started {
        /// The run, for stopping it.
        run_id: String,
    },
    /// Nothing of it was sent: a person says yes first.
    Confirm {
        /// To what.
        question: SweepQuestion,
    },
}

impl RunAnswer {
    /// The run, if it was started.
    pub fn started(self) -> Option<String> {
        match self {
            RunAnswer::Started { run_id } => Some(run_id),
            RunAnswer::Confirm { .. } => None,
        }
    }
}

/// What is asked before statements run that change the whole of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SweepQuestion {
    /// Stands for this text with these values on this connection and database.
    pub digest: String,
    /// The question.
    pub title: String,
    /// What the button says.
    pub confirm: String,
    /// The connection's name.
    pub connection: String,
    /// Whether it is production.
    pub production: bool,
    /// What is changed, in the script's order; the first hundred.
    pub changes: Vec<SweepChange>,
    /// How many more there are.
    pub more: u32,
    /// What else has to be known before a yes, a sentence each.
    pub notes: Vec<String>,
    /// What has to be typed for a yes, on production.
    pub typed: Option<String>,
}

/// One statement that changes the whole of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SweepChange {
    /// What it does, in words: `UPDATE of every row`, `DROP TABLE`.
    pub action: String,
    /// To what.
    pub targets: Vec<SweepTarget>,
    /// Where the statement stands in the script.
    pub range: TextRange,
    /// Whether it can be brought back.
    pub way_back: WayBack,
    /// The same as a sentence.
    pub way_back_words: String,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SweepTarget {
    /// Its name as the statement has it; what it is part of comes after it: `note of customers`.
    pub name: String,
    /// The server's estimate of its rows, where the catalog at hand has one.
    #[specta(type = Option<Count>)]
    pub estimated_rows: Option<u64>,
    /// The same in words, that it is an estimate or unknown; `None` where what is changed has no rows.
    pub rows: Option<String>,
}

/// Whether a change can be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WayBack {
    /// It runs in a transaction that the script leaves open.
    Rollback,
    /// It runs in a transaction that the script itself commits later on.
    Committed,
    /// It is committed at once.
    None,
    /// Its tables are kept by an engine without transactions.
    NoTransactions,
}
