//! How a person left the columns of a relation's rows, so that its next tab has them so.

use crate::{
    App,
    api::{AppError, ErrorCode, ObjectRef, RelationLayout},
};

/// Bytes of one layout: far more than any relation has columns for.
const MOST: usize = 1 << 20;

/// What every relation of a connection begins with in the store.
fn prefix(profile_id: &str) -> String {
    format!("layout {profile_id}\u{1f}")
}

fn row(profile_id: &str, object: &ObjectRef) -> String {
    let parts = [object.database.as_deref(), object.schema.as_deref(), Some(object.name.as_str())];
    prefix(profile_id) + &parts.map(Option::unwrap_or_default).join("\u{1f}")
}

impl App {
    /// The layout of a relation's rows; nothing where nobody changed it.
    ///
    /// # Errors
    /// As the store says.
    pub async fn relation_layout(
        &self,
        profile_id: &str,
        object: &ObjectRef,
    ) -> Result<Option<RelationLayout>, AppError> {
        let text: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE name = ?")
            .bind(row(profile_id, object))
            .fetch_optional(self.store.read())
            .await?;
        // What cannot be read is as good as nothing.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Remembers the layout of a relation's rows; none forgets it.
    ///
    /// # Errors
    /// `Exhausted` for one that is larger than any relation needs; otherwise as the store says.
    pub async fn keep_relation_layout(
        &self,
        profile_id: &str,
        object: &ObjectRef,
        layout: Option<RelationLayout>,
    ) -> Result<(), AppError> {
        let text = layout.as_ref().map(serde_json::to_string).transpose().map_err(AppError::internal)?;
        if text.as_ref().is_some_and(|text| text.len() > MOST) {
            return Err(AppError::new(ErrorCode::Exhausted, "This layout of columns is too large to be remembered."));
        }
        let mut change = self.store.write().await?;
        match text {
            Some(text) => sqlx::query(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(row(profile_id, object))
            .bind(text),
            None => sqlx::query("DELETE FROM settings WHERE name = ?").bind(row(profile_id, object)),
        }
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(())
    }

    /// Forgets every layout of a connection that is gone.
    pub(crate) async fn forget_layouts(&self, profile_id: &str) -> Result<(), AppError> {
        let prefix = prefix(profile_id);
        let mut change = self.store.write().await?;
        sqlx::query("DELETE FROM settings WHERE substr(name, 1, length(?)) = ?")
            .bind(&prefix)
            .bind(&prefix)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{api::ColumnLayout, testing};

    fn object(name: &str) -> ObjectRef {
        ObjectRef {
            database: None,
            schema: Some("public".to_owned()),
            kind: "relation".to_owned(),
            name: name.to_owned(),
            signature: None,
        }
    }

    fn layout(name: &str) -> RelationLayout {
        let column = ColumnLayout { name: name.to_owned(), width: Some(120), hidden: true, pinned: false };
        RelationLayout { columns: vec![column] }
    }

    #[tokio::test]
    async fn a_layout_is_remembered_per_connection_and_relation_until_it_is_reset() {
        let home = testing::home();
        let app = testing::open(&home).await;
        assert_eq!(app.relation_layout("a", &object("orders")).await.unwrap(), None);
        app.keep_relation_layout("a", &object("orders"), Some(layout("note"))).await.unwrap();
        app.keep_relation_layout("ab", &object("orders"), Some(layout("other"))).await.unwrap();
        assert_eq!(app.relation_layout("a", &object("orders")).await.unwrap(), Some(layout("note")));
        assert_eq!(app.relation_layout("a", &object("users")).await.unwrap(), None);
        app.keep_relation_layout("a", &object("users"), Some(layout("name"))).await.unwrap();
        app.keep_relation_layout("a", &object("users"), None).await.unwrap();
        assert_eq!(app.relation_layout("a", &object("users")).await.unwrap(), None);
        app.forget_layouts("a").await.unwrap();
        assert_eq!(app.relation_layout("a", &object("orders")).await.unwrap(), None);
        assert_eq!(app.relation_layout("ab", &object("orders")).await.unwrap(), Some(layout("other")));
    }

    #[tokio::test]
    async fn a_layout_larger_than_any_relation_needs_is_refused() {
        let home = testing::home();
        let app = testing::open(&home).await;
        let refused = app.keep_relation_layout("a", &object("t"), Some(layout(&"x".repeat(MOST)))).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Exhausted);
    }
}
