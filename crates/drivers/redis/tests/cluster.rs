//! A cluster, and a master under a Sentinel.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use std::{
    collections::BTreeSet,
    process::{Child, Command, Stdio},
    time::Duration,
};

use common::{client, context, from_url, rows, run};
use driver::{
    Code, ConnectContext, Driver, Link, Profile, Role,
    keys::{Element, KeyChange, KeyKind, KeyListing, ValueWindow},
};
use driver_redis::{Redis, wire::Value};
use route::Endpoint;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_follows_keys_to_their_nodes() {
    let Some((profile, secret)) = from_url("ROWHOUSE_TEST_REDIS_CLUSTER") else { return };
    let connection = Redis.connect(&profile, ConnectContext::unattended(secret)).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    for index in 0..50 {
        assert_eq!(rows(&*session, &format!("SET session:{index} {index}")).await, [["OK"]]);
    }
    for index in (0..50).rev() {
        assert_eq!(rows(&*session, &format!("GET session:{index}")).await, [[index.to_string()]]);
    }
    let crossed = run(&*session, "MGET session:1 session:2 session:3").await.error();
    assert_eq!((crossed.code, crossed.native.unwrap().code.as_str()), (Code::InvalidStatement, "CROSSSLOT"));
    assert_eq!(rows(&*session, "SET {t}1 a").await, [["OK"]]);
    for text in ["MULTI", "APPEND {t}1 b", "GET {t}1"] {
        rows(&*session, text).await;
    }
    assert_eq!(rows(&*session, "EXEC").await, [["2"], ["ab"]]);
    assert_eq!(connection.control().server().facts["mode"], "cluster");
    let catalog = connection.control().catalog(&catalog::Scope::default()).await.unwrap();
    let names: Vec<_> = catalog.databases.iter().map(|database| database.name.as_str()).collect();
    assert_eq!(names, ["db0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_all_masters_are_listed_changed_and_removed() {
    let Some((profile, secret)) = from_url("ROWHOUSE_TEST_REDIS_CLUSTER") else { return };
    let connection = Redis.connect(&profile, ConnectContext::unattended(secret)).await.unwrap();
    let keys = connection.control().keys().unwrap();
    let names: Vec<Vec<u8>> = (0..600).map(|index| format!("all:{index}").into_bytes()).collect();
    keys.remove(&names).await.unwrap();
    for name in &names {
        let create = KeyChange::Create { element: Element::Bytes(b"x".to_vec()), ttl_ms: None };
        keys.change(name, &create).await.unwrap();
    }
    let (mut found, mut from, mut pages) = (BTreeSet::new(), None, 0);
    loop {
        let listing = KeyListing { from, budget: 50, pattern: Some(b"all:*".to_vec()), ..KeyListing::default() };
        let page = keys.list(&listing).await.unwrap();
        found.extend(page.keys);
        (from, pages) = (page.next, pages + 1);
        if from.is_none() {
            break;
        }
    }
    assert!(found == names.iter().cloned().collect() && pages > 3, "{} in {pages}", found.len());
    assert!(keys.count().await.unwrap() >= 600);
    let facts = keys.facts(&names).await.unwrap();
    assert!(facts.iter().all(|one| one.as_ref().is_some_and(|one| one.length == Some(1))));
    let part =
        keys.read(&names[7], &KeyKind::String, &ValueWindow { most: 9, ..ValueWindow::default() }).await.unwrap();
    assert_eq!(part.elements, [Element::Bytes(b"x".to_vec())]);
    assert!(keys.sample(b":", 100_000).await.unwrap().sampled >= 600);
    assert_eq!(keys.remove(&names).await.unwrap(), 600);
}

/// A slot that is being moved: MOVED and ASK are followed while keys are on both sides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_on_its_way_is_followed() {
    let Some((profile, secret)) = from_url("ROWHOUSE_TEST_REDIS_CLUSTER") else { return };
    let password = secret.clone().unwrap().expose().to_owned();
    let connection = Redis.connect(&profile, ConnectContext::unattended(secret)).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let keys = connection.control().keys().unwrap();
    rows(&*session, "SET {moving}a 1").await;
    keys.read(b"{moving}a", &KeyKind::String, &ValueWindow { most: 1, ..ValueWindow::default() }).await.unwrap();
    let mut any =
        client(Endpoint::tcp("127.0.0.1", profile.value("port").unwrap().parse().unwrap()), None, &password, 0).await;
    let slot = any.ask(&["CLUSTER", "KEYSLOT", "{moving}a"]).await.unwrap().integer().unwrap().to_string();
    let slots = any.ask(&["CLUSTER", "SLOTS"]).await.unwrap();
    let number: i64 = slot.parse().unwrap();
    let mut masters: Vec<(bool, String, u16)> = Vec::new();
    for range in slots.list() {
        let (first, last) = (range.list()[0].integer().unwrap(), range.list()[1].integer().unwrap());
        let master = range.list()[2].list();
        let port = u16::try_from(master[1].integer().unwrap()).unwrap();
        masters.push(((first..=last).contains(&number), master[2].text().unwrap(), port));
    }
    let from = masters.iter().find(|(has, ..)| *has).unwrap().clone();
    let to = masters.iter().find(|(_, name, _)| *name != from.1).unwrap().clone();
    let mut source = client(Endpoint::tcp("127.0.0.1", from.2), None, &password, 0).await;
    let mut target = client(Endpoint::tcp("127.0.0.1", to.2), None, &password, 0).await;
    common::all(&mut target, &[&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from.1]]).await;
    common::all(&mut source, &[&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to.1]]).await;
    // Not on the old node: asked for on the new one.
    assert_eq!(rows(&*session, "SET {moving}b 2").await, [["OK"]]);
    assert_eq!(rows(&*session, "GET {moving}a").await, [["1"]]);
    assert_eq!(rows(&*session, "GET {moving}b").await, [["2"]]);
    let window = ValueWindow { most: 9, ..ValueWindow::default() };
    let part = keys.read(b"{moving}b", &KeyKind::String, &window).await.unwrap();
    assert_eq!(part.elements, [Element::Bytes(b"2".to_vec())]);
    let port = to.2.to_string();
    common::all(&mut source, &[&["MIGRATE", "127.0.0.1", &port, "{moving}a", "0", "5000", "AUTH", &password]]).await;
    for client in [&mut target, &mut source] {
        common::all(client, &[&["CLUSTER", "SETSLOT", &slot, "NODE", &to.1]]).await;
    }
    assert_eq!(rows(&*session, "GET {moving}a").await, [["1"]]);
    let part = keys.read(b"{moving}a", &KeyKind::String, &window).await.unwrap();
    assert_eq!(part.elements, [Element::Bytes(b"1".to_vec())]);
    let delete = KeyChange::Delete(KeyKind::String);
    keys.change(b"{moving}a", &delete).await.unwrap();
    keys.change(b"{moving}b", &delete).await.unwrap();
}

/// Servers of a test's own, ended with it.
struct Nodes {
    folder: tempfile::TempDir,
    processes: Vec<Child>,
    ports: Vec<u16>,
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn free_ports(count: usize) -> Vec<u16> {
    let open: Vec<_> = (0..count).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    open.iter().map(|one| one.local_addr().unwrap().port()).collect()
}

async fn own_cluster() -> Option<Nodes> {
    let program = std::env::var("ROWHOUSE_TEST_REDIS_PROGRAM").ok()?;
    let ports = free_ports(6);
    let mut nodes = Nodes { folder: tempfile::tempdir().unwrap(), processes: Vec::new(), ports: ports[..3].to_vec() };
    for index in 0..3 {
        let folder = nodes.folder.path().join(index.to_string());
        std::fs::create_dir(&folder).unwrap();
        let settings = format!(
            "port {}\nbind 127.0.0.1\ndir {}\nsave \"\"\ncluster-enabled yes\ncluster-port {}\ncluster-node-timeout 2000\n\
             cluster-require-full-coverage no\n",
            ports[index],
            folder.display(),
            ports[index + 3]
        );
        std::fs::write(folder.join("settings"), settings).unwrap();
        let process = Command::new(&program).arg(folder.join("settings")).stdout(Stdio::null()).spawn().unwrap();
        nodes.processes.push(process);
    }
    let mut clients = Vec::new();
    for port in &nodes.ports {
        let ready = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", *port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), ready).await.unwrap();
        clients.push(client(Endpoint::tcp("127.0.0.1", *port), None, "", 0).await);
    }
    for (index, client) in clients.iter_mut().enumerate() {
        let (first, last) = (index * 5462, (index * 5462 + 5461).min(16383));
        common::all(client, &[&["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()]]).await;
        for other in 0..3 {
            let (port, bus) = (ports[other].to_string(), ports[other + 3].to_string());
            common::all(client, &[&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]]).await;
        }
    }
    for client in &mut clients {
        for _ in 0..200 {
            let told = client.ask(&["CLUSTER", "SLOTS"]).await.unwrap();
            let info = client.ask(&["CLUSTER", "INFO"]).await.unwrap().text().unwrap();
            if told.list().len() == 3 && info.contains("cluster_state:ok") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Some(nodes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_dies_in_mid_scan_is_an_error_and_never_the_end() {
    let Some(mut nodes) = own_cluster().await else {
        assert!(
            std::env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"),
            "ROWHOUSE_TEST_REDIS_PROGRAM is required"
        );
        return;
    };
    let values =
        [("host", "127.0.0.1".to_owned()), ("port", nodes.ports[0].to_string()), ("mode", "cluster".to_owned())];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    let profile = Profile { name: "own".into(), driver: "redis".into(), values };
    let connection = Redis.connect(&profile, context("")).await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    for index in 0..300 {
        rows(&*session, &format!("SET k:{index} x")).await;
    }
    let keys = connection.control().keys().unwrap();
    let first = keys.list(&KeyListing { budget: 10, ..KeyListing::default() }).await.unwrap();
    // The last master goes, before the scan has come to it.
    let last = nodes.processes.last_mut().unwrap();
    last.kill().unwrap();
    last.wait().unwrap();
    let (mut from, mut found) = (first.next, BTreeSet::from_iter(first.keys));
    assert!(from.is_some());
    let error = loop {
        match keys.list(&KeyListing { from: from.clone(), budget: 100, ..KeyListing::default() }).await {
            Ok(page) => {
                found.extend(page.keys);
                from = page.next;
                assert!(from.is_some(), "the list seems to end after {} keys", found.len());
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(error.code, Code::Unreachable | Code::TimedOut), "{error:?}");
    assert!(found.len() > 100 && found.len() < 300, "{}", found.len());
    assert!(keys.count().await.is_err(), "a part is no count");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sentinel_names_the_master_also_after_a_failover() {
    let Some((profile, secret)) = from_url("ROWHOUSE_TEST_REDIS_SENTINEL") else { return };
    let connect = || Redis.connect(&profile, ConnectContext::unattended(secret.clone()));
    let connection = connect().await.unwrap();
    let session = connection.open(Role::Session).await.unwrap();
    let port = |rows: Vec<Vec<String>>| rows[0][1].clone();
    let before = port(rows(&*session, "CONFIG GET port").await);
    rows(&*session, "SET kept 1").await;
    let sentinel = Endpoint::tcp("127.0.0.1", profile.value("port").unwrap().parse().unwrap());
    let mut sentinel = client(sentinel, None, "", 0).await;
    let mut state = session.state();
    // A Sentinel that has not yet heard of the replica has nobody to choose.
    for _ in 0..150 {
        match sentinel.ask(&["SENTINEL", "FAILOVER", "rowhouse"]).await.unwrap() {
            Value::Error(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            _ => break,
        }
    }
    let lost = state.wait_for(|state| matches!(state.link, Link::Lost(_)));
    tokio::time::timeout(Duration::from_secs(30), lost).await.unwrap().unwrap();
    // The connection opens its next session at whoever is the master now.
    let mut opened = connection.open(Role::Session).await;
    for _ in 0..50 {
        if opened.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        opened = connection.open(Role::Session).await;
    }
    let session = opened.unwrap();
    assert_ne!(port(rows(&*session, "CONFIG GET port").await), before);
    assert_eq!(rows(&*session, "SET kept 2").await, [["OK"]]);
    let mut unknown = profile.clone();
    unknown.values.insert("sentinel_master".into(), "nobody".into());
    let error = Redis.connect(&unknown, ConnectContext::unattended(secret.clone())).await.err().unwrap();
    assert_eq!(error.code, Code::NotFound);
}
