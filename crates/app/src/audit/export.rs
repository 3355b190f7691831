//! The audit trail as a file: page by page, whole or not at all.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    App,
    api::{AppError, AuditEntry, AuditFormat, AuditQuery, ErrorCode},
};

/// Lines that are read at a time.
const PAGE: u32 = 1_000;

/// The columns of a line; see [`cells`].
pub const HEADS: [&str; 16] = [
    "id",
    "at",
    "connection",
    "database",
    "face",
    "kind",
    "command",
    "targets",
    "outcome",
    "rows",
    "elapsed_ms",
    "error",
    "text",
    "digest",
    "profile_id",
    "acting",
];

/// A line's values as texts, in the order of [`HEADS`]; times in UTC.
pub fn cells(entry: &AuditEntry) -> [String; 16] {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        entry.id.to_string(),
        moment(entry.at_ms),
        entry.profile_name.clone(),
        text(&entry.database),
        entry.face.clone(),
        entry.kind.word().to_owned(),
        entry.command.clone(),
        entry.targets.join(" "),
        entry.outcome.clone().unwrap_or_else(|| "not known".to_owned()),
        number(entry.rows),
        number(entry.elapsed_ms),
        text(&entry.error),
        entry.text.clone(),
        entry.digest.clone(),
        text(&entry.profile_id),
        text(&entry.acting),
    ]
}

/// In UTC, to the second.
fn moment(ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| ms.to_string())
}

fn quoted(cell: &str) -> String {
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

impl App {
    /// Writes every line the query finds to a file, newest first, and says how many; the query's `limit` and `before` do not
    /// count. The file is replaced only once everything is written.
    ///
    /// # Errors
    /// As the store and the file system say; what was at `path` then stays.
    pub async fn export_audit(&self, query: AuditQuery, path: &str, format: AuditFormat) -> Result<u64, AppError> {
        let path = std::path::absolute(path).map_err(|error| AppError::file(&error, Path::new(path), "written"))?;
        let mut sheet = Sheet::begin(path, format)?;
        let mut query = AuditQuery { limit: PAGE, before: None, ..query };
        loop {
            let page = self.audit(query.clone()).await?;
            let Some(last) = page.last() else { break };
            query.before = Some(last.id);
            sheet = tokio::task::spawn_blocking(move || sheet.add(&page))
                .await
                .map_err(|_| AppError::internal("writing the audit trail was interrupted"))??;
        }
        tokio::task::spawn_blocking(move || sheet.end())
            .await
            .map_err(|_| AppError::internal("writing the audit trail was interrupted"))?
    }
}

/// A file in the making, beside its place.
struct Sheet {
    path: PathBuf,
    format: AuditFormat,
    file: BufWriter<tempfile::NamedTempFile>,
    lines: u64,
}

impl Sheet {
    fn begin(path: PathBuf, format: AuditFormat) -> Result<Sheet, AppError> {
        // Through a link, what it leads to is replaced.
        let path = fs::canonicalize(&path).unwrap_or(path);
        let failed = |error: io::Error| AppError::file(&error, &path, "written");
        if path.is_dir() {
            return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is a folder.", path.display()))
                .with_hint("Name a file."));
        }
        let folder = path.parent().ok_or(io::ErrorKind::InvalidFilename).map_err(|kind| failed(kind.into()))?;
        // Readable by its owner only, as the store is.
        let file = tempfile::Builder::new().prefix(".rowhouse-").suffix(".tmp").tempfile_in(folder).map_err(failed)?;
        let mut file = BufWriter::new(file);
        if format == AuditFormat::Csv {
            writeln!(file, "{}", HEADS.join(",")).map_err(failed)?;
        }
        Ok(Sheet { path, format, file, lines: 0 })
    }

    fn add(mut self, page: &[AuditEntry]) -> Result<Sheet, AppError> {
        for entry in page {
            let written = match self.format {
                AuditFormat::Csv => {
                    let quoted: Vec<String> = cells(entry).iter().map(|cell| quoted(cell)).collect();
                    writeln!(self.file, "{}", quoted.join(","))
                }
                AuditFormat::Ndjson => serde_json::to_writer(&mut self.file, entry)
                    .map_err(io::Error::from)
                    .and_then(|()| self.file.write_all(b"\n")),
            };
            written.map_err(|error| AppError::file(&error, &self.path, "written"))?;
            self.lines += 1;
        }
        Ok(self)
    }

    fn end(self) -> Result<u64, AppError> {
        let Sheet { path, file, lines, .. } = self;
        let failed = |error: io::Error| AppError::file(&error, &path, "written");
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(lines)
    }
}
