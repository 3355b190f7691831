//! The connect form.

use std::sync::LazyLock;

use dial::tls;
use driver::{Field, FieldKind, Visible, tunnel};

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> =
    LazyLock::new(|| [LOGIN, tls::FIELDS, ENCRYPTION, REST, tunnel::FIELDS].concat());

const LOGIN: &[Field] = &[
    Field {
        default: Some("localhost"),
        placeholder: Some("localhost"),
        help: Some("A name or an address. host\\instance and host,port are understood too."),
        ..Field::text("host", "Host", "Server")
    },
    Field { kind: FieldKind::Number, placeholder: Some("1433"), joined: true, ..Field::text("port", "Port", "Server") },
    Field {
        help: Some(
            "A named instance. Without a port, the server's SQL Browser is asked for it (UDP 1434), which no tunnel carries.",
        ),
        ..Field::text("instance", "Instance", "Server")
    },
    Field { help: Some("Left empty, the login's own."), ..Field::text("database", "Database", "Server") },
    Field { placeholder: Some("sa"), ..Field::text("user", "Login", "Login") },
    Field {
        kind: FieldKind::Secret,
        help: Some("Of a SQL Server login. Left empty, you are asked."),
        ..Field::text("password", "Password", "Login")
    },
];

const ENCRYPTED: Option<Visible> = Some(Visible { field: "sslmode", values: &["auto", "verify-full", "verify-ca"] });

const ENCRYPTION: &[Field] = &[
    Field {
        kind: FieldKind::Switch,
        default: Some("false"),
        help: Some("TLS before anything else (TDS 8, SQL Server 2022 and later). Always encrypted and verified."),
        visible: ENCRYPTED,
        ..Field::text("strict", "Strict encryption", "TLS")
    },
    Field {
        placeholder: Some("the host"),
        help: Some("The name the certificate has, where it is not the host's."),
        visible: ENCRYPTED,
        ..Field::text("tls_name", "Name in certificate", "TLS")
    },
];

const REST: &[Field] = &[
    Field {
        kind: FieldKind::Switch,
        default: Some("false"),
        help: Some("ApplicationIntent=ReadOnly: an availability group may answer from a copy."),
        ..Field::text("read_intent", "Only reads are intended", "Advanced")
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
