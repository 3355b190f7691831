//! A script into its statements, by the dialect's lexical rules and never at a bare `;`.

mod compound;

use serde::Serialize;

use crate::{Dialect, Lexer, Span, Token, TokenKind};
use compound::Compound;

/// What a piece of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StatementKind {
    /// A statement of the database's language.
    Sql,
    /// A line for the terminal client, such as `\copy`; a server knows nothing of it.
    ClientCommand,
}

/// A statement of a script. Spans are of the text it was split from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// The text to send: without what ends it, without comments before or after it.
    pub span: Span,
    /// With its terminator, and with the data of a `COPY … FROM STDIN` and the line that ends that.
    pub full: Span,
    /// The first word, in upper case (`SELECT`); of a client command with its backslash, as written (`\copy`).
    pub command: String,
    /// Whether a terminator follows; false only for the last piece of a script.
    pub terminated: bool,
    /// Whether it is a `COPY … FROM STDIN`, so that the server will ask for data.
    pub reads_stdin: bool,
    /// The lines that follow a `COPY … FROM STDIN`, without the final `\.`. None when it reads nothing, or when no line `\.`
    /// follows: then the data has to come from somewhere else.
    pub copy_data: Option<Span>,
    /// How often it is to be sent: the number after what ends a batch, else once. Zero is not at all.
    pub repeats: u32,
    /// The words of a comment of one line right above it (`-- Daily revenue`), a name its writer gave it.
    pub title: Option<Span>,
}

impl Statement {
    /// The text to send.
    pub fn text<'a>(&self, script: &'a str) -> &'a str {
        self.span.of(script)
    }

    /// The data that goes with a `COPY … FROM STDIN`.
    pub fn data<'a>(&self, script: &'a str) -> Option<&'a str> {
        self.copy_data.map(|span| span.of(script))
    }
}

/// The statements of a script, in order. Pieces of nothing but comments are none.
pub fn split(text: &str, dialect: &Dialect) -> Vec<Statement> {
    Splitter::new(text, dialect).run()
}

/// The statement the caret at byte `offset` is in: the one that touches it, or else the one that ends earlier on its line,
/// or else the next one, or else the last.
pub fn statement_at(text: &str, offset: usize, dialect: &Dialect) -> Option<Statement> {
    let mut before: Option<Statement> = None;
    for statement in split(text, dialect) {
        if statement.full.start > offset {
            let same_line = before.as_ref().is_some_and(|previous| {
                let gap = text.get(previous.full.end..offset).unwrap_or("");
                !gap.contains('\n')
            });
            return if same_line { before } else { Some(statement) };
        }
        let starts_here = statement.full.start == offset;
        if statement.full.touches(offset) && (starts_here || statement.full.end > offset) {
            return Some(statement);
        }
        before = Some(statement);
    }
    before
}

/// How far the first words have told what kind of statement this is, as far as its end depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Start,
    Create,
    Routine,
    Trigger,
    Copy,
    /// A query that may begin with functions of its own.
    With,
    Other,
}

/// A body in which `;` separates statements, until an `END` that stands where a statement would begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    None,
    /// After the `BEGIN` that may open one.
    Begun,
    /// Where a statement of the body may begin.
    Boundary,
    Inside,
}

struct Splitter<'a> {
    text: &'a str,
    dialect: &'a Dialect,
    lexer: Lexer<'a>,
    delimiter: Option<String>,
    statements: Vec<Statement>,
    no_copy_end: bool,
    title: Option<Span>,
    /// How often the piece that is being finished is to be sent.
    repeats: Option<u32>,
    piece: Piece,
}

struct Piece {
    start: Option<usize>,
    end: usize,
    command: Span,
    lead: Lead,
    body: Body,
    compound: Compound,
    /// A block or a stored program, which only a line of nothing but `/` ends.
    to_slash: bool,
    /// Whether the last word was `AS`.
    after_as: bool,
    depth: usize,
    copy_from: bool,
    reads_stdin: bool,
    title: Option<Span>,
}

impl Piece {
    fn new() -> Self {
        Self {
            start: None,
            end: 0,
            command: Span::default(),
            lead: Lead::Start,
            body: Body::None,
            compound: Compound::default(),
            to_slash: false,
            after_as: false,
            depth: 0,
            copy_from: false,
            reads_stdin: false,
            title: None,
        }
    }
}

impl<'a> Splitter<'a> {
    fn new(text: &'a str, dialect: &'a Dialect) -> Self {
        Self {
            text,
            dialect,
            lexer: Lexer::new(text, dialect),
            delimiter: None,
            statements: Vec::new(),
            no_copy_end: false,
            title: None,
            repeats: None,
            piece: Piece::new(),
        }
    }

    fn run(mut self) -> Vec<Statement> {
        // Read apart: a text split by another delimiter is looked at before it is lexed.
        while !self.at_delimiter() {
            let Some(mut token) = self.lexer.next() else { break };
            // A delimiter such as `$$` may be the tail of what the lexer takes for one word.
            let tail = self.delimiter.as_deref().filter(|_| {
                use TokenKind::{Number, Operator, Variable, Word};
                matches!(token.kind, Word | Operator | Number | Variable)
            });
            if let Some(found) = tail.and_then(|one| token.span.of(self.text).find(one)).filter(|at| *at > 0) {
                token.span.end = token.span.start + found;
                self.lexer.seek(token.span.end);
            }
            self.token(token);
        }
        let end = self.piece.end;
        self.finish(end, false);
        self.statements
    }

    /// Ends the piece at the delimiter that `DELIMITER` set. Returns whether the text is at its end.
    fn at_delimiter(&mut self) -> bool {
        if let Some(delimiter) = &self.delimiter {
            let at = self.lexer.position();
            if self.text.get(at..).is_some_and(|rest| rest.starts_with(delimiter.as_str())) {
                let end = at + delimiter.len();
                self.finish(end, true);
                self.lexer.seek(end);
            }
        }
        self.lexer.position() >= self.text.len()
    }

    fn token(&mut self, mut token: Token) {
        if token.kind.is_trivia() {
            self.trivia(token);
            return;
        }
        if self.backslash_terminator(token) {
            return;
        }
        if self.dialect.slash_bodies && self.slash_line(token) {
            return;
        }
        if self.piece.start.is_none() {
            if token.kind == TokenKind::Semicolon && self.delimiter.is_none() {
                self.title = None;
                return;
            }
            let backslash = token.kind == TokenKind::Other && token.span.of(self.text) == "\\";
            if backslash && self.dialect.backslash_commands {
                self.client_command(token.span.start);
                return;
            }
            if token.kind == TokenKind::Word && self.client_line(token) {
                return;
            }
            if self.dialect.batches && token.kind == TokenKind::Word && self.separator_line(token) {
                self.title = None;
                return;
            }
            self.piece.start = Some(token.span.start);
            // A label stands before a block only.
            self.piece.to_slash = self.dialect.slash_bodies && token.span.of(self.text).starts_with("<<");
        } else if self.dialect.delimiter_command && self.begins_delimiter_line(token) {
            self.finish(self.piece.end, true);
            self.client_line(token);
            return;
        }
        if self.dialect.batches && token.kind == TokenKind::Word && self.separator_line(token) {
            return;
        }
        if self.piece.command.is_empty() && !matches!(token.kind, TokenKind::OpenParen) {
            self.piece.command = token.span;
            self.piece.title = self.title.take();
        }
        if self.dialect.compound_bodies {
            self.compound(&mut token);
        }
        match token.kind {
            TokenKind::OpenParen => self.piece.depth += 1,
            TokenKind::CloseParen => self.piece.depth = self.piece.depth.saturating_sub(1),
            TokenKind::Semicolon if self.ends_statement() => {
                self.finish(token.span.end, true);
                return;
            }
            TokenKind::Semicolon => {
                if self.piece.body != Body::None {
                    self.piece.body = Body::Boundary;
                }
                self.piece.end = token.span.end;
                return;
            }
            TokenKind::Word => self.word(token),
            _ => {
                self.piece.copy_from = false;
                if self.piece.body == Body::Boundary {
                    self.piece.body = Body::Inside;
                }
            }
        }
        self.piece.end = token.span.end;
    }

    fn ends_statement(&self) -> bool {
        self.delimiter.is_none()
            && !self.dialect.batches
            && matches!(self.piece.body, Body::None | Body::Begun)
            && !self.piece.compound.holds()
            && !self.piece.to_slash
            && (self.piece.depth == 0 || !self.dialect.parentheses_hold_semicolons)
    }

    /// `\G` and `\g`, for which the client sends what stands before them.
    fn backslash_terminator(&mut self, token: Token) -> bool {
        let ends = self.dialect.backslash_terminators
            && token.kind == TokenKind::Other
            && token.span.of(self.text) == "\\"
            && matches!(self.text.as_bytes().get(token.span.end), Some(b'G' | b'g'));
        if ends {
            let end = token.span.end + 1;
            self.finish(end, true);
            self.lexer.seek(end);
        }
        ends
    }

    /// Notes a token for the body of a stored program, and makes one token of a body in another language (`AS $$ … $$`).
    fn compound(&mut self, token: &mut Token) {
        let text = token.span.of(self.text);
        let word = token.kind == TokenKind::Word;
        if word && self.piece.after_as && self.piece.compound.awaits_body() && text.starts_with('$') {
            let tag = text.get(1..).and_then(|rest| rest.find('$')).and_then(|at| text.get(..at + 2));
            let from = token.span.start + tag.map_or(0, str::len);
            let found = tag.and_then(|tag| self.text.get(from..)?.find(tag).map(|at| from + at + tag.len()));
            if let Some(end) = found {
                token.kind = TokenKind::DollarString;
                token.span.end = end;
                self.lexer.seek(end);
                return;
            }
        }
        self.piece.after_as = word && text.eq_ignore_ascii_case("AS");
        self.piece.compound.token(token.kind, text, self.piece.depth);
    }

    fn trivia(&mut self, token: Token) {
        let text = token.span.of(self.text);
        if self.piece.start.is_some() {
            // Without its end the code is a comment left open.
            if token.kind == TokenKind::ConditionalMark && text == "*/" {
                self.piece.end = token.span.end;
            }
            return;
        }
        match token.kind {
            // A hint for the planner has to reach the server at the head of the statement's own text.
            TokenKind::BlockComment if text.starts_with("/*+") => {
                self.piece.start = Some(token.span.start);
                self.piece.end = token.span.end;
            }
            TokenKind::ConditionalMark if text.starts_with("/*") => {
                self.piece.start = Some(token.span.start);
                self.piece.end = token.span.end;
            }
            TokenKind::LineComment => {
                let words = text.trim_start_matches(['-', '#']).trim();
                let start = token.span.end - (text.len() - text.find(words).unwrap_or(0));
                self.title = (!words.is_empty()).then(|| Span::new(start, start + words.len()));
            }
            TokenKind::BlockComment => self.title = None,
            TokenKind::Space if text.bytes().filter(|byte| *byte == b'\n').count() > 1 => {
                self.title = None;
            }
            _ => {}
        }
    }

    fn word(&mut self, token: Token) {
        let word = token.span.of(self.text);
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let piece = &mut self.piece;
        if self.dialect.slash_bodies {
            let begins = matches!(piece.lead, Lead::Start) && (is("BEGIN") || is("DECLARE"));
            let stored = ["FUNCTION", "PROCEDURE", "PACKAGE", "TRIGGER", "TYPE", "LIBRARY", "JAVA"];
            let makes = matches!(piece.lead, Lead::Create | Lead::With) && stored.iter().any(|word| is(word));
            piece.to_slash |= begins || makes;
        }
        piece.lead = match piece.lead {
            Lead::Start if is("WITH") && self.dialect.slash_bodies => Lead::With,
            Lead::Start if is("CREATE") => Lead::Create,
            Lead::Start if is("COPY") && self.dialect.copy_inline_data => Lead::Copy,
            Lead::Start if ["EXPLAIN", "QUERY", "PLAN"].iter().any(|one| is(one)) => Lead::Start,
            Lead::Create
                if ["OR", "REPLACE", "TEMP", "TEMPORARY", "EDITIONABLE", "NONEDITIONABLE"]
                    .iter()
                    .any(|one| is(one)) =>
            {
                Lead::Create
            }
            Lead::Create if is("FUNCTION") || is("PROCEDURE") => Lead::Routine,
            Lead::Create if is("TRIGGER") => Lead::Trigger,
            Lead::Start | Lead::Create | Lead::With => Lead::Other,
            decided => decided,
        };
        if piece.lead == Lead::Copy && piece.depth == 0 {
            piece.reads_stdin |= piece.copy_from && (is("STDIN") || is("STDOUT"));
            piece.copy_from = is("FROM");
        }
        let triggers = piece.lead == Lead::Trigger && self.dialect.trigger_bodies;
        let routines = piece.lead == Lead::Routine && self.dialect.atomic_bodies;
        piece.body = match piece.body {
            Body::None if triggers && is("BEGIN") => Body::Boundary,
            Body::None if routines && piece.depth == 0 && is("BEGIN") => Body::Begun,
            Body::Begun if is("ATOMIC") => Body::Boundary,
            Body::None | Body::Begun => Body::None,
            Body::Boundary if is("END") => {
                // Nothing after it can open another body.
                piece.lead = Lead::Other;
                piece.depth = 0;
                Body::None
            }
            Body::Boundary | Body::Inside => Body::Inside,
        };
    }

    /// `DELIMITER x` and a separator of batches: lines of their own where the dialect has them.
    fn client_line(&mut self, token: Token) -> bool {
        if !self.dialect.delimiter_command && self.dialect.batch_separator.is_none() {
            return false;
        }
        let word = token.span.of(self.text);
        let delimiter = self.dialect.delimiter_command && self.is_delimiter_line(token);
        let separator = !self.dialect.batches
            && self.dialect.batch_separator.is_some_and(|separator| word.eq_ignore_ascii_case(separator));
        // Looked at last: a script of one line would be searched once for each statement.
        if !delimiter && !separator {
            return false;
        }
        let line_end = self.line_end(token.span.end);
        let rest = self.text.get(token.span.end..line_end).unwrap_or("").trim();
        if delimiter {
            // Without a delimiter, or with a backslash in it, the client complains and keeps the one it has.
            if let Some(named) = delimiter_of(rest) {
                self.delimiter = (named != ";").then(|| named.to_owned());
            }
        } else if !rest.is_empty() {
            return false;
        }
        self.lexer.seek(line_end);
        true
    }

    /// A line of nothing but `/` ends what `;` does not. Behind a statement that has ended it is nothing: a terminal client would
    /// run that a second time.
    fn slash_line(&mut self, token: Token) -> bool {
        if token.span.of(self.text) != "/" {
            return false;
        }
        let line_end = self.line_end(token.span.end);
        let before = self.text.get(..token.span.start).unwrap_or("").trim_end_matches([' ', '\t']);
        let alone = before.is_empty() || before.ends_with(['\n', '\r']);
        if !alone || !self.text.get(token.span.end..line_end).unwrap_or("").trim().is_empty() {
            return false;
        }
        if self.piece.start.is_some() {
            self.finish(line_end, true);
        }
        self.title = None;
        self.lexer.seek(line_end);
        true
    }

    /// A separator that stands alone on its line, or with a number, ends the batch before it.
    fn separator_line(&mut self, token: Token) -> bool {
        let is_separator =
            self.dialect.batch_separator.is_some_and(|word| token.span.of(self.text).eq_ignore_ascii_case(word));
        if !is_separator {
            return false;
        }
        // Looked at first: a line of nothing but this word would be searched once for each.
        let before = self.text.get(..token.span.start).unwrap_or("").trim_end_matches([' ', '\t']);
        if !(before.is_empty() || before.ends_with(['\n', '\r'])) {
            return false;
        }
        let line_end = self.line_end(token.span.end);
        let rest = self.text.get(token.span.end..line_end).unwrap_or("");
        let rest = rest.split("--").next().unwrap_or("").trim();
        let repeats = if rest.is_empty() { Some(1) } else { rest.parse::<u32>().ok() };
        let Some(repeats) = repeats else { return false };
        self.repeats = Some(repeats);
        self.finish(line_end, true);
        self.repeats = None;
        self.lexer.seek(line_end);
        true
    }

    /// Whether `DELIMITER` stands at `token` with white space after it, as the client wants it.
    fn is_delimiter_line(&self, token: Token) -> bool {
        let after = self.text.as_bytes().get(token.span.end);
        let spaced = after.is_none_or(u8::is_ascii_whitespace);
        spaced && token.kind == TokenKind::Word && token.span.of(self.text).eq_ignore_ascii_case("DELIMITER")
    }

    /// Whether a line `DELIMITER //` begins at `token`, after a statement whose terminator was forgotten.
    fn begins_delimiter_line(&self, token: Token) -> bool {
        if !self.is_delimiter_line(token) {
            return false;
        }
        let before = self.text.get(..token.span.start).unwrap_or("").trim_end_matches([' ', '\t']);
        if !before.ends_with('\n') {
            return false;
        }
        let line = self.text.get(token.span.end..self.line_end(token.span.end)).unwrap_or("");
        delimiter_of(line.trim()).is_some_and(|one| !one.contains(|next: char| next.is_alphanumeric() || next == '('))
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or("");
        rest.find('\n').map_or(self.text.len(), |found| from + found)
    }

    fn client_command(&mut self, start: usize) {
        let end = self.line_end(start);
        let line = self.text.get(start..end).unwrap_or("").trim_end();
        let command = line.split_whitespace().next().unwrap_or("\\").to_owned();
        let span = Span::new(start, start + line.len());
        self.statements.push(Statement {
            kind: StatementKind::ClientCommand,
            span,
            full: span,
            command,
            terminated: true,
            reads_stdin: false,
            copy_data: None,
            repeats: 1,
            title: self.title.take(),
        });
        self.lexer.seek(end);
    }

    fn finish(&mut self, full_end: usize, terminated: bool) {
        let piece = std::mem::replace(&mut self.piece, Piece::new());
        self.title = None;
        let Some(start) = piece.start.filter(|_| !piece.command.is_empty()) else { return };
        let span = Span::new(start, piece.end);
        let mut full = Span::new(start, full_end.max(piece.end));
        let mut copy_data = None;
        if piece.reads_stdin
            && terminated
            && let Some((data, after)) = self.inline_data(full_end)
        {
            copy_data = Some(data);
            full.end = after;
            self.lexer.seek(after);
        }
        self.statements.push(Statement {
            kind: StatementKind::Sql,
            span,
            full,
            command: piece.command.of(self.text).to_ascii_uppercase(),
            terminated,
            reads_stdin: piece.reads_stdin,
            copy_data,
            repeats: self.repeats.take().unwrap_or(1),
            title: piece.title,
        });
    }

    /// The lines after the one that ends at or after `from`, up to a line `\.`, and where that line ends.
    fn inline_data(&mut self, from: usize) -> Option<(Span, usize)> {
        if self.no_copy_end {
            return None;
        }
        let rest = self.text.get(from..)?;
        let blank = rest.find(|next: char| next == '\n' || !next.is_whitespace());
        let line_end = blank.map_or(self.text.len(), |found| from + found);
        if blank.is_some_and(|found| !rest.get(found..).unwrap_or("").starts_with('\n')) {
            return None;
        }
        let start = (line_end + 1).min(self.text.len());
        let mut at = start;
        while at < self.text.len() {
            let end = self.line_end(at);
            if self.text.get(at..end).map(|line| line.trim_end_matches('\r')) == Some("\\.") {
                return Some((Span::new(start, at), end));
            }
            at = end + 1;
        }
        // Remembered, so that a script with many such statements and no data is not searched once for each.
        self.no_copy_end = true;
        None
    }
}

/// The delimiter that a line `DELIMITER …` names: its first word, which may be in quotes.
fn delimiter_of(rest: &str) -> Option<&str> {
    let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"' | '`'));
    let named = match quote {
        Some(quote) => rest.get(1..)?.split(quote).next(),
        None => rest.split_ascii_whitespace().next(),
    };
    named.filter(|one| !one.is_empty() && !one.contains('\\'))
}
