//! The order of versions.

use std::cmp::Ordering;

/// Compares two versions as tools do: by the numbers between their dots and underscores, and what is no number as text. `1.2` comes before
/// `1.10`, `0002_b` after `0001_z`; an empty one, as of Flyway's repeatable migrations, comes last.
pub fn order(left: &str, right: &str) -> Ordering {
    let empty = left.is_empty().cmp(&right.is_empty());
    empty.then_with(|| {
        let (mut left, mut right) = (parts(left), parts(right));
        loop {
            match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                // `1` and `1.0` are one version to Flyway.
                (Some(part), None) if is_zero(part) => {}
                (None, Some(part)) if is_zero(part) => {}
                (Some(_), None) => return Ordering::Greater,
                (None, Some(_)) => return Ordering::Less,
                (Some(left), Some(right)) => {
                    let ordering = one(left, right);
                    if ordering != Ordering::Equal {
                        return ordering;
                    }
                }
            }
        }
    })
}

fn parts(version: &str) -> impl Iterator<Item = &str> {
    version.split(['.', '_'])
}

fn is_zero(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte == b'0')
}

/// Numbers of any length; a number comes before a word.
fn one(left: &str, right: &str) -> Ordering {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (number(left), number(right)) {
        (true, true) => {
            let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let mut versions = vec!["", "10", "1.10", "2", "1.2", "20261122093000", "1", "0001_b", "0001_a"];
        versions.sort_by(|left, right| order(left, right));
        assert_eq!(versions, ["1", "1.2", "1.10", "0001_a", "0001_b", "2", "10", "20261122093000", ""]);
        assert!(order("1", "1.0").is_eq());
        assert!(order("99999999999999999999998", "99999999999999999999999").is_lt());
    }
}
