//! What runs: each migration with the statements that keep its row in the history.

use driver::alter::{AlterStatement, Application};
use migration::{Folder, History, Locking, Migration, Script, State, order, statements};
use schema::Engine;

use super::reading::Standing;
use crate::{api::*, store::now_ms};

/// A migration that runs, one way.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) migration: Migration,
    pub(super) direction: MigrationDirection,
    pub(super) file: String,
    /// Whether it runs in one transaction.
    pub(super) together: bool,
    pub(super) statements: Vec<String>,
}

/// What is sent for a step, and where its own statements are in it.
pub(super) struct Sending {
    pub(super) application: Application,
    /// How many statements come before its own.
    pub(super) before: usize,
    /// Which of those say that another program is at it, or was.
    pub(super) checks: Vec<usize>,
}

impl Sending {
    /// Whether a statement takes the lock of sqlx: it comes first, and there is another check after it.
    pub(super) fn is_lock(&self, statement: usize) -> bool {
        self.checks.len() > 1 && self.checks.first() == Some(&statement)
    }
}

impl Step {
    /// One way of a migration.
    ///
    /// # Errors
    /// `InvalidStatement` for a statement that is not sent, and for a way back that is not there.
    pub(super) fn of(migration: &Migration, direction: MigrationDirection, engine: Engine) -> Result<Self, AppError> {
        let script: &Script = match (direction, &migration.down) {
            (MigrationDirection::Up, _) => &migration.up,
            (MigrationDirection::Down, Some(down)) => down,
            (MigrationDirection::Down, None) => {
                let message = format!("Nothing takes “{}” back.", migration.up.file);
                return Err(AppError::new(ErrorCode::InvalidStatement, message)
                    .with_hint("A migration that can be taken back has a file ….down.sql beside ….up.sql."));
            }
        };
        let together = script.transaction && matches!(engine, Engine::Postgres | Engine::Sqlite);
        let statements = statements(script, engine, together)
            .map_err(|unfit| AppError::new(ErrorCode::InvalidStatement, unfit.words).with_hint(unfit.hint))?;
        Ok(Step { migration: migration.clone(), direction, file: script.file.clone(), together, statements })
    }

    /// Everything that is sent for it; without a history nothing is written down in the database.
    pub(super) fn sending(&self, history: Option<(&History, &str)>, keep: bool, lock_timeout_ms: u32) -> Sending {
        let (mut all, checks) = self.prefix(history);
        let before = all.len();
        all.extend(self.statements.iter().map(|sql| plain(sql)));
        if let Some((history, _)) = history {
            all.push(plain(&self.suffix(history)));
        }
        let application = Application {
            before: Vec::new(),
            statements: all,
            transaction: self.together,
            keep,
            lock_timeout_ms,
            script: true,
        };
        Sending { application, before, checks }
    }

    fn prefix(&self, history: Option<(&History, &str)>) -> (Vec<AlterStatement>, Vec<usize>) {
        let mut all = Vec::new();
        let mut checks = Vec::new();
        let Some((history, database)) = history else { return (all, checks) };
        let locking = if self.together { Locking::Transaction } else { Locking::Session };
        let version = self.migration.version.as_str();
        let mut look = |all: &mut Vec<AlterStatement>, sql: String| {
            checks.push(all.len());
            all.push(AlterStatement { sql, check: true });
        };
        if let Some(lock) = history.lock(database, locking) {
            look(&mut all, lock);
        }
        match self.direction {
            MigrationDirection::Up => {
                all.push(plain(&history.make()));
                look(&mut all, history.is_not_pending(version));
                all.extend(history.begin().map(plain));
                all.push(plain(&history.insert(&self.migration, self.together)));
            }
            MigrationDirection::Down => {
                look(&mut all, history.is_not_applied(version));
                if !self.together {
                    all.push(plain(&history.doubt(version)));
                }
            }
        }
        (all, checks)
    }

    fn suffix(&self, history: &History) -> String {
        let version = self.migration.version.as_str();
        match self.direction {
            MigrationDirection::Up => history.finish(version, now_ms()),
            MigrationDirection::Down => history.remove(version),
        }
    }

    /// How many of its statements are kept for sure when this one did not come to its end, and whether there may be more: a script that
    /// runs without a transaction may have some of its own.
    pub(super) fn kept(&self, statement: usize, engine: Engine) -> (usize, bool) {
        if self.together {
            return (0, false);
        }
        let dialect = match engine {
            Engine::Postgres => sql::dialect::postgres(),
            Engine::MySql | Engine::MariaDb => sql::dialect::mysql(),
            Engine::Sqlite => sql::dialect::sqlite(),
        };
        let mut begun = None;
        for (place, text) in self.statements.iter().enumerate().take(statement) {
            match sql::classify(text, dialect).effect.transaction {
                Some(sql::TransactionKind::Begin) => begun = Some(place),
                Some(sql::TransactionKind::Commit | sql::TransactionKind::Rollback) => begun = None,
                _ => {}
            }
        }
        match begun {
            // MySQL ends a transaction of its own accord at the first definition.
            Some(begun) => (begun, matches!(engine, Engine::MySql | Engine::MariaDb)),
            None => (statement.min(self.statements.len()), false),
        }
    }
}

fn plain(sql: &str) -> AlterStatement {
    AlterStatement { sql: sql.to_owned(), check: false }
}

/// What a request means, in the order in which it runs.
///
/// # Errors
/// `NotFound` for a version that is not in the folder; `InvalidStatement` for a statement that is not sent, and for a way back that is
/// not there.
pub(super) fn planned(standing: &Standing, request: &MigrationRequest) -> Result<Vec<Step>, AppError> {
    let Some(folder) = &standing.folder else { return Ok(Vec::new()) };
    let to = request.to.as_deref();
    if let Some(to) = to
        && to != "0"
        && !folder.migrations.iter().any(|one| order(&one.version, to).is_eq())
    {
        return Err(AppError::new(ErrorCode::NotFound, format!("There is no migration {to} in the folder.")));
    }
    let migration = |place: Option<usize>| place.and_then(|place| folder.migrations.get(place));
    let wanted: Vec<&Migration> = match request.direction {
        MigrationDirection::Up => standing
            .pending()
            .filter_map(|row| migration(row.migration))
            .filter(|one| to.is_none_or(|to| order(&one.version, to).is_le()))
            .collect(),
        MigrationDirection::Down => {
            let applied = standing.rows.iter().rev().filter(|row| row.state == State::Applied);
            let applied = applied.filter_map(|row| migration(row.migration));
            match to {
                Some(to) => applied.filter(|one| order(&one.version, to).is_gt()).collect(),
                None => applied.take(1).collect(),
            }
        }
    };
    wanted.into_iter().map(|one| Step::of(one, request.direction, standing.engine)).collect()
}

/// Everything of a folder, up.
///
/// # Errors
/// `InvalidStatement` for what cannot be used of it, and for a statement that is not sent.
pub(super) fn whole(folder: &Folder, engine: Engine) -> Result<Vec<Step>, AppError> {
    if let Some(obstacle) = folder.obstacle() {
        return Err(AppError::new(ErrorCode::InvalidStatement, obstacle));
    }
    folder.migrations.iter().map(|one| Step::of(one, MigrationDirection::Up, engine)).collect()
}
