//! Following what happens on real servers.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use std::{sync::Arc, time::Duration};

use arrow_array::{Array, RecordBatch, cast::AsArray};
use common::{Server, all, alone, client, from_url, server, servers};
use driver::{
    Code, ConnectContext, Connection, Driver, Live, Secret,
    live::{Following, LiveEnd, LiveEvent, LiveMessage, LiveWanted, Outlook},
};
use driver_redis::{Redis, wire::Client};
use route::Endpoint;

fn live(connection: &Arc<dyn Connection>) -> &dyn Live {
    connection.control().live().unwrap()
}

fn wanted(kind: &str, topics: &[&str]) -> LiveWanted {
    LiveWanted { kind: kind.to_owned(), topics: topics.iter().map(|one| (*one).to_owned()).collect(), limit: None }
}

async fn event(following: &mut Following) -> LiveEvent {
    tokio::time::timeout(Duration::from_secs(20), following.events.recv()).await.unwrap().unwrap()
}

fn cells(batch: &RecordBatch, row: usize, columns: usize) -> Vec<Option<Vec<u8>>> {
    let cell = |column: usize| {
        let column = batch.column(column).as_binary::<i32>();
        (!column.is_null(row)).then(|| column.value(row).to_vec())
    };
    (0..columns).map(cell).collect()
}

/// Rows until there are this many, without the first column where that is our clock.
async fn rows(following: &mut Following, wanted: usize) -> Vec<Vec<Option<Vec<u8>>>> {
    let columns = driver::arrow::visible_columns(&following.schema);
    let mut found = Vec::new();
    while found.len() < wanted {
        match event(following).await {
            LiveEvent::Rows(batch) => {
                assert_eq!(batch.schema_ref(), &following.schema);
                found.extend((0..batch.num_rows()).map(|row| cells(&batch, row, columns)));
            }
            other => panic!("{other:?}"),
        }
    }
    found
}

fn some(text: &str) -> Option<Vec<u8>> {
    Some(text.as_bytes().to_vec())
}

async fn begin(server: &Server) -> (Arc<dyn Connection>, Client) {
    (server.connect(&[("database", "4")]).await.unwrap(), server.client(4).await)
}

#[tokio::test]
async fn messages_of_names_and_patterns_arrive_with_their_bytes() {
    for server in servers() {
        let (connection, mut client) = begin(&server).await;
        let mut following = live(&connection).follow(&wanted("channels", &["live:a", "live:p*"])).await.unwrap();
        let names: Vec<String> = following.schema.fields().iter().take(4).map(|field| field.name().clone()).collect();
        assert_eq!(names, ["received", "channel", "message", "pattern"]);
        client.ask(&[&b"PUBLISH"[..], b"live:a", b"a\0\xff"]).await.unwrap();
        let message = LiveMessage { kind: "channels".into(), topic: "live:p 1".into(), payload: b"\"x\"".to_vec() };
        assert_eq!(live(&connection).publishing(&message).unwrap(), r#"PUBLISH "live:p 1" "\"x\"""#);
        assert_eq!(live(&connection).publish(&message).await.unwrap(), Some(1));
        let found = rows(&mut following, 2).await;
        assert_eq!(found[0][1..], [some("live:a"), Some(b"a\0\xff".to_vec()), None]);
        assert_eq!(found[1][1..], [some("live:p 1"), some("\"x\""), some("live:p*")]);
        let moment = String::from_utf8(found[0][0].clone().unwrap()).unwrap();
        assert_eq!((moment.len(), &moment[..2], &moment[10..11]), (23, "20", " "));
        let nothing = LiveMessage { kind: "channels".into(), topic: "live:nobody".into(), payload: Vec::new() };
        assert_eq!(live(&connection).publish(&nothing).await.unwrap(), Some(0));
        // Letting go ends the connection on the server.
        drop(following);
        let gone = async {
            while client.ask(&["CLIENT", "LIST"]).await.unwrap().text().unwrap().contains(":live ") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
    }
}

#[tokio::test]
async fn many_messages_arrive_in_order_and_none_is_lost() {
    let Some(server) = server("REDIS") else { return };
    let (connection, mut client) = begin(&server).await;
    let mut following = live(&connection).follow(&wanted("channels", &["live:many"])).await.unwrap();
    let script = "for i = 1, 30000 do redis.call('PUBLISH', 'live:many', i) end";
    client.ask(&["EVAL", script, "0"]).await.unwrap();
    let found = rows(&mut following, 30_000).await;
    let numbers: Vec<u32> =
        found.iter().map(|row| String::from_utf8(row[2].clone().unwrap()).unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, (1..=30_000).collect::<Vec<u32>>());
}

#[tokio::test]
async fn keys_that_change_are_told_once_the_setting_is_on_and_it_is_said_where_it_is_off() {
    let Some(alone) = alone("notify-keyspace-events Ex").await else { return };
    let connection = Redis.connect(&alone.profile, ConnectContext::unattended(None)).await.unwrap();
    let port = alone.profile.values["port"].parse().unwrap();
    let mut beside = client(Endpoint::tcp("127.0.0.1", port), None, "", 0).await;
    let keys = wanted("keyspace", &["a*", "*ü"]);
    let Outlook::Off { why, statement } = live(&connection).outlook(&keys).await.unwrap() else { panic!("on") };
    assert!(why.contains("off on this server"), "{why}");
    let statement = statement.unwrap();
    assert_eq!(statement, "CONFIG SET notify-keyspace-events KxE");
    let other = live(&connection).switch_on(&keys, "CONFIG SET notify-keyspace-events KEA").await.unwrap_err();
    assert_eq!(other.code, Code::Conflict);
    live(&connection).switch_on(&keys, &statement).await.unwrap();
    assert_eq!(live(&connection).outlook(&keys).await.unwrap(), Outlook::Ready);
    all(&mut beside, &[&["CONFIG", "SET", "notify-keyspace-events", "KEA"]]).await;
    let mut following = live(&connection).follow(&keys).await.unwrap();
    all(&mut beside, &[&["SET", "ab", "1"], &["SET", "other", "1"], &["DEL", "ab"], &["SET", "ö ü", "1"]]).await;
    all(&mut beside, &[&["SELECT", "3"], &["SET", "ab", "1"], &["SELECT", "0"], &["PEXPIRE", "ö ü", "1"]]).await;
    let found: Vec<_> = rows(&mut following, 4).await.into_iter().map(|row| row[1..].to_vec()).collect();
    let of = |key: &str, event: &str| vec![some(key), some(event), some("0")];
    assert_eq!(found[..3], [of("ab", "set"), of("ab", "del"), of("ö ü", "set")]);
    assert_eq!(found[3][0], some("ö ü"), "what happens in another database is not told");
}

#[tokio::test]
async fn monitor_shows_commands_and_ends_by_itself() {
    for server in servers() {
        let (connection, mut client) = begin(&server).await;
        let kinds = live(&connection).kinds();
        let monitor = kinds.iter().find(|kind| kind.id == "monitor").unwrap();
        assert!(monitor.caution.is_some() && !monitor.publishes && monitor.topic.is_none());
        assert_eq!(monitor.limit.map(|limit| (limit.usual_s, limit.most_s)), Some((30, 600)));
        let short = LiveWanted { limit: Some(Duration::from_millis(1500)), ..wanted("monitor", &[]) };
        let mut following = live(&connection).follow(&short).await.unwrap();
        let begun = std::time::Instant::now();
        client.ask(&["SET", "live:m", "a\nb"]).await.unwrap();
        // Longer than lines may be: its beginning is told.
        client.ask(&["SET", "live:long", &"x".repeat(3 << 20)]).await.unwrap();
        client.ask(&["DEL", "live:long"]).await.unwrap();
        let mut seen = Vec::new();
        let end = loop {
            match event(&mut following).await {
                LiveEvent::Rows(batch) => seen.extend((0..batch.num_rows()).map(|row| cells(&batch, row, 4))),
                LiveEvent::Ended(end) => break end,
                other => panic!("{other:?}"),
            }
        };
        assert!(matches!(end, LiveEnd::Limit(limit) if limit == Duration::from_millis(1500)), "{end:?}");
        assert!(begun.elapsed() >= Duration::from_millis(1400));
        let set = some("\"SET\" \"live:m\" \"a\\nb\"");
        assert!(seen.iter().any(|row| row[1] == some("4") && row[3] == set), "{} rows", seen.len());
        let long = seen
            .iter()
            .filter_map(|row| row[3].as_deref())
            .find(|text| text.starts_with(b"\"SET\" \"live:long\" \"xxx"));
        assert!(long.is_some_and(|text| text.len() < 2 << 20 && text.ends_with(b"cut here")), "{} rows", seen.len());
        assert!(seen.iter().any(|row| row[3] == some("\"DEL\" \"live:long\"")), "what follows is read too");
        assert!(following.events.recv().await.is_none());
    }
}

#[tokio::test]
async fn a_lost_connection_is_told_and_followed_again() {
    let Some(server) = server("REDIS") else { return };
    let (connection, mut client) = begin(&server).await;
    let mut following = live(&connection).follow(&wanted("channels", &["live:lost"])).await.unwrap();
    let list = client.ask(&["CLIENT", "LIST", "TYPE", "pubsub"]).await.unwrap().text().unwrap();
    let ours = list.lines().filter(|line| line.contains(":live ") && line.contains("db=4"));
    let ids: Vec<&str> = ours.map(|line| line.split(' ').next().unwrap().trim_start_matches("id=")).collect();
    for id in ids {
        client.ask(&["CLIENT", "KILL", "ID", id]).await.unwrap();
    }
    let LiveEvent::Lost(error) = event(&mut following).await else { panic!("not lost") };
    assert_eq!(error.code, Code::Unreachable);
    assert!(matches!(event(&mut following).await, LiveEvent::Back { missed: true }));
    client.ask(&["PUBLISH", "live:lost", "again"]).await.unwrap();
    assert_eq!(rows(&mut following, 1).await[0][2], some("again"));
}

#[tokio::test]
async fn what_may_not_or_cannot_be_followed_is_refused_before_it_begins() {
    let Some(server) = server("REDIS") else { return };
    let mut beside = server.client(0).await;
    let rights =
        ["ACL", "SETUSER", "live-few", "on", ">s3", "~*", "+@all", "-monitor", "-config", "resetchannels", "&open:*"];
    all(&mut beside, &[&rights]).await;
    let secret = || ConnectContext::unattended(Some(Secret::new("s3".to_owned())));
    let connection = Redis.connect(&server.profile(&[("user", "live-few")]), secret()).await.unwrap();
    for refused in [wanted("channels", &["*"]), wanted("monitor", &[])] {
        let error = live(&connection).follow(&refused).await.unwrap_err();
        assert_eq!(error.code, Code::Forbidden, "{refused:?}: {error}");
    }
    let Outlook::Unknown { why } = live(&connection).outlook(&wanted("keyspace", &["*"])).await.unwrap() else {
        panic!("known")
    };
    assert!(why.contains("may not be read"), "{why}");
    for nonsense in [wanted("channels", &[]), wanted("nothing", &["a"]), wanted("channels", &[""])] {
        assert_eq!(live(&connection).follow(&nonsense).await.unwrap_err().code, Code::InvalidStatement);
    }
    let message = LiveMessage { kind: "monitor".into(), topic: "a".into(), payload: Vec::new() };
    assert_eq!(live(&connection).publish(&message).await.unwrap_err().code, Code::Unsupported);
    let guarded = ConnectContext { read_only: true, ..context_of(&server) };
    let connection = Redis.connect(&server.profile(&[]), guarded).await.unwrap();
    let message = LiveMessage { kind: "channels".into(), topic: "a".into(), payload: Vec::new() };
    assert_eq!(live(&connection).publish(&message).await.unwrap_err().code, Code::Forbidden);
    assert!(live(&connection).follow(&wanted("channels", &["a"])).await.is_ok());
    all(&mut beside, &[&["ACL", "DELUSER", "live-few"]]).await;
}

fn context_of(server: &Server) -> ConnectContext {
    common::context(&server.password)
}

#[tokio::test]
async fn a_server_of_before_resp3_is_followed_too() {
    let Some(alone) = alone("rename-command HELLO \"\"").await else { return };
    let old = Redis.connect(&alone.profile, ConnectContext::unattended(None)).await.unwrap();
    assert_eq!(old.control().server().facts["protocol"], "RESP2");
    let mut following = live(&old).follow(&wanted("channels", &["live:old", "p*"])).await.unwrap();
    for topic in ["live:old", "pq"] {
        let message = LiveMessage { kind: "channels".into(), topic: topic.into(), payload: b"1".to_vec() };
        assert_eq!(live(&old).publish(&message).await.unwrap(), Some(1));
    }
    let found = rows(&mut following, 2).await;
    assert_eq!((&found[0][1], &found[1][3]), (&some("live:old"), &some("p*")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_masters_of_a_cluster_are_followed() {
    let Some((profile, secret)) = from_url("ROWHOUSE_TEST_REDIS_CLUSTER") else { return };
    let connection = Redis.connect(&profile, ConnectContext::unattended(secret)).await.unwrap();
    let facet = live(&connection);
    let message =
        |kind: &str, topic: &str| LiveMessage { kind: kind.into(), topic: topic.into(), payload: b"1".to_vec() };
    let mut channels = facet.follow(&wanted("channels", &["live:c"])).await.unwrap();
    facet.publish(&message("channels", "live:c")).await.unwrap();
    assert_eq!(rows(&mut channels, 1).await[0][1], some("live:c"));

    let topics = ["s:1", "s:2", "s:3", "s:4", "s:5", "s:6"];
    let mut shards = facet.follow(&wanted("sharded_channels", &topics)).await.unwrap();
    for topic in topics {
        assert_eq!(facet.publish(&message("sharded_channels", topic)).await.unwrap(), Some(1), "{topic}");
    }
    let mut found: Vec<_> = rows(&mut shards, 6).await.into_iter().map(|row| row[1].clone()).collect();
    found.sort();
    assert_eq!(found, topics.map(some));

    let all_keys = wanted("keyspace", &["live:k*"]);
    if let Outlook::Off { statement, .. } = facet.outlook(&all_keys).await.unwrap() {
        facet.switch_on(&all_keys, &statement.unwrap()).await.unwrap();
    }
    let mut keys = facet.follow(&all_keys).await.unwrap();
    let mut monitor = facet.follow(&wanted("monitor", &[])).await.unwrap();
    let session = connection.open(driver::Role::Session).await.unwrap();
    for index in 0..20 {
        common::run(&*session, &format!("SET live:k{index} 1")).await;
    }
    assert_eq!(rows(&mut keys, 20).await.len(), 20);
    let mut nodes = std::collections::BTreeSet::new();
    let mut sets = 0;
    while sets < 20 {
        for row in rows(&mut monitor, 1).await {
            if row[3].as_ref().is_some_and(|text| String::from_utf8_lossy(text).contains("live:k")) {
                sets += 1;
                nodes.insert(row[4].clone());
            }
        }
    }
    assert!(nodes.len() > 1, "{nodes:?}");
}
