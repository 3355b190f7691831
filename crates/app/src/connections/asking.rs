//! Questions to a person on the way to a server.

use std::{
    collections::{BTreeMap, HashMap},
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
    registry::secret_field,
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

/// Asks in the window. What is answered is kept for the connection's life.
pub(crate) struct WindowAsk {
    app: Weak<App>,
    /// Empty for a connection that is only tried.
    profile_id: String,
    /// By the secrets' names.
    answered: Mutex<BTreeMap<String, Answered>>,
}

/// What a person answered.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) secret: Secret,
    /// Whether it is to be kept in the keychain.
    pub(super) remember: bool,
}

impl WindowAsk {
    pub(crate) fn new(app: &Arc<App>, profile_id: &str) -> Self {
        WindowAsk { app: Arc::downgrade(app), profile_id: profile_id.to_owned(), answered: Mutex::default() }
    }

    /// What was answered, by the secrets' names.
    pub(super) fn answered(&self) -> BTreeMap<String, Answered> {
        lock(&self.answered).clone()
    }

    /// Forgets what was answered for a field that was refused.
    pub(super) fn forget(&self, field: &str) {
        lock(&self.answered).retain(|name, _| secret_field(name) != field);
    }

    /// What was to be kept is kept, or cannot be.
    pub(super) fn settled(&self) {
        lock(&self.answered).values_mut().for_each(|answered| answered.remember = false);
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
        let name = match &question {
            Question::Password { secret, retry, .. } | Question::Passphrase { secret, retry, .. } => {
                if *retry {
                    // The one that is known was refused: nobody sends it again.
                    app.held.forget_answer(&self.profile_id, secret);
                    lock(&self.answered).remove(secret);
                }
                Some(secret.clone())
            }
            Question::Otp { .. } | Question::HostKey { .. } | Question::LocalFile { .. } => None,
        };
        app.events.emit(AppEvent::Question {
            id: asked.id.clone(),
            profile_id: Some(self.profile_id.clone()).filter(|id| !id.is_empty()),
            question: shown(question),
        });
        drop(app);
        match receiver.await {
            Ok(AnswerInput::Secret { secret, remember }) => {
                if let Some(name) = name {
                    lock(&self.answered).insert(name, Answered { secret: secret.clone(), remember });
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
        Question::Password { secret, user, target, retry } => QuestionKind::Password { secret, user, target, retry },
        Question::Passphrase { secret, path, retry } => QuestionKind::Passphrase { secret, path, retry },
        Question::Otp { prompt } => QuestionKind::Otp { prompt },
        Question::HostKey { host, fingerprint } => QuestionKind::HostKey { host, fingerprint },
        Question::LocalFile { path, target } => QuestionKind::LocalFile { path, target },
    }
}
