//! What differs between operating systems: folders, locks, the second launch, the GPU, whole-file writes.

pub mod home;
pub mod instance;
pub(crate) mod lock;
pub mod rendering;
pub(crate) mod whole;
