//! Ctrl+C and the signals that mean the same: the first asks, the second ends the process at once.

use std::{
    process,
    sync::{Arc, Mutex, PoisonError},
};

use driver::CancelHandle;
use tokio::sync::watch;

use crate::{failure::Exit, prompt};

/// Knows whether the process was asked to stop, and what has to be stopped on a server then.
#[derive(Clone)]
pub(crate) struct Interrupt {
    asked: watch::Receiver<bool>,
    running: Arc<Mutex<Option<CancelHandle>>>,
}

impl Interrupt {
    /// Listens from now on. Must be called within the runtime.
    pub(crate) fn listen() -> Self {
        let (sender, asked) = watch::channel(false);
        let running: Arc<Mutex<Option<CancelHandle>>> = Arc::default();
        let steered = Arc::clone(&running);
        tokio::spawn(async move {
            let mut signals = Signals::new();
            loop {
                signals.next().await;
                if sender.send_replace(true) {
                    // Asked before: whoever asks twice does not want to wait for a server.
                    prompt::restore();
                    process::exit(Exit::Interrupted as i32);
                }
                let run = steered.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(run) = run {
                    // Its end says what came of it; a server that is gone ends the run by itself.
                    tokio::spawn(async move { drop(run.cancel().await) });
                }
            }
        });
        Interrupt { asked, running }
    }

    /// Whether the process was asked to stop.
    pub(crate) fn is_asked(&self) -> bool {
        *self.asked.borrow()
    }

    /// Ends once the process is asked to stop.
    pub(crate) async fn asked(&self) {
        let mut asked = self.asked.clone();
        if asked.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What a signal stops from now on; one that came in between stops it at once.
    pub(crate) fn steer(&self, run: Option<CancelHandle>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = run.clone();
        if let Some(run) = run
            && self.is_asked()
        {
            tokio::spawn(async move { drop(run.cancel().await) });
        }
    }
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        // A signal that was ignored when we started (nohup) stays so.
        Signals(kinds.into_iter().filter(|kind| !is_ignored(*kind)).filter_map(|kind| signal(kind).ok()).collect())
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            for signal in &mut self.0 {
                if let std::task::Poll::Ready(Some(())) = signal.poll_recv(context) {
                    return std::task::Poll::Ready(());
                }
            }
            std::task::Poll::Pending
        })
        .await;
    }
}

#[cfg(unix)]
fn is_ignored(kind: tokio::signal::unix::SignalKind) -> bool {
    // SAFETY: an all-zero `sigaction` is a valid value to be filled in, and a null action only asks.
    unsafe {
        let mut current: libc::sigaction = std::mem::zeroed();
        libc::sigaction(kind.as_raw_value(), std::ptr::null(), &raw mut current) == 0
            && current.sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Signals
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
