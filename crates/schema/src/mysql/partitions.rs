//! How MySQL and MariaDB divide tables: a clause of the table, with a partition in each element of its list
//! (<https://dev.mysql.com/doc/refman/8.4/en/alter-table-partition-operations.html>).

use sql::TokenKind;

use crate::{
    definition::Server,
    elements,
    partitions::{Bound, Partitioning},
    plan::Loss,
};

/// What a clause begins with.
const PARTITION_BY: &str = "PARTITION BY";

/// A clause, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Divided {
    /// What stands before the list: `PARTITION BY RANGE (id)`.
    pub(crate) by: String,
    /// Names, and what is written behind them: `VALUES LESS THAN (10) ENGINE = InnoDB`.
    pub(crate) partitions: Vec<(String, String)>,
}

impl Divided {
    /// Reads a clause; `None` where it lists no partitions, or more than can be told apart (partitions of partitions).
    pub(crate) fn of(clause: &str, server: Server) -> Option<Self> {
        let dialect = server.dialect();
        let tokens: Vec<_> =
            sql::tokenize(clause, dialect).into_iter().filter(|token| !token.kind.is_trivia()).collect();
        // The list is the last parenthesis that is open at the outside, and begins with PARTITION.
        let mut depth = 0_usize;
        let mut open = None;
        for (place, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::OpenParen => {
                    if depth == 0 {
                        open = Some(place);
                    }
                    depth += 1;
                }
                TokenKind::CloseParen => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        let (open, close) = (open?, tokens.last().filter(|token| token.kind == TokenKind::CloseParen)?);
        let start = tokens.get(open)?.span;
        let by = clause.get(..start.start)?.trim().to_owned();
        let upper = by.to_ascii_uppercase();
        if upper.contains("SUBPARTITION") || !(upper.contains("RANGE") || upper.contains("LIST")) {
            return None;
        }
        let mut partitions = Vec::new();
        for item in items(clause.get(start.end..close.span.start)?, server) {
            let words = elements::words(item, dialect, 2);
            let ((_, word), (_, name)) = (words.first()?, words.get(1)?);
            if !word.eq_ignore_ascii_case("PARTITION") {
                return None;
            }
            partitions.push((elements::name(name), elements::behind(item, dialect, 2).to_owned()));
        }
        Some(Divided { by, partitions })
    }

    /// The same with one more, before what takes all the rest; `None` where it has no such bound.
    fn with(mut self, name: &str, bound: &Bound, server: Server) -> Option<Self> {
        let values = server.values_of(bound)?;
        let is_last = |rest: &str| {
            let upper = rest.to_ascii_uppercase();
            upper.contains("MAXVALUE") || upper.starts_with("DEFAULT")
        };
        // Each says the engine of its table.
        let engine = self.partitions.first().and_then(|(_, rest)| rest.find(" ENGINE").and_then(|at| rest.get(at..)));
        let one = (name.to_owned(), format!("{values}{}", engine.unwrap_or_default()));
        let place = match self.partitions.last() {
            Some((_, rest)) if is_last(rest) => self.partitions.len() - 1,
            _ => self.partitions.len(),
        };
        self.partitions.insert(place, one);
        Some(self)
    }

    /// The whole clause.
    fn text(&self) -> String {
        format!("{}\n({})", self.by, list(&self.partitions).replace(", PARTITION", ",\n PARTITION"))
    }
}

impl Server {
    /// The partitions that a clause of MySQL or MariaDB lists: names, and what is written behind them; `None` where it lists none.
    pub fn clause_partitions(self, clause: &str) -> Option<Vec<(String, String)>> {
        Divided::of(clause, self).map(|one| one.partitions)
    }

    /// How a clause divides, where it lists partitions and there are fields for all of it: `RANGE COLUMNS` is a range of columns.
    pub(crate) fn clause_partitioning(self, clause: &str) -> Option<Partitioning> {
        let by = Divided::of(clause, self)?.by;
        let how = by.get(PARTITION_BY.len()..).filter(|_| by.to_ascii_uppercase().starts_with(PARTITION_BY))?.trim();
        let open = how.find('(')?;
        let (way, keys) = how.split_at(open);
        let way = way.split_whitespace().next().unwrap_or_default();
        Partitioning::of(self, &format!("{way} {keys}"))
    }

    /// The clause with one partition more; `None` where it lists none, or has no such bound.
    pub fn clause_with(self, clause: &str, name: &str, bound: &Bound) -> Option<String> {
        Divided::of(clause, self)?.with(name, bound, self).map(|one| one.text())
    }

    /// The clause without a partition; `None` where it has none of this name.
    pub fn clause_without(self, clause: &str, name: &str) -> Option<String> {
        let mut divided = Divided::of(clause, self)?;
        let before = divided.partitions.len();
        divided.partitions.retain(|(own, _)| own != name);
        (divided.partitions.len() < before).then(|| divided.text())
    }
}

/// The elements of a list.
fn items(list: &str, server: Server) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_usize, 0_usize, Vec::new());
    for token in sql::tokenize(list, server.dialect()) {
        match token.kind {
            TokenKind::OpenParen => depth += 1,
            TokenKind::CloseParen => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => {
                found.push(list.get(from..token.span.start).unwrap_or_default().trim());
                from = token.span.end;
            }
            _ => {}
        }
    }
    found.push(list.get(from..).unwrap_or_default().trim());
    found
}

fn list(all: &[(String, String)]) -> String {
    let one = |(name, rest): &(String, String)| format!("PARTITION `{}` {rest}", name.replace('`', "``"));
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The clauses of ALTER TABLE that divide a table so, with what each loses. Only partitions that differ are touched where that can be;
/// otherwise all rows are divided anew, which keeps them or is refused.
pub(super) fn change(from: Option<&str>, to: &str, server: Server) -> Vec<(String, Option<Loss>)> {
    let whole = || vec![(to.to_owned(), None)];
    let (Some(before), Some(after)) = (from.and_then(|text| Divided::of(text, server)), Divided::of(to, server)) else {
        return whole();
    };
    if before.by != after.by {
        return whole();
    }
    let (old, new) = (&before.partitions, &after.partitions);
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let end = old.iter().skip(start).rev().zip(new.iter().skip(start).rev()).take_while(|(one, other)| one == other);
    let end = end.count();
    let gone = old.get(start..old.len() - end).unwrap_or_default();
    let come = new.get(start..new.len() - end).unwrap_or_default();
    let names = |all: &[(String, String)]| {
        all.iter().map(|(name, _)| format!("`{}`", name.replace('`', "``"))).collect::<Vec<_>>().join(", ")
    };
    match (gone, come) {
        (gone, []) => vec![(format!("DROP PARTITION {}", names(gone)), Some(Loss::PartitionRows))],
        ([], come) if end == 0 => vec![(format!("ADD PARTITION ({})", list(come)), None)],
        // Between others a new one is cut out of the one behind it.
        ([], come) => {
            let next = old.get(start..=start).unwrap_or_default();
            let both: Vec<(String, String)> = come.iter().chain(next).cloned().collect();
            vec![(format!("REORGANIZE PARTITION {} INTO ({})", names(next), list(&both)), None)]
        }
        (gone, come) => vec![(format!("REORGANIZE PARTITION {} INTO ({})", names(gone), list(come)), None)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(from: &str, to: &str) -> Vec<String> {
        let clause = |list: &str| format!("PARTITION BY RANGE (`id`)\n({list})");
        let found = change(Some(&clause(from)), &clause(to), Server::mariadb(110_800));
        found
            .into_iter()
            .map(|(text, loses)| match loses {
                Some(loses) => format!("{text} -- {}", loses.words()),
                None => text,
            })
            .collect()
    }

    const A: &str = "PARTITION `a` VALUES LESS THAN (10) ENGINE = InnoDB";
    const B: &str = "PARTITION `b` VALUES LESS THAN (20, 'x(,') ENGINE = InnoDB";
    const C: &str = "PARTITION `c` VALUES LESS THAN MAXVALUE ENGINE = InnoDB";

    #[test]
    fn only_partitions_that_differ_are_touched() {
        assert_eq!(changed(A, &format!("{A},\n {C}")), [format!("ADD PARTITION ({C})")]);
        assert_eq!(
            changed(&format!("{A}, {B}, {C}"), &format!("{B}, {C}")),
            ["DROP PARTITION `a` -- the rows of the partition".to_owned()]
        );
        assert_eq!(
            changed(&format!("{A}, {C}"), &format!("{A}, {B}, {C}")),
            [format!("REORGANIZE PARTITION `c` INTO ({B}, {C})")]
        );
        assert_eq!(changed(&format!("{A}, {B}"), C), [format!("REORGANIZE PARTITION `a`, `b` INTO ({C})")]);
    }

    #[test]
    fn a_partition_is_added_before_what_takes_all_the_rest() {
        let server = Server::mariadb(110_800);
        let clause = format!("PARTITION BY RANGE (`id`) ({A},\n {C})");
        let bound = Bound::Range { from: Vec::new(), to: vec!["15".to_owned()] };
        let with = server.clause_with(&clause, "mid`le", &bound).unwrap();
        let new = "PARTITION `mid``le` VALUES LESS THAN (15) ENGINE = InnoDB";
        assert_eq!(with, format!("PARTITION BY RANGE (`id`)\n({A},\n {new},\n {C})"));
        assert_eq!(
            server.clause_without(&with, "mid`le").as_deref(),
            Some(format!("PARTITION BY RANGE (`id`)\n({A},\n {C})").as_str())
        );
        assert_eq!(server.clause_without(&with, "other"), None);
        let columns = with.replace("RANGE (`id`)", "RANGE  COLUMNS(`id`,`b`)");
        let form = server.clause_partitioning(&columns).unwrap();
        assert_eq!(form.keys.iter().map(|key| key.text.as_str()).collect::<Vec<_>>(), ["id", "b"]);
        assert_eq!(server.clause_with("PARTITION BY HASH (`id`) PARTITIONS 2", "x", &bound), None);
    }

    #[test]
    fn what_is_divided_otherwise_is_divided_anew() {
        let server = Server::mariadb(110_800);
        let hash = "PARTITION BY HASH (`id`)\nPARTITIONS 4";
        assert_eq!(change(None, hash, server), [(hash.to_owned(), None)]);
        assert_eq!(change(Some("PARTITION BY HASH (`id`)\nPARTITIONS 2"), hash, server), [(hash.to_owned(), None)]);
        let nested = format!("PARTITION BY RANGE (`id`) SUBPARTITION BY HASH (`id`) SUBPARTITIONS 2 ({A})");
        assert_eq!(Divided::of(&nested, server), None);
        assert_eq!(Divided::of("PARTITION BY RANGE (`id`", server), None);
    }
}
