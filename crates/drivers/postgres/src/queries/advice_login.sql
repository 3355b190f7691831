-- Whose rights count.
select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user
