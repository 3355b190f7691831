//! Rows of one reply on their way to the reader: gathered into batches, or dropped where nobody wants them.

use std::time::Duration;

use arrow_schema::ArrowError;
use bytes::Bytes;
use driver::{
    Event, ValueContext,
    arrow::{BATCH_BYTES, BATCH_MS, BATCH_ROWS},
};
use tokio::time::Instant;

use crate::types::{Cell, Columns, Native};

/// Gathers rows.
#[derive(Default)]
pub(super) struct Rows {
    names: Vec<&'static str>,
    columns: Option<Columns>,
    pending: Vec<Vec<Cell>>,
    bytes: usize,
    /// When the rows that wait must be handed over.
    due: Option<Instant>,
    /// Rows handed over.
    pub(super) sent: u64,
}

impl Rows {
    /// A result begins.
    pub(super) fn head(&mut self, names: Vec<&'static str>) {
        self.names = names;
    }

    /// One row more; whether the batch is full.
    pub(super) fn put(&mut self, row: Vec<Cell>) -> bool {
        self.bytes += row.iter().map(Cell::len).sum::<usize>();
        self.pending.push(row);
        self.due.get_or_insert_with(|| Instant::now() + Duration::from_millis(BATCH_MS));
        self.bytes >= BATCH_BYTES || self.pending.len() >= BATCH_ROWS
    }

    /// When the rows that wait must be handed over.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What waits, as events; with the first of them the head. `more` is whether rows may follow.
    ///
    /// # Errors
    /// Where the rows do not fit their columns, which would be a fault of ours.
    pub(super) fn flush(&mut self, more: bool) -> Result<Vec<Event>, ArrowError> {
        let mut events = Vec::new();
        self.due = None;
        if self.names.is_empty() {
            return Ok(events);
        }
        if self.columns.is_none() && (!self.pending.is_empty() || !more) {
            let columns = Columns::new(&self.names, &self.pending, more);
            events.push(Event::ResultSet(columns.schema(), ValueContext::default()));
            self.columns = Some(columns);
        }
        if let (Some(columns), false) = (&self.columns, self.pending.is_empty()) {
            self.sent += self.pending.len() as u64;
            events.push(Event::Batch(columns.batch(&self.pending)?));
            self.pending.clear();
            self.bytes = 0;
        }
        Ok(events)
    }

    /// Drops what waits.
    pub(super) fn clear(&mut self) {
        self.pending.clear();
        self.bytes = 0;
        self.due = None;
    }
}

/// A text of ours as a cell.
pub(super) fn text(text: impl Into<Vec<u8>>) -> Cell {
    Cell::Bytes(Native::Bulk, Bytes::from(text.into()))
}

/// A line of MONITOR: `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`, as time, database, client and command.
pub(crate) fn monitored(line: &[u8]) -> Vec<Cell> {
    let line = String::from_utf8_lossy(line);
    let parts = line.split_once(" [").and_then(|(time, rest)| {
        let (place, command) = rest.split_once("] ")?;
        let (database, client) = place.split_once(' ')?;
        Some([time, database, client, command])
    });
    match parts {
        Some(parts) => parts.map(|part| text(part.as_bytes())).to_vec(),
        None => vec![Cell::Null, Cell::Null, Cell::Null, text(line.as_bytes())],
    }
}

/// The columns of [`monitored`].
pub(crate) const MONITORED: [&str; 4] = ["time", "database", "client", "command"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_monitor_is_taken_apart() {
        let row = monitored(b"1339518083.107412 [0 127.0.0.1:60866] \"set\" \"a] b\"");
        let wanted = ["1339518083.107412", "0", "127.0.0.1:60866", "\"set\" \"a] b\""].map(text);
        assert_eq!(row, wanted);
        assert_eq!(monitored(b"x").last(), Some(&text("x")));
    }

    #[test]
    fn a_result_without_rows_has_a_head_and_one_that_goes_on_has_room_for_any_kind() {
        let mut rows = Rows::default();
        assert!(rows.flush(false).is_ok_and(|events| events.is_empty()));
        rows.head(vec!["value"]);
        assert!(rows.flush(true).is_ok_and(|events| events.is_empty()));
        assert!(
            matches!(rows.flush(false).as_deref(), Ok([Event::ResultSet(schema, _)]) if schema.fields().len() == 1)
        );
        let mut rows = Rows::default();
        rows.head(vec!["value"]);
        rows.put(vec![Cell::Integer(1)]);
        let events = rows.flush(true).unwrap_or_default();
        assert!(
            matches!(events.as_slice(), [Event::ResultSet(schema, _), Event::Batch(_)] if schema.fields().len() == 2)
        );
        rows.put(vec![text(b"\xff".to_vec())]);
        assert!(matches!(rows.flush(false).as_deref(), Ok([Event::Batch(_)])));
    }
}
