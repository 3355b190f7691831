//! From the tables of a catalog to a plan: what their columns take, which keys are there, where the numbers go on.

use std::collections::BTreeMap;

use catalog::{Catalog, Column, ConstraintKind, Index, Kind, Known, ObjectKey, RelationWalker, Scope};
use driver::{LoadForm, Statement, Takes};
use generate::{Basis, Day, Foreign, Plan, Referred, Table};

use super::{offer::takes_rows, rows_of, wrong};
use crate::{
    api::*,
    explorer::{Place, to_key, to_ref},
    references::asks,
    transfers::{meant, plain_engine_note},
};

/// Rows of each table in a look.
const SAMPLE: u64 = 8;

/// The most rows of one table: more than that is no longer a sample of anything.
const MOST_ROWS: u64 = 100_000_000;

/// The most keys of a table outside that new rows refer to.
const MOST_KEYS: u32 = 1_000;

/// The day that counts as today. Always the same one, so that the same number makes the same rows next year.
const TODAY: (i64, i64, i64) = (2026, 1, 1);

/// A table that is about to be filled.
pub(super) struct Filled {
    pub(super) key: ObjectKey,
    pub(super) columns: Vec<Column>,
    pub(super) forms: Vec<LoadForm>,
    existing: u64,
    /// What lets the server's numbering go on.
    pub(super) go_on: Vec<String>,
}

/// Everything that is known before the first row is sent.
pub(super) struct Prepared {
    /// In the order of the request.
    pub(super) tables: Vec<Filled>,
    pub(super) plan: Plan,
    /// What is to be known of tables whose engine undoes nothing.
    pub(super) plain: Option<String>,
    database: Option<String>,
}

impl Prepared {
    pub(super) fn look(&self, asks: Option<String>) -> GenerateLook {
        let table = |place: usize, filled: &Filled| {
            let carried = self.plan.columns(place);
            let origins = self.plan.origins(place);
            let columns = filled.columns.iter().zip(origins).enumerate();
            let sample = self.plan.rows(place, 0..SAMPLE).map(|row| {
                let mut whole = vec![None; filled.columns.len()];
                for (at, value) in carried.iter().zip(row) {
                    if let Some(slot) = whole.get_mut(*at) {
                        *slot = value;
                    }
                }
                whole
            });
            GeneratedTable {
                table: ObjectRef { database: self.database.clone(), ..to_ref(filled.key.clone()) },
                rows: self.plan.count(place),
                existing: filled.existing,
                sample: sample.collect(),
                columns: columns
                    .map(|(at, (column, origin))| GeneratedColumn {
                        name: column.name.clone(),
                        native_type: column.native_type.clone(),
                        words: origin.words,
                        carried: carried.contains(&at),
                    })
                    .collect(),
            }
        };
        let order = self.plan.order().iter().filter_map(|place| Some((*place, self.tables.get(*place)?)));
        GenerateLook {
            tables: order.map(|(place, filled)| table(place, filled)).collect(),
            notes: self.plain.iter().cloned().chain(self.plan.notes().iter().cloned()).collect(),
            asks,
        }
    }
}

/// Reads what has to be known and makes the plan.
pub(super) async fn prepare(place: &Place, request: &Generate) -> Result<Prepared, AppError> {
    let first = super::first(request)?;
    let opened = &place.opened;
    let generating = opened
        .connection
        .control()
        .generate()
        .ok_or_else(|| AppError::new(ErrorCode::Unsupported, "No rows can be made up for this database."))?;
    let keys = request.tables.iter().map(|table| to_key(&table.table)).collect::<Result<Vec<_>, _>>()?;
    let shelved = opened.shelf.get(opened, &place.connected).await?;
    let catalog = opened.shelf.ask(opened.connection.as_ref(), &scope(&keys, &shelved.catalog)).await?;
    let mut relations: Vec<(RelationWalker<'_>, u64)> = Vec::new();
    for (key, wanted) in keys.iter().zip(&request.tables) {
        let relation = meant(opened, &catalog, key).ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, format!("There is no table “{}”.", key.name))
                .with_hint("Names are compared letter by letter.")
        })?;
        if !takes_rows(&relation) {
            return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is no table.", key.name)));
        }
        if relations.iter().any(|(known, _)| known.id() == relation.id()) {
            return Err(wrong(format!("“{}” is named twice.", key.name), "Name every table once."));
        }
        if !(1..=MOST_ROWS).contains(&wanted.rows) {
            let message = format!("{} of “{}” cannot be made up.", rows_of(wanted.rows), key.name);
            return Err(wrong(message, "Choose between 1 and 100,000,000."));
        }
        relations.push((relation, wanted.rows));
    }
    let mut described = Vec::new();
    let mut filled = Vec::new();
    let mut starts = BTreeMap::new();
    for (at, (relation, rows)) in relations.iter().enumerate() {
        let takes: Vec<Takes> = relation.columns().iter().map(|column| generating.takes(&catalog, column)).collect();
        let key = ObjectKey {
            schema: Some(relation.schema().to_owned()).filter(|schema| !schema.is_empty()),
            ..relation.key()
        };
        let automatic: Vec<bool> = relation
            .columns()
            .iter()
            .map(|column| column.identity.is_some() || generating.go_on(&key, column).is_some())
            .collect();
        let unique = uniques(relation);
        let numbered: Vec<usize> = (0..takes.len())
            .filter(|column| {
                let whole = matches!(takes.get(*column).map(|takes| &takes.kind), Some(generate::Kind::Integer { .. }));
                let alone = unique.iter().any(|columns| columns.as_slice() == [*column]);
                whole && (alone || automatic.get(*column) == Some(&true))
            })
            .collect();
        let existing = ask(place, generating.count(&key), 1).await?;
        let existing = existing.first().and_then(|row| row.first()?.as_ref()?.parse().ok()).unwrap_or_default();
        if existing > 0 && !numbered.is_empty() {
            let names: Vec<&str> =
                numbered.iter().filter_map(|column| Some(relation.columns().get(*column)?.name.as_str())).collect();
            let greatest = ask(place, generating.greatest(&key, &names), names.len()).await?;
            for (column, value) in numbered.iter().zip(greatest.into_iter().flatten()) {
                let Some(value) = value.and_then(|value| value.parse::<i128>().ok()) else { continue };
                let (name, most) = match (relation.columns().get(*column), takes.get(*column).map(|takes| &takes.kind))
                {
                    (Some(column), Some(generate::Kind::Integer { max, .. })) => (column.name.as_str(), *max),
                    _ => continue,
                };
                let start = match value.saturating_add(i128::from(*rows)) <= most {
                    true => Some(value.saturating_add(1).max(1)),
                    false => room(place, generating, &key, name, most, *rows).await?,
                };
                if let Some(start) = start {
                    starts.insert((at, *column), start);
                }
            }
        }
        let mut foreign = Vec::new();
        for declared in relation.foreign_keys() {
            let Some(columns) = places(relation, &declared.columns) else { continue };
            let (schema, name) = &declared.references;
            let within = declared.referenced.and_then(|id| relations.iter().position(|(one, _)| one.id() == id));
            let target = within.and_then(|at| Some((at, places(&relations.get(at)?.0, &declared.referenced_columns)?)));
            let to = match target {
                Some((table, columns)) => Referred::Table { table, columns },
                None => {
                    let parent = ObjectKey::relation(
                        None,
                        Some(schema).filter(|schema| !schema.is_empty()).map(String::as_str),
                        name,
                    );
                    let forms = columns.iter().map(|at| takes.get(*at).map_or(LoadForm::Text, |takes| takes.form));
                    let names: Vec<(&str, LoadForm)> =
                        declared.referenced_columns.iter().map(String::as_str).zip(forms).collect();
                    let keys = ask(place, generating.keys(&parent, &names, MOST_KEYS), names.len()).await?;
                    let keys = keys.into_iter().filter_map(|key| key.into_iter().collect()).collect();
                    Referred::Existing { name: name.clone(), keys }
                }
            };
            foreign.push(Foreign { columns, to });
        }
        described.push(Table {
            name: relation.row().name.clone(),
            rows: *rows,
            existing,
            columns: relation
                .columns()
                .iter()
                .zip(&takes)
                .zip(&automatic)
                .map(|((column, takes), automatic)| described_column(relation, column, takes, *automatic))
                .collect(),
            unique,
            foreign,
            checks: relation
                .constraints()
                .iter()
                .filter(|constraint| constraint.kind == ConstraintKind::Check)
                .filter_map(|constraint| constraint.definition.value().cloned())
                .chain(takes.iter().flat_map(|takes| takes.checks.iter().cloned()))
                .collect(),
        });
        filled.push(Filled {
            columns: relation.columns().to_vec(),
            forms: takes.iter().map(|takes| takes.form).collect(),
            existing,
            go_on: relation.columns().iter().filter_map(|column| generating.go_on(&key, column)).collect(),
            key,
        });
    }
    let (year, month, day) = TODAY;
    let anchor = Day::new(year, month, day).ok_or_else(|| AppError::internal("a day is none"))?;
    let basis = Basis { seed: u64::from(request.seed), anchor, starts };
    let plan = tokio::task::spawn_blocking(move || generate::plan(&described, &basis))
        .await
        .map_err(|_| AppError::internal("a plan was interrupted"))?
        .map_err(|refusal| wrong(capital(&refusal.to_string()), "Choose other tables or fewer rows."))?;
    let plain = relations.iter().find_map(|(relation, _)| {
        let engine = relation.row().options.iter().find_map(|option| option.strip_prefix("ENGINE="))?;
        let plain = opened.language.plain_engines().iter().any(|one| engine.eq_ignore_ascii_case(one));
        plain.then(|| plain_engine_note(engine))
    });
    Ok(Prepared { tables: filled, plan, plain, database: first.database.clone() })
}

/// Where so many numbers are free, for a column that has one at the end of what its type holds; `None` where that is not found.
async fn room(
    place: &Place,
    generating: &dyn driver::Generate,
    key: &ObjectKey,
    column: &str,
    most: i128,
    rows: u64,
) -> Result<Option<i128>, AppError> {
    // Between the greatest number up to a bound and the bound there is none.
    for halves in 1..16 {
        let bound = most >> halves;
        let found = ask(place, generating.greatest_up_to(key, column, bound), 1).await?;
        let found = found.into_iter().next().and_then(|row| row.into_iter().next().flatten());
        let start = found.map_or(Some(1), |value| Some(value.parse::<i128>().ok()?.saturating_add(1).max(1)));
        if let Some(start) = start.filter(|start| start.saturating_add(i128::from(rows)) <= bound) {
            return Ok(Some(start));
        }
    }
    Ok(None)
}

async fn ask(place: &Place, text: String, columns: usize) -> Result<Vec<asks::Texts>, AppError> {
    asks::run(place, Statement::new(text), columns).await
}

/// What is read anew: the schemas of the tables, and those of the types their columns may be of.
fn scope(keys: &[ObjectKey], known: &Catalog) -> Scope {
    let named: Option<Vec<String>> = keys.iter().map(|key| key.schema.clone()).collect();
    let schemas = named.map(|mut schemas| {
        let bases = known.types.iter().filter_map(|one| one.base_type.as_deref());
        let wanted = |name: &str| keys.iter().any(|key| key.name == name);
        let natives = known
            .walk_relations()
            .filter(|relation| wanted(&relation.row().name))
            .flat_map(|relation| relation.columns().iter().map(|column| column.native_type.as_str()));
        let natives: Vec<&str> = natives.chain(bases).collect();
        let types = known.types.iter().filter(|one| natives.iter().any(|native| native.contains(one.name.as_str())));
        schemas.extend(types.map(|one| known.schema_name(one.schema).to_owned()));
        schemas.sort_unstable();
        schemas.dedup();
        schemas
    });
    Scope {
        kinds: vec![
            Kind::Databases,
            Kind::Schemas,
            Kind::Relations,
            Kind::Columns,
            Kind::Constraints,
            Kind::ForeignKeys,
            Kind::Indexes,
            Kind::Types,
        ],
        schemas,
        // What a CHECK asks is one.
        definitions: true,
        ..Scope::default()
    }
}

fn places(relation: &RelationWalker<'_>, names: &[String]) -> Option<Vec<usize>> {
    names.iter().map(|name| relation.columns().iter().position(|column| column.name == *name)).collect()
}

/// What must be told apart: the keys, and unique indexes. One over expressions counts as one over the columns they name, and one
/// over some of the rows as one over all, which asks for more than there needs to be.
fn uniques(relation: &RelationWalker<'_>) -> Vec<Vec<usize>> {
    let keys = relation
        .constraints()
        .iter()
        .filter(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique))
        .filter_map(|constraint| places(relation, &constraint.columns));
    let indexes = relation.indexes().iter().filter(|index| index.unique).map(|index| indexed(relation, index));
    let mut unique: Vec<Vec<usize>> = Vec::new();
    for mut columns in keys.chain(indexes) {
        columns.dedup();
        let sorted = |columns: &[usize]| {
            let mut sorted = columns.to_vec();
            sorted.sort_unstable();
            sorted
        };
        if !columns.is_empty() && unique.iter().all(|known| sorted(known) != sorted(&columns)) {
            unique.push(columns);
        }
    }
    unique
}

fn indexed(relation: &RelationWalker<'_>, index: &Index) -> Vec<usize> {
    let mut columns = Vec::new();
    for key in &index.keys {
        for (at, column) in relation.columns().iter().enumerate() {
            let meant = if key.expression { names(&key.text, &column.name) } else { key.text == column.name };
            if meant && !columns.contains(&at) {
                columns.push(at);
            }
        }
    }
    columns
}

/// Whether an expression has this name as a word.
fn names(expression: &str, name: &str) -> bool {
    let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    expression.match_indices(name).any(|(at, found)| {
        let before = expression.get(..at).and_then(|text| text.chars().next_back());
        let after = expression.get(at + found.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn described_column(
    relation: &RelationWalker<'_>,
    column: &Column,
    takes: &Takes,
    automatic: bool,
) -> generate::Column {
    let in_key = relation.primary_key().is_some_and(|key| key.columns.contains(&column.name));
    generate::Column {
        name: column.name.clone(),
        kind: takes.kind.clone(),
        nullable: column.nullable != Known::Value(false) && !takes.required && !in_key,
        skipped: column.generated.is_some(),
        has_default: column.default.is_some() || column.identity.is_some(),
        automatic,
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    match signs.next() {
        // What begins with a table's name keeps it as it is.
        Some(first) => format!("{first}{}.", signs.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_expression_names_whole_words_only() {
        assert!(names("lower((email)::text)", "email"));
        assert!(names("lower(\"E mail\")", "E mail"));
        assert!(!names("lower(email_old)", "email"));
    }
}
