//! Making a change set so: asked about where the connection says so, recorded, in one transaction, and read again afterwards.

use std::time::Instant;

use catalog::{Kind, Scope};
use driver::alter::{Application, Applied};
use policy::{
    change::{ChangeSet, Plan},
    listing::Table,
};
use sha2::{Digest as _, Sha256};

use super::{
    drafts,
    plan::{self, Planned},
    records, texts,
};
use crate::{
    App,
    advisor::number,
    api::*,
    change_sets::{Deed, Recorded, Sent, blocker, error_of},
    explorer::Place,
    profiles::dial::elapsed_ms,
};

/// What a face says to a plan it was shown.
pub(super) struct Consent<'a> {
    /// Roles whose loss is acknowledged.
    pub(super) acknowledged: &'a [String],
    /// The answer to the question.
    pub(super) confirmed: Option<&'a RunConsent>,
}

/// Applies a plan.
///
/// # Errors
/// `Forbidden` on a read-only connection, and where a loss is not acknowledged, and then nothing was sent; `InvalidStatement`
/// for what the server would refuse; `Unreachable` when nobody knows whether it was kept; `Unsupported` without row security.
pub(super) async fn apply(
    app: &App,
    place: &Place,
    planned: &Planned,
    consent: &Consent<'_>,
) -> Result<PolicyApplied, AppError> {
    let profile = &place.connected.profile;
    let facet = super::alter(place)?;
    if place.connected.read_only {
        return Err(AppError::new(ErrorCode::Forbidden, "Nothing was sent: this connection is read-only.")
            .with_hint("Change the connection's safety level to allow writes, or take the migration's text along."));
    }
    let plan = rendered(planned)?;
    if let Some(refusal) = planned.refusal() {
        return Err(AppError::new(ErrorCode::InvalidStatement, format!("Nothing was sent. {refusal}")));
    }
    if plan.steps.is_empty() {
        return Err(AppError::new(ErrorCode::NotFound, "There is nothing to apply."));
    }
    let forgotten: Vec<String> =
        planned.losing().into_iter().filter(|role| !consent.acknowledged.contains(role)).collect();
    if !forgotten.is_empty() {
        let message = format!(
            "Nothing was sent: {} would lose what it has, and nobody has said yes to that.",
            forgotten.join(", ")
        );
        return Err(AppError::new(ErrorCode::Forbidden, message).with_hint("Acknowledge it by the role's name."));
    }
    if let Some(question) = question(place, planned, consent.confirmed)? {
        return Ok(PolicyApplied::Confirm { question });
    }
    let begun = Instant::now();
    let recorded = record(app, place, plan, planned).await;
    let wanted = Application::together(plan.up(), true, plan.lock_timeout_ms);
    // On disk before anything is sent: without that, nothing is.
    let sent = records::begin(app, place, planned).await?;
    let applied = match &sent {
        Some(sent) => facet.apply(&wanted, sent.witness().as_ref()).await,
        None => facet.apply(&wanted, &()).await,
    };
    let elapsed = elapsed_ms(begun);
    let end = match &applied {
        Ok(Applied::Done { .. }) => ("completed", None),
        Ok(Applied::Locked { said, .. } | Applied::Refused { said, .. }) => ("failed", Some(said.message.clone())),
        Err(error) if error.code == driver::Code::Unreachable => ("lost", None),
        Err(error) => ("failed", Some(error.message.clone())),
    };
    if let Some(recorded) = recorded {
        let inverse = (end.0 == "completed").then(|| plan.undo_transaction());
        recorded.end(app, (end.0, end.1.as_deref()), inverse, elapsed).await;
    }
    match applied {
        Ok(Applied::Done { .. }) => {
            // What arrived is settled before it is noted: whoever finds it sent only settles it again.
            let id = settle(app, place, &planned.set).await?;
            end_of(sent, true).await;
            app.events.changed(&[Topic::Security], Some(&profile.id));
            Ok(PolicyApplied::Applied { id, changes: number(planned.set.changes.len()), elapsed_ms: elapsed })
        }
        Ok(Applied::Locked { statement, holders, said }) => {
            end_of(sent, false).await;
            Ok(PolicyApplied::Locked {
                error: error_of(said, plan.up().get(statement).copied()),
                statement: number(statement),
                blockers: holders.into_iter().map(blocker).collect(),
            })
        }
        Ok(Applied::Refused { statement, said }) => {
            end_of(sent, false).await;
            Ok(PolicyApplied::Refused {
                error: error_of(said, plan.up().get(statement).copied()),
                statement: number(statement),
            })
        }
        Err(error) => {
            if let Some(sent) = sent {
                sent.lost().await;
            }
            app.events.changed(&[Topic::Security], Some(&profile.id));
            Err(error.into())
        }
    }
}

fn rendered(planned: &Planned) -> Result<&Plan, AppError> {
    let refused = |_| AppError::new(ErrorCode::InvalidStatement, planned.refusal().unwrap_or_default());
    planned.plan.as_ref().map_err(refused)
}

async fn end_of(sent: Option<Sent<'_>>, kept: bool) {
    if let Some(sent) = sent {
        sent.end(kept).await;
    }
}

/// What the server says of a plan, tried and rolled back.
///
/// # Errors
/// As [`apply`], but for consent: nothing stays.
pub(super) async fn try_out(place: &Place, planned: &Planned) -> Result<PolicyTrial, AppError> {
    let plan = rendered(planned)?;
    let wanted = Application::together(plan.up(), false, plan.lock_timeout_ms);
    Ok(match super::alter(place)?.apply(&wanted, &()).await? {
        Applied::Done { .. } => PolicyTrial::Fine,
        Applied::Locked { statement, holders, said } => PolicyTrial::Locked {
            error: error_of(said, plan.up().get(statement).copied()),
            blockers: holders.into_iter().map(blocker).collect(),
        },
        Applied::Refused { statement, said } => PolicyTrial::Refused {
            error: error_of(said, plan.up().get(statement).copied()),
            statement: number(statement),
        },
    })
}

/// What a person is asked first: at the safety level that confirms writes, and on production.
fn question(
    place: &Place,
    planned: &Planned,
    confirmed: Option<&RunConsent>,
) -> Result<Option<SweepQuestion>, AppError> {
    let profile = &place.connected.profile;
    let production = profile.environment == Environment::Production;
    if profile.safety != Safety::ConfirmWrites && !production {
        return Ok(None);
    }
    let digest = digest(place, planned);
    let typed = planned.takes_away().map(|table| table.table.trim().to_owned());
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
    let steps = planned.plan.as_ref().map_or(&[][..], |plan| plan.steps.as_slice());
    let shown = steps.iter().take(100).map(|step| SweepChange {
        action: step.what.clone(),
        targets: vec![SweepTarget { name: step.on.sql(), estimated_rows: None, rows: None }],
        range: TextRange { from: 0, to: 0 },
        way_back: WayBack::None,
        way_back_words: "It is committed at once. The history keeps statements that take it back.".to_owned(),
    });
    let tables = planned.tables();
    let title = match (steps.len(), tables.as_slice()) {
        (1, [table]) => format!("Change row security of {}?", table.table),
        (count, [table]) => format!("Make {count} changes of row security of {}?", table.table),
        (count, tables) => format!("Make {count} changes of row security of {} tables?", tables.len()),
    };
    Ok(Some(SweepQuestion {
        digest,
        title,
        confirm: "Apply".to_owned(),
        connection: profile.name.clone(),
        production,
        changes: shown.collect(),
        more: number(steps.len().saturating_sub(100)),
        notes: Vec::new(),
        typed,
    }))
}

/// Stands for just these statements on this connection.
fn digest(place: &Place, planned: &Planned) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    let profile = &place.connected.profile;
    add(&profile.id);
    add(&profile.target);
    add(&place.opened.database().unwrap_or_default());
    if let Ok(plan) = &planned.plan {
        plan.up().into_iter().for_each(add);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Records it before anything is sent, unless the connection is not recorded.
async fn record(app: &App, place: &Place, plan: &Plan, planned: &Planned) -> Option<Recorded> {
    let tables: Vec<String> = planned.tables().iter().map(Table::sql).collect();
    let deed = Deed {
        kind: AuditKind::Access,
        command: "ROW SECURITY",
        target: &tables.join(", "),
        text: &plan.transaction(),
        history: "policies",
    };
    Recorded::begin(app, place, &deed).await
}

/// Keeps what was applied and what was typed for it, and reads the catalog again.
///
/// # Errors
/// As the store says.
pub(super) async fn settle(app: &App, place: &Place, set: &ChangeSet) -> Result<i64, AppError> {
    let (connected, opened) = (&place.connected, &place.opened);
    let profile = &connected.profile.id;
    // What is not saved keeps nothing.
    if profile.is_empty() {
        return Ok(0);
    }
    let database = opened.database().unwrap_or_default();
    let id = drafts::settle(&app.store, profile, &database, set).await?;
    let tables = plan::tables(set);
    for table in &tables {
        let scope = Scope {
            kinds: vec![Kind::Schemas, Kind::Relations, Kind::Policies],
            sizes: false,
            ..Scope::relation(Some(&table.schema), &table.table)
        };
        // It is applied; that a text is not kept beside it, or shown late, is no reason to say otherwise.
        let kept = async {
            let catalog = opened.shelf.ask(opened.connection.as_ref(), &scope).await?;
            texts::keep(&app.store, profile, &database, set, &catalog).await
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, "what was typed for a policy is not kept");
        }
    }
    let schemas: std::collections::BTreeSet<String> = tables.into_iter().map(|table| table.schema).collect();
    for schema in schemas {
        if let Err(error) = opened.shelf.refresh_schema(opened, connected, &schema).await {
            tracing::warn!(%error, "the catalog was not read after a change of row security");
        }
    }
    Ok(id)
}
