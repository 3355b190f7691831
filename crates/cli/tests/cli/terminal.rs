//! In front of a person: secrets are not shown, progress does not mix with data, what is missing is asked for.

use crate::{
    harness::{Home, servers},
    pseudo_terminal::{Streams, Terminal},
};

const DATA_IN_A_PIPE: Streams = Streams { stdout: false, stderr: true };
const ALL_ON_IT: Streams = Streams { stdout: true, stderr: true };

/// Takes long enough for a line of progress.
const SLOW: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500000) select i, 'row' from n";

#[test]
fn a_password_is_asked_for_without_showing_it() {
    for server in servers() {
        let home = Home::new();
        let (address, password) = server.without_password();
        let query = ["query", &address, "-c", "select 1 as a", "--format", "csv"];
        let mut terminal = Terminal::run(home.command(query), DATA_IN_A_PIPE);
        terminal.sees("Password of ");
        assert!(!terminal.echoes());
        terminal.types(&format!("{password}\n"));
        let (ended, text, echoes) = terminal.end_and_echo();
        assert_eq!(ended.expect(0).out(), "a\n1\n");
        assert!(!text.contains(&password), "{text}");
        assert!(echoes, "the terminal shows again what is typed");
    }
}

#[test]
fn a_wrong_password_is_asked_for_again_and_ends_with_3() {
    for server in servers().into_iter().take(1) {
        let home = Home::new();
        let (address, password) = server.without_password();
        let mut terminal = Terminal::run(home.command(["query", &address, "-c", "select 1 as a"]), ALL_ON_IT);
        terminal.sees("Password of ");
        terminal.types("not-the-pass-word\n");
        terminal.sees("refused");
        terminal.types(&format!("{password}\n"));
        let (ended, text, echoes) = terminal.end_and_echo();
        ended.expect(0);
        assert!(!text.contains("not-the-pass-word") && !text.contains(&password) && echoes, "{text}");
    }
}

#[test]
fn ctrl_c_at_the_password_gives_the_terminal_back_and_exits_130() {
    for server in servers().into_iter().take(1) {
        let home = Home::new();
        let (address, _) = server.without_password();
        let mut terminal = Terminal::run(home.command(["query", &address, "-c", "select 1"]), ALL_ON_IT);
        terminal.sees("Password of ");
        assert!(!terminal.echoes());
        terminal.types("half-a-pass\u{3}");
        let (ended, text, echoes) = terminal.end_and_echo();
        ended.expect(130);
        assert!(echoes, "the terminal shows again what is typed");
        assert!(!text.contains("half-a-pass"), "{text}");
    }
}

#[test]
fn progress_is_on_the_terminal_and_never_among_the_rows() {
    let home = Home::new();
    let query = ["query", "sample", "-c", SLOW, "--format", "csv"];
    let (ended, text) = Terminal::run(home.command(query), DATA_IN_A_PIPE).end();
    let out = ended.expect(0);
    assert_eq!(out.stdout.iter().filter(|byte| **byte == b'\n').count(), 1_500_001);
    assert!(!out.stdout.contains(&b'\x1b') && !out.stdout.contains(&b'\r'));
    assert!(text.contains(" rows, ") && text.contains(" rows/s"), "{text:?}");
    assert!(text.ends_with("\r\x1b[K"), "it is gone at the end: {text:?}");

    let file = home.text("out.csv");
    let to_file = ["query", "sample", "-c", SLOW, "--format", "csv", "-o", &file];
    let (ended, text) = Terminal::run(home.command(to_file), ALL_ON_IT).end();
    ended.expect(0);
    assert!(text.contains(" rows/s") && text.ends_with("\r\x1b[K"), "{text:?}");
}

#[test]
fn progress_is_not_where_nobody_could_want_it() {
    let home = Home::new();
    let query = ["query", "sample", "-c", SLOW, "--format", "csv"];
    assert_eq!(home.run(query).expect(0).stderr, "", "stderr is a pipe");
    let mut quiet = query.to_vec();
    quiet.push("--quiet");
    let (ended, text) = Terminal::run(home.command(quiet), DATA_IN_A_PIPE).end();
    ended.expect(0);
    assert_eq!(text, "");
    // Rows on the same screen would be torn apart by it.
    let few = SLOW.replace("1500000", "300000");
    let (ended, text) =
        Terminal::run(home.command(["query", "sample", "-c", &few, "--format", "csv"]), ALL_ON_IT).end();
    ended.expect(0);
    assert!(text.contains("300000,row") && !text.contains("rows/s") && !text.contains('\x1b'));
}

#[test]
fn an_error_after_progress_begins_on_a_line_of_its_own() {
    let home = Home::new();
    let script = format!("{SLOW}; select nosuch");
    let query = ["query", "sample", "-c", &script, "--format", "ndjson"];
    let (ended, text) = Terminal::run(home.command(query), DATA_IN_A_PIPE).end();
    ended.expect(4);
    let (_, said) = text.rsplit_once("\r\x1b[K").unwrap();
    assert!(said.contains("error: "), "{text:?}");
}

#[test]
fn placeholders_without_a_value_are_asked_for() {
    let home = Home::new();
    let script = "select :id as id, :name as name, :id || '!' as again";
    let query = ["query", "sample", "-c", script, "--format", "csv", "--param", "name=given"];
    let mut terminal = Terminal::run(home.command(query), DATA_IN_A_PIPE);
    terminal.sees("Value of :id: ");
    assert!(terminal.echoes(), "a value is no secret");
    terminal.types("4,2\n");
    let (ended, text) = terminal.end();
    assert_eq!(ended.expect(0).out(), "id,name,again\n\"4,2\",given,\"4,2!\"\n");
    assert!(!text.contains(":name"), "what was given is not asked for: {text}");
    // Nobody to ask: said with its place.
    home.run(query).expect(4).says(&["1:8: error: ", ":id", "value"]);

    let mut terminal = Terminal::run(home.command(query), ALL_ON_IT);
    terminal.sees("Value of :id: ");
    terminal.types("\u{3}");
    let (ended, _, echoes) = terminal.end_and_echo();
    ended.expect(130);
    assert!(echoes);

    let mut terminal = Terminal::run(home.command(query), ALL_ON_IT);
    terminal.sees("Value of :id: ");
    terminal.types("\u{4}");
    terminal.end().0.expect(4);
}
