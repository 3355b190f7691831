#![allow(clippy::unwrap_used, clippy::panic)]
//! The driver contract, case by case, on a real server.

mod common {
    pub mod proxy;
    pub mod server;
}

use std::sync::Arc;

use arrow_schema::DataType;
use async_trait::async_trait;
use catalog::ObjectKey;
use common::{
    proxy::Proxy,
    server::{Server, fill, server},
};
use driver::{
    DocumentForm, Driver, Secret, SessionState,
    conformance::{ErrorText, Gap, Login, Offer, Paging, Probe, ScriptText, Subject, Texts, ValueText, Writing, suite},
    documents::{DOCUMENT, TextStyle},
};
use driver_mongodb::{MongoDb, bson};

struct Real {
    server: Server,
    /// Where and how to connect, besides the usual.
    way: Vec<(String, String)>,
    proxy: Option<Proxy>,
    texts: Texts,
}

/// One value of every type, as the shell writes it. Without those that were given up long ago: the server under test stores a
/// symbol as a text.
const VALUES: &[&str] = &[
    "1.5",
    "NaN",
    "\"é🚀\"",
    "{ a: 1 }",
    "[ 1, \"x\" ]",
    "BinData(0, \"//8=\")",
    "UUID(\"73ffd264-44b3-4c69-90e8-e7d1dfc035d4\")",
    "ObjectId(\"56e1fc72e0c917e9c4714161\")",
    "true",
    "ISODate(\"2012-12-24T12:15:30.501Z\")",
    "null",
    "/abc/im",
    "Code(\"x\")",
    "-2147483648",
    "Timestamp({ t: 123456789, i: 42 })",
    "NumberLong(\"-9223372036854775808\")",
    "NumberDecimal(\"1.50\")",
    "MinKey()",
    "MaxKey()",
];

/// A statement that gives this many documents.
fn many(count: u32) -> String {
    format!(
        "db.pages.aggregate([{{$limit: 1}}, {{$project: {{_id: 0, i: {{$range: [0, {count}]}}}}}}, {{$unwind: '$i'}}])"
    )
}

fn texts(database: &str) -> Texts {
    let failing = |setup: &[&str], statement: &str| {
        let setup = setup.iter().map(|text| (*text).to_owned()).collect();
        Ok(ErrorText { setup, statement: statement.to_owned(), span: None })
    };
    let values = VALUES.iter().enumerate().map(|(place, text)| ValueText {
        statement: format!("db.types.find({{_id: {place}}}, {{_id: 0}})"),
        native_type: DOCUMENT.to_owned(),
        data_type: DataType::Binary,
        expected: Some((*text).into()),
    });
    Texts {
        one: "db.aggregate([{$documents: [{one: 1}]}])".into(),
        script: Ok(ScriptText {
            text: "db.script.drop(); db.script.insertMany([{_id: 1, v: 'a;b'}, {_id: 2, v: \"c';d\"}])\n\
                   db.script.find({}, {_id: 0}).sort({v: -1}).limit(1)"
                .into(),
            statements: 3,
            last: "\"c';d\"".into(),
        }),
        several_results: Gap::absent("a statement gives one result"),
        empty_result: Ok(("db.types.find({_id: 'none'})".into(), vec![DOCUMENT.into()])),
        no_columns: Gap::absent("a result has one column"),
        values: Ok(values.collect()),
        nulls: Gap::absent("a result has one column, and a document is never NULL"),
        notice: Gap::unverifiable("the server under test runs no JavaScript, which is what a notice is given for"),
        listening: Gap::absent("sessions cannot send each other messages"),
        parameters: Gap::absent("the shell's statements have no placeholders"),
        parameter_status: Gap::absent("the server reports no parameters"),
        syntax_error: failing(&[], "db.types.find({$nope: 1})"),
        missing_relation: failing(&[], "db.nowhere_at_all.renameCollection('elsewhere')"),
        unique_violation: failing(&["db.u.drop()", "db.u.insertOne({_id: 1})"], "db.u.insertOne({_id: 1})"),
        hint: failing(&[], "db.nowhere_at_all.renameCollection('elsewhere')"),
        transactions: Gap::absent("transactions of several statements are not offered"),
        failed_transaction: Gap::absent("transactions of several statements are not offered"),
        // A change stream on a collection where nothing changes: the server waits for it for as long as it is asked.
        sleep: Ok("db.quiet.watch()".into()),
        // The server under test holds a whole result before it gives the first batch, and answers nobody meanwhile: hence rows
        // that are made on the way out, and fewer of them where only the first batch is read.
        endless: Ok(many(300_000)),
        million_rows: Ok(many(1_000_000)),
        trickle: Gap::unverifiable("the server under test has nothing that works for a set time before each document"),
        widest: Ok(("db.types.find().limit(1)".into(), 1)),
        large_cell: Ok(("db.large.find()".into(), 16 << 20)),
        probe: Ok(Probe {
            setup: vec!["use conformance_mine".into()],
            // The name of the database is what only the session knows.
            check: "db.who.find({}, {_id: 0})".into(),
            expected: "\"mine\"".into(),
        }),
        writing: Ok(Writing {
            setup: vec!["db.w.drop()".into(), "db.w.insertOne({_id: 0})".into()],
            write: "db.w.updateMany({}, {$set: {changed: true}})".into(),
            check: "db.w.countDocuments({changed: true})".into(),
            unchanged: "0".into(),
        }),
        paging: Ok(Paging {
            setup: vec!["db.pages.find().limit(1)".into()],
            relation: ObjectKey::relation(None, Some(database), "pages"),
            rows: 1000,
            read: "db.pages.find()".into(),
        }),
        definition: Ok((
            ObjectKey::relation(None, Some(database), "pages"),
            format!("db.getSiblingDB(\"{database}\").createCollection(\"pages\""),
        )),
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
        Arc::new(MongoDb)
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
        Ok(self.with(&[("hosts", "no-such-host.invalid")], &self.server.password))
    }

    fn refused_port(&self) -> Offer<Login> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Ok(self.with(&[("hosts", &format!("127.0.0.1:{free}"))], &self.server.password))
    }

    fn unknown_database(&self) -> Offer<Login> {
        Gap::absent("a database is there as soon as something is written to it")
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    /// A document of one field prints as that field's value.
    fn print(&self, native_type: &str, cell: Vec<u8>) -> Vec<u8> {
        if native_type != DOCUMENT {
            return cell;
        }
        let form: &dyn DocumentForm = MongoDb.documents().unwrap();
        let fields = form.fields(DOCUMENT, &cell).unwrap();
        let text = match fields.as_slice() {
            [one] => form.text(one.native_type, one.raw, TextStyle::Shell, false),
            _ => form.text(DOCUMENT, &cell, TextStyle::Canonical, false),
        };
        text.into_bytes()
    }

    async fn is_active(&self, session: &SessionState) -> Offer<bool> {
        let mut client = self.server.client().await;
        let reply = client.run("admin", &bson::document(|writer| _ = writer.int32("currentOp", 1))).await.unwrap();
        client.close().await;
        let operations = bson::get(&reply, "inprog").unwrap();
        let number: i64 = session.server_id.clone().unwrap().parse().unwrap();
        let mut all = bson::elements(operations.document().unwrap()).unwrap().map(Result::unwrap);
        // It lists the last command of each connection. Whoever has a cursor asks it for more; what is stopped ends with killCursors.
        Ok(all.any(|one| {
            bson::get(one.raw, "connectionId").and_then(|id| id.integer()) == Some(number)
                && bson::get(one.raw, "op").and_then(|op| op.text()).as_deref() == Some("getMore")
        }))
    }

    async fn kill(&self, session: &SessionState) -> Offer<()> {
        let Some(proxy) = &self.proxy else {
            return Gap::unverifiable(
                "no server ends another's connection, and what is encrypted cannot be cut by number",
            );
        };
        match proxy.cut(&session.server_id.clone().unwrap_or_default()) {
            true => Ok(()),
            false => Gap::unverifiable("the connection is not known to what stands between"),
        }
    }
}

/// The suite, with collections in a database of its own.
async fn keeps_the_contract(server: Server, database: &str, name: &str, way: &[(&str, &str)], proxy: Option<Proxy>) {
    let mut client = server.client().await;
    let drop = |name: &'static str| bson::document(|writer| _ = writer.string("drop", name));
    for name in ["types", "large"] {
        client.run(database, &drop(name)).await.ok();
    }
    for (place, text) in VALUES.iter().enumerate() {
        let form = MongoDb.documents().unwrap();
        let document = form.parse(&format!("{{_id: {place}, v: {text}}}")).unwrap();
        let command = bson::document(|writer| _ = writer.string("insert", "types").documents("documents", [document]));
        client.run(database, &command).await.unwrap();
    }
    fill(&mut client, database, "pages", 1000, |writer, n| _ = writer.int32("_id", n)).await;
    fill(&mut client, database, "quiet", 1, |writer, n| _ = writer.int32("_id", n)).await;
    fill(&mut client, "conformance_mine", "who", 1, |writer, n| _ = writer.int32("_id", n).string("v", "mine")).await;
    let overhead = bson::document(|writer| _ = writer.int32("_id", 0).string("text", "")).len();
    fill(&mut client, database, "large", 1, |writer, n| {
        writer.int32("_id", n).string("text", &"x".repeat((16 << 20) - overhead));
    })
    .await;
    client.close().await;
    let way = way.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let way = way.chain([("schema".to_owned(), database.to_owned())]).collect();
    let report = suite(&Real { texts: texts(database), way, proxy, server }).await;
    eprintln!("{database}: {report}");
    on_record(&report, name);
}

/// What the suite found is on record, and docs/support.md is made of that.
fn on_record(report: &driver::conformance::Report, name: &str) {
    report.assert();
    let folder = "../../../../tests/contract";
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, report.record());
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_on_a_real_server() {
    let Some(server) = server() else { return };
    let proxy = Proxy::start(server.port).await;
    let hosts = format!("127.0.0.1:{}", proxy.port);
    keeps_the_contract(server, "conformance", "mongodb", &[("hosts", &hosts)], Some(proxy)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_driver_keeps_the_contract_through_verified_tls() {
    let Some(server) = server() else { return };
    let Some((folder, port)) = server.tls.clone() else { return };
    let (ca, hosts) = (folder.join("ca.crt").display().to_string(), format!("localhost:{port}"));
    let way = [("sslmode", "verify-full"), ("sslrootcert", ca.as_str()), ("hosts", hosts.as_str())];
    keeps_the_contract(Server { port, ..server }, "conformance_tls", "mongodb-tls", &way, None).await;
}
