use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// What is known of how safe a database is, without asking anybody. Whatever is not known is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SecurityFigures {
    /// Tables that people declared, partitions left to their parents, as in [`PolicyCounts::tables`](super::PolicyCounts).
    pub tables: Option<u32>,
    /// Roles of the matrix, `PUBLIC` among them.
    pub roles: Option<u32>,
    /// What the rules said last.
    pub found: Option<SecurityFound>,
}

/// How many findings there are that nobody has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SecurityFound {
    /// Findings that are errors.
    pub errors: u32,
    /// Findings that are warnings.
    pub warnings: u32,
    /// When the database was read for it, in ms since the epoch.
    #[specta(type = Count)]
    pub at_ms: i64,
    /// Whether nothing has changed in the schema since, as far as the explorer knows.
    pub current: bool,
}
