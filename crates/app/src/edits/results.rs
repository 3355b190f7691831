//! Results of a query whose rows are rows of one table: they are edited as the table's own.

use std::sync::Arc;

use arrow_schema::Field;
use driver::{PageRequest, arrow};
use sql::{Composed, SelectedItem};

use super::target::{Editable, Target};
use crate::{App, api::*, holds::Held};

/// What edits of a result's rows go to.
///
/// # Errors
/// `Unsupported` for a result whose rows are not proven to be those of one table, saying why; as [`Editable::of`].
pub(super) async fn editable(app: &App, held: &Arc<Held>) -> Result<Editable, AppError> {
    let Some(again) = held.again.get() else {
        return Err(elsewhere("These rows are not edited here."));
    };
    let text = &again.statement.text;
    let query = sql::one_table(text, &held.dialect).map_err(|composed| elsewhere(&words(&composed)))?;
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
    if !held.dialect.same_table_name(first.relation, table) {
        return Err(elsewhere(&format!("“{table}” is a view: its columns come from {}.", first.relation)));
    }
    let object = ObjectRef {
        database: again.database.clone(),
        schema: Some(first.schema.to_owned()).filter(|schema| !schema.is_empty()),
        kind: "relation".to_owned(),
        name: first.relation.to_owned(),
        signature: None,
    };
    let target = Target::at(app, &again.profile_id, &object).await?;
    let own: Vec<&str> = target.about.columns.iter().map(|column| column.name.as_str()).collect();
    let shown: Vec<&str> = origins.iter().map(|origin| origin.column).collect();
    let plain = query.items.iter().all(|item| match item {
        SelectedItem::Every => true,
        SelectedItem::Column(name) => own.iter().any(|column| held.dialect.same_name(column, name)),
    });
    // Rows that were saved are shown with the table's columns: the result must have just those.
    if !plain || shown != own {
        return Err(elsewhere(&format!(
            "The result does not have every column of {table}, each once and in order: write SELECT * to edit its rows."
        )));
    }
    let identity = identity(&target)?.ok_or_else(|| {
        elsewhere(&format!("The key of {table} is not among the columns in a form that tells rows apart exactly."))
    })?;
    let names = shown.iter().map(|name| Some((*name).to_owned())).collect();
    Ok(Editable { target: Arc::new(target), identity, names })
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

/// Where the key stands among the table's own columns, if a page of the table tells its rows apart by just those: then what a
/// query prints of them does too.
fn identity(target: &Target) -> Result<Option<Vec<usize>>, AppError> {
    let request = PageRequest {
        relation: target.relation.clone(),
        filters: Vec::new(),
        sort: Vec::new(),
        after: None,
        offset: 0,
        limit: 1,
    };
    let Some(scan) = target.place.opened.connection.control().scan() else { return Ok(None) };
    let page = scan.page(&target.catalog, &request)?;
    let visible = page.visible_columns;
    Ok(page.identity.filter(|identity| identity.iter().all(|at| *at < visible)))
}

fn elsewhere(why: &str) -> AppError {
    AppError::new(ErrorCode::Unsupported, why).with_hint("Open the table and edit its rows there.")
}

/// Why a query's rows are not a table's, in words.
fn words(composed: &Composed) -> String {
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
