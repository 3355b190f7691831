//! What could stand at the caret of a language that is not SQL: the language knows, the window is told.

use std::sync::Arc;

use driver::{Commands, SuggestionKind};

use crate::{
    api::{CompletionItem, CompletionKind, Completions},
    explorer::Shelved,
    text::Positions,
};

/// Most items that are offered.
const MOST: usize = 200;

/// Completes a text at a byte.
pub(super) fn complete(
    text: &str,
    caret: usize,
    commands: &dyn Commands,
    shelved: Option<&Arc<Shelved>>,
) -> Completions {
    let suggestions = commands.complete(text, caret, shelved.map(|shelved| &shelved.catalog));
    let narrows = suggestions.items.len() <= MOST;
    let items = suggestions.items.into_iter().take(MOST).map(|one| CompletionItem {
        label: one.text.clone(),
        insert: one.text,
        kind: match one.kind {
            SuggestionKind::Keyword => CompletionKind::Keyword,
            SuggestionKind::Relation => CompletionKind::Table,
            SuggestionKind::Field => CompletionKind::Column,
            SuggestionKind::Schema => CompletionKind::Schema,
        },
        detail: one.detail,
        documentation: one.documentation,
    });
    let replace = Positions::new(text).range(suggestions.replace.start, suggestions.replace.end);
    Completions { replace, items: items.collect(), narrows }
}
