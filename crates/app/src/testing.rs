//! A core for tests: a home of its own, a keychain in memory.
#![allow(clippy::unwrap_used)]

pub(crate) mod relay;
pub(crate) mod servers;

use std::{path::Path, sync::Arc};

use tempfile::TempDir;

use crate::{
    App, Face, Parts,
    connections::tests::Shop,
    keychain::{Keychain, Vault},
    registry::Registry,
};

pub(crate) use crate::keychain::memory::{Memory, Missing};

pub(crate) fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The window's core with an empty keychain.
pub(crate) async fn open(home: &TempDir) -> Arc<App> {
    open_over(home.path(), Face::Window, Arc::new(Memory::default())).await
}

pub(crate) async fn open_over(home: &Path, face: Face, vault: Arc<dyn Vault>) -> Arc<App> {
    open_parts(home, face, Parts { keychain: Keychain::over(vault), registry: Registry::standard() }).await
}

pub(crate) async fn open_parts(home: &Path, face: Face, parts: Parts) -> Arc<App> {
    App::open_with(home.to_owned(), face, None, parts).await.unwrap()
}

/// The program after it ended with nothing closed in order.
pub(crate) async fn crashed(shop: Shop) -> Shop {
    crashed_over(shop, Arc::new(Memory::default())).await
}

/// The same with what the keychain still holds.
pub(crate) async fn crashed_over(shop: Shop, vault: Arc<dyn Vault>) -> Shop {
    let Shop { app, profile, home } = shop;
    drop(app);
    let app = loop {
        let lock = crate::platform::instance::lock_path(home.path());
        match crate::platform::lock::FileLock::try_take(&lock).unwrap() {
            Some(lock) => {
                drop(lock);
                break open_over(home.path(), Face::Window, vault).await;
            }
            None => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    Shop { app, profile, home }
}

/// A small generator for random cases: the same numbers for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below `end`; 0 for an end of 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        if end == 0 { 0 } else { (self.0 >> 11) as usize % end }
    }
}

/// Runs one test of this binary in a process of its own, with `home` in `ROWHOUSE_TEST_HOME`.
pub(crate) fn child(test: &str, home: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).env("ROWHOUSE_TEST_HOME", home);
    command
}

/// The home a child was given; `None` when the test was not started as a child.
pub(crate) fn given_home() -> Option<std::path::PathBuf> {
    std::env::var_os("ROWHOUSE_TEST_HOME").map(Into::into)
}
