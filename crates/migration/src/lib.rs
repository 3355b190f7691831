//! Folders of migrations, the histories that tools keep of them, and how the two stand to each other.
//!
//! A [`Folder`] is read from files' bytes: sqlx's, which is what this program applies and writes, and those of Flyway, Prisma, Drizzle
//! and Supabase, which are read so that a person sees how it stands. A history is a table of the database: [`Tool`] says how it is
//! found and which query reads it; [`status()`] lays both beside each other. [`History`] writes sqlx's own, so that sqlx takes what was
//! applied here as its own work, and the other way around.
//!
//! Pure: no files, no connection. What cannot be used of a folder is a [`Problem`] with a sentence; nothing is guessed.

mod applied;
mod folder;
mod history;
mod layout;
mod script;
mod status;
mod tool;
mod version;
mod writing;

pub use applied::{Applied, Ended};
pub use folder::{File, Folder, Migration, Problem, Script};
pub use history::{History, Locking};
pub use script::{Unfit, reaches_outside, statements};
pub use status::{Row, State, status};
pub use tool::{Found, Tool};
pub use version::order;
pub use writing::{NewFile, snake_case, written};
