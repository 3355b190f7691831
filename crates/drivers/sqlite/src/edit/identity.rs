//! What names a row of a table.

use catalog::{Column, ConstraintKind, Identity as Numbered, RelationKind, RelationWalker};
use driver::{Code, Error, KeySource};

use crate::{
    quote,
    scan::{ROWID_NAMES, encoded},
    types::Affinity,
};

/// How rows of a table are told apart.
pub(crate) struct Identity {
    pub(crate) source: KeySource,
    pub(crate) parts: Vec<Part>,
}

/// One part of a row's name.
pub(crate) struct Part {
    /// The column, or the rowid's own name.
    pub(crate) name: String,
    /// What it is called in a statement: the rowid's names stand bare, or they would be columns.
    written: String,
    /// Whether it is the row's number, by a column's name or its own.
    pub(crate) rowid: bool,
    /// Its column's affinity.
    pub(crate) affinity: Affinity,
    /// Whether its column compares by other than the bytes.
    pub(crate) collated: bool,
}

impl Part {
    fn column(column: &Column, affinity: Affinity) -> Self {
        Part {
            name: column.name.clone(),
            written: quote::name(&column.name),
            rowid: false,
            affinity,
            collated: column.collation.is_some(),
        }
    }

    /// The same in a statement over this table or alias, which is quoted already.
    pub(crate) fn reference(&self, table: &str) -> String {
        format!("{table}.{}", self.written)
    }

    /// In the form of [`driver::RowKey`].
    pub(crate) fn encoded(&self, table: &str) -> String {
        if self.rowid { self.reference(table) } else { encoded(&self.reference(table)) }
    }
}

impl Identity {
    /// Whether this column is the row's number.
    pub(crate) fn is_rowid(&self, column: &str) -> bool {
        self.parts.iter().any(|part| part.rowid && part.name == column)
    }
}

/// What names a row: the primary key where it never holds NULL, else a unique key of which that is true, else the rowid.
///
/// # Errors
/// `Unsupported` where rows cannot be told apart or are not the relation's own, with the reason.
pub(crate) fn identity_of(relation: RelationWalker<'_>) -> Result<Identity, Error> {
    let refused = |message: String, hint: &str| Err(Error::new(Code::Unsupported, message).with_hint(hint));
    let row = relation.row();
    match row.kind {
        RelationKind::Table | RelationKind::Partition | RelationKind::PartitionedTable => {}
        RelationKind::VirtualTable | RelationKind::Collection | RelationKind::TimeSeries => {
            return refused(
                format!("{} is a virtual table: its module keeps the rows and may number them anew.", row.name),
                "Change them with a statement.",
            );
        }
        RelationKind::View | RelationKind::MaterializedView | RelationKind::ForeignTable => {
            return refused(
                format!("{} is a view: its rows are made of other tables' rows.", row.name),
                "Open the table that the value comes from.",
            );
        }
    }
    if row.name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_")) {
        return refused(format!("{} is SQLite's own table.", row.name), "Change it with a statement, if at all.");
    }
    let columns = relation.columns();
    let named = |names: &[String]| -> Option<Vec<&Column>> {
        let found: Option<Vec<_>> =
            names.iter().map(|name| columns.iter().find(|column| column.name == *name)).collect();
        found.filter(|found| !found.is_empty())
    };
    let never_null = |found: &Vec<&Column>| found.iter().all(|column| column.nullable.value() == Some(&false));
    let parts = |found: Vec<&Column>| -> Vec<Part> {
        found.into_iter().map(|column| Part::column(column, super::affinity(relation, column))).collect()
    };
    let primary = relation.primary_key().and_then(|key| named(&key.columns));
    if let Some([alias]) = primary.as_deref()
        && alias.identity == Some(Numbered::ByDefault)
    {
        let part = Part { rowid: true, ..Part::column(alias, Affinity::Integer) };
        return Ok(Identity { source: KeySource::PrimaryKey, parts: vec![part] });
    }
    if let Some(primary) = primary.filter(never_null) {
        return Ok(Identity { source: KeySource::PrimaryKey, parts: parts(primary) });
    }
    let constraints = relation.constraints().iter().filter(|other| other.kind == ConstraintKind::Unique);
    let indexes = relation.indexes().iter().filter(|index| index.unique && index.predicate.is_none());
    let plain = indexes
        .filter(|index| index.keys.iter().all(|key| !key.expression))
        .map(|index| index.keys.iter().map(|key| key.text.clone()).collect::<Vec<String>>());
    let mut unique = constraints.map(|found| found.columns.clone()).chain(plain);
    if let Some(unique) = unique.find_map(|names| named(&names).filter(never_null)) {
        return Ok(Identity { source: KeySource::UniqueIndex, parts: parts(unique) });
    }
    if row.options.iter().any(|option| option == "WITHOUT ROWID") {
        return refused(format!("The key of {} is not known.", row.name), "Read the schema again.");
    }
    let free = ROWID_NAMES.iter().find(|name| !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)));
    match free {
        Some(name) => {
            let part = Part {
                name: (*name).to_owned(),
                written: (*name).to_owned(),
                rowid: true,
                affinity: Affinity::Integer,
                collated: false,
            };
            Ok(Identity { source: KeySource::RowId, parts: vec![part] })
        }
        None => refused(
            format!(
                "Rows of {} cannot be told apart: it has no key whose columns are NOT NULL, and columns of its own hide \
                 every name of SQLite's row number.",
                row.name
            ),
            "Give it a primary key.",
        ),
    }
}
