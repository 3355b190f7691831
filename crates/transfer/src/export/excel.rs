//! Excel workbooks, written row by row: no more than a row is in memory, and no file beside the one that is written.
//!
//! A cell is a text cell with the server's text. It is a number where Excel keeps and shows every digit: plain digits, at most
//! 15 that count, shown with as many decimals as the server wrote.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use driver::{ValueClass, arrow, arrow::CellClass};
use results::{Cell, Cells, TextForms, WriteError};
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions, write::StreamWriter};

use super::{ExportOptions, chosen, parquet::hex, unsupported};

/// Rows of a sheet; further ones go to another.
pub const SHEET_ROWS: u64 = 1_048_576;
/// Columns of a sheet.
pub const SHEET_COLUMNS: usize = 16_384;
/// Characters of a cell, as UTF-16 counts them.
pub const SHEET_CELL: usize = 32_767;

/// Rows after which the next sheet begins: few where it is tried out.
const SHEET_END: u64 = if cfg!(test) { 5000 } else { SHEET_ROWS };

/// Digits that a spreadsheet keeps and shows.
const DIGITS: usize = 15;
/// Decimals that have a style of their own.
const DECIMALS: usize = 15;
/// The buffer goes to the file when it is this full, in bytes.
const FLUSH: usize = 64 << 10;

const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

struct Column {
    name: String,
    index: usize,
    class: Option<usize>,
    number: bool,
    raw: bool,
    /// `A`, `B` … `XFD`.
    letters: String,
}

pub(super) struct Excel<W: Write + Send> {
    zip: ZipWriter<StreamWriter<W>>,
    columns: Vec<Column>,
    forms: TextForms,
    header: bool,
    null: Option<String>,
    note: Option<String>,
    title: String,
    sheets: usize,
    /// Rows of this sheet, its head included.
    row: u64,
    /// Rows of all sheets without their heads, for messages.
    total: u64,
    buffer: Vec<u8>,
}

impl<W: Write + Send> Excel<W> {
    pub(super) fn new(schema: &SchemaRef, options: &ExportOptions<'_>, out: W) -> Result<Self, WriteError> {
        let cast = options.format.cast;
        let mut columns = Vec::new();
        for (at, index) in chosen(schema, &options.format).into_iter().enumerate() {
            let Some(field) = schema.fields().get(index) else {
                return Err(unsupported(format!("The result has no column {}.", index + 1), "Choose other columns."));
            };
            let class = cast.class(arrow::native_type(field));
            columns.push(Column {
                name: field.name().clone(),
                index,
                class: arrow::class_column(schema, index),
                number: field.data_type().is_integer() || class == ValueClass::Number,
                raw: cast.forms().raw_bytes && class == ValueClass::Bytes,
                letters: letters(at),
            });
        }
        if columns.len() > SHEET_COLUMNS {
            let message = format!("The rows have {} columns; a sheet of Excel has {SHEET_COLUMNS}.", columns.len());
            return Err(unsupported(message, "Choose fewer columns, or another format."));
        }
        let mut excel = Excel {
            zip: ZipWriter::new_stream(out),
            columns,
            forms: options.format.forms.clone(),
            header: options.format.header,
            null: options.format.null_text.clone(),
            note: options.format.note.clone(),
            title: options.title.to_owned(),
            sheets: 0,
            row: 0,
            total: 0,
            buffer: Vec::with_capacity(FLUSH * 2),
        };
        excel.begin_sheet()?;
        Ok(excel)
    }

    fn begin_sheet(&mut self) -> Result<(), WriteError> {
        self.sheets += 1;
        self.row = 0;
        self.entry(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        let pane = if self.header {
            "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" \
             state=\"frozen\"/></sheetView></sheetViews>"
        } else {
            ""
        };
        self.buffer.extend_from_slice(format!("{PROLOGUE}<worksheet xmlns=\"{MAIN}\">{pane}<sheetData>").as_bytes());
        if self.header {
            self.row = 1;
            self.buffer.extend_from_slice(b"<row r=\"1\">");
            for column in &self.columns {
                push_text(&mut self.buffer, &column.letters, 1, &column.name, 1);
            }
            self.buffer.extend_from_slice(b"</row>");
        }
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), WriteError> {
        self.buffer.extend_from_slice(b"</sheetData></worksheet>");
        self.hand_over()
    }

    pub(super) fn batch(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let cells: Vec<Cells<'_>> =
            self.columns.iter().map(|column| Cells::at(batch, column.index, column.class)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            if self.row >= SHEET_END {
                self.end_sheet()?;
                self.begin_sheet()?;
            }
            self.row += 1;
            self.total += 1;
            self.buffer.extend_from_slice(format!("<row r=\"{}\">", self.row).as_bytes());
            for (column, cells) in self.columns.iter().zip(&cells) {
                push(&mut self.buffer, column, cells.get(row), self.row, &self.forms, self.null.as_deref())
                    .map_err(|characters| too_long(self.total, &column.name, characters))?;
            }
            self.buffer.extend_from_slice(b"</row>");
            if self.buffer.len() >= FLUSH {
                self.hand_over()?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<W, WriteError> {
        self.end_sheet()?;
        let names = sheet_names(&self.title, self.sheets);
        let mut sheets = String::new();
        let mut relations = String::new();
        let mut types = String::new();
        for (number, name) in (1..).zip(&names) {
            sheets.push_str(&format!("<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>", escaped(name)));
            relations.push_str(&format!(
                "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            ));
            types.push_str(&format!(
                "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            ));
        }
        let styles_number = names.len() + 1;
        let note = self.note.as_deref().map(escaped).unwrap_or_default();
        let parts = [
            (
                "xl/workbook.xml",
                format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{sheets}</sheets></workbook>"),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}<Relationship Id=\"rId{styles_number}\" \
                     Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            ("xl/styles.xml", styles()),
            (
                "docProps/core.xml",
                format!(
                    "<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
                     xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title>\
                     <dc:creator>Rowhouse</dc:creator><dc:description>{note}</dc:description></cp:coreProperties>",
                    escaped(&self.title)
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
                     Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/><Relationship Id=\"rId2\" \
                     Type=\"{PACKAGE}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>"
                ),
            ),
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                     ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                     ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" \
                     ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}\
                     <Override PartName=\"/xl/styles.xml\" \
                     ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>\
                     <Override PartName=\"/docProps/core.xml\" \
                     ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
                ),
            ),
        ];
        for (name, content) in parts {
            self.entry(name)?;
            self.buffer.extend_from_slice(PROLOGUE.as_bytes());
            self.buffer.extend_from_slice(content.as_bytes());
            self.hand_over()?;
        }
        let out = self.zip.finish().map_err(failed)?;
        Ok(out.into_inner())
    }

    fn entry(&mut self, name: &str) -> Result<(), WriteError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(3))
            .large_file(true);
        self.zip.start_file(name, options).map_err(failed)
    }

    fn hand_over(&mut self) -> Result<(), WriteError> {
        self.zip.write_all(&self.buffer)?;
        self.buffer.clear();
        // One huge row must not keep its room for ever.
        self.buffer.shrink_to(FLUSH * 4);
        Ok(())
    }
}

/// One cell; a text that is too long is told by its length.
fn push(
    out: &mut Vec<u8>,
    column: &Column,
    cell: Cell<'_>,
    row: u64,
    forms: &TextForms,
    null: Option<&str>,
) -> Result<(), usize> {
    let (text, number);
    let mut digits = Vec::new();
    match cell {
        Cell::Null | Cell::Bytes(_, Some(CellClass::Null)) => match null {
            Some(null) => (text, number) = (std::borrow::Cow::Borrowed(null), false),
            None => return Ok(()),
        },
        Cell::Integer(value) => (text, number) = (value.to_string().into(), true),
        Cell::Unsigned(value) => (text, number) = (value.to_string().into(), true),
        Cell::Boolean(value) => {
            (text, number) = ((if value { forms.true_text } else { forms.false_text }).into(), false)
        }
        Cell::Bytes(bytes, class) => {
            let is_bytes = class == Some(CellClass::Bytes) || column.raw;
            match std::str::from_utf8(bytes) {
                Ok(found) if !is_bytes => {
                    text = found.into();
                    number = match class {
                        None => column.number,
                        Some(class) => matches!(class, CellClass::Integer | CellClass::Real),
                    };
                }
                _ => (text, number) = (hex(bytes, &mut digits).into(), false),
            }
        }
    }
    if number && let Some(decimals) = exact_decimals(&text) {
        // The styles are: 0 plain, 1 the head, 2 whole numbers, then one for every count of decimals.
        let style = 2 + decimals;
        out.extend_from_slice(format!("<c r=\"{}{row}\" s=\"{style}\"><v>{text}</v></c>", column.letters).as_bytes());
        return Ok(());
    }
    if text.len() > SHEET_CELL {
        let characters = text.encode_utf16().count();
        if characters > SHEET_CELL {
            return Err(characters);
        }
    }
    push_text(out, &column.letters, row, &text, 0);
    Ok(())
}

/// How many decimals a number has that a spreadsheet shows digit for digit: an optional sign, digits, a point and digits, with no
/// more than 15 from the first that is not 0. Minus zero is none: it would lose its sign.
fn exact_decimals(text: &str) -> Option<usize> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    let significant = format!("{whole}{fraction}");
    let significant = significant.trim_start_matches('0');
    let minus_zero = significant.is_empty() && text.starts_with('-');
    (significant.len() <= DIGITS && fraction.len() <= DECIMALS && !minus_zero).then_some(fraction.len())
}

fn push_text(out: &mut Vec<u8>, letters: &str, row: u64, text: &str, style: usize) {
    out.extend_from_slice(format!("<c r=\"{letters}{row}\" t=\"inlineStr\"").as_bytes());
    if style > 0 {
        out.extend_from_slice(format!(" s=\"{style}\"").as_bytes());
    }
    out.extend_from_slice(b"><is><t xml:space=\"preserve\">");
    push_escaped(out, text);
    out.extend_from_slice(b"</t></is></c>");
}

/// As XML, with what XML has no sign for as Excel writes it: `_x000D_`.
fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        match character {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\t' | '\n' => out.push(character as u8),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                out.extend_from_slice(format!("_x{:04X}_", u32::from(character)).as_bytes());
            }
            // A text that looks like that is told apart by its own first sign.
            '_' if looks_escaped(rest) => out.extend_from_slice(b"_x005F_"),
            character => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
}

fn looks_escaped(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("_x") else { return false };
    let bytes = rest.as_bytes();
    bytes.get(4) == Some(&b'_') && bytes.iter().take(4).all(u8::is_ascii_hexdigit)
}

fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    push_escaped(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}

/// A plain cell, the bold head, and a number with each count of decimals.
fn styles() -> String {
    let pattern = |decimals: usize| if decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(decimals)) };
    let formats: String = (0..=DECIMALS)
        .map(|decimals| format!("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", 164 + decimals, pattern(decimals)))
        .collect();
    let numbers: String = (0..=DECIMALS)
        .map(|decimals| {
            format!(
                "<xf numFmtId=\"{}\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>",
                164 + decimals
            )
        })
        .collect();
    format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"{count}\">{formats}</numFmts>\
         <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>\
         <name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/>\
         </fill></fills><borders count=\"1\"><border/></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"{all}\"><xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
         applyNumberFormat=\"1\"/><xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
         applyFont=\"1\"/>{numbers}</cellXfs></styleSheet>",
        count = DECIMALS + 1,
        all = DECIMALS + 3,
    )
}

/// `A` for the first column.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + u8::try_from(column % 26).unwrap_or_default());
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

/// Names of sheets: at most 31 characters, none of `[]:*?/\`, no quote at either end.
fn sheet_names(title: &str, sheets: usize) -> Vec<String> {
    let plain: String = title
        .chars()
        .map(|character| if "[]:*?/\\".contains(character) || character.is_control() { '_' } else { character })
        .collect();
    let plain = plain.trim().trim_matches('\'');
    // Excel keeps this one for itself.
    let plain = if plain.is_empty() || plain.eq_ignore_ascii_case("history") { "Rows" } else { plain };
    let cut = |room: usize| -> String {
        let mut units = 0;
        let fits = |character: &char| {
            units += character.len_utf16();
            units <= room
        };
        plain.chars().take_while(fits).collect()
    };
    let name = |number: usize| match number {
        1 => cut(31),
        number => {
            let end = format!(" ({number})");
            format!("{}{end}", cut(31 - end.len()))
        }
    };
    (1..=sheets).map(name).collect()
}

fn too_long(row: u64, column: &str, characters: usize) -> WriteError {
    let message = format!("Row {row} has {characters} characters in “{column}”; a cell of Excel holds {SHEET_CELL}.");
    unsupported(message, "Leave the column out, or choose another format: nothing would be cut there.")
}

fn failed(error: ZipError) -> WriteError {
    match error {
        ZipError::Io(error) => WriteError::Output(error),
        error => WriteError::Output(io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_where_every_digit_survives() {
        for (text, decimals) in [
            ("0", Some(0)),
            ("-17", Some(0)),
            ("12.50", Some(2)),
            ("0.001", Some(3)),
            ("123456789012345", Some(0)),
            ("-99999999999.9999", Some(4)),
            ("1234567890123456", None),
            ("9007199254740993", None),
            ("0.30000000000000004", None),
            ("-0", None),
            ("-0.00", None),
            ("007", None),
            ("1e5", None),
            ("NaN", None),
            ("", None),
            (".5", None),
            ("5.", None),
            ("-", None),
            ("1,5", None),
        ] {
            assert_eq!(exact_decimals(text), decimals, "{text}");
        }
    }

    #[test]
    fn columns_are_lettered_and_sheets_named_as_excel_wants_them() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
        assert_eq!(sheet_names("a/b[1]", 1), ["a_b_1_"]);
        assert_eq!(sheet_names("", 2), ["Rows", "Rows (2)"]);
        let long = sheet_names(&"x".repeat(40), 2);
        assert_eq!((long[0].len(), long[1].as_str()), (31, &*format!("{} (2)", "x".repeat(27))));
    }
}
