//! Stopping a run.
//!
//! SQLite has no number for a running statement, so every run carries a mark of its own, which the
//! connection's progress and busy handlers look at: a mark set before the run starts, while it steps,
//! waits for a lock or waits for its reader stops exactly that run, and one set after its end nothing.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::Thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use driver::{Cancel, Error, RunId};

/// How long other programs' locks are waited for, where nothing else is said.
pub(crate) const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Virtual machine instructions between two looks at the mark: some microseconds.
pub(crate) const TICK_INSTRUCTIONS: i32 = 1000;

/// The mark of one run.
pub(crate) struct Mark {
    run: RunId,
    set: AtomicBool,
    thread: Thread,
}

impl Mark {
    pub(crate) fn new(run: RunId, thread: Thread) -> Arc<Self> {
        Arc::new(Mark { run, set: AtomicBool::new(false), thread })
    }

    pub(crate) fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }
}

#[async_trait]
impl Cancel for Mark {
    async fn cancel(&self, run: RunId) -> Result<(), Error> {
        if run == self.run {
            self.set.store(true, Ordering::Release);
            // It may be waiting for its reader or for a lock.
            self.thread.unpark();
        }
        Ok(())
    }
}

type Tick = Box<dyn FnMut() -> bool>;

thread_local! {
    /// What the handlers of this thread's connection do while a statement works. Returns whether it must stop.
    static TICK: RefCell<Option<Tick>> = const { RefCell::new(None) };
    static BUSY_SINCE: RefCell<Option<Instant>> = const { RefCell::new(None) };
    static PATIENCE: Cell<Duration> = const { Cell::new(BUSY_WAIT) };
}

/// Waits for other programs' locks on this thread for so long, until the guard is dropped.
pub(crate) fn limit(patience: Duration) -> Limit {
    PATIENCE.with(|slot| slot.set(patience));
    Limit(())
}

/// See [`limit`].
pub(crate) struct Limit(());

impl Drop for Limit {
    fn drop(&mut self) {
        PATIENCE.with(|slot| slot.set(BUSY_WAIT));
    }
}

/// Calls `tick` now and then until the guard is dropped.
pub(crate) fn watch(tick: impl FnMut() -> bool + 'static) -> Watch {
    TICK.with(|slot| *slot.borrow_mut() = Some(Box::new(tick)));
    Watch(())
}

/// See [`watch`].
pub(crate) struct Watch(());

impl Drop for Watch {
    fn drop(&mut self) {
        TICK.with(|slot| {
            if let Ok(mut slot) = slot.try_borrow_mut() {
                *slot = None;
            }
        });
    }
}

/// The progress handler.
pub(crate) fn tick() -> bool {
    TICK.with(|slot| match slot.try_borrow_mut() {
        Ok(mut slot) => slot.as_mut().is_some_and(|tick| tick()),
        Err(_) => false,
    })
}

/// The busy handler: waits in short naps, so that a cancel is seen. Returns whether to try again.
pub(crate) fn busy(attempt: i32) -> bool {
    if tick() {
        return false;
    }
    let since = BUSY_SINCE.with(|since| {
        let mut since = since.borrow_mut();
        if attempt == 0 {
            *since = None;
        }
        *since.get_or_insert_with(Instant::now)
    });
    if since.elapsed() >= PATIENCE.with(Cell::get) {
        return false;
    }
    std::thread::park_timeout(Duration::from_millis(u64::try_from(attempt).unwrap_or(0).clamp(1, 25)));
    true
}
