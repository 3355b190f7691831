//! Scratch certificates, made by the openssl command.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub struct Certificates {
    folder: tempfile::TempDir,
}

impl Certificates {
    /// A folder with an authority `ca` in it.
    pub fn new() -> Self {
        let made = Certificates { folder: tempfile::tempdir().unwrap() };
        made.authority("ca");
        made
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .expect("these tests need the openssl command");
        assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn authority(&self, name: &str) {
        self.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.pem -days 30 \
             -subj /CN=Test-{name} -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign"
        ));
    }

    /// `NAME.pem` and `NAME.key`, signed by `ca`. `key` as for `-newkey`, `san` as for subjectAltName, `extra` as for
    /// `openssl x509`.
    pub fn issue(&self, name: &str, key: &str, san: &str, extra: &str) {
        self.openssl(&format!("req -newkey {key} -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"));
        fs::write(self.path("ext"), format!("subjectAltName={san}\n")).unwrap();
        let validity = if extra.contains("-not_after") || extra.contains("-days") { "" } else { "-days 30" };
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile ext -out {name}.pem {validity} \
             {extra}"
        ));
    }

    #[allow(dead_code)]
    pub fn der(&self, name: &str) -> Vec<u8> {
        self.openssl(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
        fs::read(self.path(&format!("{name}.der"))).unwrap()
    }

    #[allow(dead_code)]
    pub fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }
}

pub const EC: &str = "ec -pkeyopt ec_paramgen_curve:P-256";
