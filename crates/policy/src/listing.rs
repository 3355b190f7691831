//! Lists of policies: what `policy list` prints and `policy apply` takes.
//!
//! As JSON a [`Listing`] is stable:
//!
//! ```json
//! {"version": 1,
//!  "tables": [
//!   {"schema": "app", "table": "documents", "row_security": true, "forced": false,
//!    "policies": [
//!     {"name": "own rows", "command": "select", "permissive": true, "roles": ["authenticated"],
//!      "using": "owner_id = (select auth.uid())", "comment": "each their own"}]}]}
//! ```
//!
//! `command` is `all`, `select`, `insert`, `update` or `delete`; `roles` holds `PUBLIC` for everyone, and so does an empty
//! list; `using`, `with_check` and `comment` are left out where there is none. `row_security` and `forced` may be left out:
//! they then stay as they are. Fields that are not known are refused, so that a misspelt one does not pass for a missing one.
//!
//! As SQL it is `ALTER TABLE … ROW LEVEL SECURITY`, `CREATE POLICY` and `COMMENT ON POLICY` statements, and nothing else is
//! read. Expressions keep their own text.

mod sql;

use std::collections::BTreeMap;

use catalog::{Catalog, PolicyCommand, RelationId};
use serde::{Deserialize, Serialize};

use crate::expression::{Problem, normal};
use crate::name;

/// A table by its names, as the server keeps them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Table {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table: String,
}

impl Table {
    /// The table of these names.
    pub fn new(schema: &str, table: &str) -> Self {
        Table { schema: schema.to_owned(), table: table.to_owned() }
    }

    /// Its names in SQL.
    pub fn sql(&self) -> String {
        name::qualified(&self.schema, &self.table)
    }
}

/// A policy as it is or is to be, without its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Which commands it speaks of.
    pub command: PolicyCommand,
    /// Permissive policies are joined with OR; restrictive ones narrow the result with AND.
    pub permissive: bool,
    /// Whom it applies to; `PUBLIC`, or none at all, is everyone.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The USING expression: which rows are seen. Not for INSERT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// The WITH CHECK expression: which rows may be written. Not for SELECT and DELETE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_check: Option<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Draft {
    /// A permissive policy for everyone without expressions.
    pub fn new(name: &str, command: PolicyCommand) -> Self {
        Draft {
            name: name.to_owned(),
            command,
            permissive: true,
            roles: Vec::new(),
            using: None,
            with_check: None,
            comment: None,
        }
    }

    /// The policy of a catalog.
    pub fn of(policy: &catalog::Policy) -> Self {
        Draft {
            name: policy.name.clone(),
            command: policy.command,
            permissive: policy.permissive,
            roles: policy.roles.clone(),
            using: policy.using.clone(),
            with_check: policy.with_check.clone(),
            comment: policy.comment.clone(),
        }
    }

    /// The same as a catalog keeps it.
    pub fn on(&self, relation: RelationId) -> catalog::Policy {
        catalog::Policy {
            relation,
            name: name::cut(&self.name).to_owned(),
            command: self.command,
            permissive: self.permissive,
            roles: self.role_names(),
            using: self.using.clone(),
            with_check: self.with_check.clone(),
            comment: self.comment.clone(),
        }
    }

    /// Whom it applies to, sorted; everyone as `PUBLIC` alone, which takes in all others.
    pub fn role_names(&self) -> Vec<String> {
        if self.roles.is_empty() || self.roles.iter().any(|role| role == "PUBLIC") {
            return vec!["PUBLIC".to_owned()];
        }
        let mut roles: Vec<String> = self.roles.iter().map(|role| name::cut(role).to_owned()).collect();
        roles.sort();
        roles.dedup();
        roles
    }

    /// Whether both say the same: texts of expressions may differ in spaces, comments, case and needless parentheses.
    pub fn same(&self, other: &Draft) -> bool {
        name::cut(&self.name) == name::cut(&other.name)
            && self.command == other.command
            && self.permissive == other.permissive
            && self.role_names() == other.role_names()
            && same_text(self.using.as_deref(), other.using.as_deref())
            && same_text(self.with_check.as_deref(), other.with_check.as_deref())
            && said(&self.comment) == said(&other.comment)
    }
}

/// A comment that says something; the server keeps no empty ones.
pub(crate) fn said(comment: &Option<String>) -> Option<&str> {
    comment.as_deref().filter(|comment| !comment.is_empty())
}

/// Whether two expressions are the same but for how they are written down. That the server would make the same of both is
/// not known here: it rewrites `in (1, 2)` to `= any (array[1, 2])`.
pub(crate) fn same_text(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) if one != other => match (normal(one), normal(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
        (one, other) => one == other,
    }
}

/// Row security of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TablePolicies {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table: String,
    /// Whether policies apply; left out, that stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_security: Option<bool>,
    /// Whether they apply to the owner too; left out, that stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<bool>,
    /// All its policies.
    #[serde(default)]
    pub policies: Vec<Draft>,
}

impl TablePolicies {
    /// Its names.
    pub fn names(&self) -> Table {
        Table::new(&self.schema, &self.table)
    }
}

/// Policies of some tables. What is not named is not spoken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The version of the form: 1.
    pub version: u32,
    /// The tables, each once.
    pub tables: Vec<TablePolicies>,
}

/// Why a list could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON, or not of the form.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// What is wrong.
        message: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is of a version that is not known.
    #[error("the list is of version {0}; only 1 is known")]
    Version(u32),
    /// A table, or a policy of one, stands there twice.
    #[error("{0} stands there twice")]
    Twice(String),
    /// A statement cannot be read.
    #[error("{problem}")]
    Sql {
        /// Why.
        problem: Problem,
        /// Where its statement begins, as a byte offset.
        at: usize,
    },
    /// A statement says something that a list does not hold.
    #[error("a list of policies cannot hold this statement: {statement}")]
    Statement {
        /// The statement, cut to its first line.
        statement: String,
        /// Where it begins, as a byte offset.
        at: usize,
    },
}

impl Listing {
    /// The policies of a catalog's tables: of those that `wanted` says yes to, where row security is on or there is a policy.
    pub fn of(catalog: &Catalog, wanted: impl Fn(RelationId) -> bool) -> Self {
        let mut tables = Vec::new();
        for walker in catalog.walk_relations() {
            let security = walker.row().row_security.value().copied();
            let any = !walker.policies().is_empty() || security.is_some_and(|is| is.enabled || is.forced);
            if any && wanted(walker.id()) {
                tables.push(TablePolicies {
                    schema: walker.schema().to_owned(),
                    table: walker.row().name.clone(),
                    row_security: security.map(|is| is.enabled),
                    forced: security.map(|is| is.forced),
                    policies: walker.policies().iter().map(Draft::of).collect(),
                });
            }
        }
        Listing { version: 1, tables }
    }

    /// As JSON, one field a line, with a line end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// As SQL: statements that make these policies on tables that have none.
    pub fn to_sql(&self) -> String {
        sql::write(self)
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// [`Unreadable`], with the place.
    pub fn from_json(text: &str) -> Result<Self, Unreadable> {
        let listing: Listing = serde_json::from_str(text).map_err(|error| Unreadable::Json {
            message: error.to_string(),
            line: error.line(),
            column: error.column(),
        })?;
        if listing.version != 1 {
            return Err(Unreadable::Version(listing.version));
        }
        listing.checked()
    }

    /// Reads SQL; names without a schema are of `default_schema`.
    ///
    /// # Errors
    /// [`Unreadable`], with the place, also for a statement that is none of a list.
    pub fn from_sql(text: &str, default_schema: &str) -> Result<Self, Unreadable> {
        sql::read(text, default_schema)?.checked()
    }

    fn checked(self) -> Result<Self, Unreadable> {
        let mut seen: BTreeMap<Table, ()> = BTreeMap::new();
        for table in &self.tables {
            if seen.insert(table.names(), ()).is_some() {
                return Err(Unreadable::Twice(table.names().sql()));
            }
            let mut names: Vec<&str> = table.policies.iter().map(|policy| name::cut(&policy.name)).collect();
            names.sort_unstable();
            if let Some([name, ..]) = names.windows(2).find(|pair| pair.first() == pair.last()) {
                return Err(Unreadable::Twice(format!("{} on {}", name::quote(name), table.names().sql())));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
