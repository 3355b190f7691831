//! Patterns of ssh: `*`, `?`, lists with commas, `!` in front.

/// Whether the text matches the pattern; case counts not, as host names have none.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    matches_exactly(&pattern.to_lowercase(), &text.to_lowercase())
}

/// Whether the text matches the pattern, and in its case: names of files and users.
pub(super) fn matches_exactly(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on when what followed the last star did not match.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                p += 1;
                retry = Some((p, t));
            }
            Some(wanted) if *wanted == '?' || text.get(t) == Some(wanted) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                p = after_star;
                t = taken + 1;
                retry = Some((after_star, taken + 1));
            }
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

/// Whether one of the patterns matches and no negated one does.
pub(super) fn any<'a>(patterns: impl IntoIterator<Item = &'a str>, text: &str) -> bool {
    listed(patterns, |pattern| matches(pattern, text))
}

/// As [`any`], in its case.
pub(super) fn any_exactly<'a>(patterns: impl IntoIterator<Item = &'a str>, text: &str) -> bool {
    listed(patterns, |pattern| matches_exactly(pattern, text))
}

fn listed<'a>(patterns: impl IntoIterator<Item = &'a str>, matches: impl Fn(&str) -> bool) -> bool {
    let mut found = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(negated) if matches(negated) => return false,
            Some(_) => {}
            None => found |= matches(pattern),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_as_in_ssh() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "anything", true),
            ("db?", "db1", true),
            ("db?", "db", false),
            ("*.example.org", "a.b.example.org", true),
            ("*.example.org", "example.org", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("HOST", "host", true),
            ("192.168.0.?", "192.168.0.1", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_negated_pattern_excludes_and_alone_matches_nothing() {
        assert!(any(["*.org", "!bad.org"], "good.org"));
        assert!(!any(["*.org", "!bad.org"], "bad.org"));
        assert!(!any(["!bad.org"], "good.org"));
    }

    #[test]
    fn many_stars_do_not_take_forever() {
        let pattern = "*a".repeat(200);
        assert!(!matches(&pattern, &"a".repeat(199)));
    }
}
