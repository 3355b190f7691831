#![allow(clippy::unwrap_used, clippy::panic)]
//! The driver contract, case by case, on a real server.

#[cfg(unix)]
#[path = "../../../route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;
mod common {
    pub mod server;
}

use std::sync::Arc;

use arrow_schema::DataType;
use async_trait::async_trait;
use catalog::ObjectKey;
use common::server::{Server, server};
use driver::{
    Driver, Secret, SessionState, Span,
    conformance::{
        ErrorText, Gap, Login, Offer, Paging, Probe, ScriptText, Subject, Texts, Transactions, ValueText, Writing,
        suite,
    },
};
use driver_mysql::{MySql, wire::Event};
#[cfg(unix)]
use sshd::{Sshd, keygen, scratch, user};

struct Real {
    server: Server,
    /// Where and how to connect, besides the usual.
    way: Vec<(String, String)>,
    texts: Texts,
}

fn failing(setup: &[&str], statement: &str, word: Option<&str>) -> Offer<ErrorText> {
    let span = word.map(|word| {
        let start = statement.rfind(word).unwrap();
        Span { start, end: start + word.len() }
    });
    let setup = setup.iter().map(|text| (*text).to_owned()).collect();
    Ok(ErrorText { setup, statement: statement.to_owned(), span })
}

/// One column of a table that has one of every type.
fn value(database: &str, column: &str, native_type: &str, data_type: DataType, expected: &[u8]) -> ValueText {
    ValueText {
        statement: format!("select {column} from {database}.types where i = 1"),
        native_type: native_type.to_owned(),
        data_type,
        expected: Some(expected.to_vec()),
    }
}

const TYPES: &str = "create table conformance.types (
    i int primary key,
    t1 tinyint, t2 tinyint unsigned, t3 tinyint(1), s1 smallint, s2 smallint unsigned, m1 mediumint, m2 mediumint unsigned,
    i2 int unsigned, b1 bigint, b2 bigint unsigned, z int(7) zerofill,
    d decimal(65,30), d2 decimal(5,2) unsigned, f float, f2 float(7,3), r double,
    c char(4), v varchar(20), l varchar(20) character set latin1, bi binary(3), vb varbinary(4), tt tinytext, tx text,
    mt mediumtext, lt longtext, bl blob, lb longblob, bt bit(10), y year, da date, ti time(3), dt datetime(6),
    ts timestamp null, e enum('a','b'), se set('x','y','z'), j json, u uuid, ip inet6, p point)";

const ROW: &str = "insert into conformance.types values (
    1, -128, 255, 1, -32768, 65535, -8388608, 16777215, 4294967295, -9223372036854775808, 18446744073709551615, 42,
    12345678901234567890123456789012345.123456789012345678901234567890, 1.10, 16777216, 1.2345, 0.1e0 + 0.2e0,
    'ab', 'é🚀', 'éÿ', x'000102', x'80ff', 'tiny', 'text', 'medium', 'long', x'00ff', x'01', b'1010101010', 0,
    '0000-00-00', '-838:59:58.5', '2024-02-29 23:59:59.123456', '2024-02-29 12:00:00', 'b', 'x,z', '{\"b\": 1,  \"a\": 1.0}',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'fe80::1', point(1, 2))";

fn values(database: &str) -> Vec<ValueText> {
    let value = |column: &str, native: &str, data_type: DataType, expected: &[u8]| {
        value(database, column, native, data_type, expected)
    };
    let text =
        |column: &str, native: &str, expected: &str| value(column, native, DataType::Binary, expected.as_bytes());
    vec![
        value("t1", "tinyint", DataType::Int16, b"-128"),
        value("t2", "tinyint unsigned", DataType::Int16, b"255"),
        value("t3", "tinyint(1)", DataType::Int16, b"1"),
        value("s1", "smallint", DataType::Int16, b"-32768"),
        value("s2", "smallint unsigned", DataType::UInt16, b"65535"),
        value("m1", "mediumint", DataType::Int32, b"-8388608"),
        value("m2", "mediumint unsigned", DataType::UInt32, b"16777215"),
        value("i2", "int unsigned", DataType::UInt32, b"4294967295"),
        value("b1", "bigint", DataType::Int64, b"-9223372036854775808"),
        value("b2", "bigint unsigned", DataType::UInt64, b"18446744073709551615"),
        text("z", "int(7) unsigned zerofill", "0000042"),
        text("d", "decimal(65,30)", "12345678901234567890123456789012345.123456789012345678901234567890"),
        text("d2", "decimal(5,2) unsigned", "1.10"),
        text("f", "float", "16777200"),
        text("f2", "float", "1.234"),
        text("r", "double", "0.30000000000000004"),
        text("c", "char(4)", "ab"),
        text("v", "varchar(20)", "é🚀"),
        text("l", "varchar(20)", "éÿ"),
        value("bi", "binary(3)", DataType::Binary, &[0, 1, 2]),
        value("vb", "varbinary(4)", DataType::Binary, &[0x80, 0xff]),
        text("tt", "tinytext", "tiny"),
        text("tx", "text", "text"),
        text("mt", "mediumtext", "medium"),
        text("lt", "longtext", "long"),
        value("bl", "blob", DataType::Binary, &[0, 0xff]),
        value("lb", "longblob", DataType::Binary, &[1]),
        value("bt", "bit(10)", DataType::Binary, &[0x02, 0xaa]),
        text("y", "year", "0000"),
        text("da", "date", "0000-00-00"),
        text("ti", "time(3)", "-838:59:58.500"),
        text("dt", "datetime(6)", "2024-02-29 23:59:59.123456"),
        text("ts", "timestamp", "2024-02-29 12:00:00"),
        text("e", "enum", "b"),
        text("se", "set", "x,z"),
        text("j", "json", "{\"b\": 1,  \"a\": 1.0}"),
        text("u", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        text("ip", "inet6", "fe80::1"),
        value(
            "p",
            "point",
            DataType::Binary,
            &[0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40],
        ),
        ValueText {
            statement: "select cast(null as decimal(9,3))".into(),
            native_type: "decimal(9,3)".into(),
            data_type: DataType::Binary,
            expected: None,
        },
    ]
}

fn texts(database: &str) -> Texts {
    let setup = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Texts {
        one: "select 1".into(),
        script: Ok(ScriptText {
            text: "create temporary table s (v text); insert into s values ('a;b'), ('c\\';d'); \
                   select v from s order by v desc limit 1"
                .into(),
            statements: 3,
            last: "c';d".into(),
        }),
        several_results: Ok((format!("call {database}.three()"), 3)),
        empty_result: Ok(("select 1 as a, 'x' as `B ü` from dual where false".into(), vec!["a".into(), "B ü".into()])),
        no_columns: Gap::absent("a result has at least one column"),
        values: Ok(values(database)),
        nulls: Ok("select cast(null as char) as a, '' as b".into()),
        notice: Ok(("select cast('12x' as unsigned)".into(), "Truncated incorrect INTEGER value".into())),
        listening: Gap::absent("sessions cannot send each other messages"),
        parameters: Ok("select ?, ?".into()),
        parameter_status: Ok(("set time_zone = '+09:00'".into(), "time_zone".into(), "+09:00".into())),
        syntax_error: failing(&[], "select 'é🚀', 1 frm x", Some("x")),
        missing_relation: failing(&[], "select 'é', 1 from nowhere_at_all", Some("nowhere_at_all")),
        unique_violation: failing(
            &["create temporary table u (v int unique)", "insert into u values (1)"],
            "insert into u values (1)",
            None,
        ),
        hint: failing(&[], &format!("select nope from {database}.types"), Some("nope")),
        transactions: Ok(Transactions {
            begin: "start transaction".into(),
            commit: "commit".into(),
            rollback: "rollback".into(),
        }),
        failed_transaction: Gap::absent("a failed statement does not fail its transaction"),
        sleep: Ok("select sleep(60)".into()),
        endless: Ok("select seq, repeat('x', 200) from seq_1_to_1000000000".into()),
        million_rows: Ok("select seq, seq * 2, concat('row ', seq) from seq_1_to_1000000".into()),
        // A row longer than the server's own buffer, which would wait for company there.
        trickle: Ok(("select seq, repeat('x', 20000), sleep(0.2) from seq_1_to_6".into(), 6)),
        widest: Ok((
            format!("select {}", (1..=4096).map(|i| format!("{i} as c{i}")).collect::<Vec<_>>().join(", ")),
            4096,
        )),
        large_cell: Ok((format!("select repeat('x', {})", 64 << 20), 64 << 20)),
        probe: Ok(Probe {
            setup: setup(&["create temporary table mine (v text)", "insert into mine values ('kept')"]),
            check: "select v from mine limit 1".into(),
            expected: "kept".into(),
        }),
        writing: Ok(Writing {
            setup: vec![format!("create table if not exists {database}.w (v int)")],
            write: format!("insert into {database}.w values (1)"),
            check: format!("select count(*) from {database}.w"),
            unchanged: "0".into(),
        }),
        paging: Ok(Paging {
            setup: vec![format!(
                "create table {database}.pages (id int primary key) select seq as id from seq_1_to_1000"
            )],
            relation: ObjectKey::relation(None, Some(database), "pages"),
            rows: 1000,
            read: format!("select * from {database}.pages"),
        }),
        definition: Ok((ObjectKey::relation(None, Some(database), "pages"), "CREATE TABLE `pages`".into())),
    }
}

impl Real {
    fn with(&self, changes: &[(&str, &str)], password: &str) -> Login {
        let way = self.way.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = way.chain(changes.iter().copied()).collect();
        Login { profile: self.server.profile(&all), password: Some(Secret::new(password.to_owned())) }
    }
}

#[async_trait]
impl Subject for Real {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(MySql)
    }

    fn expected_version(&self) -> &str {
        &self.server.version
    }

    fn login(&self) -> Login {
        self.with(&[], &self.server.password)
    }

    fn wrong_password(&self) -> Offer<Login> {
        Ok(self.with(&[], "wr0ng-passw0rd"))
    }

    fn unknown_host(&self) -> Offer<Login> {
        Ok(self.with(&[("host", "no-such-host.invalid")], &self.server.password))
    }

    fn refused_port(&self) -> Offer<Login> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Ok(self.with(&[("port", &free.to_string())], &self.server.password))
    }

    fn unknown_database(&self) -> Offer<Login> {
        Ok(self.with(&[("schema", "not_there")], &self.server.password))
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    async fn is_active(&self, session: &SessionState) -> Offer<bool> {
        let mut client = self.server.client().await;
        let id = session.server_id.clone().unwrap();
        let text = format!("select 1 from information_schema.processlist where id = {id} and command <> 'Sleep'");
        client.query(&text).await.unwrap();
        let events = client.collect().await.unwrap();
        client.close().await;
        Ok(events.iter().any(|event| matches!(event, Event::Batch(_))))
    }

    async fn kill(&self, session: &SessionState) -> Offer<()> {
        let mut client = self.server.client().await;
        client.query(&format!("kill {}", session.server_id.clone().unwrap())).await.unwrap();
        client.collect().await.unwrap();
        client.close().await;
        Ok(())
    }
}

/// The suite, with objects in a database of its own.
async fn keeps_the_contract(server: Server, database: &str, way: &[(&str, &str)]) {
    let mut client = server.client().await;
    for text in [
        "drop database if exists conformance",
        "create database conformance character set utf8mb4",
        "set sql_mode = ''",
        TYPES,
        ROW,
        "create procedure conformance.three() begin select 1; select 2 from dual where false; select 'x', 3; end",
    ] {
        let text = text.replace("conformance", database);
        client.query(&text).await.unwrap();
        let events = client.collect().await.unwrap();
        assert!(!events.iter().any(|event| matches!(event, Event::Failed(_))), "{text}: {events:?}");
    }
    let way = way.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let report = suite(&Real { texts: texts(database), way, server }).await;
    eprintln!("{database}: {report}");
    on_record(&report, &database.replacen("conformance", "mariadb", 1).replace('_', "-"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_a_real_server() {
    let Some(server) = server() else { return };
    keeps_the_contract(server, "conformance", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_verified_tls() {
    let Some(server) = server() else { return };
    let ca = server.tls.join("ca.crt").display().to_string();
    let way = [("sslmode", "verify-full"), ("sslrootcert", ca.as_str())];
    keeps_the_contract(server, "conformance_tls", &way).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_ssh_with_a_jump_host() {
    let Some(server) = server() else { return };
    let home = scratch();
    let key = keygen(home.path(), "key", "ed25519", "");
    let Some(first) = Sshd::start(home.path(), "one", &[&key], "") else { return };
    let Some(second) = Sshd::start(home.path(), "two", &[&key], "") else { return };
    let known = home.path().join("known_hosts");
    std::fs::write(&known, [first.known_hosts_line(), second.known_hosts_line()].concat()).unwrap();
    let way = [
        ("ssh", "key".to_owned()),
        ("ssh_host", "127.0.0.1".to_owned()),
        ("ssh_port", second.port.to_string()),
        ("ssh_user", user()),
        ("ssh_key", key.display().to_string()),
        ("ssh_jump", format!("{}@127.0.0.1:{}", user(), first.port)),
        ("ssh_config", "false".to_owned()),
        ("ssh_known_hosts", known.display().to_string()),
    ];
    let way: Vec<_> = way.iter().map(|(name, value)| (*name, value.as_str())).collect();
    keeps_the_contract(server, "conformance_ssh", &way).await;
}

/// What the suite found is on record, and docs/support.md is made of that.
fn on_record(report: &driver::conformance::Report, name: &str) {
    report.assert();
    let folder = "../../../../tests/contract";
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, report.record());
    });
}
