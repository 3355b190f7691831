//! Which rule refused a change, and which columns it is about.
//!
//! The server names the table and the constraint in fields of their own, whatever language it speaks. What it does not name
//! (the columns of a key, the column of a value) is taken from the catalog, or from texts that hold names of columns and types.

use catalog::{Catalog, ObjectKey, RelationWalker, TypeKind};
use driver::{Error, Native, Violation, ViolationKind};

use crate::{
    error::PRODUCT,
    scan::{is_named, underlying},
};

/// The rule behind an error.
///
/// An error may be about another table than the one that was changed: one that a trigger wrote to, or that a deletion reached.
/// Then no columns are told.
pub(super) fn read(catalog: &Catalog, relation: &ObjectKey, error: &Error) -> Option<Violation> {
    let native = error.native.as_deref().filter(|native| native.product == PRODUCT)?;
    let walker =
        catalog.find_relation(relation.schema.as_deref(), &relation.name).and_then(|id| catalog.relation(id))?;
    let told = Told { catalog, walker, native };
    let (kind, columns) = match native.code.as_str() {
        "23502" => (ViolationKind::NotNull, told.missing()),
        "23505" => (ViolationKind::Unique, told.keyed()),
        "23503" | "23001" => told.reference(),
        "23514" | "44000" => (ViolationKind::Check, told.checked()),
        "23P01" => (ViolationKind::Exclusion, told.keyed()),
        "22001" | "22026" => (ViolationKind::TooLong, told.of_type()),
        "22003" => (ViolationKind::OutOfRange, told.of_type()),
        "22P02" | "22P03" | "22007" | "22008" | "22009" | "2200M" | "2200N" | "2200S" | "22015" | "22021" | "22023"
        | "22032" => (ViolationKind::NotOfType, told.of_type()),
        // A missing privilege has the same state; the message alone would do, if it were always in English.
        "42501"
            if native.message.contains("row-level security")
                || native.routine.as_deref() == Some("ExecWithCheckOptions") =>
        {
            (ViolationKind::RowSecurity, Vec::new())
        }
        _ => return None,
    };
    Some(Violation { kind, constraint: native.constraint.clone(), columns })
}

struct Told<'a> {
    catalog: &'a Catalog,
    walker: RelationWalker<'a>,
    native: &'a Native,
}

impl Told<'_> {
    /// Whether it is about the relation that was changed. Of a partitioned one the partition is named.
    fn is_own(&self) -> bool {
        let (Some(schema), Some(table)) = (self.native.schema.as_deref(), self.native.table.as_deref()) else {
            return false;
        };
        let relation = self.walker.row();
        let partition =
            || match self.catalog.find_relation(Some(schema), table).and_then(|id| self.catalog.relation(id)) {
                Some(named) => named.row().partition_of.is_some(),
                // It may not have been read: then the columns tell.
                None => true,
            };
        (schema == self.walker.schema() && table == relation.name) || (relation.partition_key.is_some() && partition())
    }

    /// The names that are columns of the relation; none unless all are.
    fn columns(&self, names: impl IntoIterator<Item = String>) -> Vec<String> {
        let names: Vec<String> = names.into_iter().collect();
        let known = |name: &String| self.walker.columns().iter().any(|column| column.name == *name);
        if names.iter().all(known) { names } else { Vec::new() }
    }

    fn missing(&self) -> Vec<String> {
        match &self.native.column {
            Some(column) if self.is_own() => self.columns([column.clone()]),
            Some(_) => Vec::new(),
            None => self.of_domain(),
        }
    }

    /// Columns of the key that two rows would share.
    fn keyed(&self) -> Vec<String> {
        if !self.is_own() {
            return Vec::new();
        }
        let Some(name) = self.native.constraint.as_deref() else { return self.listed() };
        if let Some(constraint) =
            self.walker.constraints().iter().find(|constraint| constraint.name.as_deref() == Some(name))
            && !constraint.columns.is_empty()
        {
            return constraint.columns.clone();
        }
        let Some(index) = self.walker.indexes().iter().find(|index| index.name == name) else { return self.listed() };
        let mut columns: Vec<String> = Vec::new();
        for key in &index.keys {
            match key.expression {
                false => columns.push(key.text.clone()),
                // Of `lower(email)` the column is what a person gave.
                true => columns.extend(
                    self.walker
                        .columns()
                        .iter()
                        .filter(|column| mentions(&key.text, &column.name))
                        .map(|column| column.name.clone()),
                ),
            }
        }
        columns.dedup();
        columns
    }

    fn checked(&self) -> Vec<String> {
        if self.native.data_type.is_some() && !self.is_own() {
            return self.of_domain();
        }
        match &self.native.constraint {
            Some(name) if self.is_own() => self
                .walker
                .constraints()
                .iter()
                .find(|constraint| constraint.name.as_ref() == Some(name))
                .map_or_else(Vec::new, |constraint| constraint.columns.clone()),
            _ => Vec::new(),
        }
    }

    /// Which end of a foreign key does not fit, and its columns here.
    fn reference(&self) -> (ViolationKind, Vec<String>) {
        let name = self.native.constraint.as_deref();
        let listed = self.listed();
        let restricted = self.native.code == "23001";
        let own = self.walker.foreign_keys().iter().find(|key| key.name.as_deref() == name);
        if let Some(key) = own.filter(|_| self.is_own()) {
            // Of a table that refers to itself both ends are here: the detail names the columns of the one that fails.
            let to_itself = key.references == (self.walker.schema().to_owned(), self.walker.row().name.clone());
            if to_itself && (restricted || (listed == key.referenced_columns && listed != key.columns)) {
                return (ViolationKind::Referenced, key.referenced_columns.clone());
            }
            return (ViolationKind::Reference, key.columns.clone());
        }
        if let Some(key) = self.walker.referenced_by().find(|key| key.name.as_deref() == name) {
            return (ViolationKind::Referenced, key.referenced_columns.clone());
        }
        if self.is_own() && !restricted {
            return (ViolationKind::Reference, listed);
        }
        // The key of a table that is not known here: only words tell, where they are English.
        match self.native.message.starts_with("insert or update on table") {
            true => (ViolationKind::Reference, Vec::new()),
            false if mentions(&self.native.message, &self.walker.row().name) => (ViolationKind::Referenced, listed),
            false => (ViolationKind::Referenced, Vec::new()),
        }
    }

    /// The columns that the detail lists: `Key (a, b)=(1, 2) already exists.`
    fn listed(&self) -> Vec<String> {
        let detail = self.native.detail.as_deref().unwrap_or_default();
        let Some((before, _)) = detail.split_once(")=(") else { return Vec::new() };
        let Some((_, names)) = before.split_once('(') else { return Vec::new() };
        self.columns(names.split(", ").map(
            |name| match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
                Some(quoted) => quoted.replace("\"\"", "\""),
                None => name.to_owned(),
            },
        ))
    }

    /// Columns of the domain that the server names.
    fn of_domain(&self) -> Vec<String> {
        let (schema, name) = (self.native.schema.as_deref(), self.native.data_type.as_deref());
        let (Some(schema), Some(name)) = (schema, name) else { return Vec::new() };
        let columns = self.walker.columns().iter().filter(|column| is_named(&column.native_type, schema, name));
        columns.map(|column| column.name.clone()).collect()
    }

    /// Columns of a type that the message names, each by as much of the name as it has.
    fn of_type(&self) -> Vec<String> {
        if let Some(column) = &self.native.column
            && self.is_own()
        {
            return self.columns([column.clone()]);
        }
        // What follows may be any value.
        let message = self.native.message.split(": \"").next().unwrap_or_default();
        let detail = self.native.detail.as_deref().unwrap_or_default();
        let precision = precision(detail);
        let named = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            self.walker
                .columns()
                .iter()
                .filter(|column| wanted(underlying(self.catalog, &column.native_type)))
                .map(|column| column.name.clone())
                .collect()
        };
        // `date/time field value out of range` names neither of the two.
        if self.native.code == "22008" && message.starts_with("date/time") {
            return named(&|native| ["date", "time"].iter().any(|word| native.starts_with(word)));
        }
        let whole = named(&|native| mentions(message, native));
        if !whole.is_empty() {
            return whole;
        }
        if self.native.code == "22003"
            && let Some((precision, scale)) = precision
        {
            return named(&|native| native == format!("numeric({precision},{scale})"));
        }
        let plain = named(&|native| {
            let plain = native.split_once('(').map_or(native, |(name, _)| name);
            let labels = self.catalog.types.iter().any(|object| {
                object.kind == TypeKind::Enum
                    && is_named(native, self.catalog.schema_name(object.schema), &object.name)
                    && mentions(message, &object.name)
            });
            labels || mentions(message, plain)
        });
        if !plain.is_empty() {
            return plain;
        }
        named(&|native| native.rsplit_once('.').is_some_and(|(_, name)| mentions(message, name.trim_matches('"'))))
    }
}

/// `A field with precision 5, scale 2 must round to …`: its first two numbers.
fn precision(detail: &str) -> Option<(u32, i32)> {
    let mut numbers = detail
        .split(|character: char| !(character.is_ascii_digit() || character == '-'))
        .filter(|part| part.chars().any(|character| character.is_ascii_digit()));
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Whether the text has this name in it, and not as a part of a longer one.
fn mentions(text: &str, name: &str) -> bool {
    let part =
        |character: Option<char>| character.is_some_and(|character| character.is_alphanumeric() || character == '_');
    !name.is_empty()
        && text.match_indices(name).any(|(at, found)| {
            let (before, after) =
                (text.get(..at).unwrap_or_default(), text.get(at + found.len()..).unwrap_or_default());
            !part(before.chars().next_back()) && !part(after.chars().next())
        })
}
