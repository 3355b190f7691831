//! The contract as executable cases; see the crate's documentation.
