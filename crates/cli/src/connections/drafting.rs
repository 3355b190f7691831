//! Saving new and changed connections.

use std::collections::BTreeMap;

use app::{
    App,
    api::{
        AppError, ConnectionProfile, DraftPassword, DriverForm, Environment, ErrorCode, FormFieldKind, PasswordCommand,
        PasswordPolicy, ProfileDraft, Safety,
    },
};

use super::named;
use crate::{
    arguments::{self, Details, PasswordInput},
    failure::{Failure, Outcome},
    prompt, say,
};

/// What is to become of a stored password.
pub(super) struct NewPassword {
    pub(super) ask: bool,
    pub(super) forget: bool,
    pub(super) input: PasswordInput,
}

/// Saves a new connection.
pub(super) async fn add(
    app: &App,
    target: Option<&str>,
    driver: Option<&str>,
    details: Details,
    input: PasswordInput,
) -> Outcome {
    let (parsed_driver, mut values, mut password) = match target {
        Some(target) => parsed(app, target).await?,
        None => {
            let driver = driver.ok_or_else(|| {
                Failure::usage(
                    "Nothing says where the connection leads.",
                    "Give a URL, a file, or --driver with --field NAME=VALUE for each field.",
                )
            })?;
            (driver.to_owned(), BTreeMap::new(), DraftPassword::Keep)
        }
    };
    if driver.is_some_and(|driver| driver != parsed_driver) {
        return Err(Failure::usage(
            format!("The address is one of {parsed_driver}, not of {}.", driver.unwrap_or_default()),
            "Leave --driver out.",
        ));
    }
    let form = form(app, &parsed_driver)?;
    set_fields(&form, &mut values, &details.fields)?;
    let environment = details.environment.map_or_else(|| default_environment(&form, &values), environment);
    let wants_password = form.fields.iter().any(|field| field.kind == FormFieldKind::Secret);
    let command = command(&details, None)?;
    let policy = match details.password_policy {
        Some(chosen) => policy(chosen),
        None if command.is_some() => PasswordPolicy::Command,
        None if wants_password => PasswordPolicy::Keychain,
        None => PasswordPolicy::None,
    };
    if policy == PasswordPolicy::Keychain && wants_password {
        if let Some(secret) = prompt::given(input)? {
            password = DraftPassword::Set { secret };
        } else if matches!(password, DraftPassword::Keep) && prompt::is_possible() {
            let asked = prompt::password("Password (empty for none): ").await;
            password = asked.map_or(DraftPassword::Keep, |secret| DraftPassword::Set { secret });
        }
    } else if !matches!(policy, PasswordPolicy::Ask) {
        password = DraftPassword::Keep;
    }
    let draft = ProfileDraft {
        password_command: command,
        favourite: details.favourite,
        recorded: details.recorded,
        schemas: schemas(&details),
        id: None,
        name: details.new_name.unwrap_or_default(),
        group: non_empty(details.group),
        colour: non_empty(details.colour),
        environment,
        safety: details.safety.map_or_else(|| environment.default_safety(), safety),
        driver: parsed_driver,
        values,
        password_policy: policy,
        password,
        actor: None,
    };
    saved(&app.save_profile(draft).await.map_err(not_saved)?);
    Ok(())
}

/// Changes a saved connection.
pub(super) async fn edit(
    app: &App,
    name: &str,
    url: Option<&str>,
    details: Details,
    new_password: NewPassword,
) -> Outcome {
    let profile = named(app, name).await?;
    let old_command = profile.password_command.clone();
    let mut draft = draft_of(profile);
    if let Some(url) = url {
        let (driver, values, password) = parsed(app, url).await?;
        (draft.driver, draft.values, draft.password) = (driver, values, password);
    }
    let form = form(app, &draft.driver)?;
    set_fields(&form, &mut draft.values, &details.fields)?;
    let command = command(&details, old_command.as_ref())?;
    let schemas = schemas(&details);
    if let Some(name) = details.new_name {
        draft.name = name;
    }
    if let Some(group) = details.group {
        draft.group = non_empty(Some(group));
    }
    if let Some(colour) = details.colour {
        draft.colour = non_empty(Some(colour));
    }
    if let Some(chosen) = details.environment {
        draft.environment = environment(chosen);
        // As in the window: who says production and nothing else means its usual level, and never a looser one.
        if details.safety.is_none() && draft.safety == Safety::Free {
            draft.safety = draft.environment.default_safety();
        }
    }
    if let Some(chosen) = details.safety {
        draft.safety = safety(chosen);
    }
    if let Some(chosen) = details.password_policy {
        draft.password_policy = policy(chosen);
    }
    draft.favourite = details.favourite;
    draft.recorded = details.recorded;
    draft.schemas = schemas;
    if let Some(command) = command {
        draft.password_policy = PasswordPolicy::Command;
        draft.password_command = Some(command);
    }
    if new_password.forget {
        draft.password = DraftPassword::Clear;
    } else if new_password.input.password_stdin {
        if let Some(secret) = prompt::given(new_password.input)? {
            draft.password = DraftPassword::Set { secret };
        }
    } else if new_password.ask {
        let secret = match prompt::given(PasswordInput::default())? {
            Some(secret) => Some(secret),
            None => prompt::password("New password: ").await,
        };
        let secret = secret.ok_or_else(|| {
            Failure::usage(
                "No password was entered.",
                "Use --password-stdin or ROWHOUSE_PASSWORD where there is no terminal.",
            )
        })?;
        draft.password = DraftPassword::Set { secret };
    }
    saved(&app.save_profile(draft).await.map_err(not_saved)?);
    Ok(())
}

/// Without a keychain there is a way, and the terminal has its own words for it.
fn not_saved(mut error: AppError) -> Failure {
    if error.code == ErrorCode::KeychainUnavailable {
        error.hint = Some(format!(
            "Save it with --password-policy ask: the password is then asked for, or comes from {}. {}",
            prompt::VARIABLE,
            error.hint.unwrap_or_default()
        ));
    }
    Failure::local(error)
}

/// Gives a connection another name.
pub(super) async fn rename(app: &App, profile: &ConnectionProfile, name: String) -> Outcome<ConnectionProfile> {
    let draft = ProfileDraft { name, ..draft_of(profile.clone()) };
    app.save_profile(draft).await.map_err(Failure::local)
}

/// A saved connection as a draft that changes nothing.
pub(super) fn draft_of(profile: ConnectionProfile) -> ProfileDraft {
    ProfileDraft {
        id: Some(profile.id),
        name: profile.name,
        group: profile.group,
        colour: profile.colour,
        environment: profile.environment,
        safety: profile.safety,
        driver: profile.driver,
        values: profile.values,
        password_policy: profile.password,
        password: DraftPassword::Keep,
        actor: profile.actor,
        ..ProfileDraft::default()
    }
}

/// The fields a URL or file path stands for.
pub(super) async fn parsed(app: &App, target: &str) -> Outcome<(String, BTreeMap<String, String>, DraftPassword)> {
    let mut parsed = app.parse_target(target).await.map_err(Failure::local)?;
    for warning in &parsed.warnings {
        say::line(&format!("warning: {}", say::clean(warning)));
    }
    if parsed.password_reference.is_some() {
        say::line(
            "warning: a password in an address stays in the shell's history; \
             leave it out and use the prompt, ROWHOUSE_PASSWORD or --password-stdin",
        );
    }
    absolute_files(app, &parsed.driver, &mut parsed.values)?;
    let password =
        parsed.password_reference.map_or(DraftPassword::Keep, |reference| DraftPassword::Parsed { reference });
    Ok((parsed.driver, parsed.values, password))
}

/// What is saved must not depend on the folder it was saved from.
fn absolute_files(app: &App, driver: &str, values: &mut BTreeMap<String, String>) -> Outcome {
    let form = form(app, driver)?;
    for field in form.fields.iter().filter(|field| field.kind == FormFieldKind::File) {
        if let Some(value) = values.get_mut(&field.name)
            && !value.is_empty()
            && value != ":memory:"
            && let Ok(path) = std::path::absolute(&*value)
            && let Some(path) = path.to_str()
        {
            *value = path.to_owned();
        }
    }
    Ok(())
}

fn form(app: &App, driver: &str) -> Outcome<DriverForm> {
    let forms = app.drivers();
    let known: Vec<String> = forms.iter().map(|form| form.id.clone()).collect();
    forms.into_iter().find(|form| form.id == driver).ok_or_else(|| {
        Failure::usage(format!("There is no driver “{driver}”."), &format!("Known are {}.", known.join(", ")))
    })
}

fn set_fields(form: &DriverForm, values: &mut BTreeMap<String, String>, fields: &[(String, String)]) -> Outcome {
    for (name, value) in fields {
        let known = form.fields.iter().find(|field| field.name == *name);
        let usable: Vec<&str> = form
            .fields
            .iter()
            .filter(|field| field.kind != FormFieldKind::Secret)
            .map(|field| field.name.as_str())
            .collect();
        match known.map(|field| field.kind) {
            None => {
                let hint = format!("{} has {}.", form.label, usable.join(", "));
                return Err(Failure::usage(format!("There is no field “{name}”."), &hint));
            }
            Some(FormFieldKind::Secret) => {
                let hint = match name.as_str() {
                    driver::PASSWORD => "Use the prompt, ROWHOUSE_PASSWORD or --password-stdin.",
                    _ => "It is asked for when it is wanted; the window's form keeps it in the keychain.",
                };
                return Err(Failure::usage(
                    format!("“{name}” is a secret, and a command line is seen by others."),
                    hint,
                ));
            }
            Some(FormFieldKind::File) if !value.is_empty() && value != ":memory:" => {
                let path = std::path::absolute(value).ok();
                let path = path.and_then(|path| path.to_str().map(str::to_owned));
                values.insert(name.clone(), path.unwrap_or_else(|| value.clone()));
            }
            Some(_) if value.is_empty() => {
                values.remove(name);
            }
            Some(_) => {
                values.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(())
}

/// A file, or a server of this computer, is local; of another server nothing is known.
fn default_environment(form: &DriverForm, values: &BTreeMap<String, String>) -> Environment {
    let host = values.get("host").map_or("", String::as_str);
    let local = form.opens_files || host.is_empty() || host.starts_with('/');
    match local || ["localhost", "127.0.0.1", "::1"].contains(&host) {
        true => Environment::Local,
        false => Environment::Development,
    }
}

fn saved(profile: &ConnectionProfile) {
    say::line(&format!(
        "Saved “{}” ({}, {}): {}",
        say::clean(&profile.name),
        super::environment(profile.environment),
        super::safety(profile.safety),
        say::clean(&profile.target),
    ));
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// The command for the password, where one is named; what is not named stays as it was.
fn command(details: &Details, old: Option<&PasswordCommand>) -> Outcome<Option<PasswordCommand>> {
    let old_timeout = old.map_or_else(PasswordCommand::default_timeout, |old| old.timeout_s);
    let timeout_s = details.password_timeout.unwrap_or(old_timeout);
    let typed = match &details.password_shell {
        Some(text) => Some(PasswordCommand { argv: vec![text.clone()], shell: true, timeout_s }),
        None if details.password_command.is_empty() => None,
        None => Some(PasswordCommand { argv: details.password_command.clone(), shell: false, timeout_s }),
    };
    let other = details.password_policy.is_some_and(|policy| !matches!(policy, arguments::PasswordPolicy::Command));
    if typed.is_some() && other {
        return Err(Failure::usage(
            "A command for the password is named, and another source for it.",
            "Leave --password-policy out, or make it command.",
        ));
    }
    let changed = old.filter(|_| details.password_timeout.is_some());
    Ok(typed.or_else(|| changed.map(|old| PasswordCommand { timeout_s, ..old.clone() })))
}

/// The filter of schemas, where one is named.
fn schemas(details: &Details) -> Option<Vec<String>> {
    (!details.schemas.is_empty()).then(|| details.schemas.clone())
}

fn environment(chosen: arguments::Environment) -> Environment {
    match chosen {
        arguments::Environment::Local => Environment::Local,
        arguments::Environment::Development => Environment::Development,
        arguments::Environment::Staging => Environment::Staging,
        arguments::Environment::Production => Environment::Production,
    }
}

fn safety(chosen: arguments::Safety) -> Safety {
    match chosen {
        arguments::Safety::ReadOnly => Safety::ReadOnly,
        arguments::Safety::ConfirmWrites => Safety::ConfirmWrites,
        arguments::Safety::Free => Safety::Free,
    }
}

fn policy(chosen: arguments::PasswordPolicy) -> PasswordPolicy {
    match chosen {
        arguments::PasswordPolicy::Keychain => PasswordPolicy::Keychain,
        arguments::PasswordPolicy::Ask => PasswordPolicy::Ask,
        arguments::PasswordPolicy::Command => PasswordPolicy::Command,
        arguments::PasswordPolicy::None => PasswordPolicy::None,
    }
}
