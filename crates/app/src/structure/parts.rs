//! Columns, keys, checks, foreign keys and indexes as a person fills them in.

use catalog::{ConstraintKind, Generated, Identity, ObjectKey, ObjectKind};
use schema::{Body, Column, Engine, ForeignKeyForm, IdentityColumn, IndexForm, KeyForm, Object, Server, column_text};

use super::{
    editing::{Editing, gone, new},
    forms, naming,
};
use crate::api::*;

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

/// A part of a table by its name.
pub(super) fn part(kind: ObjectKind, table: &ObjectKey, name: &str) -> ObjectKey {
    ObjectKey { kind, name: name.to_owned(), signature: Some(table.name.clone()), ..table.clone() }
}

/// The columns and the primary key of a table that is new.
pub(super) fn columns_of_new(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    columns: &[StructureColumnForm],
    primary_key: &[String],
) -> Result<(), AppError> {
    for (place, form) in columns.iter().enumerate() {
        let key = ObjectKey::column(table, &form.name);
        editing.fresh(&key, &format!("Column {}", place + 1))?;
        let in_key = primary_key.contains(&form.name);
        let form = StructureColumnForm { nullable: form.nullable && !in_key, ..form.clone() };
        let mut column = column_of(editing, None, &form, place + 1)?;
        if numbers_by_key(editing, &form) {
            if primary_key != [form.name.clone()] {
                return Err(wrong(format!("“{}” is numbered: it has to be the primary key, alone.", form.name)));
            }
            column.text = Some(format!("{} PRIMARY KEY AUTOINCREMENT", column.text.unwrap_or_default()));
        }
        let comment = editing.said(form.comment.as_ref());
        let object = editing.server().commented(new(Body::Column(column)), comment.as_deref());
        editing.put(&key, object);
    }
    if !primary_key.is_empty() && !columns.iter().any(|form| numbers_by_key(editing, form)) {
        let name = editing.server().usual_name(table, &[], "pkey");
        let columns = present(editing, table, primary_key)?;
        let (key, body) = editing.server().key(table, &name, true, &columns);
        editing.put(&key, new(body));
    }
    Ok(())
}

/// SQLite numbers a column by its key.
fn numbers_by_key(editing: &Editing<'_>, form: &StructureColumnForm) -> bool {
    editing.engine() == Engine::Sqlite && form.numbering.is_some()
}

/// A column of a form; what the form does not speak of stays as it was.
fn column_of(
    editing: &Editing<'_>,
    before: Option<&Column>,
    form: &StructureColumnForm,
    ordinal: usize,
) -> Result<Column, AppError> {
    let engine = editing.engine();
    let native_type = form.native_type.trim().to_owned();
    if native_type.is_empty() && engine != Engine::Sqlite {
        return Err(wrong(format!("“{}” needs a type.", form.name)));
    }
    let text =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (default, generated) = (text(&form.default), text(&form.generated));
    if generated.is_some() && (default.is_some() || form.numbering.is_some()) {
        return Err(wrong(format!("“{}” is computed: it has neither a default nor numbers.", form.name)));
    }
    if form.numbering.is_some() && default.is_some() {
        return Err(wrong(format!("“{}” is numbered: it has no default.", form.name)));
    }
    let was = before.cloned().unwrap_or_else(|| Column::new(&native_type));
    let when = form.numbering.map(|numbering| match (engine, numbering) {
        (Engine::Postgres, StructureNumbering::Always) => Identity::Always,
        _ => Identity::ByDefault,
    });
    let identity = match (when, was.identity.clone()) {
        (Some(when), Some(own)) => Some(IdentityColumn { when, ..own }),
        (Some(when), None) => Some(IdentityColumn::new(when)),
        (None, _) => None,
    };
    let generated = match (generated, was.generated.clone()) {
        (Some(text), Some(own)) if own.expression.as_ref() == Some(&text) && own.stored == form.stored => Some(own),
        (Some(text), _) => Some(Generated { expression: Some(text), stored: form.stored }),
        (None, _) => None,
    };
    let ordinal = match before {
        Some(own) => own.ordinal,
        None => u32::try_from(ordinal).unwrap_or(u32::MAX),
    };
    // A number may not be NULL.
    let nullable = form.nullable && !(identity.is_some() && engine == Engine::Postgres);
    let mut column = Column {
        ordinal,
        native_type,
        collation: text(&form.collation),
        nullable,
        default,
        identity,
        generated,
        text: None,
    };
    if engine != Engine::Postgres {
        column.text = Some(text_of(editing.server(), before, &column));
    }
    Ok(column)
}

/// What is written behind a column's name. MariaDB writes DEFAULT NULL behind each that takes NULL, which one that does not refuses.
fn text_of(server: Server, before: Option<&Column>, column: &Column) -> String {
    let of_mysql = matches!(server.engine, Engine::MySql | Engine::MariaDb);
    let said = before.filter(|before| of_mysql && before.nullable && !column.nullable && before.default.is_none());
    let said = said.map(|before| Column { default: Some("NULL".to_owned()), ..before.clone() });
    column_text(server, said.as_ref().or(before), column)
}

/// Adds a column, or makes it another.
pub(super) fn column(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    name: Option<&str>,
    form: &StructureColumnForm,
) -> Result<(), AppError> {
    let comment = editing.said(form.comment.as_ref());
    let Some(name) = name else {
        let key = ObjectKey::column(table, &form.name);
        editing.fresh(&key, "The column")?;
        if numbers_by_key(editing, form) {
            return Err(AppError::new(
                ErrorCode::Unsupported,
                "SQLite numbers a column only from when its table is made.",
            ));
        }
        let ordinals = columns(editing, table).into_iter().map(|(_, column)| column.ordinal as usize);
        let ordinal = ordinals.max().unwrap_or(0) + 1;
        let column = column_of(editing, None, form, ordinal)?;
        let object = editing.server().commented(new(Body::Column(column)), comment.as_deref());
        editing.put(&key, object);
        editing.label(format!("Add column {}.{}", table.name, form.name), &key);
        return Ok(());
    };
    let key = ObjectKey::column(table, name);
    editing.get(&key)?;
    let renamed = editing.rename(&key, &form.name)?;
    let before = editing.get(&renamed)?.clone();
    let Body::Column(was) = &before.body else { return Err(gone(&key)) };
    if numbers_by_key(editing, form) && was.identity.is_none() {
        return Err(AppError::new(ErrorCode::Unsupported, "SQLite numbers a column only from when its table is made."));
    }
    let same = forms::column(editing.server(), &form.name, &before)
        == StructureColumnForm { convert: None, comment: comment.clone(), ..form.clone() };
    if !same {
        let column = column_of(editing, Some(was), form, 0)?;
        let after = Object { body: Body::Column(column), ..before };
        let after = editing.server().commented(after, comment.as_deref());
        editing.put(&renamed, after);
    }
    if let Some(text) = form.convert.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        editing.conversions.push((renamed.clone(), text.to_owned()));
    }
    let label = match (renamed == key, same) {
        (false, true) => format!("Rename {}.{name} to {}", table.name, form.name),
        (false, false) => format!("Rename {}.{name} to {} and change it", table.name, form.name),
        (true, _) => format!("Change {}.{name}", table.name),
    };
    editing.label(label, &renamed);
    Ok(())
}

/// The columns of a table.
pub(super) fn columns<'e>(editing: &'e Editing<'_>, table: &ObjectKey) -> Vec<(&'e ObjectKey, &'e Column)> {
    let own = |(key, object): (&'e ObjectKey, &'e Object)| match &object.body {
        Body::Column(column) if key.schema == table.schema && key.signature.as_ref() == Some(&table.name) => {
            Some((key, column))
        }
        _ => None,
    };
    editing.wanted.objects.iter().filter_map(own).collect()
}

/// These columns as they are called exactly.
fn present(editing: &Editing<'_>, table: &ObjectKey, names: &[String]) -> Result<Vec<String>, AppError> {
    let there = columns(editing, table);
    let find = |name: &String| {
        let own = there.iter().find(|(key, _)| editing.dialect.same_name(&key.name, name));
        own.map(|(key, _)| key.name.clone())
            .ok_or_else(|| AppError::new(ErrorCode::NotFound, format!("“{}” has no column “{name}”.", table.name)))
    };
    for (place, name) in names.iter().enumerate() {
        if names.iter().take(place).any(|other| other == name) {
            return Err(wrong(format!("“{name}” is named twice.")));
        }
    }
    names.iter().map(find).collect()
}

/// Puts a part in the place of one that is there, or adds it. `old` is the one that is there.
fn place(
    editing: &mut Editing<'_>,
    old: Option<ObjectKey>,
    key: &ObjectKey,
    body: Body,
    what: &str,
) -> Result<(), AppError> {
    let Some(old) = old else {
        editing.fresh(key, what)?;
        editing.put(key, new(body));
        return Ok(());
    };
    let before = editing.get(&old)?.clone();
    if old != *key {
        let by_rename = editing.engine() == Engine::Postgres && old.kind == key.kind;
        if by_rename {
            editing.rename(&old, &key.name)?;
        } else {
            editing.remove(&old);
            editing.fresh(key, what)?;
        }
    }
    // What the form has no words for stays where nothing else is to change.
    let same = forms::same_text(editing.server(), &before.body, &body);
    if !same || !editing.wanted.objects.contains_key(key) {
        editing.put(key, Object { body, ..before });
    }
    Ok(())
}

/// The part of a table that an edit names.
fn existing(
    editing: &Editing<'_>,
    table: &ObjectKey,
    name: Option<&str>,
    kind: ObjectKind,
) -> Result<Option<ObjectKey>, AppError> {
    let Some(name) = name else { return Ok(None) };
    let key = match (kind, editing.engine()) {
        (ObjectKind::Index, Engine::Postgres | Engine::Sqlite) => {
            ObjectKey { kind, name: name.to_owned(), signature: None, ..table.clone() }
        }
        _ => part(kind, table, name),
    };
    editing.get(&key)?;
    Ok(Some(key))
}

/// Adds a primary or unique key, or makes it another.
pub(super) fn key(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    name: Option<&str>,
    form: &StructureKeyForm,
) -> Result<(), AppError> {
    if form.columns.is_empty() {
        return Err(wrong("A key needs a column."));
    }
    let columns = present(editing, table, &form.columns)?;
    let of_mysql = matches!(editing.engine(), Engine::MySql | Engine::MariaDb);
    let kind = if of_mysql { ObjectKind::Index } else { ObjectKind::Constraint };
    let old = existing(editing, table, name, kind)?;
    if form.primary
        && let Some(other) = primary(editing, table)
        && old.as_ref() != Some(&other)
    {
        return Err(AppError::new(ErrorCode::AlreadyExists, format!("“{}” has a primary key already.", table.name)));
    }
    let own = form.name.clone().filter(|name| !name.trim().is_empty()).or_else(|| name.map(str::to_owned));
    let own = own.unwrap_or_else(|| match form.primary {
        true => editing.server().usual_name(table, &[], "pkey"),
        false => editing.server().usual_name(table, &columns, "key"),
    });
    let (key, body) = editing.server().key(table, &own, form.primary, &columns);
    place(editing, old, &key, body, "The key")?;
    if form.primary {
        // A primary key refuses NULL whatever its columns say; said so, nothing differs afterwards.
        for column in &columns {
            let own = ObjectKey::column(table, column);
            let before = editing.get(&own)?.clone();
            if let Body::Column(was) = &before.body
                && was.nullable
                && editing.engine() != Engine::Sqlite
            {
                let mut after = Column { nullable: false, ..was.clone() };
                if editing.engine() != Engine::Postgres {
                    after.text = Some(text_of(editing.server(), Some(was), &after));
                }
                editing.put(&own, Object { body: Body::Column(after), ..before });
            }
        }
    }
    let verb = if name.is_some() { "Change" } else { "Add" };
    let what = if form.primary { "primary key" } else { "unique key" };
    editing.label(format!("{verb} {what} {}.({})", table.name, columns.join(", ")), &key);
    Ok(())
}

/// The primary key of a table.
pub(super) fn primary(editing: &Editing<'_>, table: &ObjectKey) -> Option<ObjectKey> {
    let own = |(key, object): &(&ObjectKey, &Object)| match &object.body {
        Body::Constraint(one) => {
            one.demands == ConstraintKind::PrimaryKey
                && key.schema == table.schema
                && key.signature.as_ref() == Some(&table.name)
        }
        Body::Index(one) => one.relation == *table && key.name == "PRIMARY",
        _ => false,
    };
    editing.wanted.objects.iter().find(own).map(|(key, _)| key.clone())
}

/// Adds a check, or makes it another.
pub(super) fn check(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    name: Option<&str>,
    form: &StructureCheckForm,
) -> Result<(), AppError> {
    if form.expression.trim().is_empty() {
        return Err(wrong("A check needs an expression."));
    }
    let old = existing(editing, table, name, ObjectKind::Constraint)?;
    let own = form.name.clone().filter(|name| !name.trim().is_empty()).or_else(|| name.map(str::to_owned));
    let own = own.unwrap_or_else(|| unused(editing, table, "check", &[]));
    let key = part(ObjectKind::Constraint, table, &own);
    let body = editing.server().check(&form.expression);
    place(editing, old, &key, body, "The check")?;
    let verb = if name.is_some() { "Change" } else { "Add" };
    editing.label(format!("{verb} check {own} of {}", table.name), &key);
    Ok(())
}

/// A usual name that nobody has, by counting on.
fn unused(editing: &Editing<'_>, table: &ObjectKey, ending: &str, columns: &[String]) -> String {
    let usual = editing.server().usual_name(table, columns, ending);
    let kind = if ending == "idx" { ObjectKind::Index } else { ObjectKind::Constraint };
    let is_taken = |name: &str| {
        let key = match (kind, editing.engine()) {
            (ObjectKind::Index, Engine::Postgres | Engine::Sqlite) => {
                ObjectKey { kind, name: name.to_owned(), ..table.clone() }
            }
            _ => part(kind, table, name),
        };
        naming::taken(&editing.wanted, editing.dialect, &key, None).is_some()
    };
    let more = (1..1000).map(|count| editing.server().usual_name(table, columns, &format!("{ending}{count}")));
    let free = std::iter::once(usual.clone()).chain(more).find(|name| !is_taken(name));
    free.unwrap_or(usual)
}

/// Adds a foreign key, or makes it another.
pub(super) fn foreign_key(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    name: Option<&str>,
    form: &StructureForeignKeyForm,
) -> Result<(), AppError> {
    if form.columns.is_empty() || form.columns.len() != form.referenced_columns.len() {
        return Err(wrong("A foreign key refers from columns to as many columns of the other table."));
    }
    let columns = present(editing, table, &form.columns)?;
    let references = editing.key(&form.references)?;
    if !matches!(editing.get(&references)?.body, Body::Table(_)) {
        return Err(wrong(format!("“{}” is no table.", references.name)));
    }
    let referenced_columns = present(editing, &references, &form.referenced_columns)?;
    if !forms::is_key(&editing.wanted, &references, &referenced_columns) {
        let message = format!(
            "Nothing makes {} ({}) unique: a foreign key refers to a key.",
            references.name,
            referenced_columns.join(", ")
        );
        return Err(wrong(message).with_hint("Make them a primary or unique key first."));
    }
    let old = existing(editing, table, name, ObjectKind::Constraint)?;
    let own = form.name.clone().filter(|name| !name.trim().is_empty()).or_else(|| name.map(str::to_owned));
    let own = own.unwrap_or_else(|| unused(editing, table, "fkey", &columns));
    let key = part(ObjectKind::Constraint, table, &own);
    let written = ForeignKeyForm {
        columns: columns.clone(),
        references: references.clone(),
        referenced_columns,
        on_delete: forms::action_of(form.on_delete),
        on_update: forms::action_of(form.on_update),
        deferrable: form.deferrable,
        not_valid: false,
    };
    let body = editing.server().foreign_key(&written);
    let supporting = editing.wanted.supporting_index(table, &own, &written);
    place(editing, old, &key, body, "The foreign key")?;
    if let Some((index, body)) = supporting {
        editing.put_body(&index, body);
    }
    let verb = if name.is_some() { "Change" } else { "Add" };
    editing.label(format!("{verb} foreign key {}.({}) → {}", table.name, columns.join(", "), references.name), &key);
    Ok(())
}

/// Adds an index, or makes it another.
pub(super) fn index(
    editing: &mut Editing<'_>,
    table: &ObjectKey,
    name: Option<&str>,
    form: &StructureIndexForm,
) -> Result<(), AppError> {
    if form.keys.is_empty() || form.keys.iter().any(|key| key.text.trim().is_empty()) {
        return Err(wrong("An index needs a column or an expression for each of its keys."));
    }
    let is_table = matches!(editing.get(table)?.body, Body::Table(_));
    let plain: Vec<String> = form.keys.iter().filter(|key| !key.expression).map(|key| key.text.clone()).collect();
    if is_table {
        present(editing, table, &plain)?;
        present(editing, table, &form.included)?;
    }
    let old = existing(editing, table, name, ObjectKind::Index)?;
    let own = form.name.clone().filter(|name| !name.trim().is_empty()).or_else(|| name.map(str::to_owned));
    let own = own.unwrap_or_else(|| unused(editing, table, "idx", &plain));
    let keys = form.keys.iter().map(|key| KeyForm {
        text: key.text.trim().to_owned(),
        expression: key.expression,
        descending: key.descending,
        nulls_first: key.nulls_first,
    });
    let written = IndexForm {
        name: own.clone(),
        relation: table.clone(),
        unique: form.unique,
        method: form.method.clone().filter(|method| !method.trim().is_empty()),
        keys: keys.collect(),
        included: form.included.clone(),
        predicate: form.predicate.clone().filter(|text| !text.trim().is_empty()),
    };
    let (key, body) = editing.server().index(&written);
    place(editing, old, &key, body, "The index")?;
    let verb = if name.is_some() { "Change" } else { "Add" };
    editing.label(format!("{verb} index {own} of {}", table.name), &key);
    Ok(())
}

/// Takes away what refers to a table that goes.
pub(super) fn leave(editing: &mut Editing<'_>, table: &ObjectKey) {
    let refers = |(key, object): &(&ObjectKey, &Object)| match &object.body {
        Body::ForeignKey(one) => one.references == *table && key.signature.as_ref() != Some(&table.name),
        Body::Sequence(one) => one
            .owned_by
            .as_ref()
            .is_some_and(|column| column.schema == table.schema && column.signature.as_ref() == Some(&table.name)),
        _ => false,
    };
    let found: Vec<ObjectKey> = editing.wanted.objects.iter().filter(refers).map(|(key, _)| key.clone()).collect();
    found.iter().for_each(|key| editing.remove(key));
}

/// Drops a column with the keys, indexes and foreign keys that hold it.
pub(super) fn drop_column(editing: &mut Editing<'_>, column: &ObjectKey) -> Result<(), AppError> {
    let table = ObjectKey::relation(None, column.schema.as_deref(), column.signature.as_deref().unwrap_or_default());
    if columns(editing, &table).len() == 1 && editing.engine() != Engine::Postgres {
        return Err(wrong(format!("“{}” is the only column: drop the table.", column.name)));
    }
    let server = editing.server();
    let holds = |(key, object): &(&ObjectKey, &Object)| match &object.body {
        Body::Sequence(one) => one.owned_by.as_ref() == Some(column),
        Body::Constraint(_) | Body::ForeignKey(_) | Body::Index(_) => forms::names(server, key, object, column),
        _ => false,
    };
    let found: Vec<ObjectKey> = editing.wanted.objects.iter().filter(holds).map(|(key, _)| key.clone()).collect();
    found.iter().for_each(|key| editing.remove(key));
    editing.remove(column);
    Ok(())
}
