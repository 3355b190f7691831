//! What applying would do: the statements in their order, what each locks and does to rows, and the way back.

use std::{collections::BTreeSet, sync::Arc};

use advisor::{
    Lock,
    migration::{self, Concurrency, Locked, Migration, TableLock, Work},
};
use catalog::{Catalog, ObjectKey, ObjectKind};
use schema::{Engine, Options, Plan, Rename, Step};
use sha2::{Digest as _, Sha256};

use super::{
    keeping::Kept,
    naming::words,
    reading::Defined,
    roles,
    telling::{self, Wanted},
};
use crate::{advisor::number, api::*, explorer::Place};

/// How long a lock is waited for where nobody says otherwise: whoever comes meanwhile waits too.
pub(super) const LOCK_TIMEOUT_MS: u32 = 5_000;

/// What is staged, over what is there now, with its statements.
pub(super) struct Reviewed {
    pub(super) defined: Arc<Defined>,
    pub(super) kept: Kept,
    pub(super) wanted: Wanted,
    pub(super) plan: Plan,
    /// The way back.
    pub(super) back: Plan,
    /// Why it cannot be applied.
    pub(super) refusal: Option<String>,
    /// Stands for just these statements there.
    pub(super) digest: String,
}

impl Reviewed {
    /// `online` are objects whose statements are to leave others working.
    ///
    /// # Errors
    /// `InvalidStatement` for an object of no kind.
    pub(super) fn of(
        defined: Arc<Defined>,
        kept: Kept,
        online: &[ObjectRef],
        named: &[String],
    ) -> Result<Self, AppError> {
        let online: BTreeSet<ObjectKey> = online.iter().map(|object| defined.key(object)).collect::<Result<_, _>>()?;
        let wanted = Wanted::of(&kept, &defined);
        let there = &defined.definition;
        let options =
            Options { renames: wanted.renames.clone(), conversions: kept.conversions(), runs_as: None, online };
        let mut refusal = conflict(&kept, &defined);
        let plan = match schema::plan(there, &wanted.definition, &options) {
            Ok(plan) => plan,
            Err(why) => {
                refusal = refusal.or_else(|| Some(why.to_string()));
                Plan::default()
            }
        };
        let back = Options { renames: reversed(&wanted), ..Options::default() };
        let back = schema::plan(&wanted.definition, there, &back).unwrap_or_default();
        let digest = digest(named, &plan);
        Ok(Reviewed { defined, kept, wanted, plan, back, refusal, digest })
    }

    /// What a face is told.
    pub(super) fn told(&self, read_only: bool) -> StructureReview {
        let engine = self.defined.engine();
        let steps = steps(self);
        let back = self
            .back
            .steps
            .iter()
            .map(|step| StructureBack { sql: step.sql.clone(), loses: step.loses.map(|loss| loss.words().to_owned()) });
        let batches = self.plan.batches();
        let together = batches.len() <= 1 && batches.iter().all(|batch| batch.transaction);
        let mut warnings = Vec::new();
        if !together && !self.plan.steps.is_empty() {
            warnings.push(match engine {
                Engine::MySql | Engine::MariaDb => {
                    "Each statement is kept when it has run: if one is refused, those before it stay.".to_owned()
                }
                _ => "Not everything runs in one transaction: if a statement is refused, what was committed before it stays."
                    .to_owned(),
            });
        }
        for step in self.plan.steps.iter().filter(|step| step.verb == schema::Verb::Drop) {
            if step.about.kind == ObjectKind::Role {
                let held = roles::held(&self.wanted.definition, &step.about.name);
                warnings.extend(
                    (!held.is_empty())
                        .then(|| format!("{} cannot be dropped as things stand. {}", step.about.name, held.join(" "))),
                );
            }
        }
        if read_only {
            warnings
                .push("This connection is read-only: what is staged can be read and copied, not applied.".to_owned());
        }
        for left in &self.defined.definition.left_out {
            let spoken = self.plan.steps.iter().any(|step| step.about.name == left.key.name);
            if spoken {
                warnings.push(format!("{}: {}.", left.key.name, left.why));
            }
        }
        StructureReview {
            digest: self.digest.clone(),
            refusal: self.refusal.clone(),
            steps,
            together,
            script: self.plan.script(),
            back: back.collect(),
            back_script: self.back.script(),
            lossy: lossy(&self.plan, &self.back),
            lock_timeout_ms: LOCK_TIMEOUT_MS,
            warnings,
        }
    }
}

/// The first thing that does not fit what is there.
fn conflict(kept: &Kept, defined: &Defined) -> Option<String> {
    let all = telling::conflicts(kept, &defined.definition);
    let first = kept.groups().zip(all).find_map(|(group, told)| {
        told.into_iter()
            .next()
            .map(|told| format!("“{}” does not fit what is there any more. {told}", group.group.label))
    })?;
    Some(format!("{first} Discard it, or stage it anew."))
}

/// The renames that lead back, as far as what was renamed is there still.
fn reversed(wanted: &Wanted) -> Vec<Rename> {
    let mut scratch = wanted.definition.clone();
    let mut found = Vec::new();
    for one in wanted.renames.iter().rev() {
        let back = Rename { from: one.to.clone(), to: one.from.clone() };
        if let Ok(renamed) = scratch.renamed(std::slice::from_ref(&back)) {
            scratch = renamed;
            found.push(back);
        }
    }
    found
}

/// What the way back does not bring back: what the statements take away, and what the way back takes away itself.
pub(super) fn lossy(plan: &Plan, back: &Plan) -> Vec<String> {
    let sentence =
        |step: &Step, end: &str| step.loses.map(|loss| format!("{}: {} {end}", words(&step.about), loss.words()));
    let there = plan.steps.iter().filter_map(|step| sentence(step, "cannot be brought back."));
    let own = back.steps.iter().filter_map(|step| sentence(step, "added since would go again."));
    there.chain(own).collect()
}

/// Stands for just these statements; `named` are the connection and the database.
fn digest(named: &[String], plan: &Plan) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    named.iter().for_each(|text| add(text));
    plan.steps.iter().for_each(|step| add(&step.sql));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a digest names beside the statements.
pub(super) fn named(place: &Place) -> Vec<String> {
    let profile = &place.connected.profile;
    vec![profile.id.clone(), profile.target.clone(), place.opened.database().unwrap_or_default()]
}

/// A version as its numbers.
fn numbers(version: u32) -> [u16; 3] {
    let part = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    [part(version / 10_000), part(version / 100 % 100), part(version % 100)]
}

/// The server as the advisor knows it.
pub(crate) fn server(of: schema::Server) -> migration::Server {
    match of.engine {
        Engine::Postgres => migration::Server::Postgres { major: numbers(of.version)[0] },
        Engine::MySql => migration::Server::MySql { version: numbers(of.version) },
        Engine::MariaDb => migration::Server::MariaDb { version: numbers(of.version) },
        // `sqlite3_libversion_number`: three digits for each of the last two.
        Engine::Sqlite => {
            let part = |number: u32| u16::try_from(number % 1000).unwrap_or(u16::MAX);
            let version = of.version;
            migration::Server::Sqlite { version: [part(version / 1_000_000), part(version / 1000), part(version)] }
        }
    }
}

fn steps(reviewed: &Reviewed) -> Vec<StructureStep> {
    let plan = &reviewed.plan;
    let mut text = String::new();
    let mut starts = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        starts.push(text.len());
        text.push_str(&step.sql);
        text.push_str(";\n");
    }
    let of = server(reviewed.defined.definition.server);
    let migration = Migration::of(&text, of).in_transaction(plan.transactional).with_catalog(&reviewed.defined.catalog);
    let said = migration::review(&migration);
    let place = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut transactions: Vec<Option<u32>> = vec![None; plan.steps.len()];
    for (count, batch) in plan.batches().iter().enumerate().filter(|(_, batch)| batch.transaction) {
        for step in &batch.steps {
            if let Some(own) = transactions.get_mut(*step) {
                *own = Some(number(count));
            }
        }
    }
    let mut told: Vec<StructureStep> = plan
        .steps
        .iter()
        .zip(transactions)
        .map(|(step, transaction)| StructureStep {
            object: reviewed.defined.reference(&step.about),
            what: what(step),
            sql: step.sql.clone(),
            transaction,
            locks: Vec::new(),
            work: if copies(step) { StructureWork::Rewrite } else { StructureWork::Nothing },
            unless: None,
            online: None,
            findings: Vec::new(),
            loses: step.loses.map(|loss| loss.words().to_owned()),
            unread: false,
        })
        .collect();
    for (own, planned) in said.steps.iter().map(|own| (own, place(own.span.start))) {
        let (Some(step), Some(planned)) = (told.get_mut(planned), plan.steps.get(planned)) else { continue };
        step.locks.extend(own.locks.iter().map(|locked| lock(locked, &reviewed.defined.catalog, of)));
        step.work = step.work.max_with(own.work);
        step.unless = step.unless.take().or_else(|| own.unless.clone());
        step.unread |= own.unread.is_some();
        if let Some(online) = &own.online {
            step.online = Some(StructureOnline {
                words: other_way(&online.lock, online.transaction_safe),
                sql: online.sql.clone(),
                offered: planned.online.is_some(),
                chosen: planned.online == Some(true),
            });
        } else if planned.online == Some(true) {
            step.online = Some(StructureOnline {
                words: "Others go on working meanwhile. It is kept by itself, not with the rest.".to_owned(),
                sql: planned.sql.clone(),
                offered: true,
                chosen: true,
            });
        }
    }
    for finding in &said.findings {
        let own = said.steps.get(finding.step).map_or(finding.span.start, |step| step.span.start);
        if let Some(step) = told.get_mut(place(own)) {
            let rule = migration::rules().iter().find(|rule| rule.id == finding.rule);
            step.findings.push(StructureFinding {
                rule: finding.rule.to_owned(),
                level: finding.level.name().to_owned(),
                title: rule.map_or(finding.name, |rule| rule.title).to_owned(),
                detail: finding.message.clone(),
            });
        }
    }
    told
}

impl StructureWork {
    /// The more of two.
    fn max_with(self, work: Work) -> Self {
        match (self, work) {
            (StructureWork::Rewrite, _) | (_, Work::Rewrite) => StructureWork::Rewrite,
            (StructureWork::Scan, _) | (_, Work::Scan) => StructureWork::Scan,
            _ => StructureWork::Nothing,
        }
    }
}

/// What a statement does, in words.
pub(super) fn what(step: &Step) -> String {
    let verb = match step.verb {
        schema::Verb::Create => "Create",
        schema::Verb::Change => "Change",
        schema::Verb::Rename => "Rename to",
        schema::Verb::Drop => "Drop",
        schema::Verb::Check => return "Check that every foreign key holds".to_owned(),
    };
    // SQLite's way of making a table anew.
    if step.sql.starts_with("PRAGMA ") {
        return "Look at foreign keys only at the end".to_owned();
    }
    if copies(step) {
        return format!("Copy the rows of {} into its new table", words(&step.about));
    }
    let kind = super::naming::kind_word(step.about.kind).split_once(' ').map_or("object", |(_, word)| word);
    let kind = if kind.starts_with("table") { "" } else { kind };
    match kind {
        "" => format!("{verb} {}", words(&step.about)),
        kind => format!("{verb} {kind} {}", words(&step.about)),
    }
}

/// Whether a statement writes all rows of a table anew, into the one that takes its place.
fn copies(step: &Step) -> bool {
    let counts = step.sql.starts_with("INSERT INTO sqlite_sequence");
    step.verb == schema::Verb::Change && step.sql.starts_with("INSERT INTO ") && !counts
}

/// What another way of doing the same costs.
fn other_way(lock: &TableLock, transaction_safe: bool) -> String {
    let mut text = format!("Others go on working meanwhile: at most {} is taken.", lock.name());
    if !transaction_safe {
        text.push_str(" It runs outside of a transaction and is kept by itself.");
    }
    text
}

/// A lock in words.
pub(crate) fn lock(locked: &Locked, catalog: &Catalog, of: migration::Server) -> StructureLock {
    let dialect = of.dialect();
    let usual = catalog.search_path.first();
    let schema =
        locked.schema.as_deref().filter(|schema| !schema.is_empty() && Some(*schema) != usual.map(String::as_str));
    let table = dialect.quote_path(schema.into_iter().chain([locked.name.as_str()]));
    StructureLock { table, lock: locked.lock.name(), waits: waits(locked.lock).to_owned() }
}

/// Who waits for a lock (<https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>).
fn waits(lock: TableLock) -> &'static str {
    match lock {
        TableLock::Postgres { lock } => match lock {
            Lock::AccessExclusive => "Everything waits, reading too.",
            Lock::Exclusive => "Everything but reading waits.",
            Lock::ShareRowExclusive | Lock::Share => "Whoever writes rows waits; reading goes on.",
            Lock::ShareUpdateExclusive => "Reading and writing rows go on; VACUUM and other changes of the table wait.",
            Lock::RowExclusive | Lock::RowShare | Lock::AccessShare => "Reading and writing rows go on.",
        },
        TableLock::MySql { lock, .. } => match lock {
            Concurrency::None => "Reading and writing rows go on, but for a moment at either end.",
            Concurrency::Shared => "Whoever writes rows waits; reading goes on.",
            Concurrency::Exclusive => "Everything waits, reading too.",
        },
        TableLock::Database => "Whoever writes to the file waits; reading goes on until it is committed.",
    }
}
