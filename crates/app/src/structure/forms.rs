//! Definitions as forms: what a person fills in, read back out of texts.
//!
//! A text is read into a form only where the form says all of it: what is written anew from the form has to be the same text, token
//! by token. Of everything else there is the text alone.

use std::collections::BTreeSet;

use catalog::{Action, ConstraintKind, Identity, ObjectKey, ObjectKind};
use schema::{Body, Constraint, Definition, Engine, ForeignKey, ForeignKeyForm, Index, Object, Server};
use sql::{TokenKind, tokenize};

use crate::api::*;

/// A column as a form.
pub(super) fn column(server: Server, name: &str, object: &Object) -> StructureColumnForm {
    let Body::Column(column) = &object.body else { return StructureColumnForm::named(name) };
    let numbering = column.identity.as_ref().map(|one| match one.when {
        Identity::Always => StructureNumbering::Always,
        Identity::ByDefault => StructureNumbering::ByDefault,
    });
    StructureColumnForm {
        name: name.to_owned(),
        native_type: column.native_type.clone(),
        nullable: column.nullable,
        default: column.default.clone(),
        numbering,
        generated: column.generated.as_ref().and_then(|one| one.expression.clone()),
        stored: column.generated.as_ref().is_some_and(|one| one.stored),
        collation: column.collation.clone(),
        comment: server.comment_of(object),
        convert: None,
    }
}

impl StructureColumnForm {
    /// A column without anything but its name.
    fn named(name: &str) -> Self {
        StructureColumnForm {
            name: name.to_owned(),
            native_type: String::new(),
            nullable: true,
            default: None,
            numbering: None,
            generated: None,
            stored: false,
            collation: None,
            comment: None,
            convert: None,
        }
    }
}

/// What is written, by tokens: names as the server keeps them, words of the language in capitals.
#[derive(Clone, Debug, PartialEq)]
enum Sign {
    /// A name or a word of the language; both, for which of them it is only the server knows.
    Word(String),
    Other(String),
}

fn signs(server: Server, text: &str) -> Vec<Sign> {
    let dialect = server.dialect();
    let solid = tokenize(text, dialect).into_iter().filter(|token| !token.kind.is_trivia());
    solid
        .map(|token| {
            let written = text.get(token.span.start..token.span.end).unwrap_or_default();
            match token.kind {
                TokenKind::Word => Sign::Word(written.to_ascii_lowercase()),
                TokenKind::QuotedName => Sign::Word(unquoted(written)),
                _ => Sign::Other(written.to_owned()),
            }
        })
        .collect()
}

fn unquoted(written: &str) -> String {
    let mut letters = written.chars();
    match (letters.next(), letters.next_back()) {
        (Some('['), Some(']')) => letters.as_str().to_owned(),
        (Some(quote @ ('"' | '`' | '\'')), Some(_)) => {
            letters.as_str().replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => written.to_owned(),
    }
}

/// Whether two texts say the same, however they are spaced and quoted.
fn alike(server: Server, one: &str, other: &str) -> bool {
    signs(server, one) == signs(server, other)
}

/// Whether two bodies are written the same.
pub(super) fn same_text(server: Server, one: &Body, other: &Body) -> bool {
    match (one, other) {
        (Body::Constraint(one), Body::Constraint(other)) => {
            alike(server, &one.text, &other.text) || {
                let (one, other) = (check(server, one), check(server, other));
                one.is_some() && one == other
            }
        }
        (Body::ForeignKey(one), Body::ForeignKey(other)) => {
            one.references == other.references
                && (alike(server, &one.text, &other.text) || {
                    let forms = (foreign_key(server, one), foreign_key(server, other));
                    forms.0.is_some() && forms.0 == forms.1
                })
        }
        (Body::Index(one), Body::Index(other)) => {
            one.relation == other.relation && {
                let (one, other) = (index(server, one), index(server, other));
                one.is_some() && one == other
            }
        }
        _ => one == other,
    }
}

/// The names of a list in parentheses, from the first one on.
pub(super) fn names_in(server: Server, text: &str) -> BTreeSet<String> {
    let inside = text.find('(').and_then(|at| text.get(at..)).unwrap_or_default();
    let words = signs(server, inside).into_iter().filter_map(|sign| match sign {
        Sign::Word(name) => Some(name),
        Sign::Other(_) => None,
    });
    words.collect()
}

/// Whether a part of a table names another object: a column of its table, a table it refers to or a column there.
pub(super) fn names(server: Server, key: &ObjectKey, object: &Object, other: &ObjectKey) -> bool {
    let own = object.relation(key);
    let column_of = |table: Option<&ObjectKey>| {
        other.kind == ObjectKind::Column
            && table.is_some_and(|table| table.schema == other.schema && Some(&table.name) == other.signature.as_ref())
    };
    match &object.body {
        Body::Constraint(one) => {
            column_of(own.as_ref())
                && (one.columns.contains(&other.name) || names_in(server, &one.text).contains(&other.name))
        }
        Body::ForeignKey(one) => {
            one.references == *other
                || column_of(own.as_ref()) && one.columns.contains(&other.name)
                || column_of(Some(&one.references)) && one.referenced_columns.contains(&other.name)
        }
        Body::Index(one) => {
            column_of(own.as_ref())
                && (one.keys.contains(&other.name) || names_in(server, &one.text).contains(&other.name))
        }
        _ => own.as_ref() == Some(other),
    }
}

/// The columns of a key whose text is a plain list.
fn listed(server: Server, text: &str) -> Vec<String> {
    let open = text.find('(').and_then(|at| text.get(at..)).unwrap_or_default();
    let mut found = Vec::new();
    for token in tokenize(open, server.dialect()) {
        let written = open.get(token.span.start..token.span.end).unwrap_or_default();
        match token.kind {
            TokenKind::Word => found.push(written.to_owned()),
            TokenKind::QuotedName => found.push(unquoted(written)),
            TokenKind::CloseParen => break,
            _ => {}
        }
    }
    found
}

/// Whether these columns tell the rows of a table apart, as far as the definition says.
pub(super) fn is_key(definition: &Definition, table: &ObjectKey, columns: &[String]) -> bool {
    let server = definition.server;
    let wanted: BTreeSet<&String> = columns.iter().collect();
    let prefix = matches!(server.engine, Engine::MySql | Engine::MariaDb);
    definition.objects.iter().any(|(key, object)| {
        if object.relation(key).as_ref() != Some(table) {
            return false;
        }
        let covers = |own: &[String]| own.iter().collect::<BTreeSet<_>>() == wanted;
        match &object.body {
            Body::Constraint(one) if matches!(one.demands, ConstraintKind::PrimaryKey | ConstraintKind::Unique) => {
                covers(&match one.columns.is_empty() {
                    true => listed(server, &one.text),
                    false => one.columns.clone(),
                })
            }
            Body::Index(one) if prefix => one.keys.get(..columns.len()).is_some_and(covers) || covers(&one.keys),
            Body::Index(one) => one.unique && covers(&one.keys),
            // SQLite's keys of one column stand in its own text.
            Body::Column(one) if columns == [key.name.clone()] => one.text.as_deref().is_some_and(|text| {
                let signs = signs(server, text);
                let says = |word: &str| signs.contains(&Sign::Word(word.to_owned()));
                says("unique") || says("primary")
            }),
            _ => false,
        }
    })
}

/// A primary or unique key as a form.
pub(super) fn key(server: Server, table: &ObjectKey, name: &str, body: &Body) -> Option<StructureKeyForm> {
    let (text, primary, columns) = match body {
        Body::Constraint(one) => (&one.text, one.demands == ConstraintKind::PrimaryKey, &one.columns),
        Body::Index(one) => (&one.text, name == "PRIMARY", &one.keys),
        _ => return None,
    };
    let columns = if columns.is_empty() { listed(server, text) } else { columns.clone() };
    let (_, written) = server.key(table, name, primary, &columns);
    let same = match &written {
        Body::Constraint(one) => alike(server, &one.text, text),
        Body::Index(one) => alike(server, &one.text, text),
        _ => false,
    };
    same.then(|| StructureKeyForm { name: Some(name.to_owned()).filter(|name| name != text), primary, columns })
}

/// A check's expression; `None` where the text says more.
pub(super) fn check(server: Server, one: &Constraint) -> Option<String> {
    if one.demands != ConstraintKind::Check {
        return None;
    }
    let rest = one.text.trim();
    let word = rest.get(..5)?;
    let inside = word.eq_ignore_ascii_case("CHECK").then(|| rest.get(5..)).flatten()?;
    let mut expression = within(server, inside)?;
    // PostgreSQL puts parentheses of its own around.
    while let Some(inner) = within(server, expression) {
        expression = inner;
    }
    Some(expression.trim().to_owned())
}

/// What stands in the parentheses that are all of a text.
fn within(server: Server, text: &str) -> Option<&str> {
    let text = text.trim();
    let mut depth = 0_usize;
    let tokens = tokenize(text, server.dialect());
    for token in &tokens {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return (token.span.end == text.len()).then(|| text.get(1..text.len() - 1)).flatten();
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// What a form calls an action.
pub(super) fn action_of(action: StructureAction) -> Action {
    match action {
        StructureAction::NoAction => Action::NoAction,
        StructureAction::Restrict => Action::Restrict,
        StructureAction::Cascade => Action::Cascade,
        StructureAction::SetNull => Action::SetNull,
        StructureAction::SetDefault => Action::SetDefault,
    }
}

fn action(signs: &[Sign], event: &str) -> StructureAction {
    let is = |place: usize, word: &str| signs.get(place) == Some(&Sign::Word(word.to_owned()));
    let Some(at) = (0..signs.len()).find(|at| is(*at, "on") && is(at + 1, event)) else {
        return StructureAction::NoAction;
    };
    let (first, second) = (at + 2, at + 3);
    match () {
        () if is(first, "cascade") => StructureAction::Cascade,
        () if is(first, "restrict") => StructureAction::Restrict,
        () if is(first, "set") && is(second, "null") => StructureAction::SetNull,
        () if is(first, "set") => StructureAction::SetDefault,
        () => StructureAction::NoAction,
    }
}

/// What a form of a foreign key says, without its name and its tables.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reference {
    pub(super) on_delete: StructureAction,
    pub(super) on_update: StructureAction,
    pub(super) deferrable: Option<bool>,
    columns: (Vec<String>, Vec<String>),
}

/// A foreign key as a form; `None` where the text says more.
pub(super) fn foreign_key(server: Server, one: &ForeignKey) -> Option<Reference> {
    let signs = signs(server, &one.text);
    let says = |word: &str| signs.contains(&Sign::Word(word.to_owned()));
    let found = Reference {
        on_delete: action(&signs, "delete"),
        on_update: action(&signs, "update"),
        deferrable: says("deferrable").then(|| says("deferred")),
        columns: (one.columns.clone(), one.referenced_columns.clone()),
    };
    let form = ForeignKeyForm {
        columns: one.columns.clone(),
        references: one.references.clone(),
        referenced_columns: one.referenced_columns.clone(),
        on_delete: action_of(found.on_delete),
        on_update: action_of(found.on_update),
        deferrable: found.deferrable,
        not_valid: false,
    };
    let Body::ForeignKey(written) = server.foreign_key(&form) else { return None };
    // The server writes the two actions in an order of its own, and no schema where its path leads there.
    let counted = |text: &str| {
        let mut all: Vec<String> = self::signs(server, text)
            .into_iter()
            .map(|sign| match sign {
                Sign::Word(text) | Sign::Other(text) => text,
            })
            .filter(|text| text != "." && Some(text) != one.references.schema.as_ref())
            .filter(|text| text != "no" && text != "action" && text != "immediate")
            .collect();
        all.sort();
        all
    };
    (counted(&written.text) == counted(&one.text)).then_some(found)
}

/// What the text of a column refers to by itself (SQLite): the table, its column where it is named, and the clause.
pub(super) fn inline_reference(server: Server, text: &str) -> Option<(String, Vec<String>, String)> {
    let tokens: Vec<_> = tokenize(text, server.dialect()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let written = |place: usize| {
        tokens.get(place).and_then(|token| text.get(token.span.start..token.span.end)).unwrap_or_default()
    };
    let word = |token: &&sql::Token| token.kind == TokenKind::Word;
    let at = (0..tokens.len())
        .find(|at| tokens.get(*at).as_ref().is_some_and(word) && written(*at).eq_ignore_ascii_case("references"))?;
    let clause = tokens.get(at).and_then(|token| text.get(token.span.start..)).unwrap_or_default().to_owned();
    let columns = match tokens.get(at + 2).is_some_and(|token| token.kind == TokenKind::OpenParen) {
        true => listed(server, tokens.get(at + 2).and_then(|token| text.get(token.span.start..)).unwrap_or_default()),
        false => Vec::new(),
    };
    Some((unquoted(written(at + 1)), columns, clause))
}

/// What a form of an index says, without its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Indexed {
    pub(super) unique: bool,
    pub(super) method: Option<String>,
    pub(super) keys: Vec<StructureIndexKey>,
    pub(super) included: Vec<String>,
    pub(super) predicate: Option<String>,
}

/// An index as a form; `None` where the text says more: a prefix, an operator class, a collation, storage options.
pub(super) fn index(server: Server, one: &Index) -> Option<Indexed> {
    let text = one.text.as_str();
    let open = text.find('(')?;
    let (head, tail) = text.split_at(open);
    let head = signs(server, head);
    let word = |sign: Option<&Sign>| match sign {
        Some(Sign::Word(word)) => word.clone(),
        _ => String::new(),
    };
    let mut method = match server.engine {
        Engine::Postgres => {
            let at = head.iter().position(|sign| *sign == Sign::Word("using".to_owned()));
            at.map(|at| word(head.get(at + 1))).filter(|method| method != "btree")
        }
        Engine::MySql | Engine::MariaDb => {
            Some(word(head.first())).filter(|first| matches!(first.as_str(), "fulltext" | "spatial"))
        }
        Engine::Sqlite => None,
    };
    let (list, mut rest) = parenthesized(server, tail)?;
    let keys: Vec<StructureIndexKey> =
        split(server, list).into_iter().map(|item| index_key(server, item)).collect::<Option<_>>()?;
    let (mut included, mut predicate) = (Vec::new(), None);
    while !rest.trim().is_empty() {
        let next = signs(server, rest);
        let first = word(next.first());
        let behind = rest.trim_start().get(first.len()..).unwrap_or_default();
        match (server.engine, first.as_str()) {
            (Engine::Postgres, "include") => {
                let (list, more) = parenthesized(server, behind.trim_start())?;
                included = listed(server, &format!("({list})"));
                rest = more;
            }
            (Engine::Postgres | Engine::Sqlite, "where") => {
                predicate = Some(within(server, behind).unwrap_or(behind).trim().to_owned());
                rest = "";
            }
            (Engine::MySql | Engine::MariaDb, "using") if next.len() == 2 => {
                method = Some(word(next.get(1))).filter(|method| method != "btree");
                rest = "";
            }
            _ => return None,
        }
    }
    Some(Indexed { unique: one.unique, method, keys, included, predicate })
}

/// A list in parentheses at the beginning of a text, and what follows it.
fn parenthesized(server: Server, text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for token in tokenize(text, server.dialect()) {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((text.get(1..token.span.start)?, text.get(token.span.end..)?));
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// A list by its commas.
fn split(server: Server, list: &str) -> Vec<&str> {
    let (mut depth, mut from) = (0_usize, 0);
    let mut found = Vec::new();
    for token in tokenize(list, server.dialect()) {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => {
                found.push(list.get(from..token.span.start).unwrap_or_default().trim());
                from = token.span.end;
            }
            _ => {}
        }
    }
    found.push(list.get(from..).unwrap_or_default().trim());
    found
}

fn index_key(server: Server, item: &str) -> Option<StructureIndexKey> {
    let tokens: Vec<_> = tokenize(item, server.dialect()).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let written = |place: usize| {
        tokens.get(place).and_then(|token| item.get(token.span.start..token.span.end)).unwrap_or_default()
    };
    let mut end = tokens.len();
    let ends = |end: usize, words: &[&str]| {
        end > words.len()
            && words
                .iter()
                .enumerate()
                .all(|(place, word)| written(end - words.len() + place).eq_ignore_ascii_case(word))
    };
    let mut nulls_first = None;
    for (word, first) in [("FIRST", true), ("LAST", false)] {
        if ends(end, &["NULLS", word]) {
            nulls_first = Some(first);
            end -= 2;
        }
    }
    let descending = ends(end, &["DESC"]);
    if descending || ends(end, &["ASC"]) {
        end -= 1;
    }
    let first = tokens.first()?;
    let last = tokens.get(end.checked_sub(1)?)?;
    let text = item.get(first.span.start..last.span.end)?;
    let (text, expression) = match (end, first.kind) {
        (1, TokenKind::Word | TokenKind::QuotedName) => (unquoted(text), false),
        (_, TokenKind::OpenParen) => (within(server, text)?.trim().to_owned(), true),
        // A call stands without parentheses around it.
        _ if last.kind == TokenKind::CloseParen
            && tokens.get(1).is_some_and(|token| token.kind == TokenKind::OpenParen)
            && server.engine == Engine::Postgres =>
        {
            (text.to_owned(), true)
        }
        _ => return None,
    };
    Some(StructureIndexKey { text, expression, descending, nulls_first })
}
