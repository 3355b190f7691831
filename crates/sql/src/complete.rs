//! What could be typed at the caret: the place it is in, and the relations whose columns can be named there.
//!
//! The statement being typed is usually broken, so nothing here needs a whole one: it reads what is there around the caret.

mod columns;
mod place;
mod scope;

use serde::Serialize;

use crate::nodes::Nodes;
use crate::{Dialect, Lexer, Span, Token, TokenKind, literal, statement_at};

/// What is known about the caret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompletionContext {
    /// What a suggestion replaces: the part of the word before the caret, with its opening quote; the whole name when the
    /// caret is inside closed quotes.
    pub replace: Span,
    /// The typed part of the name, without quotes, as written.
    pub prefix: String,
    /// Whether the name is being typed in quotes: then a suggestion has to be written in quotes too.
    pub quoted: bool,
    /// What belongs here.
    pub place: Place,
    /// The relations whose columns can be named here, innermost query first, in the order they are written.
    pub scope: Vec<ScopeRelation>,
    /// The CTEs that can be named as tables here.
    pub ctes: Vec<ScopeRelation>,
    /// Names the select list gives to its columns, where those can be used (`ORDER BY`, `GROUP BY`).
    pub output_names: Vec<String>,
}

/// What belongs at the caret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Place {
    /// Nothing: the caret is in a string, a comment, a number, or where a new name is given.
    Nothing,
    /// The beginning of a statement, or where only a keyword can follow.
    Keyword,
    /// A relation, after what qualifies it.
    Table {
        /// The parts before the last dot.
        qualifier: Vec<String>,
    },
    /// An expression: columns, functions and keywords.
    Column {
        /// The parts before the last dot: an alias, a table, a schema. None without a dot.
        qualifier: Option<Vec<String>>,
    },
    /// The condition of a join, right after `ON` or `AND`.
    JoinCondition {
        /// The relations that were there before.
        left: Vec<ScopeRelation>,
        /// The relation that is joined.
        right: ScopeRelation,
    },
    /// A column that both sides of a join have, inside `USING (…)`.
    JoinColumns {
        /// The relations that were there before.
        left: Vec<ScopeRelation>,
        /// The relation that is joined.
        right: ScopeRelation,
    },
    /// A column of one relation: the list of an `INSERT`, the left side of a `SET`.
    TargetColumn {
        /// The relation.
        relation: ScopeRelation,
        /// The columns the list already has.
        listed: Vec<String>,
    },
    /// A function or procedure.
    Function {
        /// The parts before the last dot.
        qualifier: Vec<String>,
    },
    /// A schema.
    Schema,
    /// A type.
    Type {
        /// The parts before the last dot.
        qualifier: Vec<String>,
    },
}

/// A relation that columns can be taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScopeRelation {
    /// What it is called here, when it has an alias.
    pub alias: Option<String>,
    /// What it is.
    pub source: RelationSource,
    /// Its columns, when the statement itself tells them: those of a CTE, a sub-select, or an alias with a list.
    pub columns: Option<Vec<DerivedColumn>>,
    /// How many queries outside the caret's own it belongs to.
    pub level: usize,
}

impl ScopeRelation {
    /// The name that qualifies its columns.
    pub fn name(&self) -> Option<&str> {
        self.alias.as_deref().or(match &self.source {
            RelationSource::Named(parts) | RelationSource::Function(parts) => parts.last().map(String::as_str),
            RelationSource::Cte(name) => Some(name),
            RelationSource::Select => None,
        })
    }
}

/// What a relation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum RelationSource {
    /// A table or view of the catalog, by its name as written and folded.
    Named(Vec<String>),
    /// A common table expression.
    Cte(String),
    /// A sub-select.
    Select,
    /// A function that returns rows.
    Function(Vec<String>),
}

/// A column of a sub-select or CTE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum DerivedColumn {
    /// A column of this name.
    Named(String),
    /// All columns of a relation of the catalog (`*`), which only the catalog knows.
    AllOf(Vec<String>),
}

/// What could be typed in `text` with the caret at byte `caret`.
pub fn complete_context(text: &str, caret: usize, dialect: &Dialect) -> CompletionContext {
    let mut caret = caret.min(text.len());
    while !text.is_char_boundary(caret) {
        caret -= 1;
    }
    let statement = statement_at(text, caret, dialect).filter(|one| one.full.start <= caret);
    // After a terminator another statement begins, whatever line it is on.
    let span = match statement {
        Some(one) if one.terminated && caret >= one.full.end => Span::new(one.full.end, text.len()),
        Some(one) if !one.terminated => Span::new(one.full.start, text.len()),
        Some(one) => one.full,
        None => Span::new(leading_trivia(text, caret, dialect), text.len()),
    };
    let text = span.of(text);
    let mut context = within(text, caret.saturating_sub(span.start).min(text.len()), dialect);
    context.replace = context.replace.shifted(span.start);
    context
}

/// Where the blanks and comments before the first statement after the caret begin, so that a caret in a comment is seen.
fn leading_trivia(text: &str, caret: usize, dialect: &Dialect) -> usize {
    let before = crate::split(text, dialect).into_iter().take_while(|one| one.full.end <= caret).last();
    before.map_or(0, |one| one.full.end)
}

fn nothing(caret: usize) -> CompletionContext {
    CompletionContext {
        replace: Span::new(caret, caret),
        prefix: String::new(),
        quoted: false,
        place: Place::Nothing,
        scope: Vec::new(),
        ctes: Vec::new(),
        output_names: Vec::new(),
    }
}

/// The same for the text of one statement.
fn within(text: &str, caret: usize, dialect: &Dialect) -> CompletionContext {
    let tokens: Vec<Token> = Lexer::new(text, dialect).collect();
    let Some(at_caret) = At::find(text, &tokens, caret, dialect) else { return nothing(caret) };
    // What follows the caret is read on its own: an open quote would swallow the clauses that give the names their meaning.
    let after = at_caret.resume;
    let mut rest = Lexer::new(text, dialect);
    rest.seek(after);
    let rest = rest.take_while(|token| token.kind != TokenKind::Semicolon);
    let before = tokens.iter().copied().filter(|token| token.span.end <= at_caret.replace.start);
    let before: Vec<Token> = before.filter(|token| !token.kind.is_trivia()).collect();
    let position = before.len();
    let nodes = Nodes::from_tokens(text, dialect, before.into_iter().chain(rest));
    let (place, block) = place::place(&nodes, position);
    let output_names = if block.names_outputs { block.output_names } else { Vec::new() };
    CompletionContext {
        replace: at_caret.replace,
        prefix: at_caret.prefix,
        quoted: at_caret.quoted,
        place,
        scope: block.relations,
        ctes: block.ctes,
        output_names,
    }
}

/// The word at the caret.
struct At {
    replace: Span,
    prefix: String,
    quoted: bool,
    /// Where the text that follows is read from.
    resume: usize,
}

impl At {
    /// None when nothing can be completed there.
    fn find(text: &str, tokens: &[Token], caret: usize, dialect: &Dialect) -> Option<Self> {
        let empty = Self { replace: Span::new(caret, caret), prefix: String::new(), quoted: false, resume: caret };
        // The token that ends at the caret or holds it.
        let index = tokens.partition_point(|token| token.span.end < caret);
        let Some(token) = tokens.get(index).copied().filter(|token| token.span.start < caret) else {
            return Some(empty);
        };
        let inside = caret < token.span.end || !token.terminated;
        match token.kind {
            TokenKind::LineComment | TokenKind::Number => None,
            TokenKind::Placeholder | TokenKind::Variable => None,
            TokenKind::BlockComment => {
                if inside {
                    None
                } else {
                    Some(empty)
                }
            }
            kind if kind.is_string() => {
                if inside {
                    None
                } else {
                    Some(empty)
                }
            }
            TokenKind::Word => {
                let prefix = text.get(token.span.start..caret)?.to_owned();
                let replace = Span::new(token.span.start, caret);
                Some(Self { replace, prefix, quoted: false, resume: token.span.end })
            }
            TokenKind::QuotedName => {
                let typed = Token {
                    span: Span::new(token.span.start, caret),
                    terminated: token.terminated && caret == token.span.end,
                    ..token
                };
                let prefix = literal::name(text, typed, dialect, None)?;
                // An odd quote pairs with one that belongs to another name further on.
                let open = !token.terminated
                    || tokens.iter().any(|one| one.kind == TokenKind::QuotedName && !one.terminated)
                    || token.span.of(text).contains('\n');
                let end = if open { caret } else { token.span.end };
                Some(Self { replace: Span::new(token.span.start, end), prefix, quoted: true, resume: end })
            }
            _ => Some(empty),
        }
    }
}
