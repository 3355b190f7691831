#![allow(clippy::unwrap_used, clippy::panic)]
//! The driver contract, case by case, on the SQL Server that `ROWHOUSE_TEST_MSSQL_URL` names; without one there is nothing to
//! hold it against, and this returns at once.

use std::sync::Arc;

use arrow_schema::DataType;
use async_trait::async_trait;
use catalog::ObjectKey;
use driver::{
    ConnectContext, Driver, Event, Profile, Role, Secret, Session, SessionState, Span, Statement,
    conformance::{
        ErrorText, Gap, Login, Offer, Paging, Probe, ScriptText, Subject, Texts, Transactions, ValueText, Writing,
        suite,
    },
};
use driver_mssql::SqlServer;

struct Real {
    profile: Profile,
    password: String,
    version: String,
    /// A session of its own, for what is asked beside the driver's.
    beside: Arc<dyn Session>,
    texts: Texts,
}

/// The first cell of the last result, as text.
async fn ask(session: &Arc<dyn Session>, text: &str) -> Option<String> {
    let mut run = session.run(Statement::new(text));
    let mut found = None;
    while let Some(event) = run.next().await {
        if let Event::Batch(batch) = event.unwrap_or_else(|error| panic!("{text}: {error}")) {
            let cells = arrow_array::cast::as_generic_binary_array::<i32>(batch.column(0));
            found = Some(String::from_utf8_lossy(cells.value(0)).into_owned());
        }
    }
    found
}

fn failing(setup: &[&str], statement: &str, word: Option<&str>) -> Offer<ErrorText> {
    let span = word.map(|word| {
        let start = statement.rfind(word).unwrap();
        Span { start, end: start + word.len() }
    });
    let setup = setup.iter().map(|text| (*text).to_owned()).collect();
    Ok(ErrorText { setup, statement: statement.to_owned(), span })
}

fn values() -> Vec<ValueText> {
    let value = |expression: &str, native: &str, data_type: DataType, expected: &[u8]| ValueText {
        statement: format!("select {expression}"),
        native_type: native.to_owned(),
        data_type,
        expected: Some(expected.to_vec()),
    };
    let text = |expression: &str, native: &str, expected: &str| {
        value(&format!("cast({expression} as {native})"), native, DataType::Binary, expected.as_bytes())
    };
    vec![
        value("cast(255 as tinyint)", "tinyint", DataType::Int16, b"255"),
        value("cast(-32768 as smallint)", "smallint", DataType::Int16, b"-32768"),
        value("-2147483648", "int", DataType::Int32, b"-2147483648"),
        value("cast(9223372036854775807 as bigint)", "bigint", DataType::Int64, b"9223372036854775807"),
        value("cast(1 as bit)", "bit", DataType::Boolean, b"true"),
        text("'99999999999999999999999999999999999999'", "numeric(38,0)", "99999999999999999999999999999999999999"),
        text(
            "'-0.00000000000000000000000000000000000001'",
            "numeric(38,38)",
            "-0.00000000000000000000000000000000000001",
        ),
        text("'922337203685477.5807'", "money", "922337203685477.5807"),
        text("'-214748.3648'", "smallmoney", "-214748.3648"),
        text("'1E300'", "float", "1E+300"),
        text("'0.1'", "real", "0.1"),
        text("'2024-02-29'", "date", "2024-02-29"),
        text("'23:59:59.9999999'", "time(7)", "23:59:59.9999999"),
        text("'2024-02-29T23:59:59.997'", "datetime", "2024-02-29 23:59:59.997"),
        text("'2024-02-29T23:59:00'", "smalldatetime", "2024-02-29 23:59:00"),
        text("'0001-01-01 00:00:00.123'", "datetime2(3)", "0001-01-01 00:00:00.123"),
        text("'2024-02-29 01:00:00 +14:00'", "datetimeoffset(0)", "2024-02-29 01:00:00 +14:00"),
        text("'6F9619FF-8B86-D011-B42D-00C04FC964FF'", "uniqueidentifier", "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
        text("N'é🚀'", "nvarchar(max)", "é🚀"),
        text("N'ab'", "nchar(4)", "ab  "),
        text("N'<a b=\"1\"/>'", "xml", "<a b=\"1\"/>"),
        value("cast(0x00FF as varbinary(9))", "varbinary(9)", DataType::Binary, &[0, 0xff]),
        value("cast(42 as sql_variant)", "sql_variant", DataType::Binary, b"42"),
        value("cast('/1/' as hierarchyid)", "hierarchyid", DataType::Binary, &[0x58]),
        ValueText {
            statement: "select cast(null as decimal(9,3))".into(),
            native_type: "decimal(9,3)".into(),
            data_type: DataType::Binary,
            expected: None,
        },
    ]
}

fn texts() -> Texts {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let numbers = "sys.all_columns a cross join sys.all_columns b cross join sys.all_columns c";
    Texts {
        one: "select 1".into(),
        script: Ok(ScriptText {
            text: "create table #s (v nvarchar(20))\nGO\ninsert into #s values (N'a;b'), (N'c'';d')\ngo\n\
                   select top (1) v from #s order by v desc"
                .into(),
            statements: 3,
            last: "c';d".into(),
        }),
        several_results: Ok(("select 1; select 2 where 1 = 0 select 'x', 3".into(), 3)),
        empty_result: Ok(("select 1 as a, 'x' as [B ü] where 1 = 0".into(), owned(&["a", "B ü"]))),
        no_columns: Gap::absent("a result has at least one column"),
        values: Ok(values()),
        nulls: Ok("select cast(null as nvarchar(9)) as a, N'' as b".into()),
        notice: Ok(("print N'said é'".into(), "said é".into())),
        listening: Gap::absent("sessions cannot send each other messages"),
        parameters: Ok("select @1, @2".into()),
        parameter_status: Ok(("set language Deutsch".into(), "language".into(), "Deutsch".into())),
        syntax_error: failing(&[], "select N'é🚀', 1 frm x", Some("x")),
        missing_relation: failing(&[], "select N'é', 1 from nowhere_at_all", Some("nowhere_at_all")),
        unique_violation: failing(
            &["create table #u (v int unique)", "insert into #u values (1)"],
            "insert into #u values (1)",
            None,
        ),
        hint: failing(&["create table #h (v varchar(2))"], "insert into #h values ('long')", None),
        transactions: Ok(Transactions {
            begin: "begin transaction".into(),
            commit: "commit transaction".into(),
            rollback: "rollback transaction".into(),
        }),
        failed_transaction: Gap::absent("a failed statement does not fail its transaction"),
        sleep: Ok("waitfor delay '00:01:00'".into()),
        endless: Ok(format!("select a.object_id, replicate('x', 200) from {numbers}")),
        million_rows: Ok(format!(
            "select top (1000000) row_number() over (order by (select null)), a.object_id, b.name from {numbers}"
        )),
        trickle: Gap::unverifiable("rows of one result wait for each other in the server's buffer"),
        widest: Ok((
            format!("select {}", (1..=4096).map(|at| format!("{at} as c{at}")).collect::<Vec<_>>().join(", ")),
            4096,
        )),
        large_cell: Ok((format!("select replicate(cast('x' as varchar(max)), {})", 64 << 20), 64 << 20)),
        probe: Ok(Probe {
            setup: owned(&["create table #mine (v nvarchar(9))", "insert into #mine values (N'kept')"]),
            check: "select top (1) v from #mine".into(),
            expected: "kept".into(),
        }),
        writing: Ok(Writing {
            setup: owned(&["create table conformance.w (v int)"]),
            write: "insert into conformance.w values (1)".into(),
            check: "select count(*) from conformance.w".into(),
            unchanged: "0".into(),
        }),
        paging: Ok(Paging {
            setup: vec![
                "create table conformance.pages (id int primary key)".to_owned(),
                format!(
                    "insert into conformance.pages select top (1000) row_number() over (order by (select null)) from {numbers}"
                ),
            ],
            relation: ObjectKey::relation(None, Some("conformance"), "pages"),
            rows: 1000,
            read: "select * from conformance.pages".into(),
        }),
        definition: Ok((
            ObjectKey::relation(None, Some("conformance"), "pages"),
            "CREATE TABLE [conformance].[pages]".into(),
        )),
    }
}

impl Real {
    fn with(&self, changes: &[(&str, &str)], password: &str) -> Login {
        let mut profile = self.profile.clone();
        profile.values.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Login { profile, password: Some(Secret::new(password.to_owned())) }
    }
}

#[async_trait]
impl Subject for Real {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(SqlServer)
    }

    fn expected_version(&self) -> &str {
        &self.version
    }

    fn login(&self) -> Login {
        self.with(&[], &self.password)
    }

    fn wrong_password(&self) -> Offer<Login> {
        Ok(self.with(&[], "wr0ng-passw0rd"))
    }

    fn unknown_host(&self) -> Offer<Login> {
        Ok(self.with(&[("host", "no-such-host.invalid")], &self.password))
    }

    fn refused_port(&self) -> Offer<Login> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Ok(self.with(&[("host", "127.0.0.1"), ("port", &free.to_string())], &self.password))
    }

    fn unknown_database(&self) -> Offer<Login> {
        Ok(self.with(&[("database", "not_there")], &self.password))
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    async fn is_active(&self, session: &SessionState) -> Offer<bool> {
        let id = session.server_id.clone().unwrap();
        let text = format!("select N'x' from sys.dm_exec_requests where session_id = {id}");
        Ok(ask(&self.beside, &text).await.is_some())
    }

    async fn kill(&self, session: &SessionState) -> Offer<()> {
        ask(&self.beside, &format!("kill {}", session.server_id.clone().unwrap())).await;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_a_real_server() {
    let Ok(url) = std::env::var("ROWHOUSE_TEST_MSSQL_URL") else {
        eprintln!("SKIPPED: no SQL Server; set ROWHOUSE_TEST_MSSQL_URL");
        return;
    };
    let parsed = SqlServer.parse_url(&url).unwrap();
    let profile = Profile { name: "conformance".into(), driver: "mssql".into(), values: parsed.values };
    let password = parsed.secret.unwrap();
    let context = ConnectContext::unattended(Some(password.clone()));
    let connection = SqlServer.connect(&profile, context).await.unwrap();
    let beside = connection.open(Role::Session).await.unwrap();
    for text in [
        "drop table if exists conformance.w; drop table if exists conformance.pages; drop schema if exists conformance",
        "create schema conformance",
    ] {
        ask(&beside, text).await;
    }
    let version = connection.control().server().version.clone();
    let password = password.expose().to_owned();
    let report = suite(&Real { profile, password, version, beside, texts: texts() }).await;
    eprintln!("{report}");
    report.assert();
}
