//! Logging in, in the order ssh does it: keys of the agent, keys in files, questions, a password.

use std::{path::Path, time::Duration};

use russh::{
    MethodKind, MethodSet, Signer,
    client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Reply},
    keys::{HashAlg, PrivateKeyWithHashAlg, PublicKey, agent::AgentIdentity},
};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{
    agent::{self, Agent},
    keys::{KeyFile, Opened},
    link::{Client, Death},
    readable,
    secrets::Secrets,
    settings::Place,
};
use crate::{Answer, Ask, Error, ErrorKind, Hop, Question};

/// A key in an agent may want a finger on a button.
const SIGNING: Duration = Duration::from_secs(120);
/// How often a passphrase or a password is asked for.
const TRIES: usize = 3;
/// A server that asks more often than this asks for ever.
const MOST_QUESTIONS: usize = 20;
/// Methods in a row (a key, then a code) before a server is taken to mean no end.
const MOST_ROUNDS: usize = 6;

/// What a login came to.
pub(super) struct LoggedIn {
    /// With what, for the trace.
    pub(super) with: String,
    /// Whether a person gave an answer that serves once only.
    pub(super) answered_once: bool,
}

pub(super) struct Login<'a> {
    pub(super) handle: &'a mut Handle<Client>,
    pub(super) place: &'a Place,
    pub(super) secrets: &'a Secrets,
    pub(super) ask: &'a dyn Ask,
    pub(super) limit: Duration,
    pub(super) death: &'a Death,
    /// What was tried, and what came of it.
    pub(super) tried: Vec<String>,
    /// What a person can do about it, where that is plain.
    pub(super) cause: Option<(ErrorKind, String)>,
    pub(super) answered_once: bool,
}

/// How one attempt ended.
enum Attempt {
    Success,
    /// Accepted, and something more is wanted.
    Partial(MethodSet),
    Refused,
}

/// Asks the server whether it wants a key, and signs nothing.
struct Probe;

enum Probed {
    Wanted,
    Lost,
}

impl From<russh::SendError> for Probed {
    fn from(_: russh::SendError) -> Self {
        Probed::Lost
    }
}

impl Signer for Probe {
    type Error = Probed;

    async fn auth_sign(&mut self, _: &AgentIdentity, _: Option<HashAlg>, _: Vec<u8>) -> Result<Vec<u8>, Probed> {
        Err(Probed::Wanted)
    }
}

impl Login<'_> {
    /// # Errors
    /// [`Hop::SshAuth`].
    pub(super) async fn run(mut self) -> Result<LoggedIn, Error> {
        let mut with: Vec<String> = Vec::new();
        let mut offered = match self.nothing().await? {
            AuthResult::Success => return Ok(LoggedIn { with: "nothing asked".to_owned(), answered_once: false }),
            AuthResult::Failure { remaining_methods, .. } => remaining_methods,
        };
        self.alive()?;
        for round in 0..MOST_ROUNDS {
            match self.round(&offered, round > 0, &mut with).await? {
                Attempt::Success => {
                    return Ok(LoggedIn { with: with.join(", then "), answered_once: self.answered_once });
                }
                Attempt::Partial(next) => offered = next,
                Attempt::Refused => break,
            }
        }
        Err(self.refused(&offered))
    }

    /// Logs in with nothing, to hear what the server wants.
    async fn nothing(&mut self) -> Result<AuthResult, Error> {
        let user = self.place.user.clone();
        let answer = timeout(self.limit, self.handle.authenticate_none(user)).await;
        self.settled(answer)
    }

    async fn round(&mut self, offered: &MethodSet, after_one: bool, with: &mut Vec<String>) -> Result<Attempt, Error> {
        let methods = self.place.methods;
        let has = |kind| offered.contains(&kind);
        if methods.key && has(MethodKind::PublicKey) {
            let attempt = self.keys(with).await?;
            if !matches!(attempt, Attempt::Refused) {
                return Ok(attempt);
            }
        }
        let questions = methods.keyboard && (after_one || !self.place.questions_after_key);
        let passwords = methods.password && has(MethodKind::Password);
        let stored = self.secrets.password(self.place);
        if passwords && let Some(password) = stored {
            let attempt = self.password(password, with).await?;
            if !matches!(attempt, Attempt::Refused) {
                return Ok(attempt);
            }
            self.secrets.forget_password(self.place);
            self.tried.push("the stored password".to_owned());
            self.cause =
                Some((ErrorKind::AuthenticationRefused, "The password is wrong, or is no longer valid.".to_owned()));
        }
        if questions && has(MethodKind::KeyboardInteractive) {
            let attempt = self.questions(with).await?;
            if !matches!(attempt, Attempt::Refused) {
                return Ok(attempt);
            }
        }
        if passwords {
            return self.ask_password(with).await;
        }
        Ok(Attempt::Refused)
    }

    async fn keys(&mut self, with: &mut Vec<String>) -> Result<Attempt, Error> {
        let files = self.files().await;
        let held = self.agent().await;
        let mut in_agent: Vec<PublicKey> = Vec::new();
        if let Some((mut agent, mut identities)) = held {
            let rank = |identity: &AgentIdentity| {
                let key = identity.public_key();
                files
                    .iter()
                    .position(|file| file.public.as_ref().is_some_and(|public| public.key_data() == key.key_data()))
            };
            if self.place.identities_only {
                identities.retain(|identity| rank(identity).is_some());
            }
            // The keys of the named files first, in their order.
            identities.sort_by_key(|identity| rank(identity).unwrap_or(usize::MAX));
            for identity in identities {
                in_agent.push(identity.public_key().into_owned());
                let attempt = self.agent_key(&mut agent, identity, with).await?;
                if !matches!(attempt, Attempt::Refused) {
                    return Ok(attempt);
                }
            }
        }
        for file in &files {
            let known = |public: &PublicKey| in_agent.iter().any(|key| key.key_data() == public.key_data());
            if file.public_only || file.public.as_ref().is_some_and(known) {
                continue;
            }
            let attempt = self.file_key(file, with).await?;
            if !matches!(attempt, Attempt::Refused) {
                return Ok(attempt);
            }
        }
        Ok(Attempt::Refused)
    }

    async fn files(&mut self) -> Vec<KeyFile> {
        let mut files = Vec::new();
        for path in self.place.key_files.clone() {
            let reading = path.clone();
            let Ok(read) = tokio::task::spawn_blocking(move || KeyFile::read(&reading)).await else { continue };
            match read {
                Ok(file) => files.push(file),
                // That a default file is missing is no news.
                Err(super::keys::Unusable::Missing) if !self.place.keys_named => {}
                Err(why) => {
                    self.tried.push(format!("{} ({why})", path.display()));
                    self.cause.get_or_insert((
                        ErrorKind::Settings,
                        format!("The key {} cannot be used: {why}.", path.display()),
                    ));
                }
            }
        }
        files
    }

    async fn agent(&mut self) -> Option<(Agent, Vec<AgentIdentity>)> {
        let address = self.place.agent.clone()?;
        match agent::open(&address, self.handle.agent_session_binding()).await {
            Ok((_, identities)) if identities.is_empty() => {
                self.tried.push("the agent (it holds no keys)".to_owned());
                None
            }
            Ok(opened) => Some(opened),
            Err(why) => {
                self.tried.push(format!("the agent at {address} ({why})"));
                None
            }
        }
    }

    async fn agent_key(
        &mut self,
        agent: &mut Agent,
        identity: AgentIdentity,
        with: &mut Vec<String>,
    ) -> Result<Attempt, Error> {
        let key = identity.public_key().into_owned();
        let name = format!("the agent's key {}", key.fingerprint(HashAlg::Sha256));
        let hash = self.hash_for(&key).await;
        let user = self.place.user.clone();
        let signed = match &identity {
            AgentIdentity::PublicKey { key, .. } => {
                timeout(SIGNING, self.handle.authenticate_publickey_with(user, key.clone(), hash, agent)).await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                let signing = self.handle.authenticate_certificate_with(user, certificate.clone(), hash, agent);
                timeout(SIGNING, signing).await
            }
        };
        match signed {
            Ok(Ok(result)) => self.attempt(result, name, with),
            Ok(Err(russh::AgentAuthError::Key(error))) => {
                tracing::debug!(%error, "the agent did not sign");
                self.tried.push(format!("{name} (the agent refused to sign)"));
                self.cause = Some((
                    ErrorKind::AuthenticationRefused,
                    "The agent refused to sign with a key the server accepts: it may be locked, or the request was declined."
                        .to_owned(),
                ));
                self.alive()?;
                Ok(Attempt::Refused)
            }
            Ok(Err(russh::AgentAuthError::Send(_))) => Err(self.lost()),
            Err(_) => Err(self.silent()),
        }
    }

    async fn file_key(&mut self, file: &KeyFile, with: &mut Vec<String>) -> Result<Attempt, Error> {
        let name = format!("the key {}", file.path.display());
        // Nobody is asked for a passphrase of a key the server does not want.
        if file.locked
            && file.certificate.is_none()
            && let Some(public) = &file.public
        {
            let hash = self.hash_for(public).await;
            let user = self.place.user.clone();
            let mut probe = Probe;
            let probing = self.handle.authenticate_publickey_with(user, public.clone(), hash, &mut probe);
            match timeout(self.limit, probing).await {
                Ok(Err(Probed::Wanted)) => {}
                Ok(Ok(result)) => return self.attempt(result, name, with),
                Ok(Err(Probed::Lost)) => return Err(self.lost()),
                Err(_) => return Err(self.silent()),
            }
        }
        let Some(key) = self.open(file, &name).await else { return Ok(Attempt::Refused) };
        let user = self.place.user.clone();
        if let Some(certificate) = &file.certificate {
            let showing = self.handle.authenticate_openssh_cert(user.clone(), key.clone(), certificate.clone());
            let result = timeout(self.limit, showing).await;
            let result = self.settled(result)?;
            let attempt = self.attempt(result, format!("the certificate of {}", file.path.display()), with)?;
            if !matches!(attempt, Attempt::Refused) {
                return Ok(attempt);
            }
        }
        let hash = self.hash_for(key.public_key()).await;
        let signing = self.handle.authenticate_publickey(user, PrivateKeyWithHashAlg::new(key, hash));
        let result = timeout(self.limit, signing).await;
        let result = self.settled(result)?;
        self.attempt(result, name, with)
    }

    /// Opens a key with the passphrase that is known or, where none fits, asked for.
    async fn open(&mut self, file: &KeyFile, name: &str) -> Option<std::sync::Arc<russh::keys::PrivateKey>> {
        let mut answers = if file.locked { self.secrets.passphrases(&file.path) } else { vec![Zeroizing::default()] };
        answers.reverse();
        let mut asked = 0;
        loop {
            let passphrase = match answers.pop() {
                Some(known) => known,
                None if asked < TRIES => {
                    let path = file.path.display().to_string();
                    let question = Question::Passphrase { path, retry: asked > 0 };
                    asked += 1;
                    match self.ask.ask(question).await {
                        Answer::Secret(secret) => secret,
                        _ => {
                            self.no_passphrase(file, name, asked > 1);
                            return None;
                        }
                    }
                }
                None => {
                    self.no_passphrase(file, name, true);
                    return None;
                }
            };
            match file.open(Some(passphrase.clone())).await {
                Opened::Key(key) => {
                    if file.locked {
                        self.secrets.remember_passphrase(&file.path, passphrase);
                    }
                    return Some(key);
                }
                Opened::WrongPassphrase => {
                    self.cause = Some(wrong_passphrase(&file.path));
                }
                Opened::Unusable(why) => {
                    self.tried.push(format!("{name} ({why})"));
                    self.cause =
                        Some((ErrorKind::Settings, format!("The key {} cannot be used: {why}.", file.path.display())));
                    return None;
                }
            }
        }
    }

    fn no_passphrase(&mut self, file: &KeyFile, name: &str, wrong: bool) {
        let wrong = wrong || matches!(self.cause, Some((ErrorKind::PassphraseWrong, _)));
        self.tried.push(format!(
            "{name} ({})",
            if wrong { "the passphrase is wrong" } else { "its passphrase was not given" }
        ));
        self.cause = Some(if wrong {
            wrong_passphrase(&file.path)
        } else {
            let path = file.path.display();
            (ErrorKind::PassphraseWanted, format!("The key {path} has a passphrase, and none was given."))
        });
    }

    /// An RSA key signs with the hash the server knows; other keys have but one.
    async fn hash_for(&self, key: &PublicKey) -> Option<HashAlg> {
        if !key.algorithm().is_rsa() {
            return None;
        }
        let told = timeout(self.limit, self.handle.best_supported_rsa_hash()).await;
        // SHA-1 is not used, whatever the server says.
        told.ok().and_then(Result::ok).flatten().flatten().or(Some(HashAlg::Sha512))
    }

    async fn password(&mut self, password: Zeroizing<String>, with: &mut Vec<String>) -> Result<Attempt, Error> {
        let user = self.place.user.clone();
        let sending = self.handle.authenticate_password(user, password.as_str());
        let result = timeout(self.limit, sending).await;
        let result = self.settled(result)?;
        let tried = self.tried.len();
        let attempt = self.attempt(result, "a password".to_owned(), with)?;
        self.tried.truncate(tried);
        Ok(attempt)
    }

    async fn ask_password(&mut self, with: &mut Vec<String>) -> Result<Attempt, Error> {
        for retry in 0..TRIES {
            let question = Question::Password {
                user: self.place.user.clone(),
                host: self.place.to_string(),
                is_target: self.place.is_target,
                retry: retry > 0 || matches!(self.cause, Some((ErrorKind::AuthenticationRefused, _))),
            };
            let Answer::Secret(password) = self.ask.ask(question).await else {
                self.tried.push("a password (none was given)".to_owned());
                return Ok(Attempt::Refused);
            };
            let attempt = self.password(password.clone(), with).await?;
            if !matches!(attempt, Attempt::Refused) {
                self.secrets.remember_password(self.place, password);
                return Ok(attempt);
            }
            self.cause = Some((ErrorKind::AuthenticationRefused, "The password is wrong.".to_owned()));
        }
        self.tried.push("a password".to_owned());
        Ok(Attempt::Refused)
    }

    /// Whatever the server asks: a code, a new password, or just the password.
    async fn questions(&mut self, with: &mut Vec<String>) -> Result<Attempt, Error> {
        let user = self.place.user.clone();
        let starting = self.handle.authenticate_keyboard_interactive_start(user, None);
        let mut reply = timeout(self.limit, starting).await;
        let mut stored = self.place.methods.password.then(|| self.secrets.password(self.place)).flatten();
        for _ in 0..MOST_QUESTIONS {
            let (instructions, prompts) = match self.settled(reply)? {
                Reply::Success => return self.attempt(AuthResult::Success, "answers".to_owned(), with),
                Reply::Failure { remaining_methods, partial_success } => {
                    let result = AuthResult::Failure { remaining_methods, partial_success };
                    return self.attempt(result, "answers".to_owned(), with);
                }
                Reply::InfoRequest { instructions, prompts, .. } => (instructions, prompts),
            };
            let alone = prompts.len() == 1;
            let mut answers = Vec::new();
            for prompt in prompts.into_iter().take(MOST_QUESTIONS) {
                let asks_password = alone && !prompt.echo && prompt.prompt.to_lowercase().contains("password");
                if asks_password && let Some(password) = stored.take() {
                    answers.push(String::clone(&password));
                    continue;
                }
                let question = Question::Prompt {
                    host: self.place.to_string(),
                    instructions: readable(&instructions),
                    prompt: readable(&prompt.prompt),
                    echo: prompt.echo,
                };
                match self.ask.ask(question).await {
                    Answer::Secret(secret) => answers.push(String::clone(&secret)),
                    _ => {
                        self.tried.push("answers to its questions (none was given)".to_owned());
                        return Ok(Attempt::Refused);
                    }
                }
                self.answered_once = true;
            }
            reply = timeout(self.limit, self.handle.authenticate_keyboard_interactive_respond(answers)).await;
        }
        Err(self.error(ErrorKind::AuthenticationRefused, format!("{} asks questions without end.", self.place)))
    }

    fn attempt(&mut self, result: AuthResult, name: String, with: &mut Vec<String>) -> Result<Attempt, Error> {
        Ok(match result {
            AuthResult::Success => {
                with.push(name);
                Attempt::Success
            }
            AuthResult::Failure { partial_success: true, remaining_methods } => {
                with.push(name);
                Attempt::Partial(remaining_methods)
            }
            AuthResult::Failure { .. } => {
                self.alive()?;
                self.tried.push(name);
                Attempt::Refused
            }
        })
    }

    fn settled<T, E>(&self, answer: Result<Result<T, E>, tokio::time::error::Elapsed>) -> Result<T, Error> {
        match answer {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(_)) => Err(self.lost()),
            Err(_) => Err(self.silent()),
        }
    }

    fn alive(&self) -> Result<(), Error> {
        if self.death.get().is_some() || self.handle.is_closed() { Err(self.lost()) } else { Ok(()) }
    }

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(Hop::SshAuth, &self.place.to_string(), kind, message)
    }

    fn silent(&self) -> Error {
        self.error(ErrorKind::TimedOut, format!("{} did not answer the login in time.", self.place))
            .hint("The server may look up names or wait for a second factor; its log says what it waits for.")
    }

    fn lost(&self) -> Error {
        let why = self.death.get().map(|why| format!(": {why}")).unwrap_or_default();
        let error =
            self.error(ErrorKind::Closed, format!("{} closed the connection during the login{why}.", self.place));
        if why.to_lowercase().contains("too many authentication failures") {
            return error.hint(format!(
                "Too many keys were offered ({}). Choose the key file, or set IdentitiesOnly and IdentityFile in the SSH \
                 configuration.",
                self.tried.join(", ")
            ));
        }
        error.hint("The server's log says why.")
    }

    fn refused(self, offered: &MethodSet) -> Error {
        let place = self.place;
        let accepts = offered.iter().map(String::from).collect::<Vec<_>>().join(", ");
        let tried = if self.tried.is_empty() {
            "nothing to try".to_owned()
        } else {
            format!("tried {}", self.tried.join(", "))
        };
        let notes = place.notes.iter().map(|note| format!(" {note}")).collect::<String>();
        let (kind, cause) = match &self.cause {
            Some((kind, cause)) => (*kind, format!(" {cause}")),
            None => (ErrorKind::AuthenticationRefused, String::new()),
        };
        self.error(kind, format!("{place} does not let {} log in: {tried}.{cause}", place.user)).hint(format!(
            "The server accepts: {accepts}. Check the user, the key and how to log in; ssh -v shows what it tries.{notes}"
        ))
    }
}

fn wrong_passphrase(path: &Path) -> (ErrorKind, String) {
    (ErrorKind::PassphraseWrong, format!("The passphrase does not open the key {}.", path.display()))
}
