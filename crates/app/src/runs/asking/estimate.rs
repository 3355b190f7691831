//! How many rows a change of some rows is expected to reach: the server's plan of it, asked for without running it.

use std::{collections::HashMap, sync::Arc};

use driver::{Event, ExpectedRows, ExplainOptions, Statement};
use sql::{Sweep, SweepKind};

use super::{Asked, ESTIMATE};
use crate::{api::AppError, connections::Opened, explorer::grouped};

/// Statements that are planned; beyond them nobody reads the numbers.
const MOST_PLANNED: usize = 5;

/// What the server expects of the first changes, by their place. Nothing is said where its plan would be another than the one that
/// runs: for values that are bound, after statements that change what names mean, in a session that has changed it.
pub(super) async fn expected(asked: &Asked<'_>, sweeps: &[Sweep]) -> HashMap<usize, ExpectedRows> {
    let Some(opened) = asked.opened.as_ref().filter(|_| asked.parameters.is_empty()) else { return HashMap::new() };
    if asked.session.as_ref().is_some_and(|session| session.in_transaction) {
        return HashMap::new();
    }
    let planned: Vec<(usize, &str)> = sweeps
        .iter()
        .enumerate()
        .filter(|(_, sweep)| sweep.kind == SweepKind::Other && ["UPDATE", "DELETE"].contains(&sweep.object.as_str()))
        .filter(|(_, sweep)| means_the_same(asked, sweep))
        .filter_map(|(at, sweep)| Some((at, asked.text.get(sweep.statement.start..sweep.statement.end)?)))
        .take(MOST_PLANNED)
        .collect();
    if planned.is_empty() {
        return HashMap::new();
    }
    let mut found = HashMap::new();
    let ask = async {
        for (at, statement) in planned {
            match plan(asked, opened, statement).await {
                Ok(Some(rows)) => {
                    found.insert(at, rows);
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "how many rows a change reaches is not known"),
            }
        }
    };
    let _ = tokio::time::timeout(ESTIMATE, ask).await;
    found
}

/// Whether another session understands the statement as the one that runs it will.
fn means_the_same(asked: &Asked<'_>, sweep: &Sweep) -> bool {
    let before = asked.language.split(asked.text);
    let mut before = before.iter().take_while(|piece| piece.span.start < sweep.statement.start);
    let quiet = before.all(|piece| {
        let effect = asked.language.classify(piece.text(asked.text)).effect;
        effect.settings.is_empty() && !effect.command.starts_with("USE")
    });
    let own = asked.session.as_ref().and_then(|session| session.path.as_deref());
    let usual = asked.opened.as_ref().and_then(|opened| opened.shelf.latest());
    let as_usual = match (own, usual) {
        (None, _) => true,
        (Some(own), Some(usual)) => own == usual.catalog.search_path,
        (Some(_), None) => false,
    };
    quiet && (as_usual || sweep.names.iter().all(|name| name.schema().is_some()))
}

async fn plan(asked: &Asked<'_>, opened: &Arc<Opened>, statement: &str) -> Result<Option<ExpectedRows>, AppError> {
    let control = opened.connection.control();
    let Some(explain) = control.explain() else { return Ok(None) };
    let question = explain.ask(statement, ExplainOptions::default())?;
    if question.mode.is_some() {
        // The session is shared, and this may be given up at any moment: it must not stay in the mode.
        return Ok(None);
    }
    let lent = opened.browser(asked.connected, asked.acting.as_ref()).await?;
    let mut ask = Statement::new(Arc::clone(&question.text));
    ask.timeout = Some(ESTIMATE);
    let mut run = lent.session().run(ask);
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    while let Some(event) = run.next().await {
        if let Event::Batch(batch) = event? {
            rows.extend(crate::plans::printed(&batch, asked.connected.driver.as_ref())?);
        }
    }
    let plan = explain.read(&question, &rows)?;
    Ok(explain.changes(&plan))
}

/// The number, and what it is.
pub(super) fn in_words(expected: ExpectedRows) -> (u64, String) {
    let rows = |count: u64| match count {
        1 => "1 row".to_owned(),
        _ => format!("{} rows", grouped(count)),
    };
    match expected {
        ExpectedRows::About(count) => (count, format!("about {}, an estimate", rows(count))),
        ExpectedRows::AtMost(count) => (count, format!("at most about {}, an estimate", rows(count))),
    }
}
