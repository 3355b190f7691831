//! Differences between databases arrive as data: nobody but the registry asks which engine it is.

use super::checkout::{File, file, files, none};

/// Driver ids, and the names people write for them.
const ENGINES: &[&str] = &[
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "sqlserver",
    "mongodb",
    "mongo",
    "redis",
    "oracle",
];
/// Whoever holds one of these and compares it is asking which engine it is.
const SUBJECTS: &[&str] = &["driver", "driverId", "driver_id", "dialect", "engine", "driver.id", "dialect.id"];
/// The one place that turns a driver id into a driver.
const REGISTRY: &[&str] = &["crates/app/src/registry.rs"];

fn quoted(engine: &str) -> [String; 3] {
    [format!("\"{engine}\""), format!("'{engine}'"), format!("`{engine}`")]
}

/// A comparison of anything with the name of an engine, or of a driver with any text.
fn ui_asks(line: &str) -> bool {
    let flat: String = line.chars().filter(|character| !character.is_whitespace()).collect();
    let with_engine = ENGINES.iter().flat_map(|engine| quoted(engine)).any(|name| {
        [format!("=={name}"), format!("!={name}"), format!("{name}=="), format!("{name}!=")]
            .iter()
            .chain(&[format!("case{name}:"), format!("includes({name})"), format!("startsWith({name})")])
            .any(|asked| flat.contains(asked.as_str()))
    });
    let with_subject = SUBJECTS.iter().any(|subject| {
        ["===", "!==", "==", "!="].iter().any(|operator| {
            ["\"", "'", "`"].iter().any(|quote| {
                let asked = format!("{subject}{operator}{quote}");
                flat.match_indices(&asked).any(|(at, _)| {
                    // The empty string is "none chosen", not an engine.
                    !flat[at + asked.len()..].starts_with(quote)
                })
            })
        }) || flat.contains(&format!("switch({subject})"))
            || flat.contains(&format!(".{subject})==="))
    });
    with_engine || with_subject
}

/// A match arm or a comparison on a driver id.
fn core_asks(line: &str) -> bool {
    let flat: String = line.chars().filter(|character| !character.is_whitespace()).collect();
    ENGINES.iter().any(|engine| {
        let name = format!("\"{engine}\"");
        [format!("{name}=>"), format!("{name}|"), format!("|{name}"), format!("=={name}"), format!("!={name}")]
            .iter()
            .any(|asked| flat.contains(asked.as_str()))
    })
}

fn lines<'a>(file: &'a File, asks: fn(&str) -> bool) -> impl Iterator<Item = String> + 'a {
    file.text
        .lines()
        .enumerate()
        // Tests name engines: they are below this line in Rust, and in files of their own in TypeScript.
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(move |(_, line)| !line.trim_start().starts_with("//") && asks(line))
        .map(|(index, line)| format!("{}:{}: {}", file.path, index + 1, line.trim()))
}

fn in_ui(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.starts_with("ui/src/") && (file.path.ends_with(".ts") || file.path.ends_with(".tsx")))
        .filter(|file| {
            !file.path.contains(".test.") && !file.path.contains("/fake") && file.path != "ui/src/ipc/bindings.ts"
        })
        .flat_map(|file| lines(file, ui_asks))
        .collect()
}

fn in_core(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.starts_with("crates/") || file.path.starts_with("src-tauri/"))
        .filter(|file| file.path.ends_with(".rs") && !file.path.starts_with("crates/drivers/"))
        .filter(|file| !file.path.contains("/tests/") && !file.path.ends_with("/tests.rs"))
        .filter(|file| !REGISTRY.contains(&file.path.as_str()))
        .flat_map(|file| lines(file, core_asks))
        .collect()
}

#[test]
fn the_ui_never_asks_which_engine_it_is() {
    none(&in_ui(files()));
}

#[test]
fn only_the_registry_matches_on_a_driver_id() {
    none(&in_core(files()));
}

#[cfg(test)]
mod fixtures {
    use super::*;

    #[test]
    fn a_question_about_the_engine_in_the_ui_is_found() {
        for asked in [
            "if (driver === \"postgres\") {",
            "const port = profile.driver == 'mysql' ? 3306 : 5432;",
            "return \"sqlite\" !== kind;",
            "  case \"mongodb\":",
            "switch (driver) {",
            "if (connection.dialect.id === `tsql`) {",
            "[\"x\"].includes(\"redis\")",
        ] {
            assert_eq!(in_ui(&[file("ui/src/features/a/A.tsx", asked)]).len(), 1, "not found: {asked}");
        }
        for fine in [
            "// driver === \"postgres\" is what we never write",
            "const engine = driver.label;",
            "if (form.driver === \"\") {",
            "if (driver === other.driver) {",
            "const title = \"PostgreSQL and SQLite\";",
        ] {
            assert_eq!(in_ui(&[file("ui/src/features/a/A.tsx", fine)]), Vec::<String>::new(), "found: {fine}");
        }
        assert!(in_ui(&[file("ui/src/features/a/model.test.ts", "x === \"sqlite\"")]).is_empty());
    }

    #[test]
    fn a_match_on_a_driver_id_is_found_outside_the_registry() {
        let text =
            "match id {\n    \"postgres\" => 1,\n    \"sqlite\" | \"mysql\" => 2,\n}\n#[cfg(test)]\n\"redis\" =>";
        assert_eq!(in_core(&[file("crates/app/src/runs.rs", text)]).len(), 2);
        assert!(in_core(&[file(REGISTRY[0], text)]).is_empty());
        assert!(in_core(&[file("crates/drivers/postgres/src/lib.rs", text)]).is_empty());
    }
}
