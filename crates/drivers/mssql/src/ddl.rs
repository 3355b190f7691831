//! Definition texts: those of views, routines and triggers as the server keeps them, those of tables, indexes, sequences and types
//! rendered from the catalog. What takes several batches is parted by GO.

mod security;

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{Catalog, Identity, Kind, ObjectKey, ObjectKind, RelationKind, RelationWalker, Scope};
use driver::{Code, Ddl, Error};

use crate::{control::ControlSession, quote};

/// What parts batches.
const GO: &str = "\nGO\n\n";

/// Definition texts over the control session.
pub(crate) struct Definitions {
    session: Arc<ControlSession>,
}

impl Definitions {
    pub(crate) fn new(session: Arc<ControlSession>) -> Self {
        Definitions { session }
    }

    async fn read(&self, schema: &str, relation: Option<&str>, kinds: &[Kind]) -> Result<Catalog, Error> {
        let scope = Scope {
            kinds: kinds.to_vec(),
            schemas: Some(vec![schema.to_owned()]),
            relation: relation.map(str::to_owned),
            include_system: true,
            definitions: true,
            sizes: false,
        };
        crate::catalog::read(&self.session, &scope).await
    }

    /// A table's or view's catalog with all of its parts.
    async fn relation(&self, schema: &str, name: &str) -> Result<Catalog, Error> {
        self.read(schema, Some(name), &Scope::relation(Some(schema), name).kinds).await
    }

    /// The text the server keeps of an object.
    async fn kept(&self, schema: &str, name: &str) -> Result<String, Error> {
        let path = quote::text(&quote::path(schema, name));
        let rows =
            self.session.query(&format!("SELECT OBJECT_ID({path}), OBJECT_DEFINITION(OBJECT_ID({path}))")).await?;
        let mut cells = rows.into_iter().next().unwrap_or_default().into_iter();
        match (cells.next().flatten(), cells.next().flatten()) {
            (None, _) => Err(missing(name)),
            (Some(_), Some(text)) => Ok(text),
            (Some(_), None) => Err(Error::new(Code::Forbidden, format!("The text of {name} may not be seen."))
                .with_hint("It is encrypted, or this login has no VIEW DEFINITION on it.")),
        }
    }

    /// Where the numbers of a table begin, and how they go on.
    async fn identity(&self, schema: &str, name: &str) -> Result<Option<String>, Error> {
        let text = format!(
            "SELECT CAST(i.seed_value AS nvarchar(40)), CAST(i.increment_value AS nvarchar(40)) FROM sys.identity_columns i \
             WHERE i.object_id = OBJECT_ID({})",
            quote::text(&quote::path(schema, name))
        );
        let rows = self.session.query(&text).await?;
        let mut cells = rows.into_iter().next().unwrap_or_default().into_iter();
        Ok(cells.next().flatten().zip(cells.next().flatten()).map(|(seed, step)| format!("IDENTITY({seed},{step})")))
    }

    async fn text(&self, key: &ObjectKey) -> Result<String, Error> {
        let schema = key.schema.as_deref().unwrap_or("dbo");
        match key.kind {
            ObjectKind::Relation => {
                let catalog = self.relation(schema, &key.name).await?;
                let found = catalog.find_relation(Some(schema), &key.name).and_then(|id| catalog.relation(id));
                let relation = found.ok_or_else(|| missing(&key.name))?;
                let mut batches = match relation.row().kind {
                    RelationKind::View => vec![self.kept(schema, &key.name).await?],
                    _ => {
                        let numbered =
                            relation.columns().iter().any(|column| column.identity == Some(Identity::Always));
                        let identity = if numbered { self.identity(schema, &key.name).await? } else { None };
                        vec![table(relation, identity.as_deref())]
                    }
                };
                let keys = relation.constraints();
                let own = relation
                    .indexes()
                    .iter()
                    .filter(|index| keys.iter().all(|one| one.name.as_ref() != Some(&index.name)));
                batches.extend(own.filter_map(|index| index.definition.value()).map(|text| format!("{text};")));
                batches.extend(relation.triggers().iter().filter_map(|trigger| trigger.definition.value().cloned()));
                batches.extend(self.policies_of(schema, &key.name).await?);
                Ok(batches.join(GO))
            }
            ObjectKind::Routine => {
                let text = self.kept(schema, &key.name).await?;
                let altered = self.altered(schema, &key.name, &text).await?;
                Ok([Some(text), altered].into_iter().flatten().collect::<Vec<_>>().join(GO))
            }
            ObjectKind::Trigger => self.kept(schema, &key.name).await,
            ObjectKind::Index | ObjectKind::Constraint => {
                let table = key.signature.as_deref().ok_or_else(|| missing(&key.name))?;
                let catalog = self.relation(schema, table).await?;
                let id = catalog.find_relation(Some(schema), table).ok_or_else(|| missing(table))?;
                let relation = catalog.relation(id).ok_or_else(|| missing(table))?;
                part(relation, &key.name).ok_or_else(|| missing(&key.name))
            }
            ObjectKind::Sequence => {
                let catalog = self.read(schema, Some(&key.name), &[Kind::Schemas, Kind::Sequences]).await?;
                let found =
                    catalog.sequences.iter().find(|one| one.name == key.name).ok_or_else(|| missing(&key.name))?;
                let mut text = format!("CREATE SEQUENCE {}", quote::path(schema, &found.name));
                text.push_str(&found.data_type.as_ref().map_or_else(String::new, |name| format!(" AS {name}")));
                for (words, number) in [
                    ("START WITH", found.start),
                    ("INCREMENT BY", found.increment),
                    ("MINVALUE", found.minimum),
                    ("MAXVALUE", found.maximum),
                    ("CACHE", found.cache),
                ] {
                    text.push_str(&number.map_or_else(String::new, |number| format!("\n  {words} {number}")));
                }
                text.push_str(if found.cycle { "\n  CYCLE;" } else { ";" });
                Ok(text)
            }
            ObjectKind::Type => {
                let catalog = self.read(schema, None, &[Kind::Schemas, Kind::Types]).await?;
                let found = catalog.types.iter().find(|one| one.name == key.name).ok_or_else(|| missing(&key.name))?;
                let base = found.base_type.as_deref().ok_or_else(|| unsupported("An assembly's type"))?;
                let null = if found.constraints.is_empty() { "NULL" } else { "NOT NULL" };
                Ok(format!("CREATE TYPE {} FROM {base} {null};", quote::path(schema, &key.name)))
            }
            _ => Err(unsupported("An object of this kind")),
        }
    }
}

#[async_trait]
impl Ddl for Definitions {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        Ok(self.text(key).await?.into())
    }
}

fn missing(name: &str) -> Error {
    Error::new(Code::NotFound, format!("{name} is not there, or this login may not see it."))
}

fn unsupported(what: &str) -> Error {
    Error::new(Code::Unsupported, format!("{what} has no definition text here."))
}

/// A constraint or an index of a relation by itself.
fn part(relation: RelationWalker<'_>, name: &str) -> Option<String> {
    let table = quote::path(relation.schema(), &relation.row().name);
    let constraints = relation.constraints().iter().map(|one| (one.name.as_deref(), one.definition.value()));
    let keys = relation.foreign_keys().iter().map(|one| (one.name.as_deref(), one.definition.value()));
    let constraint = constraints.chain(keys).find(|(own, _)| *own == Some(name)).and_then(|(_, text)| text);
    if let Some(text) = constraint {
        return Some(format!("ALTER TABLE {table} ADD CONSTRAINT {} {text};", quote::name(name)));
    }
    let index = relation.indexes().iter().find(|index| index.name == name)?;
    index.definition.value().map(|text| format!("{text};"))
}

/// A table's own statement.
fn table(relation: RelationWalker<'_>, identity: Option<&str>) -> String {
    let mut lines = Vec::new();
    for column in relation.columns() {
        let mut line = quote::name(&column.name);
        if let Some(generated) = &column.generated {
            line.push_str(&format!(" AS {}", generated.expression.as_deref().unwrap_or_default()));
            line.push_str(if generated.stored { " PERSISTED" } else { "" });
            lines.push(line);
            continue;
        }
        line.push_str(&format!(" {}", column.native_type));
        if let Some(collation) = &column.collation {
            line.push_str(&format!(" COLLATE {collation}"));
        }
        if column.identity.is_some() {
            line.push_str(&format!(" {}", identity.unwrap_or("IDENTITY")));
        }
        line.push_str(if column.nullable.value() == Some(&true) { " NULL" } else { " NOT NULL" });
        if let Some(default) = &column.default {
            line.push_str(&format!(" DEFAULT {default}"));
        }
        lines.push(line);
    }
    let constraints = relation.constraints().iter().map(|one| (&one.name, one.definition.value()));
    let keys = relation.foreign_keys().iter().map(|one| (&one.name, one.definition.value()));
    for (name, text) in constraints.chain(keys) {
        let Some(text) = text else { continue };
        let named = name.as_ref().map_or_else(String::new, |name| format!("CONSTRAINT {} ", quote::name(name)));
        lines.push(format!("{named}{text}"));
    }
    format!("CREATE TABLE {} (\n  {}\n);", quote::path(relation.schema(), &relation.row().name), lines.join(",\n  "))
}
