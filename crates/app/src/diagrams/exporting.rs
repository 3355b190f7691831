//! Diagrams as files, as they are on the screen.

use std::{collections::HashSet, path::Path, sync::Arc};

use catalog::{ObjectKey, RelationKind};
use erd::{
    Change, Diagram, Drawing, End, Frame, Groups, Look, Note, PictureError, Relationship, Staged,
    layout::{Point, Rect, Size},
    text,
};

use super::{
    drawing::{self, Doing, Drawn, table_of},
    keeping::{self, Kept},
    telling::staged,
};
use crate::{
    App,
    api::{AppError, DiagramFormat, DiagramNote, DiagramTable, ErrorCode},
    explorer::{AtHand, blocking, to_ref},
    platform::whole,
    structure::Sketched,
};

/// Definitions that are asked for at a time.
const PAGE: usize = 200;

impl App {
    /// Writes a diagram to a file, all of it or some boxes with what lies between them, and says how many bytes that took. `dark` is
    /// for pictures. Pictures and JSON have what is staged marked as the screen has it, the other texts are of what would be, and SQL
    /// ends in the statements that are staged. What was at `path` is replaced once everything is written.
    ///
    /// # Errors
    /// `NotFound`; `Exhausted` for a picture too large for its format; `Unsupported` for SQL from a server that does not tell how its
    /// objects were made; as the file system says, and what was at `path` then stays.
    pub async fn export_diagram(
        &self,
        diagram_id: &str,
        format: DiagramFormat,
        dark: bool,
        tables: Vec<DiagramTable>,
        path: &str,
    ) -> Result<u64, AppError> {
        let path = std::path::absolute(path).map_err(|error| AppError::file(&error, Path::new(path), "written"))?;
        let at_hand = self.catalog_of(diagram_id).await?;
        let mut kept = keeping::load(&self.store, diagram_id, None).await?;
        let (shelved, offline) = (Arc::clone(&at_hand.shelved), at_hand.offline);
        let sketched = self.sketch_of(diagram_id, &at_hand).await?;
        let is_staged = sketched.is_some();
        let (kept, drawn, staged) = blocking(move || {
            let sketch = sketched.as_ref().map(Sketched::catalog);
            let (drawn, _) = drawing::draw(&shelved.catalog, sketch, &mut kept, &Doing::Looking, offline);
            let drawn = if tables.is_empty() { drawn } else { part(drawn, &tables) };
            if !tables.is_empty() {
                kept.notes.clear();
            }
            let staged = staged(&drawn.diagram, sketched.as_ref());
            (kept, drawn, staged)
        })
        .await?;
        let bytes = match format {
            DiagramFormat::Sql => {
                let mut text = self.statements(&at_hand, &drawn.diagram, &staged).await?;
                if is_staged {
                    text.push_str(&self.staged_statements(diagram_id).await?);
                }
                text.into_bytes()
            }
            picture => blocking(move || bytes(&kept, &drawn, &staged, picture, dark)).await??,
        };
        blocking(move || {
            whole::write(&path, &bytes).map_err(|error| AppError::file(&error, &path, "written"))?;
            Ok(bytes.len() as u64)
        })
        .await?
    }

    /// The definitions of everything that is drawn, as the server prints them or printed them last, in an order in which most schemas
    /// can be made again.
    async fn statements(&self, at_hand: &AtHand, diagram: &Diagram, staged: &Staged) -> Result<String, AppError> {
        let there =
            diagram.entities.iter().enumerate().filter(|(place, _)| staged.entity(*place) != Some(Change::Added));
        let mut entities: Vec<&erd::Entity> = there.map(|(_, entity)| entity).collect();
        entities.sort_by_key(|entity| (rank(entity.kind), entity.rename_hint));
        let keys: Vec<ObjectKey> = entities.iter().map(|entity| entity.key.clone()).collect();
        let mut parts = Vec::with_capacity(keys.len());
        for page in keys.chunks(PAGE) {
            let found = match at_hand.offline {
                true => self.kept_statements(at_hand, page).await?,
                false => self.asked_statements(at_hand, page).await?,
            };
            for (key, found) in page.iter().zip(found) {
                parts.push(found.unwrap_or_else(|| {
                    let name = [key.schema.as_deref(), Some(key.name.as_str())].into_iter().flatten();
                    let name = name.collect::<Vec<_>>().join(".").replace(['\n', '\r'], " ");
                    format!("-- {name}: its definition is not known.")
                }));
            }
        }
        Ok(parts.iter().map(|part| format!("{}\n", part.trim_end())).collect::<Vec<_>>().join("\n"))
    }

    /// All that is staged of the database, after the definitions of what is there.
    async fn staged_statements(&self, diagram_id: &str) -> Result<String, AppError> {
        let (profile_id, database) = keeping::home(&self.store, diagram_id).await?;
        let database = Some(database.as_str()).filter(|name| !name.is_empty());
        let script = self.structure_script(&profile_id, database).await?;
        Ok(format!("\n-- What is staged and not applied yet.\n\n{}\n", script.trim_end()))
    }

    async fn asked_statements(&self, at_hand: &AtHand, keys: &[ObjectKey]) -> Result<Vec<Option<String>>, AppError> {
        let opened = at_hand.connected.open(at_hand.shelved.catalog.database.as_deref()).await?;
        let ddl = opened.connection.control().ddl().ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, "This server does not tell how its objects were made.")
        })?;
        let _asking = opened.shelf.quiet.asking();
        let found = ddl.definitions(keys).await?;
        let one = |key: &ObjectKey| found.iter().find(|(own, _)| own == key).map(|(_, text)| text.to_string());
        Ok(keys.iter().map(one).collect())
    }

    async fn kept_statements(&self, at_hand: &AtHand, keys: &[ObjectKey]) -> Result<Vec<Option<String>>, AppError> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            // One that was not kept is told as such.
            let kept = self.definition(&at_hand.connected.profile.id, &to_ref(key.clone())).await;
            found.push(kept.ok().map(|definition| definition.text));
        }
        Ok(found)
    }
}

fn rank(kind: RelationKind) -> u8 {
    match kind {
        RelationKind::Table
        | RelationKind::PartitionedTable
        | RelationKind::Partition
        | RelationKind::Collection
        | RelationKind::TimeSeries => 0,
        RelationKind::ForeignTable | RelationKind::VirtualTable => 1,
        RelationKind::View | RelationKind::MaterializedView => 2,
    }
}

fn bytes(kept: &Kept, drawn: &Drawn, staged: &Staged, format: DiagramFormat, dark: bool) -> Result<Vec<u8>, AppError> {
    let notes: Vec<Note> = kept.notes.iter().map(note).collect();
    let colour = |entity: &erd::Entity| kept.tables.get(&table_of(&entity.key)).and_then(|known| known.colour);
    let colours: Vec<Option<usize>> =
        drawn.diagram.entities.iter().map(|entity| colour(entity).map(|colour| colour as usize)).collect();
    let drawing = Drawing {
        diagram: &drawn.diagram,
        places: &drawn.places,
        lines: &drawn.lines,
        frames: &drawn.frames,
        notes: &notes,
        colours: &colours,
        staged,
    };
    let (diagram, stays) = staged.applied(&drawn.diagram);
    let all = groups(&drawn.frames, drawn.diagram.entities.len());
    let groups = Groups { of: stays.iter().map(|place| all.of[*place]).collect(), ..all };
    let own: Vec<Option<usize>> = stays.iter().map(|place| colours[*place]).collect();
    let shown = text::Shown { diagram: &diagram, groups: &groups, notes: &notes, colours: &own };
    let look = if dark { &Look::DARK } else { &Look::LIGHT };
    Ok(match format {
        DiagramFormat::Svg => erd::svg(&drawing, look).into_bytes(),
        DiagramFormat::Png => erd::png(&drawing, look).map_err(refused)?,
        DiagramFormat::Pdf => erd::pdf(&drawing, look).map_err(refused)?,
        DiagramFormat::Mermaid => text::mermaid(&shown).into_bytes(),
        DiagramFormat::Dbml => text::dbml(&shown).into_bytes(),
        DiagramFormat::Plantuml => text::plantuml(&shown).into_bytes(),
        DiagramFormat::Json => text::json(&drawing).into_bytes(),
        DiagramFormat::Sql => return Err(AppError::internal("statements are not drawn")),
    })
}

/// The groups that have a frame.
fn groups(frames: &[Frame], entities: usize) -> Groups {
    let mut of = vec![None; entities];
    for (group, frame) in frames.iter().enumerate() {
        for member in &frame.members {
            if let Some(place) = of.get_mut(*member) {
                *place = Some(group);
            }
        }
    }
    Groups {
        titles: frames.iter().map(|frame| frame.title.clone()).collect(),
        colours: frames.iter().map(|frame| frame.colour).collect(),
        of,
    }
}

fn refused(error: PictureError) -> AppError {
    let message = error.to_string();
    match error {
        PictureError::TooLarge { .. } => AppError::new(ErrorCode::Exhausted, message)
            .with_hint("SVG and PDF have no such limit; or export some of its tables only."),
        PictureError::Refused(_) => AppError::internal(message.trim_end_matches('.')),
    }
}

fn note(note: &DiagramNote) -> Note {
    Note {
        text: note.text.clone(),
        rect: Rect { at: Point { x: note.x, y: note.y }, size: Size { width: note.width, height: note.height } },
        colour: note.colour as usize,
    }
}

/// Some boxes of a drawing, with the lines between them and the frames that hold nothing else.
fn part(drawn: Drawn, tables: &[DiagramTable]) -> Drawn {
    let wanted: HashSet<&DiagramTable> = tables.iter().collect();
    let places: Vec<Option<usize>> = drawn
        .diagram
        .entities
        .iter()
        .scan(0, |next, entity| {
            let chosen = wanted.contains(&table_of(&entity.key));
            let place = chosen.then_some(*next);
            *next += usize::from(chosen);
            Some(place)
        })
        .collect();
    let stays = |place: usize| places.get(place).copied().flatten();
    fn chosen<T>(all: Vec<T>, places: &[Option<usize>]) -> Vec<T> {
        all.into_iter().zip(places).filter(|(_, place)| place.is_some()).map(|(one, _)| one).collect()
    }
    let relationships = drawn.diagram.relationships;
    let kept: Vec<bool> =
        relationships.iter().map(|one| stays(one.from.entity).is_some() && stays(one.to.entity).is_some()).collect();
    let end = |end: End| End { entity: stays(end.entity).unwrap_or_default(), ..end };
    let between: Vec<Relationship> = relationships
        .into_iter()
        .zip(&kept)
        .filter(|(_, kept)| **kept)
        .map(|(one, _)| Relationship { from: end(one.from), to: end(one.to), ..one })
        .collect();
    let frames = drawn.frames.into_iter().filter_map(|frame| {
        let members: Option<Vec<usize>> = frame.members.iter().map(|member| stays(*member)).collect();
        Some(Frame { members: members?, ..frame })
    });
    let lines = drawn.lines.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(line, _)| line).collect();
    Drawn {
        frames: frames.collect(),
        lines,
        links: Vec::new(),
        sizes: chosen(drawn.sizes, &places),
        places: chosen(drawn.places, &places),
        diagram: Diagram { entities: chosen(drawn.diagram.entities, &places), relationships: between },
        layout_ms: None,
        renamed: Vec::new(),
        added: Vec::new(),
        gone: Vec::new(),
    }
}
