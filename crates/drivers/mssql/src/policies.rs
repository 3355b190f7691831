//! Security policies of a database, as the model that every kind of row security is shown in ([`policy::sqlserver`]).
//!
//! Pure: whoever asks has a session. [`QUESTIONS`] are run in order, each a batch that only reads, and their rows handed to
//! [`read`]. What changes them is rendered by the model: predicates go, the function is altered, predicates come back, in one
//! transaction ([`policy::sqlserver::Security::alter_function`]).

use policy::sqlserver::{Function, Moment, Name, Predicate, Security, SecurityPolicy};
use sql::{Lexer, TokenKind};

use crate::rows::Row;

/// The batches that tell of policies: predicates with their policies, then the functions of predicates. The views are those of
/// SQL Server 2016 and later.
pub const QUESTIONS: [&str; 2] =
    [include_str!("queries/predicates.sql"), include_str!("queries/predicate_functions.sql")];

/// Cells of rows, as texts.
pub type Answer = Vec<Vec<Option<String>>>;

/// A predicate whose text is not a call of a function, as every one is that the server prints.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the predicate on {table} cannot be read")]
pub struct Unreadable {
    /// Its table.
    pub table: String,
}

/// Reads the answers to [`QUESTIONS`]. `tables` are all tables there are, as the catalog tells.
///
/// # Errors
/// [`Unreadable`]: what is not understood is not shown as if it were not there.
pub fn read(tables: Vec<Name>, predicates: Answer, functions: Answer) -> Result<Security, Unreadable> {
    let mut security = Security { tables, ..Security::default() };
    for row in predicates {
        let mut row = Row::new(row);
        let name = Name { schema: row.text(), name: row.text() };
        let (enabled, schema_bound, not_for_replication) = (row.flag(), row.flag(), row.flag());
        let table = Name { schema: row.text(), name: row.text() };
        let (filters, operation, text) = (row.text() == "0", row.some(), row.text());
        let unreadable = || Unreadable { table: table.sql() };
        let moment = match (filters, operation.as_deref()) {
            (true, _) => Moment::Filter,
            (false, None) => Moment::Block,
            (false, Some("1")) => Moment::AfterInsert,
            (false, Some("2")) => Moment::AfterUpdate,
            (false, Some("3")) => Moment::BeforeUpdate,
            (false, Some("4")) => Moment::BeforeDelete,
            (false, Some(_)) => return Err(unreadable()),
        };
        let (function, arguments) = call(&text).ok_or_else(unreadable)?;
        let predicate = Predicate { table, moment, function, arguments };
        match security.policies.last_mut().filter(|last| last.name == name) {
            Some(last) => last.predicates.push(predicate),
            None => security.policies.push(SecurityPolicy {
                name,
                enabled,
                schema_bound,
                not_for_replication,
                predicates: vec![predicate],
            }),
        }
    }
    security.functions = functions
        .into_iter()
        .map(|row| {
            let mut row = Row::new(row);
            Function { name: Name { schema: row.text(), name: row.text() }, definition: row.some() }
        })
        .collect();
    Ok(security)
}

/// The function and the arguments of `([schema].[name](a, b))`, each argument as it is written.
fn call(text: &str) -> Option<(Name, Vec<String>)> {
    let dialect = sql::dialect::tsql();
    let mut text = text.trim();
    // The server puts parentheses around it.
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        text = inner.trim();
    }
    let tokens: Vec<_> = Lexer::new(text, dialect).filter(|token| !token.kind.is_trivia()).collect();
    let open = tokens.iter().position(|token| token.kind == TokenKind::OpenParen)?;
    let last = tokens.last().filter(|token| token.kind == TokenKind::CloseParen)?;
    let [schema, dot, name] = tokens.get(..open)? else { return None };
    if dot.kind != TokenKind::Dot {
        return None;
    }
    let plain = |token: &sql::Token| {
        let raw = token.span.of(text);
        match token.kind {
            TokenKind::Word => Some(raw.to_owned()),
            TokenKind::QuotedName => {
                let bracketed = raw.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                let quoted = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                bracketed
                    .map(|inner| inner.replace("]]", "]"))
                    .or_else(|| quoted.map(|inner| inner.replace("\"\"", "\"")))
            }
            _ => None,
        }
    };
    let function = Name { schema: plain(schema)?, name: plain(name)? };
    let mut arguments = Vec::new();
    let mut from = tokens.get(open)?.span.end;
    let mut depth = 0usize;
    for token in tokens.get(open + 1..)? {
        let ends = token.span == last.span;
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen if !ends => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if ends || (token.kind == TokenKind::Comma && depth == 0) {
            arguments.push(text.get(from..token.span.start)?.trim().to_owned());
            from = token.span.end;
        }
    }
    if depth > 0 {
        return None;
    }
    arguments.retain(|argument| !argument.is_empty());
    Some((function, arguments))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn golden(text: &str) -> Answer {
        let cell = |cell: &str| Some(cell.to_owned()).filter(|cell| cell != "∅");
        text.lines().map(|line| line.split('|').map(cell).collect()).collect()
    }

    fn security() -> Security {
        read(
            vec![Name::new("sales]x", "orders"), Name::new("dbo", "customers")],
            golden(include_str!("../tests/golden/shop/predicates.txt")),
            golden(include_str!("../tests/golden/shop/predicate_functions.txt")),
        )
        .unwrap()
    }

    #[test]
    fn policies_are_read_and_rendered_back() {
        let security = security();
        assert_eq!(security.policies.len(), 2);
        let tenants = &security.policies[0];
        assert!(tenants.enabled && tenants.schema_bound && !tenants.not_for_replication);
        let moments: Vec<Moment> = tenants.predicates.iter().map(|one| one.moment).collect();
        assert_eq!(moments, [Moment::Filter, Moment::AfterInsert]);
        assert_eq!(tenants.predicates[0].function, Name::new("sec", "may see]"));
        assert_eq!(tenants.predicates[0].arguments, ["[customer]", "(1)"]);
        assert_eq!(security.policies[1].predicates[0].arguments, ["[id]", "N'a,b)'"]);
        let function = &security.functions[0];
        let altered = security.alter_function(&function.name, function.definition.as_deref().unwrap());
        for part in [
            "DROP FILTER PREDICATE ON [sales]]x].[orders]",
            "ALTER FUNCTION sec.[may see]]]",
            "ADD FILTER PREDICATE [sec].[may see]]]([customer], (1)) ON [sales]]x].[orders]",
            "ADD BLOCK PREDICATE [sec].[may see]]]([customer], (1)) ON [sales]]x].[orders] AFTER INSERT",
        ] {
            assert!(altered.contains(part), "{part}: {altered}");
        }
        let batches = sql::split(&altered, sql::dialect::tsql());
        assert_eq!(batches.len(), 5, "each part is a batch: {altered}");
        assert!(security.script().is_err(), "the text of a function is not known");
    }

    #[test]
    fn what_is_no_call_is_not_passed_over() {
        assert_eq!(call("((dbo.f()))"), Some((Name::new("dbo", "f"), vec![])));
        assert_eq!(call("[a].\"b\"(isnull([c],(1)),[d])").unwrap().1, ["isnull([c],(1))", "[d]"]);
        for odd in ["", "1", "f(1)", "a.b.f(1)", "a.b(1", "a.b(1))", "a.b(1) + 1"] {
            assert_eq!(call(odd), None, "{odd}");
        }
        let mut predicates = golden(include_str!("../tests/golden/shop/predicates.txt"));
        predicates[0][8] = Some("x".to_owned());
        predicates[0][7] = Some("1".to_owned());
        assert!(read(Vec::new(), predicates, Vec::new()).is_err());
    }
}
