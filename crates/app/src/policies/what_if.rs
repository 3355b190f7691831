//! What drafted policies change: the same rows of a table for several actors, before and after, by command.

use std::collections::{BTreeSet, HashMap};

use catalog::Catalog;
use driver::row_security::{Attempt, AttemptLimits, Judgement, Reach, RowSecurity, Told};
use policy::effect::Command;

use super::{attempts, drafts::Staged, table, words};
use crate::{App, advisor::number, api::*};

/// Most actors of one question: each takes a connection for a moment.
const MOST_ACTORS: usize = 8;
/// The statement of a trial that is only about rows.
const NOTHING: &str = "select 1";

impl App {
    /// What is staged for a table would change for these actors: which rows come into reach, go out of it and stay, by command.
    /// Each actor's rows are judged on a copy, on a connection of its own; nothing stays, and the table is only read.
    ///
    /// # Errors
    /// `NotFound` where nothing is staged for the table; `InvalidStatement` without an actor or for more than 8; otherwise as
    /// [`App::policy_overview`]. That one of the actors cannot be become is part of the answer.
    pub async fn policy_what_if(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
        actors: Vec<PolicyActor>,
        rows: u32,
    ) -> Result<PolicyWhatIf, AppError> {
        if actors.is_empty() || actors.len() > MOST_ACTORS {
            let message = format!("Rows are compared for one to {MOST_ACTORS} actors.");
            return Err(AppError::new(ErrorCode::InvalidStatement, message));
        }
        let looked = self.looked(profile_id, database).await?;
        let catalog = &looked.judged.examined.catalog;
        if !looked.staged.by_table().contains_key(&on) {
            let message = format!("Nothing is staged for {}.", words::table(&on).sql());
            return Err(AppError::new(ErrorCode::NotFound, message));
        }
        let after = table::drafted(catalog, &looked.staged, true);
        let facet = super::facet(&looked.place)?;
        let mut found = Found::default();
        for actor in &actors {
            let wanted = wanted(actor, &on, rows, catalog, &looked.staged)?;
            let told = of_actor(facet, &wanted, &mut found).await?;
            let login = looked.judged.examined.facts.login.value().map(|login| login.name.as_str());
            let role = actor.role.as_deref().or(login);
            found.actors.push(with_privileges(told, &after, &on, role)?);
        }
        Ok(PolicyWhatIf { columns: found.columns, key: found.key, rows: found.rows, actors: found.actors })
    }
}

fn wanted(
    actor: &PolicyActor,
    on: &PolicyOn,
    rows: u32,
    catalog: &Catalog,
    staged: &Staged,
) -> Result<Attempt, AppError> {
    let sample = PolicySample { on: on.clone(), rows, count: false, drafted: true };
    let attempt = PolicyAttempt {
        actor: actor.clone(),
        statement: NOTHING.to_owned(),
        sample: Some(sample),
        ..PolicyAttempt::default()
    };
    let attempt = attempts::wanted(&attempt, catalog, staged)?;
    Ok(Attempt { limits: AttemptLimits { rows: 1, ..attempt.limits }, ..attempt })
}

/// The rows of all actors: each table row once, however often it was sampled.
#[derive(Default)]
struct Found {
    columns: Vec<String>,
    key: Vec<u32>,
    rows: Vec<Vec<Option<String>>>,
    /// Where the rows of a key stand, in their order.
    places: HashMap<Vec<Option<String>>, Vec<u32>>,
    actors: Vec<PolicyWhatIfActor>,
}

impl Found {
    /// Where each of these rows stands; those not there yet come at the end.
    fn places_of(&mut self, judgement: &Judgement) -> Vec<u32> {
        if self.columns.is_empty() {
            self.columns.clone_from(&judgement.columns);
            self.key = judgement.key.iter().map(|index| number(*index)).collect();
        }
        let mut met: HashMap<Vec<Option<String>>, usize> = HashMap::new();
        let mut places = Vec::with_capacity(judgement.rows.len());
        for row in &judgement.rows {
            let key: Vec<Option<String>> = match judgement.key.is_empty() {
                true => row.values.clone(),
                false => judgement.key.iter().map(|index| row.values.get(*index).cloned().flatten()).collect(),
            };
            let nth = met.entry(key.clone()).or_default();
            let known = self.places.entry(key).or_default();
            let place = match known.get(*nth) {
                Some(place) => *place,
                None => {
                    let place = number(self.rows.len());
                    self.rows.push(row.values.clone());
                    known.push(place);
                    place
                }
            };
            *nth += 1;
            places.push(place);
        }
        places
    }
}

async fn of_actor(facet: &dyn RowSecurity, wanted: &Attempt, found: &mut Found) -> Result<PolicyWhatIfActor, AppError> {
    let nothing = |problem, reason| PolicyWhatIfActor { problem, reason, commands: Vec::new(), remarks: Vec::new() };
    let attempted = match facet.attempt(wanted).await {
        Ok(attempted) => attempted,
        Err(error) if attempts::is_about_the_actor(error.code) => return Ok(nothing(Some(error.into()), None)),
        Err(error) => return Err(error.into()),
    };
    let judgement = match attempted.sample {
        Some(Told::Known(judgement)) => judgement,
        Some(Told::NotEvaluated(reason)) => return Ok(nothing(None, Some(reason))),
        None => return Ok(nothing(None, Some("Rows were not looked at.".to_owned()))),
    };
    let places = found.places_of(&judgement);
    let of = |reach: &Reach, command| match command {
        Command::Select => reach.select,
        Command::Insert => reach.insert,
        Command::Update => reach.update,
        Command::Delete => reach.delete,
    };
    let commands = Command::ALL.map(|command| {
        let mut told = PolicyWhatIfCommand {
            command: words::of_statement(command),
            appears: Vec::new(),
            disappears: Vec::new(),
            stays: Vec::new(),
            stays_out: Vec::new(),
            unknown: Vec::new(),
            because: None,
        };
        for (row, place) in judgement.rows.iter().zip(&places) {
            let after = row.drafted.as_ref().and_then(|drafted| of(drafted, command));
            let rows = match (of(&row.now, command), after) {
                (Some(false), Some(true)) => &mut told.appears,
                (Some(true), Some(false)) => &mut told.disappears,
                (Some(true), Some(true)) => &mut told.stays,
                (Some(false), Some(false)) => &mut told.stays_out,
                _ => &mut told.unknown,
            };
            rows.push(*place);
        }
        told
    });
    Ok(PolicyWhatIfActor {
        problem: None,
        reason: None,
        commands: commands.into(),
        remarks: remarks(&judgement, attempted.differs),
    })
}

fn remarks(judgement: &Judgement, differs: Vec<String>) -> Vec<String> {
    let mut remarks = BTreeSet::new();
    remarks.extend(judgement.unfiltered.iter().map(|why| format!("Now: {why}")));
    remarks.extend(judgement.unfiltered_by_drafts.iter().map(|why| format!("With the drafts: {why}")));
    for policy in judgement.policies.iter().chain(&judgement.drafts).filter(|policy| policy.applies) {
        remarks.extend(policy.approximate.iter().map(|why| format!("“{}” is approximate. {why}", policy.name)));
        remarks.extend(policy.failed.iter().map(|why| format!("“{}” could not be computed: {why}", policy.name)));
    }
    remarks.into_iter().chain(differs).collect()
}

/// Says of which commands the actor lacks the privilege.
fn with_privileges(
    mut told: PolicyWhatIfActor,
    after: &Catalog,
    on: &PolicyOn,
    role: Option<&str>,
) -> Result<PolicyWhatIfActor, AppError> {
    let Some(role) = role else { return Ok(told) };
    for of in &mut told.commands {
        let Some(command) = Command::ALL.into_iter().find(|one| words::of_statement(*one) == of.command) else {
            continue;
        };
        of.because = table::lacks(after, on, role, command)?;
    }
    Ok(told)
}
