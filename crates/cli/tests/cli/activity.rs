//! What a server is doing, as an operator at a terminal asks for it.

use std::process::Child;

use crate::harness::{Home, Server, servers, wait_until};

/// Ends a client that a test left waiting.
struct Waiting(Child);

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A session that runs this.
fn runs(home: &Home, server: &Server, text: &str) -> Waiting {
    Waiting(home.command(["query", &server.url, "-q", "-c", text]).spawn().unwrap())
}

fn session_of(server: &Server, mark: &str) -> String {
    let found = || {
        server.value(&format!(
            "SELECT coalesce(min(pid)::text, '') FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{mark}%' \
             AND pid <> pg_backend_pid()"
        ))
    };
    wait_until("it runs", || !found().is_empty());
    found()
}

#[test]
fn sessions_are_listed_cancelled_and_ended_with_a_yes() {
    for server in servers() {
        let home = Home::new();
        let mark = format!("act_sleeps_{}", server.major);
        let text = format!("select /* {mark} */ pg_sleep(600)");
        let first = runs(&home, &server, &text);
        let id = session_of(&server, &mark);
        let listed = home.run(["activity", &server.url, "--format", "json"]).expect(0).json();
        let seen = listed.as_array().unwrap().iter().find(|session| session["id"] == id.as_str()).unwrap().clone();
        assert_eq!((&seen["doing"], &seen["asking"]), (&"active".into(), &false.into()));
        assert!(seen["statement"].as_str().unwrap().contains(&mark));
        let table = home.run(["activity", &server.url]).expect(0).out().to_owned();
        assert!(table.starts_with("ID") && table.contains(&mark), "{table}");
        let csv = home.run(["activity", &server.url, "--format", "csv"]).expect(0).out().to_owned();
        assert!(csv.starts_with("id,user,database,application,"), "{csv}");

        home.run(["activity", &server.url, "--cancel", &id]).expect(0).says(&[&id, "cancel"]);
        wait_until("it was cancelled", || server.running(&mark) == "0");
        drop(first);
        let _second = runs(&home, &server, &text);
        let id = session_of(&server, &mark);
        home.run(["activity", &server.url, "--kill", &id]).expect(5).says(&["End session", &id, &mark, "--yes"]);
        assert_eq!(server.running(&mark), "1");
        home.run(["activity", &server.url, "--kill", &id, "--yes"]).expect(0).says(&[&id]);
        wait_until("it was ended", || server.running(&mark) == "0");
        home.run(["activity", &server.url, "--kill", "2147483647", "--yes"]).expect(4).says(&["gone"]);
        home.run(["activity", &server.url, "--kill", "1 or 1=1", "--yes"]).expect(2).says(&["no such session"]);
        let trail = home.run(["audit", "--format", "json"]).expect(0).json();
        let commands: Vec<&str> =
            trail.as_array().unwrap().iter().filter_map(|line| line["command"].as_str()).collect();
        assert_eq!(commands, ["KILL", "KILL", "CANCEL"], "{trail}");
        assert!(trail[1]["text"].as_str().unwrap().contains(&format!("pg_terminate_backend({id})")));
    }
}

#[test]
fn locks_are_a_tree_and_sizes_are_tables() {
    for server in servers() {
        let home = Home::new();
        let schema = format!("act_locks_{}", server.major);
        server.schema(&schema);
        server.psql(&format!("CREATE TABLE {schema}.held (v int primary key)"));
        let hold = format!("begin; lock table {schema}.held; select /* holds {schema} */ pg_sleep(600)");
        let _holder = runs(&home, &server, &hold);
        let holder = session_of(&server, &format!("holds {schema}"));
        let _waiter = runs(&home, &server, &format!("insert /* waits {schema} */ into {schema}.held values (1)"));
        let waiter = session_of(&server, &format!("waits {schema}"));
        let table = home.run(["activity", &server.url, "--locks"]).expect(0).out().to_owned();
        let lines: Vec<&str> = table.lines().collect();
        let at = lines.iter().position(|line| line.starts_with(&holder)).unwrap_or_else(|| panic!("{table}"));
        assert!(lines[at + 1].starts_with(&format!("└ {waiter}")), "{table}");
        assert!(lines[at + 1].contains(&format!("{schema}.held (RowExclusiveLock)")), "{table}");
        let waits = home.run(["activity", &server.url, "--locks", "--format", "json"]).expect(0).json();
        let wait = waits.as_array().unwrap().iter().find(|wait| wait["waiter"] == waiter.as_str()).unwrap().clone();
        assert_eq!((&wait["blocker"], &wait["held"]), (&holder.as_str().into(), &"AccessExclusiveLock".into()));

        let sizes = home.run(["activity", &server.url, "--sizes", "--format", "json"]).expect(0).json();
        let held = sizes.as_array().unwrap().iter().find(|table| table["object"]["schema"] == schema.as_str()).unwrap();
        assert_eq!((&held["object"]["name"], &held["busy"]), (&"held".into(), &true.into()));
        let indexes = home.run(["activity", &server.url, "--indexes", "--format", "csv"]).expect(0).out().to_owned();
        assert!(indexes.lines().any(|line| line.starts_with(&format!("{schema},held,held_pkey,"))), "{indexes}");
        home.run(["activity", &server.url, "--kill", &holder, "--yes"]).expect(0);
        wait_until("the waiter is through", || server.running(&format!("waits {schema}")) == "0");
        server.drop_schema(&schema);
    }
}

#[test]
fn what_has_no_sessions_or_may_not_be_changed_says_so() {
    let home = Home::new();
    home.run(["activity", "sample"]).expect(2).says(&["SQLite", "PostgreSQL, MySQL and MariaDB"]);
    home.run(["activity", "sample", "--locks", "--sizes"]).expect(2);
    for server in servers() {
        let home = Home::new();
        let (address, password) = server.without_password();
        let added = ["connections", "add", &address, "--name", "prod", "--password-policy", "ask"];
        home.run(added.into_iter().chain(["--environment", "production"])).expect(0);
        let with = |arguments: &[&str]| {
            let mut command = home.command(arguments);
            command.env("ROWHOUSE_PASSWORD", &password);
            crate::harness::ended(command)
        };
        with(&["connections", "edit", "prod", "--safety", "read-only"]).expect(0);
        with(&["activity", "prod"]).expect(0);
        with(&["activity", "prod", "--kill", "1", "--yes"]).expect(5).says(&["read-only", "safety level"]);
        with(&["connections", "edit", "prod", "--safety", "free"]).expect(0);
        let mark = format!("act_prod_{}", server.major);
        let _sleeper = runs(&home, &server, &format!("select /* {mark} */ pg_sleep(600)"));
        let id = session_of(&server, &mark);
        with(&["activity", "prod", "--cancel", &id]).expect(5).says(&["prod is production", &mark, "--yes"]);
        assert_eq!(server.running(&mark), "1");
        with(&["activity", "prod", "--cancel", &id, "--yes"]).expect(0);
        wait_until("it was cancelled", || server.running(&mark) == "0");
    }
}
