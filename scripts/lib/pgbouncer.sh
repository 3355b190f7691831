# shellcheck shell=bash
# PgBouncer before PostgreSQL 18 for the tests, in both modes. Sourced by scripts/servers, which sets SERVERS, SERVER_USER,
# as_server and free_ports.

pgbouncer_program() { command -v pgbouncer || { [[ -x /usr/sbin/pgbouncer ]] && printf '/usr/sbin/pgbouncer'; }; }

pgbouncer_running() { # pgbouncer_running MODE
  local pid_file="$SERVERS/pgbouncer/$1/pid"
  [[ -f $SERVERS/pgbouncer/env && -f $pid_file ]] && is_ours "$(cat "$pid_file")"
}

# Beside the servers that may run already; without a PostgreSQL 18 there is nothing to pool.
pgbouncer_start() {
  local program folder="$SERVERS/pgbouncer" url password target ports mode index=0
  program="$(pgbouncer_program)" || {
    say "PgBouncer is not installed: its tests have no pooler (scripts/prepare test)"
    return 0
  }
  url="$(sed -n 's/^export ROWHOUSE_TEST_POSTGRES_18_URL=//p' "$SERVERS/env")"
  [[ -n $url ]] || return 0
  if pgbouncer_running session && pgbouncer_running transaction; then
    say "PgBouncer already runs in $folder"
    return 0
  fi
  pgbouncer_stop
  rm -rf -- "$folder"
  password="${url#postgres://postgres:}"
  password="${password%%@*}"
  target="${url##*:}"
  target="${target%%/*}"
  read -r -a ports <<<"$(free_ports 2)"
  for mode in session transaction; do
    mkdir -p "$folder/$mode"
    printf '"postgres" "%s"\n"rowhouse_reader" "%s"\n' "$password" "$password" >"$folder/$mode/users"
    pgbouncer_settings "$folder/$mode" "${ports[$index]}" "$target" "$mode" >"$folder/$mode/settings"
    touch "$folder/$mode/log"
    chown -R "$SERVER_USER" "$folder/$mode"
    chmod 700 "$folder/$mode"
    if ! (cd / && as_server "$program" --daemon --quiet "$folder/$mode/settings") </dev/null >>"$folder/$mode/log" 2>&1; then
      tail -n 30 "$folder/$mode/log" >&2 || true
      pgbouncer_stop
      die "PgBouncer did not start in $mode mode"
    fi
    index=$((index + 1))
  done
  {
    printf 'export ROWHOUSE_TEST_PGBOUNCER_SESSION_URL=%q\n' "postgres://postgres:$password@127.0.0.1:${ports[0]}/postgres"
    printf 'export ROWHOUSE_TEST_PGBOUNCER_TRANSACTION_URL=%q\n' "postgres://postgres:$password@127.0.0.1:${ports[1]}/postgres"
  } >"$folder/env.new"
  chmod 600 "$folder/env.new"
  mv "$folder/env.new" "$folder/env"
  say "PgBouncer on ports ${ports[*]} (session, transaction), in $folder"
}

# As it comes, but for small pools by name, short waits and a server that is not there: what a test waits for.
pgbouncer_settings() { # pgbouncer_settings FOLDER PORT TARGET MODE
  cat <<SETTINGS
[databases]
pool_of_one = host=127.0.0.1 port=$3 dbname=postgres pool_size=1
pool_of_two = host=127.0.0.1 port=$3 dbname=postgres pool_size=2
nobody_there = host=127.0.0.1 port=1 dbname=postgres
* = host=127.0.0.1 port=$3

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $2
unix_socket_dir =
pool_mode = $4
auth_type = scram-sha-256
auth_file = $1/users
pidfile = $1/pid
logfile = $1/log
max_client_conn = 200
default_pool_size = 40
query_wait_timeout = 5
server_connect_timeout = 3
server_login_retry = 2
SETTINGS
}

pgbouncer_stop() {
  local pid_file
  for pid_file in "$SERVERS"/pgbouncer/*/pid; do
    if [[ -f $pid_file ]] && is_ours "$(cat "$pid_file")"; then
      kill -QUIT "$(cat "$pid_file")" 2>/dev/null || true
    fi
    rm -f "$pid_file"
  done
}
