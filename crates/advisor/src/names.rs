//! Names that statements of ours give to new objects, and how messages list names.

/// The longest name of the shortest-minded server.
const MOST_BYTES: usize = 63;
/// The most names that a message lists: whoever wants all looks at the object.
const MOST_LISTED: usize = 8;

/// The names as a message lists them: a few, and how many more there are.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    // One that is over takes no more room than the words for it.
    let shown = if names.len() > MOST_LISTED + 1 { MOST_LISTED } else { names.len() };
    let mut text = names.iter().take(shown).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if shown < names.len() {
        text.push_str(&format!(" and {} more", names.len() - shown));
    }
    text
}

/// A name of these parts and this ending that is not taken: shortened in its middle, and numbered where need be.
pub(crate) fn free(parts: &[&str], ending: &str, taken: impl Fn(&str) -> bool) -> String {
    let body = parts.join("_");
    for number in 0u32..10_000 {
        let tail = if number == 0 { format!("_{ending}") } else { format!("_{ending}{number}") };
        let name = format!("{}{tail}", cut(&body, MOST_BYTES.saturating_sub(tail.len())));
        if !taken(&name) {
            return name;
        }
    }
    format!("{}_{ending}", cut(&body, MOST_BYTES.saturating_sub(ending.len() + 1)))
}

/// The longest beginning of at most so many bytes that ends between two characters.
fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_free_and_short_enough() {
        assert_eq!(free(&["orders", "customer_id"], "idx", |_| false), "orders_customer_id_idx");
        assert_eq!(free(&["orders"], "idx", |name| name == "orders_idx"), "orders_idx1");
        let long = free(&[&"é".repeat(40)], "idx", |_| false);
        assert!(long.len() <= MOST_BYTES && long.ends_with("_idx") && long.starts_with('é'), "{long}");
    }

    #[test]
    fn messages_list_a_few_names() {
        let names: Vec<String> = (1..=500).map(|number| format!("p{number}")).collect();
        assert_eq!(listed(&names[..2]), "p1, p2");
        assert_eq!(listed(&names[..9]), "p1, p2, p3, p4, p5, p6, p7, p8, p9");
        assert_eq!(listed(&names[..10]), "p1, p2, p3, p4, p5, p6, p7, p8 and 2 more");
        assert!(listed(&names).ends_with("p8 and 492 more"));
    }
}
