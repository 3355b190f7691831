//! Every way a value takes out of the program, compared with what the server's own client prints.

use results::{Format, FormatOptions, Hold, SqlTarget, TextForms, write_hold};

use crate::desk::{Engine, Printed, Read};

/// Stands for NULL where a format is told what to write for it.
const NULL: &str = "\u{1}NULL\u{1}";
/// The columns of the table, in this order.
pub const OUTLETS: [&str; 6] = ["grid", "CSV", "JSON", "clipboard", "SQL", "edit"];

/// One type and what came of its values in all time zones.
pub struct Line {
    pub native: String,
    /// As the client prints them in the first time zone.
    pub values: Vec<String>,
    /// For each outlet, how many values differ.
    pub wrong: [usize; OUTLETS.len()],
}

/// All types of an engine.
pub struct Section {
    pub lines: Vec<Line>,
}

pub async fn section(engine: &impl Engine, zones: &[&str]) -> Section {
    let mut lines: Vec<Line> = engine
        .types()
        .into_iter()
        .map(|native| Line { native, values: Vec::new(), wrong: [0; OUTLETS.len()] })
        .collect();
    let (table, copy) = engine.names();
    for (turn, zone) in zones.iter().enumerate() {
        let printed = engine.printed(zone, &table);
        let read = Read::whole(engine, zone).await;
        assert_eq!(read.hold.rows(), printed.len() as u64);
        let edited = read.edited().await;
        engine.run(zone, &format!("DELETE FROM {copy};\n{}", inserts(engine, &read, &copy)));
        let copied = engine.printed(zone, &copy);
        for (place, line) in lines.iter_mut().enumerate() {
            let column = place + 2;
            let wanted: Vec<Option<Vec<u8>>> = printed.iter().map(|row| row[column].clone()).collect();
            if turn == 0 {
                let texts = wanted.iter().flatten().map(|value| String::from_utf8_lossy(value).into_owned());
                line.values = texts.collect();
            }
            let found = [
                grid(engine, &read.hold, column),
                csv(engine, &read.hold, column),
                json(engine, &read.hold, column),
                clipboard(engine, &read.hold, column),
                copied_values(&copied, column),
            ];
            for (outlet, found) in found.iter().enumerate() {
                for (found, wanted) in found.iter().zip(&wanted).filter(|(found, wanted)| found != wanted) {
                    let show = |value: &Option<Vec<u8>>| {
                        value.as_ref().map(|value| String::from_utf8_lossy(value).into_owned())
                    };
                    eprintln!(
                        "{} {} {zone}: {:?} is not {:?}",
                        line.native,
                        OUTLETS[outlet],
                        show(found),
                        show(wanted)
                    );
                    line.wrong[outlet] += 1;
                }
                line.wrong[outlet] += found.len().abs_diff(wanted.len());
            }
            line.wrong[5] += edited[column];
        }
        read.connection.close().await;
    }
    Section { lines }
}

fn copied_values(copied: &Printed, column: usize) -> Vec<Option<Vec<u8>>> {
    copied.iter().map(|row| row[column].clone()).collect()
}

fn grid(engine: &impl Engine, hold: &Hold, column: usize) -> Vec<Option<Vec<u8>>> {
    let (yes, no) = engine.cast().forms().booleans;
    let typed = hold.schema().field(column).data_type().to_string() == "Boolean";
    (0..hold.rows())
        .map(|row| {
            let bytes = hold.cell(row, column, 0..u64::MAX).unwrap().bytes?;
            Some(match (typed, bytes.as_slice()) {
                (true, b"true") => yes.as_bytes().to_vec(),
                (true, b"false") => no.as_bytes().to_vec(),
                _ => bytes,
            })
        })
        .collect()
}

fn written(
    engine: &impl Engine,
    hold: &Hold,
    columns: Vec<usize>,
    format: Format,
    target: Option<SqlTarget>,
) -> Vec<u8> {
    let mut options = FormatOptions::new(engine.cast());
    options.header = false;
    options.forms = TextForms::of(engine.cast());
    options.columns = Some(columns);
    options.target = target;
    options.null_text = Some(NULL.to_owned());
    let mut out = Vec::new();
    write_hold(hold, None, 0..hold.rows(), format, &options, &mut out).unwrap();
    out
}

/// One value per record, quotes undone.
fn unquoted(bytes: &[u8], end: &[u8]) -> Vec<Option<Vec<u8>>> {
    let (mut values, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let (mut value, mut quoted, mut at) = (Vec::new(), false, 0);
        while at < rest.len() {
            match rest[at] {
                b'"' if quoted && rest.get(at + 1) == Some(&b'"') => {
                    value.push(b'"');
                    at += 1;
                }
                b'"' if quoted || value.is_empty() => quoted = !quoted,
                _ if !quoted && rest[at..].starts_with(end) => break,
                byte => value.push(byte),
            }
            at += 1;
        }
        rest = rest.get(at + end.len()..).unwrap_or_default();
        values.push((value != NULL.as_bytes()).then_some(value));
    }
    values
}

fn csv(engine: &impl Engine, hold: &Hold, column: usize) -> Vec<Option<Vec<u8>>> {
    unquoted(&written(engine, hold, vec![column], Format::Csv, None), b"\n")
}

fn clipboard(engine: &impl Engine, hold: &Hold, column: usize) -> Vec<Option<Vec<u8>>> {
    let bytes = written(engine, hold, vec![column], Format::Tsv, None);
    let end: &[u8] = if bytes.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
    unquoted(&bytes, end)
}

fn json(engine: &impl Engine, hold: &Hold, column: usize) -> Vec<Option<Vec<u8>>> {
    let bytes = written(engine, hold, vec![column], Format::Ndjson, None);
    let name = format!("{}:", serde_json::to_string(hold.schema().field(column).name()).unwrap());
    let (yes, no) = engine.cast().forms().booleans;
    let raw = driver::ValueClass::Bytes == engine.cast().class(driver::arrow::native_type(hold.schema().field(column)))
        && engine.cast().forms().raw_bytes;
    let is_document =
        engine.cast().class(driver::arrow::native_type(hold.schema().field(column))) == driver::ValueClass::Json;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .enumerate()
        .map(|(row, line)| {
            let value = line.strip_prefix(b"{").and_then(|line| line.strip_prefix(name.as_bytes())).unwrap();
            let value = value.strip_suffix(b"}").unwrap();
            let cell = hold.cell(row as u64, column, 0..u64::MAX).unwrap();
            let null = cell.bytes.is_none();
            let raw = raw || cell.class == Some(driver::arrow::CellClass::Bytes);
            match value {
                b"null" if null => None,
                b"true" if !is_document => Some(yes.as_bytes().to_vec()),
                b"false" if !is_document => Some(no.as_bytes().to_vec()),
                // JSON has no bytes: their digits stand for them.
                [b'"', b'\\', b'\\', b'x', digits @ .., b'"'] if raw => Some(
                    digits
                        .chunks(2)
                        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                        .collect(),
                ),
                [b'"', ..] if !is_document => Some(serde_json::from_slice::<String>(value).unwrap().into_bytes()),
                exact => Some(exact.to_vec()),
            }
        })
        .collect()
}

/// The rows as INSERT statements.
fn inserts(engine: &impl Engine, read: &Read, table: &str) -> String {
    let language = read.connection.control().language();
    let dialect = language.sql().expect("an engine that reads SQL");
    let target = SqlTarget {
        table: table.to_owned(),
        columns: read.columns.iter().map(|name| dialect.quote_identifier(name)).collect(),
        keys: Vec::new(),
        literals: engine.cast().literals(),
        backslash_escapes: dialect.backslash_escapes,
    };
    let columns = (0..read.columns.len()).collect();
    String::from_utf8(written(engine, &read.hold, columns, Format::SqlInsert, Some(target))).unwrap()
}
