//! Changing rows one by one.
//!
//! This server's equality is not the value's: collations fold case and blanks, a FLOAT prints shorter than it is, a zero is
//! negative or not. So what a row held is compared by what it prints ([`form`]), in a session whose settings are those of the
//! [`frame`]. A row counts as changed when it was found, whether or not its values became others: sessions that save sign in
//! with `CLIENT_FOUND_ROWS`.

pub(crate) mod form;
mod frame;
mod insert;
mod violation;

use catalog::{Catalog, Column, Identity, ObjectKey, RelationKind, RelationWalker};
use driver::{
    Again, Change, Code, ColumnEdit, Edit, EditTarget, Error, Frame, KeySource, NewValue, Original, RowDelete,
    RowInsert, RowKey, RowUpdate, ValueContext, Violation,
};

use crate::{
    quote,
    scan::{Form, column_of, find, key_of},
};

/// Engines that undo what a transaction did.
const TRANSACTIONAL: [&str; 7] = ["innodb", "ndbcluster", "ndb", "rocksdb", "tokudb", "pbxt", "xtradb"];
/// Engines whose rows cannot be changed, or are not kept at all.
const FIXED: [&str; 3] = ["archive", "blackhole", "s3"];
/// Schemas of the server's own.
const SYSTEM: [&str; 4] = ["mysql", "information_schema", "performance_schema", "sys"];

/// Builds statements from what was probed of the server.
#[derive(Clone, Debug)]
pub(crate) struct MySqlEdit {
    /// INSERT can answer with what it wrote.
    pub(crate) mariadb: bool,
    /// Longest statement the server takes, in bytes.
    pub(crate) packet: usize,
    /// What the server calls the time zone of the machine it runs on.
    pub(crate) system_time_zone: Option<String>,
}

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
        if SYSTEM.iter().any(|schema| relation.schema().eq_ignore_ascii_case(schema)) {
            return refused(
                format!("{} is one of the server's own tables.", row.name),
                "Use the statements that are made for it.",
            );
        }
        let engine = engine(relation).unwrap_or_default();
        if FIXED.iter().any(|fixed| engine.eq_ignore_ascii_case(fixed)) {
            return refused(
                format!("Rows of a table of the engine {engine} cannot be changed."),
                "Use another engine.",
            );
        }
        let (key, source) = key_of(relation);
        if source == KeySource::Offset {
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
        format!("{}.{}", quote::name(self.relation.schema()), quote::name(&self.relation.row().name))
    }

    fn engine(&self) -> Option<&'a str> {
        engine(self.relation)
    }

    fn can_roll_back(&self) -> bool {
        // A server that names no engine imitates MySQL, and none of those is without transactions.
        self.engine().is_none_or(|engine| TRANSACTIONAL.iter().any(|known| known.eq_ignore_ascii_case(engine)))
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
}

fn engine(relation: RelationWalker<'_>) -> Option<&str> {
    relation.row().options.iter().find_map(|option| option.strip_prefix("ENGINE="))
}

impl Edit for MySqlEdit {
    fn target(&self, catalog: &Catalog, relation: &ObjectKey) -> Result<EditTarget, Error> {
        let table = Table::of(catalog, relation)?;
        let can_roll_back = table.can_roll_back();
        let mut warnings = Vec::new();
        if !can_roll_back {
            warnings.push(format!(
                "The table's engine ({}) cannot undo what was written. A save locks the table, counts every row before it \
                 writes it, and stops at the first that is refused: what was written before stays.",
                table.engine().unwrap_or("unknown")
            ));
        }
        Ok(EditTarget {
            source: table.source,
            key: table.key.iter().map(|column| column.name.clone()).collect(),
            key_forms: table.key.iter().map(|column| Form::of(column).printed()).collect(),
            columns: table.columns().iter().map(column_edit).collect(),
            can_roll_back,
            warnings,
        })
    }

    fn frame(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        context: &ValueContext,
        within: bool,
    ) -> Result<Frame, Error> {
        let table = Table::of(catalog, relation)?;
        frame::of(self, &table, context, within)
    }

    fn update(&self, catalog: &Catalog, relation: &ObjectKey, update: &RowUpdate) -> Result<Change, Error> {
        let table = Table::of(catalog, relation)?;
        let mut set = Vec::with_capacity(update.set.len());
        for (name, value) in &update.set {
            let column = table.column(name)?;
            if *value == NewValue::Default && column.identity.is_some() {
                return Err(insert::chosen_by_default(column));
            }
            let name = quote::name(&column.name);
            // A print says less than some values are: the digits of a FLOAT, which of two hours with one name.
            let kept = matches!(value, NewValue::Held(held) if update.originals.iter().any(|original| {
                original.column == column.name && original.value.bytes == held.bytes
            }));
            let written = if kept { name.clone() } else { form::written(column, value)? };
            set.push(format!("{name} = {written}"));
        }
        if set.is_empty() {
            return Err(Error::new(Code::InvalidStatement, "Nothing is to be changed."));
        }
        let text = format!(
            "UPDATE {}\nSET {}\nWHERE {}",
            table.name(),
            set.join(",\n    "),
            table.condition(&update.key, &update.originals)?
        );
        let again = again(&table, update)?;
        Ok(Change { text, rows: 1, again })
    }

    fn delete(&self, catalog: &Catalog, relation: &ObjectKey, delete: &RowDelete) -> Result<Change, Error> {
        let table = Table::of(catalog, relation)?;
        let condition = table.condition(&delete.key, &delete.originals)?;
        let text = format!("DELETE FROM {}\nWHERE {condition}", table.name());
        Ok(Change { text, rows: 1, again: Again::By(Vec::new()) })
    }

    fn insert(&self, catalog: &Catalog, relation: &ObjectKey, rows: &[RowInsert]) -> Result<Change, Error> {
        insert::of(self, &Table::of(catalog, relation)?, rows)
    }

    fn matching(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        key: &RowKey,
        originals: &[Original],
    ) -> Result<String, Error> {
        let table = Table::of(catalog, relation)?;
        Ok(format!("SELECT COUNT(*)\nFROM {}\nWHERE {}", table.name(), table.condition(key, originals)?))
    }

    fn reread(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        let table = Table::of(catalog, relation)?;
        let columns: Vec<String> = table.columns().iter().map(|column| quote::name(&column.name)).collect();
        let conditions = keys
            .iter()
            .map(|key| table.identified(key).map(|parts| format!("({})", parts.join(" AND "))))
            .collect::<Result<Vec<String>, Error>>()?;
        let condition = if conditions.is_empty() { "FALSE".to_owned() } else { conditions.join("\n   OR ") };
        Ok(format!("SELECT {}, {}\nFROM {}\nWHERE {condition}", columns.join(", "), table.identity(), table.name()))
    }

    fn lock(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        Ok(format!("{}\nFOR UPDATE", self.reread(catalog, relation, keys)?))
    }

    fn violation(&self, catalog: &Catalog, relation: &ObjectKey, error: &Error) -> Option<Violation> {
        violation::of(find(catalog, relation).ok()?, error)
    }
}

fn column_edit(column: &Column) -> ColumnEdit {
    let computed = column.generated.as_ref().map(|_| "The server computes it.".to_owned());
    let kind = form::word(&column.native_type);
    let default = match (&column.default, column.identity) {
        (_, Some(Identity::Always | Identity::ByDefault)) => Some("AUTO_INCREMENT".to_owned()),
        // What a change of the row sets it to is no default.
        (Some(default), None) => {
            let at = default.to_ascii_lowercase().find("on update ").unwrap_or(default.len());
            default.get(..at).map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty())
        }
        (None, None) => None,
    };
    ColumnEdit {
        name: column.name.clone(),
        read_only: computed.clone(),
        not_inserted: computed,
        nullable: column.nullable.value().copied().unwrap_or(true),
        default,
        choices: if matches!(kind.as_str(), "enum" | "set") { form::choices(&column.native_type) } else { Vec::new() },
        several_choices: kind == "set",
        mixed: false,
    }
}

/// How an updated row is found again: by its key, or by what its key became, as the server has it.
fn again(table: &Table<'_>, update: &RowUpdate) -> Result<Again, Error> {
    let mut conditions = Vec::new();
    let mut moved = false;
    for (column, text) in table.key.iter().zip(&update.key.0) {
        match update.set.iter().find(|(name, _)| *name == column.name) {
            Some((_, NewValue::Default)) => return Err(insert::chosen_by_default(column)),
            Some((_, value)) => {
                moved = true;
                conditions.push(format!("{} = {}", quote::name(&column.name), form::written(column, value)?));
            }
            None => conditions.push(form::is(column, text)?),
        }
    }
    if !moved {
        return Ok(Again::By(vec![update.key.clone()]));
    }
    Ok(Again::Ask(format!("SELECT {}\nFROM {}\nWHERE {}", table.identity(), table.name(), conditions.join("\n  AND "))))
}
