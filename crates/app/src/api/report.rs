use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What a fact's text counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum FactUnit {
    Text,
    Count,
    Bytes,
    Seconds,
    Milliseconds,
    Microseconds,
    PerSecond,
    Ratio,
    Moment,
}

/// How a fact is followed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FactTrend {
    /// Not at all.
    None,
    /// By its value.
    Level,
    /// By how fast it grows.
    Counter,
}

/// One fact a server tells of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerFact {
    /// The server's name for it.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// Its value as the server wrote it.
    pub value: String,
    /// What it counts in.
    pub unit: FactUnit,
    /// How it is followed.
    pub trend: FactTrend,
    /// What it means, as a sentence.
    pub about: Option<String>,
    /// Computed and not told: from what.
    pub computed: Option<String>,
    /// Only for who looks closer.
    pub minor: bool,
}

/// Facts that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerSection {
    /// What they are about.
    pub label: String,
    /// The facts.
    pub facts: Vec<ServerFact>,
}

/// One server of the place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerMember {
    /// Where it is.
    pub name: String,
    /// Its facts.
    pub sections: Vec<ServerSection>,
}

/// What a server advises, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerWord {
    /// What was asked.
    pub asked: String,
    /// Which server, where there are several.
    pub part: Option<String>,
    /// Its words.
    pub text: String,
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServerTold {
    /// When it was read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// The figures one looks at first, of all members together.
    pub headline: Vec<ServerFact>,
    /// Each server.
    pub members: Vec<ServerMember>,
    /// What it advises.
    pub advice: Vec<ServerWord>,
    /// What is not told, and why, as sentences.
    pub unseen: Vec<String>,
}

/// A statement that took long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlowRow {
    /// The server's number for it.
    pub id: String,
    /// Which server, where there are several.
    pub part: Option<String>,
    /// When it ran, in ms since the epoch by the server's clock.
    #[specta(type = Count)]
    pub at_ms: u64,
    /// How long it took, in microseconds.
    #[specta(type = Count)]
    pub took_us: u64,
    /// The statement, as far as the server kept it; what holds secrets is hidden.
    pub statement: String,
    /// The server kept only a part of it.
    pub cut: bool,
    /// Where its client is.
    pub client: Option<String>,
    /// How its client names itself.
    pub application: Option<String>,
}

/// Statements that took long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SlowRows {
    /// When they were read, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// The statements, the latest first.
    pub statements: Vec<SlowRow>,
    /// What is in force.
    pub thresholds: Vec<ServerFact>,
    /// Nothing is being kept, and why.
    pub off: Option<String>,
    /// What is not told, and why, as sentences.
    pub unseen: Vec<String>,
}

/// What became of something that is done to a server, or what is asked before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum ServerDeed {
    /// Nothing was sent: a person says yes first.
    Confirm {
        /// The question.
        title: String,
        /// What it costs.
        description: String,
        /// What would be sent.
        statement: String,
        /// What the button says.
        confirm: String,
    },
    /// It was done.
    Done {
        /// What became of it, as a sentence.
        message: String,
    },
}
