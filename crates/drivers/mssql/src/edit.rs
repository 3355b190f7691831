//! Changing rows one by one.
//!
//! This server's equality is not the value's: collations fold case and blanks, one moment is equal to itself in every zone, a zero
//! is negative or not. So what a row held is compared by its bytes or by what it prints ([`form`]). New keys are told by
//! `OUTPUT … INTO` a variable, which triggers do not disturb.

mod form;
mod violation;

use catalog::{Catalog, Column, ObjectKey, RelationKind, RelationWalker};
use driver::{
    Again, Change, Code, ColumnEdit, Edit, EditTarget, Error, Frame, KeySource, NewValue, Original, RowDelete,
    RowInsert, RowKey, RowUpdate, ValueContext, Violation,
};

use crate::{
    quote,
    scan::{Form, column_of, find, key_of},
};

/// Milliseconds that a save waits for rows that another transaction holds.
const PATIENCE: u32 = 5000;
/// This server forgets no savepoint before the transaction's end; a statement that does nothing stands for it.
const NOTHING: &str = "DECLARE @rowhouse_nothing bit";

/// Builds statements; what a server can is in the catalog.
pub(crate) struct Editing;

/// A table whose rows can be told apart.
struct Table<'a> {
    relation: RelationWalker<'a>,
    key: Vec<&'a Column>,
    source: KeySource,
}

impl<'a> Table<'a> {
    fn of(catalog: &'a Catalog, key: &ObjectKey) -> Result<Self, Error> {
        let relation = find(catalog, key)?;
        let refused = |message: String, hint: &str| Err(Error::new(Code::Unsupported, message).with_hint(hint));
        let row = relation.row();
        if !matches!(row.kind, RelationKind::Table | RelationKind::PartitionedTable) {
            return refused(
                format!("{} is a view: its rows are made of other tables' rows.", row.name),
                "Open the table that the value comes from.",
            );
        }
        if ["sys", "INFORMATION_SCHEMA"].iter().any(|schema| relation.schema().eq_ignore_ascii_case(schema)) {
            return refused(
                format!("{} is one of the server's own tables.", row.name),
                "Use the statements that are made for it.",
            );
        }
        let (key, source) = key_of(relation);
        if source == KeySource::Offset || key.iter().any(|column| !Form::of(column).is_key()) {
            return refused(
                format!(
                    "Rows of {} cannot be told apart: it has no primary key and no unique key that is NOT NULL.",
                    row.name
                ),
                "Give it a primary key.",
            );
        }
        Ok(Table { relation, key, source })
    }

    fn columns(&self) -> &'a [Column] {
        self.relation.columns()
    }

    fn column(&self, name: &str) -> Result<&'a Column, Error> {
        column_of(self.columns(), name)
    }

    fn name(&self) -> String {
        quote::path(self.relation.schema(), &self.relation.row().name)
    }

    /// The conditions that this is the row, one for each part of its key.
    fn identified(&self, key: &RowKey) -> Result<Vec<String>, Error> {
        if key.0.len() != self.key.len() {
            return Err(Error::new(Code::InvalidStatement, "The row's key does not fit the table's."));
        }
        self.key.iter().zip(&key.0).map(|(column, text)| form::is(column, text)).collect()
    }

    /// The condition that this is the row, and that it still holds what it held.
    fn condition(&self, key: &RowKey, originals: &[Original]) -> Result<String, Error> {
        let mut parts = self.identified(key)?;
        for original in originals {
            parts.push(form::holds(self.column(&original.column)?, &original.value)?);
        }
        Ok(parts.join("\n  AND "))
    }

    /// The identity's expressions.
    fn identity(&self) -> String {
        let parts: Vec<String> =
            self.key.iter().map(|column| Form::of(column).exact(&quote::name(&column.name))).collect();
        parts.join(", ")
    }

    fn again(&self, keys: &[RowKey], hint: &str) -> Result<String, Error> {
        let columns: Vec<String> = self.columns().iter().map(|column| quote::name(&column.name)).collect();
        let conditions = keys
            .iter()
            .map(|key| self.identified(key).map(|parts| format!("({})", parts.join(" AND "))))
            .collect::<Result<Vec<String>, Error>>()?;
        let condition = if conditions.is_empty() { "1 = 0".to_owned() } else { conditions.join("\n   OR ") };
        let name = self.name();
        Ok(format!("SELECT {}, {}\nFROM {name}{hint}\nWHERE {condition}", columns.join(", "), self.identity()))
    }
}

/// What the server gives a column by itself.
fn given(column: &Column) -> Option<&'static str> {
    match (&column.generated, column.identity, column.native_type.as_str()) {
        (Some(_), ..) => Some("The server computes it."),
        (_, Some(_), _) => Some("The server numbers it."),
        (_, _, "rowversion") => Some("The server counts it up with every change."),
        _ => None,
    }
}

impl Edit for Editing {
    fn target(&self, catalog: &Catalog, relation: &ObjectKey) -> Result<EditTarget, Error> {
        let table = Table::of(catalog, relation)?;
        let edit = |column: &Column| ColumnEdit {
            name: column.name.clone(),
            read_only: given(column).map(str::to_owned),
            not_inserted: given(column).map(str::to_owned),
            nullable: column.nullable.value().copied().unwrap_or(true),
            default: column.default.clone().or_else(|| column.identity.map(|_| "IDENTITY".to_owned())),
            choices: Vec::new(),
            several_choices: false,
            mixed: false,
        };
        Ok(EditTarget {
            source: table.source,
            key: table.key.iter().map(|column| column.name.clone()).collect(),
            key_forms: table.key.iter().map(|column| Form::of(column).printed()).collect(),
            columns: table.columns().iter().map(edit).collect(),
            can_roll_back: true,
            warnings: Vec::new(),
        })
    }

    fn frame(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        _context: &ValueContext,
        within: bool,
    ) -> Result<Frame, Error> {
        Table::of(catalog, relation)?;
        let owned = |texts: &[&str]| -> Vec<String> { texts.iter().map(|text| (*text).to_owned()).collect() };
        let savepoint =
            Some(["SAVE TRANSACTION rowhouse_row", NOTHING, "ROLLBACK TRANSACTION rowhouse_row"].map(str::to_owned));
        if within {
            return Ok(Frame {
                begin: owned(&["SAVE TRANSACTION rowhouse_save"]),
                commit: owned(&[NOTHING]),
                rollback: owned(&["ROLLBACK TRANSACTION rowhouse_save"]),
                savepoint,
            });
        }
        // What does not fit is refused and not cut, whatever the login's settings are; a refused row leaves the others be.
        let settings =
            format!("SET XACT_ABORT OFF; SET ANSI_WARNINGS, ARITHABORT, ANSI_PADDING ON; SET LOCK_TIMEOUT {PATIENCE}");
        Ok(Frame {
            begin: vec![settings, "BEGIN TRANSACTION".to_owned()],
            commit: owned(&["COMMIT TRANSACTION"]),
            rollback: owned(&["IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"]),
            savepoint,
        })
    }

    fn update(&self, catalog: &Catalog, relation: &ObjectKey, update: &RowUpdate) -> Result<Change, Error> {
        let table = Table::of(catalog, relation)?;
        let mut set = Vec::with_capacity(update.set.len());
        for (name, value) in &update.set {
            let column = table.column(name)?;
            if let Some(why) = given(column) {
                return Err(Error::new(Code::InvalidStatement, format!("{name} cannot be changed. {why}")));
            }
            let name = quote::name(&column.name);
            // A print says less than some values are.
            let kept = matches!(value, NewValue::Held(held) if update.originals.iter().any(|original| {
                original.column == column.name && original.value.bytes == held.bytes
            }));
            let written = if kept { name.clone() } else { form::written(column, value)? };
            set.push(format!("{name} = {written}"));
        }
        if set.is_empty() {
            return Err(Error::new(Code::InvalidStatement, "Nothing is to be changed."));
        }
        let condition = table.condition(&update.key, &update.originals)?;
        let text = format!("UPDATE {}\nSET {}\nWHERE {condition}", table.name(), set.join(",\n    "));
        let mut conditions = Vec::new();
        let mut moved = false;
        for (column, part) in table.key.iter().zip(&update.key.0) {
            match update.set.iter().find(|(name, _)| *name == column.name) {
                Some((_, NewValue::Default)) => {
                    return Err(Error::new(
                        Code::InvalidStatement,
                        format!("The server does not say which {} it would choose.", column.name),
                    )
                    .with_hint("Give it a value."));
                }
                Some((_, value)) => {
                    moved = true;
                    conditions.push(format!("{} = {}", quote::name(&column.name), form::written(column, value)?));
                }
                None => conditions.push(form::is(column, part)?),
            }
        }
        let again = match moved {
            false => Again::By(vec![update.key.clone()]),
            true => Again::Ask(format!(
                "SELECT {}\nFROM {}\nWHERE {}",
                table.identity(),
                table.name(),
                conditions.join("\n  AND ")
            )),
        };
        Ok(Change { text, rows: 1, again })
    }

    fn delete(&self, catalog: &Catalog, relation: &ObjectKey, delete: &RowDelete) -> Result<Change, Error> {
        let table = Table::of(catalog, relation)?;
        let condition = table.condition(&delete.key, &delete.originals)?;
        let text = format!("DELETE FROM {}\nWHERE {condition}", table.name());
        Ok(Change { text, rows: 1, again: Again::By(Vec::new()) })
    }

    /// One row at a time: the server promises no order of what it gives back.
    fn insert(&self, catalog: &Catalog, relation: &ObjectKey, rows: &[RowInsert]) -> Result<Change, Error> {
        let table = Table::of(catalog, relation)?;
        let row = rows.first().ok_or_else(|| Error::new(Code::InvalidStatement, "No row is to be inserted."))?;
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, value) in &row.values {
            let column = table.column(name)?;
            match (given(column), value) {
                // What the server gives is left to it.
                (Some(_), NewValue::Default) => continue,
                (Some(why), _) => {
                    return Err(Error::new(Code::InvalidStatement, format!("{name} takes no value. {why}")));
                }
                (None, _) => {}
            }
            names.push(quote::name(&column.name));
            values.push(form::written(column, value)?);
        }
        let declared: Vec<String> = table
            .key
            .iter()
            .map(|column| match column.native_type.as_str() {
                "rowversion" => format!("{} binary(8)", quote::name(&column.name)),
                native_type => format!("{} {native_type}", quote::name(&column.name)),
            })
            .collect();
        let outputs: Vec<String> =
            table.key.iter().map(|column| format!("inserted.{}", quote::name(&column.name))).collect();
        let columns = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        let source =
            if values.is_empty() { "DEFAULT VALUES".to_owned() } else { format!("VALUES ({})", values.join(", ")) };
        let text = format!(
            "DECLARE @written TABLE ({});\nINSERT INTO {}{columns}\nOUTPUT {} INTO @written\n{source};\nSELECT {} FROM @written;",
            declared.join(", "),
            table.name(),
            outputs.join(", "),
            table.identity()
        );
        Ok(Change { text, rows: 1, again: Again::Returned })
    }

    fn matching(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        key: &RowKey,
        originals: &[Original],
    ) -> Result<String, Error> {
        let table = Table::of(catalog, relation)?;
        Ok(format!("SELECT COUNT_BIG(*)\nFROM {}\nWHERE {}", table.name(), table.condition(key, originals)?))
    }

    fn reread(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        Table::of(catalog, relation)?.again(keys, "")
    }

    fn lock(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        Table::of(catalog, relation)?.again(keys, " WITH (UPDLOCK, ROWLOCK)")
    }

    fn violation(&self, catalog: &Catalog, relation: &ObjectKey, error: &Error) -> Option<Violation> {
        violation::of(find(catalog, relation).ok()?, error)
    }
}

#[cfg(test)]
mod tests;
