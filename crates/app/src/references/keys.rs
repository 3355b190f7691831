//! Which foreign keys the columns of a result belong to.

use std::collections::HashSet;

use arrow_schema::Field;
use catalog::{Action, Catalog, ForeignKey, ObjectKey, RelationWalker};
use driver::arrow;

use crate::{
    api::ResultKey,
    explorer::{Shelved, to_ref},
};

/// Where a result's rows come from and lead to.
pub(crate) struct Leads {
    pub(crate) profile_id: String,
    pub(crate) database: Option<String>,
    pub(crate) keys: Vec<ResultKey>,
    pub(super) origins: Vec<Origin>,
}

/// A relation that a result has columns of.
pub(super) struct Origin {
    pub(super) schema: String,
    pub(super) relation: String,
    /// Its columns and where they stand.
    columns: Vec<(String, u32)>,
    /// Whether its columns may be of several of its rows: what is named together need not belong together.
    mixed: bool,
}

impl Origin {
    fn place(&self, name: &str) -> Option<u32> {
        let found = self.columns.iter().find(|(column, _)| column == name);
        // A key may write a name in another case, where that is the same name.
        let found = found.or_else(|| self.columns.iter().find(|(column, _)| column.eq_ignore_ascii_case(name)));
        found.map(|(_, at)| *at)
    }

    /// Where these columns of one row stand; why not, as a sentence.
    pub(super) fn at(&self, columns: &[String]) -> Result<Vec<u32>, String> {
        if columns.is_empty() {
            return Err("What the key refers to is not known.".to_owned());
        }
        let place = |name: &String| {
            self.place(name).ok_or_else(|| format!("The result does not have {}.{name}.", self.relation))
        };
        let found = columns.iter().map(place).collect::<Result<Vec<u32>, String>>()?;
        if self.mixed && found.len() > 1 {
            return Err(format!(
                "The statement names {} more than once, so {} may be of different rows.",
                self.relation,
                columns.join(" and ")
            ));
        }
        Ok(found)
    }
}

/// What a result's columns are known by.
pub(crate) struct Columns<'a> {
    pub(crate) fields: &'a [std::sync::Arc<Field>],
    /// The relation all columns come from, where there is one.
    pub(crate) relation: Option<RelationWalker<'a>>,
    /// The catalog of the database.
    pub(crate) shelved: Option<&'a Shelved>,
    /// The statement, where it is a person's.
    pub(crate) statement: Option<&'a str>,
}

/// Where the rows of a result lead.
pub(crate) fn leads(profile_id: &str, database: Option<&str>, columns: &Columns<'_>) -> Leads {
    let origins = origins(columns);
    let mut keys = Vec::new();
    for origin in &origins {
        let (walker, catalog) = match (columns.relation, columns.shelved) {
            (Some(relation), _) => (Some(relation), None),
            (None, Some(shelved)) => {
                let id = shelved.relation(Some(&origin.schema), &origin.relation);
                (id.and_then(|id| shelved.catalog.relation(id)), Some(&shelved.catalog))
            }
            (None, None) => (None, None),
        };
        let Some(walker) = walker else { continue };
        for key in walker.foreign_keys() {
            keys.extend(result_key(origin, walker, catalog, database, key));
        }
    }
    Leads { profile_id: profile_id.to_owned(), database: database.map(str::to_owned), keys, origins }
}

/// A relation's columns in the order of the result; a column that comes again begins the relation anew.
fn origins(columns: &Columns<'_>) -> Vec<Origin> {
    let mut origins: Vec<Origin> = Vec::new();
    for (at, field) in columns.fields.iter().enumerate() {
        let Ok(at) = u32::try_from(at) else { break };
        let (schema, relation, column) = match columns.relation {
            Some(relation) => (relation.schema(), relation.row().name.as_str(), field.name().as_str()),
            None => {
                let Some(origin) = field.metadata().get(arrow::ORIGIN) else { continue };
                let mut parts = origin.split('\u{1f}');
                let (Some(schema), Some(relation), Some(column)) = (parts.next(), parts.next(), parts.next()) else {
                    continue;
                };
                (schema, relation, column)
            }
        };
        let open = origins.iter_mut().find(|origin| {
            origin.schema == schema
                && origin.relation == relation
                && origin.columns.iter().all(|(other, _)| other != column)
        });
        match open {
            Some(origin) => origin.columns.push((column.to_owned(), at)),
            None => origins.push(Origin {
                schema: schema.to_owned(),
                relation: relation.to_owned(),
                columns: vec![(column.to_owned(), at)],
                mixed: columns.statement.is_some_and(|text| names_again(text, relation)),
            }),
        }
    }
    let twice: HashSet<(String, String)> = {
        let mut seen = HashSet::new();
        let again = origins.iter().filter(|origin| !seen.insert((&origin.schema, &origin.relation)));
        again.map(|origin| (origin.schema.clone(), origin.relation.clone())).collect()
    };
    for origin in &mut origins {
        origin.mixed |= twice.contains(&(origin.schema.clone(), origin.relation.clone()));
    }
    origins
}

/// Whether a statement has a relation's name behind FROM, JOIN or a comma more than once. The server tells which relation a column
/// comes from, not under which alias: where in doubt it is yes.
fn names_again(statement: &str, relation: &str) -> bool {
    let folded = statement.to_lowercase();
    let name = relation.to_lowercase();
    let word = |character: char| character.is_alphanumeric() || character == '_';
    let mut times = 0;
    for (at, _) in folded.match_indices(&name) {
        let before = folded.get(..at).unwrap_or_default();
        let behind = folded.get(at + name.len()..).unwrap_or_default();
        if before.chars().next_back().is_some_and(word) || behind.chars().next().is_some_and(word) {
            continue;
        }
        // As the qualifier of a column it names nothing new.
        let qualifier = behind.trim_start_matches(['"', '`', ']']).trim_start().starts_with('.');
        times += usize::from(!qualifier);
    }
    times > 1
}

fn result_key(
    origin: &Origin,
    walker: RelationWalker<'_>,
    catalog: Option<&Catalog>,
    database: Option<&str>,
    key: &ForeignKey,
) -> Option<ResultKey> {
    let shown_at: Vec<u32> = key.columns.iter().filter_map(|column| origin.place(column)).collect();
    if shown_at.is_empty() {
        return None;
    }
    let (schema, name) = &key.references;
    let schema = if schema.is_empty() { walker.schema() } else { schema };
    let known = catalog.is_none_or(|catalog| catalog.find_relation(Some(schema), name).is_some());
    let paired = key.columns.len() == key.referenced_columns.len();
    let (values_at, obstacle) = match origin.at(&key.columns) {
        _ if !paired => (Vec::new(), Some(format!("Which columns of {name} the key refers to is not known."))),
        // SQLite lets a key refer to what is not there.
        _ if !known && key.referenced.is_none() => {
            (Vec::new(), Some(format!("There is no relation {name}, or it is not known here.")))
        }
        Ok(at) => (at, None),
        Err(obstacle) => (Vec::new(), Some(obstacle)),
    };
    Some(ResultKey {
        name: key.name.clone(),
        columns: key.columns.clone(),
        shown_at,
        object: to_ref(ObjectKey::relation(database, Some(schema), name)),
        referenced_columns: key.referenced_columns.clone(),
        label: label(walker.schema(), key),
        values_at,
        obstacle,
    })
}

/// `→ users.id (ON DELETE CASCADE)`; a composite key names its own columns too.
fn label(near: &str, key: &ForeignKey) -> String {
    let (schema, name) = &key.references;
    let prefix = if schema.is_empty() || schema == near { String::new() } else { format!("{schema}.") };
    let mut text = match (key.columns.as_slice(), key.referenced_columns.as_slice()) {
        (_, []) => format!("→ {prefix}{name}"),
        ([_], [column]) => format!("→ {prefix}{name}.{column}"),
        (own, other) => format!("({}) → {prefix}{name} ({})", own.join(", "), other.join(", ")),
    };
    let actions = actions(key);
    if !actions.is_empty() {
        text.push_str(&format!(" ({actions})"));
    }
    text
}

/// `ON DELETE CASCADE, ON UPDATE RESTRICT`; empty where both are the usual.
pub(super) fn actions(key: &ForeignKey) -> String {
    let word = |action: Action| match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    };
    let delete = word(key.on_delete).map(|word| format!("ON DELETE {word}"));
    let update = word(key.on_update).map(|word| format!("ON UPDATE {word}"));
    delete.into_iter().chain(update).collect::<Vec<_>>().join(", ")
}
