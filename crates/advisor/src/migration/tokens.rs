//! ALTER, CREATE, DROP, UPDATE and DELETE of MySQL, MariaDB and SQLite, by their tokens: as much of their grammar as locks depend on.

use policy::statement::Named;
use sql::{Dialect, Span, Token, TokenKind, tokenize};

use super::Unread;
use super::action::{Action, Kind, What};

/// A part of ALTER TABLE, or a statement on an index, as MySQL, MariaDB and SQLite tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// At the table's end.
    AddColumn,
    /// FIRST or AFTER.
    AddColumnAmong,
    AddStoredColumn,
    AddVirtualColumn,
    /// AUTO_INCREMENT.
    AddNumberedColumn,
    DropColumn,
    RenameColumn,
    /// MODIFY or CHANGE: a new definition.
    Redefine,
    SetDefault,
    AddIndex,
    AddFullText,
    AddPrimaryKey,
    DropPrimaryKey,
    DropIndex,
    RenameIndex,
    AddForeignKey,
    DropForeignKey,
    AddCheck,
    DropCheck,
    RenameTable,
    /// CONVERT TO CHARACTER SET.
    Convert,
    /// ENGINE, ROW_FORMAT and what else rebuilds.
    Rebuild,
    /// COMMENT and what else changes definitions only.
    Option,
    /// PARTITION BY, ADD and DROP PARTITION and their kin.
    Partition,
}

/// A part of a statement as its server makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) part: Part,
    /// The column, index or constraint.
    pub(crate) name: Option<String>,
    /// NOT NULL without a default, in a column that is added.
    pub(crate) required: bool,
    /// A default that is no constant, in a column that is added.
    pub(crate) computed: bool,
    /// PRIMARY KEY, UNIQUE or REFERENCES in a column that is added.
    pub(crate) keyed: bool,
    /// `ALGORITHM=` and `LOCK=` as the statement asks for them, in upper case.
    pub(crate) asked: (Option<String>, Option<String>),
}

impl Change {
    pub(crate) fn new(part: Part, name: Option<String>) -> Self {
        Change { part, name, required: false, computed: false, keyed: false, asked: (None, None) }
    }
}

/// The tokens of a statement that mean something, and where one stands.
pub(crate) struct Words<'t> {
    text: &'t str,
    dialect: &'static Dialect,
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Words<'t> {
    pub(crate) fn new(text: &'t str, dialect: &'static Dialect) -> Self {
        let tokens = tokenize(text, dialect).into_iter().filter(|token| !token.kind.is_trivia()).collect();
        Words { text, dialect, tokens, at: 0 }
    }

    fn raw(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.text))
    }

    pub(crate) fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn is_at(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word)
            && self.raw(at).eq_ignore_ascii_case(word)
    }

    /// Whether these words stand here, one after the other.
    pub(crate) fn see(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(offset, word)| self.is_at(self.at + offset, word))
    }

    /// Goes past these words, if they stand here.
    pub(crate) fn take(&mut self, words: &str) -> bool {
        let seen = self.see(words);
        if seen {
            self.at += words.split(' ').count();
        }
        seen
    }

    pub(crate) fn take_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.take(word))
    }

    /// The name that stands here, and past it.
    pub(crate) fn name(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        let name = crate::tokens::name(token.kind, token.span.of(self.text), self.dialect)?;
        self.at += 1;
        Some(name)
    }

    /// A name with or without its schema.
    pub(crate) fn path(&mut self) -> Option<Named> {
        let mut named = Named { schema: None, name: self.name()? };
        while self.kind() == Some(TokenKind::Dot) {
            self.at += 1;
            named = Named { schema: Some(named.name), name: self.name()? };
        }
        Some(named)
    }

    /// Where what stands here stands in the text.
    pub(crate) fn here(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |token| token.span.start)
    }

    pub(crate) fn unread(&self) -> Unread {
        Unread { reason: "not understood from here on".to_owned(), at: self.here() }
    }

    /// The rest up to a comma outside of parentheses, or all of it; the comma is gone past.
    pub(crate) fn part(&mut self) -> Words<'t> {
        let from = self.at;
        let mut depth = 0usize;
        let mut end = self.tokens.len();
        for (at, token) in self.tokens.iter().enumerate().skip(from) {
            match token.kind {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen => depth = depth.saturating_sub(1),
                TokenKind::Comma if depth == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let tokens = self.tokens.get(from..end).unwrap_or(&[]).to_vec();
        self.at = (end + 1).min(self.tokens.len());
        Words { text: self.text, dialect: self.dialect, tokens, at: 0 }
    }

    pub(crate) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Whether the word stands anywhere in the rest, outside of parentheses.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.find(words).is_some()
    }

    fn find(&self, words: &str) -> Option<usize> {
        let mut depth = 0usize;
        for at in self.at..self.tokens.len() {
            match self.tokens.get(at).map(|token| token.kind) {
                Some(TokenKind::OpenParen) => depth += 1,
                Some(TokenKind::CloseParen) => depth = depth.saturating_sub(1),
                _ if depth == 0 && words.split(' ').enumerate().all(|(offset, word)| self.is_at(at + offset, word)) => {
                    return Some(at);
                }
                _ => {}
            }
        }
        None
    }

    /// Goes to after these words, wherever in the rest they stand.
    pub(crate) fn go_after(&mut self, words: &str) -> bool {
        let found = self.find(words);
        if let Some(at) = found {
            self.at = at + words.split(' ').count();
        }
        found.is_some()
    }

    /// The word after `name` and, if it stands there, `=`; in upper case.
    pub(crate) fn option(&self, name: &str) -> Option<String> {
        let mut at = self.find(name)? + 1;
        if self.raw(at) == "=" {
            at += 1;
        }
        self.tokens.get(at).map(|_| self.raw(at).to_ascii_uppercase())
    }

    /// Whether a default stands in the rest that is more than a literal or a word.
    pub(crate) fn computed_default(&self) -> bool {
        let Some(at) = self.find("DEFAULT") else { return false };
        let next = self.tokens.get(at + 1).map(|token| token.kind);
        next == Some(TokenKind::OpenParen)
            || self.tokens.get(at + 2).is_some_and(|token| token.kind == TokenKind::OpenParen)
            || self.raw(at + 1).to_ascii_uppercase().starts_with("CURRENT_")
    }

    pub(crate) fn span(&self) -> Span {
        let start = self.here();
        let end = self.tokens.last().map_or(start, |token| token.span.end);
        Span::new(start, end)
    }
}

/// Statements that all of them have in common; `None` where it is none of these.
pub(crate) fn common(words: &mut Words<'_>) -> Option<Result<Vec<Action>, Unread>> {
    let one = |what: What, on: Option<Named>, text: &str| Some(Ok(vec![Action::new(what, on, text)]));
    if words.take_any(&["BEGIN", "START TRANSACTION"]) {
        return one(What::Begin, None, "BEGIN");
    }
    if words.take_any(&["COMMIT", "END"]) {
        return one(What::Commit, None, "COMMIT");
    }
    if words.see("ROLLBACK TO") {
        return one(What::Other, None, "part of a transaction");
    }
    if words.take("ROLLBACK") {
        return one(What::Rollback, None, "ROLLBACK");
    }
    if words.take("SET") {
        words.take_any(&["SESSION", "LOCAL", "GLOBAL"]);
        let name = words.name().unwrap_or_default().to_ascii_lowercase();
        return one(What::Set { name, off: false }, None, "SET");
    }
    if words.take("UPDATE") {
        words.take_any(&["LOW_PRIORITY", "OR IGNORE", "OR REPLACE", "OR ROLLBACK", "OR ABORT", "OR FAIL"]);
        words.take("IGNORE");
        let on = words.path();
        let every_row = !words.has("WHERE") && !words.has("LIMIT");
        return one(What::Update { every_row }, on, "UPDATE");
    }
    if words.take("DELETE") {
        words.take("LOW_PRIORITY");
        words.take("QUICK");
        words.take("IGNORE");
        words.go_after("FROM");
        let on = words.path();
        let every_row = !words.has("WHERE") && !words.has("LIMIT");
        return one(What::Delete { every_row }, on, "DELETE");
    }
    if words.take("TRUNCATE") {
        words.take("TABLE");
        return one(What::Truncate { cascade: false }, words.path(), "TRUNCATE");
    }
    if words.take_any(&["INSERT", "REPLACE"]) {
        let on = if words.go_after("INTO") { words.path() } else { None };
        return one(What::Write, on, "INSERT");
    }
    if words.see("DROP") {
        return dropped(words);
    }
    if words.see("CREATE") {
        return created(words);
    }
    None
}

fn dropped(words: &mut Words<'_>) -> Option<Result<Vec<Action>, Unread>> {
    let start = words.at;
    words.take("DROP");
    words.take("TEMPORARY");
    let kinds = [
        ("TABLE", Kind::Table),
        ("VIEW", Kind::View),
        ("TRIGGER", Kind::Trigger),
        ("DATABASE", Kind::Database),
        ("SCHEMA", Kind::Database),
        ("FUNCTION", Kind::Function),
        ("PROCEDURE", Kind::Function),
    ];
    let Some((_, kind)) = kinds.into_iter().find(|(word, _)| words.take(word)) else {
        words.at = start;
        return None;
    };
    let if_exists = words.take("IF EXISTS");
    let mut actions = Vec::new();
    while !words.is_end() {
        let mut one = words.part();
        let Some(on) = one.path() else { return Some(Err(one.unread())) };
        let what = What::Drop { kind, names: vec![on.name.clone()], cascade: false, if_exists, concurrently: false };
        let text = format!("DROP {} {}", kind.name().to_ascii_uppercase(), on.name);
        let relation = matches!(kind, Kind::Table | Kind::View);
        actions.push(Action::new(what, Some(on).filter(|_| relation), text));
    }
    Some(Ok(actions))
}

fn created(words: &mut Words<'_>) -> Option<Result<Vec<Action>, Unread>> {
    let start = words.at;
    words.take("CREATE");
    words.take("OR REPLACE");
    words.take_any(&["TEMPORARY", "TEMP"]);
    if !words.take("TABLE") {
        words.at = start;
        return None;
    }
    let if_not_exists = words.take("IF NOT EXISTS");
    let on = words.path();
    let text = format!("CREATE TABLE {}", on.as_ref().map(|on| on.name.clone()).unwrap_or_default());
    let what = What::CreateTable { if_not_exists, references: Vec::new(), partition_of: None, inherits: Vec::new() };
    Some(Ok(vec![Action::new(what, on, text)]))
}
