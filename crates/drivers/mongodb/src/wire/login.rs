//! Signing in.

use zeroize::Zeroizing;

use super::{Client, Error, Report, scram::Scram};
use crate::bson::{self, Value};

/// How a user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// `SCRAM-SHA-256`, server 4.0 and later.
    ScramSha256,
    /// `SCRAM-SHA-1`.
    ScramSha1,
    /// `MONGODB-X509`: by the client certificate.
    X509,
    /// `PLAIN`: by a directory; the password goes as it is, so only over TLS that was verified.
    Plain,
}

impl Mechanism {
    /// The protocol's name.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha1 => "SCRAM-SHA-1",
            Mechanism::X509 => "MONGODB-X509",
            Mechanism::Plain => "PLAIN",
        }
    }

    /// The mechanism of this name, in any case.
    pub fn named(name: &str) -> Option<Mechanism> {
        let all = [Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::X509, Mechanism::Plain];
        all.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }
}

/// What to sign in with.
#[derive(Clone, Default)]
pub struct Login {
    /// The user; `None` signs nobody in, unless a certificate does.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Zeroizing<String>>,
    /// The database that knows the user.
    pub source: String,
    /// How; `None` is the best the server offers.
    pub mechanism: Option<Mechanism>,
    /// How we name ourselves.
    pub application_name: String,
}

impl Client {
    /// Signs in, if there is somebody to sign in; the mechanism that was used.
    ///
    /// # Errors
    /// [`Error::Server`] where the server refuses; [`Error::PasswordExposed`], [`Error::UnusablePassword`],
    /// [`Error::ServerNotProven`].
    pub async fn sign_in(&mut self, login: &Login) -> Result<Option<Mechanism>, Error> {
        let offered = self.hello().mechanisms.clone().unwrap_or_default();
        let mechanism = match login.mechanism {
            Some(mechanism) => mechanism,
            None if login.user.is_none() => return Ok(None),
            None if offered.iter().any(|name| name == Mechanism::ScramSha256.name()) => Mechanism::ScramSha256,
            None if offered.iter().any(|name| name == Mechanism::ScramSha1.name()) => Mechanism::ScramSha1,
            // A user that is not there has no mechanisms; the refusal must not tell that.
            None if self.hello().wire >= 7 => Mechanism::ScramSha256,
            None => Mechanism::ScramSha1,
        };
        match mechanism {
            Mechanism::ScramSha256 | Mechanism::ScramSha1 => self.scram(login, mechanism).await?,
            Mechanism::X509 => {
                let command = bson::document(|writer| {
                    writer.int32("authenticate", 1).string("mechanism", mechanism.name());
                    if let Some(user) = &login.user {
                        writer.string("user", user);
                    }
                });
                self.run("$external", &command).await?;
            }
            Mechanism::Plain => {
                if !self.is_private() {
                    return Err(Error::PasswordExposed);
                }
                let user = login.user.as_deref().unwrap_or_default();
                let password = login.password.as_ref().map_or("", |password| password.as_str());
                let payload = Zeroizing::new(["", "\0", user, "\0", password].concat().into_bytes());
                self.start(login, mechanism, &payload).await?;
            }
        }
        Ok(Some(mechanism))
    }

    async fn start(&mut self, login: &Login, mechanism: Mechanism, payload: &[u8]) -> Result<Step, Error> {
        let command = Zeroizing::new(bson::document(|writer| {
            writer.int32("saslStart", 1).string("mechanism", mechanism.name()).binary("payload", 0, payload);
            writer.with("options", |options| _ = options.bool("skipEmptyExchange", true));
            writer.string("$db", &login.source);
        }));
        self.step(&command).await
    }

    async fn step(&mut self, command: &[u8]) -> Result<Step, Error> {
        let reply = self.command(command).await?;
        if let Some(report) = Report::of(&reply) {
            return Err(Error::Server(Box::new(report)));
        }
        let payload = match bson::get(&reply, "payload").as_ref().map(bson::Element::value) {
            Some(Ok(Value::Binary(_, payload))) => payload.to_vec(),
            Some(Ok(Value::String(payload))) => payload.to_vec(),
            _ => return Err(Error::Protocol("a step of signing in has no payload")),
        };
        let conversation = bson::get(&reply, "conversationId").and_then(|id| id.integer()).unwrap_or(1);
        Ok(Step { payload, conversation, done: bson::get(&reply, "done").is_some_and(|done| done.truth()) })
    }

    async fn scram(&mut self, login: &Login, mechanism: Mechanism) -> Result<(), Error> {
        let user = login.user.as_deref().unwrap_or_default();
        let password = login.password.as_ref().map_or("", |password| password.as_str());
        let mut scram = Scram::begin(mechanism == Mechanism::ScramSha256, user, password)?;
        let first = self.start(login, mechanism, scram.first().as_bytes()).await?;
        let answer = scram.answer(&first.payload)?;
        let mut step = self.go_on(login, &first, answer.as_bytes()).await?;
        scram.verify(&step.payload)?;
        // Older servers want to hear that we are content.
        for _ in 0..2 {
            if step.done {
                return Ok(());
            }
            step = self.go_on(login, &step, &[]).await?;
        }
        match step.done {
            true => Ok(()),
            false => Err(Error::Protocol("signing in does not end")),
        }
    }

    async fn go_on(&mut self, login: &Login, before: &Step, payload: &[u8]) -> Result<Step, Error> {
        let command = bson::document(|writer| {
            writer.int32("saslContinue", 1).integer("conversationId", before.conversation);
            writer.binary("payload", 0, payload).string("$db", &login.source);
        });
        self.step(&command).await
    }
}

struct Step {
    payload: Vec<u8>,
    conversation: i64,
    done: bool,
}
