//! Saved connections.

mod drafting;
mod interchange;
mod testing;

use std::sync::Arc;

use app::{
    App,
    api::{ConnectionProfile, Environment, PasswordPolicy, Safety},
};
use serde::Serialize;

use crate::{
    arguments::{Connections, ListFormat},
    failure::{Exit, Failure, Outcome},
    output::print,
    say, table,
};

/// Does what was asked with the saved connections.
pub(crate) async fn run(app: &Arc<App>, command: Connections) -> Outcome {
    match command {
        Connections::List { format } => list(app, format).await,
        Connections::Add { target, driver, details, password } => {
            drafting::add(app, target.as_deref(), driver.as_deref(), details, password).await
        }
        Connections::Edit { name, url, details, ask_password, forget_password, password } => {
            let secret = drafting::NewPassword { ask: ask_password, forget: forget_password, input: password };
            drafting::edit(app, &name, url.as_deref(), details, secret).await
        }
        Connections::Remove { name } => {
            let profile = named(app, &name).await?;
            app.remove_profile(&profile.id).await.map_err(Failure::local)?;
            say::line(&format!("Removed “{}”.", say::clean(&profile.name)));
            Ok(())
        }
        Connections::Duplicate { name, new_name } => {
            let profile = named(app, &name).await?;
            let copy = app.duplicate_profile(&profile.id).await.map_err(Failure::local)?;
            let copy = match new_name {
                Some(new_name) => match drafting::rename(app, &copy, new_name).await {
                    Ok(renamed) => renamed,
                    Err(failure) => {
                        // All or nothing: a copy under a name nobody asked for would be a surprise.
                        drop(app.remove_profile(&copy.id).await);
                        return Err(failure);
                    }
                },
                None => copy,
            };
            say::line(&format!("Saved “{}”.", say::clean(&copy.name)));
            Ok(())
        }
        Connections::Export { names, output } => interchange::export(app, &names, output.as_deref()).await,
        Connections::Import { file, from, dry_run, with_passwords, duplicates, group } => {
            let import = interchange::Import { file, from, dry_run, with_passwords, duplicates, group };
            interchange::import(app, import).await
        }
        Connections::Trust { name, yes } => interchange::trust(app, &name, yes).await,
        Connections::Test { target, format, password } => testing::test(app, &target, format, password).await,
    }
}

/// The saved connection of this name.
async fn named(app: &App, name: &str) -> Outcome<ConnectionProfile> {
    app.profile_named(name).await.map_err(Failure::local)?.ok_or_else(|| {
        Failure::usage(
            format!("There is no saved connection called “{name}”."),
            "`rowhouse connections list` shows those there are.",
        )
    })
}

/// A saved connection in `--format json`: stable, documented in docs/cli.md.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: &'a str,
    group: Option<&'a str>,
    colour: Option<&'a str>,
    environment: Environment,
    safety: Safety,
    driver: &'a str,
    target: &'a str,
    fields: &'a std::collections::BTreeMap<String, String>,
    password: PasswordPolicy,
    password_command: Option<&'a app::api::PasswordCommand>,
    favourite: bool,
    recorded: bool,
    schemas: &'a [String],
    server: Option<&'a str>,
    last_used_ms: Option<i64>,
    sample: bool,
}

async fn list(app: &App, format: ListFormat) -> Outcome {
    let profiles = app.profiles().await.map_err(Failure::local)?;
    let text = match format {
        ListFormat::Json => {
            let listed: Vec<Listed<'_>> = profiles
                .iter()
                .map(|profile| Listed {
                    id: &profile.id,
                    name: &profile.name,
                    group: profile.group.as_deref(),
                    colour: profile.colour.as_deref(),
                    environment: profile.environment,
                    safety: profile.safety,
                    driver: &profile.driver,
                    target: &profile.target,
                    fields: &profile.values,
                    password: profile.password,
                    password_command: profile.password_command.as_ref(),
                    favourite: profile.favourite,
                    recorded: profile.recorded,
                    schemas: &profile.schemas,
                    server: profile.server.as_deref(),
                    last_used_ms: profile.last_used_ms,
                    sample: profile.sample,
                })
                .collect();
            json(&listed)?
        }
        ListFormat::Table => {
            let row = |profile: &ConnectionProfile| {
                vec![
                    profile.name.clone(),
                    profile.group.clone().unwrap_or_default(),
                    environment(profile.environment).to_owned(),
                    safety(profile.safety).to_owned(),
                    profile.driver_label.clone(),
                    profile.target.clone(),
                ]
            };
            let rows: Vec<_> = profiles.iter().map(row).collect();
            table::aligned(&["NAME", "GROUP", "ENVIRONMENT", "SAFETY", "DATABASE", "TARGET"], &rows)
        }
    };
    print(None, &text)
}

/// One JSON text with a line break behind it.
pub(crate) fn json<T: Serialize>(value: &T) -> Outcome<String> {
    match serde_json::to_string_pretty(value) {
        Ok(text) => Ok(text + "\n"),
        Err(error) => {
            let error =
                app::api::AppError::new(app::api::ErrorCode::Internal, format!("The JSON could not be made: {error}."));
            Err(Failure::new(Exit::Local, error))
        }
    }
}

pub(crate) fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Local => "local",
        Environment::Development => "development",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}

pub(crate) fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::ReadOnly => "read-only",
        Safety::ConfirmWrites => "confirm-writes",
        Safety::Free => "free",
    }
}
