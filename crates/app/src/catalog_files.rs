//! Catalog files: how a database was defined at one moment, kept in a file that is compared, drawn and documented with no server.
//!
//! A file holds the catalog as it was read, with definition texts, and of the server its product and version: no address, no login,
//! no rows. docs/catalog-files.md says what is in it.

mod narrowed;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt, fs,
    io::Read as _,
    path::Path,
    sync::Arc,
};

use catalog::{Catalog, Kind, ObjectKey, ObjectKind, Scope};
use schema::{Definition, Engine, Incomplete, Server};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    api::{AppError, ErrorCode, ObjectPage, RelationPage, ServerFacts},
    structure::definition_texts,
    terminal::Terminal,
};

/// The version of the format.
const VERSION: u32 = 1;
/// How the format names itself, as its first member.
const MARK: &str = "rowhouse_catalog";
/// A mark of the byte order, which some editors write.
const BYTE_ORDER: &[u8] = b"\xef\xbb\xbf";

/// A catalog and what is needed to understand it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogFile {
    #[serde(rename = "rowhouse_catalog")]
    version: u32,
    /// When it was read, as RFC 3339 in UTC.
    taken_at: String,
    product: String,
    server_version: String,
    version_number: u32,
    engine: Engine,
    catalog: Catalog,
    /// Definition texts beside those in the catalog, by object.
    #[serde(with = "pairs")]
    texts: BTreeMap<ObjectKey, Arc<str>>,
}

/// Maps with keys that JSON has no room for, as lists of pairs.
mod pairs {
    use std::{collections::BTreeMap, sync::Arc};

    use catalog::ObjectKey;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<ObjectKey, Arc<str>>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map.iter().map(|(key, text)| (key, &**text)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<ObjectKey, Arc<str>>, D::Error> {
        let pairs = Vec::<(ObjectKey, String)>::deserialize(from)?;
        Ok(pairs.into_iter().map(|(key, text)| (key, text.into())).collect())
    }
}

/// Why a file is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogFileError {
    /// It cannot be read: the system's sentence.
    Unreadable(String),
    /// It is something else.
    NotOne,
    /// It is what `rowhouse schema --format json` writes, which leaves out what comparing needs.
    Schema,
    /// A later version of this program wrote it in a way that this one does not know.
    Newer(u32),
    /// It ends in the midst.
    Truncated,
    /// It says of itself what it is not.
    Broken(String),
}

impl fmt::Display for CatalogFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CatalogFileError::Unreadable(why) => f.write_str(why),
            CatalogFileError::NotOne => f.write_str("it is no catalog file"),
            CatalogFileError::Schema => f.write_str("it is a schema as JSON, which leaves out what is needed here"),
            CatalogFileError::Newer(version) => {
                write!(f, "it has version {version} of the format, and this program reads up to {VERSION}")
            }
            CatalogFileError::Truncated => f.write_str("it ends in the midst"),
            CatalogFileError::Broken(why) => write!(f, "it is damaged: {why}"),
        }
    }
}

impl std::error::Error for CatalogFileError {}

impl CatalogFileError {
    /// As faces tell it of this file.
    pub fn of(&self, path: &Path) -> AppError {
        let path = path.display();
        let told = |code, hint: &str| AppError::new(code, format!("“{path}” cannot be used: {self}.")).with_hint(hint);
        match self {
            CatalogFileError::Unreadable(_) => told(ErrorCode::NotFound, "Check the path and its permissions."),
            CatalogFileError::NotOne => {
                told(ErrorCode::Unsupported, "rowhouse schema TARGET --format catalog writes one.")
            }
            CatalogFileError::Schema => {
                told(ErrorCode::Unsupported, "Write it with --format catalog in place of json.")
            }
            CatalogFileError::Newer(_) => {
                told(ErrorCode::Unsupported, "Update Rowhouse, or write it anew with this one.")
            }
            CatalogFileError::Truncated | CatalogFileError::Broken(_) => {
                told(ErrorCode::Corrupt, "Write it anew, or take the copy that was not changed.")
            }
        }
    }
}

impl CatalogFile {
    /// Whether a file may be one, by its first character: a database of SQLite begins otherwise.
    pub fn is_like(path: &Path) -> bool {
        let mut start = [0; 64];
        let read = fs::File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
        let start = start.get(..read).unwrap_or_default();
        let start = start.strip_prefix(BYTE_ORDER).unwrap_or(start);
        start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
    }

    /// Reads one. Blocks.
    ///
    /// # Errors
    /// [`CatalogFileError`].
    pub fn read(path: &Path) -> Result<Self, CatalogFileError> {
        let bytes = fs::read(path).map_err(|error| CatalogFileError::Unreadable(error.to_string()))?;
        CatalogFile::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, CatalogFileError> {
        #[derive(Deserialize)]
        struct Head {
            rowhouse_catalog: Option<u32>,
            relations: Option<serde::de::IgnoredAny>,
        }

        let bytes = bytes.strip_prefix(BYTE_ORDER).unwrap_or(bytes);
        let head: Head = serde_json::from_slice(bytes).map_err(|error| unread(&error, bytes))?;
        match (head.rowhouse_catalog, head.relations) {
            (Some(version), _) if version > VERSION => return Err(CatalogFileError::Newer(version)),
            (Some(_), _) => {}
            (None, Some(_)) => return Err(CatalogFileError::Schema),
            (None, None) => return Err(CatalogFileError::NotOne),
        }
        let mut file: CatalogFile = serde_json::from_slice(bytes).map_err(|error| unread(&error, bytes))?;
        narrowed::check(&file.catalog).map_err(CatalogFileError::Broken)?;
        // Who edits a file by hand need not know how it is sorted.
        file.catalog.seal();
        Ok(file)
    }

    /// The whole file, the same for the same database but for the times.
    ///
    /// # Errors
    /// `Internal` only.
    pub fn text(&self) -> Result<String, AppError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| AppError::internal(error.to_string()))?;
        Ok(text + "\n")
    }

    /// When it was read, as RFC 3339 in UTC.
    pub fn taken_at(&self) -> &str {
        &self.taken_at
    }

    /// The server it was read from: product and version, nothing else.
    pub fn server(&self) -> ServerFacts {
        let (product, version) = (self.product.clone(), self.server_version.clone());
        ServerFacts { product, version, facts: BTreeMap::new() }
    }

    /// Whose types and definitions the catalog's are.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The catalog, as reading this much from the server would give it.
    pub fn catalog(&self, scope: &Scope) -> Catalog {
        narrowed::narrowed(&self.catalog, scope)
    }

    /// A catalog of it in words, as [`Terminal::pages`] says it.
    pub fn pages(&self, catalog: &Catalog) -> (Vec<RelationPage>, Vec<ObjectPage>) {
        crate::terminal::pages(catalog, &self.definer().dialect().into())
    }

    /// How the database was defined, of these schemas only where some are named.
    ///
    /// # Errors
    /// `Forbidden` where not everything that is compared could be read when the file was written.
    pub fn definition(&self, schemas: Option<Vec<String>>) -> Result<Definition, AppError> {
        let catalog = match schemas {
            Some(_) => self.catalog(&Scope { schemas, sizes: false, ..Scope::complete() }),
            None => self.catalog.clone(),
        };
        let texts: HashMap<ObjectKey, Arc<str>> =
            self.texts.iter().map(|(key, text)| (key.clone(), Arc::clone(text))).collect();
        Definition::of_texts(&catalog, self.definer(), &texts).map_err(|why| {
            let why = match why {
                Incomplete::Text(key) => format!("the definition of “{}” was not to be had", key.name),
                Incomplete::Kind(kind, _) => format!("not all {} were to be had", kind.words()),
                Incomplete::NoDatabase => "the connection named no database".to_owned(),
            };
            AppError::new(ErrorCode::Forbidden, format!("When the catalog file was written, {why}."))
                .with_hint("What is missing would look dropped. Write it anew with a login that may read everything.")
        })
    }

    fn definer(&self) -> Server {
        Server { engine: self.engine, version: self.version_number }
    }
}

/// What is wrong of a text that is no JSON, or JSON of another shape.
fn unread(error: &serde_json::Error, bytes: &[u8]) -> CatalogFileError {
    use serde_json::error::Category;
    // Half a file is still one where it says so.
    let named = bytes.windows(MARK.len()).take(128).any(|some| some == MARK.as_bytes());
    match error.classify() {
        _ if !named => CatalogFileError::NotOne,
        Category::Eof => CatalogFileError::Truncated,
        _ => CatalogFileError::Broken(error.to_string()),
    }
}

impl Terminal {
    /// Reads everything that a catalog file holds.
    ///
    /// # Errors
    /// `Unsupported` for an engine whose definitions are not known, `InvalidStatement` for a server without a database; otherwise as the
    /// driver says. What the login may not read is left
    /// out, and the file says so.
    pub async fn catalog_file(&self) -> Result<CatalogFile, AppError> {
        let (_, opened) = self.place();
        let control = opened.connection.control();
        let server = control.server();
        let Some(engine) = self.engine() else {
            let message = format!("Catalogs of {} databases are not kept in files yet.", server.product);
            return Err(AppError::new(ErrorCode::Unsupported, message));
        };
        let mut scope = Scope { sizes: false, ..Scope::complete() };
        // What is of the server is nobody's who has the file.
        scope.kinds.retain(|kind| !matches!(kind, Kind::Databases | Kind::Roles));
        if matches!(engine, Engine::MySql | Engine::MariaDb) {
            // A server's databases are schemas there; the file is of the one that was named.
            let named = self.catalog(&Scope { kinds: vec![Kind::Schemas], ..Scope::default() }).await?.search_path;
            if named.is_empty() {
                let message = "The target names no database: a catalog file is of one.";
                return Err(AppError::new(ErrorCode::InvalidStatement, message));
            }
            scope.schemas = Some(named);
        }
        let mut catalog = self.catalog(&scope).await?;
        let schemas: HashSet<&str> = catalog.schemas.iter().map(|schema| schema.name.as_str()).collect();
        catalog.grants.retain(|grant| match grant.object.kind {
            ObjectKind::Database => false,
            ObjectKind::Schema => schemas.contains(grant.object.name.as_str()),
            _ => true,
        });
        let definer = Server { engine, version: server.version_number };
        let texts = definition_texts(control, &catalog, definer).await?;
        let taken = OffsetDateTime::from_unix_timestamp(catalog.as_of_ms / 1000).ok();
        Ok(CatalogFile {
            version: VERSION,
            taken_at: taken.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default(),
            product: server.product.clone(),
            server_version: server.version.clone(),
            version_number: server.version_number,
            engine,
            catalog,
            texts: texts.into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests;
