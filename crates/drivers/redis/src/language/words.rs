//! A line into words, as `redis-cli` does (`sdssplitargs`): quotes with escapes, apostrophes without.

use sql::Span;

/// One word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// Where it stands in the line, quotes included.
    pub span: Span,
}

impl Word {
    /// Whether it is this, in whatever case.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.bytes.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A quote is not closed.
    Unterminated(Span),
    /// Something follows a closing quote without a blank.
    Glued(Span),
}

/// The words of one line.
///
/// # Errors
/// A quote that is not closed, or that has something right behind it.
pub(crate) fn words(line: &str) -> Result<Vec<Word>, Problem> {
    let (found, problem) = read(line);
    problem.map_or(Ok(found), Err)
}

/// The words as far as they can be read, and what is wrong with the last.
pub(super) fn read(line: &str) -> (Vec<Word>, Option<Problem>) {
    let bytes = line.as_bytes();
    let at = |index: usize| bytes.get(index).copied();
    let mut found = Vec::new();
    let mut index = 0;
    loop {
        while at(index).is_some_and(|byte| byte.is_ascii_whitespace()) {
            index += 1;
        }
        let start = index;
        if start >= bytes.len() {
            return (found, None);
        }
        let mut word = Vec::new();
        let mut problem = None;
        while let Some(byte) = at(index) {
            match byte {
                _ if byte.is_ascii_whitespace() => break,
                b'"' | b'\'' => {
                    let Some(end) = quoted(bytes, index, &mut word) else {
                        problem = Some(Problem::Unterminated(Span::new(start, bytes.len())));
                        index = bytes.len();
                        break;
                    };
                    index = end;
                    if at(index).is_some_and(|byte| !byte.is_ascii_whitespace()) {
                        let rest = line.get(index..).unwrap_or_default();
                        let end = index + rest.find(char::is_whitespace).unwrap_or(rest.len());
                        problem = Some(Problem::Glued(Span::new(start, end)));
                        index = end;
                    }
                    break;
                }
                _ => {
                    word.push(byte);
                    index += 1;
                }
            }
        }
        found.push(Word { bytes: word, span: Span::new(start, index) });
        if problem.is_some() {
            return (found, problem);
        }
    }
}

/// Reads a quoted part that begins at `start`; where it ends, behind its quote. `None` where it does not.
fn quoted(bytes: &[u8], start: usize, word: &mut Vec<u8>) -> Option<usize> {
    let quote = *bytes.get(start)?;
    let mut index = start + 1;
    loop {
        let byte = *bytes.get(index)?;
        if byte == quote {
            return Some(index + 1);
        }
        if byte != b'\\' {
            word.push(byte);
            index += 1;
            continue;
        }
        let next = *bytes.get(index + 1)?;
        if quote == b'\'' {
            // Only the apostrophe itself can be escaped.
            if next == b'\'' {
                word.push(next);
                index += 2;
            } else {
                word.push(byte);
                index += 1;
            }
            continue;
        }
        let digit = |at: usize| bytes.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        if next == b'x'
            && let (Some(high), Some(low)) = (digit(index + 2), digit(index + 3))
        {
            word.push(u8::try_from(high * 16 + low).unwrap_or_default());
            index += 4;
            continue;
        }
        word.push(match next {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'a' => 7,
            other => other,
        });
        index += 2;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn texts(line: &str) -> Vec<Vec<u8>> {
        words(line).unwrap().into_iter().map(|word| word.bytes).collect()
    }

    #[test]
    fn words_are_read_as_redis_cli_reads_them() {
        assert_eq!(texts("  SET  k v\t1 "), [&b"SET"[..], b"k", b"v", b"1"]);
        assert_eq!(texts(r#"a "b c" 'd e'"#), [&b"a"[..], b"b c", b"d e"]);
        assert_eq!(texts(r#""\n\r\t\b\a\x00\xfF\"\\\q""#), [&b"\n\r\t\x08\x07\x00\xff\"\\q"[..]]);
        assert_eq!(texts(r"'it\'s \n'"), [&br"it's \n"[..]]);
        assert_eq!(texts(r#""" ''"#), [&b""[..], b""]);
        assert_eq!(texts(r#"pre"fix""#), [&b"prefix"[..]]);
        assert_eq!(texts("é 🚀"), ["é".as_bytes(), "🚀".as_bytes()]);
        assert_eq!(texts(r#""\xzz""#), [&b"xzz"[..]]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        assert_eq!(words(r#"set "a"#), Err(Problem::Unterminated(Span::new(4, 6))));
        assert_eq!(words(r"set 'a\"), Err(Problem::Unterminated(Span::new(4, 7))));
        assert_eq!(words(r#"set "a"bé c"#), Err(Problem::Glued(Span::new(4, 10))));
        let line = "set  'k'  é";
        let spans: Vec<_> = words(line).unwrap().iter().map(|word| word.span.of(line)).collect();
        assert_eq!(spans, ["set", "'k'", "é"]);
    }
}
