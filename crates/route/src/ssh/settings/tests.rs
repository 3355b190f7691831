#![allow(clippy::unwrap_used)]
use std::fs;

use super::*;

fn places(config: &str, settings: SshSettings) -> Result<Vec<Place>, Error> {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config");
    fs::write(&file, config).unwrap();
    let local = Local { home: PathBuf::from("/users/me"), user: "me".to_owned() };
    SshSettings { config_file: Some(file), ..settings }.places(&local)
}

fn host(name: &str) -> SshSettings {
    SshSettings { host: name.to_owned(), ..SshSettings::default() }
}

fn names(places: &[Place]) -> Vec<String> {
    places.iter().map(|place| format!("{}@{place}", place.user)).collect()
}

#[test]
fn a_host_without_configuration_is_itself() {
    let places = places("", host("db.example.org")).unwrap();
    assert_eq!(names(&places), ["me@db.example.org"]);
    assert_eq!(places[0].known_hosts[0], Path::new("/users/me/.ssh/known_hosts"));
    assert_eq!(places[0].key_files.len(), 3);
    assert_eq!(places[0].alive_every, Duration::from_secs(2));
}

#[test]
fn jumps_are_made_in_their_order_each_with_its_own_configuration() {
    let config = "Host one\n HostName one.internal\n User first\n Port 2201\nHost two\n User second\n ProxyJump never\n\
                  Host target\n ProxyJump one,two\n User last\n IdentityFile %d/key-%r-%h\n ServerAliveInterval 60\n";
    let found = places(config, host("target")).unwrap();
    // The list names what leads to `two`, so its own line does not.
    assert_eq!(names(&found), ["first@one.internal:2201", "second@two", "last@target"]);
    assert_eq!(found[2].key_files, [Path::new("/users/me/key-last-target")]);
    assert_eq!(found.iter().map(|place| place.is_target).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(found[2].alive_every, Duration::from_secs(2));
}

#[test]
fn a_jump_host_has_jumps_of_its_own() {
    let config = "Host b\n ProxyJump a\nHost c\n ProxyJump u@b:23\n";
    assert_eq!(names(&places(config, host("c")).unwrap()), ["me@a", "u@b:23", "me@c"]);
}

#[test]
fn what_the_profile_says_goes_before_the_file() {
    let config = "Host t\n ProxyJump a\n Port 1\n User file\n";
    let mut settings = host("t");
    settings.jump = Some("none".to_owned());
    settings.port = Some(2);
    settings.user = Some("profile".to_owned());
    assert_eq!(names(&places(config, settings.clone()).unwrap()), ["profile@t:2"]);
    settings.jump = Some("x, y@[::1]:24".to_owned());
    assert_eq!(names(&places(config, settings.clone()).unwrap()), ["me@x", "y@::1:24", "profile@t:2"]);
    settings.ignore_config = true;
    settings.port = None;
    settings.jump = None;
    assert_eq!(names(&places(config, settings).unwrap()), ["profile@t"]);
}

#[test]
fn a_circle_of_jumps_a_proxy_command_and_nonsense_are_refused() {
    let refused = |config: &str, settings: SshSettings| {
        let error = places(config, settings).unwrap_err();
        assert_eq!((error.hop, error.kind), (Hop::SshConfig, ErrorKind::Settings));
        error.message
    };
    assert!(refused("Host a\n ProxyJump b\nHost b\n ProxyJump a\n", host("a")).contains("circle"));
    assert!(refused("Host a\n ProxyCommand nc %h %p\n", host("a")).contains("ProxyCommand"));
    assert!(refused("", host("")).contains("missing"));
    for jump in ["a:b", "-oProxyCommand=x", "a b", "@", "[::1", "a:0", "a,,b"] {
        let settings = SshSettings { jump: Some(jump.to_owned()), ..host("t") };
        assert!(refused("", settings).contains("not a list of jump hosts"), "{jump}");
    }
    // A jump host named by hand goes before a command in the file.
    let settings = SshSettings { jump: Some("j".to_owned()), ..host("a") };
    assert_eq!(names(&places("Host a\n ProxyCommand nc %h %p\n", settings).unwrap()), ["me@j", "me@a"]);
}

#[test]
fn each_way_to_log_in_tries_what_it_says() {
    let key = Some(PathBuf::from("/k"));
    let settings = |login| SshSettings { login, key_file: key.clone(), ..host("a") };
    let config = "IdentityFile /other\nIdentityAgent /agent\n";
    let one = |login| places(config, settings(login)).unwrap().remove(0);
    let automatic = one(SshLogin::Automatic);
    assert_eq!(automatic.key_files, [Path::new("/k"), Path::new("/other")]);
    assert_eq!(automatic.agent.as_deref(), Some("/agent"));
    let key_file = one(SshLogin::KeyFile);
    assert_eq!((key_file.key_files.len(), key_file.identities_only, key_file.methods.password), (1, true, false));
    let password = one(SshLogin::Password);
    assert_eq!((password.methods.key, password.agent), (false, None));
    let error = places("IdentityAgent none\n", settings(SshLogin::Agent)).unwrap_err();
    assert_eq!(error.hop, Hop::SshAuth);
}
