-- Installed extensions beside what would be installed now.
select e.extname, a.default_version, e.extrelocatable
from pg_extension e
left join pg_available_extensions a on a.name = e.extname
