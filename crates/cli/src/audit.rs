//! Prints the audit trail.

use std::io::{self, Write};

use app::{
    AUDIT_HEADS, App,
    api::{AuditEntry, AuditQuery},
    audit_cells,
};

use crate::{
    arguments::{Audit, RowFormat},
    failure::{Failure, Outcome},
    output::Output,
    table,
};

/// Lines that are read at a time.
const PAGE: u32 = 1_000;

/// Prints what was asked for, newest first, page by page.
pub(crate) async fn run(app: &App, audit: &Audit) -> Outcome {
    let profile = match &audit.connection {
        Some(name) => Some(named(app, name).await?),
        None => None,
    };
    let mut query = AuditQuery {
        text: audit.words.join(" "),
        profile_id: profile,
        kind: audit.kind,
        since_ms: audit.since,
        until_ms: audit.until,
        before: None,
        limit: PAGE,
    };
    let mut output = Output::open(audit.output.as_deref())?;
    let mut left = audit.limit.unwrap_or(u64::MAX);
    let mut printer = Printer { format: audit.format, lines: 0, table: Vec::new() };
    let failed = |output: &Output, error: io::Error| output.failure(&error);
    printer.begin(&mut output).map_err(|error| failed(&output, error))?;
    while left > 0 {
        query.limit = PAGE.min(u32::try_from(left).unwrap_or(PAGE));
        let page = app.audit(query.clone()).await.map_err(Failure::local)?;
        let Some(last) = page.last() else { break };
        query.before = Some(last.id);
        left -= page.len() as u64;
        for entry in &page {
            printer.entry(entry, &mut output).map_err(|error| failed(&output, error))?;
        }
    }
    printer.end(&mut output).map_err(|error| failed(&output, error))?;
    output.finish()
}

/// The id of a saved connection; of one that is gone, lines are found by their words.
async fn named(app: &App, name: &str) -> Outcome<String> {
    let found = app.profile_named(name).await.map_err(Failure::local)?;
    found.map(|profile| profile.id).ok_or_else(|| {
        Failure::usage(
            format!("There is no saved connection called “{name}”."),
            "What a removed connection sent is found by its name as a word: rowhouse audit NAME.",
        )
    })
}

struct Printer {
    format: RowFormat,
    lines: u64,
    /// A table is aligned once all of it is known.
    table: Vec<Vec<String>>,
}

impl Printer {
    fn begin(&self, output: &mut Output) -> io::Result<()> {
        match self.format {
            RowFormat::Csv => writeln!(output, "{}", AUDIT_HEADS.join(",")),
            RowFormat::Json => output.write_all(b"["),
            RowFormat::Table | RowFormat::Ndjson => Ok(()),
        }
    }

    fn entry(&mut self, entry: &AuditEntry, output: &mut Output) -> io::Result<()> {
        let first = self.lines == 0;
        self.lines += 1;
        match self.format {
            RowFormat::Table => {
                let [_, at, connection, _, _, kind, _, _, outcome, rows, _, error, text, ..] = audit_cells(entry);
                let outcome = if error.is_empty() { outcome } else { format!("{outcome}: {error}") };
                self.table.push(vec![at, connection, kind, outcome, rows, text]);
                Ok(())
            }
            RowFormat::Csv => {
                let quoted: Vec<String> = audit_cells(entry).iter().map(|cell| quoted(cell)).collect();
                writeln!(output, "{}", quoted.join(","))
            }
            RowFormat::Json => {
                output.write_all(if first { b"\n" } else { b",\n" })?;
                serde_json::to_writer(output, entry).map_err(io::Error::from)
            }
            RowFormat::Ndjson => {
                serde_json::to_writer(&mut *output, entry).map_err(io::Error::from)?;
                output.write_all(b"\n")
            }
        }
    }

    fn end(&self, output: &mut Output) -> io::Result<()> {
        match self.format {
            RowFormat::Table => {
                let heads = ["AT", "CONNECTION", "KIND", "OUTCOME", "ROWS", "STATEMENT"];
                output.write_all(table::aligned(&heads, &self.table).as_bytes())
            }
            RowFormat::Json => output.write_all(if self.lines == 0 { b"]\n" } else { b"\n]\n" }),
            RowFormat::Csv | RowFormat::Ndjson => Ok(()),
        }
    }
}

fn quoted(cell: &str) -> String {
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}
