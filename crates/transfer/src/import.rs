//! What a file holds, record by record, and what its columns are.
//!
//! A file is read twice: once to find out what all of its values are ([`analyse`]), once to send them ([`read`]). Nothing is
//! concluded from its first rows alone.

mod delimited;
mod encoding;
mod kinds;
mod lines;
mod sheet;

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use driver::ColumnKind;

pub use kinds::ColumnProfile;

use delimited::Delimited;
use encoding::Decoded;

/// Read from a file at a time.
const BLOCK: usize = 256 << 10;
/// Bytes that delimiters are told from.
const SAMPLE: usize = 256 << 10;
/// Rows that are shown before anything is imported.
const PREVIEW: usize = 50;
/// Characters of one of their cells.
const PREVIEW_CELL: usize = 200;
/// Records that cannot be read and are listed.
const PROBLEMS: usize = 100;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Values with a delimiter between them.
    Delimited,
    /// A JSON object per line.
    Lines,
    /// A sheet of Excel or OpenDocument.
    Sheet,
}

/// How a file is to be read; what is left out is found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// What it is.
    pub kind: Option<FileKind>,
    /// Its encoding, by a name browsers know (`utf-16le`, `windows-1252`).
    pub encoding: Option<String>,
    /// What stands between values.
    pub delimiter: Option<u8>,
    /// Whether the first record names the columns.
    pub header: bool,
    /// What stands for NULL without quotes; everything else, the empty text too, is a value.
    pub null: String,
    /// The sheet's name; the first one unless told.
    pub sheet: Option<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { kind: None, encoding: None, delimiter: None, header: true, null: String::new(), sheet: None }
    }
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file system's reason.
    #[error("{0}")]
    File(#[from] io::Error),
    /// It is not what it is read as.
    #[error("{message}")]
    Content {
        /// What is wrong, as a sentence.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Who reads has had enough.
    #[error("stopped")]
    Stopped,
}

impl ReadError {
    fn content(message: impl Into<String>, hint: &str) -> Self {
        ReadError::Content { message: message.into(), hint: hint.to_owned() }
    }
}

/// A file and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// Its encoding's name.
    pub encoding: &'static str,
    /// What stands between values.
    pub delimiter: u8,
    /// Whether the first record names the columns.
    pub header: bool,
    /// What stands for NULL.
    pub null: String,
    /// Its sheets.
    pub sheets: Vec<String>,
    /// The one that is read.
    pub sheet: Option<String>,
}

/// A record's values, gathered in buffers that are used again.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The line it begins in, from 1.
    pub line: u64,
    text: Vec<u8>,
    /// Where each value ends, and whether it was in quotes.
    ends: Vec<(usize, Mark)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// As it stands: it may be the text for NULL.
    Plain,
    /// In quotes: never NULL.
    Quoted,
    /// NULL, whatever its text.
    Null,
}

impl Record {
    fn clear(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        // One huge value must not keep its room for ever.
        self.text.shrink_to(1 << 20);
        self.ends.clear();
    }

    fn end(&mut self, mark: Mark) {
        self.ends.push((self.text.len(), mark));
    }

    fn push(&mut self, value: Option<&str>) {
        self.text.extend_from_slice(value.unwrap_or_default().as_bytes());
        self.end(if value.is_some() { Mark::Quoted } else { Mark::Null });
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Nothing stands in its line.
    fn is_blank(&self) -> bool {
        self.text.is_empty() && matches!(self.ends.as_slice(), [(_, Mark::Plain)])
    }

    /// Its values; `None` is NULL.
    ///
    /// # Errors
    /// [`ReadError::Content`] for bytes that are no characters.
    pub fn values<'a>(&'a self, null: &'a str, into: &mut Vec<Option<&'a str>>) -> Result<(), ReadError> {
        into.clear();
        into.extend(self.cells(null)?.iter());
        Ok(())
    }

    /// The same where they are, for one look at each.
    ///
    /// # Errors
    /// As [`Record::values`].
    pub fn cells<'a>(&'a self, null: &'a str) -> Result<Cells<'a>, ReadError> {
        // Looked at as a whole, and then whether a character reaches from one value into the next.
        let text = std::str::from_utf8(&self.text).ok();
        let text = text.filter(|text| self.ends.iter().all(|(end, _)| text.is_char_boundary(*end)));
        let text = text.ok_or_else(|| {
            ReadError::content(format!("Line {} is not valid text.", self.line), "Choose another encoding.")
        })?;
        Ok(Cells { text, ends: &self.ends, null })
    }
}

/// A record's values as text.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    text: &'a str,
    ends: &'a [(usize, Mark)],
    null: &'a str,
}

impl<'a> Cells<'a> {
    fn value(&self, start: usize, (end, mark): (usize, Mark)) -> Option<&'a str> {
        let text = self.text.get(start..end).unwrap_or_default();
        match mark {
            Mark::Null => None,
            Mark::Plain if text == self.null => None,
            Mark::Plain | Mark::Quoted => Some(text),
        }
    }

    /// The value at this place; `None` is NULL, and where there is none.
    pub fn get(&self, at: usize) -> Option<&'a str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(end, _)| *end);
        self.value(start, end)
    }

    /// All of them; `None` is NULL.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a str>> + use<'a> {
        let (cells, mut start) = (*self, 0);
        cells.ends.iter().map(move |end| {
            let value = cells.value(start, *end);
            start = end.0;
            value
        })
    }
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line it begins in, from 1; of a sheet, its row.
    pub line: u64,
    /// What is wrong, as a sentence.
    pub reason: String,
}

/// What was found in a file.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// How it is read.
    pub source: Source,
    /// Its columns and what all of their values are.
    pub columns: Vec<ColumnProfile>,
    /// Records with as many values as there are columns.
    pub rows: u64,
    /// Records that cannot be read.
    pub bad: u64,
    /// The first of them.
    pub problems: Vec<Problem>,
    /// The first rows, long values cut.
    pub preview: Vec<Vec<Option<String>>>,
}

/// Finds out how a file is to be read.
///
/// # Errors
/// [`ReadError::File`]; [`ReadError::Content`] for an encoding nobody knows, or bytes that are not in it, and for a sheet that is
/// not there.
pub fn look(path: &Path, options: &ReadOptions) -> Result<Source, ReadError> {
    let kind = options.kind.map_or_else(|| kind_of(path), Ok)?;
    let mut source = Source {
        path: path.to_owned(),
        kind,
        encoding: encoding_rs::UTF_8.name(),
        delimiter: options.delimiter.unwrap_or(b','),
        header: options.header,
        null: options.null.clone(),
        sheets: Vec::new(),
        sheet: None,
    };
    if kind == FileKind::Sheet {
        source.sheets = sheet::names(path)?;
        source.sheet = match &options.sheet {
            Some(name) if source.sheets.contains(name) => Some(name.clone()),
            Some(name) => {
                let known = source.sheets.join(", ");
                return Err(ReadError::content(
                    format!("There is no sheet “{name}”."),
                    &format!("There are: {known}."),
                ));
            }
            None => source.sheets.first().cloned(),
        };
        return Ok(source);
    }
    source.encoding = encoding::detect(path, options.encoding.as_deref())?;
    if kind == FileKind::Delimited && options.delimiter.is_none() {
        let mut sample = vec![0; SAMPLE];
        let read = Decoded::open(&source.path, source.encoding)?.read(&mut sample)?;
        sample.truncate(read);
        source.delimiter = delimited::detect(&sample, path);
    }
    Ok(source)
}

/// By the end of its name, and by its first bytes where that says nothing.
fn kind_of(path: &Path) -> Result<FileKind, ReadError> {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    Ok(match end.as_str() {
        "csv" | "tsv" | "tab" | "txt" => FileKind::Delimited,
        "ndjson" | "jsonl" => FileKind::Lines,
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => FileKind::Sheet,
        _ => {
            let mut start = [0; 8];
            let read = File::open(path)?.read(&mut start)?;
            match start.get(..read).unwrap_or_default() {
                [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => FileKind::Sheet,
                [b'{', ..] => FileKind::Lines,
                _ => FileKind::Delimited,
            }
        }
    })
}

/// A record, or why it cannot be read.
type Visit<'a> = dyn FnMut(Result<&Record, Problem>) -> Result<(), ReadError> + 'a;

/// The same, with the names of the columns.
type VisitNamed<'a> = dyn FnMut(&[String], Result<&Record, Problem>) -> Result<(), ReadError> + 'a;

/// Passes every record by: first of all the names of the columns, where the file has them.
fn visit(source: &Source, names: &mut Vec<String>, each: &mut Visit<'_>) -> Result<(), ReadError> {
    match source.kind {
        FileKind::Delimited => {
            let mut file = Decoded::open(&source.path, source.encoding)?;
            let mut parser = Delimited::new(source.delimiter);
            let mut block = vec![0; BLOCK];
            loop {
                let read = file.read(&mut block)?;
                if read == 0 {
                    break;
                }
                parser.feed(block.get(..read).unwrap_or_default(), each)?;
            }
            parser.finish(each)
        }
        FileKind::Lines => {
            let file = Decoded::open(&source.path, source.encoding)?;
            lines::visit(BufReader::with_capacity(BLOCK, file), names, each)
        }
        FileKind::Sheet => sheet::visit(&source.path, source.sheet.as_deref(), each),
    }
}

/// Reads every record for its values: first the header's names are taken, then each record is given with as many values as there
/// are columns, or as a problem.
fn rows(source: &Source, known: &[String], each: &mut VisitNamed<'_>) -> Result<Vec<String>, ReadError> {
    let mut names: Vec<String> = known.to_vec();
    if source.kind == FileKind::Lines {
        let mut found = known.to_vec();
        // Names come with the records themselves: later ones may bring more.
        visit(source, &mut found, &mut |record| each(&[], record))?;
        return Ok(found);
    }
    let mut first = true;
    visit(source, &mut Vec::new(), &mut |record| {
        let record = match record {
            Ok(record) => record,
            Err(problem) => return each(&names, Err(problem)),
        };
        if record.is_blank() && (first || names.len() > 1) {
            return Ok(());
        }
        if first {
            first = false;
            let mut values = Vec::new();
            record.values("", &mut values)?;
            if source.header {
                if names.is_empty() {
                    names = unique(values.iter().map(|value| value.unwrap_or_default().trim().to_owned()));
                }
                return Ok(());
            }
            if names.is_empty() {
                names = (1..=values.len()).map(|number| format!("column_{number}")).collect();
            }
        }
        if record.len() != names.len() {
            let reason = match (record.len(), names.len()) {
                (1, columns) => format!("It has 1 value; there are {columns} columns."),
                (values, columns) => format!("It has {values} values; there are {columns} columns."),
            };
            return each(&names, Err(Problem { line: record.line, reason }));
        }
        each(&names, Ok(record))
    })?;
    Ok(names)
}

/// Names for every column: none is empty, none is twice.
fn unique(given: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, name) in given.enumerate() {
        let name = if name.is_empty() { format!("column_{}", index + 1) } else { name };
        let taken = |name: &str| names.iter().any(|other| other == name);
        let free = if taken(&name) {
            (2..).map(|number| format!("{name}_{number}")).find(|name| !taken(name)).unwrap_or(name)
        } else {
            name
        };
        names.push(free);
    }
    names
}

/// Reads a whole file for what its columns are. `go_on` is asked now and then, with the rows so far.
///
/// # Errors
/// As [`look`]; [`ReadError::Stopped`] where `go_on` says so.
pub fn analyse(source: &Source, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Analysis, ReadError> {
    analysis(source, ColumnProfile::new, go_on)
}

/// As [`analyse`], for a table that has its types already: of a column's kind only is told whether it is true and false.
///
/// # Errors
/// As [`analyse`].
pub fn survey(source: &Source, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Analysis, ReadError> {
    analysis(source, ColumnProfile::of_booleans, go_on)
}

fn analysis(
    source: &Source,
    profile: fn(u64) -> ColumnProfile,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Analysis, ReadError> {
    let mut columns: Vec<ColumnProfile> = Vec::new();
    let (mut count, mut bad) = (0u64, 0u64);
    let mut problems = Vec::new();
    let mut preview = Vec::new();
    let names = rows(source, &[], &mut |_, record| {
        if (count + bad).is_multiple_of(4096) && !go_on(count) {
            return Err(ReadError::Stopped);
        }
        let record = match record {
            Ok(record) => record,
            Err(problem) => {
                bad += 1;
                if problems.len() < PROBLEMS {
                    problems.push(problem);
                }
                return Ok(());
            }
        };
        let cells = record.cells(&source.null)?;
        // Columns that come up late were NULL before.
        while columns.len() < record.len() {
            columns.push(profile(count));
        }
        for (column, value) in columns.iter_mut().zip(cells.iter()) {
            column.see(value, record.line);
        }
        for column in columns.iter_mut().skip(record.len()) {
            column.see(None, record.line);
        }
        if preview.len() < PREVIEW {
            let cut = |text: &str| text.chars().take(PREVIEW_CELL).collect::<String>();
            preview.push(cells.iter().map(|value| value.map(cut)).collect::<Vec<_>>());
        }
        count += 1;
        Ok(())
    })?;
    while columns.len() < names.len() {
        columns.push(profile(count));
    }
    for (column, name) in columns.iter_mut().zip(names) {
        column.name = name;
    }
    for row in &mut preview {
        row.resize(columns.len(), None);
    }
    if columns.is_empty() {
        return Err(no_columns());
    }
    Ok(Analysis { source: source.clone(), columns, rows: count, bad, problems, preview })
}

/// The columns that the beginning of a file tells of, with nothing known of their values.
///
/// # Errors
/// As [`analyse`]; [`ReadError::Content`] for a file of which only all records together tell the columns.
pub fn columns(source: &Source) -> Result<Vec<ColumnProfile>, ReadError> {
    if source.kind == FileKind::Lines {
        return Err(ReadError::content("Any record may bring another column.", "Read the whole file."));
    }
    let mut found = Vec::new();
    let names = rows(source, &[], &mut |names, _| {
        found = names.to_vec();
        Err(ReadError::Stopped)
    });
    let names = match names {
        Err(ReadError::Stopped) => found,
        names => names?,
    };
    if names.is_empty() {
        return Err(no_columns());
    }
    let unseen = |name| {
        let mut column = ColumnProfile::new(0);
        column.name = name;
        column
    };
    Ok(names.into_iter().map(unseen).collect())
}

fn no_columns() -> ReadError {
    ReadError::content("The file holds no columns.", "Is it empty, or is it another kind of file?")
}

/// Reads a file again, whose columns have these names, for its values.
///
/// # Errors
/// As [`analyse`], and whatever `each` says.
pub fn read(source: &Source, names: &[String], each: &mut Visit<'_>) -> Result<(), ReadError> {
    rows(source, names, &mut |_, record| each(record)).map(drop)
}

/// What a column of this kind is called by people.
pub fn kind_words(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean => "true or false",
        ColumnKind::Integer | ColumnKind::BigInteger => "whole numbers",
        ColumnKind::Decimal { .. } => "decimal numbers",
        ColumnKind::Float => "numbers",
        ColumnKind::Date => "dates",
        ColumnKind::Time => "times",
        ColumnKind::Timestamp | ColumnKind::TimestampTz => "dates with times",
        ColumnKind::Uuid => "UUIDs",
        ColumnKind::Json => "JSON",
        ColumnKind::Text => "text",
    }
}
