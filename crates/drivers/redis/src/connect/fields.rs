//! The connect form.

use std::sync::LazyLock;

use dial::tls;
use driver::{Choice, Field, FieldKind, Visible, tunnel};

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| [LOGIN, tls::FIELDS, REST, tunnel::FIELDS].concat());

const MODES: &[Choice] = &[
    Choice { value: "standalone", label: "One server", help: None },
    Choice {
        value: "sentinel",
        label: "Sentinel",
        help: Some("Host and port are those of a Sentinel, which is asked for the master."),
    },
    Choice {
        value: "cluster",
        label: "Cluster",
        help: Some("Host and port are those of any node; the others are found by it."),
    },
];

const LOGIN: &[Field] = &[
    Field {
        kind: FieldKind::Choice { choices: MODES },
        default: Some("standalone"),
        ..Field::text("mode", "Kind", "Server")
    },
    Field {
        default: Some("localhost"),
        placeholder: Some("localhost"),
        help: Some("A name, an address, or the path of a Unix socket."),
        ..Field::text("host", "Host", "Server")
    },
    Field { kind: FieldKind::Number, placeholder: Some("6379"), joined: true, ..Field::text("port", "Port", "Server") },
    Field {
        placeholder: Some("10.0.0.2:6379, 10.0.0.3:6379"),
        help: Some("Tried when the first does not answer."),
        visible: Some(Visible { field: "mode", values: &["sentinel", "cluster"] }),
        ..Field::text("hosts", "Further nodes", "Server")
    },
    Field {
        placeholder: Some("mymaster"),
        help: Some("The name the Sentinels have for the master."),
        visible: Some(Visible { field: "mode", values: &["sentinel"] }),
        ..Field::text("sentinel_master", "Master's name", "Server")
    },
    Field {
        kind: FieldKind::Number,
        default: Some("0"),
        help: Some("The number of the database. A cluster has 0 only."),
        visible: Some(Visible { field: "mode", values: &["standalone", "sentinel"] }),
        ..Field::text("database", "Database", "Server")
    },
    Field { placeholder: Some("default"), ..Field::text("user", "User", "Login") },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, you are asked if the server wants one."),
        ..Field::text("password", "Password", "Login")
    },
];

const REST: &[Field] = &[
    Field {
        default: Some(":"),
        help: Some("What stands between the parts of a key's name; the tree of keys follows it."),
        ..Field::text("separator", "Separator of names", "Advanced")
    },
    Field {
        placeholder: Some("rowhouse"),
        help: Some("How this connection names itself to the server (CLIENT SETNAME)."),
        ..Field::text("application_name", "Application name", "Advanced")
    },
    Field {
        kind: FieldKind::Number,
        help: Some("Seconds for each step of connecting."),
        default: Some("10"),
        ..Field::text("connect_timeout", "Connect timeout", "Advanced")
    },
];
