//! Names that statements of ours give to new objects.

/// The longest name of the shortest-minded server.
const MOST_BYTES: usize = 63;

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
}
