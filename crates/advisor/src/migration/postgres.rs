//! PostgreSQL's statements: from the grammar's tree to actions, and what each takes of a server that is in use.

mod alter;
mod effect;
mod functions;
mod online;
mod read;
mod tree;

use policy::{expression::Problem, grammar};

use super::action::Action;
use super::{Migration, Unread};

/// What one statement does.
///
/// # Errors
/// [`Unread`], with the place in `text`, where the grammar refuses it or it does what cannot be seen.
pub(super) fn read(migration: &Migration<'_>, major: u16, text: &str) -> Result<Vec<Action>, Unread> {
    let actions = grammar::statements(text, |trees| {
        let nodes = trees.iter().filter_map(|raw| raw.stmt.as_deref()?.node.as_ref());
        nodes.map(|node| read::actions(migration, major, node)).collect::<Result<Vec<_>, _>>()
    });
    let mut actions = match actions {
        Ok(Ok(actions)) => actions.into_iter().flatten().collect::<Vec<_>>(),
        Ok(Err(reason)) => return Err(Unread { reason: reason.to_owned(), at: 0 }),
        Err(problem) => {
            let at = if let Problem::Syntax { at: Some(at), .. } = problem { at } else { 0 };
            return Err(Unread { reason: problem.to_string(), at });
        }
    };
    for action in &mut actions {
        effect::weigh(migration, major, action);
    }
    Ok(actions)
}
