//! Pieces of a connection URL. What is wrong is told without the text it is about, which may hold the password.

use driver::ParsedUrl;

/// Sets a value; an empty one is none.
pub fn put(url: &mut ParsedUrl, name: &str, value: String) {
    if !value.is_empty() {
        url.values.insert(name.to_owned(), value);
    }
}

/// A parameter's name, fit for a message.
pub fn brief(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(40).collect()
}

/// The text behind percent signs; `what` names the part (`password`).
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn decode(text: &str, what: &str) -> Result<String, String> {
    let bad = || format!("The {what} in the URL has a % that is not followed by two hexadecimal digits.");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or_else(bad);
        let value = digit()? * 16 + digit()?;
        match u8::try_from(value) {
            Ok(0) | Err(_) => return Err(format!("The {what} in the URL holds a NUL.")),
            Ok(byte) => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| format!("The {what} in the URL is not UTF-8."))
}

/// The port and the connect timeout, where the URL gives them.
///
/// # Errors
/// What is wrong with them, as a sentence.
pub fn check_numbers(url: &ParsedUrl) -> Result<(), String> {
    if let Some(port) = url.values.get("port")
        && !port.parse::<u16>().is_ok_and(|port| port > 0)
    {
        return Err("The port is no number between 1 and 65535.".to_owned());
    }
    if let Some(limit) = url.values.get("connect_timeout")
        && limit.parse::<u32>().is_err()
    {
        return Err("The connect timeout is no number of seconds.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_without_its_text() {
        assert_eq!(decode("p%2Fw%3A%F0%9F%9A%80", "password").unwrap(), "p/w:🚀");
        for bad in ["s3cret%", "s3cret%2", "s3cret%zz", "s3cret%00", "s3cret%ff"] {
            let message = decode(bad, "password").unwrap_err();
            assert!(message.contains("password") && !message.contains("s3cret"), "{message}");
        }
    }
}
