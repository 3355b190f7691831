use std::collections::{BTreeSet, HashMap};

use catalog::RelationId;

use crate::{Context, Engine, Object, rule::Found, rule::Reason};

/// More columns than these make a key that nobody wants to repeat.
const MOST_COLUMNS: usize = 3;
/// A text of at most so many characters is a code.
const MOST_OF_A_CODE: u32 = 16;

crate::rule::rule! {
    /// A primary key that other tables repeat is a long text, or has more than three columns.
    ///
    /// **Why.** Each row that refers to it holds all of it again, and so does each index over it. A text that means something changes one day, and
    /// then all of those rows have to.
    ///
    /// **How to fix it.** Give the table a number or a uuid of its own, let others refer to that, and keep the text or the columns unique.
    ///
    /// **False positives.** A text that never changes and is read without its table. Keys to which nothing refers, and codes of at most 16
    /// characters, are left alone.
    ///
    /// ```sql,fires
    /// create table articles (title text primary key);
    /// create table readings (id int primary key, title text references articles);
    /// ```
    ///
    /// ```sql,silent
    /// create table countries (code char(2) primary key, name text);
    /// create table cities (id int primary key, country char(2) references countries);
    /// create table visits (a int, b int, c int, d int, primary key (a, b, c, d));
    /// ```
    "K-13" "unwieldy_primary_key" Info "Long primary key that other tables repeat"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, Columns, Constraints, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut referring: HashMap<RelationId, BTreeSet<&str>> = HashMap::new();
    for from in context.relations() {
        for referred in from.foreign_keys().iter().filter_map(|key| key.referenced) {
            referring.entry(referred).or_default().insert(&from.row().name);
        }
    }
    for table in context.tables() {
        let (Some(key), Some(by)) = (table.primary_key(), referring.get(&table.id())) else { continue };
        let texts: Vec<&str> = table
            .columns()
            .iter()
            .filter(|column| key.columns.contains(&column.name) && is_long_text(context, column))
            .map(|column| column.name.as_str())
            .collect();
        let message = if key.columns.len() > MOST_COLUMNS {
            format!("The primary key of {} has {} columns, which others repeat.", table.row().name, key.columns.len())
        } else if !texts.is_empty() {
            format!("The primary key of {} is a text, {}, which others repeat.", table.row().name, texts.join(", "))
        } else {
            continue;
        };
        let by: Vec<&str> = by.iter().copied().collect();
        found.add(Object::of(table), message).evidence(format!("referred to by {}", by.join(", ")));
    }
    Ok(())
}

fn is_long_text(context: &Context<'_>, column: &catalog::Column) -> bool {
    let base = context.base_type(column);
    let is_text = match context.facts.engine {
        Engine::Postgres => matches!(base.as_str(), "text" | "character varying" | "character" | "citext"),
        Engine::MySql => base.ends_with("char") || base.ends_with("text"),
        Engine::Sqlite => base.contains("char") || base.contains("text") || base.contains("clob"),
    };
    let native = context.underlying(column);
    let length = native.split_once('(').and_then(|(_, rest)| rest.split_once(')')?.0.trim().parse().ok());
    is_text && length.is_none_or(|length: u32| length > MOST_OF_A_CODE)
}
