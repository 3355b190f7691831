use std::collections::BTreeMap;

use driver::Secret;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, PolicyActor};

/// One choice of a form field.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FormChoice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// What it means, while it is chosen; it stands in place of the field's own help.
    pub help: Option<String>,
}

/// How a form field is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FormFieldKind {
    /// One line of text.
    Text,
    /// A whole number.
    Number,
    /// A secret.
    Secret,
    /// A file on this computer.
    File,
    /// One of `choices`.
    Choice,
    /// `true` or `false`.
    Switch,
}

/// Shown only while another field has one of these values.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FormVisible {
    /// The other field.
    pub field: String,
    /// The values that show this one.
    pub values: Vec<String>,
}

/// One field of a driver's connect form.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FormField {
    /// Its key in the profile's values.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The section it stands in.
    pub section: String,
    /// How it is entered.
    pub kind: FormFieldKind,
    /// Its choices, for `choice`.
    pub choices: Vec<FormChoice>,
    /// Its value when left empty.
    pub default: Option<String>,
    /// A hint inside the empty field.
    pub placeholder: Option<String>,
    /// A sentence under it.
    pub help: Option<String>,
    /// Whether it must be filled.
    pub required: bool,
    /// Stands beside the field before it.
    pub joined: bool,
    /// When it is shown.
    pub visible: Option<FormVisible>,
}

/// A driver, as the new-connection page lists it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DriverForm {
    /// Its id.
    pub id: String,
    /// What people call the database.
    pub label: String,
    /// URL schemes it reads, without `://`.
    pub schemes: Vec<String>,
    /// Whether it opens files.
    pub opens_files: bool,
    /// The form.
    pub fields: Vec<FormField>,
    /// Facts the editor needs to highlight its language.
    pub language: LanguageFacts,
    /// Its login can act as somebody else.
    #[serde(default)]
    #[specta(optional)]
    pub can_act_as: bool,
}

/// Facts the editor needs about a database's language.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct LanguageFacts {
    /// The name of the highlighting grammar (`postgresql`, `sqlite`).
    pub grammar: String,
    /// What starts a line comment.
    pub line_comment: String,
    /// What surrounds an identifier.
    pub identifier_quote: String,
    /// Whether it is SQL: it can be laid out anew, and its transactions opened and ended for a person.
    pub is_sql: bool,
}

/// How much depends on this database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// On this computer.
    #[default]
    Local,
    /// Development.
    Development,
    /// Staging.
    Staging,
    /// Production: every change is confirmed unless told otherwise.
    Production,
}

/// What may be changed through a connection, in every outlet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// Nothing.
    ReadOnly,
    /// Anything the login may change, each script that changes something after a person's yes to what it changes.
    ConfirmWrites,
    /// Anything the login may change.
    #[default]
    Free,
}

/// Where the password comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PasswordPolicy {
    /// The OS keychain.
    #[default]
    Keychain,
    /// Asked every time, kept in memory only.
    Ask,
    /// What a command prints, run anew at every connect.
    Command,
    /// None is used (peer, trust, `~/.pgpass`, files).
    None,
}

/// A command that prints a password: a cloud's token, a vault's entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PasswordCommand {
    /// The program and its arguments, given as they are; with `shell` one text for the system's shell.
    pub argv: Vec<String>,
    /// Whether a shell reads it.
    #[serde(default)]
    pub shell: bool,
    /// The most seconds it may take.
    #[serde(default = "PasswordCommand::default_timeout")]
    pub timeout_s: u32,
}

impl PasswordCommand {
    /// 30 seconds.
    pub fn default_timeout() -> u32 {
        30
    }
}

/// A saved connection. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionProfile {
    /// Its id.
    pub id: String,
    /// Its name, unique without regard to case.
    pub name: String,
    /// Its group.
    pub group: Option<String>,
    /// Its colour instead of the environment's, as `#rrggbb`.
    pub colour: Option<String>,
    /// How much depends on it.
    pub environment: Environment,
    /// What may be changed through it.
    pub safety: Safety,
    /// The driver's id.
    pub driver: String,
    /// What people call that database.
    pub driver_label: String,
    /// The driver's fields.
    pub values: BTreeMap<String, String>,
    /// Where the password comes from.
    pub password: PasswordPolicy,
    /// The command that prints it.
    #[serde(default)]
    #[specta(optional)]
    pub password_command: Option<PasswordCommand>,
    /// Set while the command waits for a person's consent ([`crate::App::trust_command`]): it stands for exactly this
    /// command and this target.
    #[serde(default)]
    #[specta(optional)]
    pub untrusted_command: Option<String>,
    /// Whether it is marked as a favourite.
    #[serde(default)]
    #[specta(optional)]
    pub favourite: bool,
    /// The schemas that are shown, `*` standing for any letters; empty shows all.
    #[serde(default)]
    #[specta(optional)]
    pub schemas: Vec<String>,
    /// Whether what is sent through it is recorded; see [`ProfileDraft::recorded`].
    #[serde(default = "ConnectionProfile::is_usually_recorded")]
    #[specta(optional)]
    pub recorded: bool,
    /// The names of the secrets that are in the keychain for it.
    #[serde(default)]
    #[specta(optional)]
    pub stored_secrets: Vec<String>,
    /// Whom its tabs act as at first; `None` is the login.
    #[serde(default)]
    #[specta(optional)]
    pub actor: Option<PolicyActor>,
    /// Where it leads, in one line, without secrets.
    pub target: String,
    /// Product and version when last connected.
    pub server: Option<String>,
    /// When it was last opened, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub last_used_ms: Option<i64>,
    /// Whether it is the built-in sample.
    pub sample: bool,
}

impl ConnectionProfile {
    /// Yes: leaving something out is a person's choice.
    fn is_usually_recorded() -> bool {
        true
    }
}

/// What to do with the password of a draft.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DraftPassword {
    /// Keep the stored one.
    #[default]
    Keep,
    /// Use this one.
    Set {
        /// The password.
        #[specta(type = String)]
        secret: Secret,
    },
    /// Use the one that stood in a URL read by `parse_target`.
    Parsed {
        /// The reference it gave.
        reference: String,
    },
    /// Forget the stored one.
    Clear,
}

/// A connection as the form holds it, before it is saved or tested.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ProfileDraft {
    /// The saved connection it edits.
    pub id: Option<String>,
    /// Its name; empty takes the target.
    pub name: String,
    /// Its group.
    pub group: Option<String>,
    /// Its colour.
    pub colour: Option<String>,
    /// Its environment.
    pub environment: Environment,
    /// Its safety level.
    pub safety: Safety,
    /// The driver's id.
    pub driver: String,
    /// The driver's fields. A secret field is set, or forgotten where it is empty; one that is not named stays.
    pub values: BTreeMap<String, String>,
    /// Where the password comes from.
    pub password_policy: PasswordPolicy,
    /// The password itself.
    pub password: DraftPassword,
    /// The command that prints it; `None` keeps the stored one.
    #[serde(default)]
    #[specta(optional)]
    pub password_command: Option<PasswordCommand>,
    /// Whether it is a favourite; `None` keeps what is stored.
    #[serde(default)]
    #[specta(optional)]
    pub favourite: Option<bool>,
    /// The schemas to show; `None` keeps what is stored.
    #[serde(default)]
    #[specta(optional)]
    pub schemas: Option<Vec<String>>,
    /// Whether its statements are recorded (history, audit trail, what completion offers first) and its catalogs kept on
    /// disk; `None` keeps what is stored, which is yes at first. Texts in tabs are kept in any case.
    #[serde(default)]
    #[specta(optional)]
    pub recorded: Option<bool>,
    /// Whom its tabs act as at first; `None` is the login.
    #[serde(default)]
    #[specta(optional)]
    pub actor: Option<PolicyActor>,
}

/// What a URL or file path says.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ParsedTarget {
    /// The driver's id.
    pub driver: String,
    /// Values of its fields.
    pub values: BTreeMap<String, String>,
    /// A suggested name.
    pub name: String,
    /// Stands for the password that was in the text; the password itself stays in the core.
    pub password_reference: Option<String>,
    /// Parts that were not understood, as sentences.
    pub warnings: Vec<String>,
}

/// One hop of a connection attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HopReport {
    /// What it is.
    pub name: String,
    /// What was found.
    pub detail: String,
    /// Whether it worked.
    pub ok: bool,
    /// How long it took.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
}

/// How a test of a connection went.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TestReport {
    /// The server, when it was reached.
    pub server: Option<ServerFacts>,
    /// The hops in order.
    pub hops: Vec<HopReport>,
    /// What went wrong.
    pub error: Option<AppError>,
    /// The whole time.
    #[specta(type = Count)]
    pub elapsed_ms: u64,
}

/// The server behind a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerFacts {
    /// The product.
    pub product: String,
    /// Its version.
    pub version: String,
    /// Other facts by name.
    pub facts: BTreeMap<String, String>,
}

/// Where a connection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum ConnectionPhase {
    /// Not opened.
    Closed,
    /// Being opened.
    Connecting,
    /// Open.
    Open,
    /// The server went away; it is tried again.
    Lost {
        /// Why.
        error: AppError,
        /// When the next try starts, in ms since the epoch.
        #[specta(type = Option<Count>)]
        retry_at_ms: Option<i64>,
    },
    /// Opening failed.
    Failed {
        /// Why.
        error: AppError,
    },
}

/// The state of one profile's connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionState {
    /// The profile.
    pub profile_id: String,
    /// Where it stands.
    pub phase: ConnectionPhase,
    /// The server.
    pub server: Option<ServerFacts>,
    /// The database it was opened on.
    pub database: Option<String>,
    /// Rows can be browsed.
    pub can_browse: bool,
    /// Keys can be browsed and changed.
    #[serde(default)]
    #[specta(optional)]
    pub can_browse_keys: bool,
    /// Collections of documents can be browsed and changed.
    #[serde(default)]
    #[specta(optional)]
    pub can_browse_documents: bool,
    /// Definition texts can be shown.
    pub can_show_ddl: bool,
    /// Statements can be explained.
    #[serde(default)]
    #[specta(optional)]
    pub can_explain: bool,
    /// The server's sessions can be watched.
    #[serde(default)]
    #[specta(optional)]
    pub can_watch: bool,
    /// The server tells of itself.
    #[serde(default)]
    #[specta(optional)]
    pub can_report: bool,
    /// The server keeps the statements it found slow.
    #[serde(default)]
    #[specta(optional)]
    pub can_list_slow: bool,
    /// What happens on it can be followed.
    #[serde(default)]
    #[specta(optional)]
    pub can_follow: bool,
    /// Row security can be read, tried and changed.
    #[serde(default)]
    #[specta(optional)]
    pub can_secure: bool,
    /// Tabs can act as somebody else than the login.
    #[serde(default)]
    #[specta(optional)]
    pub can_act_as: bool,
    /// The advisor's rules can look at it.
    #[serde(default)]
    #[specta(optional)]
    pub can_advise: bool,
    /// Changes of its definitions can be staged and applied.
    #[serde(default)]
    #[specta(optional)]
    pub can_alter: bool,
    /// So can changes of the roles of its server.
    #[serde(default)]
    #[specta(optional)]
    pub can_alter_roles: bool,
    /// Who enforces read-only; `None` when writes are allowed.
    pub read_only: Option<String>,
    /// Sessions open now.
    pub sessions: u32,
    /// Most sessions.
    pub session_limit: u32,
}
