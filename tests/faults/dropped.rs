//! Packets that are dropped and a cable that is pulled: two machines, each a network namespace, with a real link between them.
//!
//! The far machine has the database servers and an SSH server; this program is on the near one. A link drops packets when each
//! side sends them to a hardware address that nobody has: nothing is refused, nothing is reset, nothing comes.

use std::{
    fs, io,
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use app::api::{ConnectionPhase, ErrorCode, StatementOutcome};
use tests::servers;

use super::desk::{Desk, EVENTUALLY, LATE, NOTICED, Place, at_once, ended};
use crate::sshd::{self, Sshd, keygen};

const NEAR: &str = "10.213.0.1";
const FAR: &str = "10.213.0.2";
/// Hardware addresses: the near one's, the far one's, nobody's.
const ADDRESSES: [&str; 3] = ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:99"];
const POSTGRES: u16 = 5432;
const MARIADB: u16 = 3306;
const SSH: u16 = 2222;
/// What the script ends with where this computer does not let us make networks.
const NOT_HERE: i32 = 77;

/// Makes the two machines and runs a test of this file on the near one.
const TWO_MACHINES: &str = r#"
set -u
program="$0" test="$1" folder="$ROWHOUSE_TEST_BETWEEN"
ip link set lo up || exit 77
unshare --net bash -c 'ip link set lo up; exec "$0" --exact faults::dropped::the_far_machine --ignored --nocapture' \
  "$program" >"$folder/far.log" 2>&1 &
far=$!
finish() { touch "$folder/done"; wait "$far"; }
trap finish EXIT
here="$(readlink /proc/self/ns/net)"
for _ in $(seq 200); do
  there="$(readlink "/proc/$far/ns/net")" || break
  [ "$there" = "$here" ] || break
  sleep 0.05
done
over() { nsenter --net="/proc/$far/ns/net" ip "$@"; }
ip link add near address 02:00:00:00:00:01 type veth peer name far address 02:00:00:00:00:02 netns "$far" || exit 77
ip address add 10.213.0.1/30 dev near || exit 77
over address add 10.213.0.2/30 dev far || exit 77
ip link set near up && over link set far up || exit 77
ROWHOUSE_TEST_FAR="$far" "$program" --exact "$test" --ignored --nocapture
"#;

fn on_two_machines(test: &str) {
    let folder = sshd::scratch();
    // Without the right to, in a world where one has it.
    let isolated: &[&str] = match sshd::run("id", &["-u"]).trim() {
        "0" => &["--net"],
        _ => &["--map-current-user", "--keep-caps", "--net"],
    };
    let started = Command::new("unshare")
        .args(isolated)
        .args(["--", "bash", "-c", TWO_MACHINES])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env("ROWHOUSE_TEST_BETWEEN", folder.path())
        .stdin(Stdio::null())
        .output();
    let output = match started {
        Ok(output) => output,
        Err(error) => return eprintln!("SKIPPED {test}: unshare: {error}"),
    };
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let reached = said.contains("running 1 test");
    if output.status.code() == Some(NOT_HERE) || !reached {
        // A matter of what the system allows, not of what is installed.
        return eprintln!("SKIPPED {test}: no network namespaces here: {said}");
    }
    let far = fs::read_to_string(folder.path().join("far.log")).unwrap_or_default();
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{far}");
}

fn between() -> Option<PathBuf> {
    std::env::var_os("ROWHOUSE_TEST_BETWEEN").map(PathBuf::from)
}

/// The far machine: passes connections on to the servers, which are reached by their sockets from every network.
#[ignore = "run by the tests below in a network of its own"]
#[test]
fn the_far_machine() {
    let Some(folder) = between() else { return };
    if let Some(server) = servers::postgres(18) {
        let socket = server.socket.join(format!(".s.PGSQL.{}", server.port));
        pass_on(POSTGRES, move || UnixStream::connect(&socket));
    }
    if let Some(socket) = std::env::var_os("ROWHOUSE_TEST_MARIADB_SOCKET") {
        pass_on(MARIADB, move || UnixStream::connect(&socket));
    }
    let key = keygen(&folder, "key", "ed25519", "");
    let ssh = Sshd::start(&folder, "ssh", &[&key], "");
    if let Some(ssh) = &ssh {
        let port = ssh.port;
        pass_on(SSH, move || TcpStream::connect(("127.0.0.1", port)));
        let host_key = fs::read_to_string(ssh.folder.join("host_key.pub")).unwrap();
        fs::write(folder.join("known_hosts"), format!("[{FAR}]:{SSH} {host_key}")).unwrap();
    }
    fs::write(folder.join("ready"), "").unwrap();
    let near = std::os::unix::process::parent_id();
    while !folder.join("done").exists() && std::os::unix::process::parent_id() == near {
        thread::sleep(Duration::from_millis(50));
    }
}

/// One end of a connection, of whatever kind.
trait End: io::Read + io::Write + Send + Sized + 'static {
    fn twin(&self) -> io::Result<Self>;
    fn end(&self);
}

impl End for TcpStream {
    fn twin(&self) -> io::Result<Self> {
        self.try_clone()
    }
    fn end(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}

impl End for UnixStream {
    fn twin(&self) -> io::Result<Self> {
        self.try_clone()
    }
    fn end(&self) {
        let _ = self.shutdown(Shutdown::Both);
    }
}

fn pass_on<E: End>(port: u16, target: impl Fn() -> io::Result<E> + Send + 'static) {
    let listener = TcpListener::bind(("0.0.0.0", port)).unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = target() else { continue };
            let (Ok(client_out), Ok(server_out)) = (client.twin(), server.twin()) else { continue };
            thread::spawn(move || copy(client, server_out));
            thread::spawn(move || copy(server, client_out));
        }
    });
}

fn copy(mut from: impl End, mut to: impl End) {
    let _ = io::copy(&mut from, &mut to);
    from.end();
    to.end();
}

fn ip(over: bool, arguments: &str) {
    let far = std::env::var("ROWHOUSE_TEST_FAR").unwrap();
    let mut command = match over {
        true => Command::new("nsenter"),
        false => Command::new("ip"),
    };
    if over {
        command.arg(format!("--net=/proc/{far}/ns/net")).arg("ip");
    }
    let output = command.args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// What happens to the link between the two.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Nothing arrives, and nobody says so: a computer that slept, a VPN that went.
    Dropped,
    /// This computer's own end is down.
    Unplugged,
}

impl Fault {
    fn begin(self) {
        match self {
            Fault::Dropped => send_to(ADDRESSES[2], ADDRESSES[2]),
            Fault::Unplugged => ip(false, "link set near down"),
        }
    }

    fn end(self) {
        match self {
            Fault::Dropped => send_to(ADDRESSES[0], ADDRESSES[1]),
            Fault::Unplugged => ip(false, "link set near up"),
        }
    }
}

/// Where each side sends what is meant for the other.
fn send_to(near: &str, far: &str) {
    ip(false, &format!("neighbour replace {FAR} lladdr {far} nud permanent dev near"));
    ip(true, &format!("neighbour replace {NEAR} lladdr {near} nud permanent dev far"));
}

/// The servers on the far machine, with the statement that sleeps there.
fn places(folder: &Path) -> Vec<(&'static str, Place, &'static str)> {
    let mut all = Vec::new();
    let number = |port: u16| port.to_string();
    if let Some(server) = servers::postgres(18) {
        let values = [("user", "postgres"), ("database", "postgres"), ("sslmode", "disable")];
        let place = Place::new("postgres", Some(&server.password), &values);
        let direct = place.with(&[("host", FAR), ("port", &number(POSTGRES))]);
        all.push(("PostgreSQL", direct, "select pg_sleep(120)"));
        if folder.join("known_hosts").exists() {
            let tunnel = place.with(&[
                ("host", "127.0.0.1"),
                ("port", &number(POSTGRES)),
                ("ssh", "key"),
                ("ssh_host", FAR),
                ("ssh_port", &number(SSH)),
                ("ssh_user", &sshd::user()),
                ("ssh_key", &folder.join("key").display().to_string()),
                ("ssh_config", "false"),
                ("ssh_known_hosts", &folder.join("known_hosts").display().to_string()),
            ]);
            all.push(("PostgreSQL through SSH", tunnel, "select pg_sleep(120)"));
        }
    }
    if let Ok(password) = std::env::var("ROWHOUSE_TEST_MARIADB_PASSWORD") {
        let port = number(MARIADB);
        let values =
            [("host", FAR), ("port", &port), ("user", "rowhouse"), ("schema", "rowhouse"), ("sslmode", "disable")];
        all.push(("MariaDB", Place::new("mysql", Some(&password), &values), "select sleep(120)"));
    }
    all
}

async fn is_noticed_and_survived(fault: Fault) {
    let Some(folder) = between() else { return };
    let begun = Instant::now();
    while !folder.join("ready").exists() {
        assert!(begun.elapsed() < EVENTUALLY, "the far machine is not there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The link is known before the fault, as it is on a real network.
    send_to(ADDRESSES[0], ADDRESSES[1]);
    let desk = Desk::open().await;
    let mut open = Vec::new();
    for (name, place, sleep) in places(&folder) {
        let profile = desk.connect(name, &place).await;
        let other = desk.connect(&format!("{name}, to be closed"), &place).await;
        let (idle, busy) = (format!("{name}, idle"), format!("{name}, busy"));
        let ran = desk.run(&idle, &profile, "select 'before the fault' as marker").await;
        assert!(ran.completed(), "{name}: {ran:?}");
        let (_, running) = desk.begin(&busy, &profile, sleep).await;
        open.push((name, profile, other, idle, running, ran.hold.unwrap()));
    }
    // A link that works is not called broken.
    tokio::time::sleep(Duration::from_secs(4)).await;
    for (name, profile, ..) in &open {
        assert_eq!(desk.phase(profile), ConnectionPhase::Open, "{name}");
    }

    fault.begin();
    let since = Instant::now();
    for (name, profile, other, idle, ..) in &open {
        desk.until(&format!("{name} to be called lost"), NOTICED + LATE, || desk.is_lost(profile)).await;
        desk.until(&format!("the tab on {name} to be called lost"), NOTICED + LATE, || desk.link(idle) == "lost").await;
        eprintln!("{fault:?}: {name} was called lost within {:?}", since.elapsed());
        at_once("disconnecting", desk.app.disconnect(other)).await.unwrap();
        assert_eq!(desk.phase(other), ConnectionPhase::Closed);
    }
    assert!(since.elapsed() < NOTICED + LATE, "{:?}", since.elapsed());
    for (name, _, _, idle, running, hold) in &mut open {
        let events = std::mem::replace(running, tokio::sync::mpsc::unbounded_channel().1);
        let ran = ended(events).await;
        let [StatementOutcome::Failed { error, .. }] = &ran.outcomes[..] else { panic!("{name}: {ran:?}") };
        assert_eq!(error.code, ErrorCode::Unreachable, "{name}: {error:?}");
        assert_eq!(desk.cell(hold).await, "before the fault", "{name}");
        at_once("closing a tab's session", desk.app.close_session(idle)).await.unwrap();
    }
    assert!(since.elapsed() < NOTICED + LATE + LATE, "{:?}", since.elapsed());

    fault.end();
    for (name, profile, _, idle, _, hold) in &open {
        let took = desk.until(&format!("{name} to be found again"), EVENTUALLY, || desk.is_open(profile)).await;
        eprintln!("{fault:?}: {name} was found again after {took:?}");
        let ran = desk.run_until_it_completes(idle, profile, "select 'after the fault' as marker").await;
        assert_eq!(desk.cell(&ran.hold.unwrap()).await, "after the fault", "{name}");
        assert_eq!(desk.cell(hold).await, "before the fault", "{name}: the rows of before stay");
    }
    at_once("closing it all", desk.app.close()).await;
}

#[ignore = "run by the test below in a network of its own"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_packets_dropped() {
    is_noticed_and_survived(Fault::Dropped).await;
}

#[ignore = "run by the test below in a network of its own"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_cable_pulled() {
    is_noticed_and_survived(Fault::Unplugged).await;
}

#[test]
fn dropped_packets_are_noticed_everything_can_be_closed_meanwhile_and_each_connection_comes_back() {
    on_two_machines("faults::dropped::with_packets_dropped");
}

#[test]
fn a_pulled_cable_is_noticed_everything_can_be_closed_meanwhile_and_each_connection_comes_back() {
    on_two_machines("faults::dropped::with_a_cable_pulled");
}
