//! The rules, one a file.

mod i01_duplicate_index;
mod i02_redundant_index;
mod i03_unused_index;
mod i04_invalid_index;
mod i05_dead_rows;
mod i06_many_indexes;
mod i07_sequential_scans;
mod i08_wrong_index_kind;
mod i09_mostly_null_index;
mod i10_unnecessary_condition;
mod i11_changing_index;
mod i12_materialized_view_without_key;
mod i13_soft_deleted_rows_in_index;
mod i14_vector_lists;
mod i15_proved_index;
mod i16_correlated_columns;
mod k01_no_primary_key;
pub(crate) mod k02_unindexed_foreign_keys;
mod k03_foreign_key_type_mismatch;
mod k04_duplicate_foreign_keys;
mod k05_reference_without_key;
mod k06_foreign_key_to_nothing;
mod k07_clashing_on_delete;
mod k08_partly_null_foreign_key;
mod k09_not_valid;
mod k10_reference_cycle;
mod k11_identifiers_in_array;
mod k12_numbers_run_out;
mod k13_unwieldy_primary_key;
mod k14_blocks_upgrade;
mod k15_foreign_keys_off;
mod k16_loose_table;
mod o01_wraparound;
mod o02_long_transaction;
mod o03_few_connections_left;
mod o04_follower_behind;
mod o05_dangerous_setting;
mod o06_statements_not_counted;
mod o07_no_backup;
mod o08_table_at_rest;
mod s01_row_security_off;
mod s02_no_policy;
mod s03_always_true;
mod s04_policy_for_bypassing_role;
mod s05_dead_or_weaker_check;
mod s06_several_permissive;
mod s07_work_per_row;
mod s08_names_nothing;
mod s09_anybody_writes;
mod s10_policies_but_off;
mod s11_call_per_row;
mod s12_user_editable_claim;
mod s13_view_as_owner;
mod s14_rows_beside_policies;
mod s15_definer_function;
mod s16_search_path;
mod s17_sensitive_columns;
mod s18_exposed_extension;
mod s19_anonymous_sign_in;
mod s20_extension_in_public;
mod s21_old_extension;
mod s22_login_sees_more;
mod s23_not_forced_on_owner;
mod s24_only_restrictive;
mod s25_recursion;
mod s26_policy_for_everybody;
mod s27_setting_that_may_be_missing;
mod s28_volatile_call;
mod s29_row_changes_hands;
mod s30_open_partition;
mod s31_needless_policy;
pub(crate) mod s32_policy_without_index;
mod s33_default_privileges;
mod s35_create_for_everybody;
mod s36_weak_login;
mod s37_plain_password;
mod s38_key_tells_of_hidden_rows;
mod t01_unfit_type;
mod t02_same_name_other_type;
mod t03_repeated_value_list;
mod t04_hollow_table;
mod t05_numbered_columns;
mod t06_default_is_the_text_null;
mod t07_name_needs_quotes;
mod t08_missing_comment;
mod t09_wide_table;
mod t10_unchecked_address;
mod t11_inheritance;
mod t12_old_storage;
mod t13_not_strict;

use crate::Rule;

/// By id.
pub(crate) const ALL: &[&Rule] = &[
    &i01_duplicate_index::RULE,
    &i02_redundant_index::RULE,
    &i03_unused_index::RULE,
    &i04_invalid_index::RULE,
    &i05_dead_rows::RULE,
    &i06_many_indexes::RULE,
    &i07_sequential_scans::RULE,
    &i08_wrong_index_kind::RULE,
    &i09_mostly_null_index::RULE,
    &i10_unnecessary_condition::RULE,
    &i11_changing_index::RULE,
    &i12_materialized_view_without_key::RULE,
    &i13_soft_deleted_rows_in_index::RULE,
    &i14_vector_lists::RULE,
    &i15_proved_index::RULE,
    &i16_correlated_columns::RULE,
    &k01_no_primary_key::RULE,
    &k02_unindexed_foreign_keys::RULE,
    &k03_foreign_key_type_mismatch::RULE,
    &k04_duplicate_foreign_keys::RULE,
    &k05_reference_without_key::RULE,
    &k06_foreign_key_to_nothing::RULE,
    &k07_clashing_on_delete::RULE,
    &k08_partly_null_foreign_key::RULE,
    &k09_not_valid::RULE,
    &k10_reference_cycle::RULE,
    &k11_identifiers_in_array::RULE,
    &k12_numbers_run_out::RULE,
    &k13_unwieldy_primary_key::RULE,
    &k14_blocks_upgrade::RULE,
    &k15_foreign_keys_off::RULE,
    &k16_loose_table::RULE,
    &o01_wraparound::RULE,
    &o02_long_transaction::RULE,
    &o03_few_connections_left::RULE,
    &o04_follower_behind::RULE,
    &o05_dangerous_setting::RULE,
    &o06_statements_not_counted::RULE,
    &o07_no_backup::RULE,
    &o08_table_at_rest::RULE,
    &s01_row_security_off::RULE,
    &s02_no_policy::RULE,
    &s03_always_true::RULE,
    &s04_policy_for_bypassing_role::RULE,
    &s05_dead_or_weaker_check::RULE,
    &s06_several_permissive::RULE,
    &s07_work_per_row::RULE,
    &s08_names_nothing::RULE,
    &s09_anybody_writes::RULE,
    &s10_policies_but_off::RULE,
    &s11_call_per_row::RULE,
    &s12_user_editable_claim::RULE,
    &s13_view_as_owner::RULE,
    &s14_rows_beside_policies::RULE,
    &s15_definer_function::RULE,
    &s16_search_path::RULE,
    &s17_sensitive_columns::RULE,
    &s18_exposed_extension::RULE,
    &s19_anonymous_sign_in::RULE,
    &s20_extension_in_public::RULE,
    &s21_old_extension::RULE,
    &s22_login_sees_more::RULE,
    &s23_not_forced_on_owner::RULE,
    &s24_only_restrictive::RULE,
    &s25_recursion::RULE,
    &s26_policy_for_everybody::RULE,
    &s27_setting_that_may_be_missing::RULE,
    &s28_volatile_call::RULE,
    &s29_row_changes_hands::RULE,
    &s30_open_partition::RULE,
    &s31_needless_policy::RULE,
    &s32_policy_without_index::RULE,
    &s33_default_privileges::RULE,
    &s35_create_for_everybody::RULE,
    &s36_weak_login::RULE,
    &s37_plain_password::RULE,
    &s38_key_tells_of_hidden_rows::RULE,
    &t01_unfit_type::RULE,
    &t02_same_name_other_type::RULE,
    &t03_repeated_value_list::RULE,
    &t04_hollow_table::RULE,
    &t05_numbered_columns::RULE,
    &t06_default_is_the_text_null::RULE,
    &t07_name_needs_quotes::RULE,
    &t08_missing_comment::RULE,
    &t09_wide_table::RULE,
    &t10_unchecked_address::RULE,
    &t11_inheritance::RULE,
    &t12_old_storage::RULE,
    &t13_not_strict::RULE,
];
