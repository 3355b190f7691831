//! Which fields documents have, from looking at some.

use std::collections::HashMap;

use catalog::Known;
use driver::documents::{FieldSample, SampledField};

use crate::bson::{self, kind};

/// Paths that are told apart at most: documents used as maps have no end of them.
const MOST_FIELDS: usize = 2000;
/// Levels that are looked into.
const DEEPEST: usize = 12;
/// Elements of an array that are looked at.
const ELEMENTS: usize = 50;

#[derive(Default)]
struct Seen {
    present: u64,
    last: u64,
    types: HashMap<&'static str, u64>,
    first: usize,
}

/// The fields of some documents.
pub(crate) fn fields<'a>(documents: impl Iterator<Item = &'a [u8]>, of: Known<u64>) -> FieldSample {
    let mut seen: HashMap<Vec<String>, Seen> = HashMap::new();
    let mut sampled = 0;
    for document in documents {
        sampled += 1;
        let mut open: Vec<(Vec<String>, &[u8], bool)> = vec![(Vec::new(), document, false)];
        while let Some((path, inner, array)) = open.pop() {
            let elements = bson::elements(inner).into_iter().flatten().map_while(Result::ok);
            let mut below = Vec::new();
            for element in elements.take(if array { ELEMENTS } else { usize::MAX }) {
                let step = if array { "[]".to_owned() } else { element.name().into_owned() };
                let own: Vec<String> = path.iter().cloned().chain([step]).collect();
                let count = seen.len();
                if count >= MOST_FIELDS && !seen.contains_key(&own) {
                    continue;
                }
                let field = seen.entry(own.clone()).or_insert_with(|| Seen { first: count, ..Seen::default() });
                if field.last != sampled {
                    field.last = sampled;
                    field.present += 1;
                }
                *field.types.entry(bson::type_name(element.kind)).or_default() += 1;
                if let Some(document) = element.document().filter(|_| own.len() < DEEPEST) {
                    below.push((own, document, element.kind == kind::ARRAY));
                }
            }
            open.extend(below.into_iter().rev());
        }
    }
    FieldSample { sampled, of, fields: ordered(seen) }
}

/// In the order they were first seen, those inside right after what they are in.
fn ordered(seen: HashMap<Vec<String>, Seen>) -> Vec<SampledField> {
    let places: HashMap<Vec<String>, usize> = seen.iter().map(|(path, field)| (path.clone(), field.first)).collect();
    let key = |path: &[String]| -> Vec<usize> {
        (1..=path.len())
            .map(|length| path.get(..length).and_then(|part| places.get(part)).copied().unwrap_or(0))
            .collect()
    };
    let mut all: Vec<(Vec<usize>, SampledField)> = seen
        .into_iter()
        .map(|(path, field)| {
            let mut types: Vec<(String, u64)> =
                field.types.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
            types.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            (key(&path), SampledField { path, present: field.present, types })
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.into_iter().map(|(_, field)| field).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use driver::DocumentForm;

    use super::*;

    #[test]
    fn fields_are_counted_with_their_types_and_places() {
        let documents: Vec<Vec<u8>> =
            ["{_id: 1, a: {b: 1}, c: [{d: 1}, {d: 'x'}]}", "{_id: 2, z: 1, a: {b: 'x', e: 1}}", "{_id: 3, a: null}"]
                .iter()
                .map(|text| crate::documents::BsonForm.parse(text).unwrap())
                .collect();
        let sample = fields(documents.iter().map(Vec::as_slice), Known::Value(9));
        let found: Vec<(String, u64, String)> = sample
            .fields
            .iter()
            .map(|field| {
                let types =
                    field.types.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(" ");
                (field.path.join("."), field.present, types)
            })
            .collect();
        let wanted = [
            ("_id", 3, "int 3"),
            ("a", 3, "object 2 null 1"),
            ("a.b", 2, "int 1 string 1"),
            ("a.e", 1, "int 1"),
            ("c", 1, "array 1"),
            ("c.[]", 1, "object 2"),
            ("c.[].d", 1, "int 1 string 1"),
            ("z", 1, "int 1"),
        ];
        assert_eq!(found, wanted.map(|(path, present, types)| (path.to_owned(), present, types.to_owned())));
        assert_eq!((sample.sampled, sample.of), (3, Known::Value(9)));
    }
}
