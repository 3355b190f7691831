//! Changes that no condition holds to chosen rows: what a person is asked about before it is sent.
//!
//! Told from the text alone. What a function, a procedure or a trigger does is the server's to know, and so is a text that the
//! server puts together itself; the body of a block is looked into.

use serde::Serialize;

use crate::dialect::conditional;
use crate::{Class, Classification, Destruction, Dialect, Explain, QualifiedName, Span, Verb, classify, split};

/// What is done to the whole of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum SweepKind {
    /// `UPDATE` of every row.
    Update,
    /// `DELETE` of every row.
    Delete,
    /// It is emptied: `TRUNCATE`.
    Empty,
    /// It is dropped, by `DROP` or as a part by `ALTER`.
    Drop,
    /// Any other change: of chosen rows, of a definition, of what cannot be told from the text. Only told by [`changes`].
    Other,
}

/// A change of the whole of something. Its spans are of the script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sweep {
    /// What is done.
    pub kind: SweepKind,
    /// To what kind of object, in upper case: `TABLE`, `COLUMN`. For [`SweepKind::Other`] the command: `INSERT`, `CREATE INDEX`;
    /// empty where it is not known.
    pub object: String,
    /// Which; empty where the text does not tell.
    pub names: Vec<QualifiedName>,
    /// The object they are parts of.
    pub of: Option<QualifiedName>,
    /// The statement it stands in.
    pub statement: Span,
    /// Where its verb stands, or the string it stands in.
    pub span: Span,
}

/// Every such change in `script`, in order. What a setting or the version of the server decides (whether a backslash escapes,
/// whether `/*!80000 … */` is code) is read every way it could be, and what sweeps in any of them is told.
pub fn sweeps(script: &str, dialect: &Dialect) -> Vec<Sweep> {
    told(script, dialect, of_statement)
}

/// Every change in `script`, in order: what [`sweeps`] tells, and as [`SweepKind::Other`] each other statement that changes rows
/// or definitions, or could for all that its text tells. A guard that does not understand a statement takes it for a change.
pub fn changes(script: &str, dialect: &Dialect) -> Vec<Sweep> {
    told(script, dialect, changes_of)
}

/// The changes that a statement makes of which this is known; `statement` is its place in the script.
pub fn changes_of(answer: Classification, statement: Span) -> Vec<Sweep> {
    let changes = matches!(answer.class, Class::Write | Class::Ddl | Class::Unknown);
    let (object, targets) = (answer.effect.command.clone(), answer.effect.targets.clone());
    let sweeps = of_statement(answer, statement);
    if !changes || !sweeps.is_empty() {
        return sweeps;
    }
    let names = targets.into_iter().map(|name| placed(name, statement)).collect();
    vec![Sweep { kind: SweepKind::Other, object, names, of: None, statement, span: statement }]
}

fn told(script: &str, dialect: &Dialect, of: impl Fn(Classification, Span) -> Vec<Sweep>) -> Vec<Sweep> {
    let mut found: Vec<Sweep> = Vec::new();
    for reading in readings(script, dialect) {
        for statement in split(script, &reading) {
            let answer = classify(statement.text(script), &reading);
            for sweep in of(answer, statement.span) {
                let known = |one: &Sweep| one.span == sweep.span && one.kind == sweep.kind && one.names == sweep.names;
                if !found.iter().any(known) {
                    found.push(sweep);
                }
            }
            if found.len() >= MOST {
                break;
            }
        }
    }
    found.sort_by_key(|sweep| sweep.span);
    found
}

/// Beyond this many a list says no more to a person; that there are some is what counts.
const MOST: usize = 1000;

fn readings(script: &str, dialect: &Dialect) -> Vec<Dialect> {
    let mut readings = vec![dialect.clone()];
    if dialect.backslash_escapes_vary && script.contains('\\') {
        readings.push(dialect.with_backslash_escapes(!dialect.backslash_escapes));
    }
    if dialect.conditional_comments && dialect.conditional_server.is_none() {
        let servers = conditional::servers(script).unwrap_or_default();
        readings.extend(servers.into_iter().map(|server| dialect.with_conditional_server(Some(server))));
    }
    readings
}

fn of_statement(answer: Classification, statement: Span) -> Vec<Sweep> {
    let effect = answer.effect;
    let kept = effect.command.starts_with("CREATE ")
        && !["CREATE TABLE", "CREATE MATERIALIZED VIEW"].contains(&effect.command.as_str());
    if matches!(effect.explain, Some(Explain { runs: false, .. })) {
        return Vec::new();
    }
    let mut sweeps: Vec<Sweep> = Vec::new();
    // What a rule or a routine is made of does not run yet.
    for write in effect.whole_table_writes().filter(|_| !kept) {
        let kind = if write.verb == Verb::Delete { SweepKind::Delete } else { SweepKind::Update };
        let span = write.span.shifted(statement.start);
        let target = write.target.iter().map(|name| placed(name.clone(), statement)).collect::<Vec<_>>();
        match sweeps.iter_mut().find(|one| one.span == span && one.kind == kind) {
            Some(one) => one.names.extend(target),
            None => sweeps.push(Sweep { kind, object: "TABLE".to_owned(), names: target, of: None, statement, span }),
        }
    }
    sweeps.extend(effect.destroys.into_iter().map(|one| Sweep {
        kind: if one.how == Destruction::Empty { SweepKind::Empty } else { SweepKind::Drop },
        object: one.kind,
        names: one.names.into_iter().map(|name| placed(name, statement)).collect(),
        of: one.of.map(|name| placed(name, statement)),
        statement,
        span: one.span.shifted(statement.start),
    }));
    sweeps
}

fn placed(name: QualifiedName, statement: Span) -> QualifiedName {
    QualifiedName { span: name.span.shifted(statement.start), ..name }
}
