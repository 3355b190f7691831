//! Policies for what tables are mostly for, bound to a table's own columns.
//!
//! Each template gives drafts in the form that is fast: what does not depend on the row stands in a scalar sub-select, so that
//! it is computed once and an index can serve the column, and membership is `= any (array(select …))`, which is computed once
//! too; `is_member(team_id)` for every row is not. With them come the indexes they want where there are none. Everything is a
//! draft: what a template cannot know (who the user is, what the roles are called) is [`Who`], given by the caller.

use catalog::{Catalog, PolicyCommand, RelationId};
use serde::{Deserialize, Serialize};

use crate::listing::{Draft, Table};
use crate::name;

/// Who asks, as expressions of the database at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The user's id: `auth.uid()`, `current_setting('app.user_id', true)::bigint`, `current_user`.
    pub user: String,
    /// The role of those who are signed in.
    pub authenticated: String,
    /// The role of everyone else; `None` is PUBLIC.
    pub anonymous: Option<String>,
}

impl Who {
    /// As the catalog suggests: `auth.uid()` where there is such a function, else a setting; the roles `authenticated` and `anon`
    /// where there are such, else PUBLIC. A guess.
    pub fn guess(catalog: &Catalog) -> Self {
        let has = |role: &str| catalog.roles.iter().any(|known| known.name == role);
        let uid = catalog
            .routines
            .iter()
            .any(|routine| routine.name == "uid" && catalog.schema_name(routine.schema) == "auth");
        let role = |name: &str| has(name).then(|| name.to_owned());
        Who {
            user: if uid { "auth.uid()".to_owned() } else { "current_setting('app.user_id', true)".to_owned() },
            authenticated: role("authenticated").unwrap_or_else(|| "PUBLIC".to_owned()),
            anonymous: role("anon"),
        }
    }
}

/// A membership table: who belongs to which team, tenant or organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// The table.
    pub table: Table,
    /// Its column that names the group.
    pub group: String,
    /// Its column that names the user.
    pub user: String,
}

/// What a table is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "template")]
pub enum Template {
    /// Each user sees and writes their own rows.
    OwnRows {
        /// The column that names the owner.
        owner: String,
    },
    /// Members of a row's group see and write it.
    Membership {
        /// The column that names the group.
        group: String,
        /// Who is a member.
        members: Members,
    },
    /// A role may do everything with every row.
    Role {
        /// The role.
        role: String,
    },
    /// Everyone reads every row.
    PublicRead,
    /// Who is signed in reads every row.
    AuthenticatedRead,
    /// Who owns a row writes it; reading is left to other policies.
    OwnerWrites {
        /// The column that names the owner.
        owner: String,
    },
    /// Users with a flag may do everything.
    AdminAll {
        /// A condition of the user that does not depend on the row, such as `is_admin()`.
        condition: String,
    },
    /// Rows that are marked as deleted are hidden; restrictive.
    SoftDeleted {
        /// The column: a time, NULL while the row lives, or a boolean.
        column: String,
        /// It is a boolean.
        boolean: bool,
    },
    /// Rows are seen within their time; restrictive.
    TimeLimited {
        /// The column that says from when, or none.
        from: Option<String>,
        /// The column that says until when, or none.
        until: Option<String>,
    },
    /// Nobody gets past a condition of the session (a second factor); restrictive.
    Guard {
        /// The condition, such as `(auth.jwt() ->> 'aal') = 'aal2'`.
        condition: String,
    },
    /// Rows of other tenants are out of reach whatever other policies say; restrictive.
    TenantFence {
        /// The column that names the tenant.
        tenant: String,
        /// The session's tenant, such as `current_setting('app.tenant', true)`.
        session: String,
    },
    /// Rows are added and never changed.
    InsertOnly {
        /// The column that has to name the user who adds, or none.
        owner: Option<String>,
    },
}

/// What a template makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The policies.
    pub policies: Vec<Draft>,
    /// `CREATE INDEX` statements that the policies want and the catalog does not show.
    pub indexes: Vec<String>,
    /// What has to be known about it.
    pub notes: Vec<String>,
}

impl Template {
    /// Its policies for a table.
    pub fn on(&self, catalog: &Catalog, relation: RelationId, who: &Who) -> Made {
        let walker = catalog.relation(relation);
        let table = walker.map_or_else(|| Table::new("", ""), |walker| Table::new(walker.schema(), &walker.row().name));
        let mut made = Made { policies: Vec::new(), indexes: Vec::new(), notes: Vec::new() };
        let user = once(&typed(&who.user, catalog, relation, self.owner()));
        let signed_in = vec![who.authenticated.clone()];
        let draft = |name: &str, command, roles: &[String], using: Option<&str>, check: Option<&str>| Draft {
            roles: roles.to_vec(),
            using: using.map(str::to_owned),
            with_check: check.map(str::to_owned),
            ..Draft::new(name, command)
        };
        let mut wants = |column: &str| made.indexes.extend(index_wanted(catalog, relation, &table, column));
        use PolicyCommand::{All, Delete, Insert, Select, Update};
        made.policies = match self {
            Template::OwnRows { owner } => {
                wants(owner);
                let mine = format!("{} = {user}", name::quote(owner));
                vec![draft("own rows", All, &signed_in, Some(&mine), Some(&mine))]
            }
            Template::Membership { group, members } => {
                wants(group);
                let user = once(&match catalog.find_relation(Some(&members.table.schema), &members.table.table) {
                    Some(id) => {
                        wants_of_members(catalog, id, members, &mut made.indexes);
                        typed(&who.user, catalog, id, Some(&members.user))
                    }
                    None => who.user.clone(),
                });
                made.notes.push(format!(
                    "Row security of {0} applies to this sub-select too: users have to see their own rows there, by a policy \
                     that does not read {0} itself.",
                    members.table.sql()
                ));
                let ours = format!(
                    "{} = any (array(select m.{} from {} m where m.{} = {user}))",
                    name::quote(group),
                    name::quote(&members.group),
                    members.table.sql(),
                    name::quote(&members.user)
                );
                vec![draft("rows of my groups", All, &signed_in, Some(&ours), Some(&ours))]
            }
            Template::Role { role } => {
                let role = [role.clone()];
                vec![draft("everything for the role", All, &role, Some("true"), Some("true"))]
            }
            Template::PublicRead => {
                let everyone: Vec<String> = match &who.anonymous {
                    Some(anonymous) => vec![anonymous.clone(), who.authenticated.clone()],
                    None => Vec::new(),
                };
                vec![draft("everyone reads", Select, &everyone, Some("true"), None)]
            }
            Template::AuthenticatedRead => vec![draft("signed-in users read", Select, &signed_in, Some("true"), None)],
            Template::OwnerWrites { owner } => {
                wants(owner);
                let mine = format!("{} = {user}", name::quote(owner));
                made.notes.push("Changing and removing by WHERE needs a policy for reading as well.".to_owned());
                vec![
                    draft("owners add", Insert, &signed_in, None, Some(&mine)),
                    draft("owners change", Update, &signed_in, Some(&mine), Some(&mine)),
                    draft("owners remove", Delete, &signed_in, Some(&mine), None),
                ]
            }
            Template::AdminAll { condition } => {
                let condition = once(condition);
                vec![draft("admins do everything", All, &signed_in, Some(&condition), Some(&condition))]
            }
            Template::SoftDeleted { column, boolean } => {
                let column = name::quote(column);
                let alive = if *boolean { format!("{column} is not true") } else { format!("{column} is null") };
                made.notes.push(
                    "A row cannot be marked as deleted by who may only see living ones: the changed row has to be seen. \
                     Let a function or a role of its own do it."
                        .to_owned(),
                );
                vec![Draft { permissive: false, ..draft("deleted rows are hidden", Select, &[], Some(&alive), None) }]
            }
            Template::TimeLimited { from, until } => {
                let mut sides = Vec::new();
                for (column, operator) in [(from, "<="), (until, ">")] {
                    let Some(column) = column else { continue };
                    let column = name::quote(column);
                    sides.push(format!("({column} is null or {column} {operator} (select now()))"));
                }
                let within = if sides.is_empty() { "true".to_owned() } else { sides.join(" and ") };
                vec![Draft { permissive: false, ..draft("within their time", Select, &[], Some(&within), None) }]
            }
            Template::Guard { condition } => {
                let condition = once(condition);
                let guard = draft("guard", All, &signed_in, Some(&condition), Some(&condition));
                vec![Draft { permissive: false, ..guard }]
            }
            Template::TenantFence { tenant, session } => {
                wants(tenant);
                let session = once(&typed(session, catalog, relation, Some(tenant)));
                let fence = format!("{} = {session}", name::quote(tenant));
                let draft = draft("tenant fence", All, &[], Some(&fence), Some(&fence));
                vec![Draft { permissive: false, ..draft }]
            }
            Template::InsertOnly { owner } => {
                let check =
                    owner.as_ref().map_or("true".to_owned(), |owner| format!("{} = {user}", name::quote(owner)));
                made.notes.push("Without a policy for reading, INSERT … RETURNING is refused.".to_owned());
                vec![draft("rows are only added", Insert, &signed_in, None, Some(&check))]
            }
        };
        made
    }

    fn owner(&self) -> Option<&str> {
        match self {
            Template::OwnRows { owner } | Template::OwnerWrites { owner } => Some(owner),
            Template::InsertOnly { owner } => owner.as_deref(),
            _ => None,
        }
    }
}

/// An expression of the session in a scalar sub-select, so that it is computed once.
fn once(expression: &str) -> String {
    let expression = expression.trim();
    if expression.to_lowercase().starts_with("(select ") {
        expression.to_owned()
    } else {
        format!("(select {expression})")
    }
}

/// A setting is a text: it is cast to what it is compared with, and an empty one, which a setting is after it was set once, is
/// no value. Functions have types of their own.
fn typed(expression: &str, catalog: &Catalog, relation: RelationId, column: Option<&str>) -> String {
    let is_setting = expression.starts_with("current_setting(") && expression.ends_with(')');
    let columns = catalog.relation(relation).map_or(&[][..], |walker| walker.columns());
    let native =
        column.and_then(|name| columns.iter().find(|known| known.name == name)).map(|known| &known.native_type);
    match native {
        Some(native) if is_setting && !matches!(native.as_str(), "text") && !native.starts_with("character") => {
            format!("nullif({expression}, '')::{native}")
        }
        _ => expression.to_owned(),
    }
}

/// The index for a column, unless one begins with it.
fn index_wanted(catalog: &Catalog, relation: RelationId, table: &Table, column: &str) -> Option<String> {
    let walker = catalog.relation(relation)?;
    let served = walker.indexes().iter().any(|index| {
        index.predicate.is_none() && index.keys.first().is_some_and(|key| !key.expression && key.text == column)
    });
    (!served).then(|| format!("CREATE INDEX ON {} ({})", table.sql(), name::quote(column)))
}

/// The membership table is read by user, and the group is what is wanted of it.
fn wants_of_members(catalog: &Catalog, relation: RelationId, members: &Members, indexes: &mut Vec<String>) {
    if index_wanted(catalog, relation, &members.table, &members.user).is_some() {
        let (user, group) = (name::quote(&members.user), name::quote(&members.group));
        indexes.push(format!("CREATE INDEX ON {} ({user}, {group})", members.table.sql()));
    }
}

/// Templates that fit a table, with its own columns, the likeliest first. Names and types are what is looked at, so that
/// these are suggestions.
pub fn suggested(catalog: &Catalog, relation: RelationId) -> Vec<Template> {
    let Some(walker) = catalog.relation(relation) else { return Vec::new() };
    let columns = walker.columns();
    let named = |names: &[&str]| {
        names.iter().find_map(|name| columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    };
    let mut found = Vec::new();
    let owner = named(&["user_id", "owner_id", "owner", "created_by", "author_id", "profile_id"]);
    let groups = [
        "tenant_id",
        "org_id",
        "organization_id",
        "organisation_id",
        "team_id",
        "workspace_id",
        "account_id",
        "group_id",
    ];
    let group = named(&groups);
    if let Some(group) = group {
        for members in members_for(catalog, relation, &group.name) {
            found.push(Template::Membership { group: group.name.clone(), members });
        }
    }
    if let Some(owner) = owner {
        found.push(Template::OwnRows { owner: owner.name.clone() });
        found.push(Template::OwnerWrites { owner: owner.name.clone() });
    }
    if let Some(group) = group {
        let session = "current_setting('app.tenant', true)".to_owned();
        found.push(Template::TenantFence { tenant: group.name.clone(), session });
    }
    if let Some(deleted) = named(&["deleted_at", "deleted", "is_deleted", "archived_at"]) {
        let boolean = deleted.native_type == "boolean";
        found.push(Template::SoftDeleted { column: deleted.name.clone(), boolean });
    }
    let is_time =
        |column: &&catalog::Column| column.native_type.starts_with("timestamp") || column.native_type == "date";
    let from = named(&["valid_from", "starts_at", "published_at", "visible_from"]).filter(is_time);
    let until = named(&["valid_until", "valid_to", "ends_at", "expires_at"]).filter(is_time);
    if from.is_some() || until.is_some() {
        let name = |column: Option<&catalog::Column>| column.map(|column| column.name.clone());
        found.push(Template::TimeLimited { from: name(from), until: name(until) });
    }
    let table = walker.row().name.to_lowercase();
    if ["log", "audit", "event", "history"].iter().any(|word| table.contains(word)) {
        found.push(Template::InsertOnly { owner: owner.map(|owner| owner.name.clone()) });
    }
    found.extend([Template::AuthenticatedRead, Template::PublicRead]);
    found
}

/// Tables that say who belongs to the groups of that column: those with a column for the group, by name or by a foreign key to
/// the same table, and one for a user.
fn members_for(catalog: &Catalog, relation: RelationId, group: &str) -> Vec<Members> {
    let target = |id: RelationId, column: &str| {
        let keys = catalog.relation(id).map_or(&[][..], |walker| walker.foreign_keys());
        keys.iter().find(|key| key.columns == [column]).map(|key| &key.references)
    };
    let referred = target(relation, group);
    let mut found = Vec::new();
    for walker in catalog.walk_relations().filter(|walker| walker.id() != relation) {
        let likely = ["member", "user_", "_user", "role"].iter().any(|word| walker.row().name.contains(word));
        let user = ["user_id", "profile_id", "member_id", "account_id"]
            .iter()
            .find_map(|name| walker.columns().iter().find(|column| column.name == *name && column.name != group));
        let theirs = walker.columns().iter().find(|column| {
            column.name == group || (referred.is_some() && target(walker.id(), &column.name) == referred)
        });
        if let (true, Some(user), Some(theirs)) = (likely, user, theirs) {
            let table = Table::new(walker.schema(), &walker.row().name);
            found.push(Members { table, group: theirs.name.clone(), user: user.name.clone() });
        }
    }
    found
}

#[cfg(test)]
mod tests;
