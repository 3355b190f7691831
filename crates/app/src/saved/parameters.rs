//! What a person gave for placeholders last: of this saved query, in this tab, or for this very text.
//!
//! What looks like a secret is never kept: by the placeholder's name, by the value, and, where placeholders have only
//! numbers, by any secret's name in the text, because which of them it belongs to is not known.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;

use crate::{
    App,
    api::{AppError, ParameterScope, ParameterValue},
    store::now_ms,
};

/// What nobody used for so long is forgotten.
const KEPT_MS: i64 = 90 * 86_400_000;
/// A longer value is a document, not something to type again.
const LONGEST: usize = 16 << 10;
const MOST: usize = 500;

/// Parts of names that are secrets'. Names are compared without their signs: `api_key` is `apikey`.
const SECRET: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "kennwort",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "authorization",
    "bearer",
    "jwt",
];
/// Names that are secrets' as a whole.
const WHOLE: [&str; 5] = ["pass", "pin", "otp", "key", "auth"];
/// How values begin that are secrets whatever they are called: keys of services, tokens, private keys.
const BEGINNINGS: [&str; 9] = ["eyJ", "-----BEGIN", "sk_", "sk-", "ghp_", "github_pat_", "glpat-", "xox", "AKIA"];

impl App {
    /// The last values for the placeholders of a text, by name.
    ///
    /// # Errors
    /// As the store says.
    pub async fn remembered_parameters(&self, scope: ParameterScope) -> Result<Vec<ParameterValue>, AppError> {
        let mut found: Vec<ParameterValue> = Vec::new();
        for key in keys(&scope) {
            let select = "SELECT name, value FROM parameter_values WHERE scope = ? ORDER BY name";
            let known: Vec<(String, Option<String>)> =
                sqlx::query_as(select).bind(&key).fetch_all(self.store.read()).await?;
            for (name, value) in known {
                if found.iter().all(|other| other.name != name) {
                    found.push(ParameterValue { name, value });
                }
            }
        }
        // A text that came to name a secret shows none.
        let text = self.secret_in(&scope);
        found.retain(|given| keeps(given, text));
        Ok(found)
    }

    /// Keeps the values for next time, but those that look like secrets; of these, also what was kept before goes. Nothing of
    /// a connection that is not recorded.
    ///
    /// # Errors
    /// As the store says.
    pub async fn remember_parameters(
        &self,
        scope: ParameterScope,
        values: Vec<ParameterValue>,
    ) -> Result<(), AppError> {
        if let Some(profile_id) = &scope.profile_id
            && !self.is_recorded(profile_id).await?
        {
            return Ok(());
        }
        let text = self.secret_in(&scope);
        let now = now_ms();
        let mut change = self.store.write().await?;
        for key in keys(&scope) {
            for given in values.iter().take(MOST) {
                let remove = sqlx::query("DELETE FROM parameter_values WHERE scope = ? AND name = ?");
                remove.bind(&key).bind(&given.name).execute(&mut *change).await?;
                if !keeps(given, text) {
                    continue;
                }
                sqlx::query("INSERT INTO parameter_values (scope, name, value, used_ms) VALUES (?, ?, ?, ?)")
                    .bind(&key)
                    .bind(&given.name)
                    .bind(&given.value)
                    .bind(now)
                    .execute(&mut *change)
                    .await?;
            }
        }
        Ok(change.commit().await?)
    }

    /// Whether the text names a secret, or sets one.
    fn secret_in(&self, scope: &ParameterScope) -> bool {
        let sets = self.registry.get(&scope.driver).is_ok_and(|driver| {
            let language = driver.language();
            !language.secret_spans(&scope.text).is_empty()
        });
        let words = scope.text.split(|c: char| !c.is_alphanumeric() && c != '_');
        sets || words.collect::<HashSet<_>>().into_iter().any(|word| secret_name(word, false))
    }
}

/// Forgets what nobody has used for long.
pub(super) async fn forget_old(store: &mut SqliteConnection) -> Result<(), AppError> {
    sqlx::query("DELETE FROM parameter_values WHERE used_ms < ?").bind(now_ms() - KEPT_MS).execute(store).await?;
    Ok(())
}

/// Where values are kept, the most particular first.
fn keys(scope: &ParameterScope) -> Vec<String> {
    let saved = scope.saved_id.iter().map(|id| format!("saved:{id}"));
    let tab = scope.tab_id.iter().map(|id| format!("tab:{id}"));
    // Layout is no part of it: a text that was formatted is the same query.
    let words: Vec<&str> = scope.text.split_whitespace().collect();
    let text = (!words.is_empty()).then(|| {
        let digest = Sha256::digest(words.join(" ").as_bytes());
        format!("text:{}", digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    saved.chain(tab).chain(text).collect()
}

/// Whether a value may be kept; `text` says whether the text it is for has to do with secrets.
fn keeps(given: &ParameterValue, text: bool) -> bool {
    let numbered = given.name.chars().all(|c| c.is_ascii_digit());
    let value = given.value.as_deref().unwrap_or_default();
    let odd = value.len() > LONGEST || BEGINNINGS.iter().any(|beginning| value.trim_start().starts_with(beginning));
    let secret = secret_name(&given.name, true) || (numbered && text);
    !odd && !secret
}

/// Whether a name is a secret's; `whole` also looks at short names that mean other things in a text (`primary key`).
fn secret_name(name: &str, whole: bool) -> bool {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    SECRET.iter().any(|part| plain.contains(part)) || (whole && WHOLE.contains(&plain.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, value: &str) -> ParameterValue {
        ParameterValue { name: name.to_owned(), value: Some(value.to_owned()) }
    }

    #[test]
    fn what_looks_like_a_secret_is_not_kept() {
        for name in ["password", "user_Password", "api_key", "ApiKey", "access_token", "pin", "client-secret", "PWD"] {
            assert!(!keeps(&given(name, "x"), false), "{name}");
        }
        for name in ["id", "day", "customer", "1", "opinion", "spin", "primary_key_column"] {
            assert!(keeps(&given(name, "x"), false), "{name}");
        }
        for value in ["eyJhbGciOi", "-----BEGIN KEY", " ghp_abc", "AKIA1234", &"x".repeat(20_000)] {
            assert!(!keeps(&given("id", value), false), "{value}");
        }
        assert!(!keeps(&given("2", "hunter2"), true), "a number may be any column");
        assert!(keeps(&given("day", "2026-11-01"), true), "a name says what it is");
    }
}
