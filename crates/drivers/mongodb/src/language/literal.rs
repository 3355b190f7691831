//! Values: JSON and Extended JSON 2, JavaScript's way of writing objects, and the shell's literals.
//!
//! Numbers are as in mongosh: one that is whole and fits is an int32, any other is a double. Two things differ, so that no value
//! changes unseen: a number with a point or an exponent is a double also where it is whole (`1.0`), and a whole number that no
//! double holds exactly is an int64. `5n` is an int64, as in mongosh.

use base64::Engine;
use driver::Span;

use super::{
    extended,
    lexer::{Kind, Token},
    node::{Field, Literal, Node, deep, find},
};
use crate::bson::{self, kind};

/// Deepest nesting that is read. Servers store fewer levels than that.
const DEPTH: usize = 250;
/// Below this every whole number has a double of its own.
const EXACT: u64 = 1 << 53;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub message: String,
    pub span: Span,
}

impl Wrong {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Wrong { message: message.into(), span }
    }
}

impl From<Wrong> for driver::Error {
    fn from(wrong: Wrong) -> Self {
        driver::Error::new(driver::Code::InvalidStatement, wrong.message).with_span(wrong.span)
    }
}

/// Reads tokens one after another.
pub(crate) struct Reader<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Reader { text, tokens, at: 0, depth: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub(crate) fn ahead(&self, by: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + by)
    }

    pub(crate) fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    pub(crate) fn is(&self, sign: u8) -> bool {
        self.peek().is_some_and(|token| token.is(sign))
    }

    pub(crate) fn eat(&mut self, sign: u8) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    /// Where the next token stands, or the end of the text.
    pub(crate) fn here(&self) -> Span {
        self.peek().map_or(Span { start: self.text.len(), end: self.text.len() }, |token| token.span)
    }

    pub(crate) fn before(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    pub(crate) fn wrong<T>(&self, message: impl Into<String>) -> Result<T, Wrong> {
        match self.peek() {
            Some(Token { kind: Kind::Bad(what), span, .. }) => Err(Wrong::new(*span, *what)),
            _ => Err(Wrong::new(self.here(), message)),
        }
    }

    pub(crate) fn expect(&mut self, sign: u8) -> Result<(), Wrong> {
        match self.eat(sign) {
            true => Ok(()),
            false => self.wrong(format!("A {} is expected here.", char::from(sign))),
        }
    }

    /// One value.
    pub(crate) fn value(&mut self) -> Result<Node, Wrong> {
        let start = self.here().start;
        let value = match self.peek() {
            None => return self.wrong("A value is expected here."),
            Some(token) => match token.kind {
                Kind::Sign(b'{') => Literal::Document(self.nested(Reader::document)?),
                Kind::Sign(b'[') => Literal::Array(self.nested(Reader::array)?),
                Kind::Sign(sign @ (b'-' | b'+')) => self.signed(sign)?,
                Kind::Text => Literal::Text(self.string()?),
                Kind::Number => self.number(false)?,
                Kind::Regex => self.regex(token)?,
                Kind::Word => self.word()?,
                Kind::Sign(_) | Kind::Bad(_) => return self.wrong("A value is expected here."),
            },
        };
        let span = Span { start, end: self.before() };
        let value = match value {
            Literal::Document(fields) => match extended::read(&fields, span)? {
                Some(value) => value,
                None => Literal::Document(fields),
            },
            value => value,
        };
        if self.is_operator() {
            return self.wrong("Only values can stand here: there is no JavaScript to calculate with.");
        }
        Ok(Node { value, span })
    }

    fn is_operator(&self) -> bool {
        let signs = b"+-*/%=<>?&|^!.(";
        self.peek()
            .is_some_and(|token| !token.newline && matches!(token.kind, Kind::Sign(sign) if signs.contains(&sign)))
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Wrong>) -> Result<T, Wrong> {
        if self.depth >= DEPTH {
            return self.wrong(format!("Nothing nested deeper than {DEPTH} levels can be read."));
        }
        self.depth += 1;
        let read = deep(|| read(self));
        self.depth -= 1;
        read
    }

    /// The fields between two braces.
    fn document(&mut self) -> Result<Vec<Field>, Wrong> {
        self.expect(b'{')?;
        let mut fields = Vec::new();
        while !self.eat(b'}') {
            let at = self.here();
            let name = match self.peek() {
                Some(token) if token.kind == Kind::Word => {
                    self.at += 1;
                    token.text(self.text).to_owned()
                }
                Some(token) if token.kind == Kind::Text => self.string()?,
                Some(token) if token.kind == Kind::Number => {
                    self.at += 1;
                    token.text(self.text).to_owned()
                }
                _ => return self.wrong("The name of a field is expected here, or a }."),
            };
            if name.contains('\0') {
                return Err(Wrong::new(at, "A field's name cannot hold a NUL."));
            }
            if !self.eat(b':') {
                return self.wrong("A : is expected after the name of a field.");
            }
            let node = self.value()?;
            fields.push(Field { name, at, node });
            if !self.eat(b',') && !self.is(b'}') {
                return self.wrong("A , or a } is expected here.");
            }
        }
        Ok(fields)
    }

    fn array(&mut self) -> Result<Vec<Node>, Wrong> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        while !self.eat(b']') {
            items.push(self.value()?);
            if !self.eat(b',') && !self.is(b']') {
                return self.wrong("A , or a ] is expected here.");
            }
        }
        Ok(items)
    }

    /// Values between parentheses.
    pub(crate) fn arguments(&mut self) -> Result<Vec<Node>, Wrong> {
        self.expect(b'(')?;
        let mut arguments = Vec::new();
        while !self.eat(b')') {
            arguments.push(self.nested(Reader::value)?);
            if !self.eat(b',') && !self.is(b')') {
                return self.wrong("A , or a ) is expected here.");
            }
        }
        Ok(arguments)
    }

    fn signed(&mut self, sign: u8) -> Result<Literal, Wrong> {
        self.at += 1;
        let negative = sign == b'-';
        match self.peek() {
            Some(token) if token.kind == Kind::Number => self.number(negative),
            Some(token) if token.is_word(self.text, "Infinity") => {
                self.at += 1;
                Ok(double(if negative { f64::NEG_INFINITY } else { f64::INFINITY }))
            }
            _ => self.wrong("A number is expected after the sign."),
        }
    }

    fn number(&mut self, negative: bool) -> Result<Literal, Wrong> {
        let Some(token) = self.next() else { return self.wrong("A number is expected here.") };
        let text = token.text(self.text).replace('_', "");
        match number(&text, negative) {
            Some(value) => Ok(value),
            None => Err(Wrong::new(token.span, "This is no number.")),
        }
    }

    fn regex(&mut self, token: &Token) -> Result<Literal, Wrong> {
        self.at += 1;
        let text = token.text(self.text);
        let Some((pattern, flags)) = text.get(1..).and_then(|rest| rest.rsplit_once('/')) else {
            return Err(Wrong::new(token.span, "This is no regular expression."));
        };
        regex(pattern, flags).ok_or_else(|| Wrong::new(token.span, "A regular expression cannot hold a NUL."))
    }

    /// The text between quotes.
    pub(crate) fn string(&mut self) -> Result<String, Wrong> {
        let Some(token) = self.next() else { return self.wrong("A text is expected here.") };
        unquote(token.text(self.text)).map_err(|(at, message)| {
            let start = token.span.start + at;
            Wrong::new(Span { start, end: token.span.end.max(start) }, message)
        })
    }

    /// A word that is a value, or a literal of the shell.
    fn word(&mut self) -> Result<Literal, Wrong> {
        let Some(token) = self.next() else { return self.wrong("A value is expected here.") };
        let mut name = token.text(self.text).to_owned();
        let mut span = token.span;
        if name == "new" {
            match self.next() {
                Some(token) if token.kind == Kind::Word => {
                    token.text(self.text).clone_into(&mut name);
                    span.end = token.span.end;
                }
                _ => return Err(Wrong::new(span, "The name of a type is expected after new.")),
            }
        }
        while self.is(b'.') && self.ahead(1).is_some_and(|token| token.kind == Kind::Word) {
            self.at += 1;
            if let Some(token) = self.next() {
                name = format!("{name}.{}", token.text(self.text));
                span.end = token.span.end;
            }
        }
        let arguments = if self.is(b'(') { Some(self.arguments()?) } else { None };
        let whole = Span { start: span.start, end: self.before() };
        match &arguments {
            None => plain(&name).ok_or_else(|| Wrong::new(span, unknown(&name))),
            Some(arguments) => {
                super::constructor::call(&name, arguments, whole)?.ok_or_else(|| Wrong::new(span, unknown(&name)))
            }
        }
    }
}

fn unknown(name: &str) -> String {
    match name {
        "function" | "async" => "Functions cannot be read: there is no JavaScript here.".to_owned(),
        _ => format!(
            "{} is no value. Texts stand in quotes; of the shell's literals ObjectId, ISODate, NumberLong, NumberInt, \
             NumberDecimal, UUID, BinData, Timestamp and their like are known.",
            dial::url::brief(name)
        ),
    }
}

fn plain(name: &str) -> Option<Literal> {
    Some(match name {
        "true" => Literal::Scalar(kind::BOOL, vec![1]),
        "false" => Literal::Scalar(kind::BOOL, vec![0]),
        "null" => empty(kind::NULL),
        "undefined" => empty(kind::UNDEFINED),
        "NaN" => double(f64::NAN),
        "Infinity" => double(f64::INFINITY),
        "MinKey" => empty(kind::MIN_KEY),
        "MaxKey" => empty(kind::MAX_KEY),
        _ => return None,
    })
}

pub(crate) fn empty(kind: u8) -> Literal {
    Literal::Scalar(kind, Vec::new())
}

pub(crate) fn double(value: f64) -> Literal {
    Literal::Scalar(kind::DOUBLE, value.to_le_bytes().to_vec())
}

pub(crate) fn int32(value: i32) -> Literal {
    Literal::Scalar(kind::INT32, value.to_le_bytes().to_vec())
}

pub(crate) fn int64(value: i64) -> Literal {
    Literal::Scalar(kind::INT64, value.to_le_bytes().to_vec())
}

pub(crate) fn date(ms: i64) -> Literal {
    Literal::Scalar(kind::DATE, ms.to_le_bytes().to_vec())
}

pub(crate) fn binary(subtype: u8, bytes: &[u8]) -> Literal {
    let mut raw = i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_le_bytes().to_vec();
    raw.push(subtype);
    raw.extend_from_slice(bytes);
    Literal::Scalar(kind::BINARY, raw)
}

/// A text of this type: code or a symbol.
pub(crate) fn text_of(kind: u8, text: &str) -> Literal {
    let mut raw = i32::try_from(text.len() + 1).unwrap_or(i32::MAX).to_le_bytes().to_vec();
    raw.extend_from_slice(text.as_bytes());
    raw.push(0);
    Literal::Scalar(kind, raw)
}

/// The flags are sorted, as the format wants them.
pub(crate) fn regex(pattern: &str, flags: &str) -> Option<Literal> {
    if pattern.contains('\0') || flags.contains('\0') {
        return None;
    }
    let mut sorted: Vec<u8> = flags.bytes().collect();
    sorted.sort_unstable();
    Some(Literal::Scalar(kind::REGEX, [pattern.as_bytes(), &[0], &sorted, &[0]].concat()))
}

/// A number as written, without sign and separators.
pub(crate) fn number(text: &str, negative: bool) -> Option<Literal> {
    let sign = |value: f64| if negative { -value } else { value };
    if let Some(digits) = text.strip_suffix('n') {
        let digits = if negative { format!("-{digits}") } else { digits.to_owned() };
        return digits.parse().ok().map(int64);
    }
    let radix = match text.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ => 10,
    };
    let whole = match radix {
        10 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse::<u128>().ok(),
        10 => None,
        radix => Some(u128::from_str_radix(text.get(2..)?, radix).ok()?),
    };
    match whole {
        Some(0) if negative => Some(double(-0.0)),
        Some(whole) => {
            let signed = i128::try_from(whole).ok().map(|value| if negative { -value } else { value });
            let fits = signed.and_then(|value| i64::try_from(value).ok());
            Some(match fits {
                Some(value) => match i32::try_from(value) {
                    Ok(value) => int32(value),
                    Err(_) if value.unsigned_abs() <= EXACT => double(value as f64),
                    Err(_) => int64(value),
                },
                None => double(sign(whole as f64)),
            })
        }
        None => {
            let digits = text.bytes().any(|byte| byte.is_ascii_digit());
            let known = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
            (digits && known).then(|| text.parse().ok().map(|value| double(sign(value)))).flatten()
        }
    }
}

/// A text without its quotes and escapes, or where in it something is wrong.
pub(crate) fn unquote(quoted: &str) -> Result<String, (usize, &'static str)> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner.char_indices();
    let mut high: Option<u32> = None;
    while let Some((at, sign)) = rest.next() {
        let mut unit = None;
        if sign == '\\' {
            let Some((_, escape)) = rest.next() else { break };
            match escape {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                'b' => text.push('\u{8}'),
                'f' => text.push('\u{c}'),
                'v' => text.push('\u{b}'),
                '0' => text.push('\0'),
                '\n' => {}
                'x' | 'u' => {
                    let tail = inner.get(at + 2..).unwrap_or_default();
                    let (digits, length) = match (escape, tail.strip_prefix('{')) {
                        ('x', _) => (tail.get(..2), 2),
                        (_, Some(braced)) => {
                            let digits = braced.split_once('}').map(|(digits, _)| digits);
                            (digits, digits.map_or(0, |digits| digits.chars().count() + 2))
                        }
                        _ => (tail.get(..4), 4),
                    };
                    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                    let Some(code) = code else { return Err((at + 1, "This escape has too few hexadecimal digits.")) };
                    for _ in 0..length {
                        rest.next();
                    }
                    unit = Some(code);
                }
                other => text.push(other),
            }
        } else if sign == '$'
            && quoted.starts_with('`')
            && inner.get(at + 1..).is_some_and(|next| next.starts_with('{'))
        {
            return Err((at + 1, "A template cannot hold ${…}: there is no JavaScript here."));
        } else {
            text.push(sign);
        }
        let lone = (at + 1, "This escape is half of a character.");
        match (high.take(), unit) {
            (None, Some(code @ 0xd800..=0xdbff)) => high = Some(code),
            (Some(first), Some(second @ 0xdc00..=0xdfff)) => {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                text.push(char::from_u32(code).ok_or(lone)?);
            }
            (None, Some(code)) => text.push(char::from_u32(code).ok_or(lone)?),
            (None, None) => {}
            (Some(_), _) => return Err(lone),
        }
    }
    match high {
        Some(_) => Err((quoted.len().saturating_sub(1), "This escape is half of a character.")),
        None => Ok(text),
    }
}

/// Base64 with or without padding, of either alphabet.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    use base64::{
        alphabet::{STANDARD, URL_SAFE},
        engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    GeneralPurpose::new(&alphabet, config).decode(text).ok()
}

/// Pairs of hexadecimal digits.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    bytes
        .chunks_exact(2)
        .map(|pair| {
            let (high, low) = (digit(*pair.first()?)?, digit(*pair.get(1)?)?);
            u8::try_from(high * 16 + low).ok()
        })
        .collect()
}

/// The sixteen bytes of a UUID, with or without hyphens.
pub(crate) fn uuid(text: &str) -> Option<Vec<u8>> {
    let digits: String = match text.len() {
        36 => {
            let hyphens = [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
            hyphens.then(|| text.replace('-', ""))?
        }
        _ => text.to_owned(),
    };
    hex(&digits).filter(|bytes| bytes.len() == 16)
}

/// A timestamp of seconds and a counter.
pub(crate) fn timestamp(fields: &[Field]) -> Option<Literal> {
    let part = |name: &str| find(fields, name).and_then(Node::integer).and_then(|value| u32::try_from(value).ok());
    let (seconds, counter) = (part("t")?, part("i")?);
    Some(Literal::Scalar(kind::TIMESTAMP, [counter.to_le_bytes(), seconds.to_le_bytes()].concat()))
}

/// An object id of 24 hexadecimal digits.
pub(crate) fn object_id(text: &str) -> Option<Literal> {
    hex(text).filter(|bytes| bytes.len() == 12).map(|bytes| Literal::Scalar(kind::OBJECT_ID, bytes))
}

/// A decimal.
pub(crate) fn decimal(text: &str) -> Option<Literal> {
    bson::decimal_from_text(text).map(|bytes| Literal::Scalar(kind::DECIMAL, bytes.to_vec()))
}
