//! What is wrong with a database: the rules of `crates/advisor` over its catalog and facts, what people accepted of what they found,
//! and the score over time. Nothing here changes a database: fixes are scripts for a person to read and run.

mod examined;
mod glance;
mod keeping;
mod listing;
mod review;
mod scanning;
#[cfg(test)]
mod tests;
mod words;
mod workload;

use std::path::Path;

use advisor::{Baseline, Context, Exposure, Finding, Level, Suppression, advise};
use time::OffsetDateTime;

use crate::{App, api::*, connections::Connected, explorer::blocking, platform::whole, terminal::Terminal};

pub(crate) use examined::{Examined, Judged, Kept, database_of, read};
pub(crate) use glance::Glance;
pub(crate) use listing::relation_of;
pub(crate) use review::of as review;
pub(crate) use scanning::{PACE, Scans, begin};
pub(crate) use words::{exposure as told_exposure, finding as told_finding, number, score as told_score};

/// Most findings of one page.
const MOST: u32 = 1_000;
/// Most letters of a reason or an author.
const MOST_LETTERS: usize = 2_000;

impl App {
    /// Runs every rule that concerns the database, where it or what is known of it has changed; `anew` reads all of it again.
    ///
    /// # Errors
    /// `Unsupported` for a database without rules; otherwise as connecting and as the driver says.
    pub async fn advise(
        &self,
        profile_id: &str,
        database: Option<&str>,
        anew: bool,
    ) -> Result<AdvisorReport, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let judged = self.judged(&place, anew).await?;
        self.looked_at(&place, &judged).await?;
        let said = keeping::options(&self.store, profile_id, &database_of(&place)).await?;
        let history = keeping::scores(&self.store, profile_id, &database_of(&place)).await?;
        let report = &judged.report;
        let count = |level| number(report.findings.iter().filter(|finding| finding.level == level).count());
        Ok(AdvisorReport {
            at_ms: judged.examined.at_ms,
            elapsed_ms: judged.elapsed_ms,
            score: told_score(&judged),
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            infos: count(Level::Info),
            accepted: number(report.suppressed.len()),
            stale: report.stale.iter().map(words::suppression).collect(),
            rules: words::rules(report),
            exposure: judged.exposure.as_ref().map(told_exposure),
            // Only PostgreSQL has roles that row security is about.
            ask_exposure: said.exposure.is_none() && judged.examined.facts.engine == advisor::Engine::Postgres,
            history,
            slow: workload::slow(&judged.examined.facts),
            bloat: workload::bloat(&judged.examined.facts),
            scan: self.scan_told(&place, said.schedule, judged.examined.at_ms),
        })
    }

    /// What the rules found, errors first.
    ///
    /// # Errors
    /// As [`App::advise`].
    pub async fn advisor_findings(
        &self,
        profile_id: &str,
        database: Option<&str>,
        filter: AdvisorFilter,
        offset: u32,
        limit: u32,
    ) -> Result<AdvisorFindingPage, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let judged = self.judged(&place, false).await?;
        blocking(move || listing::findings(&judged, &filter, offset as usize, limit.clamp(1, MOST) as usize)).await
    }

    /// Tables and other objects that something was found about, the worst first. A finding about a part of a relation counts for
    /// the relation; which ones were accepted is counted beside the rest, whatever the filter says of that.
    ///
    /// # Errors
    /// As [`App::advise`].
    pub async fn advisor_objects(
        &self,
        profile_id: &str,
        database: Option<&str>,
        filter: AdvisorFilter,
        offset: u32,
        limit: u32,
    ) -> Result<AdvisorObjectPage, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let judged = self.judged(&place, false).await?;
        blocking(move || listing::objects(&judged, &filter, offset as usize, limit.clamp(1, MOST) as usize)).await
    }

    /// A rule's published page.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn advisor_rule(&self, id: &str) -> Result<AdvisorRulePage, AppError> {
        let rule = advisor::rules().iter().find(|rule| rule.id == id);
        let rule = rule.ok_or_else(|| AppError::new(ErrorCode::NotFound, format!("There is no rule “{id}”.")))?;
        Ok(AdvisorRulePage {
            id: rule.id.to_owned(),
            name: rule.name.to_owned(),
            title: rule.title.to_owned(),
            page: rule.page(),
        })
    }

    /// What a person said of a database, and what there is to choose from.
    ///
    /// # Errors
    /// As [`App::advise`].
    pub async fn advisor_options(&self, profile_id: &str, database: Option<&str>) -> Result<AdvisorOptions, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let examined = self.examined(&place, false).await?;
        let said = keeping::options(&self.store, profile_id, &database_of(&place)).await?;
        let catalog = &examined.catalog;
        let schemas = catalog.schemas.iter().filter(|schema| !schema.system);
        Ok(AdvisorOptions {
            exposure: said.exposure.as_ref().map(told_exposure),
            guess: Exposure::guess(catalog).as_ref().map(told_exposure),
            schedule: said.schedule,
            schemas: schemas.map(|schema| schema.name.clone()).collect(),
            roles: catalog
                .roles
                .iter()
                .filter(|role| !role.name.starts_with("pg_"))
                .map(|role| role.name.clone())
                .collect(),
        })
    }

    /// Keeps what a person says of a database.
    ///
    /// # Errors
    /// As [`App::advise`].
    pub async fn keep_advisor_options(
        &self,
        profile_id: &str,
        database: Option<&str>,
        choice: AdvisorChoice,
    ) -> Result<AdvisorOptions, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let of = database_of(&place);
        let mut said = keeping::options(&self.store, profile_id, &of).await?;
        if choice.ask_again {
            said.exposure = None;
        }
        if let Some(exposure) = choice.exposure {
            said.exposure = Some(Exposure {
                schemas: exposure.schemas,
                anonymous: exposure.anonymous,
                signed_in: exposure.signed_in,
                guessed_from: None,
            });
        }
        said.schedule = choice.schedule.unwrap_or(said.schedule);
        keeping::keep_options(&self.store, profile_id, &of, &said).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        self.advisor_options(profile_id, database).await
    }

    /// Accepts findings: they are listed apart from now on. The score stays.
    ///
    /// # Errors
    /// `InvalidStatement` without a reason; otherwise as connecting.
    pub async fn advisor_suppress(
        &self,
        profile_id: &str,
        database: Option<&str>,
        keys: Vec<String>,
        reason: &str,
        author: &str,
    ) -> Result<(), AppError> {
        let place = self.database_place(profile_id, database).await?;
        if reason.trim().is_empty() {
            return Err(AppError::new(ErrorCode::InvalidStatement, "Nothing was accepted: there is no reason.")
                .with_hint("Say why, for whoever reads it later."));
        }
        if [reason, author].iter().any(|text| text.chars().count() > MOST_LETTERS) {
            return Err(AppError::new(ErrorCode::InvalidStatement, "The reason or the author is too long."));
        }
        let date = OffsetDateTime::now_utc().date().to_string();
        let one = |key| Suppression {
            key,
            reason: reason.trim().to_owned(),
            author: author.trim().to_owned(),
            date: date.clone(),
        };
        let all: Vec<Suppression> = keys.into_iter().map(one).collect();
        keeping::suppress(&self.store, profile_id, &database_of(&place), &all).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }

    /// Takes findings back that were accepted.
    ///
    /// # Errors
    /// As connecting and as the store says.
    pub async fn advisor_unsuppress(
        &self,
        profile_id: &str,
        database: Option<&str>,
        keys: Vec<String>,
    ) -> Result<(), AppError> {
        let place = self.database_place(profile_id, database).await?;
        keeping::unsuppress(&self.store, profile_id, &database_of(&place), &keys).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }

    /// The fixes of these findings as one script; nothing of it is run.
    ///
    /// # Errors
    /// `NotFound` where none of them is found any more; otherwise as [`App::advise`].
    pub async fn advisor_review(
        &self,
        profile_id: &str,
        database: Option<&str>,
        keys: Vec<String>,
    ) -> Result<AdvisorReview, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let judged = self.judged(&place, false).await?;
        Ok(review(still_found(&judged, &keys)?.into_iter()))
    }

    /// Writes what the advisor says to a file.
    ///
    /// # Errors
    /// As [`App::advise`] and as the file system says.
    pub async fn export_advisor(
        &self,
        profile_id: &str,
        database: Option<&str>,
        format: AdvisorFormat,
        path: &Path,
    ) -> Result<(), AppError> {
        let place = self.database_place(profile_id, database).await?;
        let judged = self.judged(&place, false).await?;
        let path = path.to_owned();
        blocking(move || {
            let text = text(&judged, format);
            whole::write_private(&path, text.as_bytes()).map_err(|error| AppError::file(&error, &path, "written"))
        })
        .await?
    }

    /// Accepts what a baseline file accepts, and says how many findings that are.
    ///
    /// # Errors
    /// `InvalidStatement` for a file that is none; otherwise as connecting and as the file system says.
    pub async fn import_advisor_baseline(
        &self,
        profile_id: &str,
        database: Option<&str>,
        path: &Path,
    ) -> Result<u32, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let baseline = read_baseline(path).await?;
        keeping::suppress(&self.store, profile_id, &database_of(&place), &baseline.suppressed).await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(number(baseline.suppressed.len()))
    }

    /// Forgets what was said of a connection that is gone.
    pub(crate) async fn forget_advice(&self, profile_id: &str) -> Result<(), AppError> {
        self.forget_scans(profile_id);
        keeping::forget(&self.store, profile_id).await
    }
}

impl Terminal {
    /// Runs every rule that concerns the database and prints what they said; also how much the worst finding matters that the
    /// baseline does not accept.
    ///
    /// # Errors
    /// As [`App::advise`]; `InvalidStatement` for a baseline that is none.
    pub async fn advise(
        &self,
        format: AdvisorFormat,
        baseline: Option<&Path>,
    ) -> Result<(String, Option<AdvisorLevel>), AppError> {
        let baseline = match baseline {
            Some(path) => read_baseline(path).await?,
            None => Baseline::default(),
        };
        let examined = self.examined().await?;
        let exposure = self.exposure(&examined).await?;
        blocking(move || {
            let report =
                advise(&Context::new(&examined.catalog, &examined.facts, exposure.as_ref())).without(&baseline);
            let worst = report.findings.iter().map(|finding| finding.level).max();
            let mut text = printed(&report, format);
            if format == AdvisorFormat::Table {
                text.push_str(&workload::lines(&examined.facts));
            }
            (text, worst.map(words::level))
        })
        .await
    }

    /// Runs the rules on row security and exposure only.
    ///
    /// # Errors
    /// As [`App::advise`].
    pub async fn advise_rows(&self, format: AdvisorFormat) -> Result<(String, Option<AdvisorLevel>), AppError> {
        let examined = self.examined().await?;
        let exposure = self.exposure(&examined).await?;
        blocking(move || {
            let mut report = advise(&Context::new(&examined.catalog, &examined.facts, exposure.as_ref()));
            report.rules.retain(|rule| rule.id.starts_with('S'));
            report.findings.retain(|finding| finding.rule.starts_with('S'));
            let worst = report.findings.iter().map(|finding| finding.level).max();
            (printed(&report, format), worst.map(words::level))
        })
        .await
    }

    /// Everything of the database that is open.
    ///
    /// # Errors
    /// As [`App::advise`].
    pub(crate) async fn examined(&self) -> Result<Examined, AppError> {
        let (connected, opened) = self.place();
        read(connected, opened).await
    }

    /// What a person said in the window that untrusted clients reach, or a guess.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn exposure(&self, examined: &Examined) -> Result<Option<Exposure>, AppError> {
        let (connected, _) = self.place();
        let said = said_of(self.app(), connected, examined).await?;
        Ok(said.or_else(|| Exposure::guess(&examined.catalog)))
    }
}

/// Those of these findings that are found still, accepted or not.
///
/// # Errors
/// `NotFound` where none is.
pub(crate) fn still_found<'j>(judged: &'j Judged, keys: &[String]) -> Result<Vec<&'j Finding>, AppError> {
    let wanted: std::collections::HashSet<&str> = keys.iter().map(String::as_str).collect();
    let accepted = judged.report.suppressed.iter().map(|one| &one.finding);
    let found: Vec<&Finding> =
        judged.report.findings.iter().chain(accepted).filter(|one| wanted.contains(one.key.as_str())).collect();
    match found.is_empty() {
        true => Err(AppError::new(ErrorCode::NotFound, "None of these is found any more.")
            .with_hint("The database has changed: look at the list again.")),
        false => Ok(found),
    }
}

async fn said_of(app: &App, connected: &Connected, examined: &Examined) -> Result<Option<Exposure>, AppError> {
    let profile = &connected.profile.id;
    if profile.is_empty() {
        return Ok(None);
    }
    let database = examined.catalog.database.as_deref().unwrap_or_default();
    Ok(keeping::options(&app.store, profile, database).await?.exposure)
}

async fn read_baseline(path: &Path) -> Result<Baseline, AppError> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| AppError::file(&error, path, "read"))?;
    Baseline::parse(&text).map_err(|error| {
        AppError::new(ErrorCode::InvalidStatement, format!("“{}” is no baseline: {error}.", path.display()))
            .with_hint("It is JSON: {\"suppressed\": [{\"key\", \"reason\", \"author\", \"date\"}]}.")
    })
}

fn text(judged: &Judged, format: AdvisorFormat) -> String {
    match format {
        AdvisorFormat::Baseline => judged.baseline.text(),
        format => printed(&judged.report, format),
    }
}

/// A report in a format; as a baseline, one that accepts everything that is left, for a reason to be filled in.
fn printed(report: &advisor::Report, format: AdvisorFormat) -> String {
    match format {
        AdvisorFormat::Table => report.table(),
        AdvisorFormat::Json => format!("{:#}\n", report.json()),
        AdvisorFormat::Sarif => format!("{:#}\n", report.sarif()),
        AdvisorFormat::Baseline => {
            let date = OffsetDateTime::now_utc().date().to_string();
            Baseline::of(&report.findings, "", "", &date).text()
        }
    }
}
