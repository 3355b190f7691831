//! A diagram from a catalog and what is kept of it: what is drawn, where it lies, and what of that is to be kept. Pure, and not
//! quick for thousands of relations: it belongs on a thread that may block.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use catalog::{Catalog, ObjectKey, RelationKind, RelationWalker};
use erd::{
    Choice, Diagram, Frame, Grouping,
    layout::{Link, Point, Size, Spacing},
};

use super::{
    keeping::{Change, Kept, KeptPlace, KeptTable, LineKey},
    renaming::{self, Unknown},
    room,
};
use crate::api::{DiagramColumns, DiagramGrouping, DiagramRenamed, DiagramScope, DiagramTable};

/// Where fewer than one of so many boxes has a place, the others would lie around it like a heap: all are laid out anew.
const FEW: usize = 5;
/// Steps and rings in which ground is looked for.
const STEP: f64 = 64.0;
const RINGS: i32 = 24;

/// Why a diagram is drawn.
pub(super) enum Doing {
    /// Somebody opened it: what came and went since the last time is told.
    Opening,
    /// It shows something else by now.
    Scoping,
    /// These boxes are laid out anew; all of them where none is named.
    Arranging(Vec<DiagramTable>),
    /// It is looked at by a program.
    Looking,
}

/// A diagram that has a place for everything.
pub(super) struct Drawn {
    pub(super) diagram: Diagram,
    pub(super) sizes: Vec<Size>,
    pub(super) links: Vec<Link>,
    pub(super) places: Vec<Point>,
    pub(super) lines: Vec<Vec<Point>>,
    pub(super) frames: Vec<Frame>,
    pub(super) layout_ms: Option<f64>,
    pub(super) renamed: Vec<DiagramRenamed>,
    pub(super) added: Vec<DiagramTable>,
    pub(super) gone: Vec<DiagramTable>,
}

/// The identity of an entity.
pub(super) fn table_of(key: &ObjectKey) -> DiagramTable {
    DiagramTable { schema: key.schema.clone().unwrap_or_default(), name: key.name.clone() }
}

pub(super) fn key_of(catalog: &Catalog, table: &DiagramTable) -> ObjectKey {
    ObjectKey::relation(catalog.database.as_deref(), Some(&table.schema), &table.name)
}

pub(super) fn grouping(grouping: DiagramGrouping) -> Grouping {
    match grouping {
        DiagramGrouping::None => Grouping::None,
        DiagramGrouping::Schema => Grouping::Schema,
        DiagramGrouping::Cluster => Grouping::Cluster,
    }
}

/// Whether relations of a kind are drawn.
fn is_wanted(kind: RelationKind, scope: &DiagramScope) -> bool {
    match kind {
        RelationKind::View | RelationKind::MaterializedView => scope.views,
        RelationKind::Partition => scope.partitions,
        _ => true,
    }
}

/// The database that a diagram is of, where the catalog has those of a whole server, as schemas.
fn home(catalog: &Catalog) -> Option<&str> {
    catalog.search_path.first().filter(|_| catalog.database.is_none()).map(String::as_str)
}

/// What is drawn of that database where nobody says otherwise: what is in it, and the tables of others that it refers to.
fn of_home(catalog: &Catalog, home: &str, scope: &DiagramScope) -> Vec<ObjectKey> {
    let own = catalog.walk_relations().filter(|one| one.schema() == home && is_wanted(one.row().kind, scope));
    let mut found = HashSet::new();
    for relation in own {
        found.insert(relation.key());
        let referred = relation.foreign_keys().iter().filter_map(|key| catalog.relation(key.referenced?));
        found.extend(referred.map(|one| one.key()));
    }
    found.into_iter().collect()
}

fn choice(catalog: &Catalog, scope: &DiagramScope) -> Choice {
    let keys = |tables: &[DiagramTable]| tables.iter().map(|table| key_of(catalog, table)).collect();
    let home = || home(catalog).filter(|_| scope.schemas.is_none()).map(|home| of_home(catalog, home, scope));
    Choice {
        schemas: scope.schemas.clone(),
        relations: scope.only.as_deref().map(keys).or_else(home),
        hidden: keys(&scope.hidden),
        views: scope.views,
        partitions: scope.partitions,
        columns: match scope.columns {
            DiagramColumns::All => erd::Columns::All,
            DiagramColumns::Keys => erd::Columns::Keys,
            DiagramColumns::None => erd::Columns::None,
        },
        inferred: scope.inferred,
    }
}

/// How many relations of the kinds that a scope draws there are in the database, those of the server itself apart.
pub(super) fn count(catalog: &Catalog, scope: &DiagramScope) -> usize {
    let home = home(catalog).filter(|_| scope.schemas.is_none());
    let counted = |relation: &RelationWalker<'_>| {
        let of_server = catalog.schemas.get(relation.row().schema.0 as usize).is_some_and(|schema| schema.system);
        is_wanted(relation.row().kind, scope) && !of_server && home.is_none_or(|home| relation.schema() == home)
    };
    catalog.walk_relations().filter(counted).count()
}

/// What identifies a line beyond its ends.
fn line(one: &erd::Relationship) -> String {
    serde_json::to_string(&(&one.name, &one.from.columns)).unwrap_or_default()
}

/// Draws what is kept. Without its server (`offline`) the catalog may be older than what was drawn last: then nothing is taken for
/// gone, new or renamed. `kept` takes new names over. What is staged is drawn where there is a sketch of it, and not taken for there.
pub(super) fn draw(
    catalog: &Catalog,
    sketch: Option<&Catalog>,
    kept: &mut Kept,
    doing: &Doing,
    offline: bool,
) -> (Drawn, Change) {
    let known_before = !kept.tables.is_empty();
    let mut change = Change { opened: matches!(doing, Doing::Opening), ..Change::default() };
    if matches!(doing, Doing::Scoping) {
        change.scope = Some(kept.scope.clone());
    }
    let mut renamed = Vec::new();
    if !offline {
        renamed = renames(catalog, kept);
        carry(kept, &renamed, &mut change);
    }
    let shown = sketch.unwrap_or(catalog);
    let diagram = Diagram::of(shown, &choice(shown, &kept.scope));
    let tables: Vec<DiagramTable> = diagram.entities.iter().map(|entity| table_of(&entity.key)).collect();
    let (mut added, gone) = facts(catalog, kept, &diagram, &tables, offline, &mut change);
    // What comes with another scope is not new.
    if !(known_before && change.opened && !offline) {
        added.clear();
    }
    let (sizes, links) = (diagram.sizes(), diagram.links());
    let begun = Instant::now();
    let (places, ways, worked) = lay(&diagram, &tables, (&sizes, &links), kept, doing, &mut change);
    let lines = diagram.lines(&places, &ways);
    let layout_ms = worked.then(|| begun.elapsed().as_secs_f64() * 1000.0);
    let mut frames = diagram.frames(grouping(kept.scope.grouping), &places);
    for frame in &mut frames {
        if let Some((_, colour)) = kept.frames.iter().find(|(title, _)| *title == frame.title) {
            frame.colour = *colour as usize;
        }
    }
    (Drawn { diagram, sizes, links, places, lines, frames, layout_ms, renamed, added, gone }, change)
}

fn columns_of(relation: RelationWalker<'_>) -> Vec<String> {
    relation.columns().iter().map(|column| column.name.clone()).collect()
}

fn hint_of(relation: RelationWalker<'_>) -> Option<i64> {
    relation.row().rename_hint.and_then(|hint| i64::try_from(hint).ok())
}

fn named(relation: RelationWalker<'_>) -> DiagramTable {
    DiagramTable { schema: relation.schema().to_owned(), name: relation.row().name.clone() }
}

fn renames(catalog: &Catalog, kept: &Kept) -> Vec<DiagramRenamed> {
    let there: HashSet<DiagramTable> = catalog.walk_relations().map(named).collect();
    let gone: Vec<(&DiagramTable, &KeptTable)> =
        kept.tables.iter().filter(|(table, known)| known.present && !there.contains(table)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let unknown = catalog.walk_relations().filter(|relation| !kept.tables.contains_key(&named(*relation)));
    let unknown: Vec<Unknown> = unknown
        .map(|relation| Unknown {
            table: named(relation),
            rename_hint: hint_of(relation),
            columns: columns_of(relation),
        })
        .collect();
    renaming::find(&gone, &unknown)
}

/// Gives everything that is kept of renamed relations their new names.
fn carry(kept: &mut Kept, renamed: &[DiagramRenamed], change: &mut Change) {
    if renamed.is_empty() {
        return;
    }
    let names: HashMap<DiagramTable, DiagramTable> =
        renamed.iter().map(|one| (one.from.clone(), one.to.clone())).collect();
    let now = |table: &DiagramTable| names.get(table).cloned();
    for one in renamed {
        if let Some(known) = kept.tables.remove(&one.from) {
            kept.tables.insert(one.to.clone(), known);
        }
        if let Some(place) = kept.places.remove(&one.from) {
            kept.places.insert(one.to.clone(), place);
        }
    }
    let ways = std::mem::take(&mut kept.ways).into_iter().map(|(key, way)| {
        let LineKey { from, to, line } = key;
        (LineKey { from: now(&from).unwrap_or(from), to: now(&to).unwrap_or(to), line }, way)
    });
    kept.ways = ways.collect();
    let mut scope = kept.scope.clone();
    for table in scope.only.iter_mut().flatten().chain(&mut scope.hidden) {
        if let Some(to) = now(table) {
            *table = to;
        }
    }
    if scope != kept.scope {
        kept.scope = scope;
        change.scope = Some(kept.scope.clone());
    }
    change.renamed = names.into_iter().collect();
}

/// Notes what is known of relations by now, and says which are drawn that were not there before and which are there no more.
fn facts(
    catalog: &Catalog,
    kept: &mut Kept,
    diagram: &Diagram,
    tables: &[DiagramTable],
    offline: bool,
    change: &mut Change,
) -> (Vec<DiagramTable>, Vec<DiagramTable>) {
    let (mut added, mut gone) = (Vec::new(), Vec::new());
    let there: HashMap<DiagramTable, RelationWalker<'_>> =
        catalog.walk_relations().map(|relation| (named(relation), relation)).collect();
    let drawn: HashSet<&DiagramTable> = tables.iter().collect();
    for (table, known) in &mut kept.tables {
        let relation = there.get(table);
        let now = KeptTable {
            colour: known.colour,
            present: relation.is_some() || (offline && known.present),
            drawn: drawn.contains(table),
            rename_hint: relation.filter(|_| !offline).map_or(known.rename_hint, |relation| hint_of(*relation)),
            columns: match relation.filter(|_| !offline) {
                Some(relation) => columns_of(*relation),
                None => known.columns.clone(),
            },
        };
        if known.present && !now.present {
            gone.push(table.clone());
        }
        if !known.present && now.present && now.drawn {
            added.push(table.clone());
        }
        if now != *known {
            *known = now;
            change.tables.push((table.clone(), known.clone()));
        }
    }
    for (table, entity) in tables.iter().zip(&diagram.entities) {
        if kept.tables.contains_key(table) {
            continue;
        }
        let relation = there.get(table);
        let known = KeptTable {
            colour: None,
            rename_hint: entity.rename_hint.and_then(|hint| i64::try_from(hint).ok()),
            columns: relation.map(|relation| columns_of(*relation)).unwrap_or_default(),
            present: relation.is_some(),
            drawn: true,
        };
        // What is only staged is nobody's news.
        if known.present {
            added.push(table.clone());
        }
        change.tables.push((table.clone(), known.clone()));
        kept.tables.insert(table.clone(), known);
    }
    added.sort();
    gone.sort();
    (added, gone)
}

/// Finds a place for every box and the ways of lines, and says whether that took any work.
fn lay(
    diagram: &Diagram,
    tables: &[DiagramTable],
    (sizes, links): (&[Size], &[Link]),
    kept: &Kept,
    doing: &Doing,
    change: &mut Change,
) -> (Vec<Point>, Vec<Vec<Point>>, bool) {
    let group = grouping(kept.scope.grouping);
    let before: Vec<Option<KeptPlace>> = tables.iter().map(|table| kept.places.get(table).copied()).collect();
    let known = before.iter().flatten().count();
    let place = |index: usize, at: Point| (tables[index].clone(), KeptPlace { at, size: sizes[index] });
    let wanted: HashSet<&DiagramTable> = match doing {
        Doing::Arranging(wanted) => wanted.iter().collect(),
        Doing::Opening | Doing::Scoping | Doing::Looking => HashSet::new(),
    };
    let all = matches!(doing, Doing::Arranging(wanted) if wanted.is_empty());
    if all || known * FEW < tables.len() {
        let found = diagram.arrange(group);
        let placed = found.places.iter().enumerate().map(|(index, at)| place(index, *at));
        // What another window has made of the same first picture is a person's word.
        if known == 0 && !all {
            change.settled = placed.collect();
        } else {
            change.moved = placed.collect();
        }
        change.ways = diagram
            .relationships
            .iter()
            .zip(&found.ways)
            .filter(|(_, way)| !way.is_empty())
            .map(|(one, way)| (line_key(one, tables), way.clone()))
            .collect();
        return (found.places, found.ways, true);
    }
    let at: Vec<Option<Point>> = before.iter().map(|place| place.map(|place| place.at)).collect();
    let mut worked = known < tables.len();
    let mut places: Vec<Point> = match worked {
        true => diagram.settle(group, &at),
        false => at.iter().copied().map(Option::unwrap_or_default).collect(),
    };
    let new = (0..tables.len()).filter(|index| before[*index].is_none());
    change.settled = new.map(|index| place(index, places[index])).collect();
    let mut moved = HashSet::new();
    let chosen: Vec<usize> = (0..tables.len()).filter(|index| wanted.contains(&tables[*index])).collect();
    if !chosen.is_empty() {
        worked = true;
        for (index, at) in together(&chosen, &places, sizes, links) {
            places[index] = at;
            moved.insert(index);
        }
    }
    let drawn_before: Vec<Option<Size>> = before.iter().map(|place| place.map(|place| place.size)).collect();
    for (index, at) in room::make(&places, &drawn_before, sizes) {
        places[index] = at;
        moved.insert(index);
    }
    let mut order: Vec<usize> = moved.iter().copied().collect();
    order.sort_unstable();
    change.moved = order.into_iter().map(|index| place(index, places[index])).collect();
    let resized = (0..tables.len()).filter(|index| before[*index].is_some_and(|place| place.size != sizes[*index]));
    change.resized = resized.map(|index| (tables[index].clone(), sizes[index])).collect();
    let ways = diagram.relationships.iter().map(|one| {
        let stays = !moved.contains(&one.from.entity) && !moved.contains(&one.to.entity);
        let way = stays.then(|| kept.ways.get(&line_key(one, tables))).flatten();
        way.cloned().unwrap_or_default()
    });
    let ways = ways.collect();
    (places, ways, worked)
}

fn line_key(one: &erd::Relationship, tables: &[DiagramTable]) -> LineKey {
    LineKey { from: tables[one.from.entity].clone(), to: tables[one.to.entity].clone(), line: line(one) }
}

/// Lays some boxes out among themselves where they lie, or on the nearest free ground.
fn together(chosen: &[usize], places: &[Point], sizes: &[Size], links: &[Link]) -> Vec<(usize, Point)> {
    let local: HashMap<usize, usize> = chosen.iter().enumerate().map(|(local, index)| (*index, local)).collect();
    let inner: Vec<Link> = links
        .iter()
        .filter_map(|link| Some(Link { from: *local.get(&link.from)?, to: *local.get(&link.to)?, ..*link }))
        .collect();
    let own: Vec<Size> = chosen.iter().map(|index| sizes[*index]).collect();
    let found = erd::layout::arrange(&own, &inner, &Spacing::default());
    let corner =
        |part: fn(&Point) -> f64| chosen.iter().map(|index| part(&places[*index])).fold(f64::INFINITY, f64::min);
    let wish = Point { x: corner(|at| at.x), y: corner(|at| at.y) };
    let others: Vec<usize> = (0..places.len()).filter(|index| !local.contains_key(index)).collect();
    let end = |part: fn(&Point, &Size) -> f64| {
        found.places.iter().zip(&own).map(|(at, size)| part(at, size)).fold(0.0, f64::max)
    };
    let whole = Size { width: end(|at, size| at.x + size.width), height: end(|at, size| at.y + size.height) };
    let is_free = |at: Point| {
        let around = Point { x: at.x - STEP / 2.0, y: at.y - STEP / 2.0 };
        let size = Size { width: whole.width + STEP, height: whole.height + STEP };
        others.iter().all(|other| !room::overlap((around, size), (places[*other], sizes[*other])))
    };
    let ring = |ring: i32| {
        let around = (-ring..=ring).flat_map(move |x| (-ring..=ring).map(move |y| (x, y)));
        around.filter(move |(x, y)| x.abs().max(y.abs()) == ring)
    };
    let below = others.iter().map(|other| places[*other].y + sizes[*other].height).fold(wish.y, f64::max) + STEP;
    let free = (0..RINGS)
        .flat_map(ring)
        .map(|(x, y)| Point { x: wish.x + f64::from(x) * STEP, y: wish.y + f64::from(y) * STEP })
        .find(|at| is_free(*at));
    let at = free.unwrap_or(Point { x: wish.x, y: below });
    chosen
        .iter()
        .zip(found.places)
        .map(|(index, place)| (*index, Point { x: at.x + place.x, y: at.y + place.y }))
        .collect()
}
