//! Templates keep what they promise: each is made for real, and roles try what it allows and what it does not.

use catalog::{Catalog, Kind, Scope};
use policy::{
    change::{Change, ChangeSet},
    listing::Table,
    template::{Made, Members, Template, Who},
};

use crate::{desk::Desk, server::TestServer, server::servers};

/// A table with every column that a template can be bound to. Users 1 and 2, teams 10 and 20; user 1 is in team 10.
const ROWS: &str = "
    create schema app;
    create table app.docs (id bigint primary key, \"Owner Id\" bigint, team_id uuid, deleted_at timestamptz,
        gone boolean, starts_at date, expires_at timestamptz, body text);
    create table app.members (team_id uuid, user_id bigint);
    insert into app.docs values
        (1, 1, '00000000-0000-0000-0000-000000000010', null, false, null, null),
        (2, 2, '00000000-0000-0000-0000-000000000020', null, null, '2020-01-01', 'infinity'),
        (3, 1, '00000000-0000-0000-0000-000000000020', now(), true, '2999-01-01', null),
        (4, 2, '00000000-0000-0000-0000-000000000010', null, false, null, '2020-01-01'),
        (5, null, null, null, null, null, null);
    insert into app.members values ('00000000-0000-0000-0000-000000000010', 1), ('00000000-0000-0000-0000-000000000020', 2);
    alter table app.docs enable row level security";

const TEAM_10: &str = "00000000-0000-0000-0000-000000000010";

/// A statement of a role with settings, undone afterwards: the first column of its rows in order, or the error.
async fn tried(desk: &mut Desk, role: &str, settings: &[(&str, &str)], sql: &str) -> Result<Vec<String>, String> {
    desk.run("begin").await;
    for (name, value) in settings {
        desk.run(&format!("select set_config('{name}', '{value}', true)")).await;
    }
    desk.run(&format!("set local role {role}")).await;
    let answer = desk.ask(sql).await;
    desk.run("rollback").await;
    answer.map(|rows| rows.into_iter().flatten().collect())
}

struct Trial {
    desk: Desk,
    user: String,
    nobody: String,
    who: Who,
}

const SEE: &str = "select id::text from app.docs order by id";

impl Trial {
    async fn new(server: &TestServer) -> Self {
        let mut desk = Desk::new(server).await;
        let (user, nobody) = (desk.role("user", "").await, desk.role("nobody", "").await);
        desk.run(ROWS).await;
        desk.run(&format!(
            "grant usage on schema app to {user}, {nobody}; grant all on all tables in schema app to {user}, {nobody}"
        ))
        .await;
        let who = Who {
            user: "current_setting('app.user_id', true)".to_owned(),
            authenticated: user.clone(),
            anonymous: Some(nobody.clone()),
        };
        Trial { desk, user, nobody, who }
    }

    async fn catalog(&self) -> Catalog {
        let kinds = [Kind::Schemas, Kind::Relations, Kind::Columns, Kind::Indexes, Kind::Policies, Kind::Roles];
        let scope = Scope { kinds: kinds.into_iter().collect(), ..Scope::default() };
        self.desk.database.open().await.control().catalog(&scope).await.unwrap()
    }

    async fn made(&self, template: &Template) -> Made {
        let catalog = self.catalog().await;
        template.on(&catalog, catalog.find_relation(Some("app"), "docs").unwrap(), &self.who)
    }

    /// Only this template's policies and those of `more`, with the indexes that they want, which then are there.
    async fn only(&mut self, template: &Template, more: &[Template]) {
        let catalog = self.catalog().await;
        let docs = catalog.find_relation(Some("app"), "docs").unwrap();
        for policy in catalog.relation(docs).unwrap().policies() {
            self.desk.run(&format!("drop policy \"{}\" on app.docs", policy.name)).await;
        }
        for template in more.iter().chain([template]) {
            let made = self.made(template).await;
            let on = Table::new("app", "docs");
            let changes = made.policies.into_iter().map(|policy| Change::Create { on: on.clone(), policy }).collect();
            let plan = ChangeSet { changes }.render(200).unwrap();
            self.desk.run(&plan.transaction()).await;
            for index in made.indexes {
                self.desk.run(&index).await;
            }
            assert_eq!(self.made(template).await.indexes, Vec::<String>::new(), "the index it wants is there");
        }
    }

    async fn user(&mut self, settings: &[(&str, &str)], sql: &str) -> String {
        let role = self.user.clone();
        words(tried(&mut self.desk, &role, settings, sql).await)
    }

    async fn nobody(&mut self, sql: &str) -> String {
        let role = self.nobody.clone();
        words(tried(&mut self.desk, &role, &[], sql).await)
    }

    /// What user 1 can do: see; add a row of their own and of user 2; change and remove rows 1 and 2; make row 1 user 2's.
    async fn powers(&mut self, settings: &[(&str, &str)]) -> [String; 8] {
        let count = |sql: &str| format!("with done as ({sql} returning 1) select count(*)::text from done");
        let add = |id: u32, owner: u32, team: &str| {
            count(&format!("insert into app.docs (id, \"Owner Id\", team_id) values ({id}, {owner}, '{team}')"))
        };
        let other = TEAM_10.replace("10", "20");
        let mut all = Vec::new();
        for sql in [
            SEE.to_owned(),
            add(100, 1, TEAM_10),
            add(100, 2, &other),
            count("update app.docs set body = 'x' where id = 1"),
            count("update app.docs set body = 'x' where id = 2"),
            count("delete from app.docs where id = 1"),
            count("delete from app.docs where id = 2"),
            count(&format!("update app.docs set \"Owner Id\" = 2, team_id = '{other}' where id = 1")),
        ] {
            all.push(self.user(settings, &sql).await);
        }
        all.try_into().unwrap()
    }
}

fn words(answer: Result<Vec<String>, String>) -> String {
    match answer {
        Ok(rows) => rows.join(" "),
        Err(error) => error.split(' ').next().unwrap_or_default().to_owned(),
    }
}

const ONE: [(&str, &str); 1] = [("app.user_id", "1")];
const REFUSED: &str = "42501";
const ALL: &str = "1 2 3 4 5";

fn owner() -> String {
    "Owner Id".to_owned()
}

#[tokio::test]
async fn templates_of_own_rows_and_groups_keep_others_out() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut trial = Trial::new(&server).await;
        let own = Template::OwnRows { owner: owner() };
        trial.only(&own, &[]).await;
        assert_eq!(trial.powers(&ONE).await, ["1 3", "1", REFUSED, "1", "0", "1", "0", REFUSED]);
        assert_eq!(trial.user(&[], SEE).await, "", "a user who is not known has no rows, and no error");
        assert_eq!(trial.user(&[("app.user_id", "")], SEE).await, "");
        assert_eq!(trial.nobody(SEE).await, "");
        let plan = "set local enable_seqscan = off; explain select id from app.docs";
        let role = trial.user.clone();
        let plan = tried(&mut trial.desk, &role, &ONE, plan).await.unwrap().join("\n");
        assert!(plan.contains("Index Cond: (\"Owner Id\" = "), "{plan}");

        let members =
            Members { table: Table::new("app", "members"), group: "team_id".to_owned(), user: "user_id".to_owned() };
        trial.only(&Template::Membership { group: "team_id".to_owned(), members }, &[]).await;
        assert_eq!(trial.powers(&ONE).await, ["1 4", "1", REFUSED, "1", "0", "1", "0", REFUSED]);
        assert_eq!(trial.nobody(SEE).await, "");
        // As the note says: the sub-select is subject to row security of the members.
        trial.desk.run("alter table app.members enable row level security").await;
        assert_eq!(trial.user(&ONE, SEE).await, "");
        let see_own = "create policy own on app.members using (user_id = current_setting('app.user_id')::bigint)";
        trial.desk.run(see_own).await;
        assert_eq!(trial.user(&ONE, SEE).await, "1 4");

        // Alone it lets rows be added; to change them they have to be seen.
        let writes = Template::OwnerWrites { owner: owner() };
        trial.only(&writes, &[]).await;
        assert_eq!(trial.powers(&ONE).await, ["", "1", REFUSED, "0", "0", "0", "0", "0"]);
        trial.only(&writes, &[Template::AuthenticatedRead]).await;
        assert_eq!(trial.powers(&ONE).await, [ALL, "1", REFUSED, "1", "0", "1", "0", REFUSED]);
        trial.desk.drop().await;
    }
}

#[tokio::test]
async fn templates_for_everyone_and_for_some_open_what_they_say() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut trial = Trial::new(&server).await;
        trial.only(&Template::PublicRead, &[]).await;
        assert_eq!(trial.powers(&ONE).await, [ALL, REFUSED, REFUSED, "0", "0", "0", "0", "0"]);
        assert_eq!(trial.nobody(SEE).await, ALL);
        trial.only(&Template::AuthenticatedRead, &[]).await;
        assert_eq!(trial.user(&[], SEE).await, ALL);
        assert_eq!(trial.nobody(SEE).await, "");

        let role = trial.nobody.clone();
        trial.only(&Template::Role { role }, &[]).await;
        assert_eq!(trial.nobody(SEE).await, ALL);
        assert_eq!(
            trial.nobody("with d as (delete from app.docs returning 1) select count(*)::text from d").await,
            "5"
        );
        assert_eq!(trial.user(&ONE, SEE).await, "");

        let condition = "current_setting('app.admin', true) = 'yes'".to_owned();
        trial.only(&Template::AdminAll { condition }, &[]).await;
        assert_eq!(trial.powers(&[("app.admin", "yes")]).await, [ALL, "1", "1", "1", "1", "1", "1", "1"]);
        assert_eq!(trial.user(&[("app.admin", "no")], SEE).await, "");
        assert_eq!(trial.user(&[], SEE).await, "");

        // Rows are added and stay as they are; without a policy for reading not even what was added is seen.
        trial.only(&Template::InsertOnly { owner: Some(owner()) }, &[]).await;
        assert_eq!(trial.powers(&ONE).await, ["", "1", REFUSED, "0", "0", "0", "0", "0"]);
        let returning = "insert into app.docs (id, \"Owner Id\") values (100, 1) returning id::text";
        assert_eq!(trial.user(&ONE, returning).await, REFUSED);
        trial.only(&Template::InsertOnly { owner: None }, &[]).await;
        assert_eq!(trial.powers(&ONE).await[2], "1");
        trial.desk.drop().await;
    }
}

#[tokio::test]
async fn restrictive_templates_narrow_whatever_is_allowed() {
    for server in servers().into_iter().filter(|server| matches!(server.major, 15 | 18)) {
        let mut trial = Trial::new(&server).await;
        let everything = || [Template::Role { role: "PUBLIC".to_owned() }];
        for (column, boolean) in [("deleted_at", false), ("gone", true)] {
            trial.only(&Template::SoftDeleted { column: column.to_owned(), boolean }, &everything()).await;
            assert_eq!(trial.user(&ONE, SEE).await, "1 2 4 5", "{column}");
        }
        // As the note says: the changed row would have to be seen.
        let mark = "with m as (update app.docs set gone = true where id = 1 returning 1) select count(*)::text from m";
        assert_eq!(trial.user(&ONE, mark).await, REFUSED);

        for (from, until, seen) in [
            (Some("starts_at"), None, "1 2 4 5"),
            (None, Some("expires_at"), "1 2 3 5"),
            (Some("starts_at"), Some("expires_at"), "1 2 5"),
        ] {
            let name = |column: Option<&str>| column.map(str::to_owned);
            trial.only(&Template::TimeLimited { from: name(from), until: name(until) }, &everything()).await;
            assert_eq!(trial.user(&ONE, SEE).await, seen, "{from:?} {until:?}");
        }

        let condition = "current_setting('app.aal', true) = 'aal2'".to_owned();
        trial.only(&Template::Guard { condition }, &everything()).await;
        assert_eq!(trial.powers(&[("app.aal", "aal2")]).await, [ALL, "1", "1", "1", "1", "1", "1", "1"]);
        assert_eq!(trial.powers(&[("app.aal", "aal1")]).await, ["", REFUSED, REFUSED, "0", "0", "0", "0", "0"]);

        let fence = Template::TenantFence {
            tenant: "team_id".to_owned(),
            session: "current_setting('app.tenant', true)".to_owned(),
        };
        trial.only(&fence, &everything()).await;
        assert_eq!(trial.powers(&[("app.tenant", TEAM_10)]).await, ["1 4", "1", REFUSED, "1", "0", "1", "0", REFUSED]);
        assert_eq!(trial.user(&[], SEE).await, "", "without a tenant nothing, and no error");
        // Alone it lets nothing through.
        trial.only(&fence, &[]).await;
        assert_eq!(trial.user(&[("app.tenant", TEAM_10)], SEE).await, "");
        trial.desk.drop().await;
    }
}
