//! One value into a file of its own.

use std::{io::Write as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use driver::{CastTarget, Scalar, ValueClass, arrow};

use super::{Held, blocking};
use crate::{App, api::*};

impl App {
    /// Writes one value to a file, which has its name once it is whole; answers with its bytes.
    ///
    /// # Errors
    /// `NotFound` for released rows, NULL and missing folders; `InvalidStatement` for what is no base64; `Forbidden` for a file that
    /// may not be written; `Exhausted` for a full disk; `Corrupt` for a damaged one.
    pub async fn save_cell(&self, path: &str, cell: SavedCell) -> Result<u64, AppError> {
        let path = std::path::absolute(path).map_err(|error| AppError::file(&error, path.as_ref(), "found"))?;
        let held = match &cell {
            SavedCell::Held { hold_id, .. } => Some(self.live.holds.get(hold_id)?),
            SavedCell::Bytes { .. } => None,
        };
        blocking(move || {
            let bytes = match (cell, held) {
                (SavedCell::Held { row, column, .. }, Some(held)) => stored(&held, row, column as usize)?,
                (SavedCell::Bytes { base64 }, _) => STANDARD
                    .decode(base64)
                    .map_err(|_| AppError::new(ErrorCode::InvalidStatement, "These are no bytes."))?,
                (SavedCell::Held { .. }, None) => return Err(AppError::internal("rows were lost")),
            };
            write(&path, &bytes).map_err(|error| AppError::file(&error, &path, "written"))?;
            Ok(bytes.len() as u64)
        })
        .await
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut target = transfer::Target::create(path)?;
    target.write_all(bytes)?;
    target.finish()
}

/// The value itself: where the server prints bytes as digits, what they stand for.
fn stored(held: &Held, row: u64, column: usize) -> Result<Vec<u8>, AppError> {
    let cell = held.cell(row, column, 0..u64::MAX)?;
    let Some(bytes) = cell.bytes else {
        return Err(AppError::new(ErrorCode::NotFound, "NULL is no value that a file could hold."));
    };
    let schema = held.hold.schema();
    let cast = held.driver.cast();
    let native = schema.fields().get(column).map(|field| arrow::native_type(field)).unwrap_or_default();
    // A cell that says itself what it is, and drivers whose bytes are the value, hold it as it is.
    if cell.class.is_some() || cast.forms().raw_bytes || cast.class(native) != ValueClass::Bytes {
        return Ok(bytes);
    }
    match cast.cast(native, held.hold.context(), &bytes, CastTarget::Bytes) {
        Scalar::Bytes(value) => Ok(value),
        _ => Ok(bytes),
    }
}
