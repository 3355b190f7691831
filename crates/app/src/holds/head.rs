//! What is said of a result before its rows.

use std::sync::Arc;

use arrow_schema::Field;
use catalog::RelationWalker;
use driver::{ValueClass, ValueContext, arrow};
use results::TextForms;

use super::Held;
use crate::{
    api::{ColumnClass, ResultColumn, ResultHead},
    explorer::Shelved,
    references::{Columns, leads},
};

/// What a head is made from besides the rows' schema.
pub(crate) struct Head<'a> {
    pub(crate) title: String,
    /// The catalog, where there is one.
    pub(crate) shelved: Option<&'a Arc<Shelved>>,
    /// The relation all columns come from, where there is one.
    pub(crate) relation: Option<RelationWalker<'a>>,
    /// The connection and its database.
    pub(crate) profile_id: &'a str,
    pub(crate) database: Option<&'a str>,
    /// The statement, where it is a person's.
    pub(crate) statement: Option<&'a str>,
}

pub(crate) fn head(held: &Held, about: &Head<'_>) -> ResultHead {
    let fields = held.hold.schema().fields();
    let columns = fields.iter().take(held.visible).map(|field| column(held, field, about)).collect();
    let known = Columns {
        fields: fields.get(..held.visible).unwrap_or_default(),
        relation: about.relation,
        shelved: about.shelved.map(Arc::as_ref),
        statement: about.statement,
    };
    let foreign_keys = held.lead(leads(about.profile_id, about.database, &known)).keys.clone();
    let forms = TextForms::of(held.driver.cast());
    held.keys.get_or_init(|| super::targets::keys(held, about));
    held.title.get_or_init(|| about.title.clone());
    if let Some(relation) = about.relation {
        held.relation.get_or_init(|| vec![relation.schema().to_owned(), relation.row().name.clone()]);
    }
    ResultHead {
        hold_id: held.id.clone(),
        title: about.title.clone(),
        columns,
        booleans: (forms.true_text.to_owned(), forms.false_text.to_owned()),
        context: context(held.hold.context()),
        foreign_keys,
        documents: held.documents.as_ref().map(super::documents::Documents::told),
    }
}

fn column(held: &Held, field: &Field, about: &Head<'_>) -> ResultColumn {
    let native_type = arrow::native_type(field);
    let (mut primary_key, mut references) = (false, None);
    if let Some((relation, name)) = origin(field, about) {
        primary_key = relation.primary_key().is_some_and(|key| key.columns.contains(&name));
        references = leads_to(relation, &name);
    }
    ResultColumn {
        name: field.name().clone(),
        native_type: native_type.to_owned(),
        class: class(held.driver.cast().class(native_type)),
        primary_key,
        references,
    }
}

/// The relation and column a result's column comes from.
fn origin<'a>(field: &Field, about: &Head<'a>) -> Option<(RelationWalker<'a>, String)> {
    if let Some(relation) = about.relation {
        return Some((relation, field.name().clone()));
    }
    let mut parts = field.metadata().get(arrow::ORIGIN)?.split('\u{1f}');
    let (schema, relation, column) = (parts.next()?, parts.next()?, parts.next()?);
    let shelved = about.shelved?;
    let id = shelved.relation(Some(schema).filter(|schema| !schema.is_empty()), relation)?;
    Some((shelved.catalog.relation(id)?, column.to_owned()))
}

/// `customers.id`, with its schema when it is another.
pub(crate) fn leads_to(relation: RelationWalker<'_>, column: &str) -> Option<String> {
    relation.foreign_keys().iter().find_map(|key| {
        let at = key.columns.iter().position(|own| own == column)?;
        let (schema, name) = &key.references;
        let prefix =
            if schema.is_empty() || schema == relation.schema() { String::new() } else { format!("{schema}.") };
        Some(match key.referenced_columns.get(at) {
            Some(target) => format!("{prefix}{name}.{target}"),
            None => format!("{prefix}{name}"),
        })
    })
}

fn class(class: ValueClass) -> ColumnClass {
    match class {
        ValueClass::Number => ColumnClass::Number,
        ValueClass::Boolean => ColumnClass::Boolean,
        ValueClass::Text => ColumnClass::Text,
        ValueClass::Json => ColumnClass::Json,
        ValueClass::Xml => ColumnClass::Xml,
        ValueClass::Bytes => ColumnClass::Bytes,
        ValueClass::Temporal => ColumnClass::Temporal,
        ValueClass::Interval => ColumnClass::Interval,
        ValueClass::Uuid => ColumnClass::Uuid,
        ValueClass::Array => ColumnClass::Array,
        ValueClass::Other => ColumnClass::Other,
    }
}

fn context(context: &ValueContext) -> String {
    let parts = [
        ("time zone", &context.time_zone),
        ("dates", &context.date_style),
        ("intervals", &context.interval_style),
        ("encoding", &context.encoding),
    ];
    // What every server has by now needs no words.
    let worth = parts.into_iter().filter(|(_, value)| {
        !value.is_empty() && !value.eq_ignore_ascii_case("utf8") && !value.eq_ignore_ascii_case("utf-8")
    });
    worth.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" · ")
}
