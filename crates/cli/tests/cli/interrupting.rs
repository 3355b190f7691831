//! Readers that go, people who stop, servers that die: nothing is left running.

use std::{
    io::{BufRead, BufReader, Read},
    process::Child,
    time::{Duration, Instant},
};

use crate::harness::{Home, Server, of, servers, wait_until};

fn signal(child: &Child, signal: i32) {
    // SAFETY: the process is our own child, not yet waited for.
    unsafe { libc::kill(i32::try_from(child.id()).unwrap(), signal) };
}

#[test]
fn a_reader_that_goes_stops_the_server_in_silence() {
    for server in servers() {
        let home = Home::new();
        for (format, mark) in
            [("csv", "rh_pipe_csv"), ("json", "rh_pipe_json"), ("ndjson", "rh_pipe_ndjson"), ("table", "rh_pipe_table")]
        {
            let script = format!("SELECT generate_series(1, 1000000000), '{mark}'");
            let mut child = home.command(["query", &server.url, "-c", &script, "--format", format]).spawn().unwrap();
            let mut line = String::new();
            // As `| head -1` does; the first line of json is its bracket.
            BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
            assert!(!line.is_empty());
            let begun = Instant::now();
            let ended = of(child.wait_with_output().unwrap());
            assert!(begun.elapsed() < Duration::from_secs(10), "{format}");
            assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{format}");
            wait_until("the server stops", || server.running(mark) == "0");
        }
    }
}

#[test]
fn a_text_that_nobody_reads_to_its_end_is_no_failure() {
    for server in servers() {
        let home = Home::new();
        let url = server.url.as_str();
        for arguments in [
            &["policy", "list", url, "--format", "sql"][..],
            &["policy", "matrix", url, "--format", "csv"],
            &["advise", url],
            &["explain", url, "-c", "SELECT 1"],
            &["connections", "list"],
        ] {
            let mut child = home.command(arguments).spawn().unwrap();
            drop(child.stdout.take());
            let ended = of(child.wait_with_output().unwrap());
            assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        }
    }
}

#[test]
fn ctrl_c_cancels_on_the_server_and_exits_130() {
    for server in servers() {
        let home = Home::new();
        for (script, mark, format) in [
            ("SELECT pg_sleep(60), 'rh_int_sleep'", "rh_int_sleep", "csv"),
            ("SELECT generate_series(1, 1000000000), 'rh_int_rows'", "rh_int_rows", "csv"),
            ("SELECT generate_series(1, 1000000000), 'rh_int_json'", "rh_int_json", "json"),
        ] {
            for kind in [libc::SIGINT, libc::SIGTERM] {
                let file = home.text("out");
                let query = ["query", &server.url, "-c", script, "--format", format, "-o", &file];
                let child = home.command(query).spawn().unwrap();
                wait_until("the statement runs", || server.running(mark) == "1");
                signal(&child, kind);
                let ended = of(child.wait_with_output().unwrap()).expect(130);
                assert_eq!(server.running(mark), "0", "it was cancelled before the end: {}", ended.stderr);
                assert!(!std::path::Path::new(&file).exists(), "nothing unfinished is left");
            }
        }
    }
}

/// Sessions of this user's programs on the server, by a name only one test uses.
fn sessions(server: &Server, database: &str) -> String {
    server.value(&format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    ))
}

#[test]
fn ctrl_c_stops_reading_a_schema_on_the_server_too() {
    for server in servers() {
        let home = Home::new();
        let database = format!("rh_schema_int_{}", server.major);
        server.psql(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        server.psql(&format!("CREATE DATABASE {database}"));
        let address = server.url.rsplit_once('/').unwrap().0.to_owned() + "/" + &database;
        // Whoever holds the lock keeps the reading of the catalog waiting, as a large one would.
        let hold = "BEGIN; LOCK TABLE pg_description IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)";
        let mut holder = home.command(["query", &address, "-c", hold]).spawn().unwrap();
        wait_until("the lock is held", || sessions(&server, &database) != "0" && server.running("pg_sleep(60)") != "0");
        let child = home.command(["schema", &address]).spawn().unwrap();
        let waiting = || {
            let text = format!(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event_type = 'Lock'"
            );
            server.value(&text) != "0"
        };
        wait_until("the schema waits for it", waiting);
        signal(&child, libc::SIGINT);
        of(child.wait_with_output().unwrap()).expect(130);
        wait_until("nothing waits any more", || !waiting());
        signal(&holder, libc::SIGINT);
        holder.wait().unwrap();
        wait_until("every session is gone", || sessions(&server, &database) == "0");
        server.psql(&format!("DROP DATABASE {database}"));
    }
}

#[test]
fn a_reader_of_a_schema_that_goes_is_no_error() {
    for server in servers() {
        let home = Home::new();
        let mut child = home.command(["schema", &server.url, "--system"]).spawn().unwrap();
        drop(child.stdout.take());
        let ended = of(child.wait_with_output().unwrap());
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn a_second_ctrl_c_does_not_wait() {
    let home = Home::new();
    // Nothing reads its output, so that it is stuck writing and cannot end by itself.
    let script =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, hex(randomblob(500)) FROM n";
    let mut child = home.command(["query", "sample", "-c", script, "--format", "csv"]).spawn().unwrap();
    let mut some = [0u8; 1000];
    child.stdout.as_mut().unwrap().read_exact(&mut some).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, libc::SIGINT);
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, libc::SIGINT);
    let begun = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn ctrl_c_stops_a_file_too() {
    let home = Home::new();
    let script = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let child = home.command(["query", "sample", "-c", script]).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    signal(&child, libc::SIGINT);
    of(child.wait_with_output().unwrap()).expect(130);
}

#[test]
fn a_timeout_cancels_and_exits_6() {
    for server in servers() {
        let home = Home::new();
        let script = "SELECT 1; SELECT pg_sleep(60), 'rh_timeout'";
        let begun = Instant::now();
        home.run(["query", &server.url, "-c", script, "--timeout", "0.5"]).expect(6).says(&["error: "]);
        assert!(begun.elapsed() < Duration::from_secs(15));
        assert_eq!(server.running("rh_timeout"), "0");
        let script = "SET statement_timeout = 200; SELECT pg_sleep(60)";
        home.run(["query", &server.url, "-c", script]).expect(6).says(&["57014"]);
    }
    let home = Home::new();
    let script = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    home.run(["query", "sample", "-c", script, "--timeout", "0.5"]).expect(6);
}

#[test]
fn a_server_that_dies_mid_stream_is_said_and_exits_3() {
    for server in servers() {
        let home = Home::new();
        let file = home.text("out.csv");
        let script = "SELECT generate_series(1, 1000000000), 'rh_dies'";
        let child = home.command(["query", &server.url, "-c", script, "--format", "csv", "-o", &file]).spawn().unwrap();
        wait_until("the statement runs", || server.running("rh_dies") == "1");
        server.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%rh_dies%' AND pid <> pg_backend_pid()",
        );
        of(child.wait_with_output().unwrap()).expect(3).says(&["error: "]);
        assert!(!std::path::Path::new(&file).exists());
    }
}

#[test]
fn a_million_rows_pass_in_constant_memory() {
    for server in servers() {
        let home = Home::new();
        let script = "SELECT i, md5(i::text), i * 1.5, now() FROM generate_series(1, 1000000) i";
        let mut child = home.command(["query", &server.url, "-c", script, "--format", "csv"]).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (mut bytes, mut peak, mut buffer) = (0u64, 0u64, vec![0u8; 1 << 20]);
        loop {
            match stdout.read(&mut buffer).unwrap() {
                0 => break,
                count => bytes += count as u64,
            }
            peak = peak.max(high_water(child.id()));
        }
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(bytes > 60_000_000, "{bytes}");
        assert!(peak > 0 && peak < 80 * 1024, "{peak} KiB");
    }
}

/// The most memory a process has had, in KiB.
fn high_water(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
