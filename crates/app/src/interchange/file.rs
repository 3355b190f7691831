//! Files as they come: where they usually are, how large they may be, in which letters, and whose they are.

use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
};

use crate::api::{AppError, ErrorCode, ImportKind, ImportRequest, ImportSource};

/// Far above any list of connections, far below what harms.
const LARGEST: u64 = 16 << 20;
pub(super) const SQLITE: &[u8] = b"SQLite format 3\0";

/// The file that is asked for.
pub(super) fn place(request: &ImportRequest) -> Result<(PathBuf, Option<ImportKind>), AppError> {
    if let Some(file) = request.file.as_deref().filter(|file| !file.trim().is_empty()) {
        let path =
            std::path::absolute(expand(file)).map_err(|error| AppError::file(&error, Path::new(file), "read"))?;
        return Ok((path, request.kind));
    }
    let Some(kind) = request.kind else {
        return Err(AppError::new(ErrorCode::InvalidStatement, "Nothing says what to import.")
            .with_hint("Name a file, or a tool whose usual file is looked for."));
    };
    let places = usual(kind);
    places.iter().find(|path| path.is_file()).cloned().map(|path| (path, Some(kind))).ok_or_else(|| {
        let looked: Vec<String> = places.iter().map(|path| path.display().to_string()).collect();
        let error = AppError::new(ErrorCode::NotFound, "There is no such file in its usual place.");
        match looked.is_empty() {
            true => error.with_hint("Name the file: this kind has no usual place on this system."),
            false => error.with_hint(format!("Name the file. Looked for: {}.", looked.join(", "))),
        }
    })
}

/// `~/…` is the person's home.
pub(super) fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// What an import can be read from, with the files that are there.
pub(super) fn sources() -> Vec<ImportSource> {
    let source = |kind, label: &str, file_name: &str| {
        let mut found: Vec<String> = Vec::new();
        for path in usual(kind).into_iter().filter(|path| path.is_file()) {
            let path = path.display().to_string();
            if !found.contains(&path) {
                found.push(path);
            }
        }
        ImportSource { kind, label: label.to_owned(), file_name: file_name.to_owned(), found }
    };
    vec![
        source(ImportKind::Dbeaver, "DBeaver", "data-sources.json"),
        source(ImportKind::Datagrip, "DataGrip and other JetBrains IDEs", "dataSources.xml"),
        source(ImportKind::Pgadmin, "pgAdmin", "pgadmin4.db or servers.json"),
        source(ImportKind::Tableplus, "TablePlus", "Connections.plist"),
        source(ImportKind::Pgservice, "PostgreSQL services", "pg_service.conf"),
        source(ImportKind::Mycnf, "MySQL options", "my.cnf"),
        source(ImportKind::Env, "Environment file", ".env"),
        source(ImportKind::Rowhouse, "Rowhouse", "connections.json"),
    ]
}

/// The files of this name two folders below these: `<root>/<project>/.idea/<name>`. A bounded look, not a search.
fn of_projects(roots: Vec<PathBuf>, name: &str) -> Vec<Option<PathBuf>> {
    const MOST: usize = 200;
    let inner = Path::new(".idea").join(name);
    let mut found: Vec<PathBuf> = Vec::new();
    for root in roots {
        let Ok(projects) = fs::read_dir(&root) else { continue };
        let projects = projects.take(MOST).filter_map(Result::ok).map(|project| project.path().join(&inner));
        found.extend(projects.filter(|file| file.is_file()));
    }
    found.sort();
    found.into_iter().map(Some).collect()
}

/// The folders of JetBrains' own projects: DataGrip keeps the usual one below its settings.
fn jetbrains() -> Vec<PathBuf> {
    let home = env::home_dir().unwrap_or_default();
    let settings = [
        home.join(".config/JetBrains"),
        home.join("Library/Application Support/JetBrains"),
        env::var_os("APPDATA").map(|data| PathBuf::from(data).join("JetBrains")).unwrap_or_default(),
    ];
    let mut roots = vec![home.join("DataGripProjects"), home.join("IdeaProjects")];
    for folder in settings.iter().filter(|folder| folder.is_absolute()) {
        let Ok(versions) = fs::read_dir(folder) else { continue };
        roots.extend(versions.take(100).filter_map(Result::ok).map(|version| version.path().join("projects")));
    }
    roots
}

fn usual(kind: ImportKind) -> Vec<PathBuf> {
    let home = |path: &str| env::home_dir().map(|home| home.join(path));
    let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let found: Vec<Option<PathBuf>> = match kind {
        ImportKind::Rowhouse | ImportKind::Env => Vec::new(),
        ImportKind::Datagrip => of_projects(jetbrains(), "dataSources.xml"),
        ImportKind::Dbeaver => {
            let inner = "DBeaverData/workspace6/General/.dbeaver/data-sources.json";
            vec![
                from("XDG_DATA_HOME").map(|data| data.join(inner)),
                home(&format!(".local/share/{inner}")),
                home(&format!("Library/{inner}")),
                from("APPDATA").map(|data| data.join(inner)),
                home(
                    ".var/app/io.dbeaver.DBeaverCommunity/data/DBeaverData/workspace6/General/.dbeaver/data-sources.json",
                ),
            ]
        }
        ImportKind::Pgadmin => {
            vec![home(".pgadmin/pgadmin4.db"), from("APPDATA").map(|data| data.join("pgAdmin/pgadmin4.db"))]
        }
        ImportKind::Tableplus => {
            let inner = "Library/Application Support/com.tinyapp.TablePlus/Data/Connections.plist";
            vec![home(inner), home(&inner.replace("TablePlus/", "TablePlus-setapp/"))]
        }
        ImportKind::Pgservice => super::service::places().into_iter().map(Some).collect(),
        ImportKind::Mycnf => vec![home(".my.cnf"), Some("/etc/my.cnf".into()), Some("/etc/mysql/my.cnf".into())],
    };
    found.into_iter().flatten().collect()
}

/// The bytes of a plain file of sane size.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Unsupported` for what is no plain file; `Exhausted` for one that is too large.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, AppError> {
    let refused = |error: &std::io::Error| AppError::file(error, path, "read");
    // Looked at before it is opened: opening a pipe waits for its other end.
    let facts = fs::metadata(path).map_err(|error| refused(&error))?;
    if !facts.is_file() {
        return Err(AppError::new(ErrorCode::Unsupported, format!("“{}” is no plain file.", path.display())));
    }
    let large = || {
        AppError::new(ErrorCode::Exhausted, format!("“{}” is too large for a list of connections.", path.display()))
            .with_hint("At most 16 MB are read.")
    };
    if facts.len() > LARGEST {
        return Err(large());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| refused(&error))?;
    // It may have grown meanwhile.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    if bytes.len() as u64 > LARGEST { Err(large()) } else { Ok(bytes) }
}

/// The bytes of a file that may stand beside another; `None` where there is none.
pub(super) fn beside(path: &Path, name: &str) -> Result<Option<Vec<u8>>, AppError> {
    let path = super::folder_of(path).join(name);
    match path.exists() {
        true => read(&path).map(Some),
        false => Ok(None),
    }
}

/// The text of UTF-8, or of UTF-16 with its mark.
///
/// # Errors
/// `Corrupt` for anything else.
pub(super) fn text(bytes: &[u8], path: &Path) -> Result<String, AppError> {
    let wrong = || {
        AppError::new(ErrorCode::Corrupt, format!("“{}” is not UTF-8 text.", path.display()))
            .with_hint("Save it as UTF-8 and try again.")
    };
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit).collect();
        if bytes.len().is_multiple_of(2) { String::from_utf16(&units).map_err(|_| wrong()) } else { Err(wrong()) }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| wrong()),
        rest => String::from_utf8(rest.to_vec()).map_err(|_| wrong()),
    }
}

/// Whose file it is, by what is in it; its name decides only between files that look alike.
///
/// # Errors
/// `Unsupported` for one that nobody knows.
pub(super) fn detect(path: &Path, bytes: &[u8]) -> Result<ImportKind, AppError> {
    let unknown = |what: &str| {
        AppError::new(ErrorCode::Unsupported, format!("“{}” {what}.", path.display())).with_hint(
            "Known are exports of Rowhouse, DBeaver's data-sources.json, DataGrip's dataSources.xml, pgAdmin's servers.json \
             and pgadmin4.db, TablePlus's Connections.plist, .env files, pg_service.conf and my.cnf.",
        )
    };
    if bytes.starts_with(SQLITE) {
        return Ok(ImportKind::Pgadmin);
    }
    if bytes.starts_with(b"bplist00") {
        return Ok(ImportKind::Tableplus);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if name == ".mylogin.cnf" {
        return Err(unknown("is a login path of MySQL, which is scrambled and not read").with_hint(
            "`mysql_config_editor print --all` shows what is in it; type the password once, it goes to the keychain.",
        ));
    }
    let text = text(bytes, path)?;
    match text.trim_start().chars().next() {
        None => return Err(unknown("is empty")),
        Some('<') if text.contains("<plist") => return Ok(ImportKind::Tableplus),
        Some('<') if text.contains("<data-source") => return Ok(ImportKind::Datagrip),
        Some('<') => return Err(unknown("is XML of an unknown kind")),
        Some('{') => {
            let json: serde_json::Value =
                serde_json::from_str(&text).map_err(|error| broken_json(&error).with_hint("Is the file whole?"))?;
            return if json.get("format").is_some_and(|format| format == super::own::FORMAT) {
                Ok(ImportKind::Rowhouse)
            } else if json.get("Servers").is_some_and(serde_json::Value::is_object) {
                Ok(ImportKind::Pgadmin)
            } else if json.get("connections").is_some_and(serde_json::Value::is_object) {
                Ok(ImportKind::Dbeaver)
            } else {
                Err(unknown("is JSON of an unknown kind"))
            };
        }
        Some(_) => {}
    }
    let sections: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter_map(|line| line.strip_prefix('[').and_then(|rest| rest.split(']').next()))
        .collect();
    let includes = text.lines().any(|line| line.trim_start().starts_with("!include"));
    if includes || sections.iter().any(|section| super::options::is_client(section) || section.starts_with("mysqld")) {
        Ok(ImportKind::Mycnf)
    } else if !sections.is_empty() || name.contains("pg_service") {
        Ok(ImportKind::Pgservice)
    } else if text.lines().any(super::environment::is_assignment) {
        Ok(ImportKind::Env)
    } else {
        Err(unknown("is nothing that holds connections"))
    }
}

/// Says where, never what: the text may hold a secret.
pub(super) fn broken_json(error: &serde_json::Error) -> AppError {
    let what = if error.is_eof() { "ends in the middle" } else { "is broken" };
    AppError::new(ErrorCode::Corrupt, format!("The JSON {what} at line {}, column {}.", error.line(), error.column()))
}
