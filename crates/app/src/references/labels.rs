//! Which columns a person knows a row by.

use std::collections::BTreeMap;

use catalog::Column;

use crate::{
    App,
    api::{AppError, ObjectRef},
};

/// Most labels that are shown.
pub(super) const MOST: usize = 4;

/// Names of what a row is called, best first; compared without case and without what parts words.
const NAMES: [&str; 12] = [
    "name",
    "fullname",
    "displayname",
    "title",
    "label",
    "caption",
    "subject",
    "headline",
    "username",
    "login",
    "company",
    "companyname",
];
/// Names of what tells rows of one name apart.
const SECOND: [&str; 10] =
    ["email", "mail", "emailaddress", "code", "slug", "sku", "number", "reference", "isbn", "phone"];
/// What nobody looks for, or may see over a shoulder.
const NEVER: [&str; 8] = ["password", "passwd", "pwd", "hash", "secret", "token", "salt", "apikey"];
/// Text that is long more often than not.
const LONG: [&str; 9] = ["description", "body", "content", "comment", "comments", "note", "notes", "text", "html"];

/// Ranks: an exact name is less than the first, text that is long more often than not more than the last.
const PART_OF_NAME: usize = 20;
const TELLS_APART: usize = 40;
const MERELY_TEXT: usize = 100;

fn folded(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How likely a text column is what a row is known by: less is better. `None` is never.
fn rank(name: &str) -> Option<usize> {
    let name = folded(name);
    if NEVER.iter().any(|word| name.contains(word)) {
        return None;
    }
    let place = |names: &[&str]| names.iter().position(|known| *known == name);
    Some(match (place(&NAMES), place(&SECOND)) {
        (Some(place), _) => place,
        (_, Some(place)) => TELLS_APART + place,
        _ if name.ends_with("name") => PART_OF_NAME,
        _ if name.ends_with("title") || name.ends_with("label") => 21,
        _ if name.ends_with("email") || name.ends_with("code") => TELLS_APART + SECOND.len(),
        _ if LONG.contains(&name.as_str()) => 200,
        _ => MERELY_TEXT,
    })
}

/// The likely labels of a relation: at most two, and of columns that are merely text only the first.
pub(super) fn likely(columns: &[Column], key: &[String], is_text: impl Fn(&str) -> bool) -> Vec<String> {
    let mut ranked: Vec<(usize, &str)> = columns
        .iter()
        .filter(|column| !key.contains(&column.name) && is_text(&column.native_type))
        .filter_map(|column| Some((rank(&column.name)?, column.name.as_str())))
        .collect();
    // As they stand in the relation where they are equally likely.
    ranked.sort_by_key(|(rank, _)| *rank);
    let Some((first, name)) = ranked.first().copied() else { return Vec::new() };
    // Parts of a name belong together; else what tells namesakes apart stands beside it.
    let second = ranked.iter().skip(1).find(|(rank, _)| match first {
        PART_OF_NAME => *rank == PART_OF_NAME,
        _ => (TELLS_APART..MERELY_TEXT).contains(rank),
    });
    let apart = || ranked.iter().skip(1).find(|(rank, _)| (TELLS_APART..MERELY_TEXT).contains(rank));
    let second = if first < MERELY_TEXT { second.or_else(apart) } else { None };
    std::iter::once(name).chain(second.map(|(_, name)| *name)).map(str::to_owned).collect()
}

/// A relation among those of its connection.
fn place(object: &ObjectRef) -> String {
    let parts = [object.database.as_deref(), object.schema.as_deref(), Some(object.name.as_str())];
    parts.map(Option::unwrap_or_default).join("\u{1f}")
}

fn row(profile_id: &str) -> String {
    format!("lookup {profile_id}")
}

impl App {
    async fn kept_labels(&self, profile_id: &str) -> Result<BTreeMap<String, Vec<String>>, AppError> {
        let text: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE name = ?")
            .bind(row(profile_id))
            .fetch_optional(self.store.read())
            .await?;
        // What cannot be read is as good as nothing chosen.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// The labels a person chose for a relation.
    pub(super) async fn chosen_labels(
        &self,
        profile_id: &str,
        object: &ObjectRef,
    ) -> Result<Option<Vec<String>>, AppError> {
        Ok(self.kept_labels(profile_id).await?.remove(&place(object)))
    }

    /// Remembers by which columns rows of a relation are looked up; none goes back to likely ones.
    ///
    /// # Errors
    /// As the store says.
    pub async fn keep_lookup_labels(
        &self,
        profile_id: &str,
        object: &ObjectRef,
        mut labels: Vec<String>,
    ) -> Result<(), AppError> {
        labels.truncate(MOST);
        let mut kept = self.kept_labels(profile_id).await?;
        if labels.is_empty() {
            kept.remove(&place(object));
        } else {
            kept.insert(place(object), labels);
        }
        let text = serde_json::to_string(&kept).map_err(AppError::internal)?;
        let mut change = self.store.write().await?;
        sqlx::query("INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .bind(row(profile_id))
            .bind(text)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }

    /// Forgets what was chosen for a connection that is gone.
    pub(crate) async fn forget_lookup_labels(&self, profile_id: &str) -> Result<(), AppError> {
        let mut change = self.store.write().await?;
        sqlx::query("DELETE FROM settings WHERE name = ?").bind(row(profile_id)).execute(&mut *change).await?;
        change.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use catalog::{Column, RelationId};

    use super::likely;

    fn found(columns: &[(&str, &str)]) -> Vec<String> {
        let columns: Vec<Column> =
            columns.iter().zip(1..).map(|((name, kind), at)| Column::new(RelationId(0), at, name, kind)).collect();
        likely(&columns, &["id".to_owned()], |kind| kind == "text")
    }

    #[test]
    fn a_row_is_known_by_its_name_then_by_what_tells_namesakes_apart() {
        assert_eq!(
            found(&[("id", "int"), ("email", "text"), ("Full Name", "text"), ("bio", "text")]),
            ["Full Name", "email"]
        );
        assert_eq!(found(&[("id", "int"), ("note", "text"), ("title", "text")]), ["title"]);
        assert_eq!(
            found(&[("id", "int"), ("email", "text"), ("name", "text"), ("company", "text")]),
            ["name", "email"]
        );
        assert_eq!(
            found(&[("first_name", "text"), ("last_name", "text"), ("email", "text")]),
            ["first_name", "last_name"]
        );
    }

    #[test]
    fn where_nothing_is_known_the_first_text_is_taken_and_never_a_secret() {
        assert_eq!(found(&[("id", "int"), ("password_hash", "text"), ("town", "text"), ("street", "text")]), ["town"]);
        assert_eq!(found(&[("id", "int"), ("description", "text"), ("town", "text")]), ["town"]);
        assert!(found(&[("id", "int"), ("api_key", "text"), ("at", "date")]).is_empty());
    }
}
