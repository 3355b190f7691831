//! Diagrams of databases: what they show, where things lie in them, what people wrote beside.
//!
//! A diagram belongs to a database of a connection. Its picture is made from the explorer's catalog each time it is looked at, or from
//! the one that was kept where the server cannot be reached; only what a catalog does not tell is in the store: places, ways of
//! lines, notes, colours. Places belong to names, so that they outlast what happens to a schema: a relation that is gone keeps its
//! place for when it comes back, a new one is settled near what it is related with, a new name takes the old one's place.
//!
//! Two windows may have the same diagram open: of each place and of the notes the last word counts.

mod asking;
mod checks;
mod drawing;
mod exporting;
mod keeping;
mod renaming;
mod room;
mod telling;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::{
    App,
    api::{AppError, DiagramDrawing, DiagramNote, DiagramPlace, DiagramScope, DiagramSummary, DiagramTable, Topic},
    explorer::{AtHand, blocking},
    structure::Sketched,
};

use drawing::Doing;

/// What the diagram is called that is made where there is none.
const FIRST: &str = "All tables";

impl AtHand {
    /// The database as the store names it; empty where the connection has only one.
    fn database(&self, asked: Option<&str>) -> String {
        if !self.connected.has_databases() {
            return String::new();
        }
        self.shelved.catalog.database.as_deref().or(asked).unwrap_or_default().to_owned()
    }
}

impl App {
    /// The diagrams of a database, by name.
    ///
    /// # Errors
    /// As connecting where nothing is kept of the database.
    pub async fn diagrams(&self, profile_id: &str, database: Option<&str>) -> Result<Vec<DiagramSummary>, AppError> {
        let at_hand = self.catalog_at_hand(profile_id, database).await?;
        keeping::all(&self.store, profile_id, &at_hand.database(database)).await
    }

    /// A diagram with everything that is drawn: the one that is named, or the one that was opened last. Where there is none, one of
    /// all tables is made.
    ///
    /// # Errors
    /// `NotFound` for a diagram that was removed, or of another connection; as connecting where nothing is kept of the database.
    pub async fn open_diagram(
        &self,
        profile_id: &str,
        database: Option<&str>,
        diagram_id: Option<&str>,
    ) -> Result<DiagramDrawing, AppError> {
        let id = match diagram_id {
            Some(id) => {
                let (own, _) = keeping::home(&self.store, id).await?;
                if own != profile_id {
                    return Err(keeping::gone());
                }
                id.to_owned()
            }
            None => {
                let at_hand = self.catalog_at_hand(profile_id, database).await?;
                let database = at_hand.database(database);
                match keeping::latest(&self.store, profile_id, &database).await? {
                    Some(id) => id,
                    None => {
                        let id = keeping::first(&self.store, profile_id, &database, FIRST).await?;
                        self.diagrams_changed(profile_id);
                        id
                    }
                }
            }
        };
        self.drawn(&id, None, Doing::Opening).await
    }

    /// Makes a diagram and opens it.
    ///
    /// # Errors
    /// `AlreadyExists` for a name that the database has; `InvalidStatement` for a name that cannot be; `Exhausted` for lists longer
    /// than any database; as connecting where nothing is kept of the database.
    pub async fn create_diagram(
        &self,
        profile_id: &str,
        database: Option<&str>,
        name: &str,
        scope: DiagramScope,
    ) -> Result<DiagramDrawing, AppError> {
        let name = checks::name(name)?;
        checks::scope(&scope)?;
        let at_hand = self.catalog_at_hand(profile_id, database).await?;
        let id = keeping::create(&self.store, profile_id, &at_hand.database(database), &name, &scope).await?;
        self.diagrams_changed(profile_id);
        self.drawn(&id, None, Doing::Opening).await
    }

    /// Copies a diagram with its places and notes, and opens the copy.
    ///
    /// # Errors
    /// `NotFound`; otherwise as [`App::create_diagram`].
    pub async fn copy_diagram(&self, diagram_id: &str, name: &str) -> Result<DiagramDrawing, AppError> {
        let name = checks::name(name)?;
        let (profile_id, _) = keeping::home(&self.store, diagram_id).await?;
        let id = keeping::copy(&self.store, diagram_id, &name).await?;
        self.diagrams_changed(&profile_id);
        self.drawn(&id, None, Doing::Opening).await
    }

    /// Gives a diagram another name.
    ///
    /// # Errors
    /// `NotFound`; otherwise as [`App::create_diagram`].
    pub async fn rename_diagram(&self, diagram_id: &str, name: &str) -> Result<(), AppError> {
        let name = checks::name(name)?;
        let (profile_id, _) = keeping::home(&self.store, diagram_id).await?;
        keeping::rename(&self.store, diagram_id, &name).await?;
        self.diagrams_changed(&profile_id);
        Ok(())
    }

    /// Removes a diagram for good.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_diagram(&self, diagram_id: &str) -> Result<(), AppError> {
        let (profile_id, _) = keeping::home(&self.store, diagram_id).await?;
        keeping::remove(&self.store, diagram_id).await?;
        self.diagrams_changed(&profile_id);
        Ok(())
    }

    /// Shows something else in a diagram. What stays keeps its place, what is not shown keeps it for later, and each grouping has
    /// places of its own. Where hardly anything has a place yet, all is laid out anew.
    ///
    /// # Errors
    /// `NotFound`; `Exhausted` for lists longer than any database; as connecting where nothing is kept of the database.
    pub async fn scope_diagram(&self, diagram_id: &str, scope: DiagramScope) -> Result<DiagramDrawing, AppError> {
        checks::scope(&scope)?;
        let drawing = self.drawn(diagram_id, Some(scope), Doing::Scoping).await?;
        let (profile_id, _) = keeping::home(&self.store, diagram_id).await?;
        self.diagrams_changed(&profile_id);
        Ok(drawing)
    }

    /// Lays a diagram out anew: all of it, or some boxes among themselves, where they lie or on the nearest free ground.
    ///
    /// # Errors
    /// `NotFound`; as connecting where nothing is kept of the database.
    pub async fn arrange_diagram(
        &self,
        diagram_id: &str,
        tables: Vec<DiagramTable>,
    ) -> Result<DiagramDrawing, AppError> {
        checks::amount(tables.len(), "boxes")?;
        self.drawn(diagram_id, None, Doing::Arranging(tables)).await
    }

    /// Remembers where a person put boxes; those that the diagram does not know are left out. Lines that begin or end at them go
    /// straight from now on.
    ///
    /// # Errors
    /// `NotFound` for a diagram that was removed; `InvalidStatement` for places out of reach, and then none is remembered.
    pub async fn place_tables(&self, diagram_id: &str, places: Vec<DiagramPlace>) -> Result<(), AppError> {
        checks::places(&places)?;
        keeping::place(&self.store, diagram_id, &places).await
    }

    /// Remembers all notes, the colours of boxes that are drawn and those of frames; a box that is not drawn keeps its colour.
    ///
    /// # Errors
    /// `NotFound`; `InvalidStatement` for colours and places that there are not, `Exhausted` for more than a person writes; then
    /// nothing is remembered.
    pub async fn annotate_diagram(
        &self,
        diagram_id: &str,
        notes: Vec<DiagramNote>,
        colours: Vec<(DiagramTable, u32)>,
        frames: Vec<(String, u32)>,
    ) -> Result<(), AppError> {
        checks::notes(&notes)?;
        checks::colours(colours.iter().map(|(_, colour)| *colour))?;
        checks::frames(&frames)?;
        keeping::annotate(&self.store, diagram_id, &notes, &colours, &frames).await
    }

    /// Forgets the diagrams of a connection that is gone.
    pub(crate) async fn forget_diagrams(&self, profile_id: &str) -> Result<(), AppError> {
        keeping::forget(&self.store, profile_id).await?;
        self.diagrams_changed(profile_id);
        Ok(())
    }

    fn diagrams_changed(&self, profile_id: &str) {
        self.events.changed(&[Topic::Diagrams], Some(profile_id));
    }

    /// The catalog of a diagram's database.
    async fn catalog_of(&self, diagram_id: &str) -> Result<AtHand, AppError> {
        let (profile_id, database) = keeping::home(&self.store, diagram_id).await?;
        let database = Some(database.as_str()).filter(|name| !name.is_empty());
        self.catalog_at_hand(&profile_id, database).await
    }

    /// What is staged of a diagram's database; nothing where its server cannot be reached.
    async fn sketch_of(&self, diagram_id: &str, at_hand: &AtHand) -> Result<Option<Sketched>, AppError> {
        let (profile_id, database) = keeping::home(&self.store, diagram_id).await?;
        let database = Some(database.as_str()).filter(|name| !name.is_empty());
        Ok(self.sketch_over(&profile_id, database, at_hand).await)
    }

    async fn sketch_over(&self, profile_id: &str, database: Option<&str>, at_hand: &AtHand) -> Option<Sketched> {
        if at_hand.offline {
            return None;
        }
        self.structure_sketch(profile_id, database, &at_hand.shelved).await
    }

    async fn drawn(
        &self,
        diagram_id: &str,
        scope: Option<DiagramScope>,
        doing: Doing,
    ) -> Result<DiagramDrawing, AppError> {
        let at_hand = self.catalog_of(diagram_id).await?;
        let mut kept = keeping::load(&self.store, diagram_id, scope).await?;
        let (shelved, offline) = (Arc::clone(&at_hand.shelved), at_hand.offline);
        let sketched = self.sketch_of(diagram_id, &at_hand).await?;
        let (kept, change, drawing) = blocking(move || {
            let sketch = sketched.as_ref().map(Sketched::catalog);
            let (drawn, change) = drawing::draw(&shelved.catalog, sketch, &mut kept, &doing, offline);
            let drawing = telling::tell(&shelved, &kept, drawn, sketched.as_ref(), offline);
            (kept, change, drawing)
        })
        .await?;
        keeping::save(&self.store, &kept, &change).await?;
        Ok(drawing)
    }
}
