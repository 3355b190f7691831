use serde::{Deserialize, Serialize};

/// A fact, or the reason it is missing. Absence is never confused with "no".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "known", content = "value")]
pub enum Known<T> {
    /// The server said so.
    Value(T),
    /// Not asked for yet.
    #[default]
    NotLoaded,
    /// The login may not read it.
    Denied,
    /// This server has no such thing.
    Unsupported,
}

impl<T> Known<T> {
    /// The value, when the server gave one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Known::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether asking again could give a value.
    pub fn is_not_loaded(&self) -> bool {
        matches!(self, Known::NotLoaded)
    }

    /// Maps a known value and keeps the reason otherwise.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Known::Value(value) => Known::Value(f(value)),
            Known::NotLoaded => Known::NotLoaded,
            Known::Denied => Known::Denied,
            Known::Unsupported => Known::Unsupported,
        }
    }
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Self {
        Known::Value(value)
    }
}

/// Something that was found out, or why it was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told<T> {
    /// It was.
    Known(T),
    /// It was not evaluated, or may not be seen by this login: the reason, as a sentence.
    NotEvaluated(String),
}

impl<T> Told<T> {
    /// What was found out.
    pub fn known(&self) -> Option<&T> {
        match self {
            Told::Known(value) => Some(value),
            Told::NotEvaluated(_) => None,
        }
    }
}
