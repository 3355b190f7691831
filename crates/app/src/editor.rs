//! Help while typing: the outline of a text, completion, layout.

mod completion;
mod layout;
mod suggestions;
mod used;

use driver::Language;

use crate::{
    App,
    api::*,
    connections::dialect_of,
    explorer::kept,
    runs::{marks, parameter_name},
    text::Positions,
};

pub(crate) use used::{Counts, Used};

impl App {
    /// The statements and placeholders of a text.
    ///
    /// # Errors
    /// `Unsupported` for a driver this program does not have.
    pub fn outline(&self, driver: &str, text: &str) -> Result<Outline, AppError> {
        let language = self.registry.get(driver)?.language();
        let positions = Positions::new(text);
        let pieces = language.split(text);
        let mut placeholders: Vec<PlaceholderMark> = Vec::new();
        for piece in &pieces {
            for found in language.placeholders(piece.text(text)) {
                let name = parameter_name(&found);
                if placeholders.iter().all(|known| known.name != name) {
                    let span = found.span.shifted(piece.span.start);
                    let range = positions.range(span.start, span.end);
                    placeholders.push(PlaceholderMark { name, text: found.name, range });
                }
            }
        }
        Ok(Outline { statements: marks(text, &pieces, &positions, &language), placeholders })
    }

    /// What could stand at the caret.
    ///
    /// # Errors
    /// `Unsupported` for a driver this program does not have.
    pub async fn complete(&self, request: CompletionRequest) -> Result<Completions, AppError> {
        let driver = self.registry.get(&request.driver)?;
        // Nothing is opened for it: a connection that is not open completes from what was kept of it, one that nobody has tried
        // the language only.
        let connected = request.profile_id.as_deref().and_then(|profile_id| self.live.find(profile_id));
        let database = request.database.as_deref();
        let opened = connected.as_ref().and_then(|connected| connected.opened(database));
        let mut shelved = opened.as_ref().and_then(|opened| opened.shelf.latest());
        if let (None, Some(connected)) = (&shelved, &connected) {
            shelved = kept::of(connected, database).await;
        }
        // What the tab's own session says is newer than what the catalog knows of new ones.
        let session = request.tab_id.as_deref().and_then(|tab_id| self.tab_session(tab_id)).filter(|session| {
            session.link == "up" && request.profile_id.as_deref() == Some(session.profile_id.as_str())
        });
        let path = match session.as_ref().and_then(|session| session.search_path.as_deref()) {
            Some(text) => sql::search_path(text, session.as_ref().and_then(|session| session.user.as_deref())),
            None => shelved.as_ref().map(|shelved| shelved.catalog.search_path.clone()).unwrap_or_default(),
        };
        // Without the history the order is that of the names.
        let used = match request.profile_id.as_deref() {
            Some(profile_id) => self.used_in(profile_id).await.unwrap_or_default(),
            None => Counts::new(),
        };
        let language = opened.map_or_else(|| driver.language(), |opened| opened.language.clone());
        crate::holds::blocking(move || {
            let caret = Positions::new(&request.text).byte(request.caret as usize);
            let text = &request.text;
            Ok(match &language {
                Language::Sql(dialect) => {
                    completion::complete(text, caret, request.explicit, dialect, shelved.as_ref(), path, &used)
                }
                Language::Commands(commands) => suggestions::complete(text, caret, commands.as_ref(), shelved.as_ref()),
            })
        })
        .await
    }

    /// The text laid out anew.
    ///
    /// # Errors
    /// `Unsupported` for a driver this program does not have, and for a text whose meaning the layout would change.
    pub fn format_sql(&self, driver: &str, text: &str) -> Result<String, AppError> {
        layout::lay_out(text, dialect_of(&self.registry.get(driver)?.language())?)
    }
}
