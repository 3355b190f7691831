//! Saves whose answer nobody got: what arrived is never sent again, what did not is still there.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{
    journals::crashed,
    servers::{fresh_name, relation, run, value},
    *,
};
use crate::testing::servers::shop_at;

/// A save whose journal stays although it was committed, as when the program ends between the two.
async fn saved_and_crashed() -> Shop {
    let shop = Shop::open().await;
    let grid = Grid::of(&shop, "customers").await;
    grid.stage(set(0, 1, text("renamed"))).await;
    grid.stage(add(vec![vec![(1, text("new"))]])).await;
    let stays =
        "CREATE TRIGGER stays BEFORE DELETE ON edit_sets BEGIN SELECT RAISE(ABORT, 'the program has ended'); END";
    let mut change = shop.app.store.write().await.unwrap();
    sqlx::query(stays).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    grid.saved().await;
    let shop = crashed(shop).await;
    let mut change = shop.app.store.write().await.unwrap();
    sqlx::query("DROP TRIGGER stays").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    let pending = shop.app.edits_pending().await.unwrap();
    assert_eq!((pending[0].counts.updates, pending[0].counts.inserts), (1, 1), "the journal still has them");
    shop
}

#[tokio::test]
async fn what_was_committed_before_a_crash_is_not_saved_twice() {
    let shop = saved_and_crashed().await;
    let (grid, view) = Grid::open(&shop, shop.table("customers")).await;
    assert_eq!((view.counts, view.rows.len()), (EditCounts::default(), 0));
    assert!(view.warnings.iter().any(|warning| warning.contains("had arrived")), "{:?}", view.warnings);
    let nothing = shop.app.edits_save(&grid.hold, None).await.unwrap_err();
    assert_eq!(nothing.code, ErrorCode::NotFound);
    assert_eq!(all(&shop, "SELECT count(*) FROM customers WHERE name = 'new'"), ["1"]);
    assert!(shop.app.edits_pending().await.unwrap().is_empty());
    assert_eq!(grid.view().await.warnings, Vec::<String>::new(), "it is told once");
}

#[tokio::test]
async fn what_was_not_committed_before_a_crash_is_still_staged_and_saved_once() {
    let shop = saved_and_crashed().await;
    // As if the commit had not arrived.
    sqlite(&shop)
        .execute_batch(
            "DELETE FROM customers WHERE name = 'new'; UPDATE customers SET name = 'Ada' WHERE name = 'renamed'",
        )
        .unwrap();
    let (grid, view) = Grid::open(&shop, shop.table("customers")).await;
    assert_eq!((view.counts.updates, view.counts.inserts, view.warnings), (1, 1, Vec::new()));
    grid.saved().await;
    assert_eq!(
        all(&shop, "SELECT name FROM customers WHERE name IN ('new', 'renamed') ORDER BY 1"),
        ["new", "renamed"]
    );
}

/// What happens to the next commit on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wire {
    Whole = 0,
    /// It arrives, and its answer does not.
    Answerless = 1,
    /// It does not arrive.
    Cut = 2,
    /// It arrives, its answer does not, and nobody gets through afterwards.
    Silent = 3,
    /// Nobody gets through.
    Down = 4,
}

/// A way to a server that loses what it is told to.
struct Relay {
    port: u16,
    wire: Arc<AtomicU8>,
}

impl Relay {
    async fn to(server: String) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(AtomicU8::new(Wire::Whole as u8));
        let set = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if set.load(Ordering::SeqCst) != Wire::Down as u8 {
                    tokio::spawn(pass(client, server.clone(), Arc::clone(&set)));
                }
            }
        });
        Relay { port, wire }
    }

    fn set(&self, wire: Wire) {
        self.wire.store(wire as u8, Ordering::SeqCst);
    }
}

async fn pass(client: TcpStream, server: String, wire: Arc<AtomicU8>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        (from_server, to_client)
    });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read) = from_client.read(&mut buffer).await {
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        let lost = wire.load(Ordering::SeqCst);
        let losing = [Wire::Answerless, Wire::Cut, Wire::Silent].iter().any(|wire| *wire as u8 == lost);
        if losing && part.windows(6).any(|word| word == b"COMMIT") {
            // No answer goes back any more.
            back.abort();
            if lost != Wire::Cut as u8 {
                to_server.write_all(part).await.unwrap();
            }
            let after = if lost == Wire::Silent as u8 { Wire::Down } else { Wire::Whole };
            wire.store(after as u8, Ordering::SeqCst);
            // What was sent is done before the connection's end is seen.
            let _ = to_server.shutdown().await;
            return;
        }
        if to_server.write_all(part).await.is_err() {
            break;
        }
    }
    let _ = to_server.shutdown().await;
    let _ = back.await;
}

/// A table on the newest PostgreSQL behind a relay, and the direct way beside it.
async fn behind_a_relay() -> Option<(Shop, Shop, Relay, String)> {
    let direct = servers::server("ROWHOUSE_TEST_POSTGRES_18_URL", None).await?;
    let url = std::env::var("ROWHOUSE_TEST_POSTGRES_18_URL").unwrap();
    let (head, rest) = url.rsplit_once('@').unwrap();
    let (address, path) = rest.split_once('/').unwrap();
    let relay = Relay::to(address.to_owned()).await;
    let database = path.split('?').next().unwrap();
    let shop = shop_at(&format!("{head}@127.0.0.1:{}/{database}?sslmode=disable", relay.port), Safety::Free).await;
    let schema = fresh_name();
    run(
        &direct,
        "t",
        &format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.t (id int PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, a text);
             INSERT INTO {schema}.t (a) VALUES ('a'), ('b');"
        ),
    )
    .await;
    Some((direct, shop, relay, schema))
}

fn change() -> EditStep {
    EditStep { add: vec![RowAddition { after: None, cells: vec![(1, text("new"))] }], ..set(0, 1, text("x")) }
}

async fn rows(direct: &Shop, schema: &str) -> String {
    value(direct, &format!("SELECT string_agg(a, ',' ORDER BY a) FROM {schema}.t")).await
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_out_from_the_rows() {
    let Some((direct, shop, relay, schema)) = behind_a_relay().await else { return };
    let (grid, _) = Grid::open(&shop, relation(&schema, "t")).await;
    grid.stage(change()).await;
    relay.set(Wire::Cut);
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Refused { .. }), "it did not arrive: {:?}", saved.outcome);
    assert_eq!((saved.edits.counts.updates, saved.edits.counts.inserts), (1, 1));
    assert_eq!(rows(&direct, &schema).await, "a,b");
    relay.set(Wire::Answerless);
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Saved { .. }), "it arrived: {:?}", saved.outcome);
    assert_eq!(rows(&direct, &schema).await, "b,new,x");
    assert!(shop.app.edits_pending().await.unwrap().is_empty());
    run(&direct, "t", &format!("DROP SCHEMA {schema} CASCADE")).await;
}

#[tokio::test]
async fn a_save_nobody_knows_of_is_asked_for_before_anything_is_sent_again() {
    let Some((direct, shop, relay, schema)) = behind_a_relay().await else { return };
    let (grid, _) = Grid::open(&shop, relation(&schema, "t")).await;
    grid.stage(change()).await;
    relay.set(Wire::Silent);
    let saved = grid.save().await;
    assert!(matches!(saved.outcome, SaveOutcome::Unknown { .. }), "{:?}", saved.outcome);
    assert_eq!(saved.edits.counts.inserts, 1, "the edits are still there");
    let busy = shop.app.edits_stage(&grid.hold, set(1, 1, text("y"))).await.unwrap_err();
    assert_eq!(busy.code, ErrorCode::Conflict, "{busy:?}");
    relay.set(Wire::Whole);
    shop.app.connect(&shop.profile).await.unwrap();
    let saved = grid.save().await;
    assert!(matches!(&saved.outcome, SaveOutcome::Saved { counts, .. } if counts.inserts == 1), "{:?}", saved.outcome);
    assert_eq!(saved.edits.counts, EditCounts::default());
    assert_eq!(rows(&direct, &schema).await, "b,new,x", "once");
    run(&direct, "t", &format!("DROP SCHEMA {schema} CASCADE")).await;
}
