//! Opens the window.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    arguments::Open,
    failure::{Exit, Failure, Outcome},
    say,
};
use app::api::{AppError, ErrorCode};

const PROGRAM: &str = "rowhouse-desktop";

/// Starts the window's program, detached: it goes on without this terminal.
pub(crate) fn run(open: &Open) -> Outcome {
    let program = find().ok_or_else(|| {
        let error = AppError::new(ErrorCode::NotFound, format!("The window's program, {PROGRAM}, was not found."))
            .with_hint("It belongs beside this program or on PATH. `make run` in a checkout builds and opens it.");
        Failure::new(Exit::Local, error)
    })?;
    if !has_display() {
        let error = AppError::new(ErrorCode::Unsupported, "There is no display to open a window on.")
            .with_hint("Set DISPLAY or WAYLAND_DISPLAY, or use `rowhouse query` and `rowhouse schema` here.");
        return Err(Failure::new(Exit::Local, error));
    }
    if open.target.as_deref().is_some_and(holds_password) {
        say::line(
            "warning: while the window is open other users of this computer can see the password in the address; \
             leave it out, or save the connection and open it by its name",
        );
    }
    let mut command = Command::new(&program);
    command.args(open.target.as_deref().map(absolute)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    detach(&mut command);
    match command.spawn() {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::file(&error, &program, "started")),
    }
}

/// Whether an address carries a password, which would stand in the arguments of the window's process.
fn holds_password(target: &str) -> bool {
    let Some((_, rest)) = target.split_once("://") else { return false };
    let place = rest.split(['/', '?', '#']).next().unwrap_or("");
    let login = place.rsplit_once('@').and_then(|(login, _)| login.split_once(':'));
    let asked = rest.split_once('?').is_some_and(|(_, query)| query.split('&').any(|one| one.starts_with("password=")));
    asked || login.is_some_and(|(_, password)| !password.is_empty())
}

/// A file's path as another process understands it, whose folder may be another; anything else as it is.
fn absolute(target: &str) -> OsString {
    let path = Path::new(target);
    match path.exists().then(|| std::path::absolute(path)) {
        Some(Ok(path)) => path.into_os_string(),
        _ => target.into(),
    }
}

/// Beside this program first: what was installed together belongs together.
pub(crate) fn find() -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let own = env::current_exe().ok().and_then(|own| own.canonicalize().ok());
    let beside = own.as_deref().and_then(|own| own.parent()).map(|folder| folder.join(&name));
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|folder| folder.join(&name));
    beside.into_iter().chain(on_path).find(|candidate| candidate.is_file())
}

/// Whether a window could be shown.
pub(crate) fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    // A group of its own: Ctrl+C in this terminal is not meant for the window. It writes nowhere, so that the
    // terminal's end does not reach it either.
    command.process_group(0);
}

#[cfg(not(unix))]
fn detach(_command: &mut Command) {}

#[cfg(test)]
mod tests {
    use super::holds_password;

    #[test]
    fn a_password_in_an_address_is_noticed() {
        for target in ["postgres://ann:secret@db/shop", "postgres://ann:s@e:c@db", "postgres://db/x?a=b&password=p"] {
            assert!(holds_password(target), "{target}");
        }
        for target in ["postgres://ann@db:5432/shop", "postgres://ann:@db/x", "postgres://db:1/x", "./a:b@c.db", "shop"]
        {
            assert!(!holds_password(target), "{target}");
        }
    }
}
