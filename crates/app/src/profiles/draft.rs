//! A draft of the form, checked and without its secrets.

use std::collections::BTreeMap;

use driver::{Driver, FieldKind, Profile, Secret};

use super::secrets::HeldSecrets;
use crate::{
    api::{AppError, ConnectionProfile, DraftPassword, Environment, ErrorCode, PasswordPolicy, ProfileDraft, Safety},
    registry::PASSWORD,
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
        let Some(field) = driver.fields().iter().find(|field| field.name == name) else { continue };
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
        password,
        reference,
        clear,
        others,
    })
}

fn valid(field: &driver::Field, value: &str) -> Result<(), AppError> {
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

fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.trim().chars().take(LONGEST).collect()
}

/// What tells names apart: neither case nor the space around them does.
pub(super) fn name_key(name: &str) -> String {
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
