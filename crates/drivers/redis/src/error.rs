//! What the server and the wire say, in the contract's words.

use driver::{Code, Error, Native, Notice, Severity, Span};

use crate::{
    language::Word,
    wire::{self, Said},
};

/// The name in messages where the product is not known yet.
pub(crate) const PRODUCT: &str = "Redis";

/// The one table of the server's words: the beginning of an error, its code and what to do. The first that fits counts.
/// Tried against Redis 7.0 and Valkey 9.
const TABLE: &[(&str, Code, Option<&str>)] = &[
    ("NOAUTH", Code::Unauthenticated, Some("Give the connection a password.")),
    ("WRONGPASS", Code::Unauthenticated, None),
    ("ERR invalid password", Code::Unauthenticated, None),
    ("ERR AUTH <password> called without any password", Code::Unauthenticated, Some("The server wants no password.")),
    ("ERR Client sent AUTH, but no password is set", Code::Unauthenticated, Some("The server wants no password.")),
    ("NOPERM", Code::Forbidden, Some("ACL GETUSER shows what a user may do, to those who may ask.")),
    (
        "DENIED",
        Code::Forbidden,
        Some("The server is in protected mode: give it a password, or connect from its own computer."),
    ),
    ("READONLY", Code::Forbidden, Some("This is a replica. Connect to its master to write.")),
    ("WRONGTYPE", Code::InvalidStatement, Some("TYPE tells what the key holds.")),
    ("BUSYKEY", Code::AlreadyExists, Some("RESTORE with REPLACE overwrites it.")),
    ("BUSYGROUP", Code::AlreadyExists, None),
    ("NOGROUP", Code::NotFound, None),
    ("NOSCRIPT", Code::NotFound, Some("Load the script with SCRIPT LOAD, or send it whole with EVAL.")),
    ("ERR no such key", Code::NotFound, None),
    ("ERR DB index is out of range", Code::NotFound, Some("CONFIG GET databases tells how many there are.")),
    ("ERR SELECT is not allowed in cluster mode", Code::NotFound, Some("A cluster has database 0 only.")),
    ("ERR invalid DB index", Code::NotFound, None),
    ("ERR Function not found", Code::NotFound, None),
    ("ERR No such user", Code::NotFound, None),
    ("ERR max number of clients reached", Code::Exhausted, Some("Close other connections, or raise maxclients.")),
    ("OOM", Code::Exhausted, Some("The server has reached maxmemory and evicts nothing.")),
    ("MISCONF", Code::Exhausted, Some("The server cannot write its snapshot: look at its disk and its log.")),
    ("NOREPLICAS", Code::Conflict, Some("Too few replicas are connected for a write (min-replicas-to-write).")),
    ("LOADING", Code::Unreachable, Some("The server is loading its data. Try again in a moment.")),
    ("MASTERDOWN", Code::Unreachable, Some("The replica has lost its master.")),
    ("NOMASTERLINK", Code::Unreachable, Some("The replica has lost its master.")),
    ("CLUSTERDOWN", Code::Unreachable, Some("Some of the cluster's slots have no master. CLUSTER INFO tells more.")),
    ("TRYAGAIN", Code::Conflict, Some("The keys' slot is on its way to another node. Try again in a moment.")),
    ("CROSSSLOT", Code::InvalidStatement, Some("All keys of a command must be in one slot: give them a common {tag}.")),
    ("MOVED", Code::Conflict, Some("The key is on another node.")),
    ("ASK", Code::Conflict, Some("The key is on its way to another node.")),
    ("BUSY", Code::Conflict, Some("A script runs. SCRIPT KILL or FUNCTION KILL ends one that has written nothing.")),
    ("UNKILLABLE", Code::Conflict, Some("A script that has written cannot be ended without SHUTDOWN NOSAVE.")),
    ("NOTBUSY", Code::NotFound, None),
    ("EXECABORT", Code::Conflict, Some("A command was refused when it was queued, so that none was run.")),
    ("UNBLOCKED", Code::Cancelled, None),
    ("NOPROTO", Code::Unsupported, None),
    ("UNKNOWN", Code::InvalidStatement, None),
    ("ERR unknown command", Code::InvalidStatement, None),
    ("ERR unknown subcommand", Code::InvalidStatement, None),
    ("ERR wrong number of arguments", Code::InvalidStatement, None),
    ("ERR syntax error", Code::InvalidStatement, None),
    ("ERR value is not", Code::InvalidStatement, None),
];

/// Which part of a command an error is about.
fn place(said: &Said, words: &[Word]) -> Option<Span> {
    let message = said.message.as_str();
    let word = |index: usize| words.get(index).map(|word| Span { start: word.span.start, end: word.span.end });
    if message.starts_with("ERR unknown command") || message.starts_with("ERR wrong number of arguments") {
        // A subcommand is named whole: 'config|get'.
        return match (message.contains('|'), words.get(1)) {
            (true, Some(_)) => word(1),
            _ => word(0),
        };
    }
    if message.starts_with("ERR unknown subcommand") || message.starts_with("ERR Unknown subcommand") {
        return word(1);
    }
    None
}

/// A command's error; `words` are those of the command as typed.
pub(crate) fn refused(said: &Said, words: &[Word]) -> Error {
    let found = TABLE.iter().find(|(begins, ..)| said.message.starts_with(begins));
    let (code, hint) = found.map_or((Code::InvalidStatement, None), |(_, code, hint)| (*code, *hint));
    let mut error = Error::new(code, sentence(said));
    error.hint = hint.map(str::to_owned);
    error.span = place(said, words);
    error.with_native(Native {
        product: PRODUCT.to_owned(),
        code: said.code.clone(),
        message: said.message.clone(),
        severity: Some("ERROR".to_owned()),
        ..Native::default()
    })
}

/// A connection's error.
pub(crate) fn broken(error: wire::Error) -> Error {
    match error {
        wire::Error::Server(said) => refused(&said, &[]),
        wire::Error::Route(hop) => dial::refusal(hop),
        wire::Error::TimedOut(limit) => {
            Error::new(Code::TimedOut, format!("The server did not answer within {} s.", limit.as_secs_f32()))
                .with_hint("Is the server busy, does it want TLS, or is this another program's port?")
        }
        wire::Error::NotRedis => Error::new(Code::Unreachable, "Whoever answered is no Redis or Valkey server.")
            .with_hint("Check host and port, and whether this port wants TLS."),
        wire::Error::ProtocolVersion => Error::new(
            Code::Unsupported,
            "The server wants a newer protocol than RESP3, which is the newest spoken here.",
        ),
        wire::Error::Protocol(_) => {
            Error::new(Code::Unreachable, "The server's answer could not be understood, so the connection was closed.")
                .with_hint("Is there something between us and the server that is no Redis proxy?")
                .with_source(error)
        }
        wire::Error::Io(_) | wire::Error::Closed => Error::lost(PRODUCT).with_source(error),
    }
}

/// A notice of ours about a command.
pub(crate) fn remark(severity: Severity, message: impl Into<String>) -> Notice {
    let label = match severity {
        Severity::Warning => "Warning",
        _ => "Note",
    };
    Notice {
        severity,
        label: label.to_owned(),
        code: None,
        message: message.into(),
        detail: None,
        hint: None,
        context: None,
        span: None,
    }
}

/// The server's words as a sentence: its code stays only where there is nothing else.
fn sentence(said: &Said) -> String {
    let words = if said.code == "ERR" { said.words() } else { said.message.as_str() };
    let mut letters = words.trim().chars();
    let mut text: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "The server gave no reason".to_owned(),
    };
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::words;

    #[test]
    fn each_word_of_the_server_has_one_meaning() {
        for (message, code) in [
            ("WRONGPASS invalid username-password pair or user is disabled.", Code::Unauthenticated),
            ("NOAUTH Authentication required.", Code::Unauthenticated),
            ("NOPERM this user has no permissions to run the 'get' command", Code::Forbidden),
            ("WRONGTYPE Operation against a key holding the wrong kind of value", Code::InvalidStatement),
            ("BUSYKEY Target key name already exists.", Code::AlreadyExists),
            ("BUSY Redis is busy running a script.", Code::Conflict),
            ("NOSCRIPT No matching script. Please use EVAL.", Code::NotFound),
            ("ERR no such key", Code::NotFound),
            ("ERR DB index is out of range", Code::NotFound),
            ("READONLY You can't write against a read only replica.", Code::Forbidden),
            ("OOM command not allowed when used memory > 'maxmemory'.", Code::Exhausted),
            ("LOADING Redis is loading the dataset in memory", Code::Unreachable),
            ("EXECABORT Transaction discarded because of previous errors.", Code::Conflict),
            ("ERR max number of clients reached", Code::Exhausted),
            ("ERR something of a module", Code::InvalidStatement),
            ("words of a script", Code::InvalidStatement),
        ] {
            assert_eq!(refused(&Said::read(message.as_bytes()), &[]).code, code, "{message}");
        }
    }

    #[test]
    fn the_command_or_subcommand_that_is_wrong_is_pointed_at() {
        let of = |line: &str, message: &str| {
            let words = words(line).unwrap_or_default();
            refused(&Said::read(message.as_bytes()), &words).span.map(|span| line[span.start..span.end].to_owned())
        };
        assert_eq!(
            of("nosuch a", "ERR unknown command 'nosuch', with args beginning with: 'a' ").as_deref(),
            Some("nosuch")
        );
        assert_eq!(of("get", "ERR wrong number of arguments for 'get' command").as_deref(), Some("get"));
        assert_eq!(of("config get", "ERR wrong number of arguments for 'config|get' command").as_deref(), Some("get"));
        assert_eq!(of("config x", "ERR unknown subcommand 'x'. Try CONFIG HELP.").as_deref(), Some("x"));
        assert_eq!(of("get a", "WRONGTYPE Operation"), None);
    }
}
