//! SQLSTATE to [`Code`].

use driver::Code;

use crate::wire::Report;

/// States that differ from their class, then the classes, by prefix: the first match counts.
///
/// # Source
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const CODES: &[(&str, Code)] = &[
    ("08P01", Code::Internal),
    ("08", Code::Unreachable),
    ("0A", Code::Unsupported),
    ("23", Code::ConstraintViolated),
    // A read-only transaction, and what cannot run inside of one.
    ("25006", Code::Forbidden),
    ("25P03", Code::Unreachable),
    ("25P04", Code::TimedOut),
    ("28", Code::Unauthenticated),
    ("3D000", Code::NotFound),
    ("3F000", Code::NotFound),
    ("34000", Code::NotFound),
    ("26000", Code::NotFound),
    ("3B001", Code::NotFound),
    ("40002", Code::ConstraintViolated),
    ("40003", Code::Unreachable),
    ("40", Code::Conflict),
    ("42501", Code::Forbidden),
    ("42P01", Code::NotFound),
    ("42703", Code::NotFound),
    ("42704", Code::NotFound),
    ("42883", Code::NotFound),
    ("42P02", Code::NotFound),
    ("42701", Code::AlreadyExists),
    ("42P03", Code::AlreadyExists),
    ("42P04", Code::AlreadyExists),
    ("42723", Code::AlreadyExists),
    ("42P05", Code::AlreadyExists),
    ("42P06", Code::AlreadyExists),
    ("42P07", Code::AlreadyExists),
    ("42712", Code::InvalidStatement),
    ("42710", Code::AlreadyExists),
    ("44000", Code::ConstraintViolated),
    ("53300", Code::Exhausted),
    ("53", Code::Exhausted),
    ("54", Code::Unsupported),
    ("55006", Code::Conflict),
    ("55P03", Code::Conflict),
    ("55000", Code::InvalidStatement),
    ("57014", Code::Cancelled),
    ("57P05", Code::TimedOut),
    ("57P04", Code::NotFound),
    ("57P", Code::Unreachable),
    ("58P01", Code::NotFound),
    ("58", Code::Internal),
    ("72000", Code::Conflict),
    ("F0", Code::Internal),
    ("XX001", Code::Corrupt),
    ("XX002", Code::Corrupt),
    ("XX", Code::Internal),
];

/// What to do about states whose own message does not say it.
const HINTS: &[(&str, &str)] = &[
    ("28P01", "Check user and password."),
    ("28000", "The server's rules for this user, database, address and kind of connection do not let it in."),
    ("3D000", "Check the name of the database; it is case-sensitive."),
    ("53300", "Close other connections of this login, or ask for a higher limit."),
    ("25P02", "End the failed transaction with ROLLBACK first."),
    ("25006", "This transaction is read-only."),
    ("57P03", "The server is starting, stopping or recovering: try again in a moment."),
    ("55P03", "Somebody else holds a lock on it: try again later."),
    ("40P01", "Two transactions waited for each other: run this one again."),
    ("57P05", "The server ends sessions that are idle for as long as its idle_session_timeout says."),
    (
        "25P03",
        "The server ends open transactions that are idle for as long as its idle_in_transaction_session_timeout says.",
    ),
    ("25P04", "The server ends transactions that take longer than its transaction_timeout."),
    ("57P01", "The server was told to end this session, or is shutting down. Reconnect and run it again."),
    ("40001", "Another transaction changed the same rows: run this one again."),
];

/// What poolers say, whose states (`08P01` for most of it, `XX000`) tell nothing: how it begins, what it means, what to do.
///
/// # Source
/// PgBouncer's `client.c`, `janitor.c` and `objects.c`; Supavisor's `client_handler.ex`.
const POOLERS: &[(&str, Code, &str)] = &[
    (
        "query_wait_timeout",
        Code::Exhausted,
        "All server connections of the pooler were in use, or none could be opened: end what runs, or try again later.",
    ),
    (
        "no more connections allowed",
        Code::Exhausted,
        "The pooler's max_client_conn is reached: close other connections.",
    ),
    ("MaxClientsInSessionMode", Code::Exhausted, "The pooler lends a server session to each client, and has no more."),
    ("max clients reached", Code::Exhausted, "Close other connections of this login, or ask for a larger pool."),
    ("client_login_timeout", Code::TimedOut, "The pooler got no server connection in time."),
    ("client_idle_timeout", Code::Unreachable, "The pooler ends connections that are idle for this long."),
    (
        "server login has been failing",
        Code::Unreachable,
        "The pooler cannot sign in to the server; it tries again soon.",
    ),
    ("server login failed", Code::Unreachable, "The pooler cannot sign in to the server."),
    ("pgbouncer cannot connect to server", Code::Unreachable, "The server behind the pooler does not answer."),
    ("server conn crashed", Code::Unreachable, "The server behind the pooler ended the session."),
    ("server closed the connection", Code::Unreachable, "The server behind the pooler ended the session."),
    (
        "invalid server parameter",
        Code::Unreachable,
        "The server ended its session, or a stop reached it, while the pooler lent it: run it again.",
    ),
    ("connect timeout", Code::Unreachable, "The server behind the pooler does not answer."),
    ("database removed", Code::Unreachable, "The pooler's configuration has changed: reconnect."),
    ("query timeout", Code::TimedOut, "The pooler ends statements that take longer than its query_timeout."),
    (
        "idle transaction timeout",
        Code::Unreachable,
        "The pooler ends open transactions that are idle for as long as its idle_transaction_timeout says.",
    ),
    ("no such database", Code::NotFound, "The pooler does not know this database."),
    ("Tenant or user not found", Code::Unauthenticated, "The pooler wants the user's name as user.project."),
    ("no such user", Code::Unauthenticated, "The pooler does not know this user."),
    ("SASL authentication failed", Code::Unauthenticated, "Check user and password."),
    ("auth failed", Code::Unauthenticated, "Check user and password."),
    ("the database system is shutting down", Code::Unreachable, "Try again in a moment."),
];

fn pooler(report: &Report) -> Option<&'static (&'static str, Code, &'static str)> {
    let vague = matches!(report.code.as_str(), "08P01" | "XX000" | "08006" | "08000" | "58000");
    // A database of the server's that the pooler looked for in vain.
    let missing = report.message.starts_with("database ") && report.message.ends_with(" does not exist");
    let beginning = if missing { "no such database" } else { report.message.as_str() };
    POOLERS.iter().find(|(known, ..)| vague && beginning.starts_with(known))
}

/// What a consumer may branch on.
pub(crate) fn code(report: &Report) -> Code {
    if let Some((_, code, _)) = pooler(report) {
        return *code;
    }
    // A statement_timeout of the server's has the same state as a cancel; only the message, where it is English, tells.
    if report.code == "57014" && report.message.contains("timeout") {
        return Code::TimedOut;
    }
    let state = report.code.as_str();
    CODES.iter().find(|(prefix, _)| state.starts_with(prefix)).map_or(Code::InvalidStatement, |(_, code)| *code)
}

/// What to do about it, where the server does not say.
pub(crate) fn hint(report: &Report) -> Option<&'static str> {
    if let Some((.., hint)) = pooler(report) {
        return Some(hint);
    }
    match (report.code.as_str(), code(report)) {
        ("57014", Code::TimedOut) => {
            Some("The server's statement_timeout for this login: SET statement_timeout = 0 lifts it for this session.")
        }
        ("55P03", _) if report.message.contains("timeout") => Some(
            "Somebody else holds a lock on it, and lock_timeout ended the wait: try again later. Activity shows who.",
        ),
        (state, _) => HINTS.iter().find(|(known, _)| *known == state).map(|(_, hint)| *hint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_is_hidden_by_an_earlier_one() {
        for (index, (state, _)) in CODES.iter().enumerate() {
            let hidden = CODES.iter().take(index).find(|(earlier, _)| state.starts_with(earlier));
            assert_eq!(hidden, None, "{state}");
        }
    }

    #[test]
    fn a_statement_timeout_is_told_from_a_cancel() {
        let report = |message: &str| Report { code: "57014".into(), message: message.into(), ..Report::default() };
        assert_eq!(code(&report("canceling statement due to user request")), Code::Cancelled);
        assert_eq!(code(&report("canceling statement due to statement timeout")), Code::TimedOut);
    }

    /// `08P01` from a server would be a fault of ours; poolers say all they have to say with it.
    #[test]
    fn what_a_pooler_says_is_told_from_a_fault_of_ours() {
        let said = |message: &str| code(&Report { code: "08P01".into(), message: message.into(), ..Report::default() });
        assert_eq!(said("invalid message format"), Code::Internal);
        for lost in ["server conn crashed?", "invalid server parameter", "idle transaction timeout", "connect timeout"]
        {
            assert_eq!(said(lost), Code::Unreachable, "{lost}");
        }
        assert_eq!(said("query timeout"), Code::TimedOut);
        assert_eq!(said("query_wait_timeout"), Code::Exhausted);
    }
}
