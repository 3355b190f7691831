//! The connect form.

use std::sync::LazyLock;

use driver::{Choice, Field, FieldKind, Visible, tunnel};

pub(crate) const TLS_MODES: &[Choice] = &[
    Choice {
        value: "auto",
        label: "Automatic",
        help: Some("Verifies certificate and name, but on this computer it encrypts only if the server can."),
    },
    Choice {
        value: "verify-full",
        label: "Verify certificate and name",
        help: Some(
            "The server's certificate must be signed by a trusted authority and name this host: nobody in between can read or pretend.",
        ),
    },
    Choice {
        value: "verify-ca",
        label: "Verify certificate only",
        help: Some("The certificate must be signed by a trusted authority, but may name another host."),
    },
    Choice {
        value: "require",
        label: "Encrypt without verifying",
        help: Some("Nobody can listen, but nothing proves that the server is the one you mean."),
    },
    Choice {
        value: "prefer",
        label: "Encrypt if the server can",
        help: Some("Encrypted only if the server offers it; somebody in between can prevent it."),
    },
    Choice {
        value: "disable",
        label: "No encryption",
        help: Some("Everything goes over the network unencrypted: anybody on the way can read it."),
    },
];

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

const ENCRYPTED: Option<Visible> =
    Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca", "require", "prefer"] });

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| [OWN, tunnel::FIELDS].concat());

const OWN: &[Field] = &[
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
    Field {
        kind: FieldKind::Choice { choices: TLS_MODES },
        default: Some("auto"),
        ..Field::text("sslmode", "Encryption", "TLS")
    },
    Field {
        kind: FieldKind::File,
        placeholder: Some("this computer's own"),
        help: Some("PEM file of the authorities to trust."),
        visible: Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca"] }),
        ..Field::text("sslrootcert", "CA certificate", "TLS")
    },
    Field { kind: FieldKind::File, visible: ENCRYPTED, ..Field::text("sslcert", "Client certificate", "TLS") },
    Field {
        kind: FieldKind::File,
        help: Some("PEM file; with a passphrase it must be PKCS#8."),
        visible: ENCRYPTED,
        ..Field::text("sslkey", "Client key", "TLS")
    },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, you are asked if the client key has one."),
        visible: ENCRYPTED,
        ..Field::text(super::KEY_PASSPHRASE, "Key passphrase", "TLS")
    },
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
