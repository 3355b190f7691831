//! Scans that nobody waits for: every hour, or when a schema has changed, of databases whose findings a person has looked at before,
//! while their connection is open.
//!
//! There is one at a time in a process. It begins only when nobody has asked anything for a moment and somebody is there, and takes
//! no more than a thirtieth of the time: whatever makes it slow, a busy server or a busy machine, makes it rare. Where it fails it
//! waits longer each time. Disconnecting ends it. A change of the schema makes all of it read again: rules look across tables.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use advisor::Level;

use super::{examined::Judged, keeping, number};
use crate::{
    App,
    api::*,
    connections::{Connected, Opened, lock},
    explorer::{Place, Shelved},
    store::now_ms,
};

/// How often scans come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Between two looks whether one is due.
    tick: Duration,
    /// How long a schema has to have been left alone: who changes it mostly changes more.
    settle: Duration,
    /// From one to the next, where that is asked for.
    hour: Duration,
    /// Longest wait after failures.
    longest: Duration,
}

/// As people know it.
pub(crate) const PACE: Pace = Pace {
    tick: Duration::from_secs(5),
    settle: Duration::from_secs(5),
    hour: Duration::from_secs(60 * 60),
    longest: Duration::from_secs(60 * 60),
};

/// At most this part of the time is spent.
const SHARE: u32 = 30;
/// The first wait after a failure; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_secs(60);

/// A database of a connection.
type Of = (String, String);

/// What is known of scans in this process.
#[derive(Default)]
pub(crate) struct Scans(Mutex<HashMap<Of, State>>);

#[derive(Default)]
struct State {
    /// The version of the catalog that was judged last.
    judged: Weak<Shelved>,
    /// The latest version that was met, and when.
    met: Option<(Weak<Shelved>, Instant)>,
    /// When the last one ended, and how long it took.
    last: Option<(Instant, i64, Duration)>,
    /// How often it failed since, and why.
    failures: u32,
    error: Option<String>,
    /// What was found that nobody has looked at.
    news: Option<AdvisorNews>,
}

impl State {
    /// How long the next one waits for what the last one took or met.
    fn wait(&self, pace: &Pace) -> Duration {
        let share = self.last.map_or(Duration::ZERO, |(_, _, took)| took.saturating_mul(SHARE));
        let failed = match self.failures {
            0 => Duration::ZERO,
            failures => FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(pace.longest),
        };
        share.max(failed)
    }

    /// Whether one is due now, and whether it reads everything again.
    fn due(&mut self, schedule: AdvisorSchedule, version: &Arc<Shelved>, now: Instant, pace: &Pace) -> Option<bool> {
        if schedule == AdvisorSchedule::ByHand {
            return None;
        }
        let met = match &self.met {
            Some((met, at)) if met.as_ptr() == Arc::as_ptr(version) => *at,
            _ => {
                self.met = Some((Arc::downgrade(version), now));
                now
            }
        };
        let since = |at: Instant| now.saturating_duration_since(at);
        if self.last.is_some_and(|(at, ..)| since(at) < self.wait(pace)) {
            return None;
        }
        let changed = self.judged.as_ptr() != Arc::as_ptr(version) && since(met) >= pace.settle;
        let hour = schedule == AdvisorSchedule::Hourly && self.last.is_some_and(|(at, ..)| since(at) >= pace.hour);
        (changed || hour).then_some(hour)
    }
}

/// Looks for what is due until the process ends.
pub(crate) fn begin(app: &Arc<App>, pace: Pace) {
    let app = Arc::downgrade(app);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(pace.tick).await;
            let Some(app) = app.upgrade() else { return };
            for connected in app.live.all() {
                for opened in connected.opens() {
                    app.scan_if_due(&connected, &opened, &pace).await;
                }
            }
        }
    });
}

impl App {
    async fn scan_if_due(&self, connected: &Arc<Connected>, opened: &Arc<Opened>, pace: &Pace) {
        let place = Place { connected: Arc::clone(connected), opened: Arc::clone(opened), acting: None };
        let of = (connected.profile.id.clone(), super::database_of(&place));
        let Some(version) = opened.shelf.latest() else { return };
        if opened.connection.control().advice().is_none() || !self.live.attention.watch().now() {
            return;
        }
        let (said, looked_at) = match self.said_of_scans(&of).await {
            Ok(told) => told,
            Err(error) => return tracing::warn!(%error, "it is not known whether a scan is due"),
        };
        let due = match looked_at {
            true => lock(&self.scans.0).entry(of.clone()).or_default().due(said, &version, Instant::now(), pace),
            false => None,
        };
        let Some(anew) = due else { return };
        let begun = Instant::now();
        let scanned = tokio::select! {
            biased;
            () = connected.until_ended() => return,
            scanned = self.scan(&place, anew) => scanned,
        };
        let Some(scanned) = scanned else { return };
        let mut states = lock(&self.scans.0);
        let state = states.entry(of).or_default();
        state.last = Some((Instant::now(), now_ms(), begun.elapsed()));
        match scanned {
            Ok(_) => {
                state.judged = Arc::downgrade(&version);
                (state.failures, state.error) = (0, None);
            }
            Err(error) => {
                tracing::debug!(%error, "a scan came to nothing");
                state.failures = state.failures.saturating_add(1);
                state.error = Some(error.message);
            }
        }
    }

    /// When scans are asked for, and whether a person has looked at what they find.
    async fn said_of_scans(&self, (profile, database): &Of) -> Result<(AdvisorSchedule, bool), AppError> {
        let said = keeping::options(&self.store, profile, database).await?;
        Ok((said.schedule, keeping::seen(&self.store, profile, database).await?.is_some()))
    }

    /// Scans once nobody asks anything; `None` where the database is closed.
    async fn scan(&self, place: &Place, anew: bool) -> Option<Result<(), AppError>> {
        if !place.opened.shelf.quiet.calm().await {
            return None;
        }
        let scanned = async {
            let judged = self.judged(place, anew).await?;
            self.tell_news(place, &judged).await
        };
        Some(scanned.await)
    }

    /// Tells what was found since somebody looked, once for each thing.
    async fn tell_news(&self, place: &Place, judged: &Judged) -> Result<(), AppError> {
        let of = (place.connected.profile.id.clone(), super::database_of(place));
        let seen: HashSet<String> =
            keeping::seen(&self.store, &of.0, &of.1).await?.unwrap_or_default().into_iter().collect();
        let new: Vec<_> = judged.report.findings.iter().filter(|finding| !seen.contains(&finding.key)).collect();
        let count = |level| number(new.iter().filter(|finding| finding.level == level).count());
        let news = (!new.is_empty()).then(|| {
            let (errors, warnings) = (count(Level::Error), count(Level::Warning));
            AdvisorNews {
                profile_id: of.0.clone(),
                database: of.1.clone(),
                found: number(new.len()),
                errors,
                warnings,
                words: words(place, new.len(), errors, warnings),
            }
        });
        let before = {
            let mut states = lock(&self.scans.0);
            let state = states.entry(of.clone()).or_default();
            std::mem::replace(&mut state.news, news.clone())
        };
        if before != news {
            if let Some(news) = news {
                self.events.emit(AppEvent::Advice { news });
            }
            self.events.changed(&[Topic::Security], Some(&of.0));
        }
        Ok(())
    }

    /// A person looks at what was found: nothing of it is news any more.
    ///
    /// # Errors
    /// As the store says.
    pub(super) async fn looked_at(&self, place: &Place, judged: &Judged) -> Result<(), AppError> {
        let of = (place.connected.profile.id.clone(), super::database_of(place));
        let mut keys: Vec<String> = judged.report.findings.iter().map(|finding| finding.key.clone()).collect();
        keys.sort();
        keys.dedup();
        if keeping::seen(&self.store, &of.0, &of.1).await?.as_ref() != Some(&keys) {
            keeping::keep_seen(&self.store, &of.0, &of.1, &keys).await?;
        }
        let news = {
            let mut states = lock(&self.scans.0);
            let state = states.entry(of.clone()).or_default();
            if let Some(version) = place.opened.shelf.latest() {
                state.judged = Arc::downgrade(&version);
            }
            state.last.get_or_insert((Instant::now(), judged.examined.at_ms, Duration::ZERO));
            state.news.take()
        };
        if news.is_some() {
            self.events.changed(&[Topic::Security], Some(&of.0));
        }
        Ok(())
    }

    /// What scans have found that nobody has looked at yet.
    pub fn advisor_news(&self) -> Vec<AdvisorNews> {
        let states = lock(&self.scans.0);
        let mut news: Vec<AdvisorNews> = states.values().filter_map(|state| state.news.clone()).collect();
        news.sort_by(|one, other| (&one.profile_id, &one.database).cmp(&(&other.profile_id, &other.database)));
        news
    }

    /// How scans of a database stand.
    pub(super) fn scan_told(&self, place: &Place, schedule: AdvisorSchedule, at_ms: i64) -> AdvisorScan {
        let of = (place.connected.profile.id.clone(), super::database_of(place));
        let states = lock(&self.scans.0);
        let state = states.get(&of);
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let last = state.and_then(|state| state.last).map_or(at_ms, |(_, at, _)| at.max(at_ms));
        AdvisorScan {
            schedule,
            last_ms: last,
            next_ms: (schedule == AdvisorSchedule::Hourly).then(|| last.saturating_add(ms(PACE.hour))),
            waiting: state.and_then(|state| state.error.clone()),
        }
    }

    /// Forgets the scans of a connection that is gone.
    pub(super) fn forget_scans(&self, profile_id: &str) {
        lock(&self.scans.0).retain(|(profile, _), _| profile != profile_id);
    }
}

fn words(place: &Place, found: usize, errors: u32, warnings: u32) -> String {
    let several = |count: u32, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    };
    let parts: Vec<String> = [several(errors, "error"), several(warnings, "warning")].into_iter().flatten().collect();
    let name = &place.connected.profile.name;
    let things = if found == 1 { "Something new was".to_owned() } else { format!("{found} new things were") };
    match parts.is_empty() {
        true => format!("{things} found in {name}."),
        false => format!("{things} found in {name}: {}.", parts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        connections::tests::Shop,
        runs::tests::{outcomes, play, script},
    };

    const FAST: Pace = Pace {
        tick: Duration::from_millis(20),
        settle: Duration::ZERO,
        hour: Duration::from_secs(3600),
        longest: Duration::from_secs(3600),
    };

    fn version() -> Arc<Shelved> {
        Arc::new(Shelved::new(catalog::Catalog::default(), Vec::new()))
    }

    #[test]
    fn a_scan_is_due_when_the_schema_has_changed_and_was_left_alone_or_an_hour_has_passed() {
        let (mut state, began) = (State::default(), Instant::now());
        let later = |seconds| began + Duration::from_secs(seconds);
        let (old, new) = (version(), version());
        let change = AdvisorSchedule::OnChange;
        assert_eq!(state.due(change, &old, began, &PACE), None, "it was met only now");
        assert_eq!(state.due(change, &old, later(5), &PACE), Some(false));
        state.judged = Arc::downgrade(&old);
        state.last = Some((later(5), 0, Duration::from_secs(1)));
        assert_eq!(state.due(change, &old, later(9000), &PACE), None, "nothing has changed");
        assert_eq!(state.due(AdvisorSchedule::Hourly, &old, later(3604), &PACE), None);
        assert_eq!(state.due(AdvisorSchedule::Hourly, &old, later(3605), &PACE), Some(true));
        assert_eq!(state.due(change, &new, later(6), &PACE), None);
        assert_eq!(state.due(AdvisorSchedule::ByHand, &new, later(9000), &PACE), None);
        assert_eq!(state.due(change, &new, later(34), &PACE), None, "it takes a thirtieth of the time at most");
        assert_eq!(state.due(change, &new, later(35), &PACE), Some(false));
        state.failures = 3;
        assert_eq!(state.due(change, &new, later(5 + 239), &PACE), None, "after failures it waits longer");
        assert_eq!(state.due(change, &new, later(5 + 240), &PACE), Some(false));
        state.failures = 40;
        assert_eq!(state.wait(&PACE), PACE.longest);
    }

    async fn run(shop: &Shop, text: &str) {
        for outcome in outcomes(&play(shop, script(shop, "make", text)).await) {
            assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{outcome:#?}");
        }
    }

    /// The next news; fails where none comes in a long time.
    async fn news(events: &mut tokio::sync::mpsc::UnboundedReceiver<AppEvent>) -> AdvisorNews {
        let next = async {
            loop {
                if let AppEvent::Advice { news } = events.recv().await.unwrap() {
                    return news;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), next).await.unwrap()
    }

    #[tokio::test]
    async fn what_a_change_of_the_schema_brings_is_told_once_until_somebody_looks() {
        let shop = Shop::open().await;
        shop.app.connect(&shop.profile).await.unwrap();
        let mut events = shop.app.events();
        begin(&shop.app, FAST);
        run(&shop, "CREATE TABLE before (text text)").await;
        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
        let report = shop.app.advise(&shop.profile, None, false).await.unwrap();
        assert_eq!((report.scan.schedule, report.scan.next_ms), (AdvisorSchedule::OnChange, None));
        assert_eq!(shop.app.advisor_news(), [], "what a person looks at is no news");
        run(&shop, "CREATE TABLE bad (text text)").await;
        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
        let told = news(&mut events).await;
        assert!(told.found >= 1 && told.words.contains("new"), "{told:?}");
        assert_eq!(shop.app.advisor_news(), [told]);
        shop.app.advise(&shop.profile, None, false).await.unwrap();
        assert_eq!(shop.app.advisor_news(), []);
        // By hand means by hand.
        let by_hand = AdvisorChoice { schedule: Some(AdvisorSchedule::ByHand), ..AdvisorChoice::default() };
        shop.app.keep_advisor_options(&shop.profile, None, by_hand).await.unwrap();
        run(&shop, "CREATE TABLE worse (text text)").await;
        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
        tokio::time::sleep(FAST.tick * 20).await;
        assert_eq!(shop.app.advisor_news(), []);
        // As soon as it is asked for, what was missed is found.
        let on_change = AdvisorChoice { schedule: Some(AdvisorSchedule::OnChange), ..AdvisorChoice::default() };
        shop.app.keep_advisor_options(&shop.profile, None, on_change).await.unwrap();
        assert!(news(&mut events).await.found >= 1);
    }

    #[tokio::test]
    async fn a_database_that_nobody_has_looked_at_is_left_alone() {
        let shop = Shop::open().await;
        shop.app.connect(&shop.profile).await.unwrap();
        begin(&shop.app, FAST);
        run(&shop, "CREATE TABLE bad (text text)").await;
        shop.app.refresh_catalog(&shop.profile, None).await.unwrap();
        tokio::time::sleep(FAST.tick * 20).await;
        assert_eq!(shop.app.advisor_news(), []);
        let kept: i64 =
            sqlx::query_scalar("SELECT count(*) FROM advisor_scores").fetch_one(shop.app.store.read()).await.unwrap();
        assert_eq!(kept, 0);
    }
}
