//! Which objects of a set have arrived, where the server did not say so of all of it.
//!
//! What is as it was has not arrived, and what is as it was to be has. Anything else is ours as the server writes it, or somebody else was
//! there at the same time. It is ours where the server said that all statements about it are kept. Where the answer of one of them was
//! lost, it is ours if nothing else of it differs than what the set changes, and nothing that a server does not only write otherwise.
//! What is not ours stays staged, and is told as what it is: changed by somebody else.

use std::collections::BTreeSet;

use catalog::ObjectKey;
use schema::{Body, Comparison, Definition, Object, What};

/// What a server says of an object that nobody said.
const IMPLIED: [&str; 4] = ["owner", "privileges", "collation", "options"];
/// Texts that a server keeps in its own words.
const REWRITTEN: [&str; 5] = ["query", "definition", "partitioned by", "partition of", "valid until"];

/// How far a set came: the statements in their order, and what is known of them.
pub(super) struct Sent<'a> {
    /// What each is about.
    pub(super) about: Vec<&'a ObjectKey>,
    /// So many are kept for sure.
    pub(super) kept: usize,
    /// Nobody knows of these.
    pub(super) unheard: std::ops::Range<usize>,
}

/// How much of what a set does to an object has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Nothing,
    /// The object is neither as it was nor as it is to be, by our own statements.
    Part,
    All,
}

impl Sent<'_> {
    /// The statements about an object, or about what it is part of.
    fn of(&self, key: &ObjectKey) -> Vec<usize> {
        let is_about =
            |step: &ObjectKey| step == key || key.schema == step.schema && key.signature.as_ref() == Some(&step.name);
        self.about.iter().enumerate().filter(|(_, step)| is_about(step)).map(|(place, _)| place).collect()
    }

    /// How much of an object that was to become `after` has arrived.
    pub(super) fn came(
        &self,
        key: &ObjectKey,
        before: Option<&Object>,
        after: Option<&Object>,
        now: Option<&Object>,
    ) -> Came {
        if same(key, before, now) {
            return Came::Nothing;
        }
        if same(key, after, now) {
            return Came::All;
        }
        let places = self.of(key);
        if !places.is_empty() && places.iter().all(|place| *place < self.kept) {
            return Came::All;
        }
        let some_kept = places.iter().any(|place| *place < self.kept);
        if some_kept || places.is_empty() || places.iter().any(|place| self.unheard.contains(place)) {
            match ours(key, before, after, now) {
                Ours::Whole => return Came::All,
                Ours::Part if some_kept => return Came::Part,
                Ours::Part | Ours::No => {}
            }
        }
        Came::Nothing
    }
}

/// Whether what is there now can be what a set made of it.
enum Ours {
    Whole,
    Part,
    No,
}

fn ours(key: &ObjectKey, before: Option<&Object>, after: Option<&Object>, now: Option<&Object>) -> Ours {
    let (Some(after), Some(now)) = (after, now) else { return Ours::No };
    if std::mem::discriminant(&after.body) != std::mem::discriminant(&now.body) || !is_like(&after.body, &now.body) {
        return Ours::No;
    }
    let written =
        differing(key, after, now).iter().all(|(name, meant, found)| match (meant.as_deref(), found.as_deref()) {
            (Some(meant), Some(found)) => REWRITTEN.contains(name) || is_spelled(name, meant, found),
            (None, Some(found)) => IMPLIED.contains(name) || *name == "default" && found.eq_ignore_ascii_case("NULL"),
            (_, None) => false,
        });
    let Some(before) = before else { return if written { Ours::Whole } else { Ours::Part } };
    let names = |from: &Object, to: &Object| -> BTreeSet<&'static str> {
        differing(key, from, to).into_iter().map(|(name, ..)| name).collect()
    };
    let (meant, found) = (names(before, after), names(before, now));
    if written && meant == found {
        Ours::Whole
    } else if found.is_subset(&meant) {
        Ours::Part
    } else {
        Ours::No
    }
}

/// What a key or an index is of, whatever its text.
fn is_like(one: &Body, other: &Body) -> bool {
    match (one, other) {
        (Body::Index(one), Body::Index(other)) => one.relation == other.relation && one.unique == other.unique,
        (Body::ForeignKey(one), Body::ForeignKey(other)) => {
            one.columns == other.columns
                && one.references == other.references
                && one.referenced_columns == other.referenced_columns
        }
        _ => true,
    }
}

/// Whether two texts differ only in how a server writes them.
fn is_spelled(name: &str, meant: &str, found: &str) -> bool {
    let only = |text: &str, wanted: fn(char) -> bool| -> String {
        text.chars().filter(|one| wanted(*one)).flat_map(char::to_lowercase).collect()
    };
    let begins = |one: &str, other: &str| !one.is_empty() && (other.starts_with(one) || one.starts_with(other));
    if name == "type" {
        let digits = |text: &str| only(text, |one| one.is_ascii_digit());
        let (one, other) = (digits(meant), digits(found));
        let words = |text: &str| only(text, char::is_alphabetic);
        return (one == other || one.is_empty() || other.is_empty()) && begins(&words(meant), &words(found));
    }
    // PostgreSQL says of which type a literal is.
    let bare = |text: &str| only(text.split("::").next().unwrap_or(text), char::is_alphanumeric);
    bare(meant) == bare(found)
}

fn differing(key: &ObjectKey, from: &Object, to: &Object) -> Vec<(&'static str, Option<String>, Option<String>)> {
    let mut found = Vec::new();
    for one in Comparison::between(&alone(key, Some(from)), &alone(key, Some(to))).differences {
        if let What::Changed { facets } = one.what {
            found.extend(facets.into_iter().map(|facet| (facet.name, facet.before, facet.after)));
        }
    }
    found
}

fn alone(key: &ObjectKey, object: Option<&Object>) -> Definition {
    let mut one = Definition::new(schema::Server::postgres(0));
    one.objects.extend(object.map(|object| (key.clone(), object.clone())));
    one
}

/// Whether nothing is said differently of an object.
pub(super) fn same(key: &ObjectKey, before: Option<&Object>, after: Option<&Object>) -> bool {
    before == after || Comparison::between(&alone(key, before), &alone(key, after)).is_empty()
}

#[cfg(test)]
mod tests {
    use schema::Column;

    use super::*;

    fn column(change: impl FnOnce(&mut Column)) -> Object {
        let mut column = Column::new("integer");
        change(&mut column);
        let key = key();
        let mut one = Definition::new(schema::Server::postgres(0));
        one.insert(key.clone(), Body::Column(column));
        one.objects[&key].clone()
    }

    fn key() -> ObjectKey {
        ObjectKey::column(&ObjectKey::relation(None, None, "people"), "born")
    }

    fn told(kept: usize, unheard: std::ops::Range<usize>, before: Option<Object>, after: Object, now: Object) -> Came {
        let own = key();
        let sent = Sent { about: vec![&own], kept, unheard };
        sent.came(&own, before.as_ref(), Some(&after), Some(&now))
    }

    #[test]
    fn what_a_server_writes_otherwise_is_ours_and_what_somebody_else_changed_is_not() {
        let was = || column(|_| {});
        let meant = || column(|one| one.default = Some("'a'".to_owned()));
        let printed = column(|one| one.default = Some("'a'::text".to_owned()));
        assert_eq!(told(0, 0..1, Some(was()), meant(), printed.clone()), Came::All);
        assert_eq!(told(0, 0..0, Some(was()), meant(), printed), Came::Nothing, "it was never sent");
        let theirs = column(|one| one.native_type = "bigint".to_owned());
        assert_eq!(told(0, 0..1, Some(was()), meant(), theirs.clone()), Came::Nothing);
        let another = column(|one| one.default = Some("'b'".to_owned()));
        assert_eq!(told(0, 0..1, Some(was()), meant(), another), Came::Nothing);
        let both = column(|one| {
            one.default = Some("'a'".to_owned());
            one.native_type = "bigint".to_owned();
        });
        assert_eq!(told(0, 0..1, Some(was()), meant(), both.clone()), Came::Nothing, "its answer was lost");
        assert_eq!(told(1, 1..1, Some(was()), meant(), both), Came::All, "the server said that ours is kept");
        assert_eq!(told(1, 1..1, Some(was()), meant(), was()), Came::Nothing, "it was taken back since");
    }

    #[test]
    fn what_is_made_under_the_same_name_by_somebody_else_is_not_ours() {
        let of = |text: &str| column(|one| one.native_type = text.to_owned());
        assert_eq!(told(0, 0..1, None, of("integer"), of("int(11)")), Came::All);
        assert_eq!(told(0, 0..1, None, of("varchar(20)"), of("varchar(30)")), Came::Nothing);
        assert_eq!(told(0, 0..1, None, of("date"), of("text")), Came::Nothing);
    }
}
