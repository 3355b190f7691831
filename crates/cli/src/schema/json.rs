//! The catalog as one stable JSON object. docs/schema-json.md describes it: change both together, and only by adding.
//!
//! What was not read is `null`; what is empty was looked at and found empty.

mod role;

use app::api::ServerFacts;
use catalog::{Catalog, Kind, Known, RelationWalker};
use serde::{Serialize, Serializer, ser::SerializeSeq};

use role::Role;

/// Everything known of one database.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    server: ServerObject<'a>,
    schemas: Option<Vec<Schema<'a>>>,
    relations: Option<Relations<'a>>,
    routines: Option<Vec<Routine<'a>>>,
    types: Option<Vec<TypeObject<'a>>>,
    sequences: Option<Vec<Sequence<'a>>>,
    roles: Option<Vec<Role<'a>>>,
    grants: Option<Vec<Grant<'a>>>,
    extensions: Option<&'a [catalog::Extension]>,
    events: Option<Vec<Event<'a>>>,
    publications: Option<&'a [catalog::Publication]>,
    event_triggers: Option<&'a [catalog::EventTrigger]>,
    others: Option<&'a [catalog::Others]>,
}

#[derive(Serialize)]
struct ServerObject<'a> {
    product: &'a str,
    version: &'a str,
    database: Option<&'a str>,
    /// Kinds the login may not read: their parts are null.
    denied: Vec<Kind>,
}

/// Gives a part where its kind was read; an engine without such objects has none of them.
fn read<T>(catalog: &Catalog, kind: Kind, part: impl FnOnce() -> T) -> Option<T> {
    matches!(catalog.coverage.get(&kind), Some(Known::Value(()) | Known::Unsupported)).then(part)
}

impl<'a> Document<'a> {
    pub(super) fn new(server: &'a ServerFacts, catalog: &'a Catalog) -> Self {
        let denied = catalog.coverage.iter().filter(|(_, coverage)| **coverage == Known::Denied);
        let name = |schema| catalog.schema_name(schema);
        Document {
            server: ServerObject {
                product: &server.product,
                version: &server.version,
                database: catalog.database.as_deref(),
                denied: denied.map(|(kind, _)| *kind).collect(),
            },
            schemas: read(catalog, Kind::Schemas, || catalog.schemas.iter().map(Schema::new).collect()),
            relations: read(catalog, Kind::Relations, || Relations(catalog)),
            routines: read(catalog, Kind::Routines, || {
                catalog.routines.iter().map(|routine| Routine::new(name(routine.schema), routine)).collect()
            }),
            types: read(catalog, Kind::Types, || {
                catalog.types.iter().map(|object| TypeObject::new(name(object.schema), object)).collect()
            }),
            sequences: read(catalog, Kind::Sequences, || {
                catalog.sequences.iter().map(|sequence| Sequence::new(name(sequence.schema), sequence)).collect()
            }),
            roles: read(catalog, Kind::Roles, || catalog.roles.iter().map(Role::new).collect()),
            grants: read(catalog, Kind::Grants, || catalog.grants.iter().map(Grant::new).collect()),
            extensions: read(catalog, Kind::Extensions, || catalog.extensions.as_slice()),
            events: read(catalog, Kind::Events, || {
                catalog.events.iter().map(|event| Event::new(name(event.schema), event)).collect()
            }),
            publications: read(catalog, Kind::Publications, || catalog.publications.as_slice()),
            event_triggers: read(catalog, Kind::EventTriggers, || catalog.event_triggers.as_slice()),
            others: read(catalog, Kind::Others, || catalog.others.as_slice()),
        }
    }
}

#[derive(Serialize)]
struct Schema<'a> {
    name: &'a str,
    owner: Option<&'a str>,
    comment: Option<&'a str>,
    encoding: Option<&'a str>,
    collation: Option<&'a str>,
    system: bool,
}

impl<'a> Schema<'a> {
    fn new(schema: &'a catalog::Schema) -> Self {
        Schema {
            name: &schema.name,
            owner: schema.owner.as_deref(),
            comment: schema.comment.as_deref(),
            encoding: schema.encoding.as_deref(),
            collation: schema.collation.as_deref(),
            system: schema.system,
        }
    }
}

#[derive(Serialize)]
struct Event<'a> {
    schema: &'a str,
    name: &'a str,
    schedule: &'a str,
    time_zone: Option<&'a str>,
    enabled: catalog::Enabled,
    preserved: bool,
    last_run: Option<&'a str>,
    owner: Option<&'a str>,
    definition: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Event<'a> {
    fn new(schema: &'a str, event: &'a catalog::Event) -> Self {
        Event {
            schema,
            name: &event.name,
            schedule: &event.schedule,
            time_zone: event.time_zone.as_deref(),
            enabled: event.enabled,
            preserved: event.preserved,
            last_run: event.last_run.value().and_then(Option::as_deref),
            owner: event.owner.as_deref(),
            definition: text(&event.definition),
            comment: event.comment.as_deref(),
        }
    }
}

/// Written one by one: a large catalog is not held twice.
struct Relations<'a>(&'a Catalog);

impl Serialize for Relations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.relations.len()))?;
        for walker in self.0.walk_relations() {
            list.serialize_element(&Relation::new(self.0, walker))?;
        }
        list.end()
    }
}

#[derive(Serialize)]
struct Relation<'a> {
    schema: &'a str,
    name: &'a str,
    kind: catalog::RelationKind,
    owner: Option<&'a str>,
    comment: Option<&'a str>,
    columns: Option<Vec<Column<'a>>>,
    primary_key: Option<PrimaryKey<'a>>,
    constraints: Option<Vec<Constraint<'a>>>,
    foreign_keys: Option<Vec<ForeignKey<'a>>>,
    indexes: Option<Vec<Index<'a>>>,
    triggers: Option<Vec<Trigger<'a>>>,
    policies: Option<Vec<Policy<'a>>>,
    row_security: Option<catalog::RowSecurity>,
    estimated_rows: Option<i64>,
    bytes: Option<u64>,
    partition_of: Option<Name<'a>>,
    partition_key: Option<&'a str>,
    partition_bound: Option<&'a str>,
    options: &'a [String],
    definition: Option<&'a str>,
}

/// The name of another object.
#[derive(Serialize)]
struct Name<'a> {
    schema: &'a str,
    name: &'a str,
}

impl<'a> From<&'a (String, String)> for Name<'a> {
    fn from((schema, name): &'a (String, String)) -> Self {
        Name { schema, name }
    }
}

fn text(known: &Known<String>) -> Option<&str> {
    known.value().map(String::as_str)
}

impl<'a> Relation<'a> {
    fn new(catalog: &'a Catalog, walker: RelationWalker<'a>) -> Self {
        let row = walker.row();
        Relation {
            schema: walker.schema(),
            name: &row.name,
            kind: row.kind,
            owner: row.owner.as_deref(),
            comment: row.comment.as_deref(),
            columns: read(catalog, Kind::Columns, || walker.columns().iter().map(Column::new).collect()),
            primary_key: walker
                .primary_key()
                .map(|key| PrimaryKey { name: key.name.as_deref(), columns: &key.columns }),
            constraints: read(catalog, Kind::Constraints, || {
                walker.constraints().iter().map(Constraint::new).collect()
            }),
            foreign_keys: read(catalog, Kind::ForeignKeys, || {
                walker.foreign_keys().iter().map(ForeignKey::new).collect()
            }),
            indexes: read(catalog, Kind::Indexes, || walker.indexes().iter().map(Index::new).collect()),
            triggers: read(catalog, Kind::Triggers, || walker.triggers().iter().map(Trigger::new).collect()),
            policies: read(catalog, Kind::Policies, || walker.policies().iter().map(Policy::new).collect()),
            row_security: row.row_security.value().copied(),
            estimated_rows: row.estimated_rows.value().copied().flatten(),
            bytes: row.bytes.value().copied(),
            partition_of: row.partition_of.as_ref().map(Name::from),
            partition_key: row.partition_key.as_deref(),
            partition_bound: row.partition_bound.as_deref(),
            options: &row.options,
            definition: text(&row.definition),
        }
    }
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    ordinal: u32,
    #[serde(rename = "type")]
    native_type: &'a str,
    nullable: Option<bool>,
    default: Option<&'a str>,
    identity: Option<catalog::Identity>,
    generated: Option<&'a catalog::Generated>,
    collation: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Column<'a> {
    fn new(column: &'a catalog::Column) -> Self {
        Column {
            name: &column.name,
            ordinal: column.ordinal,
            native_type: &column.native_type,
            nullable: column.nullable.value().copied(),
            default: column.default.as_deref(),
            identity: column.identity,
            generated: column.generated.as_ref(),
            collation: column.collation.as_deref(),
            comment: column.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct PrimaryKey<'a> {
    name: Option<&'a str>,
    columns: &'a [String],
}

#[derive(Serialize)]
struct Constraint<'a> {
    name: Option<&'a str>,
    kind: catalog::ConstraintKind,
    columns: &'a [String],
    definition: Option<&'a str>,
    deferrable: bool,
    initially_deferred: bool,
    validated: bool,
    comment: Option<&'a str>,
}

impl<'a> Constraint<'a> {
    fn new(constraint: &'a catalog::Constraint) -> Self {
        Constraint {
            name: constraint.name.as_deref(),
            kind: constraint.kind,
            columns: &constraint.columns,
            definition: text(&constraint.definition),
            deferrable: constraint.deferrable,
            initially_deferred: constraint.initially_deferred,
            validated: constraint.validated,
            comment: constraint.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct ForeignKey<'a> {
    name: Option<&'a str>,
    columns: &'a [String],
    references: References<'a>,
    on_delete: catalog::Action,
    on_update: catalog::Action,
    deferrable: bool,
    initially_deferred: bool,
    validated: bool,
    definition: Option<&'a str>,
    comment: Option<&'a str>,
}

#[derive(Serialize)]
struct References<'a> {
    schema: &'a str,
    name: &'a str,
    columns: &'a [String],
}

impl<'a> ForeignKey<'a> {
    fn new(key: &'a catalog::ForeignKey) -> Self {
        ForeignKey {
            name: key.name.as_deref(),
            columns: &key.columns,
            references: References {
                schema: &key.references.0,
                name: &key.references.1,
                columns: &key.referenced_columns,
            },
            on_delete: key.on_delete,
            on_update: key.on_update,
            deferrable: key.deferrable,
            initially_deferred: key.initially_deferred,
            validated: key.validated,
            definition: text(&key.definition),
            comment: key.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Index<'a> {
    name: &'a str,
    unique: bool,
    primary: bool,
    method: Option<&'a str>,
    keys: &'a [catalog::IndexKey],
    included: &'a [String],
    predicate: Option<&'a str>,
    valid: Option<bool>,
    scans: Option<i64>,
    bytes: Option<u64>,
    definition: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Index<'a> {
    fn new(index: &'a catalog::Index) -> Self {
        Index {
            name: &index.name,
            unique: index.unique,
            primary: index.primary,
            method: index.method.as_deref(),
            keys: &index.keys,
            included: &index.included,
            predicate: index.predicate.as_deref(),
            valid: index.valid.value().copied(),
            scans: index.scans.value().copied(),
            bytes: index.bytes.value().copied(),
            definition: text(&index.definition),
            comment: index.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Trigger<'a> {
    name: &'a str,
    timing: Option<&'a str>,
    events: &'a [String],
    for_each_row: bool,
    enabled: catalog::Enabled,
    function: Option<&'a str>,
    definition: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Trigger<'a> {
    fn new(trigger: &'a catalog::Trigger) -> Self {
        Trigger {
            name: &trigger.name,
            timing: trigger.timing.as_deref(),
            events: &trigger.events,
            for_each_row: trigger.for_each_row,
            enabled: trigger.enabled,
            function: trigger.function.as_deref(),
            definition: text(&trigger.definition),
            comment: trigger.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Policy<'a> {
    name: &'a str,
    command: catalog::PolicyCommand,
    permissive: bool,
    roles: &'a [String],
    using: Option<&'a str>,
    with_check: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Policy<'a> {
    fn new(policy: &'a catalog::Policy) -> Self {
        Policy {
            name: &policy.name,
            command: policy.command,
            permissive: policy.permissive,
            roles: &policy.roles,
            using: policy.using.as_deref(),
            with_check: policy.with_check.as_deref(),
            comment: policy.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Routine<'a> {
    schema: &'a str,
    name: &'a str,
    kind: catalog::RoutineKind,
    arguments: Option<&'a str>,
    identity_arguments: Option<&'a str>,
    returns: Option<&'a str>,
    language: Option<&'a str>,
    volatility: Option<catalog::Volatility>,
    security_definer: bool,
    settings: &'a [String],
    owner: Option<&'a str>,
    definition: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Routine<'a> {
    fn new(schema: &'a str, routine: &'a catalog::Routine) -> Self {
        Routine {
            schema,
            name: &routine.name,
            kind: routine.kind,
            arguments: routine.arguments.as_deref(),
            identity_arguments: routine.identity_arguments.as_deref(),
            returns: routine.returns.as_deref(),
            language: routine.language.as_deref(),
            volatility: routine.volatility,
            security_definer: routine.security_definer,
            settings: &routine.settings,
            owner: routine.owner.as_deref(),
            definition: text(&routine.definition),
            comment: routine.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Attribute<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    native_type: &'a str,
}

#[derive(Serialize)]
struct TypeObject<'a> {
    schema: &'a str,
    name: &'a str,
    kind: catalog::TypeKind,
    labels: &'a [String],
    base_type: Option<&'a str>,
    attributes: Vec<Attribute<'a>>,
    constraints: &'a [String],
    default: Option<&'a str>,
    owner: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> TypeObject<'a> {
    fn new(schema: &'a str, object: &'a catalog::TypeObject) -> Self {
        TypeObject {
            schema,
            name: &object.name,
            kind: object.kind,
            labels: &object.labels,
            base_type: object.base_type.as_deref(),
            attributes: object.attributes.iter().map(|(name, native_type)| Attribute { name, native_type }).collect(),
            constraints: &object.constraints,
            default: object.default.as_deref(),
            owner: object.owner.as_deref(),
            comment: object.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Owned<'a> {
    schema: &'a str,
    relation: &'a str,
    column: &'a str,
}

#[derive(Serialize)]
struct Sequence<'a> {
    schema: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    data_type: Option<&'a str>,
    start: Option<i64>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    increment: Option<i64>,
    cycle: bool,
    last_value: Option<i64>,
    owned_by: Option<Owned<'a>>,
    owner: Option<&'a str>,
    comment: Option<&'a str>,
}

impl<'a> Sequence<'a> {
    fn new(schema: &'a str, sequence: &'a catalog::Sequence) -> Self {
        Sequence {
            schema,
            name: &sequence.name,
            data_type: sequence.data_type.as_deref(),
            start: sequence.start,
            minimum: sequence.minimum,
            maximum: sequence.maximum,
            increment: sequence.increment,
            cycle: sequence.cycle,
            last_value: sequence.last_value.value().copied().flatten(),
            owned_by: sequence.owned_by.as_ref().map(|(schema, relation, column)| Owned { schema, relation, column }),
            owner: sequence.owner.as_deref(),
            comment: sequence.comment.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Grant<'a> {
    object: GrantObject<'a>,
    column: Option<&'a str>,
    grantee: &'a str,
    grantor: Option<&'a str>,
    privilege: &'a str,
    grantable: bool,
}

#[derive(Serialize)]
struct GrantObject<'a> {
    kind: catalog::ObjectKind,
    schema: Option<&'a str>,
    name: &'a str,
    signature: Option<&'a str>,
}

impl<'a> Grant<'a> {
    fn new(grant: &'a catalog::Grant) -> Self {
        Grant {
            object: GrantObject {
                kind: grant.object.kind,
                schema: grant.object.schema.as_deref(),
                name: &grant.object.name,
                signature: grant.object.signature.as_deref(),
            },
            column: grant.column.as_deref(),
            grantee: &grant.grantee,
            grantor: grant.grantor.as_deref(),
            privilege: &grant.privilege,
            grantable: grant.grantable,
        }
    }
}
