//! What the server and the wire say, in the contract's words.

mod codes;
mod place;

use driver::{Code, Error, Native, Notice, Severity};

use crate::wire::{self, Report};

/// The name in messages.
pub(crate) const PRODUCT: &str = "SQL Server";

/// The least class of an error.
const ERRORS: u8 = 11;

/// A batch's error. `text` is what was sent, of which the server tells the line.
pub(crate) fn refused(report: &Report, text: &str) -> Error {
    let mut error = Error::new(codes::code(report.number, report.class), sentence(&report.message));
    error.hint = codes::hint(report.number).map(str::to_owned);
    error.span = place::find(report, text);
    error.with_native(native(report))
}

fn native(report: &Report) -> Native {
    let place = place::names(report);
    let within = match report.procedure.as_str() {
        "" => String::new(),
        procedure => format!("procedure {procedure}, "),
    };
    Native {
        product: PRODUCT.to_owned(),
        code: report.number.to_string(),
        message: report.message.clone(),
        severity: Some(format!("level {}, state {}", report.class, report.state)),
        context: Some(format!("{within}line {}", report.line)),
        constraint: place.constraint,
        object: place.object,
        column: place.column,
        ..Native::default()
    }
}

/// A message of the server that ends nothing, or an error after another one.
pub(crate) fn notice(report: &Report) -> Notice {
    let warns = report.message.starts_with("Warning:");
    let severity = match report.class {
        ERRORS.. => Severity::Warning,
        _ if warns => Severity::Warning,
        _ => Severity::Info,
    };
    let label = if report.class >= ERRORS { format!("Msg {}", report.number) } else { "Message".to_owned() };
    Notice {
        severity,
        label,
        code: Some(report.number.to_string()).filter(|_| report.number != 0),
        message: report.message.clone(),
        detail: (report.class > 0).then(|| format!("Level {}, state {}.", report.class, report.state)),
        hint: codes::hint(report.number).map(str::to_owned),
        context: (!report.procedure.is_empty()).then(|| format!("{}, line {}", report.procedure, report.line)),
        span: None,
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
        wire::Error::TlsNotOffered => Error::new(Code::Unreachable, "The server offers no encryption.")
            .with_hint("Give it a certificate, or connect without encryption where the network can be trusted."),
        wire::Error::TlsDemanded => Error::new(Code::Unreachable, "The server demands encryption.")
            .with_hint("Choose another way of encryption for this connection."),
        wire::Error::NotSqlServer => Error::new(Code::Unreachable, "Whoever answered is no SQL Server.").with_hint(
            "Check host and port. A server with strict encryption answers only connections that are strict too.",
        ),
        wire::Error::TooOld => Error::new(Code::Unsupported, "The server is too old.")
            .with_hint("SQL Server 2012 and later are supported."),
        wire::Error::UnsupportedAuthentication(method) => {
            Error::new(Code::Unsupported, format!("The server wants {method} authentication, which is not supported."))
                .with_hint("Ask for a SQL Server login with a password.")
        }
        wire::Error::RoutedInCircles => {
            Error::new(Code::Unreachable, "The server sends every login elsewhere, and so does whoever it is sent to.")
        }
        wire::Error::Protocol(_) => {
            Error::new(Code::Unreachable, "The server's answer could not be understood, so the connection was closed.")
                .with_hint("Is there something between us and the server that is no proxy for it?")
                .with_source(error)
        }
        wire::Error::Io(_) | wire::Error::Closed => Error::lost(PRODUCT).with_source(error),
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
