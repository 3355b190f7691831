//! Passwords that a command prints: whether it may run, and what it is told.
//!
//! A command comes from the person who typed it, or with a connection that somebody else wrote. The first is run; the
//! second only once a person has agreed to it, and again when the command or the place its password goes to changes.

mod command;
mod redact;

use std::time::Duration;

use driver::Secret;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    App,
    api::{AppError, ConnectionProfile, ErrorCode, PasswordCommand, PasswordPolicy, Topic},
    profiles,
};

/// Where the password that a command prints is going to be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose<'a> {
    pub(crate) name: &'a str,
    pub(crate) driver: &'a str,
    pub(crate) values: &'a std::collections::BTreeMap<String, String>,
}

impl Purpose<'_> {
    fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }
}

/// Stands for a command and for where its password goes: another host, login or encryption is another digest.
pub(crate) fn digest(command: &PasswordCommand, purpose: Purpose<'_>) -> String {
    #[derive(Serialize)]
    struct Agreed<'a> {
        argv: &'a [String],
        shell: bool,
        driver: &'a str,
        values: &'a std::collections::BTreeMap<String, String>,
    }
    let agreed = Agreed { argv: &command.argv, shell: command.shell, driver: purpose.driver, values: purpose.values };
    // Strings, lists and maps of strings always have a JSON text.
    let text = serde_json::to_vec(&agreed).unwrap_or_default();
    Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The command in one line, for people.
pub(crate) fn shown(command: &PasswordCommand) -> String {
    let quoted = |word: &String| {
        let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    match (command.shell, command.argv.first()) {
        (true, Some(text)) => text.clone(),
        _ => command.argv.iter().map(quoted).collect::<Vec<_>>().join(" "),
    }
}

/// Runs the command and reads the password from the first line it prints. Dropping the future kills it.
///
/// # Errors
/// `NotFound` for a program that is not there, `TimedOut`, `Unauthenticated` for one that fails or prints nothing.
pub(crate) async fn run(command: &PasswordCommand, purpose: Purpose<'_>) -> Result<Secret, AppError> {
    let told = [
        ("ROWHOUSE_PROFILE", purpose.name),
        ("ROWHOUSE_DRIVER", purpose.driver),
        ("ROWHOUSE_HOST", purpose.value("host")),
        ("ROWHOUSE_PORT", purpose.value("port")),
        ("ROWHOUSE_USER", purpose.value("user")),
        ("ROWHOUSE_DATABASE", purpose.value("database")),
    ];
    let limit = Duration::from_secs(command.timeout_s.clamp(1, 600).into());
    command::run(&command.argv, command.shell, &told, limit).await
}

impl App {
    /// A person agrees to the command of a connection that came from a file: `digest` is the profile's
    /// `untrusted_command`, so that nothing else than what was shown is agreed to.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the command or its target has changed since it was shown.
    pub async fn trust_command(&self, profile_id: &str, digest: &str) -> Result<ConnectionProfile, AppError> {
        let profile = self.profile(profile_id).await?;
        match profile.untrusted_command.as_deref() {
            Some(current) if current == digest => {
                profiles::trust(&self.store, profile_id, digest).await?;
                self.events.changed(&[Topic::Profiles], Some(profile_id));
                self.profile(profile_id).await
            }
            // Agreed to already, for one in another window.
            None if profile.password == PasswordPolicy::Command => Ok(profile),
            _ => Err(AppError::new(ErrorCode::Conflict, "The command has changed since it was shown.")
                .with_hint("Look at it again before you agree.")),
        }
    }

    /// The password of a saved connection's command, where it may run.
    ///
    /// # Errors
    /// `Forbidden` while nobody has agreed to it; as [`run`].
    pub(crate) async fn commanded_password(&self, profile: &ConnectionProfile) -> Result<Secret, AppError> {
        let Some(command) = &profile.password_command else {
            return Err(AppError::new(ErrorCode::Unauthenticated, "No command for the password is set.")
                .with_hint("Edit the connection: give a command, or choose another source for the password."));
        };
        if profile.untrusted_command.is_some() {
            return Err(untrusted(&profile.name, command));
        }
        run(command, Purpose { name: &profile.name, driver: &profile.driver, values: &profile.values }).await
    }
}

/// Why a command that nobody agreed to is not run.
pub(crate) fn untrusted(name: &str, command: &PasswordCommand) -> AppError {
    AppError::new(
        ErrorCode::Forbidden,
        format!("“{name}” came from a file and wants to run a program for its password: {}", shown(command)),
    )
    .with_hint(format!(
        "It has not been run. If you know the command and trust it, agree to it when you open the connection in the window, or: \
         rowhouse connections trust \"{name}\""
    ))
}

#[cfg(test)]
mod tests;
