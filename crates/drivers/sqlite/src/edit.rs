//! Changing rows one by one.
//!
//! A stored value is a class and bytes, and a column's affinity and collation only say what is done to others that are compared
//! with it. So what a row held is compared with `IS`, by the bytes ([`value`]), and a number together with its class.

mod default;
mod identity;
mod value;
mod violation;

use catalog::{Catalog, Column, ObjectKey, RelationWalker};
use driver::{
    Again, Change, Code, ColumnEdit, Edit, EditTarget, Error, Frame, KeyForm, KeySource, NewValue, Original, RowDelete,
    RowInsert, RowKey, RowUpdate, ValueContext, Violation,
};

pub(crate) use identity::{Identity, Part, identity_of};
use value::Spelling;
pub(crate) use value::key_literal;

use crate::{
    quote,
    scan::{column_of, find, reference},
    types::Affinity,
};

/// Most rows, and about the most bytes, of one INSERT.
const INSERT_ROWS: usize = 1000;
const INSERT_BYTES: usize = 1 << 20;

/// Builds statements from what was probed of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SqliteEdit {
    /// Whether sessions have foreign keys enforced.
    pub(crate) foreign_keys: bool,
    /// Whether the file keeps its texts in UTF-8.
    pub(crate) utf8: bool,
}

/// A relation whose rows can be told apart.
struct Table<'a> {
    relation: RelationWalker<'a>,
    identity: Identity,
    spelling: Spelling,
}

impl<'a> Table<'a> {
    fn columns(&self) -> &'a [Column] {
        self.relation.columns()
    }

    fn column(&self, name: &str) -> Result<&'a Column, Error> {
        column_of(self.columns(), name)
    }

    fn affinity(&self, column: &Column) -> Affinity {
        affinity(self.relation, column)
    }

    /// Schema and name.
    fn name(&self) -> String {
        format!("{}.{}", quote::name(self.relation.schema()), quote::name(&self.relation.row().name))
    }

    /// The condition that this is the row, and that it still holds what it held.
    fn condition(&self, key: &RowKey, originals: &[Original]) -> Result<String, Error> {
        let mut parts = self.identified(key)?;
        for original in originals {
            let column = self.column(&original.column)?;
            let reference = reference(&column.name);
            parts.push(self.spelling.holds(&reference, column, self.affinity(column), &original.value)?);
        }
        Ok(parts.join("\n  AND "))
    }

    fn identified(&self, key: &RowKey) -> Result<Vec<String>, Error> {
        if key.0.len() != self.identity.parts.len() {
            return Err(Error::new(Code::InvalidStatement, "The row's key does not fit the table's."));
        }
        self.identity.parts.iter().zip(&key.0).map(|(part, text)| self.spelling.is(part, text)).collect()
    }

    /// The condition that a row has one of these numbers, where rows are told apart by them: a list, which is read and looked up
    /// sooner than as many conditions.
    fn numbers(&self, keys: &[RowKey]) -> Result<Option<String>, Error> {
        let ([part], [_, _, ..]) = (self.identity.parts.as_slice(), keys) else { return Ok(None) };
        if !part.rowid {
            return Ok(None);
        }
        let mut numbers = Vec::with_capacity(keys.len());
        for key in keys {
            let [text] = key.0.as_slice() else {
                return Err(Error::new(Code::InvalidStatement, "The row's key does not fit the table's."));
            };
            numbers.push(value::row_number(text)?);
        }
        Ok(Some(format!("{} IN ({})", part.reference("t"), numbers.join(", "))))
    }

    /// The identity as a RETURNING clause gives it; aliases are not known there.
    fn returning(&self) -> String {
        let table = quote::name(&self.relation.row().name);
        let parts: Vec<String> = self.identity.parts.iter().map(|part| part.encoded(&table)).collect();
        parts.join(", ")
    }

    /// A value to write.
    fn written(&self, column: &Column, value: &NewValue) -> Result<String, Error> {
        match value {
            NewValue::Default if self.identity.is_rowid(&column.name) => Err(Error::new(
                Code::InvalidStatement,
                format!(
                    "The number of a row that is there is not chosen anew by SQLite: give {} a value.",
                    column.name
                ),
            )),
            NewValue::Default => Ok(default::expression(column)),
            NewValue::Null => Ok("NULL".to_owned()),
            NewValue::Text(text) => Ok(self.spelling.text(text)),
            NewValue::Number(digits) => value::number(digits, self.affinity(column)),
            NewValue::Bytes(bytes) => Ok(quote::bytes(bytes)),
            NewValue::Held(held) => self.spelling.value(held, self.affinity(column)),
        }
    }
}

fn affinity(relation: RelationWalker<'_>, column: &Column) -> Affinity {
    let strict = relation.row().options.iter().any(|option| option == "STRICT");
    if !strict && column.native_type.eq_ignore_ascii_case("ANY") {
        // Only strict tables know this type; elsewhere it is a word like any other.
        return Affinity::Numeric;
    }
    Affinity::of(&column.native_type)
}

impl SqliteEdit {
    fn table<'a>(&self, catalog: &'a Catalog, key: &ObjectKey) -> Result<Table<'a>, Error> {
        let relation = find(catalog, key)?;
        Ok(Table { relation, identity: identity_of(relation)?, spelling: Spelling { utf8: self.utf8 } })
    }

    /// How a part of a key is told from what a plain column prints: `hex()` reads the bytes as the file keeps them.
    fn printed(&self, part: &Part) -> Option<KeyForm> {
        match (part.rowid, self.utf8) {
            (true, _) => Some(KeyForm::Text),
            (false, true) => Some(KeyForm::Classed),
            (false, false) => None,
        }
    }

    fn warnings(&self, catalog: &Catalog, table: &Table<'_>) -> Vec<String> {
        let mut warnings = Vec::new();
        let relation = table.relation;
        if table.identity.source == KeySource::RowId {
            warnings.push(
                "The table has no key whose columns are NOT NULL, so its rows are told apart by SQLite's own row numbers, \
                 which VACUUM may give out anew."
                    .to_owned(),
            );
        }
        let bound = !relation.foreign_keys().is_empty()
            || catalog
                .foreign_keys
                .iter()
                .any(|other| other.references.0 == relation.schema() && other.references.1 == relation.row().name);
        if bound && !self.foreign_keys {
            warnings.push(
                "Foreign keys are not enforced on this connection (PRAGMA foreign_keys is off): rows may come to refer to \
                 nothing, and nothing is cascaded."
                    .to_owned(),
            );
        }
        warnings
    }
}

impl Edit for SqliteEdit {
    fn target(&self, catalog: &Catalog, relation: &ObjectKey) -> Result<EditTarget, Error> {
        let table = self.table(catalog, relation)?;
        let columns = table
            .columns()
            .iter()
            .map(|column| {
                let computed = column.generated.as_ref().map(|_| "SQLite computes it from other columns.".to_owned());
                let numbered = table.identity.is_rowid(&column.name);
                ColumnEdit {
                    name: column.name.clone(),
                    read_only: computed.clone(),
                    not_inserted: computed,
                    nullable: column.nullable.value().copied().unwrap_or(true),
                    default: if numbered { Some("(next rowid)".to_owned()) } else { column.default.clone() },
                    choices: Vec::new(),
                    several_choices: false,
                    mixed: table.affinity(column) == Affinity::Blob,
                }
            })
            .collect();
        Ok(EditTarget {
            source: table.identity.source,
            key: table.identity.parts.iter().map(|part| part.name.clone()).collect(),
            key_forms: table.identity.parts.iter().map(|part| self.printed(part)).collect(),
            columns,
            can_roll_back: true,
            warnings: self.warnings(catalog, &table),
        })
    }

    fn frame(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        _context: &ValueContext,
        within: bool,
    ) -> Result<Frame, Error> {
        self.table(catalog, relation)?;
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let savepoint =
            Some(["SAVEPOINT rowhouse_row", "RELEASE rowhouse_row", "ROLLBACK TO rowhouse_row"].map(str::to_owned));
        Ok(if within {
            Frame {
                begin: texts(&["SAVEPOINT rowhouse_save"]),
                commit: texts(&["RELEASE rowhouse_save"]),
                rollback: texts(&["ROLLBACK TO rowhouse_save", "RELEASE rowhouse_save"]),
                savepoint,
            }
        } else {
            // The lock is taken at once, so that it is waited for here and not in the middle.
            Frame {
                begin: texts(&["BEGIN IMMEDIATE"]),
                commit: texts(&["COMMIT"]),
                rollback: texts(&["ROLLBACK"]),
                savepoint,
            }
        })
    }

    fn update(&self, catalog: &Catalog, relation: &ObjectKey, update: &RowUpdate) -> Result<Change, Error> {
        let table = self.table(catalog, relation)?;
        let mut set = Vec::with_capacity(update.set.len());
        let mut moves = false;
        for (name, value) in &update.set {
            let column = table.column(name)?;
            moves |= table.identity.parts.iter().any(|part| part.name == column.name);
            set.push(format!("{} = {}", quote::name(&column.name), table.written(column, value)?));
        }
        if set.is_empty() {
            return Err(Error::new(Code::InvalidStatement, "Nothing is to be changed."));
        }
        let mut text = format!(
            "UPDATE {} AS t\nSET {}\nWHERE {}",
            table.name(),
            set.join(",\n    "),
            table.condition(&update.key, &update.originals)?
        );
        let again = if moves {
            text.push_str(&format!("\nRETURNING {}", table.returning()));
            Again::Returned
        } else {
            Again::By(vec![update.key.clone()])
        };
        Ok(Change { text, rows: 1, again })
    }

    fn delete(&self, catalog: &Catalog, relation: &ObjectKey, delete: &RowDelete) -> Result<Change, Error> {
        let table = self.table(catalog, relation)?;
        let condition = table.condition(&delete.key, &delete.originals)?;
        let text = format!("DELETE FROM {} AS t\nWHERE {condition}", table.name());
        Ok(Change { text, rows: 1, again: Again::By(Vec::new()) })
    }

    fn insert(&self, catalog: &Catalog, relation: &ObjectKey, rows: &[RowInsert]) -> Result<Change, Error> {
        let table = self.table(catalog, relation)?;
        let Some(first) = rows.first() else {
            return Err(Error::new(Code::InvalidStatement, "No row is to be inserted."));
        };
        let names = given(first);
        let mut text = format!("INSERT INTO {}", table.name());
        let mut count = 0;
        if names.is_empty() {
            // A row of nothing but defaults is written alone: VALUES has no word for them.
            text.push_str("\nDEFAULT VALUES");
            count = 1;
        } else {
            let columns = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>, Error>>()?;
            let quoted: Vec<String> = columns.iter().map(|column| quote::name(&column.name)).collect();
            text.push_str(&format!(" ({})\nVALUES ", quoted.join(", ")));
            for row in rows.iter().take(INSERT_ROWS) {
                if count > 0 && (text.len() > INSERT_BYTES || given(row) != names) {
                    break;
                }
                let values = row.values.iter().filter(|(_, value)| *value != NewValue::Default);
                let values = values
                    .zip(&columns)
                    .map(|((_, value), column)| table.written(column, value))
                    .collect::<Result<Vec<String>, Error>>()?;
                if count > 0 {
                    text.push_str(",\n       ");
                }
                text.push_str(&format!("({})", values.join(", ")));
                count += 1;
            }
        }
        // The library gives what it wrote in the order in which it wrote it.
        text.push_str(&format!("\nRETURNING {}", table.returning()));
        Ok(Change { text, rows: count, again: Again::Returned })
    }

    fn matching(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        key: &RowKey,
        originals: &[Original],
    ) -> Result<String, Error> {
        let table = self.table(catalog, relation)?;
        Ok(format!("SELECT count(*)\nFROM {} AS t\nWHERE {}", table.name(), table.condition(key, originals)?))
    }

    fn reread(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        let table = self.table(catalog, relation)?;
        let mut selected: Vec<String> = table.columns().iter().map(|column| reference(&column.name)).collect();
        if selected.is_empty() {
            selected.push("NULL".to_owned());
        }
        selected.extend(table.identity.parts.iter().map(|part| part.encoded("t")));
        if let Some(numbers) = table.numbers(keys)? {
            return Ok(format!("SELECT {}\nFROM {} AS t\nWHERE {numbers}", selected.join(", "), table.name()));
        }
        let conditions = keys
            .iter()
            .map(|key| table.identified(key).map(|parts| format!("({})", parts.join(" AND "))))
            .collect::<Result<Vec<String>, Error>>()?;
        Ok(format!("SELECT {}\nFROM {} AS t\nWHERE {}", selected.join(", "), table.name(), any(&conditions)))
    }

    fn violation(&self, catalog: &Catalog, relation: &ObjectKey, error: &Error) -> Option<Violation> {
        violation::of(find(catalog, relation).ok()?, error)
    }
}

/// The columns a row gives values for, in order.
fn given(row: &RowInsert) -> Vec<&str> {
    row.values.iter().filter(|(_, value)| *value != NewValue::Default).map(|(name, _)| name.as_str()).collect()
}

/// Conditions joined by OR as a balanced tree: SQLite bounds how deep an expression may be.
fn any(conditions: &[String]) -> String {
    match conditions {
        [] => "0".to_owned(),
        [one] => one.clone(),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            format!("({}\n    OR {})", any(left), any(right))
        }
    }
}
