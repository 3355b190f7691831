//! Whether a relation's rows can be changed one by one, and what tells them apart.

use catalog::{Catalog, Column, Identity, Known, ObjectKey, RelationKind, RelationWalker, TypeKind, TypeObject};
use driver::{Code, ColumnEdit, Error, KeySource, NewValue};

use super::literal::Written;
use crate::scan::{is_named, missing, quote, underlying};

/// What tells the rows of a relation apart.
pub(crate) struct Identified<'a> {
    pub(crate) source: KeySource,
    /// Its columns; none for a row's place.
    pub(crate) columns: Vec<&'a str>,
}

/// What tells the rows of a relation apart.
///
/// # Errors
/// `Unsupported` where nothing does, or where rows cannot be changed one by one for another reason.
pub(crate) fn identify(walker: RelationWalker<'_>) -> Result<Identified<'_>, Error> {
    let relation = walker.row();
    let name = &relation.name;
    let refused = |why: String, hint: &str| Err(Error::new(Code::Unsupported, why).with_hint(hint));
    // A foreign partition is known by having no row security to switch.
    let foreign = relation.kind == RelationKind::ForeignTable
        || (relation.kind == RelationKind::Partition && relation.row_security == Known::Unsupported);
    match relation.kind {
        RelationKind::View => {
            return refused(format!("“{name}” is a view."), "Change the rows of the tables that it reads.");
        }
        RelationKind::MaterializedView => {
            return refused(
                format!("“{name}” is a materialized view: it holds what its query gave."),
                "Change the rows of the tables that it reads, and refresh it.",
            );
        }
        RelationKind::VirtualTable | RelationKind::Collection | RelationKind::TimeSeries => {
            return refused(format!("“{name}” is made by a module."), "Write the statement yourself.");
        }
        _ if foreign => {
            return refused(
                format!("“{name}” is a foreign table: its rows are on another server."),
                "Connect to that server, or write the statement yourself.",
            );
        }
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::Partition | RelationKind::ForeignTable => {
        }
    }
    if walker.schema().starts_with("pg_") || walker.schema() == "information_schema" {
        return refused(
            format!("“{name}” belongs to the server itself."),
            "Use the statements that are meant for it (CREATE, ALTER, DROP).",
        );
    }
    if relation.has_children {
        return refused(
            format!("Other tables inherit from “{name}”, and their rows are shown with its own."),
            "Open the table that holds the row.",
        );
    }
    if relation.rewritten {
        return refused(
            format!("A rule of “{name}” does something else instead of what is asked (DO INSTEAD)."),
            "What was changed could not be counted. Write the statement yourself.",
        );
    }
    if walker.columns().is_empty() {
        return refused(format!("“{name}” has no columns."), "Add a column.");
    }
    if let Some(primary) = walker.primary_key() {
        let columns = primary.columns.iter().map(String::as_str).collect();
        return Ok(Identified { source: KeySource::PrimaryKey, columns });
    }
    if let Some(columns) = unique(walker) {
        return Ok(Identified { source: KeySource::UniqueIndex, columns });
    }
    if relation.kind == RelationKind::PartitionedTable || relation.partition_key.is_some() {
        return refused(
            format!("“{name}” has no primary key, and no unique key whose columns are never NULL."),
            "Add one, or open the partition that holds the row.",
        );
    }
    Ok(Identified { source: KeySource::RowId, columns: Vec::new() })
}

/// The best unique key over columns that are never NULL: checked at once rather than late, and short.
fn unique<'a>(walker: RelationWalker<'a>) -> Option<Vec<&'a str>> {
    let never_null = |name: &str| {
        walker.columns().iter().any(|column| column.name == name && column.nullable == Known::Value(false))
    };
    let late = |index: &str| {
        walker.constraints().iter().any(|constraint| constraint.deferrable && constraint.name.as_deref() == Some(index))
    };
    walker
        .indexes()
        .iter()
        .filter(|index| index.unique && index.valid == Known::Value(true) && index.predicate.is_none())
        .filter(|index| !index.keys.is_empty())
        .filter(|index| index.keys.iter().all(|key| !key.expression && never_null(&key.text)))
        .min_by_key(|index| (late(&index.name), index.keys.len()))
        .map(|index| index.keys.iter().map(|key| key.text.as_str()).collect())
}

/// A relation whose rows can be changed.
pub(super) struct Target<'a> {
    walker: RelationWalker<'a>,
    source: KeySource,
    key: Vec<Written<'a>>,
    catalog: &'a Catalog,
}

impl<'a> Target<'a> {
    pub(super) fn find(catalog: &'a Catalog, key: &ObjectKey) -> Result<Self, Error> {
        let walker = catalog
            .find_relation(key.schema.as_deref(), &key.name)
            .and_then(|id| catalog.relation(id))
            .ok_or_else(|| missing("relation", &key.name))?;
        let identified = identify(walker)?;
        let mut target = Target { walker, source: identified.source, key: Vec::new(), catalog };
        if identified.source == KeySource::RowId {
            target.key.push(Written::place());
        }
        for name in identified.columns {
            let written = target.column(name)?.written;
            target.key.push(written);
        }
        Ok(target)
    }

    pub(super) fn source(&self) -> KeySource {
        self.source
    }

    pub(super) fn key(&self) -> &[Written<'a>] {
        &self.key
    }

    pub(super) fn name(&self) -> String {
        format!("{}.{}", quote(self.walker.schema()), quote(&self.walker.row().name))
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = Edited<'a>> {
        let catalog = self.catalog;
        self.walker.columns().iter().map(move |column| Edited::new(catalog, column))
    }

    /// What a page shows of each column.
    pub(super) fn outputs(&self) -> impl Iterator<Item = String> {
        self.walker.columns().iter().map(|column| quote(&column.name))
    }

    pub(super) fn column(&self, name: &str) -> Result<Edited<'a>, Error> {
        let column = self.walker.columns().iter().find(|column| column.name == name);
        column.map(|column| Edited::new(self.catalog, column)).ok_or_else(|| missing("column", name))
    }

    /// Whether what is read in this style of dates can be written back.
    ///
    /// # Errors
    /// `Unsupported` where it cannot.
    pub(super) fn reads_back(&self, style: &str) -> Result<(), Error> {
        if style.is_empty() || style.starts_with("ISO") {
            return Ok(());
        }
        match self.walker.columns().iter().find(|column| has_moments(self.catalog, &column.native_type, 8)) {
            None => Ok(()),
            Some(column) => Err(Error::new(
                Code::Unsupported,
                format!(
                    "The session prints the times in “{}” with names of time zones (DateStyle {style}), which mean several.",
                    column.name
                ),
            )
            .with_hint("SET DateStyle = 'ISO', and read the rows again.")),
        }
    }

    /// Whether constraints that it takes part in may be checked only at the end of a transaction.
    pub(super) fn checks_late(&self) -> bool {
        self.walker.constraints().iter().any(|constraint| constraint.deferrable)
            || self.walker.foreign_keys().iter().any(|key| key.deferrable)
            || self.walker.referenced_by().any(|key| key.deferrable)
    }
}

/// Whether a type has moments in it, which styles other than ISO print with abbreviations of time zones. `IST` is read back as
/// one of three, so that what is not known counts as one.
fn has_moments(catalog: &Catalog, native: &str, depth: u8) -> bool {
    let element = native.trim_end_matches("[]");
    let own = !element.contains('.');
    if own {
        return element.starts_with("tstz") || (element.contains("time") && element.ends_with("with time zone"));
    }
    let found = catalog.types.iter().find(|object| is_named(element, catalog.schema_name(object.schema), &object.name));
    let Some(object) = found.filter(|_| depth > 0) else { return true };
    match object.kind {
        TypeKind::Enum => false,
        TypeKind::Base => false,
        TypeKind::Composite => object.attributes.iter().any(|(_, native)| has_moments(catalog, native, depth - 1)),
        TypeKind::Domain | TypeKind::Range => {
            object.base_type.as_deref().is_none_or(|base| has_moments(catalog, base, depth - 1))
        }
    }
}

/// A column and what may be done to it.
pub(super) struct Edited<'a> {
    catalog: &'a Catalog,
    column: &'a Column,
    written: Written<'a>,
}

impl<'a> Edited<'a> {
    fn new(catalog: &'a Catalog, column: &'a Column) -> Self {
        let base = underlying(catalog, &column.native_type);
        let written = Written::new(&column.name, &column.native_type, base, column.collation.is_some());
        Edited { catalog, column, written }
    }

    /// What is known of a type that is not the server's own.
    fn type_of(&self, native: &str) -> Option<&'a TypeObject> {
        let mut types = self.catalog.types.iter().filter(|_| native.contains('.'));
        types.find(|object| is_named(native, self.catalog.schema_name(object.schema), &object.name))
    }

    pub(super) fn plain_name(&self) -> &'a str {
        &self.column.name
    }

    pub(super) fn written(&self) -> &Written<'a> {
        &self.written
    }

    pub(super) fn assigned(&self, value: &NewValue) -> Result<String, Error> {
        super::assigned(&self.written, value)
    }

    pub(super) fn read_only(&self) -> Option<String> {
        match (&self.column.generated, self.column.identity) {
            (Some(generated), _) => Some(match &generated.expression {
                Some(expression) => format!("It is computed: {expression}."),
                None => "It is computed from other columns.".to_owned(),
            }),
            (None, Some(Identity::Always)) => Some("The server numbers it (GENERATED ALWAYS AS IDENTITY).".to_owned()),
            _ => None,
        }
    }

    pub(super) fn not_inserted(&self) -> Option<String> {
        self.read_only()
    }

    pub(super) fn described(&self) -> ColumnEdit {
        let base = underlying(self.catalog, &self.column.native_type);
        let choices = self.type_of(base).filter(|object| object.kind == TypeKind::Enum);
        // A domain's default counts where the column has none of its own.
        let default = || self.type_of(&self.column.native_type).and_then(|object| object.default.clone());
        ColumnEdit {
            name: self.column.name.clone(),
            read_only: self.read_only(),
            not_inserted: self.not_inserted(),
            nullable: self.column.nullable != Known::Value(false),
            default: match (&self.column.generated, self.column.identity) {
                (Some(generated), _) => generated.expression.clone(),
                (None, Some(Identity::Always)) => Some("GENERATED ALWAYS AS IDENTITY".to_owned()),
                (None, Some(Identity::ByDefault)) => Some("GENERATED BY DEFAULT AS IDENTITY".to_owned()),
                (None, None) => self.column.default.clone().or_else(default),
            },
            choices: choices.map_or_else(Vec::new, |object| object.labels.clone()),
            several_choices: false,
            mixed: false,
        }
    }
}
