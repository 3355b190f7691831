//! Measured by hand, in release: `cargo test --release -p driver-sqlite speed -- --ignored --nocapture`.

use std::{io::Write, path::PathBuf, process::Command, time::Instant};

use arrow_array::{Array, BinaryArray};
use catalog::Scope;
use driver::{Event, Statement};

use crate::support::{connect, folder, make, session};

const TEXT: &str = "SELECT * FROM rows";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; needs the sqlite3 shell"]
async fn a_million_rows_to_csv_against_the_shell() {
    let folder = folder();
    let path = folder.path().join("million.db");
    make(
        &path,
        "PRAGMA synchronous = OFF;
         CREATE TABLE rows(id INTEGER PRIMARY KEY, n INTEGER, price REAL, amount NUMERIC, name TEXT, city TEXT, day DATE, flag BOOLEAN, note TEXT, big INTEGER);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000)
         INSERT INTO rows SELECT i, i * 7919 % 100003, i / 7.0, round(i * 1.25, 2), 'customer number ' || i, 'city ' || (i % 997),
           date(1600000000 + i * 60, 'unixepoch'), i % 2, CASE WHEN i % 3 THEN 'a note, with \"quotes\" and more' END, i * 1000000007 FROM n",
    );
    for round in 1..=3 {
        let begun = Instant::now();
        let shell =
            Command::new("sqlite3").arg("-csv").arg(&path).arg(TEXT).stdout(std::process::Stdio::null()).status();
        println!("round {round}: shell   {:?} ({shell:?})", begun.elapsed());
        let connection = connect(&path).await;
        let session = session(&*connection).await;
        for csv in [false, true] {
            let begun = Instant::now();
            let mut run = session.run(Statement::new(TEXT));
            let mut out = std::io::BufWriter::with_capacity(1 << 16, std::fs::File::create("/dev/null").unwrap());
            let mut line = Vec::new();
            let mut count = 0;
            while let Some(event) = run.next().await {
                if let Event::Batch(batch) = event.unwrap() {
                    count += batch.num_rows();
                    if !csv {
                        continue;
                    }
                    let width = batch.num_columns() / 2;
                    let columns: Vec<&BinaryArray> =
                        (0..width).map(|i| batch.column(i).as_any().downcast_ref().unwrap()).collect();
                    for row in 0..batch.num_rows() {
                        line.clear();
                        for (index, column) in columns.iter().enumerate() {
                            if index > 0 {
                                line.push(b',');
                            }
                            let cell = column.value(row);
                            if column.is_valid(row)
                                && cell.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r'))
                            {
                                line.push(b'"');
                                for byte in cell {
                                    line.push(*byte);
                                    if *byte == b'"' {
                                        line.push(b'"');
                                    }
                                }
                                line.push(b'"');
                            } else {
                                line.extend_from_slice(cell);
                            }
                        }
                        line.push(b'\n');
                        out.write_all(&line).unwrap();
                    }
                }
            }
            assert_eq!(count, 1_000_000);
            println!("round {round}: {} {:?}", if csv { "csv    " } else { "batches" }, begun.elapsed());
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or(""));
}

#[tokio::test]
#[ignore = "measures; ROWHOUSE_TEST_SQLITE_MANY names a file of many tables"]
async fn the_catalog_of_a_file_of_many_tables() {
    let path = PathBuf::from(std::env::var("ROWHOUSE_TEST_SQLITE_MANY").unwrap());
    let connection = connect(&path).await;
    for scope in [Scope::default(), Scope::default(), Scope::complete()] {
        let begun = Instant::now();
        let catalog = connection.control().catalog(&scope).await.unwrap();
        println!("{} relations, {} columns in {:?}", catalog.relations.len(), catalog.columns.len(), begun.elapsed());
    }
}
