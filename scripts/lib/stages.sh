# shellcheck shell=bash
# Stages run one after the other; a failing one does not hide the next. Each leaves its seconds and its outcome.

STAGE_REPORT=()
STAGE_FAILED=0

# stage NAME COMMAND…
stage() {
  local name="$1" began=$SECONDS status=0
  shift
  step "$name"
  # In a shell of its own, where -e holds: a function called in a condition would run on after a failure.
  set +e
  (
    set -e
    "$@"
  ) </dev/null
  status=$?
  set -e
  local outcome="ok"
  if [[ $status != 0 ]]; then
    outcome="FAILED"
    STAGE_FAILED=$((STAGE_FAILED + 1))
  fi
  STAGE_REPORT+=("$(printf '%6d s  %-6s  %s' $((SECONDS - began)) "$outcome" "$name")")
  return 0
}

stage_summary() {
  printf '\n'
  printf '%s\n' "${STAGE_REPORT[@]}"
}
