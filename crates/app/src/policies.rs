//! Row security of a database: how its tables stand, what policies let through, changes that are staged and applied, statements
//! tried as somebody else.
//!
//! What policies mean is read from the catalog by `crates/policy`; what only the server knows, its driver's row security tells. Of
//! ten thousand tables a face is told some at a time.

mod applying;
mod attempts;
mod copying;
mod drafts;
mod figures;
mod listing;
mod matrix;
mod mending;
mod missing;
mod overview;
mod plan;
mod records;
mod suites;
mod table;
mod templates;
#[cfg(test)]
mod tests;
mod texts;
mod tried;
mod users;
mod what_if;
mod words;

use std::{path::Path, sync::Arc};

use driver::{Alter, row_security::RowSecurity};

use crate::{
    App,
    advisor::{Glance, Judged, database_of, number},
    api::*,
    explorer::{Place, blocking},
};

use applying::Consent;
use drafts::Staged;
pub use listing::{LIST_HEADS, MATRIX_HEADS, PolicyCells, PolicyList, PolicyProposal};
pub(crate) use overview::Kept;
use overview::Overview;
use plan::Planned;
use texts::Texts;

/// Most tables of one page.
const MOST: u32 = 1_000;

/// What the driver offers for row security.
fn facet(place: &Place) -> Result<&dyn RowSecurity, AppError> {
    place.opened.connection.control().row_security().ok_or_else(|| without(place))
}

/// What changes row security, where there is some.
fn alter(place: &Place) -> Result<&dyn Alter, AppError> {
    facet(place)?;
    place.opened.connection.control().alter().ok_or_else(|| without(place))
}

fn without(place: &Place) -> AppError {
    let label = place.connected.driver.label();
    AppError::new(ErrorCode::Unsupported, format!("{label} has no row security."))
        .with_hint("Policies are there for PostgreSQL.")
}

/// What is looked at for one answer.
struct Looked {
    place: Place,
    judged: Arc<Judged>,
    staged: Staged,
}

impl App {
    /// A database that has row security.
    async fn securable(&self, profile_id: &str, database: Option<&str>) -> Result<Place, AppError> {
        let place = self.database_place(profile_id, database).await?;
        match place.opened.connection.control().row_security() {
            Some(_) => Ok(place),
            None => Err(without(&place)),
        }
    }

    async fn looked(&self, profile_id: &str, database: Option<&str>) -> Result<Looked, AppError> {
        let place = self.securable(profile_id, database).await?;
        let mut judged = self.judged(&place, false).await?;
        if self.settle_sent(&place).await? {
            judged = self.judged(&place, false).await?;
        }
        let staged = drafts::load(&self.store, profile_id, &database_of(&place)).await?;
        Ok(Looked { place, judged, staged })
    }

    /// How the tables stand as far as it can be told at once, and all of it where `wholly`.
    async fn overview(
        &self,
        profile_id: &str,
        database: Option<&str>,
        wholly: bool,
    ) -> Result<(Arc<Overview>, Staged), AppError> {
        let place = self.securable(profile_id, database).await?;
        let glance = match wholly {
            true => Glance::judged(self.judged(&place, false).await?),
            false => self.glance(&place).await?,
        };
        let staged = drafts::load(&self.store, profile_id, &database_of(&place)).await?;
        let overview = blocking(move || place.opened.overview.of(&glance)).await?;
        Ok((overview, staged))
    }

    async fn texts(&self, looked: &Looked) -> Result<Texts, AppError> {
        texts::load(&self.store, &looked.place.connected.profile.id, &database_of(&looked.place)).await
    }

    /// How the tables of a database stand.
    ///
    /// # Errors
    /// `Unsupported` for a database without row security; otherwise as connecting and as the driver says.
    pub async fn policy_overview(&self, profile_id: &str, database: Option<&str>) -> Result<PolicyOverview, AppError> {
        let (overview, staged) = self.overview(profile_id, database, false).await?;
        blocking(move || overview.told(&staged)).await
    }

    /// Some of a database's tables.
    ///
    /// # Errors
    /// As [`App::policy_overview`].
    pub async fn policy_tables(
        &self,
        profile_id: &str,
        database: Option<&str>,
        filter: PolicyTablesFilter,
        offset: u32,
        limit: u32,
    ) -> Result<PolicyTablePage, AppError> {
        let (overview, staged) = self.overview(profile_id, database, false).await?;
        blocking(move || {
            let found = overview.find(&filter, &staged);
            let total = number(found.len());
            let shown = found.into_iter().skip(offset as usize).take(limit.clamp(1, MOST) as usize);
            PolicyTablePage { rows: shown.map(|(_, row)| row).collect(), total, judged: overview.is_judged() }
        })
        .await
    }

    /// Everything about one table's row security.
    ///
    /// # Errors
    /// `NotFound` for a table that is gone; otherwise as [`App::policy_overview`].
    pub async fn policy_table(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
    ) -> Result<PolicyTable, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let texts = self.texts(&looked).await?;
        blocking(move || table::page(&looked.judged, &on, &looked.staged, &texts)).await?
    }

    /// What row security does to a role's command on a table; with what is staged as if it were applied, where that is asked.
    ///
    /// # Errors
    /// As [`App::policy_table`]; `InvalidStatement` for ALL, which no statement is.
    pub async fn policy_effect(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
        role: String,
        command: PolicyCommand,
        drafted: bool,
    ) -> Result<PolicyEffect, AppError> {
        let command = policy::effect::Command::ALL
            .into_iter()
            .find(|one| words::of_statement(*one) == command)
            .ok_or_else(|| AppError::new(ErrorCode::InvalidStatement, "A statement has one command."))?;
        let looked = self.looked(profile_id, database).await?;
        blocking(move || {
            let catalog = table::drafted(&looked.judged.examined.catalog, &looked.staged, drafted);
            table::effect(&catalog, &on, &role, command)
        })
        .await?
    }

    /// What is staged for a database.
    ///
    /// # Errors
    /// As [`App::policy_overview`].
    pub async fn policy_staged(&self, profile_id: &str, database: Option<&str>) -> Result<PolicyDrafts, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let last = self.last_apply(&looked.place).await?;
        blocking(move || PolicyDrafts { changes: looked.staged.told(&looked.judged.examined.catalog, None), last })
            .await
    }

    /// Stages changes, and takes staged ones back. They are kept before this answers.
    ///
    /// # Errors
    /// `NotFound` for what is gone, and then none of these is staged; otherwise as [`App::policy_overview`].
    pub async fn policy_stage(
        &self,
        profile_id: &str,
        database: Option<&str>,
        edits: Vec<PolicyEdit>,
    ) -> Result<PolicyDrafts, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let texts = self.texts(&looked).await?;
        let catalog = &looked.judged.examined.catalog;
        let of = database_of(&looked.place);
        let staged = drafts::stage(&self.store, profile_id, &of, edits, catalog, &texts).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        let last = self.last_apply(&looked.place).await?;
        Ok(PolicyDrafts { changes: staged.told(catalog, None), last })
    }

    /// What applying everything that is staged will do, exactly.
    ///
    /// # Errors
    /// As [`App::policy_overview`]. What the server would refuse is part of the answer.
    pub async fn policy_plan(
        &self,
        profile_id: &str,
        database: Option<&str>,
        lock_timeout_ms: Option<u32>,
    ) -> Result<PolicyPlan, AppError> {
        let Looked { place, judged, staged } = self.looked(profile_id, database).await?;
        let planned = blocking(move || {
            let catalog = &judged.examined.catalog;
            let mut planned = Planned::new(catalog, staged.set(), lock_timeout_ms);
            planned.warnings.extend(staged.told(catalog, None).into_iter().filter_map(|change| change.conflict));
            planned
        });
        Ok(planned.await?.asked(&place).await?.told())
    }

    /// Applies everything that is staged in one transaction; may ask first.
    ///
    /// # Errors
    /// `Conflict` where the catalog has changed under what is staged; `InvalidStatement` for what the server would refuse, a name
    /// that is not there among it; `Forbidden` on a read-only connection and where a loss is not acknowledged by the role's
    /// name; `Unreachable` when nobody knows whether it was kept; otherwise as [`App::policy_overview`]. Nothing was sent but in
    /// the case of `Unreachable`.
    pub async fn policy_apply(
        &self,
        profile_id: &str,
        database: Option<&str>,
        acknowledged: Vec<String>,
        lock_timeout_ms: Option<u32>,
        confirmed: Option<RunConsent>,
    ) -> Result<PolicyApplied, AppError> {
        let Looked { place, judged, staged } = self.looked(profile_id, database).await?;
        let conflict = staged.told(&judged.examined.catalog, None).into_iter().find_map(|change| change.conflict);
        if let Some(conflict) = conflict {
            return Err(AppError::new(ErrorCode::Conflict, format!("Nothing was sent: {conflict}"))
                .with_hint("Discard this change or stage it anew."));
        }
        let planned = blocking(move || Planned::new(&judged.examined.catalog, staged.set(), lock_timeout_ms)).await?;
        let planned = planned.asked(&place).await?;
        let consent = Consent { acknowledged: &acknowledged, confirmed: confirmed.as_ref() };
        applying::apply(self, &place, &planned, &consent).await
    }

    /// Tries everything that is staged on the server, in a transaction that is rolled back: what no catalog tells, the server
    /// refuses here. Takes the locks of the changes for that moment.
    ///
    /// # Errors
    /// As [`App::policy_apply`], but for consent.
    pub async fn policy_check_on_server(
        &self,
        profile_id: &str,
        database: Option<&str>,
        lock_timeout_ms: Option<u32>,
    ) -> Result<PolicyTrial, AppError> {
        let Looked { place, judged, staged } = self.looked(profile_id, database).await?;
        if place.connected.read_only {
            return Err(AppError::new(ErrorCode::Forbidden, "Nothing was sent: this connection is read-only."));
        }
        let planned = blocking(move || Planned::new(&judged.examined.catalog, staged.set(), lock_timeout_ms)).await?;
        applying::try_out(&place, &planned).await
    }

    /// Templates for a table, with its own columns.
    ///
    /// # Errors
    /// As [`App::policy_table`].
    pub async fn policy_templates(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
    ) -> Result<PolicyTemplates, AppError> {
        let looked = self.looked(profile_id, database).await?;
        blocking(move || {
            let catalog = &looked.judged.examined.catalog;
            Ok(templates::offer(catalog, table::relation(catalog, &on)?))
        })
        .await?
    }

    /// What a template makes of a table.
    ///
    /// # Errors
    /// As [`App::policy_table`].
    pub async fn policy_make(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
        template: PolicyTemplate,
        who: PolicyWho,
    ) -> Result<PolicyMade, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let catalog = &looked.judged.examined.catalog;
        Ok(templates::make(catalog, table::relation(catalog, &on)?, template, &who))
    }

    /// A policy as SQL.
    pub fn policy_write(&self, on: &PolicyOn, policy: &PolicyDraft) -> String {
        templates::write(on, policy)
    }

    /// A policy from SQL; a table without a schema is of `default_schema`.
    pub fn policy_read(&self, text: &str, default_schema: &str) -> PolicyRead {
        templates::read(text, default_schema)
    }

    /// Some tables of the matrix with all its roles.
    ///
    /// # Errors
    /// As [`App::policy_overview`].
    pub async fn policy_matrix(
        &self,
        profile_id: &str,
        database: Option<&str>,
        filter: PolicyMatrixFilter,
        offset: u32,
        limit: u32,
    ) -> Result<PolicyMatrixPage, AppError> {
        let (overview, staged) = self.overview(profile_id, database, false).await?;
        let limit = limit.clamp(1, MOST) as usize;
        blocking(move || matrix::page(&overview, &staged, &filter, offset as usize, limit)).await
    }

    /// Writes the matrix to a file, with the ways around.
    ///
    /// # Errors
    /// As [`App::policy_overview`] and as the file system says.
    pub async fn export_policy_matrix(
        &self,
        profile_id: &str,
        database: Option<&str>,
        filter: PolicyMatrixFilter,
        format: PolicyMatrixFormat,
        path: &Path,
    ) -> Result<(), AppError> {
        let (overview, staged) = self.overview(profile_id, database, true).await?;
        let path = path.to_owned();
        blocking(move || matrix::export(&overview, &staged, &filter, format, &path)).await?
    }

    /// Tries a statement as an actor on a connection of its own; nothing of it stays.
    ///
    /// # Errors
    /// `InvalidStatement` for claims that are no JSON and for a setup that fails; `NotFound`, `Forbidden` for a role that is
    /// not there or that the login may not become; otherwise as [`App::policy_overview`].
    pub async fn policy_attempt(
        &self,
        profile_id: &str,
        database: Option<&str>,
        attempt: PolicyAttempt,
    ) -> Result<PolicyAttempted, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let wanted = attempts::wanted(&attempt, &looked.judged.examined.catalog, &looked.staged)?;
        let attempted = facet(&looked.place)?.attempt(&wanted).await?;
        self.note_tried(&looked.place, &attempt, None).await;
        Ok(attempts::told(attempted, &wanted))
    }

    /// Tries a statement as two actors, the attempt's own first.
    ///
    /// # Errors
    /// As [`App::policy_attempt`].
    pub async fn policy_compare(
        &self,
        profile_id: &str,
        database: Option<&str>,
        attempt: PolicyAttempt,
        second: PolicyActor,
    ) -> Result<PolicyCompared, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let catalog = &looked.judged.examined.catalog;
        let first = attempts::wanted(&attempt, catalog, &looked.staged)?;
        let other = PolicyAttempt { actor: second.clone(), ..attempt.clone() };
        let other_wanted = attempts::wanted(&other, catalog, &looked.staged)?;
        let facet = facet(&looked.place)?;
        let one = attempts::told(facet.attempt(&first).await?, &first);
        let other = attempts::told(facet.attempt(&other_wanted).await?, &other_wanted);
        self.note_tried(&looked.place, &attempt, Some(&second)).await;
        Ok(attempts::compared(one, other))
    }

    /// Validates an expression as it is typed. Takes no lock but what reading takes.
    ///
    /// # Errors
    /// As [`App::policy_table`]. What is wrong with the expression is the answer.
    pub async fn policy_check(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
        command: PolicyCommand,
        part: PolicyExpression,
        text: &str,
    ) -> Result<PolicyCheck, AppError> {
        let looked = self.looked(profile_id, database).await?;
        attempts::check(&looked.place, &looked.judged.examined.catalog, &on, command, part, text).await
    }

    /// What `ALTER ROLE … SET` says for sessions of a role: name and value.
    ///
    /// # Errors
    /// `NotFound` for a role that is not there; otherwise as [`App::policy_overview`].
    pub async fn policy_role_settings(
        &self,
        profile_id: &str,
        database: Option<&str>,
        role: &str,
    ) -> Result<Vec<(String, String)>, AppError> {
        let place = self.database_place(profile_id, database).await?;
        Ok(facet(&place)?.role_settings(role).await?)
    }

    /// Runs a suite: every case in a transaction of its own that is rolled back.
    ///
    /// # Errors
    /// `InvalidStatement` for a text that is no suite; `Unreachable` and whatever else is not about one case.
    pub async fn policy_test(
        &self,
        profile_id: &str,
        database: Option<&str>,
        suite: &str,
    ) -> Result<PolicySuiteReport, AppError> {
        let place = self.database_place(profile_id, database).await?;
        Ok(suites::told(&suites::run(&place, &suites::read(suite)?).await?))
    }

    /// A suite as files: its JSON laid out, and a pgTAP script. Nothing is asked of a server.
    ///
    /// # Errors
    /// `InvalidStatement` for a text that is no suite, with the line, case and field.
    pub fn policy_suite_read(&self, text: &str) -> Result<PolicySuiteText, AppError> {
        suites::written(text)
    }

    /// Makes a suite for a table.
    ///
    /// # Errors
    /// As [`App::policy_table`]; `InvalidStatement` where no column is known that names who owns a row.
    pub async fn policy_suite(
        &self,
        profile_id: &str,
        database: Option<&str>,
        on: PolicyOn,
        actors: PolicySuiteActors,
    ) -> Result<PolicySuiteText, AppError> {
        let looked = self.looked(profile_id, database).await?;
        blocking(move || suites::generate(&looked.judged.examined.catalog, &on, &actors)).await?
    }

    /// The actors that are kept with a connection.
    ///
    /// # Errors
    /// As the store says.
    pub async fn policy_actors(&self, profile_id: &str) -> Result<Vec<SavedPolicyActor>, AppError> {
        attempts::actors(&self.store, profile_id).await
    }

    /// Keeps an actor with a connection; another of the same name gives way.
    ///
    /// # Errors
    /// `InvalidStatement` for a name that is none; as the store says.
    pub async fn keep_policy_actor(&self, profile_id: &str, name: &str, actor: PolicyActor) -> Result<(), AppError> {
        attempts::keep_actor(&self.store, profile_id, name, &actor).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }

    /// Forgets an actor.
    ///
    /// # Errors
    /// As the store says.
    pub async fn remove_policy_actor(&self, profile_id: &str, name: &str) -> Result<(), AppError> {
        attempts::remove_actor(&self.store, profile_id, name).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }

    /// Forgets what was staged, applied and kept of a connection that is gone.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn forget_policies(&self, profile_id: &str) -> Result<(), AppError> {
        drafts::forget(&self.store, profile_id).await
    }
}
