//! What the cross-crate suites share: typed access to the real servers `scripts/servers` starts.
//!
//! It must not know any crate of the core: a suite that needs one imports it itself, and a driver's own tests read the same
//! variables (`tests/servers/README.md`).

pub mod servers;
