//! `Match`: whether its criteria hold.

use super::{Found, Given, Place, tokens, wrong};
use crate::{Error, ssh::pattern};

pub(super) fn holds(
    place: &Place,
    arguments: &[String],
    given: &Given<'_>,
    found: &mut Found,
    last_pass: bool,
) -> Result<bool, Error> {
    let mut holds = true;
    let mut words = arguments.iter();
    let mut any = false;
    while let Some(word) = words.next() {
        any = true;
        let (negated, name) = match word.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, word.as_str()),
        };
        let (name, joined) = match name.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (name, None),
        };
        let name = name.to_ascii_lowercase();
        let result = match name.as_str() {
            "all" => true,
            "final" => {
                // Seen even where an earlier criterion failed: the files are read once more.
                found.wants_final = true;
                last_pass
            }
            "canonical" => last_pass && found.wants_final,
            _ => {
                let value = joined
                    .or_else(|| words.next().cloned())
                    .ok_or_else(|| wrong(place, &format!("Match {name} wants a value")))?;
                match criterion(place, &name, &value, given, found, holds)? {
                    Some(result) => result,
                    // What is not evaluated holds in neither form.
                    None => negated,
                }
            }
        };
        holds &= result != negated;
    }
    if !any {
        return Err(wrong(place, "Match wants a criterion"));
    }
    Ok(holds)
}

fn criterion(
    place: &Place,
    name: &str,
    value: &str,
    given: &Given<'_>,
    found: &mut Found,
    reached: bool,
) -> Result<Option<bool>, Error> {
    let exactly = |text: &str| pattern::any_exactly(value.split(','), text);
    let listed = |text: &str| pattern::any(value.split(','), text);
    Ok(Some(match name {
        "host" => {
            let names = [('h', given.name), ('n', given.name)];
            let host = found.word("hostname").and_then(|host| tokens(host, &names).ok());
            listed(host.as_deref().unwrap_or(given.name))
        }
        "originalhost" => listed(given.name),
        "user" => {
            let user = given.user.or_else(|| found.word("user")).unwrap_or(given.local_user);
            exactly(user)
        }
        "localuser" => exactly(given.local_user),
        "exec" | "localnetwork" | "tagged" | "command" | "sessiontype" | "version" => {
            let note = format!("{place}: Match {name} is not evaluated and counts as not met.");
            if reached && !found.notes.contains(&note) {
                found.notes.push(note);
            }
            return Ok(None);
        }
        _ => return Err(wrong(place, &format!("Match {name} is unknown"))),
    }))
}
