//! Names of a database as identifiers of a language, each once, and texts that cannot leave where they stand.

use std::collections::HashSet;

/// Identifiers that are given out: the same one never twice.
pub(crate) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// None given out but those that mean something else already.
    pub(crate) fn without(reserved: &[&str]) -> Self {
        Names { taken: reserved.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// This one, or the first of `name2`, `name3` … that is free; all with these ends.
    pub(crate) fn take(&mut self, wanted: &str, ends: &[&str]) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2_u32;
        while ends.iter().any(|end| self.taken.contains(&format!("{name}{end}"))) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.taken.extend(ends.iter().map(|end| format!("{name}{end}")));
        name
    }
}

/// The words of a name: what stands between other signs, and from small to capital letter.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for sign in name.chars() {
        let is_word = unicode_ident::is_xid_continue(sign) && sign != '_';
        let turns = before.is_some_and(|before| before.is_lowercase()) && sign.is_uppercase();
        match words.last_mut() {
            Some(word) if is_word && before.is_some() && !turns => word.push(sign),
            _ if is_word => words.push(sign.to_string()),
            _ => {}
        }
        before = is_word.then_some(sign);
    }
    words
}

fn capital(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

/// What begins an identifier does so.
fn begun(name: String) -> String {
    if name.starts_with(unicode_ident::is_xid_start) { name } else { format!("_{name}") }
}

/// `line_items` as `LineItems`.
pub(crate) fn pascal(name: &str) -> String {
    begun(words(name).iter().map(|word| capital(word)).collect())
}

/// `line_items` as `lineItems`.
pub(crate) fn camel(name: &str) -> String {
    let words = words(name);
    let rest: String = words.iter().skip(1).map(|word| capital(word)).collect();
    let first = words.first().map(|word| {
        let mut signs = word.chars();
        // An abbreviation stays one.
        let all = word.chars().all(|sign| !sign.is_lowercase());
        match signs.next() {
            _ if all => word.to_lowercase(),
            Some(first) => first.to_lowercase().chain(signs).collect(),
            None => String::new(),
        }
    });
    begun(first.unwrap_or_default() + &rest)
}

/// `LineItems` as `line_items`.
pub(crate) fn snake(name: &str) -> String {
    begun(words(name).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join("_"))
}

/// Whether a name is an identifier as it is, in languages that follow Unicode.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut signs = name.chars();
    signs.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && signs.all(unicode_ident::is_xid_continue)
}

/// What ends a line or turns the direction in which it is read.
fn is_treacherous(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text within double quotes, as JSON and JavaScript read it, all on one line.
pub(crate) fn json(text: &str) -> String {
    plain(&serde_json::Value::from(text).to_string())
}

/// JSON without signs that a comment or a person stumbles over.
pub(crate) fn plain(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for sign in json.chars() {
        match is_treacherous(sign) {
            true => plain.push_str(&format!("\\u{:04x}", u32::from(sign))),
            false => plain.push(sign),
        }
    }
    plain
}

/// The lines of a comment, in which nothing ends it.
pub(crate) fn comment_lines(text: &str) -> Vec<String> {
    let shown = |line: &str| {
        let line: String = line.trim_end().chars().map(|sign| if is_treacherous(sign) { ' ' } else { sign }).collect();
        line.replace("*/", "*\u{2215}")
    };
    text.lines().map(shown).collect()
}

/// A text on one line of a comment.
pub(crate) fn comment_line(text: &str) -> String {
    comment_lines(text).join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers_in_any_script() {
        assert_eq!((pascal("line_items").as_str(), camel("line_items").as_str()), ("LineItems", "lineItems"));
        assert_eq!((pascal("my table!").as_str(), pascal("2fa")), ("MyTable", "_2fa".to_owned()));
        assert_eq!((pascal("kunden_größe").as_str(), camel("注文").as_str()), ("KundenGröße", "注文"));
        assert_eq!(
            (snake("LineItems").as_str(), snake("class").as_str(), camel("ID").as_str()),
            ("line_items", "class", "id")
        );
        assert_eq!((pascal("!!!").as_str(), pascal("²x").as_str()), ("_", "X"));
        for name in ["", "!!!", "²", "٣", "a\u{202e}b", "é"] {
            assert!(
                is_identifier(&pascal(name)) && is_identifier(&snake(name)) && is_identifier(&camel(name)),
                "{name}"
            );
        }
    }

    #[test]
    fn the_same_name_is_given_once() {
        let mut names = Names::without(&["Date"]);
        assert_eq!(names.take("Date", &[""]), "Date2");
        assert_eq!((names.take("A", &["Row", "Insert"]), names.take("ARow", &[""])), ("A".into(), "ARow2".into()));
    }

    #[test]
    fn nothing_gets_out_of_a_text() {
        assert_eq!(json("a\"\n\u{2028}\u{202e}"), "\"a\\\"\\n\\u2028\\u202e\"");
        assert_eq!(comment_lines("a */ b\r\n\u{2029}c"), ["a *∕ b", " c"]);
    }
}
