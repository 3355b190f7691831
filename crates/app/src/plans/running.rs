//! Sending the statement that asks for a plan, and what stands around it, to their ends.

use std::pin::Pin;

use arrow_array::RecordBatch;
use driver::{
    Event, ExplainQuestion, Link, Notice, Outcome, Severity, Statement, Transaction, arrow,
    documents::{DOCUMENT, TextStyle},
};
use results::Cells;

use super::{Place, asking::Ready};
use crate::{api::*, runs::notice_row};

/// More than any plan is; what is larger is not read on.
const MOST_BYTES: usize = 256 << 20;
/// MySQL's word for what a rollback left.
const STAYED: &str = "1196";

/// A plan as it came.
pub(super) struct Answered {
    pub(super) plan: driver::Plan,
    pub(super) rows: u64,
    pub(super) notices: Vec<NoticeRow>,
    pub(super) warnings: Vec<String>,
}

/// What one statement gave.
#[derive(Default)]
struct Given {
    rows: Vec<Vec<Option<String>>>,
    notices: Vec<Notice>,
}

/// Somebody may want it to stop: once, whichever of its statements is under way then.
struct Stop<'a, F> {
    wanted: Pin<&'a mut F>,
    asked: bool,
}

/// Completes when somebody wants it to stop.
async fn asked<F: Future<Output = ()>>(stop: &mut Option<&mut Stop<'_, F>>) {
    match stop {
        Some(stop) if !stop.asked => {
            stop.wanted.as_mut().await;
            stop.asked = true;
        }
        _ => std::future::pending().await,
    }
}

impl Place<'_> {
    /// Asks for the plan, undoes what had to be run for it, and reads it.
    ///
    /// # Errors
    /// As the server says; `Cancelled` when it was stopped; `Conflict` when something could not be undone.
    pub(super) async fn run<F>(&self, ready: &Ready, stop: Pin<&mut F>) -> Result<Answered, driver::Error>
    where
        F: Future<Output = ()> + Send,
    {
        let mut stop = Stop { wanted: stop, asked: false };
        let mut warnings = Vec::new();
        let mut asked = Ok(Given::default());
        for text in ready.undo.iter().flat_map(|undo| &undo.before) {
            if asked.is_ok() {
                asked = self.send(Statement::new(*text), None, Some(&mut stop)).await;
            }
        }
        let mode = ready.question.mode.as_ref();
        if let Some(mode) = mode.filter(|_| asked.is_ok()) {
            asked = self.send(Statement::new(mode.on), None, Some(&mut stop)).await;
        }
        if asked.is_ok() {
            asked = self.send(ready.sent.statement.clone(), Some(&ready.question), Some(&mut stop)).await;
        }
        if let Some(mode) = mode {
            // Nobody can stop this, nor what undoes: it is the way back.
            let off = self.send(Statement::new(mode.off), None, None::<&mut Stop<'_, F>>).await;
            if let Err(error) = off.as_ref().map(drop).map_err(|error| error.code)
                && matches!(self.session.state().borrow().link, Link::Up)
            {
                tracing::warn!(?error, "the session still answers with plans");
                // It would answer with plans to whatever is run next.
                self.session.close().await;
                warnings.push("The session was closed: it would have gone on answering with plans.".to_owned());
            }
        }
        if let Some(undo) = &ready.undo {
            let mut undone = true;
            for text in &undo.after {
                match self.send(Statement::new(*text), None, None::<&mut Stop<'_, F>>).await {
                    Ok(given) => warnings.extend(given.notices.iter().filter_map(stayed)),
                    Err(error) => {
                        tracing::warn!(%error, "what was measured is not undone as asked");
                        undone = false;
                    }
                }
            }
            let state = self.session.state().borrow().clone();
            let wanted = if undo.inside { Transaction::Open } else { Transaction::Idle };
            if matches!(state.link, Link::Up) && (!undone || state.transaction != wanted) {
                if undo.inside && state.transaction == Transaction::Idle {
                    return Err(driver::Error::new(
                        driver::Code::Conflict,
                        "The server has ended your whole transaction with what was run.",
                    )
                    .with_hint("Everything in it was rolled back."));
                }
                if undo.inside {
                    return Err(driver::Error::new(
                        driver::Code::Conflict,
                        "What was run could not be taken back by itself; your transaction holds it.",
                    )
                    .with_hint("Roll the transaction back."));
                }
                // The server rolls back what a session leaves.
                self.session.close().await;
                warnings.push("The session was closed, so that the server rolls back what was run.".to_owned());
            }
        }
        let given = asked?;
        let explain = self.opened.connection.control().explain();
        let explain = explain
            .ok_or_else(|| driver::Error::new(driver::Code::Unsupported, "This server does not tell its plans."))?;
        let plan = explain.read(&ready.question, &given.rows)?;
        let notices = given.notices.into_iter().map(|notice| notice_row(notice, None)).collect();
        Ok(Answered { plan, rows: u64::try_from(given.rows.len()).unwrap_or(u64::MAX), notices, warnings })
    }

    /// Keeps what answers the question: the last result set, or every one that is a plan where the statement's own come too.
    /// What follows on a stop is not sent.
    async fn send<F>(
        &self,
        statement: Statement,
        question: Option<&ExplainQuestion>,
        mut stop: Option<&mut Stop<'_, F>>,
    ) -> Result<Given, driver::Error>
    where
        F: Future<Output = ()> + Send,
    {
        if stop.as_ref().is_some_and(|stop| stop.asked) {
            return Err(driver::Error::cancelled());
        }
        let several = question.is_some_and(|question| question.mode.is_some());
        let mut answers = true;
        let mut run = self.session.run(statement);
        let mut given = Given::default();
        let mut bytes = 0usize;
        let mut stopped = false;
        loop {
            let event = tokio::select! {
                biased;
                event = run.next() => event,
                () = asked(&mut stop), if !stopped => {
                    stopped = true;
                    if let Err(error) = run.cancel.cancel().await {
                        tracing::debug!(%error, "a cancel was not delivered");
                    }
                    continue;
                }
            };
            match event {
                Some(Ok(Event::ResultSet(schema, _))) => {
                    answers = question.is_none_or(|question| question.answers(&schema));
                    if !several {
                        given.rows.clear();
                    }
                }
                Some(Ok(Event::Batch(_))) if !answers => {}
                Some(Ok(Event::Batch(batch))) => {
                    for texts in printed(&batch, self.connected.driver.as_ref())? {
                        bytes = bytes.saturating_add(texts.iter().flatten().map(String::len).sum());
                        given.rows.push(texts);
                    }
                    if bytes > MOST_BYTES {
                        return Err(driver::Error::new(driver::Code::Exhausted, "The plan is larger than 256 MB."));
                    }
                }
                Some(Ok(Event::Notice(notice))) => given.notices.push(notice),
                Some(Ok(Event::Done(summary))) if summary.outcome == Outcome::Cancelled => {
                    return Err(driver::Error::cancelled());
                }
                Some(Ok(Event::Done(_))) => return Ok(given),
                Some(Err(error)) => return Err(error),
                None => return Err(driver::Error::lost(self.connected.driver.label())),
            }
        }
    }
}

/// The rows of an answer as texts; documents as Extended JSON, which keeps every type.
pub(crate) fn printed(
    batch: &RecordBatch,
    driver: &dyn driver::Driver,
) -> Result<Vec<Vec<Option<String>>>, driver::Error> {
    let columns = arrow::visible_columns(batch.schema_ref());
    let cells = (0..columns).map(|at| Cells::of(batch, at)).collect::<Result<Vec<_>, _>>()?;
    let forms: Vec<_> = batch
        .schema_ref()
        .fields()
        .iter()
        .take(columns)
        .map(|field| driver.documents().filter(|_| arrow::native_type(field) == DOCUMENT))
        .collect();
    let text = |row: usize, cells: &Cells<'_>, form: &Option<&dyn driver::DocumentForm>| {
        let mut digits = Default::default();
        let bytes = cells.get(row).text(&mut digits)?;
        Some(match form {
            Some(form) => form.text(DOCUMENT, bytes, TextStyle::Canonical, false),
            None => String::from_utf8_lossy(bytes).into_owned(),
        })
    };
    let row = |row: usize| cells.iter().zip(&forms).map(|(cells, form)| text(row, cells, form)).collect();
    Ok((0..batch.num_rows()).map(row).collect())
}

/// What the server says it did not roll back.
fn stayed(notice: &Notice) -> Option<String> {
    let told = notice.code.as_deref() == Some(STAYED) && notice.severity == Severity::Warning;
    told.then(|| format!("Not everything could be rolled back: {}", notice.message))
}
