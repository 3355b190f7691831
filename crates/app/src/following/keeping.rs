//! The rows of something that is followed: kept in a hold, the oldest let go where there is no more room.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{Driver, Error, Language, ValueContext};
use results::{Hold, HoldState, HoldWriter, Store};

use crate::{
    App,
    api::{AppError, ResultHead},
    holds::{Head, Held, Source, blocking, head},
};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

impl Default for Room {
    fn default() -> Self {
        Room { rows: 50_000, bytes: 64 << 20 }
    }
}

/// What all holds of one thing that is followed have in common.
pub(super) struct Shape {
    pub(super) schema: SchemaRef,
    pub(super) context: ValueContext,
    pub(super) driver: Arc<dyn Driver>,
    pub(super) language: Language,
    pub(super) title: String,
    pub(super) profile_id: String,
    pub(super) database: Option<String>,
}

/// The rows that are kept.
pub(super) struct Keeping {
    shape: Shape,
    room: Room,
    writer: Option<HoldWriter>,
    pub(super) held: Arc<Held>,
    pub(super) head: ResultHead,
    /// The hold of before, which a window may still be looking at.
    former: Option<Arc<Held>>,
}

fn hold(store: &Store, shape: &Shape) -> Result<(HoldWriter, Arc<Held>, ResultHead), Error> {
    let (writer, hold) = store.hold(Arc::clone(&shape.schema), shape.context.clone())?;
    let visible = hold.visible_columns();
    // There is nothing to steer, and looking away ends nothing: whoever follows decides.
    let source = Source::Run { controller: std::sync::Weak::new(), reads: true, fails_transaction: false };
    let held = Held::new(hold, &shape.driver, &shape.language, visible, source);
    let about = Head {
        title: shape.title.clone(),
        shelved: None,
        relation: None,
        profile_id: &shape.profile_id,
        database: shape.database.as_deref(),
        statement: None,
    };
    let told = head(&held, &about);
    Ok((writer, held, told))
}

impl Keeping {
    pub(super) fn new(app: &App, shape: Shape, room: Room) -> Result<Self, AppError> {
        let (writer, held, head) = hold(&app.live.results, &shape)?;
        app.live.holds.keep(&held);
        Ok(Keeping { shape, room, writer: Some(writer), held, head, former: None })
    }

    pub(super) fn rows(&self) -> (u64, u64) {
        let progress = self.held.hold.progress();
        let progress = progress.borrow();
        (progress.rows, progress.bytes)
    }

    /// Adds rows; how many there was no room for, be they old ones that went or these. While it `stays`, no old one goes.
    pub(super) async fn add(&mut self, app: &App, batch: RecordBatch, stays: bool) -> Result<u64, AppError> {
        let (rows, bytes) = self.rows();
        let mut gone = 0;
        if rows.saturating_add(batch.num_rows() as u64) > self.room.rows || bytes > self.room.bytes {
            if stays {
                return Ok(batch.num_rows() as u64);
            }
            gone = self.turn_over(app, rows / 2).await?;
        }
        self.append(vec![batch]).await?;
        Ok(gone)
    }

    async fn append(&mut self, batches: Vec<RecordBatch>) -> Result<(), AppError> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        let (writer, appended) = blocking(move || {
            let appended = batches.iter().try_for_each(|batch| writer.append(batch));
            Ok((writer, appended))
        })
        .await?;
        self.writer = Some(writer);
        Ok(appended?)
    }

    /// Goes on in a new hold that begins with the newest rows; how many went.
    async fn turn_over(&mut self, app: &App, newest: u64) -> Result<u64, AppError> {
        let (rows, _) = self.rows();
        let from = rows.saturating_sub(newest);
        let old = self.held.hold.clone();
        self.begin(app)?;
        let batches = blocking(move || newest_of(&old, from..rows)).await?;
        self.append(batches).await?;
        Ok(from)
    }

    fn begin(&mut self, app: &App) -> Result<(), AppError> {
        let (writer, held, head) = hold(&app.live.results, &self.shape)?;
        app.live.holds.keep(&held);
        if let Some(writer) = self.writer.replace(writer) {
            writer.finish(HoldState::Complete);
        }
        let old = std::mem::replace(&mut self.held, held);
        old.ended();
        if let Some(former) = self.former.replace(old) {
            app.live.holds.remove(&former.id);
        }
        self.head = head;
        Ok(())
    }

    /// Forgets the rows.
    pub(super) fn clear(&mut self, app: &App) -> Result<(), AppError> {
        self.begin(app)
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.finish(HoldState::Complete);
        }
        self.held.ended();
    }

    /// Nobody looks any more.
    pub(super) fn forget(&mut self, app: &App) {
        self.end();
        app.live.holds.remove(&self.held.id);
        if let Some(former) = self.former.take() {
            app.live.holds.remove(&former.id);
        }
    }
}

fn newest_of(hold: &Hold, rows: std::ops::Range<u64>) -> Result<Vec<RecordBatch>, AppError> {
    hold.batches(rows).map(|batch| batch.map_err(AppError::from)).collect()
}
