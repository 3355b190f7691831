//! Sheets of Excel and OpenDocument. A workbook is read into memory: its format leaves no other way.

use std::path::Path;

use calamine::{Data, ExcelDateTime, Reader as _, open_workbook_auto_from_rs};

use super::{Mark, ReadError, Record, Visit};

type Book = calamine::Sheets<std::io::Cursor<Vec<u8>>>;

/// The bytes decide what it is, not the file's name.
fn open(path: &Path) -> Result<Book, ReadError> {
    let bytes = std::fs::read(path)?;
    open_workbook_auto_from_rs(std::io::Cursor::new(bytes)).map_err(|error| {
        ReadError::content(format!("The file is no workbook that can be read: {error}."), "Save it as .xlsx or as CSV.")
    })
}

pub(super) fn names(path: &Path) -> Result<Vec<String>, ReadError> {
    let names = open(path)?.sheet_names();
    if names.is_empty() {
        return Err(ReadError::content("The workbook has no sheets.", "Choose another file."));
    }
    Ok(names)
}

pub(super) fn visit(path: &Path, sheet: Option<&str>, each: &mut Visit<'_>) -> Result<(), ReadError> {
    let mut book = open(path)?;
    let range = match sheet {
        Some(name) => book.worksheet_range(name),
        None => book.worksheet_range_at(0).unwrap_or_else(|| Ok(calamine::Range::empty())),
    }
    .map_err(|error| ReadError::content(format!("The sheet cannot be read: {error}."), "Save it as CSV."))?;
    let first = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut record = Record::default();
    for (index, row) in range.rows().enumerate() {
        record.clear(first + index as u64 + 1);
        for cell in row {
            match cell {
                Data::Empty => record.end(Mark::Null),
                cell => {
                    record.text.extend_from_slice(text(cell).as_bytes());
                    record.end(Mark::Plain);
                }
            }
        }
        // A row without any cell is no row.
        if row.iter().any(|cell| *cell != Data::Empty) {
            each(Ok(&record))?;
        }
    }
    Ok(())
}

/// A cell as text: numbers with the digits that a double needs, dates as ISO 8601 writes them.
fn text(cell: &Data) -> String {
    match cell {
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(moment) => moment_text(moment),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    if moment.is_duration() {
        let millis = (serial * 86_400_000.0).round() as i64;
        let (seconds, rest) = (millis.abs() / 1000, millis.abs() % 1000);
        let sign = if millis < 0 { "-" } else { "" };
        let whole = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        return if rest == 0 { whole } else { format!("{whole}.{rest:03}") };
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    match (serial.fract() == 0.0, serial < 1.0) {
        (true, _) => date,
        (false, true) => time,
        (false, false) => format!("{date} {time}"),
    }
}
