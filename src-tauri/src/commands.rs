//! One command per user action, a few lines each: they translate, the core decides.

pub mod acting;
pub mod activity;
pub mod advisor;
pub mod charts;
pub mod compare;
pub mod connections;
pub mod diagrams;
pub mod documents;
pub mod editor;
pub mod edits;
pub mod explorer;
pub mod generate;
pub mod keys;
pub mod layouts;
pub mod migrations;
pub mod plans;
pub mod policies;
pub mod privacy;
pub mod references;
pub mod runs;
pub mod saved;
pub mod security;
pub mod statistics;
pub mod structure;
pub mod system;
pub mod transfer;
