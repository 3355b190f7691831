//! A database as policies and the advisor look at it: all of its catalog with facts beyond it, read once for each version of the
//! catalog that the explorer shows, and what the rules said of that.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use advisor::{Baseline, Context, Exposure, Report, advise, index_trials};
use catalog::{Catalog, Scope, facts::Facts};

use driver::Advice;

use super::{glance, keeping};
use crate::{
    App,
    api::{AppError, ErrorCode},
    connections::{Connected, Opened, lock},
    explorer::{Place, Shelved, blocking},
    profiles::dial::elapsed_ms,
    store::now_ms,
};

/// A complete catalog with facts beyond it, of one moment.
pub(crate) struct Examined {
    pub(crate) catalog: Catalog,
    pub(crate) facts: Facts,
    /// When it was read.
    pub(crate) at_ms: i64,
    /// How long reading took.
    pub(crate) elapsed_ms: u64,
}

/// What the rules said of it.
pub(crate) struct Judged {
    pub(crate) examined: Arc<Examined>,
    /// What untrusted clients were taken to reach.
    pub(crate) exposure: Option<Exposure>,
    /// What was accepted.
    pub(crate) baseline: Baseline,
    /// Everything that was found.
    all: Report,
    /// The same without what was accepted.
    pub(crate) report: Report,
    /// How long reading and judging took.
    pub(crate) elapsed_ms: u64,
}

impl Judged {
    /// Judges anew, or only sorts out anew what was found before, where nothing else has changed.
    pub(crate) fn of(
        examined: Arc<Examined>,
        exposure: Option<Exposure>,
        baseline: Baseline,
        before: Option<&Judged>,
    ) -> (Self, bool) {
        let same = before.filter(|old| Arc::ptr_eq(&old.examined, &examined) && old.exposure == exposure);
        let (all, elapsed_ms, judged) = match same {
            Some(old) => (old.all.clone(), old.elapsed_ms, false),
            None => {
                let begun = Instant::now();
                let all = advise(&Context::new(&examined.catalog, &examined.facts, exposure.as_ref()));
                (all, examined.elapsed_ms + elapsed_ms(begun), true)
            }
        };
        let report = all.clone().without(&baseline);
        (Judged { examined, exposure, baseline, all, report, elapsed_ms }, judged)
    }
}

/// What is kept of an open database.
#[derive(Default)]
pub(crate) struct Kept {
    /// One reading at a time; it is of this version.
    read: tokio::sync::Mutex<Option<(Arc<Shelved>, Arc<Examined>)>>,
    judging: tokio::sync::Mutex<()>,
    judged: Mutex<Option<Arc<Judged>>>,
    pub(super) glance: glance::Kept,
}

impl Kept {
    /// What the rules said last, whatever has changed since.
    pub(crate) fn last(&self) -> Option<Arc<Judged>> {
        lock(&self.judged).clone()
    }

    /// Whether this version was judged.
    pub(crate) fn has(&self, version: &Arc<Shelved>) -> bool {
        // Who holds it is reading.
        let Ok(read) = self.read.try_lock() else { return false };
        let Some((_, examined)) = read.as_ref().filter(|(of, _)| Arc::ptr_eq(of, version)) else { return false };
        lock(&self.judged).as_ref().is_some_and(|judged| Arc::ptr_eq(&judged.examined, examined))
    }
}

/// What a server tells beyond its catalog.
///
/// # Errors
/// `Unsupported` for a server that tells nothing.
pub(super) fn advice<'o>(connected: &Connected, opened: &'o Opened) -> Result<&'o dyn Advice, AppError> {
    opened.connection.control().advice().ok_or_else(|| {
        let label = connected.driver.label();
        AppError::new(ErrorCode::Unsupported, format!("The advisor has no rules for {label}."))
    })
}

/// Reads all of an open database's catalog and facts.
///
/// # Errors
/// `Unsupported` for a server that tells no facts; otherwise as the driver says.
pub(crate) async fn read(connected: &Connected, opened: &Opened) -> Result<Examined, AppError> {
    let advice = advice(connected, opened)?;
    let begun = Instant::now();
    let at_ms = now_ms();
    let catalog = opened.shelf.ask(opened.connection.as_ref(), &Scope::complete()).await?;
    let _asking = opened.shelf.quiet.asking();
    let facts = advice.facts().await?;
    // Which indexes are worth a trial is found out only where they can be tried.
    let tries = catalog.extensions.iter().any(|extension| extension.name == "hypopg");
    let (catalog, mut facts, trials) = blocking(move || {
        let trials = if tries { index_trials(&Context::new(&catalog, &facts, None)) } else { Vec::new() };
        (catalog, facts, trials)
    })
    .await?;
    facts.index_costs = advice.index_costs(&trials).await?;
    Ok(Examined { catalog, facts, at_ms, elapsed_ms: elapsed_ms(begun) })
}

/// The database of a place as the store names it.
pub(crate) fn database_of(place: &Place) -> String {
    place.opened.database().unwrap_or_default()
}

impl App {
    /// An open database, opened where it is not.
    ///
    /// # Errors
    /// As connecting.
    pub(crate) async fn database_place(&self, profile_id: &str, database: Option<&str>) -> Result<Place, AppError> {
        let connected = self.connected(profile_id).await?;
        let opened = connected.open(database).await?;
        Ok(Place { connected, opened, acting: None })
    }

    /// The database as it is in the explorer's version of its catalog; `anew` reads it again.
    ///
    /// # Errors
    /// As [`read`].
    pub(crate) async fn examined(&self, place: &Place, anew: bool) -> Result<Arc<Examined>, AppError> {
        let (connected, opened) = (&place.connected, &place.opened);
        let mut kept = opened.examined.read.lock().await;
        // A catalog that changes while this one is read makes it an old one.
        let version = opened.shelf.get(opened, connected).await?;
        if let Some((of, examined)) = kept.as_ref().filter(|_| !anew)
            && Arc::ptr_eq(of, &version)
        {
            return Ok(Arc::clone(examined));
        }
        let examined = Arc::new(read(connected, opened).await?);
        *kept = Some((version, Arc::clone(&examined)));
        Ok(examined)
    }

    /// The schemas that untrusted clients reach, as a person said or as the catalog hints.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn exposed_schemas(&self, place: &Place, catalog: &Catalog) -> Result<Vec<String>, AppError> {
        let said = keeping::options(&self.store, &place.connected.profile.id, &database_of(place)).await?;
        let exposure = said.exposure.or_else(|| Exposure::guess(catalog));
        Ok(exposure.map(|exposure| exposure.schemas).unwrap_or_default())
    }

    /// What the rules say of the database; `anew` reads it again.
    ///
    /// # Errors
    /// As [`read`], and as the store says.
    pub(crate) async fn judged(&self, place: &Place, anew: bool) -> Result<Arc<Judged>, AppError> {
        let examined = self.examined(place, anew).await?;
        let (profile, database) = (&place.connected.profile.id, database_of(place));
        let said = keeping::options(&self.store, profile, &database).await?;
        let baseline = keeping::baseline(&self.store, profile, &database).await?;
        let exposure = said.exposure.or_else(|| Exposure::guess(&examined.catalog));
        let slot = &place.opened.examined;
        let _one = slot.judging.lock().await;
        let before = lock(&slot.judged).clone();
        if let Some(old) = &before
            && Arc::ptr_eq(&old.examined, &examined)
            && old.exposure == exposure
            && old.baseline == baseline
        {
            return Ok(Arc::clone(old));
        }
        let (judged, is_new) = blocking(move || Judged::of(examined, exposure, baseline, before.as_deref())).await?;
        let judged = Arc::new(judged);
        *lock(&slot.judged) = Some(Arc::clone(&judged));
        if is_new {
            keeping::note_score(&self.store, profile, &database, &judged).await?;
        }
        Ok(judged)
    }
}
