//! An expression as it is typed: prepared as the condition of a query that is never run, on a session of its own. Analysis asks
//! of a condition what it asks of a policy: boolean, no aggregate, no window, no set (42804, 42803, 42P20, 0A000). It reads the
//! table's columns under ACCESS SHARE and evaluates nothing.

use std::time::Duration;

use driver::{
    Code, Error, Said, Span,
    row_security::{Checked, ExpressionCheck},
};
use policy::{
    expression::{Expression, Problem, Unscoped},
    listing::Table,
};

use crate::{
    control::{ControlSession, Failure, finish},
    error::refused,
    wire::Report,
};

/// Longer than the session's own limits.
const PATIENCE: Duration = Duration::from_secs(8);
const NAME: &str = "rowhouse_expression";

pub(super) async fn check(session: &ControlSession, wanted: &ExpressionCheck) -> Result<Checked, Error> {
    let read = match Expression::parse(&wanted.expression, &Unscoped) {
        Ok(read) => read,
        Err(problem @ (Problem::TooDeep | Problem::TooLong)) => {
            return Ok(not_checked(format!("It is {problem}. Check it on the server.")));
        }
        Err(problem) => return Ok(wrong(unreadable(&wanted.expression, &problem))),
    };
    if read.reading.unread.iter().any(|kind| kind == "ParamRef") {
        let message = "There are no parameters in a policy.";
        return Ok(wrong(Error::new(Code::InvalidStatement, message)));
    }
    let before = format!("PREPARE {NAME} AS SELECT FROM {} WHERE (", Table::new(&wanted.schema, &wanted.table).sql());
    // Both in one message, so that behind a pooler the same session forgets it.
    let text = format!("{before}{}\n); DEALLOCATE {NAME}", wanted.expression);
    loop {
        let mut lent = session.lend().await.map_err(Error::from)?;
        let reused = lent.reused;
        let answer = async {
            lent.client().query(&text).await.map_err(Failure::Broken)?;
            finish(lent.client()).await
        };
        let Ok(answer) = tokio::time::timeout(PATIENCE, answer).await else {
            return Err(Error::new(Code::TimedOut, "The server did not say in time whether it takes the expression."));
        };
        return match lent.give_back(answer) {
            Ok(_) => Ok(Checked::Fine),
            Err(failure) if reused && failure.may_be_old() => continue,
            Err(Failure::Refused(report)) if !report.is_fatal() => {
                Ok(said(&report, &text, before.len(), &wanted.expression))
            }
            Err(failure) => Err(failure.into()),
        };
    }
}

fn not_checked(reason: String) -> Checked {
    Checked::NotChecked { reason }
}

fn wrong(error: Error) -> Checked {
    Checked::Wrong { said: Said::from(error) }
}

fn unreadable(text: &str, problem: &Problem) -> Error {
    let error = Error::new(Code::InvalidStatement, sentence(&problem.to_string()));
    match problem {
        Problem::Syntax { at: Some(at), .. } => {
            let start = (*at).min(text.len());
            let word = text.get(start..).unwrap_or_default().chars();
            let length = word.take_while(|character| !character.is_whitespace()).map(char::len_utf8).sum::<usize>();
            error.with_span(Span { start, end: start + length })
        }
        _ => error,
    }
}

fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(char::to_uppercase).into_iter().flatten();
    format!("{}.", first.chain(characters).collect::<String>())
}

/// What the server says of the whole text, as it concerns the expression.
fn said(report: &Report, text: &str, before: usize, expression: &str) -> Checked {
    let mut error = refused(report, text);
    let within = error.span.and_then(|span| {
        let start = span.start.checked_sub(before).filter(|start| *start <= expression.len())?;
        Some(Span { start, end: span.end.saturating_sub(before).clamp(start, expression.len()) })
    });
    let about_table = error.span.is_some() && within.is_none();
    match report.code.as_str() {
        // Somebody changes the table at this moment.
        "55P03" | "57014" => return not_checked("Somebody holds the table exclusively.".to_owned()),
        // The policies there are lead back to themselves, for who is filtered by them.
        "42P17" => return not_checked(error.message),
        "42501" if within.is_none() => return not_checked(error.message),
        _ if about_table => return not_checked(error.message),
        _ => {}
    }
    error.span = within;
    // The server's grammar has its own word for where the expression is to stand.
    error.message = error.message.replace("of WHERE must", "of a policy must").replace("in WHERE", "in a policy");
    wrong(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_within_the_expression() {
        let before = "PREPARE x AS SELECT FROM t WHERE (";
        let expression = "é = nope";
        let text = format!("{before}{expression}\n)");
        let report = |code: &str, position| Report {
            code: code.to_owned(),
            message: "column \"nope\" does not exist".to_owned(),
            position: Some(position),
            ..Report::default()
        };
        let place = |report: &Report| match said(report, &text, before.len(), expression) {
            Checked::Wrong { said } => said.span.map(|span| (span.start, span.end)),
            other => panic!("{other:?}"),
        };
        let at = u32::try_from(before.chars().count()).unwrap() + 5;
        assert_eq!(place(&report("42703", at)), Some((5, 9)), "in bytes, counted from the expression's first");
        let about_table = said(&report("42P01", 26), &text, before.len(), expression);
        assert!(matches!(about_table, Checked::NotChecked { .. }), "{about_table:?}");
    }

    #[test]
    fn what_the_grammar_refuses_has_its_place_too() {
        let Checked::Wrong { said } =
            wrong(unreadable("a == = b", &Problem::Syntax { message: "no".to_owned(), at: Some(5) }))
        else {
            panic!()
        };
        assert_eq!((said.span, said.message.as_str()), (Some(Span { start: 5, end: 6 }), "No."));
    }
}
