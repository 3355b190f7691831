//! Questions to a person on the way to a server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
};

use async_trait::async_trait;
use driver::{Answer, Ask, Question, Secret};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::lock;
use crate::{
    App,
    api::{AnswerInput, AppError, AppEvent, ErrorCode, QuestionKind},
};

/// Questions nobody has answered yet.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    open: Mutex<HashMap<String, oneshot::Sender<AnswerInput>>>,
}

impl Questions {
    pub(super) fn answer(&self, id: &str, answer: AnswerInput) -> Result<(), AppError> {
        let asker = lock(&self.open).remove(id);
        // Whoever asked may have gone in between.
        asker.and_then(|asker| asker.send(answer).ok()).ok_or_else(|| {
            AppError::new(ErrorCode::NotFound, "This question is closed.")
                .with_hint("It was answered in another window, or the attempt has ended. Connect again if need be.")
        })
    }
}

/// Asks in the window. What is answered for the login is kept for the connection's life.
pub(crate) struct WindowAsk {
    app: Weak<App>,
    profile_id: String,
    answered: Mutex<Answered>,
}

#[derive(Default)]
struct Answered {
    password: Option<Secret>,
    remember: bool,
}

impl WindowAsk {
    pub(crate) fn new(app: &Arc<App>, profile_id: &str) -> Self {
        WindowAsk { app: Arc::downgrade(app), profile_id: profile_id.to_owned(), answered: Mutex::default() }
    }

    /// The last password that was answered and whether it is to be kept in the keychain.
    pub(super) fn password(&self) -> Option<(Secret, bool)> {
        let answered = lock(&self.answered);
        answered.password.clone().map(|password| (password, answered.remember))
    }

    pub(super) fn forget(&self) {
        *lock(&self.answered) = Answered::default();
    }

    pub(super) fn remembered(&self) {
        lock(&self.answered).remember = false;
    }
}

/// Closes the question also when whoever asked gives up.
struct Asked {
    app: Arc<App>,
    id: String,
}

impl Drop for Asked {
    fn drop(&mut self) {
        lock(&self.app.live.questions.open).remove(&self.id);
        self.app.events.emit(AppEvent::QuestionClosed { id: self.id.clone() });
    }
}

#[async_trait]
impl Ask for WindowAsk {
    async fn ask(&self, question: Question) -> Answer {
        let Some(app) = self.app.upgrade() else { return Answer::Refused };
        let (sender, receiver) = oneshot::channel();
        let asked = Asked { app: Arc::clone(&app), id: Uuid::new_v4().to_string() };
        lock(&app.live.questions.open).insert(asked.id.clone(), sender);
        let login = matches!(question, Question::Password { .. });
        app.events.emit(AppEvent::Question {
            id: asked.id.clone(),
            profile_id: Some(self.profile_id.clone()),
            question: shown(question),
        });
        drop(app);
        match receiver.await {
            Ok(AnswerInput::Secret { secret, remember }) => {
                if login {
                    *lock(&self.answered) = Answered { password: Some(secret.clone()), remember };
                }
                Answer::Secret(secret)
            }
            Ok(AnswerInput::Yes) => Answer::Yes,
            Ok(AnswerInput::Refused) | Err(_) => Answer::Refused,
        }
    }
}

fn shown(question: Question) -> QuestionKind {
    match question {
        Question::Password { user, target, retry } => QuestionKind::Password { user, target, retry },
        Question::Passphrase { path } => QuestionKind::Passphrase { path },
        Question::Otp { prompt } => QuestionKind::Otp { prompt },
        Question::HostKey { host, fingerprint } => QuestionKind::HostKey { host, fingerprint },
    }
}
