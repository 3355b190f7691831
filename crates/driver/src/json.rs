//! JSON as a server prints it: numbers keep their digits, keys their order, and a key that repeats is there twice.
//!
//! Values lie one after the other in the order of the text, so that no depth of a text can exhaust a stack.

use crate::{Code, Error};

/// More values than any plan has; a text with more is refused.
const MOST_VALUES: usize = 8_000_000;

/// A text that was read. Values are named by their place; the whole is at 0.
#[derive(Clone, Debug, Default)]
pub struct Json {
    values: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Option<Box<str>>,
    value: JsonValue,
    /// One past the last value inside of it.
    end: usize,
}

/// What one value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonValue {
    /// Values with keys.
    Object,
    /// Values without.
    Array,
    /// Text, unescaped.
    Text(Box<str>),
    /// A number's digits as printed.
    Number(Box<str>),
    /// `true`, `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// `Corrupt` for what is no JSON.
    pub fn read(text: &str) -> Result<Json, Error> {
        let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, values: Vec::new(), open: Vec::new() };
        reader
            .whole()
            .map_err(|at| Error::new(Code::Corrupt, format!("What the server sent is no JSON at byte {at}.")))?;
        Ok(Json { values: reader.values })
    }

    /// A value.
    pub fn value(&self, at: usize) -> &JsonValue {
        self.values.get(at).map_or(&JsonValue::Null, |entry| &entry.value)
    }

    /// Its key, inside of an object.
    pub fn key(&self, at: usize) -> &str {
        self.values.get(at).and_then(|entry| entry.key.as_deref()).unwrap_or("")
    }

    /// The values directly inside of one, in order.
    pub fn children(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.values.get(at).map_or(0, |entry| entry.end);
        let mut next = at.saturating_add(1);
        std::iter::from_fn(move || {
            let here = next;
            next = self.values.get(here).filter(|_| here < end)?.end;
            Some(here)
        })
    }

    /// The first value of this key.
    pub fn get(&self, at: usize, key: &str) -> Option<usize> {
        self.children(at).find(|child| self.key(*child) == key)
    }

    /// A text, a number's digits or a boolean's word; nothing for others.
    pub fn scalar(&self, at: usize) -> Option<&str> {
        match self.value(at) {
            JsonValue::Text(text) | JsonValue::Number(text) => Some(text),
            JsonValue::Bool(true) => Some("true"),
            JsonValue::Bool(false) => Some("false"),
            JsonValue::Null | JsonValue::Object | JsonValue::Array => None,
        }
    }

    /// The scalar of this key.
    pub fn text(&self, at: usize, key: &str) -> Option<&str> {
        self.get(at, key).and_then(|child| self.scalar(child))
    }

    /// Whether it holds others.
    pub fn holds(&self, at: usize) -> bool {
        matches!(self.value(at), JsonValue::Object | JsonValue::Array)
    }

    /// A value in one line for a person: a scalar as it is, a list with commas, an object as `key: value`.
    pub fn line(&self, at: usize) -> String {
        let mut line = String::new();
        let end = self.values.get(at).map_or(0, |entry| entry.end);
        let mut closes: Vec<(usize, char)> = Vec::new();
        for (place, entry) in self.values.iter().enumerate().take(end).skip(at) {
            while closes.last().is_some_and(|(end, _)| *end <= place) {
                line.extend(closes.pop().map(|(_, close)| close));
            }
            if place > at && !line.ends_with(['{', '[']) && !line.is_empty() {
                line.push_str(", ");
            }
            if let Some(key) = entry.key.as_deref().filter(|_| place > at) {
                line.push_str(key);
                line.push_str(": ");
            }
            match &entry.value {
                JsonValue::Object | JsonValue::Array if place == at => {}
                JsonValue::Object => {
                    line.push('{');
                    closes.push((entry.end, '}'));
                }
                JsonValue::Array => {
                    line.push('[');
                    closes.push((entry.end, ']'));
                }
                JsonValue::Null => line.push_str("null"),
                _ => line.push_str(self.scalar(place).unwrap_or("")),
            }
        }
        line.extend(closes.into_iter().rev().map(|(_, close)| close));
        line
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    values: Vec<Entry>,
    /// The objects and arrays around, by their place.
    open: Vec<usize>,
}

/// Where it went wrong.
type Step<T = ()> = Result<T, usize>;

impl Reader<'_> {
    fn whole(&mut self) -> Step {
        self.entry(None)?;
        while let Some(&place) = self.open.last() {
            self.space();
            let object = matches!(self.values.get(place).map(|entry| &entry.value), Some(JsonValue::Object));
            let close = if object { b'}' } else { b']' };
            if self.peek() == Some(close) {
                self.at += 1;
                self.open.pop();
                let end = self.values.len();
                if let Some(entry) = self.values.get_mut(place) {
                    entry.end = end;
                }
                continue;
            }
            if self.values.len() > place + 1 {
                self.expect(b',')?;
                self.space();
            }
            let key = if object {
                let key = self.string()?;
                self.space();
                self.expect(b':')?;
                Some(key)
            } else {
                None
            };
            self.entry(key)?;
        }
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.at) }
    }

    fn entry(&mut self, key: Option<Box<str>>) -> Step {
        self.space();
        let place = self.values.len();
        if place >= MOST_VALUES {
            return Err(self.at);
        }
        let value = match self.peek().ok_or(self.at)? {
            b'{' => JsonValue::Object,
            b'[' => JsonValue::Array,
            b'"' => JsonValue::Text(self.string()?),
            b't' => self.word("true", JsonValue::Bool(true))?,
            b'f' => self.word("false", JsonValue::Bool(false))?,
            b'n' => self.word("null", JsonValue::Null)?,
            _ => self.number()?,
        };
        if matches!(value, JsonValue::Object | JsonValue::Array) {
            self.at += 1;
            self.open.push(place);
        }
        self.values.push(Entry { key, value, end: place + 1 });
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Step {
        if self.peek() != Some(byte) {
            return Err(self.at);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: JsonValue) -> Step<JsonValue> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.at);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Step<JsonValue> {
        let start = self.at;
        // MariaDB prints `inf` and `nan` where others have digits.
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).filter(|digits| !digits.is_empty()).ok_or(start)?;
        Ok(JsonValue::Number(digits.into()))
    }

    fn string(&mut self) -> Step<Box<str>> {
        self.expect(b'"')?;
        let mut text = String::new();
        let mut from = self.at;
        loop {
            match self.peek().ok_or(self.at)? {
                b'"' => {
                    text.push_str(self.text.get(from..self.at).ok_or(from)?);
                    self.at += 1;
                    return Ok(text.into());
                }
                b'\\' => {
                    text.push_str(self.text.get(from..self.at).ok_or(from)?);
                    self.at += 1;
                    text.push(self.escaped()?);
                    from = self.at;
                }
                // Some versions print line ends of a statement as they are.
                _ => self.at += 1,
            }
        }
    }

    fn escaped(&mut self) -> Step<char> {
        let byte = self.peek().ok_or(self.at)?;
        self.at += 1;
        Ok(match byte {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.unit()?;
                let code = if (0xd800..0xdc00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u")
                {
                    self.at += 2;
                    let second = self.unit()?;
                    0x10000 + ((first - 0xd800) << 10) + second.saturating_sub(0xdc00)
                } else {
                    first
                };
                char::from_u32(code).unwrap_or('\u{fffd}')
            }
            b'"' | b'\\' | b'/' => char::from(byte),
            _ => return Err(self.at),
        })
    }

    fn unit(&mut self) -> Step<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(self.at)?;
        let unit = u32::from_str_radix(digits, 16).map_err(|_| self.at)?;
        self.at += 4;
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Json, JsonValue};

    #[test]
    fn numbers_keep_their_digits_and_keys_may_repeat() {
        let json =
            Json::read(r#"{"a": 1.10, "table": {"x": 12345678901234567890}, "table": [true, null, "é\u00e9\n"]}"#)
                .unwrap();
        assert_eq!(json.text(0, "a"), Some("1.10"));
        let tables: Vec<usize> = json.children(0).filter(|at| json.key(*at) == "table").collect();
        assert_eq!(tables.len(), 2);
        assert_eq!(json.text(tables[0], "x"), Some("12345678901234567890"));
        assert_eq!(json.line(tables[1]), "true, null, éé\n");
        assert_eq!(json.value(0), &JsonValue::Object);
    }

    #[test]
    fn what_is_inside_of_a_value_is_said_in_a_line() {
        let json = Json::read(r#"{"n": {"a": [1, [2, 3]], "b": {"c": "d"}, "e": [], "f": 1}}"#).unwrap();
        let inside = json.get(0, "n").unwrap();
        assert_eq!(json.line(inside), "a: [1, [2, 3]], b: {c: d}, e: [], f: 1");
    }

    #[test]
    fn no_depth_is_too_deep() {
        let deep = 200_000;
        let text = format!("{}1{}", "[".repeat(deep), "]".repeat(deep));
        let json = Json::read(&text).unwrap();
        assert_eq!(json.children(0).count(), 1);
        drop(json);
    }

    #[test]
    fn what_is_no_json_is_refused_and_nothing_panics() {
        for text in [
            "",
            "{",
            "[1,",
            "[1 2]",
            "{\"a\"}",
            "\"",
            "\"\\u12",
            "\"\\x\"",
            "{]",
            "tru",
            "1 1",
            "[,]",
            "{,}",
            "\"\\ud800\\u\"",
        ] {
            assert!(Json::read(text).is_err(), "{text}");
        }
        // Half a pair is a sign that cannot be shown.
        assert_eq!(Json::read("\"\\ud800x\"").unwrap().scalar(0), Some("\u{fffd}x"));
    }
}
