//! Rows in and out of files.
#![deny(missing_docs)]
