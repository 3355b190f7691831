//! What is said of sampled rows, policy by policy.

use catalog::PolicyCommand;
use serde::{Deserialize, Serialize};

use super::Told;

/// What is said of sampled rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The columns of [`JudgedRow::values`].
    pub columns: Vec<String>,
    /// Which of them are the primary key's, as indexes; empty where there is none.
    pub key: Vec<usize>,
    /// The table's policies.
    pub policies: Vec<JudgedPolicy>,
    /// What the policies are to be; empty where nothing is drafted.
    pub drafts: Vec<JudgedPolicy>,
    /// Why no policy is asked, as a sentence.
    pub unfiltered: Option<String>,
    /// The same of the draft.
    pub unfiltered_by_drafts: Option<String>,
    /// The rows, in the order of the table.
    pub rows: Vec<JudgedRow>,
    /// How many there are.
    pub totals: Totals,
}

/// A policy as it is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedPolicy {
    /// Its name.
    pub name: String,
    /// Which commands it speaks of.
    pub command: PolicyCommand,
    /// Any of these has to pass, or all of them have to.
    pub permissive: bool,
    /// Whether it concerns the actor.
    pub applies: bool,
    /// Its USING expression.
    pub using: Option<String>,
    /// Its WITH CHECK expression.
    pub with_check: Option<String>,
    /// Why what is said of it is only about right, as a sentence.
    pub approximate: Option<String>,
    /// Why nothing is said of it, as the server says.
    pub failed: Option<String>,
}

/// One row as it is judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedRow {
    /// Its values, as the server prints them.
    pub values: Vec<Option<String>>,
    /// Whether the actor really sees it: asked of the table itself. `None` where that could not be asked.
    pub seen: Option<bool>,
    /// What the policies let the actor do with it as it is.
    pub now: Reach,
    /// What those that are to be would let the actor do.
    pub drafted: Option<Reach>,
    /// What each of [`Judgement::policies`] says: USING, WITH CHECK.
    pub verdicts: Vec<(Verdict, Verdict)>,
    /// What each of [`Judgement::drafts`] says.
    pub draft_verdicts: Vec<(Verdict, Verdict)>,
}

/// What policies let an actor do with a row; `None` where that is not known. Privileges are another matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// See it.
    pub select: Option<bool>,
    /// Add one like it.
    pub insert: Option<bool>,
    /// Change it, so that it is as it is.
    pub update: Option<bool>,
    /// Remove it.
    pub delete: Option<bool>,
}

/// What an expression is for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// True.
    Pass,
    /// False.
    Fail,
    /// NULL, which counts as false.
    Null,
    /// There is no such expression.
    Absent,
    /// It could not be computed.
    NotEvaluated,
}

/// How many rows there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Rows that the actor sees.
    pub visible: Told<u64>,
    /// Rows that the actor does not see.
    pub hidden: Told<u64>,
    /// Whether every row was counted; otherwise these are of the sample.
    pub exact: bool,
}

impl Default for Totals {
    fn default() -> Self {
        let none = || Told::NotEvaluated("Nothing was counted.".to_owned());
        Totals { visible: none(), hidden: none(), exact: false }
    }
}
