#![allow(clippy::unwrap_used, clippy::panic)]
//! The driver contract, case by case, on every server there is.

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
use common::server::{Server, pooled, run, servers};
use driver::{
    ConnectContext, Driver, Profile, Secret, SessionState, Span,
    conformance::{
        ErrorText, Gap, Listening, Login, Offer, Paging, Probe, ScriptText, Subject, Texts, Transactions, ValueText,
        Writing, suite,
    },
};
use driver_postgres::{PostgresDriver, wire::Event};
#[cfg(unix)]
use sshd::{Sshd, keygen, scratch, user};

struct Real {
    /// The server itself, to look behind what a pooler shows.
    server: Server,
    /// Where to connect.
    port: u16,
    /// How to get there, besides the usual.
    way: Vec<(&'static str, String)>,
    /// How the sessions of this trial name themselves: behind a pooler the server's process is not known.
    name: &'static str,
    /// The server's session is lent for each transaction, as the connection itself says.
    pooled: bool,
    version: String,
    texts: Texts,
}

fn failing(setup: &[&str], statement: &str, word: Option<&str>) -> Offer<ErrorText> {
    let span = word.map(|word| {
        let start = statement.find(word).unwrap();
        Span { start, end: start + word.len() }
    });
    let setup = setup.iter().map(|text| (*text).to_owned()).collect();
    Ok(ErrorText { setup, statement: statement.to_owned(), span })
}

fn value(literal: &str, native_type: &str, data_type: DataType, expected: Option<&str>) -> ValueText {
    ValueText {
        statement: format!("select {literal} as v"),
        native_type: native_type.to_owned(),
        data_type,
        expected: expected.map(|text| text.as_bytes().to_vec()),
    }
}

fn values() -> Vec<ValueText> {
    let typed = [
        ("(-32768)::int2", "smallint", DataType::Int16, "-32768"),
        ("2147483647", "integer", DataType::Int32, "2147483647"),
        ("(-9223372036854775808)::int8", "bigint", DataType::Int64, "-9223372036854775808"),
        ("4294967295::oid", "oid", DataType::UInt32, "4294967295"),
        ("true", "boolean", DataType::Boolean, "true"),
    ];
    let printed = [
        (
            "12345678901234567890.123456789012345678901::numeric",
            "numeric",
            "12345678901234567890.123456789012345678901",
        ),
        ("1.10::numeric(5,2)", "numeric(5,2)", "1.10"),
        ("'NaN'::numeric", "numeric", "NaN"),
        ("0.1::float4", "real", "0.1"),
        ("1e-300::float8", "double precision", "1e-300"),
        ("'-Infinity'::float8", "double precision", "-Infinity"),
        ("'é🚀'::text", "text", "é🚀"),
        ("'ab'::varchar(20)", "character varying(20)", "ab"),
        ("'ab'::char(4)", "character(4)", "ab  "),
        ("'x'::\"char\"", "\"char\"", "x"),
        ("'\\x00ff'::bytea", "bytea", "\\x00ff"),
        ("'2024-02-29'::date", "date", "2024-02-29"),
        ("'infinity'::date", "date", "infinity"),
        ("'24:00:00'::time", "time without time zone", "24:00:00"),
        ("'2024-02-29 23:59:59.999999'::timestamp(3)", "timestamp(3) without time zone", "2024-03-01 00:00:00"),
        ("'0044-03-15 00:00:00 BC'::timestamp", "timestamp without time zone", "0044-03-15 00:00:00 BC"),
        ("'1 year 2 mons -3 days 04:05:06.7'::interval", "interval", "1 year 2 mons -3 days +04:05:06.7"),
        ("'{\"b\": 1,  \"a\": 1.0}'::json", "json", "{\"b\": 1,  \"a\": 1.0}"),
        ("'{\"b\": 1, \"a\": 1.00}'::jsonb", "jsonb", "{\"a\": 1.00, \"b\": 1}"),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("'{1,NULL,3}'::int4[]", "integer[]", "{1,NULL,3}"),
        ("array['a,b', 'c\"d', null]", "text[]", "{\"a,b\",\"c\\\"d\",NULL}"),
        ("'10.0.0.0/8'::inet", "inet", "10.0.0.0/8"),
        ("'08:00:2b:01:02:03'::macaddr", "macaddr", "08:00:2b:01:02:03"),
        ("'[1,10)'::int4range", "int4range", "[1,10)"),
        ("B'1010'::bit(4)", "bit(4)", "1010"),
        ("'(1,2)'::point", "point", "(1,2)"),
        ("'a b'::tsvector", "tsvector", "'a' 'b'"),
        ("'<a/>'::xml", "xml", "<a/>"),
        ("row(1, 'x', null)", "record", "(1,x,)"),
        ("'pg_class'::regclass", "regclass", "pg_class"),
        ("'0/16B3748'::pg_lsn", "pg_lsn", "0/16B3748"),
    ];
    let mut all: Vec<_> =
        typed.into_iter().map(|(literal, name, data_type, text)| value(literal, name, data_type, Some(text))).collect();
    all.extend(printed.into_iter().map(|(literal, name, text)| value(literal, name, DataType::Binary, Some(text))));
    all.push(value("null::int4", "integer", DataType::Int32, None));
    all.push(value("null::numeric(9,3)", "numeric(9,3)", DataType::Binary, None));
    all
}

fn texts(schema: &str) -> Texts {
    Texts {
        one: "select 1".into(),
        script: Ok(ScriptText {
            text: "create temp table s (v text); insert into s values ('a;b'), ($$c;d$$); \
                   select v from s order by v desc limit 1"
                .into(),
            statements: 3,
            last: "c;d".into(),
        }),
        several_results: Gap::absent("one statement gives one result set"),
        empty_result: Ok(("select 1 as a, 'x' as \"B ü\" where false".into(), vec!["a".into(), "B ü".into()])),
        no_columns: Ok(("select from generate_series(1, 3)".into(), 3)),
        values: Ok(values()),
        nulls: Ok("select null::text as a, ''::text as b".into()),
        notice: Ok(("do $$ begin raise notice 'mind the gap'; end $$".into(), "mind the gap".into())),
        listening: Ok(Listening {
            listen: "listen rowhouse_news".into(),
            notify: "notify rowhouse_news, 'hello é'".into(),
            channel: "rowhouse_news".into(),
            payload: "hello é".into(),
        }),
        parameters: Ok("select $1::text, $2::text".into()),
        parameter_status: Ok(("set time zone 'Asia/Tokyo'".into(), "TimeZone".into(), "Asia/Tokyo".into())),
        syntax_error: failing(&[], "select 'é🚀', 1 frm x", Some("x")),
        missing_relation: failing(&[], "select 'é', 1 from nowhere_at_all", Some("nowhere_at_all")),
        unique_violation: failing(
            &["create temp table u (v int unique)", "insert into u values (1)"],
            "insert into u values (1)",
            None,
        ),
        hint: failing(&[], "select lenght('x')", Some("lenght")),
        transactions: Ok(Transactions { begin: "begin".into(), commit: "commit".into(), rollback: "rollback".into() }),
        failed_transaction: Ok("select 1/0".into()),
        sleep: Ok("select pg_sleep(60)".into()),
        endless: Ok("select generate_series(1, 1000000000000) as i, repeat('x', 200) as x".into()),
        million_rows: Ok("select i, i * 2, 'row ' || i from generate_series(1, 1000000) i".into()),
        // A row longer than the server's own buffer, which would wait for company there.
        trickle: Ok(("select i, repeat('x', 20000), pg_sleep(0.2) from generate_series(1, 6) i".into(), 6)),
        widest: Ok((
            format!("select {}", (1..=1664).map(|i| format!("{i} as c{i}")).collect::<Vec<_>>().join(", ")),
            1664,
        )),
        large_cell: Ok((format!("select repeat('x', {})", 64 << 20), 64 << 20)),
        probe: Ok(Probe {
            setup: vec![
                "create temp table if not exists mine (v text)".into(),
                "insert into mine values ('kept')".into(),
            ],
            check: "select v from mine limit 1".into(),
            expected: "kept".into(),
        }),
        writing: Ok(Writing {
            setup: vec![
                format!("create schema if not exists {schema}"),
                format!("create table if not exists {schema}.w (v int)"),
            ],
            write: format!("insert into {schema}.w values (1)"),
            check: format!("select count(*) from {schema}.w"),
            unchanged: "0".into(),
        }),
        paging: Ok(Paging {
            setup: vec![
                format!("create schema if not exists {schema}"),
                format!("create table {schema}.pages as select i as id from generate_series(1, 1000) i"),
                format!("alter table {schema}.pages add primary key (id)"),
            ],
            relation: ObjectKey::relation(None, Some(schema), "pages"),
            rows: 1000,
            read: format!("select * from {schema}.pages"),
        }),
        definition: Ok((ObjectKey::relation(None, Some(schema), "pages"), "pages".into())),
    }
}

impl Real {
    fn with(&self, changes: &[(&str, &str)], password: &str) -> Login {
        let mut profile = Profile { name: "test".into(), driver: "postgres".into(), ..Profile::default() };
        let port = self.port.to_string();
        let values = [
            ("host", "127.0.0.1"),
            ("port", &port),
            ("user", "postgres"),
            ("database", "postgres"),
            ("application_name", self.name),
        ];
        let way = self.way.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in values.iter().copied().chain(way).chain(changes.iter().copied()) {
            profile.values.insert(name.to_owned(), value.to_owned());
        }
        Login { profile, password: Some(Secret::new(password.to_owned())) }
    }
}

#[async_trait]
impl Subject for Real {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(PostgresDriver)
    }

    fn expected_version(&self) -> &str {
        &self.version
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
        Ok(self.with(&[("database", "not_there")], &self.server.password))
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    fn split(&self, script: &str) -> Vec<String> {
        sql::split(script, sql::dialect::postgres()).iter().map(|one| one.span.of(script).to_owned()).collect()
    }

    async fn is_active(&self, session: &SessionState) -> Offer<bool> {
        let mut client = self.server.client().await;
        let text = format!("select 1 from pg_stat_activity where {} and state = 'active'", self.backend(session));
        let events = run(&mut client, &text).await;
        client.close().await;
        Ok(events.iter().any(|event| matches!(event, Event::Batch(_))))
    }

    async fn kill(&self, session: &SessionState) -> Offer<()> {
        if self.pooled && session.running.is_none() {
            return Gap::unverifiable(
                "a pooler that lends for a transaction hides the death of an idle server session",
            );
        }
        let mut client = self.server.client().await;
        let active = if self.pooled { " and state = 'active'" } else { "" };
        let text =
            format!("select pg_terminate_backend(pid) from pg_stat_activity where {}{active}", self.backend(session));
        run(&mut client, &text).await;
        client.close().await;
        Ok(())
    }
}

impl Real {
    /// The trial of a server reached at this port. What it cannot show is derived from what the connection says of itself.
    async fn new(server: Server, port: u16, name: &'static str, pooler: Option<&str>) -> Self {
        Real::by(Vec::new(), server, port, name, pooler).await
    }

    /// The same, by a way of its own.
    async fn by(
        way: Vec<(&'static str, String)>,
        server: Server,
        port: u16,
        name: &'static str,
        pooler: Option<&str>,
    ) -> Self {
        let mut client = server.client().await;
        run(&mut client, &format!("drop schema if exists {name} cascade")).await;
        run(&mut client, &format!("create schema {name}")).await;
        client.close().await;
        let version = format!("{}.", server.major);
        let mut subject = Real { server, port, way, name, pooled: false, version, texts: texts(name) };
        let login = subject.login();
        let connection =
            PostgresDriver.connect(&login.profile, ConnectContext::unattended(login.password)).await.unwrap();
        let found = connection.control().server().facts.get("pooler").cloned();
        assert_eq!(found.as_deref(), pooler, "{name}");
        subject.pooled = found.as_deref() == Some("transaction");
        connection.close().await;
        if subject.pooled {
            subject.without_promises();
        }
        subject
    }

    /// Which rows of pg_stat_activity are this session's. One session at a time is looked at, so its name is enough.
    fn backend(&self, session: &SessionState) -> String {
        match &session.server_id {
            Some(pid) if !self.pooled => format!("pid = {pid}"),
            _ => format!("application_name like '{} session %'", self.name),
        }
    }

    /// Takes out what no session keeps where the server's is lent for each transaction; the rest uses lasting tables.
    fn without_promises(&mut self) {
        let schema = self.name;
        let why = "behind a pooler that lends for a transaction no session keeps";
        self.texts.probe = Gap::absent(&format!("{why} a temporary table"));
        self.texts.listening = Gap::absent(&format!("{why} listening"));
        self.texts.script = Ok(ScriptText {
            text: format!(
                "create table {schema}.s (v text); insert into {schema}.s values ('a;b'), ($$c;d$$); \
                 select v from {schema}.s order by v desc limit 1"
            ),
            statements: 3,
            last: "c;d".into(),
        });
        let table = format!("{schema}.u");
        let setup = [format!("create table {table} (v int unique)"), format!("insert into {table} values (1)")];
        let setup: Vec<&str> = setup.iter().map(String::as_str).collect();
        self.texts.unique_violation = failing(&setup, &format!("insert into {table} values (1)"), None);
    }

    async fn keeps_the_contract(&self) {
        let report = suite(self).await;
        eprintln!("{}: {report}", self.name);
        let way = self.name.trim_start_matches("conformance").replace('_', "-");
        on_record(&report, &format!("postgres-{}{way}", self.server.major));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_every_server() {
    for server in servers() {
        let port = server.port;
        Real::new(server, port, "conformance", None).await.keeps_the_contract().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_a_pooler_that_lends_for_a_session() {
    let Some((server, port)) = pooled("session") else { return };
    Real::new(server, port, "conformance_session", Some("session")).await.keeps_the_contract().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_a_pooler_that_lends_for_a_transaction() {
    let Some((server, port)) = pooled("transaction") else { return };
    Real::new(server, port, "conformance_transaction", Some("transaction")).await.keeps_the_contract().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_verified_tls() {
    let Some(server) = servers().pop() else { return };
    let (port, ca) = (server.port, server.tls.join("ca.crt").display().to_string());
    let way = vec![("sslmode", "verify-full".to_owned()), ("sslrootcert", ca)];
    Real::by(way, server, port, "conformance_tls", None).await.keeps_the_contract().await;
}

/// Two SSH servers, one behind the other, and the way through both.
#[cfg(unix)]
struct Jump {
    way: Vec<(&'static str, String)>,
    _servers: [Sshd; 2],
    _home: tempfile::TempDir,
}

#[cfg(unix)]
impl Jump {
    fn start() -> Option<Jump> {
        let home = scratch();
        let key = keygen(home.path(), "key", "ed25519", "");
        let first = Sshd::start(home.path(), "one", &[&key], "")?;
        let second = Sshd::start(home.path(), "two", &[&key], "")?;
        let known = home.path().join("known_hosts");
        std::fs::write(&known, [first.known_hosts_line(), second.known_hosts_line()].concat()).unwrap();
        let way = vec![
            ("ssh", "key".to_owned()),
            ("ssh_host", "127.0.0.1".to_owned()),
            ("ssh_port", second.port.to_string()),
            ("ssh_user", user()),
            ("ssh_key", key.display().to_string()),
            ("ssh_jump", format!("{}@127.0.0.1:{}", user(), first.port)),
            ("ssh_config", "false".to_owned()),
            ("ssh_known_hosts", known.display().to_string()),
        ];
        Some(Jump { way, _servers: [first, second], _home: home })
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_ssh_with_a_jump_host() {
    let Some(server) = servers().pop() else { return };
    let Some(jump) = Jump::start() else { return };
    let port = server.port;
    Real::by(jump.way.clone(), server, port, "conformance_ssh", None).await.keeps_the_contract().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_ssh_and_a_pooler_that_lends_for_a_transaction() {
    let Some((server, port)) = pooled("transaction") else { return };
    let Some(jump) = Jump::start() else { return };
    let way = jump.way.clone();
    Real::by(way, server, port, "conformance_ssh_pooled", Some("transaction")).await.keeps_the_contract().await;
}

/// What the suite found is on record, and docs/support.md is made of that.
fn on_record(report: &driver::conformance::Report, name: &str) {
    report.assert();
    let folder = "../../../../tests/contract";
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, report.record());
    });
}
