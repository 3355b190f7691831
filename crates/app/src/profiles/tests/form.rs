//! A driver whose connect form has every kind of field, over the scripted server.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use driver::{
    Answer, Ask, Cast, Choice, ConnectContext, Connection, Driver, Error, Field, FieldKind, Limits, Model, ParsedUrl,
    Profile, Question, Secret,
    fake::{FakeBuilder, FakeDriver},
};

pub(super) struct Form(FakeDriver);

impl Form {
    pub(super) fn new(password: &str) -> Self {
        Form(FakeBuilder::new("1.0").password(password).build())
    }
}

static FIELDS: [Field; 7] = [
    Field { required: true, ..Field::text("host", "Host", "Server") },
    Field { kind: FieldKind::Number, ..Field::text("port", "Port", "Server") },
    Field { kind: FieldKind::Secret, ..Field::text("password", "Password", "Server") },
    Field::text("empty", "Empty", "Server"),
    Field {
        kind: FieldKind::Choice { choices: &[Choice { value: "straight", label: "Straight", help: None }] },
        ..Field::text("mode", "Mode", "Server")
    },
    Field { kind: FieldKind::Secret, ..Field::text("key_passphrase", "Passphrase", "TLS") },
    Field { kind: FieldKind::Secret, ..Field::text("token", "Token", "TLS") },
];

#[async_trait]
impl Driver for Form {
    fn id(&self) -> &'static str {
        "form"
    }

    fn label(&self) -> &'static str {
        "Form"
    }

    fn model(&self) -> Model {
        self.0.model()
    }

    fn language(&self) -> driver::Language {
        self.0.language()
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }

    fn fields(&self) -> &'static [Field] {
        &FIELDS
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["form"]
    }

    fn cast(&self) -> &'static dyn Cast {
        self.0.cast()
    }

    fn parse_url(&self, text: &str) -> Result<ParsedUrl, Error> {
        let rest = text.split_once("://").map_or("", |(_, rest)| rest);
        let (login, host) = rest.split_once('@').unwrap_or(("", rest));
        let secret = login.split_once(':').map(|(_, password)| Secret::new(password.to_owned()));
        let values = BTreeMap::from([("host".to_owned(), host.to_owned())]);
        Ok(ParsedUrl { values, secret, warnings: Vec::new() })
    }

    fn target(&self, profile: &Profile) -> String {
        profile.value("host").unwrap_or("").to_owned()
    }

    async fn connect(&self, profile: &Profile, context: ConnectContext) -> Result<Arc<dyn Connection>, Error> {
        if profile.value("host") == Some("hung") {
            std::future::pending::<()>().await;
        }
        if profile.value("host") == Some("tunnel") && !context.secrets.contains_key("token") {
            let question = Question::Password {
                secret: "token".to_owned(),
                user: "ada".to_owned(),
                target: "jump".to_owned(),
                retry: false,
            };
            if context.ask.ask(question).await == Answer::Refused {
                return Err(Error::cancelled());
            }
        }
        self.0.connect(profile, context).await
    }
}

/// Answers after an hour.
pub(super) struct Slow;

#[async_trait]
impl Ask for Slow {
    async fn ask(&self, _question: Question) -> Answer {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        Answer::Secret(Secret::new("hunter2".to_owned()))
    }
}
