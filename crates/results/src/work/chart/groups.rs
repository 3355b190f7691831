//! Rows in groups, measured.

use std::{cmp::Ordering, collections::HashMap};

use driver::{Cast, Error};

use super::{
    super::Subject,
    Aggregate, CHART_GROUPS, CHART_SERIES, Chart, ChartPlan, Cut, Group, GroupKind, GroupOrder, LeftOut, Mark, Measure,
    Rows, Series,
    axis::{Axis, AxisKind, Bounds, Spot},
    measures_fit,
    number::Number,
    refused,
};
use crate::{Cell, gather::each_row};

/// Groups that are told apart.
const GROUPS: usize = 100_000;
/// Series that are told apart.
const SERIES: usize = 1_000;
/// Groups of all series together.
const SLOTS: usize = 200_000;
/// Bytes of the values that tell groups apart.
const KEY_BYTES: usize = 64 << 20;

/// What one measure of one group has come to.
#[derive(Clone, Debug)]
enum Tally {
    Count(u64),
    Sum(Option<(Number, u64)>),
    /// The extreme and its own text.
    Extreme(Option<(Number, Box<str>)>),
}

impl Tally {
    fn new(aggregate: Aggregate) -> Self {
        match aggregate {
            Aggregate::Rows | Aggregate::Values => Tally::Count(0),
            Aggregate::Sum | Aggregate::Average => Tally::Sum(None),
            Aggregate::Least | Aggregate::Greatest => Tally::Extreme(None),
        }
    }

    fn add(&mut self, aggregate: Aggregate, subject: Option<&Subject<'_>>, cell: Cell<'_>, left_out: &mut LeftOut) {
        let Some(subject) = subject.filter(|_| aggregate != Aggregate::Rows) else {
            if let Tally::Count(count) = self {
                *count += 1;
            }
            return;
        };
        if let Tally::Count(count) = self {
            *count += u64::from(cell.text(&mut itoa::Buffer::new()).is_some());
            return;
        }
        let number = match subject.number(cell) {
            Spot::Number(number) => number,
            Spot::Infinite => {
                left_out.y_infinite += 1;
                return;
            }
            Spot::Null => return,
            _ => {
                left_out.y_unreadable += 1;
                return;
            }
        };
        match self {
            Tally::Count(_) => {}
            Tally::Sum(Some((sum, count))) => {
                sum.add(&number);
                *count += 1;
            }
            Tally::Sum(none) => *none = Some((number, 1)),
            Tally::Extreme(kept) => {
                if kept.as_ref().is_none_or(|(known, _)| number.cmp(known) == beyond(aggregate)) {
                    *kept = Some((number, subject.shown(cell).into_boxed_str()));
                }
            }
        }
    }

    fn merge(&mut self, other: &Tally, aggregate: Aggregate) {
        match (self, other) {
            (Tally::Count(count), Tally::Count(more)) => *count += more,
            (Tally::Sum(Some((sum, count))), Tally::Sum(Some((more, rows)))) => {
                sum.add(more);
                *count += rows;
            }
            (Tally::Sum(none), Tally::Sum(some)) if some.is_some() => none.clone_from(some),
            (Tally::Extreme(kept), Tally::Extreme(Some((number, text))))
                if kept.as_ref().is_none_or(|(known, _)| number.cmp(known) == beyond(aggregate)) =>
            {
                *kept = Some((number.clone(), text.clone()));
            }
            _ => {}
        }
    }

    /// The value and how it is written.
    fn value(&self, aggregate: Aggregate) -> Option<(Number, String)> {
        let number = match self {
            Tally::Count(count) => Number::whole(i128::from(*count)),
            Tally::Sum(sum) => match (sum.as_ref()?, aggregate) {
                ((sum, count), Aggregate::Average) => sum.over(*count),
                ((sum, _), _) => sum.clone(),
            },
            Tally::Extreme(kept) => {
                let (number, text) = kept.as_ref()?;
                return Some((number.clone(), text.to_string()));
            }
        };
        let text = number.to_string();
        Some((number, text))
    }
}

fn beyond(aggregate: Aggregate) -> Ordering {
    if aggregate == Aggregate::Least { Ordering::Less } else { Ordering::Greater }
}

/// Names told apart by their bytes, in the order they are met; NULL and all that find no room have one place each.
struct Names {
    places: HashMap<Box<[u8]>, u32>,
    null: Option<u32>,
    other: Option<u32>,
    room: usize,
    bytes: usize,
    exact: bool,
}

impl Names {
    fn new(room: usize) -> Self {
        Names { places: HashMap::new(), null: None, other: None, room, bytes: 0, exact: true }
    }

    /// The place of a key, and whether it is new; `None` where there is no room for it.
    fn place(&mut self, key: &[u8], next: usize) -> Option<(u32, bool)> {
        if let Some(place) = self.places.get(key) {
            return Some((*place, false));
        }
        if self.places.len() >= self.room || self.bytes + key.len() > KEY_BYTES {
            self.exact = false;
            return None;
        }
        let place = u32::try_from(next).ok()?;
        self.bytes += key.len();
        self.places.insert(key.into(), place);
        Some((place, true))
    }
}

/// A group on its way.
struct Met {
    group: Group,
    key: Vec<u8>,
}

struct Grouping<'a> {
    axis: Axis<'a>,
    by: Option<Subject<'a>>,
    measures: Vec<(Option<Subject<'a>>, Aggregate)>,
    names: Names,
    met: Vec<Met>,
    lines: Names,
    line_names: Vec<(GroupKind, String, u64)>,
    slots: HashMap<(u32, u32), u32>,
    tallies: Vec<Tally>,
    left_out: LeftOut,
}

/// Groups rows and measures them.
pub(super) fn chart(rows: &Rows<'_>, plan: &ChartPlan, axis: Axis<'_>, cast: &dyn Cast) -> Result<Chart, Error> {
    measures_fit(plan.measures.len())?;
    let measure = |measure: &Measure| match (measure.column, measure.aggregate) {
        (_, Aggregate::Rows) => Ok((None, Aggregate::Rows)),
        (Some(column), aggregate) => Ok((Some(rows.subject(column, cast)?), aggregate)),
        (None, _) => Err(refused("A measure lacks its column.")),
    };
    let mut chart = rows.empty(&axis);
    let mut grouping = Grouping {
        axis,
        by: plan.series.map(|column| rows.subject(column, cast)).transpose()?,
        measures: plan.measures.iter().map(measure).collect::<Result<_, _>>()?,
        names: Names::new(GROUPS),
        met: Vec::new(),
        lines: Names::new(SERIES),
        line_names: Vec::new(),
        slots: HashMap::new(),
        tallies: Vec::new(),
        left_out: LeftOut::default(),
    };
    let mut key = Vec::new();
    each_row(rows.hold, 0..rows.hold.rows(), rows.only, rows.stop, |batch, _, local| {
        let x = grouping.axis.subject.cells(batch)?;
        let by = grouping.by.as_ref().map(|by| by.cells(batch)).transpose()?;
        let cells = grouping.measures.iter().map(|(subject, _)| subject.as_ref().map(|subject| subject.cells(batch)));
        let cells = cells.map(Option::transpose).collect::<Result<Vec<_>, _>>()?;
        for at in local {
            let Some(group) = grouping.group(x.get(at), &mut key) else { continue };
            let line = by.as_ref().map_or(0, |by| grouping.line(by.get(at), &mut key));
            let slot = grouping.slot(group, line);
            for (number, cells) in cells.iter().enumerate() {
                let cell = cells.as_ref().map_or(Cell::Null, |cells| cells.get(at));
                let Some((subject, aggregate)) = grouping.measures.get(number) else { continue };
                if let Some(tally) = grouping.tallies.get_mut(slot + number) {
                    tally.add(*aggregate, subject.as_ref(), cell, &mut grouping.left_out);
                }
            }
        }
        Ok(true)
    })?;
    grouping.finish(plan, &mut chart);
    Ok(chart)
}

impl Grouping<'_> {
    /// The group of a row; `None` where it has none.
    fn group(&mut self, cell: Cell<'_>, key: &mut Vec<u8>) -> Option<u32> {
        let spot = self.axis.spot(cell);
        key.clear();
        let place = match spot {
            Spot::Infinite => {
                self.left_out.x_infinite += 1;
                return None;
            }
            Spot::Unreadable => {
                self.left_out.x_unreadable += 1;
                return None;
            }
            Spot::Null => self.special(GroupKind::Null),
            _ if !self.axis.push_key(cell, &spot, key) => {
                self.left_out.x_unreadable += 1;
                return None;
            }
            _ => match self.names.place(key, self.met.len()) {
                None => self.special(GroupKind::Other),
                Some((place, new)) => {
                    if new {
                        let Bounds { label, from, to } = self.axis.bounds(cell, &spot);
                        let group = Group { kind: GroupKind::Value, label, from, to, rows: 0 };
                        self.met.push(Met { group, key: key.clone() });
                    }
                    place
                }
            },
        };
        if let Some(met) = self.met.get_mut(place as usize) {
            met.group.rows += 1;
        }
        Some(place)
    }

    fn special(&mut self, kind: GroupKind) -> u32 {
        let known = if kind == GroupKind::Null { &mut self.names.null } else { &mut self.names.other };
        *known.get_or_insert_with(|| {
            let group = Group { kind, label: String::new(), from: None, to: None, rows: 0 };
            self.met.push(Met { group, key: Vec::new() });
            u32::try_from(self.met.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// The series of a row.
    fn line(&mut self, cell: Cell<'_>, key: &mut Vec<u8>) -> u32 {
        let Some(by) = &self.by else { return 0 };
        let mut digits = itoa::Buffer::new();
        let next = self.line_names.len();
        let place = match cell.text(&mut digits) {
            None => *self.lines.null.get_or_insert_with(|| {
                self.line_names.push((GroupKind::Null, String::new(), 0));
                u32::try_from(next).unwrap_or(u32::MAX)
            }),
            Some(text) => {
                key.clear();
                key.extend(text);
                match self.lines.place(key, next) {
                    Some((place, new)) => {
                        if new {
                            self.line_names.push((GroupKind::Value, by.shown(cell), 0));
                        }
                        place
                    }
                    None => *self.lines.other.get_or_insert_with(|| {
                        self.line_names.push((GroupKind::Other, String::new(), 0));
                        u32::try_from(next).unwrap_or(u32::MAX)
                    }),
                }
            }
        };
        if let Some((.., rows)) = self.line_names.get_mut(place as usize) {
            *rows += 1;
        }
        place
    }

    /// Where the tallies of a group and a series begin.
    fn slot(&mut self, group: u32, line: u32) -> usize {
        let each = self.measures.len();
        if self.by.is_none() {
            self.grow(group as usize + 1);
            return group as usize * each;
        }
        if let Some(slot) = self.slots.get(&(group, line)) {
            return *slot as usize * each;
        }
        let (mut group, room) = (group, self.slots.len() < SLOTS);
        if !room {
            // What was counted for its own group so far stays there.
            self.names.exact = false;
            group = self.special(GroupKind::Other);
        }
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        let slot = *self.slots.entry((group, line)).or_insert(next) as usize;
        self.grow(slot + 1);
        slot * each
    }

    fn grow(&mut self, slots: usize) {
        let each = self.measures.len();
        while self.tallies.len() < slots * each {
            self.tallies.extend(self.measures.iter().map(|(_, aggregate)| Tally::new(*aggregate)));
        }
    }

    fn finish(mut self, plan: &ChartPlan, chart: &mut Chart) {
        let values = self.met.iter().filter(|met| met.group.kind == GroupKind::Value).count();
        chart.found = values as u64;
        chart.found_exact = self.names.exact;
        let lines = self.lines_in_order();
        // By group and series: the places of the tallies.
        let mut slots: HashMap<u32, Vec<(u32, usize)>> = HashMap::new();
        if self.by.is_none() {
            for group in 0..u32::try_from(self.met.len()).unwrap_or(u32::MAX) {
                slots.insert(group, vec![(0, group as usize)]);
            }
        } else {
            for ((group, line), slot) in &self.slots {
                slots.entry(*group).or_default().push((*line, *slot as usize));
            }
        }
        let order = self.in_order(plan, &slots);
        let limit = plan.limit.clamp(1, CHART_GROUPS) as usize;
        let distant = self.axis.kind != AxisKind::Category;
        let (kept, rest) = order.split_at(limit.min(order.len()));
        let mut kept = kept.to_vec();
        if rest.is_empty() && self.names.exact {
            self.fill(plan, &mut kept, limit);
        } else if !matches!(plan.order, GroupOrder::Value | GroupOrder::ValueDescending | GroupOrder::Met) && !distant {
            self.by_key(&mut kept, plan.order == GroupOrder::KeyDescending);
        }
        // What stands for several groups: itself, and those it takes in.
        let mut shown: Vec<(Group, Vec<u32>)> = Vec::with_capacity(kept.len() + 2);
        for place in kept {
            match place {
                Place::Met(place) => {
                    let Some(met) = self.met.get(place as usize) else { continue };
                    shown.push((met.group.clone(), vec![place]));
                }
                Place::Empty(group) => shown.push((*group, Vec::new())),
            }
        }
        shown
            .extend(self.names.null.and_then(|place| Some((self.met.get(place as usize)?.group.clone(), vec![place]))));
        let mut others: Vec<u32> = self.names.other.into_iter().collect();
        if plan.others && !distant {
            others.extend(rest.iter().filter_map(Place::met));
        }
        if !others.is_empty() {
            let rows = others.iter().filter_map(|place| self.met.get(*place as usize)).map(|met| met.group.rows).sum();
            shown.push((Group { kind: GroupKind::Other, label: String::new(), from: None, to: None, rows }, others));
        }
        self.write(&lines, &slots, shown, chart);
        chart.left_out = self.left_out;
    }

    fn write(
        &mut self,
        lines: &[(Series, Vec<u32>)],
        slots: &HashMap<u32, Vec<(u32, usize)>>,
        shown: Vec<(Group, Vec<u32>)>,
        chart: &mut Chart,
    ) {
        let each = self.measures.len();
        // Which shown series each series that was met is part of.
        let mut part_of = vec![0; self.line_names.len().max(1)];
        for (at, (_, members)) in lines.iter().enumerate() {
            for member in members {
                if let Some(part) = part_of.get_mut(*member as usize) {
                    *part = at;
                }
            }
        }
        let aggregates: Vec<Aggregate> = self.measures.iter().map(|(_, aggregate)| *aggregate).collect();
        for number in 0..each {
            chart.series.extend(lines.iter().map(|(line, _)| Series { measure: number, ..line.clone() }));
        }
        for (index, (group, places)) in shown.iter().enumerate() {
            let mut totals: Vec<Option<Tally>> = vec![None; each * lines.len()];
            for (line, slot) in places.iter().filter_map(|place| slots.get(place)).flatten() {
                let part = part_of.get(*line as usize).copied().unwrap_or_default();
                for (number, aggregate) in aggregates.iter().enumerate() {
                    let tally = self.tallies.get(slot * each + number);
                    match (totals.get_mut(number * lines.len() + part), tally) {
                        (Some(Some(total)), Some(tally)) => total.merge(tally, *aggregate),
                        (Some(none), Some(tally)) => *none = Some(tally.clone()),
                        _ => {}
                    }
                }
            }
            for (series, total) in chart.series.iter_mut().zip(totals) {
                let aggregate = aggregates.get(series.measure).copied().unwrap_or(Aggregate::Rows);
                let counts = matches!(aggregate, Aggregate::Rows | Aggregate::Values);
                let total = total.or_else(|| counts.then_some(Tally::Count(0)));
                let value = total.and_then(|total| total.value(aggregate));
                let y = value.as_ref().and_then(|(number, _)| number.position());
                self.left_out.y_too_great += u64::from(value.is_some() && y.is_none());
                series.marks.push(Mark {
                    group: u32::try_from(index).ok(),
                    x: None,
                    label: String::new(),
                    y,
                    text: value.map(|(_, text)| text),
                    rows: group.rows,
                });
            }
        }
        chart.groups = shown.into_iter().map(|(group, _)| group).collect();
    }

    /// The series that are shown, each with those it stands for: the most frequent, by name, then NULL, then all others.
    fn lines_in_order(&self) -> Vec<(Series, Vec<u32>)> {
        let line = |kind, label: &str| Series { kind, label: label.to_owned(), measure: 0, marks: Vec::new() };
        if self.by.is_none() {
            return vec![(line(GroupKind::Value, ""), vec![0])];
        }
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut named: Vec<(u32, &str, u64)> = Vec::new();
        let (mut null, mut others) = (None, Vec::new());
        for (at, (kind, label, rows)) in self.line_names.iter().enumerate() {
            match kind {
                GroupKind::Value => named.push((number(at), label, *rows)),
                GroupKind::Null => null = Some(number(at)),
                GroupKind::Other => others.push(number(at)),
            }
        }
        named.sort_by(|left, right| right.2.cmp(&left.2).then(left.1.cmp(right.1)));
        let taken = usize::from(null.is_some());
        let fits = named.len() + taken + usize::from(!others.is_empty()) <= CHART_SERIES;
        if !fits {
            let beyond = named.split_off((CHART_SERIES - 1 - taken).min(named.len()));
            others.extend(beyond.iter().map(|(at, ..)| *at));
        }
        named.sort_by(|left, right| left.1.cmp(right.1).then(left.0.cmp(&right.0)));
        let mut lines: Vec<_> =
            named.into_iter().map(|(at, label, _)| (line(GroupKind::Value, label), vec![at])).collect();
        lines.extend(null.map(|at| (line(GroupKind::Null, ""), vec![at])));
        if !others.is_empty() {
            lines.push((line(GroupKind::Other, ""), others));
        }
        lines
    }

    /// The groups of values: the ones to keep first, in the order they are shown unless there are too many of them.
    fn in_order(&self, plan: &ChartPlan, slots: &HashMap<u32, Vec<(u32, usize)>>) -> Vec<Place> {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let values = |(at, met): (usize, &Met)| (met.group.kind == GroupKind::Value).then_some(Place::Met(place(at)));
        let mut order: Vec<Place> = self.met.iter().enumerate().filter_map(values).collect();
        let too_many = order.len() > plan.limit.clamp(1, CHART_GROUPS) as usize;
        let by_value = match plan.order {
            GroupOrder::Met => return order,
            GroupOrder::Key | GroupOrder::KeyDescending => too_many && self.axis.kind == AxisKind::Category,
            GroupOrder::Value | GroupOrder::ValueDescending => true,
        };
        self.by_key(&mut order, plan.order == GroupOrder::KeyDescending);
        if !by_value {
            return order;
        }
        let each = self.measures.len();
        let aggregate = self.measures.first().map_or(Aggregate::Rows, |(_, aggregate)| *aggregate);
        let total = |place: &Place| {
            let mut total = Tally::new(aggregate);
            for (_, slot) in slots.get(&place.met()?).into_iter().flatten() {
                if let Some(tally) = self.tallies.get(slot * each) {
                    total.merge(tally, aggregate);
                }
            }
            total.value(aggregate).map(|(number, _)| number)
        };
        let mut valued: Vec<(Option<Number>, Place)> = order.into_iter().map(|place| (total(&place), place)).collect();
        let rising = plan.order == GroupOrder::Value;
        // Ties stay in the order of their keys; what has no value stands last.
        valued.sort_by(|(left, _), (right, _)| match (left, right) {
            (Some(left), Some(right)) if rising => left.cmp(right),
            (Some(left), Some(right)) => right.cmp(left),
            (left, right) => left.is_none().cmp(&right.is_none()),
        });
        valued.into_iter().map(|(_, place)| place).collect()
    }

    fn by_key(&self, places: &mut [Place], descending: bool) {
        let key = |place: &Place| place.met().and_then(|at| self.met.get(at as usize)).map(|met| met.key.as_slice());
        places.sort_by(|left, right| key(left).cmp(&key(right)));
        if descending {
            places.reverse();
        }
    }

    /// Puts empty groups between those that are met, so that a gap is seen as one.
    fn fill(&self, plan: &ChartPlan, kept: &mut Vec<Place>, limit: usize) {
        let descending = match plan.order {
            GroupOrder::Key => false,
            GroupOrder::KeyDescending => true,
            _ => return,
        };
        if matches!(self.axis.cut, Cut::Each) {
            return;
        }
        let key = |place: &Place| place.met().and_then(|at| self.met.get(at as usize)).map(|met| met.key.clone());
        let mut filled: Vec<Place> = Vec::with_capacity(kept.len());
        let mut rising = kept.clone();
        if descending {
            rising.reverse();
        }
        let mut expected: Option<Vec<u8>> = None;
        for place in rising {
            let Some(here) = key(&place) else { return };
            while let Some(next) = expected.take().filter(|next| *next < here) {
                let empty = self.axis.between(&next);
                let (Some((bounds, after)), true) = (empty, filled.len() < limit) else { return };
                let Bounds { label, from, to } = bounds;
                filled.push(Place::Empty(Box::new(Group { kind: GroupKind::Value, label, from, to, rows: 0 })));
                expected = Some(after);
            }
            expected = self.axis.after(&here);
            filled.push(place);
        }
        if filled.len() > limit {
            return;
        }
        if descending {
            filled.reverse();
        }
        *kept = filled;
    }
}

/// A group that was met, or one between two of those.
#[derive(Clone, Debug)]
enum Place {
    Met(u32),
    Empty(Box<Group>),
}

impl Place {
    fn met(&self) -> Option<u32> {
        match self {
            Place::Met(place) => Some(*place),
            Place::Empty(_) => None,
        }
    }
}
