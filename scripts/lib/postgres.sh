# shellcheck shell=bash
# PostgreSQL for the tests. Sourced by scripts/servers, which sets SERVERS, SERVER_USER, PASSWORD and as_server.

# 15 is Debian's; the others are builds from npm, kept in the cache.
POSTGRES_NPM="$ROWHOUSE_CACHE/servers"

postgres_client_bin() {
  local bin
  for bin in /usr/lib/postgresql/*/bin; do
    [[ -x $bin/psql ]] && { printf '%s' "$bin"; return 0; }
  done
  die "psql is not installed: scripts/prepare test"
}

# postgres_builds VERSION…: fetches what is not in the cache yet.
postgres_builds() {
  local version wanted=0
  for version in "$@"; do
    if [[ -x /usr/lib/postgresql/$version/bin/postgres ]]; then continue; fi
    wanted=1
  done
  [[ $wanted == 1 ]] || return 0
  mkdir -p "$POSTGRES_NPM"
  cp "$ROOT"/tests/servers/{package.json,package-lock.json,.npmrc} "$POSTGRES_NPM/"
  npm_install "$POSTGRES_NPM" --ignore-scripts
  for version in "$POSTGRES_NPM"/node_modules/postgres-*; do
    if [[ ! -e $version/.hydrated ]]; then
      (cd "$version" && node scripts/hydrate-symlinks.js && touch .hydrated) >&2
    fi
  done
}

# postgres_bin VERSION: the folder of its programs, readable by the user who runs them. The cache of root is not, so it is
# linked (or copied) next to the data.
postgres_bin() {
  local version="$1" from to
  if [[ -x /usr/lib/postgresql/$version/bin/postgres ]]; then
    printf '/usr/lib/postgresql/%s/bin' "$version"
    return 0
  fi
  from="$POSTGRES_NPM/node_modules/postgres-$version/native"
  [[ -x $from/bin/postgres ]] || die "there is no PostgreSQL $version for the tests"
  if [[ $(id -u) != 0 ]]; then
    printf '%s/bin' "$from"
    return 0
  fi
  to="$SERVERS/postgres-$version/program"
  [[ -d $to ]] || cp -al "$from" "$to" 2>/dev/null || { rm -rf "$to" && cp -a "$from" "$to"; }
  printf '%s/bin' "$to"
}

postgres_start() {
  local version="$1" port="$2" folder bin data
  folder="$SERVERS/postgres-$version"
  mkdir -p "$folder/socket"
  bin="$(postgres_bin "$version")"
  data="$folder/data"
  mkdir -p "$data"
  cp "$SERVERS/tls/"{ca.crt,server.crt,server.key} "$folder/"
  chmod 600 "$folder/server.key"
  printf '%s' "$PASSWORD" >"$folder/password"
  touch "$folder/log"
  chown -R "$SERVER_USER" "$data" "$folder/socket" "$folder/server.key" "$folder/password" "$folder/log"
  chmod 700 "$data"
  postgres_settings "$folder" "$port" "$version" >"$folder/settings"
  postgres_hba >"$folder/hba"
  (
    cd /
    as_server "$bin/initdb" --pgdata="$data" --username=postgres --pwfile="$folder/password" --encoding=UTF8 \
      --locale=C.UTF-8 --auth=scram-sha-256 --no-sync --no-instructions
    as_server "$bin/pg_ctl" --pgdata="$data" --log="$folder/log" --wait --timeout=60 --silent start \
      --options="-c config_file=$folder/settings -c data_directory=$data -c hba_file=$folder/hba"
  ) </dev/null >>"$folder/log" 2>&1 || return 1
  rm -f "$folder/password"
  postgres_seed | PGPASSWORD="$PASSWORD" "$(postgres_client_bin)/psql" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
    --host=127.0.0.1 --port="$port" --username=postgres --dbname=postgres --file=- >>"$folder/log" 2>&1
}

# postgres_settings FOLDER PORT VERSION. Nothing here outlives a test run, so nothing is synced to disk. /dev/shm is tiny or closed in
# many containers: not used. Statements are counted by every version but 15, so that tests meet both.
postgres_settings() {
  [[ $3 == 15 ]] || printf "shared_preload_libraries = 'pg_stat_statements'\n"
  cat <<SETTINGS
listen_addresses = '127.0.0.1,127.0.0.2'
port = $2
unix_socket_directories = '$1/socket'
max_connections = 200
max_prepared_transactions = 10
dynamic_shared_memory_type = mmap
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = '2GB'
password_encryption = 'scram-sha-256'
ssl = on
ssl_ca_file = '$1/ca.crt'
ssl_cert_file = '$1/server.crt'
ssl_key_file = '$1/server.key'
log_line_prefix = '%m [%p] %q%u@%d %a '
log_timezone = 'UTC'
timezone = 'UTC'
SETTINGS
}

# Each role signs in one way only, so that a test can name the way it means.
postgres_hba() {
  cat <<'HBA'
# TYPE    DATABASE USER              ADDRESS        METHOD
host      all      rowhouse_md5      127.0.0.0/8    md5
host      all      rowhouse_password 127.0.0.0/8    password
hostssl   all      rowhouse_cert     127.0.0.0/8    cert
hostssl   all      rowhouse_tls      127.0.0.0/8    scram-sha-256
hostnossl all      rowhouse_tls      127.0.0.0/8    reject
hostnossl all      rowhouse_plain    127.0.0.0/8    scram-sha-256
hostssl   all      rowhouse_plain    127.0.0.0/8    reject
host      all      rowhouse_trust    127.0.0.0/8    trust
host      all      all               127.0.0.0/8    scram-sha-256
local     all      all                              scram-sha-256
HBA
}

postgres_seed() {
  cat <<SEED
create role rowhouse_reader login password '$PASSWORD';
create role rowhouse_tls login password '$PASSWORD';
create role rowhouse_plain login password '$PASSWORD';
create role rowhouse_password login password '$PASSWORD';
create role rowhouse_trust login;
create role rowhouse_cert login;
set password_encryption = 'md5';
create role rowhouse_md5 login password '$PASSWORD';
reset password_encryption;
create database sql_ascii encoding 'SQL_ASCII' locale 'C' template template0;
create database latin1 encoding 'LATIN1' locale 'C' template template0;
SEED
}

postgres_stop() {
  local data="$1" pid
  [[ -f $data/postmaster.pid ]] || return 0
  pid="$(head -n1 "$data/postmaster.pid")"
  is_ours "$pid" || return 0
  # Immediate: nothing in these folders is worth a checkpoint.
  kill -QUIT "$pid" 2>/dev/null || return 0
  for _ in $(seq 1 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}
