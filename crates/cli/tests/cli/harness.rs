//! Runs the binary in a home of its own, and reaches the servers of `scripts/servers`.

use std::{
    env,
    ffi::OsStr,
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A home nobody else uses, and scratch space beside it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Asserts how it ended, showing what it said.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", String::from_utf8_lossy(&self.stdout), self.stderr);
        self
    }

    /// Asserts that stderr holds all of these.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "“{word}” is missing in: {}", self.stderr);
        }
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.out()))
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Home { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// The binary with nothing of this machine in its environment, and no terminal to ask on.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowhouse"));
        command
            .args(arguments)
            .env_clear()
            .env("ROWHOUSE_HOME", self.path("home"))
            .env("HOME", self.folder.path())
            .env("USER", "nobody-at-all")
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // SAFETY: setsid is safe between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                Ok(())
            });
        }
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ended {
        ended(self.command(arguments))
    }

    /// With this on standard input.
    pub(crate) fn fed<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        of(output)
    }

    /// An SQLite file made by a script.
    pub(crate) fn sqlite(&self, name: &str, script: &str) -> String {
        let target = format!("sqlite:{}?mode=rwc", self.text(name));
        self.run(["query", &target, "-q", "-c", script]).expect(0);
        self.text(name)
    }
}

pub(crate) fn ended(mut command: Command) -> Ended {
    of(command.output().unwrap())
}

pub(crate) fn of(output: std::process::Output) -> Ended {
    Ended {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// One running PostgreSQL server.
pub(crate) struct Server {
    pub(crate) major: u32,
    pub(crate) url: String,
    pub(crate) psql: PathBuf,
}

/// The servers these tests want; what is missing is named, or fails where `ROWHOUSE_TEST_REQUIRE=1`.
pub(crate) fn servers() -> Vec<Server> {
    [15, 18].into_iter().filter_map(server).collect()
}

fn server(major: u32) -> Option<Server> {
    let name = format!("ROWHOUSE_TEST_POSTGRES_{major}_URL");
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = set(&name) else {
        assert!(set("ROWHOUSE_TEST_REQUIRE").as_deref() != Some("1"), "PostgreSQL {major} is required: set {name}");
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        eprintln!("SKIPPED {test}: no PostgreSQL {major}; set {name} (eval \"$(scripts/servers env)\")");
        return None;
    };
    let folder = set("ROWHOUSE_TEST_POSTGRES_CLIENT_BIN").map(PathBuf::from).unwrap_or_default();
    Some(Server { major, url, psql: folder.join("psql") })
}

impl Server {
    /// What psql prints for one text.
    pub(crate) fn psql(&self, text: &str) -> Vec<u8> {
        let output = Command::new(&self.psql)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url, "-c", text])
            .env("PGCLIENTENCODING", "UTF8")
            .output()
            .unwrap();
        assert!(output.status.success(), "psql: {}\n{text}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    pub(crate) fn value(&self, text: &str) -> String {
        String::from_utf8(self.psql(text)).unwrap().trim_end().to_owned()
    }

    /// A fresh schema of this name, so that tests do not meet.
    pub(crate) fn schema(&self, name: &str) {
        self.psql(&format!("SET client_min_messages = error; DROP SCHEMA IF EXISTS {name} CASCADE"));
        self.psql(&format!("CREATE SCHEMA {name}"));
    }

    pub(crate) fn drop_schema(&self, name: &str) {
        self.psql(&format!("SET client_min_messages = error; DROP SCHEMA {name} CASCADE"));
    }

    /// How many backends run a text with this mark.
    pub(crate) fn running(&self, mark: &str) -> String {
        self.value(&format!(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{mark}%' \
             AND pid <> pg_backend_pid()"
        ))
    }

    /// The address without its password, and the password.
    pub(crate) fn without_password(&self) -> (String, String) {
        let (head, rest) = self.url.split_once("://").unwrap();
        let (login, place) = rest.rsplit_once('@').unwrap();
        let (user, password) = login.split_once(':').unwrap();
        (format!("{head}://{user}@{place}"), password.to_owned())
    }
}

/// A database of its own on MariaDB, gone when it is dropped.
pub(crate) struct Mariadb<'a> {
    home: &'a Home,
    server: String,
    pub(crate) name: String,
    /// Its address.
    pub(crate) url: String,
}

impl<'a> Mariadb<'a> {
    /// An empty one of this name; `None` where there is no server, which fails where `ROWHOUSE_TEST_REQUIRE=1`.
    pub(crate) fn new(home: &'a Home, name: &str) -> Option<Self> {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let Some(server) = set("ROWHOUSE_TEST_MARIADB_URL") else {
            assert!(set("ROWHOUSE_TEST_REQUIRE").as_deref() != Some("1"), "MariaDB is required");
            eprintln!("SKIPPED {name}: no MariaDB; set ROWHOUSE_TEST_MARIADB_URL (eval \"$(scripts/servers env)\")");
            return None;
        };
        let (start, _) = server.rsplit_once('/').unwrap();
        let url = format!("{start}/{name}");
        let database = Mariadb { home, name: name.to_owned(), url, server };
        database.empty();
        Some(database)
    }

    /// Makes it anew, with nothing in it.
    pub(crate) fn empty(&self) {
        let name = &self.name;
        self.on_server(&format!("drop database if exists {name}; create database {name}"));
    }

    /// Runs a script in it.
    pub(crate) fn run(&self, script: &str) {
        self.home.run(["query", &self.url, "-q", "--yes", "-c", script]).expect(0);
    }

    /// Runs a script where the tests' own database is.
    pub(crate) fn on_server(&self, script: &str) {
        self.home.run(["query", &self.server, "-q", "--yes", "-c", script]).expect(0);
    }
}

impl Drop for Mariadb<'_> {
    fn drop(&mut self) {
        let drop = format!("drop database if exists {}", self.name);
        let ended = self.home.run(["query", &self.server, "-q", "--yes", "-c", &drop]);
        if ended.code != Some(0) {
            eprintln!("{} is left: {}", self.name, ended.stderr);
        }
    }
}

/// Waits until it is so; panics after ten seconds.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "never happened: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every file under a folder whose bytes hold these.
pub(crate) fn files_with(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files_with(&path, needle)),
            false => {
                let bytes = std::fs::read(&path).unwrap_or_default();
                if bytes.windows(needle.len()).any(|window| window == needle) {
                    found.push(path);
                }
            }
        }
    }
    found
}
