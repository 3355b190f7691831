# shellcheck shell=bash
# OpenSSH's server for the tests. Sourced by scripts/servers, which sets SERVERS.
#
# The tests start their servers themselves, each with keys, a configuration and a port of its own, because they refuse, kill and
# exchange them. Here is only found what they start. Debian's package would bring a system service that listens on port 22: it is
# unpacked, not installed.

# The program and, since OpenSSH 9.8, the programs beside it.
sshd_find() { # prints the folder that stands for /
  local unpacked="$ROWHOUSE_CACHE/servers/sshd" version
  if [[ -x /usr/sbin/sshd ]]; then
    printf '/'
    return 0
  fi
  command -v apt-get >/dev/null || return 1
  version="$(apt-cache policy openssh-server | sed -n 's/^ *Candidate: *//p')"
  [[ -n $version && $version != '(none)' ]] || return 1
  if [[ ! -x $unpacked/$version/usr/sbin/sshd ]]; then
    mkdir -p "$unpacked/$version"
    (
      cd "$unpacked"
      apt-get download -qq "openssh-server=$version"
      dpkg-deb --extract openssh-server_*.deb "$version"
      rm -f openssh-server_*.deb
    ) >&2 || return 1
  fi
  printf '%s' "$unpacked/$version"
}

sshd_prepare() {
  local root folder="$SERVERS/sshd" from
  if [[ -f $folder/env && -x $folder/program/sshd ]]; then return 0; fi
  root="$(sshd_find)" || {
    say "OpenSSH's server cannot be had: the tests of SSH have none"
    return 0
  }
  # Where an unprivileged user may run it: the cache of root is closed to it.
  rm -rf -- "$folder"
  mkdir -p "$folder/program"
  cp "${root%/}/usr/sbin/sshd" "$folder/program/"
  for from in sshd-session sshd-auth; do
    if [[ -x ${root%/}/usr/lib/openssh/$from ]]; then cp "${root%/}/usr/lib/openssh/$from" "$folder/program/"; fi
  done
  if ldd "$folder/program/sshd" | grep -q 'not found'; then
    say "OpenSSH's server lacks libraries: the tests of SSH have none"
    rm -rf -- "$folder"
    return 0
  fi
  printf 'export ROWHOUSE_TEST_SSHD=%q\n' "$folder/program/sshd" >"$folder/env"
  say "OpenSSH's server for the tests is $folder/program/sshd"
}
