use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AppError, Count, ResultHead};

/// Something that can be followed on a server; see [`driver::live::LiveKind`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LiveOffer {
    /// Names it.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What it shows, as a sentence.
    pub about: String,
    /// What a person chooses of it.
    pub topic: Option<LiveTopic>,
    /// What it costs the server, to be read before it begins.
    pub caution: Option<String>,
    /// It ends by itself after so many seconds, where nothing else is said.
    pub usual_s: Option<u32>,
    /// And at most after so many.
    pub most_s: Option<u32>,
    /// Messages can be sent to its topics.
    pub publishes: bool,
}

/// What is chosen of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
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

/// What is to be followed, and for which tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LiveRequest {
    /// The tab that shows it.
    pub tab_id: String,
    /// The connection.
    pub profile_id: String,
    /// Another database of that server.
    pub database: Option<String>,
    /// [`LiveOffer::id`].
    pub kind: String,
    /// What of it, as it was typed.
    pub topic: String,
    /// For how long, in seconds, where it ends by itself.
    pub limit_s: Option<u32>,
}

/// Whether a server tells of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "outlook")]
pub enum LiveOutlook {
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

/// Where something that is followed stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum LivePhase {
    /// It comes in.
    Following,
    /// The connection is lost; another is being opened.
    Lost {
        /// Why.
        error: AppError,
    },
    /// Nothing more comes; what is there stays.
    Ended {
        /// Why, as a sentence.
        reason: String,
        /// The failure, where it is one.
        error: Option<AppError>,
    },
}

/// Something that is followed, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LiveState {
    /// The tab that shows it.
    pub tab_id: String,
    /// Where it stands.
    #[serde(flatten)]
    pub phase: LivePhase,
    /// The rows that are kept. Another hold takes their place when they are cleared, or when the oldest go.
    pub head: ResultHead,
    /// Rows in it.
    #[specta(type = Count)]
    pub rows: u64,
    /// Bytes in it.
    #[specta(type = Count)]
    pub bytes: u64,
    /// Events since it began or was cleared.
    #[specta(type = Count)]
    pub received: u64,
    /// Of those, how many are kept no longer: there was no room.
    #[specta(type = Count)]
    pub dropped: u64,
    /// The view stands still: rows are kept as long as there is room, and the oldest do not go.
    pub paused: bool,
    /// How often the connection was lost in a way that may have lost events.
    #[specta(type = Count)]
    pub gaps: u32,
    /// When it began, in ms since the epoch.
    #[specta(type = Count)]
    pub since_ms: i64,
    /// When it ends by itself, in ms since the epoch.
    #[specta(type = Option<Count>)]
    pub ends_ms: Option<i64>,
    /// The last change of its state, counted: a later state has a higher number.
    #[specta(type = Count)]
    pub turn: u64,
}

/// What is to be done with something that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LiveOrder {
    /// Stand still.
    Pause,
    /// Go on.
    Resume,
    /// Forget the rows.
    Clear,
    /// Follow no longer; the rows stay.
    Stop,
    /// Follow no longer, and forget it all: the tab shows something else, or is closed.
    Close,
}

/// A message to whoever follows a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LivePublish {
    /// The connection.
    pub profile_id: String,
    /// Another database of that server.
    pub database: Option<String>,
    /// [`LiveOffer::id`].
    pub kind: String,
    /// Where it goes.
    pub topic: String,
    /// The message.
    pub payload: String,
    /// Whether a person has said yes to the question that was asked.
    pub confirmed: bool,
}
