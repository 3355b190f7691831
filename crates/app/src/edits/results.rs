//! Results of a query whose rows are rows of one table: they are edited as the table's own.
//!
//! A result may show some of the table's columns, in any order, by other names and more than once. What it does not show is what
//! it cannot edit, and what is needed of it (the key, or a whole row) is asked for in words.

use std::sync::Arc;

use arrow_schema::Field;
use driver::{KeyForm, arrow};
use sql::{Composed, SelectedItem};

use super::{
    target::{Editable, Shown, Target},
    words::{self, and},
};
use crate::{App, api::*, connections::dialect_of, holds::Held};

/// What edits of a result's rows go to.
///
/// # Errors
/// `Unsupported` for a result whose rows are not proven to be those of one table, saying why; as [`Editable::of`].
pub(super) async fn editable(app: &App, held: &Arc<Held>) -> Result<Editable, AppError> {
    let Some(again) = held.again.get() else {
        return Err(elsewhere("These rows are not edited here."));
    };
    let text = &again.statement.text;
    let dialect = dialect_of(&held.language)?;
    let query = sql::one_table(text, dialect).map_err(|composed| elsewhere(&composition(&composed)))?;
    if again.set > 1 {
        return Err(elsewhere("The statement gave several results."));
    }
    let fields = held.hold.schema().fields();
    let origins: Vec<Origin<'_>> =
        fields
            .iter()
            .take(held.visible)
            .map(|field| origin(field))
            .collect::<Option<_>>()
            .ok_or_else(|| elsewhere("The server does not say of every column which table it comes from."))?;
    let Some(first) = origins.first() else { return Err(elsewhere("The result has no columns.")) };
    let table = query.table.name();
    if origins.iter().any(|origin| (origin.schema, origin.relation) != (first.schema, first.relation)) {
        return Err(elsewhere("The result's columns come from several tables."));
    }
    if !held.language.same_table_name(first.relation, table) {
        return Err(elsewhere(&format!("“{table}” is a view: its columns come from {}.", first.relation)));
    }
    let object = ObjectRef {
        database: again.database.clone(),
        schema: Some(first.schema.to_owned()).filter(|schema| !schema.is_empty()),
        kind: "relation".to_owned(),
        name: first.relation.to_owned(),
        signature: None,
    };
    let target = Target::at(app, &again.profile_id, &object, again.statement.actor.clone()).await?;
    let names: Vec<&str> = origins.iter().map(|origin| origin.column).collect();
    let shown: Vec<Shown> = names
        .iter()
        .map(|name| shown(&target, name))
        .collect::<Option<_>>()
        .ok_or_else(|| elsewhere(&format!("The result has columns that {table} has no more.")))?;
    // What the server says of where values come from is believed where the text agrees.
    let known = |name: &str| names.iter().any(|column| dialect.same_name(column, name));
    let plain = query.items.iter().all(|item| match item {
        SelectedItem::Every => true,
        SelectedItem::Column(name) => known(name),
    });
    if !plain {
        return Err(elsewhere("Not every column of the result is a plain column of the table."));
    }
    let identity = identity(&target, &names)?;
    if target.needs_whole_rows() {
        let missing = target.about.columns.iter().filter(|column| !names.contains(&column.name.as_str()));
        if missing.count() > 0 {
            return Err(unnamed(&target));
        }
    }
    Ok(Editable { target: Arc::new(target), identity, shown })
}

struct Origin<'a> {
    schema: &'a str,
    relation: &'a str,
    column: &'a str,
}

fn origin(field: &Field) -> Option<Origin<'_>> {
    let mut parts = field.metadata().get(arrow::ORIGIN)?.split('\u{1f}');
    Some(Origin { schema: parts.next()?, relation: parts.next()?, column: parts.next()? })
}

/// What stands behind a column of the result: one of the table's, or the engine's own name of a row.
fn shown(target: &Target, name: &str) -> Option<Shown> {
    let about = &target.about;
    match about.columns.iter().any(|column| column.name == name) {
        true => Some(Shown::Column(name.to_owned())),
        false => about.key.iter().position(|own| own == name).map(Shown::Key),
    }
}

/// Where the key stands in the result, and how each part of it is told from what is printed there.
///
/// # Errors
/// `Unsupported` where a part is missing or prints less than it is.
fn identity(target: &Target, names: &[&str]) -> Result<Vec<(usize, KeyForm)>, AppError> {
    let (about, table) = (&target.about, &target.relation.name);
    let missing: Vec<String> = about.key.iter().filter(|part| !names.contains(&part.as_str())).cloned().collect();
    if !missing.is_empty() {
        if target.needs_whole_rows() {
            return Err(unnamed(target));
        }
        let (what, is, tells) = match missing.as_slice() {
            [one] => (format!("“{one}”"), "is", "tells"),
            several => (and(&several.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>()), "are", "tell"),
        };
        return Err(AppError::new(
            ErrorCode::Unsupported,
            format!("{what} {is} not among the result's columns and {tells} the rows of {table} apart."),
        )
        .with_hint(format!("Add {} to what is selected, or open the table.", and(&missing))));
    }
    let parts = about.key.iter().zip(&about.key_forms);
    let place =
        |(name, form): (&String, &Option<KeyForm>)| Some((names.iter().position(|column| column == name)?, (*form)?));
    parts.map(place).collect::<Option<Vec<_>>>().filter(|identity| !identity.is_empty()).ok_or_else(|| {
        elsewhere(&format!("What the key of {table} prints in a query does not tell its rows apart exactly."))
    })
}

/// Rows without a key are told apart by where they are stored and by all of their values.
fn unnamed(target: &Target) -> AppError {
    let (table, place) = (&target.relation.name, and(&target.about.key));
    AppError::new(
        ErrorCode::Unsupported,
        format!("{table} has no key: its rows are told apart by {place} and by the values of all columns."),
    )
    .with_hint(format!("Select {place}, * to edit them here, open the table, or give it a primary key."))
}

fn elsewhere(why: &str) -> AppError {
    AppError::new(ErrorCode::Unsupported, why).with_hint("Open the table and edit its rows there.")
}

/// Refuses what needs columns that a hold does not show.
pub(super) fn lacking(what: &str, missing: &[String]) -> AppError {
    AppError::new(ErrorCode::Unsupported, format!("{what}: {}.", words::not_shown(missing)))
        .with_hint("Select every column (*), or do it where the table is open.")
}

/// Why a query's rows are not a table's, in words.
fn composition(composed: &Composed) -> String {
    match composed {
        Composed::NoSelect => "Only rows of a plain SELECT can be edited.".to_owned(),
        Composed::With => "The query begins with WITH: its rows may be of several tables.".to_owned(),
        Composed::Distinct => {
            "The query leaves out equal rows (DISTINCT): a row of it may stand for several.".to_owned()
        }
        Composed::SetOperation => "The query puts several results together (UNION, INTERSECT, EXCEPT).".to_owned(),
        Composed::Joins(names) => format!("This result joins {}; edit the tables themselves.", names.join(" and ")),
        Composed::Derived => "The query reads from another query or a function, not from a table.".to_owned(),
        Composed::NoTable => "The query reads from no table.".to_owned(),
        Composed::Grouped => "The query groups rows: a row of it stands for several.".to_owned(),
        Composed::Computed(text) => format!("“{text}” is computed; only plain columns can be edited."),
        Composed::Other(text) => format!("The query is more than a plain SELECT (“{text}”)."),
    }
}
