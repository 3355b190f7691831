//! The rows' own points, fewer of them where they would only cover each other.

use std::collections::{HashMap, HashSet};

use driver::{Cast, Error};

use super::{
    super::Subject,
    CHART_GROUPS, CHART_POINTS, CHART_SERIES, Chart, Group, GroupKind, LeftOut, Mark, PointPlan, Rows, Series,
    axis::{Axis, AxisKind, Spot},
    measures_fit,
};
use crate::{Cell, Cells, gather::each_row};

/// Places along x in which a line keeps its first, last, least and greatest point.
const PLACES: usize = 500;
/// Places of which a cloud keeps one point each.
const ACROSS: usize = 80;
const DOWN: usize = 50;
/// Series whose rows are counted.
const COUNTED: usize = 10_000;

const LINE: &str = "the first, last, least and greatest of each of 500 places along x";
const CLOUD: &str = "one for each of 80 × 50 places, the first that is met";

/// The least and the greatest of what was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Span(Option<(f64, f64)>);

impl Span {
    fn add(&mut self, at: f64) {
        let (least, greatest) = self.0.unwrap_or((at, at));
        self.0 = Some((least.min(at), greatest.max(at)));
    }

    /// Which of so many equal places a value is in.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    fn place(&self, at: f64, places: usize) -> usize {
        let Some((least, greatest)) = self.0 else { return 0 };
        // Halved first: the whole range of a double is no double.
        let (part, whole) = (at / 2.0 - least / 2.0, greatest / 2.0 - least / 2.0);
        if whole <= 0.0 { 0 } else { ((part / whole * places as f64) as usize).min(places.saturating_sub(1)) }
    }
}

/// A point as it is met.
struct Point {
    line: usize,
    measure: usize,
    x: f64,
    y: Option<f64>,
    mark: Mark,
}

struct Cloud<'a> {
    axis: &'a Axis<'a>,
    by: Option<Subject<'a>>,
    y: Vec<Subject<'a>>,
    lines: Vec<(GroupKind, String)>,
    places: HashMap<Option<Box<[u8]>>, usize>,
}

/// A value of a row and where it stands.
struct Met<'b> {
    line: usize,
    measure: usize,
    x: f64,
    y: Option<f64>,
    x_cell: Cell<'b>,
    y_cell: Cell<'b>,
    row: u64,
}

/// The points of rows.
pub(super) fn chart(rows: &Rows<'_>, plan: &PointPlan, axis: &Axis<'_>, cast: &dyn Cast) -> Result<Chart, Error> {
    measures_fit(plan.y.len())?;
    let mut cloud = Cloud {
        axis,
        by: plan.series.map(|column| rows.subject(column, cast)).transpose()?,
        y: plan.y.iter().map(|column| rows.subject(*column, cast)).collect::<Result<_, _>>()?,
        lines: Vec::new(),
        places: HashMap::new(),
    };
    let mut chart = rows.empty(axis);
    cloud.name_lines(rows)?;
    if axis.kind == AxisKind::Category {
        cloud.rows_in_order(rows, &mut chart)?;
        return Ok(chart);
    }
    let (mut points, mut total) = (Vec::new(), 0usize);
    let (mut across, mut down) = (Span::default(), Span::default());
    let mut left_out = LeftOut::default();
    cloud.each(rows, plan.line, &mut left_out, |cloud, met| {
        total += 1;
        across.add(met.x);
        if let Some(y) = met.y {
            down.add(y);
        }
        if total <= CHART_POINTS {
            points.push(cloud.point(&met, 1));
        }
    })?;
    if total > CHART_POINTS {
        points = if plan.line { cloud.along(rows, &across)? } else { cloud.spread(rows, &across, &down)? };
        chart.reduced = Some((total as u64, if plan.line { LINE } else { CLOUD }));
    }
    chart.left_out = left_out;
    chart.found = total as u64;
    cloud.write(points, plan.line, &mut chart);
    Ok(chart)
}

impl Cloud<'_> {
    /// Gives the most frequent series a place each; the others have none.
    fn name_lines(&mut self, rows: &Rows<'_>) -> Result<(), Error> {
        let Some(by) = &self.by else {
            self.lines.push((GroupKind::Value, String::new()));
            return Ok(());
        };
        let mut counts: HashMap<Option<Box<[u8]>>, (u64, String)> = HashMap::new();
        each_row(rows.hold, 0..rows.hold.rows(), rows.only, rows.stop, |batch, _, local| {
            let cells = by.cells(batch)?;
            for at in local {
                let cell = cells.get(at);
                let mut digits = itoa::Buffer::new();
                let key: Option<Box<[u8]>> = cell.text(&mut digits).map(Into::into);
                if counts.len() >= COUNTED && !counts.contains_key(&key) {
                    continue;
                }
                counts.entry(key).or_insert_with(|| (0, by.shown(cell))).0 += 1;
            }
            Ok(true)
        })?;
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|(left, (many, _)), (right, (few, _))| few.cmp(many).then_with(|| left.cmp(right)));
        counts.truncate(CHART_SERIES);
        // By name, NULL last.
        counts.sort_by(|(left, _), (right, _)| left.is_none().cmp(&right.is_none()).then_with(|| left.cmp(right)));
        for (key, (_, label)) in counts {
            let null = key.is_none();
            self.places.insert(key, self.lines.len());
            let kind = if null { GroupKind::Null } else { GroupKind::Value };
            self.lines.push((kind, if null { String::new() } else { label }));
        }
        Ok(())
    }

    fn line(&self, by: Option<&Cells<'_>>, at: usize) -> Option<usize> {
        let Some(by) = by else { return Some(0) };
        let mut digits = itoa::Buffer::new();
        self.places.get(&by.get(at).text(&mut digits).map(Into::into)).copied()
    }

    /// Shows every value that has a place; a line keeps NULLs, as breaks.
    fn each(
        &self,
        rows: &Rows<'_>,
        breaks: bool,
        left_out: &mut LeftOut,
        mut look: impl FnMut(&Self, Met<'_>),
    ) -> Result<(), Error> {
        each_row(rows.hold, 0..rows.hold.rows(), rows.only, rows.stop, |batch, first, local| {
            let x = self.axis.subject.cells(batch)?;
            let by = self.by.as_ref().map(|by| by.cells(batch)).transpose()?;
            let ys = self.y.iter().map(|y| y.cells(batch)).collect::<Result<Vec<_>, _>>()?;
            for at in local {
                let x_cell = x.get(at);
                let x = match self.axis.spot(x_cell) {
                    Spot::Null => {
                        left_out.x_null += 1;
                        continue;
                    }
                    Spot::Infinite => {
                        left_out.x_infinite += 1;
                        continue;
                    }
                    spot => match Axis::position(&spot) {
                        Some(x) => x,
                        None => {
                            left_out.x_unreadable += 1;
                            continue;
                        }
                    },
                };
                let Some(line) = self.line(by.as_ref(), at) else {
                    left_out.series_rows += 1;
                    continue;
                };
                for (measure, (cells, subject)) in ys.iter().zip(&self.y).enumerate() {
                    let y_cell = cells.get(at);
                    let y = match place_of(subject, y_cell, left_out) {
                        Y::At(y) => Some(y),
                        Y::Null if breaks => None,
                        Y::Null => {
                            left_out.y_null += 1;
                            continue;
                        }
                        Y::Nowhere => continue,
                    };
                    look(self, Met { line, measure, x, y, x_cell, y_cell, row: first + at as u64 });
                }
            }
            Ok(true)
        })
    }

    fn point(&self, met: &Met<'_>, rows: u64) -> Point {
        let mark = Mark {
            group: None,
            x: Some(met.x),
            label: self.axis.subject.shown(met.x_cell),
            y: met.y,
            text: met.y.and_then(|_| self.y.get(met.measure)).map(|y| y.shown(met.y_cell)),
            rows,
        };
        Point { line: met.line, measure: met.measure, x: met.x, y: met.y, mark }
    }

    /// Keeps what a line looks like: the ends and the extremes of each place along x.
    fn along(&self, rows: &Rows<'_>, across: &Span) -> Result<Vec<Point>, Error> {
        /// Row and position of the first, the last, the least and the greatest.
        type Ends = [(f64, u64); 4];
        let families = (self.lines.len() * self.y.len()).max(1);
        // However many lines there are, the chart has no more points.
        let places = (PLACES * 2 / families).clamp(40, PLACES);
        let mut ends: HashMap<(usize, usize, usize), Ends> = HashMap::new();
        self.each(rows, false, &mut LeftOut::default(), |_, met| {
            let Some(y) = met.y else { return };
            let here = ends.entry((met.line, met.measure, across.place(met.x, places)));
            let [first, last, least, greatest] =
                here.or_insert([(met.x, met.row), (met.x, met.row), (y, met.row), (y, met.row)]);
            for (kept, at, lower) in
                [(first, met.x, true), (last, met.x, false), (least, y, true), (greatest, y, false)]
            {
                if if lower { at < kept.0 } else { at > kept.0 } {
                    *kept = (at, met.row);
                }
            }
        })?;
        let wanted: HashSet<(usize, usize, u64)> =
            ends.iter().flat_map(|((line, measure, _), ends)| ends.map(|(_, row)| (*line, *measure, row))).collect();
        let mut points = Vec::with_capacity(wanted.len());
        self.each(rows, false, &mut LeftOut::default(), |cloud, met| {
            if wanted.contains(&(met.line, met.measure, met.row)) {
                points.push(cloud.point(&met, 1));
            }
        })?;
        Ok(points)
    }

    /// Keeps what a cloud looks like: one point of each place, and how many are there.
    fn spread(&self, rows: &Rows<'_>, across: &Span, down: &Span) -> Result<Vec<Point>, Error> {
        let mut taken: HashMap<(usize, usize, usize, usize), usize> = HashMap::new();
        let mut points: Vec<Point> = Vec::new();
        self.each(rows, false, &mut LeftOut::default(), |cloud, met| {
            let Some(y) = met.y else { return };
            let place = (met.line, met.measure, across.place(met.x, ACROSS), down.place(y, DOWN));
            let next = points.len();
            let at = *taken.entry(place).or_insert(next);
            match points.get_mut(at) {
                Some(point) => point.mark.rows += 1,
                None => points.push(cloud.point(&met, 1)),
            }
        })?;
        Ok(points)
    }

    /// Texts have no distances: the first rows as they come, one place each.
    fn rows_in_order(&self, rows: &Rows<'_>, chart: &mut Chart) -> Result<(), Error> {
        let mut series = self.families();
        let mut left_out = LeftOut::default();
        chart.found = chart.of;
        each_row(rows.hold, 0..rows.hold.rows(), rows.only, rows.stop, |batch, _, local| {
            let x = self.axis.subject.cells(batch)?;
            let by = self.by.as_ref().map(|by| by.cells(batch)).transpose()?;
            let ys = self.y.iter().map(|y| y.cells(batch)).collect::<Result<Vec<_>, _>>()?;
            for at in local {
                if chart.groups.len() >= CHART_GROUPS as usize {
                    return Ok(false);
                }
                let Some(line) = self.line(by.as_ref(), at) else {
                    left_out.series_rows += 1;
                    continue;
                };
                let cell = x.get(at);
                let null = cell.text(&mut itoa::Buffer::new()).is_none();
                let kind = if null { GroupKind::Null } else { GroupKind::Value };
                let label = if null { String::new() } else { self.axis.subject.shown(cell) };
                let group = u32::try_from(chart.groups.len()).ok();
                chart.groups.push(Group { kind, label, from: None, to: None, rows: 1 });
                for (measure, (cells, subject)) in ys.iter().zip(&self.y).enumerate() {
                    let y_cell = cells.get(at);
                    let y = match place_of(subject, y_cell, &mut left_out) {
                        Y::At(y) => Some(y),
                        Y::Null => None,
                        Y::Nowhere => continue,
                    };
                    let text = y.map(|_| subject.shown(y_cell));
                    let mark = Mark { group, x: None, label: String::new(), y, text, rows: 1 };
                    if let Some(series) = series.get_mut(measure * self.lines.len() + line) {
                        series.marks.push(mark);
                    }
                }
            }
            Ok(true)
        })?;
        chart.left_out = left_out;
        chart.series = series;
        Ok(())
    }

    /// The series without marks: those of the first measure, then those of the next.
    fn families(&self) -> Vec<Series> {
        let family = |measure: usize| {
            self.lines.iter().map(move |(kind, label)| Series {
                kind: *kind,
                label: label.clone(),
                measure,
                marks: Vec::new(),
            })
        };
        (0..self.y.len()).flat_map(family).collect()
    }

    fn write(&self, mut points: Vec<Point>, line: bool, chart: &mut Chart) {
        if line {
            // Points of one place stay as the rows came.
            points.sort_by(|left, right| left.x.total_cmp(&right.x));
        }
        chart.series = self.families();
        for point in points {
            if point.y.is_none() && !line {
                continue;
            }
            if let Some(series) = chart.series.get_mut(point.measure * self.lines.len() + point.line) {
                series.marks.push(point.mark);
            }
        }
    }
}

enum Y {
    At(f64),
    Null,
    Nowhere,
}

fn place_of(subject: &Subject<'_>, cell: Cell<'_>, left_out: &mut LeftOut) -> Y {
    match subject.number(cell) {
        Spot::Null => return Y::Null,
        Spot::Infinite => left_out.y_infinite += 1,
        Spot::Number(number) => match number.position() {
            Some(y) => return Y::At(y),
            None => left_out.y_too_great += 1,
        },
        _ => left_out.y_unreadable += 1,
    }
    Y::Nowhere
}
