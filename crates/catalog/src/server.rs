//! What belongs to a whole database or server and to no schema of it.

use serde::{Deserialize, Serialize};

use crate::{Enabled, ObjectKey};

/// A role or user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether checks do not apply to it.
    pub superuser: bool,
    /// Whether it can log in.
    pub login: bool,
    /// Whether it inherits the rights of its groups.
    pub inherit: bool,
    /// Whether row security does not apply to it.
    pub bypass_row_security: bool,
    /// Whether it may make databases.
    pub create_database: bool,
    /// Whether it may make roles.
    pub create_role: bool,
    /// Whether it may replicate.
    pub replication: bool,
    /// Most sessions it may have at a time; `None` is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<i64>,
    /// Until when its password is good, as the server prints it; `None` is for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Settings that its sessions begin with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<RoleSetting>,
    /// Roles it is a direct member of.
    pub member_of: Vec<String>,
    /// The same with what each membership allows; one role may be granted by several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A setting that a role's sessions begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSetting {
    /// Only in this database.
    pub database: Option<String>,
    /// What is set.
    pub name: String,
    /// To what, as the server keeps it.
    pub value: String,
}

/// One role's place in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The role it is a member of.
    pub role: String,
    /// Whether it may make others members.
    pub admin: bool,
    /// Whether it has the role's rights without asking; `None` where the server has no such option of a membership.
    pub inherit: Option<bool>,
    /// Whether it may become the role; `None` where the server has no such option of a membership.
    pub set: Option<bool>,
    /// Who made it a member.
    pub grantor: Option<String>,
}

/// An installed extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Its installed version.
    pub version: Option<String>,
    /// The schema its objects are in.
    pub schema: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// An object that came with an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionMember {
    /// The extension's name.
    pub extension: String,
    /// The object: a relation, sequence, routine or type.
    pub object: ObjectKey,
}

/// Objects of a kind that nothing but their names is read of, and what a relation has that its parts do not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    /// The schema that holds them; `None` is the database.
    pub schema: Option<String>,
    /// The relation that holds them.
    pub relation: Option<String>,
    /// What they are, in the plural: `rules`.
    pub what: String,
    /// Their names, sorted.
    pub names: Vec<String>,
}

/// Changes of tables that subscribers on other servers can follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// Whether it has every table of the database, later ones too.
    pub all_tables: bool,
    /// Whether new rows are published.
    pub insert: bool,
    /// Whether changed rows are published.
    pub update: bool,
    /// Whether deleted rows are published.
    pub delete: bool,
    /// Whether it is published that a table was emptied.
    pub truncate: bool,
    /// Whether a partition's changes are published as its root's.
    pub via_root: bool,
    /// Whether the values of stored generated columns are published.
    pub generated_columns: bool,
    /// Schemas of which it has every table, later ones too.
    pub schemas: Vec<String>,
    /// Tables that were named.
    pub tables: Vec<PublishedTable>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A table of a publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTable {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Only these of its columns.
    pub columns: Option<Vec<String>>,
    /// Only rows of which this is true.
    pub filter: Option<String>,
}

/// A trigger on statements that change the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTrigger {
    /// Its name.
    pub name: String,
    /// What it waits for (`ddl_command_end` …).
    pub event: String,
    /// Only these statements (`CREATE TABLE` …); empty is all.
    pub tags: Vec<String>,
    /// The function it calls, qualified and quoted as the server would.
    pub function: Option<String>,
    /// Whether it runs.
    pub enabled: Enabled,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}
