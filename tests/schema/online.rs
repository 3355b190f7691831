//! The same while others go on working: what is kept by itself, what a failure leaves.

use schema::{Comparison, Options, plan};

use crate::{apply, finds, made, on_postgres_18, read};

const THERE: &str = "create table people (id int primary key, name text);
    create table orders (id int primary key, person int, note text);
    create index old on orders (note);
    insert into people values (1, 'Ann');
    insert into orders values (1, 1, 'a'), (2, 1, 'a');";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_and_keys_are_made_and_dropped_beside_writers() {
    let Some(server) = on_postgres_18().await else { return };
    let (old, from) = made(&server, THERE).await;
    let (new, to) = made(
        &server,
        "create table people (id int primary key, name text, age int);
         create table orders (id int primary key, person int constraint orders_person references people,
           note text, constraint noted check (note <> ''));
         create index orders_note on orders using hash (note);
         comment on index orders_note is 'for equality';",
    )
    .await;
    let (before, after) = (read(&*from, 180_000).await, read(&*to, 180_000).await);
    let plain = plan(&before, &after, &Options::default()).unwrap();
    let offered: Vec<_> =
        plain.steps.iter().filter(|step| step.online == Some(false)).map(|step| &step.about).collect();
    assert_eq!(offered.len(), 4, "{}", plain.script());
    assert_eq!(plain.batches().len(), 1);
    let online = offered.into_iter().cloned().collect();
    let found = plan(&before, &after, &Options { online, ..Options::default() }).unwrap();
    assert_eq!(
        found.script(),
        "DROP INDEX CONCURRENTLY public.old;
BEGIN;
ALTER TABLE public.people ADD COLUMN age integer;
ALTER TABLE public.orders ADD CONSTRAINT noted CHECK ((note <> ''::text)) NOT VALID;
ALTER TABLE public.orders ADD CONSTRAINT orders_person FOREIGN KEY (person) REFERENCES public.people(id) NOT VALID;
COMMIT;
ALTER TABLE public.orders VALIDATE CONSTRAINT noted;
CREATE INDEX CONCURRENTLY orders_note ON public.orders USING hash (note);
COMMENT ON INDEX public.orders_note IS 'for equality';
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_person;
"
    );
    let kinds: Vec<bool> = found.batches().iter().map(|batch| batch.transaction).collect();
    assert_eq!(kinds, [false, true, false]);
    apply(&*from, &found).await.unwrap();
    let left = Comparison::between(&read(&*from, 180_000).await, &after);
    assert!(left.is_empty(), "{left:#?}");
    for (scratch, connection) in [(old, from), (new, to)] {
        connection.close().await;
        server.drop(scratch).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unique_index_that_fails_beside_writers_is_left_invalid() {
    let Some(server) = on_postgres_18().await else { return };
    let (scratch, connection) = made(&server, THERE).await;
    let before = read(&*connection, 180_000).await;
    let (other, to) =
        made(&server, &format!("{THERE} delete from orders; create unique index one on orders (note);")).await;
    let after = read(&*to, 180_000).await;
    let index = after.objects.keys().find(|key| key.name == "one").unwrap().clone();
    let options = Options { online: [index].into(), ..Options::default() };
    let failure = apply(&*connection, &plan(&before, &after, &options).unwrap()).await.unwrap_err();
    assert!(failure.contains("CONCURRENTLY") && failure.contains("Could not create unique index"), "{failure}");
    assert!(finds(&*connection, "select from pg_index where indexrelid = 'one'::regclass and not indisvalid").await);
    for (scratch, connection) in [(scratch, connection), (other, to)] {
        connection.close().await;
        server.drop(scratch).await;
    }
}
