//! A definition out of an SQLite catalog: what a table is stands in its text.

use std::collections::BTreeMap;

use catalog::{Catalog, ConstraintKind, Kind, Known, ObjectKey, ObjectKind, RelationKind};
use sql::{TokenKind, tokenize};

use super::{Incomplete, named, part, text};
use crate::{
    definition::*,
    elements,
    sqlite::text::{self as written, TableText},
};

const KINDS: [Kind; 5] = [Kind::Relations, Kind::Columns, Kind::ForeignKeys, Kind::Indexes, Kind::Triggers];

pub(super) fn read(catalog: &Catalog, server: Server) -> Result<Definition, Incomplete> {
    catalog.complete(&KINDS).map_err(|(kind, coverage)| Incomplete::Kind(kind, coverage))?;
    let mut found = Definition { search_path: vec![MAIN.to_owned()], ..Definition::new(server) };
    for relation in catalog.walk_relations().filter(|relation| relation.schema() == MAIN) {
        let row = relation.row();
        let key = named(ObjectKind::Relation, MAIN, &row.name);
        match row.kind {
            RelationKind::VirtualTable => {
                found.left_out.push(LeftOut { key, why: "Virtual tables are not compared".to_owned() });
                continue;
            }
            RelationKind::View => {
                let columns = relation.columns().iter().map(|one| (one.name.clone(), one.native_type.clone()));
                let view = View {
                    materialized: false,
                    columns: columns.collect(),
                    column_comments: BTreeMap::new(),
                    options: Vec::new(),
                    query: text(&row.definition, &key)?,
                };
                found.insert(key.clone(), Body::View(view));
            }
            _ => {
                let parsed = written::table(&text(&row.definition, &key)?);
                let Some(parsed) = parsed else { return Err(Incomplete::Text(key)) };
                table(&mut found, &key, relation.columns(), parsed);
                // An index that a constraint made has no text of its own.
                for one in relation.indexes() {
                    let Known::Value(made) = &one.definition else { continue };
                    let Some(rest) = elements::from_parenthesis(made, server.dialect()) else { continue };
                    let keys = one.keys.iter().map(|key| key.text.clone()).collect();
                    let text = plain(&rest, relation.columns());
                    let index = Index { relation: key.clone(), unique: one.unique, keys, text };
                    found.insert(named(ObjectKind::Index, MAIN, &one.name), Body::Index(index));
                }
            }
        }
        for one in relation.triggers() {
            let trigger = part(ObjectKind::Trigger, &key, &one.name);
            let body = Trigger { enabled: one.enabled, text: text(&one.definition, &trigger)? };
            found.insert(trigger, Body::Trigger(body));
        }
    }
    Ok(found)
}

/// A text in which the table's columns have no quotes that they do not need: SQLite puts some there when it renames one.
fn plain(text: &str, columns: &[catalog::Column]) -> String {
    let dialect = sql::dialect::sqlite();
    let mut out = String::with_capacity(text.len());
    for token in tokenize(text, dialect) {
        let written = text.get(token.span.start..token.span.end).unwrap_or_default();
        let name = elements::name(written);
        let bare = token.kind == TokenKind::QuotedName
            && columns.iter().any(|column| column.name == name)
            && dialect.quote_identifier_if_needed(&name) == name;
        out.push_str(if bare { &name } else { written });
    }
    out
}

/// The schema that is the file itself.
const MAIN: &str = "main";

fn table(found: &mut Definition, key: &ObjectKey, columns: &[catalog::Column], parsed: TableText) {
    found.insert(key.clone(), Body::Table(Table { options: parsed.options, ..Table::default() }));
    for (place, (name, rest)) in parsed.columns.into_iter().enumerate() {
        let known = columns.iter().find(|one| one.name == name);
        let body = Column {
            ordinal: u32::try_from(place + 1).unwrap_or(u32::MAX),
            native_type: known.map(|one| one.native_type.clone()).unwrap_or_default(),
            collation: known.and_then(|one| one.collation.clone()),
            nullable: known.and_then(|one| one.nullable.value().copied()).unwrap_or(true),
            default: known.and_then(|one| one.default.clone()),
            identity: known.and_then(|one| one.identity).map(IdentityColumn::new),
            generated: known.and_then(|one| one.generated.clone()),
            text: Some(plain(&rest, columns)),
        };
        found.insert(ObjectKey::column(key, &name), Body::Column(body));
    }
    for (name, text) in parsed.constraints {
        let text = plain(&text, columns);
        let word = text.split([' ', '(']).next().unwrap_or_default().to_ascii_uppercase();
        let demands = match word.as_str() {
            "PRIMARY" => ConstraintKind::PrimaryKey,
            "UNIQUE" => ConstraintKind::Unique,
            _ => ConstraintKind::Check,
        };
        // One without a name is told apart by what it says.
        let own = part(ObjectKind::Constraint, key, name.as_deref().unwrap_or(&text));
        if word == "FOREIGN"
            && let Some((columns, table, referenced_columns)) = elements::reference(&text, found.server.dialect())
        {
            let references = named(ObjectKind::Relation, MAIN, &table);
            found.insert(own, Body::ForeignKey(ForeignKey { columns, references, referenced_columns, text }));
            continue;
        }
        found.insert(own, Body::Constraint(Constraint { demands, columns: Vec::new(), text }));
    }
}
