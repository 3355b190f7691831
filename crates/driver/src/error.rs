use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// What a consumer may branch on. A code exists only because some consumer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No byte stream to the server: name, port, route, TLS, or the link died.
    Unreachable,
    /// The server does not accept who we are.
    Unauthenticated,
    /// The login may not do this, or a safety level refuses it.
    Forbidden,
    /// A named thing does not exist.
    NotFound,
    /// A named thing exists already.
    AlreadyExists,
    /// The server does not understand the statement.
    InvalidStatement,
    /// A constraint refuses the change.
    ConstraintViolated,
    /// Something else changed or holds it: deadlock, serialisation failure, lock, busy file.
    Conflict,
    /// The user stopped it.
    Cancelled,
    /// It took longer than allowed.
    TimedOut,
    /// This server or driver cannot do it.
    Unsupported,
    /// No working OS keychain.
    KeychainUnavailable,
    /// Stored bytes are not what they claim to be.
    Corrupt,
    /// A local limit: disk full, too many connections.
    Exhausted,
    /// A fault in the program.
    Internal,
}

/// A UTF-8 byte range in the text as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte; equal to `start` for a point.
    pub end: usize,
}

/// What the server itself said, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Native {
    /// The product that said it (`PostgreSQL`, `SQLite`).
    pub product: String,
    /// Its code: SQLSTATE, or a result code's name.
    pub code: String,
    /// Its message, unchanged.
    pub message: String,
    /// Severity as the server spells it.
    pub severity: Option<String>,
    /// More detail.
    pub detail: Option<String>,
    /// Where it happened: the call stack of functions.
    pub context: Option<String>,
    /// The constraint that refused.
    pub constraint: Option<String>,
    /// The object concerned: `schema.table.column` as far as known.
    pub object: Option<String>,
    /// The schema of the table concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The table concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The column concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The data type concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// The function of the server's own source that said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routine: Option<String>,
    /// The query inside a function that failed, and the character position in it.
    pub internal: Option<String>,
}

/// An error with everything a person or a program needs, and never a secret.
#[derive(Clone, Debug, Serialize)]
pub struct Error {
    /// What to branch on.
    pub code: Code,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the text as sent.
    pub span: Option<Span>,
    /// What the server said.
    pub native: Option<Box<Native>>,
    /// The name of the secret that was refused or missing, where it is not the login's password: of a tunnel, a proxy, a key.
    #[serde(skip)]
    pub secret: Option<&'static str>,
    /// The cause, for logs only.
    #[serde(skip)]
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of this code.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into(), hint: None, span: None, native: None, secret: None, source: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds where it is in the text as sent.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds what the server said.
    #[must_use]
    pub fn with_native(mut self, native: Native) -> Self {
        self.native = Some(Box::new(native));
        self
    }

    /// Adds the name of the secret that was refused.
    #[must_use]
    pub fn with_secret(mut self, name: &'static str) -> Self {
        self.secret = Some(name);
        self
    }

    /// Adds the cause, for logs.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Whether it is about the object that was asked for, so that others can be asked for all the same.
    pub fn is_about_one_object(&self) -> bool {
        matches!(self.code, Code::NotFound | Code::Forbidden | Code::Unsupported | Code::Conflict | Code::Corrupt)
    }

    /// The link to the server died.
    pub fn lost(product: &str) -> Self {
        Error::new(Code::Unreachable, format!("The connection to {product} was lost."))
            .with_hint("Your text is safe. Reconnect and run it again.")
    }

    /// The user stopped it.
    pub fn cancelled() -> Self {
        Error::new(Code::Cancelled, "Stopped.")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What the server said of a statement, where that is an answer and no error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What to branch on.
    pub code: Code,
    /// As a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the text.
    pub span: Option<Span>,
    /// In its own fields.
    pub native: Box<Native>,
}

impl From<Error> for Said {
    fn from(error: Error) -> Self {
        Said {
            code: error.code,
            message: error.message,
            hint: error.hint,
            span: error.span,
            native: error.native.unwrap_or_default(),
        }
    }
}
