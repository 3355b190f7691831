//! Definition texts, as the server prints them.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use catalog::{ObjectKey, ObjectKind};
use driver::{Code, Ddl, Error};

use crate::{
    control::{ControlSession, Rows},
    dialect::Facts,
    quote,
};

/// From how many of its tables on a schema is asked for all of its triggers at once. The server then looks at every table.
const MANY: usize = 8;

/// The triggers of the tables of schemas, in the order in which they are printed: the table's name and the trigger's.
type Triggers = HashMap<String, Vec<(String, String)>>;

/// Definition texts over the control session.
pub(crate) struct Definitions {
    session: Arc<ControlSession>,
    facts: Facts,
    database: Option<String>,
}

impl Definitions {
    pub(crate) fn new(session: Arc<ControlSession>, facts: Facts, database: Option<String>) -> Self {
        Definitions { session, facts, database }
    }

    /// `SHOW CREATE …`: the text is in the column of this place, and NULL where the login may not see it.
    async fn shown(&self, what: &str, name: &str, column: usize) -> Result<String, Error> {
        let rows = self.session.query(&format!("SHOW CREATE {what} {name}")).await?;
        cell(&rows, column).map(|text| format!("{text};")).ok_or_else(|| {
            Error::new(Code::Forbidden, format!("This login may not see the definition of {name}."))
                .with_hint("Ask for SHOW VIEW, for SELECT on the server's own tables, or for the definer's rights.")
        })
    }

    /// The triggers of one table or of all tables of a schema.
    async fn triggers(&self, schema: &str, table: Option<&str>) -> Result<Vec<(String, String)>, Error> {
        let table = table.map_or(String::new(), |name| format!("AND EVENT_OBJECT_TABLE = {} ", quote::text(name)));
        let asked = format!(
            "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = {} {table}\
             ORDER BY ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER",
            quote::text(schema)
        );
        let rows = self.session.query(&asked).await?.into_iter();
        Ok(rows
            .filter_map(|row| {
                let mut cells = row.into_iter();
                Some((cells.next()??, cells.next()??))
            })
            .collect())
    }

    /// Whether two names are the same table's. What the server compares in its own tables disregards case at times when it
    /// does not where it looks for a table.
    fn is_same(&self, one: &str, other: &str) -> bool {
        one == other || self.facts.lower_case_table_names != 0 && one.to_lowercase() == other.to_lowercase()
    }

    /// A table with its triggers, or a view. `known` are the triggers of schemas that were asked for all of theirs.
    async fn relation(&self, schema: &str, key: &ObjectKey, known: &Triggers) -> Result<String, Error> {
        let name = qualified(schema, &key.name);
        // The server answers for tables, views and sequences alike.
        let rows = self.session.query(&format!("SHOW CREATE TABLE {name}")).await?;
        let Some(text) = cell(&rows, 1) else { return Err(missing(&key.name)) };
        let mut texts = vec![format!("{text};")];
        let own;
        let triggers = match known.get(schema) {
            Some(triggers) => triggers,
            None => {
                own = self.triggers(schema, Some(&key.name)).await?;
                &own
            }
        };
        for (_, trigger) in triggers.iter().filter(|(table, _)| self.is_same(table, &key.name)) {
            texts.push(self.shown("TRIGGER", &qualified(schema, trigger), 2).await?);
        }
        Ok(texts.join("\n\n"))
    }

    /// A line of a table's definition.
    async fn line(&self, schema: &str, key: &ObjectKey) -> Result<String, Error> {
        let Some(table) = &key.signature else { return Err(missing(&key.name)) };
        let table = qualified(schema, table);
        let rows = self.session.query(&format!("SHOW CREATE TABLE {table}")).await?;
        let text = cell(&rows, 1).unwrap_or_default();
        let quoted = quote::name(&key.name);
        let constraint = format!("CONSTRAINT {quoted} ");
        let lines = || text.lines().map(|line| line.trim().trim_end_matches(','));
        let is_it = |line: &str| match (key.kind, key.name.as_str()) {
            (ObjectKind::Column, _) => line.starts_with(&format!("{quoted} ")),
            (_, "PRIMARY") => line.starts_with("PRIMARY KEY"),
            // A foreign key and the index under it have one name.
            (ObjectKind::Constraint, _) if lines().any(|line| line.starts_with(&constraint)) => {
                line.starts_with(&constraint)
            }
            _ => line.contains(&format!("KEY {quoted} ")) && !line.starts_with('`'),
        };
        let line = lines().find(|line| is_it(line));
        line.map(|line| format!("ALTER TABLE {table} ADD {line};")).ok_or_else(|| missing(&key.name))
    }
}

#[async_trait]
impl Ddl for Definitions {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        self.text(key, &Triggers::new()).await
    }

    async fn definitions(&self, keys: &[ObjectKey]) -> Result<Vec<(ObjectKey, Arc<str>)>, Error> {
        let mut tables: HashMap<&str, usize> = HashMap::new();
        for key in keys.iter().filter(|key| key.kind == ObjectKind::Relation) {
            *tables.entry(self.schema(key)).or_default() += 1;
        }
        let mut known = Triggers::new();
        for (schema, _) in tables.into_iter().filter(|(_, count)| *count >= MANY) {
            match self.triggers(schema, None).await {
                Ok(triggers) => {
                    known.insert(schema.to_owned(), triggers);
                }
                // Then each table is asked about, and the refusal is its own.
                Err(error) if is_about_it(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            match self.text(key, &known).await {
                Ok(text) => found.push((key.clone(), text)),
                Err(error) if is_about_it(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Whether a refusal is about the object that was asked for.
fn is_about_it(error: &Error) -> bool {
    // Of the many errors of storage engines few are known by number.
    error.is_about_one_object() || error.code == Code::InvalidStatement
}

impl Definitions {
    /// Where an object is.
    fn schema<'a>(&'a self, key: &'a ObjectKey) -> &'a str {
        key.schema.as_deref().or(self.database.as_deref()).unwrap_or_default()
    }

    async fn text(&self, key: &ObjectKey, known: &Triggers) -> Result<Arc<str>, Error> {
        let schema = self.schema(key);
        let name = qualified(schema, &key.name);
        let text = match key.kind {
            ObjectKind::Schema | ObjectKind::Database => self.shown("DATABASE", &quote::name(&key.name), 1).await?,
            ObjectKind::Relation => self.relation(schema, key, known).await?,
            ObjectKind::Sequence => self.shown("SEQUENCE", &name, 1).await?,
            ObjectKind::Trigger => self.shown("TRIGGER", &name, 2).await?,
            ObjectKind::Event => self.shown("EVENT", &name, 3).await?,
            ObjectKind::Routine => match key.signature.as_deref() {
                Some("procedure") => self.shown("PROCEDURE", &name, 2).await?,
                Some("function") => self.shown("FUNCTION", &name, 2).await?,
                _ => match self.shown("FUNCTION", &name, 2).await {
                    Err(error) if error.code == Code::NotFound => self.shown("PROCEDURE", &name, 2).await?,
                    result => result?,
                },
            },
            ObjectKind::Index | ObjectKind::Constraint | ObjectKind::Column => self.line(schema, key).await?,
            ObjectKind::Role => self.role(&key.name).await?,
            ObjectKind::Policy
            | ObjectKind::Type
            | ObjectKind::Extension
            | ObjectKind::Publication
            | ObjectKind::EventTrigger => {
                return Err(Error::new(
                    Code::Unsupported,
                    "This server has no definition text for this kind of object.",
                ));
            }
        };
        Ok(Arc::from(text))
    }

    /// What a user or role may do.
    async fn role(&self, name: &str) -> Result<String, Error> {
        let account = match name.rsplit_once('@') {
            Some((user, host)) => format!("{}@{}", quote::name(user), quote::name(host)),
            None => quote::name(name),
        };
        let rows = self.session.query(&format!("SHOW GRANTS FOR {account}")).await?;
        // A password's digest is nobody's business here.
        let lines = rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).map(|line| {
            let shown = line.split(" IDENTIFIED ").next().unwrap_or_default().to_owned();
            format!("{shown};")
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }
}

fn qualified(schema: &str, name: &str) -> String {
    match schema.is_empty() {
        true => quote::name(name),
        false => format!("{}.{}", quote::name(schema), quote::name(name)),
    }
}

fn cell(rows: &Rows, column: usize) -> Option<&str> {
    rows.first()?.get(column)?.as_deref()
}

fn missing(name: &str) -> Error {
    Error::new(Code::NotFound, format!("{name} does not exist."))
}
