//! Making it so: asked about where the connection says so, recorded, sent batch by batch, and read again afterwards.

use std::time::Instant;

use driver::alter::{Alter, AlterStatement, Application, Applied};
use schema::{Batch, Verb};

use super::{
    arriving,
    naming::words,
    records,
    review::{self, Reviewed, what},
};
use crate::{
    App,
    advisor::{database_of, number},
    api::*,
    change_sets::{Deed, Recorded, Sent, blocker, error_of},
    explorer::Place,
    profiles::dial::elapsed_ms,
};

/// Most statements that a question shows.
const SHOWN: usize = 100;
/// Longest wait for a lock.
const LONGEST_MS: u32 = 10 * 60 * 1000;

/// What the driver offers for changing definitions.
pub(crate) fn alter(place: &Place) -> Result<&dyn Alter, AppError> {
    place.opened.connection.control().alter().ok_or_else(|| {
        let label = place.connected.driver.label();
        AppError::new(ErrorCode::Unsupported, format!("Definitions of {label} databases are not changed here yet."))
    })
}

fn application(reviewed: &Reviewed, batch: &Batch, keep: bool, lock_timeout_ms: u32) -> Application {
    let step = |place: &usize| reviewed.plan.steps.get(*place);
    Application {
        before: batch.before.iter().filter_map(step).map(|step| step.sql.clone()).collect(),
        statements: batch
            .steps
            .iter()
            .filter_map(step)
            .map(|step| AlterStatement { sql: step.sql.clone(), check: step.verb == Verb::Check })
            .collect(),
        transaction: batch.transaction,
        keep,
        lock_timeout_ms,
        script: false,
    }
}

/// Whether a database is read again: with thousands of tables that takes a while.
#[derive(Clone, Copy)]
pub(super) enum Looking {
    /// What others changed meanwhile is found: for the review, and before anything is sent.
    Anew,
    /// What the review read is good enough: nothing is kept of it.
    Kept,
}

/// How far it came.
enum End {
    Done,
    Locked { step: usize, kept: usize, error: AppError, blockers: Vec<PolicyBlocker> },
    Refused { step: usize, kept: usize, error: AppError, leftover: Option<String> },
}

/// Applies what was reviewed.
///
/// # Errors
/// `Forbidden` on a read-only connection; `Conflict` for what does not fit what is there; `NotFound` where nothing is staged; then
/// nothing was sent. `Unreachable` when nobody knows whether it was kept.
pub(super) async fn apply(
    app: &App,
    place: &Place,
    reviewed: Reviewed,
    lock_timeout_ms: u32,
    confirmed: Option<&RunConsent>,
) -> Result<StructureApplied, AppError> {
    let facet = alter(place)?;
    if place.connected.read_only {
        return Err(AppError::new(ErrorCode::Forbidden, "Nothing was sent: this connection is read-only.")
            .with_hint("Change the connection's safety level to allow writes, or take the script along."));
    }
    if let Some(refusal) = &reviewed.refusal {
        return Err(AppError::new(ErrorCode::Conflict, format!("Nothing was sent. {refusal}")));
    }
    if reviewed.plan.steps.is_empty() {
        return Err(AppError::new(ErrorCode::NotFound, "There is nothing to apply."));
    }
    if let Some(question) = question(place, &reviewed, confirmed)? {
        return Ok(StructureApplied::Confirm { question });
    }
    let begun = Instant::now();
    let recorded = record(app, place, &reviewed).await;
    // On disk before anything is sent: without that, nothing is.
    let sent = Sent::begin(app, place, records::new_set(&reviewed)?).await?;
    let ended = send(facet, &reviewed, sent.as_ref(), lock_timeout_ms.clamp(1, LONGEST_MS)).await;
    let elapsed = elapsed_ms(begun);
    if let Some(recorded) = recorded {
        let (outcome, error) = match &ended {
            Ok(End::Done) => ("completed", None),
            Ok(End::Locked { error, .. } | End::Refused { error, .. }) => ("failed", Some(error.message.as_str())),
            Err(error) if error.code == ErrorCode::Unreachable => ("lost", None),
            Err(error) => ("failed", Some(error.message.as_str())),
        };
        let inverse = (outcome == "completed").then(|| reviewed.back.script());
        recorded.end(app, (outcome, error), inverse, elapsed).await;
    }
    let statements = number(reviewed.plan.steps.len());
    let told = match ended {
        Ok(End::Done) => {
            let id = arrived(app, place, sent).await?;
            StructureApplied::Applied { id, statements, elapsed_ms: elapsed }
        }
        Ok(End::Locked { step, kept, error, blockers }) => {
            partly(app, place, &reviewed, sent, kept).await?;
            StructureApplied::Locked { error, statement: number(step), kept: number(kept), blockers }
        }
        Ok(End::Refused { step, kept, error, leftover }) => {
            partly(app, place, &reviewed, sent, kept).await?;
            StructureApplied::Refused { error, statement: number(step), kept: number(kept), leftover }
        }
        Err(error) => {
            if let Some(sent) = sent {
                sent.lost().await;
            }
            app.structure_changed(&place.connected.profile.id);
            return Err(error);
        }
    };
    if let Err(error) = place.opened.shelf.refresh(&place.opened, &place.connected).await {
        tracing::warn!(%error, "the catalog was not read after a change of definitions");
    }
    app.structure_changed(&place.connected.profile.id);
    Ok(told)
}

/// Sends everything, batch by batch.
async fn send(
    facet: &dyn Alter,
    reviewed: &Reviewed,
    sent: Option<&Sent<'_>>,
    lock_timeout_ms: u32,
) -> Result<End, AppError> {
    // Steps that are kept for sure, all batches before this one among them.
    let mut kept = 0;
    for batch in reviewed.plan.batches() {
        let application = application(reviewed, &batch, true, lock_timeout_ms);
        let applied = match sent {
            Some(sent) => {
                sent.batch(kept).await?;
                let witness = if batch.transaction { sent.witness() } else { sent.witness_of(batch.steps.clone()) };
                facet.apply(&application, witness.as_ref()).await?
            }
            None => facet.apply(&application, &()).await?,
        };
        // The end of a transaction is told by the number of its statements.
        let at = |statement: usize| batch.steps.get(statement).or(batch.steps.last()).copied().unwrap_or(0);
        let so_far = |statement: usize| if batch.transaction { kept } else { kept + statement };
        let text = |statement: usize| application.statements.get(statement).map(|one| one.sql.as_str());
        match applied {
            Applied::Done { .. } => kept += batch.steps.len(),
            Applied::Locked { statement, holders, said } => {
                return Ok(End::Locked {
                    step: at(statement),
                    kept: so_far(statement),
                    error: error_of(said, text(statement)),
                    blockers: holders.into_iter().map(blocker).collect(),
                });
            }
            Applied::Refused { statement, said } => {
                return Ok(End::Refused {
                    step: at(statement),
                    kept: so_far(statement),
                    error: error_of(said, text(statement)),
                    leftover: reviewed.plan.steps.get(at(statement)).and_then(records::leftover),
                });
            }
        }
    }
    Ok(End::Done)
}

/// Everything is kept: it is staged no more.
async fn arrived(app: &App, place: &Place, sent: Option<Sent<'_>>) -> Result<i64, AppError> {
    let Some(sent) = sent else { return Ok(0) };
    let id = sent.id;
    let changed = records::changed(place, &app.store, id).await?;
    // It is applied; that it cannot be read now is no reason to say otherwise.
    match app.defined(place, true).await {
        Ok(now) => {
            let (profile, database) = (&place.connected.profile.id, database_of(place));
            records::rebase(&app.store, profile, &database, &changed, &now.definition, None).await?;
            records::settled(&app.store, id, changed, &now.definition).await?;
            sent.end(true).await;
        }
        Err(error) => tracing::warn!(%error, "what was applied is read again later"),
    }
    Ok(id)
}

/// It was refused on its way: what is kept already is staged no more.
async fn partly(
    app: &App,
    place: &Place,
    reviewed: &Reviewed,
    sent: Option<Sent<'_>>,
    kept: usize,
) -> Result<(), AppError> {
    let Some(sent) = sent else { return Ok(()) };
    if kept > 0 {
        let changed = records::changed(place, &app.store, sent.id).await?;
        let now = app.defined(place, true).await?;
        let (profile, database) = (&place.connected.profile.id, database_of(place));
        let about = reviewed.plan.steps.iter().map(|step| &step.about).collect();
        let so_far = arriving::Sent { about, kept, unheard: kept..kept };
        records::rebase(&app.store, profile, &database, &changed, &now.definition, Some(&so_far)).await?;
    }
    sent.end(false).await;
    Ok(())
}

/// What the server says of everything, rolled back.
///
/// # Errors
/// As [`apply`], but for consent: nothing stays.
pub(super) async fn try_out(place: &Place, reviewed: &Reviewed) -> Result<StructureTrial, AppError> {
    let facet = alter(place)?;
    if place.connected.read_only {
        return Err(AppError::new(ErrorCode::Forbidden, "Nothing was sent: this connection is read-only."));
    }
    if let Some(refusal) = &reviewed.refusal {
        return Err(AppError::new(ErrorCode::Conflict, format!("Nothing was sent. {refusal}")));
    }
    let batches = reviewed.plan.batches();
    let [batch] = batches.as_slice() else {
        let why = match batches.is_empty() {
            true => "There is nothing to try.",
            false => "Not everything runs in one transaction: what is kept at once cannot be tried.",
        };
        return Ok(StructureTrial::Impossible { why: why.to_owned() });
    };
    if !batch.transaction {
        let label = place.opened.connection.control().server().product.clone();
        let why = format!("{label} keeps each of these statements when it has run: they cannot be tried.");
        return Ok(StructureTrial::Impossible { why });
    }
    let begun = Instant::now();
    let application = application(reviewed, batch, false, review::LOCK_TIMEOUT_MS);
    let text = |statement: usize| application.statements.get(statement).map(|one| one.sql.as_str());
    Ok(match facet.apply(&application, &()).await? {
        Applied::Done { .. } => StructureTrial::Fine { elapsed_ms: elapsed_ms(begun) },
        Applied::Locked { statement, said, .. } | Applied::Refused { statement, said } => StructureTrial::Refused {
            error: error_of(said, text(statement)),
            statement: number(batch.steps.get(statement).or(batch.steps.last()).copied().unwrap_or(0)),
        },
    })
}

/// What a person is asked first: at the safety level that confirms writes, and on production.
fn question(
    place: &Place,
    reviewed: &Reviewed,
    confirmed: Option<&RunConsent>,
) -> Result<Option<SweepQuestion>, AppError> {
    let profile = &place.connected.profile;
    let production = profile.environment == Environment::Production;
    if profile.safety != Safety::ConfirmWrites && !production {
        return Ok(None);
    }
    let losing = reviewed.plan.steps.iter().find(|step| step.loses.is_some());
    let typed = losing.map(|step| step.about.name.trim().to_owned()).filter(|name| !name.is_empty());
    if let Some(consent) = confirmed.filter(|consent| consent.digest == reviewed.digest) {
        let given = consent.typed.as_deref().map(str::trim);
        return match &typed {
            Some(name) if given != Some(name.as_str()) => {
                Err(AppError::new(ErrorCode::Forbidden, "What was typed is not the name. Nothing was sent.")
                    .with_hint(format!("Type {name} to go on.")))
            }
            _ => Ok(None),
        };
    }
    let steps = &reviewed.plan.steps;
    let shown = steps.iter().take(SHOWN).map(|step| {
        let words_back = match step.loses {
            Some(loss) => format!("Nothing brings back {}.", loss.words()),
            None => "It is committed at once. The history keeps statements that take it back.".to_owned(),
        };
        SweepChange {
            action: what(step),
            targets: vec![SweepTarget { name: words(&step.about), estimated_rows: None, rows: None }],
            range: TextRange { from: 0, to: 0 },
            way_back: WayBack::None,
            way_back_words: words_back,
        }
    });
    let database = place.opened.database().unwrap_or_else(|| profile.name.clone());
    let title = match steps.len() {
        1 => format!("Change the schema of {database}?"),
        count => format!("Run {count} statements on the schema of {database}?"),
    };
    Ok(Some(SweepQuestion {
        digest: reviewed.digest.clone(),
        title,
        confirm: "Apply".to_owned(),
        connection: profile.name.clone(),
        production,
        changes: shown.collect(),
        more: number(steps.len().saturating_sub(SHOWN)),
        notes: Vec::new(),
        typed,
    }))
}

/// Records it before anything is sent, unless the connection is not recorded.
async fn record(app: &App, place: &Place, reviewed: &Reviewed) -> Option<Recorded> {
    let mut about: Vec<String> = Vec::new();
    for step in &reviewed.plan.steps {
        let name = words(&step.about);
        if !about.contains(&name) {
            about.push(name);
        }
    }
    let deed = Deed {
        kind: AuditKind::Schema,
        command: "SCHEMA",
        target: &about.join(", "),
        text: &reviewed.plan.script(),
        history: "structure",
    };
    Recorded::begin(app, place, &deed).await
}

impl App {
    /// What is staged, over what is there: read anew, or as it was read for the review.
    ///
    /// # Errors
    /// As [`App::structure_draft`].
    pub(super) async fn structure_reviewed(
        &self,
        profile_id: &str,
        database: Option<&str>,
        online: Vec<ObjectRef>,
        looking: Looking,
    ) -> Result<(Place, Reviewed), AppError> {
        let place = self.structure_place(profile_id, database).await?;
        self.settle_structure(&place).await?;
        let defined = match looking {
            Looking::Kept => self.defined(&place, false).await?,
            Looking::Anew => {
                let before = self.defined_last(&place).await;
                let defined = self.defined(&place, true).await?;
                if before.is_some_and(|before| before.definition != defined.definition) {
                    self.structure_changed(profile_id);
                }
                defined
            }
        };
        let kept = super::keeping::load(&self.store, profile_id, &database_of(&place)).await?;
        let named = review::named(&place);
        let reviewed = crate::explorer::blocking(move || Reviewed::of(defined, kept, &online, &named)).await??;
        Ok((place, reviewed))
    }

    /// The statements of everything that is staged, as they would be sent.
    ///
    /// # Errors
    /// As [`App::structure_draft`]; `Conflict` where what is staged does not fit what is there.
    pub(crate) async fn structure_script(&self, profile_id: &str, database: Option<&str>) -> Result<String, AppError> {
        let (_, reviewed) = self.structure_reviewed(profile_id, database, Vec::new(), Looking::Kept).await?;
        match reviewed.refusal {
            Some(why) => Err(AppError::new(ErrorCode::Conflict, why)),
            None => Ok(reviewed.plan.script()),
        }
    }

    /// What applying everything that is staged would do.
    ///
    /// # Errors
    /// As [`App::structure_draft`].
    pub async fn review_structure(
        &self,
        profile_id: &str,
        database: Option<&str>,
        online: Vec<ObjectRef>,
    ) -> Result<StructureReview, AppError> {
        let (place, reviewed) = self.structure_reviewed(profile_id, database, online, Looking::Anew).await?;
        let read_only = place.connected.read_only;
        crate::explorer::blocking(move || reviewed.told(read_only)).await
    }

    /// What the server says of what was reviewed: it runs, and is rolled back. Takes the locks for that moment.
    ///
    /// # Errors
    /// `Conflict` where it is not what was reviewed any more; otherwise as [`App::apply_structure`], but for consent.
    pub async fn try_structure(
        &self,
        profile_id: &str,
        database: Option<&str>,
        digest: &str,
        online: Vec<ObjectRef>,
    ) -> Result<StructureTrial, AppError> {
        let (place, reviewed) = self.structure_reviewed(profile_id, database, online, Looking::Kept).await?;
        if reviewed.digest != digest {
            return Err(stale());
        }
        try_out(&place, &reviewed).await
    }

    /// Applies what was reviewed: just these statements, or nothing.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection; `Conflict` where what is staged does not fit what is there; `NotFound` where nothing
    /// is staged; `Unreachable` when nobody knows whether it was kept; otherwise as [`App::structure_draft`]. Nothing was sent but in
    /// the case of `Unreachable`.
    pub async fn apply_structure(
        &self,
        profile_id: &str,
        database: Option<&str>,
        digest: &str,
        online: Vec<ObjectRef>,
        lock_timeout_ms: u32,
        confirmed: Option<RunConsent>,
    ) -> Result<StructureApplied, AppError> {
        let (place, reviewed) = self.structure_reviewed(profile_id, database, online, Looking::Anew).await?;
        if reviewed.digest != digest && reviewed.refusal.is_none() && !reviewed.kept.is_empty() {
            return Ok(StructureApplied::Stale);
        }
        apply(self, &place, reviewed, lock_timeout_ms, confirmed.as_ref()).await
    }

    /// A person has read what became of a set.
    ///
    /// # Errors
    /// As the store says.
    pub async fn forget_structure_apply(
        &self,
        profile_id: &str,
        _database: Option<&str>,
        id: i64,
    ) -> Result<(), AppError> {
        self.set_is_told(profile_id, id).await?;
        self.structure_changed(profile_id);
        Ok(())
    }

    /// Stages what takes back a set that was applied.
    ///
    /// # Errors
    /// `NotFound` where it is kept no more; `Conflict` where somebody else has changed what it changed.
    pub(super) async fn take_structure_back(&self, place: &Place, id: i64) -> Result<(), AppError> {
        let changed = records::changed(place, &self.store, id).await?;
        let defined = self.defined(place, true).await?;
        let dialect = std::sync::Arc::clone(place.opened.sql()?);
        let profile = &place.connected.profile.id;
        super::keeping::update(&self.store, profile, &database_of(place), false, |kept| {
            let label = changed.back_label();
            super::editing::stage_back(kept, &defined, &dialect, label, |editing| changed.take_back(editing))
        })
        .await
        .map(drop)
    }
}

pub(super) fn stale() -> AppError {
    AppError::new(ErrorCode::Conflict, "What is staged, or what is there, is not what was reviewed any more.")
        .with_hint("Review it anew.")
}
