//! The one table from SQLite's result codes to ours.

use driver::{Code, Error, Native, Span};
use rusqlite::ffi;

use crate::lexer;

/// What SQLite said, taken out of rusqlite's error.
pub(crate) struct Failure {
    pub(crate) extended: i32,
    pub(crate) message: String,
    offset: Option<usize>,
}

impl Failure {
    /// The primary result code.
    pub(crate) fn primary(&self) -> i32 {
        self.extended & 0xff
    }
}

/// Splits rusqlite's error; `None` when SQLite was not asked at all.
pub(crate) fn failure(error: &rusqlite::Error) -> Option<Failure> {
    match error {
        rusqlite::Error::SqliteFailure(error, message) => Some(Failure {
            extended: error.extended_code,
            message: message.clone().unwrap_or_else(|| ffi::code_to_str(error.extended_code).to_owned()),
            offset: None,
        }),
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => {
            Some(Failure { extended: error.extended_code, message: msg.clone(), offset: usize::try_from(*offset).ok() })
        }
        _ => None,
    }
}

/// Translates an error of a statement; `text` is the statement as sent.
pub(crate) fn translate(error: rusqlite::Error, text: &str) -> Error {
    let Some(failure) = failure(&error) else { return untold(error) };
    let (constraint, object) = subject(failure.extended, &failure.message);
    let code = code_of(failure.extended, &failure.message);
    let mut translated = Error::new(code, sentence(failure.primary(), &failure.message)).with_native(Native {
        product: "SQLite".to_owned(),
        code: name_of(failure.extended).map_or_else(|| failure.extended.to_string(), str::to_owned),
        message: failure.message.clone(),
        constraint,
        object,
        ..Native::default()
    });
    translated.hint = hint(failure.extended).map(str::to_owned);
    translated.span = failure.offset.and_then(|start| span_at(text, start)).or_else(|| missing_table(&failure, text));
    translated
}

/// SQLite tells no offset of a table that is missing, but its name: where a table's name is expected, that is it.
fn missing_table(failure: &Failure, text: &str) -> Option<Span> {
    let name = failure.message.strip_prefix("no such table: ")?;
    let name = name.rsplit('.').next().unwrap_or(name);
    let before = ["from", "join", "into", "update", "table", "on"];
    let tokens: Vec<_> = lexer::solid(text).collect();
    tokens.windows(2).find_map(|pair| {
        let [head, token] = pair else { return None };
        let expected =
            head.is_mark(text, ".") || head.is_mark(text, ",") || before.iter().any(|word| head.is_word(text, word));
        let same = lexer::unquote(token.of(text)).eq_ignore_ascii_case(name);
        (expected && same).then_some(Span { start: token.start, end: token.end })
    })
}

/// Errors rusqlite makes itself.
fn untold(error: rusqlite::Error) -> Error {
    match &error {
        rusqlite::Error::MultipleStatement => {
            Error::new(Code::InvalidStatement, "Only one statement can be run at a time.")
        }
        rusqlite::Error::Utf8Error(..) => {
            Error::new(Code::Corrupt, "A name in the database is not valid UTF-8.").with_source(error)
        }
        _ => Error::new(Code::Internal, "SQLite's answer was not understood.").with_source(error),
    }
}

fn span_at(text: &str, start: usize) -> Option<Span> {
    if start > text.len() || !text.is_char_boundary(start) {
        return None;
    }
    let end = lexer::token_at(text, start).map_or(start, |token| token.end);
    Some(Span { start, end })
}

fn sentence(primary: i32, message: &str) -> String {
    match primary {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => "The database is locked by another program.".to_owned(),
        _ => message.to_owned(),
    }
}

/// Our code for an extended result code. SQLite has one code for every error of a text, so there its words decide.
fn code_of(extended: i32, message: &str) -> Code {
    if extended == ffi::SQLITE_ABORT_ROLLBACK {
        return Code::Conflict;
    }
    match extended & 0xff {
        ffi::SQLITE_ERROR => by_message(message),
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH | ffi::SQLITE_READONLY => Code::Forbidden,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_PROTOCOL | ffi::SQLITE_SCHEMA => Code::Conflict,
        ffi::SQLITE_NOMEM | ffi::SQLITE_FULL | ffi::SQLITE_TOOBIG | ffi::SQLITE_NOLFS => Code::Exhausted,
        ffi::SQLITE_INTERRUPT => Code::Cancelled,
        ffi::SQLITE_IOERR if extended == ffi::SQLITE_IOERR_NOMEM => Code::Exhausted,
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN => Code::Unreachable,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Code::Corrupt,
        ffi::SQLITE_CONSTRAINT => Code::ConstraintViolated,
        ffi::SQLITE_MISMATCH | ffi::SQLITE_RANGE => Code::InvalidStatement,
        _ => Code::Internal,
    }
}

fn by_message(message: &str) -> Code {
    let missing = [
        "no such table",
        "no such column",
        "no such function",
        "no such index",
        "no such view",
        "no such trigger",
        "no such collation",
        "no such module",
        "no such database",
        "unknown database",
        "no such savepoint",
    ];
    if missing.iter().any(|start| message.starts_with(start)) {
        Code::NotFound
    } else if message.ends_with("already exists") || message.starts_with("there is already") {
        Code::AlreadyExists
    } else if message.starts_with("not authorized") {
        Code::Forbidden
    } else {
        Code::InvalidStatement
    }
}

fn hint(extended: i32) -> Option<&'static str> {
    Some(match extended {
        ffi::SQLITE_BUSY_SNAPSHOT => "The data changed since this transaction began. Roll back and begin again.",
        ffi::SQLITE_READONLY_DIRECTORY => {
            "The folder of the file may not be written, so SQLite cannot keep its journal."
        }
        ffi::SQLITE_READONLY_DBMOVED => "The file was moved or replaced while it was open. Connect again.",
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => "PRAGMA foreign_key_check lists the rows that refer to nothing.",
        _ => match extended & 0xff {
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => "Close the other program or end its transaction, then try again.",
            ffi::SQLITE_READONLY | ffi::SQLITE_AUTH => "This connection is read-only.",
            ffi::SQLITE_FULL => "The disk is full, or the file reached its largest allowed size.",
            ffi::SQLITE_CORRUPT => "PRAGMA integrity_check says what is damaged. Work on a copy of the file.",
            ffi::SQLITE_IOERR => "The disk or network drive the file is on did not answer as it should.",
            ffi::SQLITE_CANTOPEN => "The file, its journal or a temporary file could not be opened.",
            _ => return None,
        },
    })
}

/// The constraint and the object a message speaks of.
fn subject(extended: i32, message: &str) -> (Option<String>, Option<String>) {
    let rest = |start: &str| message.strip_prefix(start).map(str::to_owned);
    match extended {
        ffi::SQLITE_CONSTRAINT_CHECK => (rest("CHECK constraint failed: "), None),
        ffi::SQLITE_CONSTRAINT_NOTNULL => (None, rest("NOT NULL constraint failed: ")),
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            let object = rest("UNIQUE constraint failed: ");
            match object
                .as_deref()
                .and_then(|text| text.strip_prefix("index '"))
                .and_then(|text| text.strip_suffix('\''))
            {
                Some(index) => (Some(index.to_owned()), None),
                None => (None, object),
            }
        }
        // "cannot store TEXT value in INTEGER column t.a"
        ffi::SQLITE_CONSTRAINT_DATATYPE => (None, message.rsplit(' ').next().map(str::to_owned)),
        ffi::SQLITE_ERROR => (None, named(message)),
        _ => (None, None),
    }
}

/// The name behind the colon of "no such table: x", or in front of "already exists".
fn named(message: &str) -> Option<String> {
    if message.starts_with("no such ") || message.starts_with("unknown database") {
        return message.split_once(": ").map(|(_, name)| name.to_owned());
    }
    let name = message.strip_suffix(" already exists")?;
    name.split_once(' ').map(|(_, name)| name.trim_matches('"').to_owned())
}

macro_rules! names {
    ($($code:ident)*) => {
        /// The name of a result code, as SQLite's documentation spells it.
        pub(crate) fn name_of(extended: i32) -> Option<&'static str> {
            match extended {
                $(ffi::$code => Some(stringify!($code)),)*
                _ if extended > 0xff => name_of(extended & 0xff),
                _ => None,
            }
        }
    };
}

names! {
    SQLITE_ERROR SQLITE_INTERNAL SQLITE_PERM SQLITE_ABORT SQLITE_BUSY SQLITE_LOCKED SQLITE_NOMEM SQLITE_READONLY
    SQLITE_INTERRUPT SQLITE_IOERR SQLITE_CORRUPT SQLITE_NOTFOUND SQLITE_FULL SQLITE_CANTOPEN SQLITE_PROTOCOL
    SQLITE_SCHEMA SQLITE_TOOBIG SQLITE_CONSTRAINT SQLITE_MISMATCH SQLITE_MISUSE SQLITE_NOLFS SQLITE_AUTH SQLITE_RANGE
    SQLITE_NOTADB SQLITE_ABORT_ROLLBACK SQLITE_BUSY_RECOVERY SQLITE_BUSY_SNAPSHOT SQLITE_BUSY_TIMEOUT
    SQLITE_LOCKED_SHAREDCACHE SQLITE_READONLY_RECOVERY SQLITE_READONLY_CANTLOCK SQLITE_READONLY_ROLLBACK
    SQLITE_READONLY_DBMOVED SQLITE_READONLY_CANTINIT SQLITE_READONLY_DIRECTORY SQLITE_IOERR_READ
    SQLITE_IOERR_SHORT_READ SQLITE_IOERR_WRITE SQLITE_IOERR_FSYNC SQLITE_IOERR_TRUNCATE SQLITE_IOERR_LOCK
    SQLITE_IOERR_SHMOPEN SQLITE_IOERR_NOMEM SQLITE_CORRUPT_VTAB SQLITE_CORRUPT_SEQUENCE SQLITE_CORRUPT_INDEX
    SQLITE_CANTOPEN_ISDIR SQLITE_CANTOPEN_FULLPATH SQLITE_CONSTRAINT_CHECK SQLITE_CONSTRAINT_COMMITHOOK
    SQLITE_CONSTRAINT_FOREIGNKEY SQLITE_CONSTRAINT_FUNCTION SQLITE_CONSTRAINT_NOTNULL SQLITE_CONSTRAINT_PRIMARYKEY
    SQLITE_CONSTRAINT_TRIGGER SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_VTAB SQLITE_CONSTRAINT_ROWID
    SQLITE_CONSTRAINT_PINNED SQLITE_CONSTRAINT_DATATYPE
}
