# shellcheck shell=bash
# Whether a .deb is good: what is in it, and then the proof, an installation in a Debian that has nothing else.
# shellcheck source=scripts/lib/package-root.sh
source "$ROOT/scripts/lib/package-root.sh"

# package_check FILE
package_check() {
  [[ -f $1 ]] || die "$1 is not there"
  local deb
  deb="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
  "$ROOT/scripts/prepare" package
  step "What is in $(basename "$deb")"
  contents_check "$deb"
  say "contents: ok"
  step "Installing it in a scratch Debian, starting it, removing it"
  installed_check "$deb"
}

contents_check() {
  local deb="$1" folder problems=0 file path
  folder="$(mktemp -d)"
  dpkg-deb --raw-extract "$deb" "$folder"
  complain() {
    say "  $*"
    problems=$((problems + 1))
  }

  for path in usr/bin/rowhouse usr/bin/rowhouse-desktop usr/share/applications/Rowhouse.desktop \
    usr/share/metainfo/org.rowhouse.desktop.metainfo.xml usr/share/man/man1/rowhouse.1.gz \
    usr/share/icons/hicolor/scalable/apps/rowhouse-desktop.svg usr/share/doc/rowhouse/copyright \
    usr/share/doc/rowhouse/THIRD-PARTY-NOTICES.md.gz usr/share/bash-completion/completions/rowhouse; do
    [[ -f $folder/$path ]] || complain "$path is missing"
  done
  while IFS= read -r path; do
    [[ $path == usr/* ]] || complain "$path is outside /usr"
  done < <(cd "$folder" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n')
  # Nothing runs as root when the package comes or goes, so nothing is left but what dpkg knows of.
  for path in preinst postinst prerm postrm; do
    [[ ! -e $folder/DEBIAN/$path ]] || complain "has a $path"
  done
  (cd "$folder" && md5sum --quiet --check DEBIAN/md5sums) || complain "md5sums do not fit"
  ! find "$folder" -path "$folder/DEBIAN" -prune -o -type f -perm /6022 -print | grep . || complain "are writable by others, or set an id"
  for file in "$folder"/usr/bin/*; do
    ! readelf -d "$file" | grep -E 'R(UN)?PATH' || complain "$(basename "$file") looks for libraries in a folder of its own"
  done
  desktop-file-validate "$folder/usr/share/applications/Rowhouse.desktop" || complain "the desktop entry is not valid"
  # A home page is asked for, and there is none.
  appstreamcli validate --no-net --pedantic "$folder/usr/share/metainfo/org.rowhouse.desktop.metainfo.xml" >"$folder/appstream" 2>&1 ||
    { cat "$folder/appstream" && complain "the AppStream description is not valid"; }
  lintian_check "$deb" || complain "lintian found errors"
  dependencies_check "$folder" || complain "dependencies are missing"
  rm -rf "$folder"
  [[ $problems == 0 ]] || die "$problems problem(s) with what is in $(basename "$deb")"
}

# Errors count. Not these: no address is made up for a maintainer, and CHANGELOG.md is not in Debian's form (NEWS.gz).
lintian_check() {
  if ! have lintian; then
    say "  lintian is not installed: skipped"
    return 0
  fi
  lintian --allow-root --no-cfg --fail-on error --display-level '>=warning' --profile debian \
    --suppress-tags malformed-contact,no-changelog "$1" >&2
}

# Every package that holds a linked library must be named, whatever was written into the package.
dependencies_check() {
  local declared wanted name missing=0
  declared="$(sed -n 's/^Depends: //p' "$1/DEBIAN/control" | tr ',' '\n' | sed -E 's/^ *([^ (]+).*/\1/')"
  wanted="$(linked_packages "$1")"
  while IFS= read -r name; do
    if ! grep -qxF "$name" <<<"$declared"; then
      say "  Depends does not name $name, whose library is linked"
      missing=1
    fi
  done < <(tr ',' '\n' <<<"$wanted" | sed -E 's/^ *([^ (]+).*/\1/')
  return "$missing"
}
