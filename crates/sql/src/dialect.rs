//! What differs between the SQL dialects, as data.
//!
//! The rest of the crate asks a field, never a product's name. A new database is a new value of [`Dialect`]; a server that
//! was probed and differs from its kind is a clone with a field changed.

pub(crate) mod conditional;
mod mysql;
mod oracle;
mod postgres;
mod sqlite;
mod tsql;

use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::Serialize;

use crate::{classify::Class, transaction::TransactionWords};

pub use conditional::{ConditionalRule, ConditionalServer};

/// PostgreSQL 12 and later.
pub fn postgres() -> &'static Dialect {
    static DIALECT: LazyLock<Dialect> = LazyLock::new(postgres::facts);
    &DIALECT
}

/// SQLite 3.
pub fn sqlite() -> &'static Dialect {
    static DIALECT: LazyLock<Dialect> = LazyLock::new(sqlite::facts);
    &DIALECT
}

/// MySQL 5.7 and later and MariaDB 10.5 and later, as a session with the usual `sql_mode` reads SQL. Where the two differ, both
/// are understood: code for one of them is code, and words that one of them reserves are reserved. What a session can change
/// is changed with [`Dialect::with_backslash_escapes`], [`Dialect::with_ansi_quotes`] and
/// [`Dialect::with_lower_case_table_names`].
pub fn mysql() -> &'static Dialect {
    static DIALECT: LazyLock<Dialect> = LazyLock::new(mysql::facts);
    &DIALECT
}

/// Transact-SQL of SQL Server 2012 and later, as a session with `QUOTED_IDENTIFIER` on reads it, which every client of our kind
/// begins with; [`Dialect::with_ansi_quotes`] turns it off.
pub fn tsql() -> &'static Dialect {
    static DIALECT: LazyLock<Dialect> = LazyLock::new(tsql::facts);
    &DIALECT
}

/// SQL and PL/SQL of Oracle Database 12.2 and later, in scripts as `sqlplus` reads them but for its own commands.
pub fn oracle() -> &'static Dialect {
    static DIALECT: LazyLock<Dialect> = LazyLock::new(oracle::facts);
    &DIALECT
}

/// The facts of one dialect of SQL. Cloning is cheap: lists are shared.
#[derive(Clone, Debug, Serialize)]
pub struct Dialect {
    /// A stable name for logs and for the UI's choice of a highlighter; nothing here branches on it.
    pub name: &'static str,

    // Quoting.
    /// The quotes an identifier may be written in; the first is the one to write.
    pub identifier_quotes: &'static [IdentifierQuote],
    /// Whether `"x"` is a string rather than an identifier.
    pub double_quoted_strings: bool,
    /// Whether a setting of the session can change `double_quoted_strings`: guards then read a text both ways.
    pub double_quotes_vary: bool,
    /// Where that setting varies, the quotes of identifiers while `"x"` is a string, and while it is none.
    pub varied_quotes: [&'static [IdentifierQuote]; 2],
    /// Whether a backslash escapes inside a plain `'…'`, and in a `"…"` that is a string.
    pub backslash_escapes: bool,
    /// Whether a setting of the session can change `backslash_escapes`: guards then read a text both ways.
    pub backslash_escapes_vary: bool,
    /// Whether `E'…'` is a string with backslash escapes.
    pub escape_strings: bool,
    /// Whether `U&'…'` and `U&"…"` hold Unicode escapes.
    pub unicode_escapes: bool,
    /// Whether `N'…'` is a string.
    pub national_strings: bool,
    /// Whether `q'[…]'` is a string that ends at the quote behind its own closing sign.
    pub alternative_quotes: bool,
    /// Whether `B'…'` is a string of bits.
    pub bit_strings: bool,
    /// Whether `X'…'` is a string of bytes.
    pub hex_strings: bool,
    /// Whether `$tag$…$tag$` is a string.
    pub dollar_quotes: bool,
    /// Whether strings separated by white space with a line break are one string.
    pub string_continuation: bool,
    /// Whether strings beside each other are one string, whatever space is between them.
    pub adjacent_strings: bool,
    /// Whether a word such as `_utf8mb4` before a string names its character set.
    pub charset_introducers: bool,
    /// Whether `x'…'` makes bytes, so that a literal of bytes is written `X'…'`.
    pub blob_literals: bool,
    /// Whether a condition is a value, so that rows can be sorted by `a IS NULL`.
    pub conditions_are_values: bool,
    /// The type that a value of any other is cast to, to be looked at as text.
    pub text_type: &'static str,

    // Comments and lines.
    /// Whether `/* /* */ */` nests.
    pub nested_comments: bool,
    /// Whether `#` begins a comment.
    pub hash_comments: bool,
    /// Whether `--` is a comment only before white space.
    pub dashes_need_space: bool,
    /// Whether a carriage return alone ends a comment that runs to the end of its line.
    pub return_ends_comment: bool,
    /// Whether the content of `/*! … */` is code.
    pub conditional_comments: bool,
    /// The server whose version decides which conditional comments are code. None reads all of them as code.
    pub conditional_server: Option<ConditionalServer>,
    /// Whether a comment may be left open at the end of the text.
    pub open_comment_allowed: bool,
    /// Whether a line that begins a statement with a backslash is a command of the terminal client (`\copy`).
    pub backslash_commands: bool,
    /// Whether `\G` and `\g` end a statement, as they do for the terminal client.
    pub backslash_terminators: bool,
    /// Whether `DELIMITER x` changes what ends a statement.
    pub delimiter_command: bool,
    /// The word that, alone on a line or with a number after it, ends a batch; with the number the batch is sent as often.
    pub batch_separator: Option<&'static str>,

    // Names.
    /// What becomes of an unquoted name.
    pub folding: Folding,
    /// Whether names that differ only in case are the same name even when quoted.
    pub names_ignore_case: bool,
    /// The same of the names of schemas, tables and their aliases, where those follow rules of their own.
    pub table_names_ignore_case: bool,
    /// Whether `$` may continue a name.
    pub identifier_dollar: bool,
    /// Whether a name may begin with a digit (`2024_sales`), as long as it does not look like a number.
    pub identifier_digits: bool,
    /// Whether `@a` is a variable of the session and `@@a` one of the server.
    pub variables: bool,
    /// Bytes besides letters that may begin a name (`@`, `#`).
    pub identifier_start_extra: &'static str,
    /// The longest name the server keeps, in bytes; longer ones are cut.
    pub max_identifier_bytes: Option<usize>,
    /// Words that cannot be a name without quotes, upper case and sorted.
    pub reserved: Words,
    /// Words that are a name in some places only, and are safer in quotes.
    pub quoted_words: Words,
    /// The other words with a meaning, upper case and sorted.
    pub keywords: Words,
    /// Functions every database of this kind has, for completion, sorted.
    pub functions: Words,
    /// Words that are no functions and yet may stand before a parenthesis in an expression (`ANY (`, `DATETIME(6)`), besides
    /// the reserved ones.
    pub call_like: Words,
    /// The schema an unqualified name is looked up in when nothing else is known.
    pub default_schema: Option<&'static str>,

    // Parameters.
    /// The characters of operators.
    pub operator_bytes: &'static str,
    /// `$1`.
    pub dollar_number_placeholders: bool,
    /// `?`.
    pub question_placeholders: bool,
    /// `?1`.
    pub question_number_placeholders: bool,
    /// The characters that begin a named parameter (`:`, `@`, `$`).
    pub named_placeholder_prefixes: &'static str,

    // Statements.
    /// Whether what is sent is a batch of statements, with variables that live as long as it: `;` parts statements within it and
    /// ends none, and a statement may follow another without any sign.
    pub batches: bool,
    /// Whether blocks and stored programs reach to a line of nothing but `/`, whatever `;` is in them.
    pub slash_bodies: bool,
    /// Whether a `;` inside parentheses does not end the statement.
    pub parentheses_hold_semicolons: bool,
    /// Whether a routine's body may be `BEGIN ATOMIC …; … END`.
    pub atomic_bodies: bool,
    /// Whether `CREATE TRIGGER` has a body `BEGIN …; … END`.
    pub trigger_bodies: bool,
    /// Whether stored programs have bodies of compound statements: `BEGIN … END`, `IF … END IF`, `LOOP … END LOOP`.
    pub compound_bodies: bool,
    /// Whether `COPY … FROM STDIN` reads the lines that follow, up to `\.`.
    pub copy_inline_data: bool,
    /// The words that explain the statement after them; of a table they describe it.
    pub explain_words: &'static [&'static str],
    /// Whether `ANALYZE` before a statement runs and explains it.
    pub analyze_explains: bool,
    /// Whether `EXPLAIN ANALYZE` runs what it explains.
    pub explain_analyze_runs: bool,
    /// Whether a data-modifying statement may stand in `WITH` or in parentheses.
    pub nested_writes: bool,
    /// Words that may stand between the verb of a change of rows and its table (`LOW_PRIORITY`).
    pub write_modifiers: &'static [&'static str],
    /// Whether one `UPDATE` or `DELETE` may change several tables.
    pub multi_table_writes: bool,
    /// Storage engines whose tables have no transactions.
    pub plain_engines: &'static [&'static str],
    /// Whether `||` may mean OR, rather than joining texts.
    pub pipes_mean_or: bool,
    /// Whether `SELECT … INTO t` makes a table; otherwise `INTO` leads to a variable, or with `OUTFILE` to a file.
    pub select_into_table: bool,
    /// Whether `SET` takes a list of assignments to variables of the session, the server and the person, and whether texts
    /// are prepared `FROM` a string.
    pub set_assigns: bool,
    /// The first words of the statements that commit the transaction they are sent in, besides those that change the catalog.
    pub committing_commands: &'static [&'static str],
    /// The statements that open, end and divide a transaction.
    pub transactions: TransactionWords,
    /// The first words of the statements that a transaction does not take, or in which they do nothing.
    pub outside_transactions: &'static [&'static str],
    /// The first words of the statements it knows, with the class a statement has when nothing in it says more.
    pub commands: &'static [(&'static str, Class)],

    // What guards need.
    /// Settings that decide whether the session may write.
    pub read_only_settings: &'static [&'static str],
    /// Settings that change how the server reads SQL text, so that it would differ from how we read it.
    pub lexical_settings: &'static [&'static str],
    /// The function that changes a setting from within an expression.
    pub set_function: Option<&'static str>,
    /// Functions with an effect that the server's own read-only mode does not stop.
    pub escaping_functions: Words,
    /// Whether a connection that may only read may call no function but those of `functions`: where the server's own
    /// read-only mode leaves too much open to let the rest pass.
    pub only_known_functions: bool,
    /// Pragmas that only read, whatever they are given.
    pub reading_pragmas: &'static [&'static str],
    /// Pragmas that act even when they are given nothing.
    pub acting_pragmas: &'static [&'static str],
    /// Pragmas that change this session and nothing stored.
    pub session_pragmas: &'static [&'static str],
    /// The prefix of the functions that read a pragma inside a query.
    pub pragma_function_prefix: Option<&'static str>,
}

/// A pair of quotes around an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IdentifierQuote {
    /// The opening quote: one ASCII character.
    pub open: char,
    /// The closing quote: one ASCII character.
    pub close: char,
    /// Whether the closing quote is written twice to stand for itself; without it the quote cannot occur.
    pub doubled: bool,
}

/// What the server makes of an unquoted name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Folding {
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// It stays as it is written.
    AsWritten,
}

/// A sorted list of words; they are matched without regard to ASCII case.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Words(Arc<[&'static str]>);

impl Words {
    /// Words from a text with white space between them, in any order.
    pub fn new(text: &'static str) -> Self {
        let mut words: Vec<_> = text.split_whitespace().collect();
        words.sort_unstable_by(|a, b| compare_ignoring_case(a, b));
        words.dedup();
        Self(words.into())
    }

    /// Whether `word` is one of them, in any case.
    pub fn contains(&self, word: &str) -> bool {
        self.0.binary_search_by(|entry| compare_ignoring_case(entry, word)).is_ok()
    }

    /// The words, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.0.len())
    }
}

fn compare_ignoring_case(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut left, mut right) = (a.bytes(), b.bytes());
    loop {
        let (x, y) = (left.next(), right.next());
        let order = x.map(|x| x.to_ascii_uppercase()).cmp(&y.map(|y| y.to_ascii_uppercase()));
        if order.is_ne() || x.is_none() {
            return order;
        }
    }
}

impl Dialect {
    /// This dialect on a session whose plain strings treat a backslash as an escape, or do not
    /// (PostgreSQL reports the setting as `standard_conforming_strings`).
    #[must_use]
    pub fn with_backslash_escapes(&self, on: bool) -> Self {
        Self { backslash_escapes: on, ..self.clone() }
    }

    /// This dialect on a session where `"x"` is an identifier rather than a string, or is not (`ANSI_QUOTES` in the `sql_mode`
    /// of MySQL).
    #[must_use]
    pub fn with_ansi_quotes(&self, on: bool) -> Self {
        let [strings, names] = self.varied_quotes;
        let identifier_quotes = match (on, self.double_quotes_vary) {
            (_, false) => return self.clone(),
            (true, true) => names,
            (false, true) => strings,
        };
        Self { double_quoted_strings: !on, identifier_quotes, ..self.clone() }
    }

    /// This dialect on a server with that `lower_case_table_names`: 0 tells names of tables apart by case, 1 and 2 do not.
    #[must_use]
    pub fn with_lower_case_table_names(&self, setting: u8) -> Self {
        Self { table_names_ignore_case: setting != 0, ..self.clone() }
    }

    /// This dialect as that server reads conditional comments; None reads all of them as code.
    #[must_use]
    pub fn with_conditional_server(&self, server: Option<ConditionalServer>) -> Self {
        Self { conditional_server: server, ..self.clone() }
    }

    /// The name in quotes, whatever it is.
    pub fn quote_identifier(&self, name: &str) -> String {
        let quote = self
            .identifier_quotes
            .iter()
            .find(|quote| quote.doubled || !name.contains(quote.close))
            .copied()
            .unwrap_or(IdentifierQuote { open: '"', close: '"', doubled: true });
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(quote.open);
        for character in name.chars() {
            quoted.push(character);
            if character == quote.close {
                quoted.push(character);
            }
        }
        quoted.push(quote.close);
        quoted
    }

    /// The name as a person would write it: in quotes only when it would mean something else, or nothing, without them.
    pub fn quote_identifier_if_needed(&self, name: &str) -> String {
        if self.is_plain_identifier(name) { name.to_owned() } else { self.quote_identifier(name) }
    }

    /// Whether the name means itself without quotes.
    pub fn is_plain_identifier(&self, name: &str) -> bool {
        let mut bytes = name.bytes();
        let starts = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        // `_utf8mb4` before a string would be taken for its character set.
        let starts = starts && !(self.charset_introducers && name.starts_with('_'));
        let plain = starts && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let folds = match self.folding {
            Folding::Lower => name.bytes().any(|byte| byte.is_ascii_uppercase()),
            Folding::Upper => name.bytes().any(|byte| byte.is_ascii_lowercase()),
            Folding::AsWritten => false,
        };
        plain && !folds && !self.reserved.contains(name) && !self.quoted_words.contains(name)
    }

    /// The parts as a qualified name, each in quotes only where needed.
    pub fn quote_path<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> String {
        let parts: Vec<_> = parts.into_iter().map(|part| self.quote_identifier_if_needed(part)).collect();
        parts.join(".")
    }

    /// The text as a string literal. Where there are strings of the kind `E'…'` it means the same whether or not a backslash
    /// escapes in this session; elsewhere `backslash_escapes` has to be what the session does.
    pub fn quote_literal(&self, text: &str) -> String {
        let backslash = text.contains('\\');
        let mut quoted = String::with_capacity(text.len() + 3);
        let escapes = if backslash && self.escape_strings {
            quoted.push('E');
            true
        } else {
            self.backslash_escapes
        };
        quoted.push('\'');
        for character in text.chars() {
            if character == '\'' || (character == '\\' && escapes) {
                quoted.push(character);
            }
            quoted.push(character);
        }
        quoted.push('\'');
        quoted
    }

    /// What the server makes of a name written without quotes.
    pub fn fold(&self, name: &str) -> String {
        match self.folding {
            Folding::Lower => name.to_ascii_lowercase(),
            Folding::Upper => name.to_ascii_uppercase(),
            Folding::AsWritten => name.to_owned(),
        }
    }

    /// Whether two names, as the catalog holds them or folded, are the same name.
    pub fn same_name(&self, a: &str, b: &str) -> bool {
        if self.names_ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
    }

    /// Whether two names of schemas, tables or aliases are the same name.
    pub fn same_table_name(&self, a: &str, b: &str) -> bool {
        if self.table_names_ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
    }

    pub(crate) fn command_class(&self, word: &str) -> Option<Class> {
        self.commands.iter().find(|(command, _)| command.eq_ignore_ascii_case(word)).map(|(_, class)| *class)
    }
}
