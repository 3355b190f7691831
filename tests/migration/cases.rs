//! The cases of the rules and the examples of their pages: what is found, and that what is proposed runs.

use std::{collections::BTreeSet, fs, path::Path};

use advisor::{
    Level,
    migration::{Finding, Migration, Server as Target, review},
};
use catalog::Scope;
use driver::{Connection, Role};

use super::engines::{Server, run};

/// Where a case is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Postgres(u16),
    MariaDb,
    Sqlite,
}

impl On {
    fn target(self) -> Target {
        match self {
            On::Postgres(major) => Target::Postgres { major },
            On::MariaDb => Target::MariaDb { version: [10, 11, 0] },
            On::Sqlite => Target::Sqlite { version: [3, 50, 0] },
        }
    }
}

pub struct Case {
    name: String,
    pub rule: &'static str,
    pub fires: bool,
    pub example: bool,
    engine: &'static str,
    setup: String,
    script: String,
    least: u16,
    below: u16,
    finds: usize,
    level: Level,
    tool: bool,
    refused: bool,
    run: bool,
    fixed: bool,
}

/// Every case, by rule.
pub fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/advisor/cases");
    let mut cases = Vec::new();
    for rule in advisor::migration::rules() {
        let files = fs::read_dir(folder.join(rule.id)).into_iter().flatten();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        for path in files {
            let file = path.file_name().unwrap().to_str().unwrap();
            let engine = ["mariadb", "sqlite"].into_iter().find(|engine| file.ends_with(&format!(".{engine}.sql")));
            let (name, text) = (format!("{}/{file}", rule.id), fs::read_to_string(&path).unwrap());
            let fires = file.starts_with("fires_");
            assert!(fires || file.starts_with("silent_"), "{name} does not say what is expected");
            cases.push(case(name, rule, fires, false, engine.unwrap_or("postgres"), &text));
        }
        let page = rule.page();
        for (number, block) in page.split("```sql,").skip(1).enumerate() {
            let (words, rest) = block.split_once('\n').unwrap();
            let text = rest.split_once("\n```").unwrap().0;
            let words: BTreeSet<&str> = words.split(',').collect();
            let engine = ["mariadb", "sqlite"].into_iter().find(|engine| words.contains(engine)).unwrap_or("postgres");
            let name = format!("{} example {}", rule.id, number + 1);
            cases.push(case(name, rule, words.contains("fires"), true, engine, text));
        }
    }
    cases
}

fn case(
    name: String,
    rule: &'static advisor::migration::Rule,
    fires: bool,
    example: bool,
    engine: &'static str,
    text: &str,
) -> Case {
    let (setup, script) = text.split_once("-- migration\n").unwrap_or(("", text));
    let mut case = Case {
        name,
        rule: rule.id,
        fires,
        example,
        engine,
        setup: setup.to_owned(),
        script: script.to_owned(),
        least: 0,
        below: u16::MAX,
        finds: 1,
        level: rule.level,
        tool: false,
        refused: example && rule.id == "M-02" && fires,
        run: true,
        fixed: !example,
    };
    for line in text.lines().map_while(|line| line.strip_prefix("-- ")).take_while(|line| *line != "migration") {
        let (word, value) = line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", case.name));
        match (word, value) {
            ("server", value) if value.starts_with(">=") => case.least = value[2..].parse().unwrap(),
            ("server", value) => case.below = value.strip_prefix('<').unwrap().parse().unwrap(),
            ("finds", value) => case.finds = value.parse().unwrap(),
            ("level", "info") => case.level = Level::Info,
            ("level", "warning") => case.level = Level::Warning,
            ("level", "error") => case.level = Level::Error,
            ("transaction", "tool") => case.tool = true,
            ("refused", "yes") => case.refused = true,
            ("run", "no") => case.run = false,
            ("fix", "none") => case.fixed = false,
            _ => panic!("{}: {line}", case.name),
        }
    }
    case
}

pub async fn hold(server: &Server, on: On) {
    let mut failures = Vec::new();
    for case in all() {
        let concerned = match on {
            On::Postgres(major) => case.engine == "postgres" && major >= case.least && major < case.below,
            On::MariaDb => case.engine == "mariadb",
            On::Sqlite => case.engine == "sqlite",
        };
        if concerned && let Err(failure) = tried(server, on, &case).await {
            failures.push(format!("{}: {failure}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

async fn tried(server: &Server, on: On, case: &Case) -> Result<(), String> {
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    let held = looked_at(on, case, &*connection, &scratch.name).await;
    connection.close().await;
    server.drop(scratch).await;
    let fixes = held?;
    // What is proposed runs in place of what was found.
    if fixes.is_empty() || !case.fixed || !case.run {
        return Ok(());
    }
    let scratch = server.scratch().await;
    let connection = server.connect_to(&scratch, None).await;
    let held = mended(on, case, &*connection, &fixes).await;
    connection.close().await;
    server.drop(scratch).await;
    held
}

/// The findings are what the case says; gives what is to run in place of which statement.
async fn looked_at(
    on: On,
    case: &Case,
    connection: &dyn Connection,
    database: &str,
) -> Result<Vec<(usize, String)>, String> {
    let session = connection.open(Role::Session).await.unwrap();
    script(&*session, &case.setup, on, &[]).await?;
    let schemas = (on == On::MariaDb).then(|| vec![database.to_owned()]);
    let catalog = connection.control().catalog(&Scope { schemas, ..Scope::complete() }).await.unwrap();
    let migration = Migration::of(&case.script, on.target()).in_transaction(case.tool).with_catalog(&catalog);
    let review = review(&migration);
    if let Some(unread) = review.steps.iter().find_map(|step| step.unread.as_ref()) {
        return Err(format!("{} at {}", unread.reason, unread.at));
    }
    let found: Vec<&Finding> = review.findings.iter().filter(|finding| finding.rule == case.rule).collect();
    let wanted = if case.fires { case.finds } else { 0 };
    if found.len() != wanted {
        return Err(format!("{} findings and not {wanted}: {found:#?}", found.len()));
    }
    if let Some(other) = found.iter().find(|finding| !case.example && finding.level != case.level) {
        return Err(format!("not of the level {}: {other:#?}", case.level));
    }
    for finding in &found {
        let text = finding.span.of(&case.script);
        if text != review.steps[finding.step].span.of(&case.script) || text.is_empty() {
            return Err(format!("its place is {text}"));
        }
    }
    if case.fires && !case.example && case.fixed != found.iter().any(|finding| finding.fix.is_some()) {
        return Err(format!("fixes: {found:#?}"));
    }
    if case.run {
        let text = if case.tool { format!("begin;\n{}", case.script) } else { case.script.clone() };
        match (script(&*session, &text, on, &[]).await, case.refused) {
            (Err(_), true) | (Ok(()), false) => {}
            (Err(error), false) => return Err(format!("the script itself: {error}")),
            (Ok(()), true) => return Err("the server does not refuse it".to_owned()),
        }
    }
    let fixes = found.iter().filter_map(|finding| Some((finding.step, finding.fix.as_ref()?.sql.clone())));
    // What only goes before the statement replaces nothing.
    Ok(fixes.filter(|(_, sql)| !sql.starts_with("SET") && sql != "COMMIT;").collect())
}

async fn mended(on: On, case: &Case, connection: &dyn Connection, fixes: &[(usize, String)]) -> Result<(), String> {
    let session = connection.open(Role::Session).await.unwrap();
    script(&*session, &case.setup, on, &[]).await?;
    script(&*session, &case.script, on, fixes).await.map_err(|error| format!("with {fixes:#?}: {error}"))
}

async fn script(session: &dyn driver::Session, text: &str, on: On, instead: &[(usize, String)]) -> Result<(), String> {
    let dialect = on.target().dialect();
    let own = |text: &str| sql::split(text, dialect).iter().map(|one| one.text(text).to_owned()).collect::<Vec<_>>();
    for (index, statement) in own(text).into_iter().enumerate() {
        let statements = match instead.iter().find(|(step, _)| *step == index) {
            Some((_, fix)) => own(fix),
            // Outside of transactions, so that what refuses them runs.
            None if !instead.is_empty() && ["begin", "start transaction", "commit"].contains(&statement.as_str()) => {
                continue;
            }
            None => vec![statement],
        };
        for one in statements {
            run(session, &one).await.map_err(|error| format!("{error}: {one}"))?;
        }
    }
    Ok(())
}
