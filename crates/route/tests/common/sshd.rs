//! Real OpenSSH servers on loopback, each with keys, a configuration and a port of its own, run by nobody in particular.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The server's program; `None`, told by name, where there is none and none is required.
pub fn program() -> Option<PathBuf> {
    match std::env::var_os("ROWHOUSE_TEST_SSHD") {
        Some(program) => Some(PathBuf::from(program)),
        None if std::env::var_os("ROWHOUSE_TEST_REQUIRE").is_some() => panic!("ROWHOUSE_TEST_SSHD is not set"),
        None => {
            eprintln!("skipped: ROWHOUSE_TEST_SSHD is not set (scripts/servers env)");
            None
        }
    }
}

/// Runs a program to its end.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Makes a key pair and returns the private half's path.
pub fn keygen(folder: &Path, name: &str, kind: &str, passphrase: &str) -> PathBuf {
    let path = folder.join(name);
    let file = path.display().to_string();
    let bits = if kind == "rsa" { "2048" } else { "256" };
    run("ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", passphrase, "-C", name, "-f", &file]);
    path
}

fn is_root() -> bool {
    run("id", &["-u"]).trim() == "0"
}

/// Who may log in: the server runs unprivileged, and then only as itself.
pub fn user() -> String {
    if is_root() { "nobody".to_owned() } else { run("id", &["-un"]).trim().to_owned() }
}

/// One server; its end is the end of its connections.
pub struct Sshd {
    pub port: u16,
    pub folder: PathBuf,
    child: Option<Child>,
    extra: String,
}

impl Sshd {
    /// Starts a server in a folder of its own below `base`, which lets in who has one of the keys, with further configuration.
    pub fn start(base: &Path, name: &str, keys: &[&Path], extra: &str) -> Option<Self> {
        program()?;
        let folder = base.join(name);
        fs::create_dir(&folder).unwrap();
        keygen(&folder, "host_key", "ed25519", "");
        let mut authorized = String::new();
        for key in keys {
            authorized.push_str(&fs::read_to_string(key.with_extension("pub")).unwrap());
        }
        fs::write(folder.join("authorized_keys"), authorized).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut sshd = Sshd { port, folder, child: None, extra: extra.to_owned() };
        sshd.launch();
        Some(sshd)
    }

    /// Starts it anew, with whatever its folder holds now.
    pub fn launch(&mut self) {
        let program = program().unwrap();
        let beside = |name: &str| program.with_file_name(name);
        let folder = self.folder.display();
        let mut config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nAuthorizedKeysFile {folder}/authorized_keys\n\
             PidFile none\nStrictModes no\nUsePAM {}\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n{}\n",
            self.port,
            // Without PAM an account without a password counts as locked.
            if is_root() { "yes" } else { "no" },
            self.extra
        );
        if beside("sshd-session").exists() {
            config.push_str(&format!("SshdSessionPath {}\n", beside("sshd-session").display()));
        }
        if beside("sshd-auth").exists() {
            config.push_str(&format!("SshdAuthPath {}\n", beside("sshd-auth").display()));
        }
        fs::write(self.folder.join("config"), config).unwrap();
        let log = self.folder.join("log").display().to_string();
        let config = self.folder.join("config").display().to_string();
        let mut arguments: Vec<String> = Vec::new();
        if is_root() {
            run("chown", &["-R", "nobody", &self.folder.display().to_string()]);
            let group = run("id", &["-g", "nobody"]).trim().to_owned();
            arguments.extend([
                "setpriv".into(),
                "--reuid=nobody".into(),
                format!("--regid={group}"),
                "--clear-groups".into(),
            ]);
        }
        arguments.extend([program.display().to_string(), "-D".into(), "-E".into(), log, "-f".into(), config]);
        let child = Command::new(&arguments[0])
            .args(&arguments[1..])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("sshd did not start: {}", self.log());
    }

    /// Adds to its configuration for the next launch.
    pub fn add(&mut self, line: &str) {
        self.extra.push('\n');
        self.extra.push_str(line);
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    pub fn host_key(&self) -> PathBuf {
        self.folder.join("host_key")
    }

    /// A line of known_hosts for it.
    pub fn known_hosts_line(&self) -> String {
        let key = fs::read_to_string(self.folder.join("host_key.pub")).unwrap();
        format!("[127.0.0.1]:{} {key}", self.port)
    }

    /// Sends a signal to the server and to what serves its connections.
    pub fn signal(&self, signal: &str) {
        let Some(child) = &self.child else { return };
        let mut all = vec![child.id()];
        let mut next = 0;
        while let Some(pid) = all.get(next) {
            let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            next += 1;
        }
        for pid in all {
            let _ = Command::new("kill").args([signal, &pid.to_string()]).status();
        }
    }

    pub fn kill(&mut self) {
        self.signal("-KILL");
        if let Some(mut child) = self.child.take() {
            let _ = child.wait();
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A folder the server's user can look into.
pub fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// An agent with an address of its own.
pub struct Agent {
    pub address: PathBuf,
    child: Child,
}

impl Agent {
    pub fn start(folder: &Path) -> Self {
        let address = folder.join("agent");
        let child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&address)
            // Whoever is asked to confirm says no.
            .env("SSH_ASKPASS", "/bin/false")
            .env("SSH_ASKPASS_REQUIRE", "force")
            .env("DISPLAY", ":none")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while !address.exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Agent { address, child }
    }

    pub fn add(&self, key: &Path, options: &[&str]) {
        let status = Command::new("ssh-add")
            .arg("-q")
            .args(options)
            .arg(key)
            .env("SSH_AUTH_SOCK", &self.address)
            .stdin(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
