//! Definitions of databases: read for comparing, changed by staging, applied as one.
//!
//! What a person changes is staged: kept on disk as edits of the definition that was there, each step of which can be taken back. What
//! would be is that definition with the edits; the statements are the difference of the two, and so is the way back. Whoever changes
//! the database meanwhile is told of, and never overwritten unseen.
//!
//! Two windows may stage for the same database: what is staged is one, and each hears when it changes.

mod abilities;
mod applying;
mod arriving;
mod editing;
mod forms;
mod keeping;
mod naming;
mod objects;
mod page;
mod partitions;
mod parts;
mod reading;
mod records;
mod review;
mod risks;
mod roles;
mod sketching;
mod telling;
#[cfg(test)]
mod tests;

use schema::Definition;

use crate::{
    App,
    advisor::database_of,
    api::*,
    explorer::{Place, blocking},
    terminal::Terminal,
};

pub(crate) use applying::alter;
pub(crate) use reading::{Kept as KeptDefinition, read as read_definition, texts as definition_texts};
pub(crate) use review::{lock as told_lock, server as advised_server};
pub(crate) use sketching::Sketched;
use telling::Wanted;

impl Terminal {
    /// The definition of the database, of these schemas only where some are named.
    ///
    /// # Errors
    /// `Unsupported` for engines whose definitions are not compared; `Forbidden` where the login may not read all that is
    /// compared, for what is missing would look dropped; otherwise as the driver says.
    pub async fn structure(&self, schemas: Option<Vec<String>>) -> Result<Definition, AppError> {
        let (connected, opened) = self.place();
        Ok(reading::read(connected, opened, schemas).await?.definition)
    }
}

impl App {
    /// What is staged of a database.
    ///
    /// # Errors
    /// As connecting; `Unsupported` for engines whose definitions are not compared, `Forbidden` where the login may not read all of
    /// them.
    pub async fn structure_draft(&self, profile_id: &str, database: Option<&str>) -> Result<StructureDraft, AppError> {
        let place = self.structure_place(profile_id, database).await?;
        self.structure_told(&place).await
    }

    /// What can be staged of a database.
    ///
    /// # Errors
    /// As [`App::structure_draft`].
    pub async fn structure_abilities(
        &self,
        profile_id: &str,
        database: Option<&str>,
    ) -> Result<StructureAbilities, AppError> {
        let place = self.structure_place(profile_id, database).await?;
        let defined = self.defined(&place, false).await?;
        let product = place.opened.connection.control().server().product.clone();
        let exposed = self.exposed_schemas(&place, &defined.catalog).await?;
        blocking(move || abilities::told(&defined, &product, exposed)).await
    }

    /// Stages edits as one step, or takes staged ones back. They are kept before this answers.
    ///
    /// # Errors
    /// `InvalidStatement`, `AlreadyExists`, `NotFound`, `Unsupported` for an edit that cannot be, with what is wrong of it, and then
    /// nothing of the step is staged; `Conflict` where others rest on what is to be discarded; otherwise as
    /// [`App::structure_draft`].
    pub async fn edit_structure(
        &self,
        profile_id: &str,
        database: Option<&str>,
        edits: Vec<StructureEdit>,
    ) -> Result<StructureDraft, AppError> {
        let place = self.structure_place(profile_id, database).await?;
        let defined = self.defined(&place, false).await?;
        if let [StructureEdit::TakeBack { applied }] = edits.as_slice() {
            self.take_structure_back(&place, *applied).await?;
            self.structure_changed(profile_id);
            return self.structure_told(&place).await;
        }
        let dialect = std::sync::Arc::clone(place.opened.sql()?);
        let anew = matches!(edits.as_slice(), [StructureEdit::DiscardAll]);
        keeping::update(&self.store, profile_id, &database_of(&place), anew, |kept| match edits.as_slice() {
            [] => Ok(()),
            [StructureEdit::Undo] => {
                kept.undo();
                Ok(())
            }
            [StructureEdit::Redo] => {
                kept.redo();
                Ok(())
            }
            [StructureEdit::DiscardAll] => {
                kept.discard_all();
                Ok(())
            }
            [StructureEdit::Discard { group }] => telling::discard(kept, &defined, *group),
            edits => editing::stage(kept, &defined, &dialect, edits),
        })
        .await?;
        self.structure_changed(profile_id);
        self.structure_told(&place).await
    }

    /// An object as it would be.
    ///
    /// # Errors
    /// `NotFound` for what is neither there nor staged; otherwise as [`App::structure_draft`].
    pub async fn structure_page(
        &self,
        profile_id: &str,
        database: Option<&str>,
        object: ObjectRef,
    ) -> Result<StructurePage, AppError> {
        let place = self.structure_place(profile_id, database).await?;
        let defined = self.defined(&place, false).await?;
        let kept = keeping::load(&self.store, profile_id, &database_of(&place)).await?;
        blocking(move || page::page(&defined, &Wanted::of(&kept, &defined), &object)).await?
    }

    /// Forgets what is staged of a connection that is gone.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn forget_structure(&self, profile_id: &str) -> Result<(), AppError> {
        keeping::forget(&self.store, profile_id).await?;
        self.structure_changed(profile_id);
        Ok(())
    }

    fn structure_changed(&self, profile_id: &str) {
        self.events.changed(&[Topic::Structure], Some(profile_id));
    }

    async fn structure_place(&self, profile_id: &str, database: Option<&str>) -> Result<Place, AppError> {
        self.database_place(profile_id, database).await
    }

    async fn structure_told(&self, place: &Place) -> Result<StructureDraft, AppError> {
        self.settle_structure(place).await?;
        let defined = self.defined(place, false).await?;
        let kept = keeping::load(&self.store, &place.connected.profile.id, &database_of(place)).await?;
        let last = self.last_structure(place).await?;
        blocking(move || telling::draft(&kept, &defined, last)).await
    }

    /// What is in danger by what was reviewed, counted by queries, each under a limit of time.
    ///
    /// # Errors
    /// `Conflict` where it is not what was reviewed any more; otherwise as [`App::structure_draft`].
    pub async fn weigh_structure(
        &self,
        profile_id: &str,
        database: Option<&str>,
        digest: &str,
        online: Vec<ObjectRef>,
    ) -> Result<Vec<StructureRisk>, AppError> {
        let (place, reviewed) = self.structure_reviewed(profile_id, database, online, applying::Looking::Kept).await?;
        if reviewed.digest != digest {
            return Err(applying::stale());
        }
        Ok(risks::weigh(&place, &reviewed).await)
    }
}
