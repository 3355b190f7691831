//! A core for tests: a home of its own, a keychain in memory.
#![allow(clippy::unwrap_used)]

use std::{path::Path, sync::Arc};

use tempfile::TempDir;

use crate::{
    App, Face, Parts,
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
