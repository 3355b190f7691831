// Writes latest.json, which Tauri's updater reads: for each system the file that replaces the program, and its signature.
// node package-updates.mjs FOLDER VERSION ADDRESS
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, version, address] = process.argv.slice(2);
if (!folder || !version || !address) throw new Error("usage: package-updates.mjs FOLDER VERSION ADDRESS");

const KINDS = {
  "linux-x86_64": /\.AppImage$/,
  "darwin-aarch64": /_macos-aarch64\.app\.tar\.gz$/,
  "darwin-x86_64": /_macos-x86_64\.app\.tar\.gz$/,
  "windows-x86_64": /-setup\.exe$/,
};
const names = readdirSync(folder);
const platforms = {};
for (const [platform, kind] of Object.entries(KINDS)) {
  const found = names.filter((name) => kind.test(name));
  if (found.length !== 1) throw new Error(`${platform}: expected one file like ${kind}, found ${found.join(", ") || "none"}`);
  const [name] = found;
  if (!names.includes(`${name}.sig`)) throw new Error(`${platform}: ${name} is not signed`);
  platforms[platform] = {
    signature: readFileSync(join(folder, `${name}.sig`), "utf8").trim(),
    url: `${address}/${encodeURIComponent(name)}`,
  };
}
writeFileSync(join(folder, "latest.json"), `${JSON.stringify({ version, pub_date: new Date().toISOString(), platforms }, null, 2)}\n`);
