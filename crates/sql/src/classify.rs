//! What a statement would do, as far as its text tells.
//!
//! Read from the text alone, so a query that calls a function that writes is a read here: only the server knows better.

mod batch;
mod data;
mod definition;
mod destroys;
mod server;
mod session;
mod variables;
mod whole;
pub(crate) mod with;

use serde::Serialize;

use crate::nodes::Nodes;
use crate::{Dialect, QualifiedName, Span, StatementKind, TokenKind, readonly, split};

/// What kind of thing a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Class {
    /// It reads.
    Read,
    /// It changes the session and nothing stored.
    Session,
    /// It begins, ends or marks a transaction.
    Transaction,
    /// It changes rows, or does something else outside the session.
    Write,
    /// It changes the catalog.
    Ddl,
    /// It cannot be told: to be treated as a write.
    Unknown,
}

impl Class {
    /// Whether a guard has to treat it as a write.
    pub const fn is_write(self) -> bool {
        matches!(self, Self::Write | Self::Ddl | Self::Unknown)
    }
}

/// The answer of [`classify`](classify()).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Classification {
    /// The kind.
    pub class: Class,
    /// The details.
    pub effect: Effect,
}

/// What a statement does, in detail. Spans are of the text that was classified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// The command in upper case, with the kind of object for a definition: `SELECT`, `CREATE TABLE`, `COMMIT`. For a
    /// statement after `WITH` or `EXPLAIN` it is that statement's.
    pub command: String,
    /// What it changes: the objects it creates, alters or drops, the tables it writes, the routine it calls.
    pub targets: Vec<QualifiedName>,
    /// Each change of rows it makes, those inside `WITH` included.
    pub writes: Vec<Write>,
    /// What it does to a transaction.
    pub transaction: Option<TransactionKind>,
    /// `READ WRITE` (true) or `READ ONLY` (false), where it says so.
    pub access_read_write: Option<bool>,
    /// Set when it only explains another statement.
    pub explain: Option<Explain>,
    /// Set for `COPY` and `\copy`, and for `LOAD DATA`, which is the same into a table.
    pub copy: Option<CopyEffect>,
    /// The settings it changes by `SET`, `RESET` or `PRAGMA`.
    pub settings: Vec<Setting>,
    /// Where it asks for row locks (`FOR UPDATE`).
    pub locks_rows: Option<Span>,
    /// Where a query makes a table (`SELECT … INTO`).
    pub select_into: Option<Span>,
    /// Where it opens or writes a file beside the database (`ATTACH`, `VACUUM INTO`, `SELECT … INTO OUTFILE`).
    pub file: Option<Span>,
    /// Whether it ends the transaction it is sent in by committing it.
    pub commits_implicitly: bool,
    /// Where it could let a session that may only read write after all.
    pub loosens_read_only: Option<Span>,
    /// The functions it calls that are not among those every database of this kind has.
    pub calls: Vec<QualifiedName>,
    /// What it drops or empties.
    pub destroys: Vec<Destroys>,
}

impl Effect {
    /// Each `UPDATE` and `DELETE` that touches every row of its target.
    pub fn whole_table_writes(&self) -> impl Iterator<Item = &Write> {
        self.writes.iter().filter(|write| write.whole_table)
    }
}

/// A change of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Write {
    /// How.
    pub verb: Verb,
    /// The table, when it can be read.
    pub target: Option<QualifiedName>,
    /// Whether it is an `UPDATE` or `DELETE` that nothing in its text holds to some rows of its target: no `WHERE` of its
    /// own, none but one that is the same for every row, and no `LIMIT`.
    pub whole_table: bool,
    /// Where the verb stands.
    pub span: Span,
}

/// What a statement drops or empties, whatever is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Destroys {
    /// How.
    pub how: Destruction,
    /// The kind of object, in upper case: `TABLE`, `SCHEMA`, `COLUMN`.
    pub kind: String,
    /// Which; empty where the text does not name them.
    pub names: Vec<QualifiedName>,
    /// The object they are parts of: the table of a column, an index or a trigger.
    pub of: Option<QualifiedName>,
    /// Where the verb stands.
    pub span: Span,
}

/// How something is destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Destruction {
    /// It is gone.
    Drop,
    /// It stays, empty.
    Empty,
}

/// A verb that changes rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Verb {
    /// `INSERT`.
    Insert,
    /// `REPLACE`.
    Replace,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `MERGE`.
    Merge,
    /// `TRUNCATE`.
    Truncate,
}

/// What a statement does to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum TransactionKind {
    /// Begins one.
    Begin,
    /// Commits it.
    Commit,
    /// Rolls it back.
    Rollback,
    /// Marks a point in it.
    Savepoint,
    /// Forgets such a point.
    Release,
    /// Goes back to one.
    RollbackTo,
    /// Leaves it to a second phase.
    Prepare,
    /// Commits a prepared one.
    CommitPrepared,
    /// Rolls a prepared one back.
    RollbackPrepared,
}

/// How a statement is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Explain {
    /// Whether explaining runs it.
    pub runs: bool,
    /// The byte at which the explained statement begins.
    pub statement: usize,
}

/// What a `COPY` moves and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CopyEffect {
    /// Which way.
    pub direction: CopyDirection,
    /// The other end.
    pub endpoint: CopyEndpoint,
}

/// Which way a `COPY` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CopyDirection {
    /// Into the table.
    From,
    /// Out of the table or query.
    To,
}

/// The other end of a `COPY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CopyEndpoint {
    /// The connection: `STDIN`, `STDOUT`.
    Connection,
    /// A file on the server.
    ServerFile,
    /// A program on the server.
    ServerProgram,
    /// A file or program on this machine (`\copy`).
    Client,
}

/// A setting that a statement changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its name in lower case, qualified when it is; `all` for all of them.
    pub name: String,
    /// For how long.
    pub scope: SettingScope,
    /// The value when it is one word, number or string; None otherwise, and for a reset.
    pub value: Option<String>,
    /// Where the name stands.
    pub span: Span,
}

/// How long a changed setting lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SettingScope {
    /// The session.
    Session,
    /// The transaction.
    Local,
    /// Back to its default.
    Reset,
    /// The server: this session or not, every session to come.
    Server,
}

/// What the statement in `text` would do. Nothing but comments reads; several statements at once are unknown: split first.
pub fn classify(text: &str, dialect: &Dialect) -> Classification {
    let statements = split(text, dialect);
    let nodes = Nodes::new(text, dialect);
    let end = nodes.len();
    let mut reader =
        Reader { nodes: &nodes, effect: Effect::default(), end, depth: 0, into_file: false, into_variable: false };
    let class = match statements.as_slice() {
        [] => Class::Read,
        [one] if one.kind == StatementKind::ClientCommand => reader.client_command(),
        [_] => reader.statement(),
        [first, ..] => {
            reader.effect.command.clone_from(&first.command);
            Class::Unknown
        }
    };
    Classification { class, effect: reader.effect }
}

/// How many statements a batch holds.
pub(crate) fn statements_of_batch(text: &str, dialect: &Dialect) -> usize {
    let nodes = Nodes::new(text, dialect);
    let end = nodes.len();
    let reader =
        Reader { nodes: &nodes, effect: Effect::default(), end, depth: 0, into_file: false, into_variable: false };
    reader.heads(0).len()
}

/// Walks over one statement and writes down what it does.
struct Reader<'a> {
    nodes: &'a Nodes<'a>,
    effect: Effect,
    /// One past the statement's last token.
    end: usize,
    /// How many statements that hold others it is inside of.
    depth: usize,
    /// Whether a query writes its rows to a file of the server.
    into_file: bool,
    /// Whether a query puts its row into variables of the session.
    into_variable: bool,
}

/// Beyond these bounds nothing more is noted: a text made to be slow is not, and its class stays what it is.
const MOST_NESTED: usize = 32;
pub(super) const MOST_WRITES: usize = 1000;
const MOST_CALLS: usize = 64;

impl Reader<'_> {
    fn statement(&mut self) -> Class {
        let nodes = self.nodes;
        while self.end > 0 && nodes.is_kind(self.end - 1, TokenKind::Semicolon) {
            self.end -= 1;
        }
        let mut start = 0;
        while nodes.is_kind(start, TokenKind::Semicolon) {
            start += 1;
        }
        let at = self.explain_prefix(start);
        let batches = nodes.dialect.batches;
        let mut class = if batches { self.batch(at) } else { self.command(at) };
        if !batches {
            self.everywhere(at);
        }
        if batches {
            // Each of its statements was looked at.
        } else if class == Class::Unknown {
            self.block(at);
        } else if nodes.is(at, "DO") && class == Class::Write {
            self.block_text(at + 1);
        }
        if matches!(class, Class::Read | Class::Session) {
            if class == Class::Read && self.into_variable {
                class = Class::Session;
            }
            if !self.effect.writes.is_empty() || self.into_file {
                class = Class::Write;
            }
            if self.effect.select_into.is_some() {
                class = Class::Ddl;
            }
        }
        self.effect.loosens_read_only = readonly::loosening(nodes, &self.effect);
        self.effect.commits_implicitly = self.commits(class);
        match self.effect.explain {
            Some(Explain { runs: false, .. }) if class != Class::Unknown => Class::Read,
            _ => class,
        }
    }

    /// Reads `EXPLAIN` and its options; returns where the explained statement begins.
    fn explain_prefix(&mut self, at: usize) -> usize {
        let nodes = self.nodes;
        let analyzes = nodes.dialect.analyze_explains && nodes.is(at, "ANALYZE") && !self.is_table_maintenance(at);
        if !analyzes && !nodes.is_any(at, nodes.dialect.explain_words) {
            return at;
        }
        let mut runs = analyzes;
        let mut next = at + 1;
        let query = ["SELECT", "WITH", "VALUES", "TABLE"];
        if nodes.is_open(next) && !nodes.is_open(next + 1) && !nodes.is_any(next + 1, &query) {
            let close = nodes.close(next);
            for option in next..close.min(nodes.len()) {
                let off = nodes.is_any(option + 1, &["FALSE", "OFF"])
                    || nodes.raw(option + 1) == "0"
                    || nodes
                        .string(option + 1)
                        .is_some_and(|(value, _)| ["false", "off", "0"].contains(&value.to_ascii_lowercase().as_str()));
                let name = nodes.name(option).map(|(name, _)| name.to_ascii_lowercase());
                runs |= matches!(name.as_deref(), Some("analyze" | "analyse")) && !off;
            }
            next = nodes.after(next);
        } else if let Some(after) = nodes.after_words(next, &["QUERY", "PLAN"]) {
            next = after;
        } else {
            loop {
                if nodes.is_any(next, &["ANALYZE", "ANALYSE"]) {
                    runs = true;
                    next += 1;
                } else if nodes.is_any(next, &["VERBOSE", "EXTENDED", "PARTITIONS"]) {
                    next += 1;
                } else if nodes.is(next, "FORMAT") && nodes.is_operator(next + 1, "=") {
                    next += 3;
                } else if nodes.is(next, "INTO") && nodes.is_kind(next + 1, TokenKind::Variable) {
                    next += 2;
                } else if nodes.is(next, "FOR") && nodes.is_any(next + 1, &["SCHEMA", "DATABASE"]) {
                    next += 3;
                } else {
                    break;
                }
            }
        }
        let statement = nodes.span(next).start;
        self.effect.explain = Some(Explain { runs: runs && nodes.dialect.explain_analyze_runs, statement });
        next
    }

    /// The class of the command at `at` by itself.
    fn command(&mut self, at: usize) -> Class {
        let nodes = self.nodes;
        let mut at = at;
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Class::Unknown;
        }
        while nodes.is_open(at) {
            at += 1;
        }
        let explained = self.effect.explain.is_some_and(|explain| !explain.runs);
        let Some(word) = nodes.word(at) else {
            return if explained && self.describes(at) { Class::Read } else { Class::Unknown };
        };
        let command = word.to_ascii_uppercase();
        self.effect.command.clone_from(&command);
        if explained && self.describes(at) {
            return Class::Read;
        }
        let Some(class) = nodes.dialect.command_class(word) else {
            return Class::Unknown;
        };
        match command.as_str() {
            "BEGIN" | "DECLARE" | "SET" | "EXEC" | "EXECUTE" | "UPDATE" | "SAVE" | "COMMIT" | "ROLLBACK"
                if nodes.dialect.batches =>
            {
                self.batched(at, class)
            }
            "WITH" => {
                let main = with::with_clause(nodes, at, self.end).next;
                let verbs = ["SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"];
                if nodes.is_open(main) || nodes.is_any(main, &verbs) { self.command(main) } else { Class::Unknown }
            }
            "SET" if nodes.dialect.set_assigns => self.assignments(at),
            "RESET" if class == Class::Write => class,
            "START" if !nodes.is(at + 1, "TRANSACTION") => Class::Write,
            "BEGIN" if nodes.is(at + 1, "NOT") => Class::Unknown,
            "DROP" if nodes.dialect.set_assigns && nodes.is(at + 1, "PREPARE") => Class::Session,
            "PREPARE" if nodes.dialect.set_assigns => self.prepared_text(at),
            "EXECUTE" if nodes.is(at + 1, "IMMEDIATE") => {
                self.note_text(at + 2);
                class
            }
            "LOAD" if nodes.is_any(at + 1, &["DATA", "XML"]) => {
                self.load(at);
                class
            }
            "XA" => self.distributed(at),
            "RENAME" => {
                self.renaming(at);
                class
            }
            "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE" => {
                self.write_at(at, self.end);
                class
            }
            "COPY" => self.copy(at),
            "CREATE" | "ALTER" | "DROP" | "COMMENT" | "REFRESH" => {
                self.definition(at);
                class
            }
            "CALL" | "REINDEX" | "VACUUM" | "ANALYZE" | "LOCK" | "CLUSTER" | "CHECK" | "OPTIMIZE" | "REPAIR" => {
                self.maintenance(at);
                class
            }
            "ATTACH" | "DETACH" => {
                self.effect.file = Some(nodes.span(at));
                class
            }
            "DECLARE" => self.wrapped(at, "FOR", class),
            "PREPARE" if nodes.is(at + 1, "TRANSACTION") => {
                self.effect.transaction = Some(TransactionKind::Prepare);
                Class::Transaction
            }
            "PREPARE" => self.wrapped(at, "AS", class),
            "SET" | "RESET" | "DISCARD" => {
                self.setting(at);
                class
            }
            "PRAGMA" => self.pragma(at),
            _ if class == Class::Transaction => {
                self.transaction(at);
                class
            }
            _ => class,
        }
    }

    /// A statement that holds another after `keyword`: it does at least what that one does.
    fn wrapped(&mut self, at: usize, keyword: &str, class: Class) -> Class {
        let nodes = self.nodes;
        let command = self.effect.command.clone();
        let inner = nodes.find(at + 1, self.end, |position| nodes.is(position, keyword));
        let inner = inner.map_or(Class::Unknown, |position| self.command(position + 1));
        self.effect.command = command;
        if inner == Class::Read { class } else { inner }
    }

    /// What may stand anywhere in the statement.
    fn everywhere(&mut self, start: usize) {
        let nodes = self.nodes;
        for at in start..self.end {
            if nodes.is_open(at) {
                if nodes.dialect.nested_writes && self.is_write_head(at + 1) {
                    self.write_at(at + 1, nodes.close(at).min(self.end));
                }
                self.call(at);
            } else if nodes.is(at, "FOR") {
                let words = nodes.skip_words(at + 1, &["NO", "KEY"]);
                if nodes.is_any(words, &["UPDATE", "SHARE"]) && self.effect.locks_rows.is_none() {
                    self.effect.locks_rows = Some(nodes.span(at).to(nodes.span(words)));
                }
            } else if let Some(end) = nodes.after_words(at, &["LOCK", "IN", "SHARE", "MODE"]) {
                self.effect.locks_rows.get_or_insert(nodes.span(at).to(nodes.span(end - 1)));
            } else if nodes.is(at, "INTO") && !nodes.dialect.select_into_table {
                self.note_into(at);
            } else if nodes.is(at, "INTO") && at > 0 {
                let named = nodes.is_kind(at - 1, TokenKind::Dot) || nodes.is(at - 1, "AS");
                let verb = nodes.is_any(at - 1, &["INSERT", "REPLACE", "MERGE", "IGNORE", "ABORT", "FAIL", "ROLLBACK"]);
                // Elsewhere it leads what a change gives back into a variable or a table that is there.
                let elsewhere = nodes.dialect.batches
                    && (nodes.is_kind(at + 1, TokenKind::Variable) || !nodes.is_any(start, &["SELECT", "WITH"]));
                if !named && !verb && !elsewhere && self.effect.select_into.is_none() {
                    self.select_into(at);
                }
            }
        }
    }

    fn select_into(&mut self, at: usize) {
        let nodes = self.nodes;
        self.effect.select_into = Some(nodes.span(at));
        let name = nodes.skip_words(at + 1, &["TEMP", "TEMPORARY", "UNLOGGED", "LOCAL", "GLOBAL", "TABLE"]);
        if let Some((target, _)) = nodes.path(name) {
            self.effect.targets.push(target);
        }
    }

    /// Notes the function whose arguments open at `at`.
    fn call(&mut self, at: usize) {
        let nodes = self.nodes;
        let Some(last) = at.checked_sub(1) else { return };
        if !matches!(nodes.kind(last), Some(TokenKind::Word | TokenKind::QuotedName)) {
            return;
        }
        let mut first = last;
        while first >= 2 && nodes.is_kind(first - 1, TokenKind::Dot) && nodes.name(first - 2).is_some() {
            first -= 2;
        }
        let Some((path, next)) = nodes.path(first) else { return };
        let word = if first == last { nodes.word(last) } else { None };
        let known = word.is_some_and(|word| {
            nodes.dialect.functions.contains(word)
                || nodes.dialect.reserved.contains(word)
                || nodes.dialect.quoted_words.contains(word)
                || nodes.dialect.call_like.contains(word)
                // Any of the others may be the name of a function a person made.
                || (!nodes.dialect.only_known_functions && nodes.dialect.keywords.contains(word))
        });
        let builtin = path.schema() == Some("pg_catalog") && nodes.dialect.functions.contains(path.name());
        // `(SELECT …) t (a, b)`, and `b (x) AS (…)` after another CTE.
        let after = nodes.after(at);
        let listed = (nodes.is(after, "AS") && nodes.is_open(after + 1))
            || (first > 0 && nodes.is_kind(first - 1, TokenKind::CloseParen));
        let defined = listed
            || first > 0
                && (nodes
                    .is_any(first - 1, &["INTO", "TABLE", "AS", "ON", "REFERENCES", "EXISTS", "WITH", "RECURSIVE"])
                    || self
                        .effect
                        .writes
                        .iter()
                        .any(|write| write.target.as_ref().is_some_and(|target| target.span == path.span)));
        if self.effect.calls.len() < MOST_CALLS
            && next == at
            && !known
            && !builtin
            && !defined
            && !self.effect.calls.contains(&path)
        {
            self.effect.calls.push(path);
        }
    }
}
