//! Documents and values as text, in one pass over the raw bytes and without recursion.

use std::fmt::Write as _;

use base64::Engine;
use driver::documents::TextStyle;

use crate::bson::{self, Damage, Elements, Value, kind};

/// Something open: its elements, and what closes it.
struct Frame<'a> {
    elements: Elements<'a>,
    array: bool,
    empty: bool,
    close: &'static str,
}

struct Printer<'a> {
    out: String,
    style: TextStyle,
    indent: bool,
    open: Vec<Frame<'a>>,
}

/// A value of this type as text.
pub(crate) fn print(kind: u8, raw: &[u8], style: TextStyle, indent: bool) -> String {
    let mut printer = Printer { out: String::with_capacity(raw.len() * 2), style, indent, open: Vec::new() };
    printer.value(kind, raw);
    printer.run();
    printer.out
}

impl<'a> Printer<'a> {
    fn run(&mut self) {
        while let Some(frame) = self.open.last_mut() {
            match frame.elements.next() {
                Some(Ok(element)) => {
                    let (first, array) = (std::mem::take(&mut frame.empty), frame.array);
                    if !first {
                        self.out.push(',');
                    }
                    self.line(first);
                    if !array {
                        self.name(element.name);
                        self.out.push_str(": ");
                    }
                    self.value(element.kind, element.raw);
                }
                Some(Err(damage)) => {
                    self.out.push(' ');
                    self.remark(damage);
                }
                None => {
                    let (empty, close) = (frame.empty, frame.close);
                    self.open.pop();
                    if !empty {
                        self.line(true);
                    }
                    self.out.push_str(close);
                }
            }
        }
    }

    /// A new line, or a blank where all stands on one.
    fn line(&mut self, first: bool) {
        if self.indent {
            self.out.push('\n');
            for _ in 0..self.open.len() {
                self.out.push_str("  ");
            }
        } else if !first || self.style == TextStyle::Shell {
            self.out.push(' ');
        }
    }

    fn begin(&mut self, document: &'a [u8], array: bool, close: &'static str) {
        self.out.push(if array { '[' } else { '{' });
        match bson::elements(document) {
            Ok(elements) => self.open.push(Frame { elements, array, empty: true, close }),
            Err(damage) => {
                self.remark(damage);
                self.out.push_str(close);
            }
        }
    }

    fn remark(&mut self, damage: Damage) {
        let _ = write!(self.out, "/* {damage} */");
    }

    fn name(&mut self, name: &[u8]) {
        let plain = self.style == TextStyle::Shell
            && name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'))
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
        match plain {
            true => self.out.push_str(&String::from_utf8_lossy(name)),
            false => self.quoted(name),
        }
    }

    /// A text in quotes with JSON's escapes. What is no UTF-8 is remarked.
    fn quoted(&mut self, text: &[u8]) {
        let lossy = String::from_utf8_lossy(text);
        self.out.push('"');
        let mut plain = 0;
        for (at, byte) in lossy.bytes().enumerate() {
            let escape = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0x08 => "\\b",
                0x0c => "\\f",
                0..=0x1f | 0x7f => "",
                _ => continue,
            };
            self.out.push_str(lossy.get(plain..at).unwrap_or_default());
            plain = at + 1;
            match escape.is_empty() {
                true => _ = write!(self.out, "\\u{byte:04x}"),
                false => self.out.push_str(escape),
            }
        }
        self.out.push_str(lossy.get(plain..).unwrap_or_default());
        self.out.push('"');
        if matches!(lossy, std::borrow::Cow::Owned(_)) {
            self.out.push_str(" /* invalid UTF-8 */");
        }
    }

    fn value(&mut self, kind: u8, raw: &'a [u8]) {
        // Containers are read element by element, so that damage in one hides nothing before it.
        match kind {
            kind::DOCUMENT => return self.begin(raw, false, "}"),
            kind::ARRAY => return self.begin(raw, true, "]"),
            _ => {}
        }
        match Value::read(kind, raw) {
            Ok(value) => match self.style {
                TextStyle::Shell => self.shell(value),
                TextStyle::Canonical | TextStyle::Relaxed => self.json(value),
            },
            Err(damage) => {
                self.out.push_str("null ");
                self.remark(damage);
            }
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// `before`, a text in quotes, `after`.
    fn around(&mut self, before: &str, text: &[u8], after: &str) {
        self.put(before);
        self.quoted(text);
        self.put(after);
    }

    fn json(&mut self, value: Value<'a>) {
        let relaxed = self.style == TextStyle::Relaxed;
        match value {
            Value::Double(value) if relaxed && value.is_finite() => self.put(&bson::double_to_text(value)),
            Value::Double(value) => self.wrapped("$numberDouble", &bson::double_to_text(value)),
            Value::Int32(value) if relaxed => self.put(&value.to_string()),
            Value::Int32(value) => self.wrapped("$numberInt", &value.to_string()),
            Value::Int64(value) if relaxed => self.put(&value.to_string()),
            Value::Int64(value) => self.wrapped("$numberLong", &value.to_string()),
            Value::Decimal(bytes) => self.wrapped("$numberDecimal", &bson::decimal_to_text(bytes)),
            Value::String(text) => self.quoted(text),
            Value::Document(raw) => self.begin(raw, false, "}"),
            Value::Array(raw) => self.begin(raw, true, "]"),
            Value::Binary(subtype, bytes) => {
                let payload = base64::prelude::BASE64_STANDARD.encode(bytes);
                self.put(&format!("{{\"$binary\": {{\"base64\": \"{payload}\", \"subType\": \"{subtype:02x}\"}}}}"));
            }
            Value::Undefined => self.put("{\"$undefined\": true}"),
            Value::ObjectId(id) => self.wrapped("$oid", &hex(&id)),
            Value::Bool(value) => self.put(if value { "true" } else { "false" }),
            Value::Date(ms) => match bson::date_to_text(ms).filter(|_| relaxed && ms >= 0) {
                Some(text) => self.wrapped("$date", &text),
                None => self.put(&format!("{{\"$date\": {{\"$numberLong\": \"{ms}\"}}}}")),
            },
            Value::Null => self.put("null"),
            Value::Regex(pattern, flags) => {
                self.around("{\"$regularExpression\": {\"pattern\": ", pattern, ", \"options\": ");
                self.around("", flags, "}}");
            }
            Value::DbPointer(name, id) => {
                self.around("{\"$dbPointer\": {\"$ref\": ", name, ", \"$id\": ");
                self.wrapped("$oid", &hex(&id));
                self.put("}}");
            }
            Value::Code(code) => self.around("{\"$code\": ", code, "}"),
            Value::Symbol(text) => self.around("{\"$symbol\": ", text, "}"),
            Value::CodeWithScope(code, scope) => {
                self.around("{\"$code\": ", code, ", \"$scope\": ");
                self.begin(scope, false, "}}");
            }
            Value::Timestamp(t, i) => self.put(&format!("{{\"$timestamp\": {{\"t\": {t}, \"i\": {i}}}}}")),
            Value::MinKey => self.put("{\"$minKey\": 1}"),
            Value::MaxKey => self.put("{\"$maxKey\": 1}"),
        }
    }

    fn wrapped(&mut self, name: &str, text: &str) {
        let _ = write!(self.out, "{{\"{name}\": \"{text}\"}}");
    }

    fn shell(&mut self, value: Value<'a>) {
        match value {
            Value::Double(value) => self.put(&bson::double_to_text(value)),
            Value::Int32(value) => self.put(&value.to_string()),
            Value::Int64(value) => self.put(&format!("NumberLong(\"{value}\")")),
            Value::Decimal(bytes) => self.put(&format!("NumberDecimal(\"{}\")", bson::decimal_to_text(bytes))),
            Value::String(text) => self.quoted(text),
            Value::Document(raw) => self.begin(raw, false, "}"),
            Value::Array(raw) => self.begin(raw, true, "]"),
            Value::Binary(4, bytes) if bytes.len() == 16 => {
                let digits = hex(bytes);
                let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
                let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
                self.put(&format!("UUID(\"{}\")", parts.join("-")));
            }
            Value::Binary(subtype, bytes) => {
                let payload = base64::prelude::BASE64_STANDARD.encode(bytes);
                self.put(&format!("BinData({subtype}, \"{payload}\")"));
            }
            Value::Undefined => self.put("undefined"),
            Value::ObjectId(id) => self.put(&format!("ObjectId(\"{}\")", hex(&id))),
            Value::Bool(value) => self.put(if value { "true" } else { "false" }),
            Value::Date(ms) => match bson::date_to_text(ms) {
                Some(text) => self.put(&format!("ISODate(\"{text}\")")),
                None => self.put(&format!("new Date({ms}n)")),
            },
            Value::Null => self.put("null"),
            Value::Regex(pattern, flags) => self.pattern(pattern, flags),
            Value::DbPointer(name, id) => {
                self.around("DBPointer(", name, &format!(", ObjectId(\"{}\"))", hex(&id)));
            }
            Value::Code(code) => self.around("Code(", code, ")"),
            Value::Symbol(text) => self.around("BSONSymbol(", text, ")"),
            Value::CodeWithScope(code, scope) => {
                self.around("Code(", code, ", ");
                self.begin(scope, false, "})");
            }
            Value::Timestamp(t, i) => self.put(&format!("Timestamp({{ t: {t}, i: {i} }})")),
            Value::MinKey => self.put("MinKey()"),
            Value::MaxKey => self.put("MaxKey()"),
        }
    }

    /// Between slashes where that reads back as the same pattern.
    fn pattern(&mut self, pattern: &[u8], flags: &[u8]) {
        let plain = std::str::from_utf8(pattern).ok().filter(|pattern| {
            let safe = !pattern.is_empty() && !pattern.starts_with(['*', '/']) && !pattern.contains(['\n', '\r', '[']);
            let mut escaped = false;
            let closes = pattern.chars().any(|sign| {
                let closes = sign == '/' && !escaped;
                escaped = sign == '\\' && !escaped;
                closes
            });
            safe && !closes && !escaped && flags.iter().all(u8::is_ascii_alphabetic)
        });
        match plain {
            Some(pattern) => self.put(&format!("/{pattern}/{}", String::from_utf8_lossy(flags))),
            None => {
                self.around("RegExp(", pattern, ", ");
                self.around("", flags, ")");
            }
        }
    }
}

/// Hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
