//! The connect form.

use std::sync::LazyLock;

use dial::tls;
use driver::{Field, FieldKind, Visible, tunnel};

/// The field of the current database. Not `database`, which means elsewhere that a connection sees one database only: here it
/// sees all of them, and they are the schemas of its catalog.
pub(crate) const DATABASE: &str = "schema";

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| [LOGIN, tls::FIELDS, REST, tunnel::FIELDS].concat());

const LOGIN: &[Field] = &[
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
];

const REST: &[Field] = &[
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
