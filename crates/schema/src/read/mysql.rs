//! A definition out of a MySQL or MariaDB catalog and the texts that the server prints.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use catalog::{Catalog, ConstraintKind, Kind, ObjectKey, ObjectKind, RelationKind, RelationWalker};
use sql::{TokenKind, tokenize};

use super::{Incomplete, part};
use crate::{
    definition::*,
    mysql::text::{self as written, TableText},
};

const KINDS: [Kind; 6] =
    [Kind::Relations, Kind::Columns, Kind::ForeignKeys, Kind::Triggers, Kind::Routines, Kind::Sequences];

/// The objects whose texts a definition is made of, as the catalog names them.
pub(super) fn wanted(catalog: &Catalog) -> Vec<ObjectKey> {
    let mut keys = Vec::new();
    for relation in own(catalog) {
        let key = relation.key();
        keys.extend(relation.triggers().iter().map(|one| part(ObjectKind::Trigger, &key, &one.name)));
        keys.push(key);
    }
    let within = |schema: catalog::SchemaId| Some(catalog.schema_name(schema)) == current(catalog);
    for one in catalog.routines.iter().filter(|one| within(one.schema)) {
        keys.push(named(catalog, ObjectKind::Routine, &one.name, Some(kind_word(one.kind))));
    }
    for one in catalog.events.iter().filter(|one| within(one.schema)) {
        keys.push(named(catalog, ObjectKind::Event, &one.name, None));
    }
    keys
}

fn kind_word(kind: catalog::RoutineKind) -> &'static str {
    if kind == catalog::RoutineKind::Procedure { "procedure" } else { "function" }
}

fn named(catalog: &Catalog, kind: ObjectKind, name: &str, signature: Option<&str>) -> ObjectKey {
    ObjectKey {
        database: catalog.database.clone(),
        schema: current(catalog).map(str::to_owned),
        kind,
        name: name.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

/// The database in which names without one are looked for.
fn current(catalog: &Catalog) -> Option<&str> {
    catalog.search_path.first().map(String::as_str)
}

/// Relations of that database.
fn own(catalog: &Catalog) -> impl Iterator<Item = RelationWalker<'_>> {
    catalog.walk_relations().filter(|relation| Some(relation.schema()) == current(catalog))
}

/// The identity of an object whatever its database is called.
fn homeless(key: &ObjectKey) -> ObjectKey {
    ObjectKey { database: None, schema: None, ..key.clone() }
}

pub(super) fn read(
    catalog: &Catalog,
    server: Server,
    texts: &HashMap<ObjectKey, Arc<str>>,
) -> Result<Definition, Incomplete> {
    catalog.complete(&KINDS).map_err(|(kind, coverage)| Incomplete::Kind(kind, coverage))?;
    let Some(database) = current(catalog) else { return Err(Incomplete::NoDatabase) };
    let text = |key: &ObjectKey| -> Result<String, Incomplete> {
        let text = texts.get(key).ok_or_else(|| Incomplete::Text(key.clone()))?;
        // A table comes with its triggers.
        let first = sql::split(text, server.dialect()).into_iter().next();
        let first =
            first.and_then(|one| text.get(one.span.start..one.span.end)).filter(|_| key.kind == ObjectKind::Relation);
        let text = first.unwrap_or(text).trim().trim_end_matches(';');
        Ok(at_home(text, database, server))
    };
    let mut found = Definition { search_path: vec![String::new()], ..Definition::new(server) };
    for relation in own(catalog) {
        let (row, there) = (relation.row(), relation.key());
        let key = homeless(&there);
        let made = text(&there)?;
        if row.kind == RelationKind::View {
            let columns = relation.columns().iter().map(|one| (one.name.clone(), one.native_type.clone()));
            let view = View {
                materialized: false,
                columns: columns.collect(),
                column_comments: BTreeMap::new(),
                options: Vec::new(),
                query: made,
            };
            found.insert(key.clone(), Body::View(view));
        } else {
            let parsed = written::table(&made, server.dialect()).ok_or_else(|| Incomplete::Text(there.clone()))?;
            table(&mut found, &key, relation, parsed);
        }
        for one in relation.triggers() {
            let body = Trigger { enabled: one.enabled, text: text(&part(ObjectKind::Trigger, &there, &one.name))? };
            found.insert(part(ObjectKind::Trigger, &key, &one.name), Body::Trigger(body));
        }
    }
    let within = |schema: catalog::SchemaId| catalog.schema_name(schema) == database;
    for one in catalog.routines.iter().filter(|one| within(one.schema)) {
        let key = named(catalog, ObjectKind::Routine, &one.name, Some(kind_word(one.kind)));
        let body = Routine {
            routine: one.kind,
            arguments: one.arguments.clone().unwrap_or_default(),
            returns: one.returns.clone(),
            text: text(&key)?,
        };
        found.insert(homeless(&key), Body::Routine(body));
    }
    for one in catalog.events.iter().filter(|one| within(one.schema)) {
        let key = named(catalog, ObjectKind::Event, &one.name, None);
        found.insert(homeless(&key), Body::Event(text(&key)?));
    }
    for one in catalog.sequences.iter().filter(|one| within(one.schema)) {
        let key = homeless(&named(catalog, ObjectKind::Sequence, &one.name, None));
        if one.start.is_none() {
            found.left_out.push(LeftOut { key, why: "The login may not read this sequence".to_owned() });
            continue;
        }
        let body = Sequence {
            data_type: one.data_type.clone(),
            start: one.start,
            minimum: one.minimum,
            maximum: one.maximum,
            increment: one.increment,
            cache: one.cache,
            cycle: one.cycle,
            owned_by: None,
        };
        found.insert(key, Body::Sequence(body));
    }
    // A server holds privileges on names, also where nothing has them any more.
    for one in catalog.grants.iter().filter(|one| one.object.schema.as_deref() == Some(database)) {
        let key = homeless(&one.object);
        let is_there = |column: &String| found.objects.contains_key(&ObjectKey::column(&key, column));
        if !one.column.as_ref().is_none_or(is_there) || one.privilege == "USAGE" {
            continue;
        }
        if let Some(object) = found.objects.get_mut(&key) {
            object.privileges.insert(Privilege {
                grantee: one.grantee.clone(),
                grantable: one.grantable,
                privilege: one.privilege.clone(),
                column: one.column.clone(),
            });
        }
    }
    Ok(found)
}

/// A text without the name of its own database before names.
fn at_home(text: &str, database: &str, server: Server) -> String {
    let own = format!("`{}`", database.replace('`', "``"));
    let tokens = tokenize(text, server.dialect());
    let mut out = String::with_capacity(text.len());
    let mut skip = false;
    for (place, token) in tokens.iter().enumerate() {
        let written = text.get(token.span.start..token.span.end).unwrap_or_default();
        if skip {
            skip = false;
            continue;
        }
        let next = tokens.get(place + 1).map(|next| next.kind);
        let before = place.checked_sub(1).and_then(|before| tokens.get(before)).map(|before| before.kind);
        if token.kind == TokenKind::QuotedName
            && written == own
            && next == Some(TokenKind::Dot)
            && before != Some(TokenKind::Dot)
        {
            skip = true;
            continue;
        }
        out.push_str(written);
    }
    out
}

fn table(found: &mut Definition, key: &ObjectKey, relation: RelationWalker<'_>, parsed: TableText) {
    let kind = match parsed.partition {
        Some(by) => TableKind::Partitioned { by },
        None => TableKind::Ordinary,
    };
    found.insert(key.clone(), Body::Table(Table { kind, options: parsed.options, ..Table::default() }));
    for (place, (name, rest)) in parsed.columns.into_iter().enumerate() {
        let known = relation.columns().iter().find(|one| one.name == name);
        let body = Column {
            ordinal: u32::try_from(place + 1).unwrap_or(u32::MAX),
            native_type: known.map(|one| one.native_type.clone()).unwrap_or_default(),
            collation: known.and_then(|one| one.collation.clone()),
            nullable: known.and_then(|one| one.nullable.value().copied()).unwrap_or(true),
            default: known
                .and_then(|one| one.default.as_ref())
                .map(|text| at_home(text, relation.schema(), found.server)),
            identity: known.and_then(|one| one.identity).map(IdentityColumn::new),
            generated: known.and_then(|one| one.generated.clone()),
            text: Some(rest),
        };
        found.insert(ObjectKey::column(key, &name), Body::Column(body));
    }
    for (name, text) in parsed.indexes {
        let known = relation.indexes().iter().find(|one| one.name == name);
        let keys = known.map(|one| one.keys.iter().map(|key| key.text.clone()).collect()).unwrap_or_default();
        let unique = known.is_some_and(|one| one.unique);
        // Two tables may have indexes of one name.
        let own = part(ObjectKind::Index, key, &name);
        found.insert(own, Body::Index(Index { relation: key.clone(), unique, keys, text }));
    }
    for (name, text) in parsed.checks {
        let body = Constraint { demands: ConstraintKind::Check, columns: Vec::new(), text };
        found.insert(part(ObjectKind::Constraint, key, &name), Body::Constraint(body));
    }
    for (name, text) in parsed.foreign_keys {
        let known = relation.foreign_keys().iter().find(|one| one.name.as_ref() == Some(&name));
        let references = known.map(|one| ObjectKey::relation(None, None, &one.references.1));
        let body = ForeignKey {
            columns: known.map(|one| one.columns.clone()).unwrap_or_default(),
            references: references.unwrap_or_else(|| key.clone()),
            referenced_columns: known.map(|one| one.referenced_columns.clone()).unwrap_or_default(),
            text,
        };
        found.insert(part(ObjectKind::Constraint, key, &name), Body::ForeignKey(body));
    }
}
