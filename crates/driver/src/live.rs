//! Following what happens on a server while it happens: messages of channels, changes of data, commands of others.
//!
//! A facet of its own and not a statement of a session: what is followed outlives a lost connection, comes from several servers
//! at once where the place has several, and keeps the server's bytes, which [`crate::Message`] does not.

use std::time::{Duration, SystemTime};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::{Error, ValueContext};

/// Room of [`Following::events`], in events.
pub const LIVE_ROOM: usize = 16;

/// What can be followed on a server.
#[async_trait]
pub trait Live: Send + Sync {
    /// What there is to follow. The window draws its form from it.
    fn kinds(&self) -> Vec<LiveKind>;

    /// Whether the server tells of this now.
    ///
    /// # Errors
    /// `InvalidStatement` for a kind that is none of these; `Unreachable`, `TimedOut`.
    async fn outlook(&self, wanted: &LiveWanted) -> Result<Outlook, Error>;

    /// Sends the statement of [`Outlook::Off`] as it was shown.
    ///
    /// # Errors
    /// `Conflict` where another statement is called for by now, and then nothing was sent; as the server refuses it.
    async fn switch_on(&self, wanted: &LiveWanted, statement: &str) -> Result<(), Error>;

    /// Begins to follow, over connections of its own. Dropping the events ends it.
    ///
    /// # Errors
    /// `InvalidStatement` for topics that make no sense; `Forbidden`, `Unsupported` as the server refuses it; as connecting.
    async fn follow(&self, wanted: &LiveWanted) -> Result<Following, Error>;

    /// The statement that [`Live::publish`] sends, for a person to read beforehand; `None` where nothing can be sent to others.
    fn publishing(&self, message: &LiveMessage) -> Option<String>;

    /// Sends a message to whoever follows its topic; how many received it, as far as the server tells.
    ///
    /// # Errors
    /// `Unsupported` where nothing can be sent; as the server refuses it.
    async fn publish(&self, message: &LiveMessage) -> Result<Option<u64>, Error>;
}

/// Something that can be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveKind {
    /// Names it in a [`LiveWanted`].
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What it shows, as a sentence.
    pub about: String,
    /// What a person chooses of it.
    pub topic: Option<LiveTopic>,
    /// What it costs the server, to be read before it begins.
    pub caution: Option<String>,
    /// It ends by itself.
    pub limit: Option<LiveLimit>,
    /// Messages can be sent to its topics.
    pub publishes: bool,
}

/// What is chosen of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveTopic {
    /// What it is called.
    pub label: String,
    /// An example.
    pub placeholder: String,
    /// What stands there at first.
    pub initial: String,
    /// How it is written, as a sentence.
    pub about: String,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether blanks separate several.
    pub several: bool,
}

/// When a kind ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveLimit {
    /// Where nothing else is said, in seconds.
    pub usual_s: u32,
    /// At most, in seconds.
    pub most_s: u32,
}

/// What is to be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveWanted {
    /// [`LiveKind::id`].
    pub kind: String,
    /// What of it.
    pub topics: Vec<String>,
    /// For how long; more than the kind allows is cut to that.
    pub limit: Option<Duration>,
}

/// Whether a server tells of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outlook")]
pub enum Outlook {
    /// It does.
    Ready,
    /// It does not.
    Off {
        /// Why, as a sentence.
        why: String,
        /// What would make it do so.
        statement: Option<String>,
    },
    /// Whether it does may not be read.
    Unknown {
        /// Why, as a sentence.
        why: String,
    },
}

/// A message to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveMessage {
    /// [`LiveKind::id`].
    pub kind: String,
    /// Where it goes.
    pub topic: String,
    /// The message.
    pub payload: Vec<u8>,
}

/// Something that is followed.
#[derive(Debug)]
pub struct Following {
    /// The columns of its rows, the same for all of them.
    pub schema: SchemaRef,
    /// The settings its texts depend on.
    pub context: ValueContext,
    /// What happens. A reader that stops reading stops the connections, and a server may close those.
    pub events: mpsc::Receiver<LiveEvent>,
}

/// What happens.
#[derive(Debug)]
pub enum LiveEvent {
    /// Rows, the latest last.
    Rows(RecordBatch),
    /// The connection is lost; another is being opened.
    Lost(Error),
    /// It is followed again.
    Back {
        /// Whether what happened meanwhile may be missing.
        missed: bool,
    },
    /// Nothing more will come. The last event.
    Ended(LiveEnd),
}

/// Why something is followed no longer.
#[derive(Debug)]
pub enum LiveEnd {
    /// Its time is up.
    Limit(Duration),
    /// There is nothing left to follow, as a sentence.
    Over(String),
    /// It failed, and would fail again.
    Failed(Error),
}

/// A moment in UTC with its milliseconds: `2026-11-23 19:04:48.123`. For events whose server tells no time of its own.
pub fn moment(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (seconds, ms) = (since.as_secs(), since.subsec_millis());
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // Days since the first of March of the year 0, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc() {
        let at = |seconds: u64, ms: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(seconds * 1000 + ms);
        assert_eq!(moment(at(0, 0)), "1970-01-01 00:00:00.000");
        assert_eq!(moment(at(951_826_154, 7)), "2000-02-29 12:09:14.007");
        assert_eq!(moment(at(1_795_460_689, 54)), "2026-11-23 19:04:49.054");
        assert_eq!(moment(at(4_107_542_399, 999)), "2100-02-28 23:59:59.999");
    }
}
