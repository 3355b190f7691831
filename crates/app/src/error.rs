//! From every layer's error to the one a face sees.

use std::{fmt, io, path::Path};

use driver::Code;

use crate::{
    api::{AppError, ErrorCode, NativeError},
    sample::SampleError,
    text::Positions,
};

impl AppError {
    /// An error of this code.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        AppError { code, message: message.into(), hint: None, range: None, native: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A driver's error about a text it was sent. `text` is what the face holds, and what was sent began at
    /// byte `base` of it.
    pub fn located(error: driver::Error, positions: &Positions<'_>, base: usize) -> Self {
        let range =
            error.span.map(|span| positions.range(base.saturating_add(span.start), base.saturating_add(span.end)));
        AppError { range, ..AppError::from(error) }
    }

    /// An operating system's error about a file; `doing` completes “… could not be” (`opened`, `written`).
    pub(crate) fn file(error: &io::Error, path: &Path, doing: &str) -> Self {
        use io::ErrorKind as Kind;
        let path = path.display();
        let message = format!("“{path}” could not be {doing}: {}.", plain(error));
        match error.kind() {
            Kind::NotFound => {
                AppError::new(ErrorCode::NotFound, message).with_hint("Was it moved, renamed or deleted?")
            }
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => AppError::new(ErrorCode::Forbidden, message)
                .with_hint("Check the permissions of the file and of its folder, or choose another place."),
            Kind::StorageFull | Kind::QuotaExceeded => AppError::new(ErrorCode::Exhausted, message)
                .with_hint("Free some space on that disk and try again. Nothing was changed."),
            Kind::FileTooLarge => AppError::new(ErrorCode::Exhausted, message),
            Kind::IsADirectory => AppError::new(ErrorCode::Unsupported, message).with_hint("Choose a file."),
            Kind::NotADirectory | Kind::InvalidFilename | Kind::InvalidInput => {
                AppError::new(ErrorCode::NotFound, message).with_hint("Check the path.")
            }
            Kind::ResourceBusy | Kind::WouldBlock | Kind::ExecutableFileBusy => {
                AppError::new(ErrorCode::Conflict, message).with_hint("Another program holds it.")
            }
            Kind::TimedOut => AppError::new(ErrorCode::TimedOut, message),
            _ => AppError::new(ErrorCode::Exhausted, message).with_hint("The disk or the network share did not do it."),
        }
    }

    /// A fault in the program: a broken expectation, told instead of a panic.
    pub(crate) fn internal(what: impl fmt::Display) -> Self {
        AppError::new(ErrorCode::Internal, format!("A fault in Rowhouse: {what}."))
            .with_hint("Nothing typed is lost. Please report it with the steps that led here.")
    }
}

/// The operating system's sentence without its number and without a full stop of its own.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).trim_end_matches('.');
    text.to_owned()
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl From<Code> for ErrorCode {
    fn from(code: Code) -> Self {
        match code {
            Code::Unreachable => ErrorCode::Unreachable,
            Code::Unauthenticated => ErrorCode::Unauthenticated,
            Code::Forbidden => ErrorCode::Forbidden,
            Code::NotFound => ErrorCode::NotFound,
            Code::AlreadyExists => ErrorCode::AlreadyExists,
            Code::InvalidStatement => ErrorCode::InvalidStatement,
            Code::ConstraintViolated => ErrorCode::ConstraintViolated,
            Code::Conflict => ErrorCode::Conflict,
            Code::Cancelled => ErrorCode::Cancelled,
            Code::TimedOut => ErrorCode::TimedOut,
            Code::Unsupported => ErrorCode::Unsupported,
            Code::KeychainUnavailable => ErrorCode::KeychainUnavailable,
            Code::Corrupt => ErrorCode::Corrupt,
            Code::Exhausted => ErrorCode::Exhausted,
            Code::Internal => ErrorCode::Internal,
        }
    }
}

impl From<driver::Native> for NativeError {
    fn from(native: driver::Native) -> Self {
        NativeError {
            product: native.product,
            code: native.code,
            message: native.message,
            severity: native.severity,
            detail: native.detail,
            context: native.context,
            constraint: native.constraint,
            object: native.object,
            internal: native.internal,
        }
    }
}

/// Without a range: see [`AppError::located`] for an error about a text.
impl From<driver::Error> for AppError {
    fn from(error: driver::Error) -> Self {
        if let Some(source) = &error.source {
            tracing::debug!(%source, code = ?error.code, message = error.message, "a driver's error");
        }
        AppError {
            code: error.code.into(),
            message: error.message,
            hint: error.hint,
            range: None,
            native: error.native.map(|native| Box::new((*native).into())),
        }
    }
}

impl From<SampleError> for AppError {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::Io { path, source } => AppError::file(&source, &path, "written"),
            SampleError::Database(cause) => match cause.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DiskFull) => full(),
                Some(rusqlite::ErrorCode::SystemIoFailure) => {
                    AppError::new(ErrorCode::Exhausted, format!("The sample database could not be written: {cause}."))
                        .with_hint("Is the disk full?")
                }
                _ => AppError::internal(format!("the sample could not be made ({cause})")),
            },
        }
    }
}

/// Errors of the store. What a constraint means is told by the caller, who knows the table.
impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        let code = match &error {
            sqlx::Error::Database(cause) => cause.code().and_then(|code| code.parse::<u32>().ok()),
            _ => None,
        };
        let text = "The file rowhouse.db in Rowhouse's folder";
        match (code.map(|code| code & 0xff), &error) {
            (Some(5 | 6), _) | (_, sqlx::Error::PoolTimedOut) => {
                AppError::new(ErrorCode::Conflict, format!("{text} is held by another program."))
                    .with_hint("Close the program that has it open, then try again.")
            }
            (Some(3 | 8 | 14 | 23), _) => {
                AppError::new(ErrorCode::Forbidden, format!("{text} cannot be written: {}.", said(&error)))
                    .with_hint("Check the permissions of the folder and of the file, or set ROWHOUSE_HOME to another folder.")
            }
            (Some(10), sqlx::Error::Database(cause)) if cause.message().contains("full") => full(),
            (Some(13), _) => full(),
            (Some(10), _) => AppError::new(ErrorCode::Exhausted, format!("{text} could not be read or written: {}.", said(&error)))
                .with_hint("Is the disk full, or the folder on a network share that went away?"),
            (Some(11 | 26), _) => AppError::new(ErrorCode::Corrupt, format!("{text} is damaged: {}.", said(&error)))
                .with_hint("Close Rowhouse, move the file elsewhere and start again; `sqlite3 rowhouse.db .recover` may save its content."),
            (Some(18), _) => AppError::new(ErrorCode::Exhausted, "The text is larger than the store can keep."),
            _ => match &error {
                sqlx::Error::Io(cause) => AppError::file(cause, Path::new("rowhouse.db"), "used"),
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::TypeNotFound { .. } => {
                    AppError::new(ErrorCode::Corrupt, format!("{text} holds something unexpected: {}.", said(&error)))
                        .with_hint("Was it changed by another program?")
                }
                _ => AppError::internal(format!("the store answered “{}”", said(&error))),
            },
        }
    }
}

fn full() -> AppError {
    AppError::new(ErrorCode::Exhausted, "The disk of Rowhouse's folder is full.")
        .with_hint("Free some space and try again. What was kept before is safe.")
}

fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(cause) => cause.message().to_owned(),
        other => other.to_string(),
    }
}
