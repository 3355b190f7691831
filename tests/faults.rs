//! What networks, servers and computers do to a connection, done for real; `docs/faults.md` says what proves what.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../crates/route/tests/common/sshd.rs"]
#[allow(dead_code)]
mod sshd;

mod faults {
    pub mod cluster;
    pub mod desk;

    mod dropped;
    mod hops;
    mod kept;
    mod keychain;
    mod limits;
    mod settings;
    mod tunnels;

    /// Runs an ignored test of this program in a process of its own.
    pub fn alone(test: &str) {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture"])
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }
}
