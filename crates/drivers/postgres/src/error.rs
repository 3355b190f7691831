//! What the server and the wire say, in the contract's words.

pub(crate) mod sqlstate;

use driver::{Code, Error, Native, Notice, Severity, Span};

use crate::wire::{self, Report, Unbound};

/// The name in messages and in [`Native::product`].
pub(crate) const PRODUCT: &str = "PostgreSQL";

/// A statement's error. `text` is what was sent: the server counts its position in characters of it.
pub(crate) fn refused(report: &Report, text: &str) -> Error {
    let mut error = Error::new(sqlstate::code(report), sentence(&report.message)).with_native(native(report));
    error.hint = report.hint.clone().or_else(|| sqlstate::hint(report).map(str::to_owned));
    error.span = report.position.and_then(|position| span(text, position));
    error
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
        wire::Error::PasswordWanted => Error::new(Code::Unauthenticated, "The server wants a password.")
            .with_hint("Give a password for this login."),
        wire::Error::TlsNotOffered => Error::new(Code::Unreachable, "The server offers no TLS.")
            .with_hint("Switch TLS on at the server, or connect without it where the network can be trusted."),
        wire::Error::DirectTlsRefused(hop) => {
            let error = Error::new(Code::Unreachable, "The server does not take TLS from the first byte.").with_hint(
                "PostgreSQL 17 and later do, with TLS switched on; poolers and proxies may not. \
                 Set the TLS negotiation to ask the server first (sslnegotiation=postgres).",
            );
            match hop {
                Some(hop) => error.with_source(hop),
                None => error,
            }
        }
        wire::Error::Unbound(why) => Error::new(Code::Unauthenticated, unbound(why)).with_hint(match why {
            Unbound::NotEncrypted => {
                "Set the encryption to verify-full, verify-ca or require, or the channel binding to prefer."
            }
            Unbound::Method(_) => {
                "Have the server ask for scram-sha-256 (pg_hba.conf), with a password set under \
                     password_encryption = 'scram-sha-256', or set the channel binding to prefer."
            }
            Unbound::NotOffered => {
                "Somebody in between may have ended the encryption: a proxy, or an impostor. If a pooler is meant to \
                     be there, set the channel binding to prefer."
            }
            Unbound::Certificate => {
                "Give the server an RSA or ECDSA certificate, or set the channel binding to prefer."
            }
        }),
        wire::Error::NotPostgres => {
            Error::new(Code::Unreachable, "Whoever answered is no PostgreSQL server.").with_hint("Check host and port.")
        }
        wire::Error::Unproven(_) => {
            Error::new(Code::Unauthenticated, "The server did not prove that it knows the password.")
                .with_hint("It may be an impostor. The connection was given up; the password was not sent.")
                .with_source(error)
        }
        wire::Error::UnsupportedAuthentication(method) => {
            Error::new(Code::Unsupported, format!("The server wants {method} authentication, which is not supported."))
                .with_hint("Ask for a login with a password or a client certificate.")
        }
        wire::Error::Unsendable(why) => Error::new(Code::InvalidStatement, why),
        wire::Error::Protocol(_) => {
            Error::new(Code::Unreachable, "The server's answer could not be understood, so the connection was closed.")
                .with_hint("Is there something between us and the server that is no PostgreSQL proxy?")
                .with_source(error)
        }
        wire::Error::Io(_) | wire::Error::Closed => Error::lost(PRODUCT).with_source(error),
    }
}

fn unbound(why: Unbound) -> String {
    let what = match why {
        Unbound::NotEncrypted => "this connection is not encrypted".to_owned(),
        Unbound::Method("trust") => "the server lets this login in without a password".to_owned(),
        Unbound::Method(method) => format!("the server asks for a {method} login, which has none"),
        Unbound::NotOffered => "the server does not offer it".to_owned(),
        Unbound::Certificate => "the server's certificate (Ed25519) leaves nothing to bind to".to_owned(),
    };
    format!("Channel binding is required, but {what}. No password was sent.")
}

/// A notice. `text` as for [`refused`].
pub(crate) fn notice(report: &Report, text: &str) -> Notice {
    let severity = match report.plain_severity() {
        "WARNING" | "ERROR" | "FATAL" | "PANIC" => Severity::Warning,
        "NOTICE" => Severity::Notice,
        "DEBUG" | "DEBUG1" | "DEBUG2" | "DEBUG3" | "DEBUG4" | "DEBUG5" => Severity::Debug,
        _ => Severity::Info,
    };
    Notice {
        severity,
        label: report.severity.clone(),
        code: Some(report.code.clone()).filter(|code| code != "00000" && !code.is_empty()),
        message: report.message.clone(),
        detail: report.detail.clone(),
        hint: report.hint.clone(),
        context: report.context.clone(),
        span: report.position.and_then(|position| span(text, position)),
    }
}

fn native(report: &Report) -> Native {
    let object = [&report.schema, &report.table, &report.column.as_ref().or(report.data_type.as_ref()).cloned()];
    let object: Vec<&str> = object.into_iter().flatten().map(String::as_str).collect();
    Native {
        product: PRODUCT.to_owned(),
        code: report.code.clone(),
        message: report.message.clone(),
        severity: Some(report.plain_severity().to_owned()),
        detail: report.detail.clone(),
        context: report.context.clone(),
        constraint: report.constraint.clone(),
        object: (!object.is_empty()).then(|| object.join(".")),
        schema: report.schema.clone(),
        table: report.table.clone(),
        column: report.column.clone(),
        data_type: report.data_type.clone(),
        routine: report.routine.clone(),
        internal: report.internal_query.as_ref().map(|query| match report.internal_position {
            Some(position) => format!("{query} (at character {position})"),
            None => query.clone(),
        }),
    }
}

/// PostgreSQL writes messages without a capital or a full stop; the sentence is left as it is but for that.
fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let mut text = match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect::<String>(),
        None => "The server gave no reason".to_owned(),
    };
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// The bytes of the word, quoted name or sign at this character (from 1) of the text.
fn span(text: &str, position: u32) -> Option<Span> {
    let index = usize::try_from(position).ok()?.checked_sub(1)?;
    // One past the last character is where an unfinished statement fails.
    let start = match text.char_indices().nth(index) {
        Some((start, _)) => start,
        None if text.chars().count() == index => text.len(),
        None => return None,
    };
    let rest = text.get(start..)?;
    let mut characters = rest.char_indices();
    let length = match characters.next() {
        None => 0,
        Some((_, quote @ ('"' | '\''))) => {
            characters.find(|(_, character)| *character == quote).map_or(1, |(at, _)| at + 1)
        }
        Some((_, first)) if first.is_alphanumeric() || first == '_' => rest
            .char_indices()
            .find(|(_, character)| !(character.is_alphanumeric() || matches!(character, '_' | '$')))
            .map_or(rest.len(), |(end, _)| end),
        Some((_, first)) => first.len_utf8(),
    };
    Some(Span { start, end: start + length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_in_characters_become_bytes() {
        let text = "select 'é🚀', nope from t";
        assert_eq!(span(text, 14), Some(Span { start: 17, end: 21 }));
        assert_eq!(text.get(17..21), Some("nope"));
        assert_eq!(span("selec", 1), Some(Span { start: 0, end: 5 }));
        assert_eq!(span("select", 7), Some(Span { start: 6, end: 6 }), "at the end of input");
        assert_eq!(span("select", 8), None);
        assert_eq!(span("select", 0), None);
        assert_eq!(span("a \"we ird\" b", 3), Some(Span { start: 2, end: 10 }));
        assert_eq!(span("a \"open", 3), Some(Span { start: 2, end: 3 }));
        assert_eq!(span("a = b", 3), Some(Span { start: 2, end: 3 }));
    }

    #[test]
    fn an_error_keeps_what_the_server_said() {
        let report = Report {
            severity: "FEHLER".into(),
            severity_plain: Some("ERROR".into()),
            code: "23505".into(),
            message: "doppelter Schlüssel".into(),
            detail: Some("(id)=(1)".into()),
            schema: Some("public".into()),
            table: Some("t".into()),
            constraint: Some("t_pkey".into()),
            internal_query: Some("select 1".into()),
            internal_position: Some(8),
            ..Report::default()
        };
        let error = refused(&report, "insert");
        assert_eq!(error.code, Code::ConstraintViolated);
        assert_eq!(error.message, "Doppelter Schlüssel.");
        let native = error.native.unwrap_or_default();
        assert_eq!(native.message, "doppelter Schlüssel");
        assert_eq!(native.object.as_deref(), Some("public.t"));
        assert_eq!(native.constraint.as_deref(), Some("t_pkey"));
        assert_eq!(native.internal.as_deref(), Some("select 1 (at character 8)"));
    }
}
