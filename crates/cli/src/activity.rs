//! Prints what a server is doing, who waits for whom, and sizes; cancels and ends sessions.

mod cells;
mod tree;

use std::{
    io::{self, Write},
    sync::Arc,
};

use app::{
    App,
    api::{AppError, ErrorCode, SessionSignal, SignalAnswer, SignalRequest},
    terminal::Terminal,
};
use serde::Serialize;

use crate::{
    arguments::{Activity, RowFormat},
    failure::{Exit, Failure, Outcome},
    output::Output,
    say, table, target,
};

/// Prints what was asked for, or does it.
pub(crate) async fn run(app: &Arc<App>, activity: &Activity) -> Outcome {
    let signal = match (&activity.cancel, &activity.kill) {
        (Some(session), _) => Some((session, SessionSignal::Cancel)),
        (None, Some(session)) => Some((session, SessionSignal::Kill)),
        (None, None) => None,
    };
    // Looking changes nothing; what ends a session is refused by the connection's own safety level.
    let terminal = target::open(app, &activity.target, false, activity.password).await?;
    match signal {
        Some((session, signal)) => send(&terminal, session, signal, activity.yes).await,
        None => print(&terminal, activity).await,
    }
}

async fn send(terminal: &Terminal, session: &str, signal: SessionSignal, confirmed: bool) -> Outcome {
    let request = SignalRequest {
        profile_id: terminal.profile().id.clone(),
        session: session.to_owned(),
        opened: None,
        statement_id: None,
        signal,
        confirmed,
    };
    let answer = terminal.signal_session(&request).await.map_err(|error| failed(error, terminal.read_only()))?;
    match answer {
        SignalAnswer::Sent { message, .. } => {
            say::line(&say::clean(&message));
            Ok(())
        }
        SignalAnswer::Needless { message } => {
            Err(Failure::new(Exit::Statement, AppError::new(ErrorCode::NotFound, message)))
        }
        SignalAnswer::Confirm { title, description, statement, .. } => {
            say::line(&say::clean(&title));
            say::line(&say::clean(&description));
            if let Some(statement) = statement {
                say::line(&say::clean(&statement));
            }
            let error = AppError::new(ErrorCode::Forbidden, "Nothing was sent: it wants a yes.")
                .with_hint("Say it again with --yes.");
            Err(Failure::new(Exit::Refused, error))
        }
    }
}

/// A database without sessions is a wrong use; the rest is the server's.
fn failed(error: AppError, read_only: bool) -> Failure {
    match error.code {
        ErrorCode::Unsupported | ErrorCode::InvalidStatement if error.native.is_none() => {
            Failure::new(Exit::Usage, error)
        }
        _ => Failure::statement(error, read_only),
    }
}

async fn print(terminal: &Terminal, activity: &Activity) -> Outcome {
    let wrong = |error| failed(error, false);
    let format = activity.format;
    if activity.sizes || activity.indexes {
        let sizes = terminal.activity_sizes().await.map_err(wrong)?;
        let written = match activity.indexes {
            true => write(activity, format, &cells::INDEXES, &sizes.indexes, cells::index),
            false => write(activity, format, &cells::TABLES, &sizes.tables, cells::table),
        };
        return tell(&sizes.unseen, written);
    }
    let mut moment = terminal.activity().await.map_err(wrong)?;
    if activity.locks {
        let written = match format {
            RowFormat::Table => {
                let text = table::aligned(&tree::HEADS, &tree::rows(&moment));
                with_output(activity, |output| output.write_all(text.as_bytes()))
            }
            _ => write(activity, format, &cells::WAITS, &moment.waits, cells::wait),
        };
        return tell(&moment.unseen, written);
    }
    moment.sessions.sort_by_key(cells::order);
    let written = write(activity, format, &cells::SESSIONS, &moment.sessions, cells::session);
    tell(&moment.unseen, written)
}

/// What is not there because the login may not see it is said, so that it does not look as if it were nothing.
fn tell(unseen: &[String], written: Outcome) -> Outcome {
    written?;
    for sentence in unseen {
        say::line(&format!("warning: {}", say::clean(sentence)));
    }
    Ok(())
}

fn with_output(activity: &Activity, fill: impl FnOnce(&mut Output) -> io::Result<()>) -> Outcome {
    let mut output = Output::open(activity.output.as_deref())?;
    fill(&mut output).map_err(|error| output.failure(&error))?;
    output.finish()
}

/// A column: its name, and its head in a table for people, where it has one.
type Column = (&'static str, Option<&'static str>);

fn write<T: Serialize, const N: usize>(
    activity: &Activity,
    format: RowFormat,
    columns: &[Column; N],
    rows: &[T],
    cells: impl Fn(&T, bool) -> [String; N],
) -> Outcome {
    with_output(activity, |output| match format {
        RowFormat::Table => {
            let heads: Vec<&str> = columns.iter().filter_map(|(_, head)| *head).collect();
            let shown = |row: &T| {
                let cells = cells(row, true).into_iter().zip(columns);
                cells.filter(|(_, (_, head))| head.is_some()).map(|(cell, _)| cell).collect::<Vec<String>>()
            };
            let rows: Vec<Vec<String>> = rows.iter().map(shown).collect();
            output.write_all(table::aligned(&heads, &rows).as_bytes())
        }
        RowFormat::Csv => {
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            writeln!(output, "{}", names.join(","))?;
            for row in rows {
                let quoted: Vec<String> = cells(row, false).iter().map(|cell| quoted(cell)).collect();
                writeln!(output, "{}", quoted.join(","))?;
            }
            Ok(())
        }
        RowFormat::Json => {
            output.write_all(b"[")?;
            for (index, row) in rows.iter().enumerate() {
                output.write_all(if index == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *output, row).map_err(io::Error::from)?;
            }
            output.write_all(if rows.is_empty() { b"]\n" } else { b"\n]\n" })
        }
        RowFormat::Ndjson => {
            for row in rows {
                serde_json::to_writer(&mut *output, row).map_err(io::Error::from)?;
                output.write_all(b"\n")?;
            }
            Ok(())
        }
    })
}

fn quoted(cell: &str) -> String {
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}
