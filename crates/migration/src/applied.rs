//! A row of a history, of whichever tool.

/// What a history says of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// As the tool writes it: a number (sqlx, Supabase, Rails), `1.2` (Flyway; empty for a repeatable one), the folder's name (Prisma),
    /// milliseconds of the journal (Drizzle), `app.name` (Django), `file::id::author` (Liquibase).
    pub version: String,
    /// What it is called; empty where the tool keeps no name.
    pub name: String,
    /// Checksum as the tool writes it; bytes in lower-case hex.
    pub checksum: Option<String>,
    /// When, in ms since the epoch.
    pub at_ms: Option<i64>,
    /// How long it took, in ms.
    pub took_ms: Option<i64>,
    /// How it ended.
    pub ended: Ended,
    /// The tool's own word for what the row is (`BASELINE`).
    pub kind: Option<String>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is applied.
    Applied,
    /// It was begun and not brought to its end.
    Failed,
    /// It was taken back.
    Reverted,
}

impl Applied {
    /// Reads a row of [`crate::Tool::query`]: version, name, checksum, ms since the epoch, ms it took, how it ended, kind. `None` for
    /// a row of another shape.
    pub fn of_row(row: &[Option<String>]) -> Option<Self> {
        let [version, name, checksum, at_ms, took_ms, ended, kind] = row else { return None };
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        Some(Applied {
            version: version.clone().unwrap_or_default(),
            name: name.clone().unwrap_or_default(),
            checksum: checksum.clone(),
            at_ms: number(at_ms),
            took_ms: number(took_ms),
            ended: match ended.as_deref() {
                Some("applied") => Ended::Applied,
                Some("reverted") => Ended::Reverted,
                _ => Ended::Failed,
            },
            kind: kind.clone(),
        })
    }
}
