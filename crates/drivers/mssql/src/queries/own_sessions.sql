-- Sessions that a login without VIEW SERVER STATE may see: its own.
SELECT s.session_id, CONVERT(nvarchar(40), s.login_time, 126), s.login_name, DB_NAME(s.database_id), NULL, s.program_name,
  s.status, NULL, s.open_transaction_count, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, s.is_user_process,
  CASE WHEN s.host_process_id = {pid} AND s.host_name = HOST_NAME() THEN 1 ELSE 0 END,
  CASE WHEN s.session_id = @@SPID THEN 1 ELSE 0 END
FROM sys.dm_exec_sessions s
ORDER BY s.session_id
