//! Who waits for whom, as a tree: who is in the way stands above those who wait.

use std::collections::{BTreeMap, BTreeSet};

use app::api::{ActivityMoment, ActivityWait};

use super::cells::{age, doing, line, text};

pub(super) const HEADS: [&str; 6] = ["SESSION", "USER", "STATE", "WAITS FOR", "SINCE", "STATEMENT"];

/// The rows of the tree, from its roots; each line of a branch is indented under who is in its way.
pub(super) fn rows(moment: &ActivityMoment) -> Vec<Vec<String>> {
    let mut behind: BTreeMap<String, Vec<&ActivityWait>> = BTreeMap::new();
    for wait in &moment.waits {
        behind.entry(blocker(wait)).or_default().push(wait);
    }
    let waiters: BTreeSet<&str> = moment.waits.iter().map(|wait| wait.waiter.as_str()).collect();
    let mut roots: Vec<String> = behind.keys().filter(|name| !waiters.contains(name.as_str())).cloned().collect();
    let mut drawing = Drawing { moment, behind, seen: BTreeSet::new(), rows: Vec::new() };
    for root in &roots {
        drawing.branch(root, None, &mut Vec::new());
    }
    // Sessions that wait for each other have no root: a deadlock until the server ends it.
    roots = drawing.behind.keys().cloned().collect();
    for root in roots {
        if !drawing.seen.contains(&root) {
            drawing.branch(&root, None, &mut Vec::new());
        }
    }
    drawing.rows
}

fn blocker(wait: &ActivityWait) -> String {
    match (&wait.blocker, &wait.prepared) {
        (Some(session), _) => session.clone(),
        (None, Some(name)) => format!("prepared transaction {name}"),
        (None, None) => "not told".to_owned(),
    }
}

struct Drawing<'a> {
    moment: &'a ActivityMoment,
    behind: BTreeMap<String, Vec<&'a ActivityWait>>,
    seen: BTreeSet<String>,
    rows: Vec<Vec<String>>,
}

impl<'a> Drawing<'a> {
    fn branch(&mut self, name: &str, wait: Option<&'a ActivityWait>, above: &mut Vec<String>) {
        let session = self.moment.sessions.iter().find(|session| session.id == name);
        let indent = match above.len() {
            0 => String::new(),
            depth => format!("{}└ ", "  ".repeat(depth - 1)),
        };
        let wanted = wait.map(|wait| {
            let mode = wait.wanted.as_ref().map(|mode| format!(" ({mode})")).unwrap_or_default();
            format!("{}{mode}", text(&wait.object))
        });
        let again = above.iter().any(|one| one == name);
        self.rows.push(vec![
            format!("{indent}{name}{}", if again { " (again: a circle)" } else { "" }),
            session.map(|session| text(&session.user)).unwrap_or_default(),
            session.map(|session| doing(session.doing).to_owned()).unwrap_or_default(),
            wanted.unwrap_or_default(),
            age(wait.and_then(|wait| wait.waiting_ms).or(session.and_then(|session| session.doing_ms)), true),
            session.map(|session| line(&text(&session.statement))).unwrap_or_default(),
        ]);
        self.seen.insert(name.to_owned());
        if again {
            return;
        }
        above.push(name.to_owned());
        for wait in self.behind.get(name).cloned().unwrap_or_default() {
            self.branch(&wait.waiter, Some(wait), above);
        }
        above.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(edges: &[(&str, Option<&str>)]) -> ActivityMoment {
        let wait = |(waiter, blocker): &(&str, Option<&str>)| ActivityWait {
            waiter: (*waiter).to_owned(),
            blocker: blocker.map(str::to_owned),
            prepared: None,
            object: Some("t".to_owned()),
            wanted: None,
            held: None,
            waiting_ms: None,
        };
        ActivityMoment { at_ms: 0, sessions: Vec::new(), waits: edges.iter().map(wait).collect(), unseen: Vec::new() }
    }

    fn names(edges: &[(&str, Option<&str>)]) -> Vec<String> {
        rows(&moment(edges)).into_iter().filter_map(|row| row.into_iter().next()).collect()
    }

    #[test]
    fn who_is_in_the_way_stands_above_those_who_wait() {
        assert_eq!(names(&[("2", Some("1")), ("3", Some("2")), ("4", Some("1"))]), ["1", "└ 2", "  └ 3", "└ 4"]);
        assert_eq!(names(&[("7", None)]), ["not told", "└ 7"]);
        assert_eq!(names(&[]), [""; 0]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(names(&[("2", Some("1")), ("1", Some("2"))]), ["1", "└ 2", "  └ 1 (again: a circle)"]);
        assert_eq!(names(&[("1", Some("1"))]), ["1", "└ 1 (again: a circle)"]);
    }
}
