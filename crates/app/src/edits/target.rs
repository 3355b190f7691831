//! What edits of a hold's rows go to.

use std::sync::Arc;

use catalog::{Catalog, Kind, ObjectKey, Scope};
use driver::{Edit, EditTarget, KeyForm, KeySource, row_security::Actor};

use super::journal::SetKey;
use crate::{
    App,
    api::*,
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

/// A hold whose rows can be edited.
pub(super) struct Editable {
    pub(super) target: Arc<Target>,
    /// Positions of the columns that name a row, and how each part of its name is told from what they print.
    pub(super) identity: Vec<(usize, KeyForm)>,
    /// What stands behind each column of the head.
    pub(super) shown: Vec<Shown>,
}

/// What stands behind a column of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A column of the relation.
    Column(String),
    /// A part of what names a row that is no column: its place in the key.
    Key(usize),
}

/// Whether an error says that rows cannot be edited, rather than that it could not be found out.
pub(super) fn refuses(error: &AppError) -> bool {
    matches!(error.code, ErrorCode::Unsupported | ErrorCode::Forbidden | ErrorCode::NotFound)
}

impl Editable {
    /// What edits of these rows go to.
    ///
    /// # Errors
    /// `Unsupported`, `Forbidden` and `NotFound` where they cannot be edited; as connecting.
    pub(super) async fn of(app: &App, held: &Arc<Held>) -> Result<Editable, AppError> {
        let pages = match &held.source {
            Source::Pages(pages) => pages,
            Source::Run { .. } => return super::results::editable(app, held).await,
            // Its rows have other numbers than the edits are placed by.
            Source::View(_) => {
                return Err(AppError::new(ErrorCode::Unsupported, "A view is edited through the rows it is of."));
            }
        };
        let acting = pages.request().actor.as_ref().map(|actor| Arc::new(actor.meant()));
        let target = Target::at(app, pages.profile_id(), pages.object(), acting).await?;
        let Some(identity) = pages.identity() else {
            return Err(AppError::new(
                ErrorCode::Unsupported,
                format!("The rows of “{}” cannot be told apart.", target.relation.name),
            )
            .with_hint("Add a primary key, or write the statement yourself."));
        };
        let fields = held.hold.schema().fields().iter().take(held.visible);
        let shown = fields.map(|field| Shown::Column(field.name().clone())).collect();
        // A page prints what names its rows as it is.
        let identity = identity.iter().map(|at| (*at, KeyForm::Text)).collect();
        Ok(Editable { target: Arc::new(target), identity, shown })
    }

    /// Names the edit set of these rows, however a face names the relation.
    pub(super) fn key(&self) -> SetKey {
        let target = &self.target;
        let database = target.place.connected.key(target.relation.database.as_deref());
        let relation = (database, &target.relation.schema, &target.relation.name);
        SetKey {
            profile_id: target.place.connected.profile.id.clone(),
            // Texts always can be written as JSON.
            relation: serde_json::to_string(&relation).unwrap_or_default(),
        }
    }
}

impl Target {
    /// The relation as it is now.
    ///
    /// # Errors
    /// As [`Editable::of`].
    pub(super) async fn at(
        app: &App,
        profile_id: &str,
        object: &ObjectRef,
        acting: Option<Arc<Actor>>,
    ) -> Result<Target, AppError> {
        let place = Place { acting, ..app.place(profile_id, object).await? };
        if place.connected.read_only {
            return Err(AppError::new(
                ErrorCode::Forbidden,
                format!("“{}” is read-only: its rows cannot be edited.", place.connected.profile.name),
            )
            .with_hint("Change the connection's safety level to allow writes."));
        }
        let mut relation = to_key(object)?;
        facet(&place)?;
        let mut scope = Scope { sizes: false, ..Scope::relation(relation.schema.as_deref(), &relation.name) };
        scope.kinds.push(Kind::Types);
        let catalog = place.opened.shelf.ask(place.opened.connection.as_ref(), &scope).await?;
        if relation.schema.is_none()
            && let Some(walker) = catalog.find_relation(None, &relation.name).and_then(|found| catalog.relation(found))
        {
            relation.schema = Some(walker.schema().to_owned());
        }
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

    /// Whether a row is told by more than its key: one without a key of its own may have moved and left its place to another.
    pub(super) fn needs_whole_rows(&self) -> bool {
        matches!(self.about.source, KeySource::RowId | KeySource::Offset)
    }

    /// Whether new rows are numbered by this column: a copy of a row takes its own number.
    pub(super) fn is_numbered(&self, name: &str) -> bool {
        let found = self.catalog.find_relation(self.relation.schema.as_deref(), &self.relation.name);
        let Some(walker) = found.and_then(|found| self.catalog.relation(found)) else { return false };
        let keyed = walker.primary_key().is_some_and(|key| key.columns.iter().any(|own| own == name));
        let column = walker.columns().iter().find(|column| column.name == name);
        column.is_some_and(|column| column.identity.is_some() || (keyed && column.default.is_some()))
    }
}

fn facet(place: &Place) -> Result<&dyn Edit, AppError> {
    place.opened.connection.control().edit().ok_or_else(|| {
        AppError::new(ErrorCode::Unsupported, "Rows cannot be edited one by one on this server yet.")
            .with_hint("Write an UPDATE, INSERT or DELETE statement instead.")
    })
}
