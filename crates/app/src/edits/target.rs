//! What edits of a hold's rows go to.

use std::sync::Arc;

use catalog::{Catalog, Kind, ObjectKey, Scope};
use driver::{Edit, EditTarget};

use crate::{
    App,
    api::*,
    browse::Pages,
    explorer::{Place, to_key},
    holds::{Held, Source},
};

/// A relation that rows are changed in, as it is now.
pub(super) struct Target {
    pub(super) place: Place,
    /// The relation as faces open it.
    pub(super) object: ObjectRef,
    pub(super) relation: ObjectKey,
    /// The relation with all its parts.
    pub(super) catalog: Catalog,
    pub(super) about: EditTarget,
}

/// Whether an error says that rows cannot be edited, rather than that it could not be found out.
pub(super) fn refuses(error: &AppError) -> bool {
    matches!(error.code, ErrorCode::Unsupported | ErrorCode::Forbidden | ErrorCode::NotFound)
}

impl Target {
    /// What edits of these rows go to.
    ///
    /// # Errors
    /// `Unsupported`, `Forbidden` and `NotFound` where they cannot be edited; as connecting.
    pub(super) async fn of(app: &App, held: &Arc<Held>) -> Result<Target, AppError> {
        match &held.source {
            Source::Pages(pages) => Target::of_pages(app, pages).await,
            Source::Run { .. } => Err(AppError::new(
                ErrorCode::Unsupported,
                "Results of a query are not edited here.",
            )
            .with_hint("Open the table and edit its rows there.")),
        }
    }

    async fn of_pages(app: &App, pages: &Pages) -> Result<Target, AppError> {
        Target::at(app, pages.profile_id(), pages.object()).await
    }

    /// The relation as it is now.
    ///
    /// # Errors
    /// As [`Target::of`].
    pub(super) async fn at(app: &App, profile_id: &str, object: &ObjectRef) -> Result<Target, AppError> {
        let place = app.place(profile_id, object).await?;
        if place.connected.read_only {
            return Err(AppError::new(
                ErrorCode::Forbidden,
                format!("“{}” is read-only: its rows cannot be edited.", place.connected.profile.name),
            )
            .with_hint("Change the connection's safety level to allow writes."));
        }
        let relation = to_key(object)?;
        facet(&place)?;
        let scope = Scope {
            kinds: vec![
                Kind::Schemas,
                Kind::Relations,
                Kind::Columns,
                Kind::Constraints,
                Kind::ForeignKeys,
                Kind::Indexes,
                Kind::Triggers,
                Kind::Policies,
                Kind::Types,
            ],
            ..Scope::relation(relation.schema.as_deref(), &relation.name)
        };
        let catalog = place.opened.shelf.ask(place.opened.connection.as_ref(), &scope).await?;
        let about = facet(&place)?.target(&catalog, &relation)?;
        Ok(Target { place, object: object.clone(), relation, catalog, about })
    }

    /// The driver's statements.
    ///
    /// # Errors
    /// `Unsupported` where it has none.
    pub(super) fn edit(&self) -> Result<&dyn Edit, AppError> {
        facet(&self.place)
    }
}

fn facet(place: &Place) -> Result<&dyn Edit, AppError> {
    place.opened.connection.control().edit().ok_or_else(|| {
        AppError::new(ErrorCode::Unsupported, "Rows cannot be edited one by one on this server yet.")
            .with_hint("Write an UPDATE, INSERT or DELETE statement instead.")
    })
}
