#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]
//! The wire against a scripted server: what is sent, and what is made of what comes. No SQL Server has been asked.

#[path = "../../../route/tests/common/certificates.rs"]
#[allow(dead_code)]
mod certificates;
#[allow(dead_code)]
mod common {
    pub mod scripted;
    pub mod tokens;
}

use std::{sync::Arc, time::Duration};

use arrow_array::{Array, cast::AsArray, types::Int32Type};
use certificates::{Certificates, EC};
use common::{
    scripted::{Encryption, Reply, Scripted},
    tokens::{self, types},
};
use driver_mssql::wire::{Client, Error, Event, Login, Started, Strictness, TypeKind, Violation};
use route::{Endpoint, Route, Tls, TlsMode, TlsSettings, Trace};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};

/// A type as columns have it, and a cell of it.
type Described = (Vec<u8>, Vec<u8>);

const LIMIT: Duration = Duration::from_secs(10);

fn login() -> Login {
    Login {
        user: "ann".into(),
        password: Some("s3cret".to_owned().into()),
        database: Some("shop".into()),
        application: "rowhouse test".into(),
        server: "localhost".into(),
        workstation: "box".into(),
        read_intent: false,
    }
}

fn plain(port: u16) -> Route {
    Route::new(Endpoint::tcp("localhost", port))
}

async fn connect(route: &Route, strictness: Strictness) -> Result<(Client, Started), Error> {
    Client::connect(route, None, &login(), strictness, LIMIT, &mut Trace::default()).await
}

/// The events of an answer up to its end.
async fn answer(client: &mut Client) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        match tokio::time::timeout(LIMIT, client.next()).await.unwrap().unwrap() {
            Event::Ended => return events,
            event => events.push(event),
        }
    }
}

/// The texts of all cells, row by row.
fn cells(events: &[Event]) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for event in events {
        let Event::Batch(batch) = event else { continue };
        for row in 0..batch.rows {
            let cell = |column: &arrow_array::ArrayRef| {
                let bytes = column.as_binary_opt::<i32>()?;
                (!bytes.is_null(row)).then(|| String::from_utf8_lossy(bytes.value(row)).into_owned())
            };
            rows.push(batch.columns.iter().map(cell).collect());
        }
    }
    rows
}

#[tokio::test]
async fn signing_in_sends_versions_and_login_and_hears_who_answers() {
    let server = Scripted::saying(&[]).await;
    let (client, started) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    assert_eq!((started.product.as_str(), started.version), ("Microsoft SQL Server", [16, 0, 4200]));
    assert_eq!(started.database, "shop");
    assert_eq!(started.messages.len(), 1);
    assert!(started.secured.is_none() && !client.is_answering());
    let prelogin = &server.sent(18)[0].content;
    // Five options, then the end mark; the second is encryption, of which this connection says that it cannot.
    assert_eq!(prelogin[25], 0xff);
    assert_eq!(prelogin[26 + 6], 2);
    let login = &server.sent(16)[0].content;
    assert_eq!(u32::from_le_bytes(login[..4].try_into().unwrap()) as usize, login.len());
    assert_eq!(login[4..8], [4, 0, 0, 0x74]);
    let wide = tokens::utf16("s3cret");
    assert!(!login.windows(wide.len()).any(|part| part == wide), "the password is covered");
}

#[tokio::test]
async fn a_batch_is_sent_as_it_was_typed_and_every_part_of_the_answer_comes() {
    let text = "select 1 -- é🚀\nprint 'x'";
    let reply = [
        tokens::columns(&[("a", types::INTN4.to_vec()), ("", types::nvarchar(10))]),
        tokens::row(&[tokens::byte_cell(&7i32.to_le_bytes()), tokens::text_cell(Some("é🚀"))]),
        // NBCROW: the second cell is NULL and takes no bytes.
        [vec![0xd2, 0b10], tokens::byte_cell(&(-1i32).to_le_bytes())].concat(),
        tokens::done(0x11, 0xc1, 2),
        tokens::info(0, "x"),
        tokens::columns(&[("none", types::INT.to_vec())]),
        tokens::done(0x11, 0xc1, 0),
        tokens::error(8134, 16, "Divide by zero error encountered.", 3),
        tokens::done(0x02, 0xc1, 0),
    ]
    .concat();
    let server = Scripted::saying(&[(text, Reply::Tokens(reply))]).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    client.batch(text);
    let events = answer(&mut client).await;
    assert_eq!(server.sent(1)[0].text(), text);
    assert_eq!(server.sent(1)[0].content[..10], [22, 0, 0, 0, 18, 0, 0, 0, 2, 0]);
    let words: Vec<&str> = events
        .iter()
        .map(|event| match event {
            Event::Columns(columns) if columns.len() == 2 => {
                assert_eq!(columns[0].native_type(), "int");
                assert_eq!((columns[1].native_type().as_str(), columns[0].kind()), ("nvarchar(10)", TypeKind::Int32));
                "columns"
            }
            Event::Columns(_) => "columns of nothing",
            Event::Batch(batch) => {
                let numbers = batch.columns[0].as_primitive::<Int32Type>();
                assert_eq!(numbers.values().to_vec(), [7, -1]);
                assert!(batch.columns[1].is_null(1));
                "rows"
            }
            Event::Done(done) => done.count().map_or("done", |_| "counted"),
            Event::Message(report) => {
                assert_eq!(report.message, "x");
                "message"
            }
            Event::Failed(report) => {
                assert_eq!((report.number, report.line, report.class), (8134, 3, 16));
                "failed"
            }
            _ => "other",
        })
        .collect();
    assert_eq!(
        words,
        ["columns", "rows", "counted", "message", "columns of nothing", "counted", "failed", "done"],
        "in the order in which they were said"
    );
}

#[tokio::test]
async fn values_are_printed_exactly_as_the_server_sent_them() {
    let collation = tokens::LATIN1;
    let decimal = |precision: u8, scale: u8, magnitude: u128| {
        let bytes = [&[1][..], &magnitude.to_le_bytes()].concat();
        (vec![0x6a, 17, precision, scale], tokens::byte_cell(&bytes))
    };
    let most = 10u128.pow(38) - 1;
    let cases: Vec<(&str, Described, &str)> = vec![
        ("decimal(38,0)", decimal(38, 0, most), "99999999999999999999999999999999999999"),
        ("decimal(38,38)", decimal(38, 38, most), "0.99999999999999999999999999999999999999"),
        ("decimal(38,29)", decimal(38, 29, 1), "0.00000000000000000000000000001"),
        ("money", (vec![0x3c], [&0x7fff_ffffu32.to_le_bytes()[..], &[0xff; 4]].concat()), "922337203685477.5807"),
        (
            "datetime",
            (vec![0x6f, 8], tokens::byte_cell(&[0x25, 0xb1, 0, 0, 0xff, 0x81, 0x8b, 1])),
            "2024-02-29 23:59:59.997",
        ),
        (
            "datetimeoffset(7)",
            (vec![0x2b, 7], tokens::byte_cell(&[0xff, 0xbf, 0x69, 0x2a, 0xc9, 0x80, 0x46, 0x0b, 0x3c, 0])),
            "2024-03-01 00:59:59.9999999 +01:00",
        ),
        (
            "uniqueidentifier",
            (vec![0x24, 16], tokens::byte_cell(&(0..16).collect::<Vec<_>>())),
            "03020100-0504-0706-0809-0A0B0C0D0E0F",
        ),
        ("varchar(5)", (types::varchar(5), [&[4, 0][..], b"caf\xe9"].concat()), "café"),
        (
            "varchar(max)",
            ([&[0xa7, 0xff, 0xff][..], &collation].concat(), tokens::pieces(b"abcdef", 4, false)),
            "abcdef",
        ),
        (
            "xml",
            (vec![0xf1, 0], tokens::pieces(&[&[0xff, 0xfe][..], &tokens::utf16("<a/>")].concat(), 4, true)),
            "<a/>",
        ),
        (
            "hierarchyid",
            (
                [
                    &[0xf0, 0xff, 0xff][..],
                    &tokens::short("shop"),
                    &tokens::short("sys"),
                    &tokens::short("hierarchyid"),
                    &tokens::long("x"),
                ]
                .concat(),
                tokens::pieces(&[0x58], 8, true),
            ),
            "X",
        ),
        (
            "text",
            (
                [&[0x23, 0xff, 0xff, 0xff, 0x7f][..], &collation, &[1], &tokens::long("t")].concat(),
                [&[2, 1, 1][..], &[0; 8], &[3, 0, 0, 0], b"old"].concat(),
            ),
            "old",
        ),
    ];
    for (name, (type_info, cell), expected) in cases {
        let reply = [tokens::columns(&[("v", type_info)]), tokens::row(&[cell]), tokens::done(0x10, 0xc1, 1)].concat();
        let server = Scripted::saying(&[("q", Reply::Tokens(reply))]).await;
        let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
        client.batch("q");
        let events = answer(&mut client).await;
        let Some(Event::Columns(columns)) = events.first() else { panic!("{name}: {events:?}") };
        assert_eq!(columns[0].native_type(), name);
        assert_eq!(cells(&events), [[Some(expected.to_owned())]], "{name}");
    }
}

#[tokio::test]
async fn a_variant_says_of_each_value_what_it_is() {
    let variant = |content: &[u8]| [&(content.len() as u32).to_le_bytes()[..], content].concat();
    let reply = [
        tokens::columns(&[("v", vec![0x62, 0x11, 0x1f, 0, 0])]),
        tokens::row(&[variant(&[0x38, 0, 42, 0, 0, 0])]),
        tokens::row(&[vec![0; 4]]),
        tokens::row(&[variant(&[0xa5, 2, 2, 0, 0, 0xff])]),
        tokens::done(0x10, 0xc1, 3),
    ]
    .concat();
    let server = Scripted::saying(&[("q", Reply::Tokens(reply))]).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    client.batch("q");
    let events = answer(&mut client).await;
    let Some(Event::Batch(batch)) = events.get(1) else { panic!("{events:?}") };
    let classes = batch.columns[1].as_primitive::<arrow_array::types::UInt8Type>();
    assert_eq!(classes.values().to_vec(), [3, 0, 2], "integer, NULL, bytes");
    assert_eq!(batch.columns[0].as_binary::<i32>().value(0), b"42");
    assert_eq!(batch.columns[0].as_binary::<i32>().value(2), [0, 0xff]);
}

#[tokio::test]
async fn rows_come_whole_however_they_are_cut_into_packets() {
    let text = "é".repeat(70_000);
    let mut reply = tokens::columns(&[("v", types::nvarchar_max())]);
    for _ in 0..3 {
        reply.extend(tokens::row(&[tokens::pieces(&tokens::utf16(&text), 7919, true)]));
    }
    reply.extend(tokens::done(0x10, 0xc1, 3));
    let server = Scripted::saying(&[("q", Reply::Tokens(reply))]).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    client.batch("q");
    let found = cells(&answer(&mut client).await);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|row| row[0].as_deref() == Some(text.as_str())));
}

#[tokio::test]
async fn an_attention_ends_a_run_once_it_is_acknowledged_and_the_next_one_is_clean() {
    let head = tokens::columns(&[("n", types::INT.to_vec())]);
    let again = tokens::row(&[1i32.to_le_bytes().to_vec()]).repeat(500);
    let next = tokens::texts(&["a"], &[&[Some("clean")]]);
    let server = Scripted::saying(&[("q", Reply::Endless(head, again)), ("next", Reply::Tokens(next))]).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    client.batch("q");
    while !matches!(client.next().await.unwrap(), Event::Batch(_)) {}
    client.attention();
    client.attention();
    let events = answer(&mut client).await;
    assert!(matches!(events.last(), Some(Event::Done(done)) if done.is_attention()), "{:?}", events.last());
    assert_eq!(server.sent(6).len(), 1, "one is enough");
    client.batch("next");
    assert_eq!(cells(&answer(&mut client).await), [[Some("clean".to_owned())]]);
}

#[tokio::test]
async fn an_attention_that_comes_too_late_is_still_waited_for() {
    let server = Scripted::saying(&[("q", Reply::Tokens(tokens::done(0, 0, 0)))]).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    client.batch("q");
    // The answer is on its way, unread.
    assert!(tokio::time::timeout(Duration::from_millis(200), std::future::pending::<()>()).await.is_err());
    client.attention();
    let events = answer(&mut client).await;
    assert_eq!(events.len(), 2, "the end of the statement, then the acknowledgement: {events:?}");
    assert!(!client.awaits_attention());
}

#[tokio::test]
async fn transactions_are_told_and_sent_with_what_follows() {
    let begun = [tokens::transaction_begun(0x1122), tokens::done(0, 0xd4, 0)].concat();
    let ended = [tokens::transaction_ended(9, 0x1122), tokens::done(0, 0xd5, 0)].concat();
    let server = Scripted::saying(&[("begin", Reply::Tokens(begun)), ("commit", Reply::Tokens(ended))]).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    for text in ["begin", "commit", "after"] {
        client.batch(text);
        answer(&mut client).await;
    }
    let numbers: Vec<u64> = server.sent(1).iter().map(common::scripted::Request::transaction).collect();
    assert_eq!(numbers, [0, 0x1122, 0]);
}

#[tokio::test]
async fn parameters_go_beside_the_text_and_never_into_it() {
    let server = Scripted::start(Encryption::Off, |_| Reply::Tokens(tokens::done(0, 0, 0))).await;
    let (mut client, _) = connect(&plain(server.port), Strictness::Negotiated).await.unwrap();
    client.batch_with("select @a, @b", &[("a".into(), Some("o'x")), ("b".into(), None)]);
    answer(&mut client).await;
    let sent = server.sent(3).remove(0).content;
    assert_eq!(sent[22..28], [0xff, 0xff, 10, 0, 0, 0], "sp_executesql by its number");
    let text = [&[0, 0, 0xe7, 0xff, 0xff, 0, 0, 0, 0, 0][..], &26u64.to_le_bytes(), &26u32.to_le_bytes()].concat();
    assert_eq!(sent[28..28 + text.len()], text);
    let position = |needle: &[u8]| sent.windows(needle.len()).position(|part| part == needle);
    assert!(position(&tokens::utf16("select @a, @b")) < position(&tokens::utf16("@a nvarchar(max), @b nvarchar(max)")));
    assert!(position(&tokens::utf16("o'x")).is_some());
    assert!(sent.ends_with(&[0xff; 8]), "NULL");
}

#[tokio::test]
async fn nonsense_is_an_error_and_never_a_panic() {
    let good = [
        tokens::columns(&[("a", types::INTN4.to_vec()), ("b", types::nvarchar_max()), ("c", vec![0x6a, 17, 38, 4])]),
        tokens::row(&[tokens::byte_cell(&[1, 0, 0, 0]), tokens::pieces(b"xy", 2, true), tokens::byte_cell(&[1; 17])]),
        tokens::info(1, "i"),
        tokens::changed(1, "a", "b"),
        tokens::done(0x10, 0xc1, 1),
    ]
    .concat();
    // Every byte changed in turn, and every cut: an answer, an error of the protocol, or a connection that waits in vain.
    let mut seed = 7u64;
    let mut broken: Vec<Vec<u8>> = (0..good.len()).map(|cut| good[..cut].to_vec()).collect();
    for at in 0..good.len() {
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut bytes = good.clone();
            bytes[at] = (seed >> 33) as u8;
            broken.push(bytes);
        }
    }
    let count = broken.len();
    let accepting = Scripted::start(Encryption::Off, move |request| {
        let index = request.text().parse::<usize>().unwrap_or(usize::MAX);
        Reply::Tokens(broken.get(index).cloned().unwrap_or_else(|| tokens::done(0, 0, 0)))
    })
    .await;
    let mut refused = 0;
    for index in 0..count {
        let (mut client, _) = connect(&plain(accepting.port), Strictness::Negotiated).await.unwrap();
        client.batch(&index.to_string());
        loop {
            match tokio::time::timeout(Duration::from_millis(500), client.next()).await {
                Ok(Ok(Event::Ended)) | Err(_) => break,
                Ok(Ok(_)) => {}
                Ok(Err(Error::Protocol(violation))) => {
                    refused += 1;
                    assert_ne!(violation.to_string(), "");
                    break;
                }
                Ok(Err(_)) => break,
            }
        }
    }
    assert!(refused > count / 4, "{refused} of {count}");
}

#[tokio::test]
async fn who_says_nothing_of_this_protocol_is_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut tcp, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error = connect(&plain(port), Strictness::Negotiated).await.err().unwrap();
    assert!(matches!(error, Error::NotSqlServer), "{error:?}");
}

fn server_config(certificates: &Certificates, alpn: bool) -> Arc<rustls::ServerConfig> {
    certificates.issue("server", EC, "DNS:localhost", "");
    let chain = rustls_pki_types::CertificateDer::pem_file_iter(certificates.path("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificates.path("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // As a server of this protocol does: 1.3 only where TLS comes first.
    let versions: &[&rustls::SupportedProtocolVersion] =
        if alpn { &[&rustls::version::TLS13] } else { &[&rustls::version::TLS12] };
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    if alpn {
        config.alpn_protocols = vec![b"tds/8.0".to_vec()];
    }
    Arc::new(config)
}

async fn tls(certificates: &Certificates, mode: TlsMode) -> Tls {
    let settings = TlsSettings { ca_file: Some(certificates.path("ca.pem")), ..TlsSettings::new(mode) };
    Tls::load(&settings).await.unwrap()
}

#[tokio::test]
async fn tls_travels_in_packets_until_it_is_made_and_verifies_who_answers() {
    let certificates = Certificates::new();
    let config = server_config(&certificates, false);
    let script = |_: &common::scripted::Request| Reply::Tokens(tokens::done(0, 0, 0));
    let server = Scripted::start(Encryption::Negotiated(config), script).await;
    let route = plain(server.port).with_tls(Some(tls(&certificates, TlsMode::VerifyFull).await));
    let (mut client, started) = connect(&route, Strictness::Negotiated).await.unwrap();
    let (mode, session) = started.secured.unwrap();
    assert_eq!((mode, session.version), (TlsMode::VerifyFull, "TLSv1.2"));
    client.batch("select 1");
    answer(&mut client).await;
    assert_eq!(server.sent(1)[0].text(), "select 1");
    // The second time the handshake is a shorter one, whose last words are ours.
    let (mut again, _) = connect(&route, Strictness::Negotiated).await.unwrap();
    again.batch("select 2");
    answer(&mut again).await;
    assert_eq!(server.sent(16).len(), 2);
    // Another authority is not believed, and no login is sent to it.
    let others = Certificates::new();
    let route = plain(server.port).with_tls(Some(tls(&others, TlsMode::VerifyFull).await));
    assert!(matches!(connect(&route, Strictness::Negotiated).await, Err(Error::Route(_))));
    assert_eq!(server.sent(16).len(), 2);
}

#[tokio::test]
async fn strict_connections_begin_with_tls() {
    let certificates = Certificates::new();
    let config = server_config(&certificates, true);
    let script = |_: &common::scripted::Request| Reply::Tokens(tokens::done(0, 0, 0));
    let server = Scripted::start(Encryption::Strict(config), script).await;
    let route = plain(server.port).with_tls(Some(tls(&certificates, TlsMode::VerifyFull).await));
    let (_, started) = connect(&route, Strictness::Strict).await.unwrap();
    assert_eq!(started.secured.unwrap().1.version, "TLSv1.3");
    assert_eq!(server.sent(16)[0].content[4..8], [0, 0, 0, 8]);
}

#[tokio::test]
async fn encryption_that_one_side_wants_and_the_other_has_not_ends_before_the_login() {
    let certificates = Certificates::new();
    let server = Scripted::saying(&[]).await;
    let route = plain(server.port).with_tls(Some(tls(&certificates, TlsMode::Require).await));
    assert!(matches!(connect(&route, Strictness::Negotiated).await, Err(Error::TlsNotOffered)));
    let demanding = Scripted::start(Encryption::Demanded, |_| Reply::HangUp(Vec::new())).await;
    assert!(matches!(connect(&plain(demanding.port), Strictness::Negotiated).await, Err(Error::TlsDemanded)));
    assert!(server.sent(16).is_empty() && demanding.sent(16).is_empty());
}

#[tokio::test]
async fn a_login_follows_where_it_is_sent_but_not_in_circles() {
    let target = Scripted::saying(&[]).await;
    let port = target.port;
    let gateway = Scripted::start(Encryption::Off, move |_| {
        Reply::Tokens([tokens::routed("127.0.0.1", port), tokens::welcome("shop")].concat())
    })
    .await;
    let (_, started) = connect(&plain(gateway.port), Strictness::Negotiated).await.unwrap();
    assert_eq!(started.routed.as_deref(), Some(format!("127.0.0.1:{port}").as_str()));
    assert_eq!(target.sent(16).len(), 1);
    let own = Arc::new(std::sync::atomic::AtomicU16::new(0));
    let told = Arc::clone(&own);
    let server = Scripted::start(Encryption::Off, move |_| {
        let port = told.load(std::sync::atomic::Ordering::SeqCst);
        Reply::Tokens([tokens::routed("127.0.0.1", port), tokens::welcome("shop")].concat())
    })
    .await;
    own.store(server.port, std::sync::atomic::Ordering::SeqCst);
    let error = connect(&plain(server.port), Strictness::Negotiated).await.err().unwrap();
    assert!(matches!(error, Error::RoutedInCircles), "{error:?}");
}

#[tokio::test]
async fn a_refused_login_is_the_servers_own_report() {
    let refusal = [tokens::error(18456, 14, "Login failed for user 'ann'.", 1), tokens::done(2, 0, 0)].concat();
    let server = Scripted::start(Encryption::Off, move |_| Reply::Tokens(refusal.clone())).await;
    match connect(&plain(server.port), Strictness::Negotiated).await.err() {
        Some(Error::Server(report)) => assert_eq!((report.number, report.class), (18456, 14)),
        other => panic!("{other:?}"),
    }
    // Columns have no place in a login.
    let odd = tokens::texts(&["a"], &[]);
    let server = Scripted::start(Encryption::Off, move |_| Reply::Tokens(odd.clone())).await;
    let error = connect(&plain(server.port), Strictness::Negotiated).await.err().unwrap();
    assert!(matches!(error, Error::Protocol(Violation::OutOfTurn)), "{error:?}");
}
