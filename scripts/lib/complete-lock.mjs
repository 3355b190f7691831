// Completes a package-lock.json with the optional packages of other platforms.
//
//   node complete-lock.mjs FOLDER/package-lock.json [--check]
//
// npm leaves an optional package out of the lock when the registry it talks to does not have it (a mirror often holds one
// platform only), and then `npm ci` refuses the lock everywhere. What is missing is named by the package that wants it, with
// its exact version; the platform is in the name. No integrity is known for these: npm checks them by version alone.
import { readFileSync, writeFileSync } from "node:fs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

const path = process.argv[2];
const lock = JSON.parse(readFileSync(path, "utf8"));

/** Where `name` wanted by the package at `from` would be looked for, nearest first. */
function* places(from, name) {
  for (let folder = from; folder !== ""; ) {
    yield `${folder}/node_modules/${name}`;
    const up = folder.lastIndexOf("/node_modules/");
    folder = up === -1 ? "" : folder.slice(0, up);
  }
  yield `node_modules/${name}`;
}

const added = {};
for (const [from, wanting] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    if ([...places(from, name)].some((place) => lock.packages[place] !== undefined)) continue;
    const words = name.split("/").at(-1).split("-");
    const cpu = PROCESSORS.filter((one) => words.includes(one));
    const os = SYSTEMS.filter((one) => words.includes(one));
    const libc = words.includes("musl") ? ["musl"] : words.some((one) => one.startsWith("gnu")) ? ["glibc"] : undefined;
    if (cpu.length === 0 || !/^\d/.test(version)) {
      console.error(`${path}: ${name}@${version}, wanted by ${from || "the project"}, is missing and its platform is not in its name`);
      process.exitCode = 1;
      continue;
    }
    added[`node_modules/${name}`] = {
      version,
      cpu,
      ...(wanting.dev === true ? { dev: true } : {}),
      ...(libc === undefined ? {} : { libc }),
      optional: true,
      ...(os.length === 0 ? {} : { os }),
    };
  }
}

const missing = Object.keys(added);
if (process.argv.includes("--check")) {
  for (const name of missing) console.error(`${path} lacks ${name}: node scripts/lib/complete-lock.mjs ${path}`);
  if (missing.length > 0) process.exitCode = 1;
} else if (missing.length > 0) {
  const packages = Object.entries({ ...lock.packages, ...added });
  packages.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  lock.packages = Object.fromEntries(packages);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.error(`${path}: added ${missing.length} packages of other platforms`);
}
