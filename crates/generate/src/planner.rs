//! Makes a plan: table by table in the order of filling, first what must be NULL, then the foreign keys, then the
//! columns by themselves under their checks, then what must be unique.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{self, Rule};
use crate::maker::{Maker, Nulls, Standing};
use crate::meaning;
use crate::mix::{count, join, mix, named};
use crate::order::{self, Order};
use crate::plan::{By, Plan, Planned, PlannedColumn, Recipe};
use crate::reference::{Pick, Reference, Target};
use crate::refusal::{Refusal, listed};
use crate::schema::{Basis, Column, Foreign, Kind, Referred, Table};
use crate::unique;

/// Plans the rows of some tables.
///
/// # Errors
///
/// A [`Refusal`], in words, when the rows wanted cannot be: too many for a unique constraint, a foreign key that has
/// nothing to refer to, a ring of foreign keys none of which may be NULL, a type of which no value can be made.
pub fn plan(tables: &[Table], basis: &Basis) -> Result<Plan, Refusal> {
    for table in tables {
        well_formed(table, tables)?;
    }
    let order = order::order(tables)?;
    let mut planner = Planner {
        tables,
        basis,
        planned: vec![Planned::default(); tables.len()],
        notes: Vec::new(),
        order,
        referred: referred(tables),
    };
    for place in planner.order.tables.clone() {
        if let Some(table) = tables.get(place) {
            let planned = planner.table(place, table)?;
            if let Some(slot) = planner.planned.get_mut(place) {
                *slot = planned;
            }
        }
    }
    let Planner { planned, notes, order, .. } = planner;
    Ok(Plan { tables: planned, order: order.tables, notes, anchor: basis.anchor.number() })
}

fn well_formed(table: &Table, tables: &[Table]) -> Result<(), Refusal> {
    let malformed = |what: &str| Refusal::Malformed { table: table.name.clone(), what: what.to_owned() };
    let there = |of: &Table, places: &[usize]| places.iter().all(|place| *place < of.columns.len());
    if !table.unique.iter().all(|columns| there(table, columns)) {
        return Err(malformed("a unique constraint names a column that is not there"));
    }
    for foreign in &table.foreign {
        let even = match &foreign.to {
            Referred::Table { table: to, columns } => {
                columns.len() == foreign.columns.len() && tables.get(*to).is_some_and(|to| there(to, columns))
            }
            Referred::Existing { keys, .. } => keys.iter().all(|key| key.len() == foreign.columns.len()),
        };
        if !even || foreign.columns.is_empty() || !there(table, &foreign.columns) {
            return Err(malformed("a foreign key names columns that are not there"));
        }
    }
    Ok(())
}

/// The columns that foreign keys lead to, as places of table and column.
fn referred(tables: &[Table]) -> BTreeSet<(usize, usize)> {
    let mut referred = BTreeSet::new();
    for foreign in tables.iter().flat_map(|table| &table.foreign) {
        if let Referred::Table { table, columns } = &foreign.to {
            referred.extend(columns.iter().map(|column| (*table, *column)));
        }
    }
    referred
}

struct Planner<'a> {
    tables: &'a [Table],
    basis: &'a Basis,
    planned: Vec<Planned>,
    notes: Vec<String>,
    order: Order,
    referred: BTreeSet<(usize, usize)>,
}

/// What becomes of a foreign key.
enum Fate {
    /// It leads to rows.
    Leads,
    /// Every row fulfils it by itself, or nothing is asked of it.
    Fulfilled,
    /// Each row refers to itself, since the key shares columns with what it refers to.
    Itself,
    /// It must be NULL, for a reason in words, or the plan is refused.
    Null(String, Refusal),
}

impl Planner<'_> {
    fn table(&mut self, place: usize, table: &Table) -> Result<Planned, Refusal> {
        let key = named(mix(self.basis.seed), &table.name);
        let mut planned =
            Planned { rows: table.rows, existing: table.existing, life: join(key, 0x11), ..Planned::default() };
        let mut nulls: BTreeSet<usize> = BTreeSet::new();
        let mut leading: Vec<(usize, &Foreign, bool)> = Vec::new();
        for (foreign_place, foreign) in table.foreign.iter().enumerate().filter(|_| table.rows > 0) {
            match self.fate(place, table, foreign_place, foreign) {
                Fate::Leads => leading.push((foreign_place, foreign, false)),
                Fate::Itself => leading.push((foreign_place, foreign, true)),
                Fate::Fulfilled => {}
                Fate::Null(why, refusal) => {
                    let left = left_null(table, foreign);
                    if left.is_empty() {
                        return Err(refusal);
                    }
                    self.note(table, &left, &why);
                    nulls.extend(left);
                }
            }
        }
        // A key is NULL when one of its columns is: the others are then columns like any.
        leading.retain(|(_, foreign, _)| !foreign.columns.iter().any(|column| nulls.contains(column)));
        leading.sort_by_key(|(_, foreign, _)| std::cmp::Reverse(foreign.columns.len()));
        let mut driven: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (foreign_place, foreign, itself) in leading {
            let reference = self.reference(place, table, join(key, count(foreign_place)), foreign, itself);
            let taken = reference.columns.iter().filter(|column| driven.contains_key(column)).count();
            if taken == 0 {
                let number = planned.references.len();
                driven.extend(reference.columns.iter().enumerate().map(|(at, column)| (*column, (number, at))));
                planned.references.push(reference);
            } else if taken < reference.columns.len() || !self.implied(&reference, &driven, &planned) {
                let free: Vec<usize> = reference
                    .columns
                    .iter()
                    .copied()
                    .filter(|column| !driven.contains_key(column) && order::may_be_null(table, *column))
                    .collect();
                if free.is_empty() {
                    return Err(Refusal::Entangled {
                        table: table.name.clone(),
                        columns: names(table, &foreign.columns),
                    });
                }
                self.note(table, &free, "its foreign key shares columns with another");
                nulls.extend(free);
            }
        }
        self.columns(place, table, key, &nulls, &driven, &mut planned)?;
        self.notes.extend(unique::distinguish(table, place, &mut planned)?);
        Ok(planned)
    }

    fn note(&mut self, table: &Table, columns: &[usize], why: &str) {
        let verb = if columns.len() == 1 { "is" } else { "are" };
        self.notes.push(format!("{}: {} {verb} left NULL: {why}", table.name, listed(&names(table, columns))));
    }

    fn fate(&self, place: usize, table: &Table, foreign_place: usize, foreign: &Foreign) -> Fate {
        let columns = names(table, &foreign.columns);
        let own = table.name.clone();
        let (to, targets) = match &foreign.to {
            Referred::Existing { keys, .. } if !keys.is_empty() => return Fate::Leads,
            Referred::Existing { name, .. } => {
                let refusal = Refusal::NothingToReferTo { table: own, columns, target: name.clone() };
                return Fate::Null(format!("{name} has no rows to refer to"), refusal);
            }
            Referred::Table { table: to, columns } => (*to, columns),
        };
        let Some(target) = self.tables.get(to) else { return Fate::Fulfilled };
        let unforeseen =
            Refusal::UnforeseenKey { table: own.clone(), columns: columns.clone(), target: target.name.clone() };
        if self.order.opened.contains(&(place, foreign_place)) {
            return Fate::Null(format!("{} and {} refer to one another", table.name, target.name), unforeseen);
        }
        if target.rows == 0 {
            let refusal = Refusal::NothingToReferTo { table: own, columns, target: target.name.clone() };
            return Fate::Null(format!("{} gets no rows to refer to", target.name), refusal);
        }
        if to != place {
            let parent = self.planned.get(to);
            let known = |column: &usize| parent.is_some_and(|parent| foreseen(parent, *column));
            if targets.iter().all(known) {
                return Fate::Leads;
            }
            return Fate::Null(
                format!("what it refers to in {} is NULL or made by the server", target.name),
                unforeseen,
            );
        }
        if foreign.columns == *targets {
            return Fate::Fulfilled;
        }
        let unknown = |column: &usize| {
            table.columns.get(*column).is_none_or(|column| column.skipped || column.kind == Kind::Other)
        };
        if targets.iter().any(unknown) {
            return Fate::Null("what it refers to is made by the server".to_owned(), unforeseen);
        }
        // The columns of keys to the same table must not be what such keys lead to: that would go round for ever.
        let within: BTreeSet<usize> = table
            .foreign
            .iter()
            .filter(|other| matches!(other.to, Referred::Table { table, .. } if table == place))
            .flat_map(|other| other.columns.iter().copied())
            .collect();
        if !targets.iter().any(|column| within.contains(column)) {
            return Fate::Leads;
        }
        let entangled = Refusal::Entangled { table: own, columns };
        let shared = |(column, target): (&usize, &usize)| column == target || !within.contains(target);
        if order::nullable(table, foreign) {
            Fate::Null("its foreign key shares columns with what it refers to".to_owned(), entangled)
        } else if foreign.columns.iter().zip(targets).all(shared) {
            Fate::Itself
        } else {
            Fate::Null(String::new(), entangled)
        }
    }

    fn reference(&self, place: usize, table: &Table, key: u64, foreign: &Foreign, itself: bool) -> Reference {
        let referred: BTreeSet<usize> =
            self.referred.iter().filter(|(of, _)| *of == place).map(|(_, column)| *column).collect();
        let falls_out = unique::may_fall_out(table, &foreign.columns, &referred);
        let mut reference = Reference {
            columns: foreign.columns.clone(),
            target: Target::Keys(Vec::new()),
            name: String::new(),
            size: 0,
            pick: if itself { Pick::Same } else { Pick::Skewed },
            key,
            nulls: if falls_out { Nulls::NowAndThen } else { Nulls::Never },
        };
        match &foreign.to {
            Referred::Existing { name, keys } => {
                let mut seen = BTreeSet::new();
                let keys: Vec<Vec<String>> = keys.iter().filter(|key| seen.insert(*key)).cloned().collect();
                reference.name.clone_from(name);
                reference.size = count(keys.len());
                reference.target = Target::Keys(keys);
            }
            Referred::Table { table: to, columns } => {
                if let Some(target) = self.tables.get(*to) {
                    reference.name.clone_from(&target.name);
                    reference.size = target.rows;
                }
                let mut pairs: Vec<(usize, usize)> =
                    foreign.columns.iter().copied().zip(columns.iter().copied()).collect();
                if itself {
                    pairs.retain(|(column, target)| column != target);
                } else if *to == place {
                    reference.pick = Pick::Earlier { root_is_null: order::nullable(table, foreign) };
                }
                let (own, columns) = pairs.into_iter().unzip();
                reference.columns = own;
                reference.target = Target::Table { table: *to, columns };
            }
        }
        reference
    }

    /// Whether a key holds since another one does, whose row refers on to the same: the tenant of an order's customer
    /// is a tenant.
    fn implied(&self, reference: &Reference, driven: &BTreeMap<usize, (usize, usize)>, planned: &Planned) -> bool {
        // All columns by one and the same key, or the parts would be of different rows.
        let mut by: Vec<(usize, usize)> = Vec::new();
        for column in &reference.columns {
            let found = driven.get(column).filter(|(of, _)| by.first().is_none_or(|(first, _)| first == of));
            by.extend(found.copied());
        }
        let first = by.first().and_then(|(of, _)| planned.references.get(*of));
        if by.len() != reference.columns.len() {
            return false;
        }
        let (table, columns) = match first.map(|first| &first.target) {
            // What is there already is in order.
            Some(Target::Keys(_)) => return true,
            Some(Target::Table { table, columns }) => (*table, columns),
            None => return false,
        };
        let through: Vec<usize> = by.iter().filter_map(|(_, place)| columns.get(*place).copied()).collect();
        if matches!(&reference.target, Target::Table { table: to, columns } if *to == table && *columns == through) {
            return true;
        }
        let Some(parent) = self.planned.get(table) else { return false };
        parent.references.iter().enumerate().any(|(number, next)| {
            let places: Vec<usize> = through
                .iter()
                .filter_map(|column| match parent.columns.get(*column)?.recipe {
                    Recipe::Key { reference, place } if reference == number => Some(place),
                    _ => None,
                })
                .collect();
            places.len() == through.len() && reaches(next, &places, &reference.target)
        })
    }

    /// Every column's recipe, in a first form: unique constraints come after.
    fn columns(
        &mut self,
        place: usize,
        table: &Table,
        key: u64,
        nulls: &BTreeSet<usize>,
        driven: &BTreeMap<usize, (usize, usize)>,
        planned: &mut Planned,
    ) -> Result<(), Refusal> {
        let mut rules = self.rules(table, driven);
        let neighbours: Vec<Vec<String>> = table.columns.iter().map(|column| meaning::words(&column.name)).collect();
        let keyed: BTreeSet<usize> = table.unique.iter().flatten().copied().collect();
        for (at, column) in table.columns.iter().enumerate() {
            let own = rules.remove(&at).unwrap_or_default();
            let present = own.iter().any(|(rule, _)| *rule == Rule::Present);
            let nullable = column.nullable && !present;
            let recipe = if column.skipped {
                Recipe::LeftOut { skipped: true }
            } else if nulls.contains(&at) || table.rows == 0 {
                Recipe::Null
            } else if let Some((reference, place)) = driven.get(&at) {
                Recipe::Key { reference: *reference, place: *place }
            } else {
                let standing = Standing {
                    table: &table.name,
                    column: &column.name,
                    neighbours: &neighbours,
                    key,
                    anchor: self.basis.anchor.number(),
                };
                let start = self.basis.starts.get(&(place, at)).copied();
                let counts = column.automatic || (start.is_some() && keyed.contains(&at));
                self.recipe(table, column, nullable, &standing, own, counts.then_some(start.unwrap_or(1)))?
            };
            let share = match &recipe {
                Recipe::Made(maker, _) if nullable && !keyed.contains(&at) && !self.referred.contains(&(place, at)) => {
                    maker.null_share()
                }
                _ => Nulls::Never,
            };
            planned.columns.push(PlannedColumn {
                name: column.name.clone(),
                key: named(key, &column.name),
                nullable,
                nulls: share,
                recipe,
            });
        }
        Ok(())
    }

    /// What the checks of a table ask of its columns, each with the text of its check. What cannot be read, or is asked
    /// of columns that others decide on, is noted.
    fn rules(
        &mut self,
        table: &Table,
        driven: &BTreeMap<usize, (usize, usize)>,
    ) -> BTreeMap<usize, Vec<(Rule, String)>> {
        let mut rules: BTreeMap<usize, Vec<(Rule, String)>> = BTreeMap::new();
        for text in table.checks.iter().filter(|_| table.rows > 0) {
            let reading = check::read(text);
            let mut whole = reading.whole;
            for (name, rule) in reading.rules {
                let exact = table.columns.iter().position(|column| column.name == name);
                let place =
                    exact.or_else(|| table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(&name)));
                match place {
                    Some(place) if rule == Rule::Present || !driven.contains_key(&place) => {
                        rules.entry(place).or_default().push((rule, text.clone()));
                    }
                    _ => whole = false,
                }
            }
            if !whole {
                self.doubt(table, text);
            }
        }
        rules
    }

    fn doubt(&mut self, table: &Table, check: &str) {
        let check = check.trim();
        let check = if check.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("check")) {
            check.to_owned()
        } else {
            format!("CHECK ({check})")
        };
        let note = format!("{}: the server may refuse rows: {check}", table.name);
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn recipe(
        &mut self,
        table: &Table,
        column: &Column,
        nullable: bool,
        standing: &Standing<'_>,
        rules: Vec<(Rule, String)>,
        start: Option<i128>,
    ) -> Result<Recipe, Refusal> {
        let note = |why: &str| format!("{}: {} {why}", table.name, column.name);
        let Some(mut maker) = Maker::of(&column.kind, standing) else {
            if column.has_default {
                return Ok(Recipe::LeftOut { skipped: false });
            }
            if nullable {
                self.notes.push(note("is left NULL: its type is not known"));
                return Ok(Recipe::Null);
            }
            return Err(Refusal::UnknownType { table: table.name.clone(), column: column.name.clone() });
        };
        for (rule, text) in rules {
            if maker.narrow(&rule).is_none() {
                self.doubt(table, &text);
            }
        }
        if !maker.settle() {
            if nullable {
                self.notes.push(note("is left NULL: its type and checks leave no value"));
                return Ok(Recipe::Null);
            }
            return Err(Refusal::NoValue { table: table.name.clone(), column: column.name.clone() });
        }
        if let (Maker::Number(number), Some(start), Kind::Integer { .. } | Kind::Decimal { scale: 0, .. }) =
            (&maker, start, &column.kind)
        {
            let (least, most) = number.allowed;
            let first = start.max(least);
            let room = most.saturating_sub(first).saturating_add(1).max(0);
            if room < i128::from(table.rows) {
                return Err(Refusal::TooManyRows {
                    table: table.name.clone(),
                    columns: vec![column.name.clone()],
                    rows: table.rows,
                    most: u64::try_from(room).unwrap_or(u64::MAX),
                });
            }
            return Ok(Recipe::Sequence(first));
        }
        Ok(Recipe::Made(maker, By::Draw))
    }
}

/// Whether some columns of a reference lead to a target.
fn reaches(next: &Reference, places: &[usize], target: &Target) -> bool {
    match (&next.target, target) {
        (Target::Table { table, columns }, Target::Table { table: to, columns: wanted }) => {
            table == to && places.iter().map(|place| columns.get(*place)).eq(wanted.iter().map(Some))
        }
        (Target::Keys(reached), Target::Keys(keys)) => {
            let keys: BTreeSet<Vec<Option<&String>>> = keys.iter().map(|key| key.iter().map(Some).collect()).collect();
            reached.iter().all(|key| keys.contains(&places.iter().map(|place| key.get(*place)).collect::<Vec<_>>()))
        }
        _ => false,
    }
}

/// Whether every row of a planned table has a value in a column that is known beforehand.
fn foreseen(table: &Planned, column: usize) -> bool {
    table.columns.get(column).is_some_and(|column| match &column.recipe {
        Recipe::LeftOut { .. } | Recipe::Null => false,
        Recipe::Sequence(_) | Recipe::Made(..) => true,
        Recipe::Key { reference, .. } => {
            !column.nullable || table.references.get(*reference).is_some_and(|reference| !reference.may_be_null())
        }
    })
}

/// The columns that make a foreign key NULL: those that may be and are in no other key, or else one that may be.
fn left_null(table: &Table, foreign: &Foreign) -> Vec<usize> {
    let nullable: Vec<usize> =
        foreign.columns.iter().copied().filter(|column| order::may_be_null(table, *column)).collect();
    let shared = |column: &usize| {
        table.foreign.iter().filter(|other| *other != foreign).any(|other| other.columns.contains(column))
    };
    let alone: Vec<usize> = nullable.iter().copied().filter(|column| !shared(column)).collect();
    if alone.is_empty() { nullable.into_iter().take(1).collect() } else { alone }
}

fn names(table: &Table, places: &[usize]) -> Vec<String> {
    places.iter().filter_map(|place| Some(table.columns.get(*place)?.name.clone())).collect()
}
