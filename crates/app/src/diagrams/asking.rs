//! What is asked of diagrams without changing any: ways of lines, and what is related over the whole database.

use std::collections::HashMap;

use catalog::{Catalog, ObjectKey, RelationKind};
use erd::{
    Choice, Diagram, End, Origin,
    layout::{Course, Point, Rect, Size},
};

use super::{
    checks,
    drawing::{key_of, table_of},
    telling::{cardinality, change, corners, of_line},
};
use crate::{
    App,
    api::*,
    explorer::{AtHand, action, blocking},
    structure::Sketched,
};

/// Most lines of one question.
const MOST_LINES: usize = 100_000;

/// Everything there is and everything that is staged, related by keys and, where `inferred`, by names and types.
fn whole(catalog: &Catalog, partitions: bool, inferred: bool) -> Diagram {
    let choice = Choice { views: true, partitions, columns: erd::Columns::None, inferred, ..Choice::default() };
    Diagram::of(catalog, &choice)
}

fn catalog<'a>(at_hand: &'a AtHand, sketched: Option<&'a Sketched>) -> &'a Catalog {
    sketched.map_or(&at_hand.shelved.catalog, Sketched::catalog)
}

fn unknown(table: &DiagramTable) -> AppError {
    let name: String = table.name.chars().take(120).collect();
    AppError::new(ErrorCode::NotFound, format!("There is no relation “{name}” any more."))
        .with_hint("Refresh the explorer.")
}

impl App {
    /// The corners of lines between boxes that lie anywhere: straight ones, as after a box was moved.
    ///
    /// # Errors
    /// `InvalidStatement` for boxes out of reach, `Exhausted` for too many lines.
    pub fn route_lines(&self, courses: &[DiagramCourse]) -> Result<Vec<DiagramCorners>, AppError> {
        if courses.len() > MOST_LINES {
            return Err(AppError::new(ErrorCode::Exhausted, format!("At most {MOST_LINES} lines are led at once.")));
        }
        let rect = |rect: &DiagramRect| Rect {
            at: Point { x: rect.x, y: rect.y },
            size: Size { width: rect.width, height: rect.height },
        };
        let mut found = Vec::with_capacity(courses.len());
        for course in courses {
            checks::rect(&course.from)?;
            checks::rect(&course.to)?;
            checks::height(course.from_y)?;
            checks::height(course.to_y)?;
            let course = Course {
                from: rect(&course.from),
                from_y: course.from_y,
                to: rect(&course.to),
                to_y: course.to_y,
                own: course.own,
                lane: course.lane as usize,
            };
            found.push(DiagramCorners(corners(&course.corners(&[]))));
        }
        Ok(found)
    }

    /// The relations that can be reached from some over so many relationships, whichever way those go, themselves included, by schema
    /// and name: over the whole database, whatever a diagram shows.
    ///
    /// # Errors
    /// `NotFound` where none of them is there; as connecting where nothing is kept of the database.
    pub async fn related_tables(
        &self,
        profile_id: &str,
        database: Option<&str>,
        tables: Vec<DiagramTable>,
        steps: u32,
        inferred: bool,
    ) -> Result<Vec<DiagramTable>, AppError> {
        checks::amount(tables.len(), "boxes")?;
        let at_hand = self.catalog_at_hand(profile_id, database).await?;
        let sketched = self.sketch_over(profile_id, database, &at_hand).await;
        blocking(move || {
            let catalog = catalog(&at_hand, sketched.as_ref());
            let diagram = whole(catalog, false, inferred);
            let places: HashMap<&ObjectKey, usize> =
                diagram.entities.iter().enumerate().map(|(place, entity)| (&entity.key, place)).collect();
            let key = |table| key_of(catalog, table);
            let known: Vec<usize> = tables.iter().filter_map(|table| places.get(&key(table)).copied()).collect();
            if let ([], Some(table)) = (known.as_slice(), tables.first()) {
                return Err(unknown(table));
            }
            let found = diagram.neighbours(&known, steps as usize);
            Ok(found.into_iter().map(|place| table_of(&diagram.entities[place].key)).collect())
        })
        .await?
    }

    /// The relations of a shortest way between two, in its order, themselves included; `None` where no way leads there. Over the whole
    /// database, whatever a diagram shows.
    ///
    /// # Errors
    /// `NotFound` where one of them is not there; as connecting where nothing is kept of the database.
    pub async fn path_between(
        &self,
        profile_id: &str,
        database: Option<&str>,
        from: DiagramTable,
        to: DiagramTable,
        inferred: bool,
    ) -> Result<Option<Vec<DiagramTable>>, AppError> {
        let at_hand = self.catalog_at_hand(profile_id, database).await?;
        let sketched = self.sketch_over(profile_id, database, &at_hand).await;
        blocking(move || {
            let catalog = catalog(&at_hand, sketched.as_ref());
            let diagram = whole(catalog, false, inferred);
            let place = |table| diagram.find(&key_of(catalog, table)).ok_or_else(|| unknown(table));
            let (start, end) = (place(&from)?, place(&to)?);
            let Some(over) = diagram.path(start, end) else { return Ok(None) };
            let mut way = vec![start];
            for one in over.iter().map(|line| &diagram.relationships[*line]) {
                let at = way.last().copied().unwrap_or(start);
                way.push(if one.from.entity == at { one.to.entity } else { one.from.entity });
            }
            Ok(Some(way.into_iter().map(|place| table_of(&diagram.entities[place].key)).collect()))
        })
        .await?
    }

    /// The relationships of one relation over the whole database, also those that are only staged and those that names and types speak
    /// for.
    ///
    /// # Errors
    /// `NotFound` for a relation that is not there; as connecting where nothing is kept of the database.
    pub async fn table_relations(
        &self,
        profile_id: &str,
        database: Option<&str>,
        table: DiagramTable,
    ) -> Result<DiagramRelations, AppError> {
        let at_hand = self.catalog_at_hand(profile_id, database).await?;
        let sketched = self.sketch_over(profile_id, database, &at_hand).await;
        blocking(move || {
            let catalog = catalog(&at_hand, sketched.as_ref());
            let own = key_of(catalog, &table);
            // Partitions have the keys of their parents: who asks for one wants to see them, who asks for another does not.
            let partition =
                catalog.walk_relations().any(|one| one.row().kind == RelationKind::Partition && one.key() == own);
            let diagram = whole(catalog, partition, true);
            let place = diagram.find(&own).ok_or_else(|| unknown(&table))?;
            let mut found = DiagramRelations::default();
            for one in &diagram.relationships {
                let seen = |outgoing: bool, own: &End, other: &End| DiagramRelation {
                    name: one.name.clone(),
                    outgoing,
                    columns: own.columns.clone(),
                    cardinality: cardinality(own.cardinality),
                    other: table_of(&diagram.entities[other.entity].key),
                    other_columns: other.columns.clone(),
                    other_cardinality: cardinality(other.cardinality),
                    on_delete: action(one.on_delete).to_owned(),
                    on_update: action(one.on_update).to_owned(),
                    staged: sketched.as_ref().and_then(|sketched| of_line(&diagram, one, sketched)).map(change),
                };
                let declared = one.origin == Origin::Declared;
                if one.from.entity == place {
                    let list = if declared { &mut found.refers_to } else { &mut found.inferred };
                    list.push(seen(true, &one.from, &one.to));
                }
                if one.to.entity == place {
                    let list = if declared { &mut found.referenced_by } else { &mut found.inferred };
                    list.push(seen(false, &one.to, &one.from));
                }
            }
            Ok(found)
        })
        .await?
    }
}
