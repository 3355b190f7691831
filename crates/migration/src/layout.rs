//! How each tool lays out a folder, and what it calls a file's checksum.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Deserialize;
use sha2::{Digest, Sha256, Sha384};

use crate::{
    Tool,
    folder::{File, Folder, Migration, Problem, Script},
    version::order,
};

/// Drizzle's list of its files (<https://orm.drizzle.team/docs/drizzle-kit-generate>).
const JOURNAL: &str = "meta/_journal.json";
/// Prisma's file in each of its folders (<https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories>).
const PRISMA: &str = "migration.sql";
/// How sqlx's file that runs without a transaction begins (`sqlx_core::migrate::source`, 0.8 and 0.9).
const NO_TRANSACTION: &str = "-- no-transaction";

/// Reads a folder by whose names its files have.
pub(crate) fn read(path: &str, files: &[File]) -> Folder {
    let mut reading = Reading::default();
    let mut files: Vec<&File> = files.iter().collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let supabase = path.replace('\\', "/").trim_end_matches('/').ends_with("supabase/migrations");
    let in_folders = |file: &&File| file.path.split_once('/').is_some_and(|(_, name)| name == PRISMA);
    let flyway = |file: &&File| !file.path.contains('/') && flyway_name(&file.path).is_some();
    let numbered = |file: &&File| !file.path.contains('/') && sqlx_name(&file.path).is_some();
    let tool = if files.iter().any(|file| file.path == JOURNAL) {
        reading.drizzle(&files);
        Some(Tool::Drizzle)
    } else if files.iter().any(in_folders) {
        reading.prisma(&files);
        Some(Tool::Prisma)
    } else if files.iter().any(flyway) {
        reading.flyway(&files);
        Some(Tool::Flyway)
    } else if files.iter().any(numbered) {
        reading.sqlx(&files, supabase);
        Some(if supabase { Tool::Supabase } else { Tool::Sqlx })
    } else {
        for file in files.iter().filter(|file| file.path.ends_with(".sql")) {
            reading.stray(&file.path);
        }
        supabase.then_some(Tool::Supabase)
    };
    let Reading { mut migrations, problems } = reading;
    // Drizzle's are in the order of their journal.
    if tool != Some(Tool::Drizzle) {
        migrations.sort_by(|left, right| order(&left.version, &right.version).then_with(|| left.name.cmp(&right.name)));
    }
    Folder { tool, migrations, problems }
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The checksum of sqlx: SHA-384 over the file's bytes (`sqlx_core::migrate::migration::checksum`, 0.8 and 0.9).
pub(crate) fn sha384(bytes: &[u8]) -> String {
    hex(&Sha384::digest(bytes))
}

/// The checksum of Prisma and of Drizzle: SHA-256 over the file's bytes (`prisma-engines`, `checksum.rs`; `drizzle-orm/src/migrator.ts`).
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The checksum of Flyway: CRC-32 over the lines without their ends and without a byte order mark, as a signed number
/// (`flyway-core`, `LoadableResource.calculateChecksum`).
pub(crate) fn flyway_checksum(text: &str) -> String {
    let mut crc = crc32fast::Hasher::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A line ends at `\n`, `\r` or `\r\n`, as Java's BufferedReader.readLine has it.
    for line in text.split(['\n', '\r']) {
        crc.update(line.as_bytes());
    }
    crc.finalize().cast_signed().to_string()
}

/// Whether a checksum of Prisma's is a text's: also with the other line ends, which Git may have made of it
/// (`prisma-engines`, `checksum.rs`).
pub(crate) fn is_prisma_checksum(text: &str, checksum: &str) -> bool {
    let plain = text.replace("\r\n", "\n");
    let windows = plain.replace('\n', "\r\n");
    [text, &plain, &windows].iter().any(|text| sha256(text.as_bytes()).eq_ignore_ascii_case(checksum))
}

/// A name of sqlx's: version, name in words, and which way.
struct SqlxName<'a> {
    version: &'a str,
    name: String,
    way: Way,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Simple,
    Up,
    Down,
}

/// `VERSION_name.sql`, `VERSION_name.up.sql`, `VERSION_name.down.sql`, with a version that is a number above nothing.
fn sqlx_name(path: &str) -> Option<SqlxName<'_>> {
    let (version, rest) = path.split_once('_')?;
    let number: i64 = version.parse().ok()?;
    let plain = version.bytes().all(|byte| byte.is_ascii_digit());
    let (name, way) = match rest.strip_suffix(".sql")? {
        rest if rest.ends_with(".up") => (rest.strip_suffix(".up")?, Way::Up),
        rest if rest.ends_with(".down") => (rest.strip_suffix(".down")?, Way::Down),
        rest => (rest, Way::Simple),
    };
    (plain && number > 0).then(|| SqlxName { version, name: name.replace('_', " "), way })
}

/// Flyway's names (<https://documentation.red-gate.com/fd/migrations-271585107.html>).
enum FlywayName {
    Versioned { version: String, name: String },
    Undo { version: String },
    Repeatable { name: String },
}

fn flyway_name(path: &str) -> Option<FlywayName> {
    let (head, name) = path.strip_suffix(".sql")?.split_once("__")?;
    let name = name.replace('_', " ");
    let kind = head.chars().next()?;
    let version = head.get(1..)?.replace('_', ".");
    let fits = !version.is_empty()
        && version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    match kind {
        'V' if fits => Some(FlywayName::Versioned { version, name }),
        'U' if fits => Some(FlywayName::Undo { version }),
        'R' if version.is_empty() => Some(FlywayName::Repeatable { name }),
        _ => None,
    }
}

/// `meta/_journal.json`, as far as it is read.
#[derive(Deserialize)]
struct Journal {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    when: i64,
    tag: String,
}

#[derive(Default)]
struct Reading {
    migrations: Vec<Migration>,
    problems: Vec<Problem>,
}

impl Reading {
    fn problem(&mut self, blocks: bool, words: String) {
        self.problems.push(Problem { words, blocks });
    }

    /// The tool passes such a file over, and so does this.
    fn stray(&mut self, path: &str) {
        self.problem(false, format!("“{path}” is passed over: its name is not one of a migration (VERSION_name.sql)."));
    }

    fn text(&mut self, file: &File) -> Option<Script> {
        let Ok(text) = String::from_utf8(file.bytes.clone()) else {
            self.problem(true, format!("“{}” is not UTF-8.", file.path));
            return None;
        };
        if text.trim().is_empty() {
            self.problem(false, format!("“{}” is empty.", file.path));
        }
        let transaction = !text.starts_with(NO_TRANSACTION);
        if transaction && text.trim_start_matches('\u{feff}').trim_start().starts_with(NO_TRANSACTION) {
            let words = format!(
                "“{}” says {NO_TRANSACTION}, but not as its very first characters: that does not count.",
                file.path
            );
            self.problem(false, words);
        }
        Some(Script { file: file.path.clone(), text, transaction })
    }

    fn sqlx(&mut self, files: &[&File], supabase: bool) {
        let mut ups: BTreeMap<i64, (Migration, Way)> = BTreeMap::new();
        let mut downs: Vec<(i64, String, Script)> = Vec::new();
        for file in files.iter().filter(|file| !file.path.contains('/') && file.path.ends_with(".sql")) {
            let Some(SqlxName { version, name, way }) = sqlx_name(&file.path) else {
                // sqlx fails at one with an underscore, for what stands before it has to be a number.
                match file.path.contains('_') {
                    true => self.problem(true, format!("“{}” does not begin with a version, a number.", file.path)),
                    false => self.stray(&file.path),
                }
                continue;
            };
            let Some(script) = self.text(file) else { continue };
            let number: i64 = version.parse().unwrap_or(0);
            if way == Way::Down && !supabase {
                downs.push((number, name, script));
                continue;
            }
            if let Some((other, _)) = ups.get(&number) {
                let words = format!("“{}” and “{}” have the same version.", other.up.file, file.path);
                self.problem(true, words);
                continue;
            }
            let checksum = (!supabase).then(|| sha384(&file.bytes));
            // Supabase's versions are texts, as they stand there.
            let version = if supabase { version.to_owned() } else { number.to_string() };
            let migration =
                Migration { version, name, up: script, down: None, checksum, journal_ms: None, repeatable: false };
            ups.insert(number, (migration, way));
        }
        for (number, _, script) in downs {
            match ups.get_mut(&number) {
                Some((up, Way::Up)) if up.down.is_none() => up.down = Some(script),
                Some((up, Way::Up)) => {
                    let words =
                        format!("“{}” takes back what another file takes back already: {}.", script.file, up.up.file);
                    self.problem(true, words);
                }
                Some((up, _)) => {
                    let words = format!("“{}” takes back “{}”, which is not called ….up.sql.", script.file, up.up.file);
                    self.problem(true, words);
                }
                None => self.problem(true, format!("“{}” takes back what is not there.", script.file)),
            }
        }
        let mut alone = Vec::new();
        for (up, _) in ups.values().filter(|(up, way)| *way == Way::Up && up.down.is_none()) {
            alone.push(format!("“{}” has no file that takes it back.", up.up.file));
        }
        alone.into_iter().for_each(|words| self.problem(false, words));
        let simple = ups.values().filter(|(_, way)| *way == Way::Simple).count();
        if !supabase && simple > 0 && simple < ups.len() {
            let words = "Some migrations are of one file and others of two (….up.sql, ….down.sql): only the latter can be taken back.";
            self.problem(false, words.to_owned());
        }
        self.migrations = ups.into_values().map(|(up, _)| up).collect();
    }

    fn flyway(&mut self, files: &[&File]) {
        let mut undone: Vec<(String, Script)> = Vec::new();
        for file in files.iter().filter(|file| !file.path.contains('/') && file.path.ends_with(".sql")) {
            let Some(named) = flyway_name(&file.path) else {
                self.problem(false, format!("“{}” is passed over: its name is not one of Flyway's.", file.path));
                continue;
            };
            let Some(script) = self.text(file) else { continue };
            let checksum = Some(flyway_checksum(&script.text));
            let (version, name, repeatable) = match named {
                FlywayName::Undo { version } => {
                    undone.push((version, script));
                    continue;
                }
                FlywayName::Versioned { version, name } => (version, name, false),
                FlywayName::Repeatable { name } => (String::new(), name, true),
            };
            let same = |one: &&Migration| !repeatable && !one.repeatable && order(&one.version, &version).is_eq();
            if let Some(other) = self.migrations.iter().find(same) {
                let words = format!("“{}” and “{}” have the same version.", other.up.file, file.path);
                self.problem(true, words);
                continue;
            }
            let up = Script { transaction: true, ..script };
            self.migrations.push(Migration { version, name, up, down: None, checksum, journal_ms: None, repeatable });
        }
        for (version, script) in undone {
            let own = self.migrations.iter_mut().find(|one| !one.repeatable && order(&one.version, &version).is_eq());
            match own {
                Some(own) => own.down = Some(script),
                None => self.problem(true, format!("“{}” takes back what is not there.", script.file)),
            }
        }
    }

    fn prisma(&mut self, files: &[&File]) {
        for file in files.iter().filter(|file| file.path.ends_with(".sql")) {
            let Some((version, PRISMA)) = file.path.split_once('/') else {
                self.problem(false, format!("“{}” is passed over: Prisma's are called DIR/migration.sql.", file.path));
                continue;
            };
            let Some(script) = self.text(file) else { continue };
            let name = version.split_once('_').map_or(version, |(_, name)| name).replace('_', " ");
            self.migrations.push(Migration {
                version: version.to_owned(),
                name,
                up: Script { transaction: true, ..script },
                down: None,
                checksum: Some(sha256(&file.bytes)),
                journal_ms: None,
                repeatable: false,
            });
        }
    }

    fn drizzle(&mut self, files: &[&File]) {
        let journal = files.iter().find(|file| file.path == JOURNAL).map(|file| serde_json::from_slice(&file.bytes));
        let entries = match journal {
            Some(Ok(Journal { entries })) => entries,
            _ => {
                self.problem(true, format!("“{JOURNAL}” is not a journal of Drizzle's."));
                return;
            }
        };
        for Entry { when, tag } in entries {
            let path = format!("{tag}.sql");
            let Some(file) = files.iter().find(|file| file.path == path) else {
                self.problem(true, format!("“{path}” is in the journal and not in the folder."));
                continue;
            };
            let Some(script) = self.text(file) else { continue };
            let name = tag.split_once('_').map_or(tag.as_str(), |(_, name)| name).replace('_', " ");
            self.migrations.push(Migration {
                version: tag,
                name,
                up: Script { transaction: true, ..script },
                down: None,
                checksum: Some(sha256(&file.bytes)),
                journal_ms: Some(when),
                repeatable: false,
            });
        }
        for file in files.iter().filter(|file| !file.path.contains('/') && file.path.ends_with(".sql")) {
            if !self.migrations.iter().any(|one| one.up.file == file.path) {
                self.problem(false, format!("“{}” is passed over: it is not in the journal.", file.path));
            }
        }
    }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
