//! Definition texts: the statements that would make an object again, rendered by the server wherever it can.
//!
//! Names are qualified, owners and privileges are left out. A table comes with its columns and constraints, then its indexes,
//! foreign keys, triggers, policies, row-security switches and comments.

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use catalog::{ObjectKey, ObjectKind};
use driver::{Code, Ddl, Error};

use crate::{control::ControlSession, queries};

/// Definition texts over the control session.
pub struct Definitions {
    session: Arc<ControlSession>,
    version: u32,
}

impl Definitions {
    /// For a server of this version (`180004`).
    pub(crate) fn new(session: Arc<ControlSession>, version: u32) -> Self {
        Definitions { session, version }
    }

    fn at(&self, text: &'static str) -> Cow<'static, str> {
        queries::at(text, self.version)
    }

    /// The statements about one relation, or about one part of it.
    async fn relation(&self, key: &ObjectKey, relation: &str, part: Option<&str>) -> Result<Vec<String>, Error> {
        let values = [key.schema.as_deref(), Some(relation)];
        let rows = self.session.query(&self.at(include_str!("queries/definition_relation.sql")), &values).await?;
        let wanted = |row: &crate::catalog::rows::Row<'_>| match part {
            None => row.int(0) != Some(0),
            Some(part) => row.text(1).as_deref() == Some(part) && row.text(2).as_deref() == Some(key.name.as_str()),
        };
        Ok(rows.iter().filter(wanted).filter_map(|row| row.string(3)).collect())
    }

    /// The statements of a query whose columns each hold one, the first of which is the object itself.
    async fn columns(&self, text: &str, values: &[Option<&str>], columns: usize) -> Result<Vec<String>, Error> {
        let rows = self.session.query(text, values).await?;
        if rows.first().is_some_and(|row| row.text(0).is_none()) {
            return Err(Error::new(Code::Unsupported, "The server has no definition text for this object."));
        }
        Ok(rows.iter().flat_map(|row| (0..columns).filter_map(move |column| row.string(column))).collect())
    }

    async fn statements(&self, key: &ObjectKey) -> Result<Vec<String>, Error> {
        let (schema, name) = (key.schema.as_deref(), Some(key.name.as_str()));
        let owner = key.signature.as_deref().unwrap_or_default();
        match key.kind {
            ObjectKind::Relation => self.relation(key, &key.name, None).await,
            ObjectKind::Constraint => self.relation(key, owner, Some("constraint")).await,
            ObjectKind::Trigger => self.relation(key, owner, Some("trigger")).await,
            ObjectKind::Policy => self.relation(key, owner, Some("policy")).await,
            ObjectKind::Index => {
                let rows =
                    self.session.query(&self.at(include_str!("queries/definition_index.sql")), &[schema, name]).await?;
                match rows.first().and_then(|row| row.string(0)) {
                    Some(relation) => self.relation(key, &relation, Some("index")).await,
                    None => Ok(Vec::new()),
                }
            }
            ObjectKind::Routine => {
                let values = [schema, name, key.signature.as_deref()];
                self.columns(&self.at(include_str!("queries/definition_routine.sql")), &values, 2).await
            }
            ObjectKind::Type => {
                self.columns(&self.at(include_str!("queries/definition_type.sql")), &[schema, name], 2).await
            }
            ObjectKind::Sequence => {
                self.columns(&self.at(include_str!("queries/definition_sequence.sql")), &[schema, name], 3).await
            }
            ObjectKind::Schema => {
                self.columns(&self.at(include_str!("queries/definition_schema.sql")), &[name], 2).await
            }
            ObjectKind::Extension => {
                self.columns(&self.at(include_str!("queries/definition_extension.sql")), &[name], 1).await
            }
            ObjectKind::Publication => {
                self.columns(&self.at(include_str!("queries/definition_publication.sql")), &[name], 2).await
            }
            ObjectKind::EventTrigger => {
                self.columns(&self.at(include_str!("queries/definition_event_trigger.sql")), &[name], 3).await
            }
            ObjectKind::Role => self.columns(&self.at(include_str!("queries/definition_role.sql")), &[name], 1).await,
            ObjectKind::Database | ObjectKind::Column | ObjectKind::Event => {
                Err(Error::new(Code::Unsupported, "There is no definition text for objects of this kind."))
            }
        }
    }
}

#[async_trait]
impl Ddl for Definitions {
    async fn definition(&self, key: &ObjectKey) -> Result<Arc<str>, Error> {
        let statements = self.statements(key).await?;
        if statements.is_empty() {
            return Err(Error::new(Code::NotFound, format!("“{}” does not exist any more.", key.name))
                .with_hint("Refresh the catalog."));
        }
        let mut text = String::new();
        for statement in statements {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(statement.trim_end());
            text.push_str(";\n");
        }
        Ok(text.into())
    }
}
