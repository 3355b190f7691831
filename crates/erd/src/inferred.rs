//! Relationships that no foreign key declares: a column is named after another relation's key and has its type.

use std::collections::{HashMap, HashSet};

use catalog::{Action, RelationWalker};

use crate::{
    cardinality,
    diagram::{End, Origin, Relationship},
};

/// What the names and types of these relations speak for, beyond what is declared among them. `customer_id`, `customerId` and
/// `customer` refer to the primary key of `customer` or `customers`, if that is one column of the very same type; a relation of the
/// same schema comes before one of another, and where two would do there is none.
pub(crate) fn relationships(relations: &[RelationWalker<'_>], declared: &[Relationship]) -> Vec<Relationship> {
    // Of `order` and `orders` both may be called `order`: then neither is meant for certain.
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, relation) in relations.iter().enumerate() {
        for form in forms(&words(&relation.row().name)) {
            by_name.entry(form).or_default().push(place);
        }
    }
    let known: HashSet<(usize, &str)> = declared
        .iter()
        .flat_map(|one| one.from.columns.iter().map(|column| (one.from.entity, column.as_str())))
        .collect();
    let mut found = Vec::new();
    for (from, relation) in relations.iter().enumerate() {
        let own: &[String] = relation.primary_key().map_or(&[], |key| &key.columns);
        for column in relation.columns() {
            // What alone identifies the own rows is no reference by its name.
            if known.contains(&(from, column.name.as_str())) || own == std::slice::from_ref(&column.name) {
                continue;
            }
            let Some(candidates) = referred(&column.name).and_then(|name| by_name.get(&name)) else { continue };
            let fits =
                |to: &usize| key_of(relations[*to]).is_some_and(|(_, native_type)| native_type == column.native_type);
            let fitting: Vec<usize> = candidates.iter().copied().filter(fits).collect();
            let near: Vec<usize> =
                fitting.iter().copied().filter(|to| relations[*to].schema() == relation.schema()).collect();
            let to = match (near.as_slice(), fitting.as_slice()) {
                ([to], _) | ([], [to]) => *to,
                _ => continue,
            };
            let Some((key, _)) = key_of(relations[to]) else { continue };
            let columns = vec![column.name.clone()];
            let (many, one) = cardinality::of(Some(*relation), &columns);
            found.push(Relationship {
                name: None,
                from: End { entity: from, columns, cardinality: many },
                to: End { entity: to, columns: vec![key.to_owned()], cardinality: one },
                on_delete: Action::NoAction,
                on_update: Action::NoAction,
                origin: Origin::Inferred,
            });
        }
    }
    found
}

/// The only column of the primary key, and its type.
fn key_of(relation: RelationWalker<'_>) -> Option<(&str, &str)> {
    let [name] = relation.primary_key()?.columns.as_slice() else { return None };
    let column = relation.columns().iter().find(|column| column.name == *name)?;
    Some((&column.name, &column.native_type))
}

/// The name of what a column refers to, if its name says that it refers to something.
fn referred(column: &str) -> Option<String> {
    let mut words = words(column);
    if words.len() > 1 && matches!(words.last().map(String::as_str), Some("id" | "fk" | "key" | "uuid" | "ref")) {
        words.pop();
    }
    (words.last()? != "id").then(|| words.join("_"))
}

/// `customerOrder_IDs` as `customer`, `order`, `ids`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() || (sign.is_uppercase() && lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| sign.is_alphanumeric()) {
            word.extend(sign.to_lowercase());
        }
        lower = sign.is_lowercase() || sign.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words as one name, and what it is the plural of if it is one, as English builds it.
fn forms(words: &[String]) -> Vec<String> {
    let name = words.join("_");
    let mut forms: Vec<String> =
        ["s", "es"].iter().filter_map(|end| name.strip_suffix(end)).map(str::to_owned).collect();
    forms.extend(name.strip_suffix("ies").map(|stem| format!("{stem}y")));
    forms.push(name);
    forms.retain(|form| !form.is_empty());
    forms
}
