//! The statements of a migration.

use schema::Engine;
use sql::{Dialect, StatementKind, TokenKind, TransactionKind};

use crate::Script;

/// Why a migration is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The statement, counted from 0.
    pub statement: usize,
    /// What is wrong, as a sentence.
    pub words: String,
    /// What to do about it.
    pub hint: &'static str,
}

/// The language of a product.
pub(crate) fn dialect(engine: Engine) -> &'static Dialect {
    match engine {
        Engine::Postgres => sql::dialect::postgres(),
        Engine::MySql | Engine::MariaDb => sql::dialect::mysql(),
        Engine::Sqlite => sql::dialect::sqlite(),
    }
}

/// The statements of a script, each a text to send. `together` is whether they run in one transaction, which they may then neither begin
/// nor end.
///
/// # Errors
/// [`Unfit`] for a command of a terminal client, for rows that would come from standard input, and for what begins or ends the
/// transaction.
pub fn statements(script: &Script, engine: Engine, together: bool) -> Result<Vec<String>, Unfit> {
    let dialect = dialect(engine);
    let text = script.text.strip_prefix('\u{feff}').unwrap_or(&script.text);
    let mut found = Vec::new();
    for (place, one) in sql::split(text, dialect).iter().enumerate() {
        let own = one.text(text);
        let unfit = |words: String, hint| Err(Unfit { statement: place, words, hint });
        if one.kind == StatementKind::ClientCommand {
            let words =
                format!("“{}”: statement {} is a command of the terminal client, not SQL.", script.file, place + 1);
            return unfit(words, "Take it out of the file.");
        }
        if one.reads_stdin {
            let words = format!("“{}”: statement {} reads rows from standard input.", script.file, place + 1);
            return unfit(words, "Write the rows as INSERT.");
        }
        let ends = sql::classify(own, dialect).effect.transaction.is_some_and(|kind| {
            !matches!(kind, TransactionKind::Savepoint | TransactionKind::Release | TransactionKind::RollbackTo)
        });
        if together && ends {
            let words = format!(
                "“{}”: statement {} begins or ends a transaction, and the migration runs in one as a whole.",
                script.file,
                place + 1
            );
            return unfit(words, "Take it out, or let the file begin with -- no-transaction.");
        }
        found.push(own.to_owned());
    }
    Ok(found)
}

/// What reaches beyond the database it runs in, so that it must not run in one that was made for trying: another database, roles, the
/// server. What functions and DO blocks do inside is not seen. A sentence's middle (`CREATE ROLE reaches beyond the database`).
pub fn reaches_outside(statement: &str, engine: Engine, databases: &[String]) -> Option<String> {
    let dialect = dialect(engine);
    let tokens: Vec<sql::Token> =
        sql::tokenize(statement, dialect).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let word = |place: usize| {
        let token = tokens.get(place).filter(|token| token.kind == TokenKind::Word)?;
        Some(token.span.of(statement).to_ascii_uppercase())
    };
    let first = word(0).unwrap_or_default();
    let second = word(1).unwrap_or_default();
    let shared: &[&str] = match engine {
        Engine::Postgres => &["ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SYSTEM", "SUBSCRIPTION", "LARGE"],
        Engine::MySql | Engine::MariaDb => {
            &["ROLE", "USER", "DATABASE", "SCHEMA", "TABLESPACE", "LOGFILE", "SERVER", "INSTANCE"]
        }
        Engine::Sqlite => &[],
    };
    let changes = matches!(first.as_str(), "CREATE" | "ALTER" | "DROP" | "RENAME");
    // `CREATE USER MAPPING` is of this database alone.
    let mapping = second == "USER" && word(2).as_deref() == Some("MAPPING");
    if changes && shared.contains(&second.as_str()) && !mapping {
        return Some(format!("{first} {second} reaches beyond the database"));
    }
    let alone = match engine {
        Engine::Postgres => matches!((first.as_str(), second.as_str()), ("REASSIGN", _) | ("DROP", "OWNED")),
        Engine::MySql | Engine::MariaDb => match first.as_str() {
            "USE" | "GRANT" | "REVOKE" | "FLUSH" | "INSTALL" | "UNINSTALL" | "RESET" | "CHANGE" | "PURGE"
            | "SHUTDOWN" | "KILL" => true,
            "SET" => tokens.iter().any(|token| {
                let text = token.span.of(statement).to_ascii_uppercase();
                matches!(text.as_str(), "GLOBAL" | "PERSIST" | "PERSIST_ONLY" | "PASSWORD")
                    || text.starts_with("@@GLOBAL")
                    || text.starts_with("@@PERSIST")
            }),
            _ => false,
        },
        Engine::Sqlite => matches!(first.as_str(), "ATTACH" | "DETACH"),
    };
    // A role that is given to another, rather than a right on something.
    let membership = engine == Engine::Postgres
        && matches!(first.as_str(), "GRANT" | "REVOKE")
        && !tokens.iter().any(|token| token.span.of(statement).eq_ignore_ascii_case("ON"));
    if alone || membership {
        let second = if second.is_empty() { String::new() } else { format!(" {second}") };
        return Some(format!("{first}{second} reaches beyond the database"));
    }
    if !matches!(engine, Engine::MySql | Engine::MariaDb) {
        return None;
    }
    let named = tokens.windows(2).find_map(|pair| match pair {
        [name, dot] if dot.kind == TokenKind::Dot && matches!(name.kind, TokenKind::Word | TokenKind::QuotedName) => {
            let text = name.span.of(statement);
            let name = text.trim_matches('`').replace("``", "`");
            databases.iter().find(|database| database.eq_ignore_ascii_case(&name))
        }
        _ => None,
    });
    named.map(|database| format!("it names the database {database}"))
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
