# shellcheck shell=bash
# MariaDB for the tests. Sourced by scripts/servers, which sets SERVERS, SERVER_USER, as_server, free_ports and scratch_ca.

# Debian's own, without the package that would bring a system service.
mariadb_program() { command -v mariadbd || { [[ -x /usr/sbin/mariadbd ]] && printf '/usr/sbin/mariadbd'; }; }

# The folder of the ed25519 plugin, which Debian ships with the service: it is unpacked from there, not installed.
mariadb_plugins() {
  local plugin=auth_ed25519.so unpacked="$ROWHOUSE_CACHE/servers/mariadb" version
  if [[ -f /usr/lib/mysql/plugin/$plugin ]]; then
    printf '/usr/lib/mysql/plugin'
    return 0
  fi
  version="$(dpkg-query --show --showformat='${Version}' mariadb-server-core)" || return 1
  if [[ ! -f $unpacked/$version/usr/lib/mysql/plugin/$plugin ]]; then
    mkdir -p "$unpacked/$version"
    (
      cd "$unpacked"
      apt-get download -qq "mariadb-server=$version"
      dpkg-deb --extract mariadb-server_*.deb "$version"
      rm -f mariadb-server_*.deb
    ) >&2 || return 1
  fi
  # Where the server's user may read it.
  mkdir -p "$SERVERS/mariadb/plugin"
  cp "$unpacked/$version/usr/lib/mysql/plugin/$plugin" "$SERVERS/mariadb/plugin/"
  printf '%s/mariadb/plugin' "$SERVERS"
}

mariadb_running() {
  local pid_file="$SERVERS/mariadb/data/mariadb.pid"
  [[ -f $SERVERS/mariadb/env && -f $pid_file ]] && is_ours "$(cat "$pid_file")"
}

# Beside the servers that may run already.
mariadb_start() {
  local program folder port data password plugins
  program="$(mariadb_program)" || {
    say "MariaDB is not installed: its tests have no server (scripts/prepare test)"
    return 0
  }
  if mariadb_running; then
    say "MariaDB already runs in $SERVERS/mariadb"
    return 0
  fi
  folder="$SERVERS/mariadb"
  data="$folder/data"
  rm -rf -- "$folder"
  mkdir -p "$data" "$folder/socket" "$folder/files"
  port="$(free_ports 1)"
  # Hexadecimal, so that it needs no escaping in a URL or in SQL.
  password="$(openssl rand -hex 16)"
  cp "$SERVERS/tls/"{ca.crt,server.crt,server.key} "$folder/"
  chmod 600 "$folder/server.key"
  touch "$folder/log"
  plugins="$(mariadb_plugins)" || die "there is no ed25519 plugin for MariaDB"
  mariadb_settings "$folder" "$port" "$plugins" >"$folder/my.cnf"
  mariadb_seed "$password" >"$folder/seed.sql"
  chown -R "$SERVER_USER" "$data" "$folder/socket" "$folder/files" "$folder/server.key" "$folder/log" "$folder/seed.sql"
  chmod 700 "$data"
  chmod 600 "$folder/seed.sql"
  if ! (
    cd /
    as_server mariadb-install-db --defaults-file="$folder/my.cnf" --auth-root-authentication-method=normal --skip-test-db
    as_server "$program" --defaults-file="$folder/my.cnf" --init-file="$folder/seed.sql" &
    for _ in $(seq 1 300); do
      mariadb_answers "$folder" "$port" "$password" && exit 0
      kill -0 $! 2>/dev/null || exit 1
      sleep 0.1
    done
    exit 1
  ) </dev/null >>"$folder/log" 2>&1; then
    tail -n 30 "$folder/log" >&2 || true
    mariadb_stop
    die "MariaDB did not start"
  fi
  rm -f "$folder/seed.sql"
  {
    printf 'export ROWHOUSE_TEST_MARIADB_URL=%q\n' "mariadb://rowhouse:$password@127.0.0.1:$port/rowhouse"
    printf 'export ROWHOUSE_TEST_MARIADB_PASSWORD=%q\n' "$password"
    printf 'export ROWHOUSE_TEST_MARIADB_VERSION=%q\n' "$("$program" --version | sed -n 's/.*Ver \([0-9.]*\).*/\1/p')"
    printf 'export ROWHOUSE_TEST_MARIADB_SOCKET=%q\n' "$folder/socket/mariadb.sock"
    printf 'export ROWHOUSE_TEST_MARIADB_TLS=%q\n' "$SERVERS/tls"
  } >"$folder/env.new"
  chmod 600 "$folder/env.new"
  mv "$folder/env.new" "$folder/env"
  say "MariaDB on port $port, in $folder"
}

mariadb_answers() { # mariadb_answers FOLDER PORT PASSWORD
  MYSQL_PWD="$3" mariadb --no-defaults --host=127.0.0.1 --port="$2" --user=rowhouse --connect-timeout=2 \
    --execute='do 0' rowhouse
}

# Nothing here outlives a test run, so nothing is synced to disk.
mariadb_settings() { # mariadb_settings FOLDER PORT PLUGINS
  cat <<SETTINGS
[mariadbd]
datadir = $1/data
socket = $1/socket/mariadb.sock
pid-file = $1/data/mariadb.pid
port = $2
bind-address = 127.0.0.1,127.0.0.2
skip-name-resolve
max_connections = 200
max_allowed_packet = 256M
local_infile = ON
event_scheduler = ON
plugin-dir = $3
plugin-load-add = auth_ed25519
ssl-ca = $1/ca.crt
ssl-cert = $1/server.crt
ssl-key = $1/server.key
secure-file-priv = $1/files
innodb_flush_log_at_trx_commit = 0
innodb_doublewrite = OFF
innodb_buffer_pool_size = 64M
innodb_log_file_size = 64M
sync_binlog = 0
SETTINGS
}

# Each login signs in one way only, so that a test can name the way it means.
mariadb_seed() { # mariadb_seed PASSWORD
  cat <<SEED
create database if not exists rowhouse character set utf8mb4;
create database if not exists latin1 character set latin1;
create user if not exists rowhouse@'%' identified via mysql_native_password using password('$1');
grant all privileges on *.* to rowhouse@'%' with grant option;
create user if not exists rowhouse_reader@'%' identified by '$1';
create user if not exists rowhouse_ed25519@'%' identified via ed25519 using password('$1');
grant select on rowhouse.* to rowhouse_ed25519@'%';
create user if not exists rowhouse_tls@'%' identified by '$1' require ssl;
create user if not exists rowhouse_cert@'%' identified by '$1' require subject '/CN=rowhouse_cert';
create user if not exists rowhouse_empty@'%' identified by '';
create user if not exists rowhouse_old@'%' identified via mysql_old_password using '0123456789abcdef';
create user if not exists rowhouse_socket identified via unix_socket;
SEED
}

mariadb_stop() {
  local pid_file="$SERVERS/mariadb/data/mariadb.pid" pid
  [[ -f $pid_file ]] || return 0
  pid="$(cat "$pid_file")"
  is_ours "$pid" || return 0
  # Nothing in this folder is worth an orderly end.
  kill -KILL "$pid" 2>/dev/null || return 0
  for _ in $(seq 1 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
}
