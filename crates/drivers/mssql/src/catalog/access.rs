//! Users, roles and what they may do.

use catalog::{Coverage, Grant, Known, ObjectKey, ObjectKind, Role};
use driver::Error;

use super::{Reading, Row};

impl Reading<'_> {
    pub(super) async fn roles(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/roles.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row::new(row);
            let (name, code, member_of) = (row.text(), row.text(), row.some());
            if self.catalog.roles.last().is_none_or(|last| last.name != name) {
                let role = matches!(code.trim(), "R" | "A");
                self.catalog.roles.push(Role {
                    superuser: name == "dbo",
                    login: !role,
                    inherit: true,
                    bypass_row_security: false,
                    create_database: false,
                    create_role: false,
                    replication: false,
                    connection_limit: None,
                    valid_until: None,
                    settings: Vec::new(),
                    member_of: Vec::new(),
                    memberships: Vec::new(),
                    comment: None,
                    name,
                });
            }
            if let (Some(role), Some(of)) = (self.catalog.roles.last_mut(), member_of) {
                role.member_of.push(of);
            }
        }
        Ok(Known::Value(()))
    }

    pub(super) async fn grants(&mut self) -> Result<Coverage, Error> {
        let rows = match self.ask(include_str!("../queries/grants.sql")).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let database = self.catalog.database.clone();
        for row in rows {
            let mut row = Row::new(row);
            let (class, schema, name, code) = (row.text(), row.some(), row.some(), row.text());
            let (column, grantee, grantor, privilege) = (row.some(), row.text(), row.some(), row.text());
            let state = row.text();
            let kind = match (class.as_str(), code.trim()) {
                ("0", _) => ObjectKind::Database,
                ("3", _) => ObjectKind::Schema,
                (_, "U" | "V" | "S" | "ET") => ObjectKind::Relation,
                (_, "SO") => ObjectKind::Sequence,
                (_, "") => continue,
                _ => ObjectKind::Routine,
            };
            let (within, name) = match kind {
                ObjectKind::Database => (None, database.clone()),
                ObjectKind::Schema => (None, schema),
                _ => (schema, name),
            };
            let Some(name) = name else { continue };
            self.catalog.grants.push(Grant {
                object: ObjectKey { database: database.clone(), schema: within, kind, name, signature: None },
                column,
                grantee: if grantee == "public" { "PUBLIC".to_owned() } else { grantee },
                grantor,
                // What is denied is no grant, and outweighs every one.
                privilege: if state.trim() == "D" { format!("DENY {privilege}") } else { privilege },
                grantable: state.trim() == "W",
            });
        }
        Ok(Known::Value(()))
    }
}
