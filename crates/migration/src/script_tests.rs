use super::*;

fn script(text: &str) -> Script {
    Script { file: "1_a.up.sql".to_owned(), text: text.to_owned(), transaction: true }
}

#[test]
fn bodies_are_not_cut() {
    let maria = "create table t (a int);\n\
        create trigger b before insert on t for each row begin set new.a = 1; if new.a > 2 then set new.a = 2; end if; end;\n\
        create procedure p() begin declare x int; select 1; end;\ninsert into t values (1);";
    assert_eq!(statements(&script(maria), Engine::MariaDb, false).map(|all| all.len()), Ok(4));
    let postgres =
        "create function f() returns int language sql as $x$ select 1; select 2; $x$; do $$ begin commit; end $$;";
    assert_eq!(statements(&script(postgres), Engine::Postgres, true).map(|all| all.len()), Ok(2));
    let sqlite = "create trigger b after insert on t begin update t set a = 1; delete from t; end; select 1;";
    assert_eq!(statements(&script(sqlite), Engine::Sqlite, true).map(|all| all.len()), Ok(2));
}

#[test]
fn what_ends_the_transaction_is_refused_with_its_way_out() {
    for text in ["create table t (a int); commit;", "BEGIN; create table t (a int); END;", "start transaction"] {
        let refused = statements(&script(text), Engine::Postgres, true);
        assert!(refused.is_err_and(|unfit| unfit.hint.contains("-- no-transaction")), "{text}");
        assert!(statements(&script(text), Engine::Postgres, false).is_ok(), "{text}");
    }
    assert!(statements(&script("savepoint a; rollback to a"), Engine::Postgres, true).is_ok());
    assert!(statements(&script("select 1;\n\\restrict abc\nselect 2;"), Engine::Postgres, true).is_err());
    assert!(statements(&script("copy t from stdin;\n1\n\\.\n"), Engine::Postgres, true).is_err());
}

#[test]
fn what_reaches_beyond_the_database_is_known() {
    let databases = ["shop".to_owned()];
    for (engine, text) in [
        (Engine::Postgres, "create role x"),
        (Engine::Postgres, "ALTER SYSTEM SET a = 1"),
        (Engine::Postgres, "grant a to b"),
        (Engine::MariaDb, "use other"),
        (Engine::MariaDb, "create table `Shop`.t (a int)"),
        (Engine::MariaDb, "insert into t select * from shop.u"),
        (Engine::MySql, "set @@global.x = 1"),
        (Engine::MySql, "SET PERSIST x = 1"),
        (Engine::Sqlite, "attach 'x' as y"),
    ] {
        assert!(reaches_outside(text, engine, &databases).is_some(), "{text}");
    }
    for (engine, text) in [
        (Engine::Postgres, "grant select on t to b"),
        (Engine::Postgres, "create schema shop"),
        (Engine::Postgres, "create table shop.t (a int)"),
        (Engine::Postgres, "create user mapping for a server s"),
        (Engine::MariaDb, "select 'shop.t'"),
        (Engine::MariaDb, "set foreign_key_checks = 0"),
    ] {
        assert_eq!(reaches_outside(text, engine, &databases), None, "{text}");
    }
}
