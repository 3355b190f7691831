//! Made-up rows on their way into their tables: one transaction for all of them.

use std::sync::Arc;

use driver::{Load, LoadColumn, LoadRows, Role, Statement};
use tokio::sync::mpsc;

use super::{prepare::Prepared, rows_of};
use crate::{
    App,
    api::{AppError, ErrorCode, Generate},
    connections::Opened,
    explorer::{Place, grouped},
    transfers::{Tally, Writer, loader},
};

/// Some rows of one table as one statement.
struct Portion {
    table: usize,
    first: u64,
    rows: u64,
    statement: Statement,
}

/// Sends everything; what is stopped or fails is undone. How many rows, and what is to be said of it.
pub(super) async fn fill(
    app: &App,
    place: &Place,
    request: &Generate,
    prepared: Prepared,
    tally: &Arc<Tally>,
) -> Result<(u64, Vec<String>), AppError> {
    let Place { connected, opened, .. } = place;
    if request.dry_run
        && let Some(note) = &prepared.plain
    {
        return Err(AppError::new(ErrorCode::Unsupported, format!("A trial is not possible here. {note}")));
    }
    let load = loader(opened)?;
    let prepared = Arc::new(prepared);
    let total = prepared.plan.order().iter().map(|table| prepared.plan.count(*table)).sum();
    tally.set_total(total);
    let (session, permit) = opened.session(connected, Role::Scratch).await?;
    let writer = Writer { app, connected, opened, load, session, tally };
    let summary = summary(request, &prepared, load);
    let work = at_once(&writer, opened, request, &prepared);
    let done = writer.recorded(&summary, work, |rows| *rows).await;
    writer.session.close().await;
    drop(permit);
    let rows = done?;
    if !request.dry_run {
        opened.shelf.read_in_background(opened, connected);
    }
    let each = prepared.plan.order().iter().filter_map(|table| {
        let filled = prepared.tables.get(*table)?;
        Some(format!("{}: {}", filled.key.name, rows_of(prepared.plan.count(*table))))
    });
    let each: Vec<String> = each.collect();
    let mut notes = Vec::new();
    if each.len() > 1 {
        notes.push(format!("{}.", each.join(", ")));
    }
    if request.dry_run {
        notes.push("It was a trial: nothing was changed.".to_owned());
    }
    notes.extend(prepared.plain.clone());
    Ok((rows, notes))
}

fn carried(prepared: &Prepared, table: usize) -> Vec<LoadColumn> {
    let Some(filled) = prepared.tables.get(table) else { return Vec::new() };
    let column = |at: usize| {
        let (column, form) = (filled.columns.get(at)?, filled.forms.get(at)?);
        Some(LoadColumn { name: column.name.clone(), form: *form })
    };
    prepared.plan.columns(table).into_iter().filter_map(column).collect()
}

/// What the history keeps: the statements without their rows, and the number the rows follow from.
fn summary(request: &Generate, prepared: &Prepared, load: &dyn Load) -> String {
    let tables = prepared.plan.order().iter().filter_map(|table| Some((*table, prepared.tables.get(*table)?)));
    let each = tables.map(|(table, filled)| {
        let rows = rows_of(prepared.plan.count(table));
        format!("-- {rows}, made up from {}\n{};", request.seed, load.summary(&filled.key, &carried(prepared, table)))
    });
    each.collect::<Vec<_>>().join("\n")
}

async fn at_once(
    writer: &Writer<'_>,
    opened: &Arc<Opened>,
    request: &Generate,
    prepared: &Arc<Prepared>,
) -> Result<u64, AppError> {
    let words = opened.sql()?.transactions;
    let settings = opened.connection.control().generate().map_or(&[][..], |generating| generating.settings());
    for setting in settings {
        writer.word(setting).await?;
    }
    writer.word(words.begin).await?;
    let done = everything(writer, opened, request, prepared).await;
    let keep = done.is_ok() && !request.dry_run;
    let ended = writer.word(if keep { words.commit } else { words.rollback }).await;
    // A commit may refuse too: constraints that wait for it.
    done.and_then(|rows| ended.map(|()| rows).map_err(AppError::from))
}

async fn everything(
    writer: &Writer<'_>,
    opened: &Arc<Opened>,
    request: &Generate,
    prepared: &Arc<Prepared>,
) -> Result<u64, AppError> {
    let (sender, mut inbox) = mpsc::channel(1);
    let making = {
        let (prepared, opened) = (Arc::clone(prepared), Arc::clone(opened));
        tokio::task::spawn_blocking(move || make(&prepared, &opened, &sender))
    };
    let mut rows = 0;
    while let Some(Portion { table, first, rows: some, statement }) = inbox.recv().await {
        if let Err(error) = writer.send(statement).await {
            let row = writer.load.row_of(&error).and_then(|row| u64::try_from(row).ok()).filter(|row| *row < some);
            return Err(told(prepared, table, first, row, some, error));
        }
        rows += some;
        writer.tally.set_rows(rows);
    }
    making.await.map_err(|_| AppError::internal("making rows up was interrupted"))??;
    if !request.dry_run {
        let mut going_on = Vec::new();
        for filled in &prepared.tables {
            going_on.extend(filled.go_on.iter().map(|statement| (filled, statement)));
        }
        for (filled, statement) in going_on {
            if let Err(error) = writer.send(Statement::new(statement.as_str())).await {
                let error = AppError::from(error);
                let message = format!("The numbering of {} does not go on: {}", filled.key.name, error.message);
                return Err(AppError { message, range: None, ..error });
            }
        }
    }
    Ok(rows)
}

/// Makes every row, table by table, until nobody takes them any more.
fn make(prepared: &Prepared, opened: &Opened, to: &mpsc::Sender<Portion>) -> Result<(), AppError> {
    let load = loader(opened)?;
    let size = load.chunk();
    for table in prepared.plan.order().iter().copied() {
        let Some(filled) = prepared.tables.get(table) else { continue };
        let columns = carried(prepared, table);
        let mut rows: Vec<Vec<Option<String>>> = Vec::new();
        let (mut bytes, mut first) = (0, 0);
        let send = |rows: &mut Vec<Vec<Option<String>>>, first: &mut u64| {
            let values: Vec<Option<&str>> = rows.iter().flatten().map(Option::as_deref).collect();
            let statement = load.append(&filled.key, &columns, &LoadRows { values: &values, columns: columns.len() });
            let count = rows.len() as u64;
            let sent = to.blocking_send(Portion { table, first: *first, rows: count, statement });
            rows.clear();
            *first += count;
            sent.is_ok()
        };
        for row in prepared.plan.rows(table, 0..prepared.plan.count(table)) {
            bytes += row.iter().flatten().map(String::len).sum::<usize>();
            rows.push(row);
            if rows.len() >= size.rows || bytes >= size.bytes {
                if !send(&mut rows, &mut first) {
                    return Ok(());
                }
                bytes = 0;
            }
        }
        if !rows.is_empty() && !send(&mut rows, &mut first) {
            return Ok(());
        }
    }
    Ok(())
}

/// An error with the row it is about, or the rows among which it is.
fn told(prepared: &Prepared, table: usize, first: u64, row: Option<u64>, rows: u64, error: driver::Error) -> AppError {
    let unrelated = matches!(error.code, driver::Code::Cancelled | driver::Code::Unreachable);
    let error = AppError::from(error);
    let Some(filled) = prepared.tables.get(table).filter(|_| !unrelated) else { return error };
    let place = match row {
        Some(row) => format!("row {}", grouped(first + row + 1)),
        None => format!("among rows {} to {}", grouped(first + 1), grouped(first + rows)),
    };
    AppError { message: format!("{}, {place}: {}", filled.key.name, error.message), range: None, ..error }
}
