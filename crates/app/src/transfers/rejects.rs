//! What was refused, in a file: the line, the reason, the values.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use transfer::Target;

use crate::{
    api::{AppError, ErrorCode, FileImport},
    explorer::grouped,
};

/// The file is made with the first refused row: where there is none, there is no file.
pub(super) struct Rejects {
    path: Option<PathBuf>,
    file: Option<Target>,
    count: u64,
}

impl Rejects {
    /// # Errors
    /// `InvalidStatement` for batches without a file for what is refused: nothing may be lost in silence.
    pub(super) fn new(request: &FileImport) -> Result<Self, AppError> {
        if request.batch.is_some() && request.rejects.is_none() && !request.dry_run {
            return Err(AppError::new(
                ErrorCode::InvalidStatement,
                "Batches need a file for the rows that are refused.",
            )
            .with_hint("Name one, or import in one transaction."));
        }
        let path = request.rejects.as_deref().map(std::path::absolute).transpose();
        let path = path.map_err(|error| AppError::file(&error, Path::new("the rejects"), "found"))?;
        Ok(Rejects { path, file: None, count: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn add(&mut self, line: u64, reason: &str, values: &[Option<&str>]) -> Result<(), AppError> {
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |error: std::io::Error| AppError::file(&error, path, "written");
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut file = Target::create(path).map_err(failed)?;
                writeln!(file, "line,reason,values").map_err(failed)?;
                self.file.insert(file)
            }
        };
        let mut text = format!("{line},{}", quoted(reason));
        for value in values {
            text.push(',');
            text.push_str(&value.map(quoted).unwrap_or_default());
        }
        text.push('\n');
        file.write_all(text.as_bytes()).map_err(failed)?;
        self.count += 1;
        Ok(())
    }

    /// Gives the file its name; what is to be said of it.
    ///
    /// # Errors
    /// As the file system says.
    pub(super) fn finish(self) -> Result<Option<String>, AppError> {
        let (Some(file), Some(path)) = (self.file, self.path) else { return Ok(None) };
        file.finish().map_err(|error| AppError::file(&error, &path, "written"))?;
        let rows = if self.count == 1 { "row is" } else { "rows are" };
        Ok(Some(format!("{} refused {rows} in {}.", grouped(self.count), super::import::shown(&path))))
    }
}

/// NULL is nothing, empty text is two quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
