//! Primary keys and unique constraints: which columns make them distinct, and how.

use std::collections::BTreeSet;

use crate::mix::named;
use crate::order;
use crate::plan::{By, Planned, Recipe};
use crate::reference::{Combination, Pick, Target, product};
use crate::refusal::{Refusal, listed};
use crate::schema::Table;

/// Makes the unique constraints of a table hold. Gives back notes.
pub(crate) fn distinguish(table: &Table, place: usize, planned: &mut Planned) -> Result<Vec<String>, Refusal> {
    let mut constraints: Vec<&Vec<usize>> = table.unique.iter().filter(|columns| !columns.is_empty()).collect();
    // What a column does alone it does in every greater constraint as well.
    constraints.sort_by_key(|columns| columns.len());
    let mut stage = Stage { table, place, planned, assigned: BTreeSet::new(), distinct: Vec::new(), notes: Vec::new() };
    stage.count();
    for columns in constraints {
        stage.meet(columns)?;
    }
    Ok(stage.notes)
}

struct Stage<'a> {
    table: &'a Table,
    place: usize,
    planned: &'a mut Planned,
    /// The foreign keys whose rows are chosen already.
    assigned: BTreeSet<usize>,
    /// Sets of columns that are distinct already.
    distinct: Vec<BTreeSet<usize>>,
    notes: Vec<String>,
}

impl Stage<'_> {
    /// Columns that count are distinct from the start, and foreign keys whose way is fixed are assigned.
    fn count(&mut self) {
        for (place, column) in self.planned.columns.iter().enumerate() {
            if matches!(column.recipe, Recipe::Sequence(_)) {
                self.distinct.push(BTreeSet::from([place]));
            }
        }
        for (place, reference) in self.planned.references.iter().enumerate() {
            if reference.pick == Pick::Same {
                self.assigned.insert(place);
            }
        }
    }

    fn meet(&mut self, columns: &[usize]) -> Result<(), Refusal> {
        let wanted: BTreeSet<usize> = columns.iter().copied().collect();
        // NULL is never the same as NULL, and what the server makes is the server's to keep apart.
        let open = |place: &usize| {
            self.planned
                .columns
                .get(*place)
                .is_none_or(|column| matches!(column.recipe, Recipe::Null | Recipe::LeftOut { .. }))
        };
        let rows = self.planned.rows;
        if rows <= 1 || wanted.iter().any(open) || self.distinct.iter().any(|set| set.is_subset(&wanted)) {
            return Ok(());
        }
        let references: Vec<usize> = self.open_references(&wanted);
        let free: Vec<(usize, u64, bool)> = self.free(&wanted);
        let sizes: Vec<u64> =
            references.iter().filter_map(|place| self.planned.references.get(*place)).map(|found| found.size).collect();
        let own = references.iter().copied().find(|reference| self.own(*reference));
        let single = wanted.len() == 1 || own.is_some();
        let all = rows.saturating_add(self.planned.existing);
        let alone = free.iter().find(|(_, capacity, countable)| *capacity >= all && (!countable || single));
        if let Some(&(column, ..)) = alone {
            self.by_row(column);
            return Ok(());
        }
        // Rows of one table, each referred to once: each refers to the one before.
        if let Some(own) = own {
            self.chain(own);
            return Ok(());
        }
        let mut counted: Vec<(usize, u64)> = free.iter().map(|(place, capacity, _)| (*place, *capacity)).collect();
        counted.sort_by_key(|(_, capacity)| *capacity);
        let capacities: Vec<u64> = counted.iter().map(|(_, capacity)| *capacity).collect();
        let most = product(&sizes).saturating_mul(product(&capacities));
        // Values of one column alone may be taken by the rows there are; of combinations that is not known.
        let most =
            if wanted.len() == 1 && references.is_empty() { most.saturating_sub(self.planned.existing) } else { most };
        if most >= rows && !(references.is_empty() && counted.is_empty()) {
            self.combine(&references, sizes, &counted, rows, &wanted);
            return Ok(());
        }
        if let ([only], [size]) = (references.as_slice(), sizes.as_slice())
            && self.planned.references.get(*only).is_some_and(|reference| reference.columns.len() == wanted.len())
            && self.may_be_null(*only)
        {
            self.once(*only, (*size).max(rows));
            self.notes.push(format!(
                "{}: {} is NULL in {} rows: each row it refers to is taken once",
                self.table.name,
                listed(&self.names(&wanted)),
                rows.saturating_sub(*size)
            ));
            return Ok(());
        }
        self.give_up(&wanted, most, references.len() + free.len())
    }

    /// The foreign keys within a constraint that still may choose their rows.
    fn open_references(&self, wanted: &BTreeSet<usize>) -> Vec<usize> {
        let within = |place: &usize| {
            !self.assigned.contains(place)
                && self.planned.references.get(*place).is_some_and(|reference| {
                    reference.columns.iter().all(|column| wanted.contains(column) && self.driven_by(*column, *place))
                })
        };
        (0..self.planned.references.len()).filter(within).collect()
    }

    fn driven_by(&self, column: usize, by: usize) -> bool {
        self.planned
            .columns
            .get(column)
            .is_some_and(|column| matches!(column.recipe, Recipe::Key { reference, .. } if reference == by))
    }

    /// The columns within a constraint that are made by themselves, with how many values they have and whether those
    /// can be counted.
    fn free(&self, wanted: &BTreeSet<usize>) -> Vec<(usize, u64, bool)> {
        let made = |place: &usize| match &self.planned.columns.get(*place)?.recipe {
            Recipe::Made(maker, By::Draw) => Some((*place, maker.capacity(), maker.countable())),
            _ => None,
        };
        wanted.iter().filter_map(made).collect()
    }

    fn own(&self, reference: usize) -> bool {
        self.planned
            .references
            .get(reference)
            .is_some_and(|reference| matches!(reference.target, Target::Table { table, .. } if table == self.place))
    }

    fn may_be_null(&self, reference: usize) -> bool {
        self.planned.references.get(reference).is_some_and(|reference| {
            reference.columns.iter().any(|place| self.planned.columns.get(*place).is_some_and(|column| column.nullable))
        })
    }

    fn chain(&mut self, own: usize) {
        let pick = if self.may_be_null(own) { Pick::Previous } else { Pick::Same };
        if let Some(reference) = self.planned.references.get_mut(own) {
            reference.pick = pick;
            self.distinct.push(reference.columns.iter().copied().collect());
        }
        self.assigned.insert(own);
    }

    fn by_row(&mut self, place: usize) {
        if let Some(column) = self.planned.columns.get_mut(place)
            && let Recipe::Made(_, by) = &mut column.recipe
        {
            *by = By::Row;
            self.distinct.push(BTreeSet::from([place]));
        }
    }

    fn once(&mut self, place: usize, among: u64) {
        if let Some(reference) = self.planned.references.get_mut(place) {
            reference.pick = Pick::Once { among };
            self.distinct.push(reference.columns.iter().copied().collect());
        }
        self.assigned.insert(place);
    }

    fn combine(
        &mut self,
        references: &[usize],
        sizes: Vec<u64>,
        counted: &[(usize, u64)],
        rows: u64,
        wanted: &BTreeSet<usize>,
    ) {
        if let ([only], [], [size]) = (references, counted, sizes.as_slice()) {
            return self.once(*only, *size);
        }
        let combination = self.planned.combinations.len();
        let name: Vec<String> = wanted.iter().map(usize::to_string).collect();
        let key = named(self.planned.life, &name.join(","));
        for (place, reference) in references.iter().enumerate() {
            if let Some(found) = self.planned.references.get_mut(*reference) {
                found.pick = Pick::Digit { combination, place };
            }
            self.assigned.insert(*reference);
        }
        // Of each counted column only as many values as the rows need.
        let mut need = rows.div_ceil(product(&sizes).max(1));
        let mut taken = Vec::new();
        for (place, (column, capacity)) in counted.iter().enumerate() {
            let wanted = need.min(*capacity).max(1);
            need = need.div_ceil(wanted);
            taken.push(wanted);
            if let Some(found) = self.planned.columns.get_mut(*column)
                && let Recipe::Made(_, by) = &mut found.recipe
            {
                *by = By::Digit { combination, place, wanted };
            }
        }
        self.planned.combinations.push(Combination { keys: sizes, counted: taken, key });
        self.distinct.push(wanted.clone());
    }

    fn names(&self, columns: &BTreeSet<usize>) -> Vec<String> {
        columns.iter().filter_map(|place| Some(self.planned.columns.get(*place)?.name.clone())).collect()
    }

    /// Nothing makes the constraint hold: a column that may be NULL is left so, or it is refused.
    fn give_up(&mut self, wanted: &BTreeSet<usize>, most: u64, units: usize) -> Result<(), Refusal> {
        let names = self.names(wanted);
        if units == wanted.len() || wanted.len() == 1 {
            return Err(Refusal::TooManyRows {
                table: self.table.name.clone(),
                columns: names,
                rows: self.planned.rows,
                most,
            });
        }
        let free: Vec<usize> = self.free(wanted).into_iter().map(|(place, ..)| place).collect();
        let nullable =
            free.into_iter().find(|place| self.table.columns.get(*place).is_some_and(|column| column.nullable));
        if let Some(column) = nullable.and_then(|place| self.planned.columns.get_mut(place)) {
            column.recipe = Recipe::Null;
            self.notes
                .push(format!("{}: {} is left NULL: its unique key shares columns", self.table.name, column.name));
            return Ok(());
        }
        Err(Refusal::Entangled { table: self.table.name.clone(), columns: names })
    }
}

/// Whether a foreign key of a table may be NULL now and then without harm to a key.
pub(crate) fn may_fall_out(table: &Table, foreign: &[usize], referred: &BTreeSet<usize>) -> bool {
    let keyed: BTreeSet<usize> = table.unique.iter().flatten().copied().collect();
    let nullable: Vec<usize> = foreign.iter().copied().filter(|place| order::may_be_null(table, *place)).collect();
    !nullable.is_empty() && nullable.iter().all(|place| !keyed.contains(place) && !referred.contains(place))
}
