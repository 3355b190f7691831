#![allow(clippy::unwrap_used)]
//! Scripts of Oracle: blocks and stored programs end at a line of `/`, strings may have signs of their own.

use sql::{Class, Lexer, TokenKind, classify, dialect::oracle, split};

fn pieces(script: &str) -> Vec<&str> {
    split(script, oracle()).iter().map(|statement| statement.text(script)).collect()
}

#[test]
fn statements_end_at_semicolons_and_blocks_at_a_line_of_a_slash() {
    let script = "select 1 from dual;\n/\nbegin\n  update t set a = 1;\n  commit;\nend;\n/\nselect 4 / 2 from dual; -- a quotient\n\
                  create or replace editionable function f return number is\n  n number;\nbegin\n  return 1\n  / 2;\nend;\n /  \n\
                  create table t (a number, b varchar2(10));\ndeclare x number; begin null; end;";
    assert_eq!(
        pieces(script),
        [
            "select 1 from dual",
            "begin\n  update t set a = 1;\n  commit;\nend;",
            "select 4 / 2 from dual",
            "create or replace editionable function f return number is\n  n number;\nbegin\n  return 1\n  / 2;\nend;",
            "create table t (a number, b varchar2(10))",
            "declare x number; begin null; end;",
        ]
    );
}

#[test]
fn every_stored_program_reaches_to_its_slash() {
    for head in [
        "create package p as\n  procedure a; procedure b;\nend;",
        "create or replace package body p as\n  procedure a is begin null; end;\nend p;",
        "create or replace trigger t before insert on x for each row\nbegin\n  :new.a := 1;\nend;",
        "create or replace noneditionable procedure p is begin null; end;",
        "create type t as object (a number,\n  member function f return number);",
        "<<outer>>\ndeclare n number; begin n := 1; end;",
        "with function f return number is begin return 1; end;\nselect f from dual",
    ] {
        let script = format!("{head}\n/\nselect 2 from dual");
        assert_eq!(pieces(&script), [head, "select 2 from dual"]);
    }
    // A table with a column of such a name is no program.
    assert_eq!(pieces("create table x (type number);\nselect 1 from dual").len(), 2);
}

#[test]
fn strings_end_at_their_own_signs() {
    for text in ["q'[it's; fine]'", "Q'!a'b!'", "nq'{a}b;}'", "q'(')'", "q'<;>'", "q''a''", "n'a''b'", "q'ä';'ä'"] {
        let tokens: Vec<_> = Lexer::new(text, oracle()).collect();
        assert_eq!((tokens.len(), tokens[0].kind, tokens[0].span.end), (1, TokenKind::String, text.len()), "{text}");
        assert_eq!(pieces(&format!("select {text} from dual;\nselect 2 from dual")).len(), 2, "{text}");
    }
    // A name, and a string that does not end.
    assert_eq!(Lexer::new("q ", oracle()).next().unwrap().kind, TokenKind::Word);
    assert_eq!(Lexer::new("q' x'", oracle()).next().unwrap().kind, TokenKind::Word);
    assert_eq!(Lexer::new("q'[a", oracle()).next().unwrap().span.end, 4);
}

#[test]
fn what_a_statement_does_is_told_and_a_block_may_do_anything() {
    for (text, class) in [
        ("select * from t", Class::Read),
        ("merge into t using s on (t.id = s.id) when matched then update set a = 1", Class::Write),
        ("explain plan for select 1 from dual", Class::Write),
        ("lock table t in exclusive mode", Class::Write),
        ("begin null; end;", Class::Unknown),
        ("call p(1)", Class::Unknown),
        ("alter session set nls_date_format = 'YYYY'", Class::Ddl),
        ("truncate table t", Class::Ddl),
        ("commit", Class::Transaction),
        ("flashback table t to before drop", Class::Ddl),
    ] {
        assert_eq!(classify(text, oracle()).class, class, "{text}");
    }
    assert!(sql::read_only_verdict("select upper(a) from t", oracle()).is_ok());
    for text in ["select my_function(a) from t", "select * from t for update", "begin null; end;", "delete from t"] {
        assert!(sql::read_only_verdict(text, oracle()).is_err(), "{text}");
    }
}
