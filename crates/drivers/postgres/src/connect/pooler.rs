//! Whether somebody shares the server's sessions out: a pooler, which hands out keys of its own.
//!
//! Poolers differ in what they hold on to. One that lends a server session for as long as the client stays keeps every promise
//! a session makes. One that lends it for a transaction keeps none: the next statement may meet another server session, with
//! another's settings, temporary tables and prepared statements. There, settings travel with each statement.

use driver::Error;

use crate::{
    control::query,
    wire::{self, Client},
};

/// How long the second connection of [`tell`] may wait for a server session.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// What stands between us and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// Nothing that could be noticed.
    Direct,
    /// A pooler that keeps a server session for us as long as we stay.
    Session,
    /// A pooler that may give us another server session for each transaction.
    Transaction,
}

impl Pooling {
    /// The fact's value, `None` without a pooler.
    pub(crate) fn fact(self) -> Option<&'static str> {
        match self {
            Pooling::Direct => None,
            Pooling::Session => Some("session"),
            Pooling::Transaction => Some("transaction"),
        }
    }
}

/// Whether a refused login may succeed without settings in its start-up: PgBouncer takes only those it follows.
pub(crate) fn refuses_settings(error: &wire::Error) -> bool {
    matches!(error, wire::Error::Server(report) if report.message.starts_with("unsupported startup parameter"))
}

/// Settings as a statement that gives no rows, so that it can travel in front of another one, in its transaction: they end
/// with it where `local`, otherwise with the session.
pub(crate) fn assignment(settings: &[(String, String)], local: bool) -> Option<String> {
    let literal = |text: &str| sql::dialect::postgres().quote_literal(text);
    let calls: Vec<String> = settings
        .iter()
        .map(|(name, value)| {
            // What follows is in the transaction already, for which its default comes too late.
            let name = if local && name == "default_transaction_read_only" { "transaction_read_only" } else { name };
            format!("pg_catalog.set_config({}, {}, {local}) is null", literal(name), literal(value))
        })
        .collect();
    (!calls.is_empty()).then(|| format!("select 1 where {}", calls.join(" or ")))
}

/// The settings in a text of command-line options (`-c name=value`, `--name=value`), as the server itself reads it. What is
/// no setting is left out.
pub(crate) fn options(text: &str) -> Vec<(String, String)> {
    let mut words = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => words.last_mut().into_iter().for_each(|word| word.extend(characters.next())),
            space if space.is_whitespace() => words.push(String::new()),
            other => words.last_mut().into_iter().for_each(|word| word.push(other)),
        }
    }
    let mut settings = Vec::new();
    let mut follows = false;
    for word in words.iter().filter(|word| !word.is_empty()) {
        let setting = match word.strip_prefix("--").or_else(|| word.strip_prefix("-c")) {
            Some("") => {
                follows = true;
                continue;
            }
            Some(setting) => setting,
            None if follows => word,
            None => continue,
        };
        follows = false;
        if let Some((name, value)) = setting.split_once('=') {
            settings.push((name.replace('-', "_"), value.to_owned()));
        }
    }
    settings
}

/// The server session a connection meets now.
async fn backend(client: &mut Client) -> Result<Option<i64>, Error> {
    let rows = query(client, "select pg_catalog.pg_backend_pid()", &[]).await?;
    Ok(rows.first().and_then(|row| row.int(0)))
}

/// Tells the two kinds of pooler apart, by asking over two connections in turn. A pooler that lends for a transaction gives
/// the second what the first has just given back, or gives one of them another in time; what cannot be told counts as that.
///
/// # Errors
/// Those of a broken first connection.
pub(crate) async fn tell(first: &mut Client, second: &mut Client) -> Result<Pooling, Error> {
    let (mut one, mut two) = (None, None);
    // Not strictly in turn: two server sessions lent in turn would look as if each belonged to one of us.
    for of_second in [false, true, true, false, false, true] {
        let (client, seen) = if of_second { (&mut *second, &mut two) } else { (&mut *first, &mut one) };
        let pid = match tokio::time::timeout(PATIENCE, backend(client)).await {
            Ok(Ok(Some(pid))) => pid,
            Ok(Err(error)) if !of_second => return Err(error),
            Ok(_) | Err(_) => return Ok(Pooling::Transaction),
        };
        if *seen.get_or_insert(pid) != pid {
            return Ok(Pooling::Transaction);
        }
        if one == two {
            return Ok(Pooling::Transaction);
        }
    }
    Ok(Pooling::Session)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(settings: &[(&str, &str)]) -> Vec<(String, String)> {
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn options_are_read_as_the_server_reads_them() {
        for (text, wanted) in [
            ("", vec![]),
            ("-c search_path=a,b -cjit=off", vec![("search_path", "a,b"), ("jit", "off")]),
            ("--statement-timeout=60s  -c work_mem=4MB", vec![("statement_timeout", "60s"), ("work_mem", "4MB")]),
            ("-c DateStyle=ISO,\\ DMY", vec![("DateStyle", "ISO, DMY")]),
            ("-e -c", vec![]),
        ] {
            assert_eq!(options(text), pairs(&wanted), "{text}");
        }
    }

    #[test]
    fn an_assignment_quotes_and_gives_no_rows() {
        assert_eq!(assignment(&[], true), None);
        let text = assignment(&pairs(&[("a", "it's"), ("default_transaction_read_only", "on")]), true);
        let wanted = "select 1 where pg_catalog.set_config('a', 'it''s', true) is null \
                      or pg_catalog.set_config('transaction_read_only', 'on', true) is null";
        assert_eq!(text.as_deref(), Some(wanted));
    }
}
