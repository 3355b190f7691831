-- Nothing but what a new database has.
select 1;
