# shellcheck shell=bash
# What every script here shares: where things are kept, and how to speak to the person running it.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

# Compiled dependencies, tools and test servers live outside the checkout, so that a clean clone reuses them.
ROWHOUSE_CACHE="${ROWHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rowhouse}"
export ROWHOUSE_CACHE
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$ROWHOUSE_CACHE/target}"
TOOLS="$ROWHOUSE_CACHE/tools"
export PATH="$TOOLS/bin:$HOME/.cargo/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# npm_install FOLDER: `npm ci`, skipped while the lock file is the one that was installed.
npm_install() {
  local folder="$1" stamp sum
  stamp="$folder/node_modules/.rowhouse-installed"
  sum="$(cd "$folder" && sha256sum package.json package-lock.json && node --version)"
  if [[ -f $stamp && "$(cat "$stamp")" == "$sum" ]]; then
    return 0
  fi
  say "npm ci in ${folder#"$ROOT"/}"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error "${@:2}") >&2
  printf '%s' "$sum" >"$stamp"
}
