//! Browsing and changing keys on real servers.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/server.rs"]
mod common;

use std::{collections::BTreeSet, sync::Arc};

use common::{Server, all, context, servers};
use driver::{
    Code, ConnectContext, Connection, Driver, Secret,
    keys::{Element, KeyChange, KeyKind, KeyListing, Keys, ValueWindow},
};
use driver_redis::{Redis, wire::Client};

fn keys(connection: &Arc<dyn Connection>) -> &dyn Keys {
    connection.control().keys().unwrap()
}

fn window(most: u64) -> ValueWindow {
    ValueWindow { most, ..ValueWindow::default() }
}

async fn begin(server: &Server, database: u32) -> (Arc<dyn Connection>, Client) {
    let mut client = server.client(database).await;
    all(&mut client, &[&["FLUSHDB"]]).await;
    (server.connect(&[("database", &database.to_string())]).await.unwrap(), client)
}

/// A key with everything that could go wrong in it.
const AWKWARD: &[u8] = b"a b\n\0\"\\\xff:*?[";

#[tokio::test]
async fn keys_of_any_bytes_are_listed_once_and_told_apart() {
    for server in servers() {
        let (connection, mut client) = begin(&server, 1).await;
        let keys = keys(&connection);
        let fill = "for i = 1, 2500 do redis.call('SET', 'n:' .. i, i) end redis.call('HSET', 'h', 'f', 'v')";
        all(&mut client, &[&["EVAL", fill, "0"]]).await;
        client.ask(&[&b"SET"[..], AWKWARD, b"x"]).await.unwrap();
        assert_eq!(keys.count().await.unwrap(), 2502);
        let (mut found, mut from, mut pages) = (BTreeSet::new(), None, 0);
        loop {
            let listing = KeyListing { from, budget: 700, ..KeyListing::default() };
            let page = keys.list(&listing).await.unwrap();
            assert!(page.looked_at >= 1 && page.keys.len() < 1500, "a page stops at its budget");
            found.extend(page.keys);
            pages += 1;
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        assert!(pages > 2 && found.len() == 2502 && found.contains(AWKWARD), "{} in {pages}", found.len());
        let hashes = KeyListing { kind: Some(KeyKind::Hash), budget: 1_000_000, ..KeyListing::default() };
        assert_eq!(keys.list(&hashes).await.unwrap().keys, [b"h".to_vec()]);
        let some = KeyListing { pattern: Some(b"n:123*".to_vec()), budget: 1_000_000, ..KeyListing::default() };
        assert_eq!(keys.list(&some).await.unwrap().keys.len(), 11);
        let wrong = KeyListing { from: Some("x; FLUSHALL".into()), budget: 1, ..KeyListing::default() };
        assert_eq!(keys.list(&wrong).await.unwrap_err().code, Code::InvalidStatement);

        let asked = [AWKWARD.to_vec(), b"nothing".to_vec(), b"h".to_vec()];
        let facts = keys.facts(&asked).await.unwrap();
        let (string, hash) = (facts[0].clone().unwrap(), facts[2].clone().unwrap());
        assert_eq!((string.kind, string.length, string.ttl_ms), (KeyKind::String, Some(1), None));
        assert_eq!((hash.kind, hash.length, facts[1].is_none()), (KeyKind::Hash, Some(1), true));
        assert!(hash.encoding.is_some() && hash.bytes.is_some_and(|bytes| bytes > 0) && hash.idle_s.is_some());

        let sample = keys.sample(b":", 1_000_000).await.unwrap();
        assert_eq!((sample.of, sample.namespaces[0].0.prefix.as_slice()), (2502, &b"n:"[..]));
        assert!(sample.sampled >= 2502 && sample.kinds.len() == 2 && !sample.largest.is_empty());
        let many: Vec<Vec<u8>> = (1..=1200).map(|n| format!("n:{n}").into_bytes()).chain([b"gone".to_vec()]).collect();
        assert_eq!(keys.remove(&many).await.unwrap(), 1200);
        assert_eq!(keys.count().await.unwrap(), 1302);
    }
}

#[tokio::test]
async fn every_kind_of_value_is_read_by_windows() {
    for server in servers() {
        let (connection, mut client) = begin(&server, 2).await;
        let keys = keys(&connection);
        let fill = "for i = 0, 1999 do local s = string.format('%04d', i) \
             redis.call('RPUSH', 'l', s) redis.call('SADD', 's', s) redis.call('ZADD', 'z', i / 2, s) \
             redis.call('HSET', 'h', s, i) redis.call('XADD', 'x', (i + 1) .. '-0', 'f', s) end";
        all(&mut client, &[&["EVAL", fill, "0"], &["SET", "t", "0123456789"]]).await;
        let part = keys.read(b"t", &KeyKind::String, &ValueWindow { first: 3, ..window(4) }).await.unwrap();
        assert_eq!(
            (part.elements, part.total, part.next),
            (vec![Element::Bytes(b"3456".to_vec())], 10, Some("7".into()))
        );
        let list = keys.read(b"l", &KeyKind::List, &ValueWindow { first: 1998, ..window(50) }).await.unwrap();
        assert_eq!((list.elements.len(), list.total, list.next), (2, 2000, None));
        assert_eq!(list.elements[0], Element::Item(1998, b"1998".to_vec()));
        let top = keys.read(b"z", &KeyKind::SortedSet, &ValueWindow { backwards: true, ..window(2) }).await.unwrap();
        assert_eq!(top.elements[0], Element::Scored(b"1999".to_vec(), "999.5".into()));
        assert_eq!(top.next.as_deref(), Some("2"));
        for (name, kind) in [("s", KeyKind::Set), ("h", KeyKind::Hash), ("x", KeyKind::Stream)] {
            let (mut from, mut found, mut reads) = (None, BTreeSet::new(), 0);
            loop {
                let part = keys.read(name.as_bytes(), &kind, &ValueWindow { from, ..window(300) }).await.unwrap();
                assert_eq!(part.total, 2000);
                found.extend(part.elements.iter().map(|element| format!("{element:?}")));
                (from, reads) = (part.next, reads + 1);
                if from.is_none() {
                    break;
                }
            }
            assert!(found.len() == 2000 && reads > 3, "{name}: {} in {reads}", found.len());
        }
        let last = keys.read(b"x", &KeyKind::Stream, &ValueWindow { backwards: true, ..window(1) }).await.unwrap();
        assert_eq!(last.elements, [Element::Entry("2000-0".into(), vec![(b"f".to_vec(), b"1999".to_vec())])]);
        let some = ValueWindow { pattern: Some(b"000*".to_vec()), ..window(100_000) };
        assert_eq!(keys.read(b"h", &KeyKind::Hash, &some).await.unwrap().elements.len(), 10);
        // One element, by its very name: no sign of it is a pattern's.
        all(&mut client, &[&["HSET", "h", "*[\\n", "odd"], &["SADD", "s", "*"], &["ZADD", "z", "2.5", "?"]]).await;
        for (key, kind, name, found) in [
            ("h", KeyKind::Hash, "*[\\n", Element::Field { name: b"*[\\n".into(), value: b"odd".into(), ttl_ms: None }),
            ("s", KeyKind::Set, "*", Element::Member(b"*".into())),
            ("z", KeyKind::SortedSet, "?", Element::Scored(b"?".into(), "2.5".into())),
            ("x", KeyKind::Stream, "7-0", Element::Entry("7-0".into(), vec![(b"f".to_vec(), b"0006".to_vec())])),
        ] {
            let only = |name: &str| ValueWindow { only: Some(name.into()), ..window(1) };
            let part = keys.read(key.as_bytes(), &kind, &only(name)).await.unwrap();
            assert_eq!(part.elements, [found]);
            let gone = if key == "x" { "7-1" } else { "gone" };
            assert_eq!(keys.read(key.as_bytes(), &kind, &only(gone)).await.unwrap_err().code, Code::NotFound);
        }
        for (key, kind, code) in [
            (&b"nothing"[..], KeyKind::Hash, Code::NotFound),
            (b"t", KeyKind::Hash, Code::InvalidStatement),
            (b"t", KeyKind::Other("vectorset".into()), Code::Unsupported),
        ] {
            let error = keys.read(key, &kind, &window(1)).await.unwrap_err();
            assert!(error.code == code || error.code == Code::Conflict, "{kind:?}: {error:?}");
        }
        all(&mut client, &[&["SET", "short", "x", "PX", "30"]]).await;
        tokio::time::sleep(std::time::Duration::from_millis(80)).await;
        assert_eq!(keys.read(b"short", &KeyKind::String, &window(1)).await.unwrap_err().code, Code::NotFound);
    }
}

#[tokio::test]
async fn a_long_string_is_read_in_parts_and_saved_against_what_was_seen() {
    for server in servers() {
        let (connection, mut client) = begin(&server, 3).await;
        let keys = keys(&connection);
        let bytes: Vec<u8> = (0..20_000_000u32).map(|n| (n % 251) as u8).collect();
        client.ask(&[&b"SET"[..], b"big", &bytes, b"PX", b"600000"]).await.unwrap();
        let mut read = Vec::new();
        let mut next = Some("0".to_owned());
        while let Some(first) = next {
            let at = ValueWindow { first: first.parse().unwrap(), ..window(1 << 20) };
            let part = keys.read(b"big", &KeyKind::String, &at).await.unwrap();
            let Element::Bytes(some) = &part.elements[0] else { panic!("no bytes") };
            read.extend_from_slice(some);
            next = part.next;
        }
        assert!(read == bytes, "the parts are the whole");
        let mut new = bytes.clone();
        new[7] = 255;
        let mut other = bytes.clone();
        other[19_999_999] ^= 1;
        let stale = KeyChange::Replace { seen: other, new: b"x".to_vec() };
        assert_eq!(keys.change(b"big", &stale).await.unwrap_err().code, Code::Conflict);
        keys.change(b"big", &KeyChange::Replace { seen: bytes, new: new.clone() }).await.unwrap();
        assert!(client.ask(&["GET", "big"]).await.unwrap().bytes() == Some(&new[..]));
        assert!(client.ask(&["PTTL", "big"]).await.unwrap().integer().unwrap() > 500_000, "its time to live stays");
    }
}

fn field(value: &str) -> Element {
    Element::Field { name: b"f".to_vec(), value: value.as_bytes().to_vec(), ttl_ms: None }
}

#[tokio::test]
async fn changes_are_made_only_to_what_was_seen() {
    for server in servers() {
        let (connection, mut client) = begin(&server, 4).await;
        let keys = keys(&connection);
        let member = |name: &str| Element::Member(name.as_bytes().to_vec());
        let scored = |name: &str, score: &str| Element::Scored(name.as_bytes().to_vec(), score.to_owned());
        let item = |place: u64, value: &str| Element::Item(place, value.as_bytes().to_vec());
        let entry = |id: &str| Element::Entry(id.to_owned(), vec![(b"k".to_vec(), b"v".to_vec())]);
        let create = |element: Element| KeyChange::Create { element, ttl_ms: Some(900_000) };
        for (key, element) in [
            ("t", Element::Bytes(b"x".to_vec())),
            ("h", field("1")),
            ("l", item(0, "a")),
            ("s", member("a")),
            ("z", scored("a", "1.5")),
            ("x", entry("5-0")),
            ("hll", Element::Counted(b"b".to_vec())),
        ] {
            keys.change(key.as_bytes(), &create(element.clone())).await.unwrap();
            let again = keys.change(key.as_bytes(), &create(element)).await.unwrap_err();
            assert_eq!(again.code, Code::AlreadyExists, "{key}");
            assert!(client.ask(&["PTTL", key]).await.unwrap().integer().unwrap() > 800_000);
        }
        let put = |seen: Element, new: Element| KeyChange::Put { seen, new };
        for (key, change, wanted) in [
            ("h", put(field("1"), field("2")), None),
            ("h", put(field("1"), field("3")), Some(Code::Conflict)),
            ("h", KeyChange::Add(field("9")), Some(Code::AlreadyExists)),
            ("h", KeyChange::Remove(field("1")), Some(Code::Conflict)),
            ("l", KeyChange::Add(item(0, "before")), None),
            ("l", KeyChange::Add(item(1, "behind")), None),
            ("l", put(item(1, "a"), item(1, "b")), None),
            ("l", put(item(1, "a"), item(1, "c")), Some(Code::Conflict)),
            ("l", put(item(1, "b"), item(2, "c")), Some(Code::InvalidStatement)),
            ("l", KeyChange::Remove(item(0, "b")), Some(Code::Conflict)),
            ("l", KeyChange::Remove(item(0, "before")), None),
            ("s", put(member("a"), member("b")), None),
            ("s", put(member("a"), member("c")), Some(Code::Conflict)),
            ("s", KeyChange::Add(member("b")), Some(Code::AlreadyExists)),
            ("s", KeyChange::Add(member("c")), None),
            ("s", put(member("b"), member("c")), Some(Code::AlreadyExists)),
            ("s", KeyChange::Remove(member("nobody")), Some(Code::Conflict)),
            ("z", put(scored("a", "1.5"), scored("a", "-inf")), None),
            ("z", put(scored("a", "1.5"), scored("a", "2")), Some(Code::Conflict)),
            ("z", put(scored("a", "-inf"), scored("b", "3")), None),
            ("z", put(scored("b", "3"), scored("b", "much")), Some(Code::InvalidStatement)),
            ("x", KeyChange::Add(entry("*")), None),
            ("x", KeyChange::Add(entry("1-0")), Some(Code::InvalidStatement)),
            ("x", KeyChange::Remove(Element::Entry("5-0".into(), vec![])), Some(Code::Conflict)),
            ("x", KeyChange::Remove(entry("5-0")), None),
            ("hll", KeyChange::Add(Element::Counted(b"a".to_vec())), None),
            ("hll", KeyChange::Add(Element::Counted(b"c".to_vec())), None),
            ("hll", KeyChange::Remove(Element::Counted(b"a".to_vec())), Some(Code::Unsupported)),
            ("t", KeyChange::Add(Element::Counted(b"a".to_vec())), Some(Code::Unsupported)),
            ("t", KeyChange::Rename(b"h".to_vec()), Some(Code::AlreadyExists)),
            ("t", KeyChange::Rename(AWKWARD.to_vec()), None),
            ("t", KeyChange::Rename(b"u".to_vec()), Some(Code::NotFound)),
            ("t", KeyChange::Replace { seen: b"x".to_vec(), new: b"y".to_vec() }, Some(Code::NotFound)),
            ("h", KeyChange::Delete(KeyKind::Set), Some(Code::Conflict)),
            ("h", KeyChange::Expire(Some(0)), Some(Code::InvalidStatement)),
            ("h", KeyChange::Expire(Some(5000)), None),
            ("s", KeyChange::Expire(None), None),
            ("z", KeyChange::Delete(KeyKind::SortedSet), None),
            ("z", KeyChange::Delete(KeyKind::SortedSet), Some(Code::NotFound)),
            ("z", KeyChange::Add(scored("a", "1")), Some(Code::NotFound)),
        ] {
            let made = keys.change(key.as_bytes(), &change).await;
            let code = made.as_ref().err().map(|error| error.code);
            assert_eq!(code, wanted, "{key} {change:?}: {made:?}");
            assert!(
                !keys.describe(key.as_bytes(), &change).is_empty()
                    || matches!(change, KeyChange::Remove(Element::Counted(_)))
            );
        }
        let list = client.ask(&["LRANGE", "l", "0", "-1"]).await.unwrap();
        assert_eq!(list.list().iter().filter_map(|one| one.text()).collect::<Vec<_>>(), ["b", "behind"]);
        assert_eq!(client.ask(&["PFCOUNT", "hll"]).await.unwrap().integer(), Some(3));
        assert!(client.ask(&["PTTL", "h"]).await.unwrap().integer().unwrap() <= 5000);
        assert_eq!(client.ask(&["PTTL", "s"]).await.unwrap().integer(), Some(-1));
        assert_eq!(client.ask(&[&b"GET"[..], AWKWARD]).await.unwrap().text().as_deref(), Some("x"));
        let text = keys.describe(AWKWARD, &KeyChange::Rename(b"n".to_vec()));
        assert_eq!(text, [r#"RENAMENX "a b\n\x00\"\\\xff:*?[" n"#]);
    }
}

#[tokio::test]
async fn a_field_keeps_its_own_time_to_live_where_the_server_has_such() {
    let Some(server) = common::server("VALKEY") else { return };
    let (connection, mut client) = begin(&server, 5).await;
    let keys = keys(&connection);
    all(&mut client, &[&["HSET", "h", "f", "1"], &["HPEXPIRE", "h", "600000", "FIELDS", "1", "f"]]).await;
    let part = keys.read(b"h", &KeyKind::Hash, &window(10)).await.unwrap();
    let Element::Field { ttl_ms: Some(ttl), .. } = part.elements[0].clone() else { panic!("{:?}", part.elements) };
    assert!(ttl > 500_000);
    let seen = part.elements[0].clone();
    let new = Element::Field { name: b"f".to_vec(), value: b"2".to_vec(), ttl_ms: Some(ttl) };
    keys.change(b"h", &KeyChange::Put { seen, new }).await.unwrap();
    let after = client.ask(&["HPTTL", "h", "FIELDS", "1", "f"]).await.unwrap();
    assert!(after.list()[0].integer().unwrap() > 500_000, "{after:?}");
    assert_eq!(client.ask(&["HGET", "h", "f"]).await.unwrap().text().as_deref(), Some("2"));
}

#[tokio::test]
async fn groups_of_a_stream_are_told_with_what_waits() {
    for server in servers() {
        let (connection, mut client) = begin(&server, 6).await;
        let keys = keys(&connection);
        all(
            &mut client,
            &[
                &["XADD", "x", "1-0", "f", "v"],
                &["XADD", "x", "2-0", "f", "v"],
                &["XGROUP", "CREATE", "x", "g", "0"],
                &["XREADGROUP", "GROUP", "g", "ada", "COUNT", "1", "STREAMS", "x", ">"],
            ],
        )
        .await;
        let groups = keys.groups(b"x").await.unwrap();
        let group = &groups[0];
        assert_eq!((group.name.as_slice(), group.last_delivered.as_str(), group.pending), (&b"g"[..], "1-0", 1));
        assert_eq!(group.lag, Some(1));
        assert_eq!((group.consumers[0].0.as_slice(), group.consumers[0].1), (&b"ada"[..], 1));
        assert_eq!(
            (group.oldest[0].0.as_str(), group.oldest[0].1.as_slice(), group.oldest[0].3),
            ("1-0", &b"ada"[..], 1)
        );
        assert_eq!(keys.groups(b"nothing").await.unwrap_err().code, Code::NotFound);
    }
}

#[tokio::test]
async fn who_may_not_is_forbidden_and_never_shown_nothing() {
    for server in servers() {
        let (_, mut client) = begin(&server, 7).await;
        all(&mut client, &[&["SET", "app:1", "x"], &["SET", "other", "x"]]).await;
        let guarded = ConnectContext { read_only: true, ..context(&server.password) };
        let guarded = Redis.connect(&server.profile(&[("database", "7")]), guarded).await.unwrap();
        assert_eq!(guarded.control().server().facts["read_only"], "guarded");
        let delete = KeyChange::Delete(KeyKind::String);
        assert_eq!(keys(&guarded).change(b"app:1", &delete).await.unwrap_err().code, Code::Forbidden);
        assert_eq!(keys(&guarded).remove(&[b"app:1".to_vec()]).await.unwrap_err().code, Code::Forbidden);

        let profile = server.profile(&[("database", "7"), ("user", "rowhouse_reader")]);
        let secret = ConnectContext::unattended(Some(Secret::new(server.password.clone())));
        let reader = Redis.connect(&profile, secret).await.unwrap();
        assert_eq!(keys(&reader).read(b"other", &KeyKind::String, &window(1)).await.unwrap_err().code, Code::Forbidden);
        let change = keys(&reader).change(b"app:1", &KeyChange::Expire(Some(1000))).await;
        assert_eq!(change.unwrap_err().code, Code::Forbidden);
        assert_eq!(keys(&reader).remove(&[b"app:1".to_vec()]).await.unwrap_err().code, Code::Forbidden);
        let scope = catalog::Scope { kinds: catalog::Kind::ALL.to_vec(), ..catalog::Scope::default() };
        let catalog = reader.control().catalog(&scope).await.unwrap();
        assert_eq!(catalog.coverage[&catalog::Kind::Roles], catalog::Known::Denied);
        assert_eq!(catalog.coverage[&catalog::Kind::Databases], catalog::Known::Denied);
        assert_eq!(client.ask(&["GET", "app:1"]).await.unwrap().text().as_deref(), Some("x"));
    }
}
