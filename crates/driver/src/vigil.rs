//! Signs of life of a server that says nothing.
//!
//! A wire may go silent without an end: a suspended machine, a lost VPN, a proxy that still acknowledges. On the wire itself
//! that looks like a statement that takes long. So whoever waits asks another way: over the control connection, and where
//! that keeps silent too over a new one. No answer from either means that the server is lost. An answer may also tell that
//! the backend is gone, or has long finished what we wait for.
//!
//! A driver brings a [`Witness`], which knows how its server is asked; its sessions keep a [`Silence`] each, which knows when.

mod silence;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use tokio::time::{sleep, timeout, timeout_at};

pub use silence::{Awaited, LOOK, Silence};

use crate::Error;

/// How long a connection that is there may take to answer before a new one is tried.
const OLD: Duration = Duration::from_secs(1);
/// How long nobody answers before the server counts as lost.
const SILENCE: Duration = Duration::from_millis(3300);
/// A server that is far away gets this many times as long as connecting to it took at first.
const FAR: u32 = 3;
/// One that was lost gets twice as long each time: it may come back slower than it went. No server gets longer than this.
const RETURN: Duration = Duration::from_secs(9);
/// An answer counts for everybody for this long, and so does silence.
const SHARED: Duration = Duration::from_millis(1200);
/// Between two tries to reach a server that cannot be dialled.
const AGAIN: Duration = Duration::from_millis(300);

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sign {
    /// The backend works, or waits for us to read.
    Works,
    /// The backend waits for a statement, for this many seconds.
    Waits(f64),
    /// The server does not list the backend.
    Absent,
    /// The server answers.
    Answers,
    /// Nobody does.
    Silent,
}

/// How a server is asked beside a session's own wire.
#[async_trait]
pub trait Witness: Send + Sync + 'static {
    /// By what a session is known to the server. The default stands for nothing.
    type Backend: Clone + Default + PartialEq + Send + Sync + 'static;
    /// A connection that was opened for this.
    type Fresh: Send;

    /// The product, for the words of an error.
    fn product(&self) -> &'static str;

    /// Asks over the connection that is there; `None` where there is none, somebody uses it, or it breaks. Without a backend
    /// by a sign of life of the protocol. A connection that has not answered when this is dropped must not be used again.
    async fn look(&self, backend: &Self::Backend) -> Option<Sign>;

    /// Opens a new connection.
    ///
    /// # Errors
    /// As [`crate::Driver::connect`]; one with [`Error::native`] was said by the server, and so is an answer.
    async fn open(&self) -> Result<Self::Fresh, Error>;

    /// Asks over a new connection, and keeps it where that is of use.
    async fn ask(&self, fresh: Self::Fresh, backend: &Self::Backend) -> Sign;

    /// Nobody answers: whoever waits for an answer over the connection that is there may let go of it.
    fn give_up(&self);
}

/// Asks for signs of life, once for all sessions of a connection that want to know at the same time.
pub struct Vigil<W> {
    witness: W,
    silence: Duration,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    /// When somebody found out last, and whether there was an answer.
    last: Option<(Instant, bool)>,
    /// How often in succession there was none.
    misses: u32,
    /// What dialling failed for meanwhile.
    why: Option<Error>,
}

impl<W: Witness> Vigil<W> {
    /// `took` is how long connecting took.
    pub fn new(witness: W, took: Duration) -> Self {
        let silence = took.saturating_mul(FAR).clamp(SILENCE, RETURN);
        Vigil { witness, silence, heard: Mutex::default() }
    }

    /// Whether the server answers at all, unless somebody has just found out.
    pub async fn answers(&self) -> Sign {
        match self.shared() {
            Some(true) => Sign::Answers,
            Some(false) => Sign::Silent,
            None => self.ask(&W::Backend::default()).await,
        }
    }

    /// As [`Vigil::answers`], for who wants a reason.
    ///
    /// # Errors
    /// `Unreachable` or what else dialling failed for.
    pub async fn ping(&self) -> Result<(), Error> {
        if self.answers().await != Sign::Silent {
            return Ok(());
        }
        let why = self.heard().why.clone();
        Err(why.unwrap_or_else(|| self.lost()))
    }

    /// Shows a backend to the witness, where that costs no new connection.
    pub async fn glance(&self, backend: &W::Backend) {
        let _ = timeout(OLD, self.witness.look(backend)).await;
    }

    /// What the server says of a backend.
    pub async fn ask(&self, backend: &W::Backend) -> Sign {
        if self.shared() == Some(false) {
            return Sign::Silent;
        }
        let misses = self.heard().misses;
        let (sign, why) = self.find_out(backend, self.patience(misses)).await;
        {
            let mut heard = self.heard();
            let answered = sign != Sign::Silent;
            *heard =
                Heard { last: Some((Instant::now(), answered)), misses: if answered { 0 } else { misses + 1 }, why };
        }
        if sign == Sign::Silent {
            self.witness.give_up();
        }
        sign
    }

    /// The end of whatever waits for a server that gives no sign of life.
    pub fn lost(&self) -> Error {
        let mut error = Error::lost(self.witness.product());
        error.message = format!("{} gives no sign of life: the connection was given up.", self.witness.product());
        error
    }

    /// How long nobody answers before the server counts as lost, when it was so as often in succession.
    fn patience(&self, misses: u32) -> Duration {
        self.silence.saturating_mul(1 << misses.min(8)).min(RETURN)
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self) -> Option<bool> {
        self.heard().last.filter(|(at, _)| at.elapsed() < SHARED).map(|(_, answered)| answered)
    }

    async fn find_out(&self, backend: &W::Backend, patience: Duration) -> (Sign, Option<Error>) {
        let until = tokio::time::Instant::now() + patience;
        if let Ok(Some(sign)) = timeout(OLD, self.witness.look(backend)).await {
            return (sign, None);
        }
        let mut why = None;
        while let Ok(opened) = timeout_at(until, self.witness.open()).await {
            match opened {
                Ok(fresh) => {
                    // Who lets us in is there, also where a pooler has no server session to lend.
                    let asked = timeout(OLD, self.witness.ask(fresh, backend)).await;
                    return (asked.unwrap_or(Sign::Answers), None);
                }
                // A refusal is an answer: a server without room for one more is alive.
                Err(error) if error.native.is_some() => return (Sign::Answers, None),
                Err(error) => {
                    why = Some(error);
                    if tokio::time::Instant::now() + AGAIN >= until {
                        break;
                    }
                    sleep(AGAIN).await;
                }
            }
        }
        (Sign::Silent, why)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
    };

    use super::*;
    use crate::{Code, Native};

    /// A server that does what it is told.
    #[derive(Clone, Copy, PartialEq)]
    enum Does {
        Answers,
        KeepsSilent,
        IsBusy,
        Refuses,
        IsDown,
    }

    struct Scripted {
        does: Mutex<Does>,
        opened: AtomicU32,
        given_up: AtomicU32,
    }

    impl Scripted {
        fn vigil(does: Does) -> Arc<Vigil<Scripted>> {
            let witness = Scripted { does: Mutex::new(does), opened: AtomicU32::new(0), given_up: AtomicU32::new(0) };
            Arc::new(Vigil::new(witness, Duration::from_millis(1)))
        }

        fn does(&self) -> Does {
            *self.does.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    #[async_trait]
    impl Witness for Scripted {
        type Backend = Option<u32>;
        type Fresh = ();

        fn product(&self) -> &'static str {
            "Scripted"
        }

        async fn look(&self, backend: &Option<u32>) -> Option<Sign> {
            match self.does() {
                Does::Answers => Some(if backend.is_some() { Sign::Works } else { Sign::Answers }),
                Does::KeepsSilent => pending().await,
                Does::IsBusy | Does::Refuses | Does::IsDown => None,
            }
        }

        async fn open(&self) -> Result<(), Error> {
            self.opened.fetch_add(1, Ordering::Relaxed);
            match self.does() {
                Does::Answers | Does::IsBusy => Ok(()),
                Does::KeepsSilent => pending().await,
                Does::Refuses => Err(Error::new(Code::Exhausted, "No room.")
                    .with_native(Native { code: "53300".into(), ..Native::default() })),
                Does::IsDown => Err(Error::new(Code::Unreachable, "Refused.")),
            }
        }

        async fn ask(&self, _: (), _: &Option<u32>) -> Sign {
            Sign::Absent
        }

        fn give_up(&self) {
            self.given_up.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn silence_is_told_in_time_and_to_whoever_holds_the_connection() {
        let vigil = Scripted::vigil(Does::KeepsSilent);
        let began = tokio::time::Instant::now();
        assert_eq!(vigil.ask(&Some(1)).await, Sign::Silent);
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        assert_eq!(vigil.witness.given_up.load(Ordering::Relaxed), 1);
        // Who asks at the same time is told the same, without asking again.
        assert_eq!(vigil.answers().await, Sign::Silent);
        assert_eq!(vigil.witness.opened.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_server_that_is_down_says_why_and_is_dialled_until_it_is_believed() {
        let vigil = Scripted::vigil(Does::IsDown);
        let refused = vigil.ping().await;
        assert!(matches!(&refused, Err(error) if error.message == "Refused."), "{refused:?}");
        assert!(vigil.witness.opened.load(Ordering::Relaxed) > 3);
    }

    #[tokio::test]
    async fn a_busy_connection_and_a_refusal_are_answers() {
        for (does, sign) in [(Does::IsBusy, Sign::Absent), (Does::Refuses, Sign::Answers), (Does::Answers, Sign::Works)]
        {
            assert_eq!(Scripted::vigil(does).ask(&Some(1)).await, sign);
        }
        assert!(Scripted::vigil(Does::Answers).ping().await.is_ok());
    }

    #[tokio::test]
    async fn a_server_that_comes_back_slowly_is_given_more_time() {
        let vigil = Scripted::vigil(Does::KeepsSilent);
        let waits: Vec<_> = (0..4).map(|misses| vigil.patience(misses).as_millis()).collect();
        assert_eq!(waits, [3300, 6600, 9000, 9000]);
        assert_eq!(vigil.answers().await, Sign::Silent);
        assert_eq!(vigil.heard().misses, 1);
        *vigil.witness.does.lock().unwrap_or_else(PoisonError::into_inner) = Does::Answers;
        vigil.heard().last = None;
        assert_eq!(vigil.answers().await, Sign::Answers);
        assert_eq!(vigil.heard().misses, 0);
    }
}
