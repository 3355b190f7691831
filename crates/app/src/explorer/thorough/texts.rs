//! The second file of a kept catalog: what only a thorough reading tells, one line per object.
//!
//! A line is a key, a tab and a body, both as JSON, so that one object is found by reading past the others and schemas are
//! taken over from an older file as they are: neither needs the whole in memory. A body of `null` is one that was too much to
//! be kept. The last line but one says when each schema was read, the last one where that line begins: a file that was cut off
//! has neither.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use catalog::{ObjectKey, ObjectKind};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tempfile::NamedTempFile;

/// The first line of a file. Changes with the shape of what follows.
const FORMAT: &[u8] = b"rowhouse catalog texts 1\n";
/// Digits of the last line.
const DIGITS: usize = 20;
/// What belongs to no schema stands under this name.
pub(super) const SERVER: &str = "";

/// The most that is kept of one database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Of all bodies together.
    pub(crate) bytes: u64,
    /// Objects with a text.
    pub(crate) objects: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { bytes: 128 << 20, objects: 50_000 }
    }
}

/// What was read of one schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Of the schema in the lean catalog that it was read after.
    pub(super) print: String,
    /// When its reading began, in ms since the epoch.
    pub(super) as_of_ms: i64,
}

/// By the schema's name.
pub(super) type Parts = BTreeMap<String, Part>;

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineKey {
    /// A relation's parts: schema and name.
    Detail(String, String),
    /// Privileges on what holds the relations of a schema.
    Above(String),
    /// What belongs to no schema, all of it.
    Server,
    /// A definition text: schema, kind, name and signature.
    Text(Option<String>, ObjectKind, String, Option<String>),
}

impl LineKey {
    pub(super) fn text(key: &ObjectKey) -> LineKey {
        LineKey::Text(key.schema.clone(), key.kind, key.name.clone(), key.signature.clone())
    }

    /// The schema it stands under.
    fn part(&self) -> &str {
        match self {
            LineKey::Detail(schema, _) | LineKey::Above(schema) | LineKey::Text(Some(schema), ..) => schema,
            LineKey::Text(None, ObjectKind::Schema, name, _) => name,
            LineKey::Text(None, ..) | LineKey::Server => SERVER,
        }
    }
}

/// What a file has of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// As of this time, in ms since the epoch.
    Kept(T, i64),
    /// It was too much.
    Beyond,
    Nothing,
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Opens a file whose end is where it says; `None` where there is none.
fn open(path: &Path) -> io::Result<Option<(BufReader<File>, Parts)>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut start = vec![0; FORMAT.len()];
    file.read_exact(&mut start)?;
    if start != FORMAT {
        return Err(damaged());
    }
    let end = file.seek(SeekFrom::End(-(DIGITS as i64 + 1)))?;
    let mut digits = String::new();
    file.read_to_string(&mut digits)?;
    let at: u64 = digits.trim_end().parse().map_err(|_| damaged())?;
    let length = end.checked_sub(at).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(at))?;
    let parts = serde_json::from_reader(BufReader::new((&file).take(length)))?;
    file.seek(SeekFrom::Start(FORMAT.len() as u64))?;
    Ok(Some((BufReader::with_capacity(1 << 18, file), parts)))
}

/// The parts of a file; none of one that is damaged or not there.
pub(super) fn parts(path: &Path) -> Parts {
    match open(path) {
        Ok(found) => found.map(|(_, parts)| parts).unwrap_or_default(),
        Err(error) => {
            tracing::warn!(%error, "the kept texts of a catalog are damaged and count as none");
            Parts::default()
        }
    }
}

/// What a file has of an object. A damaged file has nothing.
pub(super) fn find<T: DeserializeOwned>(path: &Path, key: &LineKey) -> Found<T> {
    let read = || -> io::Result<Found<T>> {
        let Some((mut lines, parts)) = open(path)? else { return Ok(Found::Nothing) };
        let mut wanted = serde_json::to_vec(key)?;
        wanted.push(b'\t');
        let mut line = Vec::new();
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(Found::Nothing);
            }
            if let Some(body) = line.strip_prefix(wanted.as_slice()) {
                let part = parts.get(key.part()).ok_or_else(damaged)?;
                let body = serde_json::from_slice::<Option<T>>(body)?;
                return Ok(body.map_or(Found::Beyond, |body| Found::Kept(body, part.as_of_ms)));
            }
        }
    };
    read().unwrap_or_else(|error| {
        tracing::warn!(%error, "the kept texts of a catalog are damaged and count as none");
        Found::Nothing
    })
}

/// A file that is being written beside the one it will replace.
pub(super) struct Writer {
    file: BufWriter<NamedTempFile>,
    parts: Parts,
    bounds: Bounds,
    at: Mark,
}

/// A place in a file that is being written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    place: u64,
    bytes: u64,
    objects: usize,
}

impl Writer {
    /// In this folder, which is made where there is none. Others than its owner may not read it.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn new(folder: &Path, bounds: Bounds) -> io::Result<Writer> {
        std::fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new().prefix(".rowhouse-").suffix(".tmp").tempfile_in(folder)?;
        let mut writer =
            Writer { file: BufWriter::with_capacity(1 << 18, file), parts: Parts::new(), bounds, at: Mark::default() };
        writer.put(FORMAT)?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.at.place += bytes.len() as u64;
        Ok(())
    }

    /// Whether another object has room.
    pub(super) fn has_room(&self) -> bool {
        self.at.objects < self.bounds.objects && self.at.bytes < self.bounds.bytes
    }

    /// Where it is now, to come back to.
    pub(super) fn mark(&self) -> Mark {
        self.at
    }

    /// Takes back what was written since.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn back_to(&mut self, mark: Mark) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_mut().as_file_mut().set_len(mark.place)?;
        self.file.seek(SeekFrom::Start(mark.place))?;
        self.at = mark;
        Ok(())
    }

    /// Writes what is known of an object, or that it is beyond the bounds.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn line<T: Serialize + ?Sized>(&mut self, key: &LineKey, body: Option<&T>) -> io::Result<()> {
        let body = match body {
            Some(body) => serde_json::to_vec(body)?,
            None => b"null".to_vec(),
        };
        self.raw(&serde_json::to_vec(key)?, &body, matches!(key, LineKey::Text(..)))
    }

    fn raw(&mut self, key: &[u8], body: &[u8], counts: bool) -> io::Result<()> {
        let bytes = self.at.bytes + body.len() as u64;
        let fits = bytes <= self.bounds.bytes && (!counts || self.at.objects < self.bounds.objects);
        self.put(key)?;
        self.put(b"\t")?;
        if fits && body != b"null" {
            self.at.bytes = bytes;
            self.at.objects += usize::from(counts);
            self.put(body)?;
        } else {
            self.put(b"null")?;
        }
        self.put(b"\n")
    }

    /// A schema is complete.
    pub(super) fn part(&mut self, schema: &str, part: Part) {
        self.parts.insert(schema.to_owned(), part);
    }

    /// Takes schemas over from an older file. One that turns out to be damaged gives what comes before the damage, and its
    /// schemas are then not marked as complete.
    pub(super) fn take_over(&mut self, path: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
        let (mut lines, parts) = match open(path) {
            Ok(Some(found)) => found,
            Ok(None) | Err(_) => return Ok(()),
        };
        let mark = self.mark();
        let mut line = Vec::new();
        loop {
            line.clear();
            lines.read_until(b'\n', &mut line)?;
            // The parts come last.
            if line.first() == Some(&b'{') && !line.contains(&b'\t') || line.is_empty() {
                break;
            }
            let halves = line.iter().position(|byte| *byte == b'\t').and_then(|tab| line.split_at_checked(tab));
            let read = halves.and_then(|(key, body)| {
                let named = serde_json::from_slice::<LineKey>(key).ok()?;
                Some((named, key, body.strip_prefix(b"\t")?.strip_suffix(b"\n")?))
            });
            let Some((named, key, body)) = read else {
                return self.back_to(mark);
            };
            if wanted(named.part()) {
                self.raw(key, body, matches!(named, LineKey::Text(..)))?;
            }
        }
        self.parts.extend(parts.into_iter().filter(|(schema, _)| wanted(schema)));
        Ok(())
    }

    /// What was taken over of these schemas is not up to date.
    pub(super) fn mark_stale(&mut self, schemas: &std::collections::BTreeSet<String>) {
        let stale = self.parts.iter_mut().filter(|(schema, _)| schemas.contains(*schema));
        stale.for_each(|(_, part)| part.print.clear());
    }

    /// Ends the file; it is not in its place yet.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn finish(mut self) -> io::Result<NamedTempFile> {
        let at = self.at.place;
        let mut parts = serde_json::to_vec(&self.parts)?;
        parts.push(b'\n');
        self.put(&parts)?;
        self.put(format!("{at:0DIGITS$}\n").as_bytes())?;
        self.file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}
