//! Where in the text an error is, and whom it names, read from the server's message: the protocol has no fields for it.

use driver::Span;

use crate::wire::Report;

/// The place the message speaks of. A message in another language than English gives none.
pub(crate) fn find(report: &Report, text: &str) -> Option<Span> {
    match report.number {
        1064 | 1149 => near(&report.message, text),
        // Unknown column, table, routine, variable, ambiguous column.
        1054 | 1146 | 1051 | 1052 | 1109 | 1193 | 1305 | 1072 | 1091 => {
            let name = quoted(&report.message).next()?;
            only(text, name).or_else(|| only(text, name.rsplit('.').next()?))
        }
        _ => None,
    }
}

/// `… near 'from nowhere' at line 3`: the quoted text goes on to the statement's end, or is cut after 80 bytes.
fn near(message: &str, text: &str) -> Option<Span> {
    let (_, rest) = message.split_once(" near '")?;
    let (quoted, line) = rest.rsplit_once("' at line ")?;
    let line: usize = line.trim_end_matches('.').trim().parse().ok()?;
    let from = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum::<usize>();
    let rest = text.get(from..)?;
    if quoted.is_empty() {
        let end = text.trim_end_matches(|sign: char| sign.is_whitespace() || sign == ';').len();
        return Some(Span { start: end, end });
    }
    // A cut in the middle of a character leaves a `?` or half a character behind.
    let exact = quoted.trim_end_matches(['\u{fffd}', '?']);
    let quoted = if exact.is_empty() { quoted } else { exact };
    // What goes on to the end is the last of its likes; a longer one is unlike others.
    let at = if rest.ends_with(quoted) { rest.len() - quoted.len() } else { rest.find(quoted)? };
    let start = from + at;
    Some(Span { start, end: start + word(text.get(start..)?) })
}

/// Bytes of the word, quoted name or sign at the start of the text.
fn word(text: &str) -> usize {
    let mut characters = text.char_indices();
    match characters.next() {
        None => 0,
        Some((_, quote @ ('"' | '\'' | '`'))) => {
            characters.find(|(_, character)| *character == quote).map_or(1, |(at, _)| at + 1)
        }
        Some((_, first)) if first.is_alphanumeric() || first == '_' => text
            .char_indices()
            .find(|(_, character)| !(character.is_alphanumeric() || matches!(character, '_' | '$')))
            .map_or(text.len(), |(end, _)| end),
        Some((_, first)) => first.len_utf8(),
    }
}

/// The parts of a message in single quotes.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('\'').skip(1).step_by(2)
}

/// The one place where this name stands as a word of its own.
fn only(text: &str, name: &str) -> Option<Span> {
    if name.is_empty() {
        return None;
    }
    let joins = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let mut found = None;
    for (start, _) in text.match_indices(name) {
        let end = start + name.len();
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let after = text.get(end..).and_then(|after| after.chars().next());
        if before.is_some_and(joins) || after.is_some_and(joins) {
            continue;
        }
        if found.replace(Span { start, end }).is_some() {
            // Which one is meant is not said.
            return None;
        }
    }
    found
}

/// The constraint that refused.
pub(crate) fn constraint(report: &Report) -> Option<String> {
    match report.number {
        // Duplicate entry '1' for key 'users.email'
        1062 | 1586 => report.message.rsplit_once("for key ").map(|(_, key)| key.trim_matches(['\'', '.']).to_owned()),
        // … CONSTRAINT `fk` FOREIGN KEY …
        1451 | 1452 => {
            let (_, rest) = report.message.split_once("CONSTRAINT `")?;
            rest.split('`').next().map(str::to_owned)
        }
        // CONSTRAINT `c` failed for `db`.`t`
        4025 => report.message.split('`').nth(1).map(str::to_owned),
        // Check constraint 'c' is violated
        3819 => quoted(&report.message).next().map(str::to_owned),
        _ => None,
    }
}

/// The object concerned.
pub(crate) fn object(report: &Report) -> Option<String> {
    match report.number {
        1146 | 1051 | 1050 | 1048 | 1054 | 1264 | 1364 | 1406 | 1305 => {
            quoted(&report.message).next().map(str::to_owned)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(number: u16, message: &str, text: &str) -> Option<String> {
        let report = Report { number, state: String::new(), message: message.to_owned() };
        find(&report, text).and_then(|span| text.get(span.start..span.end).map(|word| format!("{}:{word}", span.start)))
    }

    #[test]
    fn the_servers_words_lead_to_the_place() {
        let message = "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for \
                       the right syntax to use near 'frm t' at line 2";
        assert_eq!(span(1064, message, "select 'é',\n1 a frm t").as_deref(), Some("17:frm"));
        assert_eq!(span(1064, "x near '' at line 1", "select  ").as_deref(), Some("6:"));
        assert_eq!(span(1064, "x near 'x' at line 1", "select x, 'x x").as_deref(), Some("13:x"));
        assert_eq!(span(1064, "x near 'gone' at line 1", "select 1"), None);
        assert_eq!(span(1064, "x near 'a' at line 9", "a"), None);
        assert_eq!(span(1064, "Erreur de syntaxe", "a"), None);
        assert_eq!(span(1054, "Unknown column 'q' in 'field list'", "select q, 'qq' from t").as_deref(), Some("7:q"));
        assert_eq!(span(1054, "Unknown column 'q' in 'field list'", "select q, q from t"), None);
        assert_eq!(
            span(1146, "Table 'db.nowhere' doesn't exist", "select * from nowhere").as_deref(),
            Some("14:nowhere")
        );
    }

    #[test]
    fn the_constraint_is_named() {
        let named =
            |number, message: &str| constraint(&Report { number, state: String::new(), message: message.to_owned() });
        assert_eq!(named(1062, "Duplicate entry '1' for key 'PRIMARY'").as_deref(), Some("PRIMARY"));
        assert_eq!(named(1062, "Duplicate entry 'for key ' for key 'u.e'").as_deref(), Some("u.e"));
        let message = "Cannot add or update a child row: a foreign key constraint fails (`d`.`c`, CONSTRAINT `f` FOREIGN KEY (`p`) \
                       REFERENCES `p` (`id`))";
        assert_eq!(named(1452, message).as_deref(), Some("f"));
        assert_eq!(named(4025, "CONSTRAINT `c` failed for `d`.`t`").as_deref(), Some("c"));
    }
}
