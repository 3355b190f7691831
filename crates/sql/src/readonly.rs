//! Whether a connection that may only read may send a text.
//!
//! The server is the lock where it has one (a READ ONLY transaction, a database opened read-only); this is the door in front
//! of it. It refuses what writes, what cannot be understood, and above all whatever could take the lock off.

use std::fmt;

use serde::Serialize;

use crate::classify::{Class, Effect, classify};
use crate::dialect::conditional;
use crate::nodes::Nodes;
use crate::{CopyEndpoint, Dialect, Lexer, Span, Statement, StatementKind, TokenKind, TransactionKind, split};

/// Why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{command}: {reason}")]
pub struct Refusal {
    /// The reason.
    pub reason: RefusalReason,
    /// The refused statement's command (`UPDATE`, `CREATE TABLE`).
    pub command: String,
    /// What in the text is the cause.
    pub span: Span,
}

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum RefusalReason {
    /// It changes rows or does something else outside the session.
    Writes,
    /// It changes the catalog.
    ChangesCatalog,
    /// What it does cannot be told from its text.
    Unknown,
    /// It could let the session write.
    LoosensReadOnly,
    /// It changes how the server reads SQL, so that the next text would not be what it seems.
    ChangesLexing,
    /// It locks rows against others.
    LocksRows,
    /// It writes a file or runs a program on the server.
    LeavesDatabase,
    /// It opens or writes another database file.
    OpensFile,
    /// It calls a function whose effect the server's read-only mode does not stop.
    EscapingFunction,
    /// It calls a function that not every server of this kind has, and the server's read-only mode is no guard against it.
    UnknownFunction,
    /// A quote or comment in it is not closed.
    Unterminated,
    /// It holds a NUL, where servers stop reading.
    Nul,
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writes => "this connection is read-only and the statement writes",
            Self::ChangesCatalog => "this connection is read-only and the statement changes the catalog",
            Self::Unknown => "this connection is read-only and it is not known what the statement does",
            Self::LoosensReadOnly => "this connection is read-only and the statement could change that",
            Self::ChangesLexing => "on a read-only connection the session must keep its way of reading SQL",
            Self::LocksRows => "this connection is read-only and the statement locks rows",
            Self::LeavesDatabase => "this connection is read-only and the statement writes a file or runs a program",
            Self::OpensFile => "this connection is read-only and the statement opens or writes another file",
            Self::EscapingFunction => "this connection is read-only and the function acts outside the transaction",
            Self::UnknownFunction => "this connection is read-only and what the function does is not known",
            Self::Unterminated => "this connection is read-only and a quote or comment in the text is not closed",
            Self::Nul => "this connection is read-only and the text holds a NUL character",
        })
    }
}

/// Whether a read-only connection may send `text`, which may hold several statements.
///
/// A query that calls an unknown function passes: the server runs it read-only. Not so where `only_known_functions` says that
/// the server's read-only mode leaves too much open. MySQL's does: a stored function may set variables of the server or of the
/// session, among them the one that keeps the session from writing, and a loadable function may do anything at all. There
/// the session has to be set read-only too (`SET SESSION TRANSACTION READ ONLY`), rather than a transaction alone: many a
/// statement commits the transaction it is sent in, and what follows would run outside it.
///
/// What depends on a setting of the session or on the version of the server (whether a backslash escapes, whether `"x"` is a
/// string, whether `/*!80000 … */` is code) is read every way it could be, and has to be harmless in all of them.
///
/// # Errors
///
/// The first [`Refusal`], with the span of its cause in `text`.
pub fn read_only_verdict(text: &str, dialect: &Dialect) -> Result<(), Refusal> {
    if let Some(at) = text.find('\0') {
        let span = Span::new(at, at + 1);
        return Err(Refusal { reason: RefusalReason::Nul, command: String::new(), span });
    }
    verdict(text, dialect)?;
    let servers = if dialect.conditional_comments { conditional::servers(text) } else { Some(Vec::new()) };
    let Some(servers) = servers else {
        let span = Span::new(0, text.len());
        return Err(Refusal { reason: RefusalReason::Unknown, command: String::new(), span });
    };
    // Whether a backslash escapes may have changed behind our back, by a setting of the role or within a function. Then
    // another quote ends the string, and what seemed data is code: the text has to be harmless both ways.
    let mut readings = vec![dialect.clone()];
    if dialect.backslash_escapes_vary && text.contains('\\') {
        readings.push(dialect.with_backslash_escapes(!dialect.backslash_escapes));
    }
    if dialect.double_quotes_vary && text.contains('"') {
        let other: Vec<_> =
            readings.iter().map(|reading| reading.with_ansi_quotes(reading.double_quoted_strings)).collect();
        readings.extend(other);
    }
    for reading in &readings {
        let versions = servers.iter().map(|server| reading.with_conditional_server(Some(*server)));
        for other in std::iter::once(reading.clone()).chain(versions) {
            match verdict(text, &other) {
                Err(refusal) if refusal.reason != RefusalReason::Unterminated => return Err(refusal),
                _ => {}
            }
        }
    }
    Ok(())
}

fn verdict(text: &str, dialect: &Dialect) -> Result<(), Refusal> {
    let statements = split(text, dialect);
    // A line for the client (`DELIMITER //`) is no part of any statement, and a server that is sent it nevertheless takes
    // it for code that nobody has looked at.
    if dialect.delimiter_command
        && let Some(span) = client_line(text, dialect, &statements)
    {
        return Err(Refusal { reason: RefusalReason::Unknown, command: "DELIMITER".to_owned(), span });
    }
    // The statements first: where one of them is refused, that says more than an open quote later on.
    for statement in statements {
        let piece = statement.text(text);
        let refuse = |reason, command: &str, span: Span| {
            let span = span.shifted(statement.span.start);
            Err(Refusal { reason, command: command.to_owned(), span })
        };
        let whole = Span::new(0, piece.len());
        if statement.kind == StatementKind::ClientCommand && classify(piece, dialect).class != Class::Read {
            return refuse(RefusalReason::Unknown, &statement.command, whole);
        }
        let answer = classify(piece, dialect);
        if let Some((reason, span)) = cause(piece, dialect, answer.class, &answer.effect) {
            return refuse(reason, &answer.effect.command, span.unwrap_or(whole));
        }
    }
    let open = Lexer::new(text, dialect)
        .filter(|token| !token.terminated)
        .find(|token| !token.kind.is_comment() || !dialect.open_comment_allowed);
    match open {
        Some(token) => Err(Refusal { reason: RefusalReason::Unterminated, command: String::new(), span: token.span }),
        None => Ok(()),
    }
}

/// What in the text means something and belongs to no statement, besides terminators.
fn client_line(text: &str, dialect: &Dialect, statements: &[Statement]) -> Option<Span> {
    let mut rest = statements.iter().peekable();
    Lexer::new(text, dialect).find_map(|token| {
        while rest.peek().is_some_and(|statement| statement.full.end <= token.span.start) {
            rest.next();
        }
        let inside = rest.peek().is_some_and(|statement| statement.full.start < token.span.end);
        let delimiter = token.kind == TokenKind::Word && token.span.of(text).eq_ignore_ascii_case("DELIMITER");
        (!inside && delimiter).then_some(token.span)
    })
}

fn cause(text: &str, dialect: &Dialect, class: Class, effect: &Effect) -> Option<(RefusalReason, Option<Span>)> {
    let explained_only = effect.explain.is_some_and(|explain| !explain.runs);
    if let Some(span) = effect.loosens_read_only {
        return Some((RefusalReason::LoosensReadOnly, Some(span)));
    }
    let lexical = effect.settings.iter().find(|setting| {
        let all = matches!(setting.name.as_str(), "all");
        let encodes = matches!(setting.name.as_str(), "client_encoding" | "character_set_client");
        let utf8 = encodes
            && setting.value.as_deref().is_some_and(|value| {
                ["utf8", "utf-8", "utf8mb4", "utf8mb3"].iter().any(|name| value.eq_ignore_ascii_case(name))
            });
        all || (dialect.lexical_settings.contains(&setting.name.as_str()) && !utf8)
    });
    if let Some(setting) = lexical {
        return Some((RefusalReason::ChangesLexing, Some(setting.span)));
    }
    if let Some(span) = escaping_call(&Nodes::new(text, dialect)) {
        return Some((RefusalReason::EscapingFunction, Some(span)));
    }
    let harmless = matches!(class, Class::Read | Class::Session);
    if let Some(call) = effect.calls.first().filter(|_| dialect.only_known_functions && harmless) {
        return Some((RefusalReason::UnknownFunction, Some(call.span)));
    }
    if let Some(span) = effect.file {
        return Some((RefusalReason::OpensFile, Some(span)));
    }
    match class {
        Class::Write => {
            let leaves = effect
                .copy
                .is_some_and(|copy| matches!(copy.endpoint, CopyEndpoint::ServerFile | CopyEndpoint::ServerProgram));
            let span = effect.writes.first().map(|write| write.span);
            let reason = if leaves { RefusalReason::LeavesDatabase } else { RefusalReason::Writes };
            return Some((reason, span));
        }
        Class::Ddl => return Some((RefusalReason::ChangesCatalog, effect.select_into)),
        Class::Unknown => return Some((RefusalReason::Unknown, None)),
        Class::Transaction => {
            let prepared = matches!(
                effect.transaction,
                Some(TransactionKind::Prepare | TransactionKind::CommitPrepared | TransactionKind::RollbackPrepared)
            );
            if prepared {
                return Some((RefusalReason::Writes, None));
            }
        }
        Class::Read | Class::Session => {}
    }
    match effect.locks_rows {
        Some(span) if !explained_only => Some((RefusalReason::LocksRows, Some(span))),
        _ => None,
    }
}

/// Where a statement could turn off what keeps the session from writing.
pub(crate) fn loosening(nodes: &Nodes<'_>, effect: &Effect) -> Option<Span> {
    let facts = nodes.dialect;
    let decides = |name: &str| facts.read_only_settings.iter().any(|one| one.eq_ignore_ascii_case(name));
    let setting = effect.settings.iter().find(|setting| {
        let all = setting.name == "all" && setting.scope == crate::SettingScope::Reset;
        let keeps = setting.value.as_deref().is_some_and(|value| {
            ["on", "true", "yes", "1"].iter().any(|on| on.eq_ignore_ascii_case(value))
                && setting.name != "writable_schema"
                && setting.name != "trusted_schema"
        });
        all || (decides(&setting.name) && !keeps)
    });
    if let Some(setting) = setting {
        return Some(setting.span);
    }
    let function = facts.set_function?;
    (0..nodes.len()).find_map(|at| {
        let (name, next) = nodes.name(at)?;
        // Its name without arguments is no call; `set_config` is compared without case, which refuses a little more.
        if !name.eq_ignore_ascii_case(function) || !nodes.is_open(next) {
            return None;
        }
        let span = nodes.span(at).to(nodes.span(next));
        let Some((setting, after)) = nodes.string(next + 1) else { return Some(span) };
        // Anything but one literal, alone, is an expression whose value we do not know.
        let alone = nodes.is_kind(after, TokenKind::Comma);
        let setting = setting.to_ascii_lowercase();
        let lexical = facts.lexical_settings.contains(&setting.as_str());
        (!alone || decides(setting.trim()) || lexical).then_some(span)
    })
}

/// Where the text calls a function whose effect outlives a read-only transaction.
fn escaping_call(nodes: &Nodes<'_>) -> Option<Span> {
    let facts = nodes.dialect;
    (0..nodes.len()).find_map(|at| {
        let (name, next) = nodes.name(at)?;
        // The standard's way to write `nextval`.
        let advances = nodes.after_words(at, &["NEXT", "VALUE", "FOR"]).is_some();
        let called = if advances {
            facts.escaping_functions.contains("nextval")
        } else {
            nodes.is_open(next) && facts.escaping_functions.contains(&name)
        };
        let pragma = facts
            .pragma_function_prefix
            .and_then(|prefix| name.to_ascii_lowercase().strip_prefix(prefix).map(str::to_owned));
        let acts = pragma.is_some_and(|pragma| facts.acting_pragmas.contains(&pragma.as_str()));
        (called || acts).then(|| nodes.span(at))
    })
}
