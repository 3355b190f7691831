//! Eight hours of faults by a fast clock: people work through every kind of connection while servers, wires and SSH servers fail
//! and come back, and in the end nothing is left behind: no session on a server, no file, no task, no growing memory.
//!
//! `make soak` runs it for twenty minutes; `make test` for as long as `ROWHOUSE_SOAK_SECONDS` says, a little more than a minute.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../crates/route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;

#[path = "faults/cluster.rs"]
#[allow(dead_code)]
mod cluster;
#[path = "faults/desk.rs"]
mod desk;
#[path = "faults/wire.rs"]
mod wire;

mod soak {
    pub(super) use super::{cluster, desk, wire};

    pub mod measures;
    pub mod people;
    pub mod trouble;
}

use std::{
    env, fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use app::api::ObjectRef;
use desk::{Desk, EVENTUALLY, Place};
use soak::{
    measures::{Held, growth, tasks},
    people::{Dice, Person, Tally},
    trouble::World,
};
use sshd::{Sshd, keygen};
use tests::servers;
use tokio::sync::watch;
use url::Url;
use wire::{Mode, Wire};

/// A round of work and faults; after each everything is closed and measured.
const ROUND: Duration = Duration::from_secs(15);
/// How much resident memory may grow over the last half of a long soak: an allocator gives back when it likes.
const GROWTH: f64 = 16e6;
/// What a soak of at least this many rounds is long enough to say about memory.
const LONG: usize = 20;

const TABLE: &str = "create table soak_rows as select i as id, 'row ' || i as note from generate_series(1, 5000) i; \
                     alter table soak_rows add primary key (id); create table soak_writes (at timestamptz)";

fn relation(schema: &str) -> ObjectRef {
    ObjectRef {
        database: None,
        schema: Some(schema.to_owned()),
        kind: "relation".to_owned(),
        name: "soak_rows".to_owned(),
        signature: None,
    }
}

/// The servers, the wires before them, and who works there.
struct Scene {
    world: World,
    people: Vec<Person>,
    _folder: tempfile::TempDir,
}

async fn scene(desk: &Arc<Desk>, tally: &Tally) -> Option<Scene> {
    let server = servers::postgres(18)?;
    // Two soaks may share the servers.
    let database = format!("rowhouse_soak_{}", std::process::id());
    let cluster = Arc::new(cluster::Cluster::start("")?);
    World::psql(&cluster.url(), TABLE).expect("the tables");
    let mut wires = Vec::new();
    let mut people = Vec::new();
    let folder = sshd::scratch();
    let mut hire = async |name: &'static str, place: Place, texts: [&'static str; 3], table: ObjectRef| {
        let profile = desk.save(name, &place).await;
        let dice = Dice::new(people.len() as u64 + 11);
        let [slow, many, write] = texts;
        let (desk, tally, driver) = (Arc::clone(desk), tally.clone(), place.driver);
        people.push(Person { desk, name, profile, driver, slow, many, write, table, tally, dice });
    };
    let texts = [
        "select pg_sleep(6)",
        "select i, repeat('x', 150) from generate_series(1, 30000) i",
        "begin; insert into soak_writes values (now())",
    ];
    let at = |port: u16, user: &str, database: &str| {
        let port = port.to_string();
        let values = [("host", "127.0.0.1"), ("port", port.as_str()), ("user", user), ("database", database)];
        Place::new("postgres", None, &values).with(&[("sslmode", "disable")])
    };

    let wire = Wire::before(cluster.port).await;
    hire("direct", at(wire.port, "postgres", "postgres"), texts, relation("public")).await;
    wires.push(wire);

    let key = keygen(folder.path(), "key", "ed25519", "");
    let ssh = Sshd::start(folder.path(), "ssh", &[&key], "");
    if let Some(ssh) = &ssh {
        let wire = Wire::before(ssh.port).await;
        let host_key = fs::read_to_string(ssh.folder.join("host_key.pub")).unwrap();
        let known = folder.path().join("known_hosts");
        fs::write(&known, format!("[127.0.0.1]:{} {host_key}", wire.port)).unwrap();
        let place = at(cluster.port, "postgres", "postgres").with(&[
            ("ssh", "key"),
            ("ssh_host", "127.0.0.1"),
            ("ssh_port", &wire.port.to_string()),
            ("ssh_user", &sshd::user()),
            ("ssh_key", &key.display().to_string()),
            ("ssh_config", "false"),
            ("ssh_known_hosts", &known.display().to_string()),
        ]);
        hire("ssh", place, texts, relation("public")).await;
        wires.push(wire);
    }

    let mut pooled = None;
    if let Some(pooler) = env::var("ROWHOUSE_TEST_PGBOUNCER_TRANSACTION_URL").ok().and_then(|url| Url::parse(&url).ok())
    {
        World::psql(&server.url(), &format!("drop database if exists {database} with (force)"));
        World::psql(&server.url(), &format!("create database {database}")).expect("a database");
        let own = server.url_of_database(&database);
        World::psql(&own, TABLE).expect("the tables");
        let wire = Wire::before(pooler.port()?).await;
        let place = at(wire.port, "postgres", &database);
        hire("pooled", Place { password: Some(server.password.clone()), ..place }, texts, relation("public")).await;
        wires.push(wire);
        pooled = Some(own);
    }

    let mut world =
        World { database: database.clone(), cluster, ssh: None, wires: Arc::default(), mariadb: None, pooled };
    if let (Ok(url), Ok(socket)) = (env::var("ROWHOUSE_TEST_MARIADB_URL"), env::var("ROWHOUSE_TEST_MARIADB_SOCKET")) {
        let url = Url::parse(&url).unwrap();
        let password = url.password().unwrap_or_default().to_owned();
        world.mariadb = Some((socket, password.clone()));
        let made = world.mariadb(&format!(
            "drop database if exists {database}; create database {database}; use {database}; create table soak_rows \
             (id int primary key, note text) as select seq as id, concat('row ', seq) as note from seq_1_to_5000; \
             create table soak_writes (at datetime)"
        ));
        if made.is_some() {
            let wire = Wire::before(url.port().unwrap()).await;
            let port = wire.port.to_string();
            let values =
                [("host", "127.0.0.1"), ("port", port.as_str()), ("user", "rowhouse"), ("schema", database.as_str())];
            let place = Place::new("mysql", Some(&password), &values).with(&[("sslmode", "disable")]);
            let texts = [
                "select sleep(6)",
                "select seq, repeat('x', 150) from seq_1_to_30000",
                "start transaction; insert into soak_writes values (now())",
            ];
            hire("mariadb", place, texts, relation(&database)).await;
            wires.push(wire);
        } else {
            eprintln!("SKIPPED: the soak has no MariaDB: the client `mariadb` is missing");
            world.mariadb = None;
        }
    }
    assert!(!servers::required() || people.len() == 4, "a server is missing: only {} people work", people.len());
    world.wires = Arc::new(wires);
    world.ssh = ssh.map(|ssh| Arc::new(Mutex::new(ssh)));
    Some(Scene { world, people, _folder: folder })
}

/// Closes everything and waits until nothing of it is left.
async fn settle(desk: &Desk, scene: &Scene, tasks_before: usize) {
    for wire in scene.world.wires.iter() {
        wire.set(Mode::Up);
    }
    for person in &scene.people {
        for tab in person.tabs() {
            desk::at_once("closing a tab", desk.app.close_session(&tab)).await.unwrap();
        }
        desk::at_once("disconnecting", desk.app.disconnect(&person.profile)).await.unwrap();
    }
    assert!(desk.app.connection_states().is_empty());
    let wires = &scene.world.wires;
    let carried = || wires.iter().map(Wire::carried).collect::<Vec<_>>();
    desk.until("every connection to be closed", EVENTUALLY, || carried().iter().all(|count| *count == 0)).await;
    desk.until("every task to end", EVENTUALLY, || tasks() <= tasks_before).await;
    desk.until("every result on disk to be gone", EVENTUALLY, || Held::now().nameless == 0).await;
    let results = desk.app.home().join("results");
    let left: Vec<_> = fs::read_dir(&results).map(|folder| folder.flatten().collect()).unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
    let world = scene.world.clone();
    let leaked = move || {
        let database = &world.database;
        let on_postgres = "select count(*) from pg_stat_activity where application_name ilike 'rowhouse%'";
        let mut left = vec![World::psql(&world.cluster.url(), on_postgres)];
        if let Some(pooled) = &world.pooled {
            // The pooler keeps sessions of its own; none of them may be left in a transaction.
            let text = format!(
                "select count(*) from pg_stat_activity where datname = '{database}' and pid <> pg_backend_pid() and state <> 'idle'"
            );
            left.push(World::psql(pooled, &text));
        }
        if world.mariadb.is_some() {
            let text = format!("select count(*) from information_schema.processlist where db = '{database}'");
            left.push(world.mariadb(&text));
        }
        left
    };
    let begun = Instant::now();
    loop {
        let left = tokio::task::block_in_place(&leaked);
        if left.iter().all(|count| count.as_deref() == Some("0")) {
            return;
        }
        assert!(begun.elapsed() < EVENTUALLY, "sessions are left on the servers: {left:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_and_faults_leave_no_session_file_or_task_behind_and_no_growing_memory() {
    let seconds = env::var("ROWHOUSE_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let (length, begun) = (Duration::from_secs(seconds), Instant::now());
    let desk = Arc::new(Desk::open().await);
    let tally = Tally::default();
    let Some(mut scene) = scene(&desk, &tally).await else { return };
    let (tasks_before, sockets_before) = (tasks(), Held::now().sockets);
    let mut dice = Dice::new(1);
    let mut samples: Vec<Held> = Vec::new();
    while begun.elapsed() < length || samples.len() < 3 {
        let (stop, stopped) = watch::channel(false);
        let working: Vec<_> = scene.people.drain(..).map(|person| tokio::spawn(person.work(stopped.clone()))).collect();
        let trouble = tokio::spawn(scene.world.clone().trouble(dice, tally.clone(), stopped));
        tokio::time::sleep(ROUND).await;
        stop.send_replace(true);
        for person in working {
            scene.people.push(person.await.unwrap());
        }
        dice = trouble.await.unwrap();
        settle(&desk, &scene, tasks_before).await;
        let held = Held::now();
        eprintln!("{:>5} s: {:.1} MB, {held:?}", begun.elapsed().as_secs(), held.memory as f64 / 1e6);
        samples.push(held);
    }
    eprintln!("{tally}");

    for person in &scene.people {
        assert!(tally.count(&format!("{} run ok", person.name)) > 0, "nothing was run: {}: {tally}", person.name);
    }
    for what in ["cancel ok", "many rows ok", "browse ok", "tree ok"] {
        assert!(tally.count(what) > 0, "nobody did this: {what}: {tally}");
    }
    let last = samples[samples.len() - 1];
    assert_eq!(last.sockets, sockets_before, "a socket is left");
    let (first_half, last_half) = samples.split_at(samples.len() / 2);
    // The store opens its own files when it first needs them.
    let most = first_half.iter().map(|held| held.files).max().unwrap();
    assert!(last.files <= most + 4, "files are left: {most} and then {}", last.files);
    let memory: Vec<u64> = last_half.iter().map(|held| held.memory).collect();
    let grown = growth(&memory);
    eprintln!("memory over the last half: {:+.1} MB in {} rounds", grown / 1e6, memory.len());
    if samples.len() >= LONG {
        assert!(grown < GROWTH, "memory grows by {:.1} MB: {memory:?}", grown / 1e6);
    }

    // After all that every connection still works.
    for person in &scene.people {
        desk.app.connect(&person.profile).await.unwrap();
        assert!(desk.run(&person.tabs()[0], &person.profile, "select 1").await.completed(), "{}", person.name);
    }
    settle(&desk, &scene, tasks_before).await;
    desk.app.close().await;
    let database = &scene.world.database;
    if let Some(server) = servers::postgres(18) {
        World::psql(&server.url(), &format!("drop database if exists {database} with (force)"));
    }
    scene.world.mariadb(&format!("drop database if exists {database}"));
}
