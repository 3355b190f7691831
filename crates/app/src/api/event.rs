use driver::Secret;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AdvisorNews, ConnectionState, HoldProgress, LiveState, NoticeRow, TabSession};

/// What changed, so that faces drop just the caches that depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Saved connections.
    Profiles,
    /// Open connections.
    Connections,
    /// Catalogs.
    Catalog,
    /// History.
    History,
    /// Saved queries.
    Saved,
    /// Staged edits.
    Edits,
    /// Settings.
    Settings,
    /// Staged changes of row security, what the advisor is told and told to accept.
    Security,
    /// Which diagrams there are, what they are called and show.
    Diagrams,
    /// What is staged of definitions.
    Structure,
    /// How it stands with migrations.
    Migrations,
}

/// What a connection or a statement needs to know from a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum QuestionKind {
    /// A password.
    Password {
        /// Which of the connection's secrets it is: `password` is the login's, `ssh_password` and `proxy_password` those of the
        /// way.
        secret: String,
        /// Who logs in.
        user: String,
        /// Where.
        target: String,
        /// Whether an earlier answer was refused.
        retry: bool,
    },
    /// A key's passphrase.
    Passphrase {
        /// Which of the connection's secrets it is.
        secret: String,
        /// The key file.
        path: String,
        /// Whether an earlier one did not open it.
        retry: bool,
    },
    /// A one-time code.
    Otp {
        /// The server's prompt.
        prompt: String,
    },
    /// A host key seen for the first time.
    HostKey {
        /// The host.
        host: String,
        /// Its fingerprint.
        fingerprint: String,
    },
    /// Whether a statement may hand a file of this computer to the server.
    LocalFile {
        /// The file.
        path: String,
        /// Who gets it.
        target: String,
    },
}

/// A person's answer.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum AnswerInput {
    /// The secret.
    Secret {
        /// The secret.
        #[specta(type = String)]
        secret: Secret,
        /// Keep it in the keychain.
        remember: bool,
    },
    /// Yes.
    Yes,
    /// No.
    Refused,
}

/// What the core tells every window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum AppEvent {
    /// Caches of these topics are stale.
    Changed {
        /// The topics.
        topics: Vec<Topic>,
        /// Only this connection, where one is meant.
        profile_id: Option<String>,
    },
    /// A scan has found something since somebody last looked.
    Advice {
        /// What.
        news: AdvisorNews,
    },
    /// A connection's state.
    Connection {
        /// The state.
        state: ConnectionState,
    },
    /// Something that a tab follows, at most some times in a second.
    Live {
        /// The state.
        state: LiveState,
    },
    /// A tab's session.
    Session {
        /// The session.
        session: TabSession,
    },
    /// A hold has more rows or another state after its run's channel ended.
    Hold {
        /// How much.
        progress: HoldProgress,
    },
    /// Somebody has to answer; shown by the window that asked.
    Question {
        /// Names the question.
        id: String,
        /// The connection.
        profile_id: Option<String>,
        /// What is asked.
        question: QuestionKind,
    },
    /// The question was answered elsewhere or is no longer of interest.
    QuestionClosed {
        /// Which.
        id: String,
    },
    /// Everything was forgotten: windows drop what they have and begin anew.
    StartedOver,
    /// A session said something while idle: a notice or a notification.
    Message {
        /// The tab.
        tab_id: String,
        /// What; a notification has the label `NOTIFY`.
        notice: NoticeRow,
    },
}
