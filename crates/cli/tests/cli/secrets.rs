//! Where a secret may be: the keychain. Not in a file, a log, an error, the history or a report.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead, BufReader},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::harness::{Ended, Home, ended, files_with, servers};

/// A session bus with a real Secret Service on it, gone with its value.
struct Bus {
    process: Child,
    address: String,
}

/// Says its address once the service is there, and ends with its standard input. The daemon would outlive its bus.
const KEYRING: &str = r#"
printf unlock | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
echo "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
pid="$(dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \
  org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | tr -dc '0-9 ' | awk '{ print $NF }')"
[[ -z $pid ]] || kill "$pid"
"#;

impl Bus {
    /// `None` where a program is missing; fails where nothing may be skipped.
    fn start(home: &Home) -> Option<Self> {
        let on_path = |program: &&str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
        };
        let wanted = ["dbus-run-session", "dbus-send", "gnome-keyring-daemon", "secret-tool"];
        let missing: Vec<&str> = wanted.into_iter().filter(|program| !on_path(program)).collect();
        if !missing.is_empty() {
            let required = std::env::var("ROWHOUSE_TEST_REQUIRE").is_ok_and(|value| value == "1");
            assert!(!required, "the keychain's tests need {}", missing.join(", "));
            println!("SKIPPED: the keychain's tests need {}", missing.join(", "));
            return None;
        }
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "bash", "-c", KEYRING]).env_clear();
        Bus::environment(&mut command, home);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Bus { process, address: address.trim_end().to_owned() })
    }

    fn environment(command: &mut Command, home: &Home) {
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path(""))
            .env("XDG_RUNTIME_DIR", home.path(""));
    }

    fn run(&self, home: &Home, arguments: &[&str], password: Option<&str>) -> Ended {
        let mut command = home.command(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        if let Some(password) = password {
            command.env("ROWHOUSE_PASSWORD", password);
        }
        ended(command)
    }

    /// What the Secret Service holds for a connection, asked by another program.
    fn holds(&self, home: &Home, id: &str) -> String {
        let mut command = Command::new("secret-tool");
        command.args(["lookup", "service", "org.rowhouse", "username", &format!("{id}/password")]).env_clear();
        Bus::environment(&mut command, home);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}

fn id_of(home: &Home, name: &str) -> String {
    let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    let found = list.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_saved_password_is_in_the_secret_service_and_goes_with_its_connection() {
    for server in servers() {
        let home = Home::new();
        let Some(bus) = Bus::start(&home) else { return };
        let (address, password) = server.without_password();
        bus.run(&home, &["connections", "add", &address, "--name", "kept"], Some(&password)).expect(0);
        let id = id_of(&home, "kept");
        assert_eq!(bus.holds(&home, &id), password);
        let query = ["query", "kept", "-c", "select 1 as a", "--format", "csv"];
        assert_eq!(bus.run(&home, &query, None).expect(0).out(), "a\n1\n");
        bus.run(&home, &["connections", "test", "kept"], None).expect(0);
        assert_eq!(files_with(&home.path(""), password.as_bytes()), Vec::<std::path::PathBuf>::new());

        bus.run(&home, &["connections", "edit", "kept", "--forget-password"], None).expect(0);
        assert_eq!(bus.holds(&home, &id), "");
        bus.run(&home, &query, None).expect(3);
        bus.run(&home, &["connections", "edit", "kept", "--ask-password"], Some(&password)).expect(0);
        bus.run(&home, &query, None).expect(0);

        bus.run(&home, &["connections", "remove", "kept"], None).expect(0);
        assert_eq!(bus.holds(&home, &id), "", "the password went with its connection");
    }
}

#[test]
fn without_a_secret_service_it_is_said_what_to_do() {
    let home = Home::new();
    let mut add = home.command(["connections", "add", "postgres://ann@db.example.org/shop", "--name", "kept"]);
    add.env("ROWHOUSE_PASSWORD", "hunter2").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let refused = ended(add).expect(7).says(&["--password-policy ask", "every time", "ROWHOUSE_PASSWORD"]);
    assert!(!refused.stderr.contains("hunter2"));
    let ask =
        ["connections", "add", "postgres://ann@db.example.org/shop", "--name", "kept", "--password-policy", "ask"];
    home.run(ask).expect(0);
    let doctor = home.run(["doctor"]).expect(0);
    assert!(doctor.out().contains("every time") && doctor.out().contains("ROWHOUSE_PASSWORD"), "{}", doctor.out());
}

#[test]
fn no_secret_is_logged_reported_or_remembered() {
    for server in servers() {
        let home = Home::new();
        let (address, password) = server.without_password();
        let literal = "s3cret-in-a-statement";
        let role = format!("rh_cli_secret_{}", server.major);
        let script = format!(
            "create role {role} password '{literal}'; alter role {role} password '{literal}2'; drop role {role}; \
             create role {role} password '{literal}3' nosuchoption"
        );
        let mut said = String::new();
        for target in [&server.url, &address] {
            let mut query = home.command(["query", target, "-c", &script]);
            query.env("ROWHOUSE_LOG", "trace");
            if target == &address {
                query.env("ROWHOUSE_PASSWORD", &password);
            }
            let ended = ended(query).expect(4).says(&["nosuchoption", "CREATE ROLE"]);
            said.push_str(&ended.stderr);
        }
        let mut wrong = home.command(["query", &address, "-c", "select 1"]);
        wrong.env("ROWHOUSE_LOG", "trace").env("ROWHOUSE_PASSWORD", "wr0ng-one");
        said.push_str(&ended(wrong).expect(3).stderr);
        let odd = server.url.replace("postgres://", "postgrex://");
        said.push_str(&home.run(["query", &odd, "-c", "select 1"]).expect(2).stderr);
        let mut doctor = home.command(["doctor", "--format", "json"]);
        doctor.env("ROWHOUSE_LOG", "trace").env("ROWHOUSE_PASSWORD", &password);
        let doctor = ended(doctor).expect(0);
        said.push_str(&doctor.stderr);
        said.push_str(doctor.out());
        assert!(said.contains("TRACE") || said.contains("DEBUG"), "the log was on");
        for secret in [password.as_str(), literal, "wr0ng-one"] {
            let line = said.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "a secret was said");
            assert_eq!(files_with(&home.path("home"), secret.as_bytes()), Vec::<std::path::PathBuf>::new());
        }
    }
}

#[test]
fn a_running_command_shows_no_password_among_its_arguments() {
    for server in servers().into_iter().take(1) {
        let home = Home::new();
        let (address, password) = server.without_password();
        let mut query = home.command(["query", &address, "-c", "select pg_sleep(60), 'rh_argv'"]);
        let mut child = query.env("ROWHOUSE_PASSWORD", &password).spawn().unwrap();
        crate::harness::wait_until("the statement runs", || server.running("rh_argv") == "1");
        let seen = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        let shown = server.value("select application_name || query from pg_stat_activity where query like '%rh_argv%'");
        // SAFETY: the process is our own child, not yet waited for.
        unsafe { libc::kill(i32::try_from(child.id()).unwrap(), libc::SIGINT) };
        child.wait().unwrap();
        assert!(!String::from_utf8_lossy(&seen).contains(&password) && !shown.contains(&password));
    }
}

fn modes(folder: &Path, found: &mut Vec<(String, u32)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let of = entry.metadata().unwrap();
        let wanted = if of.is_dir() { 0o700 } else { 0o600 };
        if of.permissions().mode() & 0o777 != wanted {
            found.push((entry.path().display().to_string(), of.permissions().mode() & 0o777));
        }
        if of.is_dir() {
            modes(&entry.path(), found);
        }
    }
}

#[test]
fn every_file_and_folder_of_the_store_is_its_owners_alone() {
    let home = Home::new();
    let mut query = home.command(["query", "sample", "-c", "select 1"]);
    // SAFETY: umask is safe between fork and exec.
    unsafe {
        query.pre_exec(|| {
            libc::umask(0);
            Ok(())
        });
    }
    ended(query).expect(0);
    let mut open = Vec::new();
    modes(&home.path("home"), &mut open);
    let own = std::fs::metadata(home.path("home")).unwrap().permissions().mode() & 0o777;
    assert_eq!((own, open), (0o700, Vec::new()));
}
