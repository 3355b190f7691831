//! What the server and the wire say, in the contract's words.

pub(crate) mod codes;
mod place;

use driver::{Code, Error, Native, Notice, Severity};

use crate::wire::{self, Report};

/// The name in messages where the product is not known yet.
pub(crate) const PRODUCT: &str = "MySQL";

/// A statement's error. `text` is what was sent, which the server quotes a part of.
pub(crate) fn refused(report: &Report, text: &str) -> Error {
    let mut error = Error::new(codes::code(report.number, &report.state), sentence(&report.message));
    error.hint = codes::hint(report.number).map(str::to_owned);
    error.span = place::find(report, text);
    error.with_native(native(report))
}

fn native(report: &Report) -> Native {
    let state = if report.state.is_empty() { "HY000" } else { &report.state };
    Native {
        product: PRODUCT.to_owned(),
        code: format!("{} ({state})", report.number),
        message: report.message.clone(),
        severity: Some("ERROR".to_owned()),
        constraint: place::constraint(report),
        object: place::object(report),
        ..Native::default()
    }
}

/// A connection's error.
pub(crate) fn broken(error: wire::Error) -> Error {
    match error {
        wire::Error::Server(report) => refused(&report, ""),
        wire::Error::Route(hop) => dial::refusal(hop),
        wire::Error::TimedOut(limit) => {
            Error::new(Code::TimedOut, format!("The server did not answer within {} s.", limit.as_secs_f32()))
                .with_hint("Is the server busy, or is this another program's port?")
        }
        wire::Error::TlsNotOffered => Error::new(Code::Unreachable, "The server offers no TLS.")
            .with_hint("Switch TLS on at the server, or connect without it where the network can be trusted."),
        wire::Error::NotMySql => {
            Error::new(Code::Unreachable, "Whoever answered is no MySQL server.").with_hint("Check host and port.")
        }
        wire::Error::TooOld => Error::new(Code::Unsupported, "The server is too old.")
            .with_hint("MySQL 5.7 and MariaDB 10.5 and later are supported."),
        wire::Error::UnsupportedAuthentication(method) => {
            Error::new(Code::Unsupported, format!("The server wants {method} authentication, which is not supported."))
                .with_hint("Ask for a user that signs in with a password.")
        }
        wire::Error::PasswordExposed(method) => Error::new(
            Code::Unauthenticated,
            format!("The server wants the password in a way others could read ({method}), so it was not sent."),
        )
        .with_hint("Connect with TLS; verify the certificate where the server wants the password in clear text."),
        wire::Error::Unsendable(why) => {
            Error::new(Code::InvalidStatement, why).with_hint("Send less at once, or raise max_allowed_packet.")
        }
        wire::Error::Protocol(_) => {
            Error::new(Code::Unreachable, "The server's answer could not be understood, so the connection was closed.")
                .with_hint("Is there something between us and the server that is no MySQL proxy?")
                .with_source(error)
        }
        wire::Error::Io(_) | wire::Error::Closed => Error::lost(PRODUCT).with_source(error),
    }
}

/// A row of SHOW WARNINGS.
pub(crate) fn warning(level: &str, number: &str, message: &str) -> Notice {
    let severity = match level {
        "Note" => Severity::Notice,
        _ => Severity::Warning,
    };
    Notice {
        severity,
        label: level.to_owned(),
        code: Some(number.to_owned()),
        message: message.to_owned(),
        detail: None,
        hint: number.parse().ok().and_then(codes::hint).map(str::to_owned),
        context: None,
        span: None,
    }
}

/// What the server says of a statement that went well.
pub(crate) fn information(message: String) -> Notice {
    Notice {
        severity: Severity::Info,
        label: "Info".to_owned(),
        code: None,
        message,
        detail: None,
        hint: None,
        context: None,
        span: None,
    }
}

/// The server's message with a full stop.
fn sentence(message: &str) -> String {
    let mut text = message.trim_end().to_owned();
    if text.is_empty() {
        text.push_str("The server gave no reason");
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}
