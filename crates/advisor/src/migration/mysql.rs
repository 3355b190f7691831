//! MySQL's and MariaDB's statements: by which algorithm and under which lock InnoDB makes them.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html>,
//! <https://mariadb.com/kb/en/innodb-online-ddl-overview/>.

use super::action::{Action, Kind, What};
use super::tokens::{Change, Part, Words, common};
use super::{Algorithm, Concurrency, Locked, Migration, Online, Server, TableLock, Unread, Work};

/// What one statement does.
///
/// # Errors
/// [`Unread`] where it is none of those that are known.
pub(super) fn read(migration: &Migration<'_>, text: &str) -> Result<Vec<Action>, Unread> {
    let dialect = migration.server.dialect();
    let mut words = Words::new(text, dialect);
    // A setting for the one statement behind it.
    if words.see("SET STATEMENT") {
        words.go_after("FOR");
    }
    let mut actions = match common(&mut words) {
        Some(read) => read?,
        None if words.see("ALTER") => altered(&mut words)?,
        None if words.see("CREATE") => created(&mut words)?,
        None if words.take("DROP INDEX") => {
            words.take("IF EXISTS");
            let name = words.name();
            let on = if words.take("ON") { words.path() } else { return Err(words.unread()) };
            let change = Change { asked: asked(&words), ..Change::new(Part::DropIndex, name) };
            vec![Action::new(What::Change(change), on, "DROP INDEX")]
        }
        None if words.take("RENAME TABLE") => {
            let on = words.path();
            vec![Action::new(What::Change(Change::new(Part::RenameTable, None)), on, "RENAME TABLE")]
        }
        None if words.take("OPTIMIZE TABLE") => {
            let on = words.path();
            vec![Action::new(What::Change(Change::new(Part::Rebuild, None)), on, "OPTIMIZE TABLE")]
        }
        None if words.see("CALL") => return Err(words.unread()),
        None => vec![Action::new(What::Other, None, "takes no lock that others wait for")],
    };
    let alter = actions.iter().any(|action| action.words.starts_with("ALTER TABLE"));
    for action in &mut actions {
        weigh(migration, action, text, alter);
    }
    Ok(actions)
}

fn asked(words: &Words<'_>) -> (Option<String>, Option<String>) {
    (words.option("ALGORITHM"), words.option("LOCK"))
}

fn created(words: &mut Words<'_>) -> Result<Vec<Action>, Unread> {
    words.take("CREATE");
    words.take("OR REPLACE");
    let unique = words.take("UNIQUE");
    let special = words.take_any(&["FULLTEXT", "SPATIAL"]);
    if !words.take("INDEX") {
        if unique || special {
            return Err(words.unread());
        }
        let what = What::Create { kind: Kind::Other, name: String::new(), may_exist: true };
        return Ok(vec![Action::new(what, None, "CREATE")]);
    }
    words.take("IF NOT EXISTS");
    let name = words.name();
    if !words.go_after("ON") {
        return Err(words.unread());
    }
    let on = words.path();
    let part = if special { Part::AddFullText } else { Part::AddIndex };
    let change = Change { asked: asked(words), ..Change::new(part, name) };
    Ok(vec![Action::new(What::Change(change), on, "CREATE INDEX")])
}

fn altered(words: &mut Words<'_>) -> Result<Vec<Action>, Unread> {
    words.take("ALTER");
    words.take_any(&["ONLINE", "IGNORE"]);
    if !words.take("TABLE") {
        // Users, databases, routines, events.
        return Ok(vec![Action::new(What::Other, None, "ALTER of something that is no table")]);
    }
    words.take("IF EXISTS");
    let Some(on) = words.path() else { return Err(words.unread()) };
    let asked = asked(words);
    words.take("NOWAIT");
    let mut actions = Vec::new();
    while !words.is_end() {
        let mut part = words.part();
        if part.see("ALGORITHM") || part.see("LOCK") {
            continue;
        }
        let start = part.span().start;
        let Some(change) = change(&mut part) else {
            return Err(Unread { reason: "a part of ALTER TABLE that is not known here".to_owned(), at: start });
        };
        let text = format!("ALTER TABLE {}: {}", on.name, phrase(&change));
        actions.push(Action::new(What::Change(Change { asked: asked.clone(), ..change }), Some(on.clone()), text));
    }
    Ok(actions)
}

fn phrase(change: &Change) -> String {
    let what = match change.part {
        Part::AddColumn
        | Part::AddColumnAmong
        | Part::AddStoredColumn
        | Part::AddVirtualColumn
        | Part::AddNumberedColumn => "ADD COLUMN",
        Part::DropColumn => "DROP COLUMN",
        Part::RenameColumn => "RENAME COLUMN",
        Part::Redefine => "MODIFY COLUMN",
        Part::SetDefault => "ALTER COLUMN SET DEFAULT",
        Part::AddIndex | Part::AddFullText => "ADD INDEX",
        Part::AddPrimaryKey => "ADD PRIMARY KEY",
        Part::DropPrimaryKey => "DROP PRIMARY KEY",
        Part::DropIndex => "DROP INDEX",
        Part::RenameIndex => "RENAME INDEX",
        Part::AddForeignKey => "ADD FOREIGN KEY",
        Part::DropForeignKey => "DROP FOREIGN KEY",
        Part::AddCheck => "ADD CHECK",
        Part::DropCheck => "DROP CONSTRAINT",
        Part::RenameTable => "RENAME TABLE",
        Part::Convert => "CONVERT TO CHARACTER SET",
        Part::Rebuild => "rebuild",
        Part::Option => "table option",
        Part::Partition => "partitions",
    };
    match &change.name {
        Some(name) => format!("{what} {name}"),
        None => what.to_owned(),
    }
}

/// One part of ALTER TABLE; `None` where it is not known.
fn change(words: &mut Words<'_>) -> Option<Change> {
    if words.take("ADD") {
        return added(words);
    }
    if words.take("DROP") {
        let part = match () {
            () if words.take("PRIMARY KEY") => return Some(Change::new(Part::DropPrimaryKey, None)),
            () if words.take("FOREIGN KEY") => Part::DropForeignKey,
            () if words.take_any(&["INDEX", "KEY"]) => Part::DropIndex,
            () if words.take_any(&["CONSTRAINT", "CHECK"]) => Part::DropCheck,
            () if words.take("PARTITION") => return Some(Change::new(Part::Partition, None)),
            () => {
                words.take("COLUMN");
                Part::DropColumn
            }
        };
        words.take("IF EXISTS");
        return words.name().map(|name| Change::new(part, Some(name)));
    }
    if words.take_any(&["MODIFY", "CHANGE"]) {
        words.take("COLUMN");
        words.take("IF EXISTS");
        return words.name().map(|name| Change::new(Part::Redefine, Some(name)));
    }
    if words.take("ALTER") {
        let part = if words.take_any(&["INDEX", "KEY"]) { Part::Option } else { Part::SetDefault };
        words.take("COLUMN");
        return words.name().map(|name| Change::new(part, Some(name)));
    }
    if words.take("RENAME") {
        let part = match () {
            () if words.take("COLUMN") => Part::RenameColumn,
            () if words.take_any(&["INDEX", "KEY"]) => Part::RenameIndex,
            () => {
                words.take_any(&["TO", "AS"]);
                Part::RenameTable
            }
        };
        return words.name().map(|name| Change::new(part, Some(name)));
    }
    if words.take("CONVERT TO") {
        return Some(Change::new(Part::Convert, None));
    }
    let rebuilds = ["ENGINE", "ROW_FORMAT", "KEY_BLOCK_SIZE", "FORCE", "ORDER BY", "TABLESPACE"];
    if rebuilds.iter().any(|word| words.see(word)) {
        return Some(Change::new(Part::Rebuild, None));
    }
    let partitions = [
        "PARTITION BY",
        "REMOVE PARTITIONING",
        "REORGANIZE PARTITION",
        "COALESCE PARTITION",
        "TRUNCATE PARTITION",
        "EXCHANGE PARTITION",
        "REBUILD PARTITION",
        "ANALYZE PARTITION",
        "CHECK PARTITION",
        "OPTIMIZE PARTITION",
    ];
    if partitions.iter().any(|word| words.see(word)) {
        return Some(Change::new(Part::Partition, None));
    }
    let options = [
        "COMMENT",
        "AUTO_INCREMENT",
        "DEFAULT CHARACTER SET",
        "DEFAULT CHARSET",
        "CHARACTER SET",
        "CHARSET",
        "COLLATE",
        "DEFAULT COLLATE",
        "STATS_PERSISTENT",
        "STATS_AUTO_RECALC",
        "STATS_SAMPLE_PAGES",
        "MAX_ROWS",
        "MIN_ROWS",
    ];
    options.iter().any(|word| words.see(word)).then(|| Change::new(Part::Option, None))
}

fn added(words: &mut Words<'_>) -> Option<Change> {
    let mut name = None;
    if words.take("CONSTRAINT") {
        words.take("IF NOT EXISTS");
        let unnamed = ["CHECK", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY"].iter().any(|word| words.see(word));
        name = if unnamed { None } else { words.name() };
    }
    if words.take("PRIMARY KEY") {
        return Some(Change::new(Part::AddPrimaryKey, None));
    }
    if words.take("FOREIGN KEY") {
        return Some(Change::new(Part::AddForeignKey, name));
    }
    if words.take("CHECK") {
        return Some(Change::new(Part::AddCheck, name));
    }
    if words.take("PARTITION") {
        return Some(Change::new(Part::Partition, None));
    }
    if words.take_any(&["FULLTEXT", "SPATIAL"]) {
        words.take_any(&["INDEX", "KEY"]);
        return Some(Change::new(Part::AddFullText, words.name().or(name)));
    }
    if words.take("UNIQUE") {
        words.take_any(&["INDEX", "KEY"]);
        return Some(Change::new(Part::AddIndex, words.name().or(name)));
    }
    if words.take_any(&["INDEX", "KEY"]) {
        words.take("IF NOT EXISTS");
        return Some(Change::new(Part::AddIndex, words.name()));
    }
    words.take("COLUMN");
    words.take("IF NOT EXISTS");
    let name = words.name()?;
    let part = match () {
        () if words.has("AUTO_INCREMENT") => Part::AddNumberedColumn,
        () if words.has("STORED") || words.has("PERSISTENT") => Part::AddStoredColumn,
        () if words.has("AS") => Part::AddVirtualColumn,
        () if words.has("FIRST") || words.has("AFTER") => Part::AddColumnAmong,
        () => Part::AddColumn,
    };
    let keyed = ["PRIMARY", "UNIQUE", "KEY", "REFERENCES"].iter().any(|word| words.has(word));
    let required = words.has("NOT NULL") && !words.has("DEFAULT");
    Some(Change { keyed, required, computed: words.computed_default(), ..Change::new(part, Some(name)) })
}

/// The least that the server can make a part with, what others may do meanwhile, and what becomes of the rows.
pub(super) fn made(server: Server, change: &Change) -> (Algorithm, Concurrency, Work) {
    use Algorithm::{Copy, Inplace, Instant, NoCopy};
    use Concurrency::{Exclusive, None, Shared};
    let (maria, version) = match server {
        Server::MariaDb { version } => (true, version),
        Server::MySql { version } => (false, version),
        Server::Postgres { .. } | Server::Sqlite { .. } => (false, [0; 3]),
    };
    // https://mariadb.com/kb/en/alter-table/: copying lets others write since 11.2.
    let copied = (Copy, if maria && version >= [11, 2, 0] { None } else { Shared }, Work::Rewrite);
    let rebuilt = (Inplace, None, Work::Rewrite);
    let since = |of_maria: [u16; 3], of_mysql: [u16; 3]| version >= if maria { of_maria } else { of_mysql };
    // Definitions only; before there was INSTANT, INPLACE was it.
    let defined =
        if since([10, 3, 2], [8, 0, 12]) { (Instant, None, Work::Nothing) } else { (Inplace, None, Work::Nothing) };
    let indexed = if maria && version >= [10, 3, 2] { NoCopy } else { Inplace };
    match change.part {
        Part::AddColumn if change.keyed => (Inplace, None, Work::Rewrite),
        Part::AddColumn if since([10, 3, 2], [8, 0, 12]) => defined,
        Part::AddColumnAmong if since([10, 4, 0], [8, 0, 29]) => defined,
        Part::DropColumn if since([10, 4, 0], [8, 0, 29]) => defined,
        Part::AddColumn | Part::AddColumnAmong | Part::DropColumn | Part::AddPrimaryKey | Part::Rebuild => rebuilt,
        Part::AddNumberedColumn => (Inplace, Shared, Work::Rewrite),
        Part::AddStoredColumn | Part::Redefine | Part::DropPrimaryKey | Part::Convert | Part::AddForeignKey => copied,
        Part::AddCheck => copied,
        Part::RenameColumn if !maria && version < [8, 0, 28] => (Inplace, None, Work::Nothing),
        Part::RenameTable => (defined.0, Exclusive, Work::Nothing),
        Part::AddVirtualColumn | Part::RenameColumn | Part::SetDefault | Part::Option => defined,
        Part::RenameIndex | Part::DropForeignKey | Part::DropCheck if maria => defined,
        Part::AddIndex => (indexed, None, Work::Scan),
        Part::AddFullText => (Inplace, Shared, Work::Scan),
        Part::DropIndex | Part::RenameIndex | Part::DropForeignKey | Part::DropCheck => (indexed, None, Work::Nothing),
        Part::Partition => copied,
    }
}

/// What could make it less than is said.
fn unless(change: &Change) -> Option<String> {
    let why = match change.part {
        Part::Redefine => "unless the type stays, or a VARCHAR grows within the same length of its length",
        Part::AddForeignKey => "unless foreign_key_checks is off: then it is made in place, and rows are not checked",
        Part::DropPrimaryKey => "unless another key takes its place: one that is unique and never NULL",
        Part::Partition => "unless only whole partitions are added or dropped",
        Part::AddColumn if change.computed => "unless the default is the same for all rows",
        _ => return None,
    };
    Some(why.to_owned())
}

fn weigh(migration: &Migration<'_>, action: &mut Action, text: &str, alter: bool) {
    let (lock, work) = match &action.what {
        What::Change(change) => {
            let (algorithm, lock, work) = made(migration.server, change);
            action.unless = unless(change);
            (TableLock::MySql { lock, algorithm }, work)
        }
        What::Truncate { .. } | What::Drop { .. } => {
            (TableLock::MySql { lock: Concurrency::Exclusive, algorithm: Algorithm::Instant }, Work::Nothing)
        }
        What::Update { every_row: true } | What::Delete { every_row: true } => {
            (TableLock::MySql { lock: Concurrency::Shared, algorithm: Algorithm::Inplace }, Work::Scan)
        }
        _ => return,
    };
    if let Some(on) = &action.on {
        action.locks.push(Locked { schema: on.schema.clone(), name: on.name.clone(), lock });
    }
    action.work = work;
    if let (What::Change(change), TableLock::MySql { lock: held, algorithm }) = (&action.what, lock) {
        // MariaDB's DROP INDEX takes neither; ALTER TABLE does.
        let dropped = (change.part == Part::DropIndex && !alter).then(|| {
            let quoted = |name: &str| migration.server.dialect().quote_identifier_if_needed(name);
            let table = action
                .on
                .as_ref()
                .map(|on| on.schema.iter().chain([&on.name]).map(|part| quoted(part)).collect::<Vec<_>>());
            let index = change.name.as_deref().map(quoted).unwrap_or_default();
            format!("ALTER TABLE {} DROP INDEX {index}", table.unwrap_or_default().join("."))
        });
        let (text, alter) = (dropped.as_deref().unwrap_or(text), alter || dropped.is_some());
        action.online =
            asking(change, algorithm, held, text, alter).map(|sql| Online { sql, lock, transaction_safe: false });
    }
}

/// The statement with what it is to be made by, so that the server refuses it rather than do more.
fn asking(change: &Change, algorithm: Algorithm, lock: Concurrency, text: &str, alter: bool) -> Option<String> {
    if algorithm == Algorithm::Copy || change.asked != (None, None) || change.part == Part::RenameTable {
        return None;
    }
    // MySQL takes no LOCK beside INSTANT.
    let wanted = match (algorithm, alter) {
        (Algorithm::Instant, true) => format!(", ALGORITHM={}", algorithm.name()),
        (_, true) => format!(", ALGORITHM={}, LOCK={}", algorithm.name(), lock.name()),
        (_, false) => format!(" ALGORITHM={} LOCK={}", algorithm.name(), lock.name()),
    };
    Some(format!("{text}{wanted};"))
}
