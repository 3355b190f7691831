//! A JSON object per line.

use std::io::BufRead;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Mark, Problem, ReadError, Record, Visit};

/// The pairs of an object in their order, each value as its text.
struct Pairs<'r>(Vec<(String, &'r RawValue)>);

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// Reads lines; names that come up are appended to `names`, and a record has a value for each known so far.
pub(super) fn visit(mut file: impl BufRead, names: &mut Vec<String>, each: &mut Visit<'_>) -> Result<(), ReadError> {
    let mut text = String::new();
    let mut record = Record::default();
    let mut line = 0;
    loop {
        text.clear();
        if file.read_line(&mut text)? == 0 {
            return Ok(());
        }
        line += 1;
        let object = text.trim();
        if object.is_empty() {
            continue;
        }
        let mut json = serde_json::Deserializer::from_str(object);
        let read = json.deserialize_map(Reader).and_then(|pairs| json.end().map(|()| pairs));
        let pairs = match read {
            Ok(Pairs(pairs)) => pairs,
            Err(error) => {
                let reason = format!("It is no JSON object: {error}.");
                each(Err(Problem { line, reason }))?;
                continue;
            }
        };
        for (name, _) in &pairs {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        record.clear(line);
        for name in names.iter() {
            // Of a name that repeats the last one counts, as it does for most readers.
            match pairs.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value.get()) {
                None | Some("null") => record.push(None),
                Some(value) if value.starts_with('"') => match serde_json::from_str::<String>(value) {
                    Ok(text) => record.push(Some(&text)),
                    Err(_) => record.push(Some(value)),
                },
                // Numbers keep their digits, and what is nested is JSON.
                Some(value) => {
                    record.text.extend_from_slice(value.as_bytes());
                    record.end(Mark::Quoted);
                }
            }
        }
        each(Ok(&record))?;
    }
}
