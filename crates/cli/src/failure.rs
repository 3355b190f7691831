//! From an error to what the terminal says and how the process ends.

use std::{io, path::Path, process::ExitCode};

use app::api::{AppError, ErrorCode};

/// Exit statuses; they are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    /// Findings at the level that fails, or a test that failed.
    Found = 1,
    Usage = 2,
    Connection = 3,
    Statement = 4,
    Refused = 5,
    Stopped = 6,
    Local = 7,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What to say; `None` when it has been said, or when nobody listens any more.
    pub(crate) error: Option<Box<AppError>>,
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(exit: Exit, error: AppError) -> Self {
        Failure { exit, error: Some(Box::new(error)) }
    }

    /// Ends with this status and says nothing more.
    pub(crate) fn silent(exit: Exit) -> Self {
        Failure { exit, error: None }
    }

    pub(crate) fn usage(message: impl Into<String>, hint: &str) -> Self {
        Failure::new(Exit::Usage, AppError::new(ErrorCode::InvalidStatement, message).with_hint(hint))
    }

    pub(crate) fn interrupted() -> Self {
        Failure::silent(Exit::Interrupted)
    }

    /// What went wrong on the way to a server or a file.
    pub(crate) fn connecting(error: AppError) -> Self {
        let exit = match error.code {
            ErrorCode::KeychainUnavailable | ErrorCode::Internal => Exit::Local,
            // The text of a target, not of a statement.
            ErrorCode::InvalidStatement | ErrorCode::Unsupported if error.native.is_none() => Exit::Usage,
            _ => Exit::Connection,
        };
        Failure::new(exit, error)
    }

    /// What went wrong with a statement that a connection with these terms sent.
    pub(crate) fn statement(error: AppError, read_only: bool) -> Self {
        let refused = read_only && is_refusal(&error);
        let exit = match error.code {
            _ if refused => Exit::Refused,
            ErrorCode::Unreachable | ErrorCode::Unauthenticated => Exit::Connection,
            // What a server ends on its own (an administrator, its statement_timeout) is told by its code too.
            ErrorCode::Cancelled | ErrorCode::TimedOut => Exit::Stopped,
            ErrorCode::Exhausted | ErrorCode::Internal | ErrorCode::KeychainUnavailable if error.native.is_none() => {
                Exit::Local
            }
            _ => Exit::Statement,
        };
        Failure::new(exit, error)
    }

    /// What went wrong with the store, a saved connection or the keychain.
    pub(crate) fn local(error: AppError) -> Self {
        let exit = match error.code {
            ErrorCode::NotFound | ErrorCode::AlreadyExists | ErrorCode::InvalidStatement | ErrorCode::Unsupported => {
                Exit::Usage
            }
            _ => Exit::Local,
        };
        Failure::new(exit, error)
    }

    /// A file that could not be read or written.
    pub(crate) fn file(error: &io::Error, path: &Path, doing: &str) -> Self {
        let text = error.to_string();
        let plain = text.split(" (os error").next().unwrap_or(&text).trim_end_matches('.');
        let message = format!("“{}” could not be {doing}: {plain}.", path.display());
        let code = match error.kind() {
            io::ErrorKind::NotFound => ErrorCode::NotFound,
            io::ErrorKind::PermissionDenied => ErrorCode::Forbidden,
            _ => ErrorCode::Exhausted,
        };
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let error = AppError::new(code, message);
        let error = if full { error.with_hint("Free some space on that disk and run it again.") } else { error };
        Failure::new(Exit::Local, error)
    }
}

/// Whether a read-only connection refused: Rowhouse before it sent the text, or the server's own lock.
fn is_refusal(error: &AppError) -> bool {
    match &error.native {
        None => error.code == ErrorCode::Forbidden,
        Some(native) => {
            let code = native.code.as_str();
            code == "25006" || code.starts_with("SQLITE_READONLY") || code == "SQLITE_AUTH"
        }
    }
}
