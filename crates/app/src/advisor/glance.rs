//! A large database before the rules have been asked: how its tables stand must not wait for all of its definitions.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use advisor::Exposure;
use catalog::{Kind, Scope};

use super::{Examined, Judged, database_of, examined::advice, keeping};
use crate::{
    App,
    api::{AppError, Topic},
    connections::lock,
    explorer::{Place, Shelved},
    profiles::dial::elapsed_ms,
    store::now_ms,
};

/// From so many relations on an overview does not wait for the rules: fewer are read and judged in the time a click takes.
const LARGE: usize = 1_000;
/// Who reaches which rows is read from these.
const KINDS: [Kind; 7] =
    [Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Policies, Kind::Routines, Kind::Roles, Kind::Grants];

/// What an overview is made of.
#[derive(Clone)]
pub(crate) struct Glance {
    /// Of a database that is not judged: [`KINDS`] without texts, and who is connected.
    pub(crate) examined: Arc<Examined>,
    /// What untrusted clients are taken to reach.
    pub(crate) exposure: Option<Exposure>,
    /// What the rules say; `None` while they are asked.
    pub(crate) judged: Option<Arc<Judged>>,
}

impl Glance {
    /// Of a database that was judged.
    pub(crate) fn judged(judged: Arc<Judged>) -> Self {
        Glance { examined: Arc::clone(&judged.examined), exposure: judged.exposure.clone(), judged: Some(judged) }
    }

    /// Whether it says the same.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.examined, &other.examined)
            && self.exposure == other.exposure
            && self.judged.as_ref().map(Arc::as_ptr) == other.judged.as_ref().map(Arc::as_ptr)
    }
}

/// What is kept of a database that is not judged yet.
#[derive(Default)]
pub(super) struct Kept {
    /// What was read of a version of the explorer's catalog.
    glanced: tokio::sync::Mutex<Option<(Arc<Shelved>, Arc<Examined>)>>,
    /// Whether the rules are being asked.
    asking: AtomicBool,
    /// Why they could not be; told once, then they are asked again.
    failed: Mutex<Option<AppError>>,
}

impl App {
    /// The database as far as it can be told at once: with what the rules say, or, where it is large, without it; then they are
    /// asked behind this, and whoever listens is told when they have answered.
    ///
    /// # Errors
    /// As [`App::judged`].
    pub(crate) async fn glance(&self, place: &Place) -> Result<Glance, AppError> {
        let version = place.opened.shelf.get(&place.opened, &place.connected).await?;
        if version.catalog.relations.len() < LARGE || place.opened.examined.has(&version) {
            return self.judged(place, false).await.map(Glance::judged);
        }
        let kept = &place.opened.examined.glance;
        if let Some(error) = lock(&kept.failed).take() {
            return Err(error);
        }
        let mut glanced = kept.glanced.lock().await;
        let examined = match glanced.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &version)) {
            Some((_, examined)) => Arc::clone(examined),
            None => {
                let examined = Arc::new(look(place).await?);
                *glanced = Some((version, Arc::clone(&examined)));
                examined
            }
        };
        drop(glanced);
        if !kept.asking.swap(true, Ordering::AcqRel) {
            judge_behind(place)?;
        }
        let said = keeping::options(&self.store, &place.connected.profile.id, &database_of(place)).await?;
        let exposure = said.exposure.or_else(|| Exposure::guess(&examined.catalog));
        Ok(Glance { examined, exposure, judged: None })
    }
}

/// Asks the rules, until the connection ends.
fn judge_behind(place: &Place) -> Result<(), AppError> {
    let app = place.connected.app()?;
    let place = Place { connected: Arc::clone(&place.connected), opened: Arc::clone(&place.opened), acting: None };
    tokio::spawn(async move {
        let judged = tokio::select! {
            () = place.connected.until_ended() => return,
            judged = app.judged(&place, false) => judged,
        };
        let kept = &place.opened.examined.glance;
        *lock(&kept.failed) = judged.err();
        kept.asking.store(false, Ordering::Release);
        app.events.changed(&[Topic::Security], Some(&place.connected.profile.id));
    });
    Ok(())
}

async fn look(place: &Place) -> Result<Examined, AppError> {
    let (begun, at_ms) = (Instant::now(), now_ms());
    let advice = advice(&place.connected, &place.opened)?;
    let scope = Scope { kinds: KINDS.to_vec(), ..Scope::default() };
    let catalog = place.opened.shelf.ask(place.opened.connection.as_ref(), &scope).await?;
    let _asking = place.opened.shelf.quiet.asking();
    let facts = advice.facts_of_login().await?;
    Ok(Examined { catalog, facts, at_ms, elapsed_ms: elapsed_ms(begun) })
}
