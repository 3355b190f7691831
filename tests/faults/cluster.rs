//! A PostgreSQL server of a test's own, which it may stop, and on which it may take every connection.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Command, Stdio},
};

use tests::servers;

use crate::sshd;

/// Gone with the value.
pub struct Cluster {
    pub port: u16,
    folder: tempfile::TempDir,
    bin: PathBuf,
    settings: String,
}

impl Cluster {
    /// Makes and starts one where everybody on this computer may sign in; `None` where there is no PostgreSQL.
    pub fn start(settings: &str) -> Option<Cluster> {
        let bin = servers::postgres(18)?.client_bin;
        let folder = sshd::scratch();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if is_root() {
            // The server refuses to run as root.
            sshd::run("chown", &["nobody", &folder.path().display().to_string()]);
        }
        let cluster = Cluster { port, folder, bin, settings: settings.to_owned() };
        let data = format!("--pgdata={}", cluster.data());
        cluster.program(
            "initdb",
            &[&data, "--username=postgres", "--auth=trust", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
        );
        cluster.launch();
        Some(cluster)
    }

    pub fn launch(&self) {
        let folder = self.folder.path().display();
        let options = format!(
            "--options=-p {} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c dynamic_shared_memory_type=mmap {}",
            self.port, self.settings
        );
        let log = format!("--log={folder}/log");
        self.program("pg_ctl", &[&format!("--pgdata={}", self.data()), &log, "--wait", "--silent", &options, "start"]);
    }

    /// As a power cut: no goodbye to whoever is connected.
    pub fn stop(&self) {
        let data = format!("--pgdata={}", self.data());
        self.program("pg_ctl", &[&data, "--mode=immediate", "--wait", "--silent", "stop"]);
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn program(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(self.bin.join(name));
        if is_root() {
            let group = sshd::run("id", &["-g", "nobody"]).trim().to_owned();
            command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", &format!("--regid={group}"), "--clear-groups", "--"])
                .arg(self.bin.join(name));
        }
        // The server keeps what it inherits open.
        let status = command
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{name} {arguments:?}: {log}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.folder.path().join("data/postmaster.pid").exists() {
            self.stop();
        }
    }
}

fn is_root() -> bool {
    sshd::run("id", &["-u"]).trim() == "0"
}
