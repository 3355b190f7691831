//! Plans in the terminal's session.

use std::time::Duration;

use super::{Place, Wanted};
use crate::{api::*, terminal::TerminalSession};

impl TerminalSession<'_> {
    /// Asks for the plan of the one statement of a text; see [`crate::App::explain`]. `stop` stops it on the server.
    ///
    /// # Errors
    /// As [`crate::App::explain`].
    pub async fn explain(
        &self,
        text: &str,
        parameters: &[ParameterValue],
        analyze: bool,
        confirmed: Option<&str>,
        timeout: Option<Duration>,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<PlanAnswer, AppError> {
        let app = self.terminal().app();
        let (connected, opened) = self.terminal().place();
        let place = Place { app, connected, opened, session: self.session().as_ref(), acting: self.acting() };
        place.explain(&Wanted { text, parameters, analyze, confirmed, timeout }, stop).await
    }
}
