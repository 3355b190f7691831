#![allow(clippy::unwrap_used, clippy::panic)]
//! Statements, copies, notices and cancelling on real servers.

mod common {
    pub mod server;
}

use std::time::{Duration, Instant};

use arrow_array::{
    Array,
    cast::AsArray,
    types::{Int16Type, Int32Type, Int64Type, UInt32Type},
};
use common::server::{run, servers};
use driver_postgres::wire::{Batch, Client, Error, Event, TransactionStatus};

fn batches(events: &[Event]) -> Vec<&Batch> {
    events.iter().filter_map(|event| if let Event::Batch(batch) = event { Some(batch) } else { None }).collect()
}

fn cell(batch: &Batch, column: usize, row: usize) -> &[u8] {
    batch.columns[column].as_binary::<i32>().value(row)
}

fn status(events: &[Event]) -> TransactionStatus {
    match events.last() {
        Some(Event::Ready(status)) => *status,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_kind_of_column_arrives_as_the_server_prints_it() {
    for server in servers() {
        let mut client = server.client().await;
        let events = run(
            &mut client,
            "select (-32768)::int2 a, 2147483647 b, (-9223372036854775808)::int8 c, 4294967295::oid d, true e, \
             1.10::numeric(5,2) f, 'é🚀'::text g, null::int h, '\\x00ff'::bytea i, 0.1::float8 j, ''::text k",
        )
        .await;
        let Event::Columns(columns) = &events[0] else { panic!("{events:?}") };
        assert_eq!(columns[5].type_oid, 1700);
        assert_eq!(columns[5].type_modifier, ((5 << 16) | 2) + 4);
        let batch = batches(&events)[0];
        assert_eq!(batch.columns[0].as_primitive::<Int16Type>().value(0), i16::MIN);
        assert_eq!(batch.columns[1].as_primitive::<Int32Type>().value(0), i32::MAX);
        assert_eq!(batch.columns[2].as_primitive::<Int64Type>().value(0), i64::MIN);
        assert_eq!(batch.columns[3].as_primitive::<UInt32Type>().value(0), u32::MAX);
        assert!(batch.columns[4].as_boolean().value(0));
        assert_eq!(cell(batch, 5, 0), b"1.10");
        assert_eq!(cell(batch, 6, 0), "é🚀".as_bytes());
        assert!(batch.columns[7].is_null(0));
        assert_eq!(cell(batch, 8, 0), b"\\x00ff");
        assert_eq!(cell(batch, 9, 0), b"0.1");
        assert!(batch.columns[10].is_valid(0) && cell(batch, 10, 0).is_empty());
    }
}

#[tokio::test]
async fn empty_results_have_columns_and_columnless_results_have_rows() {
    for server in servers() {
        let mut client = server.client().await;
        let events = run(&mut client, "select relname, oid from pg_class where false").await;
        let Event::Columns(columns) = &events[0] else { panic!("{events:?}") };
        assert_eq!((columns[0].table_oid, columns[0].attribute_number), (1259, 2));
        assert!(matches!(&events[1], Event::Complete(tag) if tag == "SELECT 0"), "{events:?}");
        let events = run(&mut client, "select from generate_series(1, 3)").await;
        let batch = batches(&events)[0];
        assert_eq!((batch.columns.len(), batch.rows), (0, 3));
        let events = run(&mut client, " -- nothing").await;
        assert!(matches!(&events[0], Event::Empty), "{events:?}");
    }
}

#[tokio::test]
async fn a_million_rows_stream_in_bounded_batches() {
    for server in servers() {
        let mut client = server.client().await;
        client.query("select i, 'row ' || i, i % 7 = 0 from generate_series(1, 1000000) i").await.unwrap();
        let (mut rows, mut sum, started) = (0, 0i64, Instant::now());
        loop {
            match client.next().await.unwrap() {
                Event::Batch(batch) => {
                    assert!(batch.rows <= 8192 && batch.rows > 0);
                    rows += batch.rows;
                    sum += batch.columns[0]
                        .as_primitive::<Int32Type>()
                        .values()
                        .iter()
                        .map(|&i| i64::from(i))
                        .sum::<i64>();
                }
                Event::Ready(_) => break,
                _ => {}
            }
        }
        eprintln!("PostgreSQL {}: {:?}", server.major, started.elapsed());
        assert_eq!((rows, sum), (1_000_000, 500_000_500_000));
    }
}

#[tokio::test]
async fn the_first_rows_do_not_wait_and_the_later_ones_wait_a_little() {
    for server in servers() {
        let mut client = server.client().await;
        let started = Instant::now();
        // The padding makes the server send what it has: it collects 8 kB, so a row leaves it with the next one.
        client.query("select i, repeat('x', 9000), pg_sleep(0.2) from generate_series(1, 5) i").await.unwrap();
        let mut arrivals = Vec::new();
        loop {
            match client.next().await.unwrap() {
                Event::Batch(batch) => arrivals.push((started.elapsed(), batch.rows)),
                Event::Ready(_) => break,
                _ => {}
            }
        }
        assert!(arrivals.len() >= 4, "{arrivals:?}");
        assert!(arrivals[0].0 < Duration::from_millis(590), "{arrivals:?}");
    }
}

#[tokio::test]
async fn errors_keep_every_field_and_the_transaction_fails() {
    for server in servers() {
        let mut client = server.client().await;
        run(&mut client, "create temp table t (id int primary key, v int constraint positive check (v > 0))").await;
        assert_eq!(status(&run(&mut client, "begin").await), TransactionStatus::Open);
        let events = run(&mut client, "insert into t values (1, -1)").await;
        let Event::Failed(report) = &events[0] else { panic!("{events:?}") };
        assert_eq!(report.code, "23514");
        assert_eq!(report.plain_severity(), "ERROR");
        assert_eq!(report.constraint.as_deref(), Some("positive"));
        assert_eq!(report.table.as_deref(), Some("t"));
        assert!(report.schema.is_some() && report.file.is_some() && report.routine.is_some());
        assert!(report.detail.as_deref().unwrap().contains("(1, -1)"));
        assert_eq!(status(&events), TransactionStatus::Failed);
        let events = run(&mut client, "select 1").await;
        assert!(matches!(&events[0], Event::Failed(report) if report.code == "25P02"));
        assert_eq!(status(&run(&mut client, "rollback").await), TransactionStatus::Idle);
        let events = run(&mut client, "select 'é', nope").await;
        let Event::Failed(report) = &events[0] else { panic!("{events:?}") };
        assert_eq!(report.position, Some(13), "in characters");
        let events = run(&mut client, "do $$ begin perform 1/0; end $$").await;
        let Event::Failed(report) = &events[0] else { panic!("{events:?}") };
        assert!(report.context.as_deref().unwrap().contains("PL/pgSQL"));
        assert!(matches!(client.query("select '\0'").await, Err(Error::Unsendable(_))));
        assert_eq!(batches(&run(&mut client, "select 1").await).len(), 1, "a refused text leaves nothing behind");
    }
}

#[tokio::test]
async fn an_error_after_some_rows_gives_the_rows_first() {
    for server in servers() {
        let mut client = server.client().await;
        let events = run(&mut client, "select 10 / (5 - i) from generate_series(1, 9) i").await;
        assert_eq!(batches(&events).iter().map(|batch| batch.rows).sum::<usize>(), 4);
        assert!(matches!(&events[events.len() - 2], Event::Failed(report) if report.code == "22012"), "{events:?}");
    }
}

#[tokio::test]
async fn parameters_are_bound_as_text_and_results_are_text() {
    for server in servers() {
        let mut client = server.client().await;
        client
            .query_with(
                "select $1::int + 1, $2, $3::date, $4",
                &[0, 25],
                &[Some(b"41"), Some("o'é\\".as_bytes()), None, Some(b"plain")],
            )
            .await
            .unwrap();
        let events = client.collect().await.unwrap();
        let batch = batches(&events)[0];
        assert_eq!(batch.columns[0].as_primitive::<Int32Type>().value(0), 42);
        assert_eq!(cell(batch, 1, 0), "o'é\\".as_bytes());
        assert!(batch.columns[2].is_null(0));
        assert_eq!(cell(batch, 3, 0), b"plain");
        client.query_with("select $1::int", &[], &[Some(b"x")]).await.unwrap();
        let events = client.collect().await.unwrap();
        assert!(matches!(&events[0], Event::Failed(report) if report.code == "22P02"), "{events:?}");
        client.query_with("create temp table made ()", &[], &[]).await.unwrap();
        let events = client.collect().await.unwrap();
        assert!(matches!(&events[..], [Event::NoColumns, Event::Complete(_), Event::Ready(_)]), "{events:?}");
        let many = vec![None; 70_000];
        assert!(matches!(client.query_with("select 1", &[], &many).await, Err(Error::Unsendable(_))));
        assert_eq!(batches(&run(&mut client, "select 1").await).len(), 1);
    }
}

#[tokio::test]
async fn rows_are_copied_in_and_out() {
    for server in servers() {
        let mut client = server.client().await;
        run(&mut client, "create temp table t (a int, b text)").await;
        for extended in [false, true] {
            run(&mut client, "truncate t").await;
            if extended {
                client.query_with("copy t from stdin", &[], &[]).await.unwrap();
            } else {
                client.query("copy t from stdin").await.unwrap();
            }
            loop {
                match client.next().await.unwrap() {
                    Event::CopyIn => break,
                    Event::NoColumns => {}
                    other => panic!("{other:?}"),
                }
            }
            for i in 0..20_000 {
                client.put_copied(format!("{i}\tvalue \\\\ {i}\n").as_bytes());
                client.send().await.unwrap();
            }
            client.put_copy_done();
            let mut events = client.collect().await.unwrap();
            if !matches!(&events[0], Event::Complete(tag) if tag == "COPY 20000") {
                panic!("{events:?}");
            }
            if extended {
                // The Sync behind the statement counts only where the server did not swallow it.
                events = run(&mut client, "select 1").await;
                assert!(!events.is_empty());
            }
        }
        let mut client_two = server.client().await;
        client_two.query("copy (select i, null from generate_series(1, 3) i) to stdout").await.unwrap();
        let events = client_two.collect().await.unwrap();
        let text: Vec<u8> = events
            .iter()
            .filter_map(|event| if let Event::CopyChunk(bytes) = event { Some(bytes.to_vec()) } else { None })
            .flatten()
            .collect();
        assert_eq!(text, b"1\t\\N\n2\t\\N\n3\t\\N\n");
        assert!(matches!(&events[0], Event::CopyOut));
        assert!(events.iter().any(|event| matches!(event, Event::CopyOutDone)));
    }
}

#[tokio::test]
async fn a_copy_can_fail_from_either_side() {
    for server in servers() {
        let mut client = server.client().await;
        run(&mut client, "create temp table t (a int)").await;
        client.query("copy t from stdin").await.unwrap();
        assert!(matches!(client.next().await.unwrap(), Event::CopyIn));
        client.put_copied(b"1\n");
        client.send().await.unwrap();
        client.put_copy_fail("the file ended early");
        let events = client.collect().await.unwrap();
        assert!(
            matches!(&events[0], Event::Failed(report) if report.message.contains("the file ended early")),
            "{events:?}"
        );
        client.query("copy t from stdin").await.unwrap();
        assert!(matches!(client.next().await.unwrap(), Event::CopyIn));
        client.put_copied(b"not a number\n");
        client.send().await.unwrap();
        client.put_copy_done();
        let events = client.collect().await.unwrap();
        assert!(matches!(&events[0], Event::Failed(report) if report.code == "22P02"), "{events:?}");
        assert_eq!(batches(&run(&mut client, "select 1").await).len(), 1);
    }
}

#[tokio::test]
async fn notices_notifications_and_settings_are_heard_also_while_idle() {
    for server in servers() {
        let (mut listener, mut speaker) = (server.client().await, server.client().await);
        run(&mut listener, "listen news").await;
        run(&mut speaker, "notify news, 'while idle é'").await;
        match tokio::time::timeout(Duration::from_secs(5), listener.next()).await.unwrap().unwrap() {
            Event::Notification { channel, payload, process_id } => {
                assert_eq!((channel.as_str(), payload.as_str()), ("news", "while idle é"));
                assert_eq!(process_id, speaker.cancel_key().unwrap().process_id());
            }
            other => panic!("{other:?}"),
        }
        let events = run(&mut listener, "set time zone 'Asia/Tokyo'").await;
        assert!(
            events.iter().any(
                |event| matches!(event, Event::Parameter { name, value } if name == "TimeZone" && value == "Asia/Tokyo")
            ),
            "{events:?}"
        );
        assert_eq!(listener.parameters()["TimeZone"], "Asia/Tokyo");
        let events = run(
            &mut listener,
            "do $$ begin raise warning 'careful' using detail = 'd', hint = 'h', errcode = '01W99'; end $$",
        )
        .await;
        let Event::Notice(report) = &events[0] else { panic!("{events:?}") };
        assert_eq!(report.plain_severity(), "WARNING");
        assert_eq!(report.code, "01W99");
        assert_eq!(report.detail.as_deref(), Some("d"));
        assert_eq!(report.hint.as_deref(), Some("h"));
        assert!(report.context.is_some());
    }
}

#[tokio::test]
async fn a_cancel_stops_the_statement_and_not_the_session() {
    for server in servers() {
        let settings = server.verify(route::TlsMode::VerifyFull);
        for route in [server.plain(), server.unix(), server.tls("localhost", &settings).await] {
            let (mut client, _) =
                Client::connect(&route, &server.login("postgres"), &mut route::Trace::default()).await.unwrap();
            run(&mut client, "create temp table kept ()").await;
            client.query("select pg_sleep(60)").await.unwrap();
            let key = client.cancel_key().unwrap().clone();
            let (started, asked) = (
                Instant::now(),
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    key.send(Duration::from_secs(5)).await
                }),
            );
            let events = client.collect().await.unwrap();
            asked.await.unwrap().unwrap();
            assert!(started.elapsed() < Duration::from_secs(5));
            assert!(
                events.iter().any(|event| matches!(event, Event::Failed(report) if report.code == "57014")),
                "{events:?}"
            );
            assert!(matches!(&run(&mut client, "table kept").await[0], Event::Columns(_)));
        }
    }
}

#[tokio::test]
async fn a_sync_is_answered_and_a_terminated_backend_is_seen_while_idle() {
    for server in servers() {
        let (mut client, mut other) = (server.client().await, server.client().await);
        client.sync().await.unwrap();
        assert!(matches!(client.next().await.unwrap(), Event::Ready(TransactionStatus::Idle)));
        let pid = client.cancel_key().unwrap().process_id();
        assert!(!client.is_hung_up());
        run(&mut other, &format!("select pg_terminate_backend({pid})")).await;
        match client.next().await.unwrap() {
            Event::Failed(report) => assert!(report.is_fatal() && report.code == "57P01", "{report:?}"),
            other => panic!("{other:?}"),
        }
        assert!(matches!(client.next().await, Err(Error::Closed | Error::Io(_))));
        assert!(client.is_hung_up());
    }
}

#[tokio::test]
async fn a_huge_cell_arrives_whole_and_its_memory_is_given_back() {
    for server in servers() {
        let mut client = server.client().await;
        let before = resident_bytes();
        for _ in 0..3 {
            let started = Instant::now();
            let events = run(&mut client, "select repeat('x', 300000000), 1").await;
            eprintln!("300 MB: {:?}", started.elapsed());
            assert_eq!(cell(batches(&events)[0], 0, 0).len(), 300_000_000);
        }
        let events = run(&mut client, "select 1").await;
        drop(events);
        let kept = resident_bytes().saturating_sub(before);
        assert!(kept < 64 << 20, "{kept} bytes are kept");
        // What the server itself cannot send is its error, and the session goes on.
        let events = run(&mut client, "select repeat('x', 600000000), repeat('y', 600000000)").await;
        assert!(matches!(&events[events.len() - 2], Event::Failed(report) if report.code == "54000"), "{events:?}");
        assert_eq!(batches(&run(&mut client, "select 1").await).len(), 1);
    }
}

fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[tokio::test]
async fn bytes_that_are_no_text_pass_unharmed() {
    for server in servers() {
        let mut client = server.client_of("sql_ascii").await;
        let events = run(&mut client, "select chr(255) || 'A' as \"caf\u{e9}\", 'x' as plain").await;
        assert_eq!(cell(batches(&events)[0], 0, 0), b"\xff\x41");
        let Event::Columns(columns) = &events[0] else { panic!("{events:?}") };
        assert_eq!(columns[0].name, "café");
        let events = run(&mut client, "do $$ begin raise notice '%', chr(255) || 'A'; end $$").await;
        assert!(matches!(&events[0], Event::Notice(report) if report.message == "\u{fffd}A"), "{events:?}");
        let mut client = server.client_of("latin1").await;
        let events = run(&mut client, "select 'é'").await;
        assert_eq!(cell(batches(&events)[0], 0, 0), "é".as_bytes());
    }
}
