//! The connect form.

use std::sync::LazyLock;

use dial::tls;
use driver::{Choice, Field, FieldKind, tunnel};

pub(crate) const CHANNEL_BINDINGS: &[Choice] = &[
    Choice {
        value: "prefer",
        label: "If the server offers it",
        help: Some("Binds the login to the encryption where it can. A server or pooler that cannot is accepted."),
    },
    Choice {
        value: "require",
        label: "Required",
        help: Some(
            "Connects only if the server proves, bound to this very encryption, that it knows the password: nobody in between can pass it on. Needs TLS and a SCRAM password.",
        ),
    },
    Choice {
        value: "disable",
        label: "Never",
        help: Some("For proxies that end the encryption and pass on what the server offers."),
    },
];

pub(crate) const TLS_NEGOTIATIONS: &[Choice] = &[
    Choice {
        value: "postgres",
        label: "Ask the server first",
        help: Some("Every server understands it. The question whether there is TLS goes unencrypted."),
    },
    Choice {
        value: "direct",
        label: "Encrypt from the first byte",
        help: Some(
            "PostgreSQL 17 and later. Saves a round trip and lets proxies route by name; needs an encryption that is not optional.",
        ),
    },
];

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| [LOGIN, tls::FIELDS, REST, tunnel::FIELDS].concat());

const LOGIN: &[Field] = &[
    Field {
        default: Some("localhost"),
        placeholder: Some("localhost"),
        help: Some("A name, an address, or the folder of a Unix socket."),
        ..Field::text("host", "Host", "Server")
    },
    Field { kind: FieldKind::Number, default: Some("5432"), joined: true, ..Field::text("port", "Port", "Server") },
    Field {
        placeholder: Some("the user's name"),
        help: Some("The first database to open; others are listed."),
        ..Field::text("database", "Database", "Server")
    },
    Field { placeholder: Some("postgres"), ..Field::text("user", "User", "Login") },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, ~/.pgpass is read, and you are asked if the server wants one."),
        ..Field::text("password", "Password", "Login")
    },
];

const REST: &[Field] = &[
    Field {
        kind: FieldKind::Choice { choices: CHANNEL_BINDINGS },
        help: Some("Whether the login must be bound to the encryption (SCRAM-SHA-256-PLUS)."),
        default: Some("prefer"),
        ..Field::text("channel_binding", "Channel binding", "Advanced")
    },
    Field {
        kind: FieldKind::Choice { choices: TLS_NEGOTIATIONS },
        help: Some("How the encryption begins."),
        default: Some("postgres"),
        ..Field::text("sslnegotiation", "TLS negotiation", "Advanced")
    },
    Field {
        placeholder: Some("rowhouse"),
        help: Some("How this connection names itself to the server."),
        ..Field::text("application_name", "Application name", "Advanced")
    },
    Field {
        placeholder: Some("-c statement_timeout=60s"),
        help: Some("Settings to start each session with."),
        ..Field::text("options", "Options", "Advanced")
    },
    Field {
        kind: FieldKind::Number,
        help: Some("Seconds for each step of connecting."),
        default: Some("10"),
        ..Field::text("connect_timeout", "Connect timeout", "Advanced")
    },
];
