# shellcheck shell=bash
# The scratch Debian in which a package is tried: a minimal system with nothing that the package does not ask for itself. It is
# made once with debootstrap and kept in the cache; each try gets a copy, in namespaces of its own, so that no process and no
# mount outlives it. This machine's own packages are not touched.

# installed_check DEB: needs root, by itself or through sudo without a question; says so where it cannot run.
installed_check() {
  local deb="$1" as=() codename
  if [[ $(id -u) != 0 ]]; then
    if ! sudo -n true 2>/dev/null; then
      say "not run: a scratch Debian needs root. As root: scripts/package --check $deb"
      return 0
    fi
    as=(sudo -n)
  fi
  codename="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)"
  if ! have debootstrap || [[ ! -e /usr/share/debootstrap/scripts/$codename ]]; then
    say "not run: there is no debootstrap that knows ${codename:-this system}"
    return 0
  fi
  "${as[@]}" env ROWHOUSE_CACHE="$ROWHOUSE_CACHE" PATH="$PATH" xvfb-run --auto-servernum --server-args="-screen 0 1600x1000x24" \
    "$ROOT/scripts/lib/package-try" "$deb" "$codename"
}
