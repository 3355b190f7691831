use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, PolicyActor, PolicyCommand, PolicyOn};

/// What drafted policies change for actors: rows of a table, on a copy that is rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyWhatIf {
    /// The columns of the rows.
    pub columns: Vec<String>,
    /// Which of them are the primary key's, as indexes.
    pub key: Vec<u32>,
    /// The rows that were looked at, every value as the server prints it.
    pub rows: Vec<Vec<Option<String>>>,
    /// For each actor, in the order they were asked in.
    pub actors: Vec<PolicyWhatIfActor>,
}

/// What drafted policies change for one actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyWhatIfActor {
    /// Why the actor could not be become.
    pub problem: Option<AppError>,
    /// Why nothing is said of rows.
    pub reason: Option<String>,
    /// For each of SELECT, INSERT, UPDATE and DELETE; empty where nothing is said.
    pub commands: Vec<PolicyWhatIfCommand>,
    /// What is worth knowing: that no policy is asked, what is only about right, what could not be computed.
    pub remarks: Vec<String>,
}

/// What drafted policies change for one actor and command, each row once. Privileges are asked before any policy: see `because`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyWhatIfCommand {
    /// The command.
    pub command: PolicyCommand,
    /// Rows that come into reach, as indexes into the rows.
    pub appears: Vec<u32>,
    /// Rows that go out of reach.
    pub disappears: Vec<u32>,
    /// Rows in reach before and after.
    pub stays: Vec<u32>,
    /// Rows out of reach before and after.
    pub stays_out: Vec<u32>,
    /// Rows of which it is not known.
    pub unknown: Vec<u32>,
    /// Why the command gets nowhere whatever policies say: a privilege is missing.
    pub because: Option<String>,
}

/// Where a value of an actor comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum PolicyUserValue {
    /// A column of the row.
    Column {
        /// Its name.
        column: String,
        /// In claims always a text; otherwise what the server makes of it in JSON: numbers, booleans and JSON stay what they are.
        as_text: bool,
    },
    /// The same for every row.
    Text {
        /// The text.
        text: String,
    },
}

/// How rows of a table become actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyUserMapping {
    /// The table.
    pub on: PolicyOn,
    /// The column that people know users by.
    pub label: Option<String>,
    /// The role; `None` is the login itself.
    pub role: Option<PolicyUserValue>,
    /// The claims by name, in order.
    pub claims: Vec<(String, PolicyUserValue)>,
    /// The setting that the claims are put into; `None` is `request.jwt.claims`.
    pub claims_setting: Option<String>,
    /// Further settings by name, in order.
    pub settings: Vec<(String, PolicyUserValue)>,
}

/// How users can be read from tables of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyUserMappings {
    /// As a person said.
    pub kept: Option<PolicyUserMapping>,
    /// As names of tables and columns suggest: guesses, the likeliest first.
    pub suggested: Vec<PolicyUserMapping>,
}

/// A row as an actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyUser {
    /// What people know it by.
    pub label: String,
    /// Its values in the columns of the page, cut to 200 letters.
    pub values: Vec<Option<String>>,
    /// The actor; `None` where the row names no role.
    pub actor: Option<PolicyActor>,
}

/// Some users of a table, as the login sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyUserPage {
    /// The columns of the values.
    pub columns: Vec<String>,
    /// The users from the asked place.
    pub users: Vec<PolicyUser>,
    /// There are more.
    pub more: bool,
}

/// A statement that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PolicyTried {
    /// When, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// As whom.
    pub actor: PolicyActor,
    /// As whom else, where two were compared.
    pub second: Option<PolicyActor>,
    /// The statement.
    pub statement: String,
}
