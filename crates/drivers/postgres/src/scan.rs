//! Statements that read a relation page by page.
//!
//! A page continues after the last row of the one before by comparing the sort columns and a key that makes the order total,
//! so that every page costs the same and rows written meanwhile are neither skipped nor repeated. Without any key pages go by
//! offset, which says so of itself. A table others inherit from has no key of its own (its children's rows are read too, and
//! no index of its own holds for them): there the table and the place in it end the order.
//!
//! Values travel as parameters without a type: each takes the type of the column it is compared with. Only the order of the
//! server is used: NULLs stand last, and first where the order is reversed.

mod condition;
mod lookup;
mod statistics;

use catalog::{Catalog, Column, Known, ObjectKey, RelationKind, RelationWalker, TypeKind};
use driver::{Code, Error, Filter, KeySource, Lookup, Page, PageRequest, Scan, Statement};

use condition::{Condition, after};

use crate::edit::identify;

/// Since 14 a condition on ctid is a range of the file rather than a reason to read it all.
const CTID_RANGES: u32 = 140_000;

/// Where a row is stored.
pub(crate) const PLACE: &str = "ctid";
/// No row stands here: rows of a block count from 1.
const BEFORE_ALL_ROWS: &str = "(0,0)";
/// Always true, and only the process that leads a query may ask it: so the server reads the range of ctid by one scan from its
/// beginning, not by several at once. Without it the order of a page would be chance.
const ONE_PROCESS: &str = "pg_catalog.pg_backend_pid() IS NOT NULL";

/// Builds the statements; knows nothing of the server but its version.
pub struct Pages {
    version: u32,
}

impl Pages {
    /// For a server of this version (`180004`).
    pub fn new(version: u32) -> Self {
        Pages { version }
    }
}

impl Scan for Pages {
    fn page(&self, catalog: &Catalog, request: &PageRequest) -> Result<Page, Error> {
        let target = Target::find(catalog, &request.relation)?;
        let mut condition = Condition::default();
        condition.all(&target, &request.filters)?;
        let (source, key_columns) = target.key(self.version);
        let mut order: Vec<Ordered> = Vec::new();
        for sort in &request.sort {
            let column = target.column(&sort.column)?;
            if order.iter().all(|ordered| ordered.column != Some(sort.column.as_str())) {
                order.push(Ordered::by(column, sort.descending));
            }
        }
        for name in &key_columns {
            if order.iter().all(|ordered| ordered.column != Some(*name)) {
                order.push(Ordered::by(target.column(name)?, false));
            }
        }
        if source == KeySource::RowId {
            if target.walker.row().has_children {
                // A child may hold what its parent does not: the same key again, and NULL where the parent has none.
                order.iter_mut().for_each(|ordered| ordered.nullable = true);
                order.push(Ordered::system("tableoid"));
            }
            order.push(Ordered::system(PLACE));
        }
        // The file's own order, for which the server has no plan that stops early when it is asked for by name.
        let in_file_order = source == KeySource::RowId
            && request.sort.is_empty()
            && request.filters.is_empty()
            && !target.walker.row().has_children;

        let mut outputs: Vec<String> = target.columns.iter().map(|column| quote(column.name)).collect();
        let visible_columns = outputs.len();
        let mut key = Vec::new();
        if source != KeySource::Offset {
            for ordered in &order {
                let visible = target
                    .columns
                    .iter()
                    .position(|column| Some(column.name) == ordered.column && quote(column.name) == ordered.expression);
                key.push(visible.unwrap_or(outputs.len()));
                if visible.is_none() {
                    outputs.push(ordered.expression.clone());
                }
            }
            if let Some(values) = &request.after {
                if values.len() != order.len() {
                    return Err(Error::new(
                        Code::InvalidStatement,
                        "The page to continue from has another sort order.",
                    )
                    .with_hint("Start again from the first page."));
                }
                condition.add(&after(&order, values));
            } else if in_file_order {
                condition.add(&after(&order, &[Some(BEFORE_ALL_ROWS.to_owned())]));
            }
            if in_file_order {
                condition.require(ONE_PROCESS);
            }
        } else if target.is_partitioned() && request.sort.is_empty() {
            // Several processes would return the partitions' rows in another order each time.
            condition.require(ONE_PROCESS);
        }

        let identity = identify(target.walker).ok().map(|identified| {
            let place_of = |name: &str| target.columns.iter().position(|column| column.name == name);
            match identified.source {
                KeySource::RowId => {
                    let place = outputs.iter().skip(visible_columns).position(|output| output == PLACE);
                    let place = place.map_or(outputs.len(), |place| place + visible_columns);
                    if place == outputs.len() {
                        outputs.push(PLACE.to_owned());
                    }
                    vec![place]
                }
                _ => identified.columns.iter().filter_map(|name| place_of(name)).collect(),
            }
        });
        let mut text = format!("SELECT {} FROM {}{}", outputs.join(", "), target.name(), condition.clause());
        if !order.is_empty() && !in_file_order {
            let terms: Vec<String> = order.iter().map(Ordered::term).collect();
            text.push_str(&format!(" ORDER BY {}", terms.join(", ")));
        }
        text.push_str(&format!(" LIMIT {}", request.limit));
        if source == KeySource::Offset && request.offset > 0 {
            text.push_str(&format!(" OFFSET {}", request.offset));
        }
        Ok(Page { statement: condition.into_statement(text), source, key, visible_columns, identity })
    }

    fn count(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        filters: &[driver::Condition],
    ) -> Result<Statement, Error> {
        let target = Target::find(catalog, relation)?;
        let mut condition = Condition::default();
        condition.all(&target, filters)?;
        let text = format!("SELECT count(*) FROM {}{}", target.name(), condition.clause());
        Ok(condition.into_statement(text))
    }

    fn count_up_to(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        filters: &[Filter],
        cap: u32,
    ) -> Result<Statement, Error> {
        lookup::count_up_to(catalog, relation, filters, cap)
    }

    fn lookup(&self, catalog: &Catalog, request: &Lookup) -> Result<Statement, Error> {
        lookup::lookup(catalog, request)
    }

    fn statistics(
        &self,
        catalog: &Catalog,
        relation: &ObjectKey,
        column: &str,
        filters: &[driver::Condition],
    ) -> Result<Statement, Error> {
        statistics::statistics(catalog, relation, column, filters)
    }

    fn leaves_out(&self, catalog: &Catalog, relation: &ObjectKey) -> Option<Statement> {
        let target = Target::find(catalog, relation).ok()?;
        // The relation by its number: asked for the server's own answer, which knows owners, superusers, BYPASSRLS and FORCE.
        let text = "SELECT pg_catalog.row_security_active($1::pg_catalog.regclass)";
        Some(Statement::new(text).with_values([Some(target.name().as_str())]))
    }

    fn listen(&self, channel: &str) -> Option<Statement> {
        Some(Statement::new(format!("LISTEN {}", quote(channel))))
    }
}

/// A name in quotes, always: then it cannot be a word of the language.
pub(crate) fn quote(name: &str) -> String {
    sql::dialect::postgres().quote_identifier(name)
}

/// The relation to read.
struct Target<'a> {
    walker: RelationWalker<'a>,
    columns: Vec<Compared<'a>>,
}

impl<'a> Target<'a> {
    fn find(catalog: &'a Catalog, key: &ObjectKey) -> Result<Self, Error> {
        let walker = catalog
            .find_relation(key.schema.as_deref(), &key.name)
            .and_then(|id| catalog.relation(id))
            .ok_or_else(|| missing("relation", &key.name))?;
        let columns = walker.columns().iter().map(|column| Compared::new(catalog, column)).collect();
        Ok(Target { walker, columns })
    }

    fn name(&self) -> String {
        format!("{}.{}", quote(self.walker.schema()), quote(&self.walker.row().name))
    }

    fn column(&self, name: &str) -> Result<&Compared<'a>, Error> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| missing("column", name))
    }

    /// What tells the rows apart, and the columns of it.
    fn key(&self, version: u32) -> (KeySource, Vec<&'a str>) {
        let comparable = |names: &[&str]| {
            !names.is_empty()
                && names.iter().all(|name| self.column(name).is_ok_and(|column| !column.nullable && column.has_order()))
        };
        if let Some(primary) = self.walker.primary_key() {
            let names: Vec<&str> = primary.columns.iter().map(String::as_str).collect();
            if self.walker.row().has_children && self.walker.row().kind == RelationKind::Table {
                // The index of the key, and of the children's where they have one, still gives the order.
                return (KeySource::RowId, if comparable(&names) { names } else { Vec::new() });
            }
            if comparable(&names) {
                return (KeySource::PrimaryKey, names);
            }
        }
        if self.walker.row().has_children {
            let stored = self.walker.row().kind == RelationKind::Table;
            return (if stored { KeySource::RowId } else { KeySource::Offset }, Vec::new());
        }
        let unique = self
            .walker
            .indexes()
            .iter()
            .filter(|index| index.unique && index.valid == Known::Value(true) && index.predicate.is_none())
            .filter(|index| index.keys.iter().all(|key| !key.expression))
            .map(|index| index.keys.iter().map(|key| key.text.as_str()).collect::<Vec<_>>())
            .filter(|names| comparable(names))
            .min_by_key(Vec::len);
        if let Some(names) = unique {
            return (KeySource::UniqueIndex, names);
        }
        let relation = self.walker.row();
        // A foreign partition is known by having no row security to switch.
        let stored = match relation.kind {
            RelationKind::Table | RelationKind::MaterializedView => true,
            RelationKind::Partition => relation.partition_key.is_none() && relation.row_security != Known::Unsupported,
            _ => false,
        };
        match stored && version >= CTID_RANGES {
            true => (KeySource::RowId, Vec::new()),
            false => (KeySource::Offset, Vec::new()),
        }
    }
}

impl Target<'_> {
    fn is_partitioned(&self) -> bool {
        let relation = self.walker.row();
        relation.kind == RelationKind::PartitionedTable || relation.partition_key.is_some()
    }
}

pub(crate) fn missing(what: &str, name: &str) -> Error {
    Error::new(Code::NotFound, format!("There is no {what} “{name}” in what is known of this database."))
        .with_hint("Refresh the catalog.")
}

/// A column and how its values compare.
struct Compared<'a> {
    name: &'a str,
    nullable: bool,
    /// Bytes, whose text is never empty.
    bytes: bool,
    order: Order,
    /// The type to write after a parameter, where the server would not find it by itself.
    cast: Option<String>,
}

/// What a type offers for sorting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Its own order.
    Own,
    /// None: its text is compared instead.
    ByText,
    /// A name that depends on the search path: its number is compared instead.
    ByNumber,
}

/// Types without an order, some of which compare by area rather than by value.
const WITHOUT_ORDER: [&str; 16] = [
    "json",
    "xml",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "jsonpath",
    "xid",
    "cid",
    "txid_snapshot",
    "pg_snapshot",
    "aclitem",
    "refcursor",
];
/// Numbers that print as names.
const NUMBERS_AS_NAMES: [&str; 11] = [
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
];

impl<'a> Compared<'a> {
    fn new(catalog: &Catalog, column: &'a Column) -> Self {
        let native = underlying(catalog, &column.native_type);
        let element = native.trim_end_matches("[]");
        let order = if WITHOUT_ORDER.contains(&element) {
            Order::ByText
        } else if NUMBERS_AS_NAMES.contains(&native) {
            Order::ByNumber
        } else {
            Order::Own
        };
        let cast = match order {
            Order::ByNumber => Some(native.to_owned()),
            Order::Own if is_row_type(catalog, native) => Some(native.to_owned()),
            _ => None,
        };
        let nullable = column.nullable != Known::Value(false);
        Compared { name: &column.name, nullable, bytes: native == "bytea", order, cast }
    }

    /// Whether a key may be made of it: what sorts by its text may have equal texts.
    fn has_order(&self) -> bool {
        self.order != Order::ByText
    }

    /// What stands in ORDER BY.
    fn sorted(&self) -> String {
        let name = quote(self.name);
        match self.order {
            Order::Own => name,
            Order::ByText => format!("{name}::text"),
            Order::ByNumber => format!("{name}::oid"),
        }
    }
}

/// A domain's base type, as far as the catalog knows it.
pub(crate) fn underlying<'t>(catalog: &'t Catalog, native: &'t str) -> &'t str {
    // What is outside of `pg_catalog` prints with its schema.
    if !native.contains('.') {
        return native;
    }
    let mut native = native;
    // A domain over a domain prints the inner one; the bound is against a loop that no honest server has.
    for _ in 0..16 {
        let found = catalog.types.iter().find(|object| {
            object.kind == TypeKind::Domain && is_named(native, catalog.schema_name(object.schema), &object.name)
        });
        match found.and_then(|object| object.base_type.as_deref()) {
            Some(base) => native = base,
            None => break,
        }
    }
    native
}

fn is_row_type(catalog: &Catalog, native: &str) -> bool {
    native.contains('.')
        && (catalog.types.iter().any(|object| {
            object.kind == TypeKind::Composite && is_named(native, catalog.schema_name(object.schema), &object.name)
        }) || catalog.walk_relations().any(|walker| is_named(native, walker.schema(), &walker.row().name)))
}

/// Whether a printed type is this one. Types outside of `pg_catalog` print with their schema.
pub(crate) fn is_named(native: &str, schema: &str, name: &str) -> bool {
    let dialect = sql::dialect::postgres();
    native == dialect.quote_path([schema, name])
        || native == format!("{}.{}", dialect.quote_identifier(schema), dialect.quote_identifier(name))
}

/// One term of ORDER BY.
struct Ordered<'a> {
    column: Option<&'a str>,
    expression: String,
    /// The type to write after a parameter, with its `::`; mostly nothing.
    cast: String,
    descending: bool,
    nullable: bool,
}

impl<'a> Ordered<'a> {
    /// A column every stored row has: where it is.
    fn system(name: &str) -> Self {
        Ordered { column: None, expression: name.to_owned(), cast: String::new(), descending: false, nullable: false }
    }

    fn by(column: &Compared<'a>, descending: bool) -> Self {
        Ordered {
            column: Some(column.name),
            expression: column.sorted(),
            cast: match (column.order, &column.cast) {
                (Order::Own, Some(cast)) => format!("::{cast}"),
                _ => String::new(),
            },
            descending,
            nullable: column.nullable,
        }
    }

    fn term(&self) -> String {
        format!("{}{}", self.expression, if self.descending { " DESC" } else { "" })
    }
}
