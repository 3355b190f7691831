//! An object as it would be: what the editor shows.

use catalog::{ConstraintKind, ObjectKey, ObjectKind, RoutineKind};
use schema::{Body, Definition, Object, Options, Table, TableKind, TypeBody, plan};

use super::{
    editing::gone,
    forms, partitions,
    reading::Defined,
    roles,
    telling::{Wanted, change},
};
use crate::api::*;

struct Page<'a> {
    defined: &'a Defined,
    wanted: &'a Wanted,
    /// What is there, under the names that are wanted.
    there: Definition,
}

/// # Errors
/// `NotFound` for what is neither there nor staged.
pub(super) fn page(defined: &Defined, wanted: &Wanted, object: &ObjectRef) -> Result<StructurePage, AppError> {
    let key = defined.key(object)?;
    let there = defined
        .definition
        .renamed(&wanted.renames)
        .map_err(|refusal| AppError::new(ErrorCode::Conflict, refusal.to_string()))?;
    let page = Page { defined, wanted, there };
    // By its old name it is found too.
    let key = wanted.renames.iter().fold(key, |key, one| if one.from == key { one.to.clone() } else { key });
    let object = wanted.definition.objects.get(&key).or_else(|| page.there.objects.get(&key));
    page.of(&key, object.ok_or_else(|| gone(&key))?)
}

impl Page<'_> {
    fn of(&self, key: &ObjectKey, object: &Object) -> Result<StructurePage, AppError> {
        let (change, was) = self.change(key);
        let mut told = StructurePage {
            object: self.defined.reference(key),
            kind: kind(&object.body).to_owned(),
            change,
            was,
            comment: self.wanted.definition.server.comment_of(object),
            owner: object.owner.clone(),
            grants: object.privileges.iter().map(grant).collect(),
            row_security: match &object.body {
                Body::Table(table) if self.defined.engine() == schema::Engine::Postgres => {
                    Some((table.row_security.enabled, table.row_security.forced))
                }
                _ => None,
            },
            columns: Vec::new(),
            keys: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            policies: Vec::new(),
            partitions: self.partitions(key, object),
            held: match &object.body {
                Body::Role(_) => roles::held(&self.wanted.definition, &key.name),
                _ => Vec::new(),
            },
            edit: self.edit(key, object),
            text: self.text(key),
            referenced_by: Vec::new(),
        };
        // What goes is shown still, among what stays.
        let gone = self.there.objects.iter().filter(|(own, _)| !self.wanted.definition.objects.contains_key(*own));
        let mut parts: Vec<(&ObjectKey, &Object)> = self
            .wanted
            .definition
            .objects
            .iter()
            .chain(gone)
            .filter(|(own, object)| object.relation(own).as_ref() == Some(key))
            .collect();
        parts.sort_by_key(|(own, object)| match &object.body {
            Body::Column(column) => (0, column.ordinal, *own),
            _ => (1, 0, *own),
        });
        for (own, object) in parts {
            self.part(&mut told, key, own, object);
        }
        for column in &mut told.columns {
            column.primary |= told
                .keys
                .iter()
                .filter(|one| one.change != Some(StructureChange::Removed))
                .filter_map(|one| one.form.as_ref())
                .any(|form| form.primary && form.columns.contains(&column.form.name));
        }
        let server = self.wanted.definition.server;
        for (own, object) in &self.wanted.definition.objects {
            let refers = match &object.body {
                Body::ForeignKey(one) => one.references == *key,
                Body::Column(one) if server.engine == schema::Engine::Sqlite => {
                    let found = one.text.as_deref().and_then(|text| forms::inline_reference(server, text));
                    found.is_some_and(|(name, ..)| name.eq_ignore_ascii_case(&key.name))
                }
                _ => false,
            };
            if refers {
                let table = object.relation(own).unwrap_or_else(|| key.clone());
                let table = self.defined.reference(&table);
                if !told.referenced_by.contains(&table) {
                    told.referenced_by.push(table);
                }
            }
        }
        Ok(told)
    }

    /// How a table is divided, and of what it is a part; what goes is told still.
    fn partitions(&self, key: &ObjectKey, object: &Object) -> Option<StructurePartitions> {
        let Body::Table(table) = &object.body else { return None };
        let server = self.wanted.definition.server;
        let by = |table: &Table| match &table.kind {
            TableKind::Partitioned { by } => Some(by.clone()),
            TableKind::Ordinary => None,
        };
        let clause = by(table);
        let of = table.partition.as_ref().map(|(parent, bound)| (self.defined.reference(parent), bound.clone()));
        if clause.is_none() && of.is_none() {
            return None;
        }
        let form = self.wanted.definition.partitioning(key).map(partitions::form_of);
        let gone = self.there.partitions(key).filter(|(own, _)| !self.wanted.definition.objects.contains_key(*own));
        let tables = self.wanted.definition.partitions(key).chain(gone).map(|(own, bound)| StructurePartition {
            object: Some(self.defined.reference(own)),
            name: own.name.clone(),
            bound: bound.to_owned(),
            by: match self.wanted.definition.objects.get(own).map(|object| &object.body) {
                Some(Body::Table(table)) => by(table),
                _ => None,
            },
            change: self.change(own).0,
        });
        let mut told: Vec<StructurePartition> = tables.collect();
        if server.engine != schema::Engine::Postgres {
            let listed =
                |clause: Option<String>| clause.and_then(|text| server.clause_partitions(&text)).unwrap_or_default();
            let before = match self.there.objects.get(key).map(|object| &object.body) {
                Some(Body::Table(table)) => listed(by(table)),
                _ => Vec::new(),
            };
            let now = listed(clause.clone());
            let gone = before.iter().filter(|(name, _)| now.iter().all(|(own, _)| own != name));
            told = gone
                .map(|one| (one, Some(StructureChange::Removed)))
                .chain(now.iter().map(|one| {
                    let was = before.iter().find(|(name, _)| *name == one.0);
                    let change = match was {
                        None => Some(StructureChange::Added),
                        Some(was) if was != one => Some(StructureChange::Changed),
                        Some(_) => None,
                    };
                    (one, change)
                }))
                .map(|((name, bound), change)| StructurePartition {
                    object: None,
                    name: name.clone(),
                    bound: bound.clone(),
                    by: None,
                    change,
                })
                .collect();
        }
        Some(StructurePartitions { by: clause, form, partitions: told, of })
    }

    fn change(&self, key: &ObjectKey) -> (Option<StructureChange>, Option<String>) {
        change(&self.there, self.wanted, key)
    }

    fn part(&self, told: &mut StructurePage, table: &ObjectKey, key: &ObjectKey, object: &Object) {
        let (change, was) = self.change(key);
        let server = self.wanted.definition.server;
        let own = self.defined.reference(key);
        let comment = object.comment.clone();
        match &object.body {
            Body::Column(column) => {
                let before = self.there.objects.get(key).filter(|_| change == Some(StructureChange::Changed));
                let inline =
                    column.text.as_deref().is_some_and(|text| text.to_ascii_uppercase().contains("PRIMARY KEY"));
                told.columns.push(StructureColumn {
                    form: forms::column(server, &key.name, object),
                    change,
                    was: before.map(|before| forms::column(server, was.as_deref().unwrap_or(&key.name), before)),
                    primary: inline,
                    fixed: None,
                });
            }
            Body::Constraint(one) if matches!(one.demands, ConstraintKind::PrimaryKey | ConstraintKind::Unique) => {
                told.keys.push(StructurePart {
                    object: own,
                    form: forms::key(server, table, &key.name, &object.body),
                    text: one.text.clone(),
                    change,
                    fixed: None,
                    comment,
                });
            }
            Body::Constraint(one) => {
                let name = Some(key.name.clone()).filter(|name| *name != one.text);
                told.checks.push(StructurePart {
                    object: own,
                    form: forms::check(server, one).map(|expression| StructureCheckForm { name, expression }),
                    text: one.text.clone(),
                    change,
                    fixed: None,
                    comment,
                });
            }
            Body::ForeignKey(one) => {
                let form = forms::foreign_key(server, one).map(|found| StructureForeignKeyForm {
                    name: Some(key.name.clone()).filter(|name| *name != one.text),
                    columns: one.columns.clone(),
                    references: self.defined.reference(&one.references),
                    referenced_columns: one.referenced_columns.clone(),
                    on_delete: found.on_delete,
                    on_update: found.on_update,
                    deferrable: found.deferrable,
                });
                let text = one.text.clone();
                told.foreign_keys.push(StructurePart { object: own, form, text, change, fixed: None, comment });
            }
            Body::Index(one) if self.is_key_of_mysql(key, one) => {
                let form = forms::key(server, table, &key.name, &object.body);
                let text = one.text.clone();
                told.keys.push(StructurePart { object: own, form, text, change, fixed: None, comment });
            }
            Body::Index(one) => {
                let form = forms::index(server, one).map(|found| StructureIndexForm {
                    name: Some(key.name.clone()),
                    unique: found.unique,
                    method: found.method,
                    keys: found.keys,
                    included: found.included,
                    predicate: found.predicate,
                });
                let text = one.text.clone();
                told.indexes.push(StructurePart { object: own, form, text, change, fixed: None, comment });
            }
            Body::Trigger(one) => {
                told.triggers.push(StructureText { object: own, text: one.text.clone(), change, comment });
            }
            Body::Policy(draft) => {
                let on = policy::listing::Table {
                    schema: table.schema.clone().unwrap_or_default(),
                    table: table.name.clone(),
                };
                let text = policy::change::statements::create_policy(&on, draft);
                told.policies.push(StructureText { object: own, text, change, comment });
            }
            _ => {}
        }
    }

    /// MySQL's keys are indexes: one that is a plain list is shown as a key.
    fn is_key_of_mysql(&self, key: &ObjectKey, one: &schema::Index) -> bool {
        let server = self.wanted.definition.server;
        matches!(server.engine, schema::Engine::MySql | schema::Engine::MariaDb)
            && one.unique
            && forms::key(server, &one.relation, &key.name, &Body::Index(one.clone())).is_some()
    }

    /// The statements that would make it.
    fn text(&self, key: &ObjectKey) -> String {
        let to = &self.wanted.definition;
        let mut from = to.clone();
        from.objects.retain(|own, object| own != key && object.relation(own).as_ref() != Some(key));
        // Whoever refers to it does so with it or without.
        from.objects.retain(|own, _| own.kind != ObjectKind::Constraint || to.objects.contains_key(own));
        match plan(&from, to, &Options::default()) {
            Ok(plan) => {
                let about = |step: &&schema::Step| {
                    step.about == *key
                        || to.objects.get(&step.about).and_then(|object| object.relation(&step.about)).as_ref()
                            == Some(key)
                };
                plan.steps.iter().filter(about).map(|step| format!("{};\n", step.sql)).collect()
            }
            Err(_) => String::new(),
        }
    }

    /// What is not a table, as it is filled in.
    fn edit(&self, key: &ObjectKey, object: &Object) -> Option<StructureEdit> {
        let own = Some(self.defined.reference(key));
        let schema = key.schema.clone();
        let name = key.name.clone();
        Some(match &object.body {
            Body::Type(TypeBody::Enum { labels }) => {
                StructureEdit::Enum { object: own, schema, name, labels: labels.clone() }
            }
            Body::Type(TypeBody::Domain(domain)) => {
                let check = |(name, text): (&String, &String)| {
                    let inside = text.trim();
                    let inside = inside.get(5..).unwrap_or(inside).trim();
                    let inside = inside.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(inside);
                    StructureCheckForm { name: Some(name.clone()), expression: inside.to_owned() }
                };
                StructureEdit::Domain {
                    object: own,
                    schema,
                    name,
                    base: domain.base.clone(),
                    default: domain.default.clone(),
                    not_null: domain.not_null,
                    checks: domain.checks.iter().map(check).collect(),
                }
            }
            Body::Sequence(one) => {
                let number = |number: Option<i64>| number.map(|number| number.to_string());
                StructureEdit::Sequence {
                    object: own,
                    schema,
                    name,
                    start: number(one.start),
                    increment: number(one.increment),
                    minimum: number(one.minimum),
                    maximum: number(one.maximum),
                    cycle: one.cycle,
                }
            }
            Body::Role(role) => StructureEdit::Role { object: own, name, role: roles::form(role) },
            Body::View(_) | Body::Routine(_) | Body::Trigger(_) | Body::Event(_) => {
                let text = self.text(key);
                let schema = schema.filter(|_| self.defined.engine() == schema::Engine::Postgres);
                StructureEdit::Text { object: own, schema, text: creating(self.wanted.definition.server, &text) }
            }
            _ => return None,
        })
    }
}

/// The statement of a text that creates, without its semicolon: settings that it runs under may come before it.
fn creating(server: schema::Server, text: &str) -> String {
    let statements = sql::split(text, server.dialect());
    let mut texts = statements.iter().filter_map(|one| text.get(one.span.start..one.span.end)).map(str::trim);
    let creates = |one: &&str| one.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("CREATE"));
    texts.find(creates).unwrap_or(text).trim().to_owned()
}

fn grant(one: &schema::Privilege) -> StructureGrant {
    StructureGrant {
        grantee: one.grantee.clone(),
        column: one.column.clone(),
        privilege: one.privilege.clone(),
        grantable: one.grantable,
    }
}

/// What an object is, in words.
pub(super) fn kind(body: &Body) -> &'static str {
    match body {
        Body::Schema => "schema",
        Body::Extension { .. } => "extension",
        Body::Type(TypeBody::Enum { .. }) => "enum",
        Body::Type(TypeBody::Domain(_)) => "domain",
        Body::Type(TypeBody::Composite { .. }) => "composite type",
        Body::Type(TypeBody::Range { .. }) => "range type",
        Body::Sequence(_) => "sequence",
        Body::Table(table) if table.partition.is_some() => "partition",
        Body::Table(table) if matches!(table.kind, TableKind::Partitioned { .. }) => "partitioned table",
        Body::Table(_) => "table",
        Body::Column(_) => "column",
        Body::Constraint(_) => "constraint",
        Body::ForeignKey(_) => "foreign key",
        Body::Index(_) => "index",
        Body::View(view) if view.materialized => "materialized view",
        Body::View(_) => "view",
        Body::Routine(one) if one.routine == RoutineKind::Procedure => "procedure",
        Body::Routine(_) => "function",
        Body::Trigger(_) => "trigger",
        Body::Policy(_) => "policy",
        Body::Event(_) => "event",
        Body::Role(_) => "role",
    }
}
