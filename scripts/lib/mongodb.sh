# shellcheck shell=bash
# A server of MongoDB's wire protocol for the tests: SecantusDB, a test tool that is never linked or shipped. Sourced by
# scripts/servers, which sets SERVERS, is_ours and free_ports, after python.sh.

# Of the environment of Python packages. It runs as whoever tests: it does not mind root, and `nobody` may not read the environment.
mongodb_program() {
  python_environment || return 1
  [[ -x $PYTHON_ENVIRONMENT/bin/secantusd-py ]] && printf '%s' "$PYTHON_ENVIRONMENT/bin/secantusd-py"
}

# The Python beside it, which has the client that makes users.
mongodb_python() { # mongodb_python PROGRAM
  printf '%s/python' "$(dirname "$1")"
}

mongodb_running() {
  local pid_file="$SERVERS/mongodb/pid"
  [[ -f $SERVERS/mongodb/env && -f $pid_file ]] && is_ours "$(cat "$pid_file")"
}

# Two processes on two folders: one without TLS and one with it, both of them wanting somebody to sign in.
mongodb_start() {
  local program folder plain tls password
  program="$(mongodb_program)" || {
    say "SecantusDB is not installed: MongoDB's tests have no server (scripts/prepare test)"
    return 0
  }
  if mongodb_running; then
    say "MongoDB already runs in $SERVERS/mongodb"
    return 0
  fi
  folder="$SERVERS/mongodb"
  rm -rf -- "$folder"
  mkdir -p "$folder/plain" "$folder/tls"
  read -r plain tls <<<"$(free_ports 2 | tr '\n' ' ')"
  # Hexadecimal, so that it needs no escaping in a URL.
  password="$(openssl rand -hex 16)"
  cp "$SERVERS/tls/"{ca.crt,server.crt,server.key} "$folder/"
  chmod 600 "$folder/server.key"
  : >"$folder/empty.toml"
  touch "$folder/log"
  if ! mongodb_seed "$program" "$folder" "$plain" plain "$password" \
    || ! mongodb_seed "$program" "$folder" "$tls" tls "$password" \
    || ! mongodb_serve "$program" "$folder" "$plain" plain pid --auth \
    || ! mongodb_serve "$program" "$folder" "$tls" tls pid-tls --auth \
      --tls-cert-file "$folder/server.crt" --tls-key-file "$folder/server.key"; then
    tail -n 30 "$folder/log" >&2 || true
    mongodb_stop
    die "the MongoDB server did not start"
  fi
  # The version is that of the protocol's reference server which it follows.
  {
    printf 'export ROWHOUSE_TEST_MONGODB_URL=%q\n' "mongodb://rowhouse:$password@127.0.0.1:$plain/rowhouse?authSource=admin"
    printf 'export ROWHOUSE_TEST_MONGODB_VERSION=%q\n' "${ROWHOUSE_MONGODB_VERSION:-8.2}"
    printf 'export ROWHOUSE_TEST_MONGODB_TLS=%q\n' "$SERVERS/tls"
    printf 'export ROWHOUSE_TEST_MONGODB_TLS_URL=%q\n' \
      "mongodb://rowhouse:$password@127.0.0.1:$tls/rowhouse?authSource=admin&tls=true"
  } >"$folder/env.new"
  chmod 600 "$folder/env.new"
  mv "$folder/env.new" "$folder/env"
  say "MongoDB on port $plain, with TLS on port $tls, in $folder"
}

# Serves a folder; the last arguments go to the server.
mongodb_serve() { # mongodb_serve PROGRAM FOLDER PORT DATA PID_FILE [ARGUMENT …]
  local program="$1" folder="$2" port="$3" data="$4" pid_file="$5"
  shift 5
  rm -f "$folder/$pid_file"
  # The number is written by the server's own process.
  # shellcheck disable=SC2016
  (
    cd /
    bash -c 'printf "%s\n" "$$" >"$1"; shift; exec "$@"' _ "$folder/$pid_file" \
      "$program" --config "$folder/empty.toml" --host 127.0.0.1 --port "$port" --storage-path "$folder/$data" "$@" \
      </dev/null >>"$folder/log" 2>&1 &
  )
  for _ in $(seq 1 300); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
    [[ ! -s $folder/$pid_file ]] || kill -0 "$(cat "$folder/$pid_file")" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# Users are made while nobody has to sign in yet; they stay in the folder.
mongodb_seed() { # mongodb_seed PROGRAM FOLDER PORT DATA PASSWORD
  mongodb_serve "$1" "$2" "$3" "$4" pid-seed || return 1
  "$(mongodb_python "$1")" - "$3" "$5" <<'SEED' >>"$2/log" 2>&1 || return 1
import sys
import pymongo

port, password = int(sys.argv[1]), sys.argv[2]
client = pymongo.MongoClient("127.0.0.1", port, directConnection=True)
client.admin.command("createUser", "rowhouse", pwd=password, roles=["root"])
client.admin.command("createUser", "rowhouse_reader", pwd=password, roles=[{"role": "read", "db": "rowhouse"}])
SEED
  mongodb_end "$2/pid-seed"
}

mongodb_end() { # mongodb_end PID_FILE
  local pid
  [[ -f $1 ]] || return 0
  pid="$(cat "$1")"
  rm -f "$1"
  is_ours "$pid" || return 0
  # An orderly end first: users that were just made are on their way to the disk.
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 1 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

mongodb_stop() {
  local name
  for name in pid pid-tls pid-seed; do
    mongodb_end "$SERVERS/mongodb/$name"
  done
}
