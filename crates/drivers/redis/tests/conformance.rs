//! The contract against real servers.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use std::sync::Arc;

use arrow_schema::DataType;
use async_trait::async_trait;
use common::{Server, all, server};
use driver::{
    Driver, Secret, SessionState, Span,
    conformance::{
        ErrorText, Gap, Listening, Login, Offer, Probe, ScriptText, Subject, Texts, Transactions, ValueText, Writing,
        suite,
    },
};
use driver_redis::{Redis, wire::Value};

struct Real {
    server: Server,
    texts: Texts,
    way: Vec<(String, String)>,
    database: u32,
}

/// The database of the first suite.
const DATABASE: u32 = 9;
/// Elements of the list that is read without end: 140 MB, far more than all buffers on the way.
const ENDLESS: u32 = 700_000;

fn failing(setup: &[&str], statement: &str, word: Option<&str>) -> Offer<ErrorText> {
    let span = word.map(|word| {
        let start = statement.find(word).unwrap();
        Span { start, end: start + word.len() }
    });
    let setup = setup.iter().map(|text| (*text).to_owned()).collect();
    Ok(ErrorText { setup, statement: statement.to_owned(), span })
}

fn values() -> Vec<ValueText> {
    let value = |statement: &str, native: &str, data_type: DataType, expected: Option<&[u8]>| ValueText {
        statement: statement.to_owned(),
        native_type: native.to_owned(),
        data_type,
        expected: expected.map(<[u8]>::to_vec),
    };
    let bytes = |statement: &str, native: &str, expected: &str| {
        value(statement, native, DataType::Binary, Some(expected.as_bytes()))
    };
    vec![
        bytes("SET v x", "status", "OK"),
        value("STRLEN v", "integer", DataType::Int64, Some(b"1")),
        value("INCRBY n -9223372036854775807", "integer", DataType::Int64, Some(b"-9223372036854775807")),
        bytes(r#"ECHO "é🚀""#, "bulk string", "é🚀"),
        value(r#"ECHO "\x00\xff\n""#, "bulk string", DataType::Binary, Some(b"\x00\xff\n")),
        bytes(r#"ECHO """#, "bulk string", ""),
        value("GET nothing", "nil", DataType::Binary, None),
        bytes("EVAL \"redis.setresp(3); return {double=0.5}\" 0", "double", "0.5"),
        value("EVAL \"redis.setresp(3); return true\" 0", "boolean", DataType::Boolean, Some(b"true")),
        value("EVAL \"redis.setresp(3); return false\" 0", "boolean", DataType::Boolean, Some(b"false")),
        bytes(
            "EVAL \"redis.setresp(3); return {big_number='123456789012345678901234567890'}\" 0",
            "big number",
            "123456789012345678901234567890",
        ),
        bytes(
            "EVAL \"redis.setresp(3); return {verbatim_string={format='txt',string='as is'}}\" 0",
            "verbatim string",
            "as is",
        ),
        bytes("EVAL \"return {{1,'a'}}\" 0", "array", "1) (integer) 1\n2) \"a\""),
        bytes("EVAL \"return {redis.error_reply('ERR no')}\" 0", "error", "ERR no"),
        value("EVAL \"return {1,2}\" 0", "integer", DataType::Int64, Some(b"1")),
        value("EVAL \"return {'a',2}\" 0", "mixed", DataType::Binary, Some(b"a")),
    ]
}

fn texts() -> Texts {
    let setup = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Texts {
        one: "ECHO 1".into(),
        script: Ok(ScriptText {
            text: "# Three commands\nSET s \"a;b\"\n\nAPPEND s \";c\"\r\nGET s".into(),
            statements: 3,
            last: "a;b;c".into(),
        }),
        several_results: Gap::absent("a command has one reply"),
        empty_result: Ok(("LRANGE nothing 0 -1".into(), vec!["value".into()])),
        no_columns: Gap::absent("a row has at least one column"),
        values: Ok(values()),
        nulls: Gap::absent("no reply has a row of several columns that begins with nil"),
        notice: Ok(("KEYS nothing*".into(), "stops the server meanwhile".into())),
        listening: Ok(Listening {
            listen: "SUBSCRIBE news".into(),
            notify: "PUBLISH news \"it is so\"".into(),
            channel: "news".into(),
            payload: "it is so".into(),
        }),
        parameters: Gap::absent("commands have no placeholders"),
        parameter_status: Gap::absent("the server reports no parameters"),
        syntax_error: failing(&[], "  nosuchcommand 'é' 1", Some("nosuchcommand")),
        missing_relation: failing(&[], "LSET nothing 0 x", None),
        unique_violation: Gap::absent("the server has no constraints"),
        hint: failing(&[], "EVALSHA ffffffffffffffffffffffffffffffffffffffff 0", None),
        transactions: Ok(Transactions { begin: "MULTI".into(), commit: "EXEC".into(), rollback: "DISCARD".into() }),
        failed_transaction: Ok("nosuchcommand".into()),
        sleep: Ok("BLPOP nothing 60".into()),
        endless: Ok("LRANGE endless 0 -1".into()),
        million_rows: Ok("LRANGE million 0 -1".into()),
        trickle: Gap::absent("a reply is made whole before its first byte is sent"),
        widest: Gap::absent("a result has one column, or two"),
        large_cell: Ok(("GET large".into(), 64 << 20)),
        probe: Ok(Probe {
            setup: setup(&["CLIENT SETNAME kept"]),
            check: "CLIENT GETNAME".into(),
            expected: "kept".into(),
        }),
        writing: Ok(Writing {
            setup: vec!["DEL written".into()],
            write: "SET written 1".into(),
            check: "EXISTS written".into(),
            unchanged: "0".into(),
        }),
        paging: Gap::absent("there are no relations"),
        definition: Gap::absent("nothing has a definition"),
    }
}

impl Real {
    fn with(&self, changes: &[(&str, &str)], password: &str) -> Login {
        let database = self.database.to_string();
        let mut all: Vec<(&str, &str)> = vec![("database", database.as_str())];
        all.extend(self.way.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        all.extend_from_slice(changes);
        Login { profile: self.server.profile(&all), password: Some(Secret::new(password.to_owned())) }
    }

    async fn listed(&self, session: &SessionState) -> Option<String> {
        let id = session.server_id.clone().unwrap();
        let list = self.server.client(0).await.ask(&["CLIENT", "LIST", "ID", &id]).await.unwrap();
        list.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

#[async_trait]
impl Subject for Real {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(Redis)
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
        Ok(self.with(&[("database", "4711")], &self.server.password))
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    /// It blocks, or part of its reply still waits to be sent.
    async fn is_active(&self, session: &SessionState) -> Offer<bool> {
        let Some(line) = self.listed(session).await else { return Ok(false) };
        let of = |name: &str| line.split(' ').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
        Ok(of("flags").contains('b') || of("oll") != "0" || of("obl") != "0")
    }

    async fn kill(&self, session: &SessionState) -> Offer<()> {
        let id = session.server_id.clone().unwrap();
        let killed = self.server.client(0).await.ask(&["CLIENT", "KILL", "ID", &id]).await.unwrap();
        assert_eq!(killed, Value::Integer(1));
        Ok(())
    }
}

/// The suite, with keys in a database of its own.
async fn keeps_the_contract(server: Server, database: u32, way: &[(&str, &str)]) {
    let mut client = server.client(database).await;
    let fill = "for i = 1, ARGV[1], 100 do local t = {} for j = 0, 99 do t[#t+1] = ARGV[2] .. (i + j) end \
                redis.call('RPUSH', KEYS[1], unpack(t)) end";
    let long = "x".repeat(200);
    all(
        &mut client,
        &[
            &["FLUSHDB"],
            &["EVAL", fill, "1", "million", "1000000", "row "],
            &["EVAL", fill, "1", "endless", &ENDLESS.to_string(), &long],
            &["SETRANGE", "large", &((64 << 20) - 1).to_string(), "x"],
        ],
    )
    .await;
    let by = if way.is_empty() { "" } else { "-tls" };
    let way = way.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let product = server.product;
    let report = suite(&Real { texts: texts(), way, server, database }).await;
    client.ask(&["FLUSHDB"]).await.unwrap();
    eprintln!("{product}: {report}");
    on_record(&report, &format!("{}{by}", product.to_lowercase()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_redis() {
    let Some(server) = server("REDIS") else { return };
    keeps_the_contract(server, DATABASE, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_redis_through_verified_tls() {
    let Some(server) = server("REDIS") else { return };
    let (folder, port) = server.tls.clone().unwrap();
    let (ca, port) = (folder.join("ca.crt").display().to_string(), port.to_string());
    let way = [("port", port.as_str()), ("sslmode", "verify-full"), ("sslrootcert", ca.as_str())];
    keeps_the_contract(server, DATABASE + 1, &way).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_valkey() {
    let Some(server) = server("VALKEY") else { return };
    keeps_the_contract(server, DATABASE, &[]).await;
}

/// What the suite found is on record, and docs/support.md is made of that.
fn on_record(report: &driver::conformance::Report, name: &str) {
    report.assert();
    let folder = "../../../../tests/contract";
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, report.record());
    });
}
