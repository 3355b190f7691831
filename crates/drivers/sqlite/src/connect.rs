//! The driver: its form, its URLs, its connections.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use driver::{
    Cast, Choice, Code, ConnectContext, Connection, Control, Driver, Error, Field, FieldKind, Hop, HopOutcome, Limits,
    Model, ParsedUrl, Profile, Role, Session,
};

use crate::{
    cast::SqliteCast,
    control::SqliteControl,
    dialect,
    open::{Place, Source},
    session::SqliteSession,
    url,
};

/// SQLite 3 files.
///
/// A file that is missing is never made unless the mode is `create`; one that may not be written is opened
/// read-only, and the server's fact `read_only` says why.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sqlite;

static FIELDS: [Field; 3] = [
    Field {
        kind: FieldKind::File,
        placeholder: Some("/path/to/file.db, or :memory:"),
        required: true,
        ..Field::text("file", "File", "Database")
    },
    Field {
        kind: FieldKind::Choice {
            choices: &[
                Choice { value: "open", label: "Open an existing file", help: None },
                Choice { value: "create", label: "Make the file if it is missing", help: None },
                Choice { value: "read_only", label: "Read-only", help: None },
            ],
        },
        default: Some("open"),
        ..Field::text("mode", "Mode", "Database")
    },
    Field {
        kind: FieldKind::Choice {
            choices: &[
                Choice { value: "default", label: "As SQLite sets it", help: None },
                Choice { value: "on", label: "Enforced", help: None },
                Choice { value: "off", label: "Not enforced", help: None },
            ],
        },
        default: Some("default"),
        help: Some("SQLite keeps this per connection, not in the file. It can be switched in every session."),
        ..Field::text("foreign_keys", "Foreign keys", "Database")
    },
];

/// Numbers the databases in memory, so that two connections never share one.
static MEMORY: AtomicU64 = AtomicU64::new(0);

#[async_trait]
impl Driver for Sqlite {
    fn id(&self) -> &'static str {
        "sqlite"
    }

    fn label(&self) -> &'static str {
        "SQLite"
    }

    fn model(&self) -> Model {
        Model::Relational
    }

    fn language(&self) -> driver::Language {
        dialect::dialect().into()
    }

    fn limits(&self) -> Limits {
        Limits {
            columns: Some(2000),
            cell_bytes: Some(1_000_000_000),
            identifier_bytes: None,
            // A half-read result keeps other programs from writing.
            max_pause: Some(Duration::from_secs(5)),
            cancel_fails_transaction: false,
        }
    }

    fn fields(&self) -> &'static [Field] {
        &FIELDS
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["sqlite", "sqlite3", "file"]
    }

    fn cast(&self) -> &'static dyn Cast {
        &SqliteCast
    }

    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        url::parse(text)
    }

    fn target(&self, profile: &Profile) -> String {
        profile.value("file").unwrap_or("").to_owned()
    }

    fn lasts(&self, profile: &Profile) -> bool {
        profile.value("file") != Some(":memory:")
    }

    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        let source = source(profile, context.read_only)?;
        let begun = Instant::now();
        let limit = context.timeout;
        let opened = tokio::time::timeout(limit, SqliteControl::open(source.clone())).await.unwrap_or_else(|_| {
            Err(Error::new(Code::TimedOut, format!("The file did not open within {} s.", limit.as_secs_f32()))
                .with_hint("It may be on a network drive that does not answer."))
        });
        let (outcome, detail) = match &opened {
            Ok(control) => (HopOutcome::Done, control.summary()),
            Err(error) => (HopOutcome::Failed, error.message.clone()),
        };
        let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        (context.hops)(Hop { name: "Open file".to_owned(), detail, outcome, elapsed_ms });
        let control = opened?;
        // Sessions open what is there now, as it was found to be: they neither make the file nor write to one that may not be.
        let source = Source { create: false, read_only: control.read_only(), ..source };
        Ok(Arc::new(SqliteConnection { control, source }))
    }
}

fn source(profile: &Profile, read_only: bool) -> Result<Source, Error> {
    let invalid = |message: String| Err(Error::new(Code::InvalidStatement, message));
    let Some(file) = profile.value("file") else {
        return Err(Error::new(Code::NotFound, "No file is chosen.").with_hint("Choose a database file."));
    };
    let mode = profile.value("mode").unwrap_or("open");
    if !["open", "create", "read_only"].contains(&mode) {
        return invalid(format!("The mode “{mode}” is unknown."));
    }
    let foreign_keys = match profile.value("foreign_keys").unwrap_or("default") {
        "default" => None,
        "on" => Some(true),
        "off" => Some(false),
        other => return invalid(format!("The foreign key setting “{other}” is unknown.")),
    };
    let place = if file == ":memory:" {
        let number = MEMORY.fetch_add(1, Ordering::Relaxed);
        Place::Memory(format!("rowhouse-{}-{number}", std::process::id()))
    } else {
        let path = PathBuf::from(file);
        match std::path::absolute(&path) {
            Ok(path) => Place::File(path),
            Err(error) => {
                return Err(Error::new(Code::NotFound, format!("“{file}” is no path of a file.")).with_source(error));
            }
        }
    };
    Ok(Source { place, create: mode == "create", read_only: read_only || mode == "read_only", foreign_keys })
}

struct SqliteConnection {
    control: SqliteControl,
    source: Source,
}

#[async_trait]
impl Connection for SqliteConnection {
    fn control(&self) -> &dyn Control {
        &self.control
    }

    async fn open(&self, _role: Role) -> Result<Arc<dyn Session>, Error> {
        let session = SqliteSession::open(self.source.clone(), self.control.database().to_owned()).await?;
        Ok(Arc::new(session))
    }

    async fn close(&self) {
        self.control.close();
    }
}
