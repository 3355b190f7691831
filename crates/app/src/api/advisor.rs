use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, PolicyDrafts, PolicyOn, PolicyPlan};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AdvisorLevel {
    /// Worth knowing.
    Info,
    /// Worth changing.
    Warning,
    /// Wrong: data is exposed, lost, or will be.
    Error,
}

/// How safe rows are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorScore {
    /// `A` to `F`, `A` best.
    pub grade: String,
    /// Whether a rule was not evaluated, or not in full: it may be worse than that. Shown as `?`.
    pub uncertain: bool,
    /// Tables that rows are stored in, partitions not counted.
    pub tables: u32,
    /// How many of them no error is about.
    pub secured: u32,
    /// Warnings about row security and exposure.
    pub warnings: u32,
    /// Errors about them.
    pub errors: u32,
    /// What it is made of, a sentence each: why it is not better.
    pub parts: Vec<String>,
}

/// Which schemas and roles untrusted clients reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorExposure {
    /// Schemas that they can name.
    pub schemas: Vec<String>,
    /// Roles with whose rights anybody's statements run, signed in or not.
    pub anonymous: Vec<String>,
    /// Roles with whose rights statements of who has signed in run.
    pub signed_in: Vec<String>,
    /// What it was guessed from, as a sentence; `None` where a person said so.
    pub guessed_from: Option<String>,
}

/// When a database is looked at again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AdvisorSchedule {
    /// When a person says so.
    ByHand,
    /// When its schema changes.
    #[default]
    OnChange,
    /// Every hour while it is open, too.
    Hourly,
}

/// What a person said of a database, for the advisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorOptions {
    /// What untrusted clients reach, as a person said; `None` where nobody was asked yet. Nothing at all is an answer, too.
    pub exposure: Option<AdvisorExposure>,
    /// What the catalog hints at.
    pub guess: Option<AdvisorExposure>,
    /// When it is looked at again.
    pub schedule: AdvisorSchedule,
    /// Schemas to choose from.
    pub schemas: Vec<String>,
    /// Roles to choose from.
    pub roles: Vec<String>,
}

/// What a person says of a database; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct AdvisorChoice {
    /// What untrusted clients reach.
    pub exposure: Option<AdvisorExposure>,
    /// Forget what was said of it: the guess counts again.
    pub ask_again: bool,
    /// When it is looked at again.
    pub schedule: Option<AdvisorSchedule>,
}

/// What one rule said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AdvisorResult {
    /// Everything it looks at was looked at, and is as it should be.
    Pass,
    /// Something is not.
    Fail,
    /// Nothing was found, but not everything was looked at.
    NotEvaluated,
}

/// A rule and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorRule {
    /// Its id: `S-01`.
    pub id: String,
    /// Its name: `rls_disabled_in_public`.
    pub name: String,
    /// What it finds, in a few words.
    pub title: String,
    /// The level of its findings.
    pub level: AdvisorLevel,
    /// What it said.
    pub result: AdvisorResult,
    /// Why it was not evaluated, or not in full.
    pub reason: Option<String>,
    /// How many findings are not accepted.
    pub findings: u32,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorObject {
    /// Its schema.
    pub schema: Option<String>,
    /// Its name; a function's with its arguments.
    pub name: String,
    /// `table`, `policy`, `function` …
    pub kind: String,
    /// The relation it belongs to.
    pub relation: Option<String>,
    /// All of its names: `app.documents.documents_read`.
    pub label: String,
}

/// Statements that mend what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorFix {
    /// The statements, each ended with `;`.
    pub sql: String,
    /// The statements that take it back; `None` where there is nothing to take back, or no way.
    pub undo: Option<String>,
    /// The strongest lock on a table: `ACCESS EXCLUSIVE`; `None` where they lock none.
    pub lock: Option<String>,
    /// Whether they may run inside a transaction.
    pub transaction_safe: bool,
    /// Whether they can be staged among the changes of row security instead.
    pub drafts: bool,
}

/// Who accepted a finding, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorSuppression {
    /// The finding's key.
    pub key: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub author: String,
    /// When, as `2026-11-22`.
    pub date: String,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorFinding {
    /// The rule's id.
    pub rule: String,
    /// Its name, or that of the part of it which splinter has under a name of its own.
    pub name: String,
    /// The rule's title.
    pub title: String,
    /// How much it matters.
    pub level: AdvisorLevel,
    /// What it is about.
    pub object: AdvisorObject,
    /// What was seen, a line each.
    pub evidence: Vec<String>,
    /// What is wrong, why that matters and what to do.
    pub message: String,
    /// What mends it, where statements can.
    pub fix: Option<AdvisorFix>,
    /// The same for the same trouble in every run.
    pub key: String,
    /// Who accepted it; `None` where nobody has.
    pub accepted: Option<AdvisorSuppression>,
}

/// Which findings to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct AdvisorFilter {
    /// Only those whose object, rule or message contains this text, whatever its case.
    pub text: String,
    /// Only these levels; none is all.
    pub levels: Vec<AdvisorLevel>,
    /// Only rules of these groups (`S`, `K`, `I`, `T`, `O`); none is all.
    pub groups: Vec<String>,
    /// Only these rules, by id; none is all.
    pub rules: Vec<String>,
    /// Only objects of these kinds; none is all.
    pub kinds: Vec<String>,
    /// Only objects of this schema.
    pub schema: Option<String>,
    /// Only what is about this object or a part of it.
    pub about: Option<AdvisorObject>,
    /// Those that were accepted, instead of those that were not.
    pub accepted: bool,
}

/// Some findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorFindingPage {
    /// The findings from the asked place, errors first.
    pub findings: Vec<AdvisorFinding>,
    /// How many pass the filter.
    pub total: u32,
    /// Kinds of objects that there are findings about.
    pub kinds: Vec<String>,
}

/// Whether row security filters a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorRowSecurity {
    /// Policies apply.
    pub enabled: bool,
    /// They apply to the owner too.
    pub forced: bool,
    /// How many policies it has.
    pub policies: u32,
}

/// A table or another object, with how many findings are about it or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorObjectRow {
    /// The relation that they are about or whose columns, indexes, policies … they are about; or what belongs to none.
    pub object: AdvisorObject,
    /// Errors that nobody accepted.
    pub errors: u32,
    /// Warnings that nobody accepted.
    pub warnings: u32,
    /// Findings to know that nobody accepted.
    pub infos: u32,
    /// Findings that were accepted.
    pub accepted: u32,
    /// The worst that nobody accepted, in words.
    pub worst: Option<String>,
    /// Whether row security filters it; `None` of what cannot have it, and where that was not read.
    pub row_security: Option<AdvisorRowSecurity>,
}

/// Some objects that there are findings about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorObjectPage {
    /// The objects from the asked place, the worst first.
    pub objects: Vec<AdvisorObjectRow>,
    /// How many there are.
    pub total: u32,
    /// Kinds of objects that there are findings about.
    pub kinds: Vec<String>,
}

/// The score at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorPoint {
    /// When, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// `A` to `F`.
    pub grade: String,
    /// Whether a rule was not evaluated.
    pub uncertain: bool,
    /// Tables that no error is about.
    pub secured: u32,
    /// Tables.
    pub tables: u32,
    /// Errors of any group that nobody accepted.
    pub errors: u32,
    /// Warnings of any group that nobody accepted.
    pub warnings: u32,
}

/// A statement that ran, as the server counts all that differ in constants only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AdvisorStatement {
    /// Its text, with a number in the place of each constant.
    pub query: String,
    /// As whom it ran; `None` where there is no such role any more.
    pub role: Option<String>,
    /// Times it ran.
    #[specta(type = Count)]
    pub calls: i64,
    /// How long it ran, all together, in milliseconds.
    #[specta(type = Count)]
    pub total_ms: f64,
    /// How long it ran on average, in milliseconds.
    #[specta(type = Count)]
    pub mean_ms: f64,
    /// Rows that it gave or changed, all together.
    #[specta(type = Count)]
    pub rows: i64,
}

/// The statements that took longest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AdvisorSlow {
    /// The one that took most time first.
    pub rows: Vec<AdvisorStatement>,
    /// Why there are none: it was not evaluated.
    pub reason: Option<String>,
}

/// Room that a table or an index takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorBloated {
    /// The table.
    pub on: PolicyOn,
    /// The index of it that this is about; `None` is the table itself.
    pub index: Option<String>,
    /// All of it, in bytes.
    #[specta(type = Count)]
    pub size_bytes: u64,
    /// What it would need less if it were written anew, in bytes: an estimate. `None` where it cannot be estimated.
    #[specta(type = Option<Count>)]
    pub wasted_bytes: Option<u64>,
    /// Rows that are there; of an index 0.
    #[specta(type = Count)]
    pub live_rows: i64,
    /// Rows that are gone but not cleaned up; of an index 0.
    #[specta(type = Count)]
    pub dead_rows: i64,
    /// When it was last cleaned up, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub last_vacuum_ms: Option<i64>,
}

/// What would be smaller if it were written anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorBloat {
    /// What wastes most first.
    pub rows: Vec<AdvisorBloated>,
    /// Why there are none: it was not evaluated.
    pub reason: Option<String>,
}

/// What every rule that concerns the engine said of a database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AdvisorReport {
    /// When the database was looked at, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// How long reading and judging took.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
    /// How safe rows are.
    pub score: AdvisorScore,
    /// Errors that nobody accepted.
    pub errors: u32,
    /// Warnings that nobody accepted.
    pub warnings: u32,
    /// Findings to know that nobody accepted.
    pub infos: u32,
    /// Findings that were accepted.
    pub accepted: u32,
    /// Suppressions of what is not found any more.
    pub stale: Vec<AdvisorSuppression>,
    /// The rules, by id.
    pub rules: Vec<AdvisorRule>,
    /// What untrusted clients were taken to reach.
    pub exposure: Option<AdvisorExposure>,
    /// Whether a person is to be asked what they reach: nobody said so yet.
    pub ask_exposure: bool,
    /// The score before, oldest first.
    pub history: Vec<AdvisorPoint>,
    /// Statements that took longest; `None` where the engine counts none.
    pub slow: Option<AdvisorSlow>,
    /// What would be smaller if it were written anew; `None` where the engine does not tell.
    pub bloat: Option<AdvisorBloat>,
    /// When it is looked at again.
    pub scan: AdvisorScan,
}

/// When a database is looked at without being asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorScan {
    /// When that is.
    pub schedule: AdvisorSchedule,
    /// When it was looked at last, in ms since the epoch.
    #[specta(type = Count)]
    pub last_ms: i64,
    /// When it is next, where that is known; later where somebody is busy with the database.
    #[specta(type = Option<Count>)]
    pub next_ms: Option<i64>,
    /// Why the last one came to nothing: the next one waits longer.
    pub waiting: Option<String>,
}

/// What was found in a database since somebody last looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorNews {
    /// The connection.
    pub profile_id: String,
    /// The database, as the server names it.
    pub database: String,
    /// How many findings are new.
    pub found: u32,
    /// How many of them are errors.
    pub errors: u32,
    /// How many of them are warnings.
    pub warnings: u32,
    /// The same in a sentence.
    pub words: String,
}

/// A rule's published page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorRulePage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it finds, in a few words.
    pub title: String,
    /// What, why, how to fix it, false positives: Markdown.
    pub page: String,
}

/// Fixes of some findings as one review. Nothing of it is run here: it opens as a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorReview {
    /// All statements, in order: those of a transaction first, then those that stand outside of any.
    pub sql: String,
    /// What takes them back, in the reverse order; with a comment where there is no way.
    pub undo: String,
    /// The strongest lock on a table.
    pub lock: Option<String>,
    /// Whether all of it is one transaction.
    pub transaction_safe: bool,
    /// Keys of findings that statements cannot mend.
    pub without: Vec<String>,
}

/// Fixes of some findings that were staged among the changes of row security; nothing of them is applied yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdvisorDrafted {
    /// Everything that is staged now.
    pub staged: PolicyDrafts,
    /// Tables that these fixes change.
    pub tables: Vec<PolicyOn>,
    /// Keys of findings whose fixes are staged.
    pub drafted: Vec<String>,
    /// Keys of findings whose fixes change what another change that is staged changes too: they are looked at again once that is
    /// applied or discarded.
    pub later: Vec<String>,
    /// What applying everything that is staged will do, and who gets how far before and after.
    pub plan: PolicyPlan,
    /// The other fixes as a script; `None` where there are none.
    pub script: Option<AdvisorReview>,
}

/// In which form a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AdvisorFormat {
    /// Lines for people.
    Table,
    /// JSON, as `rowhouse advise --format json` prints it.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// A baseline: what was accepted, to keep beside the code.
    Baseline,
}
