//! As whom rows were staged. Edits of a relation are shared by every tab that shows it, and are saved as whom the saving tab
//! acts as: where that is somebody else than who staged them, it is said, and asked before anything is sent.

use driver::row_security::Actor;

use super::{shared::State, target::Target};
use crate::acting::words;

const LOGIN: &str = "the login";

/// As whom a save runs, and as whom else its rows were staged.
pub(super) struct Saver {
    /// In words; `None` is the login.
    pub(super) acting: Option<String>,
    /// The role; `None` is the login.
    pub(super) role: Option<String>,
    /// The others in words, each once.
    pub(super) others: Vec<String>,
    /// Whether none of it was staged as whom it is saved.
    pub(super) only_others: bool,
}

impl Saver {
    /// Who saves, for a sentence.
    pub(super) fn name(&self) -> &str {
        self.acting.as_deref().unwrap_or(LOGIN)
    }

    /// What has to be known of it before a save; nothing where nobody else is concerned.
    pub(super) fn warning(&self) -> Option<String> {
        let (first, rest) = self.others.split_first()?;
        let others = rest.iter().fold(first.clone(), |text, other| format!("{text} and as {other}"));
        let what = if self.only_others { "This" } else { "Some of this" };
        Some(format!(
            "{what} was staged as {others}. It is saved as {}, with those rights and that row security.",
            self.name()
        ))
    }
}

/// Whom a target's statements run as. One that says nothing is the login.
fn acting(target: &Target) -> Option<&Actor> {
    target.place.acting.as_deref().filter(|actor| **actor != Actor::default())
}

impl State {
    /// Notes as whom a step is staged.
    pub(super) fn staged_as(&mut self, target: &Target) {
        // A save ends all steps, and a new one those that were taken back: nothing comes back of what was staged before this one.
        if self.set.steps().1 == 0 {
            self.head.actors.clear();
        }
        let actor = acting(target).cloned();
        if !self.head.actors.contains(&actor) {
            self.head.actors.push(actor);
        }
    }

    /// As whom what is staged would be saved by a target, and as whom else it was staged.
    pub(super) fn saver(&self, target: &Target) -> Saver {
        let own = acting(target);
        let mine = own.map(words);
        let name = mine.as_deref().unwrap_or(LOGIN);
        let others: Vec<&Option<Actor>> = match self.set.is_clean() {
            true => Vec::new(),
            false => self.head.actors.iter().filter(|actor| actor.as_ref() != own).collect(),
        };
        let only_others = others.len() == self.head.actors.len();
        let mut said: Vec<String> = Vec::new();
        for other in others {
            let words = other.as_ref().map_or_else(|| LOGIN.to_owned(), words);
            let words = if words == name { format!("{words} with other claims or settings") } else { words };
            if !said.contains(&words) {
                said.push(words);
            }
        }
        Saver { role: own.and_then(|actor| actor.role.clone()), acting: mine, others: said, only_others }
    }
}
