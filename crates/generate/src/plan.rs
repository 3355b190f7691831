//! A plan: what every column of every table is made of, and the rows that follow.

use std::ops::Range;

use crate::maker::{Maker, Nulls, Setting};
use crate::reference::{Combination, Reference, Target};

/// What the rows of some tables are made of. See [`crate::plan`].
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) tables: Vec<Planned>,
    pub(crate) order: Vec<usize>,
    pub(crate) notes: Vec<String>,
    pub(crate) anchor: i128,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Planned {
    pub(crate) rows: u64,
    /// The rows that are there already, after which these are numbered on.
    pub(crate) existing: u64,
    pub(crate) columns: Vec<PlannedColumn>,
    pub(crate) references: Vec<Reference>,
    pub(crate) combinations: Vec<Combination>,
    /// The key of the moments of a row.
    pub(crate) life: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct PlannedColumn {
    pub(crate) name: String,
    pub(crate) key: u64,
    pub(crate) nullable: bool,
    pub(crate) nulls: Nulls,
    pub(crate) recipe: Recipe,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone)]
pub(crate) enum Recipe {
    /// The rows do not carry it.
    LeftOut { skipped: bool },
    /// It is always NULL.
    Null,
    /// One number after the other.
    Sequence(i128),
    /// A value by itself.
    Made(Maker, By),
    /// A column of a foreign key, with its place there.
    Key { reference: usize, place: usize },
}

/// How a value is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Drawn.
    Draw,
    /// Another one for each row.
    Row,
    /// Counted as a combination says.
    Digit { combination: usize, place: usize, wanted: u64 },
}

/// How a column comes about, for a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The name of the column.
    pub column: String,
    /// A few words: `e-mail addresses`, `one of 3 values`, `refers to customers`.
    pub words: String,
}

impl Plan {
    /// The tables, as places in the list, in the order they can be filled in.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Sentences a person should know before filling.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many rows a table gets; 0 for one that is not there.
    pub fn count(&self, table: usize) -> u64 {
        self.tables.get(table).map_or(0, |table| table.rows)
    }

    /// The places of the columns that the rows of a table carry, in order. The others are left to the server.
    pub fn columns(&self, table: usize) -> Vec<usize> {
        let columns = self.tables.get(table).map(|table| table.columns.as_slice()).unwrap_or_default();
        let carried = columns.iter().enumerate().filter(|(_, column)| !matches!(column.recipe, Recipe::LeftOut { .. }));
        carried.map(|(place, _)| place).collect()
    }

    /// How every column of a table comes about.
    pub fn origins(&self, table: usize) -> Vec<Origin> {
        let Some(table) = self.tables.get(table) else { return Vec::new() };
        let origin = |column: &PlannedColumn| Origin { column: column.name.clone(), words: table.words(column) };
        table.columns.iter().map(origin).collect()
    }

    /// Rows of a table; each has one cell for each of [`Plan::columns`], and `None` is NULL. Rows past the table's last
    /// are left out. Any range can be made by itself, in any order.
    pub fn rows(&self, table: usize, range: Range<u64>) -> Rows<'_> {
        let end = range.end.min(self.count(table));
        Rows { plan: self, table, columns: self.columns(table), left: range.start.min(end)..end }
    }

    /// One cell. `None` is NULL, or a value that the server makes.
    pub fn cell(&self, table: usize, column: usize, row: u64) -> Option<String> {
        let table = self.tables.get(table)?;
        let column = table.columns.get(column)?;
        match &column.recipe {
            Recipe::LeftOut { .. } | Recipe::Null => None,
            Recipe::Sequence(first) => Some(first.saturating_add(i128::from(row)).to_string()),
            Recipe::Made(..) if column.nulls.falls_on(column.key, row) => None,
            Recipe::Made(maker, by) => {
                let setting = Setting { key: column.key, life: table.life, anchor: self.anchor };
                Some(match by {
                    By::Draw => maker.draw(setting, table.existing.saturating_add(row)),
                    By::Row => {
                        let wanted = table.existing.saturating_add(table.rows);
                        maker.distinct(setting, table.existing.saturating_add(row), wanted)
                    }
                    By::Digit { combination, place, wanted } => {
                        let at = table.combinations.get(*combination)?.counted_at(row, *place);
                        maker.counted(setting, at, *wanted)
                    }
                })
            }
            Recipe::Key { reference, place } => {
                let reference = table.references.get(*reference)?;
                if column.nullable && reference.nulls.falls_on(reference.key, row) {
                    return None;
                }
                let referred = match reference.row(row, &table.combinations) {
                    Some(referred) => referred,
                    None if column.nullable => return None,
                    // The key is NULL by its other columns; this one takes what some row has.
                    None => 0,
                };
                match &reference.target {
                    Target::Keys(keys) => keys.get(usize::try_from(referred).ok()?)?.get(*place).cloned(),
                    // Leads to a table filled earlier, or to a column of this one that refers to no other: it ends.
                    Target::Table { table, columns } => self.cell(*table, *columns.get(*place)?, referred),
                }
            }
        }
    }
}

impl Planned {
    fn words(&self, column: &PlannedColumn) -> String {
        let mut words = match &column.recipe {
            Recipe::LeftOut { skipped: true } => return "made by the server".to_owned(),
            Recipe::LeftOut { skipped: false } => return "left to its default".to_owned(),
            Recipe::Null => return "left NULL".to_owned(),
            Recipe::Sequence(first) => format!("numbers counted from {first}"),
            Recipe::Made(maker, By::Draw) => maker.called(),
            Recipe::Made(maker, By::Row) => format!("{}, each once", maker.called()),
            Recipe::Made(_, By::Digit { .. }) => "counted within the key".to_owned(),
            Recipe::Key { reference, .. } => {
                let name = self.references.get(*reference).map(|reference| reference.name.as_str());
                format!("refers to {}", name.unwrap_or_default())
            }
        };
        let nulls = match &column.recipe {
            Recipe::Key { reference, .. } if column.nullable => {
                self.references.get(*reference).map_or(Nulls::Never, |reference| reference.nulls)
            }
            _ => column.nulls,
        };
        words.push_str(match nulls {
            Nulls::Never => "",
            Nulls::NowAndThen => ", now and then NULL",
            Nulls::MostlyNull => ", mostly NULL",
        });
        words
    }
}

/// Rows of a table. See [`Plan::rows`].
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    plan: &'a Plan,
    table: usize,
    columns: Vec<usize>,
    left: Range<u64>,
}

impl Iterator for Rows<'_> {
    type Item = Vec<Option<String>>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.left.next()?;
        Some(self.columns.iter().map(|column| self.plan.cell(self.table, *column, row)).collect())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}
