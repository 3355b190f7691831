//! The cases: files, and the examples of the rules' pages.

use std::{fs, path::Path};

use advisor::{Level, Rule};

/// Which engine a case is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Postgres,
    Sqlite,
    MariaDb,
}

/// What the rule is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Fires,
    Silent,
    Unseen,
}

/// What is expected of fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixes {
    Run,
    NotRun,
    None,
}

pub struct Case {
    pub name: String,
    pub rule: &'static Rule,
    pub on: On,
    pub expected: Expected,
    /// From the rule's page, where nothing but the verdict is said.
    pub example: bool,
    pub script: String,
    at_least: Option<u16>,
    below: Option<u16>,
    pub finds: usize,
    pub level: Option<Level>,
    pub asks: Option<String>,
    pub exposed: bool,
    pub settings: Vec<(String, String)>,
    pub emptied: Vec<String>,
    /// Facts by name, with what the server says of each, as JSON.
    pub facts: Vec<(String, String)>,
    /// Extensions that the server says are installed.
    pub extensions: Vec<String>,
    /// An extension that is made first; where the server does not have it, the case is left out.
    pub needs: Option<String>,
    pub counted_days: Option<i64>,
    pub fixes: Fixes,
    pub undo: bool,
    pub errors_allowed: bool,
}

impl Case {
    fn new(name: String, rule: &'static Rule, on: On, expected: Expected, script: String) -> Case {
        let mut case = Case {
            name,
            rule,
            on,
            expected,
            example: false,
            script: script.clone(),
            at_least: None,
            below: None,
            finds: 1,
            level: None,
            asks: None,
            exposed: true,
            settings: Vec::new(),
            emptied: Vec::new(),
            facts: Vec::new(),
            extensions: Vec::new(),
            needs: None,
            counted_days: None,
            fixes: Fixes::Run,
            undo: true,
            errors_allowed: false,
        };
        for line in script.lines().map_while(|line| line.strip_prefix("-- ")) {
            let (word, value) = line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", case.name));
            match (word, value) {
                ("server", value) => match value.strip_prefix(">=") {
                    Some(major) => case.at_least = Some(major.parse().unwrap()),
                    None => case.below = Some(value.strip_prefix('<').unwrap().parse().unwrap()),
                },
                ("finds", value) => case.finds = value.parse().unwrap(),
                ("level", value) => {
                    case.level = Some(match value {
                        "info" => Level::Info,
                        "warning" => Level::Warning,
                        "error" => Level::Error,
                        _ => panic!("{}: {line}", case.name),
                    });
                }
                ("as", role) => case.asks = Some(role.to_owned()),
                ("exposed", "none") => case.exposed = false,
                ("setting", value) => {
                    let (name, value) = value.split_once('=').unwrap();
                    case.settings.push((name.to_owned(), value.to_owned()));
                }
                ("emptied", fact) => case.emptied.push(fact.to_owned()),
                ("fact", value) => {
                    let (name, value) = value.split_once('=').unwrap();
                    case.facts.push((name.to_owned(), value.to_owned()));
                }
                ("needs", name) => case.needs = Some(name.to_owned()),
                ("extension", name) => case.extensions.push(name.to_owned()),
                ("counted", days) => case.counted_days = Some(days.parse().unwrap()),
                ("fix", "none") => case.fixes = Fixes::None,
                ("fix", "not run") => case.fixes = Fixes::NotRun,
                ("undo", "none") => case.undo = false,
                ("errors", "allowed") => case.errors_allowed = true,
                _ => panic!("{}: {line}", case.name),
            }
        }
        case
    }

    /// Whether it is for a server of this major version.
    pub fn is_for(&self, major: u16) -> bool {
        self.at_least.is_none_or(|least| major >= least) && self.below.is_none_or(|below| major < below)
    }
}

/// Every case, by rule.
pub fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/advisor/cases");
    let mut cases = Vec::new();
    for rule in advisor::rules() {
        let mut files: Vec<_> =
            fs::read_dir(folder.join(rule.id)).into_iter().flatten().map(|file| file.unwrap().path()).collect();
        files.sort();
        for path in files {
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let expected = match file.split('_').next() {
                Some("fires") => Expected::Fires,
                Some("silent") => Expected::Silent,
                Some("unseen") => Expected::Unseen,
                _ => panic!("{file} does not say what is expected"),
            };
            let on = match file {
                _ if file.ends_with(".sqlite.sql") => On::Sqlite,
                _ if file.ends_with(".mariadb.sql") => On::MariaDb,
                _ => On::Postgres,
            };
            cases.push(Case::new(
                format!("{}/{file}", rule.id),
                rule,
                on,
                expected,
                fs::read_to_string(&path).unwrap(),
            ));
        }
        cases.extend(examples(rule));
    }
    cases
}

/// The blocks of the page that begin with ```` ```sql,fires ```` and its like.
fn examples(rule: &'static Rule) -> Vec<Case> {
    let page = rule.page();
    let mut found = Vec::new();
    for (number, block) in page.split("```sql,").skip(1).enumerate() {
        let (words, rest) = block.split_once('\n').unwrap();
        let script = rest.split_once("\n```").unwrap().0;
        let has = |word: &str| words.split(',').any(|one| one == word);
        let expected = match () {
            () if has("fires") => Expected::Fires,
            () if has("silent") => Expected::Silent,
            () => panic!("{}: an example that says {words}", rule.id),
        };
        let on = match () {
            () if has("sqlite") => On::Sqlite,
            () if has("mariadb") => On::MariaDb,
            () => On::Postgres,
        };
        let name = format!("{} example {}", rule.id, number + 1);
        found.push(Case {
            example: true,
            fixes: Fixes::NotRun,
            ..Case::new(name, rule, on, expected, script.to_owned())
        });
    }
    found
}
