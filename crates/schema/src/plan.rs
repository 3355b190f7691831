//! The statements from one definition to another.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use catalog::ObjectKey;
use serde::{Deserialize, Serialize};

use crate::{
    definition::{Definition, Engine},
    mysql, postgres,
    rename::{self, Rename},
    signature, sqlite,
};

/// What a person says beside the two definitions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// Objects that are another's under a new name. Without them they are dropped and made anew.
    pub renames: Vec<Rename>,
    /// How the values of columns become those of their new types: expressions by column (`USING`).
    pub conversions: Vec<(ObjectKey, String)>,
    /// Who will run it, and so own what is new.
    pub runs_as: Option<String>,
    /// Objects whose statements leave others working, where there is such a way; by [`Step::about`]. What runs so is kept by
    /// itself.
    #[serde(default)]
    pub online: BTreeSet<ObjectKey>,
}

/// Statements in the order in which they run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The statements.
    pub steps: Vec<Step>,
    /// Whether they run in one transaction; where the engine has none for them, each is kept by itself.
    pub transactional: bool,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The object that it is about.
    pub about: ObjectKey,
    /// What it does with it.
    pub verb: Verb,
    /// Its text, without a semicolon at its end.
    pub sql: String,
    /// What it takes away that no statement brings back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loses: Option<Loss>,
    /// Whether it runs in the transaction.
    #[serde(default, skip_serializing_if = "Stage::is_within")]
    pub stage: Stage,
    /// It cannot share its transaction with what comes after it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub commits_before_next: bool,
    /// It runs in no transaction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
    /// Whether it runs so that others go on working; `None` where it has no such way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<bool>,
}

/// Steps that run one after another over one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Whether they run in one transaction; otherwise each is kept when it has run.
    pub transaction: bool,
    /// Places of the steps that run before the transaction begins.
    pub before: Vec<usize>,
    /// Places of the steps, in their order.
    pub steps: Vec<usize>,
}

/// What a statement does with its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// It makes it.
    Create,
    /// It changes it.
    Change,
    /// It gives it another name.
    Rename,
    /// It drops it.
    Drop,
    /// It looks whether all is well: rows that it gives are what is not.
    Check,
}

/// Where a statement runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before the transaction begins.
    Before,
    /// In it.
    #[default]
    Within,
    /// After it has ended, however it ended.
    After,
}

impl Stage {
    fn is_within(&self) -> bool {
        *self == Stage::Within
    }
}

/// What is lost for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The rows of a table.
    Rows,
    /// The rows of a table that are in a partition.
    PartitionRows,
    /// The values of a column.
    Values,
    /// Perhaps some of a column's values: the new type may hold less.
    Precision,
    /// Where a sequence stood.
    Position,
    /// What a table's rows were before.
    History,
}

impl Loss {
    /// What it is, as the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Loss::Rows => "the rows of the table",
            Loss::PartitionRows => "the rows of the partition",
            Loss::Values => "the values of the column",
            Loss::Precision => "what of the column's values the new type cannot hold",
            Loss::Position => "where the sequence stands",
            Loss::History => "what the table's rows were before",
        }
    }
}

/// Why there are no statements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "refusal")]
pub enum Refusal {
    /// The two are of different products.
    Mixed,
    /// A rename names what is not there, or what is there already.
    Rename {
        /// The name that cannot be given or taken.
        name: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Mixed => f.write_str("Databases of two products have no common statements."),
            Refusal::Rename { name } => {
                write!(f, "“{name}” cannot be renamed: it is not there, or its new name is taken.")
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Plan {
    /// All statements, each ended by a semicolon, and the transaction that holds them together; above one that loses
    /// something stands what.
    pub fn script(&self) -> String {
        let mut text = String::new();
        let mut open = false;
        for (place, step) in self.steps.iter().enumerate() {
            let within = step.stage == Stage::Within && !step.alone && self.transactional;
            if within && !open {
                text.push_str("BEGIN;\n");
                open = true;
            }
            if let Some(loses) = step.loses {
                text.push_str(&format!("-- Loses {}.\n", loses.words()));
            }
            text.push_str(&format!("{};\n", step.sql));
            let next = self.steps.get(place + 1);
            let ends = |next: &Step| next.stage != Stage::Within || next.alone;
            if open && (step.commits_before_next || next.is_none_or(ends)) {
                text.push_str("COMMIT;\n");
                open = false;
            }
        }
        text
    }

    /// The steps as they are sent: what shares a transaction together, what has none apart. What runs after a transaction only sets
    /// its connection back, which nobody uses again.
    pub fn batches(&self) -> Vec<Batch> {
        let mut batches: Vec<Batch> = Vec::new();
        let mut before = Vec::new();
        let mut ended = true;
        for (place, step) in self.steps.iter().enumerate() {
            match step.stage {
                Stage::Before => before.push(place),
                Stage::After => {}
                Stage::Within => {
                    let transaction = self.transactional && !step.alone;
                    match batches.last_mut() {
                        Some(batch) if !ended && batch.transaction == transaction => batch.steps.push(place),
                        _ => {
                            batches.push(Batch { transaction, before: std::mem::take(&mut before), steps: vec![place] })
                        }
                    }
                    ended = step.commits_before_next;
                }
            }
        }
        batches
    }
}

/// The statements that make `from` into `to`. They run in one transaction, except where a step commits before the next.
///
/// # Errors
/// [`Refusal`].
pub fn plan(from: &Definition, to: &Definition, options: &Options) -> Result<Plan, Refusal> {
    if from.server.engine != to.server.engine {
        return Err(Refusal::Mixed);
    }
    let engine = from.server.engine;
    let mut renamed = Cow::Borrowed(from);
    let mut steps = Vec::new();
    for one in &options.renames {
        rename::apply(renamed.to_mut(), one)?;
        if matches!(engine, Engine::MySql | Engine::MariaDb) {
            steps.extend(mysql::forgotten(renamed.to_mut(), one));
        }
        steps.push(match engine {
            Engine::Postgres => postgres::rename(&renamed, one),
            Engine::MySql | Engine::MariaDb => mysql::rename(&renamed, one),
            Engine::Sqlite => sqlite::rename(one),
        });
    }
    if engine == Engine::Postgres {
        signature::align(&mut renamed, to);
    }
    let conversions: BTreeMap<&ObjectKey, &str> =
        options.conversions.iter().map(|(column, text)| (column, text.as_str())).collect();
    steps.extend(match engine {
        Engine::Postgres => postgres::statements(&renamed, to, options, &conversions),
        Engine::MySql | Engine::MariaDb => mysql::statements(&renamed, to, &options.online),
        Engine::Sqlite => sqlite::statements(&renamed, to, &conversions),
    });
    // What runs outside the transaction does so around all of it.
    steps.sort_by_key(|step| step.stage as u8);
    Ok(Plan { steps, transactional: matches!(engine, Engine::Postgres | Engine::Sqlite) })
}

impl Step {
    /// What ends a detaching beside others that failed half-way: its partition is neither one nor none until then
    /// (<https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION>).
    pub fn finalize(&self) -> Option<String> {
        let detach = self.sql.strip_suffix(" CONCURRENTLY").filter(|sql| sql.contains(" DETACH PARTITION "))?;
        self.alone.then(|| format!("{detach} FINALIZE"))
    }

    pub(crate) fn new(about: &ObjectKey, verb: Verb, sql: String) -> Self {
        Step {
            about: about.clone(),
            verb,
            sql,
            loses: None,
            stage: Stage::Within,
            commits_before_next: false,
            alone: false,
            online: None,
        }
    }

    pub(crate) fn losing(self, loses: Loss) -> Self {
        Step { loses: Some(loses), ..self }
    }

    /// The same in no transaction.
    pub(crate) fn alone(self) -> Self {
        Step { alone: true, ..self }
    }

    pub(crate) fn online(self, online: bool) -> Self {
        Step { online: Some(online), ..self }
    }
}
