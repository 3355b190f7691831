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

#[tokio::test]
async fn definitions_are_the_servers_own_or_rendered_from_the_catalog() {
    let server = Scripted::start(Encryption::Off, |request| {
        let text = request.text();
        if text.contains("sys.identity_columns") {
            return Reply::Tokens(tokens::texts(&["", ""], &[&[Some("100"), Some("5")]]));
        }
        if text.starts_with("SELECT OBJECT_ID(N'[dbo].[add_order]')") {
            return Reply::Tokens(tokens::texts(
                &["", ""],
                &[&[Some("7"), Some("CREATE PROCEDURE dbo.add_order AS …")]],
            ));
        }
        if text.starts_with("SELECT OBJECT_ID(N'[sec].[may see]]]')") {
            let text = "CREATE FUNCTION sec.[may see]]] (@c int) RETURNS TABLE AS RETURN SELECT 1 AS ok";
            return Reply::Tokens(tokens::texts(&["", ""], &[&[Some("9"), Some(text)]]));
        }
        if text.starts_with("SELECT OBJECT_ID(N'[dbo].[secret]')") {
            return Reply::Tokens(tokens::texts(&["", ""], &[&[Some("7"), None]]));
        }
        golden::rows(request).unwrap_or(Reply::Tokens(tokens::done(0, 0, 0)))
    })
    .await;
    let connection = connect(&server).await;
    let ddl = connection.control().ddl().unwrap();
    let key = |kind, schema: &str, name: &str, signature: Option<&str>| catalog::ObjectKey {
        database: Some("shop".into()),
        schema: Some(schema.into()),
        kind,
        name: name.into(),
        signature: signature.map(str::to_owned),
    };
    use catalog::ObjectKind::{Constraint, Index, Relation, Role, Routine, Sequence, Type};
    let customers = ddl.definition(&key(Relation, "dbo", "customers", None)).await.unwrap();
    assert!(
        customers.starts_with(
            "CREATE TABLE [dbo].[customers] (\n  [id] int IDENTITY(100,5) NOT NULL,\n  \
             [na]]me] nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,\n  [notes] nvarchar(max) NULL DEFAULT (N'-'),"
        ),
        "{customers}"
    );
    assert!(customers.contains("  CONSTRAINT [PK_customers] PRIMARY KEY CLUSTERED ([id])"), "{customers}");
    let orders = ddl.definition(&key(Relation, "sales]x", "orders", None)).await.unwrap();
    assert!(orders.contains("[gross] AS ([net]*(1.2)) PERSISTED"), "{orders}");
    assert!(orders.contains("\nGO\n\nCREATE NONCLUSTERED INDEX [by_customer]"), "{orders}");
    assert!(orders.contains("\nGO\n\nCREATE TRIGGER counted"), "{orders}");
    // Its security policy with the function that it calls, in one transaction.
    for part in [
        "\nGO\n\nSET XACT_ABORT ON;\nBEGIN TRANSACTION;\nGO\nCREATE FUNCTION sec.[may see]]]",
        "CREATE SECURITY POLICY [sec].[tenants]",
        "ADD FILTER PREDICATE [sec].[may see]]]([customer], (1)) ON [sales]]x].[orders]",
    ] {
        assert!(orders.contains(part), "{part}: {orders}");
    }
    assert!(orders.ends_with("COMMIT TRANSACTION;") && !orders.contains("[own]"), "{orders}");
    assert_eq!(sql::split(&orders, sql::dialect::tsql()).len(), 7);
    // The text of its function is not known.
    assert!(
        customers.ends_with("-- Security policies are not shown: the text of [sec].[own] is not known."),
        "{customers}"
    );
    let text = |answer: Result<Arc<str>, driver::Error>| answer.unwrap().to_string();
    assert_eq!(
        text(ddl.definition(&key(Routine, "dbo", "add_order", None)).await),
        "CREATE PROCEDURE dbo.add_order AS …"
    );
    let predicate = text(ddl.definition(&key(Routine, "sec", "may see]", None)).await);
    assert!(predicate.starts_with("CREATE FUNCTION sec.[may see]]] (@c int)"), "{predicate}");
    assert!(predicate.contains("--   DROP FILTER PREDICATE ON [sales]]x].[orders]"), "{predicate}");
    assert!(predicate.contains("-- ALTER FUNCTION sec.[may see]]] (@c int)"), "{predicate}");
    assert_eq!(sql::split(&predicate, sql::dialect::tsql()).len(), 1, "the rest is a remark: {predicate}");
    assert_eq!(ddl.definition(&key(Routine, "dbo", "secret", None)).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(
        text(ddl.definition(&key(Constraint, "sales]x", "FK_customer", Some("orders"))).await),
        "ALTER TABLE [sales]]x].[orders] ADD CONSTRAINT [FK_customer] FOREIGN KEY ([customer]) REFERENCES [dbo].[customers] ([id]) ON DELETE CASCADE;"
    );
    assert!(
        text(ddl.definition(&key(Index, "sales]x", "by_customer", Some("orders"))).await)
            .starts_with("CREATE NONCLUSTERED")
    );
    assert!(
        text(ddl.definition(&key(Sequence, "dbo", "numbers", None)).await)
            .contains("\n  START WITH 1\n  INCREMENT BY 1")
    );
    assert_eq!(
        text(ddl.definition(&key(Type, "dbo", "phone number", None)).await),
        "CREATE TYPE [dbo].[phone number] FROM nvarchar(20) NOT NULL;"
    );
    assert_eq!(ddl.definition(&key(Relation, "dbo", "nowhere", None)).await.unwrap_err().code, Code::NotFound);
    assert_eq!(ddl.definition(&key(Role, "dbo", "x", None)).await.unwrap_err().code, Code::Unsupported);
}
