# shellcheck shell=bash
# One way to build, so that `make run`, `make test` and `make lint` share what is compiled: the whole workspace, with the UI
# embedded. Selecting a single package would choose other features for shared dependencies, and compile them again.

# shellcheck disable=SC2034 # used by the scripts that source this file
CARGO_SELECTION=(--workspace --locked --features rowhouse-desktop/custom-protocol)
PROGRAMS="$CARGO_TARGET_DIR/debug"

build_ui() {
  npm_install "$ROOT/ui"
  local stamp="$ROOT/ui/node_modules/.rowhouse-built"
  if [[ -f $stamp && "$(cat "$stamp")" == "$(ui_digest)" ]]; then return 0; fi
  (cd "$ROOT/ui" && npm run --silent build) >&2
  ui_digest >"$stamp"
}

# What the bundle is made from, and the bundle: somebody may have replaced it.
ui_digest() {
  (
    cd "$ROOT/ui" || exit
    find . \( -path ./node_modules -o -path ./dist \) -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
    sha256sum dist/index.html 2>/dev/null || true
  )
}

# The window's crate embeds ui/dist when it compiles; linting needs the folder, not the UI.
placeholder_ui() {
  [[ -e $ROOT/ui/dist/index.html ]] && return 0
  mkdir -p "$ROOT/ui/dist"
  printf '<!doctype html><title>Rowhouse</title>\n' >"$ROOT/ui/dist/index.html"
}
