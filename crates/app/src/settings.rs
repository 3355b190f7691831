//! What a person can set, kept as one JSON object: a newer program's fields survive an older one.

use serde_json::{Map, Value};

use crate::{
    App,
    api::{AppError, Settings, Topic},
    store::Store,
};

/// Reads what is stored, field by field: what is missing, unknown or of a wrong kind leaves the default.
pub(crate) fn read(stored: &str) -> Settings {
    let stored: Map<String, Value> = serde_json::from_str(stored).unwrap_or_default();
    let mut settings = Settings::default();
    for (name, value) in stored {
        let Ok(Value::Object(mut whole)) = serde_json::to_value(&settings) else { break };
        whole.insert(name, value);
        // One field at a time, so that a bad one spoils nothing else.
        if let Ok(read) = serde_json::from_value(Value::Object(whole)) {
            settings = read;
        }
    }
    clamp(settings)
}

/// Brings every value into its range.
fn clamp(mut settings: Settings) -> Settings {
    settings.data_font_px = settings.data_font_px.clamp(9, 32);
    settings.data_font =
        settings.data_font.trim().chars().filter(|character| !character.is_control()).take(200).collect();
    settings.row_cap = settings.row_cap.clamp(1_000, 100_000_000);
    settings.byte_cap_mb = settings.byte_cap_mb.clamp(16, 16_384);
    settings.statement_timeout_s = settings.statement_timeout_s.min(86_400);
    settings.connect_timeout_s = settings.connect_timeout_s.clamp(1, 600);
    settings.idle_close_min = settings.idle_close_min.clamp(1, 1_440);
    settings.idle_transaction_min = settings.idle_transaction_min.min(1_440);
    settings.session_limit = settings.session_limit.clamp(2, 64);
    settings.page_rows = settings.page_rows.clamp(50, 10_000);
    settings.history_days = settings.history_days.min(36_500);
    settings.audit_days = settings.audit_days.min(36_500);
    settings
}

/// What is stored now.
pub(crate) async fn load(store: &Store) -> Result<Settings, AppError> {
    Ok(read(&stored(store).await?))
}

async fn stored(store: &Store) -> Result<String, AppError> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT value FROM settings WHERE name = 'settings'").fetch_optional(store.read()).await?;
    Ok(text.unwrap_or_else(|| "{}".to_owned()))
}

impl App {
    /// The settings.
    ///
    /// # Errors
    /// As the store says.
    pub async fn settings(&self) -> Result<Settings, AppError> {
        let settings = load(&self.store).await?;
        self.remember_settings(settings.clone());
        Ok(settings)
    }

    /// Keeps the settings, values out of range brought into it.
    ///
    /// # Errors
    /// As the store says; the settings are then unchanged.
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, AppError> {
        let settings = clamp(settings);
        let mut whole: Map<String, Value> = serde_json::from_str(&stored(&self.store).await?).unwrap_or_default();
        if let Value::Object(fields) = serde_json::to_value(&settings).map_err(AppError::internal)? {
            whole.extend(fields);
        }
        let mut change = self.store.write().await?;
        sqlx::query(
            "INSERT INTO settings VALUES ('settings', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(Value::Object(whole).to_string())
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        self.remember_settings(settings.clone());
        self.events.changed(&[Topic::Settings], None);
        self.forget_old_history().await?;
        self.forget_old_audit().await?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{api::Theme, testing};

    #[test]
    fn whatever_is_stored_the_rest_is_read() {
        let text = r#"{"theme":"dark","row_cap":5,"page_rows":"many","density":"airy","from_the_future":[1]}"#;
        let settings = read(text);
        assert_eq!(settings.theme, Theme::Dark);
        assert_eq!(settings.row_cap, 1_000, "brought into range");
        assert_eq!(settings.page_rows, Settings::default().page_rows);
        assert_eq!(settings.density, Settings::default().density);
        for nonsense in ["", "null", "[]", "{", "\u{0}"] {
            assert_eq!(read(nonsense), Settings::default());
        }
    }

    #[tokio::test]
    async fn saving_keeps_the_fields_of_a_newer_program_and_tells_the_others() {
        let home = testing::home();
        let app = testing::open(&home).await;
        let mut change = app.store.write().await.unwrap();
        sqlx::query(r#"INSERT INTO settings VALUES ('settings', '{"from_the_future":7}')"#)
            .execute(&mut *change)
            .await
            .unwrap();
        change.commit().await.unwrap();
        let mut events = app.events();
        let saved = app.save_settings(Settings { session_limit: 4_000, ..Settings::default() }).await.unwrap();
        assert_eq!(saved.session_limit, 64);
        assert_eq!(app.settings().await.unwrap(), saved);
        assert!(stored(&app.store).await.unwrap().contains("from_the_future"));
        assert!(events.try_recv().is_ok());
    }
}
