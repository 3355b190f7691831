//! A suite as one file for pgTAP (<https://pgtap.org>): plain SQL in one transaction that is rolled back.
//!
//! Each case is a savepoint: setup, settings, `SET LOCAL ROLE`, the statement, `RESET ROLE`, one test, and the statement after it
//! with a test of its own. pgTAP's functions run as the login; as the actor only `pg_temp.attempt` runs, which needs no right.
//! Statements that could not be tried from within a transaction (COMMIT, RESET ROLE) are skipped, by name. Of a statement that
//! writes within WITH no rows can be compared here: the server wants it at the top.

use super::{Case, Expect, Rows, Suite};
use crate::name;
use crate::statement::tried;

/// What runs a statement as whoever calls and keeps what came of it: its rows as sorted JSON, their number, or the error. A row is
/// as long as it is expected to be; what is more shows as `…`.
const FUNCTIONS: &str = r#"CREATE FUNCTION pg_temp.setting(name text, value text) RETURNS void
LANGUAGE sql AS $setting$ SELECT set_config(name, value, true) $setting$;

CREATE FUNCTION pg_temp.sorted(found jsonb) RETURNS text
LANGUAGE sql AS $sorted$ SELECT coalesce(jsonb_agg(r ORDER BY r), '[]')::text FROM jsonb_array_elements(found) AS r $sorted$;

CREATE FUNCTION pg_temp.attempt(statement text, columns integer, whole boolean) RETURNS void
LANGUAGE plpgsql AS $attempt$
DECLARE
  names text;
  cells text;
  found bigint;
  rows jsonb;
  got text;
BEGIN
  BEGIN
    IF columns = 0 THEN
      EXECUTE statement;
      GET DIAGNOSTICS found = ROW_COUNT;
      got := found || ' rows';
    ELSE
      SELECT string_agg('c' || n, ', '),
             string_agg(format('CASE WHEN num_nulls(c%1$s) = 0 THEN format(''%%s'', c%1$s) END', n), ', ')
        INTO names, cells FROM generate_series(1, columns) AS n;
      EXECUTE format(
        E'WITH q (%s) AS (%s\n) SELECT jsonb_agg(to_jsonb(ARRAY[%s]::text[] || ARRAY(SELECT ''…''::text '
        'FROM json_object_keys(row_to_json(q)) OFFSET %s))) FROM q',
        names, statement, cells, CASE WHEN whole THEN columns ELSE 1000000 END) INTO rows;
      got := pg_temp.sorted(coalesce(rows, '[]'));
    END IF;
  EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
    got := 'error ' || SQLSTATE;
  END;
  PERFORM set_config('suite.got', got, true);
END
$attempt$;
GRANT EXECUTE ON FUNCTION pg_temp.sorted(jsonb), pg_temp.attempt(text, integer, boolean) TO PUBLIC;
"#;

pub(super) fn file(suite: &Suite) -> String {
    let tests: usize = suite.cases.iter().map(|case| 1 + usize::from(case.then.is_some())).sum();
    let mut text = format!("-- {}: everything here is rolled back. Run it by pg_prove.\n", one_line(&suite.name));
    text.push_str(&format!("BEGIN;\nSELECT plan({tests});\n\n{FUNCTIONS}\n"));
    for statement in &suite.setup {
        push(&mut text, statement);
    }
    for (index, case) in suite.cases.iter().enumerate() {
        push_case(&mut text, suite, index + 1, case);
    }
    text.push_str("\nSELECT * FROM finish();\nROLLBACK;\n");
    text
}

fn push_case(text: &mut String, suite: &Suite, number: usize, case: &Case) {
    text.push_str(&format!("\n-- {number}. {}\n", one_line(&case.name)));
    if tried(&case.statement).is_err() {
        let why = name::literal(&format!("{}: never sent to a server", described(&case.name)));
        let tests = 1 + usize::from(case.then.is_some());
        let test = if case.expect == Expect::Refused { "skip" } else { "fail" };
        for _ in 0..tests {
            text.push_str(&format!("SELECT {test}({why});\n"));
        }
        return;
    }
    text.push_str("SAVEPOINT before_case;\n");
    for statement in &case.setup {
        push(text, statement);
    }
    for (setting, value) in case.actor.settings_made(suite.claims_setting()) {
        let (setting, value) = (name::literal(&setting), name::literal(&value));
        text.push_str(&format!("SELECT pg_temp.setting({setting}, {value});\n"));
    }
    if let Some(role) = &case.actor.role {
        text.push_str(&format!("SET LOCAL ROLE {};\n", name::quote(role)));
    }
    attempt(text, &case.statement, &case.expect);
    text.push_str("RESET ROLE;\n");
    test(text, &case.expect, &case.name);
    if let Some(then) = &case.then {
        attempt(text, &then.statement, &then.expect);
        test(text, &then.expect, &format!("{}, then", case.name));
    }
    text.push_str("ROLLBACK TO SAVEPOINT before_case;\n");
}

/// A statement of a setup on lines of its own: a comment at its end takes no semicolon along.
fn push(text: &mut String, statement: &str) {
    let statement = statement.trim().trim_end_matches(';');
    let end = if statement.contains("--") { "\n;\n" } else { ";\n" };
    text.push_str(statement);
    text.push_str(end);
}

fn attempt(text: &mut String, statement: &str, expect: &Expect) {
    let (columns, whole) = match expect {
        Expect::Rows(Rows::First(_)) => (1, false),
        Expect::Rows(Rows::Columns(rows)) => (rows.iter().map(Vec::len).max().unwrap_or_default(), true),
        Expect::Affected(_) | Expect::Count(_) | Expect::Error(_) | Expect::Refused => (0, false),
    };
    let statement = quoted(statement.trim().trim_end_matches(';'));
    text.push_str(&format!("SELECT pg_temp.attempt({statement}, {columns}, {whole});\n"));
}

fn test(text: &mut String, expect: &Expect, name: &str) {
    let sorted = |rows: Vec<&[Option<String>]>| {
        let rows = serde_json::to_string(&rows).unwrap_or_default();
        format!("pg_temp.sorted({})", name::literal(&rows))
    };
    let wanted = match expect {
        Expect::Rows(Rows::First(rows)) => sorted(rows.iter().map(std::slice::from_ref).collect()),
        Expect::Rows(Rows::Columns(rows)) => sorted(rows.iter().map(Vec::as_slice).collect()),
        Expect::Affected(rows) | Expect::Count(rows) => name::literal(&format!("{rows} rows")),
        Expect::Error(code) => name::literal(&format!("error {code}")),
        Expect::Refused => "'error 42501'".to_owned(),
    };
    let name = name::literal(&described(name));
    text.push_str(&format!("SELECT is(current_setting('suite.got'), {wanted}, {name});\n"));
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// A name as a test's description: what follows a `#` would be a directive.
fn described(name: &str) -> String {
    one_line(name).replace('#', "\\#")
}

/// A statement as a literal: between dollars where it has quotes or lines of its own.
fn quoted(statement: &str) -> String {
    if !statement.contains(['\'', '\\', '\n']) {
        return name::literal(statement);
    }
    let mut tag = "$sql$".to_owned();
    while statement.contains(&tag) {
        tag.insert(1, 'x');
    }
    format!("{tag}{statement}{tag}")
}
