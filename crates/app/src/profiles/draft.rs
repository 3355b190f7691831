//! A draft of the form, checked and without its secrets.

use std::collections::BTreeMap;

use driver::{Driver, FieldKind, Profile, Secret};

use super::{Origin, rows::Row, secrets::HeldSecrets};
use crate::{
    api::{
        AppError, ConnectionProfile, DraftPassword, Environment, ErrorCode, PasswordCommand, PasswordPolicy,
        PolicyActor, ProfileDraft, Safety,
    },
    passwords::{Purpose, digest},
    registry::{PASSWORD, secret_field},
};

/// A draft that could be saved or tried.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) group: Option<String>,
    pub(super) colour: Option<String>,
    pub(super) environment: Environment,
    pub(super) safety: Safety,
    /// Fields of the driver that are no secrets and not empty.
    pub(super) values: BTreeMap<String, String>,
    pub(super) policy: PasswordPolicy,
    /// A new command.
    pub(super) command: Option<PasswordCommand>,
    pub(super) favourite: Option<bool>,
    pub(super) schemas: Option<Vec<String>>,
    pub(super) recorded: Option<bool>,
    pub(super) actor: Option<PolicyActor>,
    /// A new password.
    pub(super) password: Option<Secret>,
    /// Where it was held until now.
    pub(super) reference: Option<String>,
    /// Whether the stored password is to be forgotten.
    pub(super) clear: bool,
    /// Other secret fields that were filled in (`Some`) or emptied (`None`); one that is not named stays.
    pub(super) others: BTreeMap<String, Option<Secret>>,
}

/// Longest name, group, value: far above what is meant, far below what harms.
const LONGEST: usize = 200;
const LONGEST_VALUE: usize = 32 << 10;

pub(super) fn check(draft: ProfileDraft, driver: &dyn Driver, held: &HeldSecrets) -> Result<Checked, AppError> {
    let mut values = BTreeMap::new();
    let mut others = BTreeMap::new();
    let mut password = None;
    for (name, value) in draft.values {
        // A field the driver does not have could hold anything, also a secret: it is not kept.
        let Some(field) = driver.fields().iter().find(|field| field.name == secret_field(&name)) else { continue };
        if field.name != name && !matches!(field.kind, FieldKind::Secret) {
            continue;
        }
        if matches!(field.kind, FieldKind::Secret) {
            let secret = Some(Secret::new(value)).filter(|secret| !secret.is_empty());
            if name == PASSWORD {
                password = secret;
            } else {
                others.insert(name, secret);
            }
            continue;
        }
        valid(field, &value)?;
        if !value.is_empty() {
            values.insert(name, value);
        }
    }
    for field in driver.fields() {
        let shown = field.visible.as_ref().is_none_or(|visible| {
            let other = driver.fields().iter().find(|other| other.name == visible.field);
            let value = values.get(visible.field).map(String::as_str).or(other.and_then(|other| other.default));
            value.is_some_and(|value| visible.values.contains(&value))
        });
        let secret = matches!(field.kind, FieldKind::Secret);
        if field.required && shown && !secret && field.default.is_none() && !values.contains_key(field.name) {
            return Err(invalid(format!("“{}” is empty.", field.label)).with_hint("Fill it in."));
        }
    }
    let (mut reference, mut clear) = (None, false);
    match draft.password {
        DraftPassword::Keep => {}
        DraftPassword::Set { secret } => password = Some(secret).filter(|secret| !secret.is_empty()),
        DraftPassword::Parsed { reference: name } => {
            password = Some(held.get(&name).ok_or_else(|| {
                AppError::new(ErrorCode::NotFound, "The password from the pasted address is not held any more.")
                    .with_hint("Paste the address again, or type the password.")
            })?);
            reference = Some(name);
        }
        DraftPassword::Clear => clear = true,
    }
    let profile = Profile { name: String::new(), driver: driver.id().to_owned(), values };
    let name = one_line(&draft.name);
    let name = if name.is_empty() { suggested_name(driver, &profile) } else { name };
    Ok(Checked {
        name,
        group: draft.group.map(|group| one_line(&group)).filter(|group| !group.is_empty()),
        colour: draft.colour.map(colour).transpose()?,
        environment: draft.environment,
        safety: draft.safety,
        values: profile.values,
        policy: draft.password_policy,
        command: draft.password_command.map(command).transpose()?,
        favourite: draft.favourite,
        schemas: draft.schemas.map(schemas).transpose()?,
        recorded: draft.recorded,
        actor: draft.actor,
        password,
        reference,
        clear,
        others,
    })
}

pub(crate) fn valid(field: &driver::Field, value: &str) -> Result<(), AppError> {
    let refused = |why: &str| Err(invalid(format!("“{}” {why}.", field.label)));
    if value.len() > LONGEST_VALUE {
        return refused("is too long");
    }
    if value.contains('\0') {
        return refused("holds a NUL character");
    }
    match field.kind {
        _ if value.is_empty() => Ok(()),
        FieldKind::Number if value.trim().parse::<u64>().is_err() => refused("is not a whole number"),
        FieldKind::Choice { choices } if !choices.iter().any(|choice| choice.value == value) => {
            refused("is none of the choices")
        }
        FieldKind::Switch if value != "true" && value != "false" => refused("is neither true nor false"),
        _ => Ok(()),
    }
}

/// The command to keep, and the digest a person agrees to by saving it. What a person types or changes is agreed to; what a
/// file says is agreed to only where it was before, to the letter.
pub(super) fn consent(
    checked: &Checked,
    driver: &str,
    old: Option<&Row>,
    origin: Origin,
) -> Result<(Option<PasswordCommand>, Option<String>), AppError> {
    if checked.policy != PasswordPolicy::Command {
        return Ok((None, None));
    }
    let before = old.and_then(|old| old.command.as_ref());
    let Some(command) = checked.command.as_ref().or(before) else {
        return Err(invalid("No command for the password is given.".to_owned())
            .with_hint("Name a program that prints the password, with its arguments."));
    };
    let agreed = match origin {
        Origin::Person => before != Some(command) || old.is_some_and(|old| old.untrusted().is_none()),
        Origin::File => false,
    };
    let purpose = Purpose { name: &checked.name, driver, values: &checked.values };
    let trusted = if agreed { Some(digest(command, purpose)) } else { old.and_then(|old| old.trusted.clone()) };
    Ok((Some(command.clone()), trusted))
}

/// Most schemas of a filter, and most words of a command.
const MOST: usize = 1_000;

fn command(command: PasswordCommand) -> Result<PasswordCommand, AppError> {
    let program = command.argv.first().map_or("", |program| program.trim());
    if program.is_empty() {
        return Err(invalid("The command for the password is empty.".to_owned())
            .with_hint("Name a program that prints the password, with its arguments."));
    }
    if command.shell && command.argv.len() != 1 {
        return Err(invalid("A command for the shell is one text.".to_owned()));
    }
    let bytes: usize = command.argv.iter().map(String::len).sum();
    if command.argv.len() > MOST || bytes > LONGEST_VALUE {
        return Err(invalid("The command for the password is too long.".to_owned()));
    }
    if command.argv.iter().any(|word| word.contains('\0')) {
        return Err(invalid("The command for the password holds a NUL character.".to_owned()));
    }
    if !(1..=600).contains(&command.timeout_s) {
        return Err(invalid("The command for the password may take 1 to 600 seconds.".to_owned()));
    }
    Ok(command)
}

/// In order, each once.
pub(super) fn schemas(schemas: Vec<String>) -> Result<Vec<String>, AppError> {
    let mut kept: Vec<String> = schemas.into_iter().filter(|schema| !schema.is_empty()).collect();
    kept.sort();
    kept.dedup();
    if kept.len() > MOST || kept.iter().any(|schema| schema.len() > LONGEST_VALUE || schema.contains('\0')) {
        return Err(invalid("The filter of schemas is too long.".to_owned()));
    }
    Ok(kept)
}

fn invalid(message: String) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

fn colour(text: String) -> Result<String, AppError> {
    let digits = text.strip_prefix('#').unwrap_or("");
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(invalid("The colour is not written as #rrggbb.".to_owned()))
    }
}

pub(crate) fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.trim().chars().take(LONGEST).collect()
}

/// What tells names apart: neither case nor the space around them does.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The target, or the driver where there is none.
pub(super) fn suggested_name(driver: &dyn Driver, profile: &Profile) -> String {
    let target = driver.target(profile);
    // Of a file the name is enough.
    let file = driver.fields().iter().any(|field| field.required && matches!(field.kind, FieldKind::File));
    let short = if file { target.rsplit(['/', '\\']).next().unwrap_or(&target) } else { &target };
    let name = one_line(short);
    if name.is_empty() { driver.label().to_owned() } else { name }
}

/// “copy of …”, numbered where that is taken.
pub(super) fn copy_name(name: &str, others: &[ConnectionProfile]) -> String {
    let free = |name: &String| !others.iter().any(|other| name_key(&other.name) == name_key(name));
    let first = one_line(&format!("copy of {name}"));
    let numbered = (2..).map(|number: u32| {
        let kept: String = first.chars().take(LONGEST - 12).collect();
        format!("{kept} {number}")
    });
    std::iter::once(first.clone()).chain(numbered).find(free).unwrap_or_else(|| first.clone())
}
