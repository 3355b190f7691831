//! Writing migrations.

use std::path::PathBuf;

use migration::written;
use schema::Engine;
use time::OffsetDateTime;

use super::{files, reading::engine_of};
use crate::{
    App,
    api::*,
    explorer::{Place, blocking},
};

/// Writes a migration of given statements, or of what is staged.
///
/// # Errors
/// As [`App::migrations_create`].
pub(super) async fn create(
    app: &App,
    place: &Place,
    database: Option<&str>,
    new: &NewMigration,
) -> Result<Vec<String>, AppError> {
    let engine = engine_of(place)?;
    let profile_id = &place.connected.profile.id;
    if new.up.is_some() {
        return write(new, None, &[], Some(engine)).await;
    }
    if profile_id.is_empty() {
        let message = "Nothing is staged for a connection that is not saved.";
        return Err(
            AppError::new(ErrorCode::NotFound, message).with_hint("Give the statements, or name a saved connection.")
        );
    }
    let review = app.review_structure(profile_id, database, Vec::new()).await?;
    if let Some(refusal) = review.refusal {
        return Err(AppError::new(ErrorCode::Conflict, format!("Nothing was written. {refusal}")));
    }
    if review.steps.is_empty() {
        return Err(AppError::new(ErrorCode::NotFound, "Nothing is staged."));
    }
    let down = new.down.clone().unwrap_or(review.back_script);
    write(new, Some((review.script, down)), &review.lossy, Some(engine)).await
}

/// Writes the files of a migration; `staged` is up and down where none is given.
///
/// # Errors
/// `InvalidStatement` for a folder or a name that does not do, and where there is nothing to write; as the disk says.
pub(super) async fn write(
    new: &NewMigration,
    staged: Option<(String, String)>,
    loses: &[String],
    engine: Option<Engine>,
) -> Result<Vec<String>, AppError> {
    let (up, down) = match (staged, &new.up) {
        (Some(staged), _) => staged,
        (None, Some(up)) => (up.clone(), new.down.clone().unwrap_or_default()),
        (None, None) => {
            return Err(AppError::new(ErrorCode::InvalidStatement, "A migration needs statements."));
        }
    };
    let (folder, name, loses) = (PathBuf::from(&new.folder), new.name.clone(), loses.to_vec());
    blocking(move || {
        let read = match folder.exists() {
            true => files::read(&folder)?.0,
            false => migration::Folder::read(&folder.to_string_lossy(), &[]),
        };
        let made = written(&read, &name, (&up, &down), &loses, OffsetDateTime::now_utc(), engine)
            .map_err(|problem| AppError::new(ErrorCode::InvalidStatement, problem.words))?;
        files::write(&folder, &made)
    })
    .await?
}
