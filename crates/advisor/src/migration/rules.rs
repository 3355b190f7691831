//! The rules, one a file.

mod m01_not_concurrent;
mod m02_concurrent_in_transaction;
mod m03_constraint_checked_at_once;
mod m04_rewrite_or_scan;
mod m05_type_change_or_rename;
mod m06_key_builds_index;
mod m07_destroys;
mod m08_every_row;
mod m09_no_timeout;
mod m10_wide_lock_window;
mod m11_transaction_and_names;
mod m12_hard_to_take_back;
mod m13_full_vacuum;
mod m14_other_engines;

use super::Rule;

/// By id.
pub(super) const ALL: &[&Rule] = &[
    &m01_not_concurrent::RULE,
    &m02_concurrent_in_transaction::RULE,
    &m03_constraint_checked_at_once::RULE,
    &m04_rewrite_or_scan::RULE,
    &m05_type_change_or_rename::RULE,
    &m06_key_builds_index::RULE,
    &m07_destroys::RULE,
    &m08_every_row::RULE,
    &m09_no_timeout::RULE,
    &m10_wide_lock_window::RULE,
    &m11_transaction_and_names::RULE,
    &m12_hard_to_take_back::RULE,
    &m13_full_vacuum::RULE,
    &m14_other_engines::RULE,
];
