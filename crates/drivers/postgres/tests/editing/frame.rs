//! What stands around a save: it waits for nobody long, sets what values print by, and leaves a person's transaction as it was.

use std::time::{Duration, Instant};

use driver::{Code, Role, Statement, ValueContext};

use crate::{
    common::{
        connecting::text as ask_text,
        server::{run, servers},
    },
    desk::{Desk, ask, by, schema, text},
};

#[tokio::test]
async fn a_save_within_a_persons_transaction_leaves_it_and_its_settings_as_they_were() {
    for server in servers() {
        schema(&server, "edit_within", "create table t (id int primary key, v text); insert into t values (1, 'a')")
            .await;
        let desk = Desk::open(&server, "edit_within", "", Role::Browse).await;
        let table = desk.table("t").await;
        let context = ValueContext {
            date_style: "German, DMY".into(),
            interval_style: "iso_8601".into(),
            time_zone: "Asia/Tokyo".into(),
            bytea_output: "escape".into(),
            lc_monetary: "C".into(),
            ..ValueContext::default()
        };
        let frame = desk.edit().frame(&table.catalog, &table.key, &context, true).unwrap();
        let shown = "select concat_ws('|', current_setting('datestyle'), current_setting('intervalstyle'), \
                     current_setting('timezone'), current_setting('bytea_output'), current_setting('lock_timeout'), \
                     current_setting('extra_float_digits'))";
        let before = ask_text(&*desk.scratch, shown).await;
        let own =
            ["begin".to_owned(), "set local datestyle = 'SQL, MDY'".to_owned(), "set lock_timeout = '7s'".to_owned()];
        desk.statements(&own).await;
        let within = ask_text(&*desk.scratch, shown).await;
        for (end, value) in [(&frame.rollback, "a"), (&frame.commit, "b")] {
            desk.statements(&frame.begin).await;
            let inside = ask_text(&*desk.scratch, shown).await;
            assert_eq!(inside, "German, DMY|iso_8601|Asia/Tokyo|escape|5s|1");
            let change = desk.update(&table, &by(&["1"]), &[], &[("v", text("b"))]);
            assert_eq!(desk.change(&change).await.unwrap().0, 1);
            desk.statements(end).await;
            assert_eq!(ask_text(&*desk.scratch, shown).await, within);
            assert_eq!(ask_text(&*desk.scratch, "select v from edit_within.t").await, value);
        }
        desk.statements(&["rollback".to_owned()]).await;
        assert_eq!(ask_text(&*desk.scratch, shown).await, before);
        assert_eq!(ask_text(&*desk.scratch, "select v from edit_within.t").await, "a", "it was the person's to keep");
        desk.drop(&server).await;
    }
}

#[tokio::test]
async fn a_save_does_not_wait_for_ever_for_a_row_that_somebody_holds() {
    let Some(server) = servers().pop() else { return };
    schema(&server, "edit_locked", "create table t (id int primary key, v text); insert into t values (1, 'a')").await;
    let desk = Desk::open(&server, "edit_locked", "", Role::Browse).await;
    let table = desk.table("t").await;
    let mut other = server.client().await;
    run(&mut other, "begin").await;
    run(&mut other, "update edit_locked.t set v = 'theirs'").await;
    let began = Instant::now();
    let change = desk.update(&table, &by(&["1"]), &[], &[("v", text("mine"))]);
    let error = desk.save(&table, &change).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "{error:?}");
    assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("holds")), "{:?}", error.hint);
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    run(&mut other, "commit").await;
    // What somebody else wrote meanwhile is not overwritten.
    let change = desk.update(&table, &by(&["1"]), &[("v", &crate::desk::held("a"))], &[("v", text("mine"))]);
    assert_eq!(desk.save(&table, &change).await.unwrap().0, 0);
    other.close().await;
    desk.drop(&server).await;
}

#[tokio::test]
async fn the_keys_index_is_used_whatever_its_types() {
    for server in servers() {
        let script = "
            create type pair as (a int, b text); create domain positive as int check (value > 0);
            create table k_int (id bigint primary key, v text); insert into k_int select i, i from generate_series(1, 3000) i;
            create table k_num (id numeric primary key, v text); insert into k_num select i, i from generate_series(1, 3000) i;
            create table k_two (a timestamptz, b char(8), v text, primary key (a, b));
            insert into k_two select now() + i * interval '1 s', i, i from generate_series(1, 3000) i;
            create table k_pair (id pair primary key, v text); insert into k_pair select row(i, i::text)::pair, i from generate_series(1, 3000) i;
            create table k_domain (id positive primary key, v text); insert into k_domain select i, i from generate_series(1, 3000) i;
            create table k_float (id float8 primary key, v text); insert into k_float select i, i from generate_series(1, 3000) i;
            create table k_none (v text); insert into k_none select i from generate_series(1, 3000) i;
            analyze";
        schema(&server, "edit_plans", script).await;
        let desk = Desk::open(&server, "edit_plans", "", Role::Browse).await;
        for name in ["k_int", "k_num", "k_two", "k_pair", "k_domain", "k_float", "k_none"] {
            let table = desk.table(name).await;
            let (rows, _) = desk.rows(&table).await;
            let (one, several) = (&rows[7], [rows[3].key.clone(), rows[900].key.clone(), rows[44].key.clone()]);
            let change = desk.update(&table, &one.key, &[("v", one.cells.last().unwrap())], &[("v", text("x"))]);
            let reread = desk.edit().reread(&table.catalog, &table.key, &several).unwrap();
            for statement in [change.text.clone(), reread] {
                let plan =
                    ask(&*desk.scratch, Statement::new(format!("explain (costs off) {statement}"))).await.unwrap();
                let plan: Vec<String> = plan.rows.iter().map(|row| row[0].text().unwrap().to_owned()).collect();
                let plan = plan.join("\n");
                assert!(plan.contains("Index") || plan.contains("Tid Scan"), "{name}\n{statement}\n{plan}");
            }
            assert_eq!(desk.reread(&table, &several).await.len(), 3, "{name}");
            assert_eq!(desk.save(&table, &change).await.unwrap().0, 1, "{name}: {}", change.text);
        }
        desk.drop(&server).await;
    }
}
