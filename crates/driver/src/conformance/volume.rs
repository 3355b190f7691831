//! Much data in little memory.

use std::time::{Duration, Instant};

use arrow_array::{Array, cast::AsArray};

use super::{
    Verdict,
    bench::{Bench, Laws, SOON, cell, check, fail, offered, unexpected, within},
};
use crate::{Event, Outcome, Session, Statement, arrow};

/// How much the process may grow while a result streams through it, in bytes.
const GROWTH: u64 = 64 << 20;

/// Resident memory of this process in bytes, where the system tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

pub(super) async fn back_pressure(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (_connection, session) = bench.session().await?;
    let run = bench.start_endless(&*session).await?;
    let Some(before) = resident() else {
        return Err(Verdict::Unverifiable("this system does not tell a process's memory".to_owned()));
    };
    tokio::time::sleep(Duration::from_secs(2)).await;
    let grown = resident().unwrap_or(0).saturating_sub(before);
    drop(run);
    check(grown < GROWTH, || format!("{} MB read ahead while nobody reads", grown >> 20))
}

/// How often the rows may trickle before a driver is said to hold them back: a busy machine loses beats, a driver
/// that holds rows back does so every time.
const TRICKLES: u32 = 4;

/// With that much work between two rows, a batch that waits as long as it may ends before the next row comes.
pub(super) async fn trickle(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, rows) = offered(&bench.texts().trickle)?;
    let (_connection, session) = bench.session().await?;
    for _ in 1..TRICKLES {
        if handed_over(trickled(&*session, text, *rows).await?.as_slice(), *rows).is_ok() {
            return Ok(());
        }
    }
    handed_over(trickled(&*session, text, *rows).await?.as_slice(), *rows)
}

/// When each batch came.
async fn trickled(session: &dyn Session, text: &str, rows: u32) -> Result<Vec<Instant>, Verdict> {
    let mut run = session.run(Statement::new(text));
    let mut laws = Laws::default();
    let (mut arrivals, mut found) = (Vec::new(), 0);
    while let Some(event) = within(SOON, "the rows that trickle", run.next()).await? {
        laws.look(&event)?;
        match event {
            Ok(Event::Batch(batch)) => {
                found += batch.num_rows();
                arrivals.push(Instant::now());
            }
            Ok(_) => {}
            Err(error) => return Err(unexpected("the rows that trickle", &error)),
        }
    }
    check(found as u64 == u64::from(rows), || format!("{found} rows instead of {rows}"))?;
    Ok(arrivals)
}

fn handed_over(arrivals: &[Instant], rows: u32) -> Result<(), Verdict> {
    // The last two may come together with the end.
    let wanted = usize::try_from(rows).unwrap_or(usize::MAX).saturating_sub(1);
    check(arrivals.len() >= wanted, || format!("{rows} rows came in {} batches", arrivals.len()))?;
    let spread = match (arrivals.first(), arrivals.last()) {
        (Some(first), Some(last)) => last.duration_since(*first),
        _ => Duration::ZERO,
    };
    // All at once at the end is as good as one batch.
    check(spread >= Duration::from_millis(75) * rows.saturating_sub(2), || format!("all came within {spread:?}"))
}

pub(super) async fn million_rows(bench: &Bench<'_>) -> Result<(), Verdict> {
    let text = offered(&bench.texts().million_rows)?;
    let (_connection, session) = bench.session().await?;
    bench.works(&*session).await?;
    let before = resident();
    let mut run = session.run(Statement::new(text.as_str()));
    let (mut laws, mut rows, mut most) = (Laws::default(), 0, 0);
    while let Some(event) = within(SOON, "the stream", run.next()).await? {
        laws.look(&event)?;
        match event {
            Ok(Event::Batch(batch)) => rows += batch.num_rows(),
            Ok(_) => {}
            Err(error) => return Err(unexpected("the stream", &error)),
        }
        most = most.max(resident().unwrap_or(0));
    }
    check(rows == 1_000_000, || format!("{rows} rows instead of 1000000"))?;
    let Some(before) = before else {
        return Err(Verdict::Unverifiable("this system does not tell a process's memory".to_owned()));
    };
    let grown = most.saturating_sub(before);
    check(grown < GROWTH, || format!("the process grew by {} MB", grown >> 20))
}

pub(super) async fn widest(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, columns) = offered(&bench.texts().widest)?;
    let (_connection, session) = bench.session().await?;
    let finished = bench.succeed(&*session, Statement::new(text.as_str())).await?;
    let Some(set) = finished.sets.first() else { return fail("no head") };
    let found = arrow::visible_columns(&set.schema);
    check(found == *columns, || format!("{found} columns instead of {columns}"))?;
    let limit = bench.subject.driver().limits().columns;
    check(limit.is_none_or(|limit| found <= limit), || format!("more than the limit {limit:?}"))?;
    for column in 0..found {
        check(set.first(column)?.is_some(), || format!("column {column} is NULL"))?;
    }
    Ok(())
}

pub(super) async fn large_cell(bench: &Bench<'_>) -> Result<(), Verdict> {
    let (text, bytes) = offered(&bench.texts().large_cell)?;
    let (_connection, session) = bench.session().await?;
    let mut run = session.run(Statement::new(text.as_str()));
    let (mut laws, mut found) = (Laws::default(), None);
    while let Some(event) = within(SOON * 4, "the large cell", run.next()).await? {
        laws.look(&event)?;
        match event {
            Ok(Event::Batch(batch)) => {
                found = match batch.columns().first().and_then(|column| column.as_binary_opt::<i32>()) {
                    Some(cells) if cells.len() == 1 => Some(cells.value(0).len() as u64),
                    _ => cell(&batch, 0, 0)?.map(|bytes| bytes.len() as u64),
                };
            }
            Ok(Event::Done(summary)) => {
                check(summary.outcome == Outcome::Completed, || "it was cancelled".to_owned())?;
            }
            Ok(_) => {}
            Err(error) => return Err(unexpected("the large cell", &error)),
        }
    }
    check(found == Some(*bytes), || format!("{found:?} bytes instead of {bytes}"))?;
    bench.works(&*session).await
}
