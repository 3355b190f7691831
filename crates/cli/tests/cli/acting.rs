//! Whom `query` and `export` act as where a saved connection says it: by an actor that is kept with it, and by its own.

use app::{
    App, Face, Options,
    api::{DraftPassword, PolicyActor, ProfileDraft},
};

use crate::harness::{Ended, Home, Server, ended, servers};

/// A saved connection to a schema of its own, with rows of two roles.
struct Base {
    home: Home,
    server: Server,
    schema: String,
    password: String,
}

impl Base {
    fn on(server: Server, schema: &str) -> Base {
        for role in ["rh_cli_ann", "rh_cli_bob"] {
            server.psql(&format!("DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN OTHERS THEN NULL; END $$"));
        }
        server.schema(schema);
        server.psql(&format!(
            "CREATE TABLE {schema}.notes (id int, owner text);
             INSERT INTO {schema}.notes VALUES (1, 'rh_cli_ann'), (2, 'rh_cli_bob'), (3, 'guest');
             ALTER TABLE {schema}.notes ENABLE ROW LEVEL SECURITY;
             CREATE POLICY own ON {schema}.notes USING (owner = coalesce(current_setting('app.user', true), current_user));
             GRANT USAGE ON SCHEMA {schema} TO rh_cli_ann, rh_cli_bob;
             GRANT SELECT ON {schema}.notes TO rh_cli_ann, rh_cli_bob"
        ));
        let (address, password) = server.without_password();
        let base = Base { home: Home::new(), server, schema: schema.to_owned(), password };
        base.run(&["connections", "add", &address, "--name", "team", "--password-policy", "ask"]).expect(0);
        base
    }

    /// As the window keeps it: actors by name, and whom the connection carries.
    fn keep(&self, actors: &[(&str, PolicyActor)], carried: Option<PolicyActor>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options { home: Some(self.home.path("home")), face: Face::Cli };
            let app = App::open(options).await.unwrap();
            let profile = app.profile_named("team").await.unwrap().unwrap();
            for (name, actor) in actors {
                app.keep_policy_actor(&profile.id, name, actor.clone()).await.unwrap();
            }
            let draft = ProfileDraft {
                id: Some(profile.id),
                name: profile.name,
                driver: profile.driver,
                values: profile.values,
                password_policy: profile.password,
                password: DraftPassword::Keep,
                actor: carried,
                ..ProfileDraft::default()
            };
            app.save_profile(draft).await.unwrap();
            app.close().await;
        });
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.home.command(arguments);
        command.env("ROWHOUSE_PASSWORD", &self.password);
        ended(command)
    }

    /// The ids that a query and an export see: the same ones.
    fn seen(&self, acting: &[&str]) -> String {
        let text = format!("select id from {}.notes order by id", self.schema);
        let tail = ["--format", "csv", "-q"];
        let query: Vec<&str> = ["query", "team", "-c", &text].iter().chain(&tail).chain(acting).copied().collect();
        let export: Vec<&str> = ["export", "team", "-c", &text].iter().chain(&tail).chain(acting).copied().collect();
        let queried = self.run(&query).expect(0).out().to_owned();
        assert_eq!(self.run(&export).expect(0).out(), queried, "an export sees what a query sees");
        queried.lines().skip(1).collect::<Vec<_>>().join(",")
    }
}

fn role(name: &str) -> PolicyActor {
    PolicyActor { role: Some(name.to_owned()), ..PolicyActor::default() }
}

#[test]
fn a_name_that_is_kept_with_a_connection_is_whom_it_means_before_it_is_a_role() {
    for server in servers() {
        let base = Base::on(server, "rh_cli_kept_actor");
        let guest = PolicyActor { settings: vec![("app.user".into(), "guest".into())], ..role("rh_cli_bob") };
        base.keep(&[("a guest", guest), ("rh_cli_ann", role("rh_cli_bob"))], None);
        assert_eq!(base.seen(&[]), "1,2,3", "the login of these tests is filtered by nothing");
        assert_eq!(base.seen(&["--as", "a guest"]), "3");
        assert_eq!(base.seen(&["--as", "rh_cli_ann"]), "2", "the kept actor of that name is bob");
        assert_eq!(base.seen(&["--as", "role=rh_cli_ann"]), "1", "so it is a role for certain");
        assert_eq!(base.seen(&["--as", "rh_cli_bob"]), "2", "what is not kept is a role");
        // What is kept with one connection is not known of a target that is not saved.
        let text = format!("select id from {}.notes", base.schema);
        base.run(&["query", &base.server.url, "--as", "a guest", "-c", &text]).expect(4).says(&["a guest"]);
        base.server.drop_schema(&base.schema);
    }
}

#[test]
fn a_connection_that_carries_an_actor_is_read_as_that_one_until_told_otherwise() {
    for server in servers() {
        let base = Base::on(server, "rh_cli_carried_actor");
        base.keep(&[("bob", role("rh_cli_bob"))], Some(role("rh_cli_ann")));
        assert_eq!(base.seen(&[]), "1");
        assert_eq!(base.seen(&["--as", "bob"]), "2");
        assert_eq!(base.seen(&["--as", ""]), "1,2,3", "the login itself");
        let notes = format!("{}.notes", base.schema);
        let table = ["export", "team", "--table", &notes, "--format", "csv", "-q"];
        assert_eq!(base.run(&table).expect(0).out(), "id,owner\n1,rh_cli_ann\n");
        let insert = format!("insert into {notes} values (4, 'rh_cli_ann')");
        base.run(&["query", "team", "-c", &insert]).expect(4).says(&["42501"]);
        // Another change of the connection leaves whom it carries.
        base.run(&["connections", "edit", "team", "--group", "work"]).expect(0);
        assert_eq!(base.seen(&[]), "1");
        base.server.drop_schema(&base.schema);
    }
}
