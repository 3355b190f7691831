use serde::{Deserialize, Serialize};
use specta::Type;

/// What a face may branch on; see [`driver::Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No byte stream to the server.
    Unreachable,
    /// The server does not accept who we are.
    Unauthenticated,
    /// Not allowed, by the server or a safety level.
    Forbidden,
    /// A named thing does not exist.
    NotFound,
    /// A named thing exists already.
    AlreadyExists,
    /// The server does not understand the statement.
    InvalidStatement,
    /// A constraint refuses the change.
    ConstraintViolated,
    /// Something else changed or holds it.
    Conflict,
    /// The user stopped it.
    Cancelled,
    /// It took longer than allowed.
    TimedOut,
    /// Cannot be done here.
    Unsupported,
    /// No working OS keychain.
    KeychainUnavailable,
    /// Stored bytes are not what they claim to be.
    Corrupt,
    /// A local limit.
    Exhausted,
    /// A fault in the program.
    Internal,
}

/// A range in a text, in UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TextRange {
    /// First unit.
    pub from: u32,
    /// One past the last unit.
    pub to: u32,
}

/// What the server itself said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NativeError {
    /// The product that said it.
    pub product: String,
    /// Its code (SQLSTATE, result code).
    pub code: String,
    /// Its message, unchanged.
    pub message: String,
    /// Severity as the server spells it.
    pub severity: Option<String>,
    /// More detail.
    pub detail: Option<String>,
    /// Where it happened.
    pub context: Option<String>,
    /// The constraint that refused.
    pub constraint: Option<String>,
    /// The object concerned.
    pub object: Option<String>,
    /// The internal query that failed.
    pub internal: Option<String>,
}

/// An error as every face sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AppError {
    /// What to branch on.
    pub code: ErrorCode,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the text as given by the face.
    pub range: Option<TextRange>,
    /// What the server said.
    pub native: Option<Box<NativeError>>,
}
