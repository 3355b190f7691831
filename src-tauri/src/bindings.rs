//! The one list of commands: it makes both the handler and the generated TypeScript.

use tauri_specta::{Builder, collect_commands};

use crate::commands::{
    activity, charts, connections, editor, edits, explorer, generate, layouts, plans, privacy, references, runs, saved,
    statistics, system, transfer,
};

/// Every command the webview may call.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new().disable_serde_phases().commands(collect_commands![
        connections::drivers,
        connections::profiles,
        connections::save_profile,
        connections::duplicate_profile,
        connections::remove_profile,
        connections::parse_target,
        connections::test_profile,
        connections::stop_test,
        connections::open_sample,
        connections::connect,
        connections::disconnect,
        connections::connection_states,
        connections::answer,
        connections::set_favourite,
        connections::set_schemas,
        connections::trust_command,
        connections::import_sources,
        connections::preview_import,
        connections::apply_import,
        connections::export_connections,
        explorer::tree,
        explorer::search_catalog,
        explorer::refresh_catalog,
        explorer::relation,
        explorer::object,
        explorer::definition,
        explorer::browse,
        explorer::browse_more,
        explorer::browse_count,
        explorer::browse_cancel,
        explorer::browse_again,
        explorer::browse_facts,
        explorer::browse_listen,
        explorer::browse_unlisten,
        explorer::browse_value,
        explorer::browse_where,
        generate::generate_offer,
        generate::generate_look,
        generate::generate_rows,
        layouts::relation_layout,
        layouts::keep_relation_layout,
        references::follow_reference,
        references::referenced_by,
        references::count_references,
        references::lookup,
        references::keep_lookup_labels,
        references::stop_asking,
        activity::activity,
        activity::activity_sizes,
        activity::signal_session,
        runs::cancel_run,
        runs::close_session,
        runs::end_transaction,
        runs::keep_transaction,
        runs::tab_session,
        runs::hold_more,
        runs::hold_again,
        runs::hold_all,
        runs::hold_stop,
        runs::hold_release,
        runs::copy,
        runs::run,
        runs::hold_window,
        runs::hold_cell,
        runs::save_cell,
        runs::hold_view,
        runs::hold_view_rows,
        runs::hold_on_server,
        runs::hold_find,
        statistics::column_statistics,
        statistics::column_statistics_on_server,
        statistics::key_pairs,
        edits::edits_open,
        edits::edits_stage,
        edits::edits_undo,
        edits::edits_redo,
        edits::edits_discard,
        edits::edits_cell,
        edits::edits_review,
        edits::edits_review_script,
        edits::edits_save,
        edits::edits_cancel,
        edits::edits_resolve,
        edits::edits_pending,
        edits::history_inverse,
        editor::outline,
        editor::complete,
        editor::format_sql,
        editor::open_file,
        editor::file_state,
        editor::save_file,
        editor::keep_tabs,
        editor::workspace,
        editor::journal,
        editor::close_tab,
        editor::reopen_tab,
        editor::history,
        editor::audit,
        editor::forget_history,
        charts::chart_suggest,
        charts::chart_of,
        charts::chart_on_server,
        charts::stop_chart,
        charts::save_chart,
        plans::explain,
        plans::cancel_plan,
        plans::plan,
        plans::plans,
        privacy::export_audit,
        privacy::kept_amounts,
        privacy::forget,
        privacy::forget_everything,
        saved::saved_queries,
        saved::saved_query,
        saved::create_saved,
        saved::save_saved,
        saved::change_saved,
        saved::move_saved,
        saved::remove_saved,
        saved::restore_saved,
        saved::create_saved_folder,
        saved::move_saved_folder,
        saved::remove_saved_folder,
        saved::export_saved,
        saved::import_saved,
        saved::remembered_parameters,
        saved::remember_parameters,
        saved::pick_folder,
        system::settings,
        system::save_settings,
        system::about,
        system::probe_keychain,
        system::subscribe,
        system::open_window,
        system::pick_file,
        system::pick_save_path,
        system::opened_for,
        transfer::export_offer,
        transfer::export_rows,
        transfer::import_look,
        transfer::import_rows,
        transfer::stop_transfer,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use specta_typescript::Typescript;

    /// `ROWHOUSE_UPDATE_BINDINGS=1` rewrites the file.
    #[test]
    fn the_generated_bindings_are_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
        let fresh = tempfile::NamedTempFile::new().unwrap();
        super::builder()
            .export(Typescript::default().header("// Generated from Rust; do not edit.\n"), fresh.path())
            .unwrap();
        let fresh = std::fs::read_to_string(fresh.path()).unwrap();
        if std::env::var_os("ROWHOUSE_UPDATE_BINDINGS").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == fresh, "ui/src/ipc/bindings.ts is stale: run `make bindings`");
    }
}
