//! A folder of migrations.

use crate::{Tool, layout};

/// A file of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is within the folder, with `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A folder as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Whose layout it has; `None` where no file tells.
    pub tool: Option<Tool>,
    /// The migrations, in order.
    pub migrations: Vec<Migration>,
    /// What of it cannot be used.
    pub problems: Vec<Problem>,
}

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// As its tool writes it in its history, but for Drizzle's, where it is the file's name without its ending.
    pub version: String,
    /// What it is called, in words.
    pub name: String,
    /// What applies it.
    pub up: Script,
    /// What takes it back.
    pub down: Option<Script>,
    /// Its checksum, as its tool writes it in its history; none where the tool keeps none.
    pub checksum: Option<String>,
    /// What Drizzle's history calls it: the journal's `when`, in ms since the epoch.
    pub journal_ms: Option<i64>,
    /// Whether it is applied anew whenever it has changed: Flyway's `R__…`.
    pub repeatable: bool,
}

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Where it is within the folder.
    pub file: String,
    /// What it holds.
    pub text: String,
    /// Whether it runs in one transaction, where the engine has that for definitions.
    pub transaction: bool,
}

/// What of a folder cannot be used, or not as it seems to be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A sentence.
    pub words: String,
    /// Nothing can be applied before it is mended.
    pub blocks: bool,
}

impl Folder {
    /// Reads the files of a folder. `path` is the folder itself: Supabase's files have the names of sqlx's simple ones, and are told
    /// apart by lying in `supabase/migrations`. Files that are neither SQL nor Drizzle's journal are passed over.
    pub fn read(path: &str, files: &[File]) -> Folder {
        layout::read(path, files)
    }

    /// A folder of sqlx's simple files is Supabase's where the database has only Supabase's history.
    pub fn beside(mut self, histories: &[Tool]) -> Folder {
        let simple = self.migrations.iter().all(|one| one.down.is_none());
        let theirs = histories.contains(&Tool::Supabase) && !histories.contains(&Tool::Sqlx);
        if self.tool == Some(Tool::Sqlx) && simple && theirs {
            self.tool = Some(Tool::Supabase);
            self.migrations.iter_mut().for_each(|one| one.checksum = None);
        }
        self
    }

    /// The first problem because of which nothing can be applied.
    pub fn obstacle(&self) -> Option<&str> {
        self.problems.iter().find(|problem| problem.blocks).map(|problem| problem.words.as_str())
    }
}
