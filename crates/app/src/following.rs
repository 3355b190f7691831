//! Following what happens on a server, for a tab: rows into a hold of bounded size, where it stands to the windows.
//!
//! What is followed goes on while its tab is not in front, and ends with its tab or its connection. The core owns the holds: one
//! takes the other's place when the oldest rows go.

mod keeping;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use driver::live::{Following, LiveEnd, LiveEvent, LiveKind, LiveMessage, LiveWanted, Outlook};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use self::keeping::{Keeping, Room, Shape};
use crate::{
    App,
    api::*,
    audit::Deed,
    connections::{Connected, Opened, Permit, lock},
    explorer::Place,
    keys::{asks, on_production, writable},
    store::now_ms,
};

/// Least time between two reports.
const BEAT: Duration = Duration::from_millis(120);

/// What is followed, by tab.
#[derive(Default)]
pub(crate) struct Followings {
    tabs: Mutex<HashMap<String, Arc<Follower>>>,
    #[cfg(test)]
    room: Mutex<Option<(u64, u64)>>,
}

/// One tab's.
struct Follower {
    orders: mpsc::UnboundedSender<LiveOrder>,
    state: Mutex<LiveState>,
}

impl Followings {
    fn find(&self, tab_id: &str) -> Option<Arc<Follower>> {
        lock(&self.tabs).get(tab_id).cloned()
    }

    fn room(&self) -> Room {
        #[cfg(test)]
        if let Some((rows, bytes)) = *lock(&self.room) {
            return Room { rows, bytes };
        }
        Room::default()
    }
}

/// The facet of an open database.
fn facet(opened: &Opened) -> Result<&dyn driver::Live, AppError> {
    opened
        .connection
        .control()
        .live()
        .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "This database has nothing that could be followed."))
}

fn offer(kind: LiveKind) -> LiveOffer {
    let topic = |topic: driver::live::LiveTopic| LiveTopic {
        label: topic.label,
        placeholder: topic.placeholder,
        initial: topic.initial,
        about: topic.about,
        optional: topic.optional,
        several: topic.several,
    };
    LiveOffer {
        id: kind.id,
        label: kind.label,
        about: kind.about,
        topic: kind.topic.map(topic),
        caution: kind.caution,
        usual_s: kind.limit.map(|limit| limit.usual_s),
        most_s: kind.limit.map(|limit| limit.most_s),
        publishes: kind.publishes,
    }
}

/// What a person wants, in the contract's words.
fn wanted(opened: &Opened, request: &LiveRequest) -> Result<LiveWanted, AppError> {
    let kinds = facet(opened)?.kinds();
    let several = kinds.iter().find(|kind| kind.id == request.kind).and_then(|kind| kind.topic.as_ref());
    let topics = match several.is_some_and(|topic| topic.several) {
        true => request.topic.split_whitespace().map(str::to_owned).collect(),
        false => Some(request.topic.trim().to_owned()).filter(|topic| !topic.is_empty()).into_iter().collect(),
    };
    let limit = request.limit_s.map(|seconds| Duration::from_secs(seconds.into()));
    Ok(LiveWanted { kind: request.kind.clone(), topics, limit })
}

impl App {
    /// What can be followed on a connection's server.
    ///
    /// # Errors
    /// As connecting; `Unsupported` for a database without such a thing.
    pub async fn live_offers(&self, profile_id: &str, database: Option<&str>) -> Result<Vec<LiveOffer>, AppError> {
        let place = self.place_in(profile_id, database).await?;
        Ok(facet(&place.opened)?.kinds().into_iter().map(offer).collect())
    }

    /// Whether the server tells of it now.
    ///
    /// # Errors
    /// As [`App::live_offers`], and as the driver says.
    pub async fn live_outlook(&self, request: LiveRequest) -> Result<LiveOutlook, AppError> {
        let place = self.place_in(&request.profile_id, request.database.as_deref()).await?;
        let wanted = wanted(&place.opened, &request)?;
        Ok(match facet(&place.opened)?.outlook(&wanted).await? {
            Outlook::Ready => LiveOutlook::Ready,
            Outlook::Off { why, statement } => LiveOutlook::Off { why, statement },
            Outlook::Unknown { why } => LiveOutlook::Unknown { why },
        })
    }

    /// Sends the statement that makes the server tell of it, as it was shown, after a person said yes.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and then nothing was sent; `Conflict` where the server's setting is another by now.
    pub async fn live_switch_on(
        &self,
        request: LiveRequest,
        statement: String,
        confirmed: bool,
    ) -> Result<ServerDeed, AppError> {
        let place = self.place_in(&request.profile_id, request.database.as_deref()).await?;
        let wanted = wanted(&place.opened, &request)?;
        let facet = facet(&place.opened)?;
        writable(&place, &statement)?;
        if !confirmed {
            return Ok(ServerDeed::Confirm {
                title: "Change the server's setting?".to_owned(),
                description: format!(
                    "{}It holds for everybody, costs the server some work, and goes with its next start unless it is \
                     written to its settings file.",
                    on_production(&place)
                ),
                statement,
                confirm: "Change it".to_owned(),
            });
        }
        self.live_on_record(&place, &statement, &wanted.kind, facet.switch_on(&wanted, &statement)).await?;
        Ok(ServerDeed::Done { message: format!("{statement} was sent.") })
    }

    /// Begins to follow for a tab. What the tab followed before is forgotten.
    ///
    /// # Errors
    /// `InvalidStatement` for topics that make no sense; `Exhausted` at the limit of sessions; as connecting and as the driver
    /// says.
    pub async fn live_start(self: &Arc<Self>, request: LiveRequest) -> Result<LiveState, AppError> {
        self.live_close(&request.tab_id);
        let place = self.place_in(&request.profile_id, request.database.as_deref()).await?;
        let wanted = wanted(&place.opened, &request)?;
        let kind = facet(&place.opened)?.kinds().into_iter().find(|kind| kind.id == request.kind);
        let permit = place.connected.permit()?;
        let patience = self.connect_timeout();
        let following = place.connected.asking.within(patience, facet(&place.opened)?.follow(&wanted)).await;
        let following = following.ok_or_else(|| {
            AppError::new(ErrorCode::TimedOut, format!("The server did not begin within {} s.", patience.as_secs()))
        })??;
        let shape = Shape {
            schema: Arc::clone(&following.schema),
            context: following.context.clone(),
            driver: Arc::clone(&place.connected.driver),
            language: place.opened.language.clone(),
            title: kind.as_ref().map_or_else(|| request.kind.clone(), |kind| kind.label.clone()),
            profile_id: request.profile_id.clone(),
            database: request.database.clone(),
        };
        let keeping = Keeping::new(self, shape, self.live.followings.room())?;
        let limit = kind.and_then(|kind| kind.limit).map(|limit| {
            let seconds = request.limit_s.unwrap_or(limit.usual_s).min(limit.most_s);
            now_ms().saturating_add(i64::from(seconds) * 1000)
        });
        let state = LiveState {
            tab_id: request.tab_id.clone(),
            phase: LivePhase::Following,
            head: keeping.head.clone(),
            rows: 0,
            bytes: 0,
            received: 0,
            dropped: 0,
            paused: false,
            gaps: 0,
            since_ms: now_ms(),
            ends_ms: limit,
            turn: 0,
        };
        let (orders, inbox) = mpsc::unbounded_channel();
        let follower = Arc::new(Follower { orders, state: Mutex::new(state.clone()) });
        if let Some(former) = lock(&self.live.followings.tabs).insert(request.tab_id, Arc::clone(&follower)) {
            let _ = former.orders.send(LiveOrder::Close);
        }
        let Place { connected, opened, .. } = place;
        let work =
            Work { app: Arc::downgrade(self), follower, keeping, connected, opened, permit: Some(permit), told: None };
        tokio::spawn(work.run(following, inbox));
        Ok(state)
    }

    /// What a tab follows, and where it stands.
    pub fn live_state(&self, tab_id: &str) -> Option<LiveState> {
        self.live.followings.find(tab_id).map(|follower| lock(&follower.state).clone())
    }

    /// Pauses, goes on, clears or ends what a tab follows.
    ///
    /// # Errors
    /// `NotFound` where the tab follows nothing.
    pub fn live_order(&self, tab_id: &str, order: LiveOrder) -> Result<(), AppError> {
        if order == LiveOrder::Close {
            self.live_close(tab_id);
            return Ok(());
        }
        let follower = self.live.followings.find(tab_id);
        let follower = follower.ok_or_else(|| AppError::new(ErrorCode::NotFound, "Nothing is followed here."))?;
        let _ = follower.orders.send(order);
        Ok(())
    }

    /// Forgets what a tab follows; one that follows nothing is left alone.
    pub(crate) fn live_close(&self, tab_id: &str) {
        if let Some(follower) = lock(&self.live.followings.tabs).remove(tab_id) {
            let _ = follower.orders.send(LiveOrder::Close);
        }
    }

    /// Sends a message to whoever follows a topic. Where the connection's safety level says so, a person is asked first.
    ///
    /// # Errors
    /// `Forbidden` on a read-only connection, and then nothing was sent; `Unsupported` where nothing can be sent.
    pub async fn live_publish(&self, publish: LivePublish) -> Result<ServerDeed, AppError> {
        let place = self.place_in(&publish.profile_id, publish.database.as_deref()).await?;
        let facet = facet(&place.opened)?;
        let message = LiveMessage {
            kind: publish.kind.clone(),
            topic: publish.topic.clone(),
            payload: publish.payload.into_bytes(),
        };
        let Some(statement) = facet.publishing(&message) else {
            return Err(AppError::new(ErrorCode::Unsupported, "Nothing can be sent to what is followed here."));
        };
        if message.topic.is_empty() {
            return Err(AppError::new(ErrorCode::InvalidStatement, "Where the message goes is missing."));
        }
        writable(&place, &statement)?;
        if !publish.confirmed && asks(&place) {
            return Ok(ServerDeed::Confirm {
                title: format!("Send this to {}?", message.topic),
                description: format!(
                    "{}Whoever listens to it acts on it; it cannot be taken back.",
                    on_production(&place)
                ),
                statement,
                confirm: "Send".to_owned(),
            });
        }
        let received = self.live_on_record(&place, &statement, &message.topic, facet.publish(&message)).await?;
        let message = match received {
            Some(0) => "It was sent. Nobody received it, as far as the server tells.".to_owned(),
            Some(1) => "It was sent. One client received it.".to_owned(),
            Some(many) => format!("It was sent. {many} clients received it."),
            None => "It was sent.".to_owned(),
        };
        Ok(ServerDeed::Done { message })
    }

    async fn live_on_record<T>(
        &self,
        place: &Place,
        text: &str,
        target: &str,
        deed: impl Future<Output = Result<T, driver::Error>>,
    ) -> Result<T, AppError> {
        let profile = &place.connected.profile;
        let database = place.opened.database();
        let record = Deed {
            profile_id: Some(&profile.id),
            profile_name: &profile.name,
            database: database.as_deref(),
            kind: AuditKind::Write,
            command: text.split_whitespace().next().unwrap_or_default(),
            target,
            acting: None,
            text,
        };
        self.on_record(&record, deed).await
    }
}

/// The task behind a tab that follows.
struct Work {
    app: Weak<App>,
    follower: Arc<Follower>,
    keeping: Keeping,
    connected: Arc<Connected>,
    /// Kept: its connection opens the others.
    opened: Arc<Opened>,
    permit: Option<Permit>,
    told: Option<Instant>,
}

impl Work {
    async fn run(mut self, following: Following, mut orders: mpsc::UnboundedReceiver<LiveOrder>) {
        let mut events = Some(following.events);
        let mut behind = false;
        loop {
            let due = self.told.filter(|_| behind).map(|at| at + BEAT);
            // What says how it stands is told at once, rows now and then.
            let at_once = tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(LiveOrder::Close) | None => {
                        if let Some(app) = self.app.upgrade() {
                            self.keeping.forget(&app);
                        }
                        return;
                    }
                    Some(order) => {
                        let Some(app) = self.app.upgrade() else { return };
                        if let Some((reason, error)) = self.obey(&app, order) {
                            events = None;
                            self.end(reason, error);
                        }
                        true
                    }
                },
                () = self.connected.until_ended(), if events.is_some() => {
                    events = None;
                    self.end("The connection was closed.".to_owned(), None);
                    true
                }
                event = next(&mut events) => {
                    let Some(app) = self.app.upgrade() else { return };
                    let rows = matches!(event, Some(LiveEvent::Rows(_)));
                    if let Some((reason, error)) = self.hear(&app, event).await {
                        events = None;
                        self.end(reason, error);
                        true
                    } else {
                        behind = true;
                        !rows || self.told.is_none_or(|told| told.elapsed() >= BEAT)
                    }
                }
                () = until(due) => true,
            };
            if at_once {
                self.tell();
                behind = false;
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut LiveState)) {
        change(&mut lock(&self.follower.state));
    }

    /// Does as it is told; why it ends, where it does.
    fn obey(&mut self, app: &App, order: LiveOrder) -> Option<(String, Option<AppError>)> {
        match order {
            LiveOrder::Pause => self.change(|state| state.paused = true),
            LiveOrder::Resume => self.change(|state| state.paused = false),
            LiveOrder::Clear => {
                // Of something that has ended the rows are all there is.
                if self.permit.is_some() {
                    if let Err(error) = self.keeping.clear(app) {
                        return Some((error.message.clone(), Some(error)));
                    }
                    self.change(|state| (state.received, state.dropped, state.gaps) = (0, 0, 0));
                }
            }
            LiveOrder::Stop if self.permit.is_some() => return Some(("Stopped.".to_owned(), None)),
            LiveOrder::Stop | LiveOrder::Close => {}
        }
        None
    }

    /// Takes what happens; why it ends, where it does.
    async fn hear(&mut self, app: &App, event: Option<LiveEvent>) -> Option<(String, Option<AppError>)> {
        match event {
            Some(LiveEvent::Rows(batch)) => {
                let (rows, paused) = (batch.num_rows() as u64, lock(&self.follower.state).paused);
                match self.keeping.add(app, batch, paused).await {
                    Ok(gone) => self.change(|state| {
                        state.received = state.received.saturating_add(rows);
                        state.dropped = state.dropped.saturating_add(gone);
                    }),
                    Err(error) => return Some((error.message.clone(), Some(error))),
                }
            }
            Some(LiveEvent::Lost(error)) => {
                self.connected.look_now();
                self.change(|state| state.phase = LivePhase::Lost { error: error.into() });
            }
            Some(LiveEvent::Back { missed }) => self.change(|state| {
                state.phase = LivePhase::Following;
                state.gaps = state.gaps.saturating_add(u32::from(missed));
            }),
            Some(LiveEvent::Ended(end)) => {
                return Some(match end {
                    LiveEnd::Limit(limit) => (format!("Its time of {} is up.", time(limit)), None),
                    LiveEnd::Over(why) => (why, None),
                    LiveEnd::Failed(error) => (error.message.clone(), Some(error.into())),
                });
            }
            None => return Some(("The driver has stopped to follow.".to_owned(), None)),
        }
        None
    }

    fn end(&mut self, reason: String, error: Option<AppError>) {
        self.permit = None;
        self.keeping.end();
        self.change(|state| {
            state.phase = LivePhase::Ended { reason, error };
            (state.ends_ms, state.paused) = (None, false);
        });
    }

    fn tell(&mut self) {
        self.told = Some(Instant::now());
        let (rows, bytes) = self.keeping.rows();
        let head = self.keeping.head.clone();
        self.change(|state| {
            (state.rows, state.bytes, state.head) = (rows, bytes, head);
            state.turn = state.turn.saturating_add(1);
        });
        let state = lock(&self.follower.state).clone();
        if let Some(app) = self.app.upgrade() {
            app.events.emit(AppEvent::Live { state });
        }
        tracing::trace!(database = ?self.opened.database(), rows, "followed");
    }
}

/// A time in words.
fn time(limit: Duration) -> String {
    match (limit.as_secs() / 60, limit.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

async fn next(events: &mut Option<mpsc::Receiver<LiveEvent>>) -> Option<LiveEvent> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
