//! WHERE: what a person filters by, and where a page continues.

use driver::{Code, Comparison, Error, Filter, Statement};

use super::{Compared, Order, Ordered, Target, quote};
use crate::catalog::rows::array;

/// A condition with placeholders `$1`, `$2` … and their values.
#[derive(Default)]
pub(super) struct Condition {
    parts: Vec<String>,
    values: Vec<String>,
}

/// A piece of a condition whose values have no numbers yet.
pub(super) struct Fragment {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    Value(String),
}

impl Condition {
    /// Adds conditions, all of which must hold. A text comes first: so its place in the statement is known.
    pub(super) fn all(&mut self, target: &Target<'_>, conditions: &[driver::Condition]) -> Result<(), Error> {
        let is_text = |one: &&driver::Condition| matches!(one, driver::Condition::Text(_));
        for one in conditions.iter().filter(is_text).chain(conditions.iter().filter(|one| !is_text(one))) {
            self.one(target, one)?;
        }
        Ok(())
    }

    fn one(&mut self, target: &Target<'_>, condition: &driver::Condition) -> Result<(), Error> {
        let (each, word, none) = match condition {
            driver::Condition::One(filter) => return self.filter(target.column(&filter.column)?, filter),
            driver::Condition::Text(text) => {
                self.parts.push(driver::Condition::own_lines(text));
                return Ok(());
            }
            driver::Condition::All(each) => (each, " AND ", "true"),
            driver::Condition::Any(each) => (each, " OR ", "false"),
        };
        let from = self.parts.len();
        for one in each {
            self.one(target, one)?;
        }
        let parts = self.parts.split_off(from);
        self.parts.push(match parts.is_empty() {
            true => none.to_owned(),
            false => format!("({})", parts.join(word)),
        });
        Ok(())
    }

    /// Adds what a person filters by.
    pub(super) fn filter(&mut self, column: &Compared<'_>, filter: &Filter) -> Result<(), Error> {
        let name = quote(column.name);
        // What has no equality is compared as text, which is what a person sees of it.
        let left = if column.order == Order::ByText { format!("{name}::text") } else { name.clone() };
        let cast = column.cast.as_ref().map_or(String::new(), |cast| format!("::{cast}"));
        let wanted = match filter.comparison {
            Comparison::IsNull | Comparison::IsNotNull | Comparison::IsEmpty | Comparison::IsNotEmpty => Some(0),
            Comparison::In | Comparison::NotIn => None,
            Comparison::Between => Some(2),
            _ => Some(1),
        };
        if wanted.is_some_and(|wanted| filter.values.len() != wanted) {
            return Err(Error::new(
                Code::InvalidStatement,
                format!("The filter on “{}” has {} values.", column.name, filter.values.len()),
            ));
        }
        let value = filter.values.first().cloned().unwrap_or_default();
        let part = match filter.comparison {
            Comparison::IsNull => format!("{name} IS NULL"),
            Comparison::IsNotNull => format!("{name} IS NOT NULL"),
            Comparison::Equal => format!("{left} = {}{cast}", self.place(value)),
            Comparison::NotEqual => format!("{left} IS DISTINCT FROM {}{cast}", self.place(value)),
            Comparison::Less => format!("{left} < {}{cast}", self.place(value)),
            Comparison::LessOrEqual => format!("{left} <= {}{cast}", self.place(value)),
            Comparison::Greater => format!("{left} > {}{cast}", self.place(value)),
            Comparison::GreaterOrEqual => format!("{left} >= {}{cast}", self.place(value)),
            Comparison::Contains => format!("{name}::text ILIKE {}", self.place(format!("%{}%", literally(&value)))),
            Comparison::NotContains => {
                let pattern = self.place(format!("%{}%", literally(&value)));
                format!("({name}::text ILIKE {pattern}) IS NOT TRUE")
            }
            Comparison::EndsWith => format!("{name}::text ILIKE {}", self.place(format!("%{}", literally(&value)))),
            Comparison::StartsWith => format!("{name}::text ILIKE {}", self.place(format!("{}%", literally(&value)))),
            Comparison::Like => format!("{name}::text LIKE {}", self.place(value)),
            Comparison::In if filter.values.is_empty() => "false".to_owned(),
            Comparison::In => {
                let cast = column.cast.as_ref().map_or(String::new(), |cast| format!("::{cast}[]"));
                format!("{left} = ANY ({}{cast})", self.place(array(&filter.values)))
            }
            Comparison::NotIn if filter.values.is_empty() => "true".to_owned(),
            Comparison::NotIn => {
                let cast = column.cast.as_ref().map_or(String::new(), |cast| format!("::{cast}[]"));
                format!("({left} = ANY ({}{cast})) IS NOT TRUE", self.place(array(&filter.values)))
            }
            Comparison::Between => {
                let last = filter.values.get(1).cloned().unwrap_or_default();
                let (from, to) = (self.place(value), self.place(last));
                format!("{left} BETWEEN {from}{cast} AND {to}{cast}")
            }
            Comparison::IsEmpty if column.bytes => format!("octet_length({name}) = 0"),
            Comparison::IsNotEmpty if column.bytes => format!("octet_length({name}) > 0"),
            Comparison::IsEmpty => format!("{name}::text = ''"),
            Comparison::IsNotEmpty => format!("{name}::text <> ''"),
        };
        self.parts.push(part);
        Ok(())
    }

    fn place(&mut self, value: String) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Adds a fragment, numbering its values.
    pub(super) fn add(&mut self, fragment: &Fragment) {
        let mut part = String::new();
        for piece in &fragment.pieces {
            match piece {
                Piece::Text(text) => part.push_str(text),
                Piece::Value(value) => part.push_str(&self.place(value.clone())),
            }
        }
        self.parts.push(part);
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Of the parts behind the first `from`, one is enough.
    pub(super) fn any_since(&mut self, from: usize) {
        if self.parts.len() > from {
            let parts = self.parts.split_off(from);
            self.parts.push(format!("({})", parts.join(" OR ")));
        }
    }

    /// Adds a condition without values.
    pub(super) fn require(&mut self, text: &str) {
        self.parts.push(text.to_owned());
    }

    pub(super) fn clause(&self) -> String {
        match self.parts.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.parts.join(" AND ")),
        }
    }

    pub(super) fn into_statement(self, text: String) -> Statement {
        Statement::new(text).with_values(self.values.iter().map(|value| Some(value.as_str())))
    }
}

/// A text as a LIKE pattern that matches only itself.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// The rows that come after the row with these values, in this order.
///
/// Rows that differ first in the i-th term: `(t1 = v1 AND … AND ti > vi) OR …`, with NULL as the last value of all.
pub(super) fn after(order: &[Ordered<'_>], values: &[Option<String>]) -> Fragment {
    let mut fragment = Fragment { pieces: Vec::new() };
    let plain = order.iter().all(|term| !term.nullable) && values.iter().all(Option::is_some);
    let one_way = order.windows(2).all(|pair| matches!(pair, [a, b] if a.descending == b.descending));
    if let (true, true, Some(first)) = (plain, one_way, order.first()) {
        // A row comparison, which the server finds in an index by itself.
        let terms: Vec<&str> = order.iter().map(|term| term.expression.as_str()).collect();
        fragment.text(&format!("({}) {} (", terms.join(", "), if first.descending { "<" } else { ">" }));
        for (place, (term, value)) in order.iter().zip(values).enumerate() {
            if place > 0 {
                fragment.text(", ");
            }
            fragment.value(term, value.as_deref().unwrap_or_default());
        }
        fragment.text(")");
        return fragment;
    }
    fragment.text("(");
    let mut any = false;
    // Says the same as the first alternative may, but in a form that bounds an index scan.
    let bound = match (order.first(), values.first()) {
        (Some(term), Some(Some(value))) if !term.nullable => {
            fragment.text(&format!("{} {} ", term.expression, if term.descending { "<=" } else { ">=" }));
            fragment.value(term, value);
            fragment.text(" AND (");
            true
        }
        _ => false,
    };
    for (place, (term, value)) in order.iter().zip(values).enumerate() {
        if value.is_none() && !term.descending {
            // NULL stands last: nothing comes after it.
            continue;
        }
        if any {
            fragment.text(" OR ");
        }
        any = true;
        fragment.text("(");
        for (equal, value) in order.iter().zip(values).take(place) {
            match value {
                None => fragment.text(&format!("{} IS NULL AND ", equal.expression)),
                Some(value) => {
                    fragment.text(&format!("{} = ", equal.expression));
                    fragment.value(equal, value);
                    fragment.text(" AND ");
                }
            }
        }
        match value {
            None => fragment.text(&format!("{} IS NOT NULL", term.expression)),
            Some(value) if term.nullable && !term.descending => {
                fragment.text(&format!("({} > ", term.expression));
                fragment.value(term, value);
                fragment.text(&format!(" OR {} IS NULL)", term.expression));
            }
            Some(value) => {
                fragment.text(&format!("{} {} ", term.expression, if term.descending { "<" } else { ">" }));
                fragment.value(term, value);
            }
        }
        fragment.text(")");
    }
    if !any {
        fragment.text("false");
    }
    fragment.text(if bound { "))" } else { ")" });
    fragment
}

impl Fragment {
    fn text(&mut self, text: &str) {
        self.pieces.push(Piece::Text(text.to_owned()));
    }

    fn value(&mut self, term: &Ordered<'_>, value: &str) {
        self.pieces.push(Piece::Value(value.to_owned()));
        if !term.cast.is_empty() {
            self.text(&term.cast);
        }
    }
}
