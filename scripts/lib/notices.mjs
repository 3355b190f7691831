// Third-party notices: every package the two programs link (on the platforms Rowhouse is built for) and every package the
// window bundles, with its licence and the licence's text. One text is printed once, with the packages and the copyright
// lines it stands for.
//
//   node notices.mjs [--check]
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const OUTPUT = "THIRD-PARTY-NOTICES.md";
const PROGRAMS = ["rowhouse-desktop", "cli"];
const PLATFORMS = ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"];
// Where a package offers several licences, the first of these is the one taken.
const PREFERRED = ["MIT", "MIT-0", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "ISC", "Zlib", "0BSD", "Unlicense", "CC0-1.0"];

function rustPackages() {
  const filters = PLATFORMS.flatMap((platform) => ["--filter-platform", platform]);
  const metadata = JSON.parse(
    execFileSync("cargo", ["metadata", "--format-version=1", "--locked", ...filters], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const packages = new Map(metadata.packages.map((one) => [one.id, one]));
  const nodes = new Map(metadata.resolve.nodes.map((one) => [one.id, one]));
  const next = metadata.workspace_members.filter((id) => PROGRAMS.includes(packages.get(id).name));
  const seen = new Set(next);
  while (next.length > 0) {
    for (const dependency of nodes.get(next.pop()).deps) {
      // What only builds or tests is not in the program.
      if (!dependency.dep_kinds.some((kind) => kind.kind === null) || seen.has(dependency.pkg)) continue;
      seen.add(dependency.pkg);
      next.push(dependency.pkg);
    }
  }
  return [...seen]
    .map((id) => packages.get(id))
    .filter((one) => one.source !== null)
    .map((one) => ({
      name: one.name,
      version: one.version,
      licence: (one.license ?? "").replaceAll("/", " OR "),
      link: one.repository ?? "",
      folder: dirname(one.manifest_path),
    }));
}

function npmPackages() {
  const lock = JSON.parse(readFileSync("ui/package-lock.json", "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, one]) => path !== "" && !one.dev && !one.devOptional && !one.optional && !one.link)
    .map(([path]) => {
      const folder = join("ui", path);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const repository = typeof manifest.repository === "string" ? manifest.repository : (manifest.repository?.url ?? "");
      return {
        name: manifest.name,
        version: manifest.version,
        licence: typeof manifest.license === "string" ? manifest.license : (manifest.license?.type ?? ""),
        link: repository.replace(/^git\+/, "").replace(/\.git$/, "").replace(/^git:/, "https:"),
        folder,
      };
    });
}

/** The licence a package is used under, out of what it offers. */
function chosen(licence) {
  const offered = licence.split(/\s+OR\s+/).map((one) => one.replace(/^\(|\)$/g, "").trim());
  if (offered.length === 1 || licence.includes(" AND ")) return licence;
  return PREFERRED.find((one) => offered.includes(one)) ?? offered[0];
}

/** The texts of the chosen licence: a package with several files has one per licence, told apart by their names. */
function texts(one) {
  if (!existsSync(one.folder)) return [];
  const files = readdirSync(one.folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|unlicense|notice)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const mark = { MIT: /mit/i, "Apache-2.0": /apache/i, Zlib: /zlib/i, Unlicense: /unlicense/i, "0BSD": /0bsd/i }[chosen(one.licence)];
  const named = mark === undefined ? [] : files.filter((name) => mark.test(name));
  return (named.length > 0 ? named : files).map((name) => readFileSync(join(one.folder, name), "utf8"));
}

const isCopyright = (line) => /^\s*(copyright|©|\(c\))\b/i.test(line) && !/copyright (notice|holder|owner|license|statement)/i.test(line);
const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "");

/** Groups the packages by the text of their licence, with the copyright lines taken out of it. */
function grouped(packages) {
  const groups = new Map();
  const without = [];
  for (const one of packages) {
    const found = texts(one);
    if (found.length === 0) without.push(one);
    for (const text of found) {
      const lines = text.replace(/\r\n?/g, "\n").replace(/[\t ]+$/gm, "").split("\n");
      // The template at the end of the Apache licence is not a notice.
      const notices = lines.filter((line) => isCopyright(line) && !/\[yyyy\]|\{yyyy\}|<year>/.test(line)).map((line) => line.trim());
      const body = lines.filter((line) => !isCopyright(line)).join("\n").replace(/\n{3,}/g, "\n\n").trim();
      const key = createHash("sha256").update(plain(body)).digest("hex");
      if (!groups.has(key)) groups.set(key, { body, members: [] });
      groups.get(key).members.push({ one, notices });
    }
  }
  return { groups: [...groups.values()], without };
}

const label = (one) => `${one.name} ${one.version}`;
const order = (a, b) => (label(a) < label(b) ? -1 : label(a) > label(b) ? 1 : 0);

function table(packages) {
  const rows = packages.map((one) => {
    const link = /^https?:/.test(one.link) ? `[${one.name}](${one.link.replace(/\s/g, "")})` : one.name;
    return `| ${link} | ${one.version} | ${one.licence || "see its text"} |`;
  });
  return ["| Package | Version | Licence |", "|---|---|---|", ...rows].join("\n");
}

function document() {
  const rust = rustPackages().sort(order);
  const npm = npmPackages().sort(order);
  const { groups, without } = grouped([...rust, ...npm]);
  groups.sort((a, b) => b.members.length - a.members.length || order(a.members[0].one, b.members[0].one));
  const sections = groups.map(({ body, members }, index) => {
    const list = members.map(({ one, notices }) => `- ${label(one)}${notices.length > 0 ? `: ${notices.join("; ")}` : ""}`);
    // A fence longer than any in the text.
    return [`### Text ${index + 1}`, "", ...list, "", "~~~~~~text", body, "~~~~~~"].join("\n");
  });
  return `${[
    "# Third-party notices",
    "",
    "Written by `make notices`; do not edit. Rowhouse itself is under MIT or Apache-2.0 (LICENSE-MIT, LICENSE-APACHE). It contains the packages below.",
    "The SQLite library, compiled in by libsqlite3-sys, is in the public domain. PostgreSQL's parser (libpg_query), compiled in by pg_query, is under BSD-3-Clause",
    "and the PostgreSQL Licence. WebKitGTK and the C library are the system's own and are not shipped.",
    "",
    `## Linked into the programs (${rust.length})`,
    "",
    table(rust),
    "",
    `## Bundled into the window (${npm.length})`,
    "",
    table(npm),
    "",
    "## Texts",
    "",
    "Where a package offers a choice, the licence taken is the first of MIT, Apache-2.0 and the BSD licences it offers.",
    "",
    sections.join("\n\n"),
    "",
    "### Packages that carry no text of their own",
    "",
    "They name their licence, whose text is above or at https://spdx.org/licenses/.",
    "",
    ...without.map((one) => `- ${label(one)}: ${one.licence}`),
  ].join("\n")}\n`;
}

const text = document();
if (process.argv.includes("--check")) {
  if (!existsSync(OUTPUT) || readFileSync(OUTPUT, "utf8") !== text) {
    console.error(`${OUTPUT} is stale: make notices`);
    process.exit(1);
  }
} else {
  writeFileSync(OUTPUT, text);
  console.error(`wrote ${OUTPUT}`);
}
