//! Opening what a command names.

use std::sync::Arc;

use app::{
    App,
    terminal::{Opening, Terminal},
};

use crate::{
    arguments::PasswordInput,
    failure::{Failure, Outcome},
    prompt::{self, TerminalAsk},
    say,
};

/// Opens a target for reading, or for writing where its safety level allows it.
pub(crate) async fn open(app: &App, target: &str, read_only: bool, input: PasswordInput) -> Outcome<Terminal> {
    let password = prompt::given(input)?;
    let ask = Arc::new(TerminalAsk { given: password.is_some() });
    let warn = |warning: &str| say::line(&format!("warning: {}", say::clean(warning)));
    let opening = Opening { target: target.to_owned(), database: None, read_only, password, ask, warn };
    app.open_target(opening).await.map_err(Failure::connecting)
}
