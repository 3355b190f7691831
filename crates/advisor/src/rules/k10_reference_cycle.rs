use std::collections::HashMap;

use catalog::{RelationId, RelationWalker};

use crate::{Context, Object, rule::Found, rule::Reason};

crate::rule::rule! {
    /// Tables refer to each other in a circle.
    ///
    /// **Why.** None of them can be filled first, restored first or emptied first. Where every key of the circle is NOT NULL and checked at
    /// once, no row can be inserted at all.
    ///
    /// **How to fix it.** Let one of the keys take NULL, or declare it `DEFERRABLE INITIALLY DEFERRED`, or move it to a table of its own.
    ///
    /// **False positives.** A circle that is meant, such as a team with its captain, who is a member. A table that refers to itself is a tree
    /// and is left alone.
    ///
    /// ```sql,fires
    /// create table teams (id int primary key, captain_id int);
    /// create table players (id int primary key, team_id int not null references teams);
    /// alter table teams add foreign key (captain_id) references players;
    /// ```
    ///
    /// ```sql,silent
    /// create table folders (id int primary key, parent_id int references folders);
    /// ```
    "K-10" "reference_cycle" Info "Tables that refer to each other in a circle"
    on [Postgres, MySql, Sqlite] needs [Schemas, Relations, ForeignKeys]
}

fn check(context: &Context<'_>, found: &mut Found) -> Result<(), Reason> {
    let mut edges: HashMap<RelationId, Vec<RelationId>> = HashMap::new();
    for table in context.relations() {
        let targets = table.foreign_keys().iter().filter_map(|key| key.referenced).filter(|to| *to != table.id());
        edges.insert(table.id(), targets.collect());
    }
    for circle in circles(&edges) {
        let mut members: Vec<RelationWalker<'_>> =
            circle.into_iter().filter_map(|id| context.catalog.relation(id)).collect();
        members.sort_by_key(|member| (member.schema(), member.row().name.as_str()));
        let names: Vec<&str> = members.iter().map(|member| member.row().name.as_str()).collect();
        let Some(first) = members.first() else { continue };
        let message = format!("These refer to each other in a circle: {}.", crate::names::listed(&names));
        let finding = found.add(Object::of(*first), message);
        for name in names.iter().skip(1) {
            finding.told_apart_by(name);
        }
    }
    Ok(())
}

/// Strongly connected groups of more than one, after Tarjan, without recursion: a chain of references may be long.
fn circles(edges: &HashMap<RelationId, Vec<RelationId>>) -> Vec<Vec<RelationId>> {
    #[derive(Clone, Copy)]
    struct Seen {
        number: usize,
        low: usize,
        open: bool,
    }
    let mut seen: HashMap<RelationId, Seen> = HashMap::new();
    let (mut stack, mut found) = (Vec::new(), Vec::new());
    let mut starts: Vec<RelationId> = edges.keys().copied().collect();
    starts.sort();
    for start in starts {
        if seen.contains_key(&start) {
            continue;
        }
        let mut path = vec![(start, 0usize)];
        while let Some((id, next)) = path.pop() {
            if next == 0 {
                let number = seen.len();
                seen.insert(id, Seen { number, low: number, open: true });
                stack.push(id);
            }
            let targets = edges.get(&id).map_or(&[][..], Vec::as_slice);
            if let Some(target) = targets.get(next) {
                path.push((id, next + 1));
                match seen.get(target).copied() {
                    None => path.push((*target, 0)),
                    Some(other) if other.open => {
                        lower(&mut seen, id, other.number, |one, to| one.low = one.low.min(to))
                    }
                    Some(_) => {}
                }
                continue;
            }
            let Some(own) = seen.get(&id).copied() else { continue };
            if let Some((above, _)) = path.last() {
                lower(&mut seen, *above, own.low, |one, to| one.low = one.low.min(to));
            }
            if own.low == own.number {
                let mut group = Vec::new();
                while let Some(member) = stack.pop() {
                    lower(&mut seen, member, 0, |one, _| one.open = false);
                    group.push(member);
                    if member == id {
                        break;
                    }
                }
                if group.len() > 1 {
                    found.push(group);
                }
            }
        }
    }
    return found;

    fn lower(seen: &mut HashMap<RelationId, Seen>, id: RelationId, to: usize, how: impl Fn(&mut Seen, usize)) {
        if let Some(one) = seen.get_mut(&id) {
            how(one, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_however_long_the_way() {
        let id = RelationId;
        let mut edges: HashMap<_, Vec<_>> = (0..50_000).map(|from| (id(from), vec![id(from + 1)])).collect();
        assert!(circles(&edges).is_empty());
        edges.insert(id(50_000), vec![id(49_998)]);
        let mut found = circles(&edges);
        found[0].sort();
        assert_eq!(found, [[id(49_998), id(49_999), id(50_000)]]);
    }
}
