//! What the server says, in the contract's words. The numbers are those of the error messages manual
//! (<https://docs.oracle.com/error-help/db/>).

use driver::{Code, Error, Native, Span};

/// The name in messages.
pub(crate) const PRODUCT: &str = "Oracle";

/// An error of the server: its number, its text, and the byte of the statement at which it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub number: u32,
    pub message: String,
    /// Of the statement's text; 0 also where there is none.
    pub offset: usize,
}

const NUMBERS: &[(u32, Code)] = &[
    // Getting in.
    (1005, Code::Unauthenticated),
    (1017, Code::Unauthenticated),
    (1045, Code::Forbidden),
    (28000, Code::Unauthenticated),
    (28001, Code::Unauthenticated),
    (28009, Code::Unauthenticated),
    (12505, Code::NotFound),
    (12514, Code::NotFound),
    (12516, Code::Exhausted),
    (12519, Code::Exhausted),
    (12520, Code::Exhausted),
    (12541, Code::Unreachable),
    (1033, Code::Unreachable),
    (1034, Code::Unreachable),
    (1089, Code::Unreachable),
    (1090, Code::Unreachable),
    (3113, Code::Unreachable),
    (3114, Code::Unreachable),
    (3135, Code::Unreachable),
    (28, Code::Unreachable),
    (1012, Code::Unreachable),
    (18, Code::Exhausted),
    (20, Code::Exhausted),
    (2391, Code::Exhausted),
    // Not there, not allowed, there already.
    (904, Code::NotFound),
    (942, Code::NotFound),
    (1418, Code::NotFound),
    (1435, Code::NotFound),
    (1918, Code::NotFound),
    (2289, Code::NotFound),
    (4043, Code::NotFound),
    (6576, Code::NotFound),
    (1031, Code::Forbidden),
    (1456, Code::Forbidden),
    (16000, Code::Forbidden),
    (28115, Code::Forbidden),
    (955, Code::AlreadyExists),
    (1408, Code::AlreadyExists),
    (1430, Code::AlreadyExists),
    (1920, Code::AlreadyExists),
    (2260, Code::AlreadyExists),
    // What rows may not be.
    (1, Code::ConstraintViolated),
    (1400, Code::ConstraintViolated),
    (1407, Code::ConstraintViolated),
    (2290, Code::ConstraintViolated),
    (2291, Code::ConstraintViolated),
    (2292, Code::ConstraintViolated),
    // Others in the way, and ends.
    (54, Code::Conflict),
    (60, Code::Conflict),
    (8177, Code::Conflict),
    (4068, Code::Conflict),
    (1013, Code::Cancelled),
    (30006, Code::TimedOut),
    (40, Code::TimedOut),
    (1536, Code::Exhausted),
    (1652, Code::Exhausted),
    (1653, Code::Exhausted),
    (4030, Code::Exhausted),
    (4031, Code::Exhausted),
    (1555, Code::Exhausted),
    (439, Code::Unsupported),
    (3001, Code::Unsupported),
];

fn code(number: u32) -> Code {
    let known = NUMBERS.iter().find(|(own, _)| *own == number).map(|(_, code)| *code);
    known.unwrap_or(match number {
        600 | 7445 => Code::Internal,
        _ => Code::InvalidStatement,
    })
}

fn hint(number: u32) -> Option<&'static str> {
    Some(match number {
        942 => "It is not there, or this login may not know of it. Names without quotes are in upper case.",
        904 => "Names without quotes are in upper case.",
        12514 => "The listener does not know the service. It lists those it knows by lsnrctl services.",
        12505 => "The listener does not know the SID. Most databases are reached by a service.",
        1033 | 1034 => "The database is starting, stopping, or not open.",
        28000 => "The account is locked.",
        28001 => "The password has expired: another one has to be set.",
        54 | 30006 => "Another session holds the lock.",
        1456 => "The transaction only reads.",
        1555 => "What the query would have to see is no more kept: it ran too long.",
        _ => return None,
    })
}

/// A statement's error. `text` is what was sent.
pub(crate) fn refused(report: &Report, text: &str) -> Error {
    let message = report.message.trim_end();
    // The number stands in front already.
    let prefix = format!("ORA-{:05}: ", report.number);
    let plain = message.strip_prefix(&prefix).unwrap_or(message);
    let mut error = Error::new(code(report.number), sentence(plain));
    error.hint = hint(report.number).map(str::to_owned);
    error.span = span(report, text);
    error.with_native(Native {
        product: PRODUCT.to_owned(),
        code: format!("ORA-{:05}", report.number),
        message: message.to_owned(),
        ..Native::default()
    })
}

/// The word at the offset. An offset of 0 is told for a first word that is wrong, and where none is known.
fn span(report: &Report, text: &str) -> Option<Span> {
    let parses = (900..=999).contains(&report.number) || matches!(report.number, 1747 | 6550);
    if report.offset == 0 && !parses {
        return None;
    }
    let rest = text.get(report.offset..).filter(|rest| !rest.is_empty())?;
    let word = rest.chars().take_while(|sign| sign.is_alphanumeric() || "_$#\"".contains(*sign));
    let length = word.map(char::len_utf8).sum::<usize>();
    let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
    Some(Span { start: report.offset, end: report.offset + length })
}

fn sentence(message: &str) -> String {
    // The server's own link to its manual says nothing that the number does not.
    let first = message.split("\nHelp: https://").next().unwrap_or(message).trim_end();
    let mut text = first.to_owned();
    if text.is_empty() {
        text.push_str("The server gave no reason");
    }
    if let Some(letter) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &letter);
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: u32, message: &str, offset: usize, text: &str) -> Error {
        refused(&Report { number, message: message.to_owned(), offset }, text)
    }

    #[test]
    fn numbers_have_codes_and_offsets_are_words() {
        let text = "select nope from dual";
        let error =
            of(904, "ORA-00904: \"NOPE\": invalid identifier\nHelp: https://docs.oracle.com/error-help/db/", 7, text);
        assert_eq!((error.code, error.message.as_str()), (Code::NotFound, "\"NOPE\": invalid identifier."));
        assert_eq!(error.span.map(|span| &text[span.start..span.end]), Some("nope"));
        let native = error.native.map(|native| native.code);
        assert_eq!(native.as_deref(), Some("ORA-00904"));
        let error = of(900, "ORA-00900: invalid SQL statement", 0, "selec 1");
        assert_eq!((error.code, error.span), (Code::InvalidStatement, Some(Span { start: 0, end: 5 })));
        let error = of(1, "ORA-00001: unique constraint (A.B) violated", 0, "insert into t values (1)");
        assert_eq!((error.code, error.span), (Code::ConstraintViolated, None));
        // An offset behind the text, and one within a character.
        assert_eq!(of(936, "ORA-00936: missing expression", 99, "select").span, None);
        assert_eq!(of(936, "ORA-00936: missing expression", 1, "ä").span, None);
        assert_eq!(of(1013, "ORA-01013: user requested cancel of current operation", 0, "").code, Code::Cancelled);
        assert_eq!(of(600, "ORA-00600: internal error code", 0, "").code, Code::Internal);
        assert_eq!(of(99_999, "", 0, "").message, "The server gave no reason.");
    }

    #[test]
    fn every_number_stands_once() {
        let mut numbers: Vec<u32> = NUMBERS.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), NUMBERS.len());
    }
}
