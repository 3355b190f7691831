//! Users, roles and privileges.

use catalog::{Coverage, Grant, Known, Membership, ObjectKey, ObjectKind, Role};
use driver::Error;

use super::{Reading, Row};
use crate::quote;

/// What stands for all databases of the server, as `GRANT … ON *.*` does.
const EVERYWHERE: &str = "*";

impl Reading<'_> {
    /// Users are named `user@host`; a role of MariaDB has no host.
    pub(super) async fn roles(&mut self) -> Result<Coverage, Error> {
        let is_role = match (self.facts.mariadb, self.facts.version_number) {
            (true, _) => "is_role",
            // A MySQL role is a user that is locked; nothing else tells them apart.
            (false, 50_706..) => "IF(account_locked = 'Y' AND authentication_string = '', 'Y', 'N')",
            _ => "'N'",
        };
        let text = format!(
            "SELECT User, Host, {is_role}, Super_priv, Create_priv, Create_user_priv, Repl_slave_priv FROM mysql.user \
             ORDER BY User, Host"
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        let (from_user, from_host, to_user, to_host, admin, table) = match self.facts.mariadb {
            true => ("Role", "''", "User", "Host", "Admin_option", "mysql.roles_mapping"),
            false => ("FROM_USER", "FROM_HOST", "TO_USER", "TO_HOST", "WITH_ADMIN_OPTION", "mysql.role_edges"),
        };
        let text = format!("SELECT {to_user}, {to_host}, {from_user}, {from_host}, {admin} FROM {table} ORDER BY 3, 4");
        let members = self.ask(&text).await?.unwrap_or_default();
        let mut pairs = Vec::new();
        for row in members {
            let mut row = Row(row);
            let (member, role) = (account(&row.text(), &row.text()), account(&row.text(), &row.text()));
            let admin = row.text() == "Y";
            // A role counts only for sessions that take it up, and every member may.
            pairs.push((member, Membership { role, admin, inherit: None, set: None, grantor: None }));
        }
        for row in rows {
            let mut row = Row(row);
            let name = account(&row.text(), &row.text());
            let mut yes = || row.text() == "Y";
            let (is_role, superuser, create_database, create_role, replication) = (yes(), yes(), yes(), yes(), yes());
            let own = pairs.iter().filter(|(member, _)| *member == name);
            let memberships: Vec<Membership> = own.map(|(_, membership)| membership.clone()).collect();
            self.catalog.roles.push(Role {
                name,
                superuser,
                login: !is_role,
                inherit: false,
                bypass_row_security: true,
                create_database,
                create_role,
                replication,
                member_of: memberships.iter().map(|membership| membership.role.clone()).collect(),
                memberships,
                ..Role::default()
            });
        }
        Ok(Known::Value(()))
    }

    /// What the server shows of privileges: all of them to who may read its own tables, otherwise one's own.
    pub(super) async fn grants(&mut self) -> Result<Coverage, Error> {
        // Those over everything belong to no database.
        let one = self.scope.relation.as_deref();
        let everywhere = match (&self.scope.schemas, one) {
            (Some(_), None) => "",
            _ => {
                "SELECT GRANTEE, '' AS TABLE_SCHEMA, '', '', PRIVILEGE_TYPE, IS_GRANTABLE \
                 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE' UNION ALL "
            }
        };
        // A privilege over databases may name them by a pattern.
        let databases = match (&self.scope.schemas, one) {
            (Some(schemas), Some(_)) if !schemas.is_empty() => {
                let covers = |schema: &String| format!("{} LIKE TABLE_SCHEMA", quote::text(schema));
                schemas.iter().map(covers).collect::<Vec<_>>().join(" OR ")
            }
            _ => self.within("TABLE_SCHEMA", None),
        };
        let text = format!(
            "{everywhere}SELECT GRANTEE, TABLE_SCHEMA, '', '', PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.SCHEMA_PRIVILEGES \
             WHERE {databases} UNION ALL \
             SELECT GRANTEE, TABLE_SCHEMA, TABLE_NAME, '', PRIVILEGE_TYPE, IS_GRANTABLE \
             FROM information_schema.TABLE_PRIVILEGES WHERE {0} UNION ALL \
             SELECT GRANTEE, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE, IS_GRANTABLE \
             FROM information_schema.COLUMN_PRIVILEGES WHERE {0} ORDER BY 2, 3, 4, 1, 5",
            self.within("TABLE_SCHEMA", Some("TABLE_NAME"))
        );
        let rows = match self.ask(&text).await? {
            Ok(rows) => rows,
            Err(coverage) => return Ok(coverage),
        };
        for row in rows {
            let mut row = Row(row);
            let (grantee, schema, table, column) = (row.text(), row.text(), row.text(), row.some());
            let object = match table.is_empty() {
                true if schema.is_empty() => {
                    ObjectKey { kind: ObjectKind::Database, ..ObjectKey::relation(None, None, EVERYWHERE) }
                }
                true => ObjectKey { kind: ObjectKind::Schema, ..ObjectKey::relation(None, None, &schema) },
                false => ObjectKey::relation(None, Some(&schema), &table),
            };
            self.catalog.grants.push(Grant {
                object,
                column,
                // A role has no host.
                grantee: grantee.replace('\'', "").trim_end_matches('@').to_owned(),
                grantor: None,
                privilege: row.text(),
                grantable: row.text() == "YES",
            });
        }
        if one.is_none() {
            self.routine_grants().await?;
        }
        Ok(Known::Value(()))
    }

    /// Privileges on routines, which only the server's own table tells: without leave to read it, those of others are as
    /// unseen as everywhere in the server's views.
    async fn routine_grants(&mut self) -> Result<(), Error> {
        let text = format!(
            "SELECT User, Host, Db, Routine_name, Routine_type, Proc_priv, Grantor FROM mysql.procs_priv WHERE {} \
             ORDER BY Db, Routine_name, Routine_type, User, Host",
            self.within("Db", None)
        );
        let rows = self.ask(&text).await?.unwrap_or_default();
        for row in rows {
            let mut row = Row(row);
            let (grantee, schema, name) = (account(&row.text(), &row.text()), row.text(), row.text());
            let (kind, privileges, grantor) = (row.text().to_ascii_lowercase(), row.text(), row.some());
            let object = ObjectKey {
                kind: ObjectKind::Routine,
                signature: Some(kind),
                ..ObjectKey::relation(None, Some(&schema), &name)
            };
            let (may_grant, held): (Vec<&str>, Vec<&str>) =
                privileges.split(',').filter(|word| !word.is_empty()).partition(|word| *word == "Grant");
            for privilege in held {
                self.catalog.grants.push(Grant {
                    object: object.clone(),
                    column: None,
                    grantee: grantee.clone(),
                    grantor: grantor.clone(),
                    privilege: privilege.to_ascii_uppercase(),
                    grantable: !may_grant.is_empty(),
                });
            }
        }
        Ok(())
    }
}

fn account(user: &str, host: &str) -> String {
    if host.is_empty() { user.to_owned() } else { format!("{user}@{host}") }
}
