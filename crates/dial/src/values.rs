use std::time::Duration;

use driver::{Code, Error, Profile};

/// The profile's port, or the server's usual one.
///
/// # Errors
/// `InvalidStatement` for what is no port.
pub fn port(profile: &Profile, usual: u16) -> Result<u16, Error> {
    match profile.value("port").map(|port| port.trim().parse()) {
        None => Ok(usual),
        Some(Ok(0) | Err(_)) => Err(wrong("The port must be a number between 1 and 65535.")),
        Some(Ok(port)) => Ok(port),
    }
}

/// How long each step of connecting may take: `connect_timeout`, in seconds, 10 by default.
///
/// # Errors
/// `InvalidStatement` for what is no number.
pub fn step_timeout(profile: &Profile) -> Result<Duration, Error> {
    match profile.value("connect_timeout").map(|limit| limit.trim().parse::<u32>()) {
        None => Ok(Duration::from_secs(10)),
        // 0 is "no limit", to libpq too; a quarter of an hour is as good.
        Some(Ok(0)) => Ok(Duration::from_secs(900)),
        Some(Ok(seconds)) => Ok(Duration::from_secs(u64::from(seconds))),
        Some(Err(_)) => Err(wrong("The connect timeout must be a number of seconds.")),
    }
}

/// Who is signed in at this computer.
pub fn os_user() -> Option<String> {
    let name = if cfg!(windows) { "USERNAME" } else { "USER" };
    std::env::var(name).ok().filter(|user| !user.is_empty())
}

/// A value of a profile that cannot be meant.
pub fn wrong(message: &str) -> Error {
    Error::new(Code::InvalidStatement, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_missing_is_usual_and_what_is_wrong_is_said() {
        let profile = |name: &str, value: &str| Profile {
            name: "p".into(),
            driver: "any".into(),
            values: [(name.to_owned(), value.to_owned())].into(),
        };
        assert_eq!(port(&profile("host", "h"), 7).unwrap(), 7);
        assert_eq!(port(&profile("port", " 5433 "), 7).unwrap(), 5433);
        assert_eq!(step_timeout(&profile("host", "h")).unwrap(), Duration::from_secs(10));
        assert_eq!(step_timeout(&profile("connect_timeout", "0")).unwrap(), Duration::from_secs(900));
        for bad in ["0", "65536", "many", "-1"] {
            assert_eq!(port(&profile("port", bad), 7).unwrap_err().code, Code::InvalidStatement, "{bad}");
        }
        assert_eq!(step_timeout(&profile("connect_timeout", "-1")).unwrap_err().code, Code::InvalidStatement);
    }
}
