//! A connection through SSH whose server dies, changes or stands still in mid-session.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use app::api::{AppEvent, ConnectionPhase};

use super::{
    alone,
    desk::{Desk, EVENTUALLY, LATE, NOTICED, Place, postgres},
};
use crate::sshd::{self, Sshd, keygen};

struct Tunnel {
    ssh: Sshd,
    place: Place,
    home: tempfile::TempDir,
}

impl Tunnel {
    fn dig() -> Option<Tunnel> {
        let place = postgres()?;
        let home = sshd::scratch();
        let key = keygen(home.path(), "key", "ed25519", "");
        let ssh = Sshd::start(home.path(), "one", &[&key], "")?;
        let known = home.path().join("known_hosts");
        fs::write(&known, ssh.known_hosts_line()).unwrap();
        let place = place.with(&[
            ("ssh", "key"),
            ("ssh_host", "127.0.0.1"),
            ("ssh_port", &ssh.port.to_string()),
            ("ssh_user", &sshd::user()),
            ("ssh_key", &key.display().to_string()),
            ("ssh_config", "false"),
            ("ssh_known_hosts", &known.display().to_string()),
        ]);
        Some(Tunnel { ssh, place, home })
    }

    fn known(&self) -> std::path::PathBuf {
        self.home.path().join("known_hosts")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_ssh_server_is_noticed_and_the_tunnel_rebuilt_with_the_rows_of_before_kept() {
    let Some(mut tunnel) = Tunnel::dig() else { return };
    let desk = Desk::open().await;
    let profile = desk.connect("behind", &tunnel.place).await;
    let before = desk.run("tab", &profile, "select 'before the kill' as marker").await.hold.unwrap();
    tunnel.ssh.kill();
    desk.until("it to be called lost", NOTICED + LATE, || desk.is_lost(&profile) && desk.link("tab") == "lost").await;
    tunnel.ssh.launch();
    desk.until("the tunnel to be rebuilt", EVENTUALLY, || desk.is_open(&profile)).await;
    desk.run_until_it_completes("tab", &profile, "select 'after the kill'").await;
    assert_eq!(desk.cell(&before).await, "before the kill");
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ssh_server_that_stands_still_is_noticed_and_the_tunnel_rebuilt() {
    let Some(tunnel) = Tunnel::dig() else { return };
    let desk = Desk::open().await;
    let profile = desk.connect("behind", &tunnel.place).await;
    assert!(desk.run("tab", &profile, "select 1").await.completed());
    tunnel.ssh.signal("-STOP");
    desk.until("it to be called lost", NOTICED + LATE, || desk.is_lost(&profile)).await;
    desk.until("the tab to be called lost", NOTICED + LATE, || desk.link("tab") == "lost").await;
    tunnel.ssh.signal("-CONT");
    desk.until("the tunnel to be rebuilt", EVENTUALLY, || desk.is_open(&profile)).await;
    desk.run_until_it_completes("tab", &profile, "select 2").await;
    desk.app.close().await;
}

/// Between two reconnects somebody put another key into known_hosts, or another server into this one's place: nobody can tell
/// which, so the tunnel is not built, and no question offers to build it all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_hosts_line_that_changed_in_mid_session_refuses_the_reconnect_and_asks_nothing() {
    let Some(mut tunnel) = Tunnel::dig() else { return };
    let desk = Desk::open().await;
    let profile = desk.connect("behind", &tunnel.place).await;
    let mut events = desk.app.events();
    assert!(desk.run("tab", &profile, "select 1").await.completed());
    let line = fs::read_to_string(tunnel.known()).unwrap();
    let other = keygen(tunnel.home.path(), "other", "ed25519", "");
    let other = fs::read_to_string(other.with_extension("pub")).unwrap();
    fs::write(tunnel.known(), format!("[127.0.0.1]:{} {other}", tunnel.ssh.port)).unwrap();
    assert!(desk.run("tab", &profile, "select 2").await.completed(), "the tunnel there is has been trusted");
    tunnel.ssh.kill();
    tunnel.ssh.launch();
    let refused = |phase: ConnectionPhase| match phase {
        ConnectionPhase::Lost { error, .. } => error.message.contains("known_hosts line 1"),
        _ => false,
    };
    desk.until("the changed key to be told", EVENTUALLY, || refused(desk.phase(&profile))).await;
    let ran = desk.run("tab", &profile, "select 3").await;
    assert!(ran.error().is_some(), "{ran:?}");
    assert!(!desk.is_open(&profile));
    fs::write(tunnel.known(), line).unwrap();
    desk.app.connect(&profile).await.unwrap();
    desk.until("the right key to be taken", EVENTUALLY, || desk.is_open(&profile)).await;
    desk.run_until_it_completes("tab", &profile, "select 4").await;
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, AppEvent::Question { .. }), "{event:?}");
    }
    desk.app.close().await;
}

/// Ports this process listens on.
fn listening() -> Vec<u16> {
    let mine: Vec<u64> = fs::read_dir("/proc/self/fd")
        .unwrap()
        .flatten()
        .filter_map(|entry| fs::metadata(entry.path()).ok())
        .map(|metadata| metadata.ino())
        .collect();
    let read = |path: &str| fs::read_to_string(Path::new(path)).unwrap_or_default();
    let table = read("/proc/self/net/tcp") + &read("/proc/self/net/tcp6");
    table
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (local, state, inode) = (fields.get(1)?, *fields.get(3)?, fields.get(9)?.parse::<u64>().ok()?);
            let port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()?;
            (state == "0A" && mine.contains(&inode)).then_some(port)
        })
        .collect()
}

#[test]
fn a_tunnel_opens_no_port_on_this_computer_and_the_target_shown_is_the_database() {
    alone("faults::tunnels::with_a_tunnel_open");
}

#[ignore = "run by the test above in a process of its own, where nobody else listens"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_tunnel_open() {
    let Some(tunnel) = Tunnel::dig() else { return };
    let desk = Desk::open().await;
    let proof = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(listening().contains(&proof.local_addr().unwrap().port()), "a port would be seen");
    drop(proof);
    let (before, profile) = (listening(), desk.connect("behind", &tunnel.place).await);
    assert!(desk.run("tab", &profile, "select 1").await.completed());
    assert_eq!(listening(), before);
    let shown = desk.app.profile(&profile).await.unwrap().target;
    let port = &tunnel.place.values["port"];
    assert!(shown.contains(port) && !shown.contains(&tunnel.ssh.port.to_string()), "{shown}");
    desk.app.close().await;
}
