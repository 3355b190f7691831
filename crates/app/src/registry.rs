//! The drivers: the only place that knows which there are.

use std::sync::Arc;

use driver::{Driver, FieldKind};

use crate::api::{AppError, DriverForm, ErrorCode, FormChoice, FormField, FormFieldKind, FormVisible, LanguageFacts};

/// The drivers of one core.
#[derive(Clone)]
pub(crate) struct Registry {
    drivers: Arc<[Arc<dyn Driver>]>,
}

impl Registry {
    /// Every driver of this program.
    pub(crate) fn standard() -> Self {
        Registry::of(vec![
            Arc::new(driver_postgres::PostgresDriver),
            Arc::new(driver_mysql::MySql),
            Arc::new(driver_sqlite::Sqlite),
            Arc::new(driver_mssql::SqlServer),
            Arc::new(driver_mongodb::MongoDb),
            Arc::new(driver_redis::Redis),
            #[cfg(feature = "oracle")]
            Arc::new(driver_oracle::Oracle),
        ])
    }

    /// Just these.
    pub(crate) fn of(drivers: Vec<Arc<dyn Driver>>) -> Self {
        Registry { drivers: drivers.into() }
    }

    /// The driver of this id.
    ///
    /// # Errors
    /// `Unsupported` for one this program does not have.
    pub(crate) fn get(&self, id: &str) -> Result<&Arc<dyn Driver>, AppError> {
        self.drivers.iter().find(|driver| driver.id() == id).ok_or_else(|| {
            AppError::new(ErrorCode::Unsupported, format!("This Rowhouse has no driver “{id}”."))
                .with_hint("The connection was made with another version of Rowhouse.")
        })
    }

    /// The driver that reads a URL or opens a file.
    ///
    /// # Errors
    /// `InvalidStatement` when the text is neither, `Unsupported` for a scheme no driver has.
    pub(crate) fn for_target(&self, text: &str) -> Result<&Arc<dyn Driver>, AppError> {
        if text.is_empty() {
            return Err(AppError::new(ErrorCode::InvalidStatement, "Nothing was given to connect to.")
                .with_hint("Paste a URL such as postgres://host/database, or the path of a database file."));
        }
        if let Some(scheme) = scheme(text) {
            let known = |driver: &&Arc<dyn Driver>| driver.schemes().iter().any(|own| own.eq_ignore_ascii_case(scheme));
            if let Some(driver) = self.drivers.iter().find(known) {
                return Ok(driver);
            }
            // `name:rest` without slashes may be a file of that name.
            if text[scheme.len()..].starts_with("://") {
                let schemes: Vec<&str> = self.drivers.iter().flat_map(|driver| driver.schemes()).copied().collect();
                return Err(AppError::new(ErrorCode::Unsupported, format!("No driver reads {scheme}:// addresses."))
                    .with_hint(format!("Known are {}.", schemes.join(", "))));
            }
        }
        self.drivers.iter().find(|driver| opens_files(driver.as_ref())).ok_or_else(|| {
            AppError::new(ErrorCode::InvalidStatement, "This is no URL, and no driver opens files.")
                .with_hint("Write scheme://host/database.")
        })
    }

    /// The connect forms, in the order they are offered.
    pub(crate) fn forms(&self) -> Vec<DriverForm> {
        self.drivers.iter().map(|driver| form(driver.as_ref())).collect()
    }
}

/// Whether addresses of this driver may name a service of libpq's service files.
pub(crate) fn reads_service_files(driver: &dyn Driver) -> bool {
    driver.id() == "postgres"
}

/// The product whose definitions a driver's databases have; none where they are not compared.
pub(crate) fn defines(driver: &dyn Driver, product: &str) -> Option<schema::Engine> {
    match driver.id() {
        "postgres" => Some(schema::Engine::Postgres),
        "mysql" if product == "MariaDB" => Some(schema::Engine::MariaDb),
        "mysql" => Some(schema::Engine::MySql),
        "sqlite" => Some(schema::Engine::Sqlite),
        _ => None,
    }
}

/// Whether roles of a driver's servers can be staged.
pub(crate) fn stages_roles(driver: &dyn Driver, product: &str) -> bool {
    defines(driver, product) == Some(schema::Engine::Postgres)
}

/// The names of the secret fields of a driver that are not the login's password.
pub(crate) fn secret_fields(driver: &dyn Driver) -> impl Iterator<Item = &'static str> {
    let secret = |field: &&driver::Field| matches!(field.kind, FieldKind::Secret) && field.name != PASSWORD;
    driver.fields().iter().filter(secret).map(|field| field.name)
}

/// The field of the login's password: it never stands among a profile's values.
pub(crate) use driver::PASSWORD;

/// The field a stored secret belongs to: of several of one kind, the name goes on with whom each is for.
pub(crate) fn secret_field(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// `postgres` of `postgres://…`; a single letter is a drive, not a scheme.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let begins = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    let rest = scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character));
    (begins && rest && scheme.len() > 1).then_some(scheme)
}

/// A driver whose target is a file asks for one and cannot do without.
fn opens_files(driver: &dyn Driver) -> bool {
    driver.fields().iter().any(|field| field.required && matches!(field.kind, FieldKind::File))
}

fn form(driver: &dyn Driver) -> DriverForm {
    DriverForm {
        id: driver.id().to_owned(),
        label: driver.label().to_owned(),
        schemes: driver.schemes().iter().map(|scheme| (*scheme).to_owned()).collect(),
        opens_files: opens_files(driver),
        fields: driver.fields().iter().map(field).collect(),
        language: language(driver),
        can_act_as: driver.acts(),
    }
}

fn field(field: &driver::Field) -> FormField {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let (kind, choices) = match field.kind {
        FieldKind::Text => (FormFieldKind::Text, &[] as &[driver::Choice]),
        FieldKind::Number => (FormFieldKind::Number, &[] as _),
        FieldKind::Secret => (FormFieldKind::Secret, &[] as _),
        FieldKind::File => (FormFieldKind::File, &[] as _),
        FieldKind::Choice { choices } => (FormFieldKind::Choice, choices),
        FieldKind::Switch => (FormFieldKind::Switch, &[] as _),
    };
    FormField {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        section: field.section.to_owned(),
        kind,
        choices: choices
            .iter()
            .map(|choice| FormChoice {
                value: choice.value.to_owned(),
                label: choice.label.to_owned(),
                help: choice.help.map(str::to_owned),
            })
            .collect(),
        default: text(field.default),
        placeholder: text(field.placeholder),
        help: text(field.help),
        required: field.required,
        joined: field.joined,
        visible: field.visible.as_ref().map(|visible| FormVisible {
            field: visible.field.to_owned(),
            values: visible.values.iter().map(|value| (*value).to_owned()).collect(),
        }),
    }
}

fn language(driver: &dyn Driver) -> LanguageFacts {
    let language = driver.language();
    let dialect = language.sql();
    LanguageFacts {
        // The names of the editor's grammars.
        grammar: match driver.id() {
            "postgres" => "postgresql",
            "sqlite" => "sqlite",
            _ => language.name(),
        }
        .to_owned(),
        line_comment: language.line_comment().to_owned(),
        identifier_quote: dialect
            .and_then(|dialect| dialect.identifier_quotes.first())
            .map_or('"', |quote| quote.open)
            .to_string(),
        is_sql: dialect.is_some(),
    }
}
