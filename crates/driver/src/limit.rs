//! The time limit of connecting, which does not run while a person is asked.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{sync::watch, time::sleep};

use crate::{Answer, Ask, Code, ConnectContext, Error, Question};

/// Connects within the context's limit. Nobody types a password from a vault, or compares a fingerprint, against the
/// clock: it stands still while a question is open, and begins anew with the answer.
///
/// # Errors
/// `TimedOut` after the limit, else those of `connect`.
pub async fn within_limit<T, F>(
    mut context: ConnectContext,
    connect: impl FnOnce(ConnectContext) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let limit = context.timeout;
    let ask = Arc::new(PatientAsk::new(context.ask));
    context.ask = Arc::clone(&ask) as Arc<dyn Ask>;
    ask.within(limit, connect(context)).await.unwrap_or_else(|| Err(timed_out(limit)))
}

/// Knows whether a question of its is open.
pub struct PatientAsk {
    inner: Arc<dyn Ask>,
    open: watch::Sender<usize>,
}

impl PatientAsk {
    /// Puts questions to another.
    pub fn new(inner: Arc<dyn Ask>) -> Self {
        PatientAsk { inner, open: watch::Sender::new(0) }
    }

    /// Runs what may ask; `None` when it took longer than `limit` without a question open.
    pub async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut questions = self.open.subscribe();
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                // The sender is ours: it does not go away meanwhile.
                _ = questions.wait_for(|open| *open > 0) => {}
                () = sleep(limit) => return None,
            }
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                _ = questions.wait_for(|open| *open == 0) => {}
            }
        }
    }
}

fn timed_out(limit: Duration) -> Error {
    Error::new(Code::TimedOut, format!("Connecting took longer than {} s.", limit.as_secs_f32()))
        .with_hint("Is the server busy, or is this another program's port?")
}

#[async_trait]
impl Ask for PatientAsk {
    async fn ask(&self, question: Question) -> Answer {
        self.open.send_modify(|open| *open += 1);
        let _closes = Closes(&self.open);
        self.inner.ask(question).await
    }
}

/// An attempt that is given up closes its question too.
struct Closes<'a>(&'a watch::Sender<usize>);

impl Drop for Closes<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open = open.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::time::Instant;

    use super::*;

    /// Answers after a time.
    struct Slow(Duration);

    #[async_trait]
    impl Ask for Slow {
        async fn ask(&self, _question: Question) -> Answer {
            sleep(self.0).await;
            Answer::Refused
        }
    }

    fn context(answer_after: u64) -> ConnectContext {
        ConnectContext {
            ask: Arc::new(Slow(Duration::from_secs(answer_after))),
            timeout: Duration::from_secs(15),
            ..ConnectContext::unattended(None)
        }
    }

    fn question() -> Question {
        Question::Passphrase { secret: "key".to_owned(), path: "key.pem".to_owned(), retry: false }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_stands_still_while_a_person_is_asked() {
        let began = Instant::now();
        let connected = within_limit(context(600), |context| async move {
            sleep(Duration::from_secs(10)).await;
            context.ask.ask(question()).await;
            sleep(Duration::from_secs(10)).await;
            Ok(())
        });
        connected.await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 620);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_silent_is_given_up_before_and_after_the_answer() {
        for asks in [false, true] {
            let began = Instant::now();
            let failed = within_limit(context(100), |context| async move {
                if asks {
                    context.ask.ask(question()).await;
                }
                std::future::pending::<Result<(), Error>>().await
            });
            assert_eq!(failed.await.unwrap_err().code, Code::TimedOut);
            assert_eq!(began.elapsed().as_secs(), if asks { 115 } else { 15 });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_is_given_up_is_not_waited_for() {
        let failed = within_limit(context(100), |context| async move {
            let asking = context.ask.ask(question());
            assert!(tokio::time::timeout(Duration::from_secs(1), asking).await.is_err());
            std::future::pending::<Result<(), Error>>().await
        });
        assert_eq!(failed.await.unwrap_err().code, Code::TimedOut);
    }
}
