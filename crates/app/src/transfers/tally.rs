//! How far a transfer is, and whether it is to stop.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::watch;

use crate::{api::TransferEvent, profiles::dial::elapsed_ms};

/// Counts of one transfer.
pub(crate) struct Tally {
    rows: AtomicU64,
    bytes: AtomicU64,
    /// 0 while nobody knows.
    total: AtomicU64,
    stopped: watch::Sender<bool>,
    begun: Instant,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            rows: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            total: AtomicU64::new(0),
            stopped: watch::Sender::new(false),
            begun: Instant::now(),
        }
    }
}

impl Tally {
    pub(crate) fn stop(&self) {
        self.stopped.send_replace(true);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    pub(crate) async fn until_stopped(&self) {
        // The sender lives as long as `self`.
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }

    pub(crate) fn set_rows(&self, rows: u64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(crate) fn elapsed_ms(&self) -> u64 {
        elapsed_ms(self.begun)
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn progress(&self) -> TransferEvent {
        TransferEvent::Progress {
            rows: self.rows.load(Ordering::Relaxed),
            bytes: self.bytes(),
            total: Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0),
            elapsed_ms: self.elapsed_ms(),
        }
    }
}

/// Counts what is written, and takes no more once the transfer is to stop.
pub(crate) struct Counted<W> {
    pub(crate) inner: W,
    pub(crate) tally: Arc<Tally>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.tally.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        let written = self.inner.write(bytes)?;
        self.tally.bytes.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
