//! What could stand at a caret, from the text and the catalog alone.

use catalog::Catalog;
use driver::{Suggestion, SuggestionKind, Suggestions};

use super::{
    lexer::{self, Kind, Token},
    reach, split, words,
};

/// Most suggestions of one kind.
const MOST: usize = 500;

pub(super) fn complete(text: &str, caret: usize, catalog: Option<&Catalog>) -> Suggestions {
    let caret = (0..=caret.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text.get(..caret).unwrap_or_default();
    let mut tokens = lexer::tokens(before);
    // What is being typed: a word that touches the caret, or a text that is not closed yet.
    let partial = tokens.last().copied().filter(|token| {
        let inside = matches!(token.kind, Kind::Word) || matches!(token.kind, Kind::Bad(_)) && quoted(token, before);
        inside && token.span.end == caret
    });
    if partial.is_some() {
        tokens.pop();
    }
    let start = partial.map_or(caret, |token| token.span.start + usize::from(quoted(&token, before)));
    let typed = before.get(start..).unwrap_or_default();
    let tokens = split::last_piece(before, &tokens);
    let place = Place {
        text: before,
        tokens: &tokens,
        catalog,
        in_text: start > partial.map_or(start, |token| token.span.start),
    };
    let lower = typed.to_lowercase();
    let mut items: Vec<Suggestion> = place.items();
    items.retain(|item| item.text.to_lowercase().contains(&lower));
    // Those that begin with it come first; otherwise the order stays.
    items.sort_by_key(|item| !item.text.to_lowercase().starts_with(&lower));
    Suggestions { replace: sql::Span::new(start, caret), items }
}

fn quoted(token: &Token, text: &str) -> bool {
    token.text(text).starts_with(['"', '\'', '`'])
}

fn item(text: &str, kind: SuggestionKind, detail: Option<&str>) -> Suggestion {
    Suggestion { text: text.to_owned(), kind, detail: detail.map(str::to_owned), documentation: None }
}

struct Place<'a> {
    text: &'a str,
    /// Before the caret, of this statement only, without what is being typed.
    tokens: &'a [Token],
    catalog: Option<&'a Catalog>,
    in_text: bool,
}

impl Place<'_> {
    fn items(&self) -> Vec<Suggestion> {
        let Some(last) = self.tokens.last() else {
            let words = ["db", "use", "show", "explain"];
            return words.iter().map(|word| item(word, SuggestionKind::Keyword, None)).collect();
        };
        let first = self.tokens.first().map_or("", |token| token.text(self.text));
        match (first, self.tokens.len()) {
            ("use", 1) => return self.databases(),
            ("show", 1) => {
                let words = ["dbs", "collections", "users", "roles", "profile"];
                return words.iter().map(|word| item(word, SuggestionKind::Keyword, None)).collect();
            }
            _ => {}
        }
        if last.is(b'.') && self.depth() == 0 {
            return self.after_point();
        }
        if last.is(b'(') && self.in_text {
            let method = self.tokens.iter().rev().nth(1).map_or("", |token| token.text(self.text));
            return match method {
                "getCollection" => self.collections(),
                "getSiblingDB" => self.databases(),
                _ => Vec::new(),
            };
        }
        if last.is(b'[') && self.in_text && self.tokens.len() == 2 {
            return self.collections();
        }
        if last.is(b'{') || last.is(b',') {
            return self.keys();
        }
        match last.is(b':') && self.in_text {
            // A field path of an expression.
            true => self.fields("$"),
            false => Vec::new(),
        }
    }

    fn depth(&self) -> usize {
        self.open().len()
    }

    /// The places of brackets that are open at the caret.
    fn open(&self) -> Vec<usize> {
        let mut open = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Sign(b'(' | b'[' | b'{') => open.push(at),
                Kind::Sign(b')' | b']' | b'}') => _ = open.pop(),
                _ => {}
            }
        }
        open
    }

    /// Words that are called, in order, outside of all brackets.
    fn methods(&self) -> Vec<&str> {
        let mut depth = 0_usize;
        let mut found = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Sign(b'(' | b'[' | b'{') => depth += 1,
                Kind::Sign(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                Kind::Word if depth == 0 && self.tokens.get(at + 1).is_some_and(|next| next.is(b'(')) => {
                    found.push(token.text(self.text));
                }
                _ => {}
            }
        }
        found
    }

    fn after_point(&self) -> Vec<Suggestion> {
        let listed = |words: &[(&str, &str)]| -> Vec<Suggestion> {
            words.iter().map(|(word, detail)| item(word, SuggestionKind::Keyword, Some(detail))).collect()
        };
        let methods = self.methods();
        let called: Vec<&str> = methods
            .iter()
            .copied()
            .filter(|name| !["getSiblingDB", "getCollection", "explain"].contains(name))
            .collect();
        if !called.is_empty() {
            return match called.first() {
                Some(&"find") => listed(words::CURSOR),
                Some(&"aggregate") => listed(&[("explain", "(verbosity)"), ("toArray", "()"), ("itcount", "()")]),
                _ => Vec::new(),
            };
        }
        let names = self.tokens.iter().filter(|token| token.kind == Kind::Word).count();
        if names > 1 + methods.iter().filter(|name| **name == "getSiblingDB").count()
            || methods.contains(&"getCollection")
        {
            return listed(words::COLLECTION);
        }
        let mut items = self.collections();
        items.extend(listed(words::DATABASE));
        items
    }

    fn databases(&self) -> Vec<Suggestion> {
        let schemas = self.catalog.map_or(&[][..], |catalog| &catalog.schemas);
        schemas.iter().take(MOST).map(|schema| item(&schema.name, SuggestionKind::Schema, None)).collect()
    }

    /// The database that the statement names, or the first of the search path.
    fn database(&self) -> Option<String> {
        let sibling = self.tokens.windows(3).find_map(|three| match three {
            [word, paren, name] if word.is_word(self.text, "getSiblingDB") && paren.is(b'(') => {
                Some(name.text(self.text).trim_matches(['"', '\'', '`']).to_owned())
            }
            _ => None,
        });
        sibling.or_else(|| self.catalog?.search_path.first().cloned())
    }

    fn collections(&self) -> Vec<Suggestion> {
        let Some(catalog) = self.catalog else { return Vec::new() };
        let database = self.database();
        let of = |relation: &&catalog::Relation| {
            database.as_deref().is_none_or(|name| catalog.schema_name(relation.schema) == name)
        };
        let mut names: Vec<&str> = catalog.relations.iter().filter(of).map(|relation| relation.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(MOST);
        names.into_iter().map(|name| item(name, SuggestionKind::Relation, None)).collect()
    }

    /// The collection that the statement is about.
    fn collection(&self) -> Option<String> {
        let named = self.tokens.windows(3).find_map(|three| match three {
            [word, open, name] if open.is(b'(') && word.is_word(self.text, "getCollection") => Some(name),
            [word, open, name] if open.is(b'[') && word.is_word(self.text, "db") => Some(name),
            _ => None,
        });
        if let Some(name) = named {
            return Some(name.text(self.text).trim_matches(['"', '\'', '`']).to_owned());
        }
        let mut parts = Vec::new();
        for (at, token) in self.tokens.iter().enumerate().skip(1) {
            match token.kind {
                Kind::Sign(b'.') => {}
                Kind::Word if self.tokens.get(at + 1).is_some_and(|next| next.is(b'.')) => {
                    parts.push(token.text(self.text))
                }
                _ => break,
            }
        }
        (!parts.is_empty()).then(|| parts.join("."))
    }

    fn fields(&self, prefix: &str) -> Vec<Suggestion> {
        let (Some(catalog), Some(collection)) = (self.catalog, self.collection()) else { return Vec::new() };
        let Some(id) = catalog.find_relation(self.database().as_deref(), &collection) else { return Vec::new() };
        let columns = catalog.relation(id).map(|relation| relation.columns().to_vec()).unwrap_or_default();
        let named = |column: &catalog::Column| {
            let name = format!("{prefix}{}", column.name);
            let plain = self.in_text || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_$".contains(&byte));
            let text = if plain { name } else { format!("\"{name}\"") };
            item(&text, SuggestionKind::Field, Some(&column.native_type))
        };
        columns.iter().take(MOST).map(named).collect()
    }

    /// What could be the name of a field.
    fn keys(&self) -> Vec<Suggestion> {
        let open = self.open();
        let sign = |at: usize| {
            open.len().checked_sub(at).and_then(|place| open.get(place)).and_then(|at| self.tokens.get(*at))
        };
        if !sign(1).is_some_and(|token| token.is(b'{')) {
            return Vec::new();
        }
        let methods = self.methods();
        let method = methods.last().copied().unwrap_or_default();
        let operators = |words: &[&str]| -> Vec<Suggestion> {
            words.iter().map(|word| item(word, SuggestionKind::Keyword, None)).collect()
        };
        let pipeline = matches!(method, "aggregate" | "watch" | "createView");
        // A stage stands in the array of stages, which is the method's argument.
        let in_stages = sign(2).is_some_and(|token| token.is(b'['))
            && sign(3).is_some_and(|token| token.is(b'('))
            && open.len() == 3;
        if pipeline && in_stages {
            let mut stages: Vec<&str> = reach::stages().collect();
            stages.sort_unstable();
            return operators(&stages);
        }
        let mut items = self.fields("");
        items.extend(match method {
            "updateOne" | "updateMany" | "findOneAndUpdate" if self.arguments() > 0 => operators(words::UPDATE),
            _ if pipeline => operators(words::EXPRESSION),
            _ => operators(words::QUERY),
        });
        items
    }

    /// Arguments of the open call before the caret.
    fn arguments(&self) -> usize {
        let mut depth = 0_usize;
        let mut count = 0;
        for token in self.tokens {
            match token.kind {
                Kind::Sign(b'(') if depth == 0 => {
                    depth += 1;
                    count = 0;
                }
                Kind::Sign(b'(' | b'[' | b'{') => depth += 1,
                Kind::Sign(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                Kind::Sign(b',') if depth == 1 => count += 1,
                _ => {}
            }
        }
        count
    }
}
