#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]
//! The catalog of a scripted server whose system views are golden data. No SQL Server has been asked.

#[allow(dead_code)]
mod common {
    pub mod golden;
    pub mod scripted;
    pub mod tokens;
}

use std::sync::Arc;

use catalog::{Kind, Known, Scope};
use common::{
    golden,
    scripted::{Encryption, Reply, Request, Scripted},
    tokens,
};
use driver::{Code, ConnectContext, Connection, Driver, Profile, Secret};
use driver_mssql::SqlServer;

async fn connect(server: &Scripted) -> Arc<dyn Connection> {
    let values = [("host", "localhost"), ("user", "ann"), ("sslmode", "disable")];
    let mut values: std::collections::BTreeMap<String, String> =
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    values.insert("port".into(), server.port.to_string());
    let profile = Profile { name: "golden".into(), driver: "mssql".into(), values };
    SqlServer.connect(&profile, ConnectContext::unattended(Some(Secret::new("x".to_owned())))).await.unwrap()
}

async fn golden_server() -> Scripted {
    Scripted::start(Encryption::Off, |request| golden::rows(request).unwrap_or(Reply::Tokens(tokens::done(0, 0, 0))))
        .await
}

#[tokio::test]
async fn everything_the_system_views_say_is_in_the_catalog() {
    let server = golden_server().await;
    let connection = connect(&server).await;
    let mut catalog = connection.control().catalog(&Scope::complete()).await.unwrap();
    catalog.as_of_ms = 0;
    insta::with_settings!({ snapshot_path => "golden", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_json_snapshot!("shop", catalog);
    });
    let asked = server.sent(1).len();
    assert!(asked <= 25, "{asked} batches: one a kind, whatever the number of tables");
}

#[tokio::test]
async fn a_scope_is_a_condition_of_every_query() {
    let server = golden_server().await;
    let connection = connect(&server).await;
    let scope = Scope { schemas: Some(vec!["a'b".into()]), relation: Some("t".into()), ..Scope::default() };
    connection.control().catalog(&scope).await.unwrap();
    let columns: Vec<String> =
        server.sent(1).iter().map(Request::text).filter(|text| text.starts_with("-- Columns")).collect();
    assert!(columns[0].contains("s.name IN (N'a''b') AND o.is_ms_shipped = 0 AND o.name = N't'"), "{}", columns[0]);
    assert!(!server.sent(1).iter().any(|request| request.text().contains('{')));
    // Not asked for, not read.
    assert!(!server.sent(1).iter().any(|request| request.text().starts_with("-- Privileges")));
}

#[tokio::test]
async fn what_may_not_be_read_is_denied_and_what_a_version_has_not_is_said() {
    let server = Scripted::start(Encryption::Off, |request| {
        let text = request.text();
        let refuse =
            |number, message| Reply::Tokens([tokens::error(number, 14, message, 1), tokens::done(2, 0, 0)].concat());
        if text.starts_with("-- Indexes") {
            return refuse(229, "The SELECT permission was denied on the object 'indexes'.");
        }
        if text.starts_with("-- Sequences") || text.starts_with("-- Tables whose rows") {
            return refuse(208, "Invalid object name 'sys.sequences'.");
        }
        golden::rows(request).unwrap_or(Reply::Tokens(tokens::done(0, 0, 0)))
    })
    .await;
    let catalog = connect(&server).await.control().catalog(&Scope::complete()).await.unwrap();
    assert_eq!(catalog.coverage[&Kind::Indexes], Known::Denied);
    assert_eq!(catalog.coverage[&Kind::Constraints], Known::Denied);
    assert_eq!(catalog.coverage[&Kind::Sequences], Known::Unsupported);
    assert_eq!(catalog.coverage[&Kind::Columns], Known::Value(()));
    assert!(catalog.relations.iter().all(|relation| relation.row_security == Known::Unsupported));
    assert!(catalog.complete(&[Kind::Indexes]).is_err());
}

#[tokio::test]
async fn a_login_that_may_read_nothing_is_told_so() {
    let server = Scripted::start(Encryption::Off, |request| match request.text().starts_with("--") {
        true => Reply::Tokens([tokens::error(229, 14, "denied", 1), tokens::done(2, 0, 0)].concat()),
        false => Reply::Tokens(tokens::done(0, 0, 0)),
    })
    .await;
    let scope = Scope { kinds: vec![Kind::Schemas, Kind::Relations], ..Scope::default() };
    let error = connect(&server).await.control().catalog(&scope).await.unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
}
