//! `rowhouse policy apply` killed while its COMMIT is on the wire: the next process finds out from the server what became of it.

use std::process::Command;

use crate::{
    harness::{Ended, Home, Server, ended, servers, wait_until},
    relay::{Commit, Relay},
};

const LIST: &str = "CREATE POLICY mine ON app.notes USING (owner = current_user);\n\
                    ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY;";

/// A database of its own, reached by a saved connection through a relay.
struct Base {
    home: Home,
    server: Server,
    name: String,
    password: String,
    relay: Relay,
}

impl Base {
    fn on(server: Server, name: &str) -> Base {
        let name = format!("rh_cli_{name}");
        server.psql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        server.psql(&format!("CREATE DATABASE {name}"));
        let (address, password) = server.without_password();
        let (head, place) = address.rsplit_once('@').unwrap();
        let (place, _) = place.split_once('/').unwrap();
        let place = if place.contains(':') { place.to_owned() } else { format!("{place}:5432") };
        let relay = Relay::to(place, "CREATE POLICY");
        let through = format!("{head}@127.0.0.1:{}/{name}?sslmode=disable", relay.port);
        let base = Base { home: Home::new(), server, name, password, relay };
        base.psql("CREATE SCHEMA app; CREATE TABLE app.notes (id int PRIMARY KEY, owner name)");
        base.run(&["connections", "add", &through, "--name", "through", "--password-policy", "ask"]).expect(0);
        std::fs::write(base.home.path("policies.sql"), LIST).unwrap();
        base
    }

    fn psql(&self, text: &str) -> String {
        let (head, _) = self.server.url.rsplit_once('/').unwrap();
        let url = format!("{head}/{}", self.name);
        Server { major: self.server.major, url, psql: self.server.psql.clone() }.value(text)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        command.env("ROWHOUSE_PASSWORD", &self.password);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments))
    }

    /// Applies the list and is killed once its COMMIT is on the wire.
    fn killed(&self, commit: Commit) {
        self.relay.hold(commit);
        let mut child = self.command(&["policy", "apply", "through", "policies.sql", "--yes"]).spawn().unwrap();
        self.relay.holds();
        assert_eq!(child.try_wait().unwrap(), None, "it waits for its answer");
        // SIGKILL: nothing of the program runs any more.
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// What the store holds of what was sent.
    fn kept(&self) -> String {
        let store = self.home.text("home/rowhouse.db");
        let look = "select state || ' ' || (mark is not null) || ' ' || (process is null) as kept from change_sets order by id";
        self.home.run(["query", &store, "-q", "--format", "csv", "-c", look]).expect(0).out().replace('\n', ",")
    }

    fn policies(&self) -> String {
        self.psql("SELECT count(*) FROM pg_policy")
    }

    /// Waits until nobody but the asking session is connected, and drops the database.
    fn ends_clean(self) {
        let others =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        wait_until("every session is gone", || self.psql(others) == "0");
        assert_eq!(self.psql("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()"), "0");
        self.server.psql(&format!("DROP DATABASE {}", self.name));
    }
}

#[test]
fn what_was_committed_when_the_program_was_killed_is_found_out_by_the_next_one() {
    for server in servers() {
        let base = Base::on(server, "killed_after");
        base.killed(Commit::Arrives);
        assert_eq!(base.kept(), "kept,sent 1 0,", "it is on disk as sent, with the server's number, by a process");
        wait_until("the server has committed", || base.policies() == "1");
        let list = ["policy", "list", "through", "--format", "sql"];
        let listed = base.run(&list).expect(0).says(&["had arrived", "rowhouse policy last"]);
        assert!(listed.out().contains("CREATE POLICY mine ON app.notes"), "{}", listed.out());
        assert_eq!(base.kept(), "kept,done 1 1,");
        // It is told until somebody says that it was read, and what was sent is shown.
        let apply = ["policy", "apply", "through", "policies.sql", "--yes"];
        base.run(&apply).expect(0).says(&["had arrived", "Nothing to do"]);
        let shown = base.run(&["policy", "last", "through", "--forget"]).expect(0).says(&["had arrived"]);
        assert!(shown.out().contains("CREATE POLICY mine ON app.notes") && shown.out().contains("ENABLE ROW"));
        assert!(!base.run(&list).expect(0).stderr.contains("had arrived"));
        base.run(&["policy", "last", "through"]).expect(0).says(&["is known"]);
        base.ends_clean();
    }
}

#[test]
fn what_was_not_committed_when_the_program_was_killed_is_not_taken_for_applied() {
    for server in servers() {
        let base = Base::on(server, "killed_before");
        base.killed(Commit::IsLost);
        assert_eq!(base.kept(), "kept,sent 1 0,");
        let shown = base.run(&["policy", "last", "through"]).expect(0).says(&["did not arrive"]);
        assert!(shown.out().contains("CREATE POLICY mine"), "{}", shown.out());
        assert_eq!((base.policies(), base.kept()), ("0".to_owned(), "kept,failed 1 1,".to_owned()));
        let apply = ["policy", "apply", "through", "policies.sql", "--yes"];
        base.run(&apply).expect(0).says(&["did not arrive", "Applied 2 changes"]);
        assert_eq!((base.policies(), base.kept()), ("1".to_owned(), "kept,failed 1 1,done 1 1,".to_owned()));
        base.ends_clean();
    }
}
