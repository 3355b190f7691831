//! What a command would do.

use sql::{Class, Classification, Destroys, Destruction, Effect, QualifiedName, RefusalReason, Span, TransactionKind};

use super::{
    probe::{Known, Spec},
    table::{CONTAINERS, READS, SESSION, TELLS},
    words::{Word, read},
};

/// Most keys that are named as targets.
const TARGETS: usize = 10;

/// The command's name as lists have it, in upper case, with its subcommand.
pub(super) fn name(known: &Known, words: &[Word]) -> String {
    let upper = |word: &Word| String::from_utf8_lossy(&word.bytes).to_ascii_uppercase();
    let Some(first) = words.first() else { return String::new() };
    let first_name = upper(first);
    let has = known.command(&first.bytes).is_some_and(|spec| !spec.subcommands.is_empty());
    match words.get(1) {
        Some(second) if has || CONTAINERS.contains(&first_name.as_str()) => format!("{first_name} {}", upper(second)),
        _ => first_name,
    }
}

/// Whether a guard refuses a class, and why.
pub(super) fn refusal(class: Class) -> Option<RefusalReason> {
    match class {
        Class::Read | Class::Session | Class::Transaction => None,
        Class::Write => Some(RefusalReason::Writes),
        Class::Ddl => Some(RefusalReason::ChangesCatalog),
        Class::Unknown => Some(RefusalReason::Unknown),
    }
}

pub(super) fn classify(known: &Known, command: &str) -> Classification {
    let line = command.trim_end();
    let (words, problem) = read(line);
    let name = name(known, &words);
    let mut effect = Effect { command: name.clone(), ..Effect::default() };
    let class = match problem {
        Some(_) => Class::Unknown,
        None if words.is_empty() => Class::Read,
        None => class(known, &words, &name, &mut effect),
    };
    if class.is_write() {
        effect.targets = targets(known, &words);
        effect.destroys = destroys(&name, &words);
    }
    Classification { class, effect }
}

fn class(known: &Known, words: &[Word], name: &str, effect: &mut Effect) -> Class {
    let transaction = match name {
        "MULTI" => Some(Some(TransactionKind::Begin)),
        "EXEC" => Some(Some(TransactionKind::Commit)),
        "DISCARD" => Some(Some(TransactionKind::Rollback)),
        // They watch over one that may come.
        "WATCH" | "UNWATCH" => Some(None),
        _ => None,
    };
    let Some(spec) = find(known, words) else {
        // Either no server was asked, or this one has no such command.
        return match (known.probed, transaction) {
            (true, _) => Class::Unknown,
            (false, Some(kind)) => {
                effect.transaction = kind;
                Class::Transaction
            }
            (false, None) if READS.contains(&name) || TELLS.contains(&name) => Class::Read,
            (false, None) if SESSION.contains(&name) => Class::Session,
            (false, None) => Class::Unknown,
        };
    };
    // What the server says of a name comes first: somebody may have given a command another's.
    if spec.write {
        return Class::Write;
    }
    if let Some(kind) = transaction {
        effect.transaction = kind;
        return Class::Transaction;
    }
    if spec.readonly || TELLS.contains(&name) {
        return Class::Read;
    }
    if SESSION.contains(&name) {
        return Class::Session;
    }
    let first = words.first().map(|word| String::from_utf8_lossy(&word.bytes).to_ascii_uppercase()).unwrap_or_default();
    if words.get(1).is_some_and(|word| word.is("HELP")) && CONTAINERS.contains(&first.as_str()) {
        return Class::Read;
    }
    // Scripts and functions do what they say, and a module's command what its writer wanted.
    match first.as_str() {
        "EVAL" | "EVALSHA" | "FCALL" => Class::Unknown,
        _ if first.contains('.') => Class::Unknown,
        _ => Class::Write,
    }
}

/// What the server told of a command, or of its subcommand.
fn find<'a>(known: &'a Known, words: &[Word]) -> Option<&'a Spec> {
    let command = known.command(&words.first()?.bytes)?;
    if command.subcommands.is_empty() {
        return Some(command);
    }
    match words.get(1) {
        // `COMMAND` is one by itself, too.
        None => Some(command),
        Some(second) => command.subcommands.get(&String::from_utf8_lossy(&second.bytes).to_ascii_lowercase()),
    }
}

/// The keys that a command names where they do not move.
fn targets(known: &Known, words: &[Word]) -> Vec<QualifiedName> {
    let Some(spec) = find(known, words) else { return Vec::new() };
    let (Ok(first), Ok(step)) = (usize::try_from(spec.first_key), usize::try_from(spec.key_step)) else {
        return Vec::new();
    };
    if first == 0 || step == 0 {
        return Vec::new();
    }
    let last = match usize::try_from(spec.last_key) {
        Ok(last) => last,
        Err(_) => words.len().saturating_sub(usize::try_from(spec.last_key.unsigned_abs()).unwrap_or(1)),
    };
    let named = words.iter().enumerate().skip(first).step_by(step).take_while(|(place, _)| *place <= last);
    let target =
        |word: &Word| QualifiedName { parts: vec![String::from_utf8_lossy(&word.bytes).into_owned()], span: word.span };
    named.take(TARGETS).map(|(_, word)| target(word)).collect()
}

fn destroys(name: &str, words: &[Word]) -> Vec<Destroys> {
    let kind = match name {
        "FLUSHALL" => "SERVER",
        "FLUSHDB" => "DATABASE",
        _ => return Vec::new(),
    };
    let span = words.first().map_or(Span::default(), |word| word.span);
    vec![Destroys { how: Destruction::Empty, kind: kind.to_owned(), names: Vec::new(), of: None, span }]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;

    fn spec(write: bool, readonly: bool) -> Spec {
        Spec { write, readonly, first_key: 1, last_key: 1, key_step: 1, ..Spec::default() }
    }

    /// A server that has renamed a command or two.
    fn server() -> Known {
        let mut commands = BTreeMap::new();
        commands.insert("get".to_owned(), spec(false, true));
        commands.insert("ping".to_owned(), spec(true, false));
        commands.insert("del".to_owned(), Spec { last_key: -1, ..spec(true, false) });
        commands.insert("flushall".to_owned(), Spec { first_key: 0, ..spec(true, false) });
        commands.insert("eval".to_owned(), Spec::default());
        commands.insert("publish".to_owned(), Spec::default());
        commands.insert("select".to_owned(), Spec::default());
        commands.insert("multi".to_owned(), Spec::default());
        commands.insert("ft.alter".to_owned(), Spec::default());
        let subs = ["get", "set", "help"].map(|name| (name.to_owned(), Spec::default()));
        commands.insert("config".to_owned(), Spec { subcommands: subs.into(), ..Spec::default() });
        Known { probed: true, commands }
    }

    #[test]
    fn the_servers_own_flags_decide() {
        for (text, wanted) in [
            ("get a", Class::Read),
            ("GET a", Class::Read),
            // It bears a harmless name and writes.
            ("PING", Class::Write),
            ("DEL a", Class::Write),
            ("nosuch", Class::Unknown),
            // Well known, but not to this server.
            ("TTL a", Class::Unknown),
            ("EVAL x 0", Class::Unknown),
            ("FT.ALTER i", Class::Unknown),
            ("PUBLISH c m", Class::Write),
            ("CONFIG GET x", Class::Read),
            ("config help", Class::Read),
            ("CONFIG SET a b", Class::Write),
            ("CONFIG NOSUCH", Class::Unknown),
            ("CONFIG", Class::Write),
            ("SELECT 1", Class::Session),
            ("MULTI", Class::Transaction),
            ("GET \"a", Class::Unknown),
            ("", Class::Read),
        ] {
            assert_eq!(classify(&server(), text).class, wanted, "{text}");
        }
    }

    #[test]
    fn what_is_emptied_and_what_is_written_is_named() {
        let all = classify(&server(), "flushall async");
        assert_eq!((all.effect.command.as_str(), all.effect.destroys[0].kind.as_str()), ("FLUSHALL", "SERVER"));
        let del = classify(&server(), "DEL a 'b c'");
        let names: Vec<_> = del.effect.targets.iter().map(QualifiedName::name).collect();
        assert_eq!((names, del.effect.targets[1].span), (vec!["a", "b c"], Span::new(6, 11)));
        assert_eq!(classify(&server(), "config set a b").effect.command, "CONFIG SET");
        assert_eq!(classify(&server(), "multi").effect.transaction, Some(TransactionKind::Begin));
    }
}
