//! What the server and the wire say, in the contract's words.

pub(crate) mod codes;

use driver::{Code, Error, Native};

use crate::wire::{self, Report};

/// The name in messages where the product is not known yet.
pub(crate) const PRODUCT: &str = "MongoDB";

/// A command's error.
pub(crate) fn refused(report: &Report) -> Error {
    let mut error = Error::new(codes::code(report), sentence(&report.message));
    error.hint = codes::hint(report.code).map(str::to_owned);
    error.with_native(native(report))
}

fn native(report: &Report) -> Native {
    let code = match (report.code, report.name.is_empty()) {
        (0, true) => "unknown".to_owned(),
        (number, true) => number.to_string(),
        (number, false) => format!("{number} ({})", report.name),
    };
    let detail = report.info.as_ref().map(|info| {
        driver::DocumentForm::text(
            &crate::documents::BsonForm,
            driver::documents::DOCUMENT,
            info,
            driver::documents::TextStyle::Relaxed,
            true,
        )
    });
    Native {
        product: PRODUCT.to_owned(),
        code,
        message: if report.message.is_empty() { "(nothing)".to_owned() } else { report.message.clone() },
        severity: Some("ERROR".to_owned()),
        detail,
        constraint: constraint(report),
        object: after(&report.message, "collection: "),
        ..Native::default()
    }
}

/// The index that refused, as the message of a duplicate key names it.
fn constraint(report: &Report) -> Option<String> {
    matches!(report.code, 11_000 | 11_001).then(|| after(&report.message, "index: ")).flatten()
}

fn after(message: &str, word: &str) -> Option<String> {
    let rest = message.split_once(word)?.1;
    rest.split([' ', ',']).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// A connection's error.
pub(crate) fn broken(error: wire::Error) -> Error {
    match error {
        wire::Error::Server(report) => refused(&report),
        wire::Error::Route(hop) => dial::refusal(hop),
        wire::Error::TimedOut(limit) => {
            Error::new(Code::TimedOut, format!("The server did not answer within {} s.", limit.as_secs_f32()))
                .with_hint("Is the server busy, or is this another program's port?")
        }
        wire::Error::NotMongoDb => {
            Error::new(Code::Unreachable, "Whoever answered is no MongoDB server.").with_hint("Check host and port.")
        }
        wire::Error::TooOld => {
            Error::new(Code::Unsupported, "The server is too old.").with_hint("MongoDB 3.6 and later are supported.")
        }
        wire::Error::TooNew => {
            Error::new(Code::Unsupported, "The server wants a newer protocol than this program speaks.")
                .with_hint("Servers up to MongoDB 8.2 are known. A newer version of this program may know it.")
        }
        wire::Error::UnsupportedMechanism(name) => {
            Error::new(Code::Unsupported, format!("Signing in by {name} is not supported."))
                .with_hint("SCRAM-SHA-256, SCRAM-SHA-1, MONGODB-X509 and PLAIN are.")
        }
        wire::Error::PasswordExposed => Error::new(
            Code::Unauthenticated,
            "PLAIN sends the password as it is, and nothing proves who the server is, so it was not sent.",
        )
        .with_hint("Connect with TLS that verifies the certificate."),
        wire::Error::UnusablePassword => {
            Error::new(Code::Unauthenticated, "The password has signs that SCRAM-SHA-256 does not allow.")
        }
        wire::Error::ServerNotProven => {
            Error::new(Code::Unauthenticated, "The server let us in but could not prove that it knows the password.")
                .with_hint("Somebody may pretend to be the server.")
        }
        wire::Error::TooLong => {
            Error::new(Code::InvalidStatement, "The command is longer than a server takes (48 MB).")
        }
        wire::Error::Protocol(_) => {
            Error::new(Code::Unreachable, "The server's answer could not be understood, so the connection was closed.")
                .with_hint("Is there something between us and the server that is no MongoDB proxy?")
                .with_source(error)
        }
        wire::Error::Io(_) | wire::Error::Closed => Error::lost(PRODUCT).with_source(error),
    }
}

/// The server's message with a full stop.
pub(crate) fn sentence(message: &str) -> String {
    let mut text = message.trim_end().to_owned();
    if text.is_empty() {
        text.push_str("The server gave no reason");
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}
