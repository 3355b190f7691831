//! Where a command holds passwords and keys.

use sql::Span;

use super::words::{Word, read};

/// Settings that are secrets.
const SETTINGS: &[&str] =
    &["requirepass", "masterauth", "primaryauth", "tls-key-file-pass", "tls-client-key-file-pass"];

/// The spans of secrets in one line, which begins at this byte of the text. A line that cannot be read to its end is covered
/// as far as it goes.
pub(super) fn spans(line: &str, start: usize) -> Vec<Span> {
    let (words, _) = read(line);
    let mut places = Vec::new();
    let word = |place: usize, name: &str| words.get(place).is_some_and(|word| word.is(name));
    if word(0, "AUTH") {
        // The last of at most two; anything more may be part of one.
        places.extend(if words.len() == 2 { 1..2 } else { 2..words.len().max(2) });
    } else if word(0, "HELLO") {
        let auth = words.iter().position(|word| word.is("AUTH"));
        places.extend(auth.map(|place| place + 2));
    } else if word(0, "ACL") && word(1, "SETUSER") {
        let begins = |word: &Word| word.bytes.first().is_some_and(|sign| b"><#!".contains(sign));
        places.extend((3..words.len()).filter(|place| words.get(*place).is_some_and(begins)));
    } else if word(0, "CONFIG") && word(1, "SET") {
        let is = |word: &Word| SETTINGS.iter().any(|name| word.is(name));
        places.extend(
            (2..words.len()).step_by(2).filter(|place| words.get(*place).is_some_and(is)).map(|place| place + 1),
        );
    } else if word(0, "MIGRATE") {
        for (place, word) in words.iter().enumerate().skip(3) {
            if word.is("AUTH") {
                places.push(place + 1);
            } else if word.is("AUTH2") {
                places.push(place + 2);
            }
        }
    } else if word(0, "SENTINEL") && word(1, "SET") {
        places.extend((3..words.len()).filter(|place| word(*place, "auth-pass")).map(|place| place + 1));
    }
    let span = |place: usize| words.get(place).map(|word| Span::new(start + word.span.start, start + word.span.end));
    places.into_iter().filter_map(span).collect()
}

/// A line with its secrets hidden.
pub(crate) fn covered(line: &str) -> String {
    let mut text = line.to_owned();
    let mut spans = spans(line, 0);
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    for span in spans {
        if text.get(span.start..span.end).is_some() {
            text.replace_range(span.start..span.end, "***");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_found_in_its_place() {
        for (line, wanted) in [
            ("AUTH s3", vec!["s3"]),
            ("auth ada 's 3'", vec!["'s 3'"]),
            ("auth ada \"s3", vec!["\"s3"]),
            ("HELLO 3 AUTH ada s3 SETNAME x", vec!["s3"]),
            ("ACL SETUSER ada on >s3 ~* #abc <old nopass", vec![">s3", "#abc", "<old"]),
            ("CONFIG SET maxmemory 1 requirepass s3", vec!["s3"]),
            ("CONFIG SET MASTERAUTH s3", vec!["s3"]),
            ("MIGRATE h 1 k 0 5 AUTH s3", vec!["s3"]),
            ("MIGRATE h 1 k 0 5 AUTH2 u s3 KEYS a", vec!["s3"]),
            ("SENTINEL SET m auth-pass s3", vec!["s3"]),
            ("SET auth s3", vec![]),
            ("AUTH", vec![]),
        ] {
            let found: Vec<_> = spans(line, 0).into_iter().map(|span| span.of(line)).collect();
            assert_eq!(found, wanted, "{line}");
        }
    }
}
