//! What faces are told.

use advisor::migration::{self as advice, Migration as Advised};
use catalog::Catalog;
use migration::{Applied, Ended, State, Tool};
use sha2::{Digest as _, Sha256};

use super::{reading::Standing, running, steps::Step};
use crate::{
    App,
    advisor::number,
    api::*,
    explorer::Place,
    structure::{advised_server, told_lock},
};

/// Most migrations that a question shows.
const SHOWN: usize = 100;

impl From<Tool> for MigrationTool {
    fn from(tool: Tool) -> Self {
        match tool {
            Tool::Sqlx => MigrationTool::Sqlx,
            Tool::Flyway => MigrationTool::Flyway,
            Tool::Liquibase => MigrationTool::Liquibase,
            Tool::Prisma => MigrationTool::Prisma,
            Tool::Drizzle => MigrationTool::Drizzle,
            Tool::Rails => MigrationTool::Rails,
            Tool::Django => MigrationTool::Django,
            Tool::Supabase => MigrationTool::Supabase,
        }
    }
}

/// How a database stands.
///
/// # Errors
/// As the store says.
pub(super) async fn status(app: &App, place: &Place, standing: &Standing) -> Result<MigrationStatus, AppError> {
    running::heard(app, place, standing).await?;
    let mut rows = Vec::new();
    for row in &standing.rows {
        let state = match &row.state {
            State::Pending => MigrationState::Pending,
            State::Late => MigrationState::Late,
            State::Applied => MigrationState::Applied,
            State::Drifted { applied, file } => {
                MigrationState::Drifted { applied: applied.clone(), file: file.clone() }
            }
            State::Missing => MigrationState::Missing,
            State::Failed => {
                let far = running::how_far(app, place, &row.version).await?;
                MigrationState::Failed {
                    kept: far.map(|(kept, ..)| kept),
                    of: far.map(|(_, of, _)| of),
                    uncertain: far.is_some_and(|(.., uncertain)| uncertain),
                }
            }
        };
        let own = row.migration.and_then(|place| standing.folder.as_ref()?.migrations.get(place));
        let applied = row.applied.as_ref();
        let step = own.and_then(|own| Step::of(own, MigrationDirection::Up, standing.engine).ok());
        rows.push(MigrationRow {
            version: row.version.clone(),
            name: own.map_or_else(|| row.name.clone(), |own| own.name.clone()),
            state,
            applied_at_ms: applied.and_then(|one| one.at_ms),
            took_ms: applied.and_then(|one| one.took_ms),
            file: own.map(|own| own.up.file.clone()),
            down: own.and_then(|own| own.down.as_ref()).map(|down| down.file.clone()),
            transaction: step.as_ref().is_some_and(|step| step.together),
            statements: step.map(|step| number(step.statements.len())),
        });
    }
    let histories = standing.histories.iter().map(|(found, rows)| {
        let done: Vec<&Applied> = rows.iter().filter(|row| row.ended == Ended::Applied).collect();
        MigrationHistory {
            tool: found.tool.into(),
            table: found.quoted(standing.engine),
            applied: number(done.len()),
            last: done.last().map(|row| if row.version.is_empty() { row.name.clone() } else { row.version.clone() }),
        }
    });
    let problems = standing.folder.iter().flat_map(|folder| &folder.problems).map(|problem| problem.words.clone());
    Ok(MigrationStatus {
        folder: standing.path.as_ref().map(|path| path.to_string_lossy().into_owned()),
        tool: standing.tool.map(MigrationTool::from),
        rows,
        histories: histories.collect(),
        problems: problems.collect(),
        refusal: standing.refusal(),
        pending: number(standing.pending().count()),
        transactional: standing.history.is_transactional(),
        digest: standing.digest.clone(),
    })
}

/// What will be done, exactly.
pub(super) fn review(
    standing: &Standing,
    steps: &[Step],
    untriable: Option<String>,
    catalog: &Catalog,
    server: schema::Server,
    read_only: bool,
) -> MigrationReview {
    let mut warnings = Vec::new();
    let late = standing.rows.iter().filter(|row| row.state == State::Late);
    for row in late.filter(|row| steps.iter().any(|step| step.migration.version == row.version)) {
        warnings.push(format!("{} is late: a later migration is applied already.", row.version));
    }
    for step in steps.iter().filter(|step| !step.together) {
        warnings.push(format!(
            "“{}” does not run in a transaction: if a statement fails, those before it stay.",
            step.file
        ));
    }
    for step in steps.iter().filter(|step| step.statements.is_empty()) {
        warnings.push(format!("“{}” has no statements.", step.file));
    }
    if untriable.is_none() && steps.iter().any(|step| !step.together) {
        warnings
            .push("It is tried in a scratch database, which is made for that beside this one and removed.".to_owned());
    }
    if read_only {
        warnings.push("This connection is read-only: nothing can be applied.".to_owned());
    }
    MigrationReview { steps: steps.iter().map(|step| told(step, catalog, server)).collect(), untriable, warnings }
}

fn told(step: &Step, catalog: &Catalog, server: schema::Server) -> MigrationStep {
    let mut text = String::new();
    let mut starts = Vec::new();
    for statement in &step.statements {
        starts.push(text.len());
        text.push_str(statement);
        text.push_str(";\n");
    }
    let of = advised_server(server);
    let said = advice::review(&Advised::of(&text, of).in_transaction(step.together).with_catalog(catalog));
    let place = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut statements: Vec<MigrationStatement> = step
        .statements
        .iter()
        .map(|sql| MigrationStatement { sql: sql.clone(), locks: Vec::new(), findings: Vec::new() })
        .collect();
    for own in &said.steps {
        if let Some(statement) = statements.get_mut(place(own.span.start)) {
            statement.locks.extend(own.locks.iter().map(|locked| {
                let StructureLock { table, lock, waits } = told_lock(locked, catalog, of);
                format!("{lock} on {table}. {waits}")
            }));
        }
    }
    for finding in &said.findings {
        let at = said.steps.get(finding.step).map_or(finding.span.start, |own| own.span.start);
        if let Some(statement) = statements.get_mut(place(at)) {
            let title =
                advice::rules().iter().find(|rule| rule.id == finding.rule).map_or(finding.name, |rule| rule.title);
            statement.findings.push(format!("{} {}: {title}", finding.rule, finding.level.name()));
        }
    }
    MigrationStep {
        version: step.migration.version.clone(),
        name: step.migration.name.clone(),
        file: step.file.clone(),
        transaction: step.together,
        statements,
    }
}

/// What a person is asked first: at the safety level that confirms writes, and on production, where the database's name is typed.
///
/// # Errors
/// `Forbidden` for a yes without the name it was to be given with.
pub(super) fn question(
    place: &Place,
    standing: &Standing,
    steps: &[Step],
    confirmed: Option<&RunConsent>,
) -> Result<Option<SweepQuestion>, AppError> {
    let profile = &place.connected.profile;
    let production = profile.environment == Environment::Production;
    if profile.safety != Safety::ConfirmWrites && !production {
        return Ok(None);
    }
    let name = match standing.database.as_str() {
        "" => profile.name.clone(),
        database => database.to_owned(),
    };
    let typed = production.then(|| name.trim().to_owned()).filter(|name| !name.is_empty());
    let digest = digest(standing, steps);
    if let Some(consent) = confirmed.filter(|consent| consent.digest == digest) {
        let given = consent.typed.as_deref().map(str::trim);
        return match &typed {
            Some(name) if given != Some(name.as_str()) => {
                Err(AppError::new(ErrorCode::Forbidden, "What was typed is not the name. Nothing was sent.")
                    .with_hint(format!("Type {name} to go on.")))
            }
            _ => Ok(None),
        };
    }
    let down = steps.iter().any(|step| step.direction == MigrationDirection::Down);
    let changes = steps.iter().take(SHOWN).map(|step| SweepChange {
        action: if down { "Take back" } else { "Apply" }.to_owned(),
        targets: vec![SweepTarget { name: step.file.clone(), estimated_rows: None, rows: None }],
        range: TextRange { from: 0, to: 0 },
        way_back: WayBack::None,
        way_back_words: match (&step.migration.down, down) {
            (_, true) => "Applying it again brings back definitions, not rows.".to_owned(),
            (Some(own), false) => format!("“{}” takes it back.", own.file),
            (None, false) => "Nothing takes it back.".to_owned(),
        },
    });
    let count = match steps.len() {
        1 => "1 migration".to_owned(),
        count => format!("{count} migrations"),
    };
    let title = if down { format!("Take back {count} of {name}?") } else { format!("Apply {count} to {name}?") };
    Ok(Some(SweepQuestion {
        digest,
        title,
        confirm: if down { "Take back" } else { "Apply" }.to_owned(),
        connection: profile.name.clone(),
        production,
        changes: changes.collect(),
        more: number(steps.len().saturating_sub(SHOWN)),
        notes: Vec::new(),
        typed,
    }))
}

/// Stands for just these statements there.
fn digest(standing: &Standing, steps: &[Step]) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    add(&standing.digest);
    for step in steps {
        add(&step.file);
        step.statements.iter().for_each(|text| add(text));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
