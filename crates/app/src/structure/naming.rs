//! Names that people give: whether the server can keep them, and whether they are free.

use catalog::{ObjectKey, ObjectKind};
use policy::name::MOST_NAME_BYTES;
use schema::{Definition, Engine};
use sql::Dialect;

use crate::api::{AppError, ErrorCode};

/// Most characters of a name of MySQL and MariaDB (<https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html>).
const MOST_CHARACTERS: usize = 64;

/// Whether a server can keep a name. `what` is what it names: `The table`.
///
/// # Errors
/// `InvalidStatement`, with what is wrong.
pub(super) fn check(engine: Engine, kind: ObjectKind, what: &str, name: &str) -> Result<(), AppError> {
    let wrong = |message: String| Err(AppError::new(ErrorCode::InvalidStatement, message));
    if name.trim().is_empty() {
        return wrong(format!("{what} needs a name."));
    }
    if name.contains('\0') {
        return wrong(format!("{what} cannot have a name with a NUL character in it."));
    }
    match engine {
        Engine::Postgres if name.len() > MOST_NAME_BYTES => wrong(format!(
            "{what} cannot be called so: the name has {} bytes, and PostgreSQL keeps {MOST_NAME_BYTES}.",
            name.len()
        )),
        Engine::MySql | Engine::MariaDb if name.chars().count() > MOST_CHARACTERS => wrong(format!(
            "{what} cannot be called so: the name has {} characters, and there is room for {MOST_CHARACTERS}.",
            name.chars().count()
        )),
        Engine::MySql | Engine::MariaDb if name.ends_with(' ') => {
            wrong(format!("{what} cannot have a name that ends with a space."))
        }
        Engine::Sqlite
            if matches!(kind, ObjectKind::Relation | ObjectKind::Index)
                && name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_")) =>
        {
            wrong(format!("{what} cannot be called so: SQLite keeps names that begin with sqlite_ to itself."))
        }
        _ => Ok(()),
    }
}

/// Kinds of objects that share their names.
fn room(engine: Engine, kind: ObjectKind) -> &'static [ObjectKind] {
    use ObjectKind::{Column, Constraint, Index, Policy, Relation, Sequence, Trigger, Type};
    match (engine, kind) {
        (Engine::Postgres, Relation | Type) => &[Relation, Index, Sequence, Type],
        (Engine::Postgres, Index | Sequence) => &[Relation, Index, Sequence],
        (Engine::Sqlite, Relation | Index) => &[Relation, Index],
        (Engine::MariaDb, Relation | Sequence) => &[Relation, Sequence],
        (_, Relation) => &[Relation],
        (_, Index) => &[Index],
        (_, Column) => &[Column],
        (_, Constraint) => &[Constraint],
        (_, Trigger) => &[Trigger],
        (_, Policy) => &[Policy],
        _ => &[],
    }
}

/// What has this name already, in the server's own rules on case; `but` is what may have it.
pub(super) fn taken<'d>(
    definition: &'d Definition,
    dialect: &Dialect,
    key: &ObjectKey,
    but: Option<&ObjectKey>,
) -> Option<&'d ObjectKey> {
    let engine = definition.server.engine;
    let kinds = room(engine, key.kind);
    let of_relation = matches!(key.kind, ObjectKind::Column | ObjectKind::Trigger | ObjectKind::Policy)
        || key.kind == ObjectKind::Constraint && !matches!(engine, Engine::MySql | Engine::MariaDb)
        || key.kind == ObjectKind::Index && matches!(engine, Engine::MySql | Engine::MariaDb);
    let same = |name: &str| match key.kind {
        ObjectKind::Relation => dialect.same_table_name(name, &key.name),
        _ => dialect.same_name(name, &key.name),
    };
    definition
        .objects
        .keys()
        .filter(|own| *own == key || kinds.contains(&own.kind) && own.schema == key.schema && same(&own.name))
        .filter(|own| !of_relation || own.signature == key.signature)
        .find(|own| but != Some(*own))
}

/// # Errors
/// `AlreadyExists` where the name is taken.
pub(super) fn free(
    definition: &Definition,
    dialect: &Dialect,
    key: &ObjectKey,
    but: Option<&ObjectKey>,
) -> Result<(), AppError> {
    match taken(definition, dialect, key, but) {
        None => Ok(()),
        Some(other) => {
            let message = format!("There is {} called “{}” already.", kind_word(other.kind), other.name);
            Err(AppError::new(ErrorCode::AlreadyExists, message).with_hint("Choose another name."))
        }
    }
}

/// A kind with its article.
pub(super) fn kind_word(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Schema => "a schema",
        ObjectKind::Relation => "a table or view",
        ObjectKind::Column => "a column",
        ObjectKind::Index => "an index",
        ObjectKind::Constraint => "a constraint",
        ObjectKind::Trigger => "a trigger",
        ObjectKind::Policy => "a policy",
        ObjectKind::Routine => "a routine",
        ObjectKind::Type => "a type",
        ObjectKind::Sequence => "a sequence",
        ObjectKind::Extension => "an extension",
        ObjectKind::Event => "an event",
        ObjectKind::Role => "a role",
        _ => "an object",
    }
}

/// An object in words: with its table, without its schema.
pub(super) fn words(key: &ObjectKey) -> String {
    match (key.kind, &key.signature) {
        (ObjectKind::Column, Some(table)) => format!("{table}.{}", key.name),
        (ObjectKind::Constraint | ObjectKind::Trigger | ObjectKind::Policy, Some(table)) => {
            format!("{} of {table}", key.name)
        }
        _ => key.name.clone(),
    }
}
