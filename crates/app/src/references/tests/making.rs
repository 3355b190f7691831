//! The same tables on every engine that is given.

use std::sync::Arc;

use crate::{
    App,
    api::*,
    connections::tests::{Shop, draft},
    runs::tests::{outcomes, play, script},
    testing,
};

/// How an engine writes what differs.
struct Language {
    quote: char,
    text: &'static str,
    bytes: &'static str,
    /// Bytes as a literal, from their hexadecimal digits.
    literal: fn(&str) -> String,
    /// A schema in which the tables are, and another beside it.
    schemas: bool,
    /// Something with the numbers from 1 to a thousand and five as `i`.
    numbers: &'static str,
}

const NUMBERS: &str =
    "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1005) SELECT i FROM n) AS n";

const SQLITE: Language = Language {
    quote: '"',
    text: "TEXT",
    bytes: "BLOB",
    literal: |digits| format!("x'{digits}'"),
    schemas: false,
    numbers: NUMBERS,
};
const POSTGRES: Language = Language {
    quote: '"',
    text: "text",
    bytes: "bytea",
    literal: |digits| format!("'\\x{digits}'"),
    schemas: true,
    numbers: NUMBERS,
};
const MARIADB: Language = Language {
    quote: '`',
    text: "varchar(500)",
    bytes: "binary(4)",
    literal: |digits| format!("x'{digits}'"),
    schemas: true,
    numbers: "(SELECT seq AS i FROM seq_1_to_1005) AS n",
};

pub(super) struct Made {
    pub(super) name: String,
    pub(super) shop: Shop,
    schema: String,
    /// The schema beside it.
    pub(super) other: Option<String>,
    language: &'static Language,
}

/// Every engine that is given, with the tables made.
pub(super) async fn worlds() -> Vec<Made> {
    let mut worlds = vec![Made::sqlite().await];
    for (variable, language) in [("ROWHOUSE_TEST_POSTGRES_18_URL", &POSTGRES), ("ROWHOUSE_TEST_MARIADB_URL", &MARIADB)]
    {
        let Ok(url) = std::env::var(variable) else {
            assert!(std::env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "{variable} is required");
            eprintln!("not tested: {variable} is not set");
            continue;
        };
        worlds.push(Made::on(variable, &url, language).await);
    }
    worlds
}

async fn profile(app: &Arc<App>, url: &str, user: Option<(&str, &str)>, database: Option<&str>) -> String {
    let parsed = app.parse_target(url).await.unwrap();
    let mut values = parsed.values;
    let mut password = match parsed.password_reference {
        Some(reference) => DraftPassword::Parsed { reference },
        None => DraftPassword::Keep,
    };
    if let Some((user, secret)) = user {
        values.insert("user".to_owned(), user.to_owned());
        password = DraftPassword::Set { secret: driver::Secret::new(secret.to_owned()) };
    }
    values.extend(database.map(|name| ("schema".to_owned(), name.to_owned())));
    let home = tempfile::tempdir().unwrap();
    let name = user.map_or("Server", |(user, _)| user);
    let draft = ProfileDraft {
        driver: parsed.driver,
        values,
        password_policy: PasswordPolicy::Keychain,
        password,
        ..draft(name, home.path(), Safety::Free)
    };
    app.save_profile(draft).await.unwrap().id
}

impl Made {
    pub(super) async fn sqlite() -> Made {
        let home = testing::home();
        let file = home.path().join("keys.db");
        rusqlite::Connection::open(&file).unwrap();
        let app = testing::open(&home).await;
        let profile = app.save_profile(draft("Keys", &file, Safety::Free)).await.unwrap().id;
        Made::fill("sqlite".to_owned(), Shop { app, profile, home }, "main".to_owned(), &SQLITE).await
    }

    async fn on(name: &str, url: &str, language: &'static Language) -> Made {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let home = testing::home();
        let app = testing::open(&home).await;
        let profile = profile(&app, url, None, None).await;
        let schema = format!("ref_{}_{number}", std::process::id());
        Made::fill(name.to_owned(), Shop { app, profile, home }, schema, language).await
    }

    fn quoted(&self, name: &str) -> String {
        let quote = self.language.quote;
        format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
    }

    fn named(&self, schema: &str, name: &str) -> String {
        format!("{}.{}", self.quoted(schema), self.quoted(name))
    }

    /// A table as a statement names it.
    pub(super) fn path(&self, name: &str) -> String {
        self.named(&self.schema, name)
    }

    pub(super) fn odd_keys(&self) -> Vec<String> {
        // Longer than what a window is shown of a cell, where the engine has such keys.
        let long = if self.language.quote == '`' { 480 } else { 2_000 };
        let long = (0..long).map(|at| char::from(b'a' + (at % 23) as u8)).collect();
        vec!["it's \"a` \\ \u{1f680}".to_owned(), long, "  ".to_owned() + "x"]
    }

    async fn fill(name: String, shop: Shop, schema: String, language: &'static Language) -> Made {
        let other = language.schemas.then(|| format!("{schema}_other"));
        let made = Made { name, shop, schema, other, language };
        let (text, bytes) = (language.text, language.bytes);
        let t = |name: &str| made.named(&made.schema, name);
        // SQLite does not take a schema behind REFERENCES.
        let r = |name: &str| if language.schemas { t(name) } else { made.quoted(name) };
        let literal = |text: &str| {
            let doubled = text.replace('\'', "''");
            format!("'{}'", if language.quote == '`' { doubled.replace('\\', "\\\\") } else { doubled })
        };
        let mut all = Vec::new();
        if let Some(other) = &made.other {
            let set = if language.quote == '`' { " CHARACTER SET utf8mb4" } else { "" };
            all.push(format!("CREATE SCHEMA {}{set}", made.quoted(&made.schema)));
            all.push(format!("CREATE SCHEMA {}{set}", made.quoted(other)));
        }
        all.push(format!(
            "CREATE TABLE {} (id INTEGER PRIMARY KEY, name {text}, email {text}, manager_id INTEGER, \
             CONSTRAINT boss FOREIGN KEY (manager_id) REFERENCES {} (id))",
            t("users"),
            r("users")
        ));
        all.push(format!(
            "INSERT INTO {} VALUES (1, 'Ada Lovelace', 'ada@example.com', NULL), \
             (2, 'Grace', 'grace@example.org', 1), (3, '100% Linus', 'l@example.org', 1)",
            t("users")
        ));
        all.push(format!(
            "CREATE TABLE {} (id INTEGER PRIMARY KEY, user_id INTEGER, \
             CONSTRAINT buyer FOREIGN KEY (user_id) REFERENCES {} (id) ON DELETE CASCADE)",
            t("orders"),
            r("users")
        ));
        all.push(format!("INSERT INTO {} SELECT i, 1 FROM {}", t("orders"), language.numbers));
        all.push(format!(
            "CREATE TABLE {} (order_id INTEGER NOT NULL, line INTEGER NOT NULL, PRIMARY KEY (order_id, line))",
            t("order_lines")
        ));
        all.push(format!("INSERT INTO {} VALUES (1, 1), (1, 2), (2, 1)", t("order_lines")));
        all.push(format!(
            "CREATE TABLE {} (id INTEGER PRIMARY KEY, order_id INTEGER, line INTEGER, \
             CONSTRAINT about FOREIGN KEY (order_id, line) REFERENCES {} (order_id, line))",
            t("notes"),
            r("order_lines")
        ));
        all.push(format!("INSERT INTO {} VALUES (1, 1, 2), (2, 1, NULL)", t("notes")));
        let (key, of) = (made.quoted("k\"e'y`"), made.quoted("o`f \"x'"));
        all.push(format!("CREATE TABLE {} ({key} {text} PRIMARY KEY)", t("pa`re\"nt")));
        all.push(format!(
            "CREATE TABLE {} (id INTEGER PRIMARY KEY, {of} {text}, FOREIGN KEY ({of}) REFERENCES {} ({key}))",
            t("odd \"t'able"),
            r("pa`re\"nt")
        ));
        for (number, key) in made.odd_keys().iter().enumerate() {
            all.push(format!("INSERT INTO {} VALUES ({})", t("pa`re\"nt"), literal(key)));
            all.push(format!("INSERT INTO {} VALUES ({number}, {})", t("odd \"t'able"), literal(key)));
        }
        all.push(format!("CREATE TABLE {} (id {bytes} PRIMARY KEY, name {text})", t("things")));
        all.push(format!(
            "CREATE TABLE {} (id INTEGER PRIMARY KEY, {} {bytes}, FOREIGN KEY ({}) REFERENCES {} (id))",
            t("parts"),
            made.quoted("of"),
            made.quoted("of"),
            r("things")
        ));
        let (one, two) = ((language.literal)("00ff27fe"), (language.literal)("41424344"));
        all.push(format!("INSERT INTO {} VALUES ({one}, 'one'), ({two}, 'two')", t("things")));
        all.push(format!("INSERT INTO {} VALUES (1, {one})", t("parts")));
        if let Some(other) = &made.other {
            let invoices = made.named(other, "invoices");
            all.push(format!(
                "CREATE TABLE {invoices} (id INTEGER PRIMARY KEY, user_id INTEGER, FOREIGN KEY (user_id) REFERENCES {} (id))",
                t("users")
            ));
            all.push(format!("INSERT INTO {invoices} VALUES (1, 1)"));
        }
        match language.quote {
            _ if !language.schemas => all.push(format!(
                "CREATE VIEW {} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                 SELECT i FROM n WHERE i < 0",
                t("slow")
            )),
            '`' => all.push(format!("CREATE VIEW {} AS SELECT id FROM {} WHERE SLEEP(600) = 0", t("slow"), t("users"))),
            _ => all.push(format!("CREATE VIEW {} AS SELECT 1 FROM pg_sleep(600)", t("slow"))),
        }
        made.run(&all).await;
        // What was just made is in the catalog.
        made.app().refresh_catalog(&made.shop.profile, None).await.unwrap();
        made
    }

    pub(super) async fn run(&self, statements: &[String]) {
        let text = statements.join(";\n");
        for outcome in outcomes(&play(&self.shop, script(&self.shop, "make", &text)).await) {
            assert!(matches!(outcome, StatementOutcome::Completed { .. }), "{}: {outcome:#?}\n{text:.2000}", self.name);
        }
    }

    pub(super) fn app(&self) -> &Arc<App> {
        &self.shop.app
    }

    /// As the explorer names it.
    pub(super) fn table(&self, name: &str) -> ObjectRef {
        let connected = self.app().live.find(&self.shop.profile).unwrap();
        let latest = connected.main().unwrap().shelf.latest().unwrap();
        ObjectRef {
            database: latest.catalog.database.clone(),
            schema: Some(self.schema.clone()),
            kind: "relation".to_owned(),
            name: name.to_owned(),
            signature: None,
        }
    }

    async fn read(&self, profile_id: &str, object: ObjectRef, filters: Vec<BrowseFilter>) -> Browsed {
        let sort = match object.name.as_str() {
            "users" | "orders" => vec![BrowseSort { column: "id".to_owned(), descending: false }],
            _ => Vec::new(),
        };
        let filters = filters.into_iter().map(BrowseCondition::from).collect();
        let request = BrowseRequest { profile_id: profile_id.to_owned(), object, filters, sort, actor: None };
        self.app().browse(request).await.unwrap()
    }

    pub(super) async fn browse(&self, name: &str, filters: Vec<BrowseFilter>) -> Browsed {
        self.read(&self.shop.profile, self.table(name), filters).await
    }

    pub(super) async fn browse_as(&self, profile_id: &str, name: &str) -> Browsed {
        self.read(profile_id, self.table(name), Vec::new()).await
    }

    pub(super) async fn browse_to(&self, followed: &Followed) -> Browsed {
        assert_eq!(followed.nothing, None);
        self.read(&followed.profile_id, followed.object.clone(), followed.filters.clone()).await
    }

    pub(super) async fn cell(&self, browsed: &Browsed, row: u64, column: u32) -> String {
        let bytes = self.app().hold_cell(&browsed.head.hold_id, row, column, 0, 1 << 20).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    pub(super) async fn count(&self, ask_id: &str, rows: &Followed) -> Result<CappedCount, AppError> {
        self.app().count_references(ask_id, &rows.profile_id, &rows.object, &rows.filters, None).await
    }

    pub(super) async fn lookup(&self, name: &str, keys: &[&str], text: &str) -> Result<LookupPage, AppError> {
        let request = LookupRequest {
            ask_id: "look".to_owned(),
            profile_id: self.shop.profile.clone(),
            object: self.table(name),
            key_columns: keys.iter().map(|key| (*key).to_owned()).collect(),
            text: text.to_owned(),
            actor: None,
        };
        self.app().lookup(request).await
    }

    /// A view that never gives a row.
    pub(super) fn slow_view(&self) -> ObjectRef {
        self.table("slow")
    }

    fn login(&self) -> String {
        format!("{}_l", self.schema)
    }

    /// A connection whose login may read users, and orders not.
    pub(super) async fn limited(&self) -> Option<String> {
        let login = self.login();
        let users = self.named(&self.schema, "users");
        let (url, made) = match (self.language.schemas, self.language.quote) {
            (false, _) => return None,
            (true, '`') => (
                std::env::var("ROWHOUSE_TEST_MARIADB_URL").unwrap(),
                // The referring table is told of only to who has some right over it.
                vec![
                    format!("CREATE USER '{login}'@'%' IDENTIFIED BY 'Se-cret1'"),
                    format!("GRANT SELECT ON {users} TO '{login}'@'%'"),
                    format!("GRANT INSERT ON {} TO '{login}'@'%'", self.named(&self.schema, "orders")),
                ],
            ),
            (true, _) => (
                std::env::var("ROWHOUSE_TEST_POSTGRES_18_URL").unwrap(),
                vec![
                    format!("CREATE ROLE {login} LOGIN PASSWORD 'Se-cret1'"),
                    format!("GRANT USAGE ON SCHEMA {} TO {login}", self.quoted(&self.schema)),
                    format!("GRANT SELECT ON {users} TO {login}"),
                ],
            ),
        };
        self.run(&made).await;
        let database = (self.language.quote == '`').then_some(self.schema.as_str());
        let profile = profile(self.app(), &url, Some((&login, "Se-cret1")), database).await;
        self.app().connect(&profile).await.unwrap();
        Some(profile)
    }

    pub(super) async fn forget(&self, profile_id: &str) {
        self.app().remove_profile(profile_id).await.unwrap();
        let login = self.login();
        match self.language.quote {
            '`' => self.run(&[format!("DROP USER '{login}'@'%'")]).await,
            _ => self.run(&[format!("DROP OWNED BY {login}"), format!("DROP ROLE {login}")]).await,
        }
    }

    /// Leaves the server as it was.
    pub(super) async fn remove(self) {
        if let Some(other) = &self.other {
            let cascade = if self.language.quote == '`' { "" } else { " CASCADE" };
            let gone = [other, &self.schema].map(|schema| format!("DROP SCHEMA {}{cascade}", self.quoted(schema)));
            self.run(&gone).await;
        }
        self.app().disconnect(&self.shop.profile).await.unwrap();
    }
}
