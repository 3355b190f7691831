//! The language a database's statements are written in: SQL, or commands of the database's own.
//!
//! Everything that reads a text before it is sent asks here: where statements begin and end, what each would do, whether a
//! read-only connection may send it. Guards fail closed: what a language does not understand counts as a write.

use std::{fmt, sync::Arc};

use catalog::Catalog;
use sql::{Class, Classification, Dialect, Placeholder, Refusal, RefusalReason, Span, Sweep, TransactionWords};

/// A language, with what was probed of the server that reads it. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Language {
    /// SQL in a dialect.
    Sql(Arc<Dialect>),
    /// Commands that are no SQL.
    Commands(Arc<dyn Commands>),
}

impl From<&Dialect> for Language {
    fn from(dialect: &Dialect) -> Self {
        Language::Sql(Arc::new(dialect.clone()))
    }
}

/// A language of commands. Every function is total and linear in the text: it answers for the half-typed command in an editor.
pub trait Commands: fmt::Debug + Send + Sync {
    /// The name of the editor's grammar (`redis`, `mongosh`).
    fn name(&self) -> &'static str;
    /// What begins a comment that ends with its line.
    fn line_comment(&self) -> &'static str;
    /// The commands of a script, in order. Pieces of nothing but comments are none.
    fn split(&self, script: &str) -> Vec<sql::Statement>;
    /// What one command would do: [`Class::Unknown`] where that cannot be told.
    fn classify(&self, command: &str) -> Classification;
    /// What the command is called in a list of what ran, at most 80 characters.
    fn title(&self, command: &str) -> String;
    /// What the rows are called that it gives.
    fn result_title(&self, _command: &str) -> Option<String> {
        None
    }
    /// Where a text holds passwords and keys.
    fn secret_spans(&self, _text: &str) -> Vec<Span> {
        Vec::new()
    }
    /// Whether a read-only connection may send `text`, which may hold several commands.
    ///
    /// # Errors
    /// What is refused, and why.
    fn read_only_verdict(&self, text: &str) -> Result<(), Refusal> {
        for statement in self.split(text) {
            let answer = self.classify(statement.text(text));
            let reason = match answer.class {
                Class::Read | Class::Session | Class::Transaction => continue,
                Class::Write => RefusalReason::Writes,
                Class::Ddl => RefusalReason::ChangesCatalog,
                Class::Unknown => RefusalReason::Unknown,
            };
            return Err(Refusal { reason, command: answer.effect.command, span: statement.span });
        }
        Ok(())
    }
    /// Whether the catalog is another after the command.
    fn changes_catalog(&self, command: &str) -> bool {
        matches!(self.classify(command).class, Class::Ddl | Class::Unknown)
    }
    /// What could stand at the caret, a byte of `text`, best first. Nothing is asked of the server for it.
    fn complete(&self, text: &str, caret: usize, catalog: Option<&Catalog>) -> Suggestions;
}

/// What could stand at a caret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// The bytes that a chosen one replaces.
    pub replace: Span,
    /// The suggestions, best first.
    pub items: Vec<Suggestion>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown and inserted.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// A short remark at the right: the arguments of a command.
    pub detail: Option<String>,
    /// A sentence or two beside the list.
    pub documentation: Option<String>,
}

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A command, a method, an operator of the language.
    Keyword,
    /// A collection.
    Relation,
    /// A field of documents.
    Field,
    /// A database.
    Schema,
}

impl Language {
    /// The dialect, of a database that reads SQL.
    pub fn sql(&self) -> Option<&Arc<Dialect>> {
        match self {
            Language::Sql(dialect) => Some(dialect),
            Language::Commands(_) => None,
        }
    }

    /// The schema an unqualified name is looked up in when nothing else is known.
    pub fn default_schema(&self) -> Option<&'static str> {
        self.sql().and_then(|dialect| dialect.default_schema)
    }

    /// Storage engines whose tables have no transactions.
    pub fn plain_engines(&self) -> &'static [&'static str] {
        self.sql().map_or(&[], |dialect| dialect.plain_engines)
    }

    /// The statements around a transaction that a client opens for a person; `None` where it cannot.
    pub fn transactions(&self) -> Option<TransactionWords> {
        self.sql().map(|dialect| dialect.transactions)
    }

    /// A name of several parts as a statement has it.
    pub fn quote_path<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> String {
        match self {
            Language::Sql(dialect) => dialect.quote_path(parts),
            Language::Commands(_) => parts.into_iter().collect::<Vec<_>>().join("."),
        }
    }

    /// Whether two names of schemas or relations are the same one.
    pub fn same_table_name(&self, a: &str, b: &str) -> bool {
        self.sql().map_or(a == b, |dialect| dialect.same_table_name(a, b))
    }

    /// The name of the editor's grammar.
    pub fn name(&self) -> &'static str {
        match self {
            Language::Sql(dialect) => dialect.name,
            Language::Commands(commands) => commands.name(),
        }
    }

    /// What begins a comment that ends with its line.
    pub fn line_comment(&self) -> &'static str {
        match self {
            Language::Sql(_) => "--",
            Language::Commands(commands) => commands.line_comment(),
        }
    }

    /// The statements of a script, in order.
    pub fn split(&self, script: &str) -> Vec<sql::Statement> {
        match self {
            Language::Sql(dialect) => sql::split(script, dialect),
            Language::Commands(commands) => commands.split(script),
        }
    }

    /// What one statement would do.
    pub fn classify(&self, statement: &str) -> Classification {
        match self {
            Language::Sql(dialect) => sql::classify(statement, dialect),
            Language::Commands(commands) => commands.classify(statement),
        }
    }

    /// What a statement is called in a list of what ran.
    pub fn title(&self, statement: &str) -> String {
        match self {
            Language::Sql(dialect) => sql::outline(statement, dialect).title,
            Language::Commands(commands) => commands.title(statement),
        }
    }

    /// What the rows are called that a statement gives.
    pub fn result_title(&self, statement: &str) -> Option<String> {
        match self {
            Language::Sql(dialect) => sql::result_title(statement, dialect),
            Language::Commands(commands) => commands.result_title(statement),
        }
    }

    /// The placeholders of one statement.
    pub fn placeholders(&self, statement: &str) -> Vec<Placeholder> {
        match self {
            Language::Sql(dialect) => sql::placeholders(statement, dialect),
            Language::Commands(_) => Vec::new(),
        }
    }

    /// Every change in a script, in order: what a person is asked about before it is sent.
    pub fn changes(&self, script: &str) -> Vec<Sweep> {
        match self {
            Language::Sql(dialect) => sql::changes(script, dialect),
            Language::Commands(commands) => commands
                .split(script)
                .into_iter()
                .flat_map(|statement| sql::changes_of(commands.classify(statement.text(script)), statement.span))
                .collect(),
        }
    }

    /// Whether a read-only connection may send a text.
    ///
    /// # Errors
    /// What is refused, and why.
    pub fn read_only_verdict(&self, text: &str) -> Result<(), Refusal> {
        match self {
            Language::Sql(dialect) => sql::read_only_verdict(text, dialect),
            Language::Commands(commands) => commands.read_only_verdict(text),
        }
    }

    /// Where a text holds passwords and keys.
    pub fn secret_spans(&self, text: &str) -> Vec<Span> {
        match self {
            Language::Sql(dialect) => sql::secret_spans(text, dialect),
            Language::Commands(commands) => commands.secret_spans(text),
        }
    }

    /// The text with what is secret in it covered.
    pub fn redact(&self, text: &str) -> String {
        match self {
            Language::Sql(dialect) => sql::redact(text, dialect),
            Language::Commands(commands) => sql::redact_spans(text, &commands.secret_spans(text)),
        }
    }

    /// Whether the catalog is another after a statement of a server that does not say what ran.
    pub fn changes_catalog(&self, statement: &str) -> bool {
        match self {
            Language::Sql(dialect) => sql::statement_changes_catalog(statement, dialect),
            Language::Commands(commands) => commands.changes_catalog(statement),
        }
    }
}
