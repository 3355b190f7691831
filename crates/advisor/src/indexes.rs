//! What an index is, beside its name, and statements that drop it or build it otherwise.

use catalog::{Index, RelationWalker};
use sql::TokenKind;

use crate::{
    Context, Engine, Fix, Lock,
    rule::{Reason, told as fact},
    tokens,
};

/// Whether what tells two indexes apart is known.
pub(crate) fn told(context: &Context<'_>) -> Result<(), Reason> {
    if context.is_postgres() {
        fact(&context.facts.indexes, "states of indexes")?;
    }
    Ok(())
}

/// Everything of a key that its queries depend on.
#[derive(PartialEq, Eq, Hash)]
struct KeyShape<'a> {
    text: &'a str,
    expression: bool,
    descending: bool,
    nulls_first: Option<bool>,
    operator_class: &'a str,
    collation: &'a str,
}

/// Everything of an index that its queries depend on.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Shape<'a> {
    method: Option<&'a str>,
    keys: Vec<KeyShape<'a>>,
    included: Vec<&'a str>,
    predicate: Option<&'a str>,
    nulls_not_distinct: bool,
    /// SQLite: what else the declaration says after its table's name.
    declared: Option<Vec<&'a str>>,
}

impl<'a> Shape<'a> {
    /// `None` where the server has not told all of it.
    pub(crate) fn of(context: &Context<'a>, table: RelationWalker<'a>, index: &'a Index) -> Option<Self> {
        let state = context.index_state(table, index);
        if context.is_postgres() && state.is_none() {
            return None;
        }
        // The server prints no expression while somebody holds the table.
        if index.keys.iter().any(|key| key.text.is_empty()) {
            return None;
        }
        let at = |list: Option<&'a Vec<String>>, place: usize| {
            list.and_then(|all| all.get(place)).map_or("", String::as_str)
        };
        let keys = index.keys.iter().enumerate().map(|(place, key)| KeyShape {
            text: key.text.as_str(),
            expression: key.expression,
            descending: key.descending,
            nulls_first: key.nulls_first,
            operator_class: at(state.map(|state| &state.operator_classes), place),
            collation: at(state.map(|state| &state.collations), place),
        });
        let declared = match (context.facts.engine, index.definition.value()) {
            (Engine::Sqlite, Some(text)) => {
                let tokens = tokens::meaning(text, context.dialect());
                // CREATE [UNIQUE] INDEX name ON table (…)
                let open = tokens.iter().position(|(kind, _)| *kind == TokenKind::OpenParen)?;
                let plain = index.keys.len() * 2 + 1;
                let rest: Vec<&str> = tokens.get(open..)?.iter().map(|(_, text)| *text).collect();
                // Nothing but the names of its columns: the same as one that the server made by itself.
                (rest.len() != plain).then_some(rest)
            }
            _ => None,
        };
        Some(Shape {
            method: index.method.as_deref(),
            keys: keys.collect(),
            included: index.included.iter().map(String::as_str).collect(),
            predicate: index.predicate.as_deref(),
            nulls_not_distinct: index.unique && state.is_some_and(|state| state.nulls_not_distinct),
            declared,
        })
    }

    /// Whether what this one finds, the longer one finds too.
    pub(crate) fn begins(&self, longer: &Shape<'_>) -> bool {
        let ordered = |method: Option<&str>| method.is_none_or(|method| method.eq_ignore_ascii_case("btree"));
        ordered(self.method)
            && ordered(longer.method)
            && self.declared.is_none()
            && longer.declared.is_none()
            && self.predicate == longer.predicate
            && self.keys.len() < longer.keys.len()
            && longer.keys.starts_with(&self.keys)
            && self.included.iter().all(|name| {
                longer.included.contains(name) || longer.keys.iter().any(|key| !key.expression && key.text == *name)
            })
    }
}

/// Whether a constraint, a key or replication stands on it.
pub(crate) fn is_needed(context: &Context<'_>, table: RelationWalker<'_>, index: &Index) -> bool {
    let constraint =
        || table.constraints().iter().any(|constraint| constraint.name.as_deref() == Some(index.name.as_str()));
    match context.index_state(table, index) {
        Some(state) => index.primary || state.constraint.is_some() || state.depended_on,
        // SQLite's own have no text; MySQL's unique ones are its constraints.
        None => {
            index.primary
                || index.definition.value().is_none() && context.facts.engine == Engine::Sqlite
                || constraint()
        }
    }
}

/// Its keys and condition, in words.
pub(crate) fn words(index: &Index) -> String {
    let keys: Vec<&str> = index.keys.iter().map(|key| key.text.as_str()).collect();
    let condition = index.predicate.as_ref().map(|condition| format!(" where {condition}")).unwrap_or_default();
    format!("{} over {}{condition}", index.name, keys.join(", "))
}

/// Drops it; `None` where something stands on it, or its text is not known, so that nothing could take it back.
pub(crate) fn drop(context: &Context<'_>, table: RelationWalker<'_>, index: &Index) -> Option<Fix> {
    if is_needed(context, table, index) {
        return None;
    }
    let path = context.path(table.schema(), &index.name);
    match context.facts.engine {
        Engine::Postgres => {
            let definition = index.definition.value()?;
            // One over partitions is made and dropped with all of its parts, not beside writers.
            if context.index_state(table, index).is_none_or(|state| state.partitioned) {
                return None;
            }
            Some(
                Fix::new(format!("DROP INDEX CONCURRENTLY {path};"))
                    .undo(format!("{};", concurrently(context, definition)?))
                    .lock(Lock::ShareUpdateExclusive)
                    .outside_transactions(),
            )
        }
        Engine::Sqlite => Some(Fix::new(format!("DROP INDEX {path};")).undo(format!("{};", index.definition.value()?))),
        Engine::MySql => {
            let keys: Option<Vec<String>> = index
                .keys
                .iter()
                .map(|key| {
                    (!key.expression)
                        .then(|| format!("{}{}", context.quote(&key.text), if key.descending { " DESC" } else { "" }))
                })
                .collect();
            let unique = if index.unique { "UNIQUE " } else { "" };
            let (table, name) = (context.path_of(table), context.quote(&index.name));
            Some(
                Fix::new(format!("ALTER TABLE {table} DROP INDEX {name};"))
                    .undo(format!("ALTER TABLE {table} ADD {unique}INDEX {name} ({});", keys?.join(", ")))
                    .outside_transactions(),
            )
        }
    }
}

/// Builds one over these columns.
pub(crate) fn create(context: &Context<'_>, table: RelationWalker<'_>, columns: &[String]) -> Fix {
    let parts: Vec<&str> = columns.iter().map(String::as_str).collect();
    let name = context.free_index_name(table, &parts, "idx");
    let keys = context.quote_all(columns);
    let on = format!("ON {} ({keys});", context.path_of(table));
    let (quoted, qualified) = (context.quote(&name), context.path(table.schema(), &name));
    if !context.is_postgres() {
        Fix::new(format!("CREATE INDEX {qualified} ON {} ({keys});", context.quote(&table.row().name)))
            .undo(format!("DROP INDEX {qualified};"))
    } else if table.row().partition_key.is_some() {
        // An index of a partitioned table cannot be made beside writers.
        Fix::new(format!("CREATE INDEX {quoted} {on}")).undo(format!("DROP INDEX {qualified};")).lock(Lock::Share)
    } else {
        Fix::new(format!("CREATE INDEX CONCURRENTLY {quoted} {on}"))
            .undo(format!("DROP INDEX CONCURRENTLY {qualified};"))
            .lock(Lock::ShareUpdateExclusive)
            .outside_transactions()
    }
}

/// Whether an index serves a search for a value of this column.
pub(crate) fn begins(table: RelationWalker<'_>, column: &str) -> bool {
    table.indexes().iter().any(|index| {
        index.valid.value() != Some(&false)
            && index.predicate.is_none()
            && matches!(index.method.as_deref(), None | Some("btree" | "hash"))
            && index.keys.first().is_some_and(|key| !key.expression && key.text == column)
    })
}

/// Whether the server reckons with so many rows.
pub(crate) fn has_rows(table: RelationWalker<'_>, least: i64) -> bool {
    table.row().estimated_rows.value().copied().flatten().is_some_and(|rows| rows >= least)
}

/// Why nothing is said of a column.
pub(crate) fn no_statistics(table: RelationWalker<'_>) -> Reason {
    let name = &table.row().name;
    Reason::Unready(format!(
        "columns of {name} have no statistics: it was not analyzed, or this login may not read them"
    ))
}

/// `CREATE INDEX CONCURRENTLY …` of `CREATE INDEX …`.
pub(crate) fn concurrently(context: &Context<'_>, definition: &str) -> Option<String> {
    let at = after_word(context, definition, "index")?;
    let (head, tail) = definition.split_at(at);
    Some(format!("{head} CONCURRENTLY{tail}"))
}

/// The same index under another name.
pub(crate) fn renamed(context: &Context<'_>, definition: &str, name: &str) -> Option<String> {
    let start = after_word(context, definition, "index")?;
    let tokens = sql::tokenize(definition, context.dialect());
    let old = tokens.iter().find(|token| token.span.start >= start && !token.kind.is_trivia())?;
    let (head, tail) = (definition.get(..old.span.start)?, definition.get(old.span.end..)?);
    Some(format!("{head}{}{tail}", context.quote(name)))
}

fn after_word(context: &Context<'_>, text: &str, word: &str) -> Option<usize> {
    let tokens = sql::tokenize(text, context.dialect());
    let found =
        tokens.iter().find(|token| token.kind == TokenKind::Word && token.span.of(text).eq_ignore_ascii_case(word))?;
    Some(found.span.end)
}

/// A GIN index over a column in its place.
pub(crate) fn as_gin(context: &Context<'_>, table: RelationWalker<'_>, index: &Index, column: &str) -> Option<Fix> {
    let drop = drop(context, table, index).filter(|_| index.keys.len() == 1 && table.row().partition_key.is_none())?;
    let name = context.free_index_name(table, &[column], "gin");
    let (path, new) = (context.path_of(table), context.path(table.schema(), &name));
    let condition = index.predicate.as_ref().map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
    Some(Fix {
        sql: format!(
            "CREATE INDEX CONCURRENTLY {} ON {path} USING gin ({}){condition};\n{}",
            context.quote(&name),
            context.quote(column),
            drop.sql
        ),
        undo: drop.undo.map(|undo| format!("{undo}\nDROP INDEX CONCURRENTLY {new};")),
        ..drop
    })
}
