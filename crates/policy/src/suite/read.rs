//! From JSON to a suite, with the place of what is wrong.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, value::RawValue};

use super::{As, Case, Expect, Rows, Suite, Then};

/// Why a suite could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {message}", place.iter().map(|part| format!(", {part}")).collect::<String>())]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// Where that is, from the outermost in: `case "a" (2)`, `expect`.
    pub place: Vec<String>,
    /// What is wrong.
    pub message: String,
}

/// The fields as they stand in the text, so that what is wrong in one can be told by its name and place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteText<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow)]
    claims_setting: Option<&'a RawValue>,
    #[serde(borrow)]
    setup: Option<&'a RawValue>,
    #[serde(borrow)]
    cases: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseText<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow, rename = "as")]
    actor: Option<&'a RawValue>,
    #[serde(borrow)]
    statement: &'a RawValue,
    #[serde(borrow)]
    expect: &'a RawValue,
    #[serde(borrow)]
    setup: Option<&'a RawValue>,
    #[serde(borrow)]
    then: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThenText<'a> {
    #[serde(borrow)]
    statement: &'a RawValue,
    #[serde(borrow)]
    expect: &'a RawValue,
}

struct Reader<'a> {
    text: &'a str,
    place: Vec<String>,
}

pub(super) fn suite(text: &str) -> Result<Suite, Unreadable> {
    let mut reader = Reader { text, place: Vec::new() };
    let parts: SuiteText<'_> = reader.object(text)?;
    let name = reader.said("name", parts.name)?;
    let claims_setting = parts.claims_setting.map(|raw| reader.said("claims_setting", raw)).transpose()?;
    let setup = reader.statements(parts.setup)?;
    if parts.cases.is_empty() {
        return Err(reader.wrong(text, "a suite without cases tests nothing".to_owned(), None));
    }
    let cases = parts
        .cases
        .iter()
        .copied()
        .enumerate()
        .map(|(index, raw)| reader.case(index, raw))
        .collect::<Result<_, _>>()?;
    Ok(Suite { name, claims_setting, setup, cases })
}

impl<'a> Reader<'a> {
    fn case(&mut self, index: usize, raw: &'a RawValue) -> Result<Case, Unreadable> {
        let number = index + 1;
        // Which case it is is known before the rest of it is.
        let called = serde_json::from_str::<Value>(raw.get()).ok();
        let called = called.as_ref().and_then(|case| case.get("name")?.as_str());
        self.place.push(called.map_or_else(|| format!("case {number}"), |name| format!("case \"{name}\" ({number})")));
        let parts: CaseText<'_> = self.object(raw.get())?;
        let case = Case {
            name: self.said("name", parts.name)?,
            actor: parts.actor.map(|raw| self.field("as", raw)).transpose()?.unwrap_or_default(),
            statement: self.said("statement", parts.statement)?,
            expect: self.field("expect", parts.expect)?,
            setup: self.statements(parts.setup)?,
            then: parts.then.map(|raw| self.then(raw)).transpose()?,
        };
        self.place.pop();
        Ok(case)
    }

    fn then(&mut self, raw: &'a RawValue) -> Result<Then, Unreadable> {
        self.place.push("then".to_owned());
        let parts: ThenText<'_> = self.object(raw.get())?;
        let then =
            Then { statement: self.said("statement", parts.statement)?, expect: self.field("expect", parts.expect)? };
        self.place.pop();
        Ok(then)
    }

    fn statements(&mut self, raw: Option<&'a RawValue>) -> Result<Vec<String>, Unreadable> {
        raw.map(|raw| self.field("setup", raw)).transpose().map(Option::unwrap_or_default)
    }

    /// A text that has to say something.
    fn said(&mut self, name: &str, raw: &'a RawValue) -> Result<String, Unreadable> {
        let text: String = self.field(name, raw)?;
        if text.trim().is_empty() {
            self.place.push(name.to_owned());
            return Err(self.wrong(raw.get(), "this is empty".to_owned(), None));
        }
        Ok(text)
    }

    fn field<T: DeserializeOwned>(&mut self, name: &str, raw: &'a RawValue) -> Result<T, Unreadable> {
        self.place.push(name.to_owned());
        let field = self.object(raw.get())?;
        self.place.pop();
        Ok(field)
    }

    fn object<T: Deserialize<'a>>(&self, part: &'a str) -> Result<T, Unreadable> {
        serde_json::from_str(part).map_err(|error| self.wrong(part, error.to_string(), Some(error.line())))
    }

    /// What is wrong with a part of the text, at one of its lines.
    fn wrong(&self, part: &str, message: String, line: Option<usize>) -> Unreadable {
        let before = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..before).unwrap_or_default();
        // The library counts from the part's beginning.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
        let line = before.matches('\n').count() + line.unwrap_or(1).max(1);
        Unreadable { line, place: self.place.clone(), message }
    }
}

impl<'de> Deserialize<'de> for As {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            role: Option<String>,
            claims: Option<Value>,
            #[serde(default)]
            settings: std::collections::BTreeMap<String, Value>,
        }
        let Fields { role, claims, settings } = Fields::deserialize(from)?;
        let settings = settings.into_iter().map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Number(_) | Value::Bool(_) => Ok((name, value.to_string())),
            _ => Err(D::Error::custom(format!("setting {name}: a setting is a text"))),
        });
        Ok(As { role, claims, settings: settings.collect::<Result<_, _>>()? })
    }
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            rows: Option<Vec<Value>>,
            affected: Option<u64>,
            count: Option<u64>,
            error: Option<String>,
            refused: Option<bool>,
        }
        let Fields { rows, affected, count, error, refused } = Fields::deserialize(from)?;
        let mut found = Vec::new();
        if let Some(rows) = rows {
            found.push(("rows", Expect::Rows(read_rows(rows).map_err(D::Error::custom)?)));
        }
        found.extend(affected.map(|affected| ("affected", Expect::Affected(affected))));
        found.extend(count.map(|count| ("count", Expect::Count(count))));
        if let Some(code) = error {
            if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
                return Err(D::Error::custom(format!("error: {code:?} is no SQLSTATE, five digits or capitals")));
            }
            found.push(("error", Expect::Error(code)));
        }
        match refused {
            Some(true) => found.push(("refused", Expect::Refused)),
            Some(false) => {
                return Err(D::Error::custom("refused: can only be true; say what is to come of it instead"));
            }
            None => {}
        }
        let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
        let several = format!("one expectation is wanted, not several: {}", names.join(", "));
        match (found.pop(), found.is_empty()) {
            (Some((_, expect)), true) => Ok(expect),
            (Some(_), false) => Err(D::Error::custom(several)),
            (None, _) => Err(D::Error::custom("one of rows, affected, count, error and refused is wanted")),
        }
    }
}

impl Serialize for Expect {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1))?;
        match self {
            Expect::Rows(rows) => map.serialize_entry("rows", rows)?,
            Expect::Affected(affected) => map.serialize_entry("affected", affected)?,
            Expect::Count(count) => map.serialize_entry("count", count)?,
            Expect::Error(code) => map.serialize_entry("error", code)?,
            Expect::Refused => map.serialize_entry("refused", &true)?,
        }
        map.end()
    }
}

fn read_rows(rows: Vec<Value>) -> Result<Rows, String> {
    let arrays = rows.iter().filter(|row| row.is_array()).count();
    if arrays == 0 {
        let first = rows.into_iter().enumerate().map(|(index, row)| cell(row, &format!("row {}", index + 1)));
        return Ok(Rows::First(first.collect::<Result<_, _>>()?));
    }
    if arrays < rows.len() {
        return Err("rows: each row is an array of its columns, or each is its first column; here are both".to_owned());
    }
    let columns = rows.into_iter().enumerate().map(|(index, row)| {
        let Value::Array(columns) = row else { return Ok(Vec::new()) };
        let at = |column: usize| format!("row {}, column {}", index + 1, column + 1);
        columns.into_iter().enumerate().map(|(column, value)| cell(value, &at(column))).collect()
    });
    Ok(Rows::Columns(columns.collect::<Result<_, String>>()?))
}

fn cell(value: Value, at: &str) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(Some(number.to_string())),
        other => Err(format!(
            "rows: {at}: {other} is not how the server prints a value; it is a text, or null (\"t\", \"1.50\")"
        )),
    }
}
