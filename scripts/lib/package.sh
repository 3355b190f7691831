# shellcheck shell=bash
# From programs to packages. Tauri's bundler lays the files out, for every format by the one description in tauri.conf.json;
# a .deb is then finished with Debian's own tools, which know what the programs link and make the same bytes twice.

# What the last bundle() made.
MADE=()

# version_agreed [TAG]: prints the version that Cargo.toml, tauri.conf.json, the UI and the tag agree on.
version_agreed() {
  node - "$ROOT" "${1:-}" <<'SCRIPT'
const { readFileSync } = require("node:fs");
const [root, tag] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(`${root}/${path}`, "utf8")).version;
const cargo = readFileSync(`${root}/Cargo.toml`, "utf8").match(/^\[workspace\.package\]\s+version = "([^"]+)"/m)?.[1];
const said = { "Cargo.toml": cargo, "tauri.conf.json": json("tauri.conf.json"), "ui/package.json": json("ui/package.json") };
if (tag) said[`tag ${tag}`] = tag.replace(/^v/, "");
const versions = new Set(Object.values(said));
if (versions.size !== 1 || versions.has(undefined)) {
  for (const [where, version] of Object.entries(said)) console.error(`${where}: ${version ?? "no version"}`);
  console.error("error: these versions must be the same");
  process.exit(1);
}
console.log(cargo);
SCRIPT
}

# The moment everything in a package is dated: the last commit's, so that the same source gives the same package.
source_date() {
  printf '%s' "${SOURCE_DATE_EPOCH:-$(git -c safe.directory='*' -C "$ROOT" log -1 --format=%ct 2>/dev/null || date +%s)}"
}

# The folder of the built programs: programs_in PROFILE TARGET
programs_in() { printf '%s' "$CARGO_TARGET_DIR${2:+/$2}/$1"; }

# build_programs PROFILE TARGET: with our own selection, not the bundler's, so that nothing is compiled twice.
build_programs() {
  local options=(--bins "${CARGO_SELECTION[@]}")
  [[ $1 == debug ]] || options+=(--release)
  [[ -z $2 ]] || options+=(--target "$2")
  (cd "$ROOT" && cargo build "${options[@]}")
}

# stage_linux TREE PROGRAMS VERSION: what belongs to an installation besides programs, menu entry and the icons Tauri knows.
stage_linux() {
  local tree="$1" programs="$2" version="$3" day doc size icons holder
  day="$(date -u -d "@$(source_date)" +%F)"
  doc="$tree/usr/share/doc/rowhouse"
  mkdir -p "$doc" "$tree/usr/share/metainfo" "$tree/usr/share/lintian/overrides" "$tree/usr/share/icons/hicolor/scalable/apps"

  node "$ROOT/scripts/lib/package-docs.mjs" "$programs/rowhouse" "$tree" "$day"
  gzip -9n "$tree"/usr/share/man/man1/*.1

  holder="$(sed -n 's/^Copyright (c) //p' "$ROOT/LICENSE-MIT")"
  # The licence's words after its title and holder, as DEP-5 wants them: one space before each line, a dot for an empty one.
  awk 'NR > 4 { print $0 == "" ? " ." : " " $0 }' "$ROOT/LICENSE-MIT" >"$tree.expat"
  sed -e "s|@HOLDER@|$holder|" -e "/@EXPAT@/{r $tree.expat" -e "d;}" "$ROOT/packaging/copyright.in" >"$doc/copyright"
  gzip -9nc "$ROOT/THIRD-PARTY-NOTICES.md" >"$doc/THIRD-PARTY-NOTICES.md.gz"
  gzip -9nc "$ROOT/CHANGELOG.md" >"$doc/NEWS.gz"

  sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$day/" "$ROOT/packaging/org.rowhouse.desktop.metainfo.xml.in" \
    >"$tree/usr/share/metainfo/org.rowhouse.desktop.metainfo.xml"
  cp "$ROOT/packaging/lintian-overrides" "$tree/usr/share/lintian/overrides/rowhouse"

  # Tauri places the 32, 128 and 256@2 of tauri.conf.json.
  icons="$tree.icons"
  (cd "$ROOT/ui" && node_modules/.bin/tauri icon "$ROOT/icons/icon.svg" --output "$icons" \
    -p 16 -p 22 -p 24 -p 48 -p 64 -p 96 -p 256 -p 512) >/dev/null 2>&1
  for size in 16 22 24 48 64 96 256 512; do
    install -D -m 644 "$icons/${size}x$size.png" "$tree/usr/share/icons/hicolor/${size}x$size/apps/rowhouse-desktop.png"
  done
  cp "$ROOT/icons/icon.svg" "$tree/usr/share/icons/hicolor/scalable/apps/rowhouse-desktop.svg"
}

# bundle PROFILE TARGET BUNDLES VERSION UPDATER: sets MADE.
bundle() {
  local profile="$1" target="$2" bundles="$3" version="$4" updater="$5" programs work triple suffix="" options
  programs="$(programs_in "$profile" "$target")"
  work="$programs/package"
  [[ -d $programs ]] || die "$programs is not there: build first, without --skip-build"
  rm -rf "$work"
  mkdir -p "$work/tree"
  triple="${target:-$(rustc -vV | sed -n 's/^host: //p')}"
  [[ $triple != *windows* ]] || suffix=.exe
  # Tauri takes a program of another package by its name and the triple, and leaves the triple out where it installs it.
  cp "$programs/rowhouse$suffix" "$work/rowhouse-$triple$suffix"
  [[ $triple != *linux* ]] || stage_linux "$work/tree" "$programs" "$version"
  node "$ROOT/scripts/lib/package-config.mjs" "$work" "$triple" "$updater"

  # Only what an updater inside the program would ask for is patched into it, and there is none.
  options=(--ci --no-binary-patching --bundles "$bundles" --config "$work/config.json")
  [[ $profile == release ]] || options+=(--debug)
  [[ -z $target ]] || options+=(--target "$target")
  rm -rf "$programs/bundle"
  (cd "$ROOT" && SOURCE_DATE_EPOCH="$(source_date)" ui/node_modules/.bin/tauri bundle "${options[@]}") >&2

  MADE=()
  local made deb
  while IFS= read -r made; do
    if [[ $made == *.deb ]]; then
      deb="$work/rowhouse_${version}_$(dpkg-deb --field "$made" Architecture).deb"
      # Unoptimised programs are a try-out: they are large, and nobody downloads them.
      finish_deb "$made" "$deb" "$([[ $profile == debug ]] && echo 0 || echo 6)"
      rm -f "$made" "$made.sig"
      [[ $updater == 0 ]] || (cd "$ROOT/ui" && node_modules/.bin/tauri signer sign "$deb") >/dev/null
      made="$deb"
    fi
    MADE+=("$made")
  done < <(find "$programs/bundle" -type f \( -name '*.deb' -o -name '*.rpm' -o -name '*.AppImage' -o -name '*.dmg' -o \
    -name '*.app.tar.gz' -o -name '*-setup.exe' -o -name '*.msi' \) | LC_ALL=C sort)
  [[ ${#MADE[@]} -gt 0 ]] || die "the bundler made nothing"
}

# linked_packages FOLDER: the packages, with versions, that hold what the programs under FOLDER/usr/bin link.
linked_packages() {
  local scratch
  scratch="$(mktemp -d)"
  mkdir "$scratch/debian"
  # shellcheck disable=SC2016 # dpkg-shlibdeps expands it
  printf 'Source: rowhouse\n\nPackage: rowhouse\nArchitecture: any\nDepends: ${shlibs:Depends}\n' >"$scratch/debian/control"
  # It warns of libraries that are linked for another one's sake.
  (cd "$scratch" && dpkg-shlibdeps -O --ignore-missing-info "$1"/usr/bin/* 2>"$scratch/warnings") |
    sed -n 's/^shlibs:Depends=//p' || { cat "$scratch/warnings" >&2 && die "dpkg-shlibdeps could not tell what the programs link"; }
  rm -rf "$scratch"
}

# finish_deb BUNDLED FINISHED EFFORT: dependencies from what is linked, one owner, one date, one order.
finish_deb() {
  local bundled="$1" finished="$2" effort="$3" folder depends
  folder="$finished.folder"
  dpkg-deb --raw-extract "$bundled" "$folder"
  depends="$(linked_packages "$folder")"
  [[ $depends == *libwebkit2gtk* ]] || die "the window does not link WebKitGTK: was it built?"
  sed -i -e "s/^Depends: .*/Depends: $depends/" "$folder/DEBIAN/control"
  # Tauri takes the picture of 256 pixels for one of twice as many; the staged one of 256 is in its place.
  rm -rf "$folder/usr/share/icons/hicolor/256x256@2"
  find "$folder" -mindepth 1 -type d -empty -delete
  find "$folder" -type d -exec chmod 755 {} +
  find "$folder" -type f -exec chmod 644 {} +
  chmod 755 "$folder"/usr/bin/*
  (cd "$folder" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$folder.md5sums"
  mv "$folder.md5sums" "$folder/DEBIAN/md5sums"
  chmod 644 "$folder/DEBIAN/md5sums"
  find "$folder" -exec touch --no-dereference --date="@$(source_date)" {} +
  SOURCE_DATE_EPOCH="$(source_date)" dpkg-deb --root-owner-group -Zxz "-z$effort" --build "$folder" "$finished" >/dev/null
  rm -rf "$folder"
}
