//! The connection of one attempt: every answer is waited for only so long, and what does not stop is ended.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use driver::{
    Error, Notice,
    row_security::{Answer, AttemptLimits},
};
use tokio::time::{sleep_until, timeout};

use crate::{
    catalog::rows::{Row, Rows},
    control::{ControlSession, Failure, finish, send},
    error::{broken, notice},
    wire::{self, CancelKey, Client, Event, Report, TransactionStatus},
};

/// The server's own limit comes first; the client's only where it was lifted.
const AFTER_THE_SERVERS: Duration = Duration::from_millis(300);
/// How long a cancel may take.
const CANCEL_PATIENCE: Duration = Duration::from_millis(1_500);
/// Most notices that are kept.
const MOST_NOTICES: usize = 100;
/// Most statements that are on their way at once: their answers must fit between the two.
const AHEAD: usize = 24;

/// What came of one statement.
pub(crate) struct Heard {
    pub(crate) answer: Answer,
    /// What the server refused it with.
    pub(crate) failed: Option<Box<Report>>,
    /// The transaction after it; `None` where the session had to be ended.
    pub(crate) status: Option<TransactionStatus>,
    pub(crate) timed_out: bool,
    pub(crate) took: Duration,
}

/// The connection.
pub(crate) struct Trial {
    client: Client,
    control: Arc<ControlSession>,
    limits: AttemptLimits,
    /// The server's number of this session, once it is known.
    pub(crate) pid: Option<i64>,
    pub(crate) notices: Vec<Notice>,
    watch: Watch,
}

/// Cancels what still runs when nobody waits for it any more.
struct Watch {
    key: Option<CancelKey>,
    running: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.running
            && let (Some(key), Ok(runtime)) = (self.key.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move { key.send(CANCEL_PATIENCE).await });
        }
    }
}

impl Trial {
    pub(crate) fn new(client: Client, control: Arc<ControlSession>, limits: AttemptLimits) -> Self {
        let watch = Watch { key: client.cancel_key().cloned(), running: false };
        Trial { client, control, limits, pid: None, notices: Vec::new(), watch }
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(u64::from(self.limits.statement_timeout_ms)) + AFTER_THE_SERVERS
    }

    /// Begins the transaction and its limits. Nothing is waited for yet: [`Trial::settled`] hears both answers.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        self.ask("BEGIN", &[]).await?;
        let (lock, statement) = (self.limits.lock_timeout_ms.to_string(), self.limits.statement_timeout_ms.to_string());
        let text = "select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)";
        self.ask(text, &[Some(&lock), Some(&statement)]).await
    }

    /// Hears the answers of that many questions whose rows are of no interest; the first refusal counts.
    pub(crate) async fn settled(&mut self, questions: usize) -> Result<(), Failure> {
        let mut first = Ok(());
        for _ in 0..questions {
            match self.rows().await {
                Ok(_) => {}
                Err(failure) if failure.ended() => return Err(failure),
                Err(failure) => first = first.and(Err(failure)),
            }
        }
        first
    }

    /// Sends a question; [`Trial::rows`] hears its answer. Several may be on their way.
    pub(crate) async fn ask(&mut self, text: &str, values: &[Option<&str>]) -> Result<(), Failure> {
        self.watch.running = true;
        send(&mut self.client, text, values).await
    }

    /// The rows of the question that was asked first of those not yet heard.
    pub(crate) async fn rows(&mut self) -> Result<Rows, Failure> {
        self.watch.running = true;
        let answer = match timeout(self.patience(), finish(&mut self.client)).await {
            Ok(answer) => answer,
            Err(_) => {
                self.end().await;
                return Err(Failure::Closed(broken(wire::Error::TimedOut(self.patience()))));
            }
        };
        self.watch.running = false;
        answer
    }

    /// Asks and hears.
    pub(crate) async fn query(&mut self, text: &str, values: &[Option<&str>]) -> Result<Rows, Failure> {
        self.ask(text, values).await?;
        self.rows().await
    }

    /// Asks many questions without values and hears their answers, in their order.
    ///
    /// # Errors
    /// Those of the connection; a refusal is an answer.
    pub(crate) async fn each(&mut self, texts: &[String]) -> Result<Vec<Result<Rows, Failure>>, Failure> {
        let mut answers = Vec::with_capacity(texts.len());
        for texts in texts.chunks(AHEAD) {
            for text in texts {
                self.ask(text, &[]).await?;
            }
            for _ in texts {
                match self.rows().await {
                    Err(failure) if failure.ended() => return Err(failure),
                    answer => answers.push(answer),
                }
            }
        }
        Ok(answers)
    }

    /// Runs a script of the user's; its rows are of no interest.
    pub(crate) async fn script(&mut self, text: &str) -> Result<(), Failure> {
        self.watch.running = true;
        self.client.query(text).await.map_err(Failure::Broken)?;
        self.rows().await.map(drop)
    }

    /// Hears the answer of the statement that was asked first of those not yet heard, within the limits. `text` is what was
    /// sent.
    ///
    /// # Errors
    /// Those of the connection; what the server refuses is an answer.
    pub(crate) async fn hear(&mut self, text: &str) -> Result<Heard, Error> {
        let began = Instant::now();
        let patience = self.patience();
        let mut deadline = tokio::time::Instant::now() + patience;
        let mut cancelled = false;
        let mut heard =
            Heard { answer: Answer::default(), failed: None, status: None, timed_out: false, took: Duration::ZERO };
        let mut room = self.limits.bytes;
        self.watch.running = true;
        loop {
            let event = tokio::select! {
                event = self.client.next() => event.map_err(broken)?,
                () = sleep_until(deadline) => {
                    if cancelled {
                        self.end().await;
                        (heard.timed_out, heard.took) = (true, began.elapsed());
                        return Ok(heard);
                    }
                    cancelled = true;
                    if let Some(key) = &self.watch.key {
                        // Where it does not arrive, the session is ended.
                        let _ = key.send(CANCEL_PATIENCE).await;
                    }
                    deadline = tokio::time::Instant::now() + CANCEL_PATIENCE;
                    continue;
                }
            };
            match event {
                Event::Columns(columns) => {
                    heard.answer.columns = columns.into_iter().map(|column| column.name).collect();
                }
                Event::Batch(batch) => {
                    let before = heard.answer.row_count;
                    heard.answer.row_count += batch.rows as u64;
                    let mut rows = Rows::default();
                    let width = batch.columns.len();
                    rows.push(batch);
                    // Once one row is left out, so are all behind it.
                    if before == heard.answer.rows.len() as u64 {
                        self.keep(&rows, width, &mut heard.answer, &mut room);
                    }
                }
                Event::Complete(tag) => heard.answer.affected = affected(&tag),
                Event::Notice(report) if self.notices.len() < MOST_NOTICES => {
                    self.notices.push(notice(&report, text));
                }
                Event::Failed(report) if report.is_fatal() => {
                    self.watch.running = false;
                    return Err(crate::error::refused(&report, text));
                }
                Event::Failed(report) => heard.failed = Some(report),
                Event::Ready(status) => {
                    self.watch.running = false;
                    heard.status = Some(status);
                    heard.took = began.elapsed();
                    let stopped = heard.failed.as_ref().is_some_and(|report| report.code == "57014");
                    // The server's own limit says the same.
                    heard.timed_out = stopped && (cancelled || heard.took + 2 * AFTER_THE_SERVERS >= patience);
                    return Ok(heard);
                }
                _ => {}
            }
        }
    }

    fn keep(&self, rows: &Rows, width: usize, answer: &mut Answer, room: &mut usize) {
        for row in rows.iter() {
            let cells: Vec<Option<String>> = (0..width).map(|column| Row::printed(row, column)).collect();
            let bytes: usize = cells.iter().flatten().map(String::len).sum();
            if answer.rows.len() >= self.limits.rows || bytes > *room {
                return;
            }
            *room -= bytes;
            answer.rows.push(cells);
        }
    }

    /// Ends the session from outside: it did not listen. What it did is rolled back with it.
    async fn end(&mut self) {
        self.watch.running = false;
        if let Some(pid) = self.pid {
            let pid = pid.to_string();
            let _ = self.control.query("select pg_terminate_backend($1::int4)", &[Some(&pid)]).await;
        }
    }

    /// Rolls everything back and closes.
    pub(crate) async fn close(mut self) {
        if self.ask("ROLLBACK", &[]).await.is_ok() {
            let _ = self.rows().await;
        }
        self.watch.running = false;
        self.client.close().await;
    }
}

/// How many rows a command tag says were written (`INSERT 0 5`, `DELETE 1`).
fn affected(tag: &str) -> Option<u64> {
    let (verb, rest) = tag.split_once(' ')?;
    matches!(verb, "INSERT" | "UPDATE" | "DELETE" | "MERGE").then(|| rest.rsplit(' ').next()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_that_write_rows_say_how_many() {
        for (tag, rows) in [
            ("INSERT 0 5", Some(5)),
            ("UPDATE 0", Some(0)),
            ("MERGE 2", Some(2)),
            ("SELECT 3", None),
            ("TRUNCATE TABLE", None),
            ("CALL", None),
        ] {
            assert_eq!(affected(tag), rows, "{tag}");
        }
    }
}
