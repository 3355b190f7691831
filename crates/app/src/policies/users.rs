//! Users that are read from a table, as the login sees them: each row an actor.

use std::collections::BTreeMap;

use catalog::{Catalog, RelationWalker};
use driver::row_security::{Actor, Answer, Attempt, AttemptLimits, Outcome};
use policy::name;

use super::{table, templates, words};
use crate::{
    App,
    advisor::database_of,
    api::*,
    explorer::{Place, blocking},
};

/// Most users of one page.
const MOST: u32 = 500;
/// Letters of a value that are shown.
const SHOWN: u32 = 200;
/// Most tables that are suggested.
const MOST_SUGGESTED: usize = 5;
/// Names of tables that hold users, the likeliest first.
const TABLES: [&str; 9] =
    ["users", "user", "profiles", "accounts", "members", "people", "persons", "customers", "employees"];
/// Names of columns that people know users by, the likeliest first.
const LABELS: [&str; 6] = ["email", "username", "user_name", "login", "display_name", "name"];

impl App {
    /// Some rows of a table as actors, read as the login in a transaction that is rolled back. `filter` is looked for in the
    /// columns of the mapping, whatever its case.
    ///
    /// # Errors
    /// `NotFound` for a table or column that is gone; `Forbidden` where the login may not read it; otherwise as
    /// [`App::policy_overview`].
    pub async fn policy_users(
        &self,
        profile_id: &str,
        database: Option<&str>,
        mapping: PolicyUserMapping,
        filter: &str,
        offset: u32,
        limit: u32,
    ) -> Result<PolicyUserPage, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let question = Question::of(&looked.judged.examined.catalog, &mapping)?;
        let limit = limit.clamp(1, MOST);
        let answer = ask(&looked.place, question.text(filter, offset, limit), limit).await?;
        Ok(question.page(&mapping, answer, limit as usize))
    }

    /// How users are read from a table: as a person said, and as names suggest.
    ///
    /// # Errors
    /// As [`App::policy_overview`].
    pub async fn policy_user_mapping(
        &self,
        profile_id: &str,
        database: Option<&str>,
    ) -> Result<PolicyUserMappings, AppError> {
        let looked = self.looked(profile_id, database).await?;
        let text: Option<String> =
            sqlx::query_scalar("SELECT mapping FROM policy_user_mappings WHERE profile_id = ? AND database = ?")
                .bind(profile_id)
                .bind(database_of(&looked.place))
                .fetch_optional(self.store.read())
                .await?;
        let suggested = blocking(move || {
            let signed_in = looked.judged.exposure.as_ref().and_then(|exposure| exposure.signed_in.first().cloned());
            suggested(&looked.judged.examined.catalog, signed_in.as_deref())
        })
        .await?;
        // What cannot be read is as good as nothing.
        Ok(PolicyUserMappings { kept: text.and_then(|text| serde_json::from_str(&text).ok()), suggested })
    }

    /// Keeps how users are read from a table; none forgets it.
    ///
    /// # Errors
    /// As connecting, and as the store says.
    pub async fn keep_policy_user_mapping(
        &self,
        profile_id: &str,
        database: Option<&str>,
        mapping: Option<PolicyUserMapping>,
    ) -> Result<(), AppError> {
        let place = self.database_place(profile_id, database).await?;
        let text = mapping.as_ref().map(serde_json::to_string).transpose().map_err(AppError::internal)?;
        let mut change = self.store.write().await?;
        sqlx::query("DELETE FROM policy_user_mappings WHERE profile_id = ? AND database = ?")
            .bind(profile_id)
            .bind(database_of(&place))
            .execute(&mut *change)
            .await?;
        if let Some(text) = text {
            sqlx::query("INSERT INTO policy_user_mappings VALUES (?, ?, ?)")
                .bind(profile_id)
                .bind(database_of(&place))
                .bind(text)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        self.events.changed(&[Topic::Security], Some(profile_id));
        Ok(())
    }
}

/// Reads as the login; nothing stays.
async fn ask(place: &Place, statement: String, limit: u32) -> Result<Answer, AppError> {
    let limits = AttemptLimits { rows: limit as usize + 1, ..AttemptLimits::default() };
    let wanted = Attempt { actor: Actor::default(), statement, limits, ..Attempt::default() };
    match super::facet(place)?.attempt(&wanted).await?.outcome {
        Outcome::Done(answer) => Ok(answer),
        Outcome::Refused { said, .. } | Outcome::Failed { said } => Err(crate::change_sets::error_of(said, None)),
        Outcome::TimedOut { after_ms } => {
            Err(AppError::new(ErrorCode::TimedOut, format!("The table was not read within {after_ms} ms."))
                .with_hint("Filter by less, or choose a smaller table."))
        }
        Outcome::NotSent { message, .. } => Err(AppError::internal(message)),
    }
}

/// What is asked of the table: each column once, as it is shown and as JSON.
struct Question {
    from: String,
    columns: Vec<String>,
    key: Vec<String>,
}

impl Question {
    fn of(catalog: &Catalog, mapping: &PolicyUserMapping) -> Result<Self, AppError> {
        let id = table::relation(catalog, &mapping.on)?;
        let walker = catalog.relation(id).ok_or_else(|| AppError::internal("a table of the catalog has no row"))?;
        let of_value = |value: &PolicyUserValue| match value {
            PolicyUserValue::Column { column, .. } => Some(column.clone()),
            PolicyUserValue::Text { .. } => None,
        };
        let named = mapping.label.iter().cloned();
        let named = named.chain(mapping.role.iter().filter_map(of_value));
        let named =
            named.chain(mapping.claims.iter().chain(&mapping.settings).filter_map(|(_, value)| of_value(value)));
        let mut columns: Vec<String> = Vec::new();
        for column in named {
            if !walker.columns().iter().any(|known| known.name == column) {
                let message = format!("{} has no column “{column}”.", words::table(&mapping.on).sql());
                return Err(AppError::new(ErrorCode::NotFound, message));
            }
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let key = key(walker);
        if columns.is_empty() {
            columns
                .extend(key.iter().cloned().chain(walker.columns().iter().map(|column| column.name.clone())).take(1));
        }
        if columns.is_empty() {
            let message = format!("{} has no columns to be read.", words::table(&mapping.on).sql());
            return Err(AppError::new(ErrorCode::InvalidStatement, message));
        }
        Ok(Question { from: words::table(&mapping.on).sql(), columns, key })
    }

    /// In the order of what is shown, and one more row than is asked for: whether there are more.
    fn text(&self, filter: &str, offset: u32, limit: u32) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|column| format!("t.{}", name::quote(column))).collect();
        let shown = quoted.iter().map(|column| format!("pg_catalog.left({column}::text, {SHOWN})"));
        let texts = quoted.iter().map(|column| format!("{column}::text"));
        let json = quoted.iter().map(|column| format!("pg_catalog.to_json({column})::text"));
        let selected: Vec<String> = shown.chain(texts).chain(json).collect();
        let filter = filter.trim();
        let filtered = match filter.is_empty() {
            true => String::new(),
            false => {
                let all = quoted.iter().map(|column| format!("{column}::text")).collect::<Vec<_>>().join(", ");
                let wanted = name::literal(filter);
                format!(
                    " WHERE pg_catalog.strpos(pg_catalog.lower(pg_catalog.concat_ws(' ', {all})), pg_catalog.lower({wanted})) > 0"
                )
            }
        };
        // Rows of one label stand in one order on every page.
        let order = quoted.first().map(|column| format!("{column}::text")).into_iter();
        let order: Vec<String> =
            order.chain(self.key.iter().map(|column| format!("t.{}", name::quote(column)))).collect();
        format!(
            "SELECT {} FROM {} AS t{filtered} ORDER BY {} LIMIT {} OFFSET {offset}",
            selected.join(", "),
            self.from,
            order.join(", "),
            limit + 1,
        )
    }

    fn page(self, mapping: &PolicyUserMapping, answer: Answer, limit: usize) -> PolicyUserPage {
        let count = self.columns.len();
        let more = answer.rows.len() > limit || answer.is_cut();
        let users = answer.rows.into_iter().take(limit).map(|mut row| {
            row.resize(3 * count, None);
            let json = row.split_off(2 * count);
            let texts = row.split_off(count);
            let named = |values: Vec<Option<String>>| self.columns.iter().cloned().zip(values).collect();
            let row = Row { shown: row, texts: named(texts), json: named(json) };
            row.user(mapping)
        });
        PolicyUserPage { users: users.collect(), columns: self.columns.clone(), more }
    }
}

/// A row that was read.
struct Row {
    shown: Vec<Option<String>>,
    texts: BTreeMap<String, Option<String>>,
    json: BTreeMap<String, Option<String>>,
}

impl Row {
    fn user(self, mapping: &PolicyUserMapping) -> PolicyUser {
        let label = mapping.label.as_ref().and_then(|column| self.text(column));
        let label = label.or_else(|| self.shown.iter().flatten().next().cloned()).unwrap_or_default();
        let role = mapping.role.as_ref().map(|role| self.value(role));
        let actor = match role {
            // It names none: the login itself would be somebody with other rights.
            Some(None) => None,
            role => Some(PolicyActor {
                role: role.flatten(),
                claims: self.claims(&mapping.claims),
                claims_setting: mapping.claims_setting.clone(),
                settings: mapping
                    .settings
                    .iter()
                    .map(|(name, value)| (name.clone(), self.value(value).unwrap_or_default()))
                    .collect(),
                apply_role_settings: false,
            }),
        };
        PolicyUser { label, values: self.shown, actor }
    }

    fn text(&self, column: &str) -> Option<String> {
        self.texts.get(column).cloned().flatten()
    }

    fn value(&self, value: &PolicyUserValue) -> Option<String> {
        match value {
            PolicyUserValue::Column { column, .. } => self.text(column).filter(|text| !text.is_empty()),
            PolicyUserValue::Text { text } => Some(text.clone()),
        }
    }

    /// The claims as the text of a JSON object, in their order, numbers as the server writes them.
    fn claims(&self, claims: &[(String, PolicyUserValue)]) -> Option<String> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let member = |(name, value): &(String, PolicyUserValue)| {
            let json = match value {
                PolicyUserValue::Text { text } => quoted(text),
                PolicyUserValue::Column { column, as_text: true } => {
                    self.text(column).map_or_else(|| "null".to_owned(), |text| quoted(&text))
                }
                PolicyUserValue::Column { column, as_text: false } => {
                    self.json.get(column).cloned().flatten().unwrap_or_else(|| "null".to_owned())
                }
            };
            format!("{}: {json}", quoted(name))
        };
        (!claims.is_empty()).then(|| format!("{{{}}}", claims.iter().map(member).collect::<Vec<_>>().join(", ")))
    }
}

fn key(walker: RelationWalker<'_>) -> Vec<String> {
    walker.primary_key().map(|key| key.columns.clone()).unwrap_or_default()
}

/// Tables that hold users, as their names say.
fn suggested(catalog: &Catalog, signed_in: Option<&str>) -> Vec<PolicyUserMapping> {
    let mut found: Vec<(usize, PolicyUserMapping)> = Vec::new();
    for walker in catalog.walk_relations() {
        let row = walker.row();
        let Some(likely) = TABLES.iter().position(|name| row.name.eq_ignore_ascii_case(name)) else { continue };
        let [key] = key(walker).try_into().unwrap_or_else(|_: Vec<String>| [String::new()]);
        if key.is_empty() {
            continue;
        }
        let has = |wanted: &str| walker.columns().iter().find(|column| column.name.eq_ignore_ascii_case(wanted));
        let label = LABELS.iter().find_map(|label| has(label)).map(|column| column.name.clone());
        let column = |name: &str, as_text| PolicyUserValue::Column { column: name.to_owned(), as_text };
        let mut claims = vec![("sub".to_owned(), column(&key, true))];
        for claim in ["email", "role", "app_metadata", "user_metadata"] {
            // Supabase keeps these two under another name.
            let stored = match claim {
                "app_metadata" => "raw_app_meta_data",
                "user_metadata" => "raw_user_meta_data",
                claim => claim,
            };
            if let Some(there) = has(stored) {
                claims.push((claim.to_owned(), column(&there.name, false)));
            }
        }
        let on = PolicyOn { schema: walker.schema().to_owned(), table: row.name.clone() };
        let is_auth = walker.schema() == "auth";
        let role = signed_in.map(str::to_owned).or_else(|| templates::signed_in(catalog));
        let mapping = PolicyUserMapping {
            on,
            label,
            role: role.map(|text| PolicyUserValue::Text { text }),
            claims,
            claims_setting: None,
            settings: Vec::new(),
        };
        found.push((if is_auth { 0 } else { likely + 1 }, mapping));
    }
    found.sort_by(|one, other| (one.0, &one.1.on).cmp(&(other.0, &other.1.on)));
    found.into_iter().take(MOST_SUGGESTED).map(|(_, mapping)| mapping).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn column(name: &str, as_text: bool) -> PolicyUserValue {
        PolicyUserValue::Column { column: name.to_owned(), as_text }
    }

    #[test]
    fn claims_keep_the_servers_numbers_and_a_row_without_a_role_is_nobody() {
        let text = |text: &str| Some(text.to_owned());
        let row = || Row {
            shown: vec![text("12345678901234567890"), None],
            texts: [("id".to_owned(), text("12345678901234567890")), ("role".to_owned(), None)].into(),
            json: [("id".to_owned(), text("12345678901234567890")), ("role".to_owned(), None)].into(),
        };
        let mapping = PolicyUserMapping {
            on: PolicyOn { schema: "a".to_owned(), table: "users".to_owned() },
            label: None,
            role: None,
            claims: vec![
                ("sub".to_owned(), column("id", true)),
                ("n\"".to_owned(), column("id", false)),
                ("none".to_owned(), column("role", false)),
                ("aud".to_owned(), PolicyUserValue::Text { text: "it's".to_owned() }),
            ],
            claims_setting: None,
            settings: vec![("app.user".to_owned(), column("id", false))],
        };
        let user = row().user(&mapping);
        let actor = user.actor.unwrap();
        assert_eq!(user.label, "12345678901234567890");
        assert_eq!(
            actor.claims.unwrap(),
            r#"{"sub": "12345678901234567890", "n\"": 12345678901234567890, "none": null, "aud": "it's"}"#
        );
        assert_eq!(actor.settings, [("app.user".to_owned(), "12345678901234567890".to_owned())]);
        let named = PolicyUserMapping { role: Some(column("role", false)), ..mapping };
        assert_eq!(row().user(&named).actor, None);
    }
}
