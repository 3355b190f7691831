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

/// The field of the current database. Not `database`, which means elsewhere that a connection sees one database only: here it
/// sees all of them, and they are the schemas of its catalog.
pub(crate) const DATABASE: &str = "schema";

const ENCRYPTED: Option<Visible> =
    Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca", "require", "prefer"] });

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| [OWN, tunnel::FIELDS].concat());

const OWN: &[Field] = &[
    Field {
        default: Some("localhost"),
        placeholder: Some("localhost"),
        help: Some("A name, an address, or the path of a Unix socket."),
        ..Field::text("host", "Host", "Server")
    },
    Field { kind: FieldKind::Number, default: Some("3306"), joined: true, ..Field::text("port", "Port", "Server") },
    Field {
        help: Some("The current database of each session. Left empty, statements name theirs."),
        ..Field::text(DATABASE, "Database", "Server")
    },
    Field { placeholder: Some("root"), ..Field::text("user", "User", "Login") },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, ~/.my.cnf is read, and you are asked if the server wants one."),
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
        kind: FieldKind::Switch,
        default: Some("false"),
        help: Some(
            "Without encryption, believe the key the server shows for the password. An attacker on the way can show one too.",
        ),
        visible: Some(Visible { field: "sslmode", values: &["prefer", "disable"] }),
        ..Field::text("believe_key", "Believe the server's key", "TLS")
    },
    Field {
        placeholder: Some("rowhouse"),
        help: Some("How this connection names itself to the server (program_name)."),
        ..Field::text("application_name", "Application name", "Advanced")
    },
    Field {
        kind: FieldKind::Number,
        help: Some("Seconds for each step of connecting."),
        default: Some("10"),
        ..Field::text("connect_timeout", "Connect timeout", "Advanced")
    },
];
