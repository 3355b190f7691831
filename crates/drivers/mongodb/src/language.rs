//! The language: statements of the shell (`db.orders.find({…}).sort({…})`) and raw command documents, without JavaScript.
//!
//! What a statement does is told from the command it comes down to ([`reach`]), which is what the server reads; whatever cannot be
//! read is unknown, and to be treated as a write. `explain`, `explain executionStats` and `explain allPlansExecution` before a
//! statement ask for its plan; that is ours and not the shell's.

mod alike;
mod complete;
mod constructor;
mod extended;
mod lexer;
mod literal;
mod node;
mod plan;
mod reach;
mod split;
mod statement;
mod words;

use catalog::Catalog;
use driver::{Commands, Suggestions};
use sql::{Class, Classification, Destroys, Destruction, Effect, QualifiedName, Write};

pub(crate) use alike::alike;
pub(crate) use constructor::{new_object_id, new_uuid};
#[cfg(test)]
pub(crate) use literal::hex as hex_bytes;
pub(crate) use literal::{Reader, Wrong};
pub(crate) use node::{Literal, Node, document, put};
pub(crate) use plan::{Ack, Plan, Shape, plan};
pub(crate) use reach::writes;

use reach::Reach;

/// One value, and nothing after it.
pub(crate) fn read_value(text: &str) -> Result<Node, Wrong> {
    let tokens = lexer::tokens(text);
    let mut reader = Reader::new(text, &tokens);
    let node = reader.value()?;
    match reader.peek() {
        None => Ok(node),
        Some(_) => reader.wrong("Nothing can follow the value."),
    }
}

/// Longest title, in characters.
const TITLE: usize = 80;

/// The shell's statements.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shell;

impl Commands for Shell {
    fn name(&self) -> &'static str {
        "mongosh"
    }

    fn line_comment(&self) -> &'static str {
        "//"
    }

    fn split(&self, script: &str) -> Vec<sql::Statement> {
        split::split(script)
    }

    fn classify(&self, command: &str) -> Classification {
        match plan(command, "") {
            Ok(plan) => classified(&plan),
            Err(_) => {
                let command = split::split(command).into_iter().next().map_or_else(String::new, |one| one.command);
                Classification { class: Class::Unknown, effect: Effect { command, ..Effect::default() } }
            }
        }
    }

    fn title(&self, command: &str) -> String {
        let title = match plan(command, "") {
            Ok(Plan { shape: Shape::Use(name), .. }) => format!("use {name}"),
            Ok(plan) => [Some(plan.method), plan.collection].into_iter().flatten().collect::<Vec<_>>().join(" "),
            Err(_) => command.trim().lines().next().unwrap_or_default().to_owned(),
        };
        match title.char_indices().nth(TITLE) {
            Some((end, _)) => title.get(..end).unwrap_or_default().to_owned(),
            None => title,
        }
    }

    fn result_title(&self, command: &str) -> Option<String> {
        plan(command, "").ok()?.collection
    }

    fn secret_spans(&self, text: &str) -> Vec<sql::Span> {
        split::secrets(text)
    }

    fn complete(&self, text: &str, caret: usize, catalog: Option<&Catalog>) -> Suggestions {
        complete::complete(text, caret, catalog)
    }
}

/// What a planned statement does.
pub(crate) fn classified(plan: &Plan) -> Classification {
    let span = sql::Span::new(plan.at.start, plan.at.end);
    let qualified = |database: Option<&str>, name: &str| QualifiedName {
        parts: database.into_iter().chain([name]).map(str::to_owned).collect(),
        span,
    };
    let own = |name: &str| qualified(plan.database.as_deref(), name);
    let target: Vec<QualifiedName> = plan.collection.iter().map(|name| own(name)).collect();
    let calls = plan
        .scripts()
        .into_iter()
        .map(|(name, at)| QualifiedName { parts: vec![name], span: sql::Span::new(at.start, at.end) });
    let mut effect = Effect { command: plan.method.clone(), calls: calls.collect(), ..Effect::default() };
    let class = match plan.reach() {
        Reach::Read => Class::Read,
        Reach::Session => Class::Session,
        Reach::Unknown => Class::Unknown,
        Reach::Define => {
            effect.targets = target;
            Class::Ddl
        }
        Reach::Write { verb, into, whole } => {
            let into = into.map(|(database, name)| match database {
                Some(database) => qualified(Some(&database), &name),
                None => own(&name),
            });
            effect.targets = into.iter().cloned().collect();
            effect.writes = vec![Write { verb, target: into, whole_table: whole, span }];
            Class::Write
        }
        Reach::Destroy { kind, name } => {
            let named = match (kind, &name) {
                ("DATABASE", _) => plan.database.as_deref().map(|name| qualified(None, name)),
                ("COLLECTION", Some(name)) => Some(own(name)),
                (_, Some(name)) => Some(qualified(None, name)),
                (_, None) => None,
            };
            let of = (kind == "INDEX").then(|| target.first().cloned()).flatten();
            let names: Vec<QualifiedName> = named.into_iter().collect();
            effect.targets.clone_from(&names);
            effect.destroys = vec![Destroys { how: Destruction::Drop, kind: kind.to_owned(), names, of, span }];
            Class::Ddl
        }
    };
    Classification { class, effect }
}
