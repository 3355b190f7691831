//! A thread that owns one connection. Everything that touches SQLite runs on it, in order.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use driver::{Code, Error};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::cancel;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The handle of such a thread; dropping it stops what runs and ends the thread.
pub(crate) struct Worker {
    jobs: Sender<Job>,
    thread: Thread,
    closing: Arc<AtomicBool>,
}

impl Worker {
    /// Starts a thread that opens a connection with `open` and answers with what else it returns.
    pub(crate) async fn start<T: Send + 'static>(
        name: &str,
        open: impl FnOnce() -> Result<(Connection, T), Error> + Send + 'static,
    ) -> Result<(Worker, T), Error> {
        let (jobs, queue) = channel::<Job>();
        let (answer, opened) = oneshot::channel();
        let handle = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || match guarded(open) {
                Ok((connection, rest)) => {
                    if answer.send(Ok(rest)).is_ok() {
                        for job in queue {
                            // A job reports its own failures; one that panics must not take the session along.
                            let _ = guarded(|| {
                                job(&connection);
                                Ok(())
                            });
                        }
                    }
                }
                Err(error) => {
                    let _ = answer.send(Err(error));
                }
            })
            .map_err(|error| {
                Error::new(Code::Exhausted, "No thread could be started for the session.").with_source(error)
            })?;
        let worker = Worker { jobs, thread: handle.thread().clone(), closing: Arc::new(AtomicBool::new(false)) };
        let rest = opened.await.unwrap_or_else(|_| Err(Error::lost("SQLite")))?;
        Ok((worker, rest))
    }

    /// Queues a job; `false` when the thread is gone.
    pub(crate) fn queue(&self, job: impl FnOnce(&Connection) + Send + 'static) -> bool {
        self.jobs.send(Box::new(job)).is_ok()
    }

    /// Runs a job and waits for its answer. When the caller goes away the job is interrupted.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let gone = Arc::new(AtomicBool::new(false));
        let closing = Arc::clone(&self.closing);
        let stop = {
            let gone = Arc::clone(&gone);
            move || gone.load(Ordering::Acquire) || closing.load(Ordering::Acquire)
        };
        let _caller = SetOnDrop(gone);
        self.queue(move |connection| {
            if stop() {
                return;
            }
            let watch = cancel::watch(stop);
            let result = guarded(|| job(connection));
            drop(watch);
            let _ = answer.send(result);
        });
        answered.await.unwrap_or_else(|_| Err(Error::lost("SQLite")))
    }

    /// The thread, for waking it while it waits.
    pub(crate) fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Set once the session is closed.
    pub(crate) fn closing(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.closing)
    }

    /// Stops what runs and everything queued.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.close();
    }
}

struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Runs `work`; a panic becomes an error. `rusqlite` panics on names that are not UTF-8, which only a damaged file has.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::new(Code::Corrupt, "The database holds a name that is not valid UTF-8.")
            .with_hint("PRAGMA integrity_check says what is damaged. Work on a copy of the file."))
    })
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits on this thread for `future`, until `stop` says so or it is `deadline`. `stop` is looked at whenever the
/// thread is unparked.
pub(crate) fn wait<F: Future>(future: F, stop: impl Fn() -> bool, deadline: Option<Instant>) -> Option<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if stop() || left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        // The upper bound costs nothing and forgives a lost wake-up.
        let nap = Duration::from_secs(1);
        thread::park_timeout(left.map_or(nap, |left| left.min(nap)));
    }
}
