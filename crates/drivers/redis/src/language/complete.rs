//! What could stand at the caret: commands, their subcommands, and the fixed words among their arguments.

use driver::{Suggestion, SuggestionKind, Suggestions};
use sql::Span;

use super::{
    probe::{Argument, Known, Spec, syntax},
    table::{CONTAINERS, READS, SESSION, TELLS},
    words::read,
};

pub(super) fn complete(known: &Known, text: &str, caret: usize) -> Suggestions {
    let mut caret = caret.min(text.len());
    while !text.is_char_boundary(caret) {
        caret -= 1;
    }
    let before = text.get(..caret).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.get(line_start..).unwrap_or_default();
    if line.trim_start().starts_with('#') {
        return Suggestions { replace: Span::new(caret, caret), items: Vec::new() };
    }
    let (mut words, _) = read(line);
    // The word at the caret, or none where a blank stands before it.
    let typed = match words.last() {
        Some(last) if last.span.end == line.len() => words.pop(),
        _ => None,
    };
    let (start, prefix) = match &typed {
        Some(word) => (word.span.start, line.get(word.span.start..).unwrap_or_default().to_ascii_uppercase()),
        None => (line.len(), String::new()),
    };
    let mut items = match words.as_slice() {
        [] => commands(known),
        [command, rest @ ..] => {
            let spec = known.command(&command.bytes);
            match (spec, rest) {
                (Some(spec), []) if !spec.subcommands.is_empty() => named(&spec.subcommands),
                (Some(spec), [sub, ..]) if !spec.subcommands.is_empty() => {
                    let sub = spec.subcommands.get(&String::from_utf8_lossy(&sub.bytes).to_ascii_lowercase());
                    sub.map(|sub| tokens(&sub.arguments)).unwrap_or_default()
                }
                (Some(spec), _) => tokens(&spec.arguments),
                (None, []) if !known.probed => unprobed_subcommands(&command.bytes),
                (None, _) => Vec::new(),
            }
        }
    };
    items.retain(|item| item.text.to_ascii_uppercase().starts_with(&prefix));
    // A word that was given is not given again.
    if words.len() > 1 {
        items.retain(|item| !words.iter().skip(1).any(|word| word.is(&item.text)));
    }
    Suggestions { replace: Span::new(line_start + start, caret), items }
}

fn item(text: String, detail: Option<String>, documentation: Option<String>) -> Suggestion {
    let detail = detail.filter(|detail| !detail.is_empty());
    Suggestion { text, kind: SuggestionKind::Keyword, detail, documentation }
}

fn named(specs: &std::collections::BTreeMap<String, Spec>) -> Vec<Suggestion> {
    let one = |(name, spec): (&String, &Spec)| {
        let detail = match spec.subcommands.is_empty() {
            true => syntax(&spec.arguments),
            false => "…".to_owned(),
        };
        item(name.to_ascii_uppercase(), Some(detail), spec.summary.clone())
    };
    specs.iter().map(one).collect()
}

fn commands(known: &Known) -> Vec<Suggestion> {
    if known.probed {
        return named(&known.commands);
    }
    let plain = [READS, TELLS, SESSION, &["MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"]].concat();
    let mut names: Vec<&str> = plain.iter().filter_map(|name| name.split(' ').next()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| item(name.to_owned(), None, None)).collect()
}

fn unprobed_subcommands(command: &[u8]) -> Vec<Suggestion> {
    let command = String::from_utf8_lossy(command).to_ascii_uppercase();
    if !CONTAINERS.contains(&command.as_str()) {
        return Vec::new();
    }
    let all = [READS, TELLS, SESSION].concat();
    let mut names: Vec<&str> =
        all.iter().filter_map(|name| name.strip_prefix(command.as_str())?.strip_prefix(' ')).collect();
    names.sort_unstable();
    names.into_iter().map(|name| item(name.to_owned(), None, None)).collect()
}

/// Every fixed word among the arguments, with what follows it.
fn tokens(arguments: &[Argument]) -> Vec<Suggestion> {
    let mut found = Vec::new();
    collect(arguments, &mut found);
    found
}

fn collect(arguments: &[Argument], found: &mut Vec<Suggestion>) {
    for argument in arguments {
        if let Some(token) = &argument.token {
            let detail = match argument.kind.as_str() {
                "pure-token" => None,
                "block" => Some(syntax(&argument.arguments)),
                _ => Some(argument.name.clone()),
            };
            found.push(item(token.clone(), detail, None));
        }
        collect(&argument.arguments, found);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(text: &str) -> Vec<String> {
        complete(&server(), text, text.len()).items.into_iter().map(|item| item.text).collect()
    }

    fn server() -> Known {
        let token = |token: &str, name: &str, kind: &str| Argument {
            token: Some(token.to_owned()),
            name: name.to_owned(),
            kind: kind.to_owned(),
            ..Argument::default()
        };
        let key = Argument { name: "key".to_owned(), kind: "key".to_owned(), ..Argument::default() };
        let choice = Argument {
            kind: "oneof".to_owned(),
            optional: true,
            arguments: vec![token("EX", "seconds", "integer"), token("PERSIST", "persist", "pure-token")],
            ..Argument::default()
        };
        let getex =
            Spec { summary: Some("Gets.".to_owned()), arguments: vec![key, choice], readonly: true, ..Spec::default() };
        let subs = [("get".to_owned(), Spec::default()), ("set".to_owned(), Spec::default())].into();
        let config = Spec { subcommands: subs, ..Spec::default() };
        Known { probed: true, commands: [("getex".to_owned(), getex), ("config".to_owned(), config)].into() }
    }

    #[test]
    fn commands_subcommands_and_tokens_are_offered_in_their_places() {
        assert_eq!(names(""), ["CONFIG", "GETEX"]);
        assert_eq!(names("# x\nge"), ["GETEX"]);
        assert_eq!(names("config "), ["GET", "SET"]);
        assert_eq!(names("config s"), ["SET"]);
        assert_eq!(names("getex k "), ["EX", "PERSIST"]);
        assert_eq!(names("getex k p"), ["PERSIST"]);
        assert_eq!(names("getex k ex 5 "), ["PERSIST"]);
        assert!(names("# g").is_empty() && names("nosuch ").is_empty());
        let found = complete(&server(), "ping\nge", 7);
        assert_eq!(found.replace, Span::new(5, 7));
        let getex = found.items.first().unwrap();
        assert_eq!(getex.detail.as_deref(), Some("key [EX seconds | PERSIST]"));
        assert_eq!(getex.documentation.as_deref(), Some("Gets."));
    }

    #[test]
    fn any_caret_in_any_text_is_answered() {
        for text in ["é\"", "set 'é", "\n\n", "🚀 x"] {
            for caret in 0..text.len() + 3 {
                complete(&server(), text, caret);
                complete(&Known::default(), text, caret);
            }
        }
    }
}
