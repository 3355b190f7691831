use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Environment, PasswordCommand, PasswordPolicy, Safety};

/// Whose file connections are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Our own export.
    Rowhouse,
    /// `data-sources.json`, with `credentials-config.json` beside it.
    Dbeaver,
    /// `dataSources.xml`, with `dataSources.local.xml` beside it.
    Datagrip,
    /// `servers.json`, or `pgadmin4.db`.
    Pgadmin,
    /// `Connections.plist`, with `ConnectionGroups.plist` beside it.
    Tableplus,
    /// A file of environment variables (`.env`).
    Env,
    /// `pg_service.conf`.
    Pgservice,
    /// `my.cnf`.
    Mycnf,
}

/// A tool whose connections can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportSource {
    /// Whose file it is.
    pub kind: ImportKind,
    /// What people call it.
    pub label: String,
    /// The file's usual name.
    pub file_name: String,
    /// Files of this kind in their usual places on this computer, the likeliest first.
    pub found: Vec<String>,
}

/// What to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ImportRequest {
    /// The file; `None` takes the usual place of `kind`.
    pub file: Option<String>,
    /// Whose it is; `None` looks at what is in it.
    pub kind: Option<ImportKind>,
    /// Whether passwords are read too: they go to the keychain, or nowhere.
    pub with_passwords: bool,
    /// The group everything is put into instead of its own.
    pub group: Option<String>,
}

/// What was found; nothing is saved yet.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ImportPreview {
    /// Names it for `apply_import`; good for a while.
    pub reference: String,
    /// Whose file it is.
    pub kind: ImportKind,
    /// The file.
    pub file: String,
    /// The connections in the order they stand there.
    pub connections: Vec<FoundConnection>,
    /// What was not understood of the file as a whole.
    pub warnings: Vec<String>,
}

/// One connection of a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FoundConnection {
    /// Its place in the list.
    pub index: u32,
    /// Its name, under which it would be saved.
    pub name: String,
    /// Its group.
    pub group: Option<String>,
    /// The database as the file calls it.
    pub engine: String,
    /// The driver's id; `None` where there is none.
    pub driver: Option<String>,
    /// Values of the driver's fields, without secrets.
    pub values: BTreeMap<String, String>,
    /// Where it leads, in one line.
    pub target: String,
    /// How much depends on it.
    pub environment: Environment,
    /// What may be changed through it.
    pub safety: Safety,
    /// Its colour, as `#rrggbb`.
    pub colour: Option<String>,
    /// Where the password would come from.
    pub password: PasswordPolicy,
    /// The command for it; it is not run before somebody agrees.
    pub password_command: Option<PasswordCommand>,
    /// Whether a password was found, to be put into the keychain.
    pub has_password: bool,
    /// What was not understood or is left out, as sentences.
    pub warnings: Vec<String>,
    /// What saving it would do.
    pub status: FoundStatus,
}

/// What saving a found connection would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FoundStatus {
    /// It is new.
    New,
    /// A connection of its name and group is saved, and says something else.
    Update {
        /// The saved one's id.
        profile_id: String,
        /// What would change.
        differences: Vec<ImportDifference>,
    },
    /// A connection of its name and group is saved, and says the same.
    Same {
        /// The saved one's id.
        profile_id: String,
    },
    /// The same place and login are saved under another name, or stand in the file before.
    Duplicate {
        /// That one's name.
        of: String,
    },
    /// It cannot be saved.
    Unsupported {
        /// Why.
        reason: String,
    },
}

/// One thing an update would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportDifference {
    /// What.
    pub field: String,
    /// As saved.
    pub before: Option<String>,
    /// As in the file.
    pub after: Option<String>,
}

/// How an import went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ImportOutcome {
    /// The names of those that are new.
    pub added: Vec<String>,
    /// The names of those that were changed.
    pub updated: Vec<String>,
    /// What was not done, as sentences; the rest was.
    pub failed: Vec<String>,
}
