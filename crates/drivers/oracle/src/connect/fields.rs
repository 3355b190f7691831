//! The connect form.

use std::sync::LazyLock;

use dial::tls;
use driver::{Field, FieldKind, Visible, tunnel};

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> =
    LazyLock::new(|| [LOGIN, tls::FIELDS, ENCRYPTION, REST, tunnel::FIELDS].concat());

const LOGIN: &[Field] = &[
    Field { default: Some("localhost"), placeholder: Some("localhost"), ..Field::text("host", "Host", "Server") },
    Field { kind: FieldKind::Number, placeholder: Some("1521"), joined: true, ..Field::text("port", "Port", "Server") },
    Field {
        placeholder: Some("FREEPDB1"),
        help: Some("As the listener knows it, often that of a pluggable database."),
        ..Field::text("service", "Service", "Server")
    },
    Field { help: Some("Of an instance, in place of a service."), ..Field::text("sid", "SID", "Server") },
    Field { placeholder: Some("system"), ..Field::text("user", "User", "Login") },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, you are asked."),
        ..Field::text("password", "Password", "Login")
    },
];

const ENCRYPTION: &[Field] = &[Field {
    placeholder: Some("the host"),
    help: Some("The name the certificate has, where it is not the host's."),
    visible: Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca"] }),
    ..Field::text("tls_name", "Name in certificate", "TLS")
}];

const REST: &[Field] = &[Field {
    kind: FieldKind::Number,
    help: Some("Seconds for each step of connecting."),
    default: Some("10"),
    ..Field::text("connect_timeout", "Connect timeout", "Advanced")
}];
