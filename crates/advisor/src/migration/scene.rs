//! A script laid out: its statements with what they do, in which transaction each stands, and what is new in it.

use std::collections::{HashMap, HashSet};

use policy::statement::Named;
use sql::{Span, StatementKind};

use super::action::{Action, What};
use super::{Locked, Migration, Server, Step, Unread, Work, mysql, postgres, sqlite};

/// A statement that was read, or not.
pub(crate) struct Statement {
    pub(crate) span: Span,
    pub(crate) actions: Vec<Action>,
    pub(crate) unread: Option<Unread>,
    /// The transaction it stands in; those of a script are numbered, and the tool's is 0.
    pub(crate) transaction: Option<usize>,
}

/// A script.
pub(crate) struct Scene<'a> {
    pub(crate) migration: &'a Migration<'a>,
    pub(crate) statements: Vec<Statement>,
    /// A transaction of the script's own is open at its end.
    pub(crate) left_open: bool,
}

impl<'a> Scene<'a> {
    pub(crate) fn of(migration: &'a Migration<'a>) -> Self {
        let statements = sql::split(migration.text, migration.server.dialect())
            .into_iter()
            .map(|piece| {
                let (actions, unread) = match piece.kind {
                    StatementKind::ClientCommand => {
                        let reason = "a command of the terminal client, which the server knows nothing of".to_owned();
                        (Vec::new(), Some(Unread { reason, at: piece.span.start }))
                    }
                    StatementKind::Sql => match read(migration, piece.text(migration.text)) {
                        Ok(actions) => (actions, None),
                        Err(unread) => (Vec::new(), Some(Unread { at: piece.span.start + unread.at, ..unread })),
                    },
                };
                Statement { span: piece.span, actions, unread, transaction: None }
            })
            .collect();
        let mut scene = Scene { migration, statements, left_open: false };
        scene.number_transactions();
        scene.mark_new_relations();
        scene.mark_proven();
        scene
    }

    fn number_transactions(&mut self) {
        let mut number = 0;
        let mut open = self.migration.in_transaction.then_some(0);
        for statement in &mut self.statements {
            let first = statement.actions.first().map(|action| &action.what);
            if matches!(first, Some(What::Begin)) && open.is_none() {
                number += 1;
                open = Some(number);
            }
            statement.transaction = open;
            if matches!(first, Some(What::Commit | What::Rollback)) {
                open = None;
            }
        }
        self.left_open = open.is_some_and(|open| open > 0);
    }

    fn mark_new_relations(&mut self) {
        let mut made = Names::default();
        for statement in &mut self.statements {
            for action in &mut statement.actions {
                action.fresh = action.on.as_ref().is_some_and(|on| made.has(on));
                action.locks.retain(|held| !made.has(&named(held)));
                if action.fresh {
                    (action.work, action.unless, action.online) = (Work::Nothing, None, None);
                }
                if let (What::CreateTable { if_not_exists: false, .. }, Some(on)) = (&action.what, &action.on) {
                    made.add(on.clone());
                }
            }
        }
    }

    /// A constraint that an earlier statement validated proves NOT NULL as one of the catalog does.
    fn mark_proven(&mut self) {
        if self.postgres().is_none_or(|major| major < 12) {
            return;
        }
        let mut added: HashMap<(String, String), String> = HashMap::new();
        let mut proven: HashSet<(String, String)> = HashSet::new();
        for action in self.statements.iter_mut().flat_map(|statement| &mut statement.actions) {
            let Some(on) = action.on.as_ref().map(|on| on.name.clone()) else { continue };
            match &mut action.what {
                What::AddConstraint(constraint) if constraint.kind.says_not_null() => {
                    if let ([column], Some(name)) = (constraint.columns.as_slice(), &constraint.name) {
                        if constraint.unchecked {
                            added.insert((on, name.clone()), column.clone());
                        } else {
                            proven.insert((on, column.clone()));
                        }
                    }
                }
                What::Validate { name, .. } => {
                    if let Some(column) = added.remove(&(on.clone(), name.clone())) {
                        proven.insert((on, column));
                    }
                }
                What::SetNotNull { column, proven: known } if proven.contains(&(on, column.clone())) => {
                    *known = true;
                    (action.work, action.unless, action.online) = (Work::Nothing, None, None);
                }
                _ => {}
            }
        }
    }

    /// What is done, without what is done to relations that are new, each with its statement and that one's index.
    pub(crate) fn actions(&self) -> impl Iterator<Item = (usize, &Statement, &Action)> {
        self.statements.iter().enumerate().flat_map(|(index, statement)| {
            let old = statement.actions.iter().filter(|action| !action.fresh);
            old.map(move |action| (index, statement, action))
        })
    }

    /// PostgreSQL's major version; `None` for other servers.
    pub(crate) fn postgres(&self) -> Option<u16> {
        match self.migration.server {
            Server::Postgres { major } => Some(major),
            _ => None,
        }
    }

    /// About how many rows the relation has, in words, where that is known.
    pub(crate) fn about_rows(&self, on: Option<&Named>) -> String {
        let relation = on.and_then(|on| self.migration.relation(on.schema.as_deref(), &on.name));
        match relation.and_then(|relation| relation.row().estimated_rows.value().copied().flatten()) {
            Some(rows) => format!(" (about {rows} rows)"),
            None => String::new(),
        }
    }

    pub(crate) fn steps(&self) -> Vec<Step> {
        self.statements.iter().map(step).collect()
    }
}

fn read(migration: &Migration<'_>, text: &str) -> Result<Vec<Action>, Unread> {
    match migration.server {
        Server::Postgres { major } => postgres::read(migration, major, text),
        Server::MySql { .. } | Server::MariaDb { .. } => mysql::read(migration, text),
        Server::Sqlite { version } => sqlite::read(version, text),
    }
}

fn step(statement: &Statement) -> Step {
    let mut locks: Vec<Locked> = Vec::new();
    for lock in statement.actions.iter().flat_map(|action| &action.locks) {
        match locks.iter_mut().find(|held| (&held.schema, &held.name) == (&lock.schema, &lock.name)) {
            Some(held) => held.lock = held.lock.max(lock.lock),
            None => locks.push(lock.clone()),
        }
    }
    locks.sort_by_key(|held| std::cmp::Reverse(held.lock));
    let work = statement.actions.iter().map(|action| action.work).max().unwrap_or(Work::Nothing);
    // Certain as soon as one of those that cost as much is.
    let reasons = statement.actions.iter().filter(|action| action.work == work).map(|action| action.unless.clone());
    Step {
        span: statement.span,
        what: statement.actions.iter().map(|action| action.words.clone()).collect(),
        locks,
        work,
        unless: reasons.reduce(|one, other| one.and(other)).flatten(),
        transaction_safe: !statement.actions.iter().any(|action| action.alone),
        in_transaction: statement.transaction.is_some(),
        online: match statement.actions.as_slice() {
            [only] => only.online.clone(),
            _ => None,
        },
        unread: statement.unread.clone(),
    }
}

fn named(held: &Locked) -> Named {
    Named { schema: held.schema.clone(), name: held.name.clone() }
}

/// Names of relations, to be looked up in.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, HashSet<Option<String>>>);

impl Names {
    pub(crate) fn add(&mut self, name: Named) {
        self.0.entry(name.name).or_default().insert(name.schema);
    }

    /// Whether one of them may mean the same.
    pub(crate) fn has(&self, name: &Named) -> bool {
        let schemas = self.0.get(&name.name);
        schemas.is_some_and(|known| name.schema.is_none() || known.contains(&None) || known.contains(&name.schema))
    }
}

/// Whether two names may mean the same relation: one without a schema may be in any.
pub(crate) fn same(one: &Named, other: &Named) -> bool {
    one.name == other.name && (one.schema.is_none() || other.schema.is_none() || one.schema == other.schema)
}
