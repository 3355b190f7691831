//! When a session that hears nothing is to be given up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{Sign, Vigil, Witness};

/// Silence for this long makes one look, and again after as long.
const QUIET: Duration = Duration::from_millis(1200);
/// How often somebody should call [`Silence::look`].
pub const LOOK: Duration = Duration::from_millis(300);
/// A look that finds the backend gone, or done with our statement, is believed when it is made twice.
const BELIEVED: u8 = 2;
/// One that finds that our statement never arrived is believed after as many: it may still be on its way.
const NEVER_ARRIVED: u8 = 5;
/// A statement shorter than this is not on its way for long.
const SHORT_BYTES: usize = 64 << 10;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// Nothing: the session is idle.
    Nothing,
    /// The answer to a statement of this many bytes.
    Answer(usize),
    /// A reader of ours: the server may have sent all of it.
    Reader,
}

/// Silence since something was heard, and what was found out about it.
pub struct Silence {
    began: Instant,
    heard: Instant,
    looked: Instant,
    looks: JoinSet<Sign>,
    found: u8,
    unsent: u8,
}

impl Default for Silence {
    /// Begins now.
    fn default() -> Self {
        let now = Instant::now();
        Silence { began: now, heard: now, looked: now, looks: JoinSet::new(), found: 0, unsent: 0 }
    }
}

impl Silence {
    /// Begins now.
    pub fn new() -> Self {
        Silence::default()
    }

    /// The server said something.
    pub fn broken(&mut self) {
        self.heard = Instant::now();
        (self.found, self.unsent) = (0, 0);
    }

    /// Looks for signs of life where it is time to.
    pub fn look<W: Witness>(&mut self, vigil: &Arc<Vigil<W>>, backend: &W::Backend, awaited: Awaited) {
        if self.heard.elapsed() < QUIET || self.looked.elapsed() < QUIET || !self.looks.is_empty() {
            return;
        }
        self.looked = Instant::now();
        let (vigil, backend) = (Arc::clone(vigil), backend.clone());
        self.looks.spawn(async move {
            match awaited {
                Awaited::Nothing => vigil.answers().await,
                Awaited::Answer(_) | Awaited::Reader => vigil.ask(&backend).await,
            }
        });
    }

    /// What a look has found: whether the session is lost. Pending while none is made.
    pub async fn lost<B: Default + PartialEq>(&mut self, backend: &B, awaited: Awaited) -> bool {
        let sign = match self.looks.join_next().await {
            Some(Ok(sign)) => sign,
            Some(Err(_)) => return false,
            None => std::future::pending().await,
        };
        self.judge(sign, *backend != B::default(), awaited)
    }

    /// `known` is whether the server knows the session by something.
    fn judge(&mut self, sign: Sign, known: bool, awaited: Awaited) -> bool {
        if sign == Sign::Silent {
            // Unless something was heard while the look was made.
            return self.heard < self.looked;
        }
        let done = match (sign, awaited) {
            (Sign::Absent, _) => known,
            (Sign::Waits(seconds), Awaited::Answer(bytes)) => {
                let done = seconds < self.began.elapsed().as_secs_f64();
                self.unsent = if done || bytes > SHORT_BYTES { 0 } else { self.unsent + 1 };
                done
            }
            _ => false,
        };
        self.found = if done { self.found + 1 } else { 0 };
        self.found >= BELIEVED || self.unsent >= NEVER_ARRIVED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet() -> Silence {
        let mut silence = Silence::new();
        silence.looked += Duration::from_millis(1);
        silence.began -= Duration::from_secs(10);
        silence
    }

    #[test]
    fn a_statement_that_takes_long_is_waited_for() {
        let mut silence = quiet();
        for _ in 0..100 {
            assert!(!silence.judge(Sign::Works, true, Awaited::Answer(10)));
            assert!(!silence.judge(Sign::Answers, false, Awaited::Answer(10)));
        }
    }

    #[test]
    fn an_answer_that_was_sent_and_never_came_is_believed_the_second_time() {
        let mut silence = quiet();
        assert!(!silence.judge(Sign::Waits(2.0), true, Awaited::Answer(10)));
        silence.broken();
        assert!(!silence.judge(Sign::Waits(2.0), true, Awaited::Answer(10)), "something came in between");
        assert!(silence.judge(Sign::Waits(2.5), true, Awaited::Answer(10)));
    }

    #[test]
    fn a_reader_that_pauses_and_a_long_text_on_its_way_are_not_given_up() {
        let mut silence = quiet();
        for _ in 0..20 {
            assert!(!silence.judge(Sign::Waits(2.0), true, Awaited::Reader));
            assert!(!silence.judge(Sign::Waits(60.0), true, Awaited::Answer(5 << 20)));
        }
        let mut given_up = (0..5).map(|_| silence.judge(Sign::Waits(60.0), true, Awaited::Answer(10)));
        assert!(given_up.nth(4).unwrap_or_default(), "a short one has arrived by now, or never will");
    }

    #[test]
    fn a_backend_that_is_gone_is_believed_the_second_time_and_one_that_is_not_known_is_not_missed() {
        let mut silence = quiet();
        for _ in 0..10 {
            assert!(!silence.judge(Sign::Absent, false, Awaited::Reader));
        }
        assert!(!silence.judge(Sign::Absent, true, Awaited::Reader));
        assert!(silence.judge(Sign::Absent, true, Awaited::Reader));
    }

    #[test]
    fn silence_all_around_is_believed_at_once_unless_it_was_broken() {
        let mut silence = quiet();
        assert!(silence.judge(Sign::Silent, false, Awaited::Nothing));
        silence.looked -= Duration::from_secs(1);
        assert!(!silence.judge(Sign::Silent, false, Awaited::Nothing));
    }
}
