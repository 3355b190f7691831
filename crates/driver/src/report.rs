//! What a server says of itself: figures, advice in its own words, and the statements it found slow.
//!
//! Two facets beside [`crate::Activity`] and not part of it: that one watches what sessions do to each other, and a database may
//! have the one without the other. A server that keeps no slow statements offers no [`SlowLog`], instead of an empty one.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A server that tells of itself.
#[async_trait]
pub trait Report: Send + Sync {
    /// What the server says of itself now.
    ///
    /// # Errors
    /// `Forbidden` where the login may read nothing of it, `Unsupported` where the server does not know the question;
    /// `Unreachable`, `TimedOut`.
    async fn report(&self) -> Result<ServerReport, Error>;
}

/// What a fact's text counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactUnit {
    /// Nothing: it is words.
    Text,
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Things in a second.
    PerSecond,
    /// A part of the whole, from 0 to 1.
    Ratio,
    /// Seconds since the epoch.
    Moment,
}

/// How a fact is followed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Not at all.
    None,
    /// By its value.
    Level,
    /// By how fast it grows: it counts since the server began.
    Counter,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The server's name for it; for one that we computed, ours.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// Its value as the server wrote it.
    pub value: String,
    /// What it counts in.
    pub unit: FactUnit,
    /// How it is followed.
    pub trend: Trend,
    /// What it means, as a sentence, where the label does not say it.
    pub about: Option<String>,
    /// Computed from others, not told by the server: from which, as words.
    pub computed: Option<String>,
    /// Only for who looks closer.
    pub minor: bool,
}

/// Facts that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSection {
    /// What they are about.
    pub label: String,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// One server of the place: the only one, or a member of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerPart {
    /// Where it is.
    pub name: String,
    /// Its facts.
    pub sections: Vec<FactSection>,
}

/// What the server advises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAdvice {
    /// What was asked (`MEMORY DOCTOR`).
    pub asked: String,
    /// Which server, where there are several.
    pub part: Option<String>,
    /// Its words, untouched.
    pub text: String,
}

/// What a server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerReport {
    /// The few figures one looks at first, of all parts together.
    pub headline: Vec<Fact>,
    /// Each server.
    pub parts: Vec<ServerPart>,
    /// What it advises.
    pub advice: Vec<ServerAdvice>,
    /// What this login may not see and what the server does not know, as sentences.
    pub unseen: Vec<String>,
}

/// A server that keeps the statements it took long for.
#[async_trait]
pub trait SlowLog: Send + Sync {
    /// The slowest or latest statements it kept, the latest first; at most this many of each server.
    ///
    /// # Errors
    /// `Forbidden` where the login may not read them; `Unreachable`, `TimedOut`.
    async fn slow(&self, most: u32) -> Result<SlowStatements, Error>;

    /// The statement that [`SlowLog::forget`] sends, for a person to read beforehand.
    fn forgetting(&self) -> String;

    /// Lets the server forget what it kept.
    ///
    /// # Errors
    /// As [`SlowLog::slow`].
    async fn forget(&self) -> Result<(), Error>;
}

/// One statement that took long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowStatement {
    /// The server's number for it.
    pub id: String,
    /// Which server, where there are several.
    pub part: Option<String>,
    /// When it ran, in seconds since the epoch by the server's clock.
    pub at_s: u64,
    /// How long the server worked on it, in microseconds.
    pub took_us: u64,
    /// The statement, as far as the server kept it. What holds secrets is hidden.
    pub statement: String,
    /// The server kept only a part of it.
    pub cut: bool,
    /// Where its client is.
    pub client: Option<String>,
    /// How its client names itself.
    pub application: Option<String>,
}

/// Statements that took long, and what counts as long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowStatements {
    /// The statements.
    pub statements: Vec<SlowStatement>,
    /// What is in force, as facts: from when on a statement is kept, how many are.
    pub thresholds: Vec<Fact>,
    /// Nothing is being kept, and why, as a sentence.
    pub off: Option<String>,
    /// What is not told, as sentences.
    pub unseen: Vec<String>,
}
