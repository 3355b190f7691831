//! Which names a connection's statements use, so that completion offers first what is used most.
//!
//! Counted from the newest statements of the history and of everything sent since: a word counts once per statement. Names that
//! are no plain words are not counted; they are offered as if nobody had used them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use crate::{
    App,
    api::{AppError, HistoryQuery},
    connections::lock,
};

/// Statements of the history that are counted.
const STATEMENTS: u32 = 500;
/// Of each only the beginning: a dump's rows are no names.
const BEGINNING: usize = 20_000;
/// Words that are counted of a connection.
const WORDS: usize = 20_000;

/// Statements per word in lower case.
pub(crate) type Counts = HashMap<String, u32>;

/// The counts of every connection that was asked for.
#[derive(Default)]
pub(crate) struct Used(Mutex<HashMap<String, Arc<Mutex<Counts>>>>);

impl Used {
    /// Counts a statement that is sent.
    pub(crate) fn note(&self, profile_id: &str, text: &str) {
        if let Some(counts) = lock(&self.0).get(profile_id) {
            count(&mut lock(counts), text);
        }
    }

    /// Forgets the counts of a connection, or all.
    pub(crate) fn forget(&self, profile_id: Option<&str>) {
        lock(&self.0).retain(|own, _| profile_id.is_some_and(|profile_id| own != profile_id));
    }
}

fn count(counts: &mut Counts, text: &str) {
    let end = (0..=BEGINNING.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let text = text.get(..end).unwrap_or_default().to_lowercase();
    let words: HashSet<&str> =
        text.split(|one: char| !one.is_alphanumeric() && one != '_').filter(|word| word.len() > 1).collect();
    for word in words {
        if let Some(known) = counts.get_mut(word) {
            *known = known.saturating_add(1);
        } else if counts.len() < WORDS {
            counts.insert(word.to_owned(), 1);
        }
    }
}

impl App {
    /// How often words were used in a connection's statements.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn used_in(&self, profile_id: &str) -> Result<Counts, AppError> {
        if let Some(known) = lock(&self.used.0).get(profile_id).cloned() {
            return Ok(lock(&known).clone());
        }
        let query =
            HistoryQuery { profile_id: Some(profile_id.to_owned()), limit: STATEMENTS, ..HistoryQuery::default() };
        let mut counts = Counts::new();
        for entry in self.history(query).await? {
            count(&mut counts, &entry.text);
        }
        let kept =
            Arc::clone(lock(&self.used.0).entry(profile_id.to_owned()).or_insert_with(|| Arc::new(Mutex::new(counts))));
        let counts = lock(&kept).clone();
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_word_counts_once_per_statement_whatever_its_case() {
        let mut counts = Counts::new();
        count(&mut counts, "select Orders.id from ORDERS join \"order lines\" using (id)");
        count(&mut counts, "delete from orders");
        assert_eq!((counts["orders"], counts["id"], counts["order"]), (2, 1, 1));
        assert!(!counts.contains_key("order lines"));
    }

    #[test]
    fn huge_statements_cost_little() {
        let mut counts = Counts::new();
        let text: String = (0..200_000).map(|number| format!("word{number} ")).collect();
        count(&mut counts, &text);
        assert!(counts.len() <= BEGINNING / 6);
        for number in 0..30_000 {
            count(&mut counts, &format!("other{number}"));
        }
        assert_eq!(counts.len(), WORDS);
        count(&mut counts, &"é".repeat(BEGINNING));
    }
}
