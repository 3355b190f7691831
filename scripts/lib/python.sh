# shellcheck shell=bash
# Test servers that come as Python packages, in an environment of their own under $TOOLS. Sourced after common.sh, which sets
# ROOT and TOOLS. Nothing of them is linked or shipped.

PYTHON_ENVIRONMENT="${ROWHOUSE_TEST_PYTHON:-$TOOLS/python}"

# Makes the environment; skipped while the list of packages is the one that was installed.
python_environment() {
  local list="$ROOT/tests/servers/requirements.txt" stamp="$PYTHON_ENVIRONMENT/.rowhouse-installed"
  if [[ -f $stamp ]] && cmp -s "$list" "$stamp"; then
    return 0
  fi
  have python3 || return 1
  say "pip install of tests/servers/requirements.txt"
  python3 -m venv "$PYTHON_ENVIRONMENT" >&2 &&
    "$PYTHON_ENVIRONMENT/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$list" >&2 &&
    cp "$list" "$stamp"
}

# python_package NAME: the folder of an installed package.
python_package() {
  local folder
  python_environment || return 1
  folder="$("$PYTHON_ENVIRONMENT/bin/python" -c '
import importlib.util, os, sys
found = importlib.util.find_spec(sys.argv[1])
print(os.path.dirname(found.origin) if found else "")' "$1")" && [[ -n $folder ]] && printf '%s' "$folder"
}
