use serde::{Deserialize, Serialize};
use specta::Type;

/// How the OS keychain answered the probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeychainState {
    /// What it is (`Secret Service`, `Keychain`, `Credential Manager`).
    pub name: String,
    /// Whether writing, reading and deleting worked.
    pub works: bool,
    /// Why not, and what to do.
    pub reason: Option<String>,
}

/// The program and where it keeps things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct About {
    /// Its version.
    pub version: String,
    /// Where it keeps its store.
    pub home: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// Whether the window draws without the GPU, and why.
    pub rendering: String,
    /// The keychain; `None` before the first probe.
    pub keychain: Option<KeychainState>,
    /// Tables of the sample database.
    pub sample_tables: u32,
    /// Rows of the sample database.
    pub sample_rows: u32,
}
