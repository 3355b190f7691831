//! What a person fills in, as changes of a definition.
//!
//! Edits that come together are one group: each is made over what those before it left, and where one of them cannot be, none is
//! staged.

use std::collections::BTreeSet;

use catalog::{ObjectKey, ObjectKind};
use schema::{Body, Definition, Edit, Engine, Group, Object, Privilege, Rename, Server, Table};
use sql::Dialect;

use super::{
    keeping::Kept,
    naming::{self, kind_word, words},
    objects, partitions, parts,
    reading::Defined,
    roles,
};
use crate::api::*;

/// Labels of a group before it says how many more there are.
const SHOWN: usize = 2;

/// What is staged while edits are made.
pub(super) struct Editing<'a> {
    pub(super) defined: &'a Defined,
    pub(super) dialect: &'a Dialect,
    /// As it would be.
    pub(super) wanted: Definition,
    edits: Vec<Edit>,
    about: Vec<ObjectKey>,
    labels: Vec<String>,
    pub(super) conversions: Vec<(ObjectKey, String)>,
}

/// Stages edits as one group.
///
/// # Errors
/// `InvalidStatement`, `AlreadyExists`, `NotFound`, `Unsupported` for what cannot be, with what is wrong; then nothing is staged.
pub(super) fn stage(
    kept: &mut Kept,
    defined: &Defined,
    dialect: &Dialect,
    edits: &[StructureEdit],
) -> Result<(), AppError> {
    let mut editing = Editing::over(kept, defined, dialect);
    for edit in edits {
        editing.make(edit)?;
    }
    editing.end(kept);
    Ok(())
}

/// Stages what makes objects as they were again.
pub(super) fn stage_back(
    kept: &mut Kept,
    defined: &Defined,
    dialect: &Dialect,
    label: String,
    make: impl FnOnce(&mut Editing<'_>) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let mut editing = Editing::over(kept, defined, dialect);
    editing.labels.push(label);
    make(&mut editing)?;
    editing.end(kept);
    Ok(())
}

impl<'a> Editing<'a> {
    /// Over what is staged.
    fn over(kept: &Kept, defined: &'a Defined, dialect: &'a Dialect) -> Self {
        let (wanted, _) = kept.draft().on(&defined.definition);
        let (edits, about, labels, conversions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Editing { defined, dialect, wanted, edits, about, labels, conversions }
    }

    fn end(self, kept: &mut Kept) {
        if self.edits.is_empty() && self.conversions.is_empty() {
            return;
        }
        let mut label = self.labels.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
        if self.labels.len() > SHOWN {
            label.push_str(&format!("; and {} more", self.labels.len() - SHOWN));
        }
        kept.stage(Group { label, edits: self.edits }, self.about, self.conversions);
    }

    pub(super) fn server(&self) -> Server {
        self.wanted.server
    }

    pub(super) fn engine(&self) -> Engine {
        self.wanted.server.engine
    }

    /// An object as definitions name it.
    pub(super) fn key(&self, object: &ObjectRef) -> Result<ObjectKey, AppError> {
        self.defined.key(object)
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Result<&Object, AppError> {
        self.wanted.objects.get(key).ok_or_else(|| gone(key))
    }

    pub(super) fn label(&mut self, label: String, about: &ObjectKey) {
        self.labels.push(label);
        self.about(about);
    }

    /// Says what the group is about.
    pub(super) fn about(&mut self, about: &ObjectKey) {
        if !self.about.contains(about) {
            self.about.push(about.clone());
        }
    }

    /// Adds an object, or another in its place; what is the same as before is not staged.
    pub(super) fn put(&mut self, key: &ObjectKey, after: Object) {
        let before = self.wanted.objects.get(key).cloned();
        if before.as_ref() == Some(&after) {
            return;
        }
        self.wanted.objects.insert(key.clone(), after.clone());
        self.edits.push(Edit::Put { key: key.clone(), before: before.map(Box::new), after: Box::new(after) });
    }

    /// Adds a body under a key, with what everybody may say of the object that is there.
    pub(super) fn put_body(&mut self, key: &ObjectKey, body: Body) {
        let object = match self.wanted.objects.get(key) {
            Some(before) => Object { body, ..before.clone() },
            None => new(body),
        };
        self.put(key, object);
    }

    pub(super) fn remove(&mut self, key: &ObjectKey) {
        let Some(before) = self.wanted.objects.get(key).cloned() else { return };
        let parts = self.wanted.parts().remove(key).unwrap_or_default();
        let parts: Vec<ObjectKey> = parts.into_iter().map(|(part, _)| part.clone()).collect();
        for part in parts.iter().chain([key]) {
            self.wanted.objects.remove(part);
        }
        self.edits.push(Edit::Remove { key: key.clone(), before: Box::new(before) });
    }

    /// Gives an object another name.
    ///
    /// # Errors
    /// `AlreadyExists` and `InvalidStatement` for the name.
    pub(super) fn rename(&mut self, from: &ObjectKey, name: &str) -> Result<ObjectKey, AppError> {
        let to = ObjectKey { name: name.to_owned(), ..from.clone() };
        if to == *from {
            return Ok(to);
        }
        naming::check(self.engine(), from.kind, &capital(kind_word(from.kind)), name)?;
        naming::free(&self.wanted, self.dialect, &to, Some(from))?;
        let one = Rename { from: from.clone(), to: to.clone() };
        self.wanted = self
            .wanted
            .renamed(std::slice::from_ref(&one))
            .map_err(|refusal| AppError::new(ErrorCode::InvalidStatement, refusal.to_string()))?;
        self.edits.push(Edit::Rename(one));
        Ok(to)
    }

    /// Whether this name can be given to something new.
    ///
    /// # Errors
    /// `AlreadyExists` and `InvalidStatement` for the name.
    pub(super) fn fresh(&self, key: &ObjectKey, what: &str) -> Result<(), AppError> {
        naming::check(self.engine(), key.kind, what, &key.name)?;
        naming::free(&self.wanted, self.dialect, key, None)
    }

    fn make(&mut self, edit: &StructureEdit) -> Result<(), AppError> {
        match edit {
            StructureEdit::CreateTable { schema, name, columns, primary_key, row_security, partition_by, comment } => {
                let key = self.named(ObjectKind::Relation, schema.as_deref(), name);
                self.fresh(&key, "The table")?;
                self.in_schema(&key)?;
                if columns.is_empty() && self.engine() != Engine::Postgres {
                    return Err(AppError::new(ErrorCode::InvalidStatement, "A table needs a column."));
                }
                let mut table = Table::default();
                if let Some(form) = partition_by {
                    table.kind = partitions::divided(self, &key, form)?;
                }
                table.row_security.enabled = *row_security && self.engine() == Engine::Postgres;
                self.label(format!("Create table {name}"), &key);
                let comment = self.said(comment.as_ref());
                self.put(&key, self.server().commented(new(Body::Table(table)), comment.as_deref()));
                parts::columns_of_new(self, &key, columns, primary_key)
            }
            StructureEdit::Rename { object, name } => {
                let key = self.key(object)?;
                self.get(&key)?;
                self.renamable(&key)?;
                let to = self.rename(&key, name)?;
                self.label(format!("Rename {} to {name}", words(&key)), &to);
                Ok(())
            }
            StructureEdit::Drop { object } => {
                let key = self.key(object)?;
                self.get(&key)?;
                self.drop(&key)
            }
            StructureEdit::Comment { object, text } => {
                let key = self.key(object)?;
                let before = self.get(&key)?.clone();
                let has = match self.engine() {
                    Engine::Postgres => true,
                    Engine::MySql | Engine::MariaDb => matches!(before.body, Body::Table(_) | Body::Column(_)),
                    Engine::Sqlite => false,
                };
                if !has {
                    let message = format!("{} has no comment here.", capital(kind_word(key.kind)));
                    return Err(AppError::new(ErrorCode::Unsupported, message));
                }
                self.label(format!("Comment {}", words(&key)), &key);
                let comment = self.said(text.as_ref());
                self.put(&key, self.server().commented(before, comment.as_deref()));
                Ok(())
            }
            StructureEdit::Column { table, name, column } => {
                let table = self.table(table)?;
                parts::column(self, &table, name.as_deref(), column)
            }
            StructureEdit::Key { table, name, key } => {
                let table = self.table(table)?;
                parts::key(self, &table, name.as_deref(), key)
            }
            StructureEdit::Check { table, name, check } => {
                let table = self.table(table)?;
                parts::check(self, &table, name.as_deref(), check)
            }
            StructureEdit::ForeignKey { table, name, key } => {
                let table = self.table(table)?;
                parts::foreign_key(self, &table, name.as_deref(), key)
            }
            StructureEdit::Index { table, name, index } => {
                let table = self.key(table)?;
                self.get(&table)?;
                parts::index(self, &table, name.as_deref(), index)
            }
            StructureEdit::RowSecurity { table, enabled, forced } => {
                let key = self.table(table)?;
                let before = self.get(&key)?.clone();
                let Body::Table(mut table) = before.body.clone() else { return Err(gone(&key)) };
                if self.engine() != Engine::Postgres {
                    return Err(AppError::new(ErrorCode::Unsupported, "Row security is there for PostgreSQL."));
                }
                table.row_security = catalog::RowSecurity { enabled: *enabled, forced: *forced };
                let verb = if *enabled { "Enable" } else { "Disable" };
                self.label(format!("{verb} row security of {}", key.name), &key);
                self.put(&key, Object { body: Body::Table(table), ..before });
                Ok(())
            }
            StructureEdit::Owner { object, owner } => {
                let key = self.key(object)?;
                let before = self.get(&key)?.clone();
                naming::check(self.engine(), ObjectKind::Role, "The owner", owner)?;
                self.label(format!("Give {} to {owner}", words(&key)), &key);
                self.put(&key, Object { owner: Some(owner.clone()), ..before });
                Ok(())
            }
            StructureEdit::Grants { object, grants } => {
                let key = self.key(object)?;
                let before = self.get(&key)?.clone();
                let privileges: BTreeSet<Privilege> = grants.iter().map(privilege).collect();
                self.label(format!("Change rights on {}", words(&key)), &key);
                self.put(&key, Object { privileges, ..before });
                Ok(())
            }
            StructureEdit::Role { .. } | StructureEdit::Disown { .. } => roles::make(self, edit),
            StructureEdit::CreatePartition { .. }
            | StructureEdit::AttachPartition { .. }
            | StructureEdit::DetachPartition { .. }
            | StructureEdit::DropPartition { .. }
            | StructureEdit::PartitionBy { .. } => partitions::make(self, edit),
            StructureEdit::Undo
            | StructureEdit::Redo
            | StructureEdit::Discard { .. }
            | StructureEdit::DiscardAll
            | StructureEdit::TakeBack { .. } => {
                Err(AppError::new(ErrorCode::InvalidStatement, "What is taken back comes by itself, not among edits."))
            }
            other => objects::make(self, other),
        }
    }

    /// A key of this name where new objects of its kind are.
    pub(super) fn named(&self, kind: ObjectKind, schema: Option<&str>, name: &str) -> ObjectKey {
        ObjectKey {
            database: None,
            schema: self.defined.schema(schema, kind),
            kind,
            name: name.to_owned(),
            signature: None,
        }
    }

    /// # Errors
    /// `NotFound` where the schema of a new object is neither there nor staged.
    pub(super) fn in_schema(&self, key: &ObjectKey) -> Result<(), AppError> {
        let Some(schema) = key.schema.as_deref().filter(|_| self.engine() == Engine::Postgres) else { return Ok(()) };
        let own = ObjectKey { schema: None, ..self.named(ObjectKind::Schema, None, schema) };
        match self.wanted.objects.contains_key(&own) {
            true => Ok(()),
            false => Err(AppError::new(ErrorCode::NotFound, format!("There is no schema “{schema}”."))),
        }
    }

    pub(super) fn table(&self, object: &ObjectRef) -> Result<ObjectKey, AppError> {
        let key = self.key(object)?;
        match &self.get(&key)?.body {
            Body::Table(_) => Ok(key),
            _ => Err(AppError::new(ErrorCode::InvalidStatement, format!("“{}” is no table.", key.name))),
        }
    }

    /// A comment as it is kept.
    pub(super) fn said(&self, text: Option<&String>) -> Option<String> {
        text.filter(|text| !text.is_empty() && self.engine() != Engine::Sqlite).cloned()
    }

    /// # Errors
    /// `Unsupported` for what the engine gives no other name.
    fn renamable(&self, key: &ObjectKey) -> Result<(), AppError> {
        let can = match self.engine() {
            Engine::Postgres => !matches!(key.kind, ObjectKind::Extension | ObjectKind::Event),
            Engine::MySql | Engine::MariaDb | Engine::Sqlite => match key.kind {
                ObjectKind::Column => true,
                ObjectKind::Relation => matches!(self.get(key)?.body, Body::Table(_)),
                _ => false,
            },
        };
        match can {
            true => Ok(()),
            false => {
                let message = format!("{} cannot be renamed here.", capital(kind_word(key.kind)));
                Err(AppError::new(ErrorCode::Unsupported, message)
                    .with_hint("Drop it and make it under the other name."))
            }
        }
    }

    /// Drops an object with what cannot be without it.
    fn drop(&mut self, key: &ObjectKey) -> Result<(), AppError> {
        match key.kind {
            ObjectKind::Schema => {
                let within: Vec<ObjectKey> =
                    self.wanted.objects.keys().filter(|own| own.schema.as_ref() == Some(&key.name)).cloned().collect();
                // Relations first, so that their parts go with them.
                let (relations, others): (Vec<_>, Vec<_>) =
                    within.into_iter().partition(|own| own.kind == ObjectKind::Relation);
                for own in relations.iter().chain(&others) {
                    parts::leave(self, own);
                    self.remove(own);
                }
                self.remove(key);
            }
            ObjectKind::Relation => {
                // Its partitions go with it, and theirs before them.
                let mut all = vec![key.clone()];
                let mut at = 0;
                while let Some(own) = all.get(at).cloned() {
                    all.extend(self.wanted.partitions(&own).map(|(part, _)| part.clone()));
                    at += 1;
                }
                for own in all.iter().rev() {
                    parts::leave(self, own);
                    self.remove(own);
                }
            }
            ObjectKind::Column => parts::drop_column(self, key)?,
            ObjectKind::Role => roles::drop(self, key)?,
            _ => self.remove(key),
        }
        let word = kind_word(key.kind).split_once(' ').map_or("object", |(_, word)| word);
        let word = match self.defined.definition.objects.get(key).map(|object| &object.body) {
            Some(Body::Table(_)) => "table",
            Some(Body::View(_)) => "view",
            _ if key.kind == ObjectKind::Relation => "table",
            _ => word,
        };
        self.label(format!("Drop {word} {}", words(key)), key);
        Ok(())
    }
}

/// An object that nobody has said anything of.
pub(super) fn new(body: Body) -> Object {
    Object { body, owner: None, comment: None, privileges: BTreeSet::new() }
}

pub(super) fn gone(key: &ObjectKey) -> AppError {
    let kind = kind_word(key.kind).split_once(' ').map_or("object", |(_, word)| word);
    AppError::new(ErrorCode::NotFound, format!("There is no {kind} “{}”.", words(key)))
        .with_hint("Somebody else may have dropped or renamed it: look at the database anew.")
}

pub(super) fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

fn privilege(one: &StructureGrant) -> Privilege {
    Privilege {
        grantee: one.grantee.clone(),
        grantable: one.grantable,
        privilege: one.privilege.trim().to_ascii_uppercase(),
        column: one.column.clone(),
    }
}
