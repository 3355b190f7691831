//! Keys, checks and indexes as a person fills them in, written as the server would.

use catalog::{Action, ConstraintKind, ObjectKey, ObjectKind};
use serde::{Deserialize, Serialize};

use crate::definition::{Body, Constraint, Definition, Engine, ForeignKey, Index, Server, relation_of};

/// A foreign key as it is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKeyForm {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub references: ObjectKey,
    /// The columns there, pairwise.
    pub referenced_columns: Vec<String>,
    /// What becomes of referring rows when a referred one is deleted.
    pub on_delete: Action,
    /// What becomes of them when its key changes.
    pub on_update: Action,
    /// Whether it may be checked at commit, and whether it is unless told otherwise. Not in MySQL and MariaDB.
    pub deferrable: Option<bool>,
    /// Whether rows that are there are left unchecked until a VALIDATE. PostgreSQL only.
    pub not_valid: bool,
}

/// A key of an index as it is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyForm {
    /// A column, or an expression.
    pub text: String,
    /// Whether it is an expression.
    pub expression: bool,
    /// From the greatest to the least.
    pub descending: bool,
    /// Where NULLs stand, where that is not as usual. PostgreSQL only.
    pub nulls_first: Option<bool>,
}

/// An index as it is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexForm {
    /// Its name.
    pub name: String,
    /// Its table or materialized view.
    pub relation: ObjectKey,
    /// Whether it refuses duplicates.
    pub unique: bool,
    /// Its access method; as usual where it is `None`. In MySQL and MariaDB `fulltext` and `spatial` are methods too.
    pub method: Option<String>,
    /// Its keys.
    pub keys: Vec<KeyForm>,
    /// Columns that are carried along. PostgreSQL only.
    pub included: Vec<String>,
    /// Only rows of which this is true. PostgreSQL and SQLite.
    pub predicate: Option<String>,
}

impl Definition {
    /// The index that MySQL and MariaDB make with a foreign key where none begins with its columns, under the key's name
    /// (<https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>); said with the key, so that it goes with it too.
    pub fn supporting_index(&self, table: &ObjectKey, name: &str, form: &ForeignKeyForm) -> Option<(ObjectKey, Body)> {
        if !matches!(self.server.engine, Engine::MySql | Engine::MariaDb) {
            return None;
        }
        let covered = self.objects.values().any(|object| match &object.body {
            Body::Index(one) => one.relation == *table && one.keys.starts_with(&form.columns),
            _ => false,
        });
        let key =
            |column: &String| KeyForm { text: column.clone(), expression: false, descending: false, nulls_first: None };
        (!covered).then(|| {
            self.server.index(&IndexForm {
                name: name.to_owned(),
                relation: table.clone(),
                unique: false,
                method: None,
                keys: form.columns.iter().map(key).collect(),
                included: Vec::new(),
                predicate: None,
            })
        })
    }
}

impl Server {
    /// A name in its SQL.
    pub fn quote(self, name: &str) -> String {
        match self.engine {
            Engine::Postgres => policy::name::quote(name),
            Engine::MySql | Engine::MariaDb => format!("`{}`", name.replace('`', "``")),
            Engine::Sqlite => self.dialect().quote_identifier_if_needed(name),
        }
    }

    fn list(self, names: &[String]) -> String {
        names.iter().map(|name| self.quote(name)).collect::<Vec<_>>().join(", ")
    }

    fn table(self, key: &ObjectKey) -> String {
        match (self.engine, key.schema.as_deref()) {
            (Engine::Postgres, Some(schema)) => format!("{}.{}", self.quote(schema), self.quote(&key.name)),
            _ => self.quote(&key.name),
        }
    }

    /// A foreign key of a form.
    pub fn foreign_key(self, form: &ForeignKeyForm) -> Body {
        let mut text = format!(
            "FOREIGN KEY ({}) REFERENCES {} ({})",
            self.list(&form.columns),
            self.table(&form.references),
            self.list(&form.referenced_columns)
        );
        for (word, action) in [("DELETE", form.on_delete), ("UPDATE", form.on_update)] {
            let action = match action {
                Action::NoAction => continue,
                Action::Restrict => "RESTRICT",
                Action::Cascade => "CASCADE",
                Action::SetNull => "SET NULL",
                Action::SetDefault => "SET DEFAULT",
            };
            text.push_str(&format!(" ON {word} {action}"));
        }
        if let (Some(deferred), Engine::Postgres | Engine::Sqlite) = (form.deferrable, self.engine) {
            text.push_str(if deferred { " DEFERRABLE INITIALLY DEFERRED" } else { " DEFERRABLE" });
        }
        if form.not_valid && self.engine == Engine::Postgres {
            text.push_str(" NOT VALID");
        }
        Body::ForeignKey(ForeignKey {
            columns: form.columns.clone(),
            references: form.references.clone(),
            referenced_columns: form.referenced_columns.clone(),
            text,
        })
    }

    /// A primary key or a unique constraint over columns, under a name, with its identity.
    pub fn key(self, table: &ObjectKey, name: &str, primary: bool, columns: &[String]) -> (ObjectKey, Body) {
        let word = if primary { "PRIMARY KEY" } else { "UNIQUE" };
        let own = |kind: ObjectKind, name: &str| ObjectKey {
            kind,
            name: name.to_owned(),
            signature: Some(table.name.clone()),
            ..table.clone()
        };
        if matches!(self.engine, Engine::MySql | Engine::MariaDb) {
            let name = if primary { "PRIMARY" } else { name };
            let text = match primary {
                true => format!("PRIMARY KEY ({})", self.list(columns)),
                false => format!("UNIQUE KEY {} ({})", self.quote(name), self.list(columns)),
            };
            let index = Index { relation: table.clone(), unique: true, keys: columns.to_vec(), text };
            return (own(ObjectKind::Index, name), Body::Index(index));
        }
        let demands = if primary { ConstraintKind::PrimaryKey } else { ConstraintKind::Unique };
        let text = format!("{word} ({})", self.list(columns));
        (own(ObjectKind::Constraint, name), Body::Constraint(Constraint { demands, columns: columns.to_vec(), text }))
    }

    /// A check of an expression.
    pub fn check(self, expression: &str) -> Body {
        // A comment at its end would take the parenthesis along.
        let end = if expression.contains("--") { "\n)" } else { ")" };
        let text = format!("CHECK ({}{end}", expression.trim());
        Body::Constraint(Constraint { demands: ConstraintKind::Check, columns: Vec::new(), text })
    }

    /// An index of a form, with its identity.
    pub fn index(self, form: &IndexForm) -> (ObjectKey, Body) {
        let of_mysql = matches!(self.engine, Engine::MySql | Engine::MariaDb);
        let keys: Vec<String> = form
            .keys
            .iter()
            .map(|key| {
                let text = if key.expression { format!("({})", key.text) } else { self.quote(&key.text) };
                let order = if key.descending { " DESC" } else { "" };
                let nulls = match key.nulls_first.filter(|_| self.engine == Engine::Postgres) {
                    Some(true) => " NULLS FIRST",
                    Some(false) => " NULLS LAST",
                    None => "",
                };
                format!("{text}{order}{nulls}")
            })
            .collect();
        let keys = format!("({})", keys.join(", "));
        let name = self.quote(&form.name);
        let text = match self.engine {
            Engine::Postgres => {
                let unique = if form.unique { "UNIQUE " } else { "" };
                let method = form.method.as_ref().map(|method| format!(" USING {}", self.quote(method)));
                let mut text = format!(
                    "CREATE {unique}INDEX {name} ON {}{} {keys}",
                    self.table(&form.relation),
                    method.unwrap_or_default()
                );
                if !form.included.is_empty() {
                    text.push_str(&format!(" INCLUDE ({})", self.list(&form.included)));
                }
                if let Some(predicate) = &form.predicate {
                    text.push_str(&format!(" WHERE {predicate}"));
                }
                text
            }
            Engine::MySql | Engine::MariaDb => match (form.unique, form.method.as_deref()) {
                (true, _) => format!("UNIQUE KEY {name} {keys}"),
                (_, Some("fulltext")) => format!("FULLTEXT KEY {name} {keys}"),
                (_, Some("spatial")) => format!("SPATIAL KEY {name} {keys}"),
                (_, Some(method)) => format!("KEY {name} {keys} USING {}", method.to_ascii_uppercase()),
                (_, None) => format!("KEY {name} {keys}"),
            },
            Engine::Sqlite => {
                form.predicate.as_ref().map_or_else(|| keys.clone(), |predicate| format!("{keys} WHERE {predicate}"))
            }
        };
        let key = ObjectKey {
            kind: ObjectKind::Index,
            name: form.name.clone(),
            signature: of_mysql.then(|| form.relation.name.clone()),
            ..form.relation.clone()
        };
        let columns = form.keys.iter().map(|key| key.text.clone()).chain(form.included.iter().cloned());
        let index = Index { relation: form.relation.clone(), unique: form.unique, keys: columns.collect(), text };
        (key, Body::Index(index))
    }

    /// A name for what a person gives none: of the table, what it is about, and its kind; short enough for every server.
    pub fn usual_name(self, table: &ObjectKey, parts: &[String], ending: &str) -> String {
        let table = relation_of(table).map_or_else(|| table.name.clone(), |relation| relation.name);
        let mut stem = table;
        for part in parts {
            stem.push('_');
            stem.push_str(part);
        }
        // 63 bytes of PostgreSQL and 64 characters of MySQL.
        while stem.len() + ending.len() + 1 > policy::name::MOST_NAME_BYTES {
            stem.pop();
        }
        format!("{stem}_{ending}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(references: ObjectKey) -> ForeignKeyForm {
        ForeignKeyForm {
            columns: vec!["Customer".to_owned()],
            references,
            referenced_columns: vec!["id".to_owned()],
            on_delete: Action::Cascade,
            on_update: Action::NoAction,
            deferrable: Some(true),
            not_valid: true,
        }
    }

    fn text(body: &Body) -> &str {
        match body {
            Body::ForeignKey(one) => &one.text,
            Body::Constraint(one) => &one.text,
            Body::Index(one) => &one.text,
            _ => "",
        }
    }

    #[test]
    fn a_foreign_key_is_written_as_each_server_takes_it() {
        let there = ObjectKey::relation(None, Some("app"), "customers");
        assert_eq!(
            text(&Server::postgres(180_000).foreign_key(&form(there.clone()))),
            "FOREIGN KEY (\"Customer\") REFERENCES app.customers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED NOT VALID"
        );
        assert_eq!(
            text(&Server::mariadb(101_100).foreign_key(&form(there.clone()))),
            "FOREIGN KEY (`Customer`) REFERENCES `customers` (`id`) ON DELETE CASCADE"
        );
        assert_eq!(
            text(&Server::sqlite(3_050_000).foreign_key(&form(there))),
            "FOREIGN KEY (Customer) REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
        );
    }

    #[test]
    fn an_index_is_written_as_each_server_takes_it() {
        let form = IndexForm {
            name: "by name".to_owned(),
            relation: ObjectKey::relation(None, Some("app"), "people"),
            unique: true,
            method: None,
            keys: vec![
                KeyForm {
                    text: "lower(name)".to_owned(),
                    expression: true,
                    descending: true,
                    nulls_first: Some(false),
                },
                KeyForm { text: "id".to_owned(), expression: false, descending: false, nulls_first: None },
            ],
            included: vec!["born".to_owned()],
            predicate: Some("id > 1".to_owned()),
        };
        assert_eq!(
            text(&Server::postgres(180_000).index(&form).1),
            "CREATE UNIQUE INDEX \"by name\" ON app.people ((lower(name)) DESC NULLS LAST, id) INCLUDE (born) WHERE id > 1"
        );
        assert_eq!(text(&Server::sqlite(3_050_000).index(&form).1), "((lower(name)) DESC, id) WHERE id > 1");
        assert_eq!(text(&Server::mariadb(101_100).index(&form).1), "UNIQUE KEY `by name` ((lower(name)) DESC, `id`)");
    }

    #[test]
    fn names_that_nobody_gave_are_short_enough() {
        let table = ObjectKey::relation(None, Some("app"), &"ü".repeat(40));
        let name = Server::postgres(180_000).usual_name(&table, &["customer_id".to_owned()], "fkey");
        assert!(name.len() <= 63 && name.ends_with("_fkey"), "{name}");
    }
}
