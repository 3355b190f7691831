-- How clients are let in, as the file says now. Only superusers and those they let may read it.
select line_number, type, database, user_name, address, auth_method
from pg_hba_file_rules
where error is null
order by line_number
