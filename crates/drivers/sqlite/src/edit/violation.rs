//! The rule behind an error.

use catalog::{ConstraintKind, RelationWalker};
use driver::{Error, Violation, ViolationKind};

use crate::lexer;

/// The rule, where SQLite names one. It has no code for the kinds of values but for strict tables' and the rowid's.
pub(super) fn of(relation: RelationWalker<'_>, error: &Error) -> Option<Violation> {
    let native = error.native.as_deref().filter(|native| native.product == "SQLite")?;
    let object = native.object.as_deref();
    let found = |kind, constraint: Option<String>, columns| Some(Violation { kind, constraint, columns });
    match native.code.as_str() {
        "SQLITE_CONSTRAINT_NOTNULL" => {
            let column = object.and_then(|object| column_of(relation, object));
            found(ViolationKind::NotNull, None, column.into_iter().collect())
        }
        "SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY" | "SQLITE_CONSTRAINT_ROWID" => {
            let (constraint, columns) = unique(relation, native.constraint.as_deref(), object);
            found(ViolationKind::Unique, constraint, columns)
        }
        "SQLITE_CONSTRAINT_CHECK" => {
            let text = native.constraint.clone()?;
            let (named, columns) = check(relation, &text);
            found(ViolationKind::Check, named.then_some(text), columns)
        }
        "SQLITE_CONSTRAINT_FOREIGNKEY" => {
            // SQLite says neither which nor in which direction.
            let keys = relation.foreign_keys();
            let kind = if keys.is_empty() { ViolationKind::Referenced } else { ViolationKind::Reference };
            match keys {
                [only] => found(kind, only.name.clone(), only.columns.clone()),
                _ => found(kind, None, Vec::new()),
            }
        }
        "SQLITE_CONSTRAINT_DATATYPE" => {
            let table = &relation.row().name;
            let ends = |column: &str| native.message.ends_with(&format!(" column {table}.{column}"));
            let column = relation.columns().iter().find(|column| ends(&column.name));
            found(ViolationKind::NotOfType, None, column.map(|column| column.name.clone()).into_iter().collect())
        }
        // The row's number is the one value of an ordinary table that must be an integer.
        "SQLITE_MISMATCH" => {
            let numbered = relation.columns().iter().find(|column| column.identity.is_some());
            found(ViolationKind::NotOfType, None, numbered.map(|column| column.name.clone()).into_iter().collect())
        }
        "SQLITE_TOOBIG" => found(ViolationKind::TooLong, None, Vec::new()),
        _ => None,
    }
}

/// The column of `table.column`; names may hold dots themselves.
fn column_of(relation: RelationWalker<'_>, object: &str) -> Option<String> {
    let name = object.strip_prefix(relation.row().name.as_str())?.strip_prefix('.')?;
    relation.columns().iter().find(|column| column.name == name).map(|column| column.name.clone())
}

/// The unique key of `table.a, table.b`, or of an index over expressions, which is named.
fn unique(relation: RelationWalker<'_>, index: Option<&str>, object: Option<&str>) -> (Option<String>, Vec<String>) {
    if let Some(name) = index {
        let found = relation.indexes().iter().find(|index| index.name == name);
        let columns = found.map(|index| {
            let texts: Vec<&str> = index.keys.iter().map(|key| key.text.as_str()).collect();
            named_in(relation, &texts.join(", "))
        });
        return (Some(name.to_owned()), columns.unwrap_or_default());
    }
    let Some(object) = object else { return (None, Vec::new()) };
    let table = &relation.row().name;
    let printed = |columns: &[String]| {
        let parts: Vec<String> = columns.iter().map(|column| format!("{table}.{column}")).collect();
        parts.join(", ") == object
    };
    let keys = relation.constraints().iter().filter(|constraint| {
        matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique) && printed(&constraint.columns)
    });
    if let Some(key) = keys.max_by_key(|key| key.name.is_some()) {
        return (key.name.clone(), key.columns.clone());
    }
    for index in relation.indexes().iter().filter(|index| index.unique) {
        let columns: Vec<String> = index.keys.iter().map(|key| key.text.clone()).collect();
        if printed(&columns) {
            return (Some(index.name.clone()), columns);
        }
    }
    (None, column_of(relation, object).into_iter().collect())
}

/// Whether a check is called that (one without a name is called by its text), and the columns it is about.
fn check(relation: RelationWalker<'_>, text: &str) -> (bool, Vec<String>) {
    let mut checks = relation.constraints().iter().filter(|constraint| constraint.kind == ConstraintKind::Check);
    match checks.find(|constraint| constraint.name.as_deref() == Some(text)) {
        Some(named) if !named.columns.is_empty() => (true, named.columns.clone()),
        Some(named) => (true, named_in(relation, named.definition.value().map_or("", String::as_str))),
        None => (false, named_in(relation, text)),
    }
}

/// The columns an expression names.
fn named_in(relation: RelationWalker<'_>, expression: &str) -> Vec<String> {
    let words: Vec<String> = lexer::solid(expression).map(|token| lexer::unquote(token.of(expression))).collect();
    let named = |name: &str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
    relation.columns().iter().filter(|column| named(&column.name)).map(|column| column.name.clone()).collect()
}
