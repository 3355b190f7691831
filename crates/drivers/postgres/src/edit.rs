//! Statements that change one row, each exactly once.
//!
//! A row is found by its key's own `=`, so that its index is used, and a column still holds what it held when the server prints
//! it the same: by `=` alone where equal values of the type print alike, by the text of the type's output function elsewhere
//! (`format('%s', …)`, which is what the wire sends; a cast to text differs for `character(n)`, `boolean` and `"char"`).
//!
//! Values are literals without a type, so that each takes its column's; texts with a backslash are written so that they mean
//! the same whatever `standard_conforming_strings` is set to.

mod frame;
mod literal;
mod target;
mod violation;

use catalog::{Catalog, ObjectKey};
use driver::{
    Again, Change, Code, Edit, EditTarget, Error, Frame, KeyForm, KeySource, NewValue, Original, RowDelete, RowInsert,
    RowKey, RowUpdate, ValueContext, Violation,
};

use crate::scan::quote;
use literal::Written;
use target::Target;
pub(crate) use target::identify;

/// Most rows of one INSERT: more would not be faster, and a refusal would be about more of them.
const INSERTED_ROWS: usize = 500;
/// Most text of one INSERT of several rows, in bytes.
const INSERTED_BYTES: usize = 1 << 20;

/// Builds the statements; knows nothing of the server but whether it takes writes.
pub struct Edits {
    standby: bool,
}

impl Edits {
    /// For a server that follows another one or not.
    pub fn new(standby: bool) -> Self {
        Edits { standby }
    }

    fn find<'a>(&self, catalog: &'a Catalog, relation: &ObjectKey) -> Result<Target<'a>, Error> {
        if self.standby {
            return Err(Error::new(
                Code::Unsupported,
                "This server is a standby: it follows another one and takes no changes.",
            )
            .with_hint("Connect to the primary."));
        }
        Target::find(catalog, relation)
    }
}

impl Edit for Edits {
    fn target(&self, catalog: &Catalog, relation: &ObjectKey) -> Result<EditTarget, Error> {
        Ok(self.find(catalog, relation)?.described())
    }

    fn frame(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        context: &ValueContext,
        within: bool,
    ) -> Result<Frame, Error> {
        let target = self.find(catalog, relation)?;
        target.reads_back(&context.date_style)?;
        Ok(frame::frame(context, within, target.checks_late()))
    }

    fn update(&self, catalog: &Catalog, relation: &ObjectKey, update: &RowUpdate) -> Result<Change, Error> {
        let target = self.find(catalog, relation)?;
        if update.set.is_empty() {
            return Err(Error::new(Code::InvalidStatement, "The row has no changes."));
        }
        let mut set = Vec::with_capacity(update.set.len());
        for (name, value) in &update.set {
            let column = target.column(name)?;
            if let Some(reason) = column.read_only() {
                return Err(Error::new(Code::InvalidStatement, format!("“{name}” cannot be changed. {reason}")));
            }
            set.push(format!("{} = {}", quote(name), column.assigned(value)?));
        }
        let text = format!(
            "UPDATE {} SET {} WHERE {}{}",
            target.name(),
            set.join(", "),
            target.condition(&update.key, &update.originals)?,
            target.returning()
        );
        Ok(Change { text, rows: 1, again: Again::Returned })
    }

    fn delete(&self, catalog: &Catalog, relation: &ObjectKey, delete: &RowDelete) -> Result<Change, Error> {
        let target = self.find(catalog, relation)?;
        let condition = target.condition(&delete.key, &delete.originals)?;
        let text = format!("DELETE FROM {} WHERE {condition}", target.name());
        Ok(Change { text, rows: 1, again: Again::By(Vec::new()) })
    }

    fn insert(&self, catalog: &Catalog, relation: &ObjectKey, rows: &[RowInsert]) -> Result<Change, Error> {
        let target = self.find(catalog, relation)?;
        let Some(first) = rows.first() else {
            return Err(Error::new(Code::InvalidStatement, "There is no row to insert."));
        };
        let mut names: Vec<&str> = first.values.iter().map(|(name, _)| name.as_str()).collect();
        let of_defaults = names.is_empty();
        if of_defaults {
            match target.any_insertable() {
                Some(name) => names.push(name),
                None => {
                    let text = format!("INSERT INTO {} DEFAULT VALUES{}", target.name(), target.returning());
                    return Ok(Change { text, rows: 1, again: Again::Returned });
                }
            }
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in &names {
            let column = target.column(name)?;
            if let Some(reason) = column.not_inserted() {
                return Err(Error::new(Code::InvalidStatement, format!("“{name}” takes no value. {reason}")));
            }
            columns.push(column);
        }
        let quoted: Vec<String> = names.iter().map(|name| quote(name)).collect();
        let mut text = format!("INSERT INTO {} ({}) VALUES", target.name(), quoted.join(", "));
        let mut covered = 0;
        for row in rows.iter().take(INSERTED_ROWS) {
            let same = match of_defaults {
                true => row.values.is_empty(),
                false => row.values.iter().map(|(name, _)| name.as_str()).eq(names.iter().copied()),
            };
            if !same {
                break;
            }
            let values = match of_defaults {
                true => vec!["DEFAULT".to_owned()],
                false => {
                    let values = columns.iter().zip(&row.values).map(|(column, (_, value))| column.assigned(value));
                    match values.collect::<Result<Vec<_>, _>>() {
                        Ok(values) => values,
                        // It is told when its turn comes, and about it alone.
                        Err(_) if covered > 0 => break,
                        Err(error) => return Err(error),
                    }
                }
            };
            let values = format!(" ({})", values.join(", "));
            if covered > 0 && text.len() + values.len() > INSERTED_BYTES {
                break;
            }
            if covered > 0 {
                text.push(',');
            }
            text.push_str(&values);
            covered += 1;
        }
        text.push_str(&target.returning());
        Ok(Change { text, rows: covered, again: Again::Returned })
    }

    fn matching(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        key: &RowKey,
        originals: &[Original],
    ) -> Result<String, Error> {
        let target = self.find(catalog, relation)?;
        Ok(format!("SELECT count(*) FROM {} WHERE {}", target.name(), target.condition(key, originals)?))
    }

    fn reread(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        let target = self.find(catalog, relation)?;
        let outputs: Vec<String> = target.outputs().chain(target.key().iter().map(|part| part.name())).collect();
        Ok(format!("SELECT {} FROM {} WHERE {}", outputs.join(", "), target.name(), target.any_of(keys)?))
    }

    fn lock(&self, catalog: &Catalog, relation: &ObjectKey, keys: &[RowKey]) -> Result<String, Error> {
        Ok(format!("{} FOR UPDATE", self.reread(catalog, relation, keys)?))
    }

    fn violation(&self, catalog: &Catalog, relation: &ObjectKey, error: &Error) -> Option<Violation> {
        violation::read(catalog, relation, error)
    }
}

impl<'a> Target<'a> {
    /// What stands behind a statement so that its rows are found again.
    fn returning(&self) -> String {
        let names: Vec<String> = self.key().iter().map(Written::name).collect();
        format!(" RETURNING {}", names.join(", "))
    }

    /// The row of this key, while these columns hold what they held.
    fn condition(&self, key: &RowKey, originals: &[Original]) -> Result<String, Error> {
        let mut terms = self.key_terms(key)?;
        for original in originals {
            let column = self.column(&original.column)?;
            let term = column.written().holds(original.value.bytes.as_deref())?;
            // A key's column that is changed is compared once.
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        Ok(terms.join(" AND "))
    }

    fn key_terms(&self, key: &RowKey) -> Result<Vec<String>, Error> {
        if key.0.len() != self.key().len() {
            return Err(Error::new(Code::InvalidStatement, "The row is named by another key than the relation has.")
                .with_hint("Read the rows again."));
        }
        let mut terms = Vec::with_capacity(key.0.len());
        for (part, text) in self.key().iter().zip(&key.0) {
            terms.push(part.equals(text)?);
            if !part.is_exact() {
                terms.push(part.prints(text.as_bytes())?);
            }
        }
        Ok(terms)
    }

    /// The rows of any of these keys.
    fn any_of(&self, keys: &[RowKey]) -> Result<String, Error> {
        if keys.is_empty() {
            return Ok("false".to_owned());
        }
        if let [part] = self.key()
            && part.is_exact()
            && keys.iter().all(|key| key.0.len() == 1)
        {
            let values = keys.iter().flat_map(|key| key.0.iter()).map(|text| part.key_literal(text));
            return Ok(format!("{} IN ({})", part.name(), values.collect::<Result<Vec<_>, _>>()?.join(", ")));
        }
        let rows = keys.iter().map(|key| self.key_terms(key).map(|terms| format!("({})", terms.join(" AND "))));
        Ok(rows.collect::<Result<Vec<_>, _>>()?.join(" OR "))
    }

    /// A column that a row of nothing but defaults can name.
    fn any_insertable(&self) -> Option<&'a str> {
        self.columns().find(|column| column.not_inserted().is_none()).map(|column| column.plain_name())
    }

    fn described(&self) -> EditTarget {
        let mut warnings = Vec::new();
        if self.source() == KeySource::RowId {
            warnings.push(
                "The table has no key. Its rows are told apart by where they are stored (ctid), and all values of a row are \
                 compared before it is changed. Add a primary key to be sure."
                    .to_owned(),
            );
        }
        EditTarget {
            source: self.source(),
            key: self.key().iter().map(|part| part.plain_name().to_owned()).collect(),
            key_forms: vec![Some(KeyForm::Text); self.key().len()],
            columns: self.columns().map(|column| column.described()).collect(),
            can_roll_back: true,
            warnings,
        }
    }
}

/// What a column becomes.
fn assigned(written: &Written<'_>, value: &NewValue) -> Result<String, Error> {
    match value {
        NewValue::Null => Ok("NULL".to_owned()),
        NewValue::Default => Ok("DEFAULT".to_owned()),
        NewValue::Text(text) | NewValue::Number(text) => written.value(text.as_bytes()),
        NewValue::Bytes(bytes) => written.bytes(bytes),
        NewValue::Held(cell) => match &cell.bytes {
            None => Ok("NULL".to_owned()),
            Some(bytes) => written.value(bytes),
        },
    }
}
