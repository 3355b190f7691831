//! A server without room for one more connection, one that restarts, and a token that runs out while it is in use.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use app::api::{ConnectionPhase, ErrorCode, PasswordCommand, PasswordPolicy, ProfileDraft, StatementOutcome};
use tests::servers;

use super::{
    cluster::Cluster,
    desk::{Desk, EVENTUALLY, LATE, NOTICED, Place, psql, psql_at},
};

fn on(cluster: &Cluster, user: &str) -> Place {
    let port = cluster.port.to_string();
    Place::new("postgres", None, &[("host", "127.0.0.1"), ("port", &port), ("user", user), ("database", "postgres")])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_connection_table_is_called_full_what_is_open_goes_on_and_room_is_used_when_there_is_some() {
    let settings = "-c max_connections=9 -c superuser_reserved_connections=3 -c max_wal_senders=0";
    let Some(cluster) = Cluster::start(settings) else { return };
    psql_at(&cluster.url(), "create role clerk login");
    let desk = Desk::open().await;
    let place = on(&cluster, "clerk");
    // The control connection and a tab of ours, and as many of others as there is room for.
    let profile = desk.connect("full", &place).await;
    assert!(desk.run("open", &profile, "select 1").await.completed());
    let program = servers::postgres(18).unwrap().client_bin.join("psql");
    let others = format!("postgres://clerk@127.0.0.1:{}/postgres", cluster.port);
    let sleep = || {
        Command::new(&program)
            .args(["-XAtq", "-d", &others, "-c", "select pg_sleep(600)"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut sleepers = Vec::new();
    let asleep = "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'";
    // One that has just left may still have its place: full is what stays full. Who counts must not take a place to do so,
    // so the tab that is open is asked.
    let mut refused = 0;
    while refused < 3 {
        let mut sleeper = sleep();
        let count = (sleepers.len() + 1).to_string();
        let started = Instant::now();
        let came_in = loop {
            if sleeper.try_wait().unwrap().is_some() {
                break false;
            }
            let counted = desk.run("open", &profile, asleep).await;
            if desk.cell(&counted.hold.unwrap()).await == count {
                break true;
            }
            assert!(started.elapsed() < EVENTUALLY, "a sleeper neither came in nor was refused");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        if came_in {
            refused = 0;
            sleepers.push(sleeper);
        } else {
            refused += 1;
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    }

    let ran = desk.run("one too many", &profile, "select 2").await;
    let error = ran.error().expect("there is no room");
    assert_eq!(error.code, ErrorCode::Exhausted, "{error:?}");
    assert_eq!(error.native.as_ref().map(|native| native.code.as_str()), Some("53300"), "{error:?}");
    assert!(error.hint.is_some(), "{error:?}");
    let second = desk.save("another", &place).await;
    let error = desk.app.connect(&second).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Exhausted, "{error:?}");
    assert!(matches!(desk.phase(&second), ConnectionPhase::Failed { .. }));
    assert!(desk.run("open", &profile, "select 'goes on'").await.completed(), "what is open is left alone");
    assert!(desk.is_open(&profile), "a full server is not a lost one");

    for sleeper in &mut sleepers {
        let _ = sleeper.kill();
        sleeper.wait().unwrap();
    }
    // A server finds that its client is gone when it next writes to it.
    psql_at(&cluster.url(), "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)'");
    desk.run_until_it_completes("one too many", &profile, "select 2").await;
    assert_eq!(desk.app.connect(&second).await.unwrap().phase, ConnectionPhase::Open);
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_server_is_found_again_with_the_rows_of_before_kept() {
    let Some(cluster) = Cluster::start("") else { return };
    let desk = Desk::open().await;
    let profile = desk.connect("restarts", &on(&cluster, "postgres")).await;
    let before = desk.run("tab", &profile, "select 'before the restart' as marker").await.hold.unwrap();
    for _ in 0..2 {
        cluster.stop();
        desk.until("it to be called lost", NOTICED + LATE, || desk.is_lost(&profile)).await;
        assert_eq!(desk.link("tab"), "lost");
        let ran = desk.run("tab", &profile, "select 1").await;
        assert_eq!(ran.error().map(|error| error.code), Some(ErrorCode::Unreachable), "{ran:?}");
        cluster.launch();
        desk.until("it to be found again", EVENTUALLY, || desk.is_open(&profile)).await;
        assert!(desk.run_until_it_completes("tab", &profile, "select 'after it'").await.completed());
        assert_eq!(desk.cell(&before).await, "before the restart");
    }
    desk.app.close().await;
}

/// A command as a cloud's: each call makes a token that is good for a moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ran_out_is_made_anew_for_new_sessions_and_after_a_loss_and_nobody_is_asked() {
    let Some(server) = servers::postgres(18) else { return };
    const ROLE: &str = "rowhouse_token_bearer";
    psql(&format!("drop role if exists {ROLE}; create role {ROLE} login"));
    let desk = Desk::open().await;
    let (script, minted) = (desk.home.path().join("mint"), desk.home.path().join("minted"));
    let text = format!(
        "#!/bin/sh\nset -e\ntoken=\"token-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \\n')\"\n\
         '{}' -XAtq -d '{}' -c \"alter role {ROLE} password '$token' valid until '$(date -u -d '+8 seconds' '+%F %T+00')'\"\n\
         echo made >> '{}'\necho \"$token\"\n",
        server.client_bin.join("psql").display(),
        server.url(),
        minted.display()
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let port = server.port.to_string();
    let values = [("host", "127.0.0.1"), ("port", port.as_str()), ("user", ROLE), ("database", "postgres")];
    let draft = ProfileDraft {
        password_policy: PasswordPolicy::Command,
        password_command: Some(PasswordCommand {
            argv: vec![script.display().to_string()],
            shell: false,
            timeout_s: 30,
        }),
        ..desk.draft("tokens", &Place::new("postgres", None, &values))
    };
    let profile = desk.app.save_profile(draft).await.unwrap().id;
    let mut events = desk.app.events();
    desk.app.connect(&profile).await.unwrap();
    assert!(desk.run("first", &profile, "select current_user").await.completed());
    let times = || fs::read_to_string(&minted).unwrap_or_default().lines().count();
    let expired = format!("select 1 from pg_authid where rolname = '{ROLE}' and rolvaliduntil < now()");

    desk.until("the token to run out", EVENTUALLY, || psql(&expired) == "1").await;
    let before = times();
    desk.run_until_it_completes("second", &profile, "select 'a session of its own'").await;
    assert!(times() > before, "the old token opens nothing");
    assert_eq!(desk.link("first"), "up", "what was open stays open");

    desk.until("the next token to run out", EVENTUALLY, || psql(&expired) == "1").await;
    let before = times();
    psql(&format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{ROLE}'"));
    desk.until("the loss to be seen", NOTICED + LATE, || desk.link("first") == "lost").await;
    desk.run_until_it_completes("first", &profile, "select 'back'").await;
    desk.until("the connection to be open", EVENTUALLY, || desk.is_open(&profile)).await;
    assert!(times() > before);
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, app::api::AppEvent::Question { .. }), "{event:?}");
    }
    // It is not made again and again while nothing asks for it.
    let settled = times();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(times() <= settled + 1, "{} tokens within three seconds", times() - settled);
    desk.app.close().await;
    psql(&format!("drop role if exists {ROLE}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_whose_server_is_killed_says_so_and_a_run_without_an_answer_is_not_repeated() {
    let Some(cluster) = Cluster::start("") else { return };
    psql_at(&cluster.url(), "create table written (at timestamptz default clock_timestamp())");
    let desk = Desk::open().await;
    let profile = desk.connect("writes", &on(&cluster, "postgres")).await;
    let text = "insert into written default values; select pg_sleep(120)";
    let (_, mut events) = desk.start("tab", &profile, text).await;
    while !matches!(
        tokio::time::timeout(EVENTUALLY, events.recv()).await.unwrap().unwrap(),
        app::api::RunEvent::StatementStarted { index: 1 }
    ) {}
    cluster.stop();
    let ran = super::desk::ended(events).await;
    let Some(StatementOutcome::Failed { error, .. }) = ran.outcomes.last() else { panic!("{ran:?}") };
    assert_eq!(error.code, ErrorCode::Unreachable, "{error:?}");
    cluster.launch();
    desk.until("it to be found again", EVENTUALLY, || desk.is_open(&profile)).await;
    desk.run_until_it_completes("tab", &profile, "select 1").await;
    assert_eq!(psql_at(&cluster.url(), "select count(*) from written"), "1", "a write is never sent twice");
    desk.app.close().await;
}
