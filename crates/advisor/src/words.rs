//! What names of columns say.

/// Words that say a value is secret, and pairs of words that do.
const SECRET: [&str; 16] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "ssn",
    "cvv",
    "cvc",
    "iban",
    "apikey",
    "token",
    "otp",
    "pin",
    "passport",
    "salt",
    "totp",
];
const SECRET_PAIRS: [(&str, &str); 8] = [
    ("api", "key"),
    ("private", "key"),
    ("credit", "card"),
    ("card", "number"),
    ("social", "security"),
    ("tax", "id"),
    ("bank", "account"),
    ("encryption", "key"),
];
/// Words after which a secret word means no secret: `password_changed_at`, `token_count`.
const HARMLESS: [&str; 12] =
    ["at", "on", "count", "type", "kind", "hint", "expires", "expiry", "length", "changed", "required", "id"];
/// Words that say a password is not stored as it is typed.
const HASHED: [&str; 8] = ["hash", "hashed", "digest", "encrypted", "crypted", "salt", "scrypt", "bcrypt"];

/// `user_passwordHash` as `user`, `password`, `hash`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() || sign.is_uppercase() && lower {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| sign.is_alphanumeric()) {
            word.extend(sign.to_lowercase());
        }
        lower = sign.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a column of this name holds something secret, as far as a name tells.
pub(crate) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let pair = words.windows(2).any(|pair| SECRET_PAIRS.iter().any(|(a, b)| pair[0] == *a && pair[1] == *b));
    let single = words.iter().any(|word| SECRET.contains(&word.as_str()));
    let harmless = words.last().is_some_and(|last| HARMLESS.contains(&last.as_str()));
    pair || single && !harmless
}

/// Whether a column of this name holds a password as it is typed.
pub(crate) fn is_plain_password(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let harmless = words.last().is_some_and(|last| HARMLESS.contains(&last.as_str()));
    has(&["password", "passwd", "pwd", "passphrase"]) && !has(&HASHED) && !harmless
}

/// Whether a column of this name holds an e-mail address or a web address.
pub(crate) fn is_address(name: &str) -> bool {
    let words = words(name);
    let last = words.last().map(String::as_str);
    let mail = words
        .windows(2)
        .any(|pair| matches!((pair[0].as_str(), pair[1].as_str()), ("e", "mail") | ("email", "address")));
    mail || matches!(last, Some("email" | "url" | "website" | "homepage"))
}

/// Whether a column of this name says that a row counts as deleted.
pub(crate) fn marks_deleted(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["deleted" | "removed"] | ["deleted" | "removed", "at" | "on" | "time"] | ["is", "deleted" | "removed"]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_words() {
        for secret in ["password", "userPassword", "api_key", "credit card number", "reset-token", "SSN"] {
            assert!(is_secret(secret), "{secret}");
        }
        for harmless in
            ["password_changed_at", "token_count", "pinned", "tokenizer", "key", "card", "opinion", "spin_id"]
        {
            assert!(!is_secret(harmless), "{harmless}");
        }
        assert!(["email", "work_email", "E-Mail", "emailAddress", "avatar_url"].iter().all(|name| is_address(name)));
        assert!(!["email_sent", "curl", "url_count", "mail"].iter().any(|name| is_address(name)));
        assert!(["deleted", "deletedAt", "is_deleted", "removed_at"].iter().all(|name| marks_deleted(name)));
        assert!(!["deleted_by", "archived", "not_deleted_at"].iter().any(|name| marks_deleted(name)));
        assert!(is_plain_password("password") && is_plain_password("db_pwd"));
        assert!(!is_plain_password("password_hash") && !is_plain_password("encryptedPassword"));
    }
}
