use super::{Lexer, TokenKind};
use crate::dialect::conditional;

/// No server has a longer operator; a bound, because the end of a run is given back and read again.
const LONGEST_OPERATOR: usize = 63;

type Scanned = (TokenKind, usize, bool);

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Lexer<'_> {
    pub(super) fn scan(&mut self, start: usize) -> Scanned {
        let byte = self.at(start);
        let next = self.at(start + 1);
        match byte {
            b if is_space(b) => {
                let mut end = start + 1;
                while is_space(self.at(end)) {
                    end += 1;
                }
                (TokenKind::Space, end, true)
            }
            b'-' if next == b'-' && self.dashes_comment(start) => self.line_comment(start),
            b'#' if self.dialect.hash_comments => self.line_comment(start),
            b'/' if next == b'*' => self.block_comment(start),
            b'*' if self.in_conditional && next == b'/' => {
                self.in_conditional = false;
                (TokenKind::ConditionalMark, start + 2, true)
            }
            b'\'' => {
                let escapes = self.dialect.backslash_escapes;
                let kind = if escapes { TokenKind::EscapeString } else { TokenKind::String };
                self.quoted(kind, start + 1, b'\'', true, escapes)
            }
            b'"' if self.dialect.double_quoted_strings => {
                let escapes = self.dialect.backslash_escapes;
                let kind = if escapes { TokenKind::EscapeString } else { TokenKind::String };
                self.quoted(kind, start + 1, b'"', true, escapes)
            }
            b'@' if self.dialect.variables => self.variable(start),
            b'$' => self.dollar(start),
            b'0'..=b'9' if self.dialect.identifier_digits => self.number_or_word(start),
            b'0'..=b'9' => self.number(start),
            // After another dot it is the end of a range.
            b'.' if next.is_ascii_digit() && self.at(start.wrapping_sub(1)) != b'.' && !self.qualifies(start) => {
                self.number(start)
            }
            b'.' => (TokenKind::Dot, start + 1, true),
            b',' => (TokenKind::Comma, start + 1, true),
            b';' => (TokenKind::Semicolon, start + 1, true),
            b'(' => (TokenKind::OpenParen, start + 1, true),
            b')' => (TokenKind::CloseParen, start + 1, true),
            b':' if next == b':' => (TokenKind::Cast, start + 2, true),
            b'?' if self.dialect.question_placeholders => {
                let mut end = start + 1;
                while self.dialect.question_number_placeholders && self.at(end).is_ascii_digit() {
                    end += 1;
                }
                (TokenKind::Placeholder, end, true)
            }
            b if self.dialect.named_placeholder_prefixes.as_bytes().contains(&b) => self.named_placeholder(start),
            b':' => {
                let end = if next == b'=' { start + 2 } else { start + 1 };
                (TokenKind::Colon, end, true)
            }
            b if self.starts_word(b) => self.word_or_prefixed(start),
            b => self.name_operator_or_other(start, b),
        }
    }

    fn name_operator_or_other(&self, start: usize, byte: u8) -> Scanned {
        let quote = self.dialect.identifier_quotes.iter().find(|quote| quote.open == char::from(byte));
        if let Some(quote) = quote.and_then(|quote| Some((u8::try_from(quote.close).ok()?, quote.doubled))) {
            return self.quoted(TokenKind::QuotedName, start + 1, quote.0, quote.1, false);
        }
        match byte {
            b'[' => (TokenKind::OpenBracket, start + 1, true),
            b']' => (TokenKind::CloseBracket, start + 1, true),
            _ if self.is_operator(byte) => (TokenKind::Operator, self.operator_end(start), true),
            _ => (TokenKind::Other, start + 1, true),
        }
    }

    fn starts_word(&self, byte: u8) -> bool {
        byte.is_ascii_alphabetic()
            || byte == b'_'
            || byte >= 0x80
            || (byte != 0 && self.dialect.identifier_start_extra.as_bytes().contains(&byte))
    }

    fn is_operator(&self, byte: u8) -> bool {
        self.operators.get(usize::from(byte)).copied().unwrap_or(false)
    }

    /// The longest run of operator characters that opens no comment; a run of several ends in `+` or `-` only when it holds
    /// a character that no standard operator has, so that `a=-1` is three tokens.
    fn operator_end(&self, start: usize) -> usize {
        let mut end = start;
        let mut special = false;
        while self.is_operator(self.at(end)) && end - start < LONGEST_OPERATOR {
            let pair = (self.at(end), self.at(end + 1));
            if end > start && (pair == (b'/', b'*') || (pair == (b'-', b'-') && self.dashes_comment(end))) {
                break;
            }
            special |= b"~!@#%^&|`?".contains(&self.at(end));
            end += 1;
            if self.in_conditional && self.at(end) == b'*' && self.at(end + 1) == b'/' {
                break;
            }
        }
        while !special && end > start + 1 && matches!(self.at(end - 1), b'+' | b'-') {
            end -= 1;
        }
        end
    }

    fn dashes_comment(&self, at: usize) -> bool {
        let after = self.at(at + 2);
        !self.dialect.dashes_need_space || after == 0 || is_space(after) || after.is_ascii_control()
    }

    fn line_comment(&self, start: usize) -> Scanned {
        let mut end = start;
        let return_ends = self.dialect.return_ends_comment;
        while end < self.bytes.len() && self.at(end) != b'\n' && !(return_ends && self.at(end) == b'\r') {
            end += 1;
        }
        (TokenKind::LineComment, end, true)
    }

    fn block_comment(&mut self, start: usize) -> Scanned {
        // Within another they do not nest: the first `*/` ends both.
        let opening = self.bytes.get(start..).and_then(conditional::opening);
        let opening = opening.filter(|_| self.dialect.conditional_comments);
        let mut skipped = false;
        if let Some((length, mariadb)) = opening {
            let content = self.bytes.get(start + length..).unwrap_or(&[]);
            match conditional::reading(content, mariadb, self.dialect.conditional_server) {
                Some((version, true)) => {
                    self.in_conditional = true;
                    return (TokenKind::ConditionalMark, start + length + version, true);
                }
                Some((_, false)) => skipped = true,
                None => {}
            }
        }
        let mut depth = 1usize;
        let mut end = start + 2;
        while end < self.bytes.len() {
            let pair = (self.at(end), self.at(end + 1));
            if pair == (b'*', b'/') {
                end += 2;
                depth -= 1;
                if depth == 0 {
                    return (TokenKind::BlockComment, end, true);
                }
            } else if pair == (b'/', b'*') && (self.dialect.nested_comments || (skipped && depth == 1)) {
                // Code for another server may hold a comment.
                end += 2;
                depth += 1;
            } else {
                end += 1;
            }
        }
        (TokenKind::BlockComment, self.bytes.len(), false)
    }

    /// From after the opening quote to after the closing one and the strings that continue it.
    fn quoted(&self, kind: TokenKind, from: usize, quote: u8, doubled: bool, escapes: bool) -> Scanned {
        let mut at = from;
        while at < self.bytes.len() {
            let byte = self.at(at);
            if byte == quote {
                if doubled && self.at(at + 1) == quote {
                    at += 2;
                    continue;
                }
                at += 1;
                match self.continuation(kind, at) {
                    Some(next) => at = next,
                    None => return (kind, at, true),
                }
            } else if byte == b'\\' && escapes {
                at += 2;
            } else {
                at += 1;
            }
        }
        (kind, self.bytes.len(), false)
    }

    /// Where the content of a string goes on after white space with a line break. The string keeps its kind across it: in
    /// `E'a'⏎'b\''` the backslash escapes, and reading it otherwise would move the end of the statement.
    fn continuation(&self, kind: TokenKind, from: usize) -> Option<usize> {
        if !self.dialect.string_continuation || !kind.is_string() {
            return None;
        }
        let mut at = from;
        let mut line_break = false;
        loop {
            match self.at(at) {
                b'\n' | b'\r' => {
                    line_break = true;
                    at += 1;
                }
                byte if is_space(byte) => at += 1,
                b'-' if self.at(at + 1) == b'-' => at = self.line_comment(at).1,
                b'\'' if line_break => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn word_or_prefixed(&self, start: usize) -> Scanned {
        let facts = self.dialect;
        let byte = self.at(start).to_ascii_lowercase();
        let next = self.at(start + 1);
        if next == b'\'' {
            let string = match byte {
                b'e' if facts.escape_strings => Some((TokenKind::EscapeString, true)),
                b'n' if facts.national_strings => {
                    let escapes = facts.backslash_escapes;
                    Some((if escapes { TokenKind::EscapeString } else { TokenKind::String }, escapes))
                }
                b'b' if facts.bit_strings => Some((TokenKind::BitString, false)),
                b'x' if facts.hex_strings => Some((TokenKind::BitString, false)),
                _ => None,
            };
            if let Some((kind, escapes)) = string {
                return self.quoted(kind, start + 2, b'\'', true, escapes);
            }
        }
        if facts.alternative_quotes {
            let opens = match byte {
                b'q' if next == b'\'' => Some(start + 2),
                b'n' if next.eq_ignore_ascii_case(&b'q') && self.at(start + 2) == b'\'' => Some(start + 3),
                _ => None,
            };
            if let Some(scanned) = opens.and_then(|opens| self.alternative_string(opens)) {
                return scanned;
            }
        }
        if byte == b'u' && next == b'&' && facts.unicode_escapes {
            match self.at(start + 2) {
                b'\'' => return self.quoted(TokenKind::UnicodeString, start + 3, b'\'', true, false),
                b'"' => return self.quoted(TokenKind::QuotedName, start + 3, b'"', true, false),
                _ => {}
            }
        }
        (TokenKind::Word, self.word_end(start + 1), true)
    }

    /// `[…]'` and `!…!'`: a string whose own sign stands at `opens`. None where no sign may stand there.
    fn alternative_string(&self, opens: usize) -> Option<Scanned> {
        let sign = self.text.get(opens..)?.chars().next().filter(|sign| !sign.is_whitespace())?;
        let close = match sign {
            '[' => ']',
            '(' => ')',
            '{' => '}',
            '<' => '>',
            other => other,
        };
        let from = opens + sign.len_utf8();
        let end: String = [close, '\''].into_iter().collect();
        Some(match self.text.get(from..).and_then(|rest| rest.find(&end)) {
            Some(found) => (TokenKind::String, from + found + end.len(), true),
            None => (TokenKind::String, self.bytes.len(), false),
        })
    }

    fn word_end(&self, from: usize) -> usize {
        let mut end = from;
        loop {
            let byte = self.at(end);
            let extra = byte != 0 && self.dialect.identifier_start_extra.as_bytes().contains(&byte);
            if continues_word(byte) || extra || (byte == b'$' && self.dialect.identifier_dollar) {
                end += 1;
            } else {
                return end;
            }
        }
    }

    fn dollar(&self, start: usize) -> Scanned {
        if self.dialect.dollar_number_placeholders && self.at(start + 1).is_ascii_digit() {
            let mut end = start + 1;
            while self.at(end).is_ascii_digit() {
                end += 1;
            }
            return (TokenKind::Placeholder, end, true);
        }
        if self.dialect.dollar_quotes {
            let mut end = start + 1;
            if !self.at(end).is_ascii_digit() {
                while continues_word(self.at(end)) {
                    end += 1;
                }
                if self.at(end) == b'$' {
                    return self.dollar_string(start, end + 1);
                }
            }
            return (TokenKind::Other, start + 1, true);
        }
        if self.dialect.named_placeholder_prefixes.contains('$') {
            return self.named_placeholder(start);
        }
        if self.dialect.identifier_dollar {
            return (TokenKind::Word, self.word_end(start + 1), true);
        }
        (TokenKind::Other, start + 1, true)
    }

    fn dollar_string(&self, start: usize, content: usize) -> Scanned {
        let tag = self.text.get(start..content).unwrap_or("$$");
        match self.text.get(content..).and_then(|rest| rest.find(tag)) {
            Some(found) => (TokenKind::DollarString, content + found + tag.len(), true),
            None => (TokenKind::DollarString, self.bytes.len(), false),
        }
    }

    /// `:name`, with the `::` and `(…)` that SQLite allows after the name for Tcl.
    fn named_placeholder(&self, start: usize) -> Scanned {
        let mut end = start + 1;
        let mut named = false;
        loop {
            match self.at(end) {
                byte if continues_word(byte) || byte == b'$' => {
                    named = true;
                    end += 1;
                }
                b'(' if named => {
                    let mut close = end + 1;
                    while !matches!(self.at(close), 0 | b')') && !is_space(self.at(close)) {
                        close += 1;
                    }
                    let closed = self.at(close) == b')';
                    return (TokenKind::Placeholder, close + usize::from(closed), true);
                }
                b':' if self.at(end + 1) == b':' => end += 2,
                _ => break,
            }
        }
        match (named, self.at(start)) {
            (true, _) => (TokenKind::Placeholder, end, true),
            (false, b':') => (TokenKind::Colon, start + 1, true),
            (false, _) => (TokenKind::Other, start + 1, true),
        }
    }

    /// Whether the dot at `dot` stands right after a name, so that digits after it are a name too.
    fn qualifies(&self, dot: usize) -> bool {
        let before = self.at(dot.wrapping_sub(1));
        self.dialect.identifier_digits && dot > 0 && (continues_word(before) || matches!(before, b'$' | b'`' | b'"'))
    }

    /// `@a`, `@'a'`, `@@a`. The name after one `@` may have dots in it, as that of a host has.
    fn variable(&self, start: usize) -> Scanned {
        let server = self.at(start + 1) == b'@';
        let name = start + 1 + usize::from(server);
        let quote = self.at(name);
        if quote == b'`' || (!server && matches!(quote, b'\'' | b'"')) {
            let string = quote == b'\'' || (quote == b'"' && self.dialect.double_quoted_strings);
            let escapes = string && self.dialect.backslash_escapes;
            return self.quoted(TokenKind::Variable, name + 1, quote, true, escapes);
        }
        let mut end = name;
        while continues_word(self.at(end)) || self.at(end) == b'$' || (!server && self.at(end) == b'.') {
            end += 1;
        }
        (TokenKind::Variable, end, true)
    }

    /// A number, or a name that begins with digits: `1e5` and `0xA` are numbers, `1e`, `1a` and `0xAZ` names.
    fn number_or_word(&self, start: usize) -> Scanned {
        let word = (TokenKind::Word, self.word_end(start), true);
        if self.at(start.wrapping_sub(1)) == b'.' && start > 0 && self.qualifies(start - 1) {
            return word;
        }
        let run = |from: usize, digit: fn(&u8) -> bool| {
            self.bytes.get(from..).unwrap_or(&[]).iter().take_while(|byte| digit(byte)).count()
        };
        let based = match (self.at(start), self.at(start + 1)) {
            (b'0', b'x') => run(start + 2, u8::is_ascii_hexdigit),
            (b'0', b'b') => run(start + 2, |byte| matches!(byte, b'0' | b'1')),
            _ => 0,
        };
        if based > 0 {
            let end = start + 2 + based;
            return if word.1 == end { (TokenKind::Number, end, true) } else { word };
        }
        let mut end = start + run(start, u8::is_ascii_digit);
        if self.at(end) == b'.' {
            end += 1;
            end += run(end, u8::is_ascii_digit);
        } else if word.1 > end {
            let sign = usize::from(matches!(self.at(end + 1), b'+' | b'-'));
            let exponent = matches!(self.at(end), b'e' | b'E') && self.at(end + 1 + sign).is_ascii_digit();
            if !exponent {
                return word;
            }
        }
        if matches!(self.at(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.at(end + 1), b'+' | b'-'));
            let exponent = run(end + 1 + sign, u8::is_ascii_digit);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        (TokenKind::Number, end, true)
    }

    fn number(&self, start: usize) -> Scanned {
        let mut end = start;
        if self.at(start) == b'0' && matches!(self.at(start + 1) | 0x20, b'x' | b'o' | b'b') {
            end = start + 2;
            while self.at(end).is_ascii_alphanumeric() || self.at(end) == b'_' {
                end += 1;
            }
            return (TokenKind::Number, end, true);
        }
        let digits = |mut at: usize| {
            while self.at(at).is_ascii_digit() || (self.at(at) == b'_' && self.at(at + 1).is_ascii_digit()) {
                at += 1;
            }
            at
        };
        end = digits(end);
        // `1..10` is a range of PL/pgSQL, not two fractions.
        if self.at(end) == b'.' && self.at(end + 1) != b'.' {
            end = digits(end + 1);
        }
        if matches!(self.at(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.at(end + 1), b'+' | b'-'));
            if self.at(end + 1 + sign).is_ascii_digit() {
                end = digits(end + 1 + sign);
            }
        }
        (TokenKind::Number, end, true)
    }
}
