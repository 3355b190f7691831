//! CHECK constraints in the forms servers print: what they ask of single columns, as far as they are simple.

use crate::parse::{self, Node, Operator};

/// How a column compares with a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    More,
}

/// What a constraint asks of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// One of these.
    In(Vec<String>),
    /// So compared with this.
    Compare(Comparison, String),
    /// Its count of characters so compared with this.
    Length(Comparison, i128),
    /// Not NULL.
    Present,
}

/// What a CHECK constraint asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Reading {
    /// Columns by name, and what is asked of them.
    pub(crate) rules: Vec<(String, Rule)>,
    /// Whether nothing else is asked.
    pub(crate) whole: bool,
}

/// Reads a constraint.
pub(crate) fn read(text: &str) -> Reading {
    let mut rules = Vec::new();
    let whole = parse::parse(text).is_some_and(|node| collect(&node, &mut rules));
    Reading { rules, whole }
}

/// Adds what a condition asks; whether that is all of it.
fn collect(node: &Node, rules: &mut Vec<(String, Rule)>) -> bool {
    match node {
        // Every part is read, also after one that cannot be.
        Node::And(parts) => parts.iter().filter(|part| !collect(part, rules)).count() == 0,
        Node::Or(parts) => match either(parts) {
            Some(found) => {
                rules.extend(found);
                true
            }
            None => false,
        },
        Node::Compare(operator, left, right) => comparison(*operator, left, right, rules),
        Node::In(tested, words) => match (&**tested, literals(words)) {
            (Node::Column(column), Some(words)) => {
                rules.push((column.clone(), Rule::In(words)));
                true
            }
            _ => false,
        },
        Node::Between(tested, low, high) => {
            comparison(Operator::AtLeast, tested, low, rules) & comparison(Operator::AtMost, tested, high, rules)
        }
        Node::Null { tested, not: true } => match &**tested {
            Node::Column(column) => {
                rules.push((column.clone(), Rule::Present));
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// `a = 1 OR a = 2` is a list of words, and `a IS NULL OR …` says nothing new, since NULL passes every check.
fn either(parts: &[Node]) -> Option<Vec<(String, Rule)>> {
    let mut free: Option<String> = None;
    let mut rules = Vec::new();
    let mut rest = 0;
    for part in parts {
        if let Node::Null { tested, not: false } = part
            && let Node::Column(column) = &**tested
        {
            free = Some(column.clone());
            continue;
        }
        rest += 1;
        if !collect(part, &mut rules) {
            return None;
        }
    }
    let column = rules.first()?.0.clone();
    if rules.iter().any(|(name, _)| *name != column) || free.is_some_and(|free| free != column) {
        return None;
    }
    if rest == 1 {
        return Some(rules);
    }
    let mut words = Vec::new();
    for (_, rule) in rules {
        match rule {
            Rule::In(more) => words.extend(more),
            Rule::Compare(Comparison::Equal, word) => words.push(word),
            _ => return None,
        }
    }
    Some(vec![(column, Rule::In(words))])
}

fn comparison(operator: Operator, left: &Node, right: &Node, rules: &mut Vec<(String, Rule)>) -> bool {
    if let (Operator::Equal, Node::Column(column), Node::Any(words)) = (operator, left, right) {
        return match literals(words) {
            Some(words) => {
                rules.push((column.clone(), Rule::In(words)));
                true
            }
            None => false,
        };
    }
    let Some(asked) = compared(operator) else { return false };
    let (tested, asked, literal) = match (literal(left), literal(right)) {
        (None, Some(literal)) => (left, asked, literal),
        (Some(literal), None) => (right, turned(asked), literal),
        _ => return false,
    };
    match tested {
        Node::Column(column) => rules.push((column.clone(), Rule::Compare(asked, literal))),
        Node::Call(name, arguments) if measures(name) => {
            let (Some(Node::Column(column)), Ok(characters)) = (arguments.first().map(untrimmed), literal.parse())
            else {
                return false;
            };
            rules.push((column.clone(), Rule::Length(asked, characters)));
        }
        // A trimmed column is the column: no text made here begins or ends with a space.
        Node::Call(..) => match untrimmed(tested) {
            Node::Column(column) => rules.push((column.clone(), Rule::Compare(asked, literal))),
            _ => return false,
        },
        _ => return false,
    }
    true
}

fn untrimmed(node: &Node) -> &Node {
    match node {
        Node::Call(name, arguments) if ["trim", "btrim", "ltrim", "rtrim"].contains(&name.as_str()) => {
            match arguments.as_slice() {
                [only] => only,
                _ => node,
            }
        }
        _ => node,
    }
}

fn measures(function: &str) -> bool {
    ["length", "char_length", "character_length", "len"].contains(&function)
}

fn compared(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Less => Comparison::Less,
        Operator::AtMost => Comparison::AtMost,
        Operator::Equal => Comparison::Equal,
        Operator::Unequal => Comparison::Unequal,
        Operator::AtLeast => Comparison::AtLeast,
        Operator::More => Comparison::More,
        Operator::Other => return None,
    })
}

fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::More,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::AtLeast => Comparison::AtMost,
        Comparison::More => Comparison::Less,
        same => same,
    }
}

fn literal(node: &Node) -> Option<String> {
    match node {
        Node::Literal(text) => Some(text.clone()),
        _ => None,
    }
}

fn literals(nodes: &[Node]) -> Option<Vec<String>> {
    nodes.iter().map(literal).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::*;

    fn whole(text: &str) -> Vec<(String, Rule)> {
        let reading = read(text);
        assert!(reading.whole, "{text}: {:?}", reading.rules);
        reading.rules
    }

    fn one_of(column: &str, words: &[&str]) -> Vec<(String, Rule)> {
        vec![(column.to_owned(), Rule::In(words.iter().map(|&word| word.to_owned()).collect()))]
    }

    fn compare(column: &str, comparison: Comparison, literal: &str) -> (String, Rule) {
        (column.to_owned(), Rule::Compare(comparison, literal.to_owned()))
    }

    #[test]
    fn lists_of_words_are_read_as_every_server_prints_them() {
        for text in [
            "CHECK (((state)::text = ANY ((ARRAY['new'::character varying, 'it''s'::character varying])::text[])))",
            "CHECK ((state = ANY (ARRAY['new'::text, 'it''s'::text]))) NOT VALID",
            "(`state` in (_utf8mb4'new',_utf8mb4'it''s'))",
            r"(`state` in (_utf8mb4\'new\',_utf8mb4\'it\'\'s\'))",
            "([state]='new' OR [state]=N'it''s')",
            "\"state\" IN ('new', 'it''s')",
            "state IS NULL OR state IN ('new', 'it''s')",
        ] {
            assert_eq!(whole(text), one_of("state", &["new", "it's"]), "{text}");
        }
    }

    #[test]
    fn comparisons_are_read_with_casts_turned_around_and_between() {
        assert_eq!(whole("CHECK ((price > (0)::numeric))"), [compare("price", Comparison::More, "0")]);
        assert_eq!(whole("CHECK ((t >= '-90'::integer))"), [compare("t", Comparison::AtLeast, "-90")]);
        assert_eq!(whole("CHECK ((t >= (-90.5)::double precision))"), [compare("t", Comparison::AtLeast, "-90.5")]);
        assert_eq!(whole("(0) < [n]"), [compare("n", Comparison::More, "0")]);
        assert_eq!(
            whole(
                "CHECK (((d >= '2020-01-01'::date) AND (at < '2021-01-01 00:00:00'::timestamp(3) without time zone)))"
            ),
            [compare("d", Comparison::AtLeast, "2020-01-01"), compare("at", Comparison::Less, "2021-01-01 00:00:00")]
        );
        let both = [compare("n", Comparison::AtLeast, "1"), compare("n", Comparison::AtMost, "5")];
        assert_eq!(whole("(`n` between 1 and 5)"), both);
        assert_eq!(whole("n BETWEEN 1 AND 5 AND m <> CAST('7' AS int)")[..2], both);
    }

    #[test]
    fn lengths_are_read() {
        let rule = Rule::Length(Comparison::AtMost, 10);
        for text in ["CHECK ((char_length((name)::text) <= 10))", "(len([name])<=(10))", "LENGTH(TRIM(name)) <= 10"] {
            assert_eq!(whole(text), [("name".to_owned(), rule.clone())], "{text}");
        }
    }

    #[test]
    fn what_is_not_simple_is_not_whole_and_the_simple_part_is_kept() {
        for text in
            ["CHECK ((a < b))", "a LIKE 'x%'", "a ~ '^x'", "NOT a", "a = 1 OR b = 2", "a + 1 > 2", "((((", "", "'"]
        {
            assert!(!read(text).whole, "{text}");
        }
        let reading = read("CHECK (((a > 0) AND (a < b)))");
        assert!(!reading.whole);
        assert_eq!(reading.rules, [compare("a", Comparison::More, "0")]);
        assert!(!read(&"(".repeat(100_000)).whole);
    }
}
