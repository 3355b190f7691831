//! Where in the text an error is, and what it is about: the server tells the line, and the rest in words.

use driver::Span;

use crate::wire::Report;

/// Words before what the server quotes from the text, in English.
const QUOTED: &[&str] = &[
    "near '",
    "near the keyword '",
    "object name '",
    "column name '",
    "stored procedure '",
    "variable \"",
    "drop the table '",
    "character string '",
    "identifier \"",
];

/// The part of the text that the error is about: the word that the server quotes from the line it names, or else that line. None
/// where it happened in a procedure, whose lines are not ours.
pub(crate) fn find(report: &Report, text: &str) -> Option<Span> {
    if !report.procedure.is_empty() {
        return None;
    }
    let number = usize::try_from(report.line).ok()?.checked_sub(1)?;
    let mut start = 0;
    let line = text.split_inclusive('\n').nth(number).inspect(|_| {
        start = text.split_inclusive('\n').take(number).map(str::len).sum();
    })?;
    let shown = line.trim();
    let begin = start + line.len() - line.trim_start().len();
    let whole = Span { start: begin, end: begin + shown.len() };
    let word = QUOTED.iter().find_map(|before| after(&report.message, before));
    let found = word.and_then(|word| {
        let last = word.rsplit('.').next().filter(|last| !last.is_empty()).unwrap_or(word);
        let at = find_word(shown, word).map(|at| (at, word)).or_else(|| find_word(shown, last).map(|at| (at, last)))?;
        Some(Span { start: begin + at.0, end: begin + at.0 + at.1.len() })
    });
    Some(found.unwrap_or(whole)).filter(|span| span.end > span.start || shown.is_empty())
}

/// Where a word stands last in a line, as a word of its own.
fn find_word(line: &str, word: &str) -> Option<usize> {
    let continues = |sign: Option<char>| sign.is_some_and(|sign| sign.is_alphanumeric() || sign == '_');
    let is_name = continues(word.chars().next());
    let places = line.match_indices(word).filter(|(at, _)| {
        let before = line.get(..*at).and_then(|before| before.chars().next_back());
        let behind = line.get(at + word.len()..).and_then(|behind| behind.chars().next());
        !is_name || !(continues(before) || continues(behind))
    });
    places.last().map(|(at, _)| at)
}

/// What stands in quotes after these words, which end with the opening one.
fn after<'a>(message: &'a str, words: &str) -> Option<&'a str> {
    let rest = message.get(message.find(words)? + words.len()..)?;
    let quote = words.chars().next_back()?;
    rest.split(quote).next().filter(|quoted| !quoted.is_empty())
}

/// What an error is about.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub constraint: Option<String>,
    pub object: Option<String>,
    pub column: Option<String>,
}

/// What the message of a violated constraint names.
pub(crate) fn names(report: &Report) -> Names {
    let message = report.message.as_str();
    let first = |words: &[&str]| words.iter().find_map(|words| after(message, words)).map(str::to_owned);
    match report.number {
        547 => Names {
            constraint: first(&["constraint \"", "constraint '"]),
            object: first(&["table \"", "table '"]),
            column: first(&["column '"]),
        },
        2627 => Names { constraint: first(&["constraint '"]), object: first(&["in object '"]), column: None },
        2601 => Names { constraint: first(&["unique index '"]), object: first(&["in object '"]), column: None },
        515 => Names { constraint: None, object: first(&["table '"]), column: first(&["column '"]) },
        208 => Names { object: first(&["object name '"]), ..Names::default() },
        _ => Names::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(number: i32, line: i32, message: &str) -> Report {
        Report { number, line, class: 16, message: message.to_owned(), ..Report::default() }
    }

    fn part<'a>(text: &'a str, report: &Report) -> Option<&'a str> {
        find(report, text).map(|span| &text[span.start..span.end])
    }

    #[test]
    fn the_line_and_the_quoted_word_are_found_in_the_text() {
        let text = "select 'é🚀',\r\n  from_x, from dbo.nowhere\n  order bye";
        let near = report(156, 2, "Incorrect syntax near the keyword 'from'.");
        assert_eq!(part(text, &near), Some("from"));
        assert_eq!(find(&near, text).unwrap().start, text.find("from dbo").unwrap());
        assert_eq!(part(text, &report(208, 2, "Invalid object name 'dbo.nowhere'.")), Some("dbo.nowhere"));
        assert_eq!(part(text, &report(8134, 3, "Divide by zero error encountered.")), Some("order bye"));
        assert_eq!(part(text, &report(207, 2, "Invalid column name 'other'.")), Some("from_x, from dbo.nowhere"));
        assert_eq!(part(text, &report(8134, 4, "x")), None);
        assert_eq!(part(text, &report(8134, 0, "x")), None);
        assert_eq!(part(text, &report(8134, i32::MIN, "x")), None);
        let within = Report { procedure: "dbo.p".into(), ..report(8134, 1, "x") };
        assert_eq!(part(text, &within), None);
    }

    #[test]
    fn violated_constraints_are_named() {
        let message = "The INSERT statement conflicted with the FOREIGN KEY constraint \"FK_a\". The conflict occurred in database \
                       \"shop\", table \"dbo.t\", column 'id'.";
        let names = names(&report(547, 1, message));
        assert_eq!(
            (names.constraint.as_deref(), names.object.as_deref(), names.column.as_deref()),
            (Some("FK_a"), Some("dbo.t"), Some("id"))
        );
    }
}
