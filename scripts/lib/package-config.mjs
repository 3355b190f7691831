// Writes the part of Tauri's configuration that a build knows and tauri.conf.json cannot: where the staged files are.
// node package-config.mjs FOLDER TRIPLE UPDATER
import { readdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

const [folder, triple, updater] = process.argv.slice(2);
if (!folder || !triple) throw new Error("usage: package-config.mjs FOLDER TRIPLE UPDATER");

const tree = resolve(folder, "tree");
const files = {};
for (const entry of readdirSync(tree, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  files[`/${relative(tree, path).split(sep).join("/")}`] = path;
}

const bundle = {
  // The terminal's program, beside the window's on every system.
  externalBin: [resolve(folder, "rowhouse")],
  linux: { deb: { files }, rpm: { files }, appimage: { files } },
};
// The Finder hands files over by an event that the window does not listen to yet.
if (triple.includes("apple")) bundle.fileAssociations = null;

const configuration = { bundle };
if (updater === "1") {
  const pubkey = process.env.ROWHOUSE_UPDATER_PUBLIC_KEY;
  if (!pubkey || !process.env.TAURI_SIGNING_PRIVATE_KEY) {
    throw new Error("updates are signed: set TAURI_SIGNING_PRIVATE_KEY and ROWHOUSE_UPDATER_PUBLIC_KEY");
  }
  bundle.createUpdaterArtifacts = true;
  configuration.plugins = { updater: { pubkey, endpoints: [] } };
}
writeFileSync(join(folder, "config.json"), JSON.stringify(configuration, null, 2));
