-- Sessions of clients, what they run and who is in their way.
SELECT s.session_id, CONVERT(nvarchar(40), s.login_time, 126), s.login_name, DB_NAME(s.database_id), c.client_net_address,
  s.program_name, s.status, r.command, s.open_transaction_count,
  CAST(DATEDIFF(second, COALESCE(r.start_time, s.last_request_end_time, s.login_time), GETDATE()) AS bigint) * 1000,
  CAST(DATEDIFF(second, x.begun, GETDATE()) AS bigint) * 1000,
  CAST(DATEDIFF(second, COALESCE(r.start_time, s.last_request_start_time), GETDATE()) AS bigint) * 1000,
  CONVERT(nvarchar(40), COALESCE(r.start_time, s.last_request_start_time), 126),
  r.wait_type, r.wait_resource, r.blocking_session_id, r.wait_time, t.text, s.is_user_process,
  CASE WHEN s.host_process_id = {pid} AND s.host_name = HOST_NAME() THEN 1 ELSE 0 END,
  CASE WHEN s.session_id = @@SPID THEN 1 ELSE 0 END
FROM sys.dm_exec_sessions s
LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id AND c.parent_connection_id IS NULL
LEFT JOIN sys.dm_exec_requests r ON r.session_id = s.session_id
LEFT JOIN (
  SELECT o.session_id, MIN(a.transaction_begin_time) AS begun
  FROM sys.dm_tran_session_transactions o
  JOIN sys.dm_tran_active_transactions a ON a.transaction_id = o.transaction_id
  WHERE o.is_user_transaction = 1
  GROUP BY o.session_id
) x ON x.session_id = s.session_id
OUTER APPLY sys.dm_exec_sql_text(COALESCE(r.sql_handle, c.most_recent_sql_handle)) t
ORDER BY s.session_id
