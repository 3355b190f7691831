//! Folders of migrations: how a database stands to one, applied, taken back, tried, written.
//!
//! sqlx's are applied here, and its history kept as sqlx keeps it; those of other tools are read. On PostgreSQL and SQLite a migration
//! and its row in the history are one transaction: whatever happens to this program, the row says what is there. Elsewhere, and for
//! `-- no-transaction`, the row goes in first and says that it is not done, and each statement is written down here before it is sent:
//! afterwards it is known how far it came.

mod creating;
mod files;
mod reading;
mod running;
mod scratching;
mod steps;
mod telling;
#[cfg(test)]
mod tests;

use std::{path::Path, time::Instant};

use crate::{
    App,
    api::*,
    explorer::{Place, blocking},
    profiles::dial::elapsed_ms,
    terminal::Terminal,
};

use reading::Standing;
pub(crate) use scratching::build;
use steps::Step;

impl App {
    /// How a database stands to a folder; without one, to the folder that was looked at last, or how its histories stand.
    ///
    /// # Errors
    /// As connecting; `Unsupported` for engines whose migrations are not known; `NotFound`, `Exhausted` for the folder.
    pub async fn migrations_status(
        &self,
        profile_id: &str,
        database: Option<&str>,
        folder: Option<&str>,
    ) -> Result<MigrationStatus, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let remembered = match folder {
            Some(folder) => {
                files::remember(&self.store, &place, folder).await?;
                Some(folder.to_owned())
            }
            None => files::remembered(&self.store, &place).await?,
        };
        stands(self, &place, remembered.as_deref()).await
    }

    /// What is to be done, statement by statement.
    ///
    /// # Errors
    /// As [`App::migrations_status`]; `Conflict` where nothing can be applied; `InvalidStatement` for a statement that is not sent,
    /// and for a version that is not there.
    pub async fn migrations_review(
        &self,
        profile_id: &str,
        database: Option<&str>,
        request: &MigrationRequest,
    ) -> Result<MigrationReview, AppError> {
        review(&self.database_place(profile_id, database).await?, request).await
    }

    /// Runs it and keeps nothing: in a transaction that is rolled back, or in a scratch database.
    ///
    /// # Errors
    /// As [`App::migrations_review`]; `Forbidden` on a read-only connection; `Unsupported` for what cannot be tried.
    pub async fn migrations_try(
        &self,
        profile_id: &str,
        database: Option<&str>,
        request: &MigrationRequest,
    ) -> Result<MigrationRan, AppError> {
        attempt(self, &self.database_place(profile_id, database).await?, request).await
    }

    /// Applies, or takes back.
    ///
    /// # Errors
    /// As [`App::migrations_review`]; `Forbidden` on a read-only connection; `Unreachable` when nobody knows whether the last one was
    /// kept: the status says so.
    pub async fn migrations_run(
        &self,
        profile_id: &str,
        database: Option<&str>,
        request: &MigrationRequest,
        confirmed: Option<&RunConsent>,
    ) -> Result<MigrationRan, AppError> {
        run(self, &self.database_place(profile_id, database).await?, request, confirmed).await
    }

    /// Says of a migration that failed what a person has made of it.
    ///
    /// # Errors
    /// `NotFound` for one that did not fail; `Forbidden` on a read-only connection.
    pub async fn migrations_settle(
        &self,
        profile_id: &str,
        database: Option<&str>,
        folder: &str,
        version: &str,
        settled: MigrationSettled,
    ) -> Result<MigrationStatus, AppError> {
        let place = self.database_place(profile_id, database).await?;
        settle(self, &place, folder, version, settled).await
    }

    /// Writes a migration, of what is staged where no statements are given, and tells its files.
    ///
    /// # Errors
    /// `NotFound` where nothing is staged; `Conflict` for what is staged and does not fit; `InvalidStatement` for a folder or a name
    /// that does not do; as the disk says.
    pub async fn migrations_create(
        &self,
        profile_id: &str,
        database: Option<&str>,
        new: &NewMigration,
    ) -> Result<Vec<String>, AppError> {
        let place = self.database_place(profile_id, database).await?;
        let files = creating::create(self, &place, database, new).await?;
        self.events.changed(&[Topic::Migrations], Some(profile_id));
        Ok(files)
    }

    /// Writes a migration of given statements, for which no database is needed.
    ///
    /// # Errors
    /// As [`App::migrations_create`].
    pub async fn migrations_write(&self, new: &NewMigration) -> Result<Vec<String>, AppError> {
        creating::write(new, None, &[], None).await
    }

    /// Forgets the folders of a connection that is gone.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn forget_migrations(&self, profile_id: &str) -> Result<(), AppError> {
        files::forget(&self.store, profile_id).await
    }
}

impl Terminal {
    /// As [`App::migrations_status`], without a folder that was remembered.
    ///
    /// # Errors
    /// As there.
    pub async fn migrations_status(&self, folder: Option<&str>) -> Result<MigrationStatus, AppError> {
        stands(self.app(), &self.whole(), folder).await
    }

    /// As [`App::migrations_review`].
    ///
    /// # Errors
    /// As there.
    pub async fn migrations_review(&self, request: &MigrationRequest) -> Result<MigrationReview, AppError> {
        review(&self.whole(), request).await
    }

    /// As [`App::migrations_try`].
    ///
    /// # Errors
    /// As there.
    pub async fn migrations_try(&self, request: &MigrationRequest) -> Result<MigrationRan, AppError> {
        attempt(self.app(), &self.whole(), request).await
    }

    /// As [`App::migrations_run`].
    ///
    /// # Errors
    /// As there.
    pub async fn migrations_run(
        &self,
        request: &MigrationRequest,
        confirmed: Option<&RunConsent>,
    ) -> Result<MigrationRan, AppError> {
        run(self.app(), &self.whole(), request, confirmed).await
    }

    /// As [`App::migrations_settle`].
    ///
    /// # Errors
    /// As there.
    pub async fn migrations_settle(
        &self,
        folder: &str,
        version: &str,
        settled: MigrationSettled,
    ) -> Result<MigrationStatus, AppError> {
        settle(self.app(), &self.whole(), folder, version, settled).await
    }

    /// As [`App::migrations_create`].
    ///
    /// # Errors
    /// As there.
    pub async fn migrations_create(&self, new: &NewMigration) -> Result<Vec<String>, AppError> {
        creating::create(self.app(), &self.whole(), None, new).await
    }

    /// Applies every migration of a folder on a scratch database of this server, and takes each back and applies it again.
    ///
    /// # Errors
    /// As making a scratch database and reading the folder; `Unsupported` for statements that reach beyond the database.
    pub async fn migrations_check(&self, folder: &str) -> Result<MigrationCheck, AppError> {
        scratching::check(self.app(), &self.whole(), Path::new(folder)).await
    }
}

async fn stands(app: &App, place: &Place, folder: Option<&str>) -> Result<MigrationStatus, AppError> {
    let standing = Standing::of(place, folder).await?;
    telling::status(app, place, &standing).await
}

/// What a request means; `None` where folder or history are not what was looked at.
async fn asked(place: &Place, request: &MigrationRequest) -> Result<Option<(Standing, Vec<Step>)>, AppError> {
    let standing = Standing::of(place, Some(&request.folder)).await?;
    if standing.digest != request.digest {
        return Ok(None);
    }
    if let Some(refusal) = standing.refusal() {
        return Err(AppError::new(ErrorCode::Conflict, format!("Nothing was sent. {refusal}")));
    }
    let steps = steps::planned(&standing, request)?;
    Ok(Some((standing, steps)))
}

async fn review(place: &Place, request: &MigrationRequest) -> Result<MigrationReview, AppError> {
    let Some((standing, steps)) = asked(place, request).await? else {
        return Err(stale());
    };
    let untriable = scratching::untriable(place, &standing, &steps).await?;
    let shelved = place.opened.shelf.get(&place.opened, &place.connected).await?;
    let read_only = place.connected.read_only;
    let server =
        schema::Server { engine: standing.engine, version: place.opened.connection.control().server().version_number };
    blocking(move || telling::review(&standing, &steps, untriable, &shelved.catalog, server, read_only)).await
}

async fn attempt(app: &App, place: &Place, request: &MigrationRequest) -> Result<MigrationRan, AppError> {
    writable(place)?;
    let Some((standing, steps)) = asked(place, request).await? else { return Ok(MigrationRan::Stale) };
    scratching::attempt(app, place, &standing, &steps, request.lock_timeout_ms).await
}

async fn run(
    app: &App,
    place: &Place,
    request: &MigrationRequest,
    confirmed: Option<&RunConsent>,
) -> Result<MigrationRan, AppError> {
    writable(place)?;
    let Some((standing, steps)) = asked(place, request).await? else { return Ok(MigrationRan::Stale) };
    if steps.is_empty() {
        return Ok(MigrationRan::Done { versions: Vec::new(), elapsed_ms: 0 });
    }
    if let Some(question) = telling::question(place, &standing, &steps, confirmed)? {
        return Ok(MigrationRan::Confirm { question });
    }
    let begun = Instant::now();
    let ended = running::all(app, place, &standing, &steps, request.lock_timeout_ms).await;
    if let Err(error) = place.opened.shelf.refresh(&place.opened, &place.connected).await {
        tracing::warn!(%error, "the catalog was not read after migrations");
    }
    app.events.changed(&[Topic::Migrations, Topic::Structure], Some(&place.connected.profile.id));
    Ok(ended?.told(elapsed_ms(begun)))
}

async fn settle(
    app: &App,
    place: &Place,
    folder: &str,
    version: &str,
    settled: MigrationSettled,
) -> Result<MigrationStatus, AppError> {
    writable(place)?;
    let standing = Standing::of(place, Some(folder)).await?;
    running::settle(app, place, &standing, version, settled).await?;
    app.events.changed(&[Topic::Migrations], Some(&place.connected.profile.id));
    stands(app, place, Some(folder)).await
}

fn writable(place: &Place) -> Result<(), AppError> {
    if place.connected.read_only {
        return Err(AppError::new(ErrorCode::Forbidden, "Nothing was sent: this connection is read-only.")
            .with_hint("Change the connection's safety level to allow writes."));
    }
    Ok(())
}

fn stale() -> AppError {
    AppError::new(ErrorCode::Conflict, "Folder or history are not what was looked at any more.")
        .with_hint("Look at them anew.")
}
