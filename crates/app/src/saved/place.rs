//! What saved queries, their folders and their tags may be called. Pure.

use crate::api::{AppError, ErrorCode};

/// Letters of a name, and of one folder's.
const LONGEST: usize = 120;
const DEEPEST: usize = 16;
const MOST_TAGS: usize = 32;
const LONGEST_TAG: usize = 60;

/// A name without regard to case, as names are compared.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

/// A query's name, trimmed.
///
/// # Errors
/// `InvalidStatement` for one that is empty, too long or has line ends in it.
pub(super) fn name(given: &str) -> Result<String, AppError> {
    let name = given.trim();
    if name.is_empty() {
        return Err(wrong("A saved query needs a name."));
    }
    if name.chars().count() > LONGEST {
        return Err(wrong(format!("A name has at most {LONGEST} letters.")));
    }
    if name.chars().any(char::is_control) {
        return Err(wrong("A name is one line of text."));
    }
    Ok(name.to_owned())
}

/// A folder's path: names trimmed, empty ones left out.
///
/// # Errors
/// `InvalidStatement` for what could not be a folder on a disk, where an export puts it.
pub(super) fn folder(given: &str) -> Result<String, AppError> {
    let mut parts = Vec::new();
    for part in given.split('/').map(str::trim).filter(|part| !part.is_empty()) {
        let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
        if let Some(sign) = part.chars().find(|c| odd(*c)) {
            let sign = if sign.is_control() { "a control character".to_owned() } else { format!("“{sign}”") };
            return Err(wrong(format!("A folder's name cannot hold {sign}: an export makes a folder of it on disk.")));
        }
        if part.starts_with('.') || part.ends_with('.') {
            return Err(wrong("A folder's name neither begins nor ends with a full stop."));
        }
        if part.chars().count() > LONGEST {
            return Err(wrong(format!("A folder's name has at most {LONGEST} letters.")));
        }
        parts.push(part);
    }
    if parts.len() > DEEPEST {
        return Err(wrong(format!("Folders go {DEEPEST} deep at most.")));
    }
    Ok(parts.join("/"))
}

/// Tags: trimmed, without a leading `#`, each once.
///
/// # Errors
/// `InvalidStatement` for too many or too long ones.
pub(super) fn tags(given: &[String]) -> Result<Vec<String>, AppError> {
    let mut kept: Vec<String> = Vec::new();
    for tag in given.iter().flat_map(|tag| tag.split([',', '\n', '\r'])) {
        let tag = tag.trim().trim_start_matches('#').trim();
        if tag.is_empty() || kept.iter().any(|known| key(known) == key(tag)) {
            continue;
        }
        if tag.chars().count() > LONGEST_TAG || tag.chars().any(char::is_control) {
            return Err(wrong(format!("A tag is a word or two: at most {LONGEST_TAG} letters.")));
        }
        kept.push(tag.to_owned());
    }
    if kept.len() > MOST_TAGS {
        return Err(wrong(format!("A saved query has at most {MOST_TAGS} tags.")));
    }
    Ok(kept)
}

/// The folder and every one it is in, outermost first; none for the top.
pub(super) fn with_parents(folder: &str) -> Vec<&str> {
    let ends = folder.match_indices('/').map(|(at, _)| at);
    ends.chain((!folder.is_empty()).then_some(folder.len())).filter_map(|end| folder.get(..end)).collect()
}

/// Folder and name as one path.
pub(super) fn path(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn wrong(message: impl Into<String>) -> AppError {
    AppError::new(ErrorCode::InvalidStatement, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_is_what_could_be_one_on_a_disk() {
        assert_eq!(folder(" / Sales // by day/ ").unwrap(), "Sales/by day");
        assert_eq!(folder("").unwrap(), "");
        for odd in ["a/../b", ".git", "a:b", "a\\b", "x\u{0}", "end.", &"d/".repeat(17), &"l".repeat(121)] {
            assert_eq!(folder(odd).unwrap_err().code, ErrorCode::InvalidStatement, "{odd:?}");
        }
        assert_eq!(with_parents("a/b/c"), ["a", "a/b", "a/b/c"]);
        assert!(with_parents("").is_empty());
    }

    #[test]
    fn a_tag_is_kept_once_however_it_is_written() {
        let given = ["#Sales, daily", "sales", " ", "GRÖẞE"].map(str::to_owned);
        assert_eq!(tags(&given).unwrap(), ["Sales", "daily", "GRÖẞE"]);
        assert!(tags(&["x".repeat(61)]).is_err());
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name("  Orders / day ").unwrap(), "Orders / day");
        for odd in ["", " \t", "a\nb", &"n".repeat(121)] {
            assert!(name(odd).is_err(), "{odd:?}");
        }
    }
}
