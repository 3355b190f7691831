//! Definition texts, as the server prints them.

use std::sync::Arc;

use async_trait::async_trait;
use catalog::{ObjectKey, ObjectKind};
use driver::{Code, Ddl, Error};

use crate::{
    control::{ControlSession, Rows},
    quote,
};

/// Definition texts over the control session.
pub(crate) struct Definitions {
    session: Arc<ControlSession>,
    database: Option<String>,
}

impl Definitions {
    pub(crate) fn new(session: Arc<ControlSession>, database: Option<String>) -> Self {
        Definitions { session, database }
    }

    /// `SHOW CREATE …`: the text is in the column of this place, and NULL where the login may not see it.
    async fn shown(&self, what: &str, name: &str, column: usize) -> Result<String, Error> {
        let rows = self.session.query(&format!("SHOW CREATE {what} {name}")).await?;
        cell(&rows, column).map(|text| format!("{text};")).ok_or_else(|| {
            Error::new(Code::Forbidden, format!("This login may not see the definition of {name}."))
                .with_hint("Ask for SHOW VIEW, for SELECT on the server's own tables, or for the definer's rights.")
        })
    }

    /// A table with its triggers, or a view.
    async fn relation(&self, schema: &str, key: &ObjectKey) -> Result<String, Error> {
        let name = qualified(schema, &key.name);
        // The server answers for tables, views and sequences alike.
        let rows = self.session.query(&format!("SHOW CREATE TABLE {name}")).await?;
        let Some(text) = cell(&rows, 1) else { return Err(missing(&key.name)) };
        let mut texts = vec![format!("{text};")];
        let asked = format!(
            "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = {} \
             AND EVENT_OBJECT_TABLE = {} ORDER BY ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER",
            quote::text(schema),
            quote::text(&key.name)
        );
        for row in self.session.query(&asked).await? {
            if let Some(Some(trigger)) = row.first() {
                texts.push(self.shown("TRIGGER", &qualified(schema, trigger), 2).await?);
            }
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
        let schema = match (&key.schema, &self.database) {
            (Some(schema), _) | (None, Some(schema)) => schema.as_str(),
            (None, None) => "",
        };
        let name = qualified(schema, &key.name);
        let text = match key.kind {
            ObjectKind::Schema | ObjectKind::Database => self.shown("DATABASE", &quote::name(&key.name), 1).await?,
            ObjectKind::Relation => self.relation(schema, key).await?,
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
}

impl Definitions {
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
