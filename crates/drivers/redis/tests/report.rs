//! What servers say of themselves, and what they took long for.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use common::{all, alone, client, from_url, server, servers};
use driver::{
    Code, ConnectContext, Driver, Secret,
    report::{FactUnit, ServerReport, Trend},
};
use driver_redis::Redis;
use route::Endpoint;

fn value<'a>(report: &'a ServerReport, section: &str, name: &str) -> Option<&'a str> {
    let part = report.parts.first()?;
    let section = part.sections.iter().find(|one| one.label == section)?;
    section.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
}

#[tokio::test]
async fn a_server_tells_its_figures_and_its_advice_in_its_own_words() {
    for server in servers() {
        let connection = server.connect(&[("database", "3")]).await.unwrap();
        let mut beside = server.client(3).await;
        all(&mut beside, &[&["SET", "report:a", "1"], &["GET", "report:a"], &["GET", "report:none"]]).await;
        let report = connection.control().report().unwrap().report().await.unwrap();
        assert_eq!(report.parts.len(), 1);
        for section in ["Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Keyspace"] {
            assert!(report.parts[0].sections.iter().any(|one| one.label == section), "{section}");
        }
        assert!(value(&report, "Memory", "used_memory").unwrap().parse::<u64>().unwrap() > 100_000);
        assert!(value(&report, "Keyspace", "db3.keys").unwrap().parse::<u64>().unwrap() >= 1);
        let ratio = value(&report, "Stats", "hit_ratio").unwrap().parse::<f64>().unwrap();
        assert!(ratio > 0.0 && ratio < 1.0, "{ratio}");
        let head: Vec<&str> = report.headline.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(head[..5], ["instantaneous_ops_per_sec", "used_memory", "connected_clients", "hit_ratio", "keys"]);
        let memory = report.headline.iter().find(|fact| fact.name == "used_memory").unwrap();
        assert_eq!((memory.unit, memory.trend, memory.computed.is_none()), (FactUnit::Bytes, Trend::Level, true));
        let advice: Vec<&str> = report.advice.iter().map(|one| one.asked.as_str()).collect();
        assert_eq!(advice, ["MEMORY DOCTOR", "LATENCY DOCTOR"]);
        assert!(report.advice.iter().all(|one| one.text.len() > 20 && one.part.is_none()));
        assert!(report.unseen.is_empty(), "{:?}", report.unseen);
    }
}

#[tokio::test]
async fn every_master_of_a_cluster_tells_of_itself() {
    let Some((profile, secret)) = from_url("ROWHOUSE_TEST_REDIS_CLUSTER") else { return };
    let connection = Redis.connect(&profile, ConnectContext::unattended(secret)).await.unwrap();
    let report = connection.control().report().unwrap().report().await.unwrap();
    assert!(report.parts.len() > 1, "{}", report.parts.len());
    let used: u64 = report
        .parts
        .iter()
        .map(|part| {
            let memory = part.sections.iter().find(|one| one.label == "Memory").unwrap();
            memory.facts.iter().find(|fact| fact.name == "used_memory").unwrap().value.parse::<u64>().unwrap()
        })
        .sum();
    let memory = report.headline.iter().find(|fact| fact.name == "used_memory").unwrap();
    assert_eq!(memory.value, used.to_string());
    assert!(memory.computed.as_deref().unwrap().contains("masters"));
    assert!(report.advice.iter().all(|one| one.part.is_some()));
    let slow = connection.control().slow_log().unwrap().slow(10).await.unwrap();
    assert_eq!(slow.thresholds.len(), 2);
}

#[tokio::test]
async fn slow_commands_are_told_without_secrets_and_forgotten_when_asked() {
    let Some(alone) = alone("slowlog-log-slower-than 0\nslowlog-max-len 64").await else { return };
    let connection = Redis.connect(&alone.profile, ConnectContext::unattended(None)).await.unwrap();
    let port = alone.profile.values["port"].parse().unwrap();
    let mut beside = client(Endpoint::tcp("127.0.0.1", port), None, "", 0).await;
    let long = "x".repeat(500);
    let many: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    beside.ask(&["SET", "a b", &long]).await.unwrap();
    beside.ask(&[&["DEL"][..], &many.iter().map(String::as_str).collect::<Vec<_>>()].concat()).await.unwrap();
    beside.ask(&["CONFIG", "SET", "masterauth", "s3cret", "hz", "11"]).await.unwrap();
    let facet = connection.control().slow_log().unwrap();
    let slow = facet.slow(64).await.unwrap();
    let texts: Vec<&str> = slow.statements.iter().map(|one| one.statement.as_str()).collect();
    assert!(texts.iter().all(|text| !text.contains("s3cret")), "{texts:?}");
    let of = |start: &str| slow.statements.iter().find(|one| one.statement.starts_with(start)).unwrap();
    let set = of("SET \"a b\"");
    assert!(set.cut && set.statement.contains("more bytes)"), "{}", set.statement);
    assert_eq!((set.application.as_deref(), set.part.as_deref()), (Some("beside"), None));
    assert!(set.client.as_deref().unwrap().starts_with("127.0.0.1:") && set.at_s > 1_700_000_000);
    assert!(of("DEL 0 1").cut && of("CONFIG SET masterauth").statement.contains("hz 11"));
    let found: Vec<(&str, &str)> =
        slow.thresholds.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
    assert_eq!(found, [("slowlog-log-slower-than", "0"), ("slowlog-max-len", "64")]);
    assert_eq!((slow.off, facet.slow(2).await.unwrap().statements.len()), (None, 2));

    assert_eq!(facet.forgetting(), "SLOWLOG RESET");
    beside.ask(&["CONFIG", "SET", "slowlog-log-slower-than", "-1"]).await.unwrap();
    facet.forget().await.unwrap();
    let slow = facet.slow(64).await.unwrap();
    assert_eq!(slow.statements, []);
    assert!(slow.off.unwrap().contains("CONFIG SET slowlog-log-slower-than"));
}

#[tokio::test]
async fn who_may_not_ask_is_told_so_and_shown_no_empty_page() {
    let Some(server) = server("REDIS") else { return };
    let mut beside = server.client(0).await;
    let rights = ["ACL", "SETUSER", "report-denied", "on", ">s3", "~*", "+@all", "-info", "-slowlog", "-config"];
    all(&mut beside, &[&rights]).await;
    let rights =
        ["ACL", "SETUSER", "report-half", "on", ">s3", "~*", "+@all", "-memory", "-config", "+info", "+slowlog"];
    all(&mut beside, &[&rights]).await;
    let connect = async |user: &str| {
        let profile = server.profile(&[("user", user)]);
        let secret = ConnectContext::unattended(Some(Secret::new("s3".to_owned())));
        Redis.connect(&profile, secret).await.unwrap()
    };
    let denied = connect("report-denied").await;
    let report = denied.control().report().unwrap().report().await.unwrap_err();
    let slow = denied.control().slow_log().unwrap().slow(9).await.unwrap_err();
    assert_eq!((report.code, slow.code), (Code::Forbidden, Code::Forbidden));
    let half = connect("report-half").await;
    let report = half.control().report().unwrap().report().await.unwrap();
    assert_eq!(report.unseen, ["This login may not ask MEMORY DOCTOR."]);
    assert_eq!(report.advice.len(), 1);
    let slow = half.control().slow_log().unwrap().slow(9).await.unwrap();
    assert!(slow.thresholds.is_empty() && slow.unseen[0].starts_with("From when on"), "{:?}", slow.unseen);
    all(&mut beside, &[&["ACL", "DELUSER", "report-denied", "report-half"]]).await;
}
