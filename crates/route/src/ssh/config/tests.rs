#![allow(clippy::unwrap_used)]
use std::fs;

use super::*;

struct Home(tempfile::TempDir);

impl Home {
    fn new(files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".ssh/conf.d")).unwrap();
        for (name, text) in files {
            fs::write(home.path().join(".ssh").join(name), text).unwrap();
        }
        Home(home)
    }

    fn look_up(&self, name: &str, user: Option<&str>) -> Result<HostConfig, Error> {
        let given = Given { name, user, home: self.0.path(), local_user: "me" };
        super::look_up(&[self.0.path().join(".ssh/config")], &given)
    }
}

#[test]
fn the_first_value_wins_and_identity_files_add_up() {
    let home = Home::new(&[(
        "config",
        "Host db\n HostName db.internal\n Port 2222\n IdentityFile ~/.ssh/one\nHost *\n Port 22\n User everyone\n \
         IdentityFile ~/.ssh/two\n",
    )]);
    let found = home.look_up("db", None).unwrap();
    assert_eq!(found.hostname.as_deref(), Some("db.internal"));
    assert_eq!((found.port, found.user.as_deref()), (Some(2222), Some("everyone")));
    assert_eq!(found.identity_files, ["~/.ssh/one", "~/.ssh/two"]);
    let other = home.look_up("other", None).unwrap();
    assert_eq!((other.hostname, other.port), (None, Some(22)));
}

#[test]
fn a_negated_pattern_keeps_a_block_from_a_host() {
    let home = Home::new(&[("config", "Host *.example.org !bastion.example.org\n ProxyJump bastion.example.org\n")]);
    assert_eq!(home.look_up("a.example.org", None).unwrap().proxy_jump.as_deref(), Some("bastion.example.org"));
    assert_eq!(home.look_up("bastion.example.org", None).unwrap().proxy_jump, None);
}

#[test]
fn included_files_hold_where_they_stand_and_end_with_themselves() {
    let home = Home::new(&[
        ("config", "Include conf.d/*.conf\nHost only\n Include extra\n Port 7\nHost *\n User late\n"),
        ("conf.d/10.conf", "Host a\n User from10\n"),
        ("conf.d/20.conf", "Host a b\n User from20\n"),
        ("conf.d/.hidden.conf", "User hidden\n"),
        ("extra", "IdentitiesOnly yes\nHost nothing\n"),
    ]);
    assert_eq!(home.look_up("a", None).unwrap().user.as_deref(), Some("from10"));
    assert_eq!(home.look_up("b", None).unwrap().user.as_deref(), Some("from20"));
    assert_eq!(home.look_up("c", None).unwrap().user.as_deref(), Some("late"));
    let only = home.look_up("only", None).unwrap();
    // The `Host` in the included file ended with it.
    assert_eq!((only.identities_only, only.port), (true, Some(7)));
    assert!(!home.look_up("c", None).unwrap().identities_only);
}

#[test]
fn match_looks_at_the_host_that_was_put_in_the_place_of_the_name() {
    let home = Home::new(&[(
        "config",
        "Host alias\n HostName real.internal\nMatch host *.internal user deploy\n Port 1\nMatch originalhost alias\n \
         User second\nMatch !host *.internal\n Port 3\nMatch all\n Port 9\n",
    )]);
    let found = home.look_up("alias", Some("deploy")).unwrap();
    assert_eq!((found.port, found.user.as_deref()), (Some(1), Some("second")));
    assert_eq!(home.look_up("alias", Some("other")).unwrap().port, Some(9));
    assert_eq!(home.look_up("elsewhere", None).unwrap().port, Some(3));
}

#[test]
fn match_final_is_read_after_all_else() {
    let home =
        Home::new(&[("config", "Match final host real\n User late\n Port 5\nHost alias\n HostName real\n Port 4\n")]);
    let found = home.look_up("alias", None).unwrap();
    assert_eq!((found.user.as_deref(), found.port), (Some("late"), Some(4)));
}

#[test]
fn match_exec_runs_nothing_holds_in_neither_form_and_is_told() {
    let home = Home::new(&[("config", "")]);
    let proof = home.0.path().join("proof");
    let text = format!("Match host db exec \"touch {}\"\n Port 1\nMatch host db exec x\n Port 2\n", proof.display());
    fs::write(home.0.path().join(".ssh/config"), text).unwrap();
    let found = home.look_up("db", None).unwrap();
    assert_eq!(found.port, None);
    assert!(!proof.exists());
    assert!(found.notes[0].contains("config line 1: Match exec is not evaluated"), "{:?}", found.notes);
    // Where another criterion failed already, it does not matter and is not told.
    assert!(home.look_up("other", None).unwrap().notes.is_empty());
}

#[test]
fn the_first_of_proxy_command_and_proxy_jump_holds() {
    let home = Home::new(&[(
        "config",
        "Host a\n ProxyJump j\nHost b\n ProxyCommand nc %h %p\nHost c\n ProxyCommand none\nHost *\n ProxyCommand x\n ProxyJump y\n",
    )]);
    let a = home.look_up("a", None).unwrap();
    assert_eq!((a.proxy_jump.as_deref(), a.proxy_command), (Some("j"), None));
    let b = home.look_up("b", None).unwrap();
    assert_eq!((b.proxy_jump, b.proxy_command.map(|place| place.line)), (None, Some(4)));
    let c = home.look_up("c", None).unwrap();
    assert_eq!((c.proxy_jump, c.proxy_command), (None, None));
}

#[test]
fn a_line_that_is_not_understood_is_named_by_file_and_line() {
    for (text, part) in [
        ("Host a\n Port many\n", "config line 2"),
        ("Match\n", "config line 1"),
        ("Match nonsense x\n", "Match nonsense is unknown"),
        ("Host \"a\n", "a quote is not closed"),
        ("StrictHostKeyChecking maybe\n", "yes, no, ask"),
        ("HostName\n", "the value is missing"),
        ("Include ~/.ssh/config\n", "too deeply"),
        ("HostName %z\n", "%z is not supported"),
    ] {
        let home = Home::new(&[("config", text)]);
        let error = home.look_up("a", None).unwrap_err();
        assert_eq!((error.hop, error.kind), (Hop::SshConfig, ErrorKind::Settings), "{text}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn a_missing_file_says_nothing_and_unknown_keywords_are_passed_over() {
    let home = Home::new(&[]);
    assert_eq!(home.look_up("a", None).unwrap(), HostConfig::default());
    let home = Home::new(&[("config", "UseKeychain yes\nXYZ\nPort 3\n")]);
    assert_eq!(home.look_up("a", None).unwrap().port, Some(3));
}

#[test]
fn tokens_and_variables_are_replaced() {
    assert_eq!(tokens("%h.example.org%%", &[('h', "a")]).unwrap(), "a.example.org%");
    assert_eq!(tokens("${PATH}", &[]).unwrap(), std::env::var("PATH").unwrap());
    assert!(tokens("${ROWHOUSE_NOT_SET_ANYWHERE}", &[]).is_err());
    assert!(tokens("%", &[]).is_err());
}
