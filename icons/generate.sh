#!/bin/sh
# Draws every icon the desktop bundle wants from icon.svg. Needs `npm ci` in ui/ first; nothing is fetched.
set -eu
cd "$(dirname "$0")"
node ../ui/node_modules/@tauri-apps/cli/tauri.js icon icon.svg --output .
# Phones are not a target.
rm -rf android ios
