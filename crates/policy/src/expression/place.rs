//! Where the grammar stumbles. The library hands on the server's message without its position, so the position is found
//! by reading ever longer beginnings: the grammar stops at the first token it cannot take, so the shortest beginning that
//! gives the same message ends with that token.

use pg_query::ParserOptions;

/// Most beginnings that are tried.
const MOST_TRIES: usize = 200;

/// The byte offset of what the message complains about.
pub(super) fn of(text: &str, message: &str, options: ParserOptions) -> Option<usize> {
    if message.ends_with("at end of input") {
        return Some(text.len());
    }
    let (_, near) = message.split_once("at or near \"")?;
    let near = near.strip_suffix('"')?;
    if near.is_empty() {
        return None;
    }
    text.match_indices(near).take(MOST_TRIES).map(|(at, _)| at).find(|at| {
        let Some(beginning) = text.get(..at + near.len()) else { return false };
        matches!(pg_query::parse(beginning, options), Err(pg_query::Error::Parse(same)) if same == message)
    })
}
