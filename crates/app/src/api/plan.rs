use driver::plan;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, NoticeRow, ParameterValue, PolicyActor};

/// A statement whose plan is asked for, in a tab's own session.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PlanRequest {
    /// The tab whose session is asked.
    pub tab_id: String,
    /// The connection.
    pub profile_id: String,
    /// Another database of that server; `None` is the profile's own.
    pub database: Option<String>,
    /// One statement. An error's range counts from its start.
    pub text: String,
    /// Values of its placeholders.
    pub parameters: Vec<ParameterValue>,
    /// Whether it is run and measured.
    pub analyze: bool,
    /// The digest of the question a person has said yes to.
    #[serde(default)]
    pub confirmed: Option<String>,
    /// As whom; `None` is the login.
    #[serde(default)]
    #[specta(optional)]
    pub actor: Option<PolicyActor>,
}

/// What came of asking for a plan.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum PlanAnswer {
    /// A person has to say yes first; nothing was sent.
    Confirm {
        /// To what.
        question: PlanQuestion,
    },
    /// The plan.
    Explained {
        /// It.
        plan: Box<ExplainedPlan>,
    },
}

/// What a person is asked before a statement that writes is run to be measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanQuestion {
    /// Names what is asked; a yes repeats it.
    pub digest: String,
    /// The question.
    pub title: String,
    /// What will be done, and what of it stays.
    pub description: String,
    /// The yes.
    pub confirm: String,
    /// The connection's name.
    pub connection: String,
    /// Whether that is production.
    pub production: bool,
}

/// A plan with whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ExplainedPlan {
    /// The line of the history it is kept with; `None` where it is not kept.
    #[specta(type = Option<Count>)]
    pub id: Option<i64>,
    /// Why it is not kept, as a sentence.
    pub not_kept: Option<String>,
    /// The connection, which may be gone.
    pub profile_id: Option<String>,
    /// Its name then.
    pub profile_name: String,
    /// The database.
    pub database: Option<String>,
    /// The server and its version.
    pub server: String,
    /// The explained statement, secrets redacted.
    pub statement: String,
    /// The same for every way to write the same statement.
    pub digest: String,
    /// How it was asked for (`ANALYZE, BUFFERS`).
    pub options: String,
    /// When, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// What became of what it changed, as a sentence; `None` where nothing was run that could.
    pub undone: Option<String>,
    /// What did not go as it should, as sentences.
    pub warnings: Vec<String>,
    /// What the server said meanwhile.
    pub notices: Vec<NoticeRow>,
    /// The plan.
    pub plan: Plan,
    /// The plan as lines of text.
    pub outline: String,
}

/// A kept plan in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanLine {
    /// The line of the history it is kept with.
    #[specta(type = Count)]
    pub id: i64,
    /// When, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// The connection's name then.
    pub profile_name: String,
    /// The database.
    pub database: Option<String>,
    /// The explained statement.
    pub statement: String,
    /// How it was asked for.
    pub options: String,
    /// Whether it is of the statement that was asked about.
    pub same: bool,
    /// How long running took.
    #[specta(type = Option<Count>)]
    pub execution_ns: Option<i64>,
    /// How many nodes it has.
    #[specta(type = Count)]
    pub nodes: i64,
}

/// Which kept plans to list: those of the same statement first, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct PlanQuery {
    /// Of the statement with this [`ExplainedPlan::digest`] first.
    pub digest: Option<String>,
    /// Only this connection.
    pub profile_id: Option<String>,
    /// Most lines.
    pub limit: u32,
}

/// A named text of the server's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanText {
    /// Its name.
    pub name: String,
    /// Its text, digits as printed.
    pub text: String,
}

/// In which form the server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanForm {
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Lines.
    Text,
}

/// A plan; see [`driver::Plan`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Plan {
    /// Its nodes, each after the one it belongs to; none where the answer is only text.
    pub nodes: Vec<PlanNode>,
    /// What is said of the whole.
    pub facts: Vec<PlanText>,
    /// How long planning took.
    #[specta(type = Option<Count>)]
    pub planning_ns: Option<u64>,
    /// How long running took.
    #[specta(type = Option<Count>)]
    pub execution_ns: Option<u64>,
    /// Whether the statement was run and measured.
    pub measured: bool,
    /// Bytes of a page.
    pub page_bytes: u32,
    /// The server's answer.
    pub raw: String,
    /// Its form.
    pub form: PlanForm,
}

/// One step of a plan; see [`driver::plan::PlanNode`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PlanNode {
    /// The node it works for, by place; always an earlier one.
    pub parent: Option<u32>,
    /// How deep it stands; the first is 0.
    pub depth: u32,
    /// What it does to what: `Seq Scan on orders o`.
    pub title: String,
    /// What it does, in the server's words.
    pub kind: String,
    /// What it is to its parent.
    pub role: Option<String>,
    /// The schema of its relation.
    pub schema: Option<String>,
    /// The relation.
    pub relation: Option<String>,
    /// What the statement calls that.
    pub alias: Option<String>,
    /// The index.
    pub index: Option<String>,
    /// What tells it from others of its kind.
    pub summary: Option<String>,
    /// Conditions and keys.
    pub conditions: Vec<PlanText>,
    /// Rows expected, per loop.
    pub estimated_rows: Option<String>,
    /// Bytes of a row, expected.
    pub width: Option<String>,
    /// Cost before the first row.
    pub startup_cost: Option<String>,
    /// Cost in all.
    pub total_cost: Option<String>,
    /// The part of the cost which is its own.
    pub own_cost: Option<String>,
    /// What was measured.
    pub actual: Option<PlanActual>,
    /// Time with all it waited for, over all loops.
    #[specta(type = Option<Count>)]
    pub total_ns: Option<u64>,
    /// The part of that which is its own.
    #[specta(type = Option<Count>)]
    pub own_ns: Option<u64>,
    /// How far its rows were estimated wrongly.
    pub off: Option<PlanOff>,
    /// Pages it touched itself.
    pub pages: Option<PlanPages>,
    /// Everything the server says of it.
    pub properties: Vec<PlanText>,
}

/// What was measured of a node, per loop; digits as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanActual {
    /// Rows.
    pub rows: Option<String>,
    /// How often it was run.
    pub loops: Option<String>,
    /// Milliseconds before the first row.
    pub startup_ms: Option<String>,
    /// Milliseconds in all.
    pub total_ms: Option<String>,
    /// How many processes shared the loops.
    pub processes: u32,
    /// Whether what it worked for had enough before it came to its end.
    pub stopped_early: bool,
    /// Whether it was never run.
    pub never: bool,
}

/// How much a misestimate matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanWeight {
    /// As is usual, or explained by the plan itself.
    Usual,
    /// Four times and more.
    Notable,
    /// Ten times and more.
    Far,
}

/// How far rows estimated and rows found are apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlanOff {
    /// `close`, `1.3× fewer`, `12× more`.
    pub words: String,
    /// Whether more came than was expected.
    pub more: bool,
    /// How much it matters.
    pub weight: PlanWeight,
}

/// Pages, without those of the nodes below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[allow(missing_docs)]
pub struct PlanPages {
    #[specta(type = Count)]
    pub hit: u64,
    #[specta(type = Count)]
    pub read: u64,
    #[specta(type = Count)]
    pub dirtied: u64,
    #[specta(type = Count)]
    pub written: u64,
    #[specta(type = Count)]
    pub temp_read: u64,
    #[specta(type = Count)]
    pub temp_written: u64,
}

impl From<plan::PlanText> for PlanText {
    fn from(plan::PlanText { name, text }: plan::PlanText) -> Self {
        PlanText { name, text }
    }
}

impl From<plan::Misestimate> for PlanOff {
    fn from(off: plan::Misestimate) -> Self {
        let words = match off.side {
            plan::Side::Close => "close".to_owned(),
            plan::Side::More => format!("{} more", off.factor),
            plan::Side::Fewer => format!("{} fewer", off.factor),
        };
        let weight = match off.weight {
            plan::Weight::Usual => PlanWeight::Usual,
            plan::Weight::Notable => PlanWeight::Notable,
            plan::Weight::Far => PlanWeight::Far,
        };
        PlanOff { words, more: off.side == plan::Side::More, weight }
    }
}

impl From<plan::Pages> for PlanPages {
    fn from(plan::Pages { hit, read, dirtied, written, temp_read, temp_written }: plan::Pages) -> Self {
        PlanPages { hit, read, dirtied, written, temp_read, temp_written }
    }
}

impl From<driver::Plan> for Plan {
    fn from(plan: driver::Plan) -> Self {
        let depths = plan.depths();
        Plan {
            nodes: plan.nodes.into_iter().zip(depths).map(|(node, depth)| node_of(node, depth)).collect(),
            facts: plan.facts.into_iter().map(PlanText::from).collect(),
            planning_ns: plan.planning_ns,
            execution_ns: plan.execution_ns,
            measured: plan.measured,
            page_bytes: plan.page_bytes,
            raw: plan.raw,
            form: match plan.form {
                plan::PlanForm::Json => PlanForm::Json,
                plan::PlanForm::Xml => PlanForm::Xml,
                plan::PlanForm::Text => PlanForm::Text,
            },
        }
    }
}

fn node_of(node: plan::PlanNode, depth: u32) -> PlanNode {
    let texts = |texts: Vec<plan::PlanText>| texts.into_iter().map(PlanText::from).collect();
    let mut title = node.kind.clone();
    if let Some(relation) = &node.relation
        && !title.ends_with(relation.as_str())
    {
        let on = if title == "SCAN" || title == "SEARCH" || title.ends_with(" ON") { " " } else { " on " };
        title.push_str(on);
        title.push_str(relation);
    }
    if let Some(alias) = &node.alias {
        title.push(' ');
        title.push_str(alias);
    }
    let actual = node.actual.map(|actual| PlanActual {
        never: actual.is_never(),
        rows: actual.rows,
        loops: actual.loops,
        startup_ms: actual.startup_ms,
        total_ms: actual.total_ms,
        processes: actual.processes,
        stopped_early: actual.stopped_early,
    });
    PlanNode {
        parent: node.parent,
        depth,
        title,
        kind: node.kind,
        role: node.role,
        schema: node.schema,
        relation: node.relation,
        alias: node.alias,
        index: node.index,
        summary: node.summary,
        conditions: texts(node.conditions),
        estimated_rows: node.estimate.rows,
        width: node.estimate.width,
        startup_cost: node.estimate.startup_cost,
        total_cost: node.estimate.total_cost,
        own_cost: node.own_cost,
        actual,
        total_ns: node.total_ns,
        own_ns: node.own_ns,
        off: node.off.map(PlanOff::from),
        pages: node.pages.map(PlanPages::from),
        properties: texts(node.properties),
    }
}
