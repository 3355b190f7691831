//! The connect form.

use std::sync::LazyLock;

use dial::tls;
use driver::{Choice, Field, FieldKind, Visible, tunnel};

/// The field of the current database. Not `database`, which means elsewhere that a connection sees one database only: here it
/// sees all of them, and they are the schemas of its catalog.
pub(crate) const DATABASE: &str = "schema";

/// The fields, in order.
pub(crate) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| [LOGIN, tls::FIELDS, REST, tunnel::FIELDS].concat());

pub(super) const MECHANISMS: &[Choice] = &[
    Choice { value: "auto", label: "Automatic", help: Some("The best way that the server offers this user.") },
    Choice { value: "SCRAM-SHA-256", label: "SCRAM-SHA-256", help: None },
    Choice { value: "SCRAM-SHA-1", label: "SCRAM-SHA-1", help: None },
    Choice {
        value: "MONGODB-X509",
        label: "Client certificate (X.509)",
        help: Some("Signs in with the client certificate of the TLS section; user and password stay empty."),
    },
    Choice {
        value: "PLAIN",
        label: "Directory (PLAIN)",
        help: Some(
            "For LDAP. The password goes to the server as it is, so only over TLS that verifies the certificate.",
        ),
    },
];

pub(super) const PREFERENCES: &[Choice] = &[
    Choice { value: "primary", label: "Primary", help: Some("The member that takes writes.") },
    Choice {
        value: "primaryPreferred",
        label: "Primary, or a secondary",
        help: Some("A secondary where there is no primary: it can only be read from."),
    },
    Choice { value: "secondary", label: "Secondary", help: Some("Only reading; what is read may be a little behind.") },
    Choice {
        value: "secondaryPreferred",
        label: "Secondary, or the primary",
        help: Some("Reading from a secondary where there is one; then nothing can be written."),
    },
    Choice { value: "nearest", label: "Whichever answers first", help: Some("What is read may be a little behind.") },
];

const WITH_PASSWORD: Option<Visible> =
    Some(Visible { field: "mechanism", values: &["auto", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] });

const LOGIN: &[Field] = &[
    Field {
        default: Some("localhost"),
        placeholder: Some("localhost:27017"),
        help: Some("One address, or those of several members with commas between; or the path of a Unix socket."),
        ..Field::text("hosts", "Hosts", "Server")
    },
    Field {
        kind: FieldKind::Switch,
        default: Some("false"),
        help: Some("The host is a name that DNS gives the addresses for (mongodb+srv)."),
        ..Field::text("srv", "Look addresses up", "Server")
    },
    Field {
        placeholder: Some("test"),
        help: Some("The current database of each session, until use chooses another."),
        ..Field::text(DATABASE, "Database", "Server")
    },
    Field {
        kind: FieldKind::Choice { choices: MECHANISMS },
        default: Some("auto"),
        ..Field::text("mechanism", "Sign in by", "Login")
    },
    Field { help: Some("Left empty, nobody is signed in."), ..Field::text("user", "User", "Login") },
    Field {
        kind: FieldKind::Secret,
        help: Some("Left empty, you are asked when there is a user."),
        visible: WITH_PASSWORD,
        ..Field::text("password", "Password", "Login")
    },
    Field {
        placeholder: Some("admin"),
        help: Some("The database that knows the user."),
        visible: WITH_PASSWORD,
        ..Field::text("auth_source", "Authentication database", "Login")
    },
];

const REST: &[Field] = &[
    Field {
        help: Some("Refuse servers of any other replica set. Left empty, any will do."),
        ..Field::text("replica_set", "Replica set", "Members")
    },
    Field {
        kind: FieldKind::Choice { choices: PREFERENCES },
        default: Some("primary"),
        ..Field::text("read_preference", "Connect to", "Members")
    },
    Field {
        kind: FieldKind::Switch,
        default: Some("false"),
        help: Some(
            "Stay at the given host, whatever member it is. Needed where the set's own names lead nowhere from here.",
        ),
        ..Field::text("direct", "Direct connection", "Members")
    },
    Field {
        placeholder: Some("rowhouse"),
        help: Some("How this connection names itself to the server (appName)."),
        ..Field::text("application_name", "Application name", "Advanced")
    },
    Field {
        kind: FieldKind::Number,
        help: Some("Seconds for each step of connecting."),
        default: Some("10"),
        ..Field::text("connect_timeout", "Connect timeout", "Advanced")
    },
];
