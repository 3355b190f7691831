//! `rowhouse-desktop [--sample | TARGET]`: the window. A later launch asks the first process for one more window and ends.

// Without a console window on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

use app::{
    App,
    api::AppError,
    platform::{
        home,
        instance::{self, Launch},
        rendering,
    },
};

fn main() -> ExitCode {
    let target = match target(std::env::args().skip(1)) {
        Ok(target) => target,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    match start(target) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rowhouse-desktop: {error}");
            if let Some(hint) = &error.hint {
                eprintln!("{hint}");
            }
            ExitCode::from(7)
        }
    }
}

const USAGE: &str = "usage: rowhouse-desktop [--sample | TARGET]

TARGET is a saved connection's name, a URL, or the path of a database or .sql file.
ROWHOUSE_HOME is the folder of the store, when it is not the usual one.";

/// What the first window shall show.
fn target(mut arguments: impl Iterator<Item = String>) -> Result<Option<String>, String> {
    let target = match arguments.next().as_deref() {
        None => None,
        Some("--sample") => Some("sample".to_owned()),
        Some("--version") => return Err(format!("rowhouse-desktop {}", env!("CARGO_PKG_VERSION"))),
        Some(option) if option.starts_with('-') => return Err(USAGE.to_owned()),
        Some(target) => Some(target.to_owned()),
    };
    if arguments.next().is_some() { Err(USAGE.to_owned()) } else { Ok(target) }
}

fn start(target: Option<String>) -> Result<(), AppError> {
    let home = home::folder(None)?;
    // SAFETY: nothing has started a thread yet.
    unsafe { rendering::apply(rendering::decide(&home)) };
    log();
    let first = match instance::claim(&home, target.as_deref())? {
        Launch::First(first) => first,
        Launch::Asked => return Ok(()),
    };
    let app = tauri::async_runtime::block_on(App::open_locked(&home, first.lock))?;
    rowhouse_desktop::run(app.clone(), target, first.requests).map_err(rowhouse_desktop::not_shown)?;
    tauri::async_runtime::block_on(app.close());
    drop(first.listener);
    Ok(())
}

/// Warnings and worse to stderr, or what `ROWHOUSE_LOG` names. Logs never hold statements or secrets.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROWHOUSE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

#[cfg(test)]
mod tests {
    use super::target;

    fn of(arguments: &[&str]) -> Result<Option<String>, String> {
        target(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn a_launch_names_at_most_one_target() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["--sample"]), Ok(Some("sample".to_owned())));
        assert_eq!(of(&["shop-prod"]), Ok(Some("shop-prod".to_owned())));
        assert!(of(&["a", "b"]).is_err());
        assert!(of(&["--nonsense"]).is_err());
    }
}
